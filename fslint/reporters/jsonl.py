"""JSON lines: one finding a line, in the form of the JSON report's ``diagnostics``."""

from __future__ import annotations

import json

from . import Report
from .json_report import record


def render(report: Report) -> str:
    """One line a finding, nothing else."""
    return "".join(json.dumps(record(finding), ensure_ascii=False) + "\n" for finding in report.findings)
