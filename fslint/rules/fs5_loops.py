"""FS504: one tracking request per iteration of a loop, or per scroll and mouse event."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..diagnostics import Diagnostic, Place, Related
from ..facts import Call, CallRef, FunctionRef, Global, Literal, Member, Name, Object, This, Value
from ..link.delivery import handed_over, is_server, only_queues, site_index, value_functions
from ..link.flow import (
    Loop,
    call_name,
    dotted,
    guards,
    last_name,
    leaves_loop,
    literal_key,
    loops_around,
    plain,
    root,
    same,
    varies,
    within,
    words,
)
from ..link.modules import Module
from ..link.project import Frame, Project, TrackingCall
from . import rule
from .delivery_texts import event_text, name_of

FREQUENT = words("scroll mousemove pointermove touchmove drag resize input wheel")
"""DOM events that come many times a second."""
_ATTRIBUTE = re.compile(r"^(?:attr|prop):(?:on|@|v-on:|on:)?(\w+)")
_HANDLERS = ("on", "@", "v-on:")
"""How attributes begin that hold a listener."""
_LISTENER_CALLS = words(
    "addEventListener on bind live useEventListener useEvent @vueuse/core.useEventListener fromEvent listen addListener"
)
_QUEUES = words(
    "delay apply_async send enqueue enqueue_job enqueue_in enqueue_at kiq defer defer_async schedule send_with_options"
)
_CLOCK = words("Date.now performance.now Date")
_LIMITERS = re.compile(r"(?i)throttle|debounce|raf|once|idle|rate.?limit")


@rule("FS504")
def tracking_in_loop(project: Project) -> Iterator[Diagnostic]:
    """A tracking call that a loop or a frequent event repeats."""
    found: set[Place] = set()
    listeners = Listeners(project)
    for call in project.calls:
        if is_server(call):
            result = _in_loop(project, call)
        elif call.side == "client" and call.kind != "other":
            result = listeners.around(call)
        else:
            continue
        if result is None or result[0].place in found:
            continue
        frame, place, what = result
        found.add(frame.place)
        server = is_server(call)
        yield Diagnostic(
            "FS504",
            (
                f"{event_text(call)} is sent once per iteration of this {what}: a request each, which is slow and runs "
                "into the rate limit"
                if server
                else f"{event_text(call)} is sent on every '{what}' event, many times a second: FullStory drops what "
                "exceeds its limits"
            ),
            frame.place,
            help=(
                "collect the events and send them in one request to /v2/events/batch after the loop"
                if server
                else "throttle or debounce it, or send it once"
            ),
            related=(Related(place, "the loop" if server else "the listener"),),
            origins=(("delivery", frame.key),),
            subject=name_of(call),
            function=project.function_name(frame),
        )


# ----------------------------------------------------------------------------------------------------------- loops


def _in_loop(project: Project, call: TrackingCall) -> tuple[Frame, Place, str] | None:
    if call.operation.rstrip("/").endswith("/batch") or only_queues(project, call):
        return None
    at = site_index(call)
    callee: tuple[str, int] | None = None
    for index, frame in enumerate(call.frames):
        handed = handed_over(project, frame, callee)
        if handed == "background" and dotted(frame.module, frame.fact.callee).rsplit(".", 1)[-1] in _QUEUES:
            return None
        loop = _repeating_loop(frame.module, frame.fact)
        if loop is not None:
            place = Place(
                frame.module.path, loop.start, min(loop.end, loop.start + 1) if loop.region >= 0 else loop.end
            )
            return (frame if index < at else call.site), place, _loop_name(frame.module, loop)
        callee = None
    return None


def _loop_name(module: Module, loop: Loop) -> str:
    if loop.is_callback:
        return f"`{call_name(module, loop.call).rsplit('.', 1)[-1]}`"
    return "comprehension" if module.facts.regions[loop.region].kind == "comprehension" else "loop"


def _repeating_loop(module: Module, call: Call) -> Loop | None:
    """The innermost loop that the call's arguments depend on, unless it consumes, retries or is left right after."""
    loops = loops_around(module, call)
    values = [argument.value for argument in call.args]
    for loop in loops:
        if loop.region >= 0:
            region = module.facts.regions[loop.region]
            if _consumes(module, loop):
                return None
            if region.kind == "loop" and loop.function == call.function and leaves_loop(module, call):
                return None
        if varies(module, loop, values):
            return loop
    return None


def _consumes(module: Module, loop: Loop) -> bool:
    """``while True``, ``for (;;)``, ``for await``, ``async for``: a consumer, whose every turn waits for new work."""
    region = module.facts.regions[loop.region]
    if region.is_async:
        return True
    if region.how in ("while", "do"):
        test = plain(region.test) if region.test is not None else None
        return test is None or (isinstance(test, Literal) and bool(test.value))
    return region.kind == "loop" and region.how == "for" and region.test is None and region.source is None


# ------------------------------------------------------------------------------------------------------- listeners


class Listeners:
    """Which functions listen to frequent events, found when first asked for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.known: dict[tuple[str, int], tuple[Place, str]] | None = None

    def around(self, call: TrackingCall) -> tuple[Frame, Place, str] | None:
        """(call to report, listener, event) if a frequent event reaches a tracking call."""
        if self.known is None:
            self.known = {}
            for module in self.project.modules.values():
                if not module.python:
                    self._collect(module)
        for frame in call.frames[site_index(call) :]:
            listener = self.known.get((frame.module.path, frame.fact.function))
            if listener is not None:
                return None if _limited(frame) else (call.site, *listener)
        # A handler that calls a helper with a fixed name: one step outwards.
        outer = call.frames[-1]
        for edge in self.project.edges_in.get((outer.module.path, outer.fact.function), ()):
            listener = self.known.get((edge.frame.module.path, edge.frame.fact.function))
            if listener is not None and not edge.handed and not _limited(edge.frame) and not _limited(outer):
                return (call.site, *listener)
        return None

    def _collect(self, module: Module) -> None:
        for number, function in enumerate(module.facts.functions):
            match = _ATTRIBUTE.match(function.used_as)
            if match is None or _event(match.group(1)) not in FREQUENT:
                continue
            place, event = Place(module.path, function.start, function.start + 1), _event(match.group(1))
            self._add((module.path, number), place, event)
            if function.kind == "handler":
                # Markup: `@scroll="onScroll"` names a function, `@scroll="() => …"` is one.
                for inner in module.functions_in.get(number, []):
                    self._add((module.path, inner), place, event)
                for result in function.returns:
                    if result.value is not None:
                        self._functions(module, result.value, place, event)
        for row, call in enumerate(module.facts.calls):
            if call.kind == "jsx":
                self._attributes(module, call)
            elif call.kind in ("call", "new"):
                self._registration(module, row, call)
        for write in module.facts.writes:
            if isinstance(write.key, Literal) and isinstance(write.key.value, str) and write.key.value.startswith("on"):
                event = write.key.value[2:].lower()
                if event in FREQUENT:
                    self._functions(module, write.value, Place(module.path, write.start, write.end), event)

    def _add(self, key: tuple[str, int], place: Place, event: str) -> None:
        assert self.known is not None
        self.known.setdefault(key, (place, event))

    def _functions(self, module: Module, value: Value, place: Place, event: str) -> None:
        if isinstance(plain(value), CallRef):
            # throttle(f), useCallback(f): only what is known to give the function back.
            call = module.facts.calls[plain(value).call]  # type: ignore[union-attr]
            if last_name(module, call.callee) not in ("useCallback", "useEvent", "bind") or not call.args:
                return
            value = call.args[0].value
        for key in value_functions(self.project, module, value):
            if not self._wrapped(module, value):
                self._add(key, place, event)

    def _wrapped(self, module: Module, value: Value) -> bool:
        """A variable that holds a throttled function."""
        node = plain(value)
        if isinstance(node, Name):
            for assign in module.facts.bindings[node.binding].assigns:
                inner = plain(assign.value)
                if isinstance(inner, CallRef) and _LIMITERS.search(call_name(module, inner.call)):
                    return True
        return False

    def _attributes(self, module: Module, call: Call) -> None:
        if not call.args or not isinstance(call.args[0].value, Object) or not isinstance(call.callee, Literal):
            return
        for entry in call.args[0].value.entries:
            if isinstance(entry.key, Literal) and isinstance(entry.key.value, str):
                if not entry.key.value.startswith(_HANDLERS):
                    continue
                match = re.fullmatch(r"(?:on:?|@|v-on:)(\w+?)(?:Capture)?", entry.key.value)
                if match and _event(match.group(1)) in FREQUENT:
                    self._functions(module, entry.value, module.place(entry), _event(match.group(1)))

    def _registration(self, module: Module, row: int, call: Call) -> None:
        name = call_name(module, row)
        last = name.rsplit(".", 1)[-1]
        events: list[str] = []
        handlers: list[Value] = []
        if last in _LISTENER_CALLS or name in _LISTENER_CALLS:
            for index, argument in enumerate(call.args):
                node = plain(argument.value)
                if isinstance(node, Literal) and isinstance(node.value, str) and not events:
                    events = [part.split(".", 1)[0] for part in node.value.split()]
                    handlers = [a.value for a in call.args[index + 1 :]]
        elif last in FREQUENT and isinstance(plain(call.callee), Member) and _is_jquery(module, call):
            events, handlers = [last], [a.value for a in call.args]
        frequent = next((event for event in events if event in FREQUENT), None)
        if frequent is None or _once(handlers):
            return
        for handler in handlers:
            if isinstance(plain(handler), (FunctionRef, Name, Member, CallRef)):
                self._functions(module, handler, module.place(call), frequent)


def _event(name: str) -> str:
    return name.lower()


def _is_jquery(module: Module, call: Call) -> bool:
    node = root(call.callee, module)
    return isinstance(node, Global) and node.name in ("$", "jQuery")


def _once(arguments: list[Value]) -> bool:
    for value in arguments:
        node = plain(value)
        if isinstance(node, Object):
            for entry in node.entries:
                if isinstance(entry.key, Literal) and entry.key.value == "once":
                    return not (isinstance(entry.value, Literal) and entry.value.value is False)
    return False


def _limited(frame: Frame) -> bool:
    """Whether a clock or an already-sent flag limits how often a place in a listener is reached."""
    module, call = frame.module, frame.fact
    for test, _ in guards(module, call.start):
        for value in within(test, module.facts.calls, 300):
            if isinstance(value, CallRef) and call_name(module, value.call) in _CLOCK:
                return True
            if isinstance(value, CallRef) and call_name(module, value.call).rsplit(".", 1)[-1] in (
                "has",
                "includes",
                "contains",
            ):
                return True
            if isinstance(value, Member) and literal_key(value) == "timeStamp":
                return True
            if isinstance(value, (Name, Member)) and _changed(module, value, call.function):
                return True
    for row in module.calls_in.get(call.function, []):
        name = call_name(module, row).rsplit(".", 1)[-1]
        if name in ("removeEventListener", "off", "unbind", "disconnect", "unobserve"):
            return True
    return False


def _changed(module: Module, value: Value, function: int) -> bool:
    """Whether a tested variable or member is assigned in the same function, from outside which it comes."""
    if isinstance(value, Name):
        binding = module.facts.bindings[value.binding]
        outside = binding.function != function
        return outside and (
            any(assign.function == function for assign in binding.assigns)
            or _resolves_to_change(module, value.binding, function)
        )
    if isinstance(value, Member) and isinstance(root(value), (Name, This, Global)):
        return any(
            write.function == function and same(Member(0, 0, write.object, write.key), value)
            for write in module.facts.writes
        )
    return False


def _resolves_to_change(module: Module, binding: int, function: int) -> bool:
    """``const [sent, setSent] = useState(false)``: the setter is called in the function."""
    name = module.facts.bindings[binding].name
    setter = f"set{name[:1].upper()}{name[1:]}"
    return any(last_name(module, module.facts.calls[row].callee) == setter for row in module.calls_in.get(function, []))
