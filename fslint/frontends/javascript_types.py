"""TypeScript's types: what is written after a colon."""

from __future__ import annotations

from tree_sitter import Node

from ..facts import (
    ArrayType,
    Field,
    FunctionType,
    Global,
    IndexedType,
    KeyofType,
    Literal,
    LiteralType,
    Member,
    ModuleRef,
    Name,
    NamedType,
    ObjectType,
    Type,
    TypeofType,
    UnionType,
    Unknown,
    UnknownType,
    Value,
)
from .javascript_literals import key_text, property_key, string, string_text
from .javascript_walk import COMMENTS, PUNCTUATION, TypeHandler, Walk

_ARRAYS = frozenset({"Array", "ReadonlyArray"})
_SKIPPED = PUNCTUATION | {"?:", "-?:", "+?:", "readonly", "<", ">", "|", "&", "?", "extends", "=>", "..."}


def _inner(node: Node) -> list[Node]:
    return [child for child in node.children if child.type not in _SKIPPED]


def _annotation(walk: Walk, node: Node) -> Type:
    """``: T``, parentheses, ``readonly T``, ``?T``: the type within."""
    for part in reversed(node.children):
        if part.type not in _SKIPPED:
            return walk.type_of(part)
    return UnknownType(node.start_byte, node.end_byte)


def _predefined(walk: Walk, node: Node) -> Type:
    start, end = node.start_byte, node.end_byte
    return NamedType(start, end, Global(start, end, walk.text(node)))


def _predicate(walk: Walk, node: Node) -> Type:
    start, end = node.start_byte, node.end_byte
    return NamedType(start, end, Global(start, end, "boolean"))


def type_name(walk: Walk, node: Node) -> Value:
    """The head of a named type as a value."""
    start, end = node.start_byte, node.end_byte
    kind = node.type
    if kind == "identifier" or kind == "type_identifier":
        name = walk.text(node)
        if name.startswith("import("):  # written over for the grammar (javascript._MODERN)
            return ModuleRef(start, end, name[7:-1].strip()[1:-1])
        index = walk.find_type(name)
        if index < 0 and kind == "identifier":
            index = walk.find(name)
        return Name(start, end, index) if index >= 0 else Global(start, end, name)
    if kind in ("nested_type_identifier", "nested_identifier", "member_expression"):
        parts = [child for child in node.children if child.type not in COMMENTS and child.type != "."]
        if len(parts) >= 2 and walk.depth < 150:
            walk.depth += 1
            owner = type_name(walk, parts[0])
            walk.depth -= 1
            last = parts[-1]
            key = Literal(last.start_byte, last.end_byte, walk.text(last))
            return Member(start, end, owner, key)
    if kind == "call_expression":
        for child in node.children:
            if child.type == "arguments":
                for item in child.children:
                    if item.type == "string":
                        return ModuleRef(start, end, string_text(walk, item))
    if kind == "generic_type" and node.children and walk.depth < 150:
        return type_name(walk, node.children[0])
    return Unknown(start, end, kind)


def _named(walk: Walk, node: Node) -> Type:
    return NamedType(node.start_byte, node.end_byte, type_name(walk, node))


def _generic(walk: Walk, node: Node) -> Type:
    name: Value | None = None
    arguments: tuple[Type, ...] = ()
    for child in node.children:
        form = child.type
        if form == "type_arguments":
            arguments = tuple([walk.type_of(item) for item in _inner(child)])
        elif name is None and form not in COMMENTS:
            name = type_name(walk, child)
    if name is None:
        return UnknownType(node.start_byte, node.end_byte)
    if len(arguments) == 1 and type(name) is Global and name.name in _ARRAYS:
        return ArrayType(node.start_byte, node.end_byte, arguments[0])
    return NamedType(node.start_byte, node.end_byte, name, arguments)


def _union(walk: Walk, node: Node) -> Type:
    """``A | B | C``, left-nested in the tree, flat here."""
    start, end = node.start_byte, node.end_byte
    last_first: list[Node] = []
    while node.type == "union_type":
        parts = _inner(node)
        if not parts:
            break
        if len(parts) == 1:
            node = parts[0]
            continue
        last_first.extend(reversed(parts[1:]))
        node = parts[0]
    if node.type != "union_type":
        last_first.append(node)
    items = [walk.type_of(item) for item in reversed(last_first)]
    if len(items) == 1:
        return items[0]
    return UnionType(start, end, tuple(items))


def _literal(walk: Walk, node: Node) -> Type:
    start, end = node.start_byte, node.end_byte
    for child in node.children:
        form = child.type
        if form == "null" or form == "undefined":
            return NamedType(start, end, Global(start, end, form))
        if form not in COMMENTS:
            return LiteralType(start, end, string(walk, child) if form == "string" else walk.lower(child))
    return UnknownType(start, end)


def _array(walk: Walk, node: Node) -> Type:
    parts = _inner(node)
    if not parts:
        return UnknownType(node.start_byte, node.end_byte)
    return ArrayType(node.start_byte, node.end_byte, walk.type_of(parts[0]))


def _object(walk: Walk, node: Node) -> Type:
    if any(child.type == "index_signature" and _is_mapped(child) for child in node.children):
        return UnknownType(node.start_byte, node.end_byte)
    return ObjectType(node.start_byte, node.end_byte, tuple(members(walk, node)))


def _is_mapped(node: Node) -> bool:
    return any(child.type == "mapped_type_clause" for child in node.children)


def members(walk: Walk, node: Node) -> list[Field]:
    """The members of an interface's body or an object type."""
    fields = []
    for child in node.named_children:
        if child.type in _SIGNATURES:
            field = signature(walk, child)
            if field is not None:
                fields.append(field)
    return fields


_SIGNATURES = frozenset({"property_signature", "method_signature", "index_signature", "abstract_method_signature"})
_KEYS = frozenset({
    "property_identifier", "private_property_identifier", "string", "number", "computed_property_name",
})  # fmt: skip


def signature(walk: Walk, node: Node) -> Field | None:
    """A member that is declared only: property, method or index signature."""
    start, end = node.start_byte, node.end_byte
    if node.type == "index_signature":
        annotation = next((child for child in node.children if child.type.endswith("type_annotation")), None)
        return Field(start, end, "", "index", None, walk.type_of(annotation) if annotation else None)
    kind = "field" if node.type == "property_signature" else "method"
    key: Node | None = None
    optional = static = False
    declared: Type | None = None
    for child in node.children:
        form = child.type
        if form in _KEYS:
            key = key or child
        elif form == "type_annotation":
            if kind != "method":
                declared = walk.type_of(child)
        elif form == "?":
            optional = True
        elif form == "static":
            static = True
        elif form == "get":
            kind = "getter"
        elif form == "set":
            kind = "setter"
    if key is None:
        return None
    if kind == "method":
        declared = _function(walk, node)
    return Field(start, end, key_text(property_key(walk, key)), kind, None, declared, static, optional)


def _function(walk: Walk, node: Node) -> Type:
    """``(a: A) => R``, also a method's signature."""
    params: tuple[Type, ...] = ()
    result: Type | None = None
    for child in node.children:
        kind = child.type
        if kind == "formal_parameters":
            params = tuple(
                _param(walk, item)
                for item in child.children
                if item.type in ("required_parameter", "optional_parameter") and not _is_this(item)
            )
        elif kind in walk.type_handlers and child.is_named:
            result = walk.type_of(child)
    return FunctionType(node.start_byte, node.end_byte, params, result or UnknownType(node.end_byte, node.end_byte))


def _is_this(node: Node) -> bool:
    return any(child.type == "this" for child in node.children)


def _param(walk: Walk, node: Node) -> Type:
    for child in node.children:
        if child.type == "type_annotation":
            return walk.type_of(child)
    return UnknownType(node.start_byte, node.end_byte)


def _typeof(walk: Walk, node: Node) -> Type:
    parts = [child for child in node.children if child.type not in COMMENTS and child.type != "typeof"]
    if not parts:
        return UnknownType(node.start_byte, node.end_byte)
    return TypeofType(node.start_byte, node.end_byte, _queried(walk, parts[0]))


def _queried(walk: Walk, node: Node) -> Value:
    """The value after ``typeof`` in a type: a name as a value first, then what only a type import declares."""
    start, end = node.start_byte, node.end_byte
    if node.type == "identifier":
        name = walk.text(node)
        index = walk.find(name)
        if index < 0:
            index = walk.find_type(name)
        return Name(start, end, index) if index >= 0 else Global(start, end, name)
    if node.type == "member_expression" and walk.depth < 150:
        parts = [child for child in node.children if child.type not in COMMENTS and child.type not in (".", "?.")]
        if len(parts) >= 2:
            walk.depth += 1
            owner = _queried(walk, parts[0])
            walk.depth -= 1
            last = parts[-1]
            return Member(start, end, owner, Literal(last.start_byte, last.end_byte, walk.text(last)))
    if node.type == "call_expression":
        return type_name(walk, node)
    return walk.lower(node)


def _keyof(walk: Walk, node: Node) -> Type:
    parts = [child for child in _inner(node) if child.type != "keyof"]
    if not parts or not any(child.type == "keyof" for child in node.children):
        return UnknownType(node.start_byte, node.end_byte)
    return KeyofType(node.start_byte, node.end_byte, walk.type_of(parts[-1]))


def _lookup(walk: Walk, node: Node) -> Type:
    """``T[K]``; ``T[keyof T]`` and ``T[number]`` are any member."""
    parts = _inner(node)
    if len(parts) < 2:
        return UnknownType(node.start_byte, node.end_byte)
    key: Type | None = walk.type_of(parts[1])
    if type(key) is KeyofType or (
        type(key) is NamedType and type(key.name) is Global and key.name.name in ("number", "string")
    ):
        key = None
    return IndexedType(node.start_byte, node.end_byte, walk.type_of(parts[0]), key)


def _unknown(walk: Walk, node: Node) -> Type:
    return UnknownType(node.start_byte, node.end_byte)


TYPES: dict[str, TypeHandler] = {
    "type_annotation": _annotation,
    "opting_type_annotation": _annotation,
    "omitting_type_annotation": _annotation,
    "adding_type_annotation": _annotation,
    "parenthesized_type": _annotation,
    "readonly_type": _annotation,
    "constraint": _annotation,
    "default_type": _annotation,
    "optional_type": _annotation,
    "predefined_type": _predefined,
    "this_type": _predefined,
    "type_predicate": _predicate,
    "type_predicate_annotation": _predicate,
    "asserts": _unknown,
    "asserts_annotation": _unknown,
    "type_identifier": _named,
    "nested_type_identifier": _named,
    "generic_type": _generic,
    "union_type": _union,
    "literal_type": _literal,
    "array_type": _array,
    "object_type": _object,
    "function_type": _function,
    "type_query": _typeof,
    "index_type_query": _keyof,
    "lookup_type": _lookup,
    "intersection_type": _unknown,
    "conditional_type": _unknown,
    "template_literal_type": _unknown,
    "tuple_type": _unknown,
    "constructor_type": _unknown,
    "infer_type": _unknown,
    "existential_type": _unknown,
    "flow_maybe_type": _annotation,
    "rest_type": _unknown,
}
