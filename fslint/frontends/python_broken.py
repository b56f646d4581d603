"""Python files that the grammar could not read: mending them for the walk, and the verdict of a second parser."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from typing import NamedTuple

from tree_sitter import Node

_MAX_REPAIRS = 6
_MAX_STEEPNESS = 500
"""Operators and brackets in one logical line up to which libcst is asked: it is recursive and native, and a stack that
overflows there takes the process with it."""
_MAX_ALTERNATIVES = 5


class PythonError(NamedTuple):
    """What CPython says of a file: byte offset and message."""

    offset: int
    message: str
    is_indentation: bool


def error_ranges(root: Node) -> list[tuple[int, int]]:
    """The places of the grammar's errors, in source order."""
    found: list[tuple[int, int]] = []
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            found.append((node.start_byte, node.end_byte))
        elif node.has_error:
            stack.extend(reversed(node.children))
    return found


def python_error(data: bytes) -> PythonError | None:
    """CPython's complaint about a file, None where it has none or gives up."""
    text = data.decode("utf-8", "replace")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        offset = _offset(text, error.lineno or 1, max((error.offset or 1) - 1, 0))
        return PythonError(offset, error.msg, isinstance(error, IndentationError))
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


def repaired(
    data: bytes, root: Node, error: PythonError | None, parse: Callable[[bytes], Node]
) -> tuple[bytes, Node, list[tuple[int, int]]]:
    """A broken file with the lines that break it made harmless, so that a half-typed line costs no more than itself.

    Gives the new content (of the same length), its tree, and the places of the lines that are now ``0``. Only where
    errors reach over several lines, and only as long as it helps.
    """
    blanked: list[tuple[int, int]] = []
    weight = _weight(data, root)
    for _ in range(_MAX_REPAIRS):
        if weight == 0 or error is None:
            break
        best: tuple[int, bytes, Node, tuple[int, int]] | None = None
        starts = {_line_at(data, offset) for offset in (error_ranges(root)[0][0], error.offset)}
        for start, end in sorted(starts):
            attempt = _harmless(data, start, end)
            if attempt is None:
                continue
            tree = parse(attempt)
            new_weight = _weight(attempt, tree)
            if new_weight < weight and (best is None or new_weight < best[0]):
                best = (new_weight, attempt, tree, (start, end))
        if best is None:
            break
        weight, data, root, place = best
        blanked.append(place)
        error = python_error(data)
    return data, root, blanked


def _weight(data: bytes, root: Node) -> int:
    """How many bytes errors take that reach over lines."""
    if not root.has_error:
        return 0
    return sum(end - start for start, end in error_ranges(root) if b"\n" in data[start:end].strip())


def _line_at(data: bytes, offset: int) -> tuple[int, int]:
    offset = min(offset, len(data))
    while offset > 0 and data[offset - 1 : offset + 1].isspace():
        offset -= 1  # the end of a file, a blank line: what is missing is missing from the line before
    start = data.rfind(b"\n", 0, offset) + 1
    end = data.find(b"\n", offset)
    return start, len(data) if end < 0 else end


def _harmless(data: bytes, start: int, end: int) -> bytes | None:
    line = data[start:end]
    indent = len(line) - len(line.lstrip())
    if indent == len(line) or line.strip() == b"0":
        return None
    blanks = bytes(c if c in b"\r\t\f" else 0x20 for c in line[indent + 1 :])
    return data[: start + indent] + b"0" + blanks + data[end:]


def confirm(data: bytes, first: int, error: PythonError | None) -> tuple[int, str] | None:
    """The syntax error of a file, by a second parser: (byte offset, message); None where it reads the file.

    ``first``: the place of tree-sitter's first error. One of libcst before it is newer syntax, not a mistake.
    ``error``: CPython's; a file that it reads has none.
    """
    if error is None:
        return None
    place, also = (error.offset, error.message), (error.offset, error.message)
    if too_steep(data):
        return place
    import libcst

    text = data.decode("utf-8", "replace")
    try:
        libcst.parse_module(text)
    except libcst.ParserSyntaxError as second:
        found = re.search(r"error at (\d+):(\d+): (.*)", second.message, re.DOTALL)
        if found is not None:
            offset = _offending(text, int(found[1]), int(found[2]), error.is_indentation)
            if found[3].count(",") <= _MAX_ALTERNATIVES:  # a longer list tells nothing: CPython's words and place
                place = (offset, found[3].strip())
            also = (offset, "invalid syntax")
    except Exception:  # a limit or a defect of the second parser is no verdict on the file
        return None
    else:
        return None
    limit = data.rfind(b"\n", 0, first) + 1
    return next((candidate for candidate in (place, also) if candidate[0] >= limit), None)


def too_steep(data: bytes) -> bool:
    """Whether a file nests so deeply that libcst is not asked."""
    return _steepness(data) > _MAX_STEEPNESS


_STEEP = re.compile(
    rb"(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<line>\n[ \t]*)|\b(?:not|lambda|if|else|await|and|or|in|is)\b|[-+~.*/%|&^=<>@]"
)
_MAX_INDENT = 100


def _steepness(data: bytes) -> int:
    """How many operators and brackets the logical line with the most has; of deep indentation too many."""
    most = count = depth = 0
    for match in _STEEP.finditer(data):
        kind = match.lastgroup
        if kind == "line":
            if len(match[0]) > 4 * _MAX_INDENT:
                return _MAX_STEEPNESS + 1
            if depth == 0:
                most, count = max(most, count), 0
            continue
        count += 1
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(depth - 1, 0)
    return max(most, count)


def _offending(text: str, line: int, column: int, is_indentation: bool) -> int:
    """The byte offset of the token before a place: libcst reports where the token after the wrong one starts."""
    at = _index(text, line, column)
    before = text[:at].rstrip(" \t\f")
    if is_indentation and (not before or before[-1] in "\r\n"):
        return len(text[:at].encode())
    if not before.strip():
        return len(text[:at].encode())
    if before[-1] in "\r\n":  # the line break was wrong: the end of the last line with code
        before = before.rstrip()
        token = re.search(r"(?:\w+|.)$", before)
        return len(before[: token.start() if token else 0].encode())
    token = re.search(r"""(?:\w+|"[^"\n]*"|'[^'\n]*'|.)$""", before)
    return len(before[: token.start() if token else 0].encode())


def _index(text: str, line: int, column: int) -> int:
    """The index of a 1-based line and a 0-based column in code points."""
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]
    if line > len(starts):
        return len(text)
    start = starts[max(line - 1, 0)]
    end = starts[line] if line < len(starts) else len(text)
    return min(start + column, end)


def _offset(text: str, line: int, column: int) -> int:
    return len(text[: _index(text, line, column)].encode("utf-8", "replace"))
