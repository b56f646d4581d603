"""An editor for tests: a server as a process, spoken to by pytest-lsp over its standard input and output."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types
from lsprotocol.types import Diagnostic, Position, Range
from projects import write_project
from pytest_lsp import ClientServerConfig, LanguageClient

SECONDS = 30
"""How long a test waits for what must come."""
CONFIG = ClientServerConfig(server_command=[sys.executable, "-m", "fslint", "lsp"], server_env=dict(os.environ))

LANGUAGES = {".ts": "typescript", ".tsx": "typescriptreact", ".js": "javascript", ".py": "python", ".yaml": "yaml"}


def capabilities(**more: Any) -> types.ClientCapabilities:
    """What a capable editor says of itself; ``more``: of its text documents."""
    return types.ClientCapabilities(
        workspace=types.WorkspaceClientCapabilities(
            workspace_folders=True,
            workspace_edit=types.WorkspaceEditClientCapabilities(
                document_changes=True, resource_operations=[types.ResourceOperationKind.Create]
            ),
        ),
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(
                related_information=True,
                version_support=True,
                tag_support=types.ClientDiagnosticsTagOptions(
                    [types.DiagnosticTag.Unnecessary, types.DiagnosticTag.Deprecated]
                ),
            ),
            code_action=types.CodeActionClientCapabilities(
                code_action_literal_support=types.ClientCodeActionLiteralOptions(
                    types.ClientCodeActionKindOptions(["quickfix", "source.fixAll"])
                )
            ),
            hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
            completion=types.CompletionClientCapabilities(
                completion_item=types.ClientCompletionItemOptions(
                    documentation_format=[types.MarkupKind.Markdown], deprecated_support=True
                )
            ),
            document_symbol=types.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True),
            **more,
        ),
    )


class Editor:
    """One project in an editor. Files are named relative to its root."""

    def __init__(self, client: LanguageClient, root: Path) -> None:
        self.client, self.root = client, root
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def open(self, path: str, text: str | None = None) -> None:
        """Open a file, with another text than it has on disk if one is given."""
        self.texts[path] = (self.root / path).read_bytes().decode() if text is None else text
        self.versions[path] = 1
        language = LANGUAGES.get(Path(path).suffix, "plaintext")
        item = types.TextDocumentItem(self.uri(path), language, 1, self.texts[path])
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(self, path: str, *edits: tuple[Range, str] | str) -> None:
        """Type: each edit is a range and its new text, or a whole new text."""
        self.versions[path] += 1
        changes: list[types.TextDocumentContentChangeEvent] = []
        for edit in edits:
            if isinstance(edit, str):
                changes.append(types.TextDocumentContentChangeWholeDocument(edit))
                self.texts[path] = edit
            else:
                changes.append(types.TextDocumentContentChangePartial(*edit))
        document = types.VersionedTextDocumentIdentifier(self.versions[path], self.uri(path))
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, changes))

    def replace(self, path: str, old: str, new: str) -> None:
        """Type over the first occurrence of a text."""
        found = self.range(path, old)
        self.change(path, (found, new))
        self.texts[path] = self.texts[path].replace(old, new, 1)

    def save(self, path: str) -> None:
        """Write what the editor has to disk."""
        (self.root / path).write_bytes(self.texts[path].encode())
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(self.document(path)))

    def close(self, path: str) -> None:
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(self.document(path)))

    def on_disk(self, path: str, text: str | None, kind: types.FileChangeType) -> None:
        """Another program writes a file (None: deletes it)."""
        if text is None:
            (self.root / path).unlink()
        else:
            write_project(self.root, {path: text})
        change = types.FileEvent(self.uri(path), kind)
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([change]))

    def document(self, path: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri(path))

    def range(self, path: str, text: str) -> Range:
        """Where a text first stands in the editor's file."""
        start = self.texts[path].index(text)
        return Range(position(self.texts[path], start), position(self.texts[path], start + len(text)))

    def at(self, path: str, text: str, inside: int = 1) -> dict[str, Any]:
        """Parameters for a place ``inside`` characters into the first occurrence of a text."""
        start = self.texts[path].index(text) + inside
        return {"text_document": self.document(path), "position": position(self.texts[path], start)}

    def text_at(self, path: str, span: Range) -> str:
        """The text of a range."""
        text = self.texts.get(path) or (self.root / path).read_bytes().decode()
        return text[offset(text, span.start) : offset(text, span.end)]

    def applied(self, edit: types.WorkspaceEdit | None) -> dict[str, str]:
        """The texts of the files that an edit changes, as it leaves them."""
        assert edit is not None
        found: dict[str, str] = {}
        for change in edit.document_changes or ():
            if isinstance(change, types.CreateFile):
                found[self._path(change.uri)] = ""
            elif isinstance(change, types.TextDocumentEdit):
                path = self._path(change.text_document.uri)
                text = found.get(path, self.texts.get(path, ""))
                if path not in self.texts and path not in found:
                    text = (self.root / path).read_bytes().decode()
                found[path] = edited(text, change.edits)  # type: ignore[arg-type]
        return found

    def _path(self, uri: str) -> str:
        start = self.root.as_uri() + "/"
        assert uri.startswith(start), uri
        from urllib.parse import unquote

        return unquote(uri.removeprefix(start))

    async def shown(self, path: str, right: Callable[[Sequence[Diagnostic]], bool] | None = None) -> list[Diagnostic]:
        """What is shown in a file as soon as it is ``right``; without it: for its last version."""
        uri = self.uri(path)

        async def wait() -> list[Diagnostic]:
            while True:
                found = self.client.diagnostics.get(uri)
                if found is not None and right is not None and right(found):
                    return list(found)
                params = await self.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
                if right is None and params.uri == uri and params.version == self.versions[path]:
                    return list(params.diagnostics)

        try:
            return await asyncio.wait_for(wait(), SECONDS)
        except TimeoutError:
            raise AssertionError(f"{path} shows {codes(self.client.diagnostics.get(uri, ()))}") from None

    async def codes(self, path: str, *wanted: str) -> list[Diagnostic]:
        """Wait until a file shows exactly these rules (in order of place)."""
        return await self.shown(path, lambda found: codes(found) == list(wanted))


def codes(found: Sequence[Diagnostic]) -> list[str]:
    return [str(diagnostic.code) for diagnostic in found]


def position(text: str, at: int) -> Position:
    """A place in a text as UTF-16 line and character; lines end with LF, CRLF or CR."""
    before = text[:at].replace("\r\n", "\n").replace("\r", "\n")
    line = before.rpartition("\n")[2]
    return Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)


def offset(text: str, at: Position) -> int:
    """The inverse of ``position``."""
    import re

    starts = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]
    start = starts[at.line] if at.line < len(starts) else len(text)
    end = start
    while len(text[start:end].encode("utf-16-le")) // 2 < at.character and end < len(text):
        end += 1
    return end


def edited(text: str, edits: Sequence[types.TextEdit]) -> str:
    """A text after edits."""
    for edit in sorted(edits, key=lambda edit: offset(text, edit.range.start), reverse=True):
        text = text[: offset(text, edit.range.start)] + edit.new_text + text[offset(text, edit.range.end) :]
    return text


async def project(client: LanguageClient, root: Path, files: Mapping[str, str | bytes]) -> Editor:
    """Write a project and add it to the editor's workspace."""
    write_project(root, files)
    event = types.WorkspaceFoldersChangeEvent([types.WorkspaceFolder(root.as_uri(), root.name)], [])
    client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    return Editor(client, root)
