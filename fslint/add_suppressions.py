"""Adding ``fslint: ignore[…]`` comments for findings, in the form of the language they stand in.

In: findings and the files' bytes. Out: new bytes. No grammar is known here: every place that a comment could have is
tried, nearest first, and the front end says whether it is a comment there, silences the finding and leaves the rest of
the file as it was.
"""

from __future__ import annotations

import ast
import contextlib
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .diagnostics import Diagnostic, Edit, Place
from .facts import FileFacts, Suppression
from .fixes import edited
from .frontends import extract, language_of
from .text import Undecodable, line_end, line_of, line_starts, to_utf8

_SLASHES, _HASH, _BRACES, _TAG = "// {}", "# {}", "{{/* {} */}}", "<!-- {} -->"
FORMS: dict[str, tuple[str, ...]] = {
    "javascript": (_SLASHES, _BRACES),
    "typescript": (_SLASHES,),
    "tsx": (_SLASHES, _BRACES),
    "python": (_HASH,),
    "vue": (_SLASHES, _TAG),
    "svelte": (_SLASHES, _TAG),
    "astro": (_SLASHES, _TAG, _BRACES),
    "html": (_SLASHES, _TAG),
    "yaml": (_HASH,),
    "dotenv": (_HASH,),
    "json": (),
}
"""How a language writes comments, the likelier form first; JSON has none."""
_BELONGS_TO_THE_NEXT_LINE = re.compile(
    rb"-next-line|@ts-(?:ignore|expect-error)|prettier-ignore|biome-ignore|deno-lint-ignore|oxlint-disable|svelte-ignore"
    rb"|(?:istanbul|c8|v8) ignore|noinspection|disable-next|nosemgrep|webpack\w+:|@vite-ignore|fmt: *skip"
)
"""Directives of other tools that speak of the line below: nothing must come between."""
_COMMENT_LINE = re.compile(rb"\s*(?://|#|/\*|\{/\*|<!--)")
_MAX_UP = 40


@dataclass(slots=True)
class Added:
    """``contents``: new bytes of each changed file; ``count``: findings that a comment silences now.

    ``impossible``: findings that no comment can silence.
    """

    contents: dict[str, bytes] = field(default_factory=dict)
    count: int = 0
    impossible: list[Diagnostic] = field(default_factory=list)


def add(found: Sequence[Diagnostic], read: Callable[[str], bytes | None], reason: str = "") -> Added:
    """Give each finding a comment: at its own place or, where none can stand there, at a related one.

    ``read``: a file's bytes, None for one that does not exist. ``reason``: one line that is put into the comments.
    """
    added = Added()
    files: dict[str, _File | None] = {}

    def file_of(place: Place) -> _File | None:
        if place.path not in files:
            files[place.path] = _opened(place.path, read, reason)
        return files[place.path]

    by_path: dict[str, list[Diagnostic]] = {}
    for diagnostic in sorted(found, key=lambda d: (d.place, d.code)):
        by_path.setdefault(diagnostic.place.path, []).append(diagnostic)
    for here in by_path.values():
        file = file_of(here[0].place)
        silenced = file.silence([(d.place, d.code) for d in here]) if file is not None else set()
        added.count += len(silenced)
        for diagnostic in (d for number, d in enumerate(here) if number not in silenced):
            others = ((file_of(related.place), related.place) for related in diagnostic.related)
            if any(other is not None and other.silence([(place, diagnostic.code)]) for other, place in others):
                added.count += 1
            else:
                added.impossible.append(diagnostic)
    for path, file in files.items():
        if file is not None and file.insertions:
            added.contents[path] = file.written()
    return added


def _opened(path: str, read: Callable[[str], bytes | None], reason: str) -> _File | None:
    language = language_of(path)
    data = read(path)
    if data is None or language is None:
        return None
    try:
        return _File(path, language, data, to_utf8(data, language), reason)
    except Undecodable:
        return None


_Key = tuple[int, str]
_Wanted = tuple[Place, str]


class _File:
    """A file that is given comments. ``insertions``: rules by (offset into the old text, form of the comment)."""

    def __init__(self, path: str, language: str, data: bytes, text: bytes, reason: str) -> None:
        self.path, self.language, self.data, self.text = path, language, data, text
        self.reason = f" {reason}" if reason else ""
        self.lines = line_starts(text)
        self.insertions: dict[_Key, list[str]] = {}
        self.before = self.facts = extract(text, language)

    def silence(self, wanted: Sequence[_Wanted]) -> set[int]:
        """Have comments silence findings, with new ones where need be; the numbers of those for which one can."""
        left = [
            n for n, (place, code) in enumerate(wanted) if not self._silenced(self.facts, self.insertions, place, code)
        ]
        done = set(range(len(wanted))).difference(left)
        return done | self._together(wanted, left)

    def _together(self, wanted: Sequence[_Wanted], left: Sequence[int]) -> set[int]:
        """Each at the first place that a comment could have; where that does not do, by halves, and one by one."""
        if len(left) == 1:
            return set(left) if self._alone(*wanted[left[0]]) else set()
        keys = {n: key for n in left if (key := next(self._candidates(wanted[n][0]), None)) is not None}
        if len(keys) == len(left) > 0 and self._accept(wanted, keys):
            return set(left)
        half = len(left) // 2
        return self._together(wanted, left[:half]) | self._together(wanted, left[half:]) if half else set()

    def _accept(self, wanted: Sequence[_Wanted], keys: dict[int, _Key]) -> bool:
        """Take all these comments, or as few of them as silence the same; False (and none) if that does not do."""
        every = self._with((key, wanted[n][1]) for n, key in keys.items())
        fewest = dict(self.insertions)
        comments = self._comments(extract(self._built(every), self.language), every)
        for n, key in keys.items():
            place, code = wanted[n]
            at = self._moved(every, place)
            if not any(
                code in codes and other in comments and _covers(comments[other], *at) for other, codes in fewest.items()
            ):
                fewest[key] = sorted({*fewest.get(key, ()), code})
        return any(self._try(insertions, [wanted[n] for n in keys]) for insertions in (fewest, every))

    def _alone(self, place: Place, code: str) -> bool:
        """One comment, at the first place where it does."""
        return any(self._try(self._with([(key, code)]), [(place, code)]) for key in self._candidates(place))

    def _try(self, insertions: dict[_Key, list[str]], wanted: Iterable[_Wanted]) -> bool:
        """Take comments if they silence what they should and change nothing else."""
        text = self._built(insertions)
        facts = extract(text, self.language)
        silenced = all(self._silenced(facts, insertions, place, code) for place, code in wanted)
        if not silenced or not self._sound(facts, text, insertions):
            return False
        self.insertions, self.facts = insertions, facts
        return True

    def _with(self, more: Iterable[tuple[_Key, str]]) -> dict[_Key, list[str]]:
        insertions = dict(self.insertions)
        for key, code in more:
            insertions[key] = sorted({*insertions.get(key, ()), code})
        return insertions

    def written(self) -> bytes:
        """The file with its comments, in its own encoding and line ends."""
        return edited(self.data, self._edits(self.insertions), self.language) or self.data

    def _candidates(self, place: Place) -> Iterator[_Key]:
        """Where a comment could stand: in one that is there, on the line before, at the line's end, further up."""
        for fact in self.before.suppressions:
            closing = self.text.find(b"]", fact.start, fact.end)
            if fact.codes and fact.scope == "line" and closing >= 0:
                yield closing, ", {}"
        line = line_of(self.lines, place.start)
        for above in range(line, max(-1, line - _MAX_UP), -1):
            at = self.lines[self._top(above)]
            indent = re.match(rb"[ \t]*", self.text[self.lines[above] :])
            margin = indent[0].decode() if indent else ""
            for form in FORMS[self.language]:
                yield at, f"{margin}{form}\n"
            if above == line:
                for form in FORMS[self.language]:
                    yield line_end(self.text, self.lines, place.start), f"  {form}" if form is _HASH else f" {form}"

    def _top(self, line: int) -> int:
        """The line before which a comment on ``line`` goes, past other tools' directives for it."""
        while line > 0:
            text = self.text[self.lines[line - 1] : self.lines[line]]
            if not (_COMMENT_LINE.match(text) and _BELONGS_TO_THE_NEXT_LINE.search(text)):
                break
            line -= 1
        return line

    def _edits(self, insertions: dict[_Key, list[str]]) -> list[Edit]:
        return [
            Edit(Place(self.path, at, at), self._comment(form, codes))
            for (at, form), codes in sorted(insertions.items())
        ]

    def _comment(self, form: str, codes: list[str]) -> str:
        listed = ", ".join(codes)
        return form.format(listed if form == ", {}" else f"fslint: ignore[{listed}]{self.reason}")

    def _built(self, insertions: dict[_Key, list[str]]) -> bytes:
        text = self.text
        for edit in reversed(self._edits(insertions)):
            text = text[: edit.place.start] + edit.content.encode() + text[edit.place.start :]
        return text

    def _moved(self, insertions: dict[_Key, list[str]], place: Place) -> tuple[int, int]:
        """Where a place is once the comments are in; one without extent counts as one byte."""
        shift = sum(len(edit.content.encode()) for edit in self._edits(insertions) if edit.place.start <= place.start)
        return place.start + shift, max(place.end, place.start + 1) + shift

    def _silenced(self, facts: FileFacts, insertions: dict[_Key, list[str]], place: Place, code: str) -> bool:
        at = self._moved(insertions, place)
        return any(code in fact.codes and fact.scope == "line" and _covers(fact, *at) for fact in facts.suppressions)

    def _comments(self, facts: FileFacts, insertions: dict[_Key, list[str]]) -> dict[_Key, Suppression]:
        """The suppression that each insertion became."""
        found: dict[_Key, Suppression] = {}
        shift = 0
        for (key, _), edit in zip(sorted(insertions.items()), self._edits(insertions), strict=True):
            start, shift = edit.place.start + shift, shift + len(edit.content.encode())
            end = edit.place.start + shift
            fact = next((fact for fact in facts.suppressions if fact.start < end and fact.end > start), None)
            if fact is not None:
                found[key] = fact
        return found

    def _sound(self, facts: FileFacts, text: bytes, insertions: dict[_Key, list[str]]) -> bool:
        """Whether the comments changed nothing but the comments."""
        old = self.before
        written = edited(self.data, self._edits(insertions), self.language)
        try:
            if written is None or to_utf8(written, self.language).replace(b"\r\n", b"\n") != text.replace(
                b"\r\n", b"\n"
            ):
                return False
        except Undecodable:
            return False
        return (
            _same(self.language, self.text, text)
            and len(facts.broken) <= len(old.broken)
            and (facts.syntax_error is None or old.syntax_error is not None)
            and (len(facts.calls), len(facts.functions), len(facts.bindings), len(facts.exports))
            == (len(old.calls), len(old.functions), len(old.bindings), len(old.exports))
        )


def _covers(fact: Suppression, start: int, end: int) -> bool:
    return start < max(fact.covers_end, 1) and end > fact.covers_start


def _same(language: str, old: bytes, new: bytes) -> bool:
    """Whether an outside reader of the language sees no difference; what it cannot read it does not compare."""
    if language == "python":
        before = _dumped(old)
        return before is None or before == _dumped(new)
    return _TAG not in FORMS[language] or _tags(old) == _tags(new)


def _dumped(text: bytes) -> str | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.dump(ast.parse(text.decode()))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _tags(text: bytes) -> list[object]:
    """Every tag with its attributes, which a comment within a tag would change."""
    from html.parser import HTMLParser

    found: list[object] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, attrs))

        def handle_endtag(self, tag: str) -> None:
            found.append(tag)

    with contextlib.suppress(AssertionError):  # its way of refusing a broken declaration
        Tags().feed(text.decode())
    return found
