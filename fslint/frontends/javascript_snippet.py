"""FullStory's loader as people paste it: told from other code, so that the calls in it do not count."""

from __future__ import annotations

from tree_sitter import Node

from .javascript_walk import Walk, named_children

_SNIPPET_MARKS = (
    (b"FullStory namespace conflict", b"_fs_namespace", b"/s/fs.js", b"_fs_script", b"data-fs-namespace"),
    (b"createElement", b"getElementsByTagName", b"getElementById", b"insertBefore"),
)
_STUB_MARKS = (b"._api(", b".q.push(", b".q=[]")
"""The stub alone, where something else puts the script into the page (Segment's analytics.js)."""


def is_snippet(walk: Walk, node: Node) -> bool:
    """Whether an expression is FullStory's pasted loader: a function called at once that puts a script into the page."""
    while node.type in ("parenthesized_expression", "unary_expression", "assignment_expression", "call_expression"):
        inner = [child for child in node.children if child.type not in ("!", "(", "void", "-", "+", "~", "comment")]
        if not inner:
            return False
        node = inner[-1] if node.type == "assignment_expression" else inner[0]
    if node.type != "function_expression" and node.type != "arrow_function":
        return False
    parameters = next((child for child in node.children if child.type == "formal_parameters"), None)
    if parameters is None or len(named_children(parameters)) < 5:
        return False
    around = walk.data[node.start_byte : min(node.end_byte + 200, len(walk.data))]
    if all(mark in around for mark in _STUB_MARKS):
        return True
    return all(any(mark in around for mark in marks) for marks in _SNIPPET_MARKS)
