"""JavaScript's literals and property keys: text in, values out."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..facts import Literal, Secret, Value
from .javascript_walk import PUNCTUATION, Walk
from .syntax import utf8

_ESCAPE = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]{1,8})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([0-3][0-7]{0,2}|[4-7][0-7]?)"
    r"|(\r\n|[\n\r\u2028\u2029])|(.))",
    re.DOTALL,
)
_SINGLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_INTEGER_LIMIT = 2**63


def unescape(text: str) -> str:
    """A string's or template's text with its escapes decoded; what is no escape stays."""
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(_escaped, text)
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _escaped(match: re.Match[str]) -> str:
    hexadecimal = match[1] or match[2] or match[3]
    if hexadecimal:
        code = int(hexadecimal, 16)
        return chr(code) if code < 0x110000 else "\ufffd"
    if match[4]:
        return chr(int(match[4], 8))
    if match[5]:
        return ""
    return _SINGLE.get(match[6], match[6])


def string_text(walk: Walk, node: Node) -> str:
    """The content of a ``string`` node."""
    return _text_of_string(walk.source[node.start_byte : node.end_byte])


def _text_of_string(text: str) -> str:
    quote = text[:1]
    text = text[1:-1] if (quote == "'" or quote == '"') and len(text) > 1 and text[-1] == quote else text[1:]
    return unescape(utf8(text))


def string(walk: Walk, node: Node) -> Value:
    """A string literal."""
    start, end = node.start_byte, node.end_byte
    return walk.literal(_text_of_string(walk.source[start:end]), start, end)


def raw_string(walk: Walk, node: Node) -> Literal:
    """A string literal that is not looked at for keys (yet)."""
    start, end = node.start_byte, node.end_byte
    return Literal(start, end, _text_of_string(walk.source[start:end]))


def number(walk: Walk, node: Node) -> Value:
    """A number literal: int where the value is integral, float, or bigint's digits."""
    start, end = node.start_byte, node.end_byte
    return number_of(walk.source[start:end], start, end)


def number_of(text: str, start: int, end: int) -> Literal:
    """The literal that a number's text stands for."""
    if text.isdecimal() and len(text) < 16 and (text[0] != "0" or len(text) == 1):
        return Literal(start, end, int(text))
    digits = text.replace("_", "").lower()
    big = digits.endswith("n")
    value: int | float
    try:
        value = _parsed(digits[:-1] if big else digits)
    except (ValueError, OverflowError):
        return Literal(start, end, None, "nan")
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            return Literal(start, end, None, "infinity")
        if not value.is_integer():
            return Literal(start, end, value)
        value = int(value)
    if big or not -_INTEGER_LIMIT <= value < _INTEGER_LIMIT:
        return Literal(start, end, _decimal(value), "bigint")
    return Literal(start, end, value)


def _parsed(digits: str) -> int | float:
    if digits[:2] in ("0x", "0o", "0b"):
        return int(digits, 0)
    if digits.isdecimal():
        if digits[0] == "0" and len(digits) > 1 and not set(digits) & {"8", "9"}:
            return int(digits, 8)
        return float(digits) if len(digits) > 400 else int(digits)
    return float(digits)


def _decimal(value: int) -> str:
    """Digits of an int; hexadecimal where it is longer than Python converts."""
    try:
        return str(value)
    except ValueError:
        return hex(value)


def property_key(walk: Walk, node: Node) -> Value:
    """The key of an object entry, pattern or class member: a string ``Literal``, or a computed value."""
    kind = node.type
    if kind == "property_identifier":
        start, end = node.start_byte, node.end_byte
        return Literal(start, end, walk.words[walk.source[start:end]])
    if kind == "string":
        return raw_string(walk, node)
    if kind == "computed_property_name":
        inner = [child for child in node.children if child.type not in PUNCTUATION]
        return walk.lower_bound(inner[0], "") if inner else Literal(node.start_byte, node.end_byte, "")
    if kind == "number":
        value = number(walk, node)
        text = str(value.value) if isinstance(value, Literal) else walk.text(node)
        return Literal(node.start_byte, node.end_byte, text)
    return Literal(node.start_byte, node.end_byte, walk.text(node))


def key_text(key: Value | None) -> str:
    """A key's text if it is known, else ""."""
    return key.value if isinstance(key, Literal) and isinstance(key.value, str) else ""


def is_text(value: Value) -> bool:
    """Whether a value is a literal string."""
    return isinstance(value, Secret) or (isinstance(value, Literal) and isinstance(value.value, str) and not value.kind)
