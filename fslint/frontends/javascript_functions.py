"""Functions, parameters, classes and enums of JavaScript and TypeScript."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tree_sitter import Node

from ..facts import (
    CallRef,
    ClassRef,
    Field,
    FunctionRef,
    Literal,
    Name,
    Param,
    Return,
    Type,
    Value,
)
from .javascript_bindings import bind, declare_pattern, hoist, hoist_vars
from .javascript_literals import key_text, property_key, string_text
from .javascript_types import members, signature, type_name
from .javascript_walk import COMMENTS, PUNCTUATION, Scope, ValueHandler, Walk, named_children
from .rows import ClassRow
from .syntax import kids

_KEYS = frozenset({
    "property_identifier", "private_property_identifier", "string", "number", "computed_property_name",
})  # fmt: skip
_DIRECTIVES = ("use server", "use client")

# --------------------------------------------------------------------------------------------------------- functions


class _Place:
    """Where the walk was, to go back there after a function or class."""

    __slots__ = ("state", "walk")

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.state = (
            walk.scope, walk.var_scope, walk.function, walk.region, walk.this_function, walk.this_class,
            walk.bound_name, walk.breaks,
        )  # fmt: skip

    def restore(self) -> None:
        walk = self.walk
        (
            walk.scope, walk.var_scope, walk.function, walk.region, walk.this_function, walk.this_class,
            walk.bound_name, walk.breaks,
        ) = self.state  # fmt: skip


def _enter(walk: Walk, function: int, is_arrow: bool) -> None:
    walk.scope = walk.var_scope = Scope(walk.scope)
    walk.function = function
    walk.region = walk.functions[function].region
    walk.bound_name = ""
    walk.breaks = []
    if not is_arrow:
        walk.this_function = function
        walk.this_class = -1


def read_function(walk: Walk, node: Node, kind: str, decorators: tuple[Value, ...] = (), own_name: bool = False) -> int:
    """A function of any form, from its node; ``own_name``: its name is known only inside (function expressions)."""
    reserved = walk.reserved.pop(node.start_byte, -1)
    function = reserved if reserved >= 0 else walk.open_function(kind, node)
    row = walk.functions[function]
    row.kind = kind
    row.decorators = decorators
    place = _Place(walk)
    parameters = body = type_parameters = single = expression = None
    return_node = None
    is_arrow = kind == "arrow"
    follows = False
    for child in node.children:
        form = child.type
        if follows and expression is None and form not in COMMENTS:
            expression = child
        if form == "statement_block":
            body = child
        elif form == "formal_parameters":
            parameters = child
        elif form == "=>":
            follows = True
        elif form == "identifier" and parameters is None and single is None and not is_arrow:
            row.name, row.name_start, row.name_end = walk.text(child), child.start_byte, child.end_byte
            if own_name:
                walk.scope = Scope(walk.scope)
                index = walk.declare(child, "function", walk.scope)
                walk.assign(index, node, FunctionRef(node.start_byte, node.end_byte, function))
        elif form == "identifier" and is_arrow and single is None and parameters is None:
            single = child
        elif form == "async":
            row.is_async = True
        elif form == "*":
            row.is_generator = True
        elif form == "static":
            row.static = True
        elif form == "type_parameters":
            type_parameters = child
        elif form in _RETURN_TYPES:
            return_node = child
    if node.type.startswith("generator_function"):
        row.is_generator = True
    if is_arrow:
        body = expression
    _enter(walk, function, is_arrow)
    if type_parameters is not None:
        declare_type_parameters(walk, type_parameters)
    if return_node is not None:
        row.return_type = walk.type_of(return_node)
    if parameters is not None:
        _read_params(walk, row.params, parameters.children)
    elif single is not None:
        _read_params(walk, row.params, [single])
    if body is not None:
        if body.type == "statement_block":
            read_body(walk, body, function)
        else:
            value = walk.lower(body)
            walk.mark(value, "return")
            row.returns.append(Return(body.start_byte, body.end_byte, value, walk.region))
            walk.regions[row.region].exits = "return"
    place.restore()
    return function


_RETURN_TYPES = frozenset({"type_annotation", "type_predicate_annotation", "asserts_annotation"})


def read_body(walk: Walk, body: Node, function: int) -> None:
    """A function's block: declarations first, then its statements."""
    row = walk.functions[function]
    nodes = body.children
    row.directive = next(iter(directives(walk, nodes)), "")
    hoist_vars(walk, nodes)
    hoist(walk, nodes)
    walk.regions[row.region].exits = walk.run_all(nodes)


def directives(walk: Walk, nodes: Iterable[Node]) -> list[str]:
    """``use client`` / ``use server`` among the strings that a body begins with."""
    found = []
    for node in nodes:
        if node.type in PUNCTUATION or node.type == "hash_bang_line":
            continue
        if node.type != "expression_statement" or node.children[0].type != "string":
            break
        text = string_text(walk, node.children[0])
        if text in _DIRECTIVES:
            found.append(text)
    return found


def declare_type_parameters(walk: Walk, node: Node) -> None:
    """``<T extends U>``: names of types that stand for what they extend."""
    found = []
    for child in node.children:
        if child.type == "type_parameter":
            parts = named_children(child)
            name = next((part for part in parts if part.type == "type_identifier"), None)
            if name is not None:
                index = walk.declare(name, "type", walk.scope, value=False, as_type=True)
                found.append((index, next((part for part in parts if part.type == "constraint"), None)))
    for index, constraint in found:
        if constraint is not None:
            walk.bindings[index].type = walk.type_of(constraint)


class _Parts:
    """A parameter taken to pieces."""

    __slots__ = ("decorators", "default", "field", "form", "kind", "node", "optional", "pattern", "type")

    def __init__(self, node: Node, form: str) -> None:
        self.node = node
        self.pattern: Node | None = None
        self.form = ""
        """The type of the pattern."""
        self.default: Node | None = None
        self.type: Node | None = None
        self.decorators: list[Node] = []
        self.kind = "normal"
        self.field = False
        self.optional = form == "optional_parameter"
        if form == "assignment_pattern":
            parts = named_children(node)
            self.pattern, self.default = parts[0], parts[-1]
        elif form in ("required_parameter", "optional_parameter"):
            self._read(node.children)
        else:
            self.pattern = node
        if self.pattern is None:
            return
        self.form = self.pattern.type
        if self.form == "rest_pattern":
            self.kind = "rest"
            inner = named_children(self.pattern)
            self.pattern = inner[-1] if len(inner) > 1 else None
            self.form = self.pattern.type if self.pattern is not None else ""

    def _read(self, parts: Sequence[Node]) -> None:
        assigned = False
        for part in parts:
            form = part.type
            if form == "type_annotation":
                self.type = part
            elif form in _OF_FIELDS:
                self.field = True
            elif form == "decorator":
                self.decorators.append(part)
            elif form == "=":
                assigned = True
            elif form in PUNCTUATION:
                continue
            elif assigned:
                self.default = part
            elif self.pattern is None and form != "?":
                self.pattern = part


_OF_FIELDS = frozenset({"accessibility_modifier", "readonly", "override_modifier"})
_PATTERNS = frozenset({"identifier", "object_pattern", "array_pattern"})


def _read_params(walk: Walk, params: list[Param], nodes: Sequence[Node]) -> None:
    """Parameters in order; all names are declared before any default is read."""
    parts = [_Parts(node, form) for node in nodes if (form := node.type) not in PUNCTUATION]
    parts = [part for part in parts if part.form in _PATTERNS]
    bindings = []
    for part in parts:
        assert part.pattern is not None
        if part.form == "identifier":
            bindings.append(walk.declare(part.pattern, "param", walk.scope))
        else:
            bindings.append(walk.anonymous(part.pattern, "param"))
            declare_pattern(walk, part.pattern, "let", walk.scope)
    for part, binding in zip(parts, bindings, strict=True):
        params.append(_param(walk, part, binding))


def _param(walk: Walk, part: _Parts, binding: int) -> Param:
    pattern = part.pattern
    assert pattern is not None
    name = walk.bindings[binding].name
    declared: Type | None = walk.type_of(part.type) if part.type is not None else None
    walk.bindings[binding].type = declared
    default: Value | None = None
    if part.default is not None:
        default = walk.lower_bound(part.default, name)
        if name:
            walk.give_name(default, name, pattern.start_byte, pattern.end_byte)
    if not name:
        bind(walk, pattern, Name(pattern.start_byte, pattern.end_byte, binding))
    decorators = read_decorators(walk, part.decorators) if part.decorators else ()
    start, end = part.node.start_byte, part.node.end_byte
    return Param(start, end, name, binding, default, declared, part.kind, decorators, part.field, part.optional)


def read_decorators(walk: Walk, nodes: Iterable[Node]) -> tuple[Value, ...]:
    """The values of decorators; those that are called are calls of the kind ``decorator``."""
    values = []
    for node in nodes:
        for child in kids(node):
            value = walk.lower_bound(child, "")
            if type(value) is CallRef and walk.calls[value.call].kind == "call":
                walk.calls[value.call].kind = "decorator"
            values.append(value)
    return tuple(values)


def function_expression(walk: Walk, node: Node) -> Value:
    kind = "arrow" if node.type == "arrow_function" else "function"
    function = read_function(walk, node, kind, own_name=kind == "function")
    return FunctionRef(node.start_byte, node.end_byte, function)


def function_declaration(walk: Walk, node: Node) -> Value:
    """A declaration: its (hoisted) binding gets the function."""
    function = read_function(walk, node, "function")
    value = FunctionRef(node.start_byte, node.end_byte, function)
    row = walk.functions[function]
    if row.name:
        index = walk.find(row.name)
        if index >= 0:
            walk.assign(index, node, value)
    return value


def method(walk: Walk, node: Node, cls: int, decorators: tuple[Value, ...]) -> tuple[int, Value, str]:
    """A method of a class or object: its function, its key, its kind."""
    kind = "method"
    key_node: Node | None = None
    for child in node.children:
        form = child.type
        if form in _KEYS and key_node is None:
            key_node = child
        elif form in ("get", "set") and key_node is None:
            kind = "getter" if form == "get" else "setter"
        elif form == "decorator":
            decorators = (*decorators, *read_decorators(walk, [child]))
        elif form == "formal_parameters":
            break
    key: Value = property_key(walk, key_node) if key_node is not None else Literal(node.start_byte, node.start_byte, "")
    name = key_text(key)
    if cls >= 0 and name == "constructor" and kind == "method":
        kind = "constructor"
    function = read_function(walk, node, kind, decorators)
    row = walk.functions[function]
    row.name, row.cls = name, cls
    if key_node is not None:
        row.name_start, row.name_end = key.start, key.end
    return function, key, kind


# ----------------------------------------------------------------------------------------------------------- classes

_CONSTANT_NODES = frozenset({"string", "number", "true", "false", "null", "undefined", "identifier", "regex"})


def read_class(walk: Walk, node: Node, outside: Sequence[Node] = (), own_name: bool = False) -> int:
    """A class, from its node. ``outside``: decorators written before ``export``."""
    cls = len(walk.classes)
    row = ClassRow(node.start_byte, node.end_byte, "", "class", walk.function)
    walk.classes.append(row)
    walk.events += 1
    place = _Place(walk)
    walk.bound_name = ""
    decorators = [*outside]
    body: Node | None = None
    heritage: Node | None = None
    walk.scope = Scope(walk.scope)
    for child in node.children:
        form = child.type
        if form == "decorator":
            decorators.append(child)
        elif form in ("identifier", "type_identifier") and not row.name:
            row.name = walk.text(child)
            if own_name:
                index = walk.declare(child, "class", walk.scope, as_type=True)
                walk.assign(index, node, ClassRef(node.start_byte, node.end_byte, cls))
                row.binding = index
        elif form == "type_parameters":
            declare_type_parameters(walk, child)
        elif form == "class_heritage":
            heritage = child
        elif form == "class_body":
            body = child
    row.decorators = read_decorators(walk, decorators)
    if heritage is not None:
        _read_heritage(walk, row, heritage)
    if body is not None:
        _Members(walk, cls, body).read()
    place.restore()
    return cls


def _read_heritage(walk: Walk, row: ClassRow, node: Node) -> None:
    for child in node.children:
        form = child.type
        if form == "extends_clause":
            row.bases = tuple(
                walk.lower_bound(item, "")
                for item in named_children(child)
                if item.type not in ("extends", "type_arguments")
            )
        elif form == "implements_clause":
            row.interfaces = tuple(
                type_name(walk, item) for item in named_children(child) if item.type not in ("implements", "<", ">")
            )
        elif form != "extends" and form not in PUNCTUATION:
            row.bases = (*row.bases, walk.lower_bound(child, ""))


class _Members:
    """A class's body being read. Initial values of instance fields run in the constructor, be it an implicit one."""

    def __init__(self, walk: Walk, cls: int, body: Node) -> None:
        self.walk = walk
        self.cls = cls
        self.row = walk.classes[cls]
        self.body = body
        self.constructor = -1

    def read(self) -> None:
        walk = self.walk
        pending: list[Node] = []
        for child in self.body.children:
            form = child.type
            if form == "decorator":
                pending.append(child)
                continue
            if form == "method_definition":
                self._method(child, read_decorators(walk, pending))
            elif form in ("public_field_definition", "field_definition"):
                self._field(child, pending)
            elif form == "class_static_block":
                self._static_block(child)
            elif form in ("method_signature", "abstract_method_signature", "index_signature"):
                field = signature(walk, child)
                if field is not None:
                    self.row.fields.append(field)
            elif form not in PUNCTUATION:
                walk.lower_unknown(child)
            if form not in COMMENTS:
                pending = []

    def _method(self, node: Node, decorators: tuple[Value, ...]) -> None:
        walk = self.walk
        function, key, kind = method(walk, node, self.cls, decorators)
        row = walk.functions[function]
        value = FunctionRef(node.start_byte, node.end_byte, function)
        self.row.fields.append(
            Field(
                node.start_byte, node.end_byte, key_text(key), kind, value, None, row.static, False, row.decorators
            )
        )  # fmt: skip

    def _field(self, node: Node, pending: list[Node]) -> None:
        walk = self.walk
        key_node: Node | None = None
        value_node: Node | None = None
        declared: Type | None = None
        static = optional = assigned = False
        decorators = [*pending]
        for child in node.children:
            form = child.type
            if form == "decorator":
                decorators.append(child)
            elif form == "static":
                static = True
            elif form == "?":
                optional = True
            elif form == "=":
                assigned = True
            elif form == "type_annotation":
                declared = walk.type_of(child)
            elif assigned and value_node is None and form not in COMMENTS:
                value_node = child
            elif key_node is None and form in _KEYS:
                key_node = child
        if key_node is None:
            walk.lower_unknown(node)
            return
        key = property_key(walk, key_node)
        name = key_text(key)
        marks = read_decorators(walk, decorators)
        value: Value | None = None
        if value_node is not None:
            value = self._initial(value_node, name, static)
            walk.mark(value, "write")
            walk.give_name(value, name, key.start, key.end)
            if type(value) is FunctionRef:
                walk.functions[value.function].cls = self.cls
                walk.functions[value.function].static = static
        self.row.fields.append(
            Field(node.start_byte, node.end_byte, name, "field", value, declared, static, optional, marks)
        )

    def _initial(self, node: Node, name: str, static: bool) -> Value:
        walk = self.walk
        if node.type in _CONSTANT_NODES:
            return walk.lower_bound(node, name)
        place = _Place(walk)
        if static:
            walk.this_class = self.cls
        else:
            if self.constructor < 0:
                self.constructor = self._reserve_constructor()
            walk.function = walk.this_function = self.constructor
            walk.region = walk.functions[self.constructor].region
            walk.this_class = -1
        value = walk.lower_bound(node, name)
        place.restore()
        return value

    def _reserve_constructor(self) -> int:
        """The row of the constructor, which may be written further down, or not at all."""
        walk = self.walk
        for row in self.row.fields:
            if row.kind == "constructor" and type(row.value) is FunctionRef:
                return row.value.function
        for child in self.body.children:
            if child.type == "method_definition" and _is_constructor(walk, child):
                function = walk.open_function("constructor", child)
                walk.reserved[child.start_byte] = function
                break
        else:
            function = walk.open_function("constructor", self.body)
        created = walk.functions[function]
        created.name, created.cls = "constructor", self.cls
        return function

    def _static_block(self, node: Node) -> None:
        walk = self.walk
        place = _Place(walk)
        walk.this_class = self.cls
        walk.scope = walk.var_scope = Scope(walk.scope)
        for child in node.children:
            if child.type == "statement_block":
                hoist_vars(walk, child.children)
                hoist(walk, child.children)
                walk.run_all(child.children)
        place.restore()


def _is_constructor(walk: Walk, node: Node) -> bool:
    for child in node.children:
        if child.type in ("static", "get", "set"):
            return False
        if child.type in _KEYS:
            return child.type == "property_identifier" and walk.text(child) == "constructor"
    return False


def class_expression(walk: Walk, node: Node) -> Value:
    return ClassRef(node.start_byte, node.end_byte, read_class(walk, node, own_name=True))


def class_declaration(walk: Walk, node: Node, outside: Sequence[Node] = ()) -> Value:
    """A declaration: its (hoisted) binding gets the class."""
    cls = read_class(walk, node, outside)
    value = ClassRef(node.start_byte, node.end_byte, cls)
    name = walk.classes[cls].name
    index = walk.find_type(name) if name else -1
    if index >= 0:
        walk.classes[cls].binding = index
        walk.assign(index, node, value)
    return value


def interface(walk: Walk, node: Node) -> Value:
    """An interface: a row in the table of classes, and its binding's one value."""
    cls = len(walk.classes)
    row = ClassRow(node.start_byte, node.end_byte, "", "interface", walk.function)
    walk.classes.append(row)
    outer = walk.scope
    for child in node.children:
        form = child.type
        if form == "type_identifier" and not row.name:
            row.name = walk.text(child)
            row.binding = walk.find_type(row.name)
            walk.scope = Scope(outer)
        elif form == "type_parameters":
            declare_type_parameters(walk, child)
        elif form == "extends_type_clause":
            row.bases = tuple(type_name(walk, item) for item in named_children(child) if item.type != "extends")
        elif form in ("interface_body", "object_type"):
            row.fields.extend(members(walk, child))
    walk.scope = outer
    value = ClassRef(node.start_byte, node.end_byte, cls)
    if row.binding >= 0:
        walk.assign(row.binding, node, value)
    return value


def enum(walk: Walk, node: Node) -> Value:
    """An enum: members with their values; automatic ones have none."""
    cls = len(walk.classes)
    row = ClassRow(node.start_byte, node.end_byte, "", "enum", walk.function)
    walk.classes.append(row)
    for child in node.children:
        if child.type == "identifier" and not row.name:
            row.name = walk.text(child)
        elif child.type == "enum_body":
            for item in child.children:
                if item.type == "enum_assignment":
                    parts = named_children(item)
                    name = key_text(property_key(walk, parts[0]))
                    value = walk.lower_bound(parts[-1], name) if len(parts) > 2 else None
                    row.fields.append(Field(item.start_byte, item.end_byte, name, "member", value))
                elif item.type in _KEYS:
                    name = key_text(property_key(walk, item))
                    row.fields.append(Field(item.start_byte, item.end_byte, name, "member"))
    result = ClassRef(node.start_byte, node.end_byte, cls)
    row.binding = walk.find(row.name)
    if row.binding >= 0:
        walk.assign(row.binding, node, result)
    return result


VALUES: dict[str, ValueHandler] = {
    "arrow_function": function_expression,
    "function_expression": function_expression,
    "function": function_expression,
    "generator_function": function_expression,
    "class": class_expression,
}
