"""What a rule reports, how severe each rule is, and which of two findings on one origin is shown.

A diagnostic is data: places are byte spans, and only reporters make lines and sentences of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Place(NamedTuple):
    """A span of a file: ``path`` relative to the project root (POSIX), byte offsets (0-based, end exclusive)."""

    path: str
    start: int
    end: int


class Related(NamedTuple):
    """Another place that has to do with a finding, and what it is."""

    place: Place
    message: str


class Edit(NamedTuple):
    """Replace the bytes of ``place`` by ``content``."""

    place: Place
    content: str


class Fix(NamedTuple):
    """``applicability``: ``safe`` or ``unsafe``; ``message``: what it does, imperative."""

    applicability: str
    message: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    ``origins``: what it is about, as hashable keys (``("property", Place)``, ``("name", Place)``, ``("user-id", Place)``,
    ``("payload", Place)``, ``("request", Place)``, ``("event", app, name)`` …): of two findings that share an origin
    only the one that PRECEDENCE puts first is shown.
    ``subject``: what the baseline knows it by (an event's name, a property's name …); ``function``: the enclosing
    function's name; ``app``: for findings that compare a whole app.
    """

    code: str
    message: str
    place: Place
    help: str = ""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    origins: tuple[Hashable, ...] = ()
    subject: str = ""
    function: str = ""
    app: str | None = None


PRECEDENCE: tuple[tuple[str, str], ...] = tuple(
    (winner, loser)
    for winners, losers in (
        # RULES.md, "One mistake, one finding"; a chain A > B C > D also puts A before D.
        ("FS505", "FS501 FS502"),
        ("FS501", "FS502"),
        ("FS510", "FS502"),
        ("FS603", "FS501 FS502 FS503 FS507 FS511 FS605 FS803"),
        ("FS601", "FS604 FS606 FS301 FS309 FS105"),
        ("FS604", "FS606 FS301 FS309 FS105"),
        ("FS606", "FS301 FS309 FS105"),
        ("FS201", "FS103 FS204"),
        ("FS103", "FS506 FS512"),
        ("FS703", "FS101 FS202"),
        ("FS101", "FS202"),
        ("FS304", "FS303 FS305 FS302 FS301 FS309 FS105 FS306"),
        ("FS303", "FS302 FS301 FS309 FS105 FS106"),
        ("FS305", "FS302 FS301 FS309 FS105"),
        ("FS302", "FS301 FS309 FS105 FS106 FS107"),
        ("FS301", "FS105"),
        ("FS309", "FS105"),
        ("FS307", "FS301 FS105"),
        ("FS106", "FS107"),
        ("FS513", "FS508"),
        ("FS404", "FS402 FS403 FS406"),
        ("FS402", "FS403"),
        ("FS401", "FS403"),
        ("FS801", "FS802"),
        ("FS810", "FS803 FS808 FS809"),
        ("FS803", "FS808 FS809"),
    )
    for winner in winners.split()
    for loser in losers.split()
)
"""Pairs (winner, loser): on a shared origin the loser is silent, also if the winner is suppressed or in the baseline."""

_LOSES_TO: dict[str, frozenset[str]] = {}
for _winner, _loser in PRECEDENCE:
    _LOSES_TO[_loser] = _LOSES_TO.get(_loser, frozenset()) | {_winner}


def apply_precedence(found: Iterable[Diagnostic]) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """Split findings (of selected rules) into those that stand and those that a stronger one on an origin silences."""
    found = list(found)
    codes_at: dict[Hashable, set[str]] = {}
    for diagnostic in found:
        for origin in diagnostic.origins:
            codes_at.setdefault(origin, set()).add(diagnostic.code)
    stand: list[Diagnostic] = []
    silenced: list[Diagnostic] = []
    for diagnostic in found:
        stronger = _LOSES_TO.get(diagnostic.code, frozenset())
        beaten = any(stronger & codes_at[origin] for origin in diagnostic.origins)
        (silenced if beaten else stand).append(diagnostic)
    return stand, silenced
