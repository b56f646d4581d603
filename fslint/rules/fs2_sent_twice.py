"""FS204: one run through one function sends the same event twice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ..diagnostics import Diagnostic, Related
from ..link.flow import conditional_at, same_run
from ..link.modules import Module
from ..link.project import Frame, Project, TrackingCall
from ..link.values import Func, GlobalV, Lit, MemberV, options
from . import rule

MAX_DEPTH = 2
"""How many helpers deep a fixed name is followed to its callers."""

Key = tuple[str, int]


@rule("FS204")
def sent_twice(project: Project) -> Iterator[Diagnostic]:
    """Two calls of one function that send one name on paths that do not exclude each other."""
    yield from _in_functions(project)
    yield from _in_wrappers(project)


def _name(call: TrackingCall) -> str | None:
    """The event's name where it is one known text."""
    alternatives = options(call.name)
    if len(alternatives) == 1 and isinstance(alternatives[0], Lit) and isinstance(alternatives[0].value, str):
        return alternatives[0].value or None
    return None


def _site_depth(call: TrackingCall) -> int:
    return next((i for i, frame in enumerate(call.frames) if frame.key == call.site.key), len(call.frames) - 1)


def _in_functions(project: Project) -> Iterator[Diagnostic]:
    sent: dict[tuple[Key, str], dict[int, tuple[Frame, TrackingCall]]] = {}
    queue: list[tuple[Frame, str, TrackingCall, int]] = []
    for call in project.of_kind("event"):
        name = _name(call)
        if name is not None and not call.site.module.linked:
            queue.append((call.site, name, call, 0))
    while queue:
        frame, name, call, depth = queue.pop(0)
        key = (frame.module.path, frame.fact.function)
        known = sent.setdefault((key, name), {})
        if frame.call in known:
            continue
        known[frame.call] = (frame, call)
        # A helper that sends it in a branch only (a dispatcher) says nothing of the paths of its callers.
        if depth < MAX_DEPTH and key[1] != 0 and not conditional_at(frame.module, frame.fact.start):
            queue.extend(
                (e.frame, name, call, depth + 1)
                for e in project.edges_in.get(key, ())
                if e.handed == "" and _plainly(project, e.frame, key)
            )
    for (key, name), calls in sorted(sent.items()):
        if key[1] == 0:
            continue  # a module's top level is no function
        ordered = sorted(calls.values(), key=lambda item: item[0].fact.start)
        pair = next(
            (
                (one, other)
                for index, other in enumerate(ordered)
                for one in ordered[:index]
                if _both(project, one[0], other[0])
            ),
            None,
        )
        if pair is None:
            continue
        (first, earlier), (second, later) = pair
        yield Diagnostic(
            "FS204",
            f"'{name}' is sent twice in one run of this function, so every occurrence counts double",
            second.place,
            help="keep one of the two calls",
            related=(Related(first.place, "sent here first"),),
            origins=(*tuple(("event-side", app, name) for app in {*earlier.apps, *later.apps}), ("call", second.key)),
            subject=name,
            function=project.function_name(second),
        )


def _plainly(project: Project, frame: Frame, key: Key) -> bool:
    """Whether a call is of this function whoever calls around it (no callback that somebody hands in)."""
    value = project.value(frame.module, frame.fact.callee)
    return any(isinstance(o, Func) and (o.module.path, o.function) == key for o in options(value))


def _both(project: Project, one: Frame, other: Frame) -> bool:
    """Whether one run reaches both calls, and both go to one FullStory."""
    module = one.module
    first, second = one.fact, other.fact
    if first.start <= second.start and second.end <= first.end:
        return False
    if not same_run(module, first, second):
        return False
    left, right = _namespace(project, module, one), _namespace(project, module, other)
    return not left or not right or left == right


def _namespace(project: Project, module: Module, frame: Frame) -> str:
    value = project.value(module, frame.fact.callee)
    while isinstance(value, MemberV):
        value = value.base
    return value.path[0] if isinstance(value, GlobalV) and value.path else ""


def _in_wrappers(project: Project) -> Iterator[Diagnostic]:
    """A wrapper that forwards its own name twice: once, in the wrapper."""
    forwards: dict[tuple[object, ...], dict[int, tuple[Frame, TrackingCall]]] = {}
    for call in project.of_kind("event"):
        depth = _site_depth(call)
        for index, frame in enumerate(call.frames[:depth]):
            outer = tuple(x.key for x in call.frames[index + 1 :])
            key = (frame.module.path, frame.fact.function, outer, call.side)
            forwards.setdefault(key, {}).setdefault(frame.call, (frame, call))
    reported: set[Key] = set()
    for wrapper, calls in forwards.items():
        if len(calls) < 2 or wrapper[:2] in reported:
            continue
        ordered = sorted(calls.values(), key=lambda item: item[0].fact.start)
        for (first, _), (second, call) in itertools.pairwise(ordered):
            names = {repr(options(c.name)[0]) for _, c in ordered if c.name is not None}
            if len(names) != 1 or not _both(project, first, second):
                continue
            reported.add((str(wrapper[0]), int(str(wrapper[1]))))
            yield Diagnostic(
                "FS204",
                "this wrapper sends every event that it is given twice, so all of them count double",
                second.place,
                help="keep one of the two calls",
                related=(Related(first.place, "sent here first"), Related(call.site.place, "for example this event")),
                origins=(("call", second.key),),
                subject=project.function_name(second),
                function=project.function_name(second),
            )
            break
