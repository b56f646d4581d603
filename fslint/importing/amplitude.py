"""The CSV of Amplitude Data: events with their properties, or user properties.

Columns: https://amplitude.com/docs/data/csv-import-export/file-schema. An event's row is followed by the rows of its
properties, which may or may not repeat its name; property groups are rows of their own that events name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ..registry import Required
from ..registry_text import OPTIONAL, PropertyEntry
from .entries import (
    Draft,
    Imported,
    ImportingError,
    enum_of,
    imported,
    limits_of,
    pattern_of,
    plural,
    shortened,
    side_of,
)

Row = dict[str, str]
TYPES = {"string": "str", "boolean": "bool", "enum": "str", "const": "str", "object": "object", "number": "real"}
STATUSES = {"planned": "planned"}


def is_export(text: str) -> bool:
    """Whether a text is such a CSV, by its header."""
    names = set(_header(text))
    return {"object type", "object name"} <= names or {"property type", "property name", "property value type"} <= names


def _header(text: str) -> list[str]:
    first = text.split("\n", 1)[0]
    return [_column(name) for name in next(csv.reader([first], delimiter=_delimiter(first)), [])]


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _column(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())


def _rows(text: str) -> Iterator[Row]:
    header = _header(text)
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text.split("\n", 1)[0]))
    next(reader, None)
    try:
        for cells in reader:
            yield {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
    except csv.Error as error:
        raise ImportingError(f"it is not CSV, in line {reader.line_num}: {error}") from None


def read(text: str) -> Imported:
    """The plan of an export. Raises ``ImportingError``."""
    events: dict[str, Draft] = {}
    groups: dict[str, Draft] = {}
    wanted: dict[str, list[str]] = {}
    user, left = Draft("user properties"), list[str]()
    current: Draft | None = None
    for row in _rows(text):
        kind, name = row.get("object type", "").casefold(), row.get("object name", "")
        if kind in ("event", "property group") and name:
            known = events if kind == "event" else groups
            if name not in known and row.get("action", "").casefold() in ("ignore", "remove"):
                left.append(f"the {kind} {name}: the export says {row['action']}")
                current = Draft(name)
            else:
                current = known.setdefault(name, Draft(name))
                _describe(current, row)
                wanted.setdefault(name, []).extend(_split(row.get("property group names", "")))
        elif kind and name:
            left.append(f"the {kind} {name}")
            current = Draft(name)
        own = row.get("event property name", "") or (row.get("property name", "") if current else "")
        if row.get("property type", "").casefold() == "user property":
            user.add(_property(user, row.get("property name", "") or own, row))
        elif own and current is not None:
            if current.properties.get(own) is None:
                current.add(_property(current, own, row))
    for name, draft in events.items():
        for group in dict.fromkeys(wanted.get(name, ())):
            if group not in groups:
                left.append(f"{name}: the property group {group} is not in the file")
                continue
            for entry in groups[group].properties.values():
                draft.properties.setdefault(entry.name, entry)
            draft.left += [line.replace(f" of {group}:", f" of {name}:") for line in groups[group].left]
    if not events and not user.properties and not user.left:
        raise ImportingError("there is no event in it that an export of Amplitude Data would have")
    return imported(events.values(), user, left)


def _describe(draft: Draft, row: Row) -> None:
    draft.description = draft.description or row.get("object description", "")
    draft.owner = draft.owner or row.get("object owner", "")
    draft.status = draft.status or STATUSES.get(row.get("event schema status", "").casefold(), "")
    draft.side = draft.side or side_of(_split(row.get("event source", "") or row.get("event sources", "")))


def _split(text: str) -> list[str]:
    return [part for part in (piece.strip() for piece in text.split(",")) if part]


def _property(draft: Draft, name: str, row: Row) -> PropertyEntry | None:
    if row.get("action", "").casefold() in ("ignore", "remove") and not row.get("object name"):
        draft.leave(name, f"the export says {row['action']}")
        return None
    said = row.get("property value type", "").casefold()
    kind = TYPES.get(said, "")
    if kind == "real" and _true(row, "number is integer"):
        kind = "int"
    if kind and (_true(row, "property is array") or said == "array"):
        kind = plural(kind, draft.name)
    if not kind:
        draft.leave(name, f"there is no type {said}" if said and said != "any" else "its type is not said")
        return None
    listed = _split(row.get("enum values", "")) or _split(row.get("const value", ""))
    pattern = row.get("property regex", "")
    kept = pattern_of(pattern, kind)
    if pattern and not kept:
        draft.left.append(f"{name} of {draft.name}: its regular expression cannot be used")
    least, most = (_number(row.get(f"number property value {end}", "")) for end in ("min", "max"))
    low, high = limits_of(least, most, kind)
    return PropertyEntry(
        name,
        kind,
        Required(True, True) if _true(row, "property required") else OPTIONAL,
        enum=(enum_of(listed, kind) or ()) if kind in ("str", "strs") else (),
        minimum=low,
        maximum=high,
        pattern=kept,
        description=shortened(row.get("property description")),
    )


def _true(row: Row, column: str) -> bool:
    return row.get(column, "").casefold() in ("true", "yes", "1")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
