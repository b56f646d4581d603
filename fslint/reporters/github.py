"""GitHub Actions workflow commands, which become annotations of a pull request.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from . import Finding, Report

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report) -> str:
    """One command a finding."""
    return "".join(_command(finding) for finding in report.findings)


def _command(finding: Finding) -> str:
    spot = finding.spot
    properties = {
        "file": spot.path,
        "line": str(spot.line),
        "endLine": str(spot.end_line),
        "title": f"{finding.code} {finding.name}",
    }
    if spot.end_line == spot.line:  # GitHub refuses columns of a span over several lines
        properties |= {"col": str(spot.column), "endColumn": str(spot.end_column)}
    listed = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in properties.items())
    lines = [finding.message, *([f"help: {finding.help}"] if finding.help else [])]
    lines += [f"{spot.path}:{spot.line}: {message}" for spot, message in finding.related]
    return f"::{_LEVELS[finding.severity]} {listed}::{_escaped(chr(10).join(lines))}\n"


def _escaped(text: str, more: str = "") -> str:
    for char in "%\r\n" + more:
        text = text.replace(char, f"%{ord(char):02X}")
    return text
