"""The YAML of ``@flisk/analyze-tracking``: what another tool found in the code, with TypeScript's names for types.

Its form: https://github.com/fliskdata/analyze-tracking/blob/main/schema.json.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..registry import Required
from ..registry_text import OPTIONAL, PropertyEntry, listed, writable
from ..yamlnodes import Node, YamlError, parse
from .entries import Draft, Imported, ImportingError, enum_of, imported, plural, shortened

TYPES = {
    "string": "str", "number": "real", "boolean": "bool", "object": "object", "date": "date", "true": "bool", "false": "bool",
    "int": "int", "integer": "int", "float": "real", "str": "str", "bool": "bool", "dict": "object",
}  # fmt: skip
SERVER_FILES = (".py", ".rb", ".go", ".php", ".java")
CLIENT_FILES = (".jsx", ".tsx", ".vue", ".svelte", ".html", ".swift", ".kt")
MAX_DEPTH = 8
_ARRAY = re.compile(
    r"(?:(?:readonly )?\(?(?P<one>[^\[\]]+?)\)?\[\]|(?:Readonly)?Array<(?P<two>.+)>|(?:list|List)\[(?P<three>.+)\])"
)
_LITERAL = re.compile(r"""["'](?P<text>[^"']*)["']""")


def is_export(text: str) -> bool:
    """Whether a text is such a file: events with implementations."""
    return "implementations:" in text and re.search(r"^events:", text, re.MULTILINE) is not None


def read(text: str) -> Imported:
    """The plan of a file. Raises ``ImportingError``."""
    try:
        root = parse(text.encode())
    except YamlError as error:
        raise ImportingError(error.message) from None
    drafts = []
    for name, node in _mapping(_get(root, "events")).items():
        places = [_implementation(item) for item in _items(_get(node, "implementations"))]
        paths = [path for path, _ in places if path]
        shown = [f"{path}:{line}" if line else path for path, line in places if path]
        draft = Draft(
            name,
            _text(_get(node, "description")),
            side=_side(paths),
            comments=(listed(shown),) if shown else (),
        )
        for key, rule in _mapping(_get(node, "properties")).items():
            draft.add(_property(draft, key, rule, 0))
        drafts.append(draft)
    if not drafts:
        raise ImportingError("there are no events in it")
    return imported(drafts, Draft("user properties"))


def _property(draft: Draft, name: str, node: Node, depth: int) -> PropertyEntry | None:
    said = _text(_get(node, "type")) or (node.text if node.kind == "scalar" else "")
    items = _text(_get(_get(node, "items"), "type"))
    kind, nullable, values = _type(f"{items}[]" if said == "array" and items else said, draft.name)
    if not kind or depth > MAX_DEPTH:
        unknown = said in ("", "any", "unknown", "null", "undefined", "array")
        draft.leave(name, "its type is not said" if unknown else f"there is no type {said[:60]}")
        return None
    required = _get(node, "required")
    return PropertyEntry(
        name,
        kind,
        Required(True, True) if required is not None and required.value is True else OPTIONAL,
        nullable=nullable,
        enum=values,
        description=shortened(_text(_get(node, "description"))),
        properties=_inner(draft, name, node, depth) if kind == "object" else (),
    )


def _inner(draft: Draft, name: str, node: Node, depth: int) -> tuple[PropertyEntry, ...]:
    inner = Draft(draft.name)
    for key, rule in _mapping(_get(node, "properties")).items():
        if writable(key):
            entry = _property(inner, key, rule, depth + 1)
            if entry is not None:
                inner.properties[key] = entry
    found = tuple(inner.listed())
    draft.left += [f"{name}.{line}" for line in inner.left]
    draft.open = draft.open or inner.open
    return found


def _type(said: str, event: str) -> tuple[str, bool, tuple[str, ...]]:
    """Type, whether it may be null, and the texts that it may be, of a type as TypeScript writes it."""
    options = [option.strip() for option in said.split("|")]
    nullable = "null" in options
    options = [option for option in options if option not in ("null", "undefined", "None")]
    texts = [match["text"] for option in options if (match := _LITERAL.fullmatch(option))]
    if texts and len(texts) == len(options):
        found = enum_of(texts, "str") or ()
        return "str", nullable, tuple(str(text) for text in found)
    array = _ARRAY.fullmatch("|".join(options)) if options else None
    if array is not None:
        inner, _, _ = _type(next(group for group in array.groups() if group), event)
        return plural(inner, event), nullable, ()
    kinds = {TYPES.get(option, TYPES.get(option.casefold(), "")) for option in options}
    kind = kinds.pop() if len(kinds) == 1 else ""
    return (kind, nullable, ()) if kind else ("", False, ())


def _side(paths: list[str]) -> str:
    told = {
        "server" if path.endswith(SERVER_FILES) else "client" if path.endswith(CLIENT_FILES) else "" for path in paths
    }
    return told.pop() if len(told) == 1 else ""


def _implementation(node: Node) -> tuple[str, str]:
    return _text(_get(node, "path")), _text(_get(node, "line"))


def _get(node: Node | None, name: str) -> Node | None:
    if node is None or node.kind != "mapping":
        return None
    return next((value for key, value in node.entries if key.text == name), None)


def _mapping(node: Node | None) -> Mapping[str, Node]:
    if node is None or node.kind != "mapping":
        return {}
    return {key.text: value for key, value in node.entries if key.kind == "scalar"}


def _items(node: Node | None) -> list[Node]:
    return node.items if node is not None and node.kind == "sequence" else []


def _text(node: Node | None) -> str:
    return node.text if node is not None and node.kind == "scalar" else ""
