"""Other tools' tracking plans as registry entries (``fslint registry import``).

In: the content of a file. Out: an ``Imported`` plan, with a line about everything that has no place in a registry. Each
module reads the formats of one kind and registers them in ``READERS``; ``entries`` is what they share. Nothing here
looks at code. What cannot be mapped is left out and said, and its event then takes further properties; what a side is
not told becomes ``side: both, reviewed: false``, so that a person decides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..text import Undecodable, to_utf8
from . import amplitude, analyze_tracking, json_plans
from .entries import Imported, ImportingError

READERS: Mapping[str, Callable[[Any], Imported]] = {
    "segment": json_plans.segment,
    "rudderstack": json_plans.rudderstack,
    "avo": json_plans.avo,
    "amplitude": amplitude.read,
    "analyze-tracking": analyze_tracking.read,
}
"""Formats by name. The JSON ones are given the decoded document, the others the text."""
TITLES = {
    "segment": "Segment Protocols",
    "rudderstack": "RudderStack",
    "avo": "Avo",
    "amplitude": "Amplitude Data",
    "analyze-tracking": "@flisk/analyze-tracking",
}
JSON_FORMATS = ("segment", "rudderstack", "avo")
MAX_SIZE = 50_000_000


def read(data: bytes, form: str | None = None, side: str | None = None) -> tuple[str, Imported]:
    """A file's format and plan. ``form``: a key of READERS, None to find out; ``side``: of every event.

    Raises ``ImportingError``.
    """
    if len(data) > MAX_SIZE:
        raise ImportingError(f"it is larger than {MAX_SIZE // 1_000_000} MB, which no tracking plan is")
    try:
        text = to_utf8(data, "yaml").decode().removeprefix("\ufeff")
    except (Undecodable, UnicodeDecodeError):
        raise ImportingError("it is no text in UTF-8 or UTF-16") from None
    document = _json(text, form)
    found = form or _format_of(text, document)
    if found in JSON_FORMATS and document is None:
        raise ImportingError(f"it is not JSON, as an export of {TITLES[found]} is")
    plan = READERS[found](document if found in JSON_FORMATS else text)
    return found, plan.on_side(side) if side else plan


def _json(text: str, form: str | None) -> Any:
    """The document of a JSON file, None where it is something else."""
    if form is not None and form not in JSON_FORMATS:
        return None
    try:
        return json.loads(text)
    except RecursionError:
        raise ImportingError("it is nested too deeply") from None
    except ValueError as error:
        if form is not None or text.lstrip()[:1] in ("{", "["):
            raise ImportingError(f"it is not JSON: {error}") from None
    return None


def _format_of(text: str, document: Any) -> str:
    """Which tool a plan comes from."""
    if document is not None:
        found = json_plans.format_of(document)
        if found:
            return found
    elif amplitude.is_export(text):
        return "amplitude"
    elif analyze_tracking.is_export(text):
        return "analyze-tracking"
    raise ImportingError(f"it looks like none of {', '.join(TITLES.values())}; say which with --from")


__all__ = ["READERS", "TITLES", "Imported", "ImportingError", "read"]
