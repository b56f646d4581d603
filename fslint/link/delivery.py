"""Delivery over function borders: who waits for a request, where its failure ends, which handlers reach it.

A *passage* is one call on the way outwards, from the request to the call that names the event and on to its callers, and
what its function does with it. Everything is read from the call graph of the project and from ``consumption``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from ..calls import SERVER_FUNCTIONS
from ..facts import Call, CallRef, Function, FunctionRef, Member, Name, Value
from . import tables_frameworks as t
from .consumption import Use, after_response, keyword, waited
from .flow import call_name, dotted, iterates, literal_key, plain, protected
from .handlers import Handler, Key, handlers, packages
from .handover import handovers
from .modules import Module
from .project import CallEdge, Frame, Project, Request, TrackingCall
from .tables_clients import RETRY_DECORATORS, RETRY_WORDS, TRAITS, UNKNOWN_TRAITS, ClientTraits
from .values import CallV, Func, options

WAITS = frozenset({"sync", "await", "return", "blocks"})
"""Outcomes of a passage after which the function's own end comes after the request's."""
_MAX_FUNCTIONS = 400


class Passage(NamedTuple):
    """One call on the way. ``kind``: what it gives: ``sync`` (it returns when the request is done) or ``promise``.

    ``outcome``: ``sync`` · ``await`` · ``return`` · ``blocks`` · ``float`` · ``background`` · ``unknown``.
    ``at``: where the function waits. ``handed``: the function was handed over here (``background``, ``offload``).
    """

    frame: Frame
    kind: str
    outcome: str
    at: int
    use: Use
    handed: str = ""

    @property
    def module(self) -> Module:
        return self.frame.module

    @property
    def function(self) -> int:
        return self.frame.fact.function

    @property
    def key(self) -> Key:
        return (self.frame.module.path, self.frame.fact.function)

    @property
    def waits(self) -> bool:
        return self.outcome in WAITS


def is_server(call: TrackingCall) -> bool:
    """Whether a tracking call reaches the server API, or is the server branch of a wrapper for both sides."""
    return call.side == "server" or (call.side == "either" and call.api.startswith("server"))


def traits(request: Request | None) -> ClientTraits:
    """What is known of the HTTP client of a request."""
    return TRAITS.get(request.client, UNKNOWN_TRAITS) if request is not None else UNKNOWN_TRAITS


def site_index(call: TrackingCall) -> int:
    """The position of the call site among the frames; a ``partial(…)`` stands for the outermost."""
    return next((i for i, frame in enumerate(call.frames) if frame.key == call.site.key), len(call.frames) - 1)


# ----------------------------------------------------------------------------------------------------- what it gives


def sink_kind(project: Project, call: TrackingCall) -> str:
    """What the innermost call gives: ``sync``, ``promise``, or ``unseen`` (a Python function that is not in view and
    that nothing shows to be a coroutine)."""
    module = call.sink.module
    if not module.python:
        return "promise"
    if call.request is not None:
        return request_kind(call.request)
    inner = called(project, call.sink)
    if inner:
        work = body_work(project, inner[0])
        function = function_of(project, inner[0])
        return "promise" if function is not None and function.is_async else "sync" if work == "sync" else "unseen"
    if waited(module, call.sink.call).how in ("await", "blocks") or _awaited_by_name(project, call):
        return "promise"
    return "unseen"


def request_kind(request: Request) -> str:
    """Whether a request blocks its thread (``sync``) or gives a promise or coroutine."""
    if not request.frame.module.python:
        return "promise"
    known = traits(request)
    if known.blocking is not None:
        return "sync" if known.blocking else "promise"
    created = request.created
    if isinstance(created, CallV) and "Async" in created.name:
        return "promise"
    if waited(request.frame.module, request.frame.call).how == "await":
        return "promise"
    return "sync"


def _awaited_by_name(project: Project, call: TrackingCall) -> bool:
    """Whether a function that is not in view is awaited anywhere, or is a coroutine by its name."""
    name = call_name(call.sink.module, call.sink.call).rsplit(".", 1)[-1]
    if name.lower().endswith("async"):
        return True
    awaited = _AWAITED.get(project)
    if awaited is None:
        awaited = _AWAITED[project] = {
            call_name(other.sink.module, other.sink.call).rsplit(".", 1)[-1]
            for other in project.calls
            if other.by_name and other.sink.module.python and waited(other.sink.module, other.sink.call).how == "await"
        }
    return name in awaited


_AWAITED: WeakKeyDictionary[Project, set[str]] = WeakKeyDictionary()


def function_of(project: Project, key: Key) -> Function | None:
    """The function's facts, or None."""
    module = project.modules.get(key[0]) or project.all_modules.get(key[0])
    return module.facts.functions[key[1]] if module is not None else None


_CALLED: WeakKeyDictionary[Project, dict[tuple[str, int], list[CallEdge]]] = WeakKeyDictionary()


def edges_of(project: Project, frame: Frame) -> list[CallEdge]:
    """The edges that one call makes."""
    index = _CALLED.get(project)
    if index is None:
        index = _CALLED[project] = {}
        for edges in project.edges_in.values():
            for edge in edges:
                index.setdefault(edge.frame.key, []).append(edge)
    return index.get(frame.key, [])


def called(project: Project, frame: Frame) -> list[Key]:
    """The project functions that a call calls or hands over."""
    return [edge.callee for edge in edges_of(project, frame)]


def handed_over(project: Project, frame: Frame, callee: Key | None) -> str:
    """How a call hands a function over: ``background``, ``offload`` or "" (it calls it)."""
    for edge in edges_of(project, frame):
        if (callee is None or edge.callee == callee) and edge.handed in ("background", "offload"):
            return edge.handed
    if callee is not None and any(edge.callee == callee for edge in edges_of(project, frame)):
        return ""
    for row in handovers(dotted(frame.module, frame.fact.callee)):
        if row.function >= 0 and row.args != "none":
            return row.mode
        if row.function < 0 and _is_tracker(frame):
            return row.mode
    return ""


def _is_tracker(frame: Frame) -> bool:
    """``track_server_event.delay(…)``: the receiver is a tracking function that is not in view."""
    callee = plain(frame.fact.callee)
    if not isinstance(callee, Member):
        return False
    return dotted(frame.module, callee.object).rsplit(".", 1)[-1] in SERVER_FUNCTIONS


# -------------------------------------------------------------------------------------------------------- passages


def passage(project: Project, frame: Frame, kind: str, callee: Key | None = None) -> Passage:
    """What the function around a call does with it. ``kind``: what the called thing gives."""
    module, call = frame.module, frame.fact
    handed = handed_over(project, frame, callee)
    if handed == "background":
        use = waited(module, frame.call)
        outcome = "blocks" if use.how == "blocks" else "background"
        if module.python and use.how == "await" and _wraps_future(module, frame):
            outcome = "await"
        return Passage(frame, kind, outcome, use.at, use, handed)
    if handed == "offload":
        kind = "promise"
    if kind in ("sync", "unseen"):
        use = waited(module, frame.call) if kind == "unseen" else Use("sync", call.start)
        if kind == "unseen" and use.how in ("background", "unknown"):
            return Passage(frame, kind, use.how, use.at, use, handed)
        return Passage(frame, kind, "sync", call.start, Use("sync", call.start), handed)
    use = waited(module, frame.call)
    outcome = use.how
    if handed == "offload" and use.how == "float" and _in_task_group(module, frame):
        outcome = "await"
    return Passage(frame, kind, outcome, use.at, use, handed)


def _wraps_future(module: Module, frame: Frame) -> bool:
    """``await asyncio.wrap_future(pool.submit(…))``."""
    call = frame.fact
    return call.use == "argument" and call_name(module, call.target).endswith("wrap_future")


def _in_task_group(module: Module, frame: Frame) -> bool:
    callee = plain(frame.fact.callee)
    return isinstance(callee, Member) and literal_key(callee) == "start_soon"


def result_kind(project: Project, module: Module, function: int, outcome: str) -> str:
    """What a function gives whose inner call came out as ``outcome``."""
    if outcome in ("await", "return") or module.facts.functions[function].is_async or not module.python:
        return "promise"
    return "sync"


def way_up(project: Project, frames: tuple[Frame, ...], kind: str) -> list[Passage]:
    """The passages from ``frames[0]`` (which gives ``kind``) up to ``frames[-1]``, those through callbacks between them
    included; it ends where nothing waits any more, or where the way is not known."""
    found: list[Passage] = []
    callee: Key | None = None
    for index, frame in enumerate(frames):
        step = passage(project, frame, kind, callee)
        found.append(step)
        if not step.waits or index + 1 == len(frames):
            return found
        kind = result_kind(project, step.module, step.function, step.outcome)
        target = frames[index + 1]
        goals = set(called(project, target))
        module, function = step.module, step.function
        for _ in range(20):
            if (module.path, function) in goals:
                break
            through = _local_step(project, module, function, kind)
            if through is None:
                if goals & {(module.path, outer) for outer in module.enclosing(function)}:
                    found.append(Passage(frame, kind, "unknown", frame.fact.start, step.use))
                    return found
                break
            found.append(through)
            if not through.waits:
                return found
            kind = result_kind(project, module, through.function, through.outcome)
            function = through.function
        callee = (module.path, function)
    return found


def _local_step(project: Project, module: Module, function: int, kind: str) -> Passage | None:
    """The passage from a function written inside another one to that: its callback's call, or where it is called."""
    callback = callback_step(project, module, function, kind)
    if callback is not None:
        return callback
    outer = set(module.enclosing(function)[1:])
    for edge in project.edges_in.get((module.path, function), ()):
        if edge.frame.module is module and edge.frame.fact.function in outer:
            return passage(project, edge.frame, kind, edge.callee)
    return None


def callback_step(project: Project, module: Module, function: int, kind: str) -> Passage | None:
    """The passage through the call that runs a function expression at once (``map``, ``then``, a retry helper)."""
    where = module.callbacks.get(function)
    if where is None:
        return None
    row, index = where
    frame = Frame(module, row)
    name = call_name(module, row)
    if any(edge.callee == (module.path, function) for edge in edges_of(project, frame)):
        return passage(project, frame, kind, (module.path, function))
    last = name.rsplit(".", 1)[-1]
    if name in t.INLINE_PYTHON or ("." + last) in t.INLINE_PYTHON:
        return Passage(frame, kind, "sync", frame.fact.start, Use("sync", frame.fact.start))
    if iterates(module, row):
        if last in ("forEach", "each"):
            floats = Use("float", frame.fact.start, False, row)
            return Passage(frame, kind, "float" if kind == "promise" else "sync", frame.fact.start, floats)
        return passage(project, frame, kind)
    inline = ("." in name and last in t.INLINE_METHODS) or name in t.INLINE_FUNCTIONS
    if inline or _retries(name) or (name and not name.startswith(".") and last in ("limit", "limiter", "throttle")):
        del index
        return passage(project, frame, kind)
    if _invokes(project, frame, where[1]):
        return passage(project, frame, kind)
    return None


def _retries(name: str) -> bool:
    last = name.rsplit(".", 1)[-1].rsplit("/", 1)[-1].lower()
    return any(word in last for word in RETRY_WORDS)


def _invokes(project: Project, frame: Frame, index: int) -> bool:
    """Whether the called project function calls the parameter that it is given (and gives back what that gives)."""
    for key in called(project, frame):
        module = project.modules.get(key[0])
        if module is None:
            continue
        params = module.facts.functions[key[1]].params
        if index >= len(params):
            continue
        for row in module.calls_in.get(key[1], []):
            callee = plain(module.facts.calls[row].callee)
            if isinstance(callee, Name) and callee.binding == params[index].binding:
                return waited(module, row).how in WAITS or module.python
    return False


# -------------------------------------------------------------------------------------------------------- handlers


class Reached(NamedTuple):
    """A handler that reaches a call: the function, what it is, and the call that stands in it."""

    key: Key
    handler: Handler
    frame: Frame


def waiting_handlers(project: Project, call: TrackingCall) -> list[Reached]:
    """The handlers whose response waits for a server call."""
    kind = sink_kind(project, call)
    if kind == "unseen":
        return []
    way = way_up(project, call.frames[: site_index(call) + 1], kind)
    if not way or not all(step.waits for step in way) or any(_answered(step) for step in way):
        return []
    if way[-1].frame.key != call.site.key and way[-1].frame.key != call.frames[site_index(call)].key:
        return []
    if only_queues(project, call):
        return []
    return _handlers_above(project, way[-1])


def _answered(step: Passage) -> bool:
    return not step.module.python and after_response(step.module, step.at, step.function)


def _handlers_above(project: Project, first: Passage) -> list[Reached]:
    known = handlers(project)
    found: dict[Key, Reached] = {}
    seen: set[tuple[Key, str, str]] = set()
    stack = [first]
    while stack and len(seen) < _MAX_FUNCTIONS:
        step = stack.pop()
        if not step.waits or _answered(step):
            continue
        key = step.key
        state = (key, step.outcome, step.kind)
        if state in seen:
            continue
        seen.add(state)
        handler = known.get(key)
        if handler is not None:
            if _delays(handler, step):
                found.setdefault(key, Reached(key, handler, step.frame))
            continue
        kind = result_kind(project, step.module, step.function, step.outcome)
        stack.extend(ways_out(project, step.module, step.function, kind))
    return sorted(found.values(), key=lambda reached: reached.frame.place)


def _delays(handler: Handler, step: Passage) -> bool:
    if not handler.framework.responds:
        return False
    if step.outcome == "return" and not handler.framework.waits:
        return False
    if handler.dependency:
        function = step.module.facts.functions[step.function]
        if any(result.yields and result.start < step.at for result in function.returns):
            return False
    return True


def ways_out(project: Project, module: Module, function: int, kind: str) -> Iterator[Passage]:
    """The passages from a function to everything that calls it."""
    callback = callback_step(project, module, function, kind)
    if callback is not None:
        yield callback
    for edge in project.edges_in.get((module.path, function), ()):
        if callback is None or edge.frame.key != callback.frame.key:
            yield passage(project, edge.frame, kind, edge.callee)


def reaching_handlers(project: Project, module: Module, function: int) -> list[tuple[Key, Handler]]:
    """The handlers that run a function, whether they wait for it or not."""
    known = handlers(project)
    found: dict[Key, Handler] = {}
    seen: set[Key] = set()
    stack = [(module, function)]
    while stack and len(seen) < _MAX_FUNCTIONS:
        module, function = stack.pop()
        key = (module.path, function)
        if key in seen:
            continue
        seen.add(key)
        if key in known:
            found[key] = known[key]
            continue
        for step in ways_out(project, module, function, "promise"):
            if step.handed != "background":
                stack.append((step.module, step.function))
    return sorted(found.items())


# ----------------------------------------------------------------------------------------------------------- bodies


def only_queues(project: Project, call: TrackingCall) -> bool:
    """Whether a ``trackServerEvent``-style function in view only starts or queues what it is given."""
    if not call.by_name:
        return False
    inner = called(project, call.sink)
    return bool(inner) and all(body_work(project, key) == "none" for key in inner)


_SENDS = frozenset(("fetch", "request", "track", "capture"))
"""Methods whose result, when it is returned, is a request's. In Python ``return row.get(…)`` is one of a mapping."""


def body_work(project: Project, key: Key, depth: int = 0) -> str:
    """What the body of a function waits for: ``async`` (it awaits or returns a call that is no push to a queue),
    ``sync`` (a blocking HTTP request), ``none``."""
    known = _BODIES.setdefault(project, {})
    found = known.get((key, depth))
    if found is None:
        found = known[key, depth] = _body_work(project, key, depth)
    return found


_BODIES: WeakKeyDictionary[Project, dict[tuple[Key, int], str]] = WeakKeyDictionary()
_ESCAPES: WeakKeyDictionary[Project, dict[tuple[Key, int], bool]] = WeakKeyDictionary()


def _body_work(project: Project, key: Key, depth: int) -> str:
    module = project.modules.get(key[0]) or project.all_modules.get(key[0])
    if module is None or depth > 4:
        return "none"
    for row in module.calls_in.get(key[1], []):
        name = call_name(module, row)
        last = name.rsplit(".", 1)[-1]
        if last in t.QUEUE_METHODS:
            continue
        head = name.split(".", 1)[0]
        if module.python and head in TRAITS and TRAITS[head].blocking is not False and last in _VERBS:
            if waited(module, row).how != "await":
                return "sync"
            return "async"
        use = waited(module, row)
        inner = called(project, Frame(module, row))
        if inner:
            work = [body_work(project, other, depth + 1) for other in inner]
            if use.how in ("await", "return") and "async" in work:
                return "async"
            if "sync" in work:
                return "sync"
        elif (
            # (`with` waits for nothing in a function that cannot wait.)
            (use.how == "await" and (not module.python or module.facts.functions[key[1]].is_async))
            or (use.how == "return" and not module.python and module.facts.functions[key[1]].is_async)
            or (use.how == "return" and last in (_SENDS if module.python else _SENDS | _VERBS))
        ):
            return "async"
    return "none"


def body_escapes(project: Project, key: Key, depth: int = 0) -> bool:
    """Whether something that the body of a function waits for can fail out of it: a call that is awaited, returned or
    blocks, and that neither a ``try`` nor a handler of its own takes care of."""
    known = _ESCAPES.setdefault(project, {})
    found = known.get((key, depth))
    if found is None:
        found = known[key, depth] = _body_escapes(project, key, depth)
    return found


def _body_escapes(project: Project, key: Key, depth: int) -> bool:
    module = project.modules.get(key[0]) or project.all_modules.get(key[0])
    if module is None or depth > 4 or catching_decorator(project, module, key[1]):
        return False
    for row in module.calls_in.get(key[1], []):
        name = call_name(module, row)
        last = name.rsplit(".", 1)[-1]
        use = waited(module, row)
        at = use.at if use.how == "await" else module.facts.calls[row].start
        if last in t.QUEUE_METHODS or use.caught or (use.how != "return" and protected(module, at)):
            continue
        inner = called(project, Frame(module, row))
        if inner:
            plain_call = module.python and use.how not in ("await", "return", "background")
            if (use.how in ("await", "return") or plain_call) and any(
                body_escapes(project, k, depth + 1) for k in inner
            ):
                return True
            continue
        blocks = module.python and name.split(".", 1)[0] in TRAITS and last in _VERBS
        manages = module.facts.calls[row].use == "with" and not module.facts.functions[key[1]].is_async
        if manages and last not in _VERBS:
            continue  # ``with lock:``, ``with db.begin():``
        # ``return names.get(key)`` looks something up; ``return session.post(…)`` sends.
        sends = last in _VERBS - _LOOKS_UP or last == "fetch" or name.split(".", 1)[0] in TRAITS
        if blocks or use.how == "await" or (use.how == "return" and sends and last in _VERBS | {"fetch"}):
            return True
    return False


_LOOKS_UP = frozenset({"get", "delete"})
"""Methods of mappings and sets too."""


_VERBS = frozenset({"post", "put", "patch", "delete", "request", "get", "urlopen"})


def catching_decorator(project: Project, module: Module, function: int) -> bool:
    """Whether a decorator in view (or a function that the expression is given to) catches what the function throws."""
    facts = module.facts.functions[function]
    values: list[Value] = []
    for decorator in facts.decorators:
        values.append(decorator)
        node = plain(decorator)
        if isinstance(node, CallRef) and 0 <= node.call < len(module.facts.calls):
            values.append(module.facts.calls[node.call].callee)
    where = module.callbacks.get(function)
    if where is not None:
        values.append(module.facts.calls[where[0]].callee)
    for value in values:
        for option in options(project.value(module, value)):
            if isinstance(option, Func) and _catches_parameter(option.module, option.function):
                return True
    return False


def _catches_parameter(module: Module, function: int) -> bool:
    inside = {function}
    for number, other in enumerate(module.facts.functions):
        if number and other.parent in inside:
            inside.add(number)
    outer = set(module.enclosing(function)[:-1]) | inside
    bindings = {param.binding for number in outer for param in module.facts.functions[number].params}
    for number in inside:
        for row in module.calls_in.get(number, []):
            call = module.facts.calls[row]
            callee = plain(call.callee)
            if isinstance(callee, Name) and callee.binding in bindings:
                use = waited(module, row)
                if use.caught or protected(module, use.at if use.how == "await" else call.start):
                    return True
    return False


def retried_by_runner(project: Project, module: Module, function: int) -> bool:
    """Background tasks that are run again when they fail: Celery's ``autoretry_for`` and ``self.retry``, Dramatiq's
    actors."""
    for number in module.enclosing(function)[:-1]:
        for decorator in module.facts.functions[number].decorators:
            node = plain(decorator)
            name = dotted(module, node)
            if isinstance(node, CallRef) and 0 <= node.call < len(module.facts.calls):
                call = module.facts.calls[node.call]
                name = dotted(module, call.callee)
                if keyword(call.args, "autoretry_for") is not None:
                    return True
            if name in ("dramatiq.actor", ".actor") and "dramatiq" in packages(module):
                return True
        for row in module.calls_in.get(number, []):
            callee = plain(module.facts.calls[row].callee)
            if (
                isinstance(callee, Member)
                and literal_key(callee) == "retry"
                and _is_self(module, callee.object, number)
            ):
                return True
    return False


def _is_self(module: Module, value: Value, function: int) -> bool:
    value = plain(value)
    if isinstance(value, Name):
        name = module.facts.bindings[value.binding].name
        return name in ("self", "task") or name == module.facts.functions[function].name
    return False


def retry_decorators(module: Module, function: int) -> list[tuple[str, Call | None]]:
    """The retrying decorators of a function and those around it: (name, its call)."""
    found: list[tuple[str, Call | None]] = []
    for number in module.enclosing(function)[:-1]:
        for decorator in module.facts.functions[number].decorators:
            node = plain(decorator)
            call = None
            if isinstance(node, CallRef) and 0 <= node.call < len(module.facts.calls):
                call = module.facts.calls[node.call]
                node = plain(call.callee)
            name = dotted(module, node)
            if name in RETRY_DECORATORS or _retries(name):
                found.append((name, call))
    return found


def value_functions(project: Project, module: Module, value: Value) -> list[Key]:
    """The project functions that a value may be."""
    node = plain(value)
    if isinstance(node, FunctionRef):
        return [(module.path, node.function)]
    return [(v.module.path, v.function) for v in options(project.value(module, node)) if isinstance(v, Func)]
