"""FS104–FS107: properties against the registry."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostic, Place, Related
from ..link.project import Project, TrackingCall
from ..link.types import type_of
from ..link.values import Arr, Lit, Obj, Val, describe, options
from ..registry import Property, strip_suffix
from . import rule
from . import tables_properties as tables
from .properties import (
    KINDS,
    Plan,
    Problem,
    Prop,
    all_properties,
    check,
    plans,
    registered,
    value_related,
)
from .property_values import contradicts, given_literally, is_empty


@rule("FS104")
def missing_property(project: Project) -> Iterator[Diagnostic]:
    """A required property is absent, and nothing that is not in view could hold it."""
    seen: set[tuple[Place, str, str]] = set()
    for call in project.of_kind(*KINDS):
        if call.kind == "identify" and _is_nobody(call):
            continue
        for plan in plans(project, call):
            for path, required in _required(plan.properties, call):
                key = (call.site.place, plan.what, ".".join(path))
                if key in seen or not is_absent(call, path):
                    continue
                seen.add(key)
                name = ".".join(path)
                yield Diagnostic(
                    "FS104",
                    f"{plan.what} requires the property '{name}', which this call does not send: reports by it miss the call",
                    call.site.place,
                    help=f"add `{_written(call, name, required)}`, or make it optional in {plan.path}",
                    related=(Related(required.place, "registered here"),),
                    origins=(("call", call.site.key, name),),
                    subject=name,
                    function=project.function_name(call.site),
                )


def _is_nobody(call: TrackingCall) -> bool:
    """Signs off or only asks for consent, and carries nothing: there is no user who lacks a property."""
    return call.properties is None and (
        call.user_id is None or all(_is_nothing(option) for option in options(call.user_id))
    )


def _required(
    properties: dict[str, Property], call: TrackingCall, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Property]]:
    """What a call of this side must send; within an optional object only where the object is sent."""
    sides = ("client", "server") if call.side == "either" else (call.side,)
    for name, found in properties.items():
        here = (*path, name)
        if any(found.required.on(side) for side in sides):
            yield here, found
        if found.properties and len(here) < 10 and _present(call, here):
            yield from _required(found.properties, call, here)


def _present(call: TrackingCall, path: tuple[str, ...]) -> bool:
    return any(isinstance(option, Obj) and _holds(option, path) is True for option in options(call.properties))


def is_absent(call: TrackingCall, path: tuple[str, ...]) -> bool:
    """Surely not sent: by no alternative of the properties, all of which are in view."""
    if call.properties is None:
        return _nothing_hidden(call)
    return all(
        _holds(option, path) is False if isinstance(option, Obj) else _is_nothing(option)
        for option in options(call.properties)
    )


def _nothing_hidden(call: TrackingCall) -> bool:
    """No object that is not in view could hold the properties."""
    holders = call.payload if call.payload is not None else call.options
    return all(isinstance(option, Obj) and not option.open for option in options(holders))


def _is_nothing(value: Val) -> bool:
    return isinstance(value, Lit) and not value.value


def _holds(owner: Obj, path: tuple[str, ...]) -> bool | None:
    """Whether an object has a property, with or without suffix; None where that is not known."""
    entries = [entry for entry in owner.entries if path[0] in (entry.name, strip_suffix(entry.name)[0])]
    if not entries:
        return None if owner.open else False
    if len(path) == 1:
        return True
    found = [
        _holds(option, path[1:]) if isinstance(option, Obj) else None
        for entry in entries
        for option in options(entry.value)
    ]
    return None if None in found else any(found)


def _written(call: TrackingCall, name: str, required: Property) -> str:
    suffix = required.type if call.v1 and required.type in tables.SUFFIX_FITS else ""
    last = name.rsplit(".", 1)[-1]
    return last if not suffix or strip_suffix(last)[1] else f"{last}_{suffix}"


@rule("FS105")
def unknown_property(project: Project) -> Iterator[Diagnostic]:
    """A property that the registration does not list."""

    def judge(prop: Prop) -> Problem | None:
        if prop.name in tables.NEVER_UNKNOWN and prop.root:
            return None
        for plan in plans(project, prop.call):
            if plan.open or not unlisted(plan, prop):
                continue
            listed = ", ".join(list(plan.properties)[:6]) + (" …" if len(plan.properties) > 6 else "")
            name = ".".join(prop.path)
            return Problem(
                f"'{name}' is not among the properties that the registry lists for {plan.what}, so nobody knows what it means",
                f"register it in {plan.path}, or send a listed one ({listed})"
                if listed
                else f"register it in {plan.path}",
                related=() if plan.place is None else (Related(plan.place, "registered here"),),
            )
        return None

    return check(project, "FS105", all_properties(project), judge)


def unlisted(plan: Plan, prop: Prop) -> bool:
    """Neither listed, nor within an object whose properties are not listed, nor within something itself unlisted."""
    if registered(plan.properties, prop.path) is not None:
        return False
    if prop.root:
        return True
    outer = registered(plan.properties, prop.path[:-1])
    return outer is not None and bool(outer.properties)


@rule("FS106")
def property_type_mismatch(project: Project) -> Iterator[Diagnostic]:
    """The value's type, or the suffix, contradicts the registered type."""

    def judge(prop: Prop) -> Problem | None:
        for plan in plans(project, prop.call):
            found = registered(plan.properties, prop.path)
            if found is None or not found.type:
                continue
            problem = mismatch(project, prop, found, plan)
            if problem is not None:
                return problem
        return None

    return check(project, "FS106", all_properties(project), judge)


def mismatch(project: Project, prop: Prop, found: Property, plan: Plan) -> Problem | None:
    """How a property contradicts its registration, None where it does not."""
    wanted = tables.TYPE_WORDS.get(found.type, found.type)
    here = Related(found.place, f"registered as {found.type}")
    said = f"'{prop.name}' is registered as {found.type} ({wanted}) for {plan.what}, but "
    stem, suffix = strip_suffix(prop.name)
    if (
        suffix
        and not prop.call.v2
        and found.name != prop.name
        and suffix not in tables.SUFFIX_FITS.get(found.type, frozenset())
    ):
        right = f"{stem}_{found.type}" if found.type in tables.SUFFIX_FITS else stem
        return Problem(
            f"{said}its suffix says {tables.TYPE_WORDS[suffix]}",
            f"write `{right}` with {wanted}, or correct the type in {plan.path}",
            related=(here,),
        )
    alternatives = options(prop.value)
    if alternatives and all(is_empty(o) and given_literally(prop, o) for o in alternatives):
        if found.nullable:
            return None
        return Problem(f"{said}the value is null", "leave it out, or register it as `nullable`", related=(here,))
    bad = contradicts(project, found.type, prop.value)
    if bad is None:
        return None
    kind = type_of(bad, project.evaluator) or ""
    words = tables.TYPE_WORDS.get(kind, "something else")
    shown = describe(bad)
    return Problem(
        f"{said}{'the value' if shown == '…' or shown in words else shown} is {words}",
        f"send {wanted}, or correct the type in {plan.path}",
        related=(here, *value_related(prop, bad)),
    )


@rule("FS107")
def property_value_not_allowed(project: Project) -> Iterator[Diagnostic]:
    """A known value outside the registered enum, pattern or range."""

    def judge(prop: Prop) -> Problem | None:
        for plan in plans(project, prop.call):
            found = registered(plan.properties, prop.path)
            alternatives = options(prop.value)
            if found is None or not alternatives:
                continue
            reasons = [_outside(found, option) for option in alternatives]
            if not all(reasons):
                continue
            return Problem(
                f"{describe(prop.value)} is not allowed for '{prop.name}' of {plan.what}, so no report expects it: {reasons[0]}",
                f"{_allowed(found, alternatives[0])}, or extend the registration in {plan.path}",
                related=(Related(found.place, "registered here"), *value_related(prop, alternatives[0])),
            )
        return None

    return check(project, "FS107", all_properties(project), judge)


def _outside(found: Property, value: Val) -> str:
    """Why a known value is not allowed; "" where it is, or is not known. Arrays are judged by their known items."""
    if isinstance(value, Arr):
        reasons = [[_outside(found, option) for option in options(item)] for item in value.items]
        return next((alternatives[0] for alternatives in reasons if alternatives and all(alternatives)), "")
    if not isinstance(value, Lit) or value.kind or value.value is None:
        return ""
    constant = value.value
    if found.enum is not None and not any(_same(constant, allowed) for allowed in found.enum):
        return "the registry allows " + ", ".join(str(allowed) for allowed in found.enum[:8])
    if found.pattern is not None and isinstance(constant, str) and not found.pattern.matches(constant):
        return f"it must match `{found.pattern.source}`"
    if isinstance(constant, (int, float)) and not isinstance(constant, bool):
        if found.minimum is not None and constant < found.minimum:
            return f"the minimum is {found.minimum:g}"
        if found.maximum is not None and constant > found.maximum:
            return f"the maximum is {found.maximum:g}"
    return ""


def _allowed(found: Property, value: Val) -> str:
    """What to send instead: the allowed text that was meant, if one is close."""
    if isinstance(value, Lit) and isinstance(value.value, str) and found.enum:
        from difflib import get_close_matches

        texts = {str(allowed).casefold(): str(allowed) for allowed in found.enum}
        near = get_close_matches(value.value.casefold(), texts, n=1)
        if near:
            return f"write '{texts[near[0]]}'"
    return "send an allowed value"


def _same(value: object, allowed: object) -> bool:
    """Equal, and neither is a boolean where the other is none."""
    return isinstance(value, bool) == isinstance(allowed, bool) and value == allowed
