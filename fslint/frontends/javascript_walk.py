"""The state of one walk over a JavaScript or TypeScript tree: scopes, tables, and the dispatch by node type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from tree_sitter import Node

from ..facts import (
    Argument,
    Array,
    Assign,
    AwaitFact,
    Binary,
    CallRef,
    Cast,
    ClassRef,
    Export,
    FunctionRef,
    Global,
    Import,
    Literal,
    Member,
    Name,
    OneOf,
    Secret,
    Spread,
    Throw,
    Type,
    Unary,
    Unknown,
    UnknownType,
    Value,
    Write,
)
from .rows import BindingRow, CallRow, ClassRow, FunctionRow, RegionRow
from .syntax import Words, secret_for

MAX_DEPTH = 200
"""Levels of values and statements that are followed; below, values are unknown. Facts must also fit an encoder's stack."""

PUNCTUATION = frozenset({"(", ")", "[", "]", "{", "}", ",", ";", ":", "`", "comment", "html_comment"})
COMMENTS = frozenset({"comment", "html_comment"})


class Scope:
    """Names of one block, function, class or module. Types have a table of their own, classes stand in both."""

    __slots__ = ("parent", "types", "values")

    def __init__(self, parent: Scope | None) -> None:
        self.parent = parent
        self.values: dict[str, int] = {}
        self.types: dict[str, int] = {}


_VAR = re.compile(rb"var\b")

ValueHandler: TypeAlias = "Callable[[Walk, Node], Value]"
StatementHandler: TypeAlias = "Callable[[Walk, Node], str]"
TypeHandler: TypeAlias = "Callable[[Walk, Node], Type]"


class Walk:
    """One file being read. The attributes from ``scope`` on say where the walk is; helpers restore what they change."""

    # More attributes than an object without slots finds fast.
    __slots__ = (
        "awaits", "bindings", "bound_name", "breaks", "calls", "classes", "data", "depth", "dom", "event_handlers",
        "events", "exports", "function", "functions", "globals", "has_namespaces", "has_optional", "has_snippet", "has_var", "imports",
        "literals", "region", "regions", "reserved", "scope", "snippets", "source", "statement_end",
        "statement_handlers", "statement_start", "this_class", "this_function", "throws", "type_handlers",
        "value_handlers", "var_scope", "words", "writes",
    )  # fmt: skip

    def __init__(
        self,
        data: bytes,
        values: Mapping[str, ValueHandler],
        statements: Mapping[str, StatementHandler],
        types: Mapping[str, TypeHandler],
        handlers: Mapping[int, str],
        has_errors: bool,
    ) -> None:
        """``has_errors``: the parser mended some, and may have made up what is not written."""
        self.data = data
        self.source = data.decode("latin-1")
        """A character a byte, so that a place in one is a place in the other (see ``syntax.Words``)."""
        self.words = Words()
        self.value_handlers = values
        self.statement_handlers = statements
        self.type_handlers = types
        self.event_handlers = handlers
        self.has_var = _VAR.search(data) is not None
        self.has_optional = has_errors or b"?." in data
        self.has_namespaces = has_errors or b"namespace" in data or b"module" in data
        self.has_snippet = b"_fs_namespace" in data or b"/s/fs.js" in data or b"FullStory namespace conflict" in data

        self.functions: list[FunctionRow] = []
        self.classes: list[ClassRow] = []
        self.regions: list[RegionRow] = []
        self.bindings: list[BindingRow] = []
        self.calls: list[CallRow] = []
        self.imports: list[Import] = []
        self.exports: list[Export] = []
        self.writes: list[Write] = []
        self.awaits: list[AwaitFact] = []
        self.throws: list[Throw] = []
        self.literals: list[Secret] = []
        self.globals: dict[str, None] = {}
        self.snippets: list[tuple[int, int]] = []
        self.dom = False
        self.events = 0
        """Grows with everything that refers to a region: an empty region can be taken back."""
        self.reserved: dict[int, int] = {}
        """Functions whose row exists before they are read (constructors), by their start."""

        self.scope = Scope(None)
        self.var_scope = self.scope
        self.function = 0
        self.region = 0
        self.this_function = 0
        self.this_class = -1
        self.statement_start = 0
        self.statement_end = 0
        self.bound_name = ""
        """What the literal that is read next would be bound to (see ``syntax.secret_for``)."""
        self.depth = 0
        self.breaks: list[bool] = []
        """One entry a ``switch`` or loop around: whether a ``break`` leaves it."""

    # ------------------------------------------------------------------------------------------------- dispatch

    def lower(self, node: Node) -> Value:
        """The value of an expression; records the calls, functions … in it."""
        kind = node.type
        handler = self.value_handlers.get(kind)
        if handler is None:
            return self.lower_unknown(node)
        if self.depth > MAX_DEPTH:
            return Unknown(node.start_byte, node.end_byte, "too deep")
        if kind == "identifier":
            return self.identifier(node)
        self.depth += 1
        value = handler(self, node)
        self.depth -= 1
        return value

    def lower_unknown(self, node: Node) -> Value:
        """``Unknown``, after reading whatever can be read inside (error nodes, future syntax)."""
        kind = node.type
        if self.depth <= MAX_DEPTH and node.child_count:
            self.depth += 1
            self.read_inside(node)
            self.depth -= 1
        return Unknown(node.start_byte, node.end_byte, kind)

    def read_inside(self, node: Node) -> None:
        """Reads the statements and expressions among a node's children for what they record."""
        last: Value | None = None
        for child in node.children:
            kind = child.type
            value, last = last, None
            if kind in self.statement_handlers:
                self.run(child)
            elif kind == "(" and value is not None:
                self.broken_call(value, node.end_byte)
            elif (kind in self.value_handlers or child.child_count) and kind not in self.type_handlers:
                last = self.lower(child)

    def broken_call(self, callee: Value, end: int) -> None:
        """A call whose arguments could not be read: what it is called with stays unknown."""
        if type(callee) in (Name, Global, Member):
            index = self.open_call(callee.start, end, "call")
            unknown = Spread(callee.end, end, Unknown(callee.end, end, "ERROR"))
            self.calls[index].callee = callee
            self.calls[index].args = (Argument(callee.end, end, unknown),)
            self.calls[index].arguments_start = callee.end

    def run(self, node: Node) -> str:
        """Reads a statement. Returns how its straight-line code leaves ("" if it runs to its end)."""
        return self.run_all((node,))

    def run_all(self, nodes: Iterable[Node]) -> str:
        """Reads statements in order; returns the first way out."""
        exits = ""
        if self.depth > MAX_DEPTH:
            return exits
        old_start, old_end = self.statement_start, self.statement_end
        self.depth += 1
        for node in nodes:
            kind = node.type
            if kind in PUNCTUATION:
                continue
            self.statement_start, self.statement_end = node.start_byte, node.end_byte
            handler = self.statement_handlers.get(kind)
            if handler is None:
                self.mark(self.lower(node), "statement")
            else:
                way = handler(self, node)
                exits = exits or way
        self.depth -= 1
        self.statement_start, self.statement_end = old_start, old_end
        return exits

    def type_of(self, node: Node) -> Type:
        """The type that a type node (or its ``: T`` annotation) stands for."""
        kind = node.type
        handler = self.type_handlers.get(kind)
        if handler is None and kind in _IMPORT_TYPES:
            handler = self.type_handlers["type_identifier"]
        if handler is None or self.depth > MAX_DEPTH:
            return UnknownType(node.start_byte, node.end_byte)
        self.depth += 1
        result = handler(self, node)
        self.depth -= 1
        return result

    # ----------------------------------------------------------------------------------------------------- text

    def text(self, node: Node) -> str:
        return self.words[self.source[node.start_byte : node.end_byte]]

    def literal(self, text: str, start: int, end: int, concat: bool = False) -> Literal | Secret:
        """A string literal, or the ``Secret`` that takes its place."""
        if len(text) >= 8:
            secret = secret_for(text, start, end, self.bound_name)
            if secret is not None:
                self.literals.append(secret)
                return secret
        return Literal(start, end, text, "", concat)

    def lower_bound(self, node: Node, name: str) -> Value:
        """The value of an expression that is bound to ``name``."""
        old = self.bound_name
        self.bound_name = name
        value = self.lower(node)
        self.bound_name = old
        return value

    # --------------------------------------------------------------------------------------------------- scopes

    def declare(self, node: Node, kind: str, scope: Scope, *, value: bool = True, as_type: bool = False) -> int:
        """The binding of a declared name: a new one, or the one that an earlier declaration of the same scope made."""
        start, end = node.start_byte, node.end_byte
        name = self.words[self.source[start:end]]
        index = scope.values.get(name) if value else None
        if index is None and as_type:
            index = scope.types.get(name)
        if index is None:
            index = len(self.bindings)
            self.bindings.append(BindingRow(start, end, name, kind, self.function, self.region))
            if value:
                scope.values[name] = index
        elif value:
            scope.values.setdefault(name, index)
            if self.bindings[index].kind == "type" and kind != "type":
                self.bindings[index].kind = kind
        if as_type:
            scope.types.setdefault(name, index)
        return index

    def anonymous(self, node: Node, kind: str) -> int:
        """A binding without a name: a destructured parameter, a large value that is taken apart."""
        self.bindings.append(BindingRow(node.start_byte, node.end_byte, "", kind, self.function, self.region))
        return len(self.bindings) - 1

    def find(self, name: str) -> int:
        """The binding that a value's name means here, or -1."""
        scope: Scope | None = self.scope
        while scope is not None:
            index = scope.values.get(name)
            if index is not None:
                return index
            scope = scope.parent
        return -1

    def find_type(self, name: str) -> int:
        """The binding that a type's name means here, or -1."""
        scope: Scope | None = self.scope
        while scope is not None:
            index = scope.types.get(name)
            if index is not None:
                return index
            scope = scope.parent
        return -1

    def identifier(self, node: Node) -> Value:
        """A use of a name as a value."""
        start, end = node.start_byte, node.end_byte
        name = self.words[self.source[start:end]]
        scope: Scope | None = self.scope
        while scope is not None:
            index = scope.values.get(name)
            if index is not None:
                return Name(start, end, index)
            scope = scope.parent
        if name in _CONSTANTS:
            return Literal(start, end, None, _CONSTANTS[name])
        self.globals[name] = None
        return Global(start, end, name)

    def assign(self, index: int, node: Node, value: Value, op: str = "=") -> None:
        self.events += 1
        self.bindings[index].assigns.append(
            Assign(node.start_byte, node.end_byte, value, self.function, self.region, op)
        )

    # ---------------------------------------------------------------------------------------------------- tables

    def open_region(self, kind: str, node: Node, group: int, test: Value | None = None) -> int:
        """A new region within the present one."""
        row = RegionRow(node.start_byte, node.end_byte, self.region, self.function, kind, group, test)
        self.regions.append(row)
        return len(self.regions) - 1

    def open_function(self, kind: str, node: Node) -> int:
        """A new function with its body's region, written where the walk is."""
        self.events += 1
        start, end, function = node.start_byte, node.end_byte, len(self.functions)
        row = FunctionRow(start, end, "", kind, self.function, len(self.regions), [], [])
        row.name_start = row.name_end = start
        self.functions.append(row)
        self.regions.append(RegionRow(start, end, self.region, function, "body", start))
        return function

    def open_call(self, start: int, end: int, kind: str) -> int:
        self.events += 1
        self.calls.append(
            CallRow(
                start, end, None, (), kind, self.function, self.region, "", -1, -1, False, self.statement_start,
                self.statement_end, end,
            )
        )  # fmt: skip
        return len(self.calls) - 1

    def write(self, node: Node, target: Value, key: Value, value: Value, op: str = "=") -> None:
        self.events += 1
        self.writes.append(Write(node.start_byte, node.end_byte, target, key, value, self.function, self.region, op))

    def lower_in_region(self, node: Node, kind: str, group: int, test: Value) -> Value:
        """The value of an operand that may not be evaluated; its region stays only if something refers to it."""
        events, outer = self.events, self.region
        region = self.open_region(kind, node, group, test)
        self.region = region
        value = self.lower(node)
        self.region = outer
        if self.events == events and len(self.regions) == region + 1:
            self.regions.pop()
        return value

    # ----------------------------------------------------------------------------------------------- use of calls

    def mark(self, value: Value, use: str, target: int = -1, index: int = -1) -> None:
        """Says what happens to the result of the call(s) that a value is; what was said first stays."""
        kind = type(value)
        if kind not in RESULTS:
            return
        if kind is CallRef:
            call = self.calls[value.call]  # type: ignore[union-attr]
            if not call.use:
                call.use, call.target, call.index = use, target, index
        elif kind is OneOf:
            for item in value.values:  # type: ignore[union-attr]
                self.mark(item, use, target, index)
        elif kind is Cast or kind is Spread:
            self.mark(value.value, use, target, index)  # type: ignore[union-attr, arg-type]
        elif kind is Array:
            if use not in _NOT_OF_ITEMS:
                for item in value.items:  # type: ignore[union-attr]
                    self.mark(item, use, target, index)
        elif use == "test":
            if kind is Unary:
                self.mark(value.value, use)  # type: ignore[union-attr, arg-type]
            elif kind is Binary:
                self.mark(value.left, use)  # type: ignore[union-attr]
                self.mark(value.right, use)  # type: ignore[union-attr]

    def used_as(self, value: Value, role: str) -> None:
        """Remembers where a function expression stands."""
        if type(value) is FunctionRef:
            row = self.functions[value.function]
            row.used_as = row.used_as or role

    def give_name(self, value: Value, name: str, start: int, end: int) -> None:
        """Names an anonymous function or class after what it is bound to, as the language does."""
        if type(value) is FunctionRef:
            row = self.functions[value.function]
            if not row.name:
                row.name, row.name_start, row.name_end = name, start, end
        elif type(value) is ClassRef:
            cls = self.classes[value.cls]
            cls.name = cls.name or name


RESULTS = frozenset({CallRef, OneOf, Cast, Spread, Array, Unary, Binary})
"""The values in which ``mark`` may find a call; others need not be handed to it."""
NAMED = frozenset({FunctionRef, ClassRef})
"""The values that ``used_as`` and ``give_name`` are of interest to."""
_CONSTANTS = {"undefined": "undefined", "NaN": "nan", "Infinity": "infinity"}
_IMPORT_TYPES = frozenset({"member_expression", "call_expression"})
"""What ``import('x').T`` looks like in the place of a type."""
_NOT_OF_ITEMS = frozenset({"await", "member", "callee", "test"})


def named_children(node: Node) -> list[Node]:
    """Children that are neither punctuation nor comments."""
    return [child for child in node.children if child.type not in PUNCTUATION]
