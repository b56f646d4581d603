"""Where the cursor is in half-typed code: in which argument of which call, in which key of which object, in a string.

In: a text up to the cursor. Out: a ``Cursor``. Brackets and strings alone are looked at, so that it works while the rest
does not parse yet; a wrong guess offers a wrong completion, nothing worse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

REACH = 20_000
"""Characters before the cursor that are looked at."""

_TOKEN = re.compile(
    r"""(?P<comment>/\*(?:.*?\*/|.*\Z)|(?:(?<![:"'])//|(?P<hash>\#))[^\r\n]*)
      | (?P<string>(?P<triple>\"{3}|'{3})(?:\\.|(?!(?P=triple)).)*(?:(?P=triple)|\Z)
                 | (?P<quote>["'])(?:\\.|(?!(?P=quote))[^\\\r\n])*(?:(?P=quote)|(?=[\r\n])|\Z)
                 | `(?:\\.|[^\\`])*(?:`|\Z))
      | (?P<open>[(\[{]) | (?P<close>[)\]}]) | (?P<comma>[,;])""",
    re.DOTALL | re.VERBOSE,
)
_CALLEE = re.compile(r"([A-Za-z_$][\w$]*(?:\s*\??\.\s*#?[\w$]+)*)\s*(?:<[^<>()]*>)?\s*(?:\?\.)?\s*\Z")
_KEY = re.compile(r"""\s*(?:(?P<quote>["'`])(?P<quoted>[^"'`\r\n]*)(?P=quote)|(?P<plain>[\w$-]+))\s*:(?!:)\s*""")
_KEYWORD = re.compile(r"\s*(?P<plain>[A-Za-z_]\w*)\s*=(?![=>])\s*")


@dataclass(slots=True)
class Bracket:
    """An open bracket. ``start``: its index; ``callee``: of a call; ``items``: finished ones as (index, text)."""

    kind: str
    start: int
    callee: str = ""
    item: int = 0
    items: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cursor:
    """``brackets``: outermost first. ``content``: index of the string's first character, -1 outside of strings.

    ``quote``: that string's. ``text``: the text that was looked at, up to the cursor; indices are into it.
    """

    text: str
    brackets: tuple[Bracket, ...]
    content: int
    quote: str

    def typed(self, bracket: Bracket) -> str:
        """What stands of a bracket's current item."""
        return self.text[bracket.item :]

    def key(self, bracket: Bracket) -> str | None:
        """The key or keyword whose value the cursor is in, None where there is none yet."""
        item = self.typed(bracket)
        match = _KEY.match(item) if bracket.kind == "{" else _KEYWORD.match(item)
        if match is None or (self.content >= 0 and bracket.item + match.end() > self.content):
            return None
        found = match.groupdict()
        return found.get("quoted") if found.get("quoted") is not None else found["plain"]

    def path(self, number: int) -> tuple[tuple[int | str, ...], bool] | None:
        """The way from a call (the bracket ``number``) to the cursor, and whether it ends at a key's place.

        ``((1, "name"), False)``: the value of ``name`` in the second argument. None across an array or another call.
        """
        call = self.brackets[number]
        keyword = self.key(call)
        way: list[int | str] = [len(call.items) if keyword is None else keyword]
        for bracket in self.brackets[number + 1 :]:
            if bracket.kind != "{":
                return None
            key = self.key(bracket)
            if key is None:
                return (tuple(way), True) if bracket is self.brackets[-1] else None
            way.append(key)
        return tuple(way), False


def cursor(text: str, language: str) -> Cursor:
    """The context at the end of a text."""
    start = max(0, len(text) - REACH)
    start = text.rfind("\n", 0, start) + 1 if start else 0
    text = text[start:]
    brackets: list[Bracket] = []
    content, quote = -1, ""
    position = 0
    while (match := _TOKEN.search(text, position)) is not None:
        position = max(match.end(), match.start() + 1)
        if match["hash"] and language not in ("python", "yaml"):
            position = match.start() + 1
        elif match["string"] is not None:
            mark = match["triple"] or match["string"][0]
            open_end = match.end() == len(text)
            closed = len(match["string"]) >= 2 * len(mark) and match["string"].endswith(mark)
            if open_end and not closed:
                content, quote = match.start() + len(mark), mark
        elif match["open"]:
            callee = _CALLEE.search(text, max(0, match.start() - 200), match.start()) if match["open"] == "(" else None
            name = re.sub(r"\s|\?", "", callee[1]) if callee else ""
            brackets.append(Bracket(match["open"], match.start(), name, match.end()))
        elif match["close"]:
            if brackets:
                brackets.pop()
        elif match["comma"] and brackets:
            here = brackets[-1]
            if match["comma"] == ";" and here.kind == "{":
                here.items.clear()
            else:
                here.items.append((here.item, text[here.item : match.start()]))
            here.item = match.end()
    return Cursor(text, tuple(brackets), content, quote)


_LITERAL = re.compile(r"""\s*[rRuU]?(["'`])(?P<text>[^"'`\\]*)\1\s*""")


def literal(text: str) -> str | None:
    """The text of an expression that is one plain string."""
    match = _LITERAL.fullmatch(text)
    return match["text"] if match else None
