"""FS603: the server API, or its SDK, reached from code that runs in the browser."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostic, Place
from ..facts import Import
from ..link.modules import Module
from ..link.project import CallEdge, Project, Request
from ..link.sides import side_at
from . import rule
from .fs8_operations import others
from .tables_api import SERVER_SDK, WRITING_METHODS

_WHY = "the API key would be in every visitor's browser"
_HELP = "Send it from the server: let the browser call an endpoint of your own that holds the key."


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
        if request.method not in WRITING_METHODS:
            continue
        frame = request.frame
        side, reason = side_at(frame.module, frame.fact.start)
        if side == "client":
            if not (request.client == "sdk" and frame.module.path in imported):
                yield _request(project, request, frame.place, reason, ())
        elif side is None:
            yield from _through_calls(project, request)


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


def _through_calls(project: Project, request: Request) -> Iterator[Diagnostic]:
    """The first call, by path and line, with which client code reaches a request in code of unknown side."""
    module = request.frame.module
    stack = [(module.path, number) for number in module.enclosing(request.frame.fact.function) if number]
    seen = set(stack)
    calls: dict[Place, str] = {}
    while stack:
        for edge in project.edges_in.get(stack.pop(), ()):
            caller = edge.frame.module
            side, reason = side_at(caller, edge.frame.fact.start)
            if side == "client":
                calls[edge.frame.place] = reason
            elif side is None:
                for key in _enclosing(edge):
                    if key not in seen:
                        seen.add(key)
                        stack.append(key)
    if calls:
        first, *more = sorted(calls)
        yield _request(project, request, first, calls[first], tuple(more))


def _enclosing(edge: CallEdge) -> list[tuple[str, int]]:
    module = edge.frame.module
    return [(module.path, number) for number in module.enclosing(edge.frame.fact.function) if number]
