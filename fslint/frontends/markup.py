"""Facts of markup: the scripts and event handlers of ``.html`` (templates too), ``.vue``, ``.svelte`` and ``.astro``.

The page is turned into one program of the same length: everything that is no code becomes blanks, code stays where it
is, and the JavaScript front end reads the result. So every place in its facts is a place in the page.

* Scripts of one page are one program: classic scripts share their globals.
* A handler (``onclick="…"``, ``@click="…"``, ``on:click={…}``, ``(click)="…"``) becomes a block statement: its quotes
  are overwritten with braces. The front end makes it a function of kind ``handler``, used as ``attr:onclick``.
* An expression of a component's template (``{{ f(x) }}``, ``:prop="f(x)"``, ``{f(x)}``) that holds a call becomes an
  expression statement.
* A template engine's tag (``{{ x }}`` ``{% … %}`` ``<%= … %>`` ``{{#if}}`` ``<?= … ?>``) in a script becomes blanks, or
  an identifier where a value must stand, or marks within a string; marks become holes in the facts.
* In Astro the frontmatter is the module (server code), each ``<script>`` a ``handler`` used as ``attr:script``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec

from ..facts import (
    Broken,
    Call,
    CallRef,
    FileFacts,
    FunctionRef,
    Global,
    KeyUse,
    Literal,
    Name,
    Node,
    Object,
    Secret,
    Suppression,
    Template,
    Unknown,
    Value,
)
from ..text import line_starts
from . import javascript, syntax
from .markup_page import BLANK, Page
from .markup_tags import NAME_MARK

_HOLES = re.compile("\x1a+")


def extract(data: bytes, language: str) -> FileFacts:
    """Facts of a page. ``language``: ``html`` ``vue`` ``svelte`` or ``astro``. Never raises."""
    page = Page(data, language)
    page.scan()
    lines = line_starts(data)
    facts = javascript.extract(bytes(page.out), page.grammar, handlers=page.handlers)
    if page.marked:
        facts = _demark(facts, page)
    if language == "vue":
        facts = _with_members(facts, page)
    keys, secrets = _keys_outside(page)
    code = [(start, end) for start, end in page.scripts if (start, end) not in page.templated]
    error = facts.syntax_error
    return msgspec.structs.replace(
        facts,
        language=language,
        size=len(data),
        lines=lines,
        suppressions=tuple(sorted((*facts.suppressions, *_suppressions(page, lines)), key=_place)),
        comment_keys=tuple(sorted((*facts.comment_keys, *keys), key=_place)),
        literals=tuple(sorted((*facts.literals, *secrets), key=_place)),
        dom=True,
        broken=tuple(range_ for range_ in facts.broken if _within(range_, code)),
        syntax_error=error if error and any(start <= error[0] <= end for start, end in code) else None,
        generated=facts.generated or ("generated" if syntax.generated_marker(data, lines) == "generated" else ""),
    )


def _place(node: Node) -> tuple[int, int]:
    return (node.start, node.end)


def _within(broken: Broken, ranges: list[tuple[int, int]]) -> bool:
    return any(start <= broken.start and broken.end <= end for start, end in ranges)


# ---------------------------------------------------------------------------------------------------- what is left over


def _suppressions(page: Page, lines: tuple[int, ...]) -> tuple[Suppression, ...]:
    """Suppressions in the page's own comments; one on a line of its own covers the tag, or the script, that follows."""
    text = bytearray(page.data)
    for start, end in page.comments:
        if text[start : start + 4] != b"<!--" and text[start] != 0x2F:  # a template engine's
            text[start : start + 2], text[end - 2 : end] = b"# ", b"  "
    starts = syntax.Headers(page.elements)
    return syntax.suppressions(page.comments, bytes(text), lines, lambda start, end: starts.after(end))


def _keys_outside(page: Page) -> tuple[list[KeyUse], list[Secret]]:
    """(keys in the page's comments, keys in its text and attributes)."""
    keys: list[KeyUse] = []
    for start, end in page.comments:
        keys += syntax.comment_secrets(page.data[start:end].decode("utf-8", "replace"), start)
    rest = bytearray(page.data)
    for start, end in (*page.comments, *page.code):
        rest[start:end] = bytes(page.data[start:end].translate(BLANK))
    found = syntax.comment_secrets(rest.decode("utf-8", "replace"), 0) if _MAY_HOLD_KEY.search(rest) else []
    return keys, [use.secret for use in found]


_MAY_HOLD_KEY = re.compile(rb"na1\.|eu1\.|bmExL|ZXUxL|fs_api_key_|(?i:fullstory|fs)[\w.-]*(?i:key|token|secret)")

_T = TypeVar("_T")


def _rebuilt(value: _T, change: Callable[[Node], Node]) -> _T:
    """``value`` with ``change`` applied to every node in it, the innermost first."""
    if isinstance(value, tuple):
        items = tuple(_rebuilt(item, change) for item in value)
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items  # type: ignore[return-value]
    if not isinstance(value, msgspec.Struct):
        return value
    changed: dict[str, Any] = {}
    for name in value.__struct_fields__:
        old = getattr(value, name)
        if isinstance(old, (tuple, msgspec.Struct)):
            new = _rebuilt(old, change)
            if new is not old:
                changed[name] = new
    result = msgspec.structs.replace(value, **changed) if changed else value
    return change(result) if isinstance(result, Node) else result  # type: ignore[return-value]


def _demark(facts: FileFacts, page: Page) -> FileFacts:
    """Facts in which the marks of template tags have become holes, and the gaps of entities nothing."""
    program, data = bytes(page.out), page.data

    def change(node: Node) -> Node:
        if isinstance(node, Literal) and isinstance(node.value, str):
            return _without_marks(node, program, data)
        if isinstance(node, Global) and NAME_MARK in node.name:
            return Unknown(node.start, node.end, "template tag")
        if isinstance(node, Template) and any(isinstance(part, Template) for part in node.parts):
            parts = tuple(
                inner for part in node.parts for inner in (part.parts if isinstance(part, Template) else (part,))
            )
            return Template(node.start, node.end, parts, node.how)
        return node

    try:
        return _rebuilt(facts, change)
    except RecursionError:
        return javascript.extract(bytes(len(data)), page.grammar)


def _without_marks(literal: Literal, program: bytes, data: bytes) -> Literal | Template | Unknown:
    text = literal.value
    assert isinstance(text, str)
    if NAME_MARK in text:
        return Unknown(literal.start, literal.end, "template tag")
    end = literal.end
    if data[end - 1 : end] == b"&" and program[end - 1 : end] != b"&":  # a closing quote that is an entity
        end = data.find(b";", end) + 1 or end
    if "\x1a" not in text and "\x1b" not in text:
        return literal if end == literal.end else Literal(literal.start, end, text, literal.kind)
    text = text.replace("\x1b", "")
    if "\x1a" not in text:
        return Literal(literal.start, end, text, literal.kind)
    return Template(literal.start, end, tuple(_parts(text, literal, program)), "template")


def _parts(text: str, literal: Literal, program: bytes) -> Iterator[Value]:
    """The text of a literal and its holes, in turn; the places are those of the page."""
    runs = re.compile(rb"\x1a+").finditer(program, literal.start, literal.end)
    position = literal.start
    for index, piece in enumerate(_HOLES.split(text)):
        run = next(runs, None)
        if piece:
            yield Literal(position, run.start() if run else literal.end, piece)
        if run is not None:
            yield Unknown(run.start(), run.end(), "template tag")
            position = run.end()
        elif index == 0 and not piece:
            yield Unknown(literal.start, literal.end, "template tag")


# ----------------------------------------------------------------------------------------------------- Vue's options API


def _with_members(facts: FileFacts, page: Page) -> FileFacts:
    """Calls in a Vue template of names that are the component's methods, or what its ``setup()`` returns."""
    members = _members(facts)
    if not members:
        return facts

    def in_script(node: Node) -> bool:
        return any(start <= node.start and node.end <= end for start, end in page.scripts)

    def resolved(call: Call) -> Call:
        callee = call.callee
        member = members.get(callee.name) if isinstance(callee, Global) else None
        if member is None or in_script(call):
            return call
        place = {"start": callee.start, "end": callee.end}
        return msgspec.structs.replace(call, callee=msgspec.structs.replace(member, **place))

    return msgspec.structs.replace(facts, calls=tuple(resolved(call) for call in facts.calls))


def _members(facts: FileFacts) -> dict[str, FunctionRef | Name]:
    found: dict[str, FunctionRef | Name] = {}
    component = next((export.value for export in facts.exports if export.name == "default"), None)
    if isinstance(component, CallRef) and 0 <= component.call < len(facts.calls):
        arguments = facts.calls[component.call].args
        component = arguments[0].value if arguments else None  # defineComponent({…}), Vue.extend({…})
    if not isinstance(component, Object):
        return found
    for option in component.entries:
        name = option.key.value if isinstance(option.key, Literal) else None
        if name == "methods" and isinstance(option.value, Object):
            _add_entries(found, option.value)
        elif name == "setup" and isinstance(option.value, FunctionRef):
            for returned in facts.functions[option.value.function].returns:
                if isinstance(returned.value, Object):
                    _add_entries(found, returned.value)
    return found


def _add_entries(found: dict[str, FunctionRef | Name], table: Object) -> None:
    for entry in table.entries:
        if isinstance(entry.key, Literal) and isinstance(entry.value, (FunctionRef, Name)):
            found[str(entry.key.value)] = entry.value
