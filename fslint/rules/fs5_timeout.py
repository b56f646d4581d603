"""FS503: a request to the server API that may hang for long."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostic, Place, Related
from ..facts import CallRef, Literal, Member, Value
from ..link.delivery import request_kind, traits
from ..link.flow import call_name, literal_key, plain, same, scope
from ..link.modules import Module
from ..link.project import Frame, Project, Request
from ..link.tables_clients import LIMIT, TIMEOUT_CONSTRUCTORS, TIMEOUT_KEYS, WAIT_LIMITS, WITH_LIMITS
from ..link.values import Arr, CallV, Lit, Obj, Param, Typed, Val, dotted, options
from . import rule

_ADVICE = {
    "requests": "`timeout=3`",
    "httpx": "`timeout=3.0`",
    "aiohttp": "`timeout=aiohttp.ClientTimeout(total=3)`",
    "urllib": "`timeout=3`",
    "urllib3": "`timeout=3.0`",
    "http.client": "`timeout=3` on the connection",
    "fetch": "`signal: AbortSignal.timeout(3000)`",
    "axios": "`timeout: 3000`",
    "nest": "`timeout: 3000`",
    "got": "`timeout: {request: 3000}`",
    "ky": "`timeout: 3000`",
}
_INFINITE = float("inf")


@rule("FS503")
def missing_timeout(project: Project) -> Iterator[Diagnostic]:
    """A request to the server API without a timeout, or with one that is too long."""
    found: dict[Place, Diagnostic] = {}
    for request in project.requests:
        if request.client in ("sdk", "beacon", "jquery") or request.method in ("GET", "HEAD"):
            continue
        if _limited(project, request):
            continue
        for variant in (request.variants or [request]) if _depends(request) else [request]:
            for place, seconds in _verdicts(project, variant):
                if place in found:
                    continue
                found[place] = _finding(project, request, place, seconds)
    yield from (found[place] for place in sorted(found))


def _finding(project: Project, request: Request, place: Place, seconds: float) -> Diagnostic:
    limit = "may wait for ever" if seconds == _INFINITE else f"may wait for {seconds:g} s"
    missing = place == request.frame.place
    return Diagnostic(
        "FS503",
        f"the request to FullStory {limit}: when FullStory hangs, so does whatever waits for it",
        place,
        help=f"give it {_ADVICE.get(request.client, 'a timeout')}; 2 to 5 seconds are enough",
        related=() if missing else (Related(request.frame.place, "the request that it limits"),),
        origins=(("request", request.frame.key),),
        subject=request.endpoint,
        function=project.function_name(request.frame),
    )


def _depends(request: Request) -> bool:
    """Whether callers decide: the timeout is not known where the request stands."""
    return request.timeout is not None and seconds_of(request.timeout, request.timeout_unit) is None


def _verdicts(project: Project, request: Request) -> Iterator[tuple[Place, float]]:
    """(place, seconds) of what is wrong with a request's timeout."""
    if request.timeout is None:
        default = traits(request).default
        limit = _INFINITE if default is None else default
        if limit > LIMIT and request.timeout_known and not _set_elsewhere(project, request):
            yield request.frame.place, limit
        return
    given = [_default(project, option) for option in options(request.timeout)]
    known = [(option, seconds_of(option, request.timeout_unit)) for option in given]
    bad = [(option, seconds) for option, seconds in known if seconds is not None and seconds > LIMIT]
    if bad and len(bad) == len(known):
        option, seconds = max(bad, key=lambda item: item[1])
        yield _literal_place(option), seconds


def _default(project: Project, value: Val) -> Val:
    """A parameter that nobody gives is its default."""
    default = project.default(value) if isinstance(value, Param) else None
    return value if default is None else default


def _literal_place(option: Val) -> Place:
    """The literal that is the timeout; of a timeout object the part that counts, else its own place."""
    if isinstance(option, Lit):
        return option.place
    if isinstance(option, CallV):
        parts = [v for v in (*option.args, *(v for _, v in option.keywords)) if isinstance(v, Lit)]
        if len(parts) == 1:
            return parts[0].place
    return option.place


def seconds_of(value: Val, unit: str) -> float | None:
    """How long a timeout is; infinity for none at all, None where it is not known."""
    if isinstance(value, Lit):
        if value.value is None or value.kind in ("undefined", "infinity") or value.value is False:
            return _INFINITE
        if isinstance(value.value, bool) or not isinstance(value.value, (int, float)):
            return None
        if value.value <= 0:
            return _INFINITE
        return value.value / 1000 if unit == "ms" else float(value.value)
    if isinstance(value, Arr):
        parts = [_longest(item, unit) for item in value.items]
        return _maximum(parts) if parts and not value.open else None
    if isinstance(value, Obj):
        entries = [entry for entry in value.entries if entry.name in TIMEOUT_KEYS]
        return _maximum([_longest(entry.value, unit) for entry in entries]) if entries and not value.open else None
    if isinstance(value, CallV):
        return _constructed(value)
    if isinstance(value, Typed):
        return None
    return None


def _longest(value: Val, unit: str) -> float | None:
    """A choice counts as its shortest known alternative: only if all are bad is it bad."""
    known = [seconds_of(option, unit) for option in options(value)]
    return None if not known or any(k is None for k in known) else min(k for k in known if k is not None)


def _maximum(parts: list[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return max(known, default=None)


def _constructed(value: CallV) -> float | None:
    name = dotted(value.callee)
    keys = TIMEOUT_CONSTRUCTORS.get(name)
    if keys is None:
        return None
    unit = "ms" if name == "AbortSignal.timeout" else "s"
    if name == "aiohttp.ClientTimeout":
        total = value.args[0] if value.args else value.keyword("total")
        if total is not None:
            return _longest(total, unit)
        # Without `total` there is none; `sock_read`, `sock_connect` limit parts of it.
        parts = [_longest(v, unit) for k, v in value.keywords if k in ("connect", "sock_read", "sock_connect")]
        return _maximum(parts) if parts else 300.0
    given = [_longest(argument, unit) for argument in value.args]
    given += [_longest(v, unit) for k, v in value.keywords if k in keys]
    if not given:
        return None
    if name == "httpx.Timeout" and value.args:
        return given[0] if len(given) == 1 else _maximum(given)
    return _maximum(given)


# ------------------------------------------------------------------------------------------- limits set elsewhere


def _limited(project: Project, request: Request) -> bool:
    """Whether something around the request, or around a call that leads to it, limits how long it is waited for."""
    chains = [variant.frames for variant in request.variants if variant.frames] or [(request.frame,)]
    return any(_limits(frame.module, frame.call) for frames in chains for frame in frames)


def _limits(module: Module, row: int) -> bool:
    calls = module.facts.calls
    call = calls[row]
    for number in scope(module, call.region, across=False):
        region = module.facts.regions[number]
        source = plain(region.source) if region.source is not None else None
        if region.kind == "with" and isinstance(source, CallRef) and call_name(module, source.call) in WITH_LIMITS:
            return True
    for _ in range(12):
        if call.target < 0 or call.use not in ("argument", "member"):
            break
        row = call.target
        call = calls[row]
        name = call_name(module, row)
        if name in WAIT_LIMITS or name.rsplit(".", 1)[-1] in ("wait_for", "withTimeout", "timeout"):
            return True
        if name == "Promise.race" and len(call.args) > 0:
            return True
    return False


def _set_elsewhere(project: Project, request: Request) -> bool:
    """Timeouts that stand neither in the request nor where its client is made."""
    module = request.frame.module
    if module.python:
        if request.client in ("requests", "urllib", "urllib3", "http.client") and request_kind(request) == "sync":
            for other in project.modules.values():
                if any(call_name(other, row) == "socket.setdefaulttimeout" for row in range(len(other.facts.calls))):
                    return True
        return request.client == "requests" and _mounted(request.frame)
    if request.client == "nest" and _registered_with_timeout(project):
        return True
    for other in project.modules.values():
        for write in other.facts.writes:
            if isinstance(write.key, Literal) and write.key.value in ("timeout", "signal"):
                owner = plain(write.object)
                if isinstance(owner, Member) and literal_key(owner) == "defaults":
                    return True
    return False


def _registered_with_timeout(project: Project) -> bool:
    """Whether Nest's ``HttpModule`` is set up with a timeout, or in a way that is not known."""
    for module in project.modules.values():
        for row, call in enumerate(module.facts.calls):
            name = call_name(module, row)
            if name == "@nestjs/axios.HttpModule.registerAsync":
                return True
            if name != "@nestjs/axios.HttpModule.register" or not call.args:
                continue
            for option in options(project.value(module, call.args[0].value)):
                if not isinstance(option, Obj) or option.open or any(e.name == "timeout" for e in option.entries):
                    return True
    return False


def _mounted(frame: Frame) -> bool:
    """Whether an adapter of its own is mounted on the session that sends the request."""
    module = frame.module
    callee = plain(frame.fact.callee)
    if not isinstance(callee, Member):
        return False
    for call in module.facts.calls:
        other = plain(call.callee)
        if isinstance(other, Member) and literal_key(other) == "mount" and len(call.args) > 1:
            adapter = plain(call.args[1].value)
            name = call_name(module, adapter.call) if isinstance(adapter, CallRef) else ""
            if not name.endswith("requests.adapters.HTTPAdapter") and _same_session(other.object, callee.object):
                return True
    return False


def _same_session(one: Value, other: Value) -> bool:
    """Whether two expressions are the same variable, or fields of one name."""
    field = literal_key(plain(one))
    return same(one, other) or (field is not None and field == literal_key(plain(other)))
