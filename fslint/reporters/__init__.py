"""Reporters: findings in, text out. One module a format, imported when it is asked for.

A ``Report`` holds everything in people's terms (paths as seen from a folder, lines and columns); reporters do no more
than write it down. No key gets this far: source lines come masked.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from ..diagnostics import Diagnostic, Place
from ..rules.catalogue import CATALOGUE

if TYPE_CHECKING:
    from pathlib import Path

    from ..settings import Settings, Severity
    from ..source import Sources

FORMATS = {
    "text": "text",
    "concise": "concise",
    "json": "json_report",
    "jsonl": "jsonl",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "junit": "junit",
}
"""Output formats and their modules."""
FROM_REPOSITORY = frozenset({"sarif", "github", "gitlab"})
"""Formats whose readers take paths as relative to the top of the repository, wherever in it fslint was run."""


class Spot(NamedTuple):
    """A span of a file, 1-based, columns in code points, end exclusive. ``path``: POSIX, see ``findings``."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


class Note(NamedTuple):
    """A related place."""

    spot: Spot
    message: str


class Change(NamedTuple):
    """One edit of a fix."""

    spot: Spot
    content: str


class Repair(NamedTuple):
    """A fix."""

    applicability: str
    message: str
    edits: tuple[Change, ...]


class Finding(NamedTuple):
    """A diagnostic, ready to be written. ``source``: the (masked) text of its first line."""

    code: str
    name: str
    severity: Severity
    message: str
    spot: Spot
    help: str
    fingerprint: str
    related: tuple[Note, ...]
    fix: Repair | None
    source: str


class Report(NamedTuple):
    """A run's findings. ``summary``: the JSON contract's; ``notes``: further lines for people; ``width``: in columns."""

    findings: tuple[Finding, ...]
    summary: dict[str, int]
    notes: tuple[str, ...] = ()
    color: bool = False
    quiet: bool = False
    width: int = 114


def findings(
    diagnostics: Sequence[Diagnostic], settings: Settings, sources: Sources, start: Path | None = None
) -> tuple[Finding, ...]:
    """Diagnostics as a reporter takes them. ``start``: what paths are relative to, without it the working directory."""
    from ..settings import relative

    if not diagnostics:
        return ()
    from ..baseline import fingerprints
    from ..source import mask

    origin = start or settings.cwd
    shown: dict[str, str] = {}

    def spot(place: Place) -> Spot:
        if place.path not in shown:
            shown[place.path] = relative(settings.root / place.path, origin)
        start, end = sources.span(place)
        return Spot(shown[place.path], start.line, start.column, end.line, end.column)

    def repair(diagnostic: Diagnostic) -> Repair | None:
        fix = diagnostic.fix
        if fix is None:
            return None
        edits = tuple(Change(spot(edit.place), mask(edit.content)) for edit in fix.edits)
        return Repair(fix.applicability, fix.message, edits)

    made = []
    for diagnostic, fingerprint in zip(diagnostics, fingerprints(diagnostics), strict=True):
        at = spot(diagnostic.place)
        hidden = [(diagnostic.place.start, diagnostic.place.end)] if diagnostic.code == "FS601" else []
        made.append(
            Finding(
                diagnostic.code,
                CATALOGUE[diagnostic.code].name,
                settings.severity(diagnostic.code),
                mask(diagnostic.message),
                at,
                mask(diagnostic.help),
                fingerprint,
                tuple(Note(spot(related.place), mask(related.message)) for related in diagnostic.related),
                repair(diagnostic),
                sources.shown(diagnostic.place.path, at.line, hidden),
            )
        )
    return tuple(made)


def render(format_name: str, report: Report) -> str:
    """A report in one of ``FORMATS``."""
    text: str = import_module(f"{__name__}.{FORMATS[format_name]}").render(report)
    return text


def totals(report: Report) -> str:
    """The last line for people: what was found, in what; and a second one of what can be fixed."""
    summary = report.summary
    counts = [
        plural(summary[key], word)
        for key, word in (("errors", "error"), ("warnings", "warning"), ("infos", "info"))
        if summary[key]
    ]
    calls = plural(summary["calls"], "tracking call")
    if summary["unresolved"]:
        calls += f", {max(summary['calls'] - summary['unresolved'], 0)} with known names"
    scope = f"in {plural(summary['files'], 'file')} ({calls})"
    said = f"Found {', '.join(counts)} {scope}." if counts else f"No findings {scope}."
    more = []
    if summary["suppressed"]:
        more.append(f"{summary['suppressed']} suppressed")
    if summary["partly_read"]:
        more.append(f"{plural(summary['partly_read'], 'file')} only partly read")
    if more:
        said = f"{said[:-1]}; {', '.join(more)}."
    fixes = [finding.fix.applicability for finding in report.findings if finding.fix]
    unsafe = sum(applicability != "safe" for applicability in fixes)
    if fixes:
        how = "--fix" if not unsafe else "--fix --unsafe-fixes" if unsafe == len(fixes) else "--fix"
        also = f", {unsafe} of them only with --unsafe-fixes" if 0 < unsafe < len(fixes) else ""
        said += f"\n{plural(len(fixes), 'finding')} can be fixed with {how}{also}."
    return said


def plural(count: int, word: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"
