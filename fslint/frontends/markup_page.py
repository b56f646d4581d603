"""A page of markup turned into one program of the same length: all that is no code becomes blanks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .markup_tags import CLOSERS, GAP, HOLE, TAG_OPEN, Substitution, decode_entities, tag_end, tag_kind

BLANK = bytes(c if c in b"\r\n" else 0x20 for c in range(256))
_TAME = bytes(0x20 if c in (HOLE, GAP) else c for c in range(256))
_LIMIT = 20_000
"""The longest handler or template expression that is read, in bytes."""

_QUOTED = rb"'(?:\\.|[^'\\\n])*+'|\"(?:\\.|[^\"\\\n])*+\"|`(?:\\.|[^`\\])*+`"
_LEXEME = re.compile(_QUOTED + rb"|/\*.*?\*/|(?<![:\\])//[^\n]*|[{}]", re.DOTALL)
_NO_CODE = re.compile(_QUOTED + rb"|/\*.*?\*/|//[^\n]*", re.DOTALL)
_SCRIPT_END = re.compile(rb"</script(?=[\s/>]|\Z)", re.IGNORECASE)
_RAW_ENDS = {
    name: re.compile(rb"</" + name + rb"(?=[\s/>]|\Z)", re.IGNORECASE) for name in (b"style", b"textarea", b"title")
}
_VUE_BLOCKS = {
    name: re.compile(rb"</" + name + rb"\s*>", re.IGNORECASE)
    for name in (b"i18n", b"docs", b"route", b"page-query", b"static-query", b"story")
}
_TEMPLATE_END = re.compile(rb"</template\s*>", re.IGNORECASE)
_PLAIN_TAG = re.compile(rb"<[a-zA-Z][^\s<>\"'{/]*+(?:[^<>\"'{%]++|\"[^\"{<]*+\"|'[^'{<]*+')*+>")
_OF_INTEREST = re.compile(rb"""(?i)[\s"'](?:on|@|v-|x-|:|\(|ng-|hx-|[\w:-]+\s*=\s*["']?\s*javascript:)""")
_ATTRIBUTE = re.compile(rb"[^\s\"'<>/=]+")
_BLANKS = re.compile(rb"[\s/]*")
_EQUALS = re.compile(rb"\s*=\s*")
_UNQUOTED = re.compile(rb"[^\s>]+")

_HANDLER = re.compile(
    r"""(?xi)
    on (?P<dom>[a-z]{3,})
    | (?: @ | v-on: | x-on: | on: | hx-on:{1,2} ) (?P<short>[a-z][\w-]*) (?: [.|:] [\w.|:-]* )?
    | \( (?P<angular>[a-z][\w-]*) (?: \.[\w.-]+ )? \)
    | ng- (?P<ng>click|dblclick|submit|change|focus|blur|keyup|keydown|keypress|mouse\w+|init|copy|cut|paste)
    | x- (?P<alpine>init|effect)
    """
)
_VUE_EXPRESSION = re.compile(r"(?::|\.|v-bind|v-if$|v-else-if$|v-show$|v-html$|v-text$|v-model|v-on$|v-memo$)")
_SVELTE_BLOCK = re.compile(rb"\s*(?:#(?:if|each|await|key)|:else\s+if|@html|@render|@const|@attach)\s")
_SVELTE_TAIL = re.compile(rb"\s(?:as|then|catch)\s")
_CONSENT = re.compile(r"data-\w*(?:consent|categor|usercentrics|cookie)\w*|data-requires-vendor-consent")
_JAVASCRIPT_TYPES = re.compile(
    r"(?:(?:text|application)/(?:x-)?(?:javascript|ecmascript|typescript|babel|jsx|tsx|livescript|partytown)"
    r"|module|text/javascript[\d.]*)(?:;.*)?$"
)
_TYPED = re.compile(r"(?:ts|tsx|typescript|text/typescript|application/typescript)$")
_KEYWORD_START = re.compile(rb"\s*(?:\{|(?:async\s+)?function\b|class\b)")


@dataclass
class _Attribute:
    """``start``/``end``: the value without its quotes. ``before``: of its quote (or of the value itself)."""

    name: str
    start: int
    end: int
    before: int
    quoted: bool
    equals: int = -1


@dataclass
class Page:
    """A page while it is read; ``out`` is the program that it becomes."""

    data: bytes
    language: str
    out: bytearray = field(init=False)
    handlers: list[tuple[int, int, str]] = field(default_factory=list)
    scripts: list[tuple[int, int]] = field(default_factory=list)
    templated: set[tuple[int, int]] = field(default_factory=set)
    comments: list[tuple[int, int]] = field(default_factory=list)
    elements: list[tuple[int, int]] = field(default_factory=list)
    code: list[tuple[int, int]] = field(default_factory=list)
    typed: bool = False
    jsx: bool = False
    marked: bool = False
    unclosed: int = 0

    def __post_init__(self) -> None:
        self.out = bytearray(self.data.translate(BLANK))
        self.has_tags = self.language == "html" and TAG_OPEN.search(self.data) is not None
        self.braces = self.language in ("svelte", "astro")

    @property
    def grammar(self) -> str:
        if self.language == "astro" or (self.typed and self.jsx):
            return "tsx"
        return "typescript" if self.typed else "javascript"

    # ---------------------------------------------------------------------------------------------------- scanning

    def scan(self) -> None:
        data = self.data
        interesting = re.compile(
            rb"<!--|</?[a-zA-Z]|<!\[CDATA\[" + (rb"|\{" if self.braces else rb"|\{\{|\{[%#]|<[%?]")
        )
        position = self._frontmatter() if self.language == "astro" else 0
        while found := interesting.search(data, position):
            start, token = found.start(), found[0]
            if token == b"<!--":
                end = data.find(b"-->", start + 4)
                position = end + 3 if end >= 0 else len(data)
                self.comments.append((start, position))
            elif token == b"<![CDATA[":
                position = found.end()
            elif token[:1] == b"{" and self.braces:
                position = self._braced(start)
            elif token in CLOSERS:
                position = self._text_tag(start)
            elif token[:2] == b"</":
                position = found.end()
            else:
                position = self._element(start)

    def _frontmatter(self) -> int:
        """Astro's ``---`` block: code up to the second fence."""
        opening = re.match(rb"\s*---", self.data)
        if opening is None:
            return 0
        closing = re.compile(rb"\n[ \t]*---").search(self.data, opening.end() - 1)
        end = closing.start() + 1 if closing else len(self.data)
        self._code(opening.end(), end)
        self.scripts.append((opening.end(), end))
        return closing.end() if closing else len(self.data)

    def _text_tag(self, start: int) -> int:
        """A template tag in the text: an expression in Vue, else skipped (but comments are kept)."""
        if self.language == "vue":
            end = self.data.find(b"}}", start + 2, start + _LIMIT) if self.data[start + 1] == 0x7B else -1
            if end < 0:
                return start + 1
            self._expression(start + 2, end, start, end + 2)
            return end + 2
        end = tag_end(self.data, start)
        if end < 0:
            return start + 1
        if tag_kind(self.data[start:end]) == "comment":
            self.comments.append((start, end))
        return end

    def _braced(self, start: int) -> int:
        """A ``{…}`` of Svelte's or Astro's template in the text."""
        end = self._closing_brace(start)
        if end < 0:
            return start + 1
        inner = self.data[start + 1 : end]
        if self.language == "svelte" and inner.lstrip()[:1] in (b"#", b":", b"@", b"/"):
            self._svelte_block(start, end)
        elif inner.lstrip().startswith(b"/*"):
            self.comments.append((start + 1, end))
        else:
            self._statement(start + 1, end, start, end)
        return end + 1

    def _svelte_block(self, start: int, end: int) -> None:
        head = _SVELTE_BLOCK.match(self.data, start + 1, end)
        if head is None:
            return
        tail = _SVELTE_TAIL.search(self.data, head.end(), end)
        self._statement(head.end(), tail.start() if tail else end, start, end)
        if self.out[start] == 0x3B and b"@const" in head[0]:
            self.out[head.end() - 6 : head.end()] = b"const "

    def _closing_brace(self, start: int) -> int:
        """Where the brace that opens at ``start`` closes; -1 if it does not, or if too many did not."""
        depth = 0
        if self.unclosed > 50:
            return -1
        for found in _LEXEME.finditer(self.data, start, start + _LIMIT):
            if found[0] == b"{":
                depth += 1
            elif found[0] == b"}":
                depth -= 1
                if depth == 0:
                    return found.start()
        self.unclosed += 1
        return -1

    def _element(self, start: int) -> int:
        """One start tag, with the raw text that belongs to it; returns where to go on."""
        data = self.data
        plain = _PLAIN_TAG.match(data, start)
        name_end = start + 1
        while name_end < len(data) and data[name_end] not in b" \t\r\n\f/>{\"'<":
            name_end += 1
        name = data[start + 1 : name_end].lower()
        attributes: list[_Attribute] = []
        if plain is not None and name != b"script" and _OF_INTEREST.search(plain[0]) is None:
            end = plain.end()
            if name == b"template" and b"pug" in plain[0]:
                attributes, end = self._attributes(name_end)
        else:
            attributes, end = self._attributes(name_end)
        if name == b"script":
            return self._script(start, end, attributes)
        self.elements.append((start, end))
        for attribute in attributes:
            self._attribute(attribute)
        closing = _RAW_ENDS.get(name) or (_VUE_BLOCKS.get(name) if self.language == "vue" else None)
        if name == b"template" and any(a.name == "lang" and self._text(a) not in ("", "html") for a in attributes):
            closing = _TEMPLATE_END
        if closing is None or data[end - 2 : end] == b"/>":
            return end
        found = closing.search(data, end)
        return found.start() if found else len(data)

    def _text(self, attribute: _Attribute) -> str:
        return self.data[attribute.start : attribute.end].decode("utf-8", "replace").strip().lower()

    def _attributes(self, position: int) -> tuple[list[_Attribute], int]:
        """The attributes of a start tag from the end of its name, and the tag's end."""
        data, size = self.data, len(self.data)
        found: list[_Attribute] = []
        while True:
            blanks = _BLANKS.match(data, position)
            position = blanks.end() if blanks else position
            if position >= size:
                return found, size
            byte = data[position]
            if byte == 0x3E:
                return found, position + 1
            if self.has_tags and TAG_OPEN.match(data, position):
                end = tag_end(data, position)
                if end >= 0:
                    position = end
                    continue
            if byte == 0x3C:
                return found, position
            if byte == 0x7B and self.braces:
                end = self._closing_brace(position)
                if end < 0:
                    return found, position + 1
                found.append(_Attribute("", position + 1, end, position, True))
                position = end + 1
                continue
            name = _ATTRIBUTE.match(data, position)
            if name is None:
                position += 1
                continue
            equals = _EQUALS.match(data, name.end())
            if equals is None:
                position = name.end()
                continue
            attribute = self._value(name[0].decode("utf-8", "replace"), data.index(b"=", name.end()), equals.end())
            found.append(attribute)
            position = attribute.end + (1 if attribute.quoted else 0)

    def _value(self, name: str, equals: int, position: int) -> _Attribute:
        quote = self.data[position : position + 1]
        if quote in (b'"', b"'"):
            end = self._closing_quote(quote, position + 1)
            if end >= 0:
                return _Attribute(name, position + 1, end, position, True, equals)
        elif quote == b"{" and self.braces:
            end = self._closing_brace(position)
            if end >= 0:
                return _Attribute("{" + name, position + 1, end, position, True, equals)
        bare = _UNQUOTED.match(self.data, position)
        end = bare.end() if bare else position
        return _Attribute(name, position, end, position, False, equals)

    def _closing_quote(self, quote: bytes, position: int) -> int:
        if not self.has_tags:
            return self.data.find(quote, position)
        pattern = _CLOSING_QUOTE[quote]
        while found := pattern.search(self.data, position):
            if found[0] == quote:
                return found.start()
            end = tag_end(self.data, found.start())
            position = end if end >= 0 else found.start() + 1
        return -1

    # ---------------------------------------------------------------------------------------------------- embedding

    def _script(self, start: int, end: int, attributes: list[_Attribute]) -> int:
        data = self.data
        closing = _SCRIPT_END.search(data, end)
        if data[end - 2 : end] == b"/>" and (self.language != "html" or closing is None):
            return end
        stop = closing.start() if closing else len(data)
        self.elements.append((start, closing.end() if closing else stop))
        values = {attribute.name.lower().lstrip("{"): self._text(attribute) for attribute in attributes}
        kind, dialect = values.get("type", ""), values.get("lang", "")
        is_consent = kind == "text/plain" and any(_CONSENT.match(name) for name in values)
        is_code = not kind or is_consent or _JAVASCRIPT_TYPES.match(kind)
        if not is_code and (self.language == "html" or kind not in ("ts", "tsx")):
            return stop
        self.typed = self.typed or bool(_TYPED.match(dialect) or _TYPED.match(kind))
        self.jsx = self.jsx or dialect in ("tsx", "jsx")
        self.scripts.append((end, stop))
        self._code(end, stop, has_tags=self.has_tags and "babel" not in kind and "jsx" not in kind)
        if closing is None:
            return stop
        self.out[stop : stop + 2] = b"\n;"  # whatever the script ends with, a comment too, ends here
        if self.language == "astro":
            self.out[end - 1] = 0x7B
            self.out[stop + 1] = 0x7D
            self.handlers.append((end - 1, stop + 2, "script"))
        return stop

    def _code(self, start: int, end: int, has_tags: bool = False) -> None:
        text = self.data[start:end].translate(_TAME)
        text = _LEGACY.sub(_without_legacy, text)
        if has_tags and TAG_OPEN.search(text):
            substitution = Substitution(text, True)
            text = substitution.run()
            if substitution.tags:
                self.marked = True
                self.templated.add((start, end))
        self.out[start:end] = text
        self.code.append((start, end))

    def _attribute(self, attribute: _Attribute) -> None:
        name = attribute.name.lstrip("{")
        braced = attribute.name.startswith("{") or not name
        handler = _HANDLER.fullmatch(name) if name else None
        if handler is not None:
            if self.braces and name.lower().startswith("on") and attribute.quoted and not braced:
                inner = re.compile(rb"\s*\{").match(self.data, attribute.start, attribute.end)
                if inner and self.language == "svelte":  # on:click="{f}"
                    close = self._closing_brace(inner.end() - 1)
                    if 0 <= close < attribute.end:
                        whole = _Attribute(name, inner.end(), close, inner.end() - 1, True, attribute.equals)
                        self._handler(whole, handler)
                    return
            self._handler(attribute, handler)
        elif braced:
            self._statement(attribute.start, attribute.end, attribute.before, attribute.end)
        elif self.language == "vue":
            if _VUE_EXPRESSION.match(name) and attribute.quoted:
                self._expression(attribute.start, attribute.end, attribute.equals, attribute.end + 1)
        elif self.braces and attribute.quoted:
            self._embedded(attribute)
        elif re.compile(rb"\s*javascript:", re.IGNORECASE).match(self.data, attribute.start, attribute.end):
            self._block(attribute, "onclick")

    def _embedded(self, attribute: _Attribute) -> None:
        """``class="a {f(x)} b"``."""
        position = self.data.find(b"{", attribute.start, attribute.end)
        while 0 <= position < attribute.end:
            end = self._closing_brace(position)
            if end < 0 or end >= attribute.end:
                return
            self._statement(position + 1, end, position, end)
            position = self.data.find(b"{", end, attribute.end)

    def _handler(self, attribute: _Attribute, handler: re.Match[str]) -> None:
        event = next(group for group in handler.groups() if group is not None).lower()
        self._block(attribute, event if handler["alpine"] else f"on{event}")

    def _block(self, attribute: _Attribute, event: str) -> None:
        """A handler as a block statement: its quotes, or what stands around it, become braces."""
        start = attribute.before if attribute.quoted else attribute.equals
        end = attribute.end
        if start < 0 or end >= len(self.data) or start >= attribute.start or not self._read(attribute.start, end):
            return
        if attribute.quoted and attribute.equals >= 0:
            self.out[attribute.equals] = 0x3B
        self.out[start] = 0x7B
        self.out[end] = 0x7D
        self.handlers.append((start, end + 1, event))

    def _expression(self, start: int, end: int, before: int, after: int) -> None:
        """A template expression in parentheses; ``before``/``after``: bytes around it that are free for ``;``."""
        if before < 0 or b"(" not in self.data[start:end] or not self._read(start, end, as_expression=True):
            return
        self.out[start - 1] = 0x28
        self.out[end] = 0x29
        if before < start - 1:
            self.out[before] = 0x3B
        if end + 1 < after:
            self.out[end + 1] = 0x3B
        elif after < len(self.out) and self.out[after] == 0x20:
            self.out[after] = 0x3B

    def _statement(self, start: int, end: int, before: int, after: int) -> None:
        """A template expression as a statement of its own: the braces around it become semicolons."""
        text = self.data[start:end]
        if b"(" not in text or _KEYWORD_START.match(text) or text.lstrip().startswith(b"..."):
            return
        if self._read(start, end, as_expression=True):
            self.out[before] = 0x3B
            self.out[after] = 0x3B

    def _read(self, start: int, end: int, as_expression: bool = False) -> bool:
        """Copies a piece of code from an attribute or template; False, and nothing copied, if it is not balanced."""
        text = self.data[start:end].translate(_TAME)
        if not text.strip() or len(text) > _LIMIT:
            return False
        if not self.braces and b"&" in text:
            text = decode_entities(text)
        substitution = Substitution(text, self.has_tags)
        has_marks = b"\x1b" in text or self.has_tags
        text = substitution.run() if has_marks else text
        if not _is_complete(text, as_expression):
            return False
        text = _NO_CODE.sub(lambda found: b" " * len(found[0]) if found[0].startswith(b"//") else found[0], text)
        self.marked = self.marked or (has_marks and text != self.data[start:end])
        self.out[start:end] = text
        self.code.append((start, end))
        return True


_CLOSING_QUOTE = {quote: re.compile(quote + rb"|\{[{%#]|<[%?]") for quote in (b'"', b"'")}
_LEGACY = re.compile(rb"\A(\s*)<!--|^([ \t]*)-->|<!\[CDATA\[|^([ \t]*)\]\]>", re.MULTILINE)


def _is_complete(code: bytes, as_expression: bool) -> bool:
    """Whether code may be put among other code without taking it apart: brackets and quotes come in pairs."""
    bare = _NO_CODE.sub(b"", code)
    pairs = all(bare.count(opening) == bare.count(closing) for opening, closing in (b"()", b"[]", b"{}"))
    return pairs and not any(byte in bare for byte in b"'\"`") and not (as_expression and b";" in bare)


def _without_legacy(found: re.Match[bytes]) -> bytes:
    """``<!--`` and ``-->`` around a script begin a comment up to the line's end; CDATA marks are nothing."""
    text = found[0]
    if text.endswith((b"<!--", b"-->")):
        mark = text.lstrip()
        return text[: len(text) - len(mark)] + b"//".ljust(len(mark))
    return bytes(text.translate(BLANK))
