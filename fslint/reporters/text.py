"""The format for people: each finding with its line of source, its help and its related places, in the manner of rustc."""

from __future__ import annotations

import re
from unicodedata import category, east_asian_width

import click

from . import Finding, Report, totals

COLORS = {"error": "red", "warning": "yellow", "info": "blue"}
_TAB = 4
_BEFORE = 40
"""As many characters of a long line are shown before what is marked, a third of the width at most."""


def render(report: Report) -> str:
    """Every finding, and the totals."""
    parts = [_finding(finding, report.color, report.width) for finding in report.findings]
    if not report.quiet:
        parts.append("".join(f"{line}\n" for line in (totals(report), *report.notes)))
    return "\n".join(parts)


def style(text: str, on: bool, fg: str | None = None, bold: bool = False) -> str:
    """Text in a colour, where there is colour."""
    return click.style(text, fg=fg, bold=bold) if on else text


def headline(finding: Finding, color: bool) -> str:
    """``path:line:column: error[FS201] duplicate-event: message``."""
    spot = finding.spot
    place = style(f"{printable(spot.path)}:{spot.line}:{spot.column}", color, bold=True)
    kind = style(f"{finding.severity}[{finding.code}]", color, COLORS[finding.severity], bold=True)
    fixable = style(" [*]", color, "cyan") if finding.fix and finding.fix.applicability == "safe" else ""
    return f"{place}: {kind}{fixable} {finding.name}: {printable(finding.message)}"


def _finding(finding: Finding, color: bool, width: int) -> str:
    lines = [headline(finding, color)]
    margin = " " * len(str(finding.spot.line))
    bar = style("|", color, "blue", bold=True)
    if finding.source.strip():
        text, marks = _excerpt(finding, width - len(margin) - 5)
        number = style(str(finding.spot.line), color, "blue", bold=True)
        lines += [
            f"{margin} {bar}",
            f"{number} {bar} {text}",
            f"{margin} {bar} {style(marks, color, COLORS[finding.severity], bold=True)}",
        ]
    equals = style("=", color, "blue", bold=True)
    if finding.help:
        lines.append(f"{margin} {equals} {style('help', color, bold=True)}: {printable(finding.help)}")
    if finding.fix:
        how = "" if finding.fix.applicability == "safe" else " (with --unsafe-fixes)"
        lines.append(f"{margin} {equals} {style('fix', color, bold=True)}: {printable(finding.fix.message)}{how}")
    arrow = style(":::", color, "blue", bold=True)
    for spot, message in finding.related:
        lines.append(f"{margin}{arrow} {printable(spot.path)}:{spot.line}:{spot.column} {printable(message)}")
    return "".join(f"{line}\n" for line in lines)


def _excerpt(finding: Finding, width: int) -> tuple[str, str]:
    """The source line and the marks below its span; of a line longer than ``width``, the part around the span."""
    most = min(_BEFORE, width // 3)
    spot, source = finding.spot, finding.source
    first = min(spot.column - 1, len(source))
    last = len(source) if spot.end_line > spot.line else min(spot.end_column - 1, len(source))
    last = max(last, first)
    cut = max(0, first - most) if len(source) > width and first > most else 0
    if not cut:  # drop what every line of a deeply nested block begins with
        cut = min(first, len(source) - len(source.lstrip()))
        prefix = ""
    else:
        prefix = "…"
    shown = source[cut : cut + width]
    suffix = "…" if cut + width < len(source) else ""
    before, marked = source[cut:first], source[first : min(last, cut + width)]
    marks = " " * _columns(prefix + _plain(before)) + "^" * max(1, _columns(_plain(marked)))
    return prefix + _plain(shown) + suffix, marks


def _plain(text: str) -> str:
    return printable(text.replace("\t", " " * _TAB))


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def printable(text: str) -> str:
    """Text that cannot steer a terminal: control characters, also those that turn the writing direction, are shown."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text).replace("\n", "\\n").replace("\t", " ")


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(0 if category(char) in ("Mn", "Me") else 2 if east_asian_width(char) in "WF" else 1 for char in text)
