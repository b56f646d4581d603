"""Places in people's terms: byte offsets as lines and columns, and the text of a line.

In: a project's root and a path. Out: 1-based lines and columns, columns in Unicode code points. Files are read when
first asked for; a file that cannot be read has one empty line, so that a place in it can still be named.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from .diagnostics import Place
from .frontends import language_of
from .text import Undecodable, line_starts, to_utf8


class Position(NamedTuple):
    """1-based; columns count Unicode code points."""

    line: int
    column: int


class Span(NamedTuple):
    """A place as lines and columns; the end is exclusive."""

    start: Position
    end: Position


class Source:
    """One file's text. ``data``: UTF-8 without BOM, as the front ends and every byte offset see it."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def lines(self) -> tuple[int, ...]:
        """Offset of each line's first byte."""
        return line_starts(self.data)

    def position(self, offset: int) -> Position:
        """Line and column of a byte offset; one beyond the end is the end."""
        offset = max(0, min(offset, len(self.data)))
        line = bisect_right(self.lines, offset)
        before = self.data[self.lines[line - 1] : offset]
        return Position(line, len(before.decode("utf-8", "replace")) + 1)

    def offset(self, line: int, column: int = 1) -> int:
        """The inverse of ``position``, kept within the line."""
        text = self.line(line)
        start = self.lines[line - 1] if 1 <= line <= len(self.lines) else len(self.data)
        return start + len(text[: column - 1].encode("utf-8", "surrogatepass"))

    def line(self, number: int) -> str:
        """A line's text without its line end, "" for one that does not exist."""
        if not 1 <= number <= len(self.lines):
            return ""
        start = self.lines[number - 1]
        end = self.lines[number] if number < len(self.lines) else len(self.data)
        return self.data[start:end].rstrip(b"\r\n").decode("utf-8", "replace")


class Sources:
    """The sources of a project, each read once."""

    def __init__(
        self,
        root: Path,
        overlay: Mapping[str, bytes] | None = None,
        secrets: Callable[[str], Iterable[tuple[int, int]]] | None = None,
    ) -> None:
        """``overlay``: contents in place of files'. ``secrets``: places of keys in a file, which ``shown`` masks."""
        self._root = root
        self._overlay = overlay or {}
        self._secrets = secrets or (lambda path: ())
        self._known: dict[str, Source] = {}

    def __getitem__(self, path: str) -> Source:
        if path not in self._known:
            self._known[path] = Source(self._read(path))
        return self._known[path]

    def _read(self, path: str) -> bytes:
        try:
            file = self._root / path
            # a pipe would be waited for
            data = self._overlay[path] if path in self._overlay else file.read_bytes() if file.is_file() else b""
        except (OSError, ValueError):
            return b""
        try:
            return to_utf8(data, language_of(path) or "")
        except Undecodable:
            return b""

    def span(self, place: Place) -> Span:
        """A place as lines and columns."""
        source = self[place.path]
        return Span(source.position(place.start), source.position(max(place.start, place.end)))

    def shown(self, path: str, number: int, hidden: Iterable[tuple[int, int]] = ()) -> str:
        """A line for people's eyes: as many characters as the line has, those of keys masked.

        ``hidden``: further byte spans that must not be seen.
        """
        source = self[path]
        text = source.line(number)
        if not text:
            return ""
        start = source.lines[number - 1]
        end = start + len(text.encode("utf-8", "surrogatepass"))
        for first, last in (*self._secrets(path), *hidden):
            if first < end and last > start:
                left = len(source.data[start : max(first, start)].decode("utf-8", "replace"))
                right = len(source.data[start : min(last, end)].decode("utf-8", "replace"))
                text = text[:left] + _masked(text[left:right]) + text[right:]
        return mask(text)


_QUOTES = "'\"`"
_KEPT = 4
_KEYS = (
    r"""(?ix) (?: (?:api|fs|full_?story|server)[\w-]*?(?:key|token|secret) | secret | token | authorization | \bauth )
        ["'`\])]* (?: \s* (?:(?:[:=,(]|=>)+ | \|\| | \?\? | or\b) \s* [frbu]{0,2} ["'`] | = ) (?:basic\s+|bearer\s+)? ([A-Za-z0-9+/=_.:\-]{16,})""",
    r"(?i)\b(?:basic|bearer)\s+([A-Za-z0-9+/=_.:\-]{16,})",
    r"""(?:btoa|b64encode|Buffer\.from)\(\s*[frbu]{0,2}["'`]([A-Za-z0-9+/=_.:\-]{16,})""",
    r"((?:na1|eu1)\.[A-Za-z0-9+/_-]{20,}={0,2}|(?:bmExL|ZXUxL)[A-Za-z0-9+/_-]{20,}={0,2}|fs_api_key_[\w-]+)",
)
"""What might be a key, generously: a reader loses little if something harmless is masked. Compiled on first use."""


def mask(text: str) -> str:
    """A text with everything that looks like a key masked, its length kept."""
    for pattern in _KEYS:
        for match in reversed(list(re.finditer(pattern, text))):
            text = text[: match.start(1)] + _masked(match[1]) + text[match.end(1) :]
    return text


def hide(data: bytes, spans: Iterable[tuple[int, int]]) -> str:
    """A whole text with keys masked: those at ``spans`` (byte offsets), and what else looks like one."""
    for start, end in sorted(set(spans), reverse=True):
        data = data[:start] + _masked(data[start:end].decode("utf-8", "replace")).encode() + data[end:]
    return "".join(mask(line) for line in data.decode("utf-8", "replace").splitlines(keepends=True))


def _masked(text: str) -> str:
    """As long as it was; quotes, and the first few characters of a longer one, stay."""
    quote = text[0] if len(text) > 1 and text[0] in _QUOTES and text[-1] == text[0] else ""
    inner = text[1:-1] if quote else text
    kept = inner[:_KEPT] if len(inner) > 3 * _KEPT else ""
    return quote + kept + "*" * (len(inner) - len(kept)) + quote
