"""Python's expressions and annotations, lowered to values and types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from sys import intern

from tree_sitter import Node, Parser, Range

from ..facts import (
    Argument,
    Array,
    ArrayType,
    Assign,
    Await,
    AwaitFact,
    Binary,
    CallRef,
    Cast,
    ClassRef,
    Comprehension,
    Element,
    Entry,
    FunctionRef,
    FunctionType,
    Global,
    Import,
    Literal,
    LiteralType,
    Member,
    ModuleRef,
    Name,
    NamedType,
    Object,
    OneOf,
    Param,
    Return,
    Secret,
    Spread,
    Template,
    Throw,
    Type,
    Unary,
    UnionType,
    Unknown,
    UnknownType,
    Value,
    Write,
)
from .python_scope import LANGUAGE, NAME, TYPE, UNDECLARED, VALUE, Declared, Scope, field_id
from .python_text import FieldSpec, format_parts, number, percent_parts, unescape
from .rows import BindingRow, CallRow, ClassRow, FunctionRow, RegionRow
from .syntax import EXTRA, Words, kids, secret_for, utf8

MAX_DEPTH = 110
"""Levels of nesting that are followed; each takes a few frames of Python's stack, and of the encoder's."""
MAX_OPERANDS = 40
"""Operators in a row that become nested ``Binary`` values; likewise attributes in a row."""

RESULTS = frozenset({CallRef, OneOf, Cast, Array, Spread, Comprehension, Unary})
"""The values in which ``mark`` may find a call; others need not be handed to it."""
TEXTS = frozenset({Literal, Template})
"""The values in which ``checked`` may find a key."""
_ARGUMENTS, _ATTRIBUTE, _KEY = (field_id(name) for name in ("arguments", "attribute", "key"))
_QUOTES = frozenset({"'", '"'})
_STRINGS = frozenset({"string", "concatenated_string"})
_CALLABLE_BYTES = (b"(", b"[", b"lambda", b"await")
_TYPING = frozenset({"typing", "typing_extensions"})


class Values:
    """The state of one file's extraction, and how expressions are lowered in it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.source = data.decode("latin-1")
        """A character a byte, so that a place in one is a place in the other."""
        self.words = Words()
        self.has_errors = True
        """Whether the tree has errors, and so may hold what is not written."""
        self.functions: list[FunctionRow] = []
        self.classes: list[ClassRow] = []
        self.regions: list[RegionRow] = []
        self.bindings: list[BindingRow] = []
        self.calls: list[CallRow] = []
        self.imports: list[Import] = []
        self.writes: list[Write] = []
        self.awaits: list[AwaitFact] = []
        self.throws: list[Throw] = []
        self.secrets: list[Secret] = []
        self.globals: set[str] = set()
        self.scope = Scope("module", None)
        self.function = 0
        self.region = 0
        self.statement = (0, 0)
        self.depth = 0
        self._type_parser: Parser | None = None

    # ------------------------------------------------------------------------------------------------- small tools

    def text_of(self, node: Node) -> str:
        return self.words[self.source[node.start_byte : node.end_byte]]

    def open_region(
        self, start: int, end: int, kind: str, group: int, test: Value | None = None, source: Value | None = None
    ) -> RegionRow:
        """A new region within the current one; it becomes the current one."""
        row = RegionRow(start, end, self.region, self.function, kind, group, test, source)
        self.region = len(self.regions)
        self.regions.append(row)
        return row

    def mark(self, value: Value, use: str, target: int = -1, index: int = -1) -> None:
        """Tells the calls whose result ``value`` is what becomes of it; the first to tell wins."""
        if type(value) not in RESULTS:
            return
        if isinstance(value, CallRef):
            row = self.calls[value.call]
            if not row.use:
                row.use, row.target, row.index = use, target, index
        elif isinstance(value, OneOf):
            for item in value.values:
                self.mark(item, use, target, index)
        elif isinstance(value, Cast):
            self.mark(value.value, use, target, index)
        elif use == "argument":
            if isinstance(value, Array):
                for item in value.items:
                    self.mark(item, use, target, index)
            elif isinstance(value, Spread):
                self.mark(value.value, use, target, index)
            elif isinstance(value, Comprehension):
                self.mark(value.element, use, target, index)
        elif use == "test" and isinstance(value, Unary) and value.op == "not":
            self.mark(value.value, use, target, index)

    def resolve(self, node: Node) -> Value:
        """What an identifier means here."""
        start, end = node.start_byte, node.end_byte
        if start == end:
            return Unknown(start, end, "missing")
        return self.named(self.words[self.source[start:end]], start, end)

    def named(self, name: str, start: int, end: int) -> Value:
        """What a name means that is used here. Class scopes are seen from themselves only."""
        scope: Scope | None = self.scope
        while scope is not None:
            if scope.kind != "class" or scope is self.scope:
                binding = scope.names.get(name)
                if binding is not None:
                    break
            scope = scope.parent
        else:
            self.globals.add(name)
            return Global(start, end, name)
        if scope.kind == "class":
            return Member(start, end, ClassRef(start, start, scope.cls), Literal(start, end, name))
        if binding >= 0:
            return Name(start, end, binding)
        if binding == UNDECLARED:
            self.globals.add(name)
            return Global(start, end, name)
        return Unknown(start, end, "type_parameter")

    # --------------------------------------------------------------------------------------------------- dispatch

    def expr(self, node: Node, name: str = "") -> Value:
        """An expression. ``name``: what its value is bound to, for keys (RULES.md, FS6)."""
        if self.depth >= MAX_DEPTH:
            return Unknown(node.start_byte, node.end_byte, "too deep")
        kind = node.type
        if kind == "identifier":
            return self.resolve(node)
        handler = _EXPRESSIONS.get(kind)
        self.depth += 1
        value = handler(self, node, name) if handler is not None else self.unknown(node)
        self.depth -= 1
        return value

    def unknown(self, node: Node) -> Value:
        """An expression that has no value of its own; what is called within it is called all the same."""
        for child in node.named_children:
            if child.type not in EXTRA:
                self.expr(child)
        return Unknown(node.start_byte, node.end_byte, intern(node.type))

    def optional(self, node: Node | None, name: str = "") -> Value | None:
        return self.expr(node, name) if node is not None else None

    # ------------------------------------------------------------------------------------------------ simple ones

    def identifier(self, node: Node, name: str) -> Value:
        return self.resolve(node)

    def number(self, node: Node, name: str) -> Value:
        found = number(self.text_of(node))
        if found is None:
            return Unknown(node.start_byte, node.end_byte, node.type)
        return Literal(node.start_byte, node.end_byte, found[0], found[1])

    def constant(self, node: Node, name: str) -> Value:
        value, kind = _CONSTANTS[node.type]
        return Literal(node.start_byte, node.end_byte, value, kind)

    def parenthesized(self, node: Node, name: str) -> Value:
        inner = kids(node)
        if len(inner) == 1:
            return self.expr(inner[0], name)
        return self.unknown(node)

    def array(self, node: Node, name: str) -> Value:
        if name != "auth":  # auth=(key, "")
            name = ""
        items = [self.expr(child, name) for child in kids(node)]
        return Array(node.start_byte, node.end_byte, tuple(items), _ARRAYS[node.type])

    def splat(self, node: Node, name: str) -> Value:
        inner = kids(node)
        value = self.expr(inner[0]) if inner else Unknown(node.start_byte, node.end_byte, "missing")
        return Spread(node.start_byte, node.end_byte, value)

    def unary(self, node: Node, name: str) -> Value:
        operator = node.child_by_field_name("operator")
        argument = node.child_by_field_name("argument")
        if argument is None:
            return self.unknown(node)
        op = intern(operator.type) if operator is not None else "not"
        value = self.expr(argument)
        return Unary(node.start_byte, node.end_byte, op, value)

    def comparison(self, node: Node, name: str) -> Value:
        operands: list[Value] = []
        operators: list[str] = []
        for child in node.children:
            if not child.is_named:
                operators.append("!=" if child.type == "<>" else intern(child.type))
            elif child.type not in EXTRA:
                operands.append(self.expr(child))
        pairs = [
            Binary(left.start, right.end, op, left, right)
            for left, op, right in zip(operands, operators, operands[1:], strict=False)
        ]
        if len(pairs) == 1:
            return Binary(node.start_byte, node.end_byte, pairs[0].op, pairs[0].left, pairs[0].right)
        return OneOf(node.start_byte, node.end_byte, tuple(pairs), "and") if pairs else self.unknown(node)

    def named_expression(self, node: Node, name: str) -> Value:
        target, source = node.child_by_field_name("name"), node.child_by_field_name("value")
        if target is None or source is None:
            return self.unknown(node)
        value = self.expr(source, self.text_of(target))
        self.bind_walrus(target, value)
        return value

    def bind_walrus(self, target: Node, value: Value) -> None:
        scope: Scope | None = self.scope
        while scope is not None and scope.kind == "comprehension":
            scope = scope.parent
        self.assign_name(target, value, "walrus", scope)

    def await_(self, node: Node, name: str) -> Value:
        inner = kids(node)
        if not inner:
            return self.unknown(node)
        value = self.expr(inner[0], name)
        self.mark(value, "await")
        self.awaits.append(AwaitFact(node.start_byte, node.end_byte, value, self.function, self.region))
        return Await(node.start_byte, node.end_byte, value)

    def yield_(self, node: Node, name: str) -> Value:
        inner = kids(node)
        value: Value | None = None
        if len(inner) == 1:
            value = self.expr(inner[0])
            self.mark(value, "yield")
        elif inner:
            value = Array(
                inner[0].start_byte, inner[-1].end_byte, tuple([self.expr(child) for child in inner]), "tuple"
            )
        row = self.functions[self.function]
        row.returns.append(Return(node.start_byte, node.end_byte, value, self.region, True))
        row.is_generator = self.function > 0
        return Unknown(node.start_byte, node.end_byte, "yield")

    def conditional(self, node: Node, name: str) -> Value:
        parts = kids(node)
        if len(parts) != 3:
            return self.unknown(node)
        test = self.expr(parts[1])
        self.mark(test, "test")
        outer, group = self.region, node.start_byte
        values = []
        for part, kind in ((parts[0], "ternary-then"), (parts[2], "ternary-else")):
            if self.runs_something(part):
                self.open_region(part.start_byte, part.end_byte, kind, group, test)
            values.append(self.expr(part, name))
            self.region = outer
        return OneOf(node.start_byte, node.end_byte, tuple(values), "ternary", test)

    def runs_something(self, node: Node) -> bool:
        """Whether an expression may hold what a region is for: a call, an await, a function, a comprehension."""
        find, start, end = self.data.find, node.start_byte, node.end_byte
        return any(find(token, start, end) >= 0 for token in _CALLABLE_BYTES)

    def boolean(self, node: Node, name: str) -> Value:
        how, operands = self.chain(node)
        if not operands:
            return self.unknown(node)
        outer, values = self.region, [self.expr(operands[0], name)]
        for operand in operands[1:]:
            if self.runs_something(operand):
                before = tuple(values[-MAX_OPERANDS:])
                test = before[0] if len(before) == 1 else OneOf(before[0].start, before[-1].end, before, how)
                self.open_region(operand.start_byte, operand.end_byte, how, node.start_byte, test)
            values.append(self.expr(operand, name))
            self.region = outer
        return OneOf(node.start_byte, node.end_byte, tuple(values), how)

    def chain(self, node: Node) -> tuple[str, list[Node]]:
        """The operands of ``a or b or c``, without recursion."""
        operator = node.child_by_field_name("operator")
        how = operator.type if operator is not None else "or"
        operands: list[Node] = []
        current: Node | None = node
        while current is not None and current.type == "boolean_operator":
            operator = current.child_by_field_name("operator")
            if operator is None or operator.type != how:
                break
            right = current.child_by_field_name("right")
            if right is not None:
                operands.append(right)
            current = current.child_by_field_name("left")
        if current is not None:
            operands.append(current)
        return how, operands[::-1]

    # ----------------------------------------------------------------------------------------------------- strings

    def string(self, node: Node, name: str) -> Value:
        return self.checked(self.text(node), name)

    def checked(self, value: Value, name: str) -> Value:
        """A value whose text has been looked at: what looks like a key becomes ``Secret``."""
        if isinstance(value, Literal):
            if isinstance(value.value, str) and value.kind in ("", "bytes"):
                return self.checked_literal(value, name)
        elif isinstance(value, Template):
            parts = value.parts
            if any(isinstance(part, Literal) for part in parts):
                checked = tuple([self.checked(part, "") for part in parts])
                if checked != parts:
                    return Template(value.start, value.end, checked, value.how)
        return value

    def checked_literal(self, value: Literal, name: str) -> Value:
        text = value.value
        if not isinstance(text, str) or len(text) < 8:
            return value
        secret = secret_for(text, value.start, value.end, name)
        if secret is None:
            return value
        if secret.kind != "property":
            self.secrets.append(secret)
        return secret

    def text(self, node: Node) -> Value:
        """A string or adjacent strings, not yet looked at for keys."""
        start, end = node.start_byte, node.end_byte
        raw = self.source[start:end]
        quote = raw[:1]
        if quote in _QUOTES and not self.has_errors and node.child_count <= 3 and node.type == "string":
            width = 3 if len(raw) > 5 and raw[1] == raw[2] == quote else 1  # the usual case
            return Literal(start, end, unescape(utf8(raw[width:-width])))
        strings = [child for child in kids(node) if child.type == "string"] if node.type[0] == "c" else [node]
        if len(strings) == 1 and strings[0].child_count <= 3:
            plain = self.plain_string(strings[0])
            if plain is not None:
                return plain
        parts: list[Value] = []
        is_bytes, has_holes = False, False
        for child in strings:
            prefix, pieces = self.string_parts(child)
            is_bytes = is_bytes or "b" in prefix
            has_holes = has_holes or any(not isinstance(piece, Literal) for piece in pieces)
            parts.extend(pieces)
        folded = _fold(parts)
        if has_holes:
            return Template(start, end, tuple(folded), "fstring")
        value = "".join(str(part.value) for part in folded if isinstance(part, Literal))
        return Literal(start, end, value, "bytes" if is_bytes else "", len(strings) > 1)

    def plain_string(self, node: Node) -> Literal | None:
        """One string without holes."""
        children = node.children
        if len(children) < 2 or children[0].type != "string_start" or children[-1].type != "string_end":
            return None
        if len(children) == 3 and children[1].type != "string_content":
            return None
        prefix = self.data[children[0].start_byte : children[0].end_byte].rstrip(b"'\"").lower()
        if b"f" in prefix or b"t" in prefix:
            return None
        text = self.data[children[0].end_byte : children[-1].start_byte].decode("utf-8", "replace")
        if b"r" not in prefix:
            text = unescape(text, b"b" in prefix)
        return Literal(node.start_byte, node.end_byte, text, "bytes" if b"b" in prefix else "")

    def string_parts(self, node: Node) -> tuple[str, list[Value]]:
        """The prefix of a string in lower case, and its texts and holes."""
        prefix, parts = "", list[Value]()
        for child in node.children:
            if child.type == "string_start":
                prefix = self.text_of(child).rstrip("'\"").lower()
            elif child.type == "string_content":
                text = utf8(self.source[child.start_byte : child.end_byte])
                if "r" not in prefix:
                    text = unescape(text, "b" in prefix)
                if "f" in prefix or "t" in prefix:
                    text = text.replace("{{", "{").replace("}}", "}")
                parts.append(Literal(child.start_byte, child.end_byte, text))
            elif child.type == "interpolation":
                parts.extend(self.hole(child))
            elif child.type == "ERROR":
                self.unknown(child)
        return prefix, parts

    def hole(self, node: Node) -> list[Value]:
        """``{x}``, ``{x!r:>3}``, ``{x=}`` of an f-string."""
        expression = node.child_by_field_name("expression")
        if expression is None:
            return [self.unknown(node)]
        value = self.expr(expression)
        converted, parts = False, list[Value]()
        for child in node.children:
            kind = child.type
            if kind == "=":
                text = self.data[expression.start_byte : child.end_byte].decode("utf-8", "replace")
                parts.append(Literal(expression.start_byte, child.end_byte, text))
                converted = True
            elif kind == "type_conversion":
                converted = True
            elif kind == "format_specifier":
                converted = True
                for nested in child.named_children:
                    self.expr(nested)
        parts.append(_as_text(value, node) if converted else value)
        return parts

    def format_expression(self, node: Node, name: str) -> Value:
        expression = node.child_by_field_name("expression")
        return self.expr(expression) if expression is not None else self.unknown(node)

    # --------------------------------------------------------------------------------------------------- operators

    def binary(self, node: Node, name: str) -> Value:
        """A chain of binary operators, read from the left without recursion."""
        spine: list[Node] = []
        current: Node = node
        while current.type == "binary_operator":
            spine.append(current)
            left = current.child_by_field_name("left")
            if left is None:
                break
            current = left
        value = self.operand(current) if current.type != "binary_operator" else self.unknown(current)
        added: list[Value] = [value]  # operands of the run of `+` that is being read; one if there is none
        height = 0
        for link in reversed(spine):
            operator, right_node = link.child_by_field_name("operator"), link.child_by_field_name("right")
            if operator is None or right_node is None:
                added = [self.unknown(link)]
                continue
            op = intern(operator.type)
            if op == "+":
                added.append(self.operand(right_node))
                continue
            left_value, height = self.summed(added, height)
            if op == "%" and (formatted := self.percent(link, left_value, right_node)) is not None:
                added, height = [formatted], 0
                continue
            left_value = self.checked(left_value, "")
            right = self.expr(right_node)
            if op == "|" and (merged := _merged(link, left_value, right)) is not None:
                added, height = [merged], 0
                continue
            height += 1
            if height > MAX_OPERANDS:
                added = [Unknown(link.start_byte, link.end_byte, "binary_operator")]
                height = 0
            else:
                added = [Binary(link.start_byte, link.end_byte, op, left_value, right)]
        value, _ = self.summed(added, height)
        if isinstance(value, (Literal, Template)):
            value = _placed(value, node)
        return self.checked(value, name)

    def operand(self, node: Node) -> Value:
        """An operand of ``+`` or ``%``: texts are not looked at before they are put together."""
        while node.type == "parenthesized_expression" and len(inner := kids(node)) == 1:
            if inner[0].type not in _STRINGS and inner[0].type != "parenthesized_expression":
                break
            node = inner[0]
        return self.text(node) if node.type in _STRINGS else self.expr(node)

    def summed(self, operands: list[Value], height: int) -> tuple[Value, int]:
        """``a + b + …``: text, where one of them is; else nested ``Binary``. And how deep it is nested."""
        if len(operands) == 1:
            return operands[0], height
        if any(_is_text(value) for value in operands):
            parts: list[Value] = []
            for value in operands:
                parts.extend(value.parts if isinstance(value, Template) else _plus_operands(value))
            start, end = operands[0].start, operands[-1].end
            folded = _fold(parts)
            if len(folded) == 1 and isinstance(folded[0], Literal):
                return Literal(start, end, folded[0].value, "", True), 0
            return Template(start, end, tuple(folded), "concat"), 0
        value = self.checked(operands[0], "")
        for right in operands[1:]:
            height += 1
            if height > MAX_OPERANDS:
                value, height = Unknown(value.start, right.end, "binary_operator"), 0
            else:
                value = Binary(value.start, right.end, "+", value, self.checked(right, ""))
        return value, height

    def percent(self, link: Node, left: Value, right_node: Node) -> Value | None:
        """``"…%s…" % x`` as a template; None where the left side is no known text."""
        if not isinstance(left, Literal) or left.kind or not isinstance(left.value, str):
            return None
        parts = percent_parts(left.value)
        if parts is None:
            return None
        right = self.expr(right_node)
        fields = [part for part in parts if isinstance(part, FieldSpec)]
        values: list[Value] = []
        position = 0
        for part in parts:
            if isinstance(part, str):
                values.append(Literal(left.start, left.end, part))
            else:
                values.append(_formatted(part, _percent_value(right, part, position, len(fields)), right_node))
                position += 1
        return Template(link.start_byte, link.end_byte, tuple(_fold(values)), "percent")

    # ------------------------------------------------------------------------------------------------------ objects

    def dictionary(self, node: Node, name: str) -> Value:
        entries: list[Entry] = []
        for child in kids(node):
            if child.type == "pair":
                key_node, value_node = child.child_by_field_id(_KEY), child.child_by_field_id(VALUE)
                if key_node is None or value_node is None:
                    self.unknown(child)
                    continue
                key = self.expr(key_node)
                entries.append(self.entry(child, key, value_node))
            elif child.type == "dictionary_splat":
                inner = kids(child)
                if inner:
                    value = self.expr(inner[0])
                    entries.extend(_unfolded(child.start_byte, child.end_byte, value))
            else:
                self.expr(child)
        return Object(node.start_byte, node.end_byte, tuple(entries))

    def entry(self, place: Node, key: Value, value_node: Node) -> Entry:
        name = key.value if isinstance(key, Literal) and isinstance(key.value, str) else ""
        value = self.expr(value_node, name or _last_name(key))
        self.mark(value, "entry")
        if isinstance(value, FunctionRef) and name:
            self.functions[value.function].used_as = f"key:{name}"
        return Entry(place.start_byte, place.end_byte, key, value)

    def comprehension(self, node: Node, name: str) -> Value:
        body = node.child_by_field_name("body")
        outer_scope, outer_region = self.scope, self.region
        for child in kids(node):
            if child.type == "for_in_clause":
                self.for_in_clause(child, node, outer_scope)
            elif child.type == "if_clause":
                inner = kids(child)
                if inner:
                    test = self.expr(inner[0])
                    self.mark(test, "test")
                    self.open_region(node.start_byte, node.end_byte, "then", child.start_byte, test)
        key: Value | None = None
        element: Value
        if body is not None and body.type == "pair":
            key_node, value_node = body.child_by_field_name("key"), body.child_by_field_name("value")
            key = self.optional(key_node)
            element = self.optional(value_node) or Unknown(body.start_byte, body.end_byte, "missing")
        elif body is not None:
            element = self.expr(body)
        else:
            element = Unknown(node.start_byte, node.end_byte, "missing")
        value = Comprehension(node.start_byte, node.end_byte, element, _COMPREHENSIONS[node.type], key, self.region)
        self.scope, self.region = outer_scope, outer_region
        return value

    def for_in_clause(self, node: Node, whole: Node, outer: Scope) -> None:
        """One ``for x in y`` of a comprehension; its scope (one for all of them) and region stay open."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        rights = node.children_by_field_name("right")
        if len(rights) > 1:
            source: Value = Array(
                rights[0].start_byte, rights[-1].end_byte, tuple([self.expr(r) for r in rights]), "tuple"
            )
        else:
            source = self.optional(right) or Unknown(node.start_byte, node.end_byte, "missing")
        if self.scope is outer:
            self.scope = Scope("comprehension", outer)
        row = self.open_region(whole.start_byte, whole.end_byte, "comprehension", node.start_byte, source=source)
        row.is_async = any(child.type == "async" for child in node.children[:1])
        row.how = "for"
        if left is not None:
            self.declare_targets(left)
            self.assign(left, Element(source.start, source.end, source), "for")

    # --------------------------------------------------------------------------------------------------- functions

    def lambda_(self, node: Node, name: str) -> Value:
        body = node.child_by_field_name("body")
        row = self.open_function(node, "", "lambda")
        outer = self.enter_function(row)
        parameters = node.child_by_field_name("parameters")
        scope = Scope("function", self.scope)
        if parameters is not None:
            self.parameters(parameters, scope)
        self.scope = scope
        self.declare_walruses(node)
        if body is not None:
            value = self.expr(body)
            self.mark(value, "return")
            self.functions[row].returns.append(Return(body.start_byte, body.end_byte, value, self.region))
        self.leave_function(outer)
        return FunctionRef(node.start_byte, node.end_byte, row)

    def open_function(self, node: Node, name: str, kind: str) -> int:
        """A new row of ``functions`` with the region of its body."""
        row, start, end = len(self.functions), node.start_byte, node.end_byte
        function = FunctionRow(start, end, name, kind, self.function, len(self.regions), [], [])
        function.name_start = function.name_end = start
        self.functions.append(function)
        self.regions.append(RegionRow(start, end, self.region, row, "body", start))
        return row

    def enter_function(self, row: int) -> tuple[Scope, int, int]:
        state = (self.scope, self.function, self.region)
        self.function, self.region = row, self.functions[row].region
        return state

    def leave_function(self, state: tuple[Scope, int, int]) -> None:
        self.scope, self.function, self.region = state

    def parameters(self, node: Node, scope: Scope) -> None:
        """The parameters of the current function; defaults and annotations are read in the scope around it."""
        params: list[Param] = []
        keyword_only = False
        for child in kids(node):
            kind = child.type
            if kind == "positional_separator":
                params = [_positional(param) for param in params]
                continue
            if kind == "keyword_separator":
                keyword_only = True
                continue
            param = self.parameter(child, scope, keyword_only)
            if param is not None:
                params.append(param)
                keyword_only = keyword_only or param.kind == "rest"
        self.functions[self.function].params = params

    def parameter(self, node: Node, scope: Scope, keyword_only: bool) -> Param | None:
        kind = "kwonly" if keyword_only else "normal"
        target: Node | None = node
        form = node.type
        if form == "identifier":
            name = self.text_of(node)
            number = self.new_binding(node, name, "param")
            self.bindings[number].region = self.region
            if name:
                scope.names[name] = number
            else:
                self.destructured_parameter(node, number, scope)
            return Param(node.start_byte, node.end_byte, name, number, None, None, kind)
        if form in ("default_parameter", "typed_default_parameter"):
            target = node.child_by_field_id(NAME)
        elif form == "typed_parameter":
            inner = kids(node)
            target = inner[0] if inner else None
        if target is not None and target.type in _SPLAT_PARAMETERS:
            kind = _SPLAT_PARAMETERS[target.type]
            inner = kids(target)
            target = inner[0] if inner else None
        if target is None:
            return None
        type_node, default_node = node.child_by_field_id(TYPE), node.child_by_field_id(VALUE)
        type_ = self.type_of(type_node) if type_node is not None else None
        name = self.text_of(target) if target.type == "identifier" else ""
        default = self.optional(default_node, name)
        if default is not None:
            self.mark(default, "other")
        number = self.new_binding(target, name, "param")
        row = self.bindings[number]
        row.region, row.type = self.region, type_
        if name:
            scope.names[name] = number
        elif target.type != "ERROR":
            self.destructured_parameter(target, number, scope)
        return Param(node.start_byte, node.end_byte, name, number, default, type_, kind)

    def destructured_parameter(self, target: Node, number: int, scope: Scope) -> None:
        """Python 2's ``def f(a, (b, c))``."""
        outer, self.scope = self.scope, scope
        self.declare_targets(target)
        self.assign(target, Name(target.start_byte, target.end_byte, number), "=")
        self.scope = outer

    # ------------------------------------------------------------------------------------------------------- calls

    def postfix(self, node: Node, name: str) -> Value:
        """A chain of calls, attributes and subscripts, read from its base without recursion."""
        spine: list[tuple[str, Node]] = []
        current: Node | None = node
        kind = ""
        while current is not None:
            kind = current.type
            field = POSTFIX.get(kind)
            if field is None:
                break
            spine.append((kind, current))
            current = current.child_by_field_id(field)
        start = node.start_byte
        if current is None:
            value: Value = Unknown(start, start, "missing")
        else:
            is_name = kind == "identifier" and self.depth < MAX_DEPTH
            value = self.resolve(current) if is_name else self.operand(current)
        height = 0
        for kind, link in reversed(spine):
            if kind == "call":
                height = 0
                value = self.call(link, value, name if link is node else "")
                continue
            height += 1
            if height > MAX_OPERANDS:
                value, height = Unknown(start, link.end_byte, "too deep"), 0
            elif kind == "attribute" and type(value) not in TEXTS:
                value = self.attribute(link, start, value)
            else:
                value = self.link(link, kind, value)
        return value

    def link(self, node: Node, kind: str, value: Value) -> Value:
        """One call, attribute or subscript of a value that has been lowered."""
        if kind == "call":
            return self.call(node, value)
        if type(value) in TEXTS:
            value = self.checked(value, "")
        return self.attribute(node, node.start_byte, value) if kind == "attribute" else self.subscript(node, value)

    def attribute(self, node: Node, start: int, value: Value) -> Value:
        if type(value) in RESULTS:
            self.mark(value, "member")
        attribute = node.child_by_field_id(_ATTRIBUTE)
        if attribute is None:
            return Unknown(start, node.end_byte, "missing")
        key_start, end = attribute.start_byte, attribute.end_byte
        key = Literal(key_start, end, self.words[self.source[key_start:end]])
        return Member(start, node.end_byte if self.has_errors else end, value, key)

    def subscript(self, node: Node, value: Value) -> Value:
        self.mark(value, "member")
        keys = node.children_by_field_name("subscript")
        if any(key.type == "slice" for key in keys):
            for key in keys:
                self.expr(key)
            return Unknown(node.start_byte, node.end_byte, "slice")
        return Member(node.start_byte, node.end_byte, value, self.subscript_key(node), True)

    def subscript_key(self, node: Node) -> Value:
        """The key between the brackets; several are a tuple."""
        keys = node.children_by_field_name("subscript")
        if len(keys) == 1:
            return self.expr(keys[0])
        if not keys:
            return Unknown(node.end_byte, node.end_byte, "missing")
        return Array(keys[0].start_byte, keys[-1].end_byte, tuple([self.expr(key) for key in keys]), "tuple")

    def new_call(self, start: int, end: int, kind: str, arguments_start: int) -> int:
        first, last = self.statement
        self.calls.append(
            CallRow(
                start, end, None, (), kind, self.function, self.region, "", -1, -1, False, first, last, arguments_start
            )
        )
        return len(self.calls) - 1

    def call(self, node: Node, callee: Value, name: str = "", kind: str = "call") -> Value:
        """A call whose callee has been lowered. The value is ``CallRef``, or what the call is known to make."""
        arguments = node.child_by_field_id(_ARGUMENTS)
        start, end = node.start_byte, node.end_byte
        number = self.new_call(start, end, kind, end)
        row = self.calls[number]
        if type(callee) in TEXTS:
            callee = self.checked(callee, "")
        row.callee = callee
        if type(callee.object if isinstance(callee, Member) else callee) in RESULTS:
            self.mark_callee(callee, number)
        if arguments is None:
            return CallRef(start, end, number)
        row.arguments_start = arguments.start_byte
        if arguments.type == "generator_expression":
            value = self.expr(arguments)
            self.mark(value, "argument", number, 0)
            args: tuple[Argument, ...] = (Argument(value.start, value.end, value),)
        else:
            args = self.arguments(kids(arguments), number, name)
        row.args = args
        made: Value | None = None
        if isinstance(callee, Global):
            special = _SPECIAL_GLOBALS.get(callee.name)
            if special is not None:
                made = special(self, node, args)
        elif isinstance(callee, Member):
            made = self.called_member(node, callee, args)
        elif isinstance(callee, Name) and self.bindings[callee.binding].imported >= 0:
            made = self.called_import(node, callee, args)
        return made if made is not None else CallRef(start, end, number)

    def mark_callee(self, callee: Value, number: int) -> None:
        """Tells the calls whose result is called, or has an attribute that is called."""
        self.mark(callee, "callee", number)
        if isinstance(callee, Member):
            inner = callee.object
            for value in inner.values if isinstance(inner, OneOf) else (inner,):
                if isinstance(value, CallRef):
                    row = self.calls[value.call]
                    if row.use == "member" and row.target < 0:
                        row.target = number

    def arguments(self, nodes: list[Node], number: int, name: str) -> tuple[Argument, ...]:
        if not nodes:
            return ()
        args: list[Argument] = []
        first = ""  # the first argument's text: what `os.getenv(name, default)` looks up, the header that is set …
        for node in nodes:
            index = len(args)
            keyword = ""
            kind = node.type
            if kind == "keyword_argument":
                name_node, value_node = node.child_by_field_id(NAME), node.child_by_field_id(VALUE)
                if name_node is None or value_node is None:
                    self.unknown(node)
                    continue
                keyword = self.text_of(name_node)
                value = self.expr(value_node, first if keyword == "default" and first else keyword)
            elif kind == "dictionary_splat":
                inner = kids(node)
                if not inner:
                    continue
                keyword, value = "**", self.expr(inner[0])
            else:
                bound = name if len(nodes) == 1 else first if index == 1 else ""
                value = self.expr(node, bound)
                if index == 0 and len(nodes) > 1 and isinstance(value, Literal) and isinstance(value.value, str):
                    first = value.value if value.value.replace("-", "_").isidentifier() else ""
            if type(value) in RESULTS:
                self.mark(value, "argument", number, index)
            args.append(Argument(node.start_byte, node.end_byte, value, keyword))
        return tuple(args)

    def called_member(self, node: Node, callee: Member, args: tuple[Argument, ...]) -> Value | None:
        """``"…".format(…)``, ``"…".join([…])``, ``typing.cast(…)``, ``importlib.import_module(…)`` …"""
        key = callee.key.value if isinstance(callee.key, Literal) else None
        text = callee.object
        if isinstance(text, Literal) and isinstance(text.value, str) and text.kind == "":
            if key == "format":
                return self.formatted(node, text, args)
            if key == "join":
                return _joined(node, text, args)
            return None
        if key in _SPECIAL_IMPORTS:
            return self.called_import(node, callee, args)
        return None

    def called_import(self, node: Node, callee: Value, args: tuple[Argument, ...]) -> Value | None:
        """What a call makes of a function that is known, or of one of a module that is imported."""
        holder = callee.object if isinstance(callee, Member) else callee
        if not isinstance(holder, Name) or (number := self.bindings[holder.binding].imported) < 0:
            return None
        imported = self.imports[number]
        name: object = imported.name
        if isinstance(callee, Member):
            if name != "*" or not isinstance(callee.key, Literal):
                return None
            name = callee.key.value
        for known, (modules, make) in _SPECIAL_IMPORTS.items():
            if name == known and imported.specifier in modules:
                return make(self, node, args)
        return None

    def formatted(self, node: Node, text: Literal, args: tuple[Argument, ...]) -> Value | None:
        parts = format_parts(str(text.value))
        if parts is None or any(isinstance(arg.value, Spread) for arg in args):
            return None
        positional = [arg.value for arg in args if not arg.name]
        keywords = {arg.name: arg.value for arg in args if arg.name and arg.name != "**"}
        rest = next((arg.value for arg in args if arg.name == "**"), None)
        values: list[Value] = []
        for part in parts:
            if isinstance(part, str):
                if part:
                    values.append(Literal(text.start, text.end, part))
                continue
            value: Value | None
            if isinstance(part.key, int):
                value = positional[part.key] if part.key < len(positional) else None
            else:
                value = keywords.get(part.key)
                if value is None and rest is not None:
                    key = Literal(rest.start, rest.end, part.key)
                    value = _entry_of(rest, part.key) or Member(rest.start, rest.end, rest, key, True)
            if value is None:
                return None
            for brackets, step in part.path:
                value = Member(value.start, value.end, value, Literal(value.start, value.end, step), brackets)
            values.append(_formatted(part, value, node))
        return Template(node.start_byte, node.end_byte, tuple(_fold(values)), "format")

    def made_dict(self, node: Node, args: tuple[Argument, ...]) -> Value | None:
        """``dict(a=1, **x)``, ``dict(x, a=1)``, ``dict([("a", 1)])``."""
        entries: list[Entry] = []
        for arg in args:
            if arg.name == "**":
                entries.extend(_unfolded(arg.start, arg.end, arg.value))
            elif arg.name:
                key = Literal(arg.start, arg.start + len(arg.name.encode()), arg.name)
                entries.append(Entry(arg.start, arg.end, key, arg.value))
            elif isinstance(arg.value, Array) and all(
                isinstance(item, Array) and len(item.items) == 2 and not isinstance(item.items[0], Spread)
                for item in arg.value.items
            ):
                entries.extend(
                    Entry(item.start, item.end, item.items[0], item.items[1])
                    for item in arg.value.items
                    if isinstance(item, Array)
                )
            else:
                entries.extend(_unfolded(arg.start, arg.end, arg.value))
        return Object(node.start_byte, node.end_byte, tuple(entries))

    def made_module(self, node: Node, args: tuple[Argument, ...]) -> Value | None:
        """``importlib.import_module("x")``, ``__import__("x")``."""
        first = args[0].value if args else None
        if not isinstance(first, Literal) or not isinstance(first.value, str) or not first.value:
            return None
        self.imports.append(Import(first.start, first.end, first.value, "*", -1, "dynamic"))
        return ModuleRef(node.start_byte, node.end_byte, first.value)

    def made_cast(self, node: Node, args: tuple[Argument, ...]) -> Value | None:
        """``typing.cast(T, x)``."""
        arguments = node.child_by_field_name("arguments")
        if arguments is None or len(args) != 2 or any(arg.name for arg in args):
            return None
        return Cast(node.start_byte, node.end_byte, args[1].value, self.type_of(kids(arguments)[0]))

    def made_frozen(self, node: Node, args: tuple[Argument, ...]) -> Value | None:
        """``types.MappingProxyType(x)``."""
        return args[0].value if len(args) == 1 and not args[0].name else None

    # ------------------------------------------------------------------------------------------------------- types

    def type_of(self, node: Node) -> Type:
        """An annotation."""
        if self.depth >= MAX_DEPTH:
            return UnknownType(node.start_byte, node.end_byte)
        self.depth += 1
        handler = _TYPES.get(node.type)
        if handler is not None:
            found = handler(self, node)
        else:
            self.expr(node)
            found = UnknownType(node.start_byte, node.end_byte)
        self.depth -= 1
        return found

    def type_wrapper(self, node: Node) -> Type:
        inner = kids(node)
        return self.type_of(inner[0]) if len(inner) == 1 else UnknownType(node.start_byte, node.end_byte)

    def type_name(self, node: Node) -> Type:
        return NamedType(node.start_byte, node.end_byte, self.expr(node))

    def type_none(self, node: Node) -> Type:
        return NamedType(node.start_byte, node.end_byte, Global(node.start_byte, node.end_byte, "None"))

    def type_union(self, node: Node) -> Type:
        """``A | B | C``: a chain on the left."""
        items: list[Type] = []
        current: Node | None = node
        while current is not None:
            while current.type == "type" and len(inner := kids(current)) == 1:
                current = inner[0]
            if current.type == "binary_operator":
                operator = current.child_by_field_name("operator")
                right = current.child_by_field_name("right")
                if operator is None or operator.type != "|" or right is None:
                    return UnknownType(node.start_byte, node.end_byte)
                items.append(self.type_of(right))
                current = current.child_by_field_name("left")
            elif current.type == "union_type":
                inner = kids(current)
                items.extend(self.type_of(child) for child in inner[:0:-1])
                current = inner[0] if inner else None
            else:
                items.append(self.type_of(current))
                break
        return _union(node.start_byte, node.end_byte, items[::-1])

    def type_string(self, node: Node) -> Type:
        """A forward reference: the annotation within the quotes, with places in this file."""
        content = [child for child in node.children if child.type == "string_content"]
        start, end = node.start_byte, node.end_byte
        unknown = UnknownType(start, end)
        if len(content) != 1 or content[0].child_count:
            return unknown
        inside = content[0]
        if self._type_parser is None:
            self._type_parser = Parser(LANGUAGE)
        self._type_parser.included_ranges = [
            Range(inside.start_point, inside.end_point, inside.start_byte, inside.end_byte)
        ]
        root = self._type_parser.parse(self.data).root_node
        statements = kids(root)
        if root.has_error or len(statements) != 1 or statements[0].type != "expression_statement":
            return unknown
        expressions = kids(statements[0])
        if len(expressions) != 1:
            return unknown
        return self.type_of(expressions[0])

    def type_generic(self, node: Node) -> Type:
        """``T[A, B]`` in both forms that the grammar has for it."""
        if node.type == "subscript":
            head_node = node.child_by_field_name("value")
            arguments = node.children_by_field_name("subscript")
        else:
            inner = kids(node)
            head_node = inner[0] if inner else None
            arguments = kids(inner[1]) if len(inner) > 1 else []
        start, end = node.start_byte, node.end_byte
        if head_node is None:
            return UnknownType(start, end)
        head = self.expr(head_node)
        arguments = [_unwrapped(argument) for argument in arguments]
        if len(arguments) == 1 and arguments[0].type in ("tuple", "expression_list"):
            arguments = kids(arguments[0])
        name = _last_name(head)
        if isinstance(head, Name) and (imported := self.bindings[head.binding].imported) >= 0:
            name = self.imports[imported].name
        make = _GENERICS.get(name)
        if make is not None and arguments:
            return make(self, node, head, arguments)
        return NamedType(start, end, head, tuple([self.type_of(argument) for argument in arguments]))

    def generic_optional(self, node: Node, head: Value, arguments: list[Node]) -> Type:
        none = NamedType(node.start_byte, node.end_byte, Global(node.start_byte, node.end_byte, "None"))
        return _union(node.start_byte, node.end_byte, [self.type_of(arguments[0]), none])

    def generic_union(self, node: Node, head: Value, arguments: list[Node]) -> Type:
        return _union(node.start_byte, node.end_byte, [self.type_of(argument) for argument in arguments])

    def generic_literal(self, node: Node, head: Value, arguments: list[Node]) -> Type:
        items: list[Type] = []
        for argument in arguments:
            if argument.type == "none":
                items.append(self.type_none(argument))
            else:
                items.append(LiteralType(argument.start_byte, argument.end_byte, self.expr(argument)))
        return _union(node.start_byte, node.end_byte, items)

    def generic_annotated(self, node: Node, head: Value, arguments: list[Node]) -> Type:
        inner = self.type_of(arguments[0])
        values = tuple([self.expr(argument) for argument in arguments[1:]])
        if isinstance(inner, NamedType):
            return NamedType(node.start_byte, node.end_byte, inner.name, inner.args, inner.values + values)
        return NamedType(node.start_byte, node.end_byte, head, (inner,), values)

    def generic_array(self, node: Node, head: Value, arguments: list[Node]) -> Type:
        return ArrayType(node.start_byte, node.end_byte, self.type_of(arguments[0]))

    def generic_tuple(self, node: Node, head: Value, arguments: list[Node]) -> Type:
        if len(arguments) == 2 and arguments[1].type == "ellipsis":
            return ArrayType(node.start_byte, node.end_byte, self.type_of(arguments[0]))
        types = tuple([self.type_of(argument) for argument in arguments])
        return NamedType(node.start_byte, node.end_byte, head, types)

    def generic_callable(self, node: Node, head: Value, arguments: list[Node]) -> Type:
        if len(arguments) != 2:
            return UnknownType(node.start_byte, node.end_byte)
        params = kids(arguments[0]) if arguments[0].type == "list" else []
        return FunctionType(
            node.start_byte,
            node.end_byte,
            tuple([self.type_of(param) for param in params]),
            self.type_of(arguments[1]),
        )

    def generic_itself(self, node: Node, head: Value, arguments: list[Node]) -> Type:
        """``ClassVar[T]``, ``Final[T]``, ``Required[T]`` …: T."""
        return self.type_of(arguments[0])

    # ------------------------------------------------------------------------- what statements.py knows how to bind

    def new_binding(self, node: Node, name: str, kind: str) -> int:
        self.bindings.append(BindingRow(node.start_byte, node.end_byte, name, kind, self.function, -1))
        return len(self.bindings) - 1

    def declare_targets(self, node: Node) -> None:
        raise NotImplementedError

    def declare_walruses(self, node: Node) -> None:
        raise NotImplementedError

    def declare(self, found: Declared) -> None:
        raise NotImplementedError

    def assign(self, node: Node, value: Value, op: str) -> None:
        raise NotImplementedError

    def assign_name(self, node: Node, value: Value, op: str, scope: Scope | None = None) -> None:
        raise NotImplementedError


# ---------------------------------------------------------------------------------------------------- pure functions


def assignment(value: Value, function: int, region: int, op: str) -> Assign:
    """The assignment of a value; its place is the value's."""
    return Assign(value.start, value.end, value, function, region, op)


def _positional(param: Param) -> Param:
    if param.kind != "normal":
        return param
    return Param(param.start, param.end, param.name, param.binding, param.default, param.type, "posonly")


def _is_text(value: Value) -> bool:
    if isinstance(value, Literal):
        return isinstance(value.value, str) and value.kind == ""
    if isinstance(value, Cast):
        return (
            isinstance(value.type, NamedType) and isinstance(value.type.name, Global) and value.type.name.name == "str"
        )
    return isinstance(value, (Template, Secret))


def _plus_operands(value: Value) -> list[Value]:
    """The operands of a sum of values of unknown type."""
    operands: list[Value] = []
    while isinstance(value, Binary) and value.op == "+":
        operands.append(value.right)
        value = value.left
    return [value, *operands[::-1]]


def _fold(parts: Iterable[Value]) -> list[Value]:
    """Parts of a text with adjacent literals put together and empty ones left out."""
    folded: list[Value] = []
    run: list[Literal] = []
    for part in (*parts, None):
        if isinstance(part, Literal) and isinstance(part.value, str) and part.kind in ("", "bytes"):
            if part.value:
                run.append(part)
            continue
        if len(run) == 1:
            folded.append(run[0])
        elif run:
            text = "".join(str(literal.value) for literal in run)
            first = run[0]
            end = max(literal.end for literal in run)
            folded.append(Literal(first.start, end, text, first.kind, first.start != run[-1].start))
        run.clear()
        if part is not None:
            folded.append(part)
    return folded


def _placed(value: Literal | Template, node: Node) -> Literal | Template:
    """A text that is a whole expression, with that expression's place."""
    if isinstance(value, Literal):
        return Literal(node.start_byte, node.end_byte, value.value, value.kind, value.concat)
    return Template(node.start_byte, node.end_byte, value.parts, value.how)


def _as_text(value: Value, node: Node) -> Value:
    start, end = node.start_byte, node.end_byte
    return Cast(value.start, value.end, value, NamedType(start, end, Global(start, end, "str")))


def _formatted(spec: FieldSpec, value: Value, node: Node) -> Value:
    return value if spec.plain else _as_text(value, node)


def _percent_value(right: Value, spec: FieldSpec, position: int, count: int) -> Value:
    """What a field of a ``%`` text takes from its right side."""
    if isinstance(spec.key, str):
        found = _entry_of(right, spec.key)
        return found or Member(right.start, right.end, right, Literal(right.start, right.end, spec.key), True)
    if isinstance(right, Array) and right.kind == "tuple":
        if position < len(right.items) and not any(isinstance(item, Spread) for item in right.items[: position + 1]):
            return right.items[position]
        return Unknown(right.start, right.end, "percent")
    if count == 1:
        return right
    return Member(right.start, right.end, right, Literal(right.start, right.end, position), True)


def _entry_of(value: Value, key: str) -> Value | None:
    """An object's value under a key, where no spread can hide it."""
    if not isinstance(value, Object):
        return None
    for entry in reversed(value.entries):
        if entry.key is None or not isinstance(entry.key, Literal) or entry.maybe:
            return None
        if entry.key.value == key:
            return entry.value
    return None


def _unfolded(start: int, end: int, value: Value) -> list[Entry]:
    """The entries that ``**value`` adds."""
    if isinstance(value, Object):
        return list(value.entries)
    if isinstance(value, OneOf) and any(isinstance(item, Object) for item in value.values):
        if value.how == "and" or (value.how == "or" and _is_empty(value.values[-1])):
            items = value.values[-1:] if value.how == "and" else value.values[:-1]
        elif value.how == "ternary":
            items = value.values
        else:
            items = ()
        entries: list[Entry] = []
        for item in items:
            if isinstance(item, Object):
                entries.extend(Entry(e.start, e.end, e.key, e.value, True, e.shorthand) for e in item.entries)
            else:
                entries.append(Entry(start, end, None, item, value.how != "or"))
        if items:
            return entries
    return [Entry(start, end, None, value)]


def _is_empty(value: Value) -> bool:
    return isinstance(value, Object) and not value.entries


def _merged(node: Node, left: Value, right: Value) -> Value | None:
    """``a | {…}``: an object, where one side is known to be one."""
    if not isinstance(left, Object) and not isinstance(right, Object):
        return None
    entries: list[Entry] = []
    for side in (left, right):
        entries.extend(side.entries if isinstance(side, Object) else [Entry(side.start, side.end, None, side)])
    return Object(node.start_byte, node.end_byte, tuple(entries))


def _joined(node: Node, separator: Literal, args: tuple[Argument, ...]) -> Value | None:
    """``"_".join(["user", uid])``: a template, where every item is written down."""
    items = args[0].value if len(args) == 1 and not args[0].name else None
    if not isinstance(items, Array) or any(isinstance(item, Spread) for item in items.items) or len(items.items) > 50:
        return None
    parts: list[Value] = []
    for index, item in enumerate(items.items):
        if index:
            parts.append(Literal(separator.start, separator.end, separator.value))
        parts.append(item)
    return Template(node.start_byte, node.end_byte, tuple(part for part in parts if not _is_blank(part)), "join")


def _is_blank(value: Value) -> bool:
    return isinstance(value, Literal) and value.value == ""


def _last_name(value: Value) -> str:
    """The last name of a reference, for what is called like it."""
    if isinstance(value, Global):
        return value.name
    if isinstance(value, Member) and isinstance(value.key, Literal) and isinstance(value.key.value, str):
        return value.key.value
    return ""


def _unwrapped(node: Node) -> Node:
    while node.type == "type" and len(inner := kids(node)) == 1:
        node = inner[0]
    return node


def _union(start: int, end: int, items: list[Type]) -> Type:
    flat: list[Type] = []
    for item in items:
        flat.extend(item.items if isinstance(item, UnionType) else (item,))
    return flat[0] if len(flat) == 1 else UnionType(start, end, tuple(flat))


_CONSTANTS: dict[str, tuple[bool | None, str]] = {
    "true": (True, ""),
    "false": (False, ""),
    "none": (None, ""),
    "ellipsis": (None, "ellipsis"),
}
_ARRAYS = {
    "list": "list",
    "tuple": "tuple",
    "set": "set",
    "expression_list": "tuple",
    "pattern_list": "tuple",
    "list_pattern": "list",
    "tuple_pattern": "tuple",
}
_COMPREHENSIONS = {
    "list_comprehension": "list",
    "set_comprehension": "set",
    "dictionary_comprehension": "dict",
    "generator_expression": "generator",
}
POSTFIX = {"call": field_id("function"), "attribute": field_id("object"), "subscript": VALUE}
_SPLAT_PARAMETERS = {
    "list_splat_pattern": "rest",
    "list_splat": "rest",
    "dictionary_splat_pattern": "kwrest",
    "dictionary_splat": "kwrest",
}

_SpecialCall = Callable[[Values, Node, tuple[Argument, ...]], Value | None]
_SPECIAL_GLOBALS: dict[str, _SpecialCall] = {
    "dict": Values.made_dict,
    "__import__": Values.made_module,
}
_SPECIAL_IMPORTS: dict[str, tuple[frozenset[str], _SpecialCall]] = {
    "cast": (_TYPING, Values.made_cast),
    "import_module": (frozenset({"importlib"}), Values.made_module),
    "MappingProxyType": (frozenset({"types"}), Values.made_frozen),
}

_EXPRESSIONS: dict[str, Callable[[Values, Node, str], Value]] = {
    "identifier": Values.identifier,
    "keyword_identifier": Values.identifier,
    "integer": Values.number,
    "float": Values.number,
    **dict.fromkeys(_CONSTANTS, Values.constant),
    **dict.fromkeys(_ARRAYS, Values.array),
    **dict.fromkeys(_COMPREHENSIONS, Values.comprehension),
    **dict.fromkeys(POSTFIX, Values.postfix),
    "string": Values.string,
    "concatenated_string": Values.string,
    "parenthesized_expression": Values.parenthesized,
    "list_splat": Values.splat,
    "list_splat_pattern": Values.splat,
    "dictionary_splat": Values.splat,
    "unary_operator": Values.unary,
    "not_operator": Values.unary,
    "comparison_operator": Values.comparison,
    "binary_operator": Values.binary,
    "boolean_operator": Values.boolean,
    "conditional_expression": Values.conditional,
    "named_expression": Values.named_expression,
    "await": Values.await_,
    "yield": Values.yield_,
    "dictionary": Values.dictionary,
    "lambda": Values.lambda_,
    "format_expression": Values.format_expression,
    "interpolation": Values.format_expression,
    "slice": lambda values, node, name: values.unknown(node),
    "pair": lambda values, node, name: values.unknown(node),
    "keyword_argument": lambda values, node, name: values.unknown(node),
    "argument_list": lambda values, node, name: values.unknown(node),
    "ERROR": lambda values, node, name: values.unknown(node),
}

_TYPES: dict[str, Callable[[Values, Node], Type]] = {
    "type": Values.type_wrapper,
    "parenthesized_expression": Values.type_wrapper,
    "identifier": Values.type_name,
    "attribute": Values.type_name,
    "none": Values.type_none,
    "union_type": Values.type_union,
    "binary_operator": Values.type_union,
    "string": Values.type_string,
    "generic_type": Values.type_generic,
    "subscript": Values.type_generic,
}
_GenericType = Callable[[Values, Node, Value, list[Node]], Type]
_ARRAY_TYPES = "list List Sequence MutableSequence Iterable Collection set Set frozenset FrozenSet AbstractSet MutableSet deque Deque"
_ITSELF_TYPES = "ClassVar Final Required NotRequired ReadOnly InitVar"
_GENERICS: dict[str, _GenericType] = {
    "Optional": Values.generic_optional,
    "Union": Values.generic_union,
    "Literal": Values.generic_literal,
    "Annotated": Values.generic_annotated,
    "Callable": Values.generic_callable,
    "tuple": Values.generic_tuple,
    "Tuple": Values.generic_tuple,
    **dict.fromkeys(_ARRAY_TYPES.split(), Values.generic_array),
    **dict.fromkeys(_ITSELF_TYPES.split(), Values.generic_itself),
}
