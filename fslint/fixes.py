"""Applying fixes: byte edits on files, as often as new findings allow more of them.

In: findings with fixes, and how to get the findings of changed contents. Out: the new contents, which are written whole or
not at all, with the file's mode, encoding and line ends; or a unified diff.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import files
from .diagnostics import Diagnostic, Edit, Fix
from .frontends import extract, language_of
from .source import hide
from .text import Undecodable, to_utf8

MAX_ROUNDS = 10
_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class Fixed:
    """``contents``: new bytes of each changed file by path; ``counts``: fixes applied by rule.

    ``refused``: the files with fixes that were left out, since they would have broken something.
    """

    contents: dict[str, bytes] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)

    @property
    def total(self) -> int:
        """How many fixes were applied."""
        return sum(self.counts.values())


def fix_all(
    root: Path,
    found: Sequence[Diagnostic],
    check: Callable[[Mapping[str, bytes]], Sequence[Diagnostic]],
    unsafe: bool = False,
    overlay: Mapping[str, bytes] | None = None,
) -> Fixed:
    """Apply every fix, in rounds: overlapping ones in turn. Writes nothing.

    ``check``: the findings when some files have other contents. ``overlay``: contents that files had to begin with.
    """
    fixed = Fixed()
    begin = overlay or {}
    refused: set[tuple[Edit, ...]] = set()
    for _ in range(MAX_ROUNDS):
        chosen = choose((d for d in found if d.fix is not None and d.fix.edits not in refused), unsafe)
        if not chosen:
            break
        before = {
            path: fixed.contents.get(path) or begin.get(path) or _content(root, path)
            for path in {edit.place.path for fix, _ in chosen for edit in fix.edits}
        }
        after = _apply(before, [fix for fix, _ in chosen])
        if after is None:  # one of them breaks a file
            after, chosen, broken = _apply_singly(before, chosen)
            refused |= broken
            fixed.refused |= {edit.place.path for edits in broken for edit in edits}
        for _, codes in chosen:
            for code in codes:
                fixed.counts[code] = fixed.counts.get(code, 0) + 1
        fixed.contents |= {path: content for path, content in after.items() if content != before[path]}
        if chosen:
            found = check(fixed.contents)
    return fixed


def _content(root: Path, path: str) -> bytes:
    try:
        return (root / path).read_bytes()
    except OSError:
        return b""


_Chosen = list[tuple[Fix, list[str]]]


def _apply_singly(
    before: Mapping[str, bytes], chosen: _Chosen
) -> tuple[dict[str, bytes], _Chosen, set[tuple[Edit, ...]]]:
    """New contents with the fixes that break nothing, these fixes, and the edits of the others."""
    kept: _Chosen = []
    after: dict[str, bytes] = {}
    broken: set[tuple[Edit, ...]] = set()
    for fix, codes in chosen:
        paths = {edit.place.path for edit in fix.edits}
        tried = _apply(before, [*(other for other, _ in kept), fix], paths)
        if tried is None:
            broken.add(fix.edits)
        else:
            after |= tried
            kept.append((fix, codes))
    return after, kept, broken


def choose(found: Iterable[Diagnostic], unsafe: bool) -> _Chosen:
    """The fixes that can be applied together, in order of place, each with the codes that ask for it."""
    chosen: dict[tuple[Edit, ...], tuple[Fix, list[str]]] = {}
    taken: dict[str, list[tuple[int, int]]] = {}
    for diagnostic in sorted((d for d in found if d.fix), key=lambda d: (d.place, d.code)):
        fix = diagnostic.fix
        if fix is None or not fix.edits or (fix.applicability != "safe" and not unsafe):
            continue
        if fix.edits in chosen:
            chosen[fix.edits][1].append(diagnostic.code)
            continue
        if any(_touches(edit, span) for edit in fix.edits for span in taken.get(edit.place.path, ())):
            continue
        chosen[fix.edits] = (fix, [diagnostic.code])
        for edit in fix.edits:
            taken.setdefault(edit.place.path, []).append((edit.place.start, edit.place.end))
    return list(chosen.values())


def _touches(edit: Edit, span: tuple[int, int]) -> bool:
    return edit.place.start <= span[1] and edit.place.end >= span[0]


def _apply(
    before: Mapping[str, bytes], fixes: Sequence[Fix], only: Container[str] | None = None
) -> dict[str, bytes] | None:
    """New contents (of the files ``only``), None if a file can no longer be read as before."""
    by_path: dict[str, list[Edit]] = {}
    for fix in fixes:
        for edit in fix.edits:
            if only is None or edit.place.path in only:
                by_path.setdefault(edit.place.path, []).append(edit)
    after: dict[str, bytes] = {}
    for path, edits in by_path.items():
        language = language_of(path) or ""
        changed = edited(before[path], edits, language)
        if changed is None or not _reads_as_well(before[path], changed, language):
            return None
        if language == "python":
            from .fixes_python import rewritten

            if rewritten(to_utf8(before[path], language), edits, to_utf8(changed, language)) is None:
                return None
        after[path] = changed
    return after


def edited(original: bytes, edits: Sequence[Edit], language: str) -> bytes | None:
    """A file's bytes after edits (whose offsets are into its UTF-8 text), in its own encoding and line ends."""
    try:
        text = to_utf8(original, language)
    except Undecodable:
        return None
    newline = b"\r\n" if b"\r\n" in text.split(b"\n", 1)[0] + b"\n" else b"\n"
    for edit in sorted(edits, key=lambda edit: edit.place, reverse=True):
        if not 0 <= edit.place.start <= edit.place.end <= len(text):
            return None
        content = edit.content.encode("utf-8").replace(b"\r\n", b"\n").replace(b"\n", newline)
        text = text[: edit.place.start] + content + text[edit.place.end :]
    return _encoded_like(original, text, language)


def _encoded_like(original: bytes, text: bytes, language: str) -> bytes | None:
    """UTF-8 text in the encoding of a file, with its byte-order mark."""
    if original.startswith(_BOM):
        return _BOM + text
    try:
        for bom, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
            if original.startswith(bom):
                return bom + text.decode().encode(encoding)
        if language != "python":
            return text
        from io import BytesIO
        from tokenize import detect_encoding

        return text.decode().encode(detect_encoding(BytesIO(original).readline)[0])
    except (UnicodeError, SyntaxError, LookupError):
        return None


def _reads_as_well(before: bytes, after: bytes, language: str) -> bool:
    """Whether the grammar stumbles over no more of a file than it did."""
    if language in ("", "json", "dotenv"):
        return True
    try:
        old, new = (extract(to_utf8(data, language), language) for data in (before, after))
    except Undecodable:
        return False
    return len(new.broken) <= len(old.broken) and (new.syntax_error is None or old.syntax_error is not None)


def write(root: Path, contents: Mapping[str, bytes]) -> None:
    """Replace files, each at once (``files.write``). Raises ``OSError``."""
    for path, content in contents.items():
        files.write(root / path, content)


def diff(
    root: Path,
    contents: Mapping[str, bytes],
    shown: Callable[[str], str] = str,
    overlay: Mapping[str, bytes] | None = None,
) -> str:
    """A unified diff of files (or what ``overlay`` has of them) and their new contents. Keys are masked.

    ``shown``: a path as it is printed.
    """
    from difflib import unified_diff

    begin = overlay or {}

    parts: list[str] = []
    for path, content in sorted(contents.items()):
        language = language_of(path) or ""
        try:
            old, new = (_shown(data, language) for data in (begin.get(path) or _content(root, path), content))
        except Undecodable:
            continue
        name = shown(path)
        for line in unified_diff(_lines(old), _lines(new), name, name):
            parts.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(parts)


def _shown(data: bytes, language: str) -> str:
    """A file's text, its keys masked."""
    text = to_utf8(data, language)
    facts = extract(text, language) if language else None
    keys = [*facts.literals, *(use.secret for use in facts.comment_keys)] if facts else []
    return hide(text, ((key.start, key.end) for key in keys))


def _lines(text: str) -> list[str]:
    """Lines as ``patch`` counts them: only a line feed ends one."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)
