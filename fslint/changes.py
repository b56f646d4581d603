"""Which lines have changed, according to Git: for ``--since`` and ``--staged``.

In: the project root and a revision. Out: changed lines by path (relative to the root), and the staged contents of files
that have been edited since they were staged. Runs nothing that the repository's configuration names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .discovery import git

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_DIFF = (
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--relative",
    "--ignore-submodules",
    "-M",
    "-U0",
    "--inter-hunk-context=0",
)
_PREFIXES = ("--src-prefix=a/", "--dst-prefix=b/")


class ChangesError(Exception):
    """Git could not tell; the message says why."""


@dataclass(slots=True)
class Changes:
    """``lines``: (first, last) of each changed stretch by path; ``whole``: files that are new as a whole.

    ``gone``: files that were deleted or renamed.
    """

    lines: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    gone: set[str] = field(default_factory=set)

    def touch(self, path: str, first: int, last: int) -> bool:
        """Whether any of a file's lines from ``first`` to ``last`` has changed."""
        if path in self.whole:
            return True
        return any(start <= last and end >= first for start, end in self.lines.get(path, ()))

    @property
    def paths(self) -> Iterable[str]:
        """All files with changes, those that are gone included."""
        return {*self.lines, *self.whole, *self.gone}


def since(root: Path, revision: str) -> Changes:
    """What the working tree changes since it left ``revision`` (their merge base). Raises ``ChangesError``."""
    if revision.startswith("-"):
        raise ChangesError(f"{revision} is not a revision")
    base = git(root, "merge-base", "--end-of-options", revision, "HEAD")
    if base is None:
        base = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if base is None:
        raise ChangesError(f"Git does not know the revision {revision} here")
    untracked = git(root, "ls-files", "-z", "--others", "--exclude-standard") or b""
    changes = _parse(_diff(root, base.decode().strip()))
    changes.whole = frozenset(os.fsdecode(name) for name in untracked.split(b"\0") if name)
    return changes


def staged(root: Path) -> tuple[Changes, dict[str, bytes]]:
    """What is staged, and the staged contents of files whose working copy differs. Raises ``ChangesError``."""
    changes = _parse(_diff(root, "--cached"))
    edited = git(
        root, "diff", "-z", "--name-only", "--diff-filter=d", "--relative", "--no-ext-diff", "--ignore-submodules"
    )
    contents: dict[str, bytes] = {}
    for name in (edited or b"").split(b"\0"):
        if name:
            content = git(root, "cat-file", "blob", f":./{os.fsdecode(name)}")
            if content is not None:
                contents[os.fsdecode(name)] = content
    return changes, contents


def _diff(root: Path, what: str) -> bytes:
    output = git(root, "diff", *_DIFF, *_PREFIXES, what, "--")
    if output is None:
        raise ChangesError("Git cannot compare here; is this a Git repository with a commit?")
    return output


def _parse(diff: bytes) -> Changes:
    """The new side of a diff without context lines."""
    changes = Changes()
    path: str | None = None
    before: str | None = None
    skip = 0
    for line in diff.split(b"\n"):
        if skip > 0 and line[:1] in b"+-":
            skip -= 1
        elif line.startswith(b"--- "):
            before = _name(line[4:])
        elif line.startswith(b"+++ "):
            path = _name(line[4:])
            if path is not None:
                changes.lines.setdefault(path, [])
            if before is not None and before != path:
                changes.gone.add(before)
        elif line.startswith(b"rename from "):  # without a change in it, such a file has no other lines
            changes.gone.add(_name(line[12:]) or "")
        elif hunk := _HUNK.match(line):
            removed, start, added = (int(number) if number else 1 for number in hunk.groups())
            skip = removed + added
            if path is not None and added:
                changes.lines[path].append((start, start + added - 1))
    return changes


def _name(text: bytes) -> str | None:
    """The path of a ``---`` or ``+++`` line, None for no file."""
    text = text.rstrip(b"\t\r")
    if text == b"/dev/null":
        return None
    if text.startswith(b'"'):
        text = _unquoted(text[1:-1])
    return os.fsdecode(text[2:] if text[:2] in (b"a/", b"b/") else text)


_ESCAPES = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


def _unquoted(text: bytes) -> bytes:
    def char(match: re.Match[bytes]) -> bytes:
        code = match[1]
        return bytes([int(code, 8) & 255]) if code.isdigit() else _ESCAPES.get(code, code)

    return re.sub(rb"\\([0-7]{3}|.)", char, text, flags=re.DOTALL)
