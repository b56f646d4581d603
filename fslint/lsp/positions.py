"""Texts by byte offset, as fslint sees them, and by line and character, as editors do.

In LSP a line ends with LF, CRLF or CR, and a character is a unit of the encoding that client and server agreed on
(UTF-16 unless both know better), so an emoji counts twice. Facts and findings have offsets into UTF-8.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from lsprotocol import types

from ..text import line_starts

UTF16 = "utf-16"
_CODECS = {"utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4), "utf-8": ("utf-8", 1)}


class Text:
    """A file's content (UTF-8 without BOM). Immutable. ``encoding``: what a character of a position is."""

    def __init__(self, data: bytes, encoding: str = UTF16) -> None:
        self.data = data
        self.encoding = encoding

    @cached_property
    def lines(self) -> tuple[int, ...]:
        """Offset of each line's first byte."""
        return line_starts(self.data)

    def line(self, number: int) -> bytes:
        """A line (0-based) without its end, empty for one that does not exist."""
        if not 0 <= number < len(self.lines):
            return b""
        end = self.lines[number + 1] if number + 1 < len(self.lines) else len(self.data)
        return self.data[self.lines[number] : end].rstrip(b"\r\n")

    def offset(self, position: types.Position) -> int:
        """The byte offset of a position; one beyond its line's end is that end, one beyond the last line the end."""
        if position.line >= len(self.lines):
            return len(self.data)
        line = self.line(position.line)
        return self.lines[position.line] + self._bytes(line, max(0, position.character))

    def position(self, offset: int) -> types.Position:
        """The position of a byte offset; one beyond the end is the end."""
        offset = max(0, min(offset, len(self.data)))
        number = bisect_right(self.lines, offset) - 1
        before = self.data[self.lines[number] : offset]
        return types.Position(number, self._units(before))

    def range(self, start: int, end: int) -> types.Range:
        """A span of bytes as a range."""
        return types.Range(self.position(start), self.position(max(start, end)))

    def edited(self, span: types.Range, content: str) -> Text:
        """This text with a range replaced."""
        start, end = self.offset(span.start), self.offset(span.end)
        new = content.encode("utf-8", "replace")
        return Text(self.data[:start] + new + self.data[max(start, end) :], self.encoding)

    def _bytes(self, line: bytes, units: int) -> int:
        if line.isascii():
            return min(units, len(line))
        codec, width = _CODECS[self.encoding]
        encoded = line.decode("utf-8", "replace").encode(codec)[: units * width]
        return len(encoded.decode(codec, "ignore").encode())

    def _units(self, before: bytes) -> int:
        if before.isascii():
            return len(before)
        codec, width = _CODECS[self.encoding]
        return len(before.decode("utf-8", "ignore").encode(codec)) // width


class Shift:
    """How offsets move between two versions of a text that differ in one stretch."""

    def __init__(self, old: bytes, new: bytes) -> None:
        self.same = old is new or old == new
        if self.same:
            self.start = self.old_end = self.new_end = len(old)
            return
        self.start = _common(old, new)
        tail = _common_end(old, new, min(len(old), len(new)) - self.start)
        self.old_end, self.new_end = len(old) - tail, len(new) - tail

    def forward(self, offset: int) -> int | None:
        """Where an offset of the old text is in the new one, None inside what was replaced."""
        if self.same or offset <= self.start:
            return offset
        return offset - self.old_end + self.new_end if offset >= self.old_end else None

    def back(self, offset: int) -> int | None:
        """Where an offset of the new text was in the old one, None inside what is new."""
        if self.same or offset <= self.start:
            return offset
        return offset - self.new_end + self.old_end if offset >= self.new_end else None


_STEP = 4096


def _common(old: bytes, new: bytes) -> int:
    """How many first bytes two texts share."""
    limit = min(len(old), len(new))
    at = 0
    while at < limit and old[at : at + _STEP] == new[at : at + _STEP]:
        at += _STEP
    at = min(at, limit)
    while at < limit and old[at] == new[at]:
        at += 1
    return at


def _common_end(old: bytes, new: bytes, limit: int) -> int:
    """How many last bytes two texts share, at most ``limit``."""
    at = 0
    while (
        at + _STEP <= limit
        and old[len(old) - at - _STEP : len(old) - at] == (new[len(new) - at - _STEP : len(new) - at])
    ):
        at += _STEP
    while at < limit and old[len(old) - at - 1] == new[len(new) - at - 1]:
        at += 1
    return at
