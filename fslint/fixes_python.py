"""Fixes of Python files, done by libcst: each edit becomes the replacement of the node that it lies in.

In: a file's text and the byte edits that diagnostics carry. Out: the new text, which equals what the edits themselves
make; None where libcst cannot read the file, knows no node for an edit, or comes to another text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .diagnostics import Edit
from .frontends.python_broken import too_steep

if TYPE_CHECKING:
    import libcst


def rewritten(text: bytes, edits: Sequence[Edit], expected: bytes) -> bytes | None:
    """``text`` with its nodes replaced, None if that is not ``expected``, the text after the byte edits."""
    if too_steep(text):
        return None
    import libcst
    from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

    try:
        wrapper = MetadataWrapper(libcst.parse_module(text.decode("utf-8")))
        spans = {
            node: (span.start, span.start + span.length)
            for node, span in wrapper.resolve(ByteSpanPositionProvider).items()
        }
        replacements = _replacements(text, edits, spans)
        if replacements is None:
            return None
        code: str = _replace(wrapper.module, replacements).code
    except Exception:  # what libcst does not read, or its limits, as deep nesting
        return None
    return code.encode("utf-8") if code.encode("utf-8") == expected else None


_Replacements = dict["libcst.CSTNode", "libcst.CSTNode | None"]
"""The new node of each node that changes; None removes it."""


def _replacements(
    text: bytes, edits: Sequence[Edit], spans: dict[libcst.CSTNode, tuple[int, int]]
) -> _Replacements | None:
    """What to replace so that all edits are made, None if one lies in no node that can be."""
    targets: dict[libcst.CSTNode, list[Edit]] = {}
    for edit in edits:
        start, end = edit.place.start, edit.place.end
        around = [node for node, (first, last) in spans.items() if first <= start and end <= last]
        target = min(
            (node for node in around if _fits(node, spans[node], edit)),
            key=lambda node: spans[node][1] - spans[node][0],
            default=None,
        )
        if target is None:
            return None
        targets.setdefault(target, []).append(edit)
    made: _Replacements = {}
    for node in targets:
        start, end = spans[node]
        within = [edit for edit in edits if start <= edit.place.start and edit.place.end <= end]
        made[node] = _made(node, _text(text, spans[node], within))
    return made


def _fits(node: libcst.CSTNode, span: tuple[int, int], edit: Edit) -> bool:
    """Whether a node can stand for an edit in it: names, literals, comments, expressions, a comment with its blanks."""
    import libcst

    if isinstance(node, libcst.EmptyLine):
        return not edit.content and span == (edit.place.start, edit.place.end)
    if isinstance(node, libcst.TrailingWhitespace):
        return not edit.content and node.comment is not None and span[0] == edit.place.start
    return isinstance(node, libcst.Comment | libcst.FormattedStringText | libcst.BaseExpression)


def _made(node: libcst.CSTNode, text: str) -> libcst.CSTNode | None:
    """A node like ``node`` of another text."""
    import libcst

    if isinstance(node, libcst.EmptyLine):
        return None
    if isinstance(node, libcst.TrailingWhitespace):
        return node.with_changes(whitespace=libcst.SimpleWhitespace(""), comment=None)
    if isinstance(node, libcst.Comment | libcst.FormattedStringText):
        return node.with_changes(value=text)
    new = libcst.parse_expression(f"({text})")  # in parentheses it may go over several lines
    if isinstance(node, libcst.Name | libcst.SimpleString) and type(new) is type(node):
        return node.with_changes(value=text)
    # The parentheses around an expression are no part of its place.
    return new.with_changes(lpar=getattr(node, "lpar", ()), rpar=getattr(node, "rpar", ()))


def _text(text: bytes, span: tuple[int, int], edits: Sequence[Edit]) -> str:
    """A span's text after the edits in it."""
    start, end = span
    part = text[start:end]
    for edit in sorted(edits, key=lambda edit: edit.place, reverse=True):
        first, last = edit.place.start - start, edit.place.end - start
        part = part[:first] + edit.content.encode("utf-8") + part[last:]
    return part.decode("utf-8")


def _replace(module: libcst.Module, replacements: _Replacements) -> libcst.Module:
    """The module with other nodes."""
    import libcst

    class Replacer(libcst.CSTTransformer):
        def on_leave(self, original_node: libcst.CSTNode, updated_node: libcst.CSTNode) -> Any:
            if original_node not in replacements:
                return updated_node
            new = replacements[original_node]
            return libcst.RemoveFromParent() if new is None else new

    changed = module.visit(Replacer())
    assert isinstance(changed, libcst.Module)
    return changed
