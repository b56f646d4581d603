"""Sinks: which calls reach FullStory by themselves, and what they send.

``drafts(evaluator, target, …)`` applies the call specifications of ``calls.py`` to one call. A draft is a tracking call
before its callers are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ..calls import (
    BROWSER_PACKAGES,
    HTTP_METHODS,
    METHODS,
    MOBILE_PACKAGES,
    NAME_KEYWORDS,
    NOT_USER,
    PROPERTY_KEYWORDS,
    SDK_PACKAGE,
    SERVER_FUNCTIONS,
    USER_KEYWORDS,
    V1_METHODS,
    V2_OPERATIONS,
    Arg,
    Spec,
)
from ..diagnostics import Place
from .evaluate import Args, Evaluator
from .modules import Module
from .requests import NAMED, PACKAGES, Sent, address, authorization_of, external_types, get, read
from .values import (
    Arr,
    CallV,
    Choice,
    Cls,
    Elem,
    External,
    Func,
    GlobalV,
    Lit,
    MemberV,
    Obj,
    Param,
    Tmpl,
    Unknown,
    Val,
    dotted,
    options,
)
from .wrappers import Target


@dataclass(slots=True)
class Draft:
    """A tracking call as the sink sees it. Fields as in ``project.TrackingCall``."""

    kind: str
    side: str
    api: str
    operation: str
    name: Val | None = None
    user_id: Val | None = None
    properties: Val | None = None
    schema: Val | None = None
    payload: Val | None = None
    options: Val | None = None
    by_name: bool = False
    sent: Sent | None = None
    bare: bool = False

    def open_values(self) -> Iterator[Val]:
        """The values whose parameters a caller should fill in: what rules judge."""
        for value in (self.name, self.user_id):
            yield from carried(value)
        for value in (self.properties, self.schema, self.payload, self.options):
            yield from structural(value)
        if self.sent is not None:
            yield from sent_values(self.sent)


_CONVERSIONS = frozenset({"String", "str", "Number", "int", "parseInt", "encodeURIComponent", "urllib.parse.quote"})


def carried(value: Val | None, depth: int = 0) -> Iterator[Val]:
    """The parameters that a text is made of: themselves, their members, in templates and conversions; what another
    call makes of them is that call's."""
    if value is None or depth > 6:
        return
    if isinstance(value, Choice):
        yield from value.by
        for option in value.options:
            yield from carried(option, depth + 1)
    elif isinstance(value, Tmpl):
        for hole in value.holes:
            yield from carried(hole, depth + 1)
    elif isinstance(value, CallV):
        if isinstance(value.callee, MemberV):
            yield from carried(value.callee.base, depth + 1)
        elif dotted(value.callee) in _CONVERSIONS or isinstance(value.callee, Param):
            yield from carried(value.callee, depth + 1)
            for arg in value.args:
                yield from carried(arg, depth + 1)
    elif isinstance(value, MemberV):
        if isinstance(value.base, CallV):
            return
        if _root_param(value):
            yield value
        else:
            yield from carried(value.base, depth + 1)
    elif isinstance(value, Param):
        yield value
    elif isinstance(value, Elem):
        yield from carried(value.base, depth + 1)


def sent_values(sent: Sent) -> Iterator[Val]:
    """What of a request its callers may decide."""
    for value in (sent.url, sent.base, sent.auth, sent.timeout, authorization_of(sent.headers)):
        if value is not None:
            yield value
    yield from structural(sent.headers)
    yield from structural(sent.body)


def structural(value: Val | None, depth: int = 0) -> Iterator[Val]:
    """Bare parameters that stand for a whole object, a spread or an entry's value."""
    if value is None or depth > 4:
        return
    for option in options(value):
        if isinstance(option, Param) or (isinstance(option, MemberV) and _root_param(option) and depth == 0):
            yield option
        elif isinstance(option, Obj):
            for spread in option.spreads:
                if _root_param(spread):
                    yield spread
            for entry in option.entries:
                yield from structural(entry.value, depth + 1)
        elif isinstance(option, Arr):
            for item in option.items:
                yield from structural(item, depth + 1)
        elif isinstance(option, Tmpl):
            for hole in option.holes:
                if isinstance(hole, Param):
                    yield hole


def _root_param(value: Val) -> bool:
    while isinstance(value, MemberV):
        value = value.base
    return isinstance(value, Param)


_PACKAGES = BROWSER_PACKAGES | MOBILE_PACKAGES | PACKAGES
_SDK_METHODS = frozenset({"create", "batchCreate", "update", "delete", "get", "list"})
_MEMBERS = HTTP_METHODS | SERVER_FUNCTIONS | _SDK_METHODS


class Specs:
    """All call specifications in force: built-in ones, custom namespaces of the snippet, configured functions."""

    def __init__(self, configured: Iterable[object] = (), namespaces: Iterable[str] = ()) -> None:
        self.namespaces = {"FS", *namespaces}
        self.configured = list(configured)

    def matters(self, value: Val) -> bool:
        """Whether a call of something may be a sink: what most calls call is not, by its name alone."""
        if self.configured:
            return True
        if isinstance(value, MemberV):
            return value.key in _MEMBERS
        if isinstance(value, GlobalV):
            first, last = value.path[0], value.path[-1]
            return first in self.namespaces or first == "axios" or last in SERVER_FUNCTIONS or value.dotted in NAMED
        if isinstance(value, External):
            if value.package in _PACKAGES or (value.path and value.path[-1] in SERVER_FUNCTIONS):
                return True
            return value.dotted.removeprefix("node:") in NAMED
        return isinstance(value, (CallV, Param, Cls))

    def drafts(self, evaluator: Evaluator, module: Module, number: int, target: Target) -> tuple[list[Draft], bool]:
        """What a call of ``target`` sends. The flag: it may be a sink once a caller gives its parameters."""
        value = target.value
        for row in self.configured:
            if matches(str(getattr(row, "function", "")), value):
                return [_configured(row, target.args)], False
        browser = self.browser(value)
        if browser is not None:
            return self._browser_drafts(browser, value, target.args, module.call(number).kind), False
        sdk = _sdk(evaluator, value)
        if sdk is not None:
            sent = _sdk_sent(sdk, target.args)
            return _payload_drafts(evaluator, sent, module.place(module.call(number))), False
        if module.call(number).kind not in ("call", "new"):
            return [], False
        name = last_name(value)
        if name in SERVER_FUNCTIONS and not isinstance(value, Cls):
            return [by_name(target, name, evaluator.finite)], False
        sent_or_none = read(evaluator, value, lambda: target.args)
        if sent_or_none is None:
            return [], False
        verdict = address(sent_or_none)
        if verdict is False:
            return [], False
        if verdict is None:
            return [], True
        sent_or_none.authorization = authorization_of(sent_or_none.headers)
        return _payload_drafts(evaluator, sent_or_none, module.place(module.call(number))), False

    def browser(self, value: Val) -> tuple[str, str] | None:
        """(api, method or "" for the callable form) where a value is FullStory's browser or mobile API."""
        if isinstance(value, GlobalV) and value.path and value.path[0] in self.namespaces:
            if len(value.path) == 1:
                return "v2", ""
            if len(value.path) == 2 and value.path[1] in METHODS:
                return "v1", value.path[1]
        elif isinstance(value, External):
            path = value.path
            if value.package in BROWSER_PACKAGES:
                if path and path[0] in ("init", "isInitialized") and len(path) == 1:
                    return None
                if path in ((), ("FullStory",), ("FullStory", "FullStory"), ("default",)):
                    return "v2", ""
                method = path[-1]
                if len(path) == 1 or path[:-1] in (("FullStory",), ("default",)):
                    return "v1", method
            elif value.package in MOBILE_PACKAGES and len(path) >= 1:
                if path[-1] == "FSPage":
                    return "mobile", "FSPage"
                return "mobile", path[-1]
        return None

    def _browser_drafts(self, browser: tuple[str, str], value: Val, args: Args, kind: str) -> list[Draft]:
        api, method = browser
        positional = args[0]
        bare = isinstance(value, GlobalV)
        if kind == "jsx":
            return []
        if api == "mobile":
            if method == "FSPage":
                return [Draft("page-properties", "client", "mobile", "FSPage", properties=_argument(positional, (1,)))]
            spec = V1_METHODS.get(method)
            return [] if spec is None else [_draft(spec._replace(api="mobile"), positional, bare)]
        if api == "v1":
            spec = V1_METHODS.get(method)
            if spec is not None:
                draft = _draft(spec, positional, bare)
                if method == "setVars":
                    scope = positional[0] if positional else None
                    if isinstance(scope, Lit) and scope.value == "user":
                        draft.kind = "user-properties"
                    elif isinstance(scope, Obj):
                        draft.properties = None
                        draft.kind = "other"
                return [draft]
            if method in (
                "call",
                "apply",
                "bind",
                "q",
                "_q",
                "clearUserCookie",
                "toString",
                "length",
                "_v",
                "_w",
                "prototype",
            ):
                return []
            return [Draft("other", "client", "v1", method, bare=bare)]
        operation = positional[0] if positional else None
        names = {
            o.value.removesuffix("Async") if isinstance(o, Lit) and isinstance(o.value, str) else ""
            for o in options(operation)
        }
        chosen = next((V2_OPERATIONS[n] for n in sorted(names) if n in V2_OPERATIONS), None)
        if chosen is None:
            name = names.pop() if len(names) == 1 else ""
            spec = Spec("other", "client", "v2", name, options=(1,))
            return [_draft(spec, positional, bare)]
        draft = _draft(chosen, positional, bare)
        if chosen.operation == "setProperties":
            kinds = {o.value if isinstance(o, Lit) else None for o in options(get(draft.options, "type"))}
            if kinds == {"user"}:
                draft.kind = "user-properties"
                draft.user_id = get(draft.properties, "uid")
            elif "page" not in kinds and "document" not in kinds:
                draft.kind = "other" if None not in kinds and kinds else "page-properties"
        return [draft]


def last_name(value: Val) -> str:
    """The last name of what is called: ``trackServerEvent`` of ``telemetry.trackServerEvent``."""
    if isinstance(value, (GlobalV, External)):
        return value.path[-1] if value.path else ""
    if isinstance(value, MemberV):
        return value.key or ""
    if isinstance(value, Func):
        return value.module.function(value.function).name
    return ""


def full_name(value: Val) -> str:
    """The dotted path of what is called as far as it is known, project modules by their path."""
    if isinstance(value, (GlobalV, External)):
        return value.dotted
    if isinstance(value, MemberV):
        return f"{full_name(value.base)}.{value.key or '?'}"
    if isinstance(value, Param):
        return value.name
    if isinstance(value, CallV):
        return full_name(value.callee)
    if isinstance(value, Func):
        function = value.module.function(value.function)
        stem = value.module.path.rsplit(".", 1)[0].replace("/", ".").removesuffix(".__init__").removesuffix(".index")
        owner = value.module.facts.classes[function.cls].name + "." if function.cls >= 0 else ""
        return f"{stem}.{owner}{function.name}"
    return ""


def matches(function: str, value: Val) -> bool:
    """A configured dotted name is the resolved path or a suffix of it on segment borders."""
    if not function:
        return False
    name = full_name(value)
    return name == function or name.endswith("." + function) or (name.endswith("/" + function))


def _argument(positional: tuple[Val, ...], where: Arg | None) -> Val | None:
    if where is None:
        return None
    first = where[0]
    if not isinstance(first, int) or first >= len(positional):
        return None
    value: Val | None = positional[first]
    for key in where[1:]:
        value = get(value, str(key))
    return value


def _draft(spec: Spec, positional: tuple[Val, ...], bare: bool) -> Draft:
    from .values import Elem

    given = tuple(positional)
    for index, value in enumerate(given):
        if isinstance(value, Elem) and index < 3:
            # An unknown spread: `FS.event(...args)`; its items are members of what is spread.
            given = (*given[:index], *(MemberV(value.place, value.base, str(i), False, True) for i in range(3 - index)))
            break
    return Draft(
        spec.kind,
        spec.side,
        spec.api,
        spec.operation,
        _argument(given, spec.name),
        _argument(given, spec.user_id),
        _argument(given, spec.properties),
        _argument(given, spec.schema),
        None,
        _argument(given, spec.options),
        bare=bare,
    )


# --------------------------------------------------------------------------------------------------- by name only


def by_name(target: Target, name: str, finite: Callable[[Val], Val]) -> Draft:
    """A ``trackServerEvent``-style call: which argument is what (DESIGN.md, Wrappers)."""
    positional, keywords = target.args
    keys = dict(keywords)
    draft = Draft("event", "server", "server", name, by_name=True)
    value = target.value
    if len(positional) == 1 and isinstance(positional[0], Obj) and not keywords:
        sole = positional[0]
        draft.name = get(sole, *NAME_KEYWORDS) or get(sole, "type")
        draft.user_id = get(sole, *USER_KEYWORDS)
        draft.properties = get(sole, *PROPERTY_KEYWORDS)
        return draft
    named = dict(keys.items())
    draft.name = next((named[k] for k in NAME_KEYWORDS if k in named), None)
    draft.user_id = next((named[k] for k in USER_KEYWORDS if k in named), None)
    draft.properties = next((named[k] for k in PROPERTY_KEYWORDS if k in named), None)
    rest = list(positional)
    if isinstance(value, Func):
        function = value.module.function(value.function)
        params = [
            p for p in function.params if not (value.module.python and function.cls >= 0 and p is function.params[0])
        ]
        names = [p.name for p in params if p.kind in ("normal", "posonly")]
        if any(n in NAME_KEYWORDS for n in names):
            for param, given in zip(names, rest, strict=False):
                if param in NAME_KEYWORDS and draft.name is None:
                    draft.name = given
                elif param in USER_KEYWORDS and draft.user_id is None:
                    draft.user_id = given
                elif param in PROPERTY_KEYWORDS and draft.properties is None:
                    draft.properties = given
            return draft
    if not rest:
        return draft
    if draft.name is not None and "name" not in ("",):
        _positional_rest(draft, rest)
        return draft
    known = [i for i, v in enumerate(rest[:3]) if all(_is_name(finite(o)) for o in options(v))]
    if known:
        chosen = known[0]
        if len(known) > 1:
            chosen = next((i for i in known if _spaced(rest[i])), known[0])
        draft.name = rest[chosen]
        if chosen > 0 and draft.user_id is None:
            before = rest[chosen - 1]
            if _plain_name(before) not in NOT_USER:
                draft.user_id = before
        following = rest[chosen + 1 :]
    else:
        draft.name = rest[0]
        following = rest[1:]
    _positional_rest(draft, following)
    return draft


def _positional_rest(draft: Draft, rest: list[Val]) -> None:
    for value in rest:
        if isinstance(value, Obj) or (draft.user_id is not None and draft.properties is None):
            if draft.properties is None:
                draft.properties = value
        elif draft.user_id is None:
            draft.user_id = value


def _is_name(value: Val) -> bool:
    return all(isinstance(o, Lit) and isinstance(o.value, str) and not o.kind for o in options(value)) or (
        isinstance(value, Tmpl) and bool(value.prefix.strip())
    )


def _spaced(value: Val) -> bool:
    return any(
        isinstance(o, Lit) and isinstance(o.value, str) and (" " in o.value or o.value[:1].isupper())
        for o in options(value)
    )


def _plain_name(value: Val) -> str:
    if isinstance(value, Param):
        return value.name
    if isinstance(value, MemberV):
        return value.key or ""
    if isinstance(value, (GlobalV, External)) and value.path:
        return value.path[-1]
    return ""


def _configured(row: object, args: Args) -> Draft:
    positional, keywords = args
    keys = dict(keywords)

    def pick(where: object) -> Val | None:
        if isinstance(where, int):
            return positional[where] if where < len(positional) else None
        if isinstance(where, str):
            if where in keys:
                return keys[where]
            return next((v for v in (get(p, where) for p in positional if isinstance(p, Obj)) if v is not None), None)
        return None

    side = str(getattr(row, "side", "server"))
    kind = str(getattr(row, "kind", "event"))
    return Draft(
        kind, side, "other", str(getattr(row, "function", "")), pick(getattr(row, "name", None)),
        pick(getattr(row, "user_id", None)), pick(getattr(row, "properties", None)),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------ server API


def _sdk(evaluator: Evaluator, value: Val) -> tuple[str, str] | None:
    """(resource, method) of a call on FullStory's Node SDK (fullstory-api.md §4.8)."""
    if not isinstance(value, MemberV) or value.key not in _SDK_METHODS:
        return None
    base = value.base
    if not isinstance(base, MemberV) or base.key not in ("events", "users"):
        return None
    for option in options(base.base):
        if isinstance(option, CallV) and isinstance(option.callee, External) and option.callee.package == SDK_PACKAGE:
            return base.key or "", value.key or ""
        if option.decl is not None and any(n.startswith(SDK_PACKAGE) for n in external_types(evaluator, *option.decl)):
            return base.key or "", value.key or ""
    return None


def _sdk_sent(sdk: tuple[str, str], args: Args) -> Sent:
    resource, method = sdk
    first = args[0][0] if args[0] else None
    body = get(first, "body")
    url: Val = first if first is not None else Unknown(Place("", 0, 0))
    verb = {"delete": "DELETE", "get": "GET", "list": "GET"}.get(method, "POST")
    endpoint = f"/v2/{resource}"
    if method == "batchCreate":
        endpoint += "/batch"
    elif method in ("update", "get", "delete"):
        endpoint += "/{}"
    return Sent(
        "sdk",
        verb,
        url,
        body=body,
        body_raw=body,
        body_how="body",
        headers=first,
        endpoint=endpoint,
        timeout_known=False,
    )


def _payload_drafts(evaluator: Evaluator, sent: Sent, place: Place) -> list[Draft]:
    """The events and users that a request to the server API carries; one ``request`` draft where it carries none."""
    endpoint, body = sent.endpoint, sent.body
    writes = sent.method in ("POST", "PUT", "PATCH", "")
    result: list[Draft] = []
    if writes and endpoint == "/v2/events":
        for option in options(body):
            entries = get(option, "events") if isinstance(option, Obj) else None
            if isinstance(entries, Arr) and entries.items:
                result.extend(_event(sent, item, option) for e in entries.items for item in options(e))
            else:
                result.append(_event(sent, option, option))
    elif writes and endpoint == "/v2/events/batch":
        result.extend(_event(sent, item, body) for item in _requests(body))
    elif writes and endpoint in ("/v2/users", "/v2/users/{}"):
        result.extend(_user(sent, option) for option in options(body))
    elif writes and endpoint == "/v2/users/batch":
        result.extend(_user(sent, item) for item in _requests(body))
    elif writes and endpoint.startswith("/users/v1/individual/") and endpoint.endswith("/customevent"):
        event = get(body, "event")
        draft = Draft("event", "server", "server-v1", f"POST {endpoint}", sent=sent, options=body, payload=event)
        draft.name = get(event, "event_name")
        draft.properties = get(event, "event_data")
        draft.user_id = _user_of_path(sent, place)
        result.append(draft)
    elif writes and endpoint.startswith("/users/v1/individual/") and endpoint.endswith("/customvars"):
        draft = Draft("user-properties", "server", "server-v1", f"POST {endpoint}", sent=sent, options=body)
        draft.properties = body
        draft.user_id = _user_of_path(sent, place)
        result.append(draft)
    return result or [Draft("request", "server", "server-v2", f"{sent.method} {endpoint}", sent=sent, options=body)]


def _requests(body: Val | None) -> list[Val]:
    entries = get(body, "requests")
    return [o for item in entries.items for o in options(item)] if isinstance(entries, Arr) else []


def _event(sent: Sent, payload: Val, body: Val | None) -> Draft:
    draft = Draft(
        "event",
        "server",
        "server-v2",
        f"{sent.method or 'POST'} {sent.endpoint}",
        sent=sent,
        options=body,
        payload=payload,
    )
    draft.name = get(payload, "name") or get(payload, "event_name", "eventName", "event")
    if isinstance(draft.name, MemberV) and isinstance(payload, Obj) and payload.get("name") is None:
        draft.name = get(payload, "event_name", "eventName", "event") or draft.name
    draft.user_id = get(get(payload, "user"), "uid") or get(payload, "userId", "user_id")
    if isinstance(payload, Obj) and payload.get("user") is None and payload.get("userId", "user_id") is not None:
        draft.user_id = get(payload, "userId", "user_id")
    draft.properties = get(payload, "properties")
    draft.schema = get(payload, "schema")
    return draft


def _user(sent: Sent, body: Val) -> Draft:
    draft = Draft(
        "user-properties", "server", "server-v2", f"{sent.method or 'POST'} {sent.endpoint}", sent=sent, options=body
    )
    draft.user_id = get(body, "uid")
    draft.properties = get(body, "properties")
    draft.schema = get(body, "schema")
    return draft


_ENCODERS = frozenset({"encodeURIComponent", "encodeURI", "urllib.parse.quote", "urllib.parse.quote_plus", "escape"})


def _user_of_path(sent: Sent, place: Place) -> Val | None:
    """The ``{uid}`` segment of ``/users/v1/individual/{uid}/…``, URL-encoding taken off."""
    pieces = sent.endpoint.strip("/").split("/")
    if len(pieces) < 4:
        return None
    if pieces[3] != "{}":
        return Lit(sent.url.place, pieces[3]).with_at(sent.url.at or sent.url.place)
    before = sum(piece.count("{}") for piece in pieces[:3])
    if before >= len(sent.holes):
        return None
    value = sent.holes[before]
    while isinstance(value, CallV) and dotted(value.callee) in _ENCODERS and value.args:
        value = value.args[0]
    return value if value.at else value.with_at(value.place)
