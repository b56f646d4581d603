"""YAML as a tree of nodes that know their place in the file.

In: the bytes of a file. Out: ``Node`` trees with byte offsets, or ``YamlError`` with the place of the mistake. Scalars
are those of the YAML 1.2 core schema, so ``NO``, ``on`` and ``12:30`` are strings. Built from libyaml's events without
recursion; duplicate keys are kept for the caller to judge. Knows nothing of registries.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

if TYPE_CHECKING:
    import yaml

Scalar: TypeAlias = str | int | float | bool | None

MAX_NODES = 200_000
"""What a file may grow to when its aliases are written out."""
MAX_DEPTH = 64


class YamlError(Exception):
    """The file is no YAML, or none that fslint takes. ``start``, ``end``: byte offsets of the mistake."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message, self.start, self.end = message, start, end


class Node(msgspec.Struct):
    """A scalar (``kind`` ``scalar``: ``value``, ``text`` as written), a ``sequence`` or a ``mapping``."""

    kind: str
    start: int
    end: int
    value: Scalar = None
    text: str = ""
    items: list[Node] = []
    entries: list[tuple[Node, Node]] = []
    size: int = 1


_CORE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:null|Null|NULL|~|)\Z"), "null"),
    (re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), "bool"),
    (re.compile(r"(?:[-+]?[0-9]{1,300}|0o[0-7]{1,100}|0x[0-9a-fA-F]{1,100})\Z"), "int"),
    (
        re.compile(
            r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
        ),
        "float",
    ),
)
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("null", "Null", "NULL", "~", "")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBERS_START = frozenset("+-.0123456789")
_TAGS = {
    "tag:yaml.org,2002:str": "str",
    "tag:yaml.org,2002:int": "int",
    "tag:yaml.org,2002:float": "float",
    "tag:yaml.org,2002:bool": "bool",
    "tag:yaml.org,2002:null": "null",
    "tag:yaml.org,2002:seq": "",
    "tag:yaml.org,2002:map": "",
    "!": "str",
}


def parse(data: bytes) -> Node | None:
    """The document's root, None if it is empty. Offsets count from after a byte order mark."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise YamlError("the file is not UTF-8", error.start, error.start + 1) from None
    return _Composer(text).compose()


def resolve(text: str) -> Scalar:
    """The value of a plain scalar by the YAML 1.2 core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _NUMBERS_START:
        for pattern, kind in _CORE:
            if pattern.match(text):
                return _convert(text, kind)
    return text


def _convert(text: str, kind: str) -> Scalar:
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10)) if text[:2] in ("0o", "0x") else int(text)
    if kind == "float":
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


class _Offsets:
    """Byte offsets of code points."""

    def __init__(self, text: str) -> None:
        self._table: list[int] | None = None
        if not text.isascii():
            self._table, total = [0], 0
            for character in text:
                code = ord(character)
                total += 1 + (code > 0x7F) + (code > 0x7FF) + (code > 0xFFFF)
                self._table.append(total)

    def __getitem__(self, index: int) -> int:
        return index if self._table is None else self._table[min(index, len(self._table) - 1)]


class _Composer:
    """Builds the tree from the events of libyaml."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = _Offsets(text)
        self.anchors: dict[str, Node | None] = {}
        self.open: list[tuple[Node, str | None, Node | None]] = []  # container, its anchor, the key that waits
        self.root: Node | None = None
        self.documents = 0

    def compose(self) -> Node | None:
        import yaml  # most projects have no such file, and it takes a while

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(self.text, Loader=loader):
                self.event(event)
        except yaml.MarkedYAMLError as error:
            raise self.syntax_error(error) from None
        except yaml.reader.ReaderError as error:
            start = self.at[min(int(error.position), len(self.text))]
            raise YamlError(f"not YAML: the character {error.character!r} is not allowed", start, start + 1) from None
        return self.root

    def event(self, event: Any) -> None:
        import yaml

        start = self.at[event.start_mark.index]
        end = self.at[event.end_mark.index]
        if isinstance(event, yaml.ScalarEvent):
            value = self.scalar(event, start, end)
            self.add(Node("scalar", start, end, value=value, text=event.value), event.anchor)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise YamlError("a second document (`---`) is not allowed here", start, end)
        elif isinstance(event, yaml.AliasEvent):
            self.alias(str(event.anchor), start, end)
        elif isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            if len(self.open) >= MAX_DEPTH:
                raise YamlError(f"nested more than {MAX_DEPTH} levels deep", start, end)
            if event.tag is not None and event.tag not in _TAGS:
                raise YamlError(f"the tag `{event.tag}` is not allowed here", start, end)
            kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "sequence"
            self.open.append((Node(kind, start, end), event.anchor, None))
            if event.anchor:
                self.anchors[event.anchor] = None
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            node, anchor, _ = self.open.pop()
            node.end = max(end, node.end)
            self.add(node, anchor)

    def scalar(self, event: Any, start: int, end: int) -> Scalar:
        if event.tag is None:
            return resolve(event.value) if event.implicit[0] else str(event.value)
        if event.tag not in _TAGS:
            raise YamlError(f"the tag `{event.tag}` is not allowed here", start, end)
        kind = _TAGS[event.tag]
        if kind == "str":
            return str(event.value)
        if not any(known == kind and pattern.match(event.value) for pattern, known in _CORE):
            raise YamlError(f"`{event.value}` is not what its tag says", start, end)
        return _convert(event.value, kind)

    def alias(self, anchor: str, start: int, end: int) -> None:
        if anchor not in self.anchors:
            raise YamlError(f"the alias `*{anchor}` names no anchor", start, end)
        target = self.anchors[anchor]
        if target is None:
            raise YamlError(f"the alias `*{anchor}` stands inside its own anchor", start, end)
        # A copy with the alias's place: what is wrong there is said where it is used.
        node = Node(target.kind, start, end, target.value, target.text, target.items, target.entries, target.size)
        self.add(node, None)

    def add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if not self.open:
            self.root = node
            return
        parent, name, key = self.open[-1]
        parent.size += node.size
        if parent.size > MAX_NODES:
            raise YamlError("the aliases of this file write out to too much", node.start, node.end)
        if parent.kind == "sequence":
            parent.items.append(node)
        elif key is None:
            self.open[-1] = (parent, name, node)
        else:
            parent.entries.append((key, node))
            self.open[-1] = (parent, name, None)

    def syntax_error(self, error: yaml.MarkedYAMLError) -> YamlError:
        mark = error.problem_mark or error.context_mark
        index = min(mark.index, len(self.text)) if mark else 0
        if error.context_mark and not self.text[index:].strip():
            index = min(error.context_mark.index, len(self.text))  # where what never ended began
        said = ": ".join(part for part in (error.context, error.problem) if part)
        stop = index + 1 if index < len(self.text) and self.text[index] not in "\r\n" else index
        return YamlError(f"not YAML: {said}", self.at[index], self.at[stop])
