"""Findings as an editor shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lsprotocol import types

from ..diagnostics import Diagnostic
from ..rulebook import url
from ..rules.catalogue import CATALOGUE
from ..source import mask
from .snapshot import Snapshot

SOURCE = "fslint"
_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
_TAGS = {
    "FS108": types.DiagnosticTag.Deprecated,
    "FS003": types.DiagnosticTag.Unnecessary,
    "FS102": types.DiagnosticTag.Unnecessary,
    "FS509": types.DiagnosticTag.Unnecessary,
}
"""Rules about what is out of date, and about what could go without a loss."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the client can show."""

    related: bool = True
    tags: bool = True


Locate = Callable[[str], str]
"""A path relative to the root as a URI."""


def convert(snapshot: Snapshot, diagnostic: Diagnostic, locate: Locate, shown: Shown) -> types.Diagnostic | None:
    """A finding in the client's terms, None if its place was edited since. Keys are masked."""
    at = snapshot.range(diagnostic.place)
    if at is None:
        return None
    meta = CATALOGUE[diagnostic.code]
    message = mask(diagnostic.message)
    if diagnostic.help:
        message += f"\n{mask(diagnostic.help)}"
    related = []
    for other in diagnostic.related:
        span = snapshot.range(other.place) if other.place.path not in snapshot.linked else None
        if span is None or not shown.related:
            message += f"\n{other.place.path}: {mask(other.message)}"
        else:
            where = types.Location(locate(other.place.path), span)
            related.append(types.DiagnosticRelatedInformation(where, mask(other.message)))
    tag = _TAGS.get(diagnostic.code)
    return types.Diagnostic(
        range=at,
        message=message,
        severity=_SEVERITIES[snapshot.settings.severity(diagnostic.code)],
        code=diagnostic.code,
        code_description=types.CodeDescription(url(meta)),
        source=SOURCE,
        tags=[tag] if tag is not None and shown.tags else None,
        related_information=related or None,
    )


def in_held(snapshot: Snapshot, diagnostic: Diagnostic) -> types.Diagnostic:
    """A finding in what the editor has of a file of which an older text was analysed."""
    meta = CATALOGUE[diagnostic.code]
    return types.Diagnostic(
        range=snapshot.held[diagnostic.place.path].range(diagnostic.place.start, diagnostic.place.end),
        message=mask(diagnostic.message),
        severity=_SEVERITIES[snapshot.settings.severity(diagnostic.code)],
        code=diagnostic.code,
        code_description=types.CodeDescription(url(meta)),
        source=SOURCE,
    )


def of_configuration(message: str, line: int) -> types.Diagnostic:
    """What is wrong with the configuration. ``line``: 0-based."""
    return types.Diagnostic(
        range=types.Range(types.Position(line, 0), types.Position(line + 1, 0)),
        message=mask(message),
        severity=types.DiagnosticSeverity.Error,
        code="configuration",
        source=SOURCE,
    )
