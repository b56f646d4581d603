"""JavaScript's statements: scopes and regions, and how code leaves them."""

from __future__ import annotations

from tree_sitter import Node

from ..facts import Literal, Return, Throw, Value
from .javascript_bindings import bind, declarator, declare_pattern, hoist, loop_target, loop_value
from .javascript_functions import (
    class_declaration,
    declare_type_parameters,
    enum,
    function_declaration,
    interface,
    read_body,
)
from .javascript_snippet import is_snippet
from .javascript_walk import COMMENTS, PUNCTUATION, RESULTS, Scope, StatementHandler, Walk, named_children
from .syntax import kids


def _expression(walk: Walk, node: Node) -> str:
    last: Value | None = None
    for child in kids(node):
        kind = child.type
        value, last = last, None
        if walk.has_snippet and is_snippet(walk, child):
            walk.snippets.append((node.start_byte, node.end_byte))
        elif kind in walk.statement_handlers:
            walk.statement_handlers[kind](walk, child)
        else:
            if kind == "ERROR" and value is not None and walk.data[child.start_byte : child.start_byte + 1] == b"(":
                walk.broken_call(value, child.end_byte)
            last = walk.lower(child)
            if type(last) in RESULTS:
                walk.mark(last, "statement")
    return ""


def _block(walk: Walk, node: Node) -> str:
    start = node.start_byte
    if start in walk.event_handlers:
        return _handler(walk, node, walk.event_handlers[start])
    scope = walk.scope
    walk.scope = Scope(scope)
    children = node.children
    hoist(walk, children)
    exits = walk.run_all(children)
    walk.scope = scope
    return exits


def _handler(walk: Walk, node: Node, event: str) -> str:
    """A block that stands for an event-handler attribute of markup."""
    function = walk.open_function("handler", node)
    row = walk.functions[function]
    row.used_as = f"attr:{event}"
    old = (walk.scope, walk.var_scope, walk.function, walk.region, walk.this_function, walk.this_class, walk.breaks)
    walk.scope = walk.var_scope = Scope(walk.scope)
    walk.function = walk.this_function = function
    walk.region = row.region
    walk.this_class = -1
    walk.breaks = []
    read_body(walk, node, function)
    _reference(walk, node, function)
    walk.scope, walk.var_scope, walk.function, walk.region, walk.this_function, walk.this_class, walk.breaks = old
    return ""


def _reference(walk: Walk, node: Node, function: int) -> None:
    """``@scroll="onScroll"``: the handler is the function that is named, which it gives back."""
    named = node.named_children
    if len(named) == 1 and named[0].type == "expression_statement" and len(named[0].named_children) == 1:
        value = named[0].named_children[0]
        if value.type in ("identifier", "member_expression"):
            given = Return(value.start_byte, value.end_byte, walk.lower(value), walk.region)
            walk.functions[function].returns.append(given)


def _declaration(walk: Walk, node: Node) -> str:
    for child in node.children:
        form = child.type
        if form == "variable_declarator":
            declarator(walk, child)
        elif form == "ERROR":
            walk.lower_unknown(child)
    return ""


def _function(walk: Walk, node: Node) -> str:
    function_declaration(walk, node)
    return ""


def _class(walk: Walk, node: Node) -> str:
    class_declaration(walk, node)
    return ""


def _enum(walk: Walk, node: Node) -> str:
    enum(walk, node)
    return ""


def _interface(walk: Walk, node: Node) -> str:
    interface(walk, node)
    return ""


def _alias(walk: Walk, node: Node) -> str:
    """``type X = T``."""
    index = -1
    outer = walk.scope
    walk.scope = Scope(outer)
    equals = False
    for child in node.children:
        if child.type == "type_identifier" and index < 0 and not equals:
            index = walk.find_type(walk.text(child))
        elif child.type == "type_parameters":
            declare_type_parameters(walk, child)
        elif child.type == "=":
            equals = True
        elif equals and child.type not in PUNCTUATION:
            if index >= 0:
                walk.bindings[index].type = walk.type_of(child)
            break
    walk.scope = outer
    return ""


def _ignored(walk: Walk, node: Node) -> str:
    return ""


# ------------------------------------------------------------------------------------------------------ control flow


def _branch(walk: Walk, node: Node | None, kind: str, group: int, test: Value | None) -> str:
    """A statement in a region of its own; how it leaves."""
    if node is None:
        return ""
    outer = walk.region
    region = walk.open_region(kind, node, group, test)
    walk.region = region
    exits = walk.run(node)
    walk.region = outer
    walk.regions[region].exits = exits
    return exits


def _both(first: str, second: str) -> str:
    """How two branches leave together: "" unless both do; what stays nearest if they differ."""
    if not first or not second:
        return ""
    if first == second:
        return first
    for nearest in ("break", "continue"):
        if nearest in (first, second):
            return nearest
    return "return"


def _condition(walk: Walk, node: Node | None) -> Value | None:
    if node is None:
        return None
    test = walk.lower(node)
    walk.mark(test, "test")
    return test


def _if(walk: Walk, node: Node) -> str:
    """``if``/``else if``/``else``; a loop over the chain, since generated code has long ones."""
    outer = walk.region
    links: list[tuple[str, int]] = []
    exits = ""
    while True:
        condition = consequence = alternative = None
        for child in node.children:
            kind = child.type
            if kind in COMMENTS or kind == "if":
                continue
            if kind == "else_clause":
                alternative = child
            elif kind == "parenthesized_expression" and condition is None:
                condition = child
            elif consequence is None:
                consequence = child
        group = node.start_byte
        test = _condition(walk, condition)
        then = _branch(walk, consequence, "then", group, test)
        if alternative is None:
            exits = ""
            break
        body = next(
            (child for child in alternative.children if child.type not in COMMENTS and child.type != "else"), None
        )
        if body is None or body.type != "if_statement" or len(links) > 150:
            exits = _both(then, _branch(walk, body, "else", group, test))
            break
        region = walk.open_region("else", body, group, test)
        walk.region = region
        links.append((then, region))
        node = body
    for then, region in reversed(links):
        walk.regions[region].exits = exits
        exits = _both(then, exits)
    walk.region = outer
    return exits


def _loop_body(walk: Walk, node: Node | None, region: int) -> None:
    if node is None:
        return
    walk.breaks.append(False)
    walk.regions[region].exits = walk.run(node)
    walk.breaks.pop()


def _for(walk: Walk, node: Node) -> str:
    scope, outer = walk.scope, walk.region
    walk.scope = Scope(scope)
    initializer = node.child_by_field_name("initializer")
    body = node.child_by_field_name("body")
    condition = node.child_by_field_name("condition")
    increment = node.child_by_field_name("increment")
    if initializer is not None:
        hoist(walk, [initializer])
        if initializer.type in walk.statement_handlers:
            walk.statement_handlers[initializer.type](walk, initializer)
        else:
            walk.mark(walk.lower(initializer), "statement")
    region = walk.open_region("loop", node, node.start_byte)
    walk.regions[region].how = "for"
    walk.region = region
    if condition is not None and condition.type not in PUNCTUATION and condition.type != "empty_statement":
        for item in named_children(condition) if condition.type == "expression_statement" else [condition]:
            walk.regions[region].test = _condition(walk, item)
    _loop_body(walk, body, region)
    if increment is not None:
        walk.mark(walk.lower(increment), "statement")
    walk.scope, walk.region = scope, outer
    return ""


def _for_in(walk: Walk, node: Node) -> str:
    scope, outer = walk.scope, walk.region
    target = loop_target(node)
    forms = [child.type for child in node.children]
    how = "for-in" if "in" in forms else "for-of"
    right = node.child_by_field_name("right")
    source = walk.lower(right) if right is not None else None
    walk.scope = Scope(scope)
    for kind in ("const", "let"):
        if kind in forms:
            declare_pattern(walk, target, kind, walk.scope)
    region = walk.open_region("loop", node, node.start_byte)
    row = walk.regions[region]
    row.how, row.source, row.is_async = how, source, "await" in forms
    walk.region = region
    if source is not None:
        bind(walk, target, loop_value(walk, how, target, source), "for")
    _loop_body(walk, node.child_by_field_name("body"), region)
    walk.scope, walk.region = scope, outer
    return ""


def _while(walk: Walk, node: Node) -> str:
    outer = walk.region
    region = walk.open_region("loop", node, node.start_byte)
    row = walk.regions[region]
    row.how = "do" if node.type == "do_statement" else "while"
    walk.region = region
    condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
    if row.how == "while":
        row.test = _condition(walk, condition)
    _loop_body(walk, body, region)
    if row.how == "do":
        row.test = _condition(walk, condition)
    walk.region = outer
    return ""


def _try(walk: Walk, node: Node) -> str:
    group = node.start_byte
    exits = ""
    for child in node.children:
        kind = child.type
        if kind == "statement_block":
            exits = _branch(walk, child, "try", group, None)
        elif kind == "catch_clause":
            exits = _both(exits, _catch(walk, child, group))
        elif kind == "finally_clause":
            for item in child.children:
                if item.type == "statement_block":
                    exits = _branch(walk, item, "finally", group, None) or exits
    return exits


def _catch(walk: Walk, node: Node, group: int) -> str:
    scope, outer = walk.scope, walk.region
    region = walk.open_region("except", node, group)
    walk.region = region
    walk.scope = Scope(scope)
    exits = ""
    for child in node.children:
        kind = child.type
        if kind == "identifier":
            walk.regions[region].binding = walk.declare(child, "catch", walk.scope)
        elif kind in ("object_pattern", "array_pattern"):
            declare_pattern(walk, child, "catch", walk.scope)
        elif kind == "statement_block":
            exits = walk.run(child)
    walk.scope, walk.region = scope, outer
    walk.regions[region].exits = exits
    return exits


def _switch(walk: Walk, node: Node) -> str:
    group = node.start_byte
    scope, outer = walk.scope, walk.region
    value = node.child_by_field_name("value")
    source = _condition(walk, value)
    body = node.child_by_field_name("body")
    if body is None:
        return ""
    walk.scope = Scope(scope)
    cases = [child for child in body.children if child.type in ("switch_case", "switch_default")]
    contents = []
    for case in cases:
        at = next((i for i, child in enumerate(case.children) if child.type == ":"), len(case.children))
        contents.append((case.children[:at], case.children[at + 1 :]))
        hoist(walk, contents[-1][1])
    walk.breaks.append(False)
    ways: list[str] = []
    for case, (head, statements) in zip(cases, contents, strict=True):
        is_default = case.type == "switch_default"
        compared = [child for child in head if child.type not in PUNCTUATION and child.type not in ("case", "default")]
        test = walk.lower(compared[0]) if compared and not is_default else None
        region = walk.open_region("default" if is_default else "case", case, group, test)
        row = walk.regions[region]
        row.source = source
        walk.region = region
        row.exits = walk.run_all(statements)
        ways.append(row.exits)
        walk.region = outer
    broken = walk.breaks.pop()
    walk.scope = scope
    has_default = any(case.type == "switch_default" for case in cases)
    if broken or not has_default or not ways or not ways[-1]:
        return ""
    leaving = [way for way in ways if way]
    return leaving[0] if len(set(leaving)) == 1 else "continue" if "continue" in leaving else "return"


def _with(walk: Walk, node: Node) -> str:
    outer = walk.region
    context = node.child_by_field_name("object")
    source = walk.lower(context) if context is not None else None
    region = walk.open_region("with", node, node.start_byte)
    walk.regions[region].source = source
    walk.region = region
    body = node.child_by_field_name("body")
    exits = walk.run(body) if body is not None else ""
    walk.region = outer
    walk.regions[region].exits = exits
    return exits


def _labeled(walk: Walk, node: Node) -> str:
    body = node.child_by_field_name("body")
    exits = walk.run(body) if body is not None else ""
    return "" if exits == "break" else exits


def _break(walk: Walk, node: Node) -> str:
    if any(child.type == "statement_identifier" for child in node.children):
        walk.breaks[:] = [True] * len(walk.breaks)
    elif walk.breaks:
        walk.breaks[-1] = True
    return "break"


def _continue(walk: Walk, node: Node) -> str:
    return "continue"


def _value_of(walk: Walk, node: Node) -> Value | None:
    for child in node.children[1:]:
        if child.type not in PUNCTUATION:
            return walk.lower(child)
    return None


def _return(walk: Walk, node: Node) -> str:
    value = _value_of(walk, node)
    if value is not None:
        walk.mark(value, "return")
    row = Return(node.start_byte, node.end_byte, value, walk.region)
    walk.functions[walk.function].returns.append(row)
    return "return"


def _throw(walk: Walk, node: Node) -> str:
    value = _value_of(walk, node)
    if value is None:
        value = Literal(node.end_byte, node.end_byte, None, "undefined")
    walk.throws.append(Throw(node.start_byte, node.end_byte, value, walk.function, walk.region))
    return "throw"


STATEMENTS: dict[str, StatementHandler] = {
    "expression_statement": _expression,
    "statement_block": _block,
    "lexical_declaration": _declaration,
    "variable_declaration": _declaration,
    "function_declaration": _function,
    "generator_function_declaration": _function,
    "function_signature": _ignored,
    "class_declaration": _class,
    "abstract_class_declaration": _class,
    "enum_declaration": _enum,
    "interface_declaration": _interface,
    "type_alias_declaration": _alias,
    "if_statement": _if,
    "for_statement": _for,
    "for_in_statement": _for_in,
    "while_statement": _while,
    "do_statement": _while,
    "try_statement": _try,
    "switch_statement": _switch,
    "with_statement": _with,
    "labeled_statement": _labeled,
    "break_statement": _break,
    "continue_statement": _continue,
    "return_statement": _return,
    "throw_statement": _throw,
    "empty_statement": _ignored,
    "debugger_statement": _ignored,
    "hash_bang_line": _ignored,
}
