"""Completion in ``events.yaml``, by the JSON Schema of the registry: keys, types and other known words.

The lines before the cursor tell where it is, by their indentation, so that it works while the file is no YAML yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from lsprotocol import types

from ..registry import schema, strip_suffix
from ..registry_text import scalar
from .view import View

_LINE = re.compile(
    r"""(?P<indent>[ ]*)(?:-[ ]+)?(?P<key>"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'#:{][^:#]*)[ ]*:(?=\s|\Z)[ ]*"""
)
_FLOW = re.compile(r"""[ ]*(?P<key>"[^"]*"|'[^']*'|[\w-]+)[ ]*:[ ]*""")


def completion(view: View, position: types.Position) -> list[types.CompletionItem]:
    """What fits at a position of a registry file."""
    before = view.text.data[: view.text.offset(position)].decode("utf-8", "replace")
    lines = before.splitlines() if not before.endswith(("\n", "\r")) else [*before.splitlines(), ""]
    line = lines[-1] if lines else ""
    path, value = _place(lines)
    typed = re.search(r"[^\s:,{\[]*\Z" if not value else r"(?<=[:\s{\[,])[^\s:,{\[][^:,{\[]*\Z|\Z", line)
    prefix = typed[0] if typed else ""
    offset = view.text.offset(position)
    span = view.text.range(offset - len(prefix.encode()), offset)
    node = _node(path)
    items = _values(view, path, node) if value else _keys(view, path, node)
    return [
        types.CompletionItem(
            label=label,
            kind=types.CompletionItemKind.EnumMember if value else types.CompletionItemKind.Property,
            documentation=documentation or None,
            sort_text=f"{number:04}",
            text_edit=types.TextEdit(span, label if value else f"{scalar(label)}: "),
        )
        for number, (label, documentation) in enumerate(items)
    ]


def _place(lines: list[str]) -> tuple[tuple[str, ...], bool]:
    """The keys around the end of the last line, and whether a value stands there (else a key)."""
    line = lines[-1] if lines else ""
    indent = len(line) - len(line.lstrip(" "))
    path = list(_parents(lines[:-1], indent))
    match = _LINE.match(line)
    if match is None:
        return tuple(path), False
    path.append(_unquoted(match["key"]))
    rest = line[match.end() :]
    return _flow(tuple(path), rest)


def _flow(path: tuple[str, ...], rest: str) -> tuple[tuple[str, ...], bool]:
    """The same within ``{type: …, enum: […]}``."""
    while rest.startswith("{"):
        rest = _last_item(rest[1:])
        match = _FLOW.match(rest)
        if match is None:
            return path, False
        path = (*path, _unquoted(match["key"]))
        rest = rest[match.end() :]
    return path, True


def _last_item(text: str) -> str:
    """What follows the last comma that is in no inner bracket; nothing of inner brackets that are closed."""
    depth, start = 0, 0
    for index, character in enumerate(text):
        if character in "{[":
            depth += 1
        elif character in "}]":
            depth -= 1
        elif character == "," and depth == 0:
            start = index + 1
    return text[start:].lstrip(" ")


def _parents(lines: list[str], indent: int) -> Iterator[str]:
    found = []
    for line in reversed(lines):
        match = _LINE.match(line)
        if match is not None and line.strip() and not line.lstrip().startswith("#"):
            own = len(match["indent"])
            if own < indent:
                found.append(_unquoted(match["key"]))
                indent = own
    yield from reversed(found)


def _unquoted(key: str) -> str:
    key = key.strip()
    if key[:1] == '"':
        try:
            return str(json.loads(key))
        except ValueError:
            return key.strip('"')
    return key[1:-1] if key[:1] == "'" else key


# ---------------------------------------------------------------------------------------------------------- schema


@cache
def _schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schema())
    return found


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = _schema()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def _forms(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    node = _resolved(node)
    yield node
    for key in ("oneOf", "anyOf", "allOf"):
        for form in node.get(key, ()):
            yield from _forms(form)


def _node(path: tuple[str, ...]) -> dict[str, Any]:
    """The schema of the value at a path, {} where it says nothing."""
    node = _schema()
    for key in path:
        for form in _forms(node):
            child = form.get("properties", {}).get(key) or form.get("additionalProperties")
            if isinstance(child, dict):
                node = child
                break
        else:
            return {}
    return node


def _keys(view: View, path: tuple[str, ...], node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for form in _forms(node):
        for key, child in form.get("properties", {}).items():
            yield key, _resolved(child).get("description", "") or child.get("description", "")
    registry = view.snapshot.registry()
    uses = view.snapshot.uses
    if path == ("events",):
        for name in sorted({name for use in uses for name in use.names}):
            if registry is None or registry.resolve(name) is None:
                yield name, "sent, and not registered"
    elif len(path) == 3 and path[0] == "events" and path[2] == "properties":
        event = registry.resolve(path[1]) if registry is not None else None
        for name in sorted({strip_suffix(s.name)[0] for use in view.snapshot.uses_of(path[1]) for s in use.properties}):
            if registry is None or event is None or registry.property_of(event, name) is None:
                yield name, "sent, and not registered"


def _values(view: View, path: tuple[str, ...], node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    seen = set()
    for form in _forms(node):
        kinds = form.get("type", ())
        words = [word for word in form.get("enum", ()) if isinstance(word, str)]
        if "const" in form:
            words.append(json.dumps(form["const"]))
        if "boolean" in ([kinds] if isinstance(kinds, str) else kinds):
            words += ["true", "false"]
        for word in words:
            if word not in seen:
                seen.add(word)
                yield word, ""
    if path[:1] == ("events",) and path[-1] in ("replaced_by",):
        registry = view.snapshot.registry()
        for name in registry.events if registry is not None else ():
            yield name, ""
