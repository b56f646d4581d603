"""The Python front end: bytes in, facts out. This module: statements, and what they bind."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from sys import intern
from typing import TYPE_CHECKING

from tree_sitter import Node, Parser

from ..facts import (
    Argument,
    Array,
    Broken,
    CallRef,
    ClassRef,
    Element,
    Field,
    FileFacts,
    FunctionRef,
    Import,
    KeyUse,
    Literal,
    Member,
    ModuleRef,
    OneOf,
    Rest,
    Return,
    Spread,
    Suppression,
    Throw,
    Type,
    Unary,
    Unknown,
    Value,
    Write,
)
from ..text import line_starts
from .python_scope import (
    LANGUAGE,
    LEFT,
    RIGHT,
    TYPE,
    TYPE_PARAMETER,
    UNDECLARED,
    Declared,
    Scope,
    alias_name,
    declared,
    pattern_names,
    target_names,
)
from .python_values import MAX_DEPTH, POSTFIX, Values, assignment
from .rows import ClassRow, FunctionRow, RegionRow
from .syntax import EXTRA, Headers, comment_secrets, generated_marker, kids, marks, passing, scrub, suppressions

if TYPE_CHECKING:
    from .python_broken import PythonError

_COMMENT = re.compile(rb"#[^\n]*")
_GLOBAL = re.compile(rb"global\b")
_WALRUS = re.compile(rb":=")


def extract(data: bytes, language: str = "python") -> FileFacts:
    """The facts of a Python file. ``data``: UTF-8 without BOM. Never raises on any content."""
    parse = Parser(LANGUAGE).parse
    root = parse(data).root_node
    error: PythonError | None = None
    source, ranges, blanked = data, list[tuple[int, int]](), list[tuple[int, int]]()
    if root.has_error:
        from .python_broken import error_ranges, python_error, repaired

        error, ranges = python_error(data), error_ranges(root)
    first = ranges[0][0] if ranges else 0
    if error is not None:
        data, root, blanked = repaired(data, root, error, lambda text: parse(text).root_node)
        ranges = sorted({*error_ranges(root), *blanked})
    walk = Statements(data)
    with contextlib.suppress(RecursionError):  # the caller left too little of the stack: what was read so far
        walk.module(root)
    if walk.doubtful and error is None:
        from .python_broken import python_error

        error = python_error(source)
    if walk.doubtful and error is not None:
        first = min(first, walk.doubtful[0][0]) if ranges else walk.doubtful[0][0]
        ranges = sorted({*ranges, *walk.doubtful})
    for start, end in blanked:
        walk.secrets += (use.secret for use in comment_secrets(source[start:end].decode("utf-8", "replace"), start))
    syntax_error: tuple[int, str] | None = None
    if error is not None:
        from .python_broken import confirm

        syntax_error = confirm(source, first, error)
    lines = line_starts(data)
    comments = _comments(data, root)
    for row in walk.bindings:
        if row.region < 0:
            row.region = walk.functions[row.function].region
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
        writes=tuple(walk.writes),
        awaits=tuple(walk.awaits),
        throws=tuple(walk.throws),
        literals=tuple(walk.secrets),
        comment_keys=_comment_keys(comments, data),
        suppressions=_suppressions(comments, root, data, lines),
        globals=tuple(sorted(walk.globals)),
        broken=tuple([Broken(start, end) for start, end in ranges]),
        syntax_error=syntax_error,
        generated=generated_marker(data, lines),
    )


class Statements(Values):
    """Statements, one handler a node type. A handler gives how straight-line code leaves by it ("" if it goes on)."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.module_scope = self.scope
        self.type_only = False
        self.walruses: dict[int, list[Node]] = {}
        self.doubtful: list[tuple[int, int]] = []

    def module(self, root: Node) -> None:
        start, end = 0, len(self.data)
        self.has_errors = root.has_error
        self.functions.append(FunctionRow(start, end, "", "module", -1, 0, [], []))
        self.regions.append(RegionRow(start, end, -1, 0, "body", start))
        if b":=" in self.data:
            self.walruses = _walruses(root, self.data)
        self.declare(declared(root, self.walruses.get(root.id, [])))
        if b"global" in self.data:
            self.declare_globals(root)
        self.regions[0].exits = self.statements(root)

    # ----------------------------------------------------------------------------------------------------- binding

    def declare(self, found: Declared) -> None:
        """Makes the bindings of a module's or function's scope, which is the current one."""
        names = self.scope.names
        for name in found.globals:
            names[name] = self.module_scope.names.get(name, UNDECLARED)
        for name in found.nonlocals:
            binding = self.scope.outer_function(name)
            if binding is not None:
                names[name] = binding
        for name, (node, kind) in found.names.items():
            if name not in names:
                names[name] = self.new_binding(node, name, kind)

    def declare_globals(self, root: Node) -> None:
        """Names that a function assigns after ``global x``: they are the module's, even where it assigns none."""
        for node in _around(root, _GLOBAL, self.data, "global_statement"):
            function = node.parent
            while function is not None and function.type != "function_definition":
                function = function.parent
            body = function.child_by_field_name("body") if function is not None else None
            if body is None:
                continue
            names = {self.text_of(child) for child in kids(node)} - self.module_scope.names.keys()
            if names:
                found = declared(body, [])
                only = Declared({name: place for name, place in found.names.items() if name in names})
                self.declare(only)

    def declare_targets(self, node: Node) -> None:
        for name_node in target_names(node):
            name = self.text_of(name_node)
            if name and name not in self.scope.names:
                self.scope.names[name] = self.new_binding(name_node, name, "var")

    def declare_walruses(self, node: Node) -> None:
        if self.walruses:
            self.declare(declared(node, self.walruses.get(node.id, [])))

    def assign_name(
        self, node: Node, value: Value, op: str, scope: Scope | None = None, type_: Type | None = None
    ) -> None:
        """Binds an identifier in ``scope`` (default: the current one)."""
        scope = scope or self.scope
        name = self.text_of(node)
        if scope.kind == "class":
            self.add_field(scope, node, name, value, type_)
            self.mark(value, "write")
            return
        binding = scope.names.get(name, UNDECLARED)
        if binding < 0:
            return
        row = self.bindings[binding]
        if row.region < 0:
            row.region = self.region
        if type_ is not None and row.type is None:
            row.type = type_
        row.assigns.append(assignment(value, self.function, self.region, op))
        if op != "del":
            self.mark(value, "with" if op == "with" else "assign", binding)

    def add_field(self, scope: Scope, node: Node, name: str, value: Value | None, type_: Type | None) -> None:
        scope.names[name] = 0
        self.classes[scope.cls].fields.append(Field(node.start_byte, node.end_byte, name, "field", value, type_))

    def assign(self, node: Node, value: Value, op: str, type_: Type | None = None) -> None:
        """Binds any assignment target to a value."""
        kind = node.type
        if kind == "identifier":
            self.assign_name(node, value, op, None, type_)
        elif kind in ("attribute", "subscript"):
            self.write(node, value, op)
        elif kind in _UNPACKED:
            self.unpack(kids(node), value, op)
        elif kind in ("parenthesized_expression", "as_pattern_target", "list_splat", "list_splat_pattern"):
            for child in kids(node):
                self.assign(child, value, op, type_)
        else:
            self.expr(node)

    def unpack(self, targets: list[Node], value: Value, op: str) -> None:
        """``a, *b = x``: every target gets its own value; items of a display are handed over one by one."""
        if self.depth >= MAX_DEPTH:
            return
        self.depth += 1
        self.mark(value, "assign")
        items = value.items if isinstance(value, Array) else ()
        stars = [index for index, node in enumerate(targets) if node.type.startswith("list_splat")]
        plain = not stars and len(items) == len(targets) and not any(isinstance(item, Spread) for item in items)
        for index, node in enumerate(targets):
            start, end = node.start_byte, node.end_byte
            part: Value
            if plain:
                part = items[index]
            elif stars and index == stars[0]:
                part = Rest(start, end, value, ())
            else:
                number = index if not stars or index < stars[0] else index - len(targets)
                part = Member(start, end, value, Literal(start, end, number), True)
            self.assign(node, part, op)
        self.depth -= 1

    def write(self, node: Node, value: Value, op: str) -> None:
        """``object.key = value``, ``object[key] = value``."""
        attribute = node.child_by_field_name("attribute")
        owner = node.child_by_field_name("object" if attribute is not None else "value")
        if owner is None:
            self.expr(node)
            return
        self.write_to(node, self.expr(owner), value, op)

    def write_to(self, node: Node, object_: Value, value: Value, op: str) -> None:
        attribute = node.child_by_field_name("attribute")
        self.mark(object_, "member")
        key: Value
        if attribute is not None:
            key = Literal(attribute.start_byte, attribute.end_byte, self.text_of(attribute))
        else:
            key = self.subscript_key(node)
        self.writes.append(
            Write(node.start_byte, max(node.end_byte, value.end), object_, key, value, self.function, self.region, op)
        )
        self.mark(value, "write")
        if isinstance(value, FunctionRef) and isinstance(key, Literal) and isinstance(key.value, str):
            self.functions[value.function].used_as = f"prop:{key.value}"

    # -------------------------------------------------------------------------------------------------- statements

    def statements(self, block: Node | None) -> str:
        """The statements of a block, in order."""
        if block is None or self.depth >= MAX_DEPTH:
            return ""
        self.depth += 1
        outer, exits = self.statement, ""
        column, last = -1, 0
        newline = self.source.rfind
        is_module = block.type == "module"
        for node in passing(block) if is_module else block.named_children:
            kind = node.type
            if kind in EXTRA or (is_module and not node.is_named):
                continue
            start, end = node.start_byte, node.end_byte
            line = newline("\n", last, start) + 1
            if column < 0:
                column = start - line
            elif line and start - line != column:
                self.doubtful.append((start, end))
            last = end
            handler = _STATEMENTS.get(kind)
            self.statement = (start, end)
            if handler is not None:
                left = handler(self, node)
                exits = exits or left
            else:
                value = self.expr(node)
                self.mark(value, "statement")
        if column < 0 and block.type == "block":
            self.doubtful.append(outer)  # nothing is indented where something must be
        self.statement = outer
        self.depth -= 1
        return exits

    def expression_statement(self, node: Node) -> str:
        for child in kids(node):
            kind = child.type
            if kind == "assignment":
                self.assignment(child)
            elif kind == "augmented_assignment":
                self.augmented(child)
            else:
                self.mark(self.expr(child), "statement")
        return ""

    def assignment(self, node: Node) -> None:
        """``a = b = value``, ``a: T = value``, ``a: T``."""
        targets: list[Node] = []
        type_node: Node | None = None
        current: Node | None = node
        kind = "assignment"
        while current is not None and kind == "assignment":
            left = current.child_by_field_id(LEFT)
            if left is not None:
                targets.append(left)
            type_node = type_node or current.child_by_field_id(TYPE)
            current = current.child_by_field_id(RIGHT)
            kind = current.type if current is not None else ""
        if not targets:
            return
        type_ = self.type_of(type_node) if type_node is not None else None
        if current is None:
            self.annotation_only(targets[0], type_)
            return
        if kind == "augmented_assignment":
            self.augmented(current)
            return
        value = self.right_side(targets[0], current)
        for target in targets:
            self.assign(target, value, "=", type_)

    def right_side(self, target: Node, node: Node) -> Value:
        """The right-hand side of an assignment; items of a display are bound to names of their own."""
        kind = target.type
        if kind == "identifier":
            return self.expr(node, self.text_of(target))
        if kind in _UNPACKED and node.type in ("expression_list", "tuple", "list"):
            targets, items = kids(target), kids(node)
            if len(targets) == len(items):
                values = [self.expr(item, self.bound_name(t)) for t, item in zip(targets, items, strict=True)]
                kind = "list" if node.type == "list" else "tuple"
                return Array(node.start_byte, node.end_byte, tuple(values), kind)
        return self.expr(node, self.bound_name(target))

    def bound_name(self, target: Node) -> str:
        """The name that an assignment target is known by, for keys."""
        if target.type == "identifier":
            return self.text_of(target)
        if target.type == "attribute":
            attribute = target.child_by_field_name("attribute")
            return self.text_of(attribute) if attribute is not None else ""
        if target.type == "subscript":
            key = target.child_by_field_name("subscript")
            if key is not None and key.type == "string":
                literal = self.text(key)
                return str(literal.value) if isinstance(literal, Literal) else ""
            return self.text_of(key) if key is not None and key.type in ("identifier", "attribute") else ""
        return ""

    def annotation_only(self, target: Node, type_: Type | None) -> None:
        """``x: T``."""
        if target.type != "identifier":
            self.expr(target)
            return
        name = self.text_of(target)
        if self.scope.kind == "class":
            self.add_field(self.scope, target, name, None, type_)
            return
        binding = self.scope.names.get(name, UNDECLARED)
        if binding >= 0:
            row = self.bindings[binding]
            row.region = self.region if row.region < 0 else row.region
            row.type = row.type or type_

    def augmented(self, node: Node) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if left is None or right is None or operator is None:
            self.unknown(node)
            return
        if right.type in ("assignment", "augmented_assignment"):
            self.expression_statement(node)
            return
        self.assign(left, self.expr(right, self.bound_name(left)), intern(operator.type))

    def return_(self, node: Node) -> str:
        inner = kids(node)
        value: Value | None = None
        if inner:
            value = self.expr(inner[0])
            self.mark(value, "return")
        row = self.functions[self.function]
        row.returns.append(Return(node.start_byte, node.end_byte, value, self.region))
        return "return"

    def raise_(self, node: Node) -> str:
        cause = node.child_by_field_name("cause")
        inner = [child for child in kids(node) if cause is None or child.id != cause.id]
        value = self.expr(inner[0]) if inner else None
        self.optional(cause)
        self.throws.append(Throw(node.start_byte, node.end_byte, value, self.function, self.region))
        return "throw"

    def assert_(self, node: Node) -> str:
        """``assert x, y`` is ``if not x: raise``."""
        inner = kids(node)
        if not inner:
            return ""
        test = self.expr(inner[0])
        self.mark(test, "test")
        outer = self.region
        negated = Unary(test.start, test.end, "not", test)
        row = self.open_region(node.start_byte, node.end_byte, "then", node.start_byte, negated)
        row.exits = "throw"
        for child in inner[1:]:
            self.expr(child)
        self.region = outer
        return ""

    def delete(self, node: Node) -> str:
        for target in kids(node):
            for child in kids(target) if target.type in _UNPACKED else [target]:
                self.assign(child, Unknown(child.start_byte, child.end_byte, "del"), "del")
        return ""

    def old_statement(self, node: Node) -> str:
        """Python 2's ``print x`` and ``exec x``."""
        self.doubtful.append((node.start_byte, node.end_byte))
        self.unknown(node)
        return ""

    def type_alias(self, node: Node) -> str:
        name, right = alias_name(node), node.child_by_field_name("right")
        if name is None or right is None:
            self.type_call(node)
            return ""
        outer = self.scope
        left = node.child_by_field_name("left")
        inner = kids(left) if left is not None else []
        if inner and inner[0].type == "generic_type":
            self.scope = self.with_type_parameters(kids(inner[0])[-1])
        type_ = self.type_of(right)
        self.scope = outer
        text = self.text_of(name)
        if outer.kind == "class":
            self.add_field(outer, name, text, None, type_)
        elif (binding := outer.names.get(text, UNDECLARED)) >= 0:
            row = self.bindings[binding]
            row.region = self.region if row.region < 0 else row.region
            row.type = row.type or type_
        return ""

    def type_call(self, node: Node) -> None:
        """``type(x).a = b``, which the grammar takes for a type alias."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        links: list[Node] = []
        current = next(iter(kids(left)), None) if left is not None else None
        while current is not None and current.type in POSTFIX:
            links.append(current)
            current = current.child_by_field_id(POSTFIX[current.type])
        if current is None or current.type != "parenthesized_expression" or right is None or not links:
            self.unknown(node)
            return
        value = self.expr(next(iter(kids(right)), right))
        start = node.start_byte
        row = self.new_call(start, current.end_byte, "call", current.start_byte)
        self.calls[row].callee = self.named("type", start, start + 4)
        argument = self.parenthesized(current, "")
        self.mark(argument, "argument", row, 0)
        self.calls[row].args = (Argument(current.start_byte + 1, current.end_byte - 1, argument),)
        owner: Value = CallRef(start, current.end_byte, row)
        for link in links[:0:-1]:
            owner = self.link(link, link.type, owner)
        self.write_to(links[0], owner, value, "=")

    def with_type_parameters(self, node: Node | None) -> Scope:
        """A scope in which the names of ``[T, *Ts]`` are type parameters."""
        if node is None:
            return self.scope
        scope = Scope("types", self.scope)
        stack = [node]
        while stack:
            current = stack.pop()
            if current.type == "identifier":
                scope.names[self.text_of(current)] = TYPE_PARAMETER
            elif current.type == "constrained_type":
                stack.extend(kids(current)[:1])
            else:
                stack.extend(kids(current))
        return scope

    # ----------------------------------------------------------------------------------------------------- imports

    def import_(self, node: Node) -> str:
        for child in node.children_by_field_name("name"):
            alias = child.child_by_field_name("alias")
            name = child.child_by_field_name("name") if child.type == "aliased_import" else child
            if name is None:
                continue
            module = self.dotted(name)
            if alias is not None:
                self.imported(child, module, "*", alias)
                continue
            first = kids(name)[:1]
            if not first:
                continue
            head = self.text_of(first[0])
            self.imported(child, head, "*", first[0])
            if module != head:
                self.imports.append(Import(child.start_byte, child.end_byte, module, "", -1, "import", self.type_only))
        return ""

    def import_from(self, node: Node) -> str:
        module_node = node.child_by_field_name("module_name")
        specifier = "__future__" if node.type == "future_import_statement" else ""
        if module_node is not None:
            specifier = self.dotted(module_node)
        if any(child.type == "wildcard_import" for child in node.named_children):
            self.imports.append(Import(node.start_byte, node.end_byte, specifier, "*", -1, "star", self.type_only))
            return ""
        for child in node.children_by_field_name("name"):
            alias = child.child_by_field_name("alias")
            name = child.child_by_field_name("name") if child.type == "aliased_import" else child
            if name is None:
                continue
            bound = alias or (kids(name)[0] if kids(name) else None)
            if bound is not None:
                self.imported(child, specifier, self.dotted(name), bound)
        return ""

    def dotted(self, node: Node) -> str:
        """A dotted name without the blanks that may stand in it."""
        return "".join(self.text_of(node).replace("\\", "").split())

    def imported(self, place: Node, specifier: str, name: str, bound: Node) -> None:
        """One imported name. In a class body it is a field of the class instead of a binding."""
        start, end = place.start_byte, place.end_byte
        specifier = scrub(specifier)
        text = self.text_of(bound)
        if self.scope.kind == "class":
            module = ModuleRef(start, end, specifier)
            value = module if name == "*" else Member(start, end, module, Literal(start, end, name))
            self.add_field(self.scope, bound, text, value, None)
            self.imports.append(Import(start, end, specifier, name, -1, "import", self.type_only))
            return
        binding = self.scope.names.get(text, UNDECLARED)
        if binding >= 0:
            row = self.bindings[binding]
            if row.imported < 0:
                row.imported = len(self.imports)
            row.region = self.region if row.region < 0 else row.region
        self.imports.append(Import(start, end, specifier, name, max(binding, -1), "import", self.type_only))

    # ------------------------------------------------------------------------------------- functions and classes

    def decorated(self, node: Node) -> str:
        values: list[Value] = []
        for child in kids(node):
            if child.type == "decorator":
                values.extend(self.decorator(inner) for inner in kids(child)[:1])
        definition = node.child_by_field_name("definition")
        if definition is not None and definition.type == "function_definition":
            self.define_function(definition, tuple(values))
        elif definition is not None and definition.type == "class_definition":
            self.define_class(definition, tuple(values))
        return ""

    def decorator(self, node: Node) -> Value:
        if node.type != "call":
            return self.expr(node)
        function = node.child_by_field_name("function")
        callee = self.optional(function) or Unknown(node.start_byte, node.start_byte, "missing")
        return self.call(node, callee, "", "decorator")

    def function_definition(self, node: Node) -> str:
        self.define_function(node, ())
        return ""

    def class_definition(self, node: Node) -> str:
        self.define_class(node, ())
        return ""

    def define_function(self, node: Node, decorators: tuple[Value, ...]) -> None:
        name_node, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        name = self.text_of(name_node) if name_node is not None else ""
        in_class = self.scope.kind == "class"
        kind, static = _method_kind(name, decorators) if in_class else ("function", False)
        number = self.open_function(node, name, kind)
        row = self.functions[number]
        row.cls, row.static, row.decorators = (self.scope.cls if in_class else -1), static, decorators
        row.is_async = node.child_count > 0 and node.children[0].type == "async"
        value = FunctionRef(node.start_byte, node.end_byte, number)
        if name_node is not None:
            row.name_start, row.name_end = name_node.start_byte, name_node.end_byte
            self.define(name_node, name, value, _FIELD_KINDS.get(kind, "method"), decorators)
        outer = self.enter_function(number)
        type_parameters = node.child_by_field_name("type_parameters")
        if type_parameters is not None:
            self.scope = self.with_type_parameters(type_parameters)
        scope = Scope("function", self.scope)
        parameters, return_type = node.child_by_field_name("parameters"), node.child_by_field_name("return_type")
        if parameters is not None:
            self.parameters(parameters, scope)
        if return_type is not None:
            row.return_type = self.type_of(return_type)
        self.scope = scope
        type_only, self.type_only = self.type_only, False
        if body is not None:
            self.declare(declared(body, self.walruses.get(node.id, [])))
        self.regions[row.region].exits = self.statements(body)
        self.type_only = type_only
        self.leave_function(outer)

    def define(self, node: Node, name: str, value: Value, kind: str, decorators: tuple[Value, ...]) -> None:
        """Binds a function's or class's name, or makes it a member of the class around it."""
        if self.scope.kind == "class":
            self.scope.names[name] = 0
            static = isinstance(value, FunctionRef) and self.functions[value.function].static
            self.classes[self.scope.cls].fields.append(
                Field(value.start, value.end, name, kind, value, None, static, False, decorators)
            )
        else:
            self.assign_name(node, value, "=")

    def define_class(self, node: Node, decorators: tuple[Value, ...]) -> None:
        name_node, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        name = self.text_of(name_node) if name_node is not None else ""
        number = len(self.classes)
        row = ClassRow(node.start_byte, node.end_byte, name, "class", self.function, decorators=decorators)
        self.classes.append(row)
        if name_node is not None:
            self.define(name_node, name, ClassRef(node.start_byte, node.end_byte, number), "field", ())
            if self.scope.kind != "class":
                row.binding = self.scope.names.get(name, -1)
        outer = self.scope
        type_parameters = node.child_by_field_name("type_parameters")
        if type_parameters is not None:
            self.scope = self.with_type_parameters(type_parameters)
        superclasses = node.child_by_field_name("superclasses")
        bases: list[Value] = []
        for child in kids(superclasses) if superclasses is not None else []:
            if child.type == "keyword_argument":
                self.optional(child.child_by_field_name("value"))
            else:
                bases.append(self.expr(child))
        row.bases = tuple(bases)
        self.scope = Scope("class", self.scope, cls=number)
        self.statements(body)
        self.scope = outer

    # ------------------------------------------------------------------------------------------- compound statements

    def block(self, owner: Node, body: Node | None, kind: str, group: int, test: Value | None = None) -> str:
        """A region with its statements."""
        if body is None:
            return self.statements(None)
        outer = self.region
        row = self.open_region(body.start_byte, max(body.end_byte, owner.end_byte), kind, group, test)
        row.exits = self.statements(body)
        self.region = outer
        return row.exits

    def if_(self, node: Node) -> str:
        outer, type_only = self.region, self.type_only
        current, opened, leaves = node, list[tuple[RegionRow, str]](), list[str]()
        clauses = node.children_by_field_name("alternative")
        has_else = False
        condition = current.child_by_field_name("condition")
        test = self.condition(condition, current)
        self.type_only = type_only or _is_type_checking(self, condition)
        leaves.append(self.block(current, current.child_by_field_name("consequence"), "then", current.start_byte, test))
        self.type_only = type_only
        for clause in clauses:
            row = self.open_region(clause.start_byte, node.end_byte, "else", current.start_byte, test)
            if clause.type == "else_clause":
                has_else = True
                row.exits = self.statements(clause.child_by_field_name("body"))
                leaves.append(row.exits)
                break
            opened.append((row, ""))
            current = clause
            test = self.condition(clause.child_by_field_name("condition"), clause)
            body = clause.child_by_field_name("consequence")
            leaves.append(self.block(clause, body, "then", clause.start_byte, test))
        self.region = outer
        exits = leaves[-1] if has_else else ""
        for index in range(len(opened) - 1, -1, -1):
            exits = leaves[index + 1] if exits else ""
            opened[index][0].exits = exits
        return leaves[0] if exits else ""

    def condition(self, node: Node | None, owner: Node) -> Value:
        test = self.optional(node) or Unknown(owner.start_byte, owner.start_byte, "missing")
        self.mark(test, "test")
        return test

    def while_(self, node: Node) -> str:
        outer, group = self.region, node.start_byte
        row = self.open_region(node.start_byte, node.end_byte, "loop", group)
        row.how = "while"
        row.test = self.condition(node.child_by_field_name("condition"), node)
        body = node.child_by_field_name("body")
        row.exits = self.statements(body)
        row.end = body.end_byte if body is not None else row.end
        self.region = outer
        self.loop_else(node)
        return ""

    def for_(self, node: Node) -> str:
        left, right, body = (node.child_by_field_name(name) for name in ("left", "right", "body"))
        source = self.optional(right) or Unknown(node.start_byte, node.start_byte, "missing")
        outer = self.region
        row = self.open_region(node.start_byte, node.end_byte, "loop", node.start_byte, source=source)
        row.how, row.is_async = "for", node.children[0].type == "async"
        row.end = body.end_byte if body is not None else row.end
        if left is not None:
            self.assign(left, Element(source.start, source.end, source), "for")
        row.exits = self.statements(body)
        self.region = outer
        self.loop_else(node)
        return ""

    def loop_else(self, node: Node) -> None:
        clause = node.child_by_field_name("alternative")
        if clause is not None:
            self.block(clause, clause.child_by_field_name("body"), "loop-else", node.start_byte)

    def try_(self, node: Node) -> str:
        group = node.start_byte
        if all(clause.type in ("block", "comment", "else_clause") for clause in node.named_children):
            self.doubtful.append((node.start_byte, node.start_byte + 3))  # nothing catches
        body = node.child_by_field_name("body")
        exits = self.block(body, body, "try", group) if body is not None else ""
        handlers: list[str] = []
        for clause in kids(node):
            if clause.type.startswith("except"):
                handlers.append(self.except_clause(clause, group))
            elif clause.type == "else_clause":
                left = self.block(clause, clause.child_by_field_name("body"), "try-else", group)
                exits = exits or left
            elif clause.type == "finally_clause":
                left = self.block(clause, next(iter(kids(clause)), None), "finally", group)
                if left:
                    return left
        return exits if all(handlers) else ""

    def except_clause(self, node: Node, group: int) -> str:
        parts = kids(node)
        body = parts[-1] if parts and parts[-1].type == "block" else None
        caught: list[Value] = []
        alias: Node | None = None
        for part in parts:
            if part.type == "block":
                continue
            if part.type == "as_pattern":
                alias = part.child_by_field_name("alias")
                caught.extend(self.expr(child) for child in kids(part)[:1])
            else:
                caught.append(self.expr(part))
        test = caught[0] if len(caught) == 1 else None
        if len(caught) > 1:
            test = Array(caught[0].start, caught[-1].end, tuple(caught), "tuple")
        outer = self.region
        row = self.open_region(node.start_byte, node.end_byte, "except", group, test)
        for name in target_names(alias) if alias is not None else []:
            row.binding = max(self.scope.names.get(self.text_of(name), -1), -1) if self.scope.kind != "class" else -1
            if row.binding >= 0 and self.bindings[row.binding].region < 0:
                self.bindings[row.binding].region = self.region
        row.exits = self.statements(body)
        self.region = outer
        return row.exits

    def with_(self, node: Node) -> str:
        outer = self.region
        is_async = node.children[0].type == "async"
        for clause in kids(node):
            if clause.type == "with_clause":
                for item in kids(clause):
                    self.with_item(item, node, is_async)
        exits = self.statements(node.child_by_field_name("body"))
        for number in range(self.region, outer, -1):
            if self.regions[number].group == node.start_byte and self.regions[number].kind == "with":
                self.regions[number].exits = exits
        self.region = outer
        return "" if exits == "throw" else exits

    def with_item(self, item: Node, node: Node, is_async: bool) -> None:
        manager_node = item.child_by_field_name("value") if item.type == "with_item" else item
        alias: Node | None = None
        if manager_node is not None and manager_node.type == "as_pattern":
            alias = manager_node.child_by_field_name("alias")
            manager_node = next(iter(kids(manager_node)), None)
        manager = self.optional(manager_node) or Unknown(item.start_byte, item.start_byte, "missing")
        self.mark(manager, "with")
        row = self.open_region(item.start_byte, node.end_byte, "with", node.start_byte, source=manager)
        row.is_async = is_async
        if alias is None:
            return
        self.assign(alias, manager, "with")
        names = target_names(alias)
        if len(names) == 1 and self.scope.kind != "class":
            row.binding = max(self.scope.names.get(self.text_of(names[0]), -1), -1)

    def match(self, node: Node) -> str:
        subjects = [self.expr(child) for child in node.children_by_field_name("subject")]
        start = node.start_byte
        subject: Value = subjects[0] if len(subjects) == 1 else Array(start, node.end_byte, tuple(subjects), "tuple")
        outer, leaves, complete = self.region, list[str](), False
        body = node.child_by_field_name("body")
        for case in kids(body) if body is not None else []:
            if case.type != "case_clause":
                continue
            patterns = [child for child in kids(case) if child.type == "case_pattern"]
            guard = case.child_by_field_name("guard")
            row = self.open_region(case.start_byte, case.end_byte, "case", start, source=subject)
            row.test = self.patterns(patterns, subject)
            if row.test is None:
                complete = complete or guard is None
                row.kind = "default"
            if guard is not None:
                condition = next(iter(kids(guard)), None)
                test = self.condition(condition, guard)
                self.open_region(case.start_byte, case.end_byte, "then", guard.start_byte, test)
            row.exits = self.statements(case.child_by_field_name("consequence"))
            leaves.append(row.exits)
            self.region = outer
        return leaves[0] if complete and all(leaves) else ""

    # ---------------------------------------------------------------------------------------------------- patterns

    def patterns(self, nodes: list[Node], subject: Value) -> Value | None:
        if len(nodes) == 1:
            return self.pattern(nodes[0], subject)
        return self.sequence_pattern(nodes, subject, nodes[0] if nodes else None)

    def pattern(self, node: Node, subject: Value) -> Value | None:
        """Binds a pattern's names; the value that the subject is compared with, None if it matches anything."""
        if self.depth >= MAX_DEPTH:
            return Unknown(node.start_byte, node.end_byte, "too deep")
        self.depth += 1
        found = self.pattern_parts(node, subject)
        self.depth -= 1
        return found

    def pattern_parts(self, node: Node, subject: Value) -> Value | None:
        kind, start, end = node.type, node.start_byte, node.end_byte
        inner = kids(node)
        if kind == "case_pattern":
            if not inner:
                return None if self.text_of(node) == "_" else Unknown(start, end, "pattern")
            if len(inner) == 1 and node.child_count == 1:
                return self.pattern(inner[0], subject)
            return self.signed(node, inner)
        if kind in ("dotted_name", "identifier"):
            return self.name_pattern(node, inner, subject)
        if kind == "as_pattern":
            test = self.pattern(inner[0], subject) if inner else None
            for name in inner[1:]:
                for target in target_names(name):
                    self.capture(target, subject)
            return test
        if kind == "union_pattern":
            tests = [self.pattern(child, subject) for child in inner]
            known = [test for test in tests if test is not None]
            return OneOf(start, end, tuple(known), "match") if len(known) == len(tests) else None
        if kind in ("list_pattern", "tuple_pattern"):
            if kind == "tuple_pattern" and len(inner) == 1 and b"," not in self.data[start:end]:
                return self.pattern(inner[0], subject)
            return self.sequence_pattern(inner, subject, node)
        if kind == "dict_pattern":
            return self.dict_pattern(node, subject)
        if kind == "class_pattern":
            return self.class_pattern(node, inner, subject)
        if kind == "splat_pattern":
            for child in inner:
                self.capture(child, Rest(start, end, subject, ()))
            return None
        if kind == "complex_pattern":
            return Unknown(start, end, kind)
        return self.expr(node)

    def signed(self, node: Node, inner: list[Node]) -> Value:
        """``-1`` as a pattern, which the grammar leaves flat."""
        value = self.expr(inner[-1]) if inner else Unknown(node.start_byte, node.end_byte, "pattern")
        if len(inner) == 1 and node.children[0].type == "-":
            return Unary(node.start_byte, node.end_byte, "-", value)
        return Unknown(node.start_byte, node.end_byte, "pattern")

    def name_pattern(self, node: Node, inner: list[Node], subject: Value) -> Value | None:
        if len(inner) <= 1:
            self.capture(inner[0] if inner else node, subject)
            return None
        value = self.resolve(inner[0])
        for part in inner[1:]:
            key = Literal(part.start_byte, part.end_byte, self.text_of(part))
            value = Member(node.start_byte, part.end_byte, value, key)
        return value

    def sequence_pattern(self, nodes: list[Node], subject: Value, place: Node | None) -> Value:
        for index, node in enumerate(nodes):
            start, end = node.start_byte, node.end_byte
            is_star = self.data[start : start + 1] == b"*"
            part = subject if is_star else Member(start, end, subject, Literal(start, end, index), True)
            self.pattern(node, part)
        return (
            Unknown(place.start_byte, nodes[-1].end_byte, "sequence") if place and nodes else Unknown(0, 0, "pattern")
        )

    def dict_pattern(self, node: Node, subject: Value) -> Value:
        key: Value | None = None
        for child, field in zip(node.children, _field_names(node), strict=True):
            if field == "key":
                key = self.expr(child)
            elif field == "value" and key is not None:
                self.pattern(child, Member(child.start_byte, child.end_byte, subject, key, True))
            elif child.type == "splat_pattern":
                self.pattern(child, subject)
        return Unknown(node.start_byte, node.end_byte, "dict_pattern")

    def class_pattern(self, node: Node, inner: list[Node], subject: Value) -> Value:
        if inner:
            parts = kids(inner[0]) or [inner[0]]
            value = self.resolve(parts[0])
            del value
        for child in inner[1:]:
            argument = kids(child)[0] if child.type == "case_pattern" and kids(child) else child
            start, end = argument.start_byte, argument.end_byte
            if argument.type == "keyword_pattern":
                parts = kids(argument)
                if len(parts) == 2:
                    key = Literal(parts[0].start_byte, parts[0].end_byte, self.text_of(parts[0]))
                    self.pattern(parts[1], Member(start, end, subject, key))
            else:
                self.pattern(child, Unknown(start, end, "class_pattern"))
        return Unknown(node.start_byte, node.end_byte, "class_pattern")

    def capture(self, node: Node, value: Value) -> None:
        if node.type != "identifier":
            for name in pattern_names(node):
                self.assign_name(name, value, "=")
        elif self.text_of(node) != "_":
            self.assign_name(node, value, "=")

    # ------------------------------------------------------------------------------------------------ broken code

    def error(self, node: Node) -> str:
        """What stands in a stretch that the grammar could not read: its intact statements and expressions."""
        return self.statements(node)

    def nothing(self, node: Node) -> str:
        return ""

    def exits_break(self, node: Node) -> str:
        return "break"

    def exits_continue(self, node: Node) -> str:
        return "continue"


# ----------------------------------------------------------------------------------------------------- pure functions


def _method_kind(name: str, decorators: tuple[Value, ...]) -> tuple[str, bool]:
    """(kind, static) of a method by its name and decorators."""
    kind, static = ("constructor" if name == "__init__" else "method"), False
    for decorator in decorators:
        last = decorator.key.value if isinstance(decorator, Member) and isinstance(decorator.key, Literal) else ""
        last = last or getattr(decorator, "name", "")
        if last in ("property", "cached_property"):
            kind = "getter"
        elif last == "setter":
            kind = "setter"
        elif last in ("staticmethod", "classmethod"):
            static = True
    return kind, static


def _is_type_checking(walk: Values, node: Node | None) -> bool:
    return node is not None and walk.text_of(node).rpartition(".")[2] == "TYPE_CHECKING"


def _field_names(node: Node) -> list[str | None]:
    return [node.field_name_for_child(index) for index in range(node.child_count)]


def _around(root: Node, token: re.Pattern[bytes], data: bytes, kind: str) -> Iterator[Node]:
    """The nodes of one type that a token stands directly in, in the order of the tokens."""
    for match in token.finditer(data):
        inner = root.descendant_for_byte_range(*match.span())
        node = inner.parent if inner is not None else None
        if node is not None and node.type == kind:
            yield node


def _walruses(root: Node, data: bytes) -> dict[int, list[Node]]:
    """The assignment expressions of every scope, by the id of its node (module, function, lambda, class)."""
    found: dict[int, list[Node]] = {}
    for node in _around(root, _WALRUS, data, "named_expression"):
        owner = node.parent
        while owner is not None and owner.type not in ("function_definition", "lambda", "class_definition"):
            owner = owner.parent
        found.setdefault((owner or root).id, []).append(node)
    return found


# ----------------------------------------------------------------------------------------------------------- comments


def _comments(data: bytes, root: Node) -> list[Node]:
    """The comments in which something of interest may stand."""
    found: list[Node] = []
    end = -1
    for at in marks(data, (match.span() for match in _COMMENT.finditer(data))):
        if at < end:
            continue
        node = root.descendant_for_byte_range(at, at)
        if node is not None and node.type == "comment":
            found.append(node)
            end = node.end_byte
    return found


def _comment_keys(comments: list[Node], data: bytes) -> tuple[KeyUse, ...]:
    keys: list[KeyUse] = []
    for comment in comments:
        text = data[comment.start_byte : comment.end_byte]
        keys.extend(comment_secrets(text.decode("utf-8", "replace"), comment.start_byte))
    return tuple(keys)


def _suppressions(comments: list[Node], root: Node, data: bytes, lines: tuple[int, ...]) -> tuple[Suppression, ...]:
    wanted = [comment for comment in comments if b"fslint" in data[comment.start_byte : comment.end_byte].lower()]
    if not wanted:
        return ()
    headers = Headers(_headers(root))
    by_start = {comment.start_byte: comment for comment in wanted}

    def following(start: int, end: int) -> int | None:
        parent = by_start[start].parent
        if parent is not None and parent.type in _BRACKETS:
            item = by_start[start].next_named_sibling
            while item is not None and item.type == "comment":
                item = item.next_named_sibling
            return item.end_byte if item is not None else None
        return headers.after(end)

    return suppressions([(c.start_byte, c.end_byte) for c in wanted], data, lines, following)


def _headers(root: Node) -> list[tuple[int, int]]:
    """The places of all statements; of compound ones, and of their clauses: of the header."""
    spans: list[tuple[int, int]] = []
    stack = [root]
    while stack:
        node = stack.pop()
        kind = node.type
        if kind in _COMPOUND:
            spans.append((node.start_byte, _header_end(node)))
        elif kind in _STATEMENTS and kind not in _CONTAINERS:
            spans.append((node.start_byte, node.end_byte))
            continue
        stack.extend(node.named_children)
    return spans


def _header_end(node: Node) -> int:
    if node.type == "decorated_definition":
        definition = node.child_by_field_name("definition")
        return _header_end(definition) if definition is not None else node.end_byte
    colon = next((child for child in reversed(node.children) if child.type == ":"), None)
    if node.type in ("if_statement", "try_statement", "for_statement", "while_statement"):
        colon = next((child for child in node.children if child.type == ":"), None)
    return colon.end_byte if colon is not None else node.end_byte


_UNPACKED = frozenset(("pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list"))
_FIELD_KINDS = {"getter": "getter", "setter": "setter", "constructor": "constructor"}
_STATEMENTS: dict[str, Callable[[Statements, Node], str]] = {
    "expression_statement": Statements.expression_statement,
    "function_definition": Statements.function_definition,
    "class_definition": Statements.class_definition,
    "decorated_definition": Statements.decorated,
    "if_statement": Statements.if_,
    "for_statement": Statements.for_,
    "while_statement": Statements.while_,
    "try_statement": Statements.try_,
    "with_statement": Statements.with_,
    "match_statement": Statements.match,
    "return_statement": Statements.return_,
    "raise_statement": Statements.raise_,
    "assert_statement": Statements.assert_,
    "delete_statement": Statements.delete,
    "import_statement": Statements.import_,
    "import_from_statement": Statements.import_from,
    "future_import_statement": Statements.import_from,
    "type_alias_statement": Statements.type_alias,
    "print_statement": Statements.old_statement,
    "exec_statement": Statements.old_statement,
    "break_statement": Statements.exits_break,
    "continue_statement": Statements.exits_continue,
    "pass_statement": Statements.nothing,
    "global_statement": Statements.nothing,
    "nonlocal_statement": Statements.nothing,
    "block": Statements.error,
    "ERROR": Statements.error,
}
_CONTAINERS = frozenset(("block", "ERROR", "module"))
_COMPOUND = frozenset(
    (
        "function_definition",
        "class_definition",
        "decorated_definition",
        "if_statement",
        "elif_clause",
        "else_clause",
        "for_statement",
        "while_statement",
        "try_statement",
        "except_clause",
        "except_group_clause",
        "finally_clause",
        "with_statement",
        "match_statement",
        "case_clause",
    )
)
_BRACKETS = frozenset(
    (
        "argument_list",
        "dictionary",
        "list",
        "tuple",
        "set",
        "parameters",
        "parenthesized_expression",
        "pair",
        "keyword_argument",
        "concatenated_string",
        "subscript",
    )
)
