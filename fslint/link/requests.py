"""HTTP requests to FullStory's server API: which client, which URL, what body, headers and timeout.

``read(evaluator, target, arguments)`` says what a call sends, or None where it is no request (or not to
FullStory). All values are evaluated; what stands in the client (base URL, headers, timeout) is merged in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from .. import facts as f
from ..calls import API_HOSTS, CLIENTS, HTTP_METHODS, Client
from .evaluate import Args, Evaluator
from .modules import Module
from .values import (
    CallV,
    Elem,
    Ent,
    EnvV,
    External,
    GlobalV,
    Inst,
    Lit,
    MemberV,
    Obj,
    Param,
    Tmpl,
    Val,
    dotted,
    options,
)

_HOST = re.compile(r"^https?://([^/{}?#]+)(.*)$", re.S)


@dataclass(slots=True)
class Sent:
    """What one call sends. ``url_parts``: text with None for holes; ``open``: options are partly unknown."""

    client: str
    method: str
    url: Val
    base: Val | None = None
    body: Val | None = None
    body_raw: Val | None = None
    body_how: str = ""
    headers: Val | None = None
    authorization: Val | None = None
    auth: Val | None = None
    timeout: Val | None = None
    timeout_unit: str = "s"
    timeout_known: bool = True
    created: Val | None = None
    endpoint: str = ""
    holes: list[Val] = field(default_factory=list)


_FETCH_GLOBALS = frozenset({"fetch", "$fetch", "useFetch"})
_URLOPEN = frozenset({"urllib.request.urlopen", "urlopen"})
_JQUERY = frozenset({"$.ajax", "jQuery.ajax", "$.post", "jQuery.post"})
_BY_PACKAGE: dict[str, Client] = {package: client for client in CLIENTS for package in client.packages}
PACKAGES = frozenset(_BY_PACKAGE)
"""Packages whose calls may be requests."""
NAMED = frozenset({*_FETCH_GLOBALS, *_URLOPEN, *_JQUERY, "navigator.sendBeacon"})
"""Calls that are requests by their dotted name (``node:`` taken off)."""
_BY_TYPE: dict[str, Client] = {name: client for client in CLIENTS for name in client.types}
_BY_FACTORY: dict[str, Client] = {name: client for client in CLIENTS for name in client.factories}


def client_of(evaluator: Evaluator, target: Val) -> tuple[Client, str, Val | None] | None:
    """(client, method name "" for a bare call, the client's instance or None) of what is called, or None."""
    if isinstance(target, GlobalV):
        name = target.dotted
        if name in _FETCH_GLOBALS:
            return _FETCH, "", None
        if len(target.path) == 1 and target.path[0] == "axios":
            return _BY_PACKAGE["axios"], "", None
        if len(target.path) == 2 and target.path[0] == "axios" and target.path[1] in HTTP_METHODS:
            return _BY_PACKAGE["axios"], target.path[1], None
        return None
    if isinstance(target, External):
        client = _BY_PACKAGE.get(target.package)
        if client is None:
            return None
        path = target.path
        if not path or path == ("default",):
            return client, "", None
        if path[-1] in HTTP_METHODS and len(path) <= 2:
            return client, path[-1], None
        if path[-1] in ("fetch", "default", "ofetch", "$fetch") and client.style == "fetch":
            return client, "", None
        return None
    if isinstance(target, MemberV) and target.key in HTTP_METHODS:
        made = instance_client(evaluator, target.base)
        if made is not None:
            return made, target.key or "", target.base
        if isinstance(target.base, MemberV) and target.base.key == "axiosRef":
            made = instance_client(evaluator, target.base.base)
            if made is not None:
                return made, target.key or "", target.base.base
    if isinstance(target, (CallV, Param)):
        made = instance_client(evaluator, target)
        if made is not None and made.style in ("axios", "got"):
            return made, "", target
    return None


_FETCH = next(client for client in CLIENTS if client.name == "fetch")


def instance_client(evaluator: Evaluator, value: Val) -> Client | None:
    """The client that a value is an instance of: by the call that made it, else by its declared type."""
    for option in options(value):
        if isinstance(option, CallV):
            client = _BY_FACTORY.get(_plain(option.callee))
            if client is not None:
                return client
            if _plain(option.callee) == "@angular/core.inject" and option.args and isinstance(option.args[0], External):
                return _BY_TYPE.get(option.args[0].dotted)
            if isinstance(option.callee, MemberV) and option.callee.key in ("create", "extend"):
                inner = instance_client(evaluator, option.callee.base)
                if inner is not None:
                    return inner
            if isinstance(option.callee, MemberV) and option.callee.key in ("__aenter__", "__enter__"):
                return instance_client(evaluator, option.callee.base)
        if option.decl is not None:
            for name in external_types(evaluator, *option.decl):
                if name in _BY_TYPE:
                    return _BY_TYPE[name]
        if isinstance(option, Inst):
            for cls in evaluator.lineage(option.cls):
                for base in cls.module.facts.classes[cls.cls].bases:
                    evaluated = evaluator.eval(cls.module, base)
                    if isinstance(evaluated, External) and evaluated.dotted in _BY_TYPE:
                        return _BY_TYPE[evaluated.dotted]
    return None


def external_types(evaluator: Evaluator, module: Module, declared: object) -> list[str]:
    """Dotted names of the outside types that a declared type names (through Optional, unions and Annotated)."""
    from ..facts import NamedType, TypeofType, UnionType

    module, declared = evaluator.declared(module, declared)  # type: ignore[arg-type]
    if isinstance(declared, UnionType):
        return [name for item in declared.items for name in external_types(evaluator, module, item)]
    if isinstance(declared, (NamedType, TypeofType)):
        head = evaluator.eval(module, declared.name if isinstance(declared, NamedType) else declared.value)
        return [_plain(head)] if isinstance(head, External) else []
    return []


def _plain(value: Val) -> str:
    name = dotted(value)
    return name[5:] if name.startswith("node:") else name


def unwrap_json(value: Val | None) -> Val | None:
    """The value that a JSON text was made of: ``JSON.stringify(x)``, ``json.dumps(x).encode()``; else the value."""
    depth = 0
    while isinstance(value, CallV) and depth < 6:
        depth += 1
        name = _plain(value.callee)
        if name in ("JSON.stringify", "json.dumps", "simplejson.dumps", "ujson.dumps", "orjson.dumps") and value.args:
            return value.args[0]
        if isinstance(value.callee, MemberV) and value.callee.key in ("encode", "decode"):
            value = value.callee.base
            continue
        if name in ("bytes", "bytearray") and value.args:
            value = value.args[0]
            continue
        if name == "msgspec.json.encode" and value.args:
            return value.args[0]
        break
    return value


def get(value: Val | None, *names: str) -> Val | None:
    """A key of an object; of a parameter the member that a caller will give; None where it is surely absent."""
    if value is None:
        return None
    found: list[Val] = []
    for option in options(value):
        if isinstance(option, Obj):
            entry = option.get(*names)
            if entry is not None:
                found.append(entry.value if entry.value.at else entry.value.with_at(entry.at))
            elif option.spreads:
                found.extend(
                    MemberV(s.place, s, names[0])
                    for s in option.spreads
                    if isinstance(s, (Param, MemberV)) and depends(s)
                )
        elif depends(option):
            found.append(MemberV(option.place, option, names[0]))
    if not found:
        return None
    if len(found) == 1:
        return found[0]
    from .values import Choice

    flat = [o for v in found for o in options(v)]
    return Choice(value.place, tuple(flat), "element")


def depends(value: Val) -> bool:
    """A parameter or a member of one."""
    while isinstance(value, MemberV):
        value = value.base
    return isinstance(value, Param)


def _options(value: Val | None) -> tuple[Val | None, bool]:
    """(the options object or None, whether parts of it are unknown)."""
    if value is None or (isinstance(value, Lit) and value.value is None):
        return None, False
    if isinstance(value, Obj):
        return value, value.open
    if isinstance(value, CallV) and value.new and value.args:
        return value.args[0], True
    return value, True


def read(evaluator: Evaluator, target: Val, arguments: Callable[[], Args]) -> Sent | None:
    """What a call of ``target`` sends, or None where it is no HTTP request. ``arguments``: asked only of requests."""
    name = _plain(target)
    if name in _URLOPEN:
        positional, keywords = arguments()
        return _urlopen(positional, dict(keywords))
    if name in _JQUERY:
        return _jquery(name, arguments()[0])
    if name == "navigator.sendBeacon" and (positional := arguments()[0]):
        body = positional[1] if len(positional) > 1 else None
        return Sent("beacon", "POST", positional[0], body=_blob(body), body_raw=body, body_how="body")
    if isinstance(target, MemberV) and target.key == "request" and isinstance(target.base, CallV):
        connection = _plain(target.base.callee)
        if connection in ("http.client.HTTPSConnection", "http.client.HTTPConnection"):
            positional, keywords = arguments()
            return _connection(target.base, positional, dict(keywords))
    found = client_of(evaluator, target)
    if found is None:
        return None
    client, method, instance = found
    positional, keywords = arguments()
    keys = dict(keywords)
    if any(isinstance(v, Elem) for v in positional[:2]):
        return None
    sent = _STYLES[client.style](client, method, positional, keys, name)
    if sent is None:
        return None
    if instance is not None:
        _merge_instance(evaluator, client, sent, instance)
    return sent


def _python(client: Client, method: str, positional: tuple[Val, ...], keys: dict[str, Val], name: str) -> Sent | None:
    if method == "":
        return None
    values = list(positional)
    verb = method
    if method == "request":
        first = values.pop(0) if values else keys.get("method")
        verb = first.value if isinstance(first, Lit) and isinstance(first.value, str) else ""
    url = values[0] if values else keys.get("url")
    if url is None:
        return None
    sent = Sent(client.name, verb.upper(), url, timeout_unit=client.unit)
    if client.name == "requests" and method in ("post", "put", "patch") and len(values) > 1:
        keys.setdefault("data", values[1])
        if len(values) > 2:
            keys.setdefault("json", values[2])
    for how in client.bodies:
        if how in keys:
            sent.body_raw, sent.body_how = keys[how], how
            sent.body = unwrap_json(keys[how])
            break
    sent.headers = keys.get("headers")
    sent.auth = keys.get("auth")
    sent.timeout = keys.get("timeout")
    sent.timeout_known = "**" not in keys
    return sent


def _method_of(settings: Val | None, default: str, is_open: bool) -> str:
    value = get(settings, "method", "type") if settings is not None else None
    if value is None:
        return "" if is_open else default
    names = {o.value.upper() if isinstance(o, Lit) and isinstance(o.value, str) else "" for o in options(value)}
    return names.pop() if len(names) == 1 else ""


def _fetch(client: Client, method: str, positional: tuple[Val, ...], keys: dict[str, Val], name: str) -> Sent | None:
    if not positional:
        return None
    settings, is_open = _options(positional[1] if len(positional) > 1 else None)
    sent = Sent("fetch", _method_of(settings, "GET", is_open), positional[0], timeout_unit="ms")
    target = positional[0]
    if isinstance(target, CallV) and target.new and dotted(target.callee) in ("URL", "Request") and target.args:
        sent.url = target.args[0]
        if dotted(target.callee) == "URL" and len(target.args) > 1:
            sent.base = target.args[1]
    sent.body_raw = get(settings, "body")
    sent.body_how = "body"
    sent.body = unwrap_json(sent.body_raw)
    if name.endswith(("$fetch", "ofetch")):
        sent.body_how = "json"
    sent.headers = get(settings, "headers")
    sent.timeout = get(settings, "signal", "timeout")
    sent.timeout_known = not is_open
    return sent


def _axios(client: Client, method: str, positional: tuple[Val, ...], keys: dict[str, Val], name: str) -> Sent | None:
    values = list(positional)
    if method in ("post", "put", "patch"):
        if not values:
            return None
        settings, is_open = _options(values[2] if len(values) > 2 else None)
        sent = Sent(client.name, method.upper(), values[0], timeout_unit="ms")
        sent.body_raw = values[1] if len(values) > 1 else None
        sent.body_how = "json"
    elif method in ("get", "delete", "head", "options"):
        if not values:
            return None
        settings, is_open = _options(values[1] if len(values) > 1 else None)
        sent = Sent(client.name, method.upper(), values[0], timeout_unit="ms")
        sent.body_raw = get(settings, "data", "body")
        sent.body_how = "json"
    else:
        if not values:
            return None
        if isinstance(values[0], Obj):
            settings, is_open = _options(values[0])
            url = get(settings, "url")
        elif client.name == "angular" and len(values) > 1:
            settings, is_open = _options(values[2] if len(values) > 2 else None)
            url = values[1]
            verb = values[0].value if isinstance(values[0], Lit) and isinstance(values[0].value, str) else ""
            sent = Sent(client.name, verb.upper(), url, timeout_unit="ms")
            sent.body_raw = get(settings, "body")
            return _axios_options(sent, settings, is_open)
        else:
            settings, is_open = _options(values[1] if len(values) > 1 else None)
            url = values[0]
        if url is None:
            return None
        sent = Sent(client.name, _method_of(settings, "GET", is_open), url, timeout_unit="ms")
        sent.body_raw = get(settings, "data")
        sent.body_how = "json"
    return _axios_options(sent, settings, is_open)


def _axios_options(sent: Sent, settings: Val | None, is_open: bool) -> Sent:
    sent.body = unwrap_json(sent.body_raw)
    sent.headers = get(settings, "headers")
    sent.auth = get(settings, "auth")
    sent.timeout = get(settings, "timeout", "signal")
    sent.base = get(settings, "baseURL")
    sent.timeout_known = not is_open
    return sent


def _got(client: Client, method: str, positional: tuple[Val, ...], keys: dict[str, Val], name: str) -> Sent | None:
    if not positional:
        return None
    first = positional[0]
    settings, is_open = _options(first if isinstance(first, Obj) else positional[1] if len(positional) > 1 else None)
    url = get(settings, "url") if isinstance(first, Obj) else first
    if url is None:
        return None
    sent = Sent(
        client.name,
        method.upper() if method not in ("", "request") else _method_of(settings, "GET", is_open),
        url,
        timeout_unit="ms",
    )
    for how in client.bodies:
        body = get(settings, how)
        if body is not None:
            sent.body_raw, sent.body_how, sent.body = body, how, unwrap_json(body)
            break
    sent.headers = get(settings, "headers")
    sent.timeout = get(settings, "timeout", "signal")
    sent.base = get(settings, "prefixUrl")
    sent.timeout_known = not is_open
    return sent


def _jquery(name: str, positional: tuple[Val, ...]) -> Sent | None:
    if not positional:
        return None
    if name.endswith(".post"):
        body = positional[1] if len(positional) > 1 else None
        return Sent(
            "jquery", "POST", positional[0], body=unwrap_json(body), body_raw=body, body_how="data", timeout_unit="ms"
        )
    first = positional[0]
    settings, is_open = _options(first if isinstance(first, Obj) else positional[1] if len(positional) > 1 else first)
    url = get(settings, "url") if isinstance(first, Obj) else first
    if url is None:
        return None
    sent = Sent("jquery", _method_of(settings, "GET", is_open), url, timeout_unit="ms")
    sent.body_raw = get(settings, "data")
    sent.body_how, sent.body = "data", unwrap_json(sent.body_raw)
    sent.headers = get(settings, "headers")
    sent.timeout = get(settings, "timeout")
    sent.timeout_known = not is_open
    return sent


def _blob(body: Val | None) -> Val | None:
    if isinstance(body, CallV) and dotted(body.callee) == "Blob" and body.args:
        parts = body.args[0]
        items = getattr(parts, "items", ())
        return unwrap_json(items[0]) if items else None
    return unwrap_json(body)


def _urlopen(positional: tuple[Val, ...], keys: dict[str, Val]) -> Sent | None:
    first = positional[0] if positional else keys.get("url")
    if first is None:
        return None
    timeout = keys.get("timeout") or (positional[2] if len(positional) > 2 else None)
    data = positional[1] if len(positional) > 1 else keys.get("data")
    url, headers, method = first, None, ""
    if isinstance(first, CallV) and _plain(first.callee).endswith("Request"):
        inner = dict(first.keywords)
        url_value = first.args[0] if first.args else inner.get("url")
        if url_value is None:
            return None
        url = url_value
        data = first.args[1] if len(first.args) > 1 else inner.get("data", data)
        headers = first.args[2] if len(first.args) > 2 else inner.get("headers")
        verb = inner.get("method")
        method = verb.value.upper() if isinstance(verb, Lit) and isinstance(verb.value, str) else ""
    elif isinstance(first, Param):
        return None
    if not method:
        method = "POST" if data is not None else "GET"
    return Sent(
        "urllib", method, url, body=unwrap_json(data), body_raw=data, body_how="data", headers=headers, timeout=timeout,
        timeout_known="**" not in keys,
    )  # fmt: skip


def _connection(made: CallV, positional: tuple[Val, ...], keys: dict[str, Val]) -> Sent | None:
    if len(positional) < 2 or not made.args:
        return None
    verb = positional[0]
    body = positional[2] if len(positional) > 2 else keys.get("body")
    headers = positional[3] if len(positional) > 3 else keys.get("headers")
    host = made.args[0]
    base = Lit(host.place, "https://" + host.value) if isinstance(host, Lit) and isinstance(host.value, str) else host
    return Sent(
        "http.client", verb.value.upper() if isinstance(verb, Lit) and isinstance(verb.value, str) else "", positional[1],
        base=base, body=unwrap_json(body), body_raw=body, body_how="data", headers=headers, timeout=made.keyword("timeout"),
    )  # fmt: skip


_STYLES = {"python": _python, "fetch": _fetch, "axios": _axios, "got": _got}


def _merge_instance(evaluator: Evaluator, client: Client, sent: Sent, instance: Val) -> None:
    """Take from the client what the request itself does not say."""
    made = next((o for o in options(instance) if isinstance(o, CallV)), None)
    sent.created = made
    later = _set_later(evaluator, instance)
    for entry in later.entries:
        if entry.name == "auth" and sent.auth is None:
            sent.auth = entry.value
    extra = later.get("headers")
    if extra is not None:
        parts = [(extra.value, False)] + ([(sent.headers, False)] if sent.headers is not None else [])
        sent.headers = evaluator._merge(extra.value.place, parts)
    if made is None:
        # A framework's service is made by nobody in the project: its defaults hold (FS503 looks for `HttpModule.register`).
        if client.factories:
            sent.timeout_known = False if sent.timeout is None else sent.timeout_known
        return
    if client.style == "python":
        settings: dict[str, Val] = dict(made.keywords)
        given = settings.get
        known = "**" not in settings
    else:
        first = made.args[0] if made.args else None
        config, is_open = _options(first)

        def given(key: str) -> Val | None:  # type: ignore[misc]
            return get(config, key)

        known = not is_open
    if sent.timeout is None:
        sent.timeout = given("timeout")
        sent.timeout_known = sent.timeout_known and known
    if sent.auth is None:
        sent.auth = given("auth")
    own = given("headers")
    if own is not None:
        sent.headers = (
            own if sent.headers is None else evaluator._merge(sent.headers.place, [(own, False), (sent.headers, False)])
        )
    if client.base and sent.base is None:
        sent.base = given(client.base)


def _set_later(evaluator: Evaluator, instance: Val) -> Obj:
    """What is set on a client after it was made: ``session.headers.update({…})``, ``session.auth = …``,
    ``client.defaults.headers.common.Authorization = …``. Only in the module that makes it."""
    made = next((o for o in options(instance) if isinstance(o, CallV)), None)
    place = instance.place
    headers: list[tuple[Val, bool]] = []
    entries: list[Ent] = []
    if made is None:
        return Obj(place, (), False)
    module = made.module

    def is_client(node: object) -> bool:
        return isinstance(node, (f.Name, f.Member, f.This)) and any(
            isinstance(o, CallV) and o.module is module and o.call == made.call
            for o in options(evaluator.eval(module, node))
        )

    def path_to(node: object) -> tuple[object, list[str]]:
        keys: list[str] = []
        while isinstance(node, f.Member) and isinstance(node.key, f.Literal) and len(keys) < 6:
            if is_client(node):
                break
            keys.insert(0, str(node.key.value))
            node = node.object
        return node, keys

    for call in module.facts.calls:
        callee = call.callee
        if (
            isinstance(callee, f.Member)
            and isinstance(callee.key, f.Literal)
            and callee.key.value == "update"
            and call.args
        ):
            base, keys = path_to(callee.object)
            if keys == ["headers"] and is_client(base):
                headers.append((evaluator.eval(module, call.args[0].value), False))
    for write in module.facts.writes:
        if not isinstance(write.key, f.Literal) or write.op != "=":
            continue
        base, keys = path_to(write.object)
        key = str(write.key.value)
        if not is_client(base):
            continue
        value = evaluator.eval(module, write.value)
        if "headers" in keys and key.lower() == "authorization":
            name = module.place(write.key)
            headers.append(
                (Obj(name, (Ent("Authorization", name, name, value, module.place(write.value)),), False), False)
            )
        elif not keys and key == "headers":
            headers.append((value, False))
        elif not keys and key == "auth":
            entries.append(
                Ent("auth", module.place(write.key), module.place(write.key), value, module.place(write.value))
            )
    if headers:
        merged = evaluator._merge(headers[0][0].place, headers)
        entries.append(Ent("headers", merged.place, merged.place, merged, merged.place))
    return Obj(place, tuple(entries), False)


# ------------------------------------------------------------------------------------------------------- the address


def address(sent: Sent) -> bool | None:
    """Fill ``endpoint`` and ``holes``. True: it goes to FullStory's server API; None: depends on a parameter; False: no."""
    for option in options(sent.url):
        for base in options(sent.base) or (None,):
            verdict = _address(sent, option, base)
            if verdict is not False:
                return verdict
    return False


def _parts(value: Val) -> list[str | Val]:
    if isinstance(value, Lit) and isinstance(value.value, str):
        return [value.value]
    if isinstance(value, Tmpl):
        return [piece for part in value.parts for piece in ([part] if isinstance(part, str) else _parts(part))]
    if isinstance(value, EnvV) and isinstance(value.default, Lit):
        return _parts(value.default)
    if isinstance(value, CallV) and dotted(value.callee) == "URL" and value.args:
        parts = _parts(value.args[0])
        if len(value.args) > 1 and parts and isinstance(parts[0], str) and not parts[0].startswith("http"):
            return [*_parts(value.args[1]), *parts]
        return parts
    if isinstance(value, MemberV) and value.key in ("href",) and isinstance(value.base, CallV):
        return _parts(value.base)
    if isinstance(value, CallV) and isinstance(value.callee, MemberV) and value.callee.key == "toString":
        return _parts(value.callee.base)
    return [value]


def _address(sent: Sent, url: Val, base: Val | None) -> bool | None:
    parts = _parts(url)
    first = parts[0] if parts else ""
    if base is not None and not (isinstance(first, str) and first.startswith("http")):
        front = _parts(base)
        if front and isinstance(front[-1], str) and isinstance(first, str):
            front[-1] = front[-1].rstrip("/") + "/"
            parts = [*front, first.lstrip("/"), *parts[1:]]
        else:
            parts = [*front, *parts]
    text = ""
    holes: list[Val] = []
    for part in parts:
        if isinstance(part, str):
            text += part
        else:
            text += "\0"
            holes.append(part)
    if text.startswith("\0"):
        return None if depends(holes[0]) else False
    match = re.match(r"^(?:https?:)?//([^/\0?#]+)(.*)$", text, re.S)
    if match is None:
        return False
    host, path = match.group(1).lower(), match.group(2)
    if host.split(":")[0] not in API_HOSTS:
        return False
    path = re.split(r"[?#]", path)[0]
    sent.endpoint = "/" + "/".join("{}" if "\0" in piece else piece for piece in path.strip("/").split("/") if piece)
    sent.endpoint = sent.endpoint.replace("/v2beta/", "/v2/")
    sent.holes = holes
    return True


def authorization_of(headers: Val | None) -> Val | None:
    """The value of the Authorization header, whatever its case."""
    found: list[Val] = []
    for option in options(headers):
        if isinstance(option, CallV) and dotted(option.callee) in ("Headers",) and option.args:
            option = option.args[0]
        if isinstance(option, Obj):
            for entry in option.entries:
                if entry.name.lower() == "authorization":
                    found.append(entry.value if entry.value.at else entry.value.with_at(entry.at))
    return found[-1] if found else None
