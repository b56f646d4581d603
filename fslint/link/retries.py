"""Who repeats a request when it fails, and on what: loops, decorators, task runners, helpers, adapters.

``retries(project, request)`` gives every retry that is in view around a request or around a call that leads to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..facts import Array, Call, CallRef, Literal, Member, Name, Object, Region, Value
from .consumption import keyword
from .delivery import retry_decorators, value_functions, ways_out
from .flow import (
    call_name,
    class_names,
    dotted,
    last_name,
    literal_key,
    loops_around,
    plain,
    scope,
    varies,
    within,
    words,
)
from .modules import Module
from .project import Project, Request
from .tables_clients import CLIENTS_THAT_RETRY, IDEMPOTENT_RETRY, RETRY_PACKAGES, RETRY_WORDS
from .values import CallV, options

REPEATED_ERRORS = words(
    # Failures after which the first request may have arrived all the same.
    "Exception BaseException RequestException HTTPError RequestError TransportError Timeout ReadTimeout TimeoutException "
    "ConnectionError ClientError ServerTimeoutError URLError OSError IOError TimeoutError HTTPStatusError NetworkError"
)
_MAX_FUNCTIONS = 200


class Retry(NamedTuple):
    """``repeats``: it also repeats what may have arrived (a timeout, a network error, 5xx), not 429 alone."""

    how: str
    repeats: bool


def retries(project: Project, request: Request) -> list[Retry]:
    """Every retry around a request; [] if nothing in view repeats it."""
    found: list[Retry] = []
    if request.client in CLIENTS_THAT_RETRY or (request.client == "sdk" and request.endpoint.endswith("/batch")):
        found.append(Retry(request.client, False))
    found.extend(_of_client(project, request))
    seen: set[tuple[str, int]] = set()
    stack = [request.frame]
    visited: set[tuple[str, int]] = set()
    while stack and len(visited) < _MAX_FUNCTIONS:
        frame = stack.pop()
        if frame.key in visited:
            continue
        visited.add(frame.key)
        found.extend(_of_loops(frame.module, frame.fact))
        for number in frame.module.enclosing(frame.fact.function)[:-1]:
            key = (frame.module.path, number)
            if key in seen:
                continue
            seen.add(key)
            found.extend(_of_function(project, frame.module, number))
            stack.extend(step.frame for step in ways_out(project, frame.module, number, "promise"))
    return found


# ----------------------------------------------------------------------------------------------------------- loops


def _of_loops(module: Module, call: Call) -> Iterator[Retry]:
    """Loops that repeat the same call until it succeeds."""
    for loop in loops_around(module, call):
        if loop.region < 0:
            continue
        region = module.facts.regions[loop.region]
        if region.kind != "loop":
            continue
        source = plain(region.source) if region.source is not None else None
        if isinstance(source, CallRef) and _is_retry_name(call_name(module, source.call)):
            yield Retry("loop", True)
            continue
        if varies(module, loop, (argument.value for argument in call.args)) or not _left_inside(module, loop.region):
            continue
        yield Retry("loop", _loop_repeats(module, loop.region, call))


def _left_inside(module: Module, number: int) -> bool:
    """Whether something in a loop leaves it: ``return`` or ``break``."""
    loop = module.facts.regions[number]
    for region in module.facts.regions:
        inner = loop.start <= region.start and region.end <= loop.end and region.function == loop.function
        if inner and region.exits in ("break", "return"):
            return True
    function = module.facts.functions[loop.function]
    return any(loop.start <= result.start < loop.end for result in function.returns)


def _loop_repeats(module: Module, number: int, call: Call) -> bool:
    regions = module.facts.regions
    loop = regions[number]
    for inner in scope(module, call.region):
        if inner == number:
            break
        if regions[inner].kind == "try":
            for other in regions:
                if (
                    other.group != regions[inner].group
                    or other.kind != "except"
                    or other.parent != regions[inner].parent
                ):
                    continue
                if not other.exits and not _statuses(module, other) and _broad_test(module, other):
                    return True
    statuses = _statuses(module, loop)
    return any(status >= 500 for status in statuses) if statuses else True


def _statuses(module: Module, around: Region) -> set[int]:
    """The HTTP statuses that tests inside a region name."""
    found: set[int] = set()
    for region in module.facts.regions:
        if region.test is not None and around.start <= region.test.start < around.end:
            for value in within(region.test, module.facts.calls, 200):
                if isinstance(value, Literal) and type(value.value) is int and 400 <= value.value < 600:
                    found.add(value.value)
    return found


# ------------------------------------------------------------------------------------------------------- functions


def _is_retry_name(name: str) -> bool:
    last = name.rsplit(".", 1)[-1].rsplit("/", 1)[-1].lower()
    return any(word in last for word in RETRY_WORDS) or name.split(".", 1)[0] in RETRY_PACKAGES


def _of_function(project: Project, module: Module, number: int) -> Iterator[Retry]:
    function = module.facts.functions[number]
    for name, call in retry_decorators(module, number):
        if module.facts.functions[number].decorators:
            yield Retry(name, _decorator_repeats(module, name, call))
    for decorator in function.decorators:
        node = plain(decorator)
        if isinstance(node, CallRef) and 0 <= node.call < len(module.facts.calls):
            errors = keyword(module.facts.calls[node.call].args, "autoretry_for")
            if errors is not None:
                yield Retry("celery", _broad(module, [errors]))
            elif dotted(module, module.facts.calls[node.call].callee) == "dramatiq.actor":
                yield Retry("dramatiq", True)
        elif dotted(module, node) == "dramatiq.actor":
            yield Retry("dramatiq", True)
    for row in module.calls_in.get(number, []):
        call = module.facts.calls[row]
        callee = plain(call.callee)
        if isinstance(callee, Member) and literal_key(callee) == "retry" and isinstance(plain(callee.object), Name):
            region = next((r for r in scope(module, call.region) if module.facts.regions[r].kind == "except"), -1)
            fact = module.facts.regions[region] if region >= 0 else None
            yield Retry("celery", fact is not None and not _statuses(module, fact) and _broad_test(module, fact))
    callback = module.callbacks.get(number)
    if callback is not None and _is_retry_name(call_name(module, callback[0])):
        yield Retry(call_name(module, callback[0]), not _aborts(module, number))
    for row, call in enumerate(module.facts.calls):
        if _is_retry_name(call_name(module, row)):
            for argument in call.args:
                if isinstance(plain(argument.value), (Name, Member)) and (module.path, number) in value_functions(
                    project, module, argument.value
                ):
                    yield Retry(call_name(module, row), True)


def _aborts(module: Module, number: int) -> bool:
    """Whether a callback ends the retries by itself on some errors (``AbortError``, ``bail``)."""
    return any(
        call_name(module, row).rsplit(".", 1)[-1] in ("AbortError", "bail", "abort")
        for row in module.calls_in.get(number, [])
    )


def _broad_test(module: Module, region: Region) -> bool:
    names = class_names(module, region.test)
    return not names or bool(set(names) & REPEATED_ERRORS)


def _broad(module: Module, values: Iterable[Value]) -> bool:
    names: set[str] = set()
    for value in values:
        node = plain(value)
        names |= {last_name(module, item) for item in (node.items if isinstance(node, Array) else (node,))}
    return bool(names & REPEATED_ERRORS)


def _decorator_repeats(module: Module, name: str, call: Call | None) -> bool:
    """Whether a retrying decorator repeats after errors that may mean success: by default, or by the classes it names."""
    last = name.rsplit(".", 1)[-1]
    if last == "on_predicate":
        return False
    if call is None:
        return True
    if any(argument.name in ("giveup", "retry_if_result", "predicate", "retry_on_result") for argument in call.args):
        return False
    if name.startswith("tenacity"):
        chosen = keyword(call.args, "retry")
        if chosen is None:
            return True
        node = plain(chosen)
        if isinstance(node, CallRef) and call_name(module, node.call).endswith("retry_if_exception_type"):
            inner = module.facts.calls[node.call].args
            return not inner or _broad(module, [argument.value for argument in inner])
        return False
    errors = [
        argument.value for argument in call.args if argument.name in ("exception", "exceptions", "on", "retry_on")
    ]
    if last == "on_exception":
        errors = errors or [argument.value for argument in call.args[1:2] if not argument.name]
    elif not errors:
        errors = [a.value for a in call.args[:1] if not a.name and not isinstance(plain(a.value), Literal)]
    return _broad(module, errors) if errors else last != "on_exception"


# --------------------------------------------------------------------------------------------------------- clients


def _of_client(project: Project, request: Request) -> Iterator[Retry]:
    """Adapters, interceptors and options that make the client repeat."""
    module = request.frame.module
    for argument in request.frame.fact.args:
        node = plain(argument.value)
        if isinstance(node, Object) and any(
            isinstance(e.key, Literal) and e.key.value in ("retry", "retries", "retryStrategy", "raxConfig")
            for e in node.entries
        ):
            yield Retry("option", False)
        if argument.name == "retries":
            yield Retry("option", False)
    created = request.created
    modules = {module.path: module}
    if created is not None:
        for name in ("transport", "retries", "retry"):
            given = getattr(created, "keyword", lambda _: None)(name)
            if given is not None:
                yield Retry(name, False)
        home = project.all_modules.get(created.place.path)
        if home is not None:
            modules[home.path] = home
    for other in modules.values():
        for call in other.facts.calls:
            callee = plain(call.callee)
            if isinstance(callee, Member) and literal_key(callee) == "mount" and len(call.args) > 1:
                if not _is_another_client(project, request, other, callee.object):
                    yield from _adapter(other, call.args[1].value)
    if request.client in ("axios", "nest"):
        for other in project.modules.values():
            for row, call in enumerate(other.facts.calls):
                name = call_name(other, row)
                owner: Value | None = None
                if name.split(".", 1)[0] in IDEMPOTENT_RETRY and name.split(".", 1)[0] != "got":
                    owner = call.args[0].value if call.args else None
                elif name.endswith(".use"):
                    owner = _interceptor_owner(call)
                    name = "interceptor"
                    if owner is None:
                        continue
                else:
                    continue
                if owner is None or not _is_another_client(project, request, other, owner):
                    yield Retry(name, False)


def _interceptor_owner(call: Call) -> Value | None:
    """``http`` of ``http.interceptors.response.use(ok, err)``; None for every other call."""
    callee = plain(call.callee)
    response = plain(callee.object) if isinstance(callee, Member) else None
    if not isinstance(response, Member) or literal_key(response) != "response" or len(call.args) < 2:
        return None
    interceptors = plain(response.object)
    return interceptors.object if isinstance(interceptors, Member) else interceptors


def _is_another_client(project: Project, request: Request, module: Module, owner: Value) -> bool:
    """Whether what is given a retry policy is known to be another client, session or instance than the request's own."""
    made = next((value for value in options(project.value(module, owner)) if isinstance(value, CallV)), None)
    if made is None:
        return False
    if request.created is not None:
        return made.place != request.created.place
    # A function of the library itself: `requests.post`, `axios.post`.
    return dotted(request.frame.module, request.frame.fact.callee).split(".", 1)[0] == request.client


def _adapter(module: Module, value: Value) -> Iterator[Retry]:
    """``HTTPAdapter(max_retries=Retry(…))``; a number repeats failed connections only, never a 429."""
    node = _resolved(module, value)
    if not isinstance(node, CallRef):
        return
    call = module.facts.calls[node.call]
    given = keyword(call.args, "max_retries")
    policy = _resolved(module, given) if given is not None else None
    if isinstance(policy, Literal):
        return
    if policy is None:
        if not call_name(module, node.call).endswith("HTTPAdapter"):
            yield Retry("adapter", False)
        return
    yield Retry("adapter", isinstance(policy, CallRef) and _policy_repeats(module, module.facts.calls[policy.call]))


def _resolved(module: Module, value: Value) -> Value:
    """A local variable's only value."""
    node = plain(value)
    if isinstance(node, Name):
        assigns = module.facts.bindings[node.binding].assigns
        if len(assigns) == 1:
            return plain(assigns[0].value)
    return node


def _policy_repeats(module: Module, call: Call) -> bool:
    """urllib3's ``Retry`` repeats a POST only if ``allowed_methods`` says so."""
    allowed = keyword(call.args, "allowed_methods") or keyword(call.args, "method_whitelist")
    if allowed is None:
        return False
    node = _resolved(module, allowed)
    methods = {value.value for value in within(node, module.facts.calls, 50) if isinstance(value, Literal)}
    if not (methods & {"POST", None, False}):
        return False
    statuses = keyword(call.args, "status_forcelist")
    if statuses is None:
        return True
    listed = {value.value for value in within(_resolved(module, statuses), (), 50) if isinstance(value, Literal)}
    return any(isinstance(status, int) and status >= 500 for status in listed) or not listed
