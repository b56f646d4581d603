"""JSON Schema, as tracking plans use it, to registered properties.

Segment, RudderStack and Avo all describe an event by the schema of a message: its ``properties`` (or ``traits``) are a
schema of the event's properties. Drafts 4 to 2020-12, as far as a registry can say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..registry import Required
from ..registry_text import OPTIONAL, PropertyEntry, writable
from .entries import Draft, enum_of, limits_of, pattern_of, plural, shortened

TYPES = {"string": "str", "integer": "int", "number": "real", "boolean": "bool", "object": "object", "array": "array"}
DATES = ("date-time", "date")
UNSAID = (
    "minLength", "maxLength", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems",
    "allOf", "not", "if", "dependencies", "dependentRequired", "patternProperties", "contains",
)  # fmt: skip
"""Limits that a registry cannot say."""
MAX_DEPTH = 8


def fill(draft: Draft, schema: object, root: object = None) -> None:
    """Enter the properties that a schema of ``properties`` lists into a draft."""
    schema = _resolved(schema, root, 0)
    if not isinstance(schema, Mapping):
        return
    required = schema.get("required")
    always = set(map(str, required)) if isinstance(required, list) else set()
    if schema.get("additionalProperties") is True:
        draft.open = True
    listed = schema.get("properties")
    for name, rule in listed.items() if isinstance(listed, Mapping) else ():
        draft.add(_property(draft, str(name), rule, str(name) in always, root, 0))


def _property(draft: Draft, name: str, rule: object, required: bool, root: object, depth: int) -> PropertyEntry | None:
    rule = _resolved(rule, root, 0)
    if not isinstance(rule, Mapping) or depth > MAX_DEPTH:
        draft.leave(name, "it has no schema")
        return None
    kind, nullable, why = _type(rule, root, draft.name)
    if not kind:
        draft.leave(name, why)
        return None
    values = rule.get("enum", [rule["const"]] if "const" in rule else None)
    items = _resolved(rule.get("items"), root, 0)
    if values is None and isinstance(items, Mapping):
        values = items.get("enum")
    enum = None
    if isinstance(values, list) and kind not in ("object", "objects"):
        enum = enum_of([value for value in values if value is not None], kind)
        if enum is None:
            draft.left.append(f"{name} of {draft.name}: the values of its `enum` do not fit {kind}")
    pattern = str(rule.get("pattern") or "")
    kept = pattern_of(pattern, kind)
    if pattern and not kept:
        draft.left.append(f"{name} of {draft.name}: its `pattern` cannot be used")
    unsaid = [key for key in UNSAID if key in rule]
    if unsaid:
        draft.left.append(f"{name} of {draft.name}: a registry has no {', '.join(unsaid)}")
    low, high = limits_of(rule.get("minimum"), rule.get("maximum"), kind)
    return PropertyEntry(
        name,
        kind,
        Required(True, True) if required else OPTIONAL,
        nullable=nullable,
        enum=enum or (),
        minimum=low,
        maximum=high,
        pattern=kept,
        description=shortened(rule.get("description")),
        properties=_inner(draft, name, rule, root, depth) if kind == "object" else (),
    )


def _inner(draft: Draft, name: str, rule: Mapping[str, Any], root: object, depth: int) -> tuple[PropertyEntry, ...]:
    """The properties of an object. Where it may hold others, the event may."""
    inner = Draft(draft.name)
    required = rule.get("required")
    always = set(map(str, required)) if isinstance(required, list) else set()
    listed = rule.get("properties")
    for key, sub in listed.items() if isinstance(listed, Mapping) else ():
        if not writable(str(key)):
            inner.leave(repr(key), "a registry cannot hold this name")
            continue
        entry = _property(inner, str(key), sub, str(key) in always, root, depth + 1)
        if entry is not None:
            inner.properties[entry.name] = entry
    found = tuple(inner.listed())
    draft.left += [f"{name}.{line}" for line in inner.left]
    draft.open = draft.open or inner.open or rule.get("additionalProperties") is True
    return found


def _type(rule: Mapping[str, Any], root: object, event: str) -> tuple[str, bool, str]:
    """The registry's type, whether it may be null, and why there is none."""
    said = rule.get("type")
    names = [str(name) for name in said] if isinstance(said, list) else [str(said)] if said else []
    for key in ("anyOf", "oneOf"):
        for option in rule[key] if isinstance(rule.get(key), list) else ():
            inner = _resolved(option, root, 0)
            if isinstance(inner, Mapping) and isinstance(inner.get("type"), str):
                names.append(inner["type"])
    nullable = "null" in names
    kinds = {name for name in names if name != "null"}
    values = rule.get("enum", [rule["const"]] if "const" in rule else None)
    if not kinds and isinstance(values, list):
        kinds = {_json_type(value) for value in values if value is not None}
        nullable = nullable or None in values
    if kinds == {"integer", "number"}:
        kinds = {"number"}
    if not kinds or "any" in kinds:
        return "", False, "its type is not said"
    if len(kinds) > 1:
        return "", False, f"it may be {' or '.join(sorted(kinds))}"
    name = kinds.pop()
    if name == "string" and rule.get("format") in DATES:
        return "date", nullable, ""
    if name == "array":
        items = _resolved(rule.get("items"), root, 0)
        inner_kind, _, _ = _type(items, root, event) if isinstance(items, Mapping) else ("", False, "")
        kind = plural(inner_kind, event)
        if inner_kind == "object" and not kind:
            return "", False, "FullStory takes no arrays of objects"
        return (kind, nullable, "") if kind else ("", False, "an array of what is not said")
    return (TYPES[name], nullable, "") if name in TYPES else ("", False, f"there is no type {name}")


def _json_type(value: object) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _resolved(schema: object, root: object, depth: int) -> object:
    """A schema, with a ``$ref`` within the document followed."""
    if not isinstance(schema, Mapping) or not isinstance(schema.get("$ref"), str) or depth > MAX_DEPTH:
        return schema
    target: object = root
    for part in schema["$ref"].removeprefix("#").strip("/").split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        target = target.get(key) if isinstance(target, Mapping) else None
    return _resolved(target, root, depth + 1) if target is not None else schema
