"""FS801, FS802: operations of the browser API that do not exist, and arguments that they do not take."""

from __future__ import annotations

from collections.abc import Iterator

from ..calls import V2_ONLY
from ..diagnostics import Diagnostic, Edit, Fix, Place, Related
from ..facts import Member, Spread
from ..link.project import Frame, Project, TrackingCall
from ..link.values import Arr, Choice, Lit, Obj, Tmpl, Typed, Val, describe, options, texts
from . import rule
from .tables_api import (
    ASYNC,
    EXAMPLES,
    NAME_LIKE_KEYS,
    OBSERVE_TYPES,
    OPTION_KEYS,
    PROPERTY_TYPES,
    V1_BECAME,
    V2_OPERATIONS,
)

_CLOSE = 0.72


def giving_frame(call: TrackingCall, value: Val | None) -> Frame:
    """The call, among the way to the sink, in which a value stands: the outermost that holds it, else the sink."""
    if value is not None:
        for place in (value.at, value.place):
            if place is None:
                continue
            for frame in reversed(call.frames):
                outer = frame.place
                if outer.path == place.path and outer.start <= place.start and place.end <= outer.end:
                    return frame
    return call.sink


def others(places: list[Place], message: str) -> tuple[Related, ...]:
    """Further calls that a value reaches, at most five."""
    return tuple(Related(place, message) for place in places[:5])


# ------------------------------------------------------------------------------------------------------------- FS801


def base_operation(name: str) -> str:
    """An operation without ``Async``."""
    return name[: -len(ASYNC)] if name.endswith(ASYNC) else name


@rule("FS801")
def unknown_operation(project: Project) -> Iterator[Diagnostic]:
    """An operation name that FullStory drops without an error, or a v2 operation called as a method."""
    found: dict[Place, tuple[Lit, list[TrackingCall]]] = {}
    methods: set[tuple[str, int]] = set()
    for call in project.calls:
        if call.side == "server":
            continue
        if call.api == "v2" and call.args:
            for option in texts(call.args[0]):
                if base_operation(str(option.value)) not in V2_OPERATIONS:
                    found.setdefault(option.place, (option, []))[1].append(call)
        elif call.api == "v1" and base_operation(call.operation) in V2_ONLY and call.sink.key not in methods:
            methods.add(call.sink.key)
            yield _as_method(project, call)
    for place, (option, calls) in found.items():
        yield _dropped(project, place, str(option.value), calls)


def suggestion(name: str) -> str | None:
    """The v2 operation that a wrong name was probably meant to be, with ``Async`` where the name has it."""
    base = base_operation(name)
    tail = ASYNC if base != name else ""
    if base in V1_BECAME:
        return V1_BECAME[base].operation + tail
    folded = {operation.lower(): operation for operation in sorted(V2_OPERATIONS)}
    old = {method.lower(): became.operation for method, became in V1_BECAME.items()}
    plain = "".join(c for c in base if c.isalnum()).lower()
    if plain in folded or plain in old:
        return folded.get(plain, old.get(plain, "")) + tail
    from difflib import get_close_matches

    close = get_close_matches(plain, folded, 1, _CLOSE)
    return folded[close[0]] + tail if close else None


def _dropped(project: Project, place: Place, name: str, calls: list[TrackingCall]) -> Diagnostic:
    right = suggestion(name)
    became = V1_BECAME.get(base_operation(name))
    help_ = "the operations are " + ", ".join(sorted(V2_OPERATIONS - {"init", "source", "setPage", "stat"}))
    fix = None
    if right is not None:
        example = became.example if became else EXAMPLES.get(base_operation(right), f"FS('{right}')")
        help_ = f"use '{right}': `{example.replace(base_operation(right), right, 1)}`"
        if became is None or became.same_options:
            fix = _rename(calls[0], place, name, right)
    what = "is a v1 method" if became and name in V1_METHODS else "is no operation of FullStory"
    sinks = sorted({call.sink.place for call in calls if not _inside(place, call.sink.place)})
    return Diagnostic(
        "FS801",
        f"'{name}' {what}: FullStory drops the call without an error",
        place,
        help=help_,
        related=others(sinks, "called here"),
        fix=fix,
        origins=(*(("call", call.outer.key) for call in calls), ("name", place)),
        subject=name,
        function=project.function_name(calls[0].sink),
    )


V1_METHODS = frozenset(
    ["event", "identify", "setUserVars", "setVars", "anonymize", "consent", "getCurrentSessionURL", "getCurrentSession"]
)


def _inside(inner: Place, outer: Place) -> bool:
    return inner.path == outer.path and outer.start <= inner.start and inner.end <= outer.end


def _rename(call: TrackingCall, place: Place, name: str, right: str) -> Fix | None:
    """Put the right name between the quotes, where the literal is exactly the name in quotes."""
    if place.end - place.start != len(name.encode()) + 2:
        return None
    inner = Place(place.path, place.start + 1, place.end - 1)
    return Fix("unsafe", f"call it '{right}'", (Edit(inner, right),))


def _as_method(project: Project, call: TrackingCall) -> Diagnostic:
    frame = call.sink
    fact = frame.fact
    operation = call.operation
    base = base_operation(operation)
    fix = None
    if isinstance(fact.callee, Member) and fact.arguments_start > fact.callee.object.end:
        opening = Place(frame.module.path, fact.callee.object.end, fact.arguments_start + 1)
        dot = "?." if fact.callee.optional else ""
        comma = ", " if fact.args else ""
        fix = Fix("unsafe", f"call FS('{operation}', …)", (Edit(opening, f"{dot}('{operation}'{comma}"),))
    return Diagnostic(
        "FS801",
        f"'{operation}' is called as a method, but it is an operation: the method does not exist and the call throws",
        frame.place,
        help=f"write `{EXAMPLES.get(base, f'''FS('{base}')''').replace(base, operation, 1)}`",
        fix=fix,
        origins=(("call", call.outer.key),),
        subject=operation,
        function=project.function_name(frame),
    )


# ------------------------------------------------------------------------------------------------------------- FS802


class _Wrong:
    """One wrong argument: where, what, what to write."""

    def __init__(self, place: Place, message: str, help: str) -> None:
        self.place = place
        self.message = message
        self.help = help


@rule("FS802")
def invalid_arguments(project: Project) -> Iterator[Diagnostic]:
    """Arguments that an operation or a v1 method does not accept; one finding per call."""
    seen: dict[Place, Diagnostic] = {}
    reported: set[tuple[tuple[str, int], Place]] = set()
    for call in project.calls:
        if call.side == "server":
            continue
        wrong = _check_v2(call) if call.api == "v2" else _check_v1(call) if call.api == "v1" else None
        if wrong is None or (call.sink.key, wrong.place) in reported:
            continue
        reported.add((call.sink.key, wrong.place))
        if wrong.place in seen:
            continue
        frame = giving_frame(call, None)
        seen[wrong.place] = Diagnostic(
            "FS802",
            wrong.message,
            wrong.place,
            help=wrong.help,
            related=() if _inside(wrong.place, frame.place) else (Related(frame.place, "the call that gets it"),),
            origins=(("call", call.outer.key),),
            subject=_known_name(call),
            function=project.function_name(call.outer),
        )
    yield from seen.values()


def _known_name(call: TrackingCall) -> str:
    names = texts(call.name)
    return str(names[0].value) if names else ""


def _operation(call: TrackingCall) -> str:
    """The one operation of a v2 call, "" where it is not known or one of several."""
    if call.args:
        names = {base_operation(str(option.value)) for option in texts(call.args[0])}
        if len(names) == 1 and len(texts(call.args[0])) == len(options(call.args[0])):
            return names.pop()
        return ""
    return base_operation(call.operation)


def _spread(call: TrackingCall) -> bool:
    return any(isinstance(argument.value, Spread) for argument in call.sink.fact.args)


def _check_v2(call: TrackingCall) -> _Wrong | None:
    operation = _operation(call)
    if operation not in OPTION_KEYS and operation != "observe":
        return None
    given = call.options if call.options is not None else call.args[1] if len(call.args) > 1 else None
    if given is None:
        if _spread(call):
            return None
        return _Wrong(
            call.sink.place,
            f"'{operation}' is called without its options: FullStory drops it",
            f"write `{EXAMPLES[operation]}`",
        )
    objects = [option for option in options(given) if isinstance(option, Obj)]
    if objects:
        found = [wrong for value in objects if (wrong := _check_options(call, operation, value)) is not None]
        every = len(found) == len(options(given))
        chosen = isinstance(given, Choice) and given.how in ("ternary", "match")
        return found[0] if found and (every or chosen) else None
    if operation == "trackEvent" and all(_is_no_object(option) for option in options(given)):
        return _Wrong(
            _stands_at(call, given),
            f"'trackEvent' takes an object, not {describe(given)}: the event is lost",
            f"write `{EXAMPLES[operation]}`",
        )
    return None


def _stands_at(call: TrackingCall, value: Val) -> Place:
    """A value that is wrong in itself: its own place where it was handed on, else the argument in the call."""
    if value.at is not None:
        return value.at
    frame = giving_frame(call, value)
    fact = frame.fact
    place = value.place
    if _inside(place, frame.place) or len(fact.args) < 2 or frame.key != call.sink.key:
        return place
    return frame.module.place(fact.args[1].value)


def _is_no_object(value: Val) -> bool:
    if isinstance(value, Typed):
        return value.type in ("str", "int", "num", "real", "bool")
    return isinstance(value, (Lit, Tmpl, Arr))


def _check_options(call: TrackingCall, operation: str, given: Obj) -> _Wrong | None:
    if operation == "observe":
        return _check_observe(call, given)
    keys = OPTION_KEYS[operation]
    wrong_type = _check_type(given) if operation == "setProperties" else None
    if wrong_type is not None:
        return wrong_type
    custom = [entry for entry in given.entries if entry.name not in keys.allowed]
    missing = all(given.has(name) is False for name in keys.needs)
    if missing:
        near = next((entry.name for entry in custom if entry.name in NAME_LIKE_KEYS), None)
        wanted = " or ".join(f"'{name}'" for name in keys.needs)
        if operation == "trackEvent" and near is not None:
            return _Wrong(
                giving_frame(call, given).place,
                f"'trackEvent' has no 'name' but '{near}': FullStory drops the event",
                f"call the key 'name': `{EXAMPLES[operation]}`",
            )
        return _Wrong(
            giving_frame(call, given).place,
            f"'{operation}' has no {wanted}: FullStory drops it",
            f"write `{EXAMPLES[operation]}`",
        )
    if custom:
        names = ", ".join(f"'{entry.name}'" for entry in custom[:5])
        return _Wrong(
            custom[0].key_place,
            f"'{operation}' does not take {names} beside its own keys: FullStory ignores "
            + ("it" if len(custom) == 1 else "them"),
            f"put {names} into 'properties': `{EXAMPLES[operation]}`",
        )
    return None


def _check_type(given: Obj) -> _Wrong | None:
    entry = given.get("type")
    if entry is None:
        return None
    for option in options(entry.value):
        if isinstance(option, Lit) and option.value not in PROPERTY_TYPES:
            return _Wrong(
                _in_object(given, entry.key_place, option),
                f"'setProperties' has the unknown type {describe(option)}: FullStory drops the properties",
                "the type is 'user' for what describes the person, 'page' for what describes the page",
            )
    return None


def _in_object(given: Obj, key: Place, value: Val) -> Place:
    """A literal's own place; without one (a literal of no length), the key's."""
    return value.place if value.place.end > value.place.start else key


def _check_observe(call: TrackingCall, given: Obj) -> _Wrong | None:
    entry = given.get("type")
    for option in options(entry.value if entry else None):
        text = option.value if isinstance(option, Lit) else None
        if isinstance(option, Lit) and text not in OBSERVE_TYPES and not str(text).startswith("internal/"):
            return _Wrong(
                option.place,
                f"'observe' has the unknown type {describe(option)}: its callback is never called",
                "the type is 'start' or 'shutdown'",
            )
    for name in ("type", "callback"):
        if given.has(name) is False:
            return _Wrong(
                giving_frame(call, given).place,
                f"'observe' has no '{name}': nothing is observed",
                f"write `{EXAMPLES['observe']}`",
            )
    return None


def _check_v1(call: TrackingCall) -> _Wrong | None:
    """``FS.event({…}, 'name')`` and ``FS.identify({…}, 'id')``: the arguments the wrong way round."""
    if call.operation not in ("event", "identify") or len(call.args) < 2:
        return None
    first, second = options(call.args[0]), options(call.args[1])
    if first and second and all(isinstance(value, Obj) for value in first) and all(_is_text(value) for value in second):
        wanted = "the event's name" if call.operation == "event" else "the user's ID"
        example = "FS.event('…', { … })" if call.operation == "event" else "FS.identify('…', { … })"
        return _Wrong(
            giving_frame(call, call.args[0]).place,
            f"'{call.operation}' gets its object first and {wanted} second: FullStory rejects the call",
            f"write `{example}`",
        )
    return None


def _is_text(value: Val) -> bool:
    if isinstance(value, Lit):
        return isinstance(value.value, str) and not value.kind
    return isinstance(value, Tmpl) or (isinstance(value, Typed) and value.type == "str")
