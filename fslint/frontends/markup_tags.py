"""Template engines' tags and HTML's entities in code: made readable for the JavaScript grammar, byte for byte.

Jinja, Django, Twig, Liquid, Handlebars, Go, ERB, EJS and PHP. What a tag will print nobody knows; so it becomes blanks
where a statement may stand, an identifier where a value must stand, and marks within a string.
"""

from __future__ import annotations

import re

HOLE = 0x1A
"""Fills the place of a tag within a string."""
GAP = 0x1B
"""Fills the rest of an entity's place within a string, and the place of a comment."""
NAME_MARK = "ǂ"
"""In every identifier that stands for a tag; a letter that no one's identifier has, two bytes long."""

_NAME = f"_{NAME_MARK}_".encode()

CLOSERS = {b"{{": b"}}", b"{%": b"%}", b"{#": b"#}", b"<%": b"%>", b"<?": b"?>"}
TAG_OPEN = re.compile(rb"\{[{%#]|<[%?]")
_MUSTACHE_LIMIT = 400
_WORDS = {
    **dict.fromkeys((b"if", b"unless", b"ifequal", b"ifchanged", b"case", b"#if", b"#unless", b"^"), "open"),
    **dict.fromkeys((b"else", b"elif", b"elsif", b"elseif", b"when", b"}else", b"} else", b"} elseif"), "else"),
    **dict.fromkeys((b"end", b"}", b"/if", b"/unless", b"/"), "close"),
    **dict.fromkeys((b"range", b"with", b"define", b"block", b"template", b"partial", b"include"), "statement"),
}
_WORD = re.compile(rb"\}?\s*[#^/]?[a-zA-Z]+|[}^/]")


def tag_end(text: bytes, start: int) -> int:
    """Where the template tag that opens at ``start`` ends; -1 if it is none."""
    opener = text[start : start + 2]
    closer = CLOSERS[opener]
    if opener == b"{{":
        if start and text[start - 1] == 0x24:  # ${{a: 1}}
            return -1
        if text.startswith(b"{{!--", start):
            end = text.find(b"--}}", start)
            return end + 4 if end >= 0 else -1
        if text.startswith(b"{{{", start):
            closer = b"}}}"
        end = text.find(closer, start + 2, start + _MUSTACHE_LIMIT)
        inside = text[start + 2 : end]
        return -1 if end < 0 or b";" in inside or b"{{" in inside.lstrip(b"{") else end + len(closer)
    end = text.find(closer, start + 2)
    return end + 2 if end >= 0 else -1


def tag_kind(tag: bytes) -> str:
    """``value`` ``comment`` ``open`` (of a choice) ``else`` ``close`` ``statement``."""
    head = tag[:3]
    if tag.startswith((b"{#", b"<%#", b"{{!")):
        return "comment"
    if head in (b"<%=", b"<%-", b"<?=") and not tag.startswith((b"<%- if", b"<%- e")):
        return "value"
    mustache = tag.startswith(b"{{")
    inner = tag[2:-2].removeprefix(b"php").strip(b" \t\r\n{}-~&_" if mustache else b" \t\r\n-~_")
    word = _WORD.match(inner)
    text = b" ".join(word[0].split()) if word else b""
    if text.startswith((b"end", b"/")) and not mustache:
        return "close"
    kind = _WORDS.get(text) or _WORDS.get(text[:1] if text[:1] in b"/^}" else b"")
    if mustache:
        return kind or ("statement" if inner[:1] in (b"#", b"/", b">", b"^") else "value")
    if text in (b"echo", b"print"):
        return "value"
    return kind or "statement"


_TOKEN = re.compile(rb"\{[{%#]|<[%?]|['\"`]|//|/\*|/|\x1b+")
_IN_STRING = {
    quote: re.compile(rb"\\.|\{[{%#]|<[%?]|" + (b"`" if quote == 0x60 else bytes((quote,)) + rb"|\n"), re.DOTALL)
    for quote in b"'\"`"
}
_REGEX = re.compile(rb"/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*+\]|[^/\\\n\[])++/")
_LINE_REST = re.compile(rb"\n|\{[{%#]|<[%?]")
_OPERATORS = frozenset(b"=(,:[?&|+-*!<>~^%")
_TERMINATORS = frozenset(b";),]}")
_SPACES = frozenset(b" \t\r\n\f")


class Substitution:
    """Code with its template tags (if there are any) and the gaps of decoded entities made readable, in place."""

    def __init__(self, code: bytes, has_tags: bool) -> None:
        self.code = code
        self.has_tags = has_tags
        self.out = bytearray(code)
        self.tags = 0
        self.choices: list[int] = []

    def run(self) -> bytes:
        position = 0
        while found := _TOKEN.search(self.code, position):
            start, token = found.start(), found[0]
            if token in CLOSERS:
                position = self._tag(start)
            elif token[0] in _IN_STRING and len(token) == 1:
                position = self._string(start)
            elif token == b"//":
                position = self._line_comment(start)
            elif token == b"/*":
                end = self.code.find(b"*/", start + 2)
                position = end + 2 if end >= 0 else len(self.code)
            elif token == b"/":
                literal = _REGEX.match(self.code, start) if self._before(start)[0] in _REGEX_AFTER else None
                position = literal.end() if literal else start + 1
            else:
                self._fill(start, found.end(), 0x20)
                position = found.end()
        return bytes(self.out)

    def _fill(self, start: int, end: int, byte: int) -> None:
        self.out[start:end] = bytes((byte,)) * (end - start)

    def _before(self, position: int) -> tuple[int, bool]:
        """(the last byte before that is no blank, or 0; whether it is on the same line)."""
        same_line = True
        for index in range(position - 1, max(-1, position - 2000), -1):
            byte = self.out[index]
            if byte not in _SPACES:
                return byte, same_line
            same_line = same_line and byte != 0x0A
        return 0, False

    def _after(self, position: int) -> tuple[int, bool]:
        same_line = True
        for index in range(position, min(len(self.code), position + 2000)):
            byte = self.code[index]
            if byte not in _SPACES:
                return byte, same_line
            same_line = same_line and byte != 0x0A
        return 0, False

    def _tag(self, start: int) -> int:
        end = tag_end(self.code, start) if self.has_tags else -1
        if end < 0:
            return start + 1
        self.tags += 1
        kind = tag_kind(self.code[start:end])
        before, before_on_line = self._before(start)
        after, after_on_line = self._after(end)
        wants_value = before in _OPERATORS
        text = b""
        if kind == "open":
            self.choices.append(before if wants_value else 0)
        elif kind == "else" and self.choices and self.choices[-1]:
            ends_value = before not in b";,{(" and (before != 0x7D or self.choices[-1] != 0x3A)
            text = b"||" if ends_value and not wants_value else b""
        elif kind == "close" and self.choices:
            self.choices.pop()
        elif kind == "statement" and wants_value and (after in _TERMINATORS or not after_on_line):
            text = _NAME
        elif kind == "value" and (wants_value or before_on_line or after_on_line or before in b"{"):
            text = _NAME.ljust(end - start, b"_")
        self._fill(start, end, 0x20)
        self.out[start : start + len(text)] = text
        return end

    def _string(self, start: int) -> int:
        pattern, position = _IN_STRING[self.code[start]], start + 1
        while found := pattern.search(self.code, position):
            token = found[0]
            if token in CLOSERS:
                end = tag_end(self.code, found.start()) if self.has_tags else -1
                if end >= 0:
                    self.tags += 1
                    tag = self.code[found.start() : end]
                    self._fill(found.start(), end, GAP if tag_kind(tag) == "comment" else HOLE)
                position = end if end >= 0 else found.start() + 1
            elif token[:1] == b"\\":
                position = found.end()
            else:
                return found.end()
        return len(self.code)

    def _line_comment(self, start: int) -> int:
        position = start
        while found := _LINE_REST.search(self.code, position):
            if found[0] == b"\n":
                return found.start()
            end = tag_end(self.code, found.start()) if self.has_tags else -1
            if end >= 0:
                self._fill(found.start(), end, 0x20)
            position = end if end >= 0 else found.start() + 1
        return len(self.code)


_REGEX_AFTER = _OPERATORS | frozenset(b"{};\0")


_ENTITY = re.compile(rb"&(?:(quot|apos|amp|lt|gt|nbsp)|#(\d{1,6})|#[xX]([0-9a-fA-F]{1,5}));")
_ENTITIES = {b"quot": '"', b"apos": "'", b"amp": "&", b"lt": "<", b"gt": ">", b"nbsp": " "}


def _decoded(found: re.Match[bytes]) -> bytes:
    """The character, and gaps up to the entity's length."""
    name, decimal, hexadecimal = found.groups()
    code = int(decimal) if decimal else int(hexadecimal, 16) if hexadecimal else 0
    try:
        char = (_ENTITIES[name] if name else chr(code)).encode()
    except (UnicodeEncodeError, ValueError, OverflowError):
        return found[0]
    length = len(found[0])
    return char.ljust(length, b"\x1b") if 0 < len(char) <= length and char not in (b"\0", b"\x1a") else found[0]


def decode_entities(text: bytes) -> bytes:
    """HTML entities as their characters, each followed by gaps up to the entity's length."""
    return _ENTITY.sub(_decoded, text)
