"""What becomes of a call's result: waited for, returned, left floating, caught, handed to the background.

Pure functions on a ``Module`` and the rows of its calls; what is said about names is in tables.
"""

from __future__ import annotations

from typing import NamedTuple

from ..facts import (
    Argument,
    Array,
    Await,
    Call,
    CallRef,
    Comprehension,
    FunctionRef,
    Literal,
    Member,
    Name,
    Object,
    OneOf,
    Spread,
    Value,
)
from .flow import (
    always_before,
    call_name,
    literal_key,
    plain,
    rethrows_function,
    root,
    scope,
    words,
)
from .modules import Module

PASS_THROUGH = words(
    # The result settles when the promises, futures or observables given have.
    "Promise.all Promise.race Promise.any Promise.resolve Promise.allSettled "
    "asyncio.gather asyncio.wait asyncio.wait_for asyncio.shield asyncio.as_completed asyncio.timeout "
    "rxjs.lastValueFrom rxjs.firstValueFrom rxjs.from rxjs.defer p-timeout p-settle bluebird.all "
    "list tuple set"
)
SETTLES = words("Promise.allSettled p-settle")
TASKS = words("asyncio.create_task asyncio.ensure_future asyncio.run_coroutine_threadsafe .create_task .ensure_future")
BLOCKING = words(
    # The thread stands still until the coroutine is done.
    "asyncio.run asgiref.sync.async_to_sync .run_until_complete anyio.run trio.run anyio.from_thread.run"
)
HANDED = words(
    # Takes a promise and keeps the process alive for it after the response.
    ".waitUntil @vercel/functions.waitUntil next/server.after next/server.unstable_after cloudflare:workers.waitUntil "
    "waitUntil after .add_task .add_background_task"
)
COLLECTS = words("push append add extend unshift")
WAITS = words("get result wait join wait_for_result")
"""Methods of futures, async results and threads that block until they are done."""
STARTS = words("start")
CHAINS = words("then catch finally")
GROUPS = words("asyncio.TaskGroup anyio.create_task_group trio.open_nursery TaskGroup create_task_group")
RESPONDS = words("json send end redirect sendStatus render sendFile jsonp")
RESPONSES = words("res response reply resp")
_STEPS = 40


class Use(NamedTuple):
    """What becomes of a call's result.

    ``how``: ``await`` (waited for, at ``at``) · ``return`` · ``float`` (nobody looks at it) · ``background`` (handed to
    something that outlives the caller) · ``blocks`` (the thread waits for it) · ``unknown``.
    ``at``: offset of the place where that happens. ``caught``: its failure has a handler of its own. ``call``: row of the
    outermost call that stands for it. ``task``: it was started as a task. ``void``: written ``void f()``.
    """

    how: str
    at: int
    caught: bool = False
    call: int = -1
    task: bool = False
    void: bool = False


def waited(module: Module, row: int) -> Use:
    """What becomes of the result of a call."""
    known: dict[int, Use] = module.__dict__.setdefault("_waited", {})
    if row not in known:
        known[row] = _follow(module, row, False, False, 0)
    return known[row]


def _follow(module: Module, row: int, caught: bool, task: bool, depth: int) -> Use:
    calls = module.facts.calls
    for _ in range(_STEPS):
        call = calls[row]
        use = call.use
        if use == "await":
            return Use("await", call.start, caught, row, task)
        if use in ("statement", "void"):
            if task and _in_group(module, call):
                return Use("await", call.start, caught, row, task)
            return Use("background" if task else "float", call.start, caught, row, task, use == "void")
        if use == "return":
            return Use("return", call.start, caught, row, task)
        if use == "with":
            return Use("await", call.start, caught, row, task)
        if use == "member" and 0 <= call.target < len(calls):
            target = calls[call.target]
            key = _method(target)
            if key in ("catch",) or (key == "then" and len(target.args) > 1):
                caught = caught or not _throws_again(module, target)
            elif key == "subscribe":
                return Use(
                    "float", target.start, caught or len(target.args) > 1 or _has_error(target), call.target, task
                )
            elif key in WAITS and module.python:
                return Use("blocks", target.start, caught, call.target, task)
            elif key in STARTS and module.python:
                return Use("background", target.start, caught, call.target, True)
            row = call.target
            continue
        if use == "argument" and 0 <= call.target < len(calls):
            name = call_name(module, call.target)
            target = calls[call.target]
            if name in PASS_THROUGH:
                settles = name in SETTLES or any(
                    argument.name == "return_exceptions"
                    and isinstance(argument.value, Literal)
                    and argument.value.value is True
                    for argument in target.args
                )
                caught = caught or settles
                row = call.target
                continue
            method = name.rsplit(".", 1)[-1]
            if name in TASKS or ("." in name and "." + method in TASKS):
                if _receiver_group(module, target):
                    return Use("await", target.start, caught, call.target, True)
                task = True
                row = call.target
                continue
            if name in BLOCKING or ("." in name and "." + method in BLOCKING):
                return Use("blocks", target.start, caught, call.target, task)
            if name in HANDED or ("." in name and "." + method in HANDED):
                return Use("background", target.start, caught, call.target, True)
            if method in COLLECTS and isinstance(plain(target.callee), Member):
                owner = plain(plain(target.callee).object)  # type: ignore[union-attr]
                if isinstance(owner, Name) and depth < 3:
                    return _variable(module, owner.binding, call, caught, task, depth)
            return Use("unknown", call.start, caught, row, task)
        if use == "assign" and call.target >= 0 and depth < 3:
            return _variable(module, call.target, call, caught, task, depth)
        if use in ("other", "entry", "assign") and depth < 3:
            holder = _holder(module, row)
            if holder >= 0:
                return _variable(module, holder, call, caught, task, depth)
        return Use("unknown", call.start, caught, row, task)
    return Use("unknown", calls[row].start, caught, row, task)


def _method(call: Call) -> str:
    callee = plain(call.callee)
    return (literal_key(callee) or "") if isinstance(callee, Member) else ""


def _has_error(call: Call) -> bool:
    return any(
        isinstance(argument.value, Object)
        and any(isinstance(e.key, Literal) and e.key.value == "error" for e in argument.value.entries)
        for argument in call.args
    )


def _throws_again(module: Module, call: Call) -> bool:
    """Whether the handler given to ``catch`` (or as second argument to ``then``) throws."""
    handler = call.args[-1].value if call.args else None
    return isinstance(handler, FunctionRef) and rethrows_function(module, handler.function)


def _in_group(module: Module, call: Call) -> bool:
    return _receiver_group(module, call)


def _receiver_group(module: Module, call: Call) -> bool:
    """Whether a method is called on a task group of this function, whose ``with`` waits for its tasks."""
    callee = plain(call.callee)
    owner = root(callee)
    if not isinstance(callee, Member) or not isinstance(owner, Name):
        return False
    for number in scope(module, call.region):
        region = module.facts.regions[number]
        if region.kind == "with" and region.binding == owner.binding and region.source is not None:
            source = plain(region.source)
            if isinstance(source, CallRef):
                name = call_name(module, source.call)
                return name in GROUPS or name.rsplit(".", 1)[-1] in GROUPS
    return False


# ------------------------------------------------------------------------------------------------------- variables


def mentions(value: Value, binding: int, depth: int = 0) -> bool:
    """Whether a value is, or collects, the binding: ``p``, ``[a, p]``, ``*tasks``, ``c && p``."""
    value = plain(value)
    if isinstance(value, Name):
        return value.binding == binding
    if depth > 5:
        return False
    if isinstance(value, Spread):
        return mentions(value.value, binding, depth + 1)
    if isinstance(value, Array):
        return any(mentions(item, binding, depth + 1) for item in value.items)
    if isinstance(value, OneOf):
        return any(mentions(item, binding, depth + 1) for item in value.values)
    return False


def _variable(module: Module, binding: int, call: Call, caught: bool, task: bool, depth: int) -> Use:
    """What becomes of a result that is kept in a variable."""
    facts = module.facts
    handed: Use | None = None
    for fact in facts.awaits:
        if fact.start > call.start and mentions(fact.value, binding):
            return Use("await", fact.start, caught, -1, task)
    for number, other in enumerate(facts.calls):
        if other.start <= call.start:
            continue
        callee = plain(other.callee)
        if isinstance(callee, Member) and mentions(callee.object, binding):
            key = literal_key(callee) or ""
            if key in CHAINS:
                again = caught or (key == "catch" and not _throws_again(module, other)) or len(other.args) > 1
                return _follow(module, number, again, task, depth + 1)
            if key in WAITS and module.python:
                return Use("blocks", other.start, caught, number, task)
            if key in STARTS and module.python:
                handed = Use("background", other.start, caught, number, True)
        elif any(mentions(argument.value, binding) for argument in other.args):
            use = _argument_of(module, number, caught, task, depth)
            if use.how in ("await", "return", "blocks", "background"):
                return use
            handed = handed or use
    for function in facts.functions:
        for result in function.returns:
            if result.value is not None and result.start > call.start and mentions(result.value, binding):
                return Use("return", result.start, caught, -1, task)
    for region in facts.regions:
        if region.kind == "loop" and region.source is not None and mentions(region.source, binding):
            return _loop_over(module, region.start, region.end, caught, task) or Use(
                "unknown", region.start, caught, -1, task
            )
    if handed is not None:
        return handed
    if any(write.value is not None and mentions(write.value, binding) for write in facts.writes):
        return Use("unknown", call.start, caught, -1, task)
    return Use("background" if task else "float", call.start, caught, -1, task)


def _argument_of(module: Module, number: int, caught: bool, task: bool, depth: int) -> Use:
    name = call_name(module, number)
    method = "." + name.rsplit(".", 1)[-1]
    call = module.facts.calls[number]
    if name in PASS_THROUGH:
        return _follow(module, number, caught or name in SETTLES, task, depth + 1)
    if name in HANDED or method in HANDED:
        return Use("background", call.start, caught, number, True)
    if name in BLOCKING or method in BLOCKING:
        return Use("blocks", call.start, caught, number, task)
    return Use("unknown", call.start, caught, number, task)


def _loop_over(module: Module, start: int, end: int, caught: bool, task: bool) -> Use | None:
    """``for t in tasks: await t``."""
    for fact in module.facts.awaits:
        if start <= fact.start < end and isinstance(plain(fact.value), Name):
            return Use("await", fact.start, caught, -1, task)
    return None


def _holder(module: Module, row: int) -> int:
    """The variable whose value collects the call: ``[track(u) for u in users]``, ``[a(), b()]``."""
    call = module.facts.calls[row]
    for number, binding in enumerate(module.facts.bindings):
        for assign in binding.assigns:
            if assign.value.start <= call.start and call.end <= assign.value.end and _collects(assign.value, row):
                return number
    return -1


def _collects(value: Value, row: int, depth: int = 0) -> bool:
    value = plain(value)
    if isinstance(value, CallRef):
        return value.call == row
    if depth > 5:
        return False
    if isinstance(value, Array):
        return any(_collects(item, row, depth + 1) for item in value.items)
    if isinstance(value, (Spread, Await)):
        return _collects(value.value, row, depth + 1)
    if isinstance(value, Comprehension):
        return _collects(value.element, row, depth + 1)
    if isinstance(value, OneOf):
        return any(_collects(item, row, depth + 1) for item in value.values)
    return False


# --------------------------------------------------------------------------------------------------- after response


def is_response(module: Module, value: Value) -> bool:
    """Whether a value is the response parameter of a handler."""
    return (
        isinstance(value, Name)
        and value.binding in module.param_of
        and module.facts.bindings[value.binding].name in RESPONSES
    )


def responses(module: Module, function: int) -> list[tuple[int, int]]:
    """(offset, region) of everything in a function that sends the response, or lets the next handler do so."""
    found = []
    for row in module.calls_in.get(function, []):
        call = module.facts.calls[row]
        callee = plain(call.callee)
        if (
            isinstance(callee, Member) and literal_key(callee) in RESPONDS and is_response(module, root(callee, module))
        ) or (
            isinstance(callee, Name)
            and callee.binding in module.param_of
            and module.facts.bindings[callee.binding].name == "next"
            and call.use in ("statement", "void")
        ):
            found.append((call.start, call.region))
    return found


def after_response(module: Module, offset: int, function: int) -> bool:
    """Whether the response has gone out on every path that reaches ``offset`` in ``function``."""
    hits = responses(module, function)
    return bool(hits) and always_before(module, offset, hits)


def keyword(args: tuple[Argument, ...], name: str) -> Value | None:
    """A keyword argument of a call."""
    return next((argument.value for argument in args if argument.name == name), None)
