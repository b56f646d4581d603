"""JavaScript's expressions as values; calls, awaits and the like are recorded on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from sys import intern

from tree_sitter import Node

from ..facts import (
    Argument,
    Array,
    Await,
    AwaitFact,
    Binary,
    CallRef,
    Cast,
    ClassRef,
    Element,
    Entry,
    FunctionRef,
    Global,
    Import,
    Literal,
    Member,
    ModuleRef,
    Object,
    OneOf,
    Return,
    Spread,
    Template,
    This,
    Unary,
    Unknown,
    Value,
)
from .javascript_functions import method
from .javascript_literals import is_text, key_text, number, number_of, property_key, raw_string, string, unescape
from .javascript_snippet import is_snippet
from .javascript_walk import COMMENTS, NAMED, PUNCTUATION, RESULTS, ValueHandler, Walk, named_children
from .syntax import kids, names_key, utf8

_LOGICAL = {"||": "or", "&&": "and", "??": "nullish"}
_NO_KEY = frozenset({"ERROR", "."})
_OPTIONAL = frozenset({"optional_chain", "?."})
_TRANSPARENT = frozenset({"freeze", "seal", "preventExtensions"})
_MAX_NESTED = 64
"""Binary operations nested in one value; a longer chain is unknown (sums of texts are flat and have no limit)."""
_MAX_TESTED = 32
"""Operands of one ``&&`` chain that are kept as the test of the next."""

# ------------------------------------------------------------------------------------------------------------ names


def _this(walk: Walk, node: Node) -> Value:
    if walk.this_class >= 0:
        return ClassRef(node.start_byte, node.end_byte, walk.this_class)
    return This(node.start_byte, node.end_byte, walk.this_function)


def _super(walk: Walk, node: Node) -> Value:
    return Global(node.start_byte, node.end_byte, "super")


def _meta(walk: Walk, node: Node) -> Value:
    return Global(node.start_byte, node.end_byte, re.sub(r"\s+", "", walk.text(node)))


def _constant(value: bool | None) -> ValueHandler:
    return lambda walk, node: Literal(node.start_byte, node.end_byte, value)


def _private(walk: Walk, node: Node) -> Value:
    return Literal(node.start_byte, node.end_byte, walk.text(node))


def _regex(walk: Walk, node: Node) -> Value:
    for child in node.children:
        if child.type == "regex_pattern":
            return Literal(node.start_byte, node.end_byte, walk.text(child), "regex")
    return Literal(node.start_byte, node.end_byte, "", "regex")


def _template(walk: Walk, node: Node) -> Value:
    """A template string: ``Literal`` where all its parts are known."""
    start, end = node.start_byte, node.end_byte
    parts: list[Value] = []
    at = start + 1
    for child in node.children:
        if child.type == "template_substitution":
            _add_text(walk, parts, at, child.start_byte)
            inner = kids(child)
            if inner:
                # `Basic ${btoa('…')}` binds what it encodes to the header's name.
                value = walk.lower_bound(inner[-1], walk.bound_name if inner[-1].type == "call_expression" else "")
                parts.extend(value.parts if type(value) is Template else (value,))
            else:
                parts.append(Unknown(child.start_byte, child.end_byte, "empty"))
            at = child.end_byte
    last = end - 1 if end - start > 1 and walk.source[end - 1] == "`" else end
    if not parts:
        return walk.literal(unescape(utf8(walk.source[at:last])), start, end)
    _add_text(walk, parts, at, last)
    if all(isinstance(part, Literal) and is_text(part) for part in parts):
        return walk.literal("".join(key_text(part) for part in parts), start, end, True)
    return Template(start, end, tuple(parts), "template")


def _add_text(walk: Walk, parts: list[Value], start: int, end: int) -> None:
    if end > start:
        parts.append(walk.literal(unescape(utf8(walk.source[start:end])), start, end))


# ------------------------------------------------------------------------------------- members and calls, in a chain


def _chain(walk: Walk, node: Node) -> Value:
    """``a.b[c]?.(d)!.e`` from the left; a loop, because chains of hundreds of links exist."""
    if walk.has_snippet and is_snippet(walk, node):
        walk.snippets.append((node.start_byte, node.end_byte))
        return Unknown(node.start_byte, node.end_byte, "snippet")
    spine: list[tuple[_Link, Node, list[Node], int]] = []
    start = node.start_byte
    kind = node.type
    while (link := _LINKS.get(kind)) is not None:
        children = node.children
        spine.append((link, node, children, start))
        for first in children:
            kind = first.type
            if kind not in COMMENTS:
                break
            start = first.end_byte
        else:
            return walk.lower_unknown(node)
        node = first
        if start != spine[-1][3]:
            start = node.start_byte
    value: Value
    if kind == "identifier":
        value = walk.identifier(node)
    elif kind == "import":
        value = Global(start, node.end_byte, "import")
    else:
        value = walk.lower_bound(node, "")
    for link, node, children, start in reversed(spine):
        value = link(walk, node, children, start, value)
    return value


def _member(walk: Walk, node: Node, children: list[Node], start: int, target: Value) -> Value:
    last = children[-1]
    if type(target) in RESULTS:
        walk.mark(target, "member")
    if len(children) < 2 or last.type in _NO_KEY:
        return Unknown(start, node.end_byte, "member_expression")
    key_start, end = last.start_byte, last.end_byte
    key = Literal(key_start, end, walk.words[walk.source[key_start:end]])
    return Member(start, end, target, key, False, walk.has_optional and _is_optional(children[1:-1]))


def _is_optional(nodes: list[Node]) -> bool:
    for node in nodes:  # noqa: SIM110 (a generator would take longer than the loop)
        if node.type in _OPTIONAL:
            return True
    return False


def _subscript(walk: Walk, node: Node, children: list[Node], start: int, target: Value) -> Value:
    walk.mark(target, "member")
    inner = [child for child in children[1:] if child.type not in PUNCTUATION]
    optional = _is_optional(inner)
    inner = [child for child in inner if child.type not in _OPTIONAL]
    if not inner:
        return Unknown(start, node.end_byte, "subscript_expression")
    key = walk.lower_bound(inner[-1], "")
    return Member(start, node.end_byte, target, key, True, optional)


def _non_null(walk: Walk, node: Node, children: list[Node], start: int, target: Value) -> Value:
    return target


def _call(walk: Walk, node: Node, children: list[Node], start: int, callee: Value) -> Value:
    last = children[-1]
    form = last.type
    if form == "template_string":
        return _tagged(walk, node, callee, last)
    nodes = kids(last) if form == "arguments" else []
    if type(callee) is Global:
        if callee.name == "import" or callee.name == "require":
            module = _module(walk, node, callee.name, nodes)
            if module is not None:
                return module
    elif type(callee) is Member and type(callee.object) is Global and callee.object.name == "Object" and nodes:
        name = key_text(callee.key)
        if name in _TRANSPARENT:
            return walk.lower(nodes[0])
        if name == "assign" and nodes[0].type == "object":
            return _merged(walk, node, nodes)
    end = node.end_byte
    index = walk.open_call(start, end, "call")
    call = walk.calls[index]
    call.callee = callee
    call.optional = len(children) > 2 and _is_optional(children)
    call.arguments_start = last.start_byte
    if type(callee) is Member:
        if type(callee.object) in RESULTS:
            _mark_receiver(walk, callee.object, index)
    elif type(callee) in RESULTS:
        walk.mark(callee, "callee", index)
    call.args = _arguments(walk, index, nodes)
    return CallRef(start, end, index)


def _mark_receiver(walk: Walk, value: Value, index: int) -> None:
    """``f().catch(…)``: the result of f is used by the second call."""
    while type(value) is Cast:
        value = value.value
    if type(value) is CallRef:
        row = walk.calls[value.call]
        if row.use == "member" and row.target < 0:
            row.target = index
    elif type(value) is OneOf:
        for item in value.values:
            _mark_receiver(walk, item, index)


def _arguments(walk: Walk, index: int, nodes: list[Node]) -> tuple[Argument, ...]:
    if not nodes:
        return ()
    name = walk.bound_name
    if len(nodes) != 1:
        walk.bound_name = ""
    arguments = []
    for position, node in enumerate(nodes):
        value = walk.lower(node)
        if type(value) in RESULTS:
            walk.mark(value, "argument", index, position)
        arguments.append(Argument(node.start_byte, node.end_byte, value))
    walk.bound_name = name
    return tuple(arguments)


def _tagged(walk: Walk, node: Node, callee: Value, template: Node) -> Value:
    index = walk.open_call(node.start_byte, node.end_byte, "tag")
    call = walk.calls[index]
    call.callee = callee
    call.arguments_start = template.start_byte
    if type(callee) is Member:
        _mark_receiver(walk, callee.object, index)
    value = walk.lower_bound(template, "")
    call.args = (Argument(template.start_byte, template.end_byte, value),)
    return CallRef(node.start_byte, node.end_byte, index)


def _module(walk: Walk, node: Node, how: str, nodes: list[Node]) -> Value | None:
    """``require('x')`` and ``import('x')``; None for a require of a computed path."""
    if nodes:
        first = raw_string(walk, nodes[0]) if nodes[0].type == "string" else None
        if first is None and nodes[0].type == "template_string":
            lowered = walk.lower(nodes[0])
            first = lowered if isinstance(lowered, Literal) and is_text(lowered) else None
        if first is not None:
            specifier = key_text(first)
            row = Import(
                node.start_byte, node.end_byte, specifier, "*", -1, "require" if how == "require" else "dynamic"
            )
            walk.imports.append(row)
            return ModuleRef(node.start_byte, node.end_byte, specifier)
    if how == "require":
        return None
    for item in nodes:
        walk.lower(item)
    return Unknown(node.start_byte, node.end_byte, "import")


def _merged(walk: Walk, node: Node, nodes: list[Node]) -> Value:
    """``Object.assign({…}, a, b)``: an object with spreads."""
    entries: list[Entry] = []
    for item in nodes:
        value = walk.lower_bound(item, "")
        if type(value) is Spread:
            entries.append(Entry(item.start_byte, item.end_byte, None, Element(value.start, value.end, value.value)))
        else:
            _spread_entries(walk, entries, item, value, False)
    return Object(node.start_byte, node.end_byte, tuple(entries))


_Link = Callable[[Walk, Node, list[Node], int, Value], Value]
_LINKS: dict[str, _Link] = {
    "call_expression": _call,
    "member_expression": _member,
    "subscript_expression": _subscript,
    "non_null_expression": _non_null,
}


def _new(walk: Walk, node: Node) -> Value:
    children = named_children(node)
    arguments = children[-1] if children[-1].type == "arguments" else None
    callee = next((child for child in children if child.type not in ("new", "type_arguments", "arguments")), None)
    index = walk.open_call(node.start_byte, node.end_byte, "new")
    call = walk.calls[index]
    if callee is not None:
        call.callee = walk.lower_bound(callee, "")
        walk.mark(call.callee, "callee", index)
    else:
        call.callee = Unknown(node.start_byte, node.end_byte)
    if arguments is not None:
        call.arguments_start = arguments.start_byte
        call.args = _arguments(walk, index, kids(arguments))
    return CallRef(node.start_byte, node.end_byte, index)


def _await(walk: Walk, node: Node) -> Value:
    children = named_children(node)
    if len(children) < 2:
        return Unknown(node.start_byte, node.end_byte, "await")
    value = walk.lower(children[-1])
    walk.mark(value, "await")
    walk.events += 1
    walk.awaits.append(AwaitFact(node.start_byte, node.end_byte, value, walk.function, walk.region))
    return Await(node.start_byte, node.end_byte, value)


def _yield(walk: Walk, node: Node) -> Value:
    children = named_children(node)
    value: Value | None = None
    if len(children) > 1:
        value = walk.lower_bound(children[-1], "")
        walk.mark(value, "yield")
        if any(child.type == "*" for child in children):
            value = Element(value.start, value.end, value)
    walk.events += 1
    row = Return(node.start_byte, node.end_byte, value, walk.region, True)
    walk.functions[walk.function].returns.append(row)
    return Unknown(node.start_byte, node.end_byte, "yield")


# --------------------------------------------------------------------------------------------------------- operators


def _binary(walk: Walk, node: Node) -> Value:
    """Left-nested operations from the left, in a loop; ``a + b + c`` and ``a || b || c`` become flat."""
    spine: list[tuple[str, Node, Node]] = []
    while node.type == "binary_expression":
        parts = node.children
        if len(parts) != 3:
            parts = [child for child in parts if child.type not in COMMENTS]
            if len(parts) != 3:
                break
        spine.append((intern(parts[1].type), parts[2], node))
        node = parts[0]
    if not spine:
        return walk.lower_unknown(node)
    spine.reverse()
    value = _operand(walk, node, spine[0][0])
    at = nested = 0
    while at < len(spine):
        stop = at + 1
        operator = spine[at][0]
        if operator in _LOGICAL:
            while stop < len(spine) and spine[stop][0] == operator:
                stop += 1
            value = _logical(walk, _LOGICAL[operator], value, spine[at:stop])
        elif operator == "+":
            while stop < len(spine) and spine[stop][0] == "+":
                stop += 1
            operands = [value, *(_operand(walk, right, "+") for _, right, _ in spine[at:stop])]
            value = _sum(walk, operands)
        else:
            right = _operand(walk, spine[at][1], operator)
            value = Binary(spine[at][2].start_byte, spine[at][2].end_byte, operator, value, right)
        nested += 1
        if nested > _MAX_NESTED:
            value = Unknown(value.start, value.end, "too deep")
        at = stop
    return value


def _operand(walk: Walk, node: Node, operator: str) -> Value:
    if operator == "+":
        return raw_string(walk, node) if node.type == "string" else walk.lower(node)
    if operator in _LOGICAL:
        return walk.lower(node)
    return walk.lower_bound(node, "")


def _logical(walk: Walk, how: str, first: Value, operands: list[tuple[str, Node, Node]]) -> Value:
    values = [first]
    whole = operands[-1][2]
    name = walk.bound_name
    if how != "and" and type(first) is Member and type(first.key) is Literal and type(first.key.value) is str:
        if names_key(first.key.value):
            walk.bound_name = first.key.value  # process.env.FULLSTORY_API_KEY || '…'
    for _, right, node in operands:
        if how == "and":
            walk.mark(values[-1], "test")
        test = values[-1] if len(values) == 1 else OneOf(values[0].start, values[-1].end, tuple(values), how)
        if len(values) > _MAX_TESTED:
            test = values[-1]
        values.append(walk.lower_in_region(right, how, node.start_byte, test))
    walk.bound_name = name
    return OneOf(whole.start_byte, whole.end_byte, tuple(values), how)


def _sum(walk: Walk, operands: list[Value]) -> Value:
    """``a + b + …``: text as soon as one side is known to be text, arithmetic before."""
    first = next((i for i, item in enumerate(operands) if is_text(item) or type(item) is Template), -1)
    if first < 0:
        return _balanced(operands)
    parts: list[Value] = [] if first == 0 else [_balanced(operands[:first])]
    texts: list[Literal] = []
    for operand in operands[first:]:
        for part in operand.parts if type(operand) is Template else (operand,):
            if isinstance(part, Literal) and is_text(part):
                texts.append(part)
            else:
                _flush(walk, texts, parts)
                parts.append(part)
    _flush(walk, texts, parts)
    if len(parts) == 1:
        return parts[0]
    return Template(operands[0].start, operands[-1].end, tuple(parts), "concat")


def _flush(walk: Walk, texts: list[Literal], parts: list[Value]) -> None:
    if texts:
        text = "".join(key_text(item) for item in texts)
        parts.append(walk.literal(text, texts[0].start, texts[-1].end, len(texts) > 1))
        texts.clear()


def _balanced(operands: list[Value]) -> Value:
    if len(operands) == 1:
        return operands[0]
    middle = len(operands) - 1 if len(operands) <= _MAX_NESTED else len(operands) // 2
    return Binary(operands[0].start, operands[-1].end, "+", _balanced(operands[:middle]), _balanced(operands[middle:]))


def _ternary(walk: Walk, node: Node) -> Value:
    parts = [child for child in node.children if child.type not in PUNCTUATION and child.type != "?"]
    if len(parts) != 3:
        return walk.lower_unknown(node)
    test = walk.lower_bound(parts[0], "")
    walk.mark(test, "test")
    group = node.start_byte
    then = walk.lower_in_region(parts[1], "ternary-then", group, test)
    otherwise = walk.lower_in_region(parts[2], "ternary-else", group, test)
    return OneOf(node.start_byte, node.end_byte, (then, otherwise), "ternary", test)


def _unary(walk: Walk, node: Node) -> Value:
    parts = [child for child in node.children if child.type not in COMMENTS]
    if len(parts) != 2:
        return walk.lower_unknown(node)
    operator, start, end = intern(parts[0].type), node.start_byte, node.end_byte
    if operator == "-" and parts[1].type == "number":
        literal = number_of(walk.text(parts[1]), start, end)
        if isinstance(literal.value, (int, float)):
            return Literal(start, end, -literal.value)
    value = walk.lower_bound(parts[1], "")
    if operator == "void":
        walk.mark(value, "void")
        if type(value) is Literal:
            return Literal(start, end, None, "undefined")
    elif operator == "!":
        walk.mark(value, "test")
    elif operator == "delete" and type(value) is Member:
        walk.write(node, value.object, value.key, Literal(start, end, None, "undefined"), "delete")
    return Unary(start, end, operator, value)


def _update(walk: Walk, node: Node) -> Value:
    """``x++``, ``--x.y``: an assignment too."""
    parts = [child for child in node.children if child.type not in COMMENTS]
    if len(parts) != 2:
        return walk.lower_unknown(node)
    operand, operator = (parts[1], parts[0]) if parts[0].type in ("++", "--") else (parts[0], parts[1])
    target = walk.lower_bound(operand, "")
    value = Unary(node.start_byte, node.end_byte, operator.type, target)
    if operand.type == "identifier":
        index = walk.find(walk.text(operand))
        if index >= 0:
            walk.assign(index, node, value, operator.type)
    elif type(target) is Member:
        walk.write(node, target.object, target.key, value, operator.type)
    return value


def _sequence(walk: Walk, node: Node) -> Value:
    value: Value = Unknown(node.start_byte, node.end_byte, "sequence_expression")
    nodes = kids(node)
    for item in nodes[:-1]:
        walk.mark(walk.lower_bound(item, ""), "statement")
    return walk.lower(nodes[-1]) if nodes else value


def _inner(walk: Walk, node: Node) -> Value:
    """Parentheses, ``satisfies T``, ``f<T>``: the expression within."""
    nodes = kids(node)
    return walk.lower(nodes[0]) if nodes else Unknown(node.start_byte, node.end_byte, node.type)


def _as(walk: Walk, node: Node) -> Value:
    nodes = named_children(node)
    value = walk.lower(nodes[0])
    if nodes[-1].type == "const" or len(nodes) < 3:
        return value
    return Cast(node.start_byte, node.end_byte, value, walk.type_of(nodes[-1]))


def _assertion(walk: Walk, node: Node) -> Value:
    nodes = named_children(node)
    value = walk.lower(nodes[-1])
    types = [child for child in nodes[0].children if child.type not in ("<", ">", ",", "comment")]
    if len(nodes) < 2 or not types or types[0].type == "const" or walk.text(types[0]) == "const":
        return value
    return Cast(node.start_byte, node.end_byte, value, walk.type_of(types[0]))


# ------------------------------------------------------------------------------------------------ objects and arrays


def _object(walk: Walk, node: Node) -> Value:
    entries: list[Entry] = []
    for child in kids(node):
        kind = child.type
        if kind == "pair":
            _pair(walk, entries, child)
        elif kind == "shorthand_property_identifier":
            name = Literal(child.start_byte, child.end_byte, walk.text(child))
            value = walk.identifier(child)
            entries.append(Entry(child.start_byte, child.end_byte, name, value, False, True))
        elif kind == "method_definition":
            function, key, _ = method(walk, child, -1, ())
            value = FunctionRef(child.start_byte, child.end_byte, function)
            walk.used_as(value, f"key:{key_text(key)}")
            entries.append(Entry(child.start_byte, child.end_byte, key, value))
        elif kind == "spread_element":
            inner = named_children(child)
            if len(inner) > 1:
                value = walk.lower_bound(inner[-1], "")
                walk.mark(value, "entry")
                _spread_entries(walk, entries, child, value, False)
        else:
            walk.lower(child)
    return Object(node.start_byte, node.end_byte, tuple(entries))


def _pair(walk: Walk, entries: list[Entry], node: Node) -> None:
    parts = kids(node)
    if not parts:
        return
    key = property_key(walk, parts[0])
    name = key_text(key)
    if len(parts) > 1:
        value = walk.lower_bound(parts[-1], name)
    else:
        value = Unknown(node.start_byte, node.end_byte, "missing")
    if type(value) in RESULTS:
        walk.mark(value, "entry")
    elif type(value) in NAMED and name:
        walk.used_as(value, f"key:{name}")
        walk.give_name(value, name, key.start, key.end)
    entries.append(Entry(node.start_byte, node.end_byte, key, value))


def _spread_entries(walk: Walk, entries: list[Entry], node: Node, value: Value, maybe: bool) -> None:
    """What ``...value`` adds: an object's own entries, those of a conditional object as ``maybe``, else a spread."""
    if type(value) is Object:
        for entry in value.entries:
            if maybe and not entry.maybe:
                entry = Entry(entry.start, entry.end, entry.key, entry.value, True, entry.shorthand)
            entries.append(entry)
    elif type(value) is OneOf and value.how == "and":
        _spread_entries(walk, entries, node, value.values[-1], True)
    elif type(value) is OneOf and value.how == "ternary":
        for item in value.values:
            _spread_entries(walk, entries, node, item, True)
    elif type(value) is Literal and not isinstance(value.value, str):
        return
    else:
        entries.append(Entry(node.start_byte, node.end_byte, None, value, maybe))


def _array(walk: Walk, node: Node) -> Value:
    items: list[Value] = []
    open_place = True
    for child in node.children:
        kind = child.type
        if kind == ",":
            if open_place:
                items.append(Literal(child.start_byte, child.start_byte, None, "undefined"))
            open_place = True
        elif kind not in PUNCTUATION:
            items.append(walk.lower(child))
            open_place = False
    return Array(node.start_byte, node.end_byte, tuple(items))


def _spread(walk: Walk, node: Node) -> Value:
    nodes = named_children(node)
    if len(nodes) < 2:
        return Unknown(node.start_byte, node.end_byte, "spread_element")
    return Spread(node.start_byte, node.end_byte, walk.lower(nodes[-1]))


# --------------------------------------------------------------------------------------------------------------- JSX


def _element(walk: Walk, node: Node) -> Value:
    """A JSX element: a call of its component with one object of attributes."""
    start, end = node.start_byte, node.end_byte
    tag = node if node.type != "jsx_element" else node.children[0]
    index = walk.open_call(start, end, "jsx")
    call = walk.calls[index]
    call.arguments_start = start
    entries: list[Entry] = []
    callee: Value | None = None
    for child in tag.named_children:
        kind = child.type
        if kind == "jsx_attribute":
            _attribute(walk, entries, child)
        elif kind == "jsx_expression":
            _attribute_spread(walk, entries, child)
        elif callee is None and kind in _TAGS:
            callee = _tag(walk, child)
    call.callee = callee or Literal(start, start, "")
    if tag is not node:
        _children(walk, entries, node)
    attributes = Object(tag.start_byte, end, tuple(entries))
    call.args = (Argument(start, end, attributes),)
    return CallRef(start, end, index)


_TAGS = frozenset({"identifier", "member_expression", "jsx_namespace_name", "nested_identifier"})


def _tag(walk: Walk, node: Node) -> Value:
    text = walk.text(node)
    form = node.type
    if form == "jsx_namespace_name" or (form == "identifier" and (text[:1].islower() or "-" in text)):
        walk.dom = True
        return Literal(node.start_byte, node.end_byte, text)
    if form != "nested_identifier":
        return walk.lower(node)
    parts = named_children(node)
    value = _tag_object(walk, parts[0])
    last = parts[-1]
    return Member(node.start_byte, node.end_byte, value, Literal(last.start_byte, last.end_byte, walk.text(last)))


def _tag_object(walk: Walk, node: Node) -> Value:
    return _tag(walk, node) if node.type == "nested_identifier" else walk.identifier(node)


def _attribute(walk: Walk, entries: list[Entry], node: Node) -> None:
    parts = kids(node)
    if not parts:
        return
    start, end = parts[0].start_byte, parts[0].end_byte
    name = walk.words[walk.source[start:end]]
    key = Literal(start, end, name)
    value: Value
    form = parts[1].type if len(parts) > 1 else ""
    if not form:
        value = Literal(node.start_byte, node.end_byte, True)
    elif form == "string":
        start, end = parts[1].start_byte, parts[1].end_byte
        old = walk.bound_name
        walk.bound_name = name
        value = walk.literal(_unescaped(utf8(walk.source[start + 1 : end - 1])), start, end)
        walk.bound_name = old
    elif form == "jsx_expression":
        inner = kids(parts[1])
        if inner:
            value = walk.lower_bound(inner[-1], name)
        else:
            value = Unknown(parts[1].start_byte, parts[1].end_byte, "empty")
    else:
        value = walk.lower_bound(parts[1], "")
    if type(value) in RESULTS:
        walk.mark(value, "entry")
    elif type(value) in NAMED:
        walk.used_as(value, f"attr:{name}")
        walk.give_name(value, name, key.start, key.end)
    entries.append(Entry(node.start_byte, node.end_byte, key, value))


def _attribute_spread(walk: Walk, entries: list[Entry], node: Node) -> None:
    for child in kids(node):
        value = walk.lower_bound(child, "")
        if type(value) is Spread:
            walk.mark(value, "entry")
            _spread_entries(walk, entries, child, value.value, False)


def _children(walk: Walk, entries: list[Entry], node: Node) -> None:
    """The children of an element as its ``children`` attribute: one value, or an array."""
    values: list[Value] = []
    text_start = text_end = -1
    for child in node.children[1:]:
        kind = child.type
        if kind == "jsx_text" or kind == "html_character_reference":
            if text_start < 0:
                text_start = child.start_byte
            text_end = child.end_byte
            continue
        if text_start >= 0:
            _text(walk, values, text_start, text_end)
            text_start = -1
        if kind == "jsx_closing_element":
            break
        if kind == "jsx_expression":
            for item in kids(child):
                values.append(walk.lower_bound(item, ""))
                break
        elif kind in ("jsx_element", "jsx_self_closing_element"):
            values.append(walk.lower_bound(child, ""))
        elif child.child_count:
            walk.lower(child)
    for value in values:
        if type(value) in RESULTS:
            walk.mark(value, "entry")
    if values:
        start, end = values[0].start, values[-1].end
        whole = values[0] if len(values) == 1 else Array(start, end, tuple(values))
        entries.append(Entry(start, end, Literal(start, start, "children"), whole))


def _text(walk: Walk, values: list[Value], start: int, end: int) -> None:
    raw = utf8(walk.source[start:end])
    if not raw.isspace():
        values.append(walk.literal(_unescaped(" ".join(raw.split())), start, end))


def _unescaped(text: str) -> str:
    if "&" not in text:
        return text
    import html

    return html.unescape(text)


VALUES: dict[str, ValueHandler] = {
    "identifier": Walk.identifier,
    "undefined": Walk.identifier,
    "shorthand_property_identifier": Walk.identifier,
    "this": _this,
    "super": _super,
    "meta_property": _meta,
    "private_property_identifier": _private,
    "true": _constant(True),
    "false": _constant(False),
    "null": _constant(None),
    "string": string,
    "number": number,
    "regex": _regex,
    "template_string": _template,
    "call_expression": _chain,
    "member_expression": _chain,
    "subscript_expression": _chain,
    "non_null_expression": _chain,
    "new_expression": _new,
    "await_expression": _await,
    "yield_expression": _yield,
    "binary_expression": _binary,
    "ternary_expression": _ternary,
    "unary_expression": _unary,
    "update_expression": _update,
    "sequence_expression": _sequence,
    "parenthesized_expression": _inner,
    "satisfies_expression": _inner,
    "instantiation_expression": _inner,
    "as_expression": _as,
    "type_assertion": _assertion,
    "object": _object,
    "array": _array,
    "spread_element": _spread,
    "jsx_element": _element,
    "jsx_self_closing_element": _element,
}
