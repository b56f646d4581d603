"""A file's bytes as text: decoding, and lines. Everything counts in bytes of UTF-8 without BOM."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate


class Undecodable(Exception):
    """A file's bytes are no text that fslint reads. ``reason``: for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_BOMS = (  # UTF-32's little-endian BOM begins with UTF-16's: the longer ones first
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK_OR_COMMENT = re.compile(rb"^[ \t\f]*(?:#.*)?$")


def to_utf8(data: bytes, language: str) -> bytes:
    """A file's bytes as UTF-8 without BOM. Raises ``Undecodable``: binary, or in another encoding than it says."""
    encoding = "utf-8"
    for bom, bom_encoding in _BOMS:
        if data.startswith(bom):
            data, encoding = data[len(bom) :], bom_encoding
            break
    else:
        if language == "python":
            encoding = _python_encoding(data)
    if encoding in ("utf-8", "ascii"):
        if b"\0" in data:
            raise Undecodable("binary file")
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Undecodable(f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}") from None
        return data
    try:
        text = data.decode(encoding)
        result = text.encode("utf-8")
    except (UnicodeError, ValueError, LookupError):
        raise Undecodable(f"not {encoding}") from None
    if b"\0" in result:
        raise Undecodable("binary file")
    return result


def _python_encoding(data: bytes) -> str:
    """The codec that a PEP 263 cookie names, normalised; "utf-8" without a cookie."""
    first, _, rest = data[:4096].partition(b"\n")
    second = rest.partition(b"\n")[0]
    for index, line in enumerate((first.rstrip(b"\r"), second.rstrip(b"\r"))):
        if index and not _BLANK_OR_COMMENT.match(first.rstrip(b"\r")):
            break
        cookie = _COOKIE.match(line)
        if cookie is None:
            continue
        name = cookie[1].decode("ascii", "replace")
        try:
            codec = codecs.lookup(name)
        except (LookupError, ValueError):
            raise Undecodable(f"unknown encoding {name}") from None
        if not getattr(codec, "_is_text_encoding", True) or codec.name.endswith("unicode-escape"):
            raise Undecodable(f"unknown encoding {name}")
        return "utf-8" if codec.name in ("utf-8", "utf-8-sig") else codec.name
    return "utf-8"


# ----------------------------------------------------------------------------------------------------------- lines


def line_starts(data: bytes) -> tuple[int, ...]:
    """Byte offset of each line's first byte; lines end with LF, CRLF or CR."""
    starts = (0, *accumulate(map(len, data.splitlines(keepends=True))))
    return starts if len(starts) == 1 or data[-1] in b"\r\n" else starts[:-1]


def line_of(lines: Sequence[int], offset: int) -> int:
    """The 0-based number of the line that ``offset`` is on."""
    return bisect_right(lines, offset) - 1


def line_end(data: bytes, lines: Sequence[int], offset: int) -> int:
    """Where the line that ``offset`` is on ends, its line break excluded."""
    number = bisect_right(lines, offset)
    if number >= len(lines):
        return len(data)
    end = lines[number]
    while end > offset and data[end - 1] in b"\r\n":
        end -= 1
    return end
