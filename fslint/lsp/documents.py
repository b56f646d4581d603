"""The files that are open in the editor, as they stand there.

In: what the client says of them. Out: their texts, and whether these differ from what is on disk. Applied here and not
by pygls, which takes form feeds and U+2028 for line ends, as LSP does not.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from ..text import Undecodable, to_utf8
from .positions import UTF16, Text


@dataclass(slots=True)
class Document:
    """An open file. ``uri``: as the client spells it. ``saved``: its content on disk as UTF-8, None if there is none."""

    uri: str
    path: str
    version: int
    text: Text
    saved: bytes | None = None

    @property
    def dirty(self) -> bool:
        """Whether the editor has something else than the disk."""
        return self.text.data != self.saved


class Documents:
    """All open files. Used by one thread."""

    def __init__(self) -> None:
        self.encoding = UTF16
        self._open: dict[str, Document] = {}

    def __iter__(self) -> Iterator[Document]:
        return iter(self._open.values())

    def get(self, uri: str) -> Document | None:
        """The open document of a URI, however it is spelled."""
        path = file_of(uri)
        return None if path is None else self._open.get(path)

    def at(self, path: str) -> Document | None:
        """The open document of a file."""
        return self._open.get(path)

    def open(self, item: types.TextDocumentItem) -> Document | None:
        """Take in a document; None if it is no file."""
        path = file_of(item.uri)
        if path is None:
            return None
        text = Text(item.text.encode("utf-8", "replace"), self.encoding)
        document = Document(item.uri, path, item.version, text, on_disk(path))
        self._open[path] = document
        return document

    def change(
        self, uri: str, version: int, changes: Sequence[types.TextDocumentContentChangeEvent]
    ) -> Document | None:
        """Apply edits in order; None for a document that is not open."""
        document = self.get(uri)
        if document is None:
            return None
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                document.text = document.text.edited(change.range, change.text)
            else:
                document.text = Text(change.text.encode("utf-8", "replace"), self.encoding)
        document.version = version
        return document

    def refresh(self, paths: Iterable[str]) -> None:
        """Look again at what is on disk."""
        for path in paths:
            document = self._open.get(path)
            if document is not None:
                document.saved = on_disk(path)

    def close(self, uri: str) -> Document | None:
        """Forget a document."""
        path = file_of(uri)
        return None if path is None else self._open.pop(path, None)


def file_of(uri: str) -> str | None:
    """The path of a ``file:`` URI, links in its folder resolved; None for any other."""
    try:
        path = to_fs_path(uri)
    except ValueError:
        return None
    if not path:
        return None
    folder, name = os.path.split(os.path.normpath(path))
    return str(Path(os.path.realpath(folder)) / name)


def on_disk(path: str) -> bytes | None:
    """A file's content as UTF-8 without BOM; None where there is none that can be read."""
    from ..frontends import language_of

    try:
        return to_utf8(Path(path).read_bytes(), language_of(path) or "")
    except (OSError, ValueError, Undecodable):
        return None


def as_bytes(data: bytes, language: str) -> bytes:
    """A buffer as the file that saving it would make: Python files may declare another encoding than UTF-8."""
    if language != "python" or b"coding" not in b"\n".join(data.split(b"\n", 2)[:2]):
        return data
    from io import BytesIO
    from tokenize import detect_encoding

    try:
        encoding, _ = detect_encoding(BytesIO(data).readline)
        return data.decode().encode(encoding)
    except (SyntaxError, LookupError, UnicodeError):
        return data
