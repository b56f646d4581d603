"""FS807: a server request whose body cannot arrive as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostic, Place, Related
from ..facts import Call, Entry, Global, Literal, Member, NamedType, Object, ObjectType
from ..link.modules import Module
from ..link.project import Project, Request
from ..link.values import Arr, CallV, External, Func, GlobalV, Inst, Lit, MemberV, Obj, Tmpl, Typed, Val, options
from . import rule
from .fs8_operations import others
from .fs8_payloads import variants
from .tables_api import WRITING_METHODS

DUMPS = frozenset(
    # What makes a JSON text (its standard and usual libraries).
    ["JSON.stringify", "json.dumps", "simplejson.dumps", "ujson.dumps", "orjson.dumps", "msgspec.json.encode"]
)
FORM_CLIENTS = frozenset(["requests", "httpx", "aiohttp", "urllib", "urllib3", "http.client", "jquery"])
"""Clients that make form data of a dictionary given as ``data`` (or refuse it)."""
TEXT_CLIENTS = frozenset(["fetch", "beacon", "got", "ky"])
"""Clients that take a text as body: an object becomes ``[object Object]`` or an error."""
_JSON_PARAMETERS = frozenset(["json"])
_FORM_MAKERS = frozenset(["URLSearchParams", "FormData"])
_FORM_FUNCTIONS = frozenset(
    [
        "urllib.parse.urlencode",
        "qs.stringify",
        "querystring.stringify",
        "node:querystring.stringify",
        "aiohttp.FormData",
    ]
)
_DICT_TYPES = frozenset(["dict", "Dict", "Mapping", "MutableMapping", "Record", "object"])
_HELP = {
    "requests": "`json=payload`",
    "httpx": "`json=payload`",
    "aiohttp": "`json=payload`",
    "urllib": "`data=json.dumps(payload).encode()`",
    "urllib3": "`json=payload`",
    "http.client": "`body=json.dumps(payload)`",
    "axios": "the object itself as second argument",
    "nest": "the object itself as second argument",
    "angular": "the object itself as second argument",
    "got": "`json: payload`",
    "ky": "`json: payload`",
    "jquery": "`data: JSON.stringify(payload)` with `contentType: 'application/json'`",
}


def unwrap_bytes(value: Val, depth: int = 0) -> Val:
    """The text that bytes were made of: ``.encode()``, ``bytes(…)``, ``Buffer.from(…)``, ``new Blob([…])``."""
    if depth > 6 or not isinstance(value, CallV):
        return value
    callee = value.callee
    if isinstance(callee, MemberV) and callee.key == "encode":
        base = callee.base
        if isinstance(base, CallV) and base.new and base.name == "TextEncoder" and value.args:
            return unwrap_bytes(value.args[0], depth + 1)
        return unwrap_bytes(base, depth + 1)
    if isinstance(callee, (GlobalV, External)) and value.args:
        if value.name in ("bytes", "bytearray", "Buffer.from", "buffer.Buffer.from", "node:buffer.Buffer.from"):
            return unwrap_bytes(value.args[0], depth + 1)
        if value.name == "Blob":
            parts = value.args[0]
            if isinstance(parts, Arr) and len(parts.items) == 1:
                return unwrap_bytes(parts.items[0], depth + 1)
    return value


def is_dumps(value: Val) -> bool:
    """A JSON text made by a serialiser."""
    return isinstance(value, CallV) and value.name in DUMPS


def _is_form(value: Val) -> bool:
    if not isinstance(value, CallV):
        return False
    if value.name in _FORM_MAKERS and value.new:
        return True
    if isinstance(value.callee, MemberV) and value.callee.key == "toString":
        return _is_form(value.callee.base)
    return value.name in _FORM_FUNCTIONS


def _is_built_text(value: Val) -> bool:
    """A JSON text that is put together by hand: a template around values that no serialiser has quoted."""
    if not isinstance(value, Tmpl) or value.how == "str":
        return False
    if not value.prefix.lstrip().startswith(("{", "[")):
        return False
    return not all(is_dumps(hole) or _is_number(hole) for hole in value.holes)


def _is_number(value: Val) -> bool:
    return isinstance(value, Typed) and value.type in ("int", "num", "real")


def _is_dict(value: Val) -> bool:
    """A dictionary or object, as such or by its declared type."""
    if isinstance(value, Obj):
        return True
    if isinstance(value, (Lit, Tmpl, CallV, Func, Inst)) or value.decl is None:
        return False
    declared = value.decl[1]
    if isinstance(declared, ObjectType):
        return True
    if isinstance(declared, NamedType):
        head = declared.name
        if isinstance(head, Member) and isinstance(head.key, Literal):
            return head.key.value in _DICT_TYPES
        if isinstance(head, Global):
            return head.name in _DICT_TYPES
        return _imported_name(value.decl[0], head) in _DICT_TYPES
    return False


def _imported_name(module: Module, head: object) -> str:
    binding = getattr(head, "binding", -1)
    if not 0 <= binding < len(module.facts.bindings):
        return ""
    imported = module.facts.bindings[binding].imported
    return module.facts.imports[imported].name if imported >= 0 else ""


def _wrong(request: Request, raw: Val) -> tuple[str, Val] | None:
    """What is wrong with one alternative of a body, and the value that is."""
    value = unwrap_bytes(raw)
    how, client = request.body_how, request.client
    if _is_form(value) or how == "form":
        return "form data", value
    if _is_built_text(value):
        return "a JSON text put together by hand, which one quote in a value breaks", value
    if how in _JSON_PARAMETERS and client not in ("axios", "nest", "angular"):
        if is_dumps(value) or (isinstance(value, Lit) and _is_json_text(value)):
            return "encoded as JSON twice", value
        return None
    if isinstance(value, Tmpl) and value.how == "str" and len(value.holes) == 1 and isinstance(value.holes[0], Obj):
        return "the text of an object, which is no JSON", value
    if not _is_dict(value) or raw is not value:
        return None
    if client in FORM_CLIENTS and how in ("data", "fields", "body"):
        return (
            "a dictionary that is sent as form data" if client != "jquery" else "an object that is sent as form data",
            value,
        )
    if client in TEXT_CLIENTS and how == "body":
        return "an object, which arrives as the text '[object Object]'", value
    return None


def _is_json_text(value: Lit) -> bool:
    return isinstance(value.value, str) and value.value.lstrip().startswith(("{", "["))


@rule("FS807")
def wrong_body_encoding(project: Project) -> Iterator[Diagnostic]:
    """A request body that FullStory cannot read as JSON: once per request."""
    for request in project.requests:
        if request.client == "sdk" or (request.method and request.method not in WRITING_METHODS):
            continue
        for variant in variants(request):
            raw = variant.body_raw
            wrongs = [_wrong(variant, option) for option in options(raw)]
            found = [wrong for wrong in wrongs if wrong is not None]
            if raw is None or not found or len(found) != len(wrongs):
                continue
            what, value = found[0]
            place = _place(request, raw, value)
            callers = sorted({v.frames[-1].place for v in variants(request) if len(v.frames) > 1})
            related = () if _near(request, place) else (Related(request.frame.place, "sent here"),)
            yield Diagnostic(
                "FS807",
                f"the body is {what}: FullStory takes JSON only",
                place,
                help=f"send {_HELP.get(request.client, '`body: JSON.stringify(payload)`')}",
                related=related + others(callers, "reached from here"),
                origins=(("body", request.frame.key), ("request", request.frame.key)),
                subject=request.endpoint,
                function=project.function_name(request.frame),
            )
            break


def _near(request: Request, place: Place) -> bool:
    own = request.frame.place
    return own.path == place.path and own.start <= place.start and place.end <= own.end


def _place(request: Request, raw: Val, value: Val) -> Place:
    """The text or dictionary where it stands in the function that sends it, else the argument of the request."""
    function = request.frame.fact.function
    module = request.frame.module
    is_built = isinstance(value, (Obj, Tmpl, CallV, Lit)) and not _is_form(value)
    if (
        is_built
        and value.place.path == module.path
        and raw.place.path == module.path
        and value.place.end > value.place.start
    ):
        inside = module.facts.regions[module.region_at(value.place.start)].function if module.facts.regions else 0
        if inside == function or inside in module.enclosing(function):
            return value.place
    return _argument(module, request.frame.fact, request.body_how) or request.frame.place


def _argument(module: Module, fact: Call, how: str) -> Place | None:
    """The body's argument in a request call: the keyword, the option of that name, else the second argument."""
    for argument in fact.args:
        if argument.name == how:
            return module.place(argument)
        if isinstance(argument.value, Object):
            entry = _entry(argument.value, how)
            if entry is not None:
                return module.place(entry)
    return module.place(fact.args[1]) if len(fact.args) > 1 else None


def _entry(value: Object, how: str) -> Entry | None:
    names = (how, "body", "data", "json")
    return next((e for e in value.entries if isinstance(e.key, Literal) and e.key.value in names), None)
