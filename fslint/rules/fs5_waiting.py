"""FS501, FS505 and FS510: who waits for a server call, and who should have."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostic, Edit, Fix, Place, Related
from ..facts import CallRef
from ..link.delivery import (
    Passage,
    Reached,
    handed_over,
    is_server,
    only_queues,
    reaching_handlers,
    request_kind,
    result_kind,
    sink_kind,
    site_index,
    waiting_handlers,
    way_up,
    ways_out,
)
from ..link.flow import dotted, plain
from ..link.handlers import Handler, handlers
from ..link.handover import handovers
from ..link.modules import Module
from ..link.platform import long_lived_next
from ..link.project import Frame, Project, TrackingCall
from ..link.wrappers import Key
from . import rule
from .delivery_texts import event_text, name_of

_MAX_RELATED = 3
Running = tuple[Key, Handler]
"""A handler's function, and what it is."""
_PLATFORMS = {"next": "Next.js", "vercel": "Vercel", "cloudflare": "Cloudflare", "lambda": "AWS Lambda"}
_KEEP_ALIVE = {
    "next": "`after(() => …)` from 'next/server'",
    "vercel": "`waitUntil(…)` from '@vercel/functions'",
    "cloudflare": "`ctx.waitUntil(…)`",
}


@rule("FS501")
def blocking_await(project: Project) -> Iterator[Diagnostic]:
    """A server call that a handler waits for before it answers."""
    found: dict[tuple[str, int], tuple[TrackingCall, dict[tuple[str, int], Reached]]] = {}
    for call in project.calls:
        if not is_server(call):
            continue
        reached = waiting_handlers(project, call)
        if reached:
            _, known = found.setdefault(call.site.key, (call, {}))
            for item in reached:
                known.setdefault(item.key, item)
    for call, by_key in found.values():
        reached = list(by_key.values())
        handler = reached[0].handler
        platforms = {item.handler.framework.platform for item in reached}
        related = tuple(
            Related(_function_place(project, item.key), f"this {item.handler.framework.name} handler waits for it")
            for item in reached[:_MAX_RELATED]
        )
        yield Diagnostic(
            "FS501",
            f"the {handler.framework.name} response waits for {event_text(call)} to be sent: a slow or failing "
            "FullStory delays every user",
            call.site.place,
            help=_help(call, handler),
            related=related,
            fix=None if platforms - {""} else _fix(call),
            origins=_origins(call, call.site),
            subject=name_of(call),
            function=project.function_name(call.site),
        )


def _function_place(project: Project, key: Key) -> Place:
    module = project.modules[key[0]]
    function = module.facts.functions[key[1]]
    start, end = function.name_start, function.name_end
    return Place(module.path, start, end) if end > start else Place(module.path, function.start, function.start)


def _origins(call: TrackingCall, frame: Frame) -> tuple[tuple[str, tuple[str, int]], ...]:
    """Not the request: many calls share one, and a finding at one of them says nothing of the others."""
    return (("delivery", frame.key), ("delivery", call.site.key))


def _help(call: TrackingCall, handler: Handler) -> str:
    module = call.site.module
    if module.python:
        if handler.framework.name == "FastAPI":
            return "hand it to `BackgroundTasks.add_task(…)`, or to a queue, and answer at once"
        return "put it on a queue (Celery, RQ) or hand it to a thread, and answer at once"
    keep = _KEEP_ALIVE.get(handler.framework.platform)
    if keep:
        return f"hand it to {keep}: the platform then sends it after the response"
    return "start it without `await` and catch its error: `….catch((err) => console.error(err))`, or queue it"


def _fix(call: TrackingCall) -> Fix | None:
    """Drop the ``await`` of a statement that is nothing else, and catch what is then on its own."""
    module, fact = call.site.module, call.site.fact
    if module.python or fact.use != "await":
        return None
    for awaited in module.facts.awaits:
        value = plain(awaited.value)
        if isinstance(value, CallRef) and value.call == call.site.call:
            if awaited.start != fact.statement_start or awaited.value.start != fact.start:
                return None
            return Fix(
                "unsafe",
                "do not wait for it, and catch its error",
                (
                    Edit(Place(module.path, awaited.start, fact.start), ""),
                    Edit(Place(module.path, fact.end, fact.end), ".catch((err) => console.error(err))"),
                ),
            )
    return None


# ----------------------------------------------------------------------------------------------------------- FS505


@rule("FS505")
def blocking_call_in_async(project: Project) -> Iterator[Diagnostic]:
    """A synchronous request to the server API, at the call of an ``async def`` that makes it."""
    reported: dict[Place, Diagnostic] = {}
    starts: dict[tuple[str, int], list[Frame]] = {}
    for request in project.requests:
        if request.frame.module.python and request_kind(request) == "sync":
            starts.setdefault(request.frame.key, [request.frame])
    names: dict[tuple[str, int], tuple[str, str]] = {}
    for call in project.calls:
        for frame in call.frames:
            names.setdefault(frame.key, (event_text(call), name_of(call)))
    for chain in starts.values():
        for frames in _into_coroutines(project, chain):
            outer = frames[-1]
            text, subject = next((names[f.key] for f in reversed(frames) if f.key in names), ("the request", ""))
            if outer.place in reported:
                continue
            reported[outer.place] = Diagnostic(
                "FS505",
                f"{text} is sent by a blocking request inside `async def`: the whole event loop stands still until "
                "FullStory answers",
                outer.place,
                help=(
                    "await an asynchronous client (`httpx.AsyncClient`, `aiohttp`), or move the call off the loop: "
                    "`asyncio.create_task(asyncio.to_thread(…))`"
                ),
                related=tuple(Related(f.place, "the blocking request") for f in frames[:1] if f is not outer),
                origins=tuple(("delivery", f.key) for f in (frames[1:] or frames)),
                subject=subject,
                function=project.function_name(outer),
            )
    yield from (reported[place] for place in sorted(reported))


def _into_coroutines(project: Project, start: list[Frame]) -> Iterator[list[Frame]]:
    """The chains of calls from a request outwards through plain functions, up to the call in an ``async def``."""
    stack = [start]
    seen: set[tuple[str, int]] = set()
    while stack and len(seen) < 500:
        frames = stack.pop()
        outer = frames[-1]
        if outer.key in seen:
            continue
        seen.add(outer.key)
        if len(frames) == 1 and handed_over(project, outer, None):
            continue
        function = outer.fact.function
        if outer.function.is_async:
            yield frames
            continue
        if function == 0 or _runs_elsewhere(outer.module, function):
            continue
        for edge in project.edges_in.get((outer.module.path, function), ()):
            if not edge.handed and edge.frame.key not in seen:
                stack.append([*frames, edge.frame])


def _runs_elsewhere(module: Module, function: int) -> bool:
    """Whether a decorator moves every call of a function off the loop: ``@sync_to_async``."""
    for decorator in module.facts.functions[function].decorators:
        node = plain(decorator)
        if isinstance(node, CallRef):
            node = module.facts.calls[node.call].callee
        if any(row.mode == "offload" and row.function == 0 for row in handovers(dotted(module, node))):
            return True
    return False


# ----------------------------------------------------------------------------------------------------------- FS510


@rule("FS510")
def lost_when_frozen(project: Project) -> Iterator[Diagnostic]:
    """A server call that nothing keeps a serverless platform alive for."""
    found: dict[Place, Diagnostic] = {}
    if not any(is_server(call) for call in project.calls):
        return
    if not any(handler.framework.platform for handler in handlers(project).values()):
        return
    for call in project.calls:
        if not is_server(call) or only_queues(project, call):
            continue
        kind = sink_kind(project, call)
        way = way_up(project, call.frames[: site_index(call) + 1], kind)
        if not way:
            continue
        last = way[-1]
        if not last.waits:
            if not _is_lost(last):
                continue
            frame = last.frame if last.frame.key != call.site.key else call.site
            running = _frozen(project, last.module, last.function) or (
                _frozen(project, call.site.module, call.site.fact.function) if frame is not call.site else None
            )
            floating = frame
        else:
            frame = call.site
            running, floating = _lost_above(project, last) or (None, frame)
        if running is None or frame.place in found:
            continue
        platform = running[1].framework.platform
        related = [] if floating.key == frame.key else [Related(floating.place, "nothing waits for it here")]
        related.append(Related(_function_place(project, running[0]), f"this {_PLATFORMS[platform]} handler sends it"))
        found[frame.place] = Diagnostic(
            "FS510",
            f"nothing waits for {event_text(call)}: {_PLATFORMS[platform]} freezes the process once the response is "
            "out, before it is sent",
            frame.place,
            help=(
                f"hand it to {_KEEP_ALIVE[platform]}, or put it on a queue"
                if platform in _KEEP_ALIVE
                else "await it before the handler returns, or put it on a queue (SQS)"
            ),
            related=tuple(related),
            origins=_origins(call, frame),
            subject=name_of(call),
            function=project.function_name(frame),
        )
    yield from (found[place] for place in sorted(found))


def _is_lost(step: Passage) -> bool:
    """Whether a passage lets go of the request: it floats, or a timer, task or thread of this process runs it."""
    if step.module.python:
        return step.outcome == "background" and not _is_queue(step)
    if step.outcome == "float":
        return True
    return step.handed == "background" and _is_timer(step)


def _is_timer(step: Passage) -> bool:

    return dotted(step.module, step.frame.fact.callee).rsplit(".", 1)[-1] in (
        "setTimeout",
        "setImmediate",
        "nextTick",
        "queueMicrotask",
    )


def _is_queue(step: Passage) -> bool:

    name = dotted(step.module, step.frame.fact.callee).rsplit(".", 1)[-1]
    return name in ("delay", "apply_async", "send", "enqueue", "enqueue_job", "kiq", "defer", "add_task")


def _frozen(project: Project, module: Module, function: int) -> Running | None:
    """A serverless handler that runs a function, None if none does."""
    for key, handler in reaching_handlers(project, module, function):
        platform = handler.framework.platform
        if not platform or (module.python and platform != "lambda"):
            continue
        if platform == "next" and long_lived_next(project, key[0]):
            continue
        return key, handler
    return None


def _lost_above(project: Project, first: Passage) -> tuple[Running, Frame] | None:
    """A handler whose helper waits for the call while nothing waits for the helper, and the call of the helper."""
    known = handlers(project)
    seen: set[tuple[str, int]] = set()
    stack = [first]
    while stack and len(seen) < 300:
        step = stack.pop()
        if step.frame.key in seen:
            continue
        seen.add(step.frame.key)
        if not step.waits:
            handler = _frozen(project, step.module, step.function) if _is_lost(step) else None
            if handler is not None:
                return handler, step.frame
            continue
        if step.key in known:
            continue
        kind = result_kind(project, step.module, step.function, step.outcome)
        stack.extend(ways_out(project, step.module, step.function, kind))
    return None
