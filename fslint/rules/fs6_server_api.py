"""FS603: the server API, or its SDK, reached from code that runs in the browser."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostic, Place
from ..facts import Import
from ..link.modules import Module
from ..link.project import Frame, Project, Request
from ..link.sides import side_at
from . import rule
from .fs8_operations import others
from .fs8_payloads import variants
from .tables_api import SERVER_SDK, WRITING_METHODS

_WHY = "the API key would be in every visitor's browser"
_HELP = "send it from the server: let the browser call an endpoint of your own that holds the key"


@rule("FS603")
def server_api_in_client(project: Project) -> Iterator[Diagnostic]:
    """Client code that imports the server SDK, sends a request to the server API, or calls what does."""
    imported: set[str] = set()
    for module in project.modules.values():
        rows = _sdk_imports(module)
        if rows:
            imported.add(module.path)
        for row in rows:
            inside = tuple(("request", r.frame.key) for r in project.requests if r.frame.module is module)
            yield Diagnostic(
                "FS603",
                f"client code ({_reason(module, row.start)}) imports '{SERVER_SDK}': {_WHY}",
                module.place(row),
                help=_HELP,
                origins=(("import", module.path), *inside),
                subject=SERVER_SDK,
            )
    for request in project.requests:
        if request.method in WRITING_METHODS and not (
            request.client == "sdk" and request.frame.module.path in imported
        ):
            yield from _sent(project, request)


def _sent(project: Project, request: Request) -> Iterator[Diagnostic]:
    """The findings of one request: in client code itself, or reached by it through code of unknown side."""
    reported: set[Place] = set()
    starts: list[tuple[str, int]] = []
    calls: dict[Place, str] = {}
    for variant in variants(request):
        frames = variant.frames or (request.frame,)
        first = _addressed(variant, frames)
        for index, frame in enumerate(frames[first:]):
            side, reason = side_at(frame.module, frame.fact.start)
            if side == "client" and index == 0:
                if frame.place not in reported:
                    reported.add(frame.place)
                    yield _request(project, request, frame.place, reason, ())
            elif side == "client":
                calls[frame.place] = reason
            if side is not None:
                break
        else:
            starts.extend(_enclosing(frames[-1]))
    if not reported:
        calls.update(_client_calls(project, starts))
    if calls and not reported:
        place, *more = sorted(calls)
        yield _request(project, request, place, calls[place], tuple(more))


def _addressed(request: Request, frames: tuple[Frame, ...]) -> int:
    """Which of the calls on the way gives the address: the request itself (0) unless its URL is a parameter's."""
    at = request.url.at if request.url is not None else None
    if at is not None:
        for index, frame in enumerate(frames):
            place = frame.place
            if place.path == at.path and place.start <= at.start and at.end <= place.end:
                return index
    return 0


def _reason(module: Module, offset: int) -> str:
    return side_at(module, offset)[1]


def _sdk_imports(module: Module) -> list[Import]:
    """The imports of the SDK in client code: one a statement, ``require`` and ``import()`` by their own places."""
    found: list[Import] = []
    static = False
    for row in module.facts.imports:
        if row.specifier.split("/", 2)[:2] != SERVER_SDK.split("/") or row.type_only:
            continue
        if side_at(module, row.start)[0] != "client":
            continue
        if row.how in ("import", "export", "star"):
            if static:
                continue
            static = True
        elif any(other.start == row.start or other.how == row.how == "require" for other in found):
            continue
        found.append(row)
    return found


def _request(project: Project, request: Request, place: Place, reason: str, more: tuple[Place, ...]) -> Diagnostic:
    own = request.frame.place
    related = [p for p in (own, *more) if p != place]
    what = f"{request.method} {request.endpoint}".strip() if request.endpoint else f"a {request.method}"
    message = (
        f"client code ({reason}) sends {what} to FullStory's server API: {_WHY}"
        if place == own
        else f"client code ({reason}) calls a function that sends {what} to FullStory's server API: {_WHY}"
    )
    return Diagnostic(
        "FS603",
        message,
        place,
        help=_HELP,
        related=others(related, "the request" if place != own else "called here"),
        origins=(("request", request.frame.key),),
        subject=request.endpoint,
        function=project.function_name(request.frame),
    )


def _client_calls(project: Project, starts: list[tuple[str, int]]) -> dict[Place, str]:
    """The calls with which client code reaches one of these functions, through functions of unknown side."""
    stack, seen = list(starts), set(starts)
    calls: dict[Place, str] = {}
    while stack:
        for edge in project.edges_in.get(stack.pop(), ()):
            side, reason = side_at(edge.frame.module, edge.frame.fact.start)
            if side == "client":
                calls[edge.frame.place] = reason
            elif side is None:
                for key in _enclosing(edge.frame):
                    if key not in seen:
                        seen.add(key)
                        stack.append(key)
    return calls


def _enclosing(frame: Frame) -> list[tuple[str, int]]:
    return [(frame.module.path, number) for number in frame.module.enclosing(frame.fact.function) if number]
