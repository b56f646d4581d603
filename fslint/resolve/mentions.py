"""Whether a file could import what some needles stand for, by its bytes: a quick answer before it is parsed.

A search finds every file that holds the last segment of a specifier, which may be a word that thousands of files hold
(``client``, ``Address``). In JavaScript it leads somewhere only within quotes, as a whole segment; in Python only in an
import statement, as a whole name. Never says no of a file that does import.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

_QUOTED = re.compile(rb"""['"`][^\n]*['"`]""")
"""All between the first quote of a line and its last: which of them belong together is not asked."""
_UNQUOTED = re.compile(rb"""=[ \t\r\n]*([^\s'"`<>]+)""")
"""An attribute of markup."""
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_NOT_BEFORE = _WORD | frozenset(b"$-")
_AFTER = frozenset(b"'\"`./?#!")
"""What can follow a segment of a specifier: its end, an ending, a further segment, a bundler's query or loader."""
_IMPORT = re.compile(rb"(?<!\w)(?:from|import)\b(?:[^\n\\(]|\\\r?\n?|\((?:[^)#]|#[^\n]*+)*+\)?)*+")
"""A statement, over all its lines; what is broken goes on to the end of the file."""
_JAVASCRIPT = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
_DYNAMIC = (b"__import__", b"import_module")


def is_python(path: str) -> bool:
    """Whether a file is imported, and imports, as Python does."""
    return path.lower().endswith((".py", ".pyi"))


def may_import(path: str, content: bytes, needles: Iterable[bytes]) -> bool:
    """Whether the file could import what one of the needles (``Resolver.importers_needles``) stands for."""
    text, holds = _mentioned(path, content)
    return any(needle in text and holds(text, needle) for needle in needles)


def _mentioned(path: str, content: bytes) -> tuple[bytes, Callable[[bytes, bytes], bool]]:
    """The part of a file where imports can stand, and what makes a needle in it one."""
    if not is_python(path):
        parts = _QUOTED.findall(content)
        if not path.lower().endswith(_JAVASCRIPT):
            parts += [b"'%s'" % value for value in _UNQUOTED.findall(content)]
        return b"\n".join(parts), _is_segment
    if any(word in content for word in _DYNAMIC):
        return content + b"\n", _is_name
    return b"\n".join((*_IMPORT.findall(content), b"")), _is_name


def _is_segment(text: bytes, needle: bytes) -> bool:
    whole = needle[-1] in _AFTER
    for at in _places(text, needle):
        end = at + len(needle)
        if text[at - 1] not in _NOT_BEFORE and (whole or (end < len(text) and text[end] in _AFTER)):
            return True
    return False


def _is_name(text: bytes, needle: bytes) -> bool:
    return any(
        (at == 0 or text[at - 1] not in _WORD) and text[at + len(needle)] not in _WORD for at in _places(text, needle)
    )


def _places(text: bytes, needle: bytes) -> Sequence[int]:
    places = []
    at = text.find(needle)
    while at >= 0:
        places.append(at)
        at = text.find(needle, at + 1)
    return places
