"""Changes of files as the editor takes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from lsprotocol import types

from ..diagnostics import Place
from .view import View


class Change(NamedTuple):
    """Replace a place of the snapshot by a text; line ends become the file's."""

    place: Place
    content: str


def workspace_edit(view: View, changes: Iterable[Change], documents: bool) -> types.WorkspaceEdit | None:
    """Changes as one edit, None if a place has been edited since. ``documents``: the client takes versions."""
    by_path: dict[str, list[types.TextEdit]] = {}
    for change in dict.fromkeys(changes):
        span = view.range(change.place)
        if span is None:
            return None
        data = view.shown(change.place.path).data
        newline = "\r\n" if b"\r\n" in data.split(b"\n", 1)[0] + b"\n" else "\n"
        content = change.content.replace("\r\n", "\n").replace("\n", newline)
        by_path.setdefault(change.place.path, []).append(types.TextEdit(span, content))
    if not documents:
        return types.WorkspaceEdit(changes={view.locate(path): edits for path, edits in by_path.items()})
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(view.locate(path), view.version(path)), list(edits)
            )
            for path, edits in by_path.items()
        ]
    )
