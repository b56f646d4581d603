"""Declarations before they run (hoisting), and everything that gives a binding a value."""

from __future__ import annotations

from collections.abc import Iterable
from sys import intern

from tree_sitter import Node

from ..facts import (
    Array,
    Binary,
    Element,
    Export,
    FunctionRef,
    Global,
    Literal,
    Member,
    Name,
    Object,
    OneOf,
    Rest,
    Template,
    Type,
    Unknown,
    Value,
)
from .javascript_literals import key_text, property_key
from .javascript_walk import COMMENTS, NAMED, PUNCTUATION, Scope, ValueHandler, Walk, named_children
from .syntax import kids

_MANY_PARTS = 8
"""A large value that is taken apart into more names than this gets a binding of its own."""

# ---------------------------------------------------------------------------------------------------------- hoisting

_CLASSES = frozenset({"class_declaration", "abstract_class_declaration"})
_FUNCTIONS = frozenset({"function_declaration", "generator_function_declaration", "function_signature"})
_MODULES = frozenset({"internal_module", "module"})
_TYPES = frozenset({"interface_declaration", "type_alias_declaration"})
_NAMES = frozenset({"identifier", "type_identifier"})


_DECLARING = frozenset({
    "lexical_declaration", "enum_declaration", "import_statement", "import_alias", "expression_statement",
    "ambient_declaration", *_FUNCTIONS, *_CLASSES, *_TYPES, *_MODULES,
})  # fmt: skip
_USUALLY_DECLARING = _DECLARING - {"expression_statement"}
"""An expression declares something where it is a namespace."""


def hoist(walk: Walk, nodes: Iterable[Node]) -> None:
    """Declares, in the present scope, what the statements of one block declare (``var`` apart)."""
    declaring = _DECLARING if walk.has_namespaces else _USUALLY_DECLARING
    for node in nodes:
        kind = node.type
        if kind in declaring:
            _hoist_one(walk, node, kind, False)
        elif kind == "export_statement":
            for child in node.children:
                kind = child.type
                if kind in declaring:
                    _hoist_one(walk, child, kind, True)


def _hoist_one(walk: Walk, node: Node, kind: str, exported: bool) -> None:
    scope = walk.scope
    if kind == "lexical_declaration":
        children = node.children
        form = intern(children[0].type)
        for child in children:
            if child.type == "variable_declarator":
                declare_pattern(walk, child.children[0], form, scope)
    elif kind in _FUNCTIONS:
        _declare_named(walk, node, "function", scope)
    elif kind in _CLASSES:
        _declare_named(walk, node, "class", scope, as_type=True)
    elif kind in _TYPES:
        _declare_named(walk, node, "type", scope, value=False, as_type=True)
    elif kind == "enum_declaration":
        _declare_named(walk, node, "enum", scope, as_type=True)
    elif kind == "import_statement":
        _hoist_import(walk, node)
    elif kind == "import_alias":
        _declare_named(walk, node, "const", scope, as_type=True)
    elif kind in _MODULES:
        _hoist_namespace(walk, node)
    elif kind == "expression_statement":
        if node.children[0].type in _MODULES:
            _hoist_namespace(walk, node.children[0])
    elif kind == "ambient_declaration":
        _hoist_ambient(walk, node, exported)


def _declare_named(
    walk: Walk, node: Node, kind: str, scope: Scope, *, value: bool = True, as_type: bool = False
) -> None:
    for child in node.children:
        if child.type in _NAMES:
            walk.declare(child, kind, scope, value=value, as_type=as_type)
            return


def _hoist_namespace(walk: Walk, node: Node) -> None:
    for child in node.children:
        if child.type == "nested_identifier":
            while child.children and child.type == "nested_identifier":
                child = child.children[0]
        if child.type == "identifier":
            walk.declare(child, "namespace", walk.scope, as_type=True)
            return


def _hoist_ambient(walk: Walk, node: Node, exported: bool) -> None:
    """``declare …`` declares types; a value only where it is exported, or an enum (whose members are inlined)."""
    for child in node.children:
        kind = child.type
        if kind in _TYPES or kind == "enum_declaration" or (exported and kind != "comment"):
            if kind == "variable_declaration":
                for item in child.children:
                    if item.type == "variable_declarator":
                        declare_pattern(walk, item.children[0], "var", walk.scope)
            else:
                _hoist_one(walk, child, kind, exported)
        elif kind in _CLASSES:
            _declare_named(walk, child, "class", walk.scope, value=False, as_type=True)


def _hoist_import(walk: Walk, node: Node) -> None:
    type_only = False
    for child in node.children:
        form = child.type
        if form == "type":
            type_only = True
        elif form == "import_clause":
            for item, only in import_names(child):
                walk.declare(item, "import", walk.scope, value=not (type_only or only), as_type=True)
        elif form == "import_require_clause":
            _declare_named(walk, child, "import", walk.scope, as_type=True)


def import_names(clause: Node) -> list[tuple[Node, bool]]:
    """The local names of an import clause, and whether each is ``type`` only."""
    found: list[tuple[Node, bool]] = []
    for child in clause.named_children:
        kind = child.type
        if kind == "identifier":
            found.append((child, False))
        elif kind == "namespace_import":
            found += [(item, False) for item in child.children if item.type == "identifier"]
        elif kind == "named_imports":
            for item in child.named_children:
                if item.type != "import_specifier":
                    continue
                local: Node | None = None
                only = False
                for part in item.children:
                    form = part.type
                    if form == "identifier" or form == "string":
                        local = part
                    elif form == "type" or form == "typeof":
                        only = True
                if local is not None:
                    found.append((local, only))
    return found


_NESTED_STATEMENTS = frozenset({
    "statement_block", "if_statement", "else_clause", "for_statement", "for_in_statement", "while_statement",
    "do_statement", "try_statement", "catch_clause", "finally_clause", "switch_statement", "switch_body",
    "switch_case", "switch_default", "labeled_statement", "with_statement", "export_statement",
})  # fmt: skip


def hoist_vars(walk: Walk, nodes: Iterable[Node]) -> None:
    """Declares the ``var``s of a function's (or the module's) statements, nested ones included, in its scope."""
    if not walk.has_var:
        return
    scope = walk.scope
    stack = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        kind = node.type
        if kind == "variable_declaration":
            for child in node.children:
                if child.type == "variable_declarator":
                    declare_pattern(walk, child.children[0], "var", scope)
        elif kind in _NESTED_STATEMENTS:
            children = node.children
            if kind == "for_in_statement" and any(child.type == "var" for child in children):
                declare_pattern(walk, loop_target(node), "var", scope)
            stack.extend(children[::-1])


def loop_target(node: Node) -> Node:
    """What a ``for … of`` / ``for … in`` assigns to."""
    target = node.child_by_field_name("left")
    return target if target is not None else node.children[-1]


_PATTERNS = frozenset({"object_pattern", "array_pattern", "rest_pattern"})
_IDENTIFIERS = frozenset({"identifier", "shorthand_property_identifier_pattern"})


def declare_pattern(walk: Walk, node: Node, kind: str, scope: Scope) -> None:
    """Declares every name in a pattern, in order."""
    if node.type == "identifier":
        walk.declare(node, kind, scope)
        return
    stack = [node]
    while stack:
        node = stack.pop()
        form = node.type
        if form in _IDENTIFIERS:
            walk.declare(node, kind, scope)
        elif form in _PATTERNS:
            stack.extend(child for child in node.children[::-1] if child.type not in PUNCTUATION)
        elif form == "pair_pattern":
            stack.append(node.children[-1])
        elif form == "assignment_pattern" or form == "object_assignment_pattern":
            stack.append(node.children[0])


# ----------------------------------------------------------------------------------------------------- destructuring

_LARGE = (Array, Binary, Object, OneOf, Template)


def bind(walk: Walk, node: Node, value: Value, op: str = "=") -> None:
    """Assigns ``value`` to a pattern: a name, a member, or anything taken apart."""
    if walk.depth > 150:
        return
    walk.depth += 1
    _BINDERS.get(node.type, _bind_other)(walk, node, value, op)
    walk.depth -= 1


def _bind_name(walk: Walk, node: Node, value: Value, op: str) -> None:
    name = walk.text(node)
    index = walk.find(name)
    walk.mark(value, "assign", index)
    if index < 0:
        walk.globals[name] = None
        return
    walk.assign(index, node, value, op)


def _bind_member(walk: Walk, node: Node, value: Value, op: str) -> None:
    target = walk.lower_bound(node, "")
    walk.mark(value, "write")
    if type(target) is Member:
        walk.write(node, target.object, target.key, value, op)


def _bind_default(walk: Walk, node: Node, value: Value, op: str) -> None:
    """``target = default`` within a pattern."""
    parts = named_children(node)
    if len(parts) < 3:
        return
    name = walk.text(parts[0]) if parts[0].type in _IDENTIFIERS else ""
    default = walk.lower_bound(parts[-1], name)
    if name:
        walk.give_name(default, name, parts[0].start_byte, parts[0].end_byte)
    either = OneOf(value.start, max(value.end, default.end), (value, default), "nullish")
    bind(walk, parts[0], either, "default")


def _bind_object(walk: Walk, node: Node, value: Value, op: str) -> None:
    parts = kids(node)
    value = _shared(walk, node, value, len(parts))
    taken: list[str] = []
    for part in parts:
        kind = part.type
        start, end = part.start_byte, part.end_byte
        if kind == "rest_pattern":
            for item in part.children[1:]:
                bind(walk, item, Rest(start, end, value, tuple(taken)), op)
            continue
        keyed = part if kind == "shorthand_property_identifier_pattern" else part.children[0] if part.children else None
        if keyed is None:
            continue
        key = property_key(walk, keyed)
        taken.append(key_text(key))
        member = Member(keyed.start_byte, keyed.end_byte, value, key)
        if kind == "pair_pattern":
            bind(walk, part.children[-1], member, op)
        else:
            bind(walk, part, member, op)


def _bind_array(walk: Walk, node: Node, value: Value, op: str) -> None:
    parts = [child for child in node.children[1:-1] if child.type not in COMMENTS]
    value = _shared(walk, node, value, len(parts))
    position = 0
    for part in parts:
        if part.type == ",":
            position += 1
        elif part.type == "rest_pattern":
            taken = tuple(str(index) for index in range(position))
            for item in part.children[1:]:
                bind(walk, item, Rest(part.start_byte, part.end_byte, value, taken), op)
        else:
            key = Literal(part.start_byte, part.start_byte, position)
            bind(walk, part, Member(part.start_byte, part.end_byte, value, key, True), op)


def _bind_inner(walk: Walk, node: Node, value: Value, op: str) -> None:
    parts = named_children(node)
    if parts:
        bind(walk, parts[0], value, op)


def _bind_other(walk: Walk, node: Node, value: Value, op: str) -> None:
    walk.lower(node)


_BINDERS = {
    "identifier": _bind_name,
    "shorthand_property_identifier_pattern": _bind_name,
    "member_expression": _bind_member,
    "subscript_expression": _bind_member,
    "assignment_pattern": _bind_default,
    "object_assignment_pattern": _bind_default,
    "object_pattern": _bind_object,
    "array_pattern": _bind_array,
    "parenthesized_expression": _bind_inner,
    "non_null_expression": _bind_inner,
    "as_expression": _bind_inner,
    "satisfies_expression": _bind_inner,
}


def _shared(walk: Walk, node: Node, value: Value, parts: int) -> Value:
    """The value itself, or a name for it where copies in every part would be many."""
    if parts <= _MANY_PARTS or not isinstance(value, _LARGE):
        return value
    index = walk.anonymous(node, "const")
    walk.assign(index, node, value)
    return Name(value.start, value.end, index)


# ------------------------------------------------------------------------------------------------------- declarators


def declarator(walk: Walk, node: Node) -> None:
    """``name: T = value`` of a ``const``, ``let`` or ``var``."""
    parts = node.children
    declared: Type | None = None
    value_node: Node | None = None
    if len(parts) == 3 and parts[1].type == "=" and parts[2].type not in COMMENTS:  # the usual case
        value_node = parts[2]
    else:
        parts = [part for part in parts if part.type not in COMMENTS]
        for position, part in enumerate(parts):
            form = part.type
            if form == "type_annotation":
                declared = walk.type_of(part)
            elif form == "=" and position + 1 < len(parts):
                value_node = parts[-1]
            elif form == "ERROR" and position + 1 < len(parts):
                walk.lower_unknown(part)
    target = parts[0]
    simple = target.type == "identifier"
    name = walk.text(target) if simple else ""
    index = walk.find(name) if simple else -1
    if index >= 0:
        row = walk.bindings[index]
        if row.start == target.start_byte:
            row.region = walk.region
        if declared is not None:
            row.type = declared
    if value_node is None:
        return
    value = walk.lower_bound(value_node, name)
    if not simple:
        walk.mark(value, "assign")
        if declared is not None:
            value = _typed(walk, target, value, declared)
        bind(walk, target, value)
        return
    walk.mark(value, "assign", index)
    if type(value) in NAMED:
        walk.give_name(value, name, target.start_byte, target.end_byte)
    if index >= 0:
        walk.assign(index, node, value)


def _typed(walk: Walk, node: Node, value: Value, declared: Type) -> Value:
    """``const {a}: T = x``: a binding of its own carries the type."""
    index = walk.anonymous(node, "const")
    walk.bindings[index].type = declared
    walk.assign(index, node, value)
    return Name(value.start, value.end, index)


# ------------------------------------------------------------------------------------------------------- assignments


def assignment(walk: Walk, node: Node) -> Value:
    """``target = value``; its own value is the right-hand side."""
    parts = named_children(node)
    if len(parts) < 3:
        return walk.lower_unknown(node)
    left, right = _unwrapped(parts[0]), parts[-1]
    if left.type in ("member_expression", "subscript_expression"):
        return _assign_member(walk, node, left, right)
    name = walk.text(left) if left.type == "identifier" else ""
    value = walk.lower_bound(right, name)
    if not name:
        walk.mark(value, "assign")
        bind(walk, left, value)
        return value
    walk.give_name(value, name, left.start_byte, left.end_byte)
    index = walk.find(name)
    walk.mark(value, "assign", index)
    if index >= 0:
        walk.assign(index, node, value)
    else:
        walk.globals[name] = None
    return value


def _unwrapped(node: Node) -> Node:
    while node.type in ("parenthesized_expression", "non_null_expression", "as_expression"):
        inner = named_children(node)
        if not inner:
            break
        node = inner[0]
    return node


def _assign_member(walk: Walk, node: Node, left: Node, right: Node) -> Value:
    target = walk.lower_bound(left, "")
    if type(target) is not Member:
        return walk.lower(right)
    name = key_text(target.key)
    value = walk.lower_bound(right, name)
    walk.mark(value, "write")
    if name:
        walk.used_as(value, f"prop:{name}")
        if target.key.start < target.key.end:
            walk.give_name(value, name, target.key.start, target.key.end)
    walk.write(node, target.object, target.key, value)
    _export_member(walk, node, target, name, value)
    return value


def _export_member(walk: Walk, node: Node, target: Member, name: str, value: Value) -> None:
    """CommonJS: ``module.exports =``, ``module.exports.x =``, ``exports.x =``."""
    owner = target.object
    if type(owner) is Global:
        if owner.name == "module" and name == "exports":
            walk.exports.append(Export(node.start_byte, node.end_byte, "=", value))
        elif owner.name == "exports" and name:
            walk.exports.append(Export(node.start_byte, node.end_byte, name, value))
    elif type(owner) is Member and type(owner.object) is Global and owner.object.name == "module":
        if key_text(owner.key) != "exports" or not name:
            return
        walk.exports.append(Export(node.start_byte, node.end_byte, name, value))


_CONDITIONAL = {"||=": "or", "&&=": "and", "??=": "nullish"}


def augmented(walk: Walk, node: Node) -> Value:
    """``target += value``, ``target ??= value``."""
    parts = named_children(node)
    if len(parts) < 3:
        return walk.lower_unknown(node)
    left, op, right = _unwrapped(parts[0]), parts[1].type, parts[-1]
    target = walk.lower_bound(left, "")
    name = walk.text(left) if left.type == "identifier" else key_text(target.key) if type(target) is Member else ""
    how = _CONDITIONAL.get(op)
    old, walk.bound_name = walk.bound_name, name
    value = walk.lower_in_region(right, how, node.start_byte, target) if how else walk.lower(right)
    walk.bound_name = old
    if type(target) is Member:
        walk.mark(value, "write")
        walk.write(node, target.object, target.key, value, op)
    else:
        index = walk.find(name) if name else -1
        walk.mark(value, "assign", index)
        if index >= 0:
            walk.assign(index, node, value, op)
    if type(value) is FunctionRef and name:
        walk.give_name(value, name, left.start_byte, left.end_byte)
    if how:
        return OneOf(node.start_byte, node.end_byte, (target, value), how)
    return Binary(node.start_byte, node.end_byte, op.removesuffix("="), target, value)


def loop_value(walk: Walk, how: str, node: Node, source: Value) -> Value:
    """What a loop variable is bound to; the keys of a ``for … in`` are unknown."""
    if how == "for-of":
        return Element(source.start, source.end, source)
    return Unknown(node.start_byte, node.end_byte, "for-in")


VALUES: dict[str, ValueHandler] = {
    "assignment_expression": assignment,
    "augmented_assignment_expression": augmented,
}
