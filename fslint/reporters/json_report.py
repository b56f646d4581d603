"""JSON: the contract of DESIGN.md."""

from __future__ import annotations

import json
from typing import Any

from . import Finding, Report, Spot

VERSION = 1


def render(report: Report) -> str:
    """One JSON document."""
    document = {
        "version": VERSION,
        "diagnostics": [record(finding) for finding in report.findings],
        "summary": report.summary,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def record(finding: Finding) -> dict[str, Any]:
    """One finding."""
    fix = finding.fix
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "message": finding.message,
        **_span(finding.spot),
        "help": finding.help,
        "fingerprint": finding.fingerprint,
        "related": [
            {"path": spot.path, "line": spot.line, "column": spot.column, "message": message}
            for spot, message in finding.related
        ],
        "fix": fix
        and {
            "applicability": fix.applicability,
            "message": fix.message,
            "edits": [{**_span(spot), "content": content} for spot, content in fix.edits],
        },
    }


def _span(spot: Spot) -> dict[str, Any]:
    return {
        "path": spot.path,
        "line": spot.line,
        "column": spot.column,
        "end_line": spot.end_line,
        "end_column": spot.end_column,
    }
