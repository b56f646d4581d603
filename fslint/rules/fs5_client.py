"""FS508, FS509, FS513 and FS514: calls of the browser API that come too early, unguarded, or are awaited for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ..calls import BROWSER_PACKAGES
from ..diagnostics import Diagnostic, Edit, Fix, Place, Related
from ..facts import CallRef, FunctionRef, Global, Literal, Member, Name, Object, Value
from ..link.consumption import PASS_THROUGH
from ..link.flow import (
    call_name,
    global_name,
    guarded,
    guards,
    literal_key,
    plain,
    protected,
    within,
)
from ..link.modules import Module
from ..link.project import Frame, Project, TrackingCall
from ..link.values import External, MemberV, Val, options
from . import rule
from .delivery_texts import event_text, name_of

_GETTERS = frozenset({"getCurrentSessionURL", "getCurrentSession"})


# ----------------------------------------------------------------------------------------------------------- FS508


@rule("FS508")
def unguarded_client_call(project: Project) -> Iterator[Diagnostic]:
    """A call on the bare global that nothing tests first."""
    for frame, call in _sinks(project):
        if not call.bare or call.side == "server" or frame.module.generated:
            continue
        owner = _global_of(frame)
        if owner is None or _is_guarded(frame, owner):
            continue
        if any(end <= frame.fact.start for _, end in frame.module.facts.snippet_ranges):
            continue  # the snippet itself has made the function, whatever becomes of its script
        yield Diagnostic(
            "FS508",
            "the global FullStory function may be missing (an ad blocker, a failed load): this call then throws",
            frame.place,
            help="guard it: `window.FS?.(…)`, `if (typeof FS !== 'undefined')`, or a `try`",
            origins=(("call", frame.key), ("getter", frame.key)),
            subject=name_of(call) or call.operation,
            function=project.function_name(frame),
        )


def _sinks(project: Project) -> Iterator[tuple[Frame, TrackingCall]]:
    """Each innermost call once."""
    seen: set[tuple[str, int]] = set()
    for call in project.calls:
        if call.sink.key not in seen:
            seen.add(call.sink.key)
            yield call.sink, call


def _global_of(frame: Frame) -> Value | None:
    """The bare global in a callee: ``FS`` of ``FS('…')``, ``window.FS`` of ``window.FS.event``."""
    node = plain(frame.fact.callee)
    for _ in range(20):
        if global_name(node):
            return node
        if isinstance(node, Member):
            node = plain(node.object)
        elif isinstance(node, CallRef):
            return None
        else:
            return None
    return None


def _is_guarded(frame: Frame, owner: Value) -> bool:
    module, call = frame.module, frame.fact
    node = plain(call.callee)
    if call.optional:
        return True
    while isinstance(node, Member):
        if node.optional:
            return True
        node = plain(node.object)
    if guarded(module, call.start, owner, across=True) or _tests_member(module, call.start, owner):
        return True
    return any(protected(module, offset) for offset in _places_around(module, call.start, call.function))


def _tests_member(module: Module, offset: int, owner: Value) -> bool:
    """A test of anything of the same global (``if (hasFS())`` names nothing and counts for nothing)."""
    name = global_name(owner)
    for test, truth in guards(module, offset, across=True):
        for value in within(test, module.facts.calls, 200):
            if isinstance(value, (Global, Member)) and global_name(value) == name:
                return True
            if truth and isinstance(value, Literal) and value.value == name:
                return True
    return False


def _places_around(module: Module, offset: int, function: int) -> Iterator[int]:
    """An offset, and the places where the callbacks around it are written."""
    yield offset
    for number in module.enclosing(function)[:-1]:
        if number in module.callbacks:
            yield module.facts.functions[number].start


# ----------------------------------------------------------------------------------------------------------- FS509

_SYNC_V1 = frozenset(
    {"event", "identify", "setUserVars", "setVars", "anonymize", "consent", "log", "shutdown", "restart"} | _GETTERS
)


@rule("FS509")
def pointless_await(project: Project) -> Iterator[Diagnostic]:
    """``await`` on a browser call that returns no promise."""
    found: set[Place] = set()
    for frame, call in _sinks(project):
        if call.side == "server" or call.api not in ("v1", "v2") or not _returns_nothing(call):
            continue
        awaited = _await_of(frame)
        if awaited is None:
            continue
        place, direct = awaited
        if place in found:
            continue
        found.add(place)
        fix = None
        if direct:
            fix = Fix(
                "safe", "drop the `await`", (Edit(Place(place.path, place.start, frame.fact.start), ""),)
            )  # fmt: skip
        elif frame.place in found:
            continue
        yield Diagnostic(
            "FS509",
            f"`{_operation(call)}` returns no promise, so `await` waits for nothing",
            place,
            help=f"drop the `await`, or use the operation '{call.operation}Async' if the result matters"
            if call.api == "v2"
            else "drop the `await`",
            related=() if direct else (Related(frame.place, "the call that returns no promise"),),
            fix=fix,
            origins=(("await", place),),
            subject=name_of(call) or call.operation,
            function=project.function_name(frame),
        )


def _operation(call: TrackingCall) -> str:
    return f"FS('{call.operation}', …)" if call.api == "v2" else f"FS.{call.operation}(…)"


def _returns_nothing(call: TrackingCall) -> bool:
    """Whether the operation as it is written is one without a promise; ``getSession`` may be awaited."""
    if call.api == "v1":
        return call.operation in _SYNC_V1
    first = call.sink.fact.args[0].value if call.sink.fact.args else None
    written = plain(first) if first is not None else None
    if isinstance(written, Literal) and isinstance(written.value, str):
        text = written.value
    else:
        return False
    return bool(text) and not text.endswith("Async") and text != "getSession"


def _await_of(frame: Frame) -> tuple[Place, bool] | None:
    """(place of the ``await``, whether it stands directly before the call)."""
    module, fact = frame.module, frame.fact
    for awaited in module.facts.awaits:
        node = plain(awaited.value)
        if isinstance(node, CallRef) and node.call == frame.call:
            return Place(module.path, awaited.start, awaited.end), awaited.value.start == fact.start
    if fact.use == "argument" and fact.target >= 0 and call_name(module, fact.target) in PASS_THROUGH:
        for awaited in module.facts.awaits:
            node = plain(awaited.value)
            if isinstance(node, CallRef) and node.call == fact.target:
                return Place(module.path, awaited.start, awaited.end), False
    return None


# ----------------------------------------------------------------------------------------------------------- FS513


@rule("FS513")
def early_session_getter(project: Project) -> Iterator[Diagnostic]:
    """A session getter of the global, which exists only once FullStory has loaded."""
    for frame, call in _sinks(project):
        if call.operation not in _GETTERS or not call.bare or call.api not in ("v1", "other"):
            continue
        module, fact = frame.module, frame.fact
        callee = plain(fact.callee)
        if fact.optional or not isinstance(callee, Member) or frame.module.generated:
            continue
        if any(protected(module, offset) for offset in _places_around(module, fact.start, fact.function)):
            continue
        if guarded(module, fact.start, callee, across=True) or _after_load(module, fact.function):
            continue
        yield Diagnostic(
            "FS513",
            f"`{call.operation}` does not exist before FullStory has loaded: this call throws a TypeError",
            frame.place,
            help=(
                f"call it as `FS.{call.operation}?.()`, or wait for it: "
                "`FS('getSessionAsync', {format: 'url'}).then((url) => …)`"
            ),
            origins=(("getter", frame.key), ("call", frame.key)),
            subject=call.operation,
            function=project.function_name(frame),
        )


def _after_load(module: Module, function: int) -> bool:
    """Whether a function runs only when FullStory has started: ``_fs_ready``, the ``observe`` callback."""
    for number in module.enclosing(function)[:-1]:
        fact = module.facts.functions[number]
        if fact.used_as == "prop:_fs_ready" or fact.name == "_fs_ready":
            return True
        if fact.used_as == "key:callback" and _is_observer(module, number):
            return True
        for write in module.facts.writes:
            if (
                isinstance(write.key, Literal)
                and write.key.value == "_fs_ready"
                and _names_function(module, write.value, number)
            ):
                return True
        for call in module.facts.calls:
            for argument in call.args:
                if isinstance(argument.value, Object) and _is_observe(call.args[0].value):
                    for entry in argument.value.entries:
                        if (
                            isinstance(entry.key, Literal)
                            and entry.key.value == "callback"
                            and _names_function(module, entry.value, number)
                        ):
                            return True
    return False


def _is_observe(value: Value) -> bool:
    node = plain(value)
    return isinstance(node, Literal) and node.value in ("observe", "observeAsync")


def _is_observer(module: Module, number: int) -> bool:
    return any(
        call.args and _is_observe(call.args[0].value) and call.start <= module.facts.functions[number].start < call.end
        for call in module.facts.calls
    )


def _names_function(module: Module, value: Value, number: int) -> bool:
    node = plain(value)
    if isinstance(node, FunctionRef):
        return node.function == number
    if isinstance(node, Name):
        return any(
            isinstance(plain(assign.value), FunctionRef) and plain(assign.value).function == number  # type: ignore[union-attr]
            for assign in module.facts.bindings[node.binding].assigns
        )
    return False


# ----------------------------------------------------------------------------------------------------------- FS514


@rule("FS514")
def call_before_init(project: Project) -> Iterator[Diagnostic]:
    """A call of the npm package's ``FullStory`` before ``init`` in the same top level."""
    if any(
        module.facts.generated == "snippet" or module.facts.snippet_ranges for module in project.all_modules.values()
    ):
        return
    starts = {module.path: _init_of(project, module) for module in project.modules.values() if _uses_package(module)}
    for frame, call in _sinks(project):
        start = starts.get(frame.module.path)
        if (
            start is None
            or frame.fact.function != 0
            or frame.fact.end > start.start
            or not _is_package_call(project, frame)
        ):
            continue
        if _asks_initialized(frame.module, frame.fact.start) or protected(frame.module, frame.fact.start):
            continue
        yield Diagnostic(
            "FS514",
            f"{event_text(call) if call.kind == 'event' else f'`{call.operation}`'} is sent before `init`: the SDK throws",
            frame.place,
            help="call `init({orgId: '…'})` first",
            related=(Related(start, "`init` stands here"),),
            origins=(("call", frame.key),),
            subject=name_of(call) or call.operation,
            function=project.function_name(frame),
        )


def _uses_package(module: Module) -> bool:
    return any(imported.specifier in BROWSER_PACKAGES for imported in module.facts.imports)


def _is_package(value: Val) -> bool:
    while isinstance(value, MemberV):
        value = value.base
    return isinstance(value, External) and value.package in BROWSER_PACKAGES


def _is_package_call(project: Project, frame: Frame) -> bool:
    return any(_is_package(option) for option in options(project.value(frame.module, frame.fact.callee)))


def _init_of(project: Project, module: Module) -> Place | None:
    """The first ``init`` in the module's top level, conditional or not."""
    found = None
    for row in module.calls_in.get(0, []):
        call = module.facts.calls[row]
        name = call_name(module, row).rsplit(".", 1)[-1]
        callee = plain(call.callee)
        if name != "init" and literal_key(callee) != "init":
            continue
        if _is_package_call(project, Frame(module, row)) and (found is None or call.start < found.start):
            found = module.place(call)
    return found


def _asks_initialized(module: Module, offset: int) -> bool:
    return any(
        isinstance(value, CallRef) and call_name(module, value.call).rsplit(".", 1)[-1] == "isInitialized"
        for test, _ in guards(module, offset)
        for value in within(test, (), 100)
    )
