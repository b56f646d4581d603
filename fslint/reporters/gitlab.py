"""GitLab Code Quality (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format)."""

from __future__ import annotations

import json

from . import Report

_SEVERITIES = {"error": "critical", "warning": "major", "info": "info"}


def render(report: Report) -> str:
    """A JSON list of issues."""
    issues = [
        {
            "description": f"{finding.code} {finding.name}: {finding.message}",
            "check_name": finding.code,
            "fingerprint": finding.fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {
                "path": finding.spot.path,
                "positions": {
                    "begin": {"line": finding.spot.line, "column": finding.spot.column},
                    "end": {"line": finding.spot.end_line, "column": finding.spot.end_column},
                },
                "lines": {"begin": finding.spot.line, "end": finding.spot.end_line},
            },
        }
        for finding in report.findings
    ]
    return json.dumps(issues, ensure_ascii=False, indent=2) + "\n"
