"""FS804: a server event's timestamp that is known not to be ISO 8601 with zone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..diagnostics import Diagnostic, Place
from ..facts import Global, NamedType
from ..link.project import Project
from ..link.values import CallV, External, GlobalV, Lit, MemberV, Param, Tmpl, Typed, Val, describe, options
from . import rule
from .fs8_operations import others
from .fs8_payloads import Payload, payloads

_ISO = re.compile(
    # RFC 3339 and ISO 8601 in the basic and the extended form, with zone.
    r"\s*\d{4}-?\d\d-?\d\d[Tt ]\d\d:?\d\d(?::?\d\d(?:[.,]\d+)?)?\s*(?:[Zz]|[+-]\d\d(?::?\d\d)?)\s*"
)

_EPOCH_CALLS = frozenset(
    # Functions whose result is a number, by what they are called (JavaScript, then Python's time and int …).
    [
        "Date.now",
        "performance.now",
        "Number",
        "parseInt",
        "parseFloat",
        "Math.floor",
        "Math.round",
        "Math.trunc",
        "Math.ceil",
        "time.time",
        "time.time_ns",
        "time.monotonic",
        "time.perf_counter",
        "int",
        "round",
        "float",
        "calendar.timegm",
        "time.mktime",
    ]
)
_ARITHMETIC = frozenset(["+", "-", "*", "/", "//", "%", "**"])
_TEXT_CALLS = frozenset(
    # Functions whose result is a date that people read.
    ["time.ctime", "time.asctime", "email.utils.formatdate", "email.utils.format_datetime", "Date"]
)
_DATE_METHODS = {
    # Methods of a JavaScript Date that give no ISO text (ECMA-262, Date.prototype).
    "toString": "a text for people",
    "toLocaleString": "a text for people",
    "toLocaleDateString": "a text for people",
    "toLocaleTimeString": "a text for people",
    "toUTCString": "a text for people",
    "toGMTString": "a text for people",
    "toDateString": "a text for people",
    "toTimeString": "a text for people",
    "getTime": "a number",
    "valueOf": "a number",
}
_NAIVE_CALLS = frozenset(
    # datetime's constructors that know no zone unless one is given (library reference, datetime).
    [
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.datetime.fromtimestamp",
        "datetime.datetime.utcfromtimestamp",
        "datetime.datetime.combine",
        "datetime.datetime",
    ]
)
_ZONE_ARGUMENT = {"datetime.datetime.now": 0, "datetime.datetime.fromtimestamp": 1, "datetime.datetime": 7}
"""Position of the zone argument of those that take one by position."""
_DATE_CALLS = frozenset(["datetime.date.today", "datetime.date", "datetime.date.fromtimestamp"])
_HELP = (
    "send ISO 8601 with zone: `new Date().toISOString()` in JavaScript, "
    "`datetime.now(timezone.utc).isoformat()` in Python"
)


@rule("FS804")
def invalid_timestamp(project: Project) -> Iterator[Diagnostic]:
    """The payload's own ``timestamp`` where no alternative of it can be right."""
    found: dict[Place, tuple[str, str, list[Payload]]] = {}
    for seen in payloads(project).values():
        for payload in seen.payloads:
            entry = payload.value.get("timestamp")
            if entry is None:
                continue
            given = [value for option in options(entry.value) for value in _settled(project, option)]
            reasons = [(option, why_wrong(option)) for option in given]
            if any(reason is None for _, reason in reasons):
                continue
            for option, reason in reasons:
                found.setdefault(option.place, (str(reason), describe(option), []))[2].append(payload)
    for place, (reason, shown, sent) in sorted(found.items()):
        first = sent[0]
        own = {payload.value.place for payload in sent}
        yield Diagnostic(
            "FS804",
            f"the event's timestamp {shown} is {reason}: FullStory takes ISO 8601 with zone only",
            place,
            help=_HELP,
            related=others(
                sorted(p for p in own if p.path != place.path or not p.start <= place.start < p.end), "sent in"
            ),
            origins=(("timestamp", place),),
            subject="timestamp",
            function=project.function_name(first.frames[-1]),
        )


def _settled(project: Project, value: Val) -> tuple[Val, ...]:
    """A parameter that nobody gives is its default, where it has one."""
    if isinstance(value, Param) and value.index >= 0:
        params = value.module.function(value.function).params
        default = params[value.index].default if value.index < len(params) else None
        if default is not None:
            known = options(project.value(value.module, default))
            return (value,) if any(isinstance(o, Lit) and o.value is None for o in known) else known
    return (value,)


def why_wrong(value: Val, depth: int = 0) -> str | None:
    """What is known to be wrong with a timestamp, None where nothing is."""
    if depth > 8:
        return None
    if isinstance(value, Lit):
        return _literal(value)
    if isinstance(value, Typed):
        if value.type in ("int", "num", "real"):
            return "a number"
        numbers = [operand for operand in value.operands if why_wrong(operand, depth + 1) == "a number"]
        return "a number" if value.op in _ARITHMETIC and numbers and value.type == "" else None
    if isinstance(value, Tmpl):
        return _template(value, depth)
    if isinstance(value, CallV):
        return _call(value, depth)
    return None


def _literal(value: Lit) -> str | None:
    if value.value is None or value.kind == "undefined" or isinstance(value.value, bool):
        return None
    if isinstance(value.value, (int, float)) or value.kind == "bigint":
        return "a number"
    if value.kind:
        return None
    if _ISO.fullmatch(value.value):
        return None
    return "a time without zone" if _ISO.fullmatch(value.value + "Z") else "not ISO 8601"


def _template(value: Tmpl, depth: int) -> str | None:
    """A bare conversion is judged by what it converts; text around a hole may complete it."""
    if len(value.parts) != 1 or not isinstance(value.parts[0], Val):
        return None
    hole = value.parts[0]
    if isinstance(hole, CallV):
        if is_js_date(hole):
            return "a text for people"
        if _naive(hole):
            return "a time without 'T' and zone"
    return why_wrong(hole, depth + 1)


def _call(value: CallV, depth: int) -> str | None:
    name = value.name
    callee = value.callee
    if isinstance(callee, MemberV):
        return _method(callee.key or "", callee.base, value, depth)
    if isinstance(callee, External) and name == "time.strftime":
        return _format(value.args[0]) if value.args else None
    if isinstance(callee, (GlobalV, External)):
        if name in _EPOCH_CALLS:
            return "a number"
        if name in _TEXT_CALLS and not value.new:
            return "a text for people"
        if name == "str" and value.args and isinstance(value.args[0], CallV) and _naive(value.args[0]):
            return "a time without 'T' and zone"
        if name in ("str", "String") and value.args:
            return why_wrong(value.args[0], depth + 1)
    return None


def _method(key: str, base: Val, call: CallV, depth: int) -> str | None:
    if key in _DATE_METHODS and (is_js_date(base) or _declared_date(base)):
        return _DATE_METHODS[key]
    if key == "toString":
        return why_wrong(base, depth + 1)
    if key == "strftime":
        return _format(call.args[0]) if call.args else None
    if key == "isoformat" and isinstance(base, CallV):
        if _date_only(base):
            return "a date without time"
        return "a time without zone" if _naive(base) else None
    if key == "timestamp" and isinstance(base, CallV) and _is_datetime(base):
        return "a number"
    if key in ("ctime",) and isinstance(base, CallV) and _is_datetime(base):
        return "a text for people"
    return None


def is_js_date(value: Val) -> bool:
    """``new Date(…)``."""
    return (
        isinstance(value, CallV) and value.new and isinstance(value.callee, GlobalV) and value.callee.path == ("Date",)
    )


def _declared_date(value: Val) -> bool:
    if value.decl is None:
        return False
    declared = value.decl[1]
    return isinstance(declared, NamedType) and isinstance(declared.name, Global) and declared.name.name == "Date"


def _format(value: Val) -> str | None:
    """A ``strftime`` format: right where it is ISO with ``Z``, ``%z`` or a written offset."""
    if not isinstance(value, Lit) or not isinstance(value.value, str):
        return None
    text = value.value
    sample = text
    for code, example in (
        ("%FT", "2024-01-15T"),
        ("%F", "2024-01-15"),
        ("%T", "09:00:00"),
        ("%R", "09:00"),
        ("%Y", "2024"),
        ("%m", "01"),
        ("%d", "15"),
        ("%H", "09"),
        ("%M", "00"),
        ("%S", "00"),
        ("%f", "000000"),
        ("%:z", "+00:00"),
        ("%z", "+0000"),
        ("%Z", "Z"),
    ):
        sample = sample.replace(code, example)
    if _ISO.fullmatch(sample):
        return None
    return "a time without zone" if _ISO.fullmatch(sample + "Z") else "not ISO 8601"


# ------------------------------------------------------------------------------------------------------ datetime


def _zone(value: Val | None) -> bool:
    """A zone argument that is given and not None."""
    return value is not None and not (isinstance(value, Lit) and value.value is None)


def _chain(value: CallV) -> tuple[CallV | None, list[CallV]]:
    """The constructor at the bottom of a chain of methods (``now().replace(…)``) and the methods, innermost first."""
    methods: list[CallV] = []
    current: Val = value
    while isinstance(current, CallV) and isinstance(current.callee, MemberV):
        methods.append(current)
        current = current.callee.base
    return (current if isinstance(current, CallV) else None), methods[::-1]


def _is_datetime(value: CallV) -> bool:
    bottom, methods = _chain(value)
    known = ("replace", "astimezone")
    return bottom is not None and bottom.name in _NAIVE_CALLS and all(m.name[1:] in known for m in methods)


def _naive(value: CallV) -> bool:
    """A datetime that is known to have no zone."""
    bottom, methods = _chain(value)
    if bottom is None or bottom.name not in _NAIVE_CALLS:
        return False
    position = _ZONE_ARGUMENT.get(bottom.name)
    if _zone(bottom.keyword("tz")) or _zone(bottom.keyword("tzinfo")) or any(key == "**" for key, _ in bottom.keywords):
        return False
    if position is not None and len(bottom.args) > position and _zone(bottom.args[position]):
        return False
    if bottom.name.endswith(".combine"):
        return False
    for method in methods:
        name = method.name[1:]
        if name == "replace":
            if any(key in ("tzinfo", "**") for key, _ in method.keywords) or len(method.args) > 7:
                return False
        else:
            return False
    return True


def _date_only(value: CallV) -> bool:
    bottom, methods = _chain(value)
    if bottom is not None and bottom.name in _DATE_CALLS and not methods:
        return True
    return bool(methods) and methods[-1].name == ".date" and bottom is not None and bottom.name in _NAIVE_CALLS
