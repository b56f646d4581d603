"""Which findings a ``fslint: ignore[…]`` comment silences, and which comments silence nothing (FS003).

In: findings and the suppressions of every file that was read. Out: the findings that stay, those that are suppressed, and
FS003 findings with their fixes. Pure, but for one look at the text of a comment that is to be mended.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .diagnostics import Diagnostic, Edit, Fix, Place
from .facts import Suppression
from .rules.catalogue import CATALOGUE

_NAMES = {meta.name: code for code, meta in CATALOGUE.items()}
FIRST_LINES = 20
"""Where ``ignore-file`` must stand."""


class Outcome(NamedTuple):
    """``kept``: findings that are shown, FS003's among them; ``suppressed``: findings that a comment silences."""

    kept: list[Diagnostic]
    suppressed: list[Diagnostic]


@dataclass(eq=False, slots=True)
class _Comment:
    """A suppression with its codes resolved. ``codes``: as written → code, None for one that names no rule."""

    path: str
    fact: Suppression
    codes: dict[str, str | None]
    used: set[str]

    @property
    def place(self) -> Place:
        return Place(self.path, self.fact.start, self.fact.end)

    def covers(self, place: Place) -> bool:
        if self.fact.scope == "file":
            return True
        # a place without extent (a whole line, an absent thing) counts as one byte
        return place.start < max(self.fact.covers_end, 1) and max(place.end, place.start + 1) > self.fact.covers_start


def apply(
    found: Iterable[Diagnostic],
    silenced: Iterable[Diagnostic],
    suppressions: Mapping[str, Sequence[Suppression]],
    ran: Callable[[str], frozenset[str]],
    read: Callable[[str], bytes],
    require_reason: bool = False,
) -> Outcome:
    """Suppress findings, and find suppressions without effect.

    ``found``: what stands after precedence; ``silenced``: what precedence took away (a suppression of it counts as
    used). ``suppressions``: by path, of files that were read; ``ran``: the rules that looked at a file; ``read``: a
    file's content (UTF-8 without BOM).
    """
    comments = {
        path: [_resolved(path, fact) for fact in facts if _counts(fact, path, read)]
        for path, facts in suppressions.items()
        if facts
    }
    if not comments:
        return Outcome(list(found), [])
    for diagnostic in silenced:
        _match(diagnostic, comments)
    kept, suppressed = _split(found, comments)
    unused = [
        finding
        for path, here in comments.items()
        for comment in here
        for finding in _unused(comment, ran(path), read, require_reason)
    ]
    unused, own = _split(unused, comments)
    return Outcome(kept + unused, suppressed + own)


def _counts(fact: Suppression, path: str, read: Callable[[str], bytes]) -> bool:
    """``ignore-file`` further down is a comment like any other: it would be overlooked there."""
    return fact.scope != "file" or read(path).count(b"\n", 0, fact.start) < FIRST_LINES


def _resolved(path: str, fact: Suppression) -> _Comment:
    codes = {written: _code(written) for written in fact.codes}
    return _Comment(path, fact, codes, set())


def _code(written: str) -> str | None:
    code = written.strip().upper()
    return code if code in CATALOGUE else _NAMES.get(written.strip().lower())


def _split(
    found: Iterable[Diagnostic], comments: Mapping[str, Sequence[_Comment]]
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    kept: list[Diagnostic] = []
    suppressed: list[Diagnostic] = []
    for diagnostic in found:
        (suppressed if _match(diagnostic, comments) else kept).append(diagnostic)
    return kept, suppressed


def _match(diagnostic: Diagnostic, comments: Mapping[str, Sequence[_Comment]]) -> bool:
    """Whether any comment silences the finding; all that do are marked as used."""
    matched = False
    for place in (diagnostic.place, *(related.place for related in diagnostic.related)):
        for comment in comments.get(place.path, ()):
            if diagnostic.code in comment.codes.values() and comment.covers(place):
                comment.used.add(diagnostic.code)
                matched = True
    return matched


def _unused(
    comment: _Comment, ran: frozenset[str], read: Callable[[str], bytes], require_reason: bool
) -> Iterable[Diagnostic]:
    """At most one FS003 for a comment."""
    if "FS003" not in ran:
        return
    unknown = [written for written, code in comment.codes.items() if code is None]
    idle = [
        written
        for written, code in comment.codes.items()
        if code is not None and code in ran and code not in comment.used and code != "FS003"
    ]
    reasonless = require_reason and not comment.fact.reason
    if comment.codes and not unknown and not idle and not reasonless:
        return
    if not comment.codes:
        said, help_text = "a suppression without a rule suppresses nothing", "name the rules: fslint: ignore[FS201]"
    elif unknown:
        said, help_text = f"a suppression names {_listed(unknown)}, which is no rule", _nearest(unknown[0])
    elif idle:
        said, help_text = f"nothing here to suppress for {_listed(idle)}", "remove it"
    else:
        said, help_text = "a suppression gives no reason", "say why after the brackets: fslint: ignore[FS201] reason"
    fix = _removal(comment, set(unknown + idle), read(comment.path)) if unknown or idle else None
    yield Diagnostic("FS003", said, comment.place, help_text, fix=fix, subject=",".join(unknown or idle or ["reason"]))


def _listed(codes: Sequence[str]) -> str:
    return codes[0] if len(codes) == 1 else f"{', '.join(codes[:-1])} and {codes[-1]}"


def _nearest(written: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(written.upper(), CATALOGUE, n=1, cutoff=0.8) or get_close_matches(
        written.lower(), _NAMES, n=1
    )
    return f"did you mean {near[0]}?" if near else "`fslint rules` lists the rules"


def _removal(comment: _Comment, gone: set[str], data: bytes) -> Fix | None:
    """Take the codes out of a comment, or the whole comment with them if no other code is in it."""
    fact = comment.fact
    text = data[fact.start : fact.end]
    left = [written for written in fact.codes if written not in gone]
    opening = text.find(b"[")
    closing = text.find(b"]", opening)
    if opening < 0 or closing < 0:
        return None
    if left:
        place = Place(comment.path, fact.start + opening + 1, fact.start + closing)
        return Fix("safe", f"Suppress only {_listed(left)}", (Edit(place, ", ".join(left)),))
    if _says_more(text[:opening]) or _ANOTHER.search(text, closing):
        return None
    # To the Python grammar a carriage return is the comment's last character.
    start, end = _whole_line(data, fact.start, fact.start + len(text.rstrip(b"\r")))
    return Fix("safe", "Remove the suppression", (Edit(Place(comment.path, start, end), ""),))


_ANOTHER = re.compile(rb"\s(?:#|//)")
"""A second comment in the comment, as in ``# fslint: ignore[FS201]  # noqa``."""


def _says_more(before: bytes) -> bool:
    """Whether something else stands before ``fslint:`` in the comment, such as another tool's directive."""
    words = before.lower().rpartition(b"fslint")[0]
    return any(byte not in b" \t\r\n#/*<!-{" for byte in words)


def _whole_line(data: bytes, start: int, end: int) -> tuple[int, int]:
    """A comment's span with the blanks before it, and its line end too if nothing else is on the line."""
    first = start
    while first > 0 and data[first - 1 : first] in (b" ", b"\t"):
        first -= 1
    last = end
    while data[last : last + 1] in (b" ", b"\t"):
        last += 1
    line_end = 2 if data[last : last + 2] == b"\r\n" else int(data[last : last + 1] in (b"\n", b"\r"))
    if not line_end and last < len(data):
        return start, end
    alone = first == 0 or data[first - 1 : first] in (b"\n", b"\r")
    return first, last + (line_end if alone else 0)
