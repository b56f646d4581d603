"""FS502: a failing server call that can reach the app."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostic, Place, Related
from ..facts import CallRef
from ..link.delivery import (
    Passage,
    body_escapes,
    called,
    catching_decorator,
    is_server,
    result_kind,
    retried_by_runner,
    sink_kind,
    site_index,
    traits,
    way_up,
    ways_out,
)
from ..link.flow import last_name, plain, protected
from ..link.modules import Module
from ..link.project import Frame, Project, TrackingCall
from . import rule
from .delivery_texts import event_text, name_of

_MAX_CALLERS = 50


@rule("FS502")
def unhandled_tracking_failure(project: Project) -> Iterator[Diagnostic]:
    """A server call whose failure is neither caught where it is waited for nor on the promise itself."""
    found: dict[Place, Diagnostic] = {}
    for call in project.calls:
        if not is_server(call):
            continue
        for frame, floats in _escapes(project, call):
            if frame.place in found:
                continue
            found[frame.place] = Diagnostic(
                "FS502",
                (
                    f"nothing catches a failure of {event_text(call)}: an unhandled rejection can end the process"
                    if floats
                    else f"nothing catches a failure of {event_text(call)}: an outage of FullStory becomes one of the app"
                ),
                frame.place,
                help=_help(frame.module, floats),
                related=(Related(call.site.place, "the call that names the event"),)
                if frame.key != call.site.key
                else (),
                origins=(("delivery", frame.key), ("delivery", call.site.key), ("request", call.sink.key)),
                subject=name_of(call),
                function=project.function_name(frame),
            )
    yield from (found[place] for place in sorted(found))


def _help(module: Module, floats: bool) -> str:
    if module.python:
        return "put it in a `try` with `except Exception` that logs, and go on"
    if floats:
        return "append `.catch((err) => console.error(err))`"
    return "put it in a `try` whose `catch` logs and does not throw, or append `.catch((err) => console.error(err))`"


def _escapes(project: Project, call: TrackingCall) -> Iterator[tuple[Frame, bool]]:
    """The calls at which a failure comes out, and whether it does as a floating promise."""
    bases = set(traits(call.request).bases)
    lenient = call.request is None
    if call.by_name:
        inner = called(project, call.sink)
        if inner and not any(body_escapes(project, key) for key in inner):
            return
    way = way_up(project, call.frames[: site_index(call) + 1], sink_kind(project, call))
    for step in way:
        bases |= _thrown(step.module, step.function)
        if _handled(project, step, frozenset(bases), lenient):
            return
        if step.outcome == "float":
            if not _is_harmless(project, call, step):
                yield (
                    (
                        call.site
                        if step is way[-1] and step.frame.key == call.frames[site_index(call)].key
                        else step.frame
                    ),
                    True,
                )
            return
        if not step.waits:
            return
    if not way or way[-1].frame.key != call.frames[site_index(call)].key:
        return
    last = way[-1]
    if not _returns(last):
        if not _all_callers_catch(project, last, bases, lenient):
            yield call.site, False
        return
    yield from _at_callers(project, last, bases, lenient)


def _returns(step: Passage) -> bool:
    return step.outcome == "return" or (step.outcome == "sync" and step.frame.fact.use == "return")


def _all_callers_catch(project: Project, first: Passage, bases: set[str], lenient: bool) -> bool:
    """Whether the failure leaves the function around a call, but ends at everybody in view who calls that."""
    stack = [first]
    seen: set[tuple[str, int]] = set()
    while stack:
        step = stack.pop()
        if step.key in seen:
            continue
        seen.add(step.key)
        kind = result_kind(project, step.module, step.function, step.outcome)
        callers = list(ways_out(project, step.module, step.function, kind)) if step.function else []
        if not callers or len(seen) > _MAX_CALLERS:
            return False
        for outer in callers:
            if _handled(project, outer, frozenset(bases | _thrown(outer.module, outer.function)), lenient):
                continue
            if not outer.waits:
                return False
            stack.append(outer)
    return True


def _at_callers(project: Project, first: Passage, bases: set[str], lenient: bool) -> Iterator[tuple[Frame, bool]]:
    """``return f()`` is judged where the function around it is called."""
    stack = [first]
    seen: set[tuple[str, int]] = set()
    while stack and len(seen) < 200:
        step = stack.pop()
        if step.key in seen:
            continue
        seen.add(step.key)
        kind = result_kind(project, step.module, step.function, step.outcome)
        for outer in ways_out(project, step.module, step.function, kind):
            if _handled(project, outer, frozenset(bases | _thrown(outer.module, outer.function)), lenient):
                continue
            if outer.outcome == "float":
                if not outer.module.python and not outer.handed:
                    yield outer.frame, True
            elif outer.waits and _returns(outer):
                stack.append(outer)
            elif outer.waits:
                yield outer.frame, False


def _handled(project: Project, step: Passage, bases: frozenset[str], lenient: bool) -> bool:
    """Whether the failure ends here: its own handler, a ``try``, a decorator, a runner that tries again."""
    if step.use.caught:
        return True
    if step.outcome in ("sync", "await", "blocks") and protected(step.module, step.at, bases, lenient):
        return True
    if step.waits and step.function:
        return catching_decorator(project, step.module, step.function) or retried_by_runner(
            project, step.module, step.function
        )
    return False


def _is_harmless(project: Project, call: TrackingCall, step: Passage) -> bool:
    """A floating call that says nothing: of a function that is not in view, of a coroutine that never runs, of a thread."""
    if step.module.python or step.handed:
        return True
    return step.frame.key == call.sink.key and call.by_name and not called(project, step.frame)


def _thrown(module: Module, function: int) -> set[str]:
    """The classes that a function throws, by their last names."""
    found = set()
    for throw in module.facts.throws:
        if throw.function == function and throw.value is not None:
            value = plain(throw.value)
            if isinstance(value, CallRef) and 0 <= value.call < len(module.facts.calls):
                value = module.facts.calls[value.call].callee
            found.add(last_name(module, value))
    return found - {""}
