"""Events as symbols of a file and of the workspace, code lenses on the registry, and inlay hints."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from ..diagnostics import Place
from ..registry import Property
from .hover import counted
from .snapshot import Use
from .view import View

_KINDS = {
    "event": "",
    "identify": "identify",
    "user-properties": "user properties",
    "page-properties": "page properties",
}


def document_symbols(view: View) -> list[types.DocumentSymbol]:
    """The calls of a file, or the events of a registry file with their properties."""
    return [*_registry_symbols(view), *_call_symbols(view)]


def _call_symbols(view: View) -> Iterator[types.DocumentSymbol]:
    for use in view.snapshot.uses:
        whole = view.range(use.place) if use.place.path == view.path else None
        if whole is not None:
            name = view.range(use.argument) if use.argument is not None else None
            yield types.DocumentSymbol(
                title(use), types.SymbolKind.Event, whole, name or whole, detail=f"{use.side}, {use.function}"
            )


def title(use: Use) -> str:
    """A call's name for people."""
    return " | ".join(use.names) or _KINDS[use.kind] or "(name not known)"


def _registry_symbols(view: View) -> Iterator[types.DocumentSymbol]:
    shown: set[int] = set()
    for registry in view.snapshot.registries.values():
        if registry is None or id(registry) in shown:
            continue
        shown.add(id(registry))
        for event in registry.events.values():
            span = view.range(event.place) if event.place.path == view.path else None
            if span is not None:
                children = list(_property_symbols(view, event.properties))
                ends = [span.end, *(child.range.end for child in children)]
                whole = types.Range(span.start, max(ends, key=lambda end: (end.line, end.character)))
                yield types.DocumentSymbol(
                    event.name, types.SymbolKind.Event, whole, span, detail=event.side, children=children
                )


def _property_symbols(view: View, properties: dict[str, Property]) -> Iterator[types.DocumentSymbol]:
    for found in properties.values():
        span = view.range(found.place)
        if span is not None:
            yield types.DocumentSymbol(found.name, types.SymbolKind.Property, span, span, detail=found.type)


def workspace_symbols(view: View, query: str) -> list[types.WorkspaceSymbol]:
    """Registered events and the calls that send them, whose name holds the letters of the query in order."""
    found = []
    shown: set[Place] = set()
    for registry in view.snapshot.registries.values():
        for event in registry.events.values() if registry is not None else ():
            location = view.location(event.place)
            if event.place not in shown and location is not None and matches(query, event.name):
                shown.add(event.place)
                found.append(
                    types.WorkspaceSymbol(location, event.name, types.SymbolKind.Event, container_name="registry")
                )
    for use in view.snapshot.uses:
        location = view.location(use.argument or use.place) if use.names and matches(query, title(use)) else None
        if location is not None:
            found.append(types.WorkspaceSymbol(location, title(use), types.SymbolKind.Event, container_name=use.side))
    return found


def matches(query: str, name: str) -> bool:
    """Whether the letters of a query stand in a name in this order, whatever their case."""
    letters = iter(name.casefold())
    return all(letter in letters for letter in query.casefold() if not letter.isspace())


def lenses(view: View, command: str) -> list[types.CodeLens]:
    """What a registry file's events are sent by. ``command``: the editor's, to show the calls; "" for none."""
    found = []
    shown: set[Place] = set()
    for registry in view.snapshot.registries.values():
        for event in registry.events.values() if registry is not None else ():
            span = view.range(event.place) if event.place.path == view.path else None
            if span is not None and event.place not in shown:
                shown.add(event.place)
                uses = view.snapshot.uses_of(event.name)
                calls = view.locations([use.argument or use.place for use in uses])
                text = counted(uses) or ("planned" if event.status == "planned" else "not sent")
                arguments = [view.locate(view.path), span.start, calls]
                found.append(
                    types.CodeLens(span, types.Command(text, command, arguments=arguments if command else None))
                )
    return found


def hints(view: View, span: types.Range) -> list[types.InlayHint]:
    """The names that constants and other expressions stand for."""
    found = []
    for use in view.snapshot.uses:
        if use.place.path != view.path or use.argument is None or not use.names:
            continue
        shown = view.range(use.argument)
        written = view.snapshot.texts[view.path].data[use.argument.start : use.argument.end].decode("utf-8", "replace")
        if shown is None or not span.start.line <= shown.end.line <= span.end.line:
            continue
        if all(name in written for name in use.names):
            continue
        label = " | ".join(use.names[:3]) + (" | …" if len(use.names) > 3 else "")
        found.append(types.InlayHint(shown.end, f"= {label}", padding_left=True))
    return found
