"""JavaScript, TypeScript and TSX: bytes in, facts out (tree-sitter reads, esprima confirms what is broken)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from tree_sitter import Node, Parser, Tree

from ..facts import Broken, FileFacts, KeyUse
from ..text import line_end, line_of, line_starts
from . import (
    javascript_bindings,
    javascript_functions,
    javascript_modules,
    javascript_statements,
    javascript_types,
    javascript_values,
)
from .grammars import language_of
from .javascript_bindings import hoist, hoist_vars
from .javascript_functions import directives
from .javascript_walk import COMMENTS, Walk
from .rows import FunctionRow, RegionRow
from .syntax import comment_secrets, generated_marker, marks, passing, suppressions

_VALUES = {**javascript_values.VALUES, **javascript_bindings.VALUES, **javascript_functions.VALUES}
_STATEMENTS = {**javascript_statements.STATEMENTS, **javascript_modules.STATEMENTS}
_TYPES = javascript_types.TYPES

if sys.getrecursionlimit() < 3000:  # a level of nesting takes up to six frames; Python's own are no stack of C's
    sys.setrecursionlimit(3000)


def extract(data: bytes, language: str, handlers: Sequence[tuple[int, int, str]] = ()) -> FileFacts:
    """Facts of a script. ``language``: ``javascript`` ``typescript`` ``tsx``; ``data``: UTF-8 without BOM.

    ``handlers``: (start, end, event) of blocks that stand for event-handler attributes of markup.
    Never raises on any content. ``syntax_error`` stays None in TypeScript: link decides from ``broken``.
    """
    lines = line_starts(data)
    tree, errors = _parse(data, language)
    root = tree.root_node
    events = {start: event for start, _, event in handlers}
    walk = Walk(data, _VALUES, _STATEMENTS, _TYPES, events, bool(errors))
    try:
        _read(walk, root)
        whole_is_snippet = bool(walk.snippets) and _only_snippet(walk, root)
        comments = _comments(data, root)
        suppressed = suppressions(comments, data, lines, lambda start, end: _following(data, lines, root, start, end))
    except RecursionError:
        return FileFacts(language, len(data), lines, broken=(Broken(0, len(data)),))
    return FileFacts(
        language=language,
        size=len(data),
        lines=lines,
        functions=tuple([row.freeze() for row in walk.functions]),
        classes=tuple([row.freeze() for row in walk.classes]),
        regions=tuple([row.freeze() for row in walk.regions]),
        bindings=tuple([row.freeze() for row in walk.bindings]),
        calls=tuple([row.freeze() for row in walk.calls]),
        imports=tuple(walk.imports),
        exports=tuple(walk.exports),
        writes=tuple(walk.writes),
        awaits=tuple(walk.awaits),
        throws=tuple(walk.throws),
        literals=tuple(walk.literals),
        comment_keys=_comment_keys(data, comments),
        suppressions=suppressed,
        directives=tuple(directives(walk, root.children)),
        globals=tuple(walk.globals),
        dom=walk.dom,
        broken=tuple(Broken(start, end) for error in errors for start, end in _tight(error)),
        syntax_error=_syntax_error(data, errors) if language == "javascript" and errors else None,
        generated="snippet" if whole_is_snippet else generated_marker(data, lines),
        snippet_ranges=tuple(walk.snippets),
    )


def _read(walk: Walk, root: Node) -> None:
    """Reads the module: function 0, region 0."""
    size = len(walk.data)
    module = FunctionRow(0, size, "", "module", -1, 0, [], [])
    walk.functions.append(module)
    walk.regions.append(RegionRow(0, size, -1, 0, "body", 0))
    nodes = root.children
    module.directive = next(iter(directives(walk, nodes)), "")
    if root.type != "program":  # nothing but an error
        walk.lower_unknown(root)
        return
    hoist_vars(walk, nodes)
    hoist(walk, nodes)
    walk.regions[0].exits = walk.run_all(passing(root))


_NAMESPACE_WRITE = (
    rb"\s*(?:(?:window|self|globalThis)\s*(?:\.\s*|\[\s*['\"])_fs_\w+|(?:var\s+)?_fs_\w+\s*=|['\"]use strict)"
)


def _only_snippet(walk: Walk, root: Node) -> bool:
    ranges = {start for start, _ in walk.snippets}
    return all(
        node.type in COMMENTS
        or node.type == "empty_statement"
        or node.start_byte in ranges
        or re.compile(_NAMESPACE_WRITE).match(walk.data, node.start_byte, node.end_byte) is not None
        for node in root.children
    )


# ----------------------------------------------------------------------------------------------------------- parsing


@cache
def _parser(grammar: str) -> Parser:
    return Parser(language_of(*_GRAMMARS[grammar]))


_GRAMMARS = {
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
}


_SECOND_GRAMMAR = {"javascript": "tsx", "typescript": "typescript", "tsx": "tsx"}

_MODERN = (
    (rb"\bexport\s+(type)\s*\*", b" "),
    (rb"\b(import\(\s*(?:'[^'\n]*'|\"[^\"\n]*\")\s*\))(?=(?:\s*\.\s*\w+)+\s*<)", b"_"),
    (rb"[<,/]\s*((?:in\s+out|in|out)\s)(?=\s*[A-Z]\w*\s*(?:[,>=]|extends\b))", b" "),
)
"""Valid TypeScript that the grammar does not know, and what its first group is overwritten with."""
_USING = rb"\b(await\s+)?using(?=\s+[\w$]+\s*(?:(?::[^=\n]*)?=[^=>]|of\b))"


def _parse(data: bytes, language: str) -> tuple[Tree, list[Node]]:
    """The tree with the fewest errors that the grammars at hand give, and its outermost error nodes."""
    tree = _parser(language).parse(data)
    if not tree.root_node.has_error:
        return tree, []
    best = tree, _errors(tree.root_node)
    tried = {(language, data)}
    for source in (data, _modernised(data)):
        grammar = _SECOND_GRAMMAR[language]
        if (grammar, source) in tried:
            continue
        tried.add((grammar, source))
        tree = _parser(grammar).parse(source)
        found = _errors(tree.root_node)
        if _weight(found) < _weight(best[1]):
            best = tree, found
        if not found:
            break
    return best


def _modernised(data: bytes) -> bytes:
    """The same length of text, with the syntax that the grammars do not know written over."""
    for pattern, filler in _MODERN:
        if re.search(pattern, data):
            changed = bytearray(data)
            for match in re.finditer(pattern, data):
                changed[match.start(1) : match.end(1)] = filler * (match.end(1) - match.start(1))
            data = bytes(changed)
    return re.sub(_USING, lambda match: b" " * len(match[1] or b"") + b"const", data)


def _errors(root: Node) -> list[Node]:
    """The outermost ERROR and MISSING nodes, in order."""
    found = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.type == "ERROR" or node.is_missing:
            found.append(node)
        elif node.has_error:
            stack.extend(child for child in node.children[::-1] if child.has_error or child.is_missing)
    return found


def _weight(errors: Iterable[Node]) -> int:
    return sum(20 + node.end_byte - node.start_byte for node in errors)


def _tight(error: Node) -> list[tuple[int, int]]:
    """What an error node covers, without the statements in it that were read."""
    if error.start_byte == error.end_byte or not error.children:
        return [(error.start_byte, error.end_byte)]
    inner = [node for child in error.children if child.has_error or child.is_missing for node in _errors(child)]
    if inner:
        # The rest of the file often goes into one error around the real one.
        return [span for node in inner for span in _tight(node)]
    ranges: list[tuple[int, int]] = []
    joined = False
    for child in error.children:
        if child.type in COMMENTS:
            continue
        if child.type in _STATEMENTS and not child.has_error:
            joined = False
        elif joined:
            ranges[-1] = (ranges[-1][0], child.end_byte)
        else:
            ranges.append((child.start_byte, child.end_byte))
            joined = True
    return ranges or [(error.start_byte, error.start_byte)]


# ----------------------------------------------------------------------------------------------- is it really broken?

_FLOW = rb"@flow\b|\bimport\s+typeof\b|\bopaque\s+type\b|\{\||\bdeclare\s+(?:export|opaque|var|function)\b"
_ESPRIMA_LIMIT = 400_000
_LINE_PREFIX = r"^Line \d+: "


def _syntax_error(data: bytes, errors: list[Node]) -> tuple[int, str] | None:
    """Esprima's verdict on what both grammars could not read; None where it has none.

    Esprima ends at ECMAScript 2017: what it stumbles over counts only at a place where the grammar stumbles too.
    """
    if len(data) > _ESPRIMA_LIMIT or re.search(_FLOW, data):
        return None
    text = data.decode("utf-8", "replace")
    if text.startswith("#!"):
        text = "//" + text[2:]
    found = _esprima_error(text)
    if found is None:
        return None
    offset = min(len(text[: found[0]].encode("utf-8", "surrogatepass")), len(data))
    lines = line_starts(data)
    at = line_of(lines, offset)
    if offset < errors[0].start_byte or _is_modern(text, found[0]):
        return None
    for error in errors:
        last = line_of(lines, error.end_byte)
        if line_of(lines, error.start_byte) <= at <= last + 1 or not data[error.end_byte : offset].strip():
            return offset, found[1]
    return None


_MODERN_AT = r"\?\?|\?\.|\*\*=|\|\|=|&&=|#\w|\d_\d|\d+n\b|import\s*\(|import\.meta|catch\s*\{|static\b|\.\.\.|@\w"


def _is_modern(text: str, index: int) -> bool:
    """Whether what stands at (or just before) a place is syntax newer than esprima."""
    return any(
        start.start() <= index + 1 and start.end() >= index
        for start in re.compile(_MODERN_AT).finditer(text, max(0, index - 12), min(len(text), index + 12))
    )


def _esprima_error(text: str) -> tuple[int, str] | None:
    """(index, message) of the error that esprima raises on a text both as a module and as a script; else None."""
    import esprima

    verdict: tuple[int, str] | None = None
    for parse in (esprima.parseModule, esprima.parseScript):
        try:
            parse(text, {"jsx": True})
        except esprima.Error as error:
            index = getattr(error, "index", None)
            if not isinstance(index, int):
                return None
            if verdict is None or index > verdict[0]:
                verdict = index, re.sub(_LINE_PREFIX, "", str(error))
        except Exception:
            return None
        else:
            return None
    return verdict


# ---------------------------------------------------------------------------------------------------------- comments

_LINE_COMMENT = re.compile(rb"//[^\n]*")
_HTML_COMMENT = re.compile(rb"(?:<!--|-->)[^\n]*")


def _comments(data: bytes, root: Node) -> list[tuple[int, int]]:
    """The places of the comments in which something of interest may stand."""
    found: dict[int, int] = {}
    start = end = -1
    for at in marks(data, _stretches(data)):
        if start <= at < end:
            continue
        node = root.descendant_for_byte_range(at, at)
        if node is not None and node.type in COMMENTS:
            start, end = node.start_byte, node.end_byte
            found[start] = end
    return sorted(found.items())


def _stretches(data: bytes) -> Iterator[tuple[int, int]]:
    """What looks like a comment, in a string or not: (start, end)."""
    for match in _LINE_COMMENT.finditer(data):
        yield match.span()
    if b"<!--" in data or b"-->" in data:
        for match in _HTML_COMMENT.finditer(data):
            yield match.span()
    start = data.find(b"/*")
    while start >= 0:
        end = data.find(b"*/", start + 2)
        if end < 0:
            yield start, len(data)
            break
        yield start, end
        start = data.find(b"/*", end - 1)  # one before that ends there too


def _comment_keys(data: bytes, comments: list[tuple[int, int]]) -> tuple[KeyUse, ...]:
    keys: list[KeyUse] = []
    for start, end in comments:
        keys += comment_secrets(_same_length(data[start:end]), start)
    return tuple(keys)


def _same_length(data: bytes) -> str:
    """Text whose offsets are those of the bytes, also where they are no UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return bytes(byte if byte < 128 else 63 for byte in data).decode("ascii")


_BODIES = frozenset({"statement_block", "class_body", "switch_body", "interface_body", "object_type", "enum_body"})
_COMPOUND = frozenset({
    "if_statement", "for_statement", "for_in_statement", "while_statement", "do_statement", "try_statement",
    "switch_statement", "function_declaration", "generator_function_declaration", "class_declaration",
    "abstract_class_declaration", "method_definition", "labeled_statement", "with_statement", "internal_module",
    "module", "interface_declaration",
})  # fmt: skip


def _following(data: bytes, lines: Sequence[int], root: Node, start: int, end: int) -> int | None:
    """Where the statement or item after a comment on a line of its own ends (a compound statement: its header)."""
    comment = root.descendant_for_byte_range(start, start)
    if comment is not None and comment.parent is not None and comment.parent.type == "jsx_expression":
        end = comment.parent.end_byte
    at = end
    while True:
        at = _next_token(data, at)
        if at >= len(data):
            return None
        node = root.descendant_for_byte_range(at, at)
        if node is None:
            return None
        inner = node
        if node.type == "{" and node.parent is not None and node.parent.type == "jsx_expression":
            inner = next((child for child in node.parent.children[1:2]), node)
            if inner.type in COMMENTS:
                at = node.parent.end_byte
                continue
        if node.type not in COMMENTS:
            break
        at = node.end_byte
    while node.parent is not None and node.parent.start_byte == at and node.parent.type not in ("program", "ERROR"):
        node = node.parent
    return max(_header_end(node), line_end(data, lines, at))


def _next_token(data: bytes, at: int) -> int:
    match = re.compile(rb"\s*").match(data, at)
    return match.end() if match else at


def _header_end(node: Node) -> int:
    """The end of a statement; of a compound one, of what stands before its body."""
    if node.type == "jsx_element":
        return node.children[0].end_byte
    if node.type == "export_statement":
        for child in node.children:
            if child.type in _COMPOUND:
                return _header_end(child)
    if node.type == "expression_statement" and node.children[0].type in _COMPOUND:
        return _header_end(node.children[0])
    if node.type in _COMPOUND:
        for child in node.children:
            if child.type in _BODIES:
                return child.start_byte + 1
            if child.type in _COMPOUND:
                return _header_end(child)
    if node.type == "statement_block":
        return node.start_byte + 1
    return node.end_byte
