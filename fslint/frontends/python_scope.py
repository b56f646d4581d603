"""Python's scopes: which names a piece of code binds, and where a name that it uses is bound."""

from __future__ import annotations

from dataclasses import dataclass, field
from sys import intern
from typing import TYPE_CHECKING

from .grammars import language_of

if TYPE_CHECKING:
    from tree_sitter import Node

LANGUAGE = language_of("tree_sitter_python")


def field_id(name: str) -> int:
    """The number of a field, by which it is found faster than by its name."""
    return LANGUAGE.field_id_for_name(name) or 0


LEFT, NAME, RIGHT, TYPE, VALUE = (field_id(name) for name in ("left", "name", "right", "type", "value"))

TYPE_PARAMETER = -1
UNDECLARED = -2


@dataclass(slots=True)
class Scope:
    """A lexical scope. ``kind``: ``module`` ``function`` ``class`` ``comprehension`` ``types`` (type parameters).

    ``names``: binding by name, or ``TYPE_PARAMETER`` / ``UNDECLARED`` (a ``global`` that the module does not bind); of
    a class the names assigned so far. ``cls``: the class of a class scope.
    """

    kind: str
    parent: Scope | None
    names: dict[str, int] = field(default_factory=dict)
    cls: int = -1

    def outer_function(self, name: str) -> int | None:
        """The binding that ``nonlocal name`` means."""
        scope = self.parent
        while scope is not None and scope.kind != "module":
            if scope.kind == "function" and scope.names.get(name, -1) >= 0:
                return scope.names[name]
            scope = scope.parent
        return None


@dataclass(slots=True)
class Declared:
    """What a block binds. ``names``: by name the node of its first declaration and the binding's kind."""

    names: dict[str, tuple[Node, str]] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)


def declared(block: Node, walruses: list[Node]) -> Declared:
    """The names that a module or a function's body binds by itself, functions and classes within it excepted.

    ``walruses``: the ``named_expression`` nodes that belong to this block.
    """
    found = Declared()
    stack = [block]
    while stack:
        node = stack.pop()
        kind = node.type
        step = _STEPS.get(kind)
        if step is not None:
            step(node, found)
            if kind not in _WITH_BLOCKS:
                continue
        elif kind not in _BLOCKS:
            continue
        stack.extend(reversed(node.named_children))
    for node in walruses:
        target = node.child_by_field_name("name")
        if target is not None:
            _add(target, "var", found)
    return found


def target_names(node: Node) -> list[Node]:
    """The identifiers that an assignment target binds."""
    names: list[Node] = []
    stack = [node]
    while stack:
        node = stack.pop()
        if node.type == "identifier":
            names.append(node)
        elif node.type in _TARGETS:
            stack.extend(reversed(node.named_children))
    return names


def pattern_names(node: Node) -> list[Node]:
    """The identifiers that a ``case`` pattern binds."""
    names: list[Node] = []
    stack = [node]
    while stack:
        node = stack.pop()
        kind = node.type
        if kind == "dotted_name":
            if node.named_child_count == 1:
                names.append(node.named_children[0])
        elif kind == "identifier":
            names.append(node)
        elif kind in ("class_pattern", "keyword_pattern"):
            stack.extend(reversed(node.named_children[1:]))
        elif kind not in ("string", "concatenated_string", "comment"):
            stack.extend(reversed(node.named_children))
    return names


def _add(node: Node, kind: str, found: Declared) -> None:
    text = node.text
    if text:
        found.names.setdefault(intern(text.decode("utf-8", "replace")), (node, kind))


def _field_name(node: Node, kind: str, found: Declared) -> None:
    name = node.child_by_field_name("name")
    if name is not None:
        _add(name, kind, found)


def _targets(node: Node | None, found: Declared) -> None:
    if node is None:
        return
    if node.type == "identifier":
        _add(node, "var", found)
        return
    for name in target_names(node):
        _add(name, "var", found)


_ASSIGNMENTS = frozenset(("assignment", "augmented_assignment"))


def _expression_statement(node: Node, found: Declared) -> None:
    for child in node.named_children:
        expression: Node | None = child
        while expression is not None and expression.type in _ASSIGNMENTS:
            _targets(expression.child_by_field_id(LEFT), found)
            expression = expression.child_by_field_id(RIGHT)


def _decorated(node: Node, found: Declared) -> None:
    definition = node.child_by_field_name("definition")
    if definition is not None:
        _field_name(definition, "class" if definition.type == "class_definition" else "function", found)


def _import(node: Node, found: Declared) -> None:
    for child in node.children_by_field_name("name"):
        if child.type == "aliased_import":
            alias = child.child_by_field_name("alias")
            if alias is not None:
                _add(alias, "import", found)
        elif child.named_child_count:
            _add(child.named_children[0], "import", found)


def _for(node: Node, found: Declared) -> None:
    _targets(node.child_by_field_name("left"), found)


def _as_pattern(node: Node, found: Declared) -> None:
    alias = node.child_by_field_name("alias")
    parent = node.parent
    if alias is None:
        return
    for name in target_names(alias):
        _add(name, "catch" if parent is not None and parent.type.startswith("except") else "var", found)


def _case(node: Node, found: Declared) -> None:
    for child in node.named_children:
        if child.type == "case_pattern":
            for name in pattern_names(child):
                _add(name, "var", found)


def _global(node: Node, found: Declared) -> None:
    found.globals.update(_identifiers(node))


def _nonlocal(node: Node, found: Declared) -> None:
    found.nonlocals.update(_identifiers(node))


def _identifiers(node: Node) -> set[str]:
    return {(child.text or b"").decode("utf-8", "replace") for child in node.named_children}


def _delete(node: Node, found: Declared) -> None:
    for child in node.named_children:
        _targets(child, found)


def _type_alias(node: Node, found: Declared) -> None:
    name = alias_name(node)
    if name is not None:
        _add(name, "type", found)


def alias_name(node: Node) -> Node | None:
    """The name that a ``type X[T] = …`` statement binds."""
    current = node.child_by_field_name("left")
    while current is not None and current.type in ("type", "generic_type", "subscript"):
        current = current.named_children[0] if current.named_child_count else None
    return current if current is not None and current.type == "identifier" else None


_TARGETS = frozenset(
    (
        "pattern_list",
        "tuple_pattern",
        "list_pattern",
        "tuple",
        "list",
        "expression_list",
        "list_splat_pattern",
        "list_splat",
        "parenthesized_expression",
        "as_pattern_target",
    )
)
_STEPS = {
    "expression_statement": _expression_statement,
    "function_definition": lambda node, found: _field_name(node, "function", found),
    "class_definition": lambda node, found: _field_name(node, "class", found),
    "decorated_definition": _decorated,
    "import_statement": _import,
    "import_from_statement": _import,
    "future_import_statement": _import,
    "for_statement": _for,
    "as_pattern": _as_pattern,
    "case_clause": _case,
    "global_statement": _global,
    "nonlocal_statement": _nonlocal,
    "delete_statement": _delete,
    "type_alias_statement": _type_alias,
}
_WITH_BLOCKS = frozenset(("for_statement", "case_clause"))
_BLOCKS = frozenset(
    (
        "module",
        "block",
        "ERROR",
        "if_statement",
        "elif_clause",
        "else_clause",
        "while_statement",
        "try_statement",
        "except_clause",
        "except_group_clause",
        "finally_clause",
        "with_statement",
        "with_clause",
        "with_item",
        "match_statement",
    )
)
