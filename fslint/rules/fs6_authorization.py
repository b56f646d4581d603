"""FS605: the authorization of requests to the server API.

Accepted are ``Basic <key>`` (FullStory's documentation, server/v2/authentication) and ``Basic base64(<key>:)`` (the hybrid
guide, and what HTTP libraries make of a user without password); where one app uses both, the rarer is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..diagnostics import Diagnostic, Place
from ..facts import CallRef, Name
from ..facts import Literal as FactLiteral
from ..facts import Member as FactMember
from ..link.project import Project, Request
from ..link.values import (
    Arr,
    CallV,
    EnvV,
    External,
    GlobalV,
    Lit,
    MemberV,
    Obj,
    Param,
    SecretV,
    Tmpl,
    Val,
    options,
)
from . import rule
from .fs8_encoding import unwrap_bytes
from .fs8_operations import others
from .fs8_payloads import variants
from .tables_api import words_of

VERBATIM, BASE64, WRONG, UNKNOWN, NOTHING = "verbatim", "base64", "wrong", "", "nothing"


class Judged(NamedTuple):
    """``form``: one of the above; ``place``: the expression that builds the credential; ``reason``: of ``WRONG``."""

    form: str
    place: Place
    reason: str = ""


_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9_-]*)\s+")
_ORG_ID = re.compile(r"o-[A-Za-z0-9]+-(?:na1|eu1)$")
_OPAQUE = frozenset(
    # Words that say of a variable that its value may already be a whole header or be encoded.
    ["auth", "authorization", "header", "basic", "credential", "credentials", "base64", "encoded"]
)
_QUERY_KEY = re.compile(r"[?&](?:api[_-]?key|apikey|key|token|access_token|secret|auth|authorization)=$", re.I)
_QUERY_NAMES = frozenset(["apikey", "key", "token", "accesstoken", "secret", "auth", "authorization"])
_ENCODERS = frozenset(
    # Functions that give base64 text (browser and Node, Python's base64, npm js-base64 and base-64).
    [
        "btoa",
        "base64.b64encode",
        "base64.standard_b64encode",
        "base64.urlsafe_b64encode",
        "base64.encodebytes",
        "js-base64.Base64.encode",
        "js-base64.encode",
        "base-64.encode",
        "Base64.encode",
        "base64-js.fromByteArray",
    ]
)
_PASSING_METHODS = frozenset(["decode", "strip", "rstrip", "trim", "replace", "get_secret_value", "toString"])
"""Methods that leave a credential what it is."""
BASIC_AUTH = frozenset(
    # Objects with which HTTP libraries make ``Basic base64(user:password)``.
    [
        "requests.auth.HTTPBasicAuth",
        "requests.HTTPBasicAuth",
        "httpx.BasicAuth",
        "aiohttp.BasicAuth",
        "aiohttp.helpers.BasicAuth",
    ]
)
LOOK_UPS = frozenset(["get", "getOrThrow", "config", "env", "getenv", "require", "getString"])
"""Functions whose literal argument names a setting (Nest's ConfigService, decouple, environs …)."""


# ---------------------------------------------------------------------------------------------------------- values


def _parts(value: Val) -> list[str | Val]:
    if isinstance(value, Lit) and isinstance(value.value, str) and not value.kind:
        return [value.value]
    if isinstance(value, Tmpl):
        return list(value.parts)
    return [value]


def _strip(parts: list[str | Val]) -> list[str | Val]:
    parts = [part for part in parts if part != ""]
    if parts and isinstance(parts[0], str):
        parts = [parts[0].lstrip(), *parts[1:]]
    if parts and isinstance(parts[-1], str):
        parts = [*parts[:-1], parts[-1].rstrip()]
    return [part for part in parts if part != ""]


def _giver(value: Val, sign: str = "") -> Place:
    """Where the text of a header stands that holds ``sign``, or begins it: in the call that gives it, else the header."""
    if isinstance(value, Tmpl):
        for part, given in zip(value.parts, value.given, strict=True):
            if isinstance(part, str) and part.strip() and sign in part:
                return given if given is not None and not _holds(value.place, given) else value.place
    return value.place


def encoded(value: Val) -> Val | None:
    """What a value is base64 of, None where it is not known to be base64."""
    found = _encoder(value)
    return found[1] if found is not None else None


def _encoder(value: Val, depth: int = 0) -> tuple[Val, Val] | None:
    """The call that takes the text (``b64encode(…)``, ``Buffer.from(…)``) and the text, as far as known."""
    if depth > 6:
        return None
    if isinstance(value, Tmpl) and len(value.parts) == 1 and isinstance(value.parts[0], Val):
        return _encoder(value.parts[0], depth + 1)
    if not isinstance(value, CallV):
        return None
    callee = value.callee
    if isinstance(callee, MemberV):
        if callee.key == "toString" and value.args and isinstance(value.args[0], Lit):
            if value.args[0].value not in ("base64", "base64url"):
                return None
            return callee.base, unwrap_bytes(callee.base)
        if callee.key in _PASSING_METHODS:
            return _encoder(callee.base, depth + 1)
        return None
    if value.name == "str" and value.args:
        return _encoder(value.args[0], depth + 1)
    if value.name in _ENCODERS and value.args:
        return value, unwrap_bytes(value.args[0])
    return None


def _written_name(call: Val) -> str:
    """The name of what an encoding call is given, as it is written there: ``raw`` of ``b64encode(raw.encode())``."""
    if not isinstance(call, CallV):
        return ""
    facts = call.module.facts
    args = facts.calls[call.call].args
    node: object = args[0].value if args else None
    for _ in range(6):
        if isinstance(node, CallRef):
            inner = facts.calls[node.call]
            if isinstance(inner.callee, FactMember):  # raw.encode('utf-8')
                node = inner.callee.object
            else:  # bytes(raw, 'utf-8')
                node = inner.args[0].value if inner.args else None
        elif isinstance(node, Name):
            return facts.bindings[node.binding].name
        elif isinstance(node, FactMember):
            return str(node.key.value) if isinstance(node.key, FactLiteral) else ""
        else:
            return ""
    return ""


def _by_name(name: str) -> str:
    words = words_of(name)
    joined = "".join(words)
    if _OPAQUE.intersection(words) or "b64" in joined:
        return UNKNOWN
    if words and (words[-1] in ("org", "organization") or words[-2:] == ["org", "id"] or joined.endswith("orgid")):
        return "org"
    if joined.endswith("apikey") or (
        words and words[-1] in ("key", "token", "secret") and {"fullstory", "full", "fs"}.intersection(words)
    ):
        return "key"
    return UNKNOWN


def key_kind(value: Val, depth: int = 0) -> str:
    """``key``: the bare key; ``org``: an org ID; "" unknown."""
    if depth > 6:
        return UNKNOWN
    if isinstance(value, SecretV):
        return "key"
    if isinstance(value, EnvV):
        return _by_name(value.name)
    if isinstance(value, Lit):
        return "org" if isinstance(value.value, str) and _ORG_ID.match(value.value) else UNKNOWN
    if isinstance(value, Tmpl) and len(value.parts) == 1 and isinstance(value.parts[0], Val):
        return key_kind(value.parts[0], depth + 1)
    if isinstance(value, Param):
        return _by_name(value.name)
    if isinstance(value, MemberV):
        return _by_name(value.key or "")
    if isinstance(value, (GlobalV, External)):
        return _by_name(value.path[-1]) if value.path else UNKNOWN
    if isinstance(value, CallV):
        return _call_kind(value, depth)
    return UNKNOWN


def _call_kind(value: CallV, depth: int) -> str:
    callee = value.callee
    if isinstance(callee, MemberV) and callee.key in _PASSING_METHODS and encoded(value) is None:
        return key_kind(callee.base, depth + 1)
    last = value.name.rsplit(".", 1)[-1]
    first = value.args[0] if value.args else None
    if last in LOOK_UPS and isinstance(first, Lit) and isinstance(first.value, str):
        return _by_name(first.value)
    return UNKNOWN


# ---------------------------------------------------------------------------------------------------------- forms


def judge_header(value: Val) -> Judged:
    """One alternative of the Authorization header."""
    whole = value.at or value.place
    parts = _strip(_parts(value))
    if not parts:
        return Judged(NOTHING, whole)
    first = parts[0]
    if isinstance(first, str):
        return _judge_text(value, parts, first, whole)
    if isinstance(first, SecretV) and first.secret.prefix:
        if first.secret.prefix.strip().lower() != "basic":
            return Judged(WRONG, first.place, f"has the scheme '{first.secret.prefix.strip()}' instead of Basic")
        return _credential(value, parts)
    if len(parts) == 1:
        if encoded(first) is not None or key_kind(first) == "key":
            return Judged(WRONG, whole, "has no scheme")
        if key_kind(first) == "org":
            return Judged(WRONG, whole, "is an org ID, not a key")
    return Judged(UNKNOWN, whole)


def _judge_text(value: Val, parts: list[str | Val], first: str, whole: Place) -> Judged:
    match = _SCHEME.match(first)
    rest = _strip([first[match.end() :], *parts[1:]]) if match else []
    if match is None:
        if _ORG_ID.match(first) and len(parts) == 1:
            return Judged(WRONG, whole, "is an org ID, not a key")
        if first.lower() == "basic" and len(parts) == 1:
            return Judged(NOTHING, whole)
        if first.lower() in ("basic", "basic:", "bearer"):
            return Judged(WRONG, _giver(value), "has no space after its scheme")
        return Judged(UNKNOWN, whole)
    if match[1].lower() != "basic":
        return Judged(WRONG, _giver(value), f"has the scheme '{match[1]}' instead of Basic")
    if not rest:
        return Judged(NOTHING, whole)
    return _credential(value, rest)


def _credential(value: Val, rest: list[str | Val]) -> Judged:
    """What follows ``Basic``."""
    first = rest[0]
    place = value.place
    if len(rest) == 1 and isinstance(first, Val):
        encoder = _encoder(first)
        if encoder is not None:
            return _pair(first, *encoder)
        if isinstance(first, SecretV):
            if first.secret.colon:
                return Judged(WRONG, place, "is the key with a colon, but not in base64")
            return Judged(BASE64 if first.secret.base64 else VERBATIM, place)
        kind = key_kind(first)
        if kind == "org":
            return Judged(WRONG, place, "is an org ID, not a key")
        return Judged(VERBATIM if kind == "key" else UNKNOWN, place)
    if any(isinstance(part, str) and ":" in part for part in rest) and any(isinstance(part, Val) for part in rest):
        return Judged(WRONG, _giver(value, ":"), "is the key with a colon, but not in base64")
    if len(rest) == 1 and isinstance(first, str) and _ORG_ID.match(first):
        return Judged(WRONG, place, "is an org ID, not a key")
    return Judged(UNKNOWN, place)


def _pair(call: Val, encoder: Val, inner: Val) -> Judged:
    """base64 of something: right where it is the key and a colon.

    Where a helper encodes what its caller gives, the caller is to blame, unless the helper itself calls it a key.
    """
    handed = inner.at if inner.at is not None and not _holds(call.place, inner.at) else None
    given = call.place if handed is None or _by_name(_written_name(encoder)) == "key" else handed
    parts = _strip(_parts(inner))
    first = parts[0] if parts else ""
    if isinstance(first, str):
        if first.startswith(":"):
            return Judged(WRONG, given, "has the key as password: the key is the user name, the password is empty")
        return Judged(BASE64 if first.endswith(":") and len(parts) == 1 else UNKNOWN, given)
    if key_kind(first) == "org":
        return Judged(WRONG, given, "is an org ID, not a key")
    if len(parts) == 1:
        if isinstance(first, SecretV) and first.secret.colon:
            return Judged(BASE64, given)
        if key_kind(first) == "key":
            return Judged(WRONG, given, "is base64 of the key without the colon behind it")
        return Judged(UNKNOWN, given)
    if len(parts) == 2 and parts[1] == ":":
        return Judged(BASE64, given)
    return Judged(UNKNOWN, given)


def _holds(outer: Place, inner: Place) -> bool:
    return outer.path == inner.path and outer.start <= inner.start and inner.end <= outer.end


def judge_auth(value: Val) -> Judged:
    """One alternative of an HTTP library's own basic authentication: a pair, an options object, an auth object."""
    user: Val | None = None
    password: Val | None = None
    if isinstance(value, Arr) and len(value.items) == 2 and not value.open:
        user, password = value.items
    elif isinstance(value, Obj):
        username, secret = value.get("username", "user"), value.get("password", "pass")
        user = username.value if username else None
        password = secret.value if secret else None
    elif isinstance(value, CallV) and value.name in BASIC_AUTH:
        args = value.args
        user = args[0] if args else value.keyword("username") or value.keyword("login")
        password = args[1] if len(args) > 1 else value.keyword("password")
    else:
        return Judged(UNKNOWN, value.place)
    if user is None:
        return Judged(UNKNOWN, value.place)
    is_empty = password is None or (isinstance(password, Lit) and password.value in ("", None))
    if isinstance(user, Lit) and user.value in ("", None) and not is_empty:
        return Judged(WRONG, value.place, "has the key as password: the key is the user name, the password is empty")
    if key_kind(user) == "org":
        return Judged(WRONG, value.place, "is an org ID, not a key")
    return Judged(BASE64 if is_empty and key_kind(user) == "key" else UNKNOWN, value.place)


# ------------------------------------------------------------------------------------------------------- requests


def judge(project: Project, request: Request) -> Iterator[Judged]:
    """How one request, with what one chain of callers gives, shows its key."""
    for value, how in ((request.authorization, judge_header), (request.auth, judge_auth)):
        found = [judged for option in options(value) if (judged := how(option)).form != NOTHING]
        if not found:
            continue
        if all(judged.form == WRONG for judged in found) or len({judged.form for judged in found}) == 1:
            yield found[0]
    yield from _query(project, request)


def _query(project: Project, request: Request) -> Iterator[Judged]:
    reason = "is a query parameter, which lands in logs and which FullStory does not read"
    for option in options(request.url):
        if isinstance(option, Tmpl):
            for text, part in zip(option.parts, option.parts[1:], strict=False):
                if isinstance(text, str) and _QUERY_KEY.search(text) and isinstance(part, Val):
                    yield Judged(WRONG, option.place, reason)
                    return
    module = request.frame.module
    for argument in request.frame.fact.args:
        value = project.value(module, argument.value)
        params: Val | None = value if argument.name == "params" else None
        if not argument.name and isinstance(value, Obj):
            entry = value.get("params", "searchParams", "query")
            params = entry.value if entry else None
        if isinstance(params, Obj):
            for entry in params.entries:
                if "".join(words_of(entry.name)) in _QUERY_NAMES and _may_be_key(entry.value):
                    yield Judged(WRONG, entry.key_place, reason)
                    return


def _may_be_key(value: Val) -> bool:
    return any(key_kind(option) == "key" for option in options(value))


_FIX = {
    VERBATIM: "`Authorization: Basic <key>`, the key as it is",
    BASE64: "`Authorization: Basic base64(<key>:)`, with the colon behind the key",
}


@rule("FS605")
def malformed_authorization(project: Project) -> Iterator[Diagnostic]:
    """A wrong authorization, and the rarer of the two accepted forms in an app that uses both."""
    wrong: dict[Place, tuple[Judged, list[Request]]] = {}
    forms: dict[tuple[str, str], dict[Place, list[Request]]] = {}
    for request in project.requests:
        if request.client == "sdk":
            continue
        for variant in variants(request):
            for judged in judge(project, variant):
                if judged.form == WRONG:
                    wrong.setdefault(judged.place, (judged, []))[1].append(request)
                elif judged.form in (VERBATIM, BASE64):
                    for app in request.frame.module.apps or ("",):
                        forms.setdefault((app, judged.form), {}).setdefault(judged.place, []).append(request)
    for place, (judged, requests) in wrong.items():
        yield _finding(
            project, place, f"the authorization {judged.reason}: FullStory answers 401", _FIX[VERBATIM], requests
        )
    pinned = getattr(project.settings, "authorization", None)
    reported: set[Place] = set()
    for app in sorted({app for app, _ in forms}):
        counts = {form: forms.get((app, form), {}) for form in (VERBATIM, BASE64)}
        rarer = _rarer(counts, pinned)
        if rarer is None:
            continue
        other = VERBATIM if rarer == BASE64 else BASE64
        shown = {VERBATIM: "the key as it is", BASE64: "base64 of the key and a colon"}
        why = "the settings ask for" if pinned else "the rest of the app sends"
        for place, requests in sorted(counts[rarer].items()):
            if place not in reported and place not in wrong:
                reported.add(place)
                message = f"the authorization is {shown[rarer]}, but {why} {shown[other]}: one of them is not accepted"
                yield _finding(project, place, message, _FIX[other], requests)


def _rarer(counts: dict[str, dict[Place, list[Request]]], pinned: str | None) -> str | None:
    """The form to report: not the pinned one, else the one with fewer origins, base64 at a tie."""
    if pinned in (VERBATIM, BASE64):
        return BASE64 if pinned == VERBATIM else VERBATIM
    if not counts[VERBATIM] or not counts[BASE64]:
        return None
    return VERBATIM if len(counts[VERBATIM]) < len(counts[BASE64]) else BASE64


def _finding(project: Project, place: Place, message: str, form: str, requests: list[Request]) -> Diagnostic:
    sinks = sorted({request.frame.place for request in requests})
    return Diagnostic(
        "FS605",
        message,
        place,
        help=f"send {form}",
        related=others([sink for sink in sinks if not _holds(sink, place)], "sent here"),
        origins=tuple(("request", key) for key in sorted({request.frame.key for request in requests})),
        subject="authorization",
        function=project.function_name(requests[0].frame),
    )
