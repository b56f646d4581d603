"""Findings as an editor shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lsprotocol import types

from ..diagnostics import Diagnostic, Place
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


def convert(snapshot: Snapshot, diagnostic: Diagnostic, locate: Locate, shown: Shown) -> types.Diagnostic:
    """A finding in the client's terms. Keys are masked."""
    meta = CATALOGUE[diagnostic.code]
    message = mask(diagnostic.message)
    if diagnostic.help:
        message += f"\n{mask(diagnostic.help)}"
    related = []
    for other in diagnostic.related:
        if other.place.path in snapshot.linked or not shown.related:
            message += f"\n{other.place.path}: {mask(other.message)}"
        else:
            where = types.Location(locate(other.place.path), span(snapshot, other.place))
            related.append(types.DiagnosticRelatedInformation(where, mask(other.message)))
    tag = _TAGS.get(diagnostic.code)
    return types.Diagnostic(
        range=span(snapshot, diagnostic.place),
        message=message,
        severity=_SEVERITIES[snapshot.settings.severity(diagnostic.code)],
        code=diagnostic.code,
        code_description=types.CodeDescription(url(meta)),
        source=SOURCE,
        tags=[tag] if tag is not None and shown.tags else None,
        related_information=related or None,
    )


def span(snapshot: Snapshot, place: Place) -> types.Range:
    """A place as a range."""
    return snapshot.texts[place.path].range(place.start, place.end)


def of_configuration(message: str, line: int) -> types.Diagnostic:
    """What is wrong with the configuration. ``line``: 0-based."""
    return types.Diagnostic(
        range=types.Range(types.Position(line, 0), types.Position(line + 1, 0)),
        message=mask(message),
        severity=types.DiagnosticSeverity.Error,
        code="configuration",
        source=SOURCE,
    )


def masked(text: str) -> str:
    """A text with keys masked, line by line."""
    return "\n".join(mask(line) for line in text.split("\n"))
