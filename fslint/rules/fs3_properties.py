"""FS301–FS305 and FS309: names and values of properties."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ..diagnostics import Diagnostic, Place
from ..link.project import Project
from ..link.types import ARRAYS, type_of
from ..link.values import Ent, Obj, Val, describe, options, texts
from ..registry import OBJECT_LIST_EVENTS, strip_suffix
from . import rule
from . import tables_properties as tables
from .properties import (
    Plan,
    Problem,
    Prop,
    all_properties,
    check,
    has_suffix,
    plans,
    registered,
    rename,
    report,
    value_related,
    words,
)
from .property_values import contradicts, given_literally, is_empty, unsupported

SUFFIXES = "_str, _int, _real, _bool, _date or their plurals"


def _reserved(prop: Prop) -> bool:
    """A name that FullStory knows without suffix, at root level."""
    if not prop.root:
        return False
    if prop.user:
        return prop.name in tables.RESERVED_USER
    return prop.call.kind == "page-properties" and prop.name in tables.RESERVED_PAGE


def _needs_suffix(prop: Prop) -> bool:
    return (
        prop.leaf
        and not has_suffix(prop.name)
        and not prop.name.endswith(tables.NEUTRAL_SUFFIXES)
        and not _reserved(prop)
        and not any(parent.name.endswith("_objs") for parent in prop.parents)
    )


def _types(project: Project, value: Val) -> list[str | None]:
    """The types of a value's alternatives, nulls left out."""
    kinds = [type_of(option, project.evaluator) for option in options(value)]
    return [kind for kind in kinds if kind != "null"]


def _proposal(project: Project, prop: Prop) -> str | None:
    """The name with the suffix that fits the value, if its type is known."""
    suffix = tables.SUFFIX_OF.get(type_of(prop.value, project.evaluator) or "")
    return None if suffix is None else f"{prop.name}_{suffix}"


def _likely(name: str) -> str:
    """The suffix that a name suggests, as an example; a wrong guess does no harm, since the text lists all."""
    split = words(name)
    for hinting, position in ((tables.FIRST_WORDS, 0), (tables.LAST_WORDS, -1)):
        if len(split) > 0 and split[position] in hinting:
            return hinting[split[position]]
    return "str"


@rule("FS301")
def untyped_property(project: Project) -> Iterator[Diagnostic]:
    """A v1 property without one of the ten suffixes; arrays and objects are left alone."""

    def judge(prop: Prop) -> Problem | None:
        if not prop.call.v1 or not _needs_suffix(prop):
            return None
        if any(kind in ARRAYS or kind == "object" for kind in _types(project, prop.value)):
            return None
        new = _proposal(project, prop)
        return Problem(
            f"property '{prop.name}' has no type suffix, so FullStory drops it",
            f"write `{new}`" if new else f"append what it holds: {SUFFIXES}, as in `{prop.name}_{_likely(prop.name)}`",
            place=prop.entry.key_origin,
            fix=rename(project, prop, new) if new else None,
        )

    return check(project, "FS301", all_properties(project), judge)


@rule("FS309")
def untyped_server_property(project: Project) -> Iterator[Diagnostic]:
    """A server property whose type neither its name, the registry nor its value tells."""
    bad: dict[Place, list[tuple[Prop, Problem]]] = {}
    told: set[Place] = set()
    for prop in all_properties(project):
        if prop.call.api != "server" or not _needs_suffix(prop):
            continue
        if _is_told(project, prop):
            told.add(prop.place)
            continue
        problem = Problem(
            f"nothing tells the type of property '{prop.name}' ({describe(prop.value)}), "
            "and the function's API version is not in view: FullStory may drop it or guess",
            f"append a suffix ({SUFFIXES}), convert the value, or register the property with its type",
            place=prop.entry.key_origin,
        )
        bad.setdefault(prop.entry.key_origin, []).append((prop, problem))
    for place in sorted(bad):
        items = [item for item in bad[place] if item[0].place not in told]
        if items:
            yield report(project, "FS309", place, items)


def _is_told(project: Project, prop: Prop) -> bool:
    """The value or the registry tells the type, or nothing is sent (a parameter that is left out)."""
    alternatives = options(prop.value)
    if any(_types(project, prop.value)) or any(registered(p.properties, prop.path) for p in _plans(project, prop)):
        return True
    return all(is_empty(option) and not given_literally(prop, option) for option in alternatives)


def _plans(project: Project, prop: Prop) -> list[Plan]:
    return plans(project, prop.call)


@rule("FS302")
def suffix_mismatch(project: Project) -> Iterator[Diagnostic]:
    """A suffix (in v2: a schema type) that contradicts the value, or one that only resembles one of the ten."""

    def judge(prop: Prop) -> Problem | None:
        if prop.call.v2:
            return _against_schema(project, prop)
        stem, suffix = strip_suffix(prop.name)
        if not suffix:
            return _near_miss(project, prop) if prop.call.v1 else None
        bad = contradicts(project, suffix, prop.value)
        if bad is None:
            return None
        found = type_of(bad, project.evaluator) or ""
        right = tables.SUFFIX_OF.get(found)
        help = f"write `{stem}_{right}`, or give {tables.TYPE_WORDS[suffix]}" if right and right != suffix else ""
        return Problem(
            f"'{prop.name}' says {tables.TYPE_WORDS[suffix]}, but {_what(bad, found)}, so FullStory rejects it",
            help or f"give {tables.TYPE_WORDS[suffix]}" + (" in ISO 8601" if suffix.startswith("date") else ""),
            place=prop.entry.key_origin,
            related=value_related(prop, bad),
        )

    return check(project, "FS302", all_properties(project), judge)


def _what(value: Val, kind: str) -> str:
    described = describe(value)
    words = tables.TYPE_WORDS.get(kind, "something else")
    return f"the value is {words}" if described == "…" or described in words else f"{described} is {words}"


def _near_miss(project: Project, prop: Prop) -> Problem | None:
    stem, _, ending = prop.name.rpartition("_")
    miss = tables.NEAR_MISSES.get(ending)
    if miss is None or not stem or prop.name in tables.NOUNS or not prop.leaf:
        return None
    kinds = [kind for kind in (type_of(option, project.evaluator) for option in options(prop.value)) if kind != "null"]
    if not all((kind is None and miss.unknown) or kind in miss.fits for kind in kinds) or not kinds:
        return None
    if ending == "datetime" and contradicts(project, "date", prop.value) is not None:
        return None
    right = miss.right
    if ending in ("number", "array", "float"):
        right = tables.SUFFIX_OF.get(type_of(prop.value, project.evaluator) or "", right)
        right = "real" if ending == "float" else right
    new = f"{prop.name}_{right}"
    return Problem(
        f"'_{ending}' is not one of FullStory's type suffixes, so it drops '{prop.name}'",
        f"write `{stem}_{right}`",
        place=prop.entry.key_origin,
        fix=rename(project, prop, new),
    )


def _against_schema(project: Project, prop: Prop) -> Problem | None:
    """A v2 property whose value contradicts what the call's own schema says of it."""
    for schema in options(prop.call.schema):
        entry = schema.get("properties") if isinstance(schema, Obj) else None
        if entry is None or not isinstance(entry.value, Obj):
            continue
        found = _schema_entry(entry.value, prop.path)
        for kind in texts(found.value) if found is not None else ():
            bad = contradicts(project, str(kind.value), prop.value) if kind.value in tables.SCHEMA_TYPES else None
            if bad is not None and found is not None:
                value_kind = type_of(bad, project.evaluator) or ""
                return Problem(
                    f"the schema says '{prop.name}' is {tables.TYPE_WORDS[str(kind.value)]}, but "
                    f"{_what(bad, value_kind)}, so FullStory rejects it",
                    f"give {tables.TYPE_WORDS[str(kind.value)]}, or change the schema",
                    place=prop.entry.key_origin,
                    related=value_related(prop, bad),
                )
    return None


def _schema_entry(schema: Obj, path: tuple[str, ...]) -> Ent | None:
    """The entry of a schema for a property: by its dotted path, or in nested objects."""
    found = schema.get(".".join(path))
    if found is not None or len(path) < 2:
        return found
    outer = schema.get(path[0])
    return _schema_entry(outer.value, path[1:]) if outer is not None and isinstance(outer.value, Obj) else None


@rule("FS303")
def empty_property_value(project: Project) -> Iterator[Diagnostic]:
    """``null``, ``undefined``, ``None`` or ``NaN`` as a property value."""

    def judge(prop: Prop) -> Problem | None:
        alternatives = options(prop.value)
        if not alternatives or not all(is_empty(o) and given_literally(prop, o) for o in alternatives):
            return None
        known = [registered(plan.properties, prop.path) for plan in _plans(project, prop)]
        if any(found is not None and found.nullable for found in known):
            return None
        shown = describe(alternatives[0])
        python = prop.place.path.endswith(".py")
        shown = "None" if python and shown == "null" else "NaN" if shown == "…" else shown
        return Problem(
            f"'{prop.name}' is {shown}, which has no type: FullStory cannot index it",
            f"leave `{prop.name}` out when there is no value, or mark it `nullable: true` in the registry",
            related=value_related(prop, alternatives[0]),
        )

    return check(project, "FS303", all_properties(project), judge)


_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
MAX_NAME = 512


@rule("FS304")
def invalid_property_name(project: Project) -> Iterator[Diagnostic]:
    """A name that FullStory does not accept; on the server a hyphen is one of them."""

    def judge(prop: Prop) -> Problem | None:
        server = prop.call.side in ("server", "either")
        name = prop.name
        if _NAME.fullmatch(name) is None:
            why = "a property name is a letter followed by letters, digits and underscores" + (
                "" if server else " or hyphens"
            )
        elif len(name) > MAX_NAME:
            why = f"a property name has at most {MAX_NAME} characters"
        elif server and "-" in name:
            why = "the server API takes no hyphen in a property name"
        else:
            return None
        shown = name if len(name) <= 60 else name[:57] + "…"
        plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
        plain = "".join(char for char in plain if not unicodedata.combining(char))
        better = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:MAX_NAME]
        better = f"n{better}" if better[:1].isdigit() else better
        return Problem(
            f"'{shown}' is not a valid property name, so FullStory does not take it: {why}",
            f"write `{better}`" if better and len(better) <= 60 else "shorten it to letters, digits and underscores",
            place=prop.entry.key_origin,
        )

    return check(project, "FS304", all_properties(project), judge)


@rule("FS305")
def unsupported_property_value(project: Project) -> Iterator[Diagnostic]:
    """A value that FullStory cannot index: an array of objects, a function, JSON text, a whole event, node or body."""

    def judge(prop: Prop) -> Problem | None:
        found = [unsupported(project, prop, option) for option in options(prop.value)]
        kind = found[0] if found and all(found) else None
        if kind is None:
            return None
        if kind == "an array of objects" and any(name.value in OBJECT_LIST_EVENTS for name in texts(prop.call.name)):
            return None
        return Problem(
            f"'{prop.name}' is {kind}, which FullStory cannot index",
            _UNSUPPORTED_HELP.get(kind, "send the single values that matter, each as a property of its own"),
            related=value_related(prop, options(prop.value)[0]),
        )

    return check(project, "FS305", all_properties(project), judge)


_UNSUPPORTED_HELP = {
    "an array of objects": "send arrays of plain values, one for each field that matters, or a count",
    "a function": "call it, and send what it returns",
    "JSON text of an object or array": "send the object itself, or its single values as properties",
}
