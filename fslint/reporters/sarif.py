"""SARIF 2.1.0, for GitHub code scanning and other collectors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from .. import __version__
from ..rules.catalogue import CATALOGUE, Meta
from . import Finding, Repair, Report, Spot

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEMS = {"error": "error", "warning": "warning", "info": "recommendation"}
"""GitHub's own words, https://docs.github.com/code-security/code-scanning (SARIF support)."""
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(report: Report) -> str:
    """One run. Paths are relative to the top of the repository, which ``%SRCROOT%`` stands for."""
    used = sorted({finding.code for finding in report.findings})
    index = {code: number for number, code in enumerate(used)}
    run = {
        "tool": {
            "driver": {
                "name": "fslint",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": "https://github.com/fslint/fslint",
                "rules": [_rule(CATALOGUE[code]) for code in used],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The top folder of the repository."}}},
        "results": [_result(finding, index) for finding in report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(meta: Meta) -> dict[str, Any]:
    from click import unstyle

    from ..rulebook import pages, url
    from ..rulebook import render as rendered

    page = pages().get(meta.code)
    tags = ["fullstory", "tracking", *(["security"] if meta.code.startswith("FS6") else [])]
    return {
        "id": meta.code,
        "name": "".join(word.capitalize() for word in meta.name.split("-")),
        "shortDescription": {"text": meta.summary},
        "fullDescription": {"text": page.summary if page else meta.summary},
        "help": {
            "text": unstyle(rendered(page.text)) if page else meta.summary,
            "markdown": page.text if page else meta.summary,
        },
        "helpUri": url(meta),
        "defaultConfiguration": {"level": _LEVELS[meta.severity]},
        "properties": {"tags": tags, "problem.severity": _PROBLEMS[meta.severity]},
    }


def _result(finding: Finding, index: dict[str, int]) -> dict[str, Any]:
    text = f"{finding.message}\n{finding.help}" if finding.help else finding.message
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index[finding.code],
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [_location(finding.spot)],
        "partialFingerprints": {"fslint/v1": finding.fingerprint},
    }
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_location(spot), "message": {"text": message}}
            for number, (spot, message) in enumerate(finding.related, 1)
        ]
    if finding.fix:
        result["fixes"] = [_fix(finding.fix)]
    return result


def _fix(fix: Repair) -> dict[str, Any]:
    by_path: dict[str, list[dict[str, Any]]] = {}
    for spot, content in fix.edits:
        replacement = {"deletedRegion": _region(spot), "insertedContent": {"text": content}}
        by_path.setdefault(spot.path, []).append(replacement)
    changes = [{"artifactLocation": _artifact(path), "replacements": made} for path, made in by_path.items()]
    return {"description": {"text": fix.message}, "artifactChanges": changes}


def _location(spot: Spot) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(spot.path), "region": _region(spot)}}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path.encode("utf-8", "surrogateescape")), "uriBaseId": "%SRCROOT%"}


def _region(spot: Spot) -> dict[str, int]:
    return {
        "startLine": spot.line,
        "startColumn": spot.column,
        "endLine": spot.end_line,
        "endColumn": spot.end_column,
    }
