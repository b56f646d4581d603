"""Regular expressions that other people write into a registry, matched in linear time.

``re`` backtracks, so a pattern such as ``(a+)+$`` could stop a run. Here the parsed pattern becomes a small automaton
that is simulated: no pattern and no text can make it slow. That also answers what ``re`` cannot: whether a text of
which only some parts are known (``user_{}``) could match at all.

In: a pattern, texts or parts of texts. Out: yes or no. Knows nothing of registries or files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

_parser: Any = import_module("re._parser")
"""The parser of ``re`` itself, so that a pattern means what it means in Python."""

MAX_STATES = 1000
MAX_TEXT = 1000
"""A longer text is not matched: whether it fits stays unknown, and unknown is silent."""

_Test = Callable[[str], bool]
_ANYTHING = "\0anything"
"""Stands for the character beside a hole, of which nothing is known."""


class PatternError(ValueError):
    """A pattern that is not a regular expression, or that fslint does not take; the message says why."""


class Pattern:
    """A compiled pattern. Without ``^`` and ``$`` it describes the whole text, with one of them it is searched for.
    ``whole``: it describes the whole text whatever anchors it has."""

    __slots__ = ("_accept", "_edges", "_start", "source", "whole")

    def __init__(self, source: str, *, whole: bool = False) -> None:
        self.source, self.whole = source, whole
        tree = _parse(source)
        builder = _Builder(tree.state.flags)
        inner = builder.new()
        end = builder.sequence(tree, inner)
        self._start, self._accept = inner, end
        if builder.anchored and not whole:
            self._start, self._accept = builder.new(), builder.new()
            for loop in (self._start, self._accept):
                builder.consume(loop, lambda _: True, loop)
            builder.jump(self._start, inner)
            builder.jump(end, self._accept)
        self._edges = builder.edges

    def matches(self, text: str) -> bool:
        """Whether the text fits."""
        return self.could_match((text,))

    def could_match(self, parts: Sequence[str | None]) -> bool:
        """Whether some text made of these parts fits; a part that is None is a hole, which may be anything."""
        parts = [part for part in parts if part != ""]
        if sum(len(part) for part in parts if part is not None) > MAX_TEXT:
            return True
        symbols: list[str | None] = []
        for part in parts:
            symbols.extend([None] if part is None else part)
        first = next((i for i, symbol in enumerate(symbols) if symbol is not None), len(symbols))
        last = max((i for i, symbol in enumerate(symbols) if symbol is not None), default=-1)
        states = {self._start}
        for i in range(len(symbols) + 1):
            before = "" if i == 0 else symbols[i - 1]
            after = "" if i == len(symbols) else symbols[i]
            at = _Position(
                before=_ANYTHING if before is None else before,
                after=_ANYTHING if after is None else after,
                start=i <= first,
                end=i > last,
            )
            hole = i < len(symbols) and after is None
            states = self._close(states, at, through=hole)
            if i == len(symbols):
                return self._accept in states
            if after is not None:
                states = {target for s in states for test, target in self._edges[s].consuming if test(after)}
            if not states:
                return False
        return False

    def _close(self, states: set[int], at: _Position, *, through: bool) -> set[int]:
        """All states that are reached without a character, or, ``through`` a hole, over any characters."""
        seen, pending = set(states), list(states)
        while pending:
            edges = self._edges[pending.pop()]
            targets = [target for test, target in edges.empty if test is None or test(at)]
            if through:
                targets += [target for _, target in edges.consuming]
            for target in targets:
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
        return seen


@lru_cache(maxsize=256)
def compile_pattern(source: str, *, whole: bool = False) -> Pattern:
    """The compiled pattern (``Pattern``)."""
    return Pattern(source, whole=whole)


def compile_format(source: str) -> Pattern:
    """The pattern of a format such as ``user_{id}``: each ``{…}`` stands for one or more characters."""
    pieces = re.split(r"\{[^{}]*\}", source)
    return compile_pattern("[\\s\\S]+".join(re.escape(piece) for piece in pieces), whole=True)


class _Position:
    """Where an assertion is asked: the characters beside it, and whether it can be the start or end of the text."""

    __slots__ = ("after", "before", "end", "start")

    def __init__(self, before: str, after: str, start: bool, end: bool) -> None:
        self.before, self.after, self.start, self.end = before, after, start, end

    def boundary(self) -> bool | None:
        """Whether a word begins or ends here; None: not known."""
        if _ANYTHING in (self.before, self.after):
            return None
        return _is_word(self.before) != _is_word(self.after)


_Assertion = Callable[[_Position], bool]


class _Edges:
    """What leaves one state: over a character that passes a test, or over none (perhaps where an assertion holds)."""

    __slots__ = ("consuming", "empty")

    def __init__(self) -> None:
        self.consuming: list[tuple[_Test, int]] = []
        self.empty: list[tuple[_Assertion | None, int]] = []


_ASSERTIONS: dict[str, _Assertion] = {
    "AT_BEGINNING": lambda at: at.start,
    "AT_BEGINNING_STRING": lambda at: at.start,
    "AT_END": lambda at: at.end,
    "AT_END_STRING": lambda at: at.end,
    "AT_BOUNDARY": lambda at: at.boundary() is not False,
    "AT_NON_BOUNDARY": lambda at: at.boundary() is not True,
}

_CATEGORIES: dict[str, _Test] = {
    "CATEGORY_DIGIT": str.isdecimal,
    "CATEGORY_NOT_DIGIT": lambda c: not c.isdecimal(),
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_NOT_SPACE": lambda c: not c.isspace(),
    "CATEGORY_WORD": lambda c: _is_word(c),
    "CATEGORY_NOT_WORD": lambda c: not _is_word(c),
}

_REFUSED = {
    "GROUPREF": "a back-reference",
    "GROUPREF_EXISTS": "a conditional group",
    "ASSERT": "a look-ahead or look-behind",
    "ASSERT_NOT": "a look-ahead or look-behind",
    "ATOMIC_GROUP": "an atomic group",
    "POSSESSIVE_REPEAT": "a possessive quantifier",
}


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _parse(source: str) -> Any:
    if len(source) > MAX_TEXT:
        raise PatternError(f"the pattern is longer than {MAX_TEXT} characters")
    try:
        # JavaScript writes a named group without the P.
        return _parser.parse(re.sub(r"\(\?<(?=[A-Za-z_])", "(?P<", source))
    except re.error as error:
        raise PatternError(f"not a regular expression: {error.msg} at position {error.pos}") from None
    except (RecursionError, OverflowError):
        raise PatternError("the pattern is nested too deeply") from None


class _Builder:
    """Builds the automaton of a parsed pattern, one method a kind of node."""

    def __init__(self, flags: int) -> None:
        self.edges: list[_Edges] = []
        self.anchored = False
        self.flags = flags

    def new(self) -> int:
        if len(self.edges) >= MAX_STATES:
            raise PatternError("the pattern is too large (use smaller repeat counts)")
        self.edges.append(_Edges())
        return len(self.edges) - 1

    def jump(self, source: int, target: int, assertion: _Assertion | None = None) -> None:
        self.edges[source].empty.append((assertion, target))

    def consume(self, source: int, test: _Test, target: int) -> None:
        self.edges[source].consuming.append((test, target))

    def sequence(self, nodes: Iterable[Any], start: int) -> int:
        """Append the nodes after ``start``; returns the state after the last one."""
        for op, argument in nodes:
            start = self.node(str(op), argument, start)
        return start

    def node(self, op: str, argument: Any, start: int) -> int:
        if op in _REFUSED:
            raise PatternError(f"{_REFUSED[op]} is not supported here")
        if op in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, inner = argument
            return self.repeat(least, most, inner, start)
        if op == "SUBPATTERN":
            _, added, removed, inner = argument
            outer, self.flags = self.flags, (self.flags | added) & ~removed
            end = self.sequence(inner, start)
            self.flags = outer
            return end
        end = self.new()
        if op == "BRANCH":
            for branch in argument[1]:
                first = self.new()
                self.jump(start, first)
                self.jump(self.sequence(branch, first), end)
        elif op == "AT":
            self.anchored |= str(argument) not in ("AT_BOUNDARY", "AT_NON_BOUNDARY")
            self.jump(start, end, _ASSERTIONS[str(argument)])
        else:
            self.consume(start, self.character(op, argument), end)
        return end

    def repeat(self, least: int, most: Any, inner: Any, start: int) -> int:
        for _ in range(least):
            start = self.copy(inner, start)
        if str(most) == "MAXREPEAT":
            loop, end = self.new(), self.new()
            self.jump(start, loop)
            self.jump(self.sequence(inner, loop), loop)
            self.jump(loop, end)
            return end
        end = self.new()
        self.jump(start, end)
        for _ in range(least, int(most)):
            start = self.copy(inner, start)
            self.jump(start, end)
        return end

    def copy(self, inner: Any, start: int) -> int:
        """One repetition; it costs a state even where it is empty, so that the limit holds."""
        first = self.new()
        self.jump(start, first)
        return self.sequence(inner, first)

    def character(self, op: str, argument: Any) -> _Test:
        """The test that one character must pass."""
        if op == "ANY":
            return (lambda _: True) if self.flags & re.DOTALL else (lambda c: c != "\n")
        if op == "NOT_LITERAL":
            return _negate(self.any_case(_one_of(argument, argument)))
        if op == "LITERAL":
            return self.any_case(_one_of(argument, argument))
        if op == "IN":
            tests = [self.character(str(inner), value) for inner, value in argument if str(inner) != "NEGATE"]
            found = lambda c: any(test(c) for test in tests)  # noqa: E731
            return _negate(found) if str(argument[0][0]) == "NEGATE" else found
        if op == "RANGE":
            return self.any_case(_one_of(*argument))
        if op == "CATEGORY" and str(argument) in _CATEGORIES:
            return _CATEGORIES[str(argument)]
        raise PatternError(f"{op.lower()} is not supported here")

    def any_case(self, test: _Test) -> _Test:
        if not self.flags & re.IGNORECASE:
            return test
        return lambda c: test(c) or test(c.lower()) or test(c.upper())


def _one_of(first: int, last: int) -> _Test:
    return lambda c: len(c) == 1 and first <= ord(c) <= last


def _negate(test: _Test) -> _Test:
    return lambda c: not test(c)
