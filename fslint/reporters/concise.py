"""One line a finding, for people in a hurry and for editors' problem matchers."""

from __future__ import annotations

from . import Report, totals
from .text import headline


def render(report: Report) -> str:
    """Every finding, and the totals."""
    lines = [headline(finding, report.color) for finding in report.findings]
    if not report.quiet:
        lines += [totals(report), *report.notes]
    return "".join(f"{line}\n" for line in lines)
