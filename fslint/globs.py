"""Globs of the configuration, in the manner of .gitignore, on paths relative to the project root (POSIX).

A glob without a slash matches a name at any depth, one with a slash is anchored at the root; ``**`` spans folders; what
matches a folder matches everything below it. A glob that begins with ``!`` takes back what earlier ones matched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_SPECIAL = re.compile(r"\*\*/?|\*|\?|\[!?\]?[^\]/]*\]|\{[^{}/]*\}")


class Globs:
    """A list of globs, compiled. An empty list matches nothing."""

    __slots__ = ("_rows", "globs")

    def __init__(self, globs: Sequence[str]) -> None:
        self.globs = tuple(globs)
        self._rows = [(not glob.startswith("!"), re.compile(translate(glob.removeprefix("!")))) for glob in globs]

    def __bool__(self) -> bool:
        return bool(self.globs)

    def match(self, path: str) -> bool:
        """Whether the last glob that matches ``path``, or a folder above it, is one that takes in."""
        return next((takes for takes, pattern in reversed(self._rows) if pattern.match(path)), False)


@lru_cache(maxsize=256)
def compiled(globs: tuple[str, ...]) -> Globs:
    """The compiled list, made once."""
    return Globs(globs)


def translate(glob: str) -> str:
    """A glob as a regular expression that matches the whole of a path, or of a folder above it."""
    glob = glob.removeprefix("./")
    anchored = "/" in glob.rstrip("/")
    glob = glob.strip("/")
    pattern, at = "" if anchored else "(?:.*/)?", 0
    for special in _SPECIAL.finditer(glob):
        pattern += re.escape(glob[at : special.start()]) + _piece(special[0])
        at = special.end()
    return f"(?s:{pattern}{re.escape(glob[at:])})(?:/.*)?\\Z"


def _piece(special: str) -> str:
    if special == "**/":
        return "(?:.*/)?"
    if special == "**":
        return ".*"
    if special == "*":
        return "[^/]*"
    if special == "?":
        return "[^/]"
    if special[0] == "{":
        return "(?:" + "|".join(_plain(part) for part in special[1:-1].split(",")) + ")"
    negated = special[1] == "!"
    inner = special[2 if negated else 1 : -1].replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    inner = f"\\^{inner[1:]}" if inner.startswith("^") else inner
    return f"[{'^' if negated else ''}{inner}]" if inner else re.escape(special)


def _plain(text: str) -> str:
    return "".join({"*": "[^/]*", "?": "[^/]"}.get(char, re.escape(char)) for char in text)
