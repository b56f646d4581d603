"""FS511: a request whose client does not raise on 400 or 401, and whose response nobody looks at."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from ..diagnostics import Diagnostic
from ..facts import Await, CallRef, Function, FunctionRef, Literal, Member, Name, Unary, Value
from ..link.consumption import CHAINS, PASS_THROUGH, keyword, mentions
from ..link.delivery import ways_out
from ..link.flow import call_name, conditions, literal_key, plain
from ..link.modules import Module
from ..link.project import Project, Request
from ..link.tables_clients import CHECKED, UNCHECKED_CLIENTS
from ..link.values import CallV, External, GlobalV, Lit, MemberV, options
from . import rule

_HELP = {
    "fetch": "test it: `if (!response.ok) console.warn('fullstory', response.status)`",
    "requests": "call `response.raise_for_status()` where the error is caught, or log `response.status_code`",
    "httpx": "call `response.raise_for_status()` where the error is caught, or log `response.status_code`",
    "aiohttp": "call `response.raise_for_status()` where the error is caught, or pass `raise_for_status=True`",
}


@rule("FS511")
def unchecked_response(project: Project) -> Iterator[Diagnostic]:
    """A response of the server API that is dropped."""
    for request in project.requests:
        if request.client not in UNCHECKED_CLIENTS or request.method in ("GET", "HEAD"):
            continue
        if not _client_in_view(project, request) or _raises(request):
            continue
        if _looked_at(project, request.frame.module, request.frame.call, 0) is not False:
            continue
        yield Diagnostic(
            "FS511",
            "nobody looks at FullStory's answer: "
            f"{'`fetch`' if request.client == 'fetch' else request.client} takes 400 and 401 for success, so that events "
            "are lost in silence",
            request.frame.place,
            help=_HELP.get(request.client, _HELP["fetch"]),
            origins=(("request", request.frame.key),),
            subject=request.endpoint,
            function=project.function_name(request.frame),
        )


def _client_in_view(project: Project, request: Request) -> bool:
    """Whether the request is sent by the module itself, or by a client whose creation is known."""
    if request.created is not None:
        return isinstance(request.created, CallV)
    for target in options(project.value(request.frame.module, request.frame.fact.callee)):
        if isinstance(target, MemberV):
            return False
        if isinstance(target, (External, GlobalV)):
            return True
    return False


def _raises(request: Request) -> bool:
    """Whether the client or the request is told to raise, or hooks look at every response."""
    module, call = request.frame.module, request.frame.fact
    for name in ("raise_for_status", "hooks", "event_hooks"):
        value = keyword(call.args, name)
        if value is not None and not (isinstance(value, Literal) and value.value is False):
            return True
    created = request.created
    if isinstance(created, CallV):
        for name in ("raise_for_status", "event_hooks", "hooks", "transport"):
            given = created.keyword(name)
            if given is not None and not (isinstance(given, Lit) and not given.value):
                return True
    for write in module.facts.writes:
        if isinstance(write.key, Literal) and write.key.value in (
            "response",
            "hooks",
            "event_hooks",
            "raise_for_status",
        ):
            return True
    return False


# ------------------------------------------------------------------------------------------------- uses of the answer

_MEMBERS: WeakKeyDictionary[Module, list[Member]] = WeakKeyDictionary()


def _members(module: Module) -> list[Member]:
    found = _MEMBERS.get(module)
    if found is None:
        found = _MEMBERS[module] = [node for node in module.nodes if isinstance(node, Member)]
    return found


def _looked_at(project: Project, module: Module, row: int, depth: int) -> bool | None:
    """Whether the response of a call is looked at; None where it is not known."""
    if depth > 8:
        return None
    call = module.facts.calls[row]
    if any(_is_call(member.object, row) and literal_key(member) in CHECKED for member in _members(module)):
        return True
    if call.use in ("statement", "void"):
        return False
    if call.use == "member":
        if call.target < 0:
            return False
        return _chained(project, module, call.target, depth)
    if call.use == "argument":
        name = call_name(module, call.target)
        if name in PASS_THROUGH:
            return _looked_at(project, module, call.target, depth + 1)
        return None
    if call.use == "assign":
        return _kept(project, module, call.target, call.function, depth)
    if call.use == "with":
        for region in module.facts.regions:
            if region.kind == "with" and region.source is not None and _is_call(region.source, row):
                return False if region.binding < 0 else _variable(module, region.binding)
        return None
    if call.use == "return":
        return _returned(project, module, call.function, depth)
    if call.use == "await":
        return _awaited(project, module, row, depth)
    return None


def _is_call(value: Value, row: int) -> bool:
    value = plain(value)
    return isinstance(value, CallRef) and value.call == row


def _awaited(project: Project, module: Module, row: int, depth: int) -> bool | None:
    """What becomes of ``await f()``: a statement, a variable, a returned value, an argument."""
    call = module.facts.calls[row]
    start = next((a.start for a in module.facts.awaits if _is_call(a.value, row)), call.start)
    if start == call.statement_start and not _is_read(module, row):
        return False
    for number, binding in enumerate(module.facts.bindings):
        for assign in binding.assigns:
            if _holds(assign.value, row):
                if isinstance(plain(assign.value), Member):
                    continue
                return _kept(project, module, number, call.function, depth)
    for number, function in enumerate(module.facts.functions):
        for result in function.returns:
            if result.value is not None and _holds(result.value, row):
                return _returned(project, module, number, depth)
    for number, other in enumerate(module.facts.calls):
        if isinstance(plain(other.callee), Member) and _is_call(plain(other.callee).object, row):  # type: ignore[union-attr]
            return _chained(project, module, number, depth)
        if any(_holds(argument.value, row) for argument in other.args):
            return None
    if any(isinstance(plain(member.object), CallRef) and _is_call(member.object, row) for member in _members(module)):
        return False
    return None


def _is_read(module: Module, row: int) -> bool:
    return any(_is_call(member.object, row) for member in _members(module))


def _holds(value: Value, row: int) -> bool:
    return _is_call(value, row) or (isinstance(value, (Await, Unary)) and _is_call(value.value, row))


def _chained(project: Project, module: Module, row: int, depth: int) -> bool | None:
    """``f().then(…)``, ``f().json()``, ``f().raise_for_status()``."""
    call = module.facts.calls[row]
    key = literal_key(plain(call.callee)) or ""
    if key in CHECKED:
        return True
    if key == "catch" or key == "finally":
        return _looked_at(project, module, row, depth + 1)
    if key == "then" and call.args:
        handler = plain(call.args[0].value)
        if not isinstance(handler, FunctionRef):
            return None if not (isinstance(handler, Literal) and handler.value is None) else False
        function = module.facts.functions[handler.function]
        seen = _parameter(module, function)
        if seen is False and _gives_back(module, function):
            return _looked_at(project, module, row, depth + 1)
        return seen
    return False if key not in CHAINS else None


def _gives_back(module: Module, function: Function) -> bool:
    """Whether a handler returns the response itself."""
    return bool(function.params) and any(
        result.value is not None and mentions(result.value, function.params[0].binding) for result in function.returns
    )


def _parameter(module: Module, function: Function) -> bool | None:
    if not function.params:
        return False
    return _variable(module, function.params[0].binding, True)


def _kept(project: Project, module: Module, binding: int, function: int, depth: int) -> bool | None:
    """A variable of a function; one that is returned is judged at the callers too."""
    seen = _variable(module, binding, True)
    returned = binding >= 0 and any(
        result.value is not None and mentions(result.value, binding)
        for result in module.facts.functions[function].returns
    )
    return _returned(project, module, function, depth) if seen is False and returned else seen


def _variable(module: Module, binding: int, returned_is_fine: bool = False) -> bool | None:
    """Whether a variable that holds a response is looked at: a telling member, or handed to another function."""
    if binding < 0:
        return None
    for member in _members(module):
        owner = plain(member.object)
        if isinstance(owner, Name) and owner.binding == binding:
            key = literal_key(member)
            if key is None or key in CHECKED:
                return True
    for call in module.facts.calls:
        if any(mentions(argument.value, binding) for argument in call.args):
            return True
    for region in module.facts.regions:
        # `if not response`: false on 4xx in requests.
        if (
            region.test is not None
            and module.python
            and any(mentions(v, binding) for v, _ in conditions(region.test, True))
        ):
            return True
    if not returned_is_fine:
        for function in module.facts.functions:
            if any(r.value is not None and mentions(r.value, binding) for r in function.returns):
                return None
    if any(mentions(write.value, binding) for write in module.facts.writes):
        return None
    return False


def _returned(project: Project, module: Module, function: int, depth: int) -> bool | None:
    """A response that is returned is judged at the callers in view; without any nothing is known."""
    verdicts = [
        _looked_at(project, step.module, step.frame.call, depth + 1) if not step.handed else None
        for step in ways_out(project, module, function, "promise")
    ]
    if not verdicts or any(verdict is not False for verdict in verdicts):
        return True if any(verdicts) else None
    return False
