"""The front end of JSON and YAML files: one export ``=``, whose value is the file's content with its places."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from .. import yamlnodes
from ..facts import (
    Array,
    Entry,
    Export,
    FileFacts,
    Function,
    KeyUse,
    Literal,
    Object,
    Region,
    Secret,
    Unknown,
    Value,
)
from ..text import line_starts
from .syntax import Headers, comment_secrets, secret_for, suppressions

MAX_SIZE = 2_000_000
"""Bytes; larger files are data, not constants."""
MAX_DEPTH = 64
MAX_VALUES = 200_000


def extract(data: bytes, language: str) -> FileFacts:
    """The facts of a JSON or YAML file. ``data``: UTF-8 without BOM. Never raises on any content."""
    lines = line_starts(data)
    reader = _YamlReader(data) if language == "yaml" else _JsonReader(data)
    value: Value | None = None
    if len(data) <= MAX_SIZE:
        value = reader.read()
    if value is None:  # nothing is known of its values, but a key in it is a key
        value = Unknown(0, len(data), language)
        reader.secrets = [use.secret for use in comment_secrets(data.decode("utf-8", "replace"), 0)]
        reader.comments, reader.places = [], []
    headers = Headers(reader.places)
    return FileFacts(
        language=language,
        size=len(data),
        lines=lines,
        functions=(Function(0, len(data), "", "module", -1, 0),),
        regions=(Region(0, len(data), -1, 0, "body", 0),),
        exports=(Export(0, len(data), "=", value),),
        literals=tuple(reader.secrets),
        comment_keys=tuple(_comment_keys(reader.comments, data)),
        suppressions=suppressions(reader.comments, data, lines, lambda start, end: headers.after(end)),
    )


def _comment_keys(comments: list[tuple[int, int]], data: bytes) -> Iterator[KeyUse]:
    for start, end in comments:
        yield from comment_secrets(data[start:end].decode("utf-8", "replace"), start)


class _Reader:
    """What reading a file yields beside its value.

    ``secrets``: key-shaped and FullStory-named ones. ``comments``: their places. ``places``: of entries and items, for
    comments on a line of their own; of an entry with entries of its own: its key.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.secrets: list[Secret] = []
        self.comments: list[tuple[int, int]] = []
        self.places: list[tuple[int, int]] = []

    def text(self, text: str, start: int, end: int, name: str = "") -> Value:
        secret = secret_for(text, start, end, name)
        if secret is None and "=" in text:  # `NAME=value` in a list of environment variables
            variable, _, rest = text.partition("=")
            secret = secret_for(rest, start, end, variable) if variable.isidentifier() else None
            secret = secret if secret is not None and secret.kind == "named" else None
        if secret is None:
            return Literal(start, end, text)
        if secret.kind != "property":
            self.secrets.append(secret)
        return secret


# ------------------------------------------------------------------------------------------------------------ JSON

_TOKEN = re.compile(
    rb"""(?xs)
    (?P<blank> [ \t\r\n]+ )
  | (?P<comment> //[^\r\n]* | /\*.*?\*/ )
  | (?P<string> "(?: [^"\\] | \\. )*" )
  | (?P<number> -?[0-9]+ (?: \.[0-9]+ )? (?: [eE][+-]?[0-9]+ )? )
  | (?P<word> true | false | null )
  | (?P<open> [\[{] )
  | (?P<close> [\]}] )
  | (?P<separator> [,:] )
    """
)
_WORDS = {b"true": True, b"false": False, b"null": None}


class _JsonReader(_Reader):
    """JSON with comments and trailing commas."""

    def read(self) -> Value | None:
        """The file's value; None where it is no JSON or too large."""
        stack: list[_Container] = []
        at, count = 0, 0
        result: Value | None = None
        while at < len(self.data):
            match = _TOKEN.match(self.data, at)
            if match is None:
                return None
            start, at, kind = at, match.end(), match.lastgroup
            if kind == "blank":
                continue
            if kind == "comment":
                self.comments.append((start, at))
                continue
            if result is not None and not stack:
                return None
            if kind == "separator":
                if not stack or not stack[-1].separate(match[0]):
                    return None
                continue
            if kind == "open":
                count += 1
                if len(stack) >= MAX_DEPTH or count > MAX_VALUES or (stack and not stack[-1].takes_value()):
                    return None
                stack.append(_Container(start, match[0] == b"{"))
                continue
            if kind == "close":
                if not stack or stack[-1].is_object != (match[0] == b"}") or not stack[-1].is_complete():
                    return None
                value = stack.pop().value(at)
            else:
                count += 1
                if count > MAX_VALUES:
                    return None
                value = self.scalar(str(kind), match[0], start, at, stack[-1] if stack else None)
            if not stack:
                result = value
            elif not self.put(stack[-1], value):
                return None
        return None if stack else result

    def scalar(self, kind: str, raw: bytes, start: int, end: int, container: _Container | None) -> Value:
        if kind == "word":
            return Literal(start, end, _WORDS[raw])
        if kind == "number":
            return _number(raw.decode(), start, end)
        if container is not None and container.is_object and container.key is None:
            text = _json_text(raw)  # a key
            secret = secret_for(text, start, end, "")
            if secret is not None:
                self.secrets.append(secret)
            return secret or Literal(start, end, text)
        key = container.key.value if container is not None and isinstance(container.key, Literal) else ""
        return self.text(_json_text(raw), start, end, key if isinstance(key, str) else "")

    def put(self, container: _Container, value: Value) -> bool:
        """Adds a key or a value; False where none may stand."""
        if not container.is_object:
            if container.waits:
                return False
            container.items.append(value)
            container.waits = True
            self.places.append((value.start, value.end if isinstance(value, (Literal, Secret)) else value.start + 1))
            return True
        if container.key is None:
            if container.waits or not isinstance(value, (Literal, Secret)) or self.data[value.start] != 0x22:
                return False
            container.key = value
            return True
        if not container.colon:
            return False
        key = container.key
        container.entries.append(Entry(key.start, value.end, key, value))
        container.key, container.colon, container.waits = None, False, True
        self.places.append((key.start, value.end if isinstance(value, (Literal, Secret)) else value.start + 1))
        return True


class _Container:
    """An object or array that is being read. ``waits``: for a comma."""

    __slots__ = ("colon", "entries", "is_object", "items", "key", "start", "waits")

    def __init__(self, start: int, is_object: bool) -> None:
        self.start = start
        self.is_object = is_object
        self.items: list[Value] = []
        self.entries: list[Entry] = []
        self.key: Literal | Secret | None = None
        self.colon = False
        self.waits = False

    def separate(self, separator: bytes) -> bool:
        if separator == b":":
            if self.key is None or self.colon:
                return False
            self.colon = True
            return True
        if not self.waits:
            return False
        self.waits = False
        return True

    def takes_value(self) -> bool:
        return not self.waits and (not self.is_object or self.colon)

    def is_complete(self) -> bool:
        return self.key is None

    def value(self, end: int) -> Value:
        if self.is_object:
            return Object(self.start, end, tuple(self.entries))
        return Array(self.start, end, tuple(self.items))


def _json_text(raw: bytes) -> str:
    source = raw.decode("utf-8", "replace")
    try:
        text = str(json.loads(source, strict=False))
    except ValueError:
        text = source[1:-1]
    return text.encode("utf-8", "replace").decode("utf-8")  # no lone surrogates: they cannot be stored


def _number(text: str, start: int, end: int) -> Literal:
    if not re.fullmatch(r"-?\d+", text):
        value = float(text)
        if value in (float("inf"), float("-inf")):
            return Literal(start, end, value, "infinity")
        return Literal(start, end, int(value) if value.is_integer() and abs(value) < 2**53 else value)
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        return Literal(start, end, text, "bigint")
    return Literal(start, end, int(text))


# ------------------------------------------------------------------------------------------------------------ YAML

_YAML_COMMENT = re.compile(rb"(?m)(?:^|(?<=[ \t]))#[^\r\n]*")


class _YamlReader(_Reader):
    """One YAML document."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.scalars: list[tuple[int, int]] = []
        self.count = 0

    def read(self) -> Value | None:
        """The document's value; None where it is none that fslint takes."""
        try:
            root = yamlnodes.parse(self.data)
        except yamlnodes.YamlError:
            return None
        except (ValueError, RecursionError, OverflowError):  # values that no reader of YAML agrees on
            return None
        if root is None:
            return Literal(0, 0, None)
        value = self.value(root, "")
        self.comments = self.find_comments()
        return value

    def value(self, node: yamlnodes.Node, name: str, depth: int = 0) -> Value:
        self.count += 1
        if depth > MAX_DEPTH or self.count > MAX_VALUES:
            return Unknown(node.start, node.end, "too large")
        if node.kind == "scalar":
            self.scalars.append((node.start, node.end))
            return self.scalar(node, name)
        if node.kind == "sequence":
            items = []
            for item in node.items:
                items.append(self.value(item, "", depth + 1))
                self.places.append((item.start, self.header_end(item)))
            return Array(node.start, node.end, tuple(items))
        merged: list[Entry] = []
        entries: list[Entry] = []
        for key_node, value_node in node.entries:
            key = self.value(key_node, "", depth + 1)
            if isinstance(key, Literal) and not isinstance(key.value, str):
                key = Literal(key.start, key.end, key_node.text)
            text = key.value if isinstance(key, Literal) and isinstance(key.value, str) else ""
            value = self.value(value_node, text, depth + 1)
            ends_at_key = value_node.kind != "scalar" and value_node.start > key_node.end
            self.places.append((key_node.start, key_node.end if ends_at_key else value_node.end))
            if key_node.kind == "scalar" and key_node.text == "<<":
                sources = value.items[::-1] if isinstance(value, Array) else (value,)
                merged.extend(Entry(key.start, source.end, None, source) for source in sources)
            else:
                entries.append(Entry(key.start, max(value.end, key.end), key, value))
        return Object(node.start, node.end, tuple(merged + entries))

    def header_end(self, node: yamlnodes.Node) -> int:
        return node.end if node.kind == "scalar" else node.start + 1

    def scalar(self, node: yamlnodes.Node, name: str) -> Value:
        value = node.value
        if isinstance(value, str):
            return self.text(value.encode("utf-8", "replace").decode("utf-8"), node.start, node.end, name)
        if isinstance(value, bool) or value is None:
            return Literal(node.start, node.end, value)
        if isinstance(value, int):
            if -(2**63) <= value < 2**63:
                return Literal(node.start, node.end, value)
            return Literal(node.start, node.end, node.text, "bigint")
        kind = "nan" if value != value else "infinity" if value in (float("inf"), float("-inf")) else ""
        return Literal(node.start, node.end, None if kind == "nan" else value, kind)

    def find_comments(self) -> list[tuple[int, int]]:
        """The comments: ``#`` after a blank, outside of scalars."""
        found: list[tuple[int, int]] = []
        scalars = iter(sorted(set(self.scalars)))
        scalar = next(scalars, None)
        for match in _YAML_COMMENT.finditer(self.data):
            while scalar is not None and scalar[1] <= match.start():
                scalar = next(scalars, None)
            if scalar is None or not scalar[0] <= match.start() < scalar[1]:
                found.append(match.span())
        return found
