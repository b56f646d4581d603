"""Imports, exports, namespaces and ambient declarations."""

from __future__ import annotations

import re

from tree_sitter import Node

from ..facts import ClassRef, Entry, Export, Global, Import, Literal, Name, Object, Value
from .javascript_bindings import hoist, hoist_vars
from .javascript_functions import class_declaration, function_declaration, interface, read_class
from .javascript_literals import string_text
from .javascript_types import type_name
from .javascript_walk import PUNCTUATION, Scope, StatementHandler, Walk, named_children


def _source(walk: Walk, node: Node) -> str | None:
    """The specifier of an import or export, if it has one."""
    for child in node.children:
        if child.type == "string":
            return string_text(walk, child)
    return None


def _name(walk: Walk, node: Node) -> str:
    return string_text(walk, node) if node.type == "string" else walk.text(node)


# ----------------------------------------------------------------------------------------------------------- imports


def _import(walk: Walk, node: Node) -> str:
    specifier: str | None = None
    clause: Node | None = None
    required: Node | None = None
    type_only = False
    for child in node.children:
        form = child.type
        if form == "string":
            specifier = specifier if specifier is not None else string_text(walk, child)
        elif form == "import_clause":
            clause = clause or child
        elif form == "import_require_clause":
            required = required or child
        elif form == "type" or form == "typeof":
            type_only = True
    if required is not None:
        return _import_require(walk, required, type_only)
    if specifier is None:
        return ""
    rows = len(walk.imports)
    if clause is not None:
        _import_clause(walk, clause, specifier, type_only)
    if len(walk.imports) == rows:
        walk.imports.append(Import(node.start_byte, node.end_byte, specifier, "", -1, "import", type_only))
    return ""


def _import_clause(walk: Walk, clause: Node, specifier: str, type_only: bool) -> None:
    for child in clause.children:
        kind = child.type
        if kind == "identifier":
            _add_import(walk, child, child, specifier, "default", type_only)
        elif kind == "namespace_import":
            for item in child.children:
                if item.type == "identifier":
                    _add_import(walk, child, item, specifier, "*", type_only)
        elif kind == "named_imports":
            for item in child.named_children:
                if item.type != "import_specifier":
                    continue
                first: Node | None = None
                local: Node | None = None
                only, last = False, ""
                for part in item.children:
                    form = part.type
                    if form in _IMPORTED:
                        first, local, last = first or part, part, form
                    elif form == "type" or form == "typeof":
                        only = True
                if first is not None and local is not None:
                    only = type_only or (only and last != "default")
                    _add_import(walk, item, local, specifier, _name(walk, first), only)


_IMPORTED = frozenset({"identifier", "string", "default"})


def _add_import(walk: Walk, place: Node, local: Node, specifier: str, name: str, type_only: bool) -> None:
    text = walk.text(local)
    binding = walk.find_type(text)
    row = Import(place.start_byte, place.end_byte, specifier, name, binding, "import", type_only)
    if binding >= 0:
        walk.bindings[binding].imported = len(walk.imports)
    walk.imports.append(row)


def _import_require(walk: Walk, node: Node, type_only: bool) -> str:
    """``import x = require('y')``."""
    specifier = _source(walk, node)
    local = next((child for child in node.children if child.type == "identifier"), None)
    if specifier is not None and local is not None:
        binding = walk.find(walk.text(local))
        walk.bindings[binding].imported = len(walk.imports)
        row = Import(node.start_byte, node.end_byte, specifier, "*", binding, "require", type_only)
        walk.imports.append(row)
    return ""


def _import_alias(walk: Walk, node: Node) -> str:
    """``import x = A.B``."""
    parts = [child for child in node.children if child.type not in PUNCTUATION and child.type not in ("import", "=")]
    if len(parts) >= 2:
        binding = walk.find(walk.text(parts[0]))
        if binding >= 0:
            walk.assign(binding, node, type_name(walk, parts[-1]))
    return ""


# ----------------------------------------------------------------------------------------------------------- exports


_TYPE_EXPORT = re.compile(rb"export\s+type\s*\*")
"""A form that the grammar does not know (see ``javascript._MODERN``)."""


def _export(walk: Walk, node: Node) -> str:
    forms = {child.type for child in node.children}
    specifier = None if "default" in forms or "=" in forms else _source(walk, node)
    type_only = "type" in forms or _TYPE_EXPORT.match(walk.data, node.start_byte) is not None
    start, end = node.start_byte, node.end_byte
    if specifier is not None:
        _reexport(walk, node, specifier, type_only)
    elif "export_clause" in forms:
        _export_clause(walk, node, type_only)
    elif "default" in forms:
        _export_default(walk, node)
    elif "=" in forms:
        for child in node.children:
            if child.type in walk.value_handlers:
                walk.exports.append(Export(start, end, "=", walk.lower(child)))
    elif "namespace" not in forms or "as" not in forms:
        decorators = [child for child in node.children if child.type == "decorator"]
        for child in node.children:
            if child.type not in ("export", "decorator"):
                _export_declaration(walk, child, decorators)
    return ""


def _reexport(walk: Walk, node: Node, specifier: str, type_only: bool) -> None:
    start, end = node.start_byte, node.end_byte
    for child in node.children:
        if child.type == "namespace_export":
            for item in child.children:
                if item.type in ("identifier", "string"):
                    _add_reexport(walk, child, specifier, _name(walk, item), "*", type_only)
            return
        if child.type == "export_clause":
            for item in child.children:
                if item.type == "export_specifier":
                    names = _specifier_names(walk, item)
                    if names is not None:
                        _add_reexport(walk, item, specifier, names[1], names[0], type_only or names[2])
            return
    walk.exports.append(Export(start, end, "*", None, specifier, "*", type_only))
    walk.imports.append(Import(start, end, specifier, "*", -1, "export", type_only))


def _add_reexport(walk: Walk, node: Node, specifier: str, name: str, imported: str, type_only: bool) -> None:
    start, end = node.start_byte, node.end_byte
    walk.exports.append(Export(start, end, name, None, specifier, imported, type_only))
    walk.imports.append(Import(start, end, specifier, imported, -1, "export", type_only))


def _specifier_names(walk: Walk, node: Node) -> tuple[str, str, bool] | None:
    """(inner name, exported name, ``type`` only) of an export specifier."""
    parts = [child for child in node.children if child.type in ("identifier", "string", "default")]
    if not parts:
        return None
    only = any(child.type == "type" for child in node.children)
    return _name(walk, parts[0]), _name(walk, parts[-1]), only


def _export_clause(walk: Walk, node: Node, type_only: bool) -> None:
    for child in node.children:
        if child.type != "export_clause":
            continue
        for item in child.children:
            names = _specifier_names(walk, item) if item.type == "export_specifier" else None
            if names is None:
                continue
            local = next(part for part in item.children if part.type in ("identifier", "string", "default"))
            index = walk.find(names[0])
            only = type_only or names[2]
            if index < 0 or only:
                as_type = walk.find_type(names[0])
                only = only or as_type >= 0
                index = as_type if as_type >= 0 else index
            if index >= 0:
                value: Value = Name(local.start_byte, local.end_byte, index)
            else:
                walk.globals[names[0]] = None
                value = Global(local.start_byte, local.end_byte, names[0])
            walk.exports.append(Export(item.start_byte, item.end_byte, names[1], value, "", "", only))


_FUNCTIONS = frozenset({"function_declaration", "generator_function_declaration"})
_CLASSES = frozenset({"class_declaration", "abstract_class_declaration"})


def _export_default(walk: Walk, node: Node) -> None:
    start, end = node.start_byte, node.end_byte
    decorators = [child for child in node.children if child.type == "decorator"]
    for child in node.children:
        kind = child.type
        value: Value | None = None
        if kind in _FUNCTIONS:
            value = _named(walk, child, function_declaration(walk, child))
        elif kind in _CLASSES:
            value = _named(walk, child, class_declaration(walk, child, decorators))
        elif kind == "class":
            value = ClassRef(child.start_byte, child.end_byte, read_class(walk, child, decorators, True))
        elif kind == "interface_declaration":
            value = _named(walk, child, interface(walk, child))
            walk.exports.append(Export(start, end, "default", value, "", "", True))
            return
        elif kind == "function_signature":
            continue
        elif kind in walk.value_handlers:
            value = walk.lower(child)
        if value is not None:
            walk.give_name(value, "default", child.start_byte, child.start_byte)
            walk.exports.append(Export(start, end, "default", value))
            return


def _named(walk: Walk, node: Node, value: Value) -> Value:
    """A declaration's name instead of what it declares, if it has one."""
    for child in node.children:
        if child.type in ("identifier", "type_identifier"):
            index = walk.find(walk.text(child))
            if index < 0:
                index = walk.find_type(walk.text(child))
            return Name(child.start_byte, child.end_byte, index) if index >= 0 else value
        if child.type in ("formal_parameters", "class_body", "class_heritage"):
            break
    return value


def _export_declaration(walk: Walk, node: Node, decorators: list[Node]) -> None:
    kind = node.type
    if kind == "ambient_declaration":
        for child in node.children:
            if child.type not in ("declare", "comment"):
                if child.type in _CLASSES or child.type in ("interface_declaration", "type_alias_declaration"):
                    _export_declaration(walk, child, decorators)
                else:
                    _ambient(walk, node)
                    _export_names(walk, child)
        return
    if kind in _CLASSES:
        class_declaration(walk, node, decorators)
    elif kind in walk.statement_handlers:
        walk.statement_handlers[kind](walk, node)
    elif node.child_count:
        walk.lower_unknown(node)
    _export_names(walk, node)


_TYPE_DECLARATIONS = frozenset({"interface_declaration", "type_alias_declaration"})
_NAMES = frozenset({"identifier", "type_identifier"})


def _export_names(walk: Walk, node: Node) -> None:
    """Exports of every name that a declaration declares."""
    for name in _declared(node):
        text = walk.text(name)
        type_only = node.type in _TYPE_DECLARATIONS
        index = walk.find_type(text) if type_only else walk.find(text)
        if index < 0:
            index = walk.find_type(text)
        if index >= 0:
            value = Name(name.start_byte, name.end_byte, index)
            walk.exports.append(Export(name.start_byte, name.end_byte, text, value, "", "", type_only))


def _declared(node: Node) -> list[Node]:
    if node.type == "expression_statement" and node.children:
        node = node.children[0]
    if node.type in ("lexical_declaration", "variable_declaration"):
        names: list[Node] = []
        for child in node.children:
            if child.type == "variable_declarator":
                names.extend(pattern_names(child.children[0]))
        return names
    for child in node.children:
        if child.type in _NAMES:
            return [child]
        if child.type == "nested_identifier":
            first = child
            while first.type == "nested_identifier" and first.children:
                first = first.children[0]
            return [first]
    return []


def pattern_names(node: Node) -> list[Node]:
    """The identifiers that a pattern binds, in order."""
    found = []
    stack = [node]
    while stack:
        node = stack.pop()
        kind = node.type
        if kind in ("identifier", "shorthand_property_identifier_pattern"):
            found.append(node)
        elif kind in ("object_pattern", "array_pattern", "rest_pattern"):
            stack.extend(child for child in node.children[::-1] if child.type not in PUNCTUATION)
        elif kind == "pair_pattern":
            stack.append(node.children[-1])
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            stack.append(node.children[0])
    return found


# ------------------------------------------------------------------------------------------- namespaces, declarations


def _namespace(walk: Walk, node: Node) -> str:
    """``namespace N { export const x }``: its binding is an object of what it exports."""
    name: Node | None = None
    body: Node | None = None
    for child in node.children:
        if child.type in ("identifier", "nested_identifier"):
            name = child
        elif child.type == "statement_block":
            body = child
    if name is None or body is None:
        return ""
    path = []
    while name.type == "nested_identifier":
        parts = named_children(name)
        path.append(parts[-1])
        name = parts[0]
    outer, outer_vars, exports = walk.scope, walk.var_scope, walk.exports
    walk.scope = walk.var_scope = Scope(outer)
    walk.exports = []
    hoist_vars(walk, body.children)
    hoist(walk, body.children)
    walk.run_all(body.children)
    entries = [
        Entry(row.start, row.end, Literal(row.start, row.end, row.name), row.value)
        for row in walk.exports
        if row.value is not None
    ]
    walk.scope, walk.var_scope, walk.exports = outer, outer_vars, exports
    value: Value = Object(body.start_byte, body.end_byte, tuple(entries))
    for part in path:
        key = Literal(part.start_byte, part.end_byte, walk.text(part))
        value = Object(body.start_byte, body.end_byte, (Entry(part.start_byte, body.end_byte, key, value),))
    index = walk.find(walk.text(name))
    if index >= 0:
        walk.assign(index, node, value)
    return ""


def _ambient(walk: Walk, node: Node) -> str:
    """``declare …`` declares types, and values only where exported (hoisting saw to that)."""
    for child in node.children:
        kind = child.type
        if kind in _CLASSES:
            class_declaration(walk, child)
        elif kind in ("interface_declaration", "type_alias_declaration", "enum_declaration"):
            walk.statement_handlers[kind](walk, child)
        elif kind in ("lexical_declaration", "variable_declaration"):
            _ambient_types(walk, child)
    return ""


def _ambient_types(walk: Walk, node: Node) -> None:
    for child in node.children:
        if child.type == "variable_declarator":
            parts = child.children
            annotation = next((part for part in parts if part.type == "type_annotation"), None)
            index = walk.find(walk.text(parts[0])) if parts[0].type == "identifier" else -1
            if annotation is not None and index >= 0 and walk.bindings[index].start == parts[0].start_byte:
                walk.bindings[index].type = walk.type_of(annotation)


STATEMENTS: dict[str, StatementHandler] = {
    "import_statement": _import,
    "import_alias": _import_alias,
    "export_statement": _export,
    "internal_module": _namespace,
    "module": _namespace,
    "ambient_declaration": _ambient,
}
