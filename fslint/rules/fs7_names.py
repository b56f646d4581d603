"""FS7: event names that are built from data, break the registry's style, or are no names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..diagnostics import Diagnostic, Place, Related
from ..link.project import Project, TrackingCall
from ..link.types import type_of
from ..link.values import (
    CallV,
    Choice,
    Elem,
    External,
    GlobalV,
    Lit,
    MemberV,
    Param,
    Tmpl,
    Typed,
    Val,
    describe,
    dotted,
    options,
)
from ..registry import Registry
from . import rule

MAX_NAME = 250
"""Code points that an event name may have (fullstory-api.md §3)."""

_HOOK_STATE = frozenset(
    [
        "useState",
        "useReducer",
        "ref",
        "shallowRef",
        "useRef",
        "useSelector",
        "signal",
        "createSignal",
        "useRecoilState",
        "useAtom",
    ]
)


@rule("FS701")
def dynamic_event_name(project: Project) -> Iterator[Diagnostic]:
    """A name with a constant part and a hole that is data."""
    seen: set[Place] = set()
    for call in project.of_kind("event"):
        for option in options(call.name):
            if not isinstance(option, Tmpl) or not any(isinstance(part, str) for part in option.parts):
                continue
            hole = next((h for h in option.holes if is_data(h, project)), None)
            if hole is None:
                continue
            place = _place(call, option, hole)
            if place in seen:
                continue
            seen.add(place)
            known = "".join(part if isinstance(part, str) else "{…}" for part in option.parts)
            yield Diagnostic(
                "FS701",
                f"this event name is built from data (`{describe(hole)}`), so every value makes an event of its own",
                place,
                help=f"send one constant name and put the value into a property: '{_constant(option)}', with {{ {_key(hole)}: … }}",
                related=()
                if call.site.place.path == place.path and call.site.place.start <= place.start < call.site.place.end
                else (Related(call.site.place, "sent here"),),
                origins=(("name", place),),
                subject=known,
                function=project.function_name(call.site),
            )


def _place(call: TrackingCall, name: Tmpl, hole: Val) -> Place:
    """The name as it is written; where a caller gives the hole to a wrapper's template, what the caller gives."""
    at = hole.at
    if at is None:  # a hole of a template that the caller gives
        at = next((given for part, given in zip(name.parts, name.given, strict=True) if part is hole), None)
    if at is not None and not (name.place.path == at.path and name.place.start <= at.start < name.place.end):
        return at
    return name.place


def _constant(name: Tmpl) -> str:
    words = " ".join("".join(part if isinstance(part, str) else " " for part in name.parts).split()).strip(" :-/_")
    return words or "Item Opened"


def _key(hole: Val) -> str:
    if isinstance(hole, MemberV) and hole.key and re.fullmatch(r"[A-Za-z_]\w*", hole.key):
        return hole.key
    return hole.name if isinstance(hole, Param) and hole.name else "value"


def is_data(hole: Val, project: Project) -> bool:
    """A hole that is known to be data: a member, subscript, call result, number, loop variable or a framework's parameter."""
    if isinstance(hole, Choice):
        return any(is_data(option, project) for option in hole.options)
    if type_of(hole, project.evaluator) == "bool":
        return False
    if isinstance(hole, Param):
        return True
    if isinstance(hole, MemberV):
        return not _from_state(hole.base)
    if isinstance(hole, (GlobalV, External)):
        return len(hole.path) > 1
    if isinstance(hole, CallV):
        return last(hole) not in _HOOK_STATE
    if isinstance(hole, Elem):
        return not _from_state(hole.base)
    if isinstance(hole, Typed):
        return hole.type in ("num", "int", "real") or hole.op in ("-", "*", "/", "%", "+")
    if isinstance(hole, Tmpl):
        return any(is_data(inner, project) for inner in hole.holes)
    return False


def last(call: CallV) -> str:
    return dotted(call.callee).rsplit(".", 1)[-1]


def _from_state(base: Val) -> bool:
    return isinstance(base, CallV) and last(base) in _HOOK_STATE


@rule("FS702")
def event_name_style(project: Project) -> Iterator[Diagnostic]:
    """A registered name that breaks the registry's ``naming``."""
    seen: set[int] = set()
    for registry in project.registries.values():
        if registry is None or registry.naming is None or id(registry) in seen:
            continue
        seen.add(id(registry))
        for event in registry.events.values():
            if not follows(registry, event.name):
                style = registry.naming.style or "the registry's pattern"
                yield Diagnostic(
                    "FS702",
                    f"'{event.name}' breaks the naming that this registry asks for ({style})",
                    event.place,
                    help=_example(style, event.name),
                    related=(Related(registry.naming.place, "the naming is set here"),),
                    subject=event.name,
                )


_SMALL = frozenset(["a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"])
_PATTERNS = {
    "snake_case": re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*"),
    "kebab_case": re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*"),
    "camel_case": re.compile(r"[a-z][a-zA-Z0-9]*"),
}


def follows(registry: Registry, name: str) -> bool:
    """Whether a name follows the registry's naming."""
    naming = registry.naming
    if naming is None:
        return True
    if naming.pattern is not None and not naming.style:
        return naming.pattern.matches(name)
    if naming.style == "title_case":
        return is_title_case(name)
    pattern = _PATTERNS.get(naming.style)
    return pattern is None or pattern.fullmatch(name) is not None


def is_title_case(name: str) -> bool:
    """Words separated by one space, each with a capital or digit first (RULES.md, FS702)."""
    if name != name.strip() or "  " in name:
        return False
    words = name.split(" ")
    for index, word in enumerate(words):
        pieces = [piece for piece in re.split(r"[:\-/&]", word) if piece]
        for number, piece in enumerate(pieces):
            core = piece.strip("()[]\"'.,!?")
            if not core or core[0].isdigit() or core[0].isupper():
                if "_" in core:
                    return False
                continue
            if core == "macOS" or (len(core) > 1 and core[0].islower() and core[1].isupper()):
                continue
            if core in _SMALL and (index > 0 or number > 0):
                continue
            if not core[0].isalpha():
                continue
            return False
    return True


def _example(style: str, name: str) -> str:
    words = [w for w in re.split(r"[\W_]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)) if w]
    spelled = {
        "title_case": " ".join(w[:1].upper() + w[1:] for w in words),
        "snake_case": "_".join(w.lower() for w in words),
        "kebab_case": "-".join(w.lower() for w in words),
        "camel_case": "".join(w.lower() if i == 0 else w[:1].upper() + w[1:].lower() for i, w in enumerate(words)),
    }.get(style)
    return f"rename it to '{spelled}', here and in the code" if spelled else "rename it, here and in the code"


@rule("FS703")
def invalid_event_name(project: Project) -> Iterator[Diagnostic]:
    """Empty, or longer than FullStory takes."""
    seen: set[Place] = set()
    for call in project.of_kind("event"):
        alternatives = options(call.name)
        real = any(not (isinstance(o, Lit) and isinstance(o.value, str) and not o.value.strip()) for o in alternatives)
        for option in alternatives:
            problem = _problem(option, real)
            if problem is None or option.place in seen:
                continue
            seen.add(option.place)
            place = option.place
            inside = call.site.place.path == place.path and call.site.place.start <= place.start < call.site.place.end
            yield Diagnostic(
                "FS703",
                problem[0],
                place,
                help=problem[1],
                related=() if inside else (Related(call.site.place, "sent here"),),
                origins=(("name", place),),
                subject=problem[0],
                function=project.function_name(call.site),
            )


def _problem(option: Val, real: bool) -> tuple[str, str] | None:
    if isinstance(option, Lit) and isinstance(option.value, str) and not option.kind:
        if not option.value.strip():
            if real:
                return None
            return (
                "this event has an empty name, so FullStory rejects it",
                "give the event a name, such as 'Order Placed'",
            )
        length = len(option.value)
    elif isinstance(option, Tmpl):
        length = sum(len(part) for part in option.parts if isinstance(part, str))
    else:
        return None
    if length <= MAX_NAME:
        return None
    return (
        f"this event name has {length} characters, and FullStory rejects names over {MAX_NAME}",
        "shorten the name and put the details into properties",
    )
