"""Python's literals: the text of strings, numbers, and the fields of ``%`` and ``str.format`` texts."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

_ESCAPE = re.compile(r"\\(\n|[\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^{}\n]*\})")
_PLAIN_ESCAPES = {
    "\n": "",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
_SURROGATES = "[\ud800-\udfff]"


def unescape(text: str, in_bytes: bool = False) -> str:
    """The value of a string literal's source text (without quotes), bytes as latin-1."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\\" in text:
        text = _ESCAPE.sub(_bytes_escape if in_bytes else _escape, text)
        if re.search(_SURROGATES, text):
            text = re.sub(_SURROGATES, "\ufffd", text)
    return text


def _escape(match: re.Match[str]) -> str:
    code = match[1]
    plain = _PLAIN_ESCAPES.get(code)
    if plain is not None:
        return plain
    if code[0] == "N":
        import unicodedata

        try:
            return unicodedata.lookup(code[2:-1])
        except KeyError:
            return "\ufffd"
    number = int(code[1:], 16) if code[0] in "xuU" else int(code, 8)
    return chr(number) if number <= 0x10FFFF else "\ufffd"


def _bytes_escape(match: re.Match[str]) -> str:
    return match[0] if match[1][0] in "uUN" else _escape(match)


def number(text: str) -> tuple[str | int | float, str] | None:
    """(value, kind) of a number's source text as ``facts.Literal`` has them; None for an imaginary or odd one."""
    text = text.replace("_", "").lower()
    if text.endswith(("j", "l")):
        return None
    try:
        if text.startswith(("0x", "0o", "0b")):
            value: int | float = int(text, 0)
        elif text.isdigit():
            value = int(text) if len(text) < 4000 else 2**64
        else:
            value = float(text)
    except ValueError:
        return None
    if isinstance(value, int) and value >= 2**63:
        return (text if text.isdigit() or len(text) >= 4000 else str(value), "bigint")
    if isinstance(value, float) and math.isinf(value):
        return (value, "infinity")
    return (value, "")


class FieldSpec(NamedTuple):
    """A replacement field of a format text.

    ``key``: what is put in: a position, a name, or -1 for "the next one" of a ``%`` text. ``path``: what is read of
    it: (written with brackets, key). ``plain``: put in as it is, without width, precision or conversion.
    """

    key: int | str
    path: tuple[tuple[bool, int | str], ...]
    plain: bool


_PERCENT = (
    r"(?s)%(?:\((?P<key>[^()]*)\))?(?P<flags>[#0\- +]*)(?P<width>\*|\d+)?(?:\.(?P<precision>\*|\d*))?[hlL]?(?P<type>.)"
)
_MAX_FIELDS = 200


def percent_parts(text: str) -> list[str | FieldSpec] | None:
    """The text parts and fields of a ``%`` text, in order; None where it is no format or takes widths as values."""
    parts: list[str | FieldSpec] = []
    at = 0
    for match in re.finditer(_PERCENT, text):
        parts.append(text[at : match.start()])
        at = match.end()
        if match["type"] == "%":
            parts.append("%")
            continue
        if match["type"] not in "diouxXeEfFgGcrsa" or "*" in (match["width"], match["precision"]):
            return None
        plain = match["type"] in "sdiu" and not match["flags"] and match["width"] is None and match["precision"] is None
        parts.append(FieldSpec(match["key"] if match["key"] is not None else -1, (), plain))
        if len(parts) > _MAX_FIELDS:
            return None
    parts.append(text[at:])
    return parts


def format_parts(text: str) -> list[str | FieldSpec] | None:
    """The text parts and fields of a ``str.format`` text, in order; None where it is malformed or nested."""
    import string

    parts: list[str | FieldSpec] = []
    automatic = 0
    try:
        for literal, name, spec, conversion in string.Formatter().parse(text):
            parts.append(literal)
            if name is None:
                continue
            match = re.match(r"[^.\[]*", name)
            first = match[0] if match else ""
            key: int | str = first
            if first == "":
                key = automatic
                automatic += 1
            elif first.isdecimal():
                key = int(first)
            path = _field_path(name[len(first) :])
            if path is None or "{" in (spec or ""):
                return None
            parts.append(FieldSpec(key, path, not spec and not conversion))
            if len(parts) > _MAX_FIELDS:
                return None
    except ValueError:
        return None
    return parts


_PATH_STEP = re.compile(r"\.(\w+)|\[([^\]]+)\]")


def _field_path(text: str) -> tuple[tuple[bool, int | str], ...] | None:
    path: list[tuple[bool, int | str]] = []
    at = 0
    while at < len(text):
        match = _PATH_STEP.match(text, at)
        if match is None or len(path) > 20:
            return None
        if match[2] is not None:
            path.append((True, int(match[2]) if match[2].isdecimal() and len(match[2]) < 10 else match[2]))
        else:
            path.append((False, match[1]))
        at = match.end()
    return tuple(path)
