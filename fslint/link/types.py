"""The property type of evaluated values: what FullStory would take a value for, as far as that is known.

In: a ``Val`` (and the evaluator, to look up declared types). Out: a type's name, or None for unknown:

``str`` ``int`` ``real`` ``bool`` · ``num`` (a number, int or real) · ``date`` (a ``Date``/``datetime`` object) · ``isodate``
(a string in ISO 8601: both str and date) · ``strs ints reals nums bools dates`` · ``array`` (of unknown items) ·
``object`` · ``objects`` · ``null`` · ``function``.

``null``, ``undefined`` and ``None`` in a union, and ``Decimal``, say nothing of the type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from .. import facts as f
from . import type_tables as tables
from .modules import Module
from .values import (
    Arr,
    CallV,
    Choice,
    Cls,
    Elem,
    EnvV,
    External,
    Func,
    GlobalV,
    Inst,
    Lit,
    MemberV,
    Obj,
    Param,
    SecretV,
    Tmpl,
    Typed,
    Val,
    options,
)

if TYPE_CHECKING:
    from .evaluate import Evaluator

NUMBERS = frozenset({"int", "real", "num"})
ARRAYS = frozenset({"strs", "ints", "reals", "nums", "bools", "dates", "objects", "array"})

PLURAL = {
    "str": "strs",
    "isodate": "strs",
    "int": "ints",
    "real": "reals",
    "num": "nums",
    "bool": "bools",
    "date": "dates",
    "object": "objects",
}
SINGULAR = {
    "strs": "str",
    "ints": "int",
    "reals": "real",
    "nums": "num",
    "bools": "bool",
    "dates": "date",
    "objects": "object",
}

_FAMILIES = ((frozenset({"int", "real", "num"}), "num"), (frozenset({"ints", "reals", "nums"}), "nums"))
_JOINED = {
    frozenset({"str", "isodate"}): "str",
    frozenset({"date", "isodate"}): "date",
}

_ISO = re.compile(
    r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"(?:[T ](?:[01]\d|2[0-4]):?[0-5]\d(?::?[0-5]\d(?:[.,]\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?"
)

MAX_DEPTH = 40
"""Nesting beyond this is unknown."""


def is_iso_date(text: str) -> bool:
    """Whether a text is a date, or a date and time, in ISO 8601."""
    return _ISO.fullmatch(text) is not None


def join(types: Iterable[str | None]) -> str | None:
    """The type that all alternatives have: nulls say nothing, int and real together are ``num``; None if they differ."""
    found: set[str] = set()
    only_null = False
    for one in types:
        if one is None:
            return None
        if one == "null":
            only_null = True
        else:
            found.add(one)
    if not found:
        return "null" if only_null else None
    if len(found) == 1:
        return found.pop()
    for family, name in _FAMILIES:
        if found <= family:
            return name
    if found <= ARRAYS:
        return "array"
    return _JOINED.get(frozenset(found))


def type_of(value: Val | None, evaluator: Evaluator | None = None) -> str | None:
    """The property type of a value, or None where it is not known."""
    return None if value is None else _type(value, evaluator, 0)


def is_number(value: Val | None, evaluator: Evaluator | None = None) -> bool:
    """Known to be a number (``number | null`` too)."""
    return type_of(value, evaluator) in NUMBERS


def _type(value: Val, evaluator: Evaluator | None, depth: int) -> str | None:
    if depth > MAX_DEPTH:
        return None
    known = _BY_KIND.get(type(value))
    found = known(value, evaluator, depth) if known is not None else None
    if found is not None:
        return found
    declared = declared_type(value, evaluator)
    if declared is not None:
        return _declared(declared[0], declared[1], evaluator, depth + 1)
    return None


# ---------------------------------------------------------------------------------------------------- kinds of values


def _lit(value: Lit, evaluator: Evaluator | None, depth: int) -> str | None:
    if value.kind:
        return {"undefined": "null", "nan": "num", "infinity": "num", "bigint": "int"}.get(value.kind)
    constant = value.value
    if constant is None:
        return "null"
    if isinstance(constant, bool):
        return "bool"
    if isinstance(constant, int):
        return "int"
    if isinstance(constant, float):
        return "real"
    return "isodate" if is_iso_date(constant) else "str"


def _text(value: Val, evaluator: Evaluator | None, depth: int) -> str | None:
    return "str"


def _choice(value: Choice, evaluator: Evaluator | None, depth: int) -> str | None:
    return join(_type(option, evaluator, depth + 1) for option in value.options)


def _obj(value: Obj, evaluator: Evaluator | None, depth: int) -> str | None:
    return "object"


def _arr(value: Arr, evaluator: Evaluator | None, depth: int) -> str | None:
    if not value.items:
        return "array"
    item = join(_type(item, evaluator, depth + 1) for item in value.items[:200])
    return PLURAL.get(item or "", "array")


def _func(value: Val, evaluator: Evaluator | None, depth: int) -> str | None:
    return "function"


def _inst(value: Inst, evaluator: Evaluator | None, depth: int) -> str | None:
    return _class_type(value.cls, evaluator, depth)


def _global(value: GlobalV, evaluator: Evaluator | None, depth: int) -> str | None:
    if _python(value):
        return tables.PY_GLOBALS.get(value.dotted)
    return "int" if _is_length(value) else tables.JS_GLOBALS.get(value.dotted)


def _is_length(value: GlobalV | External) -> bool:
    return len(value.path) > 1 and value.path[-1] == "length"


def _external(value: External, evaluator: Evaluator | None, depth: int) -> str | None:
    if _python(value):
        return tables.PY_GLOBALS.get(value.dotted)
    return "int" if _is_length(value) else None


def _env(value: EnvV, evaluator: Evaluator | None, depth: int) -> str | None:
    if value.via.endswith("import.meta.env") and value.name in tables.VITE_FLAGS:
        return "bool"
    if value.default is None:
        return "str"
    return join(("str", _type(value.default, evaluator, depth + 1)))


def _member(value: MemberV, evaluator: Evaluator | None, depth: int) -> str | None:
    if value.key == "length" and value.decl is None and not _python(value):
        return "int"
    if value.key in tables.DATE_PARTS and _type(value.base, evaluator, depth + 1) == "date":
        return "int"
    if value.key in tables.DURATION_PARTS and isinstance(value.base, Typed) and value.base.op == "-":
        return "int" if any(_type(o, evaluator, depth + 1) == "date" for o in value.base.operands) else None
    if value.key == "value" and value.base.decl is not None and evaluator is not None:
        return join_or_none(_type(v, evaluator, depth + 1) for v in evaluator.literal_types(*value.base.decl) or ())
    if value.key is not None and evaluator is not None and value.decl is None:
        return _field_value(value.base, value.key, evaluator, depth)
    return None


def join_or_none(types: Iterable[str | None]) -> str | None:
    """``join``, with nothing in nothing out."""
    listed = list(types)
    return join(listed) if listed else None


def _field_value(base: Val, name: str, evaluator: Evaluator, depth: int) -> str | None:
    """The type of a member that its class declares by a value: ``days = models.IntegerField()``, ``limit = 5``."""
    value = _declaring_value(base, name, evaluator)
    return None if value is None else _type(value, evaluator, depth + 1)


def _declaring_value(base: Val, name: str, evaluator: Evaluator) -> Val | None:
    owner = declared_type(base, evaluator)
    if owner is None:
        return None
    for module, field in evaluator.fields_of(*owner) or ():
        if field.name == name and field.kind == "field" and field.value is not None and field.type is None:
            return evaluator.eval(module, field.value)
    return None


def _element(value: Elem, evaluator: Evaluator | None, depth: int) -> str | None:
    return SINGULAR.get(_type(value.base, evaluator, depth + 1) or "")


def _param(value: Param, evaluator: Evaluator | None, depth: int) -> str | None:
    """TypeScript infers a parameter's type from its default."""
    if value.decl is not None or value.index < 0 or evaluator is None:
        return None
    if value.module.facts.language not in ("typescript", "tsx"):
        return None
    params = value.module.facts.functions[value.function].params
    default = params[value.index].default if value.index < len(params) else None
    if isinstance(default, (f.Literal, f.Template, f.Array, f.Object)):
        found = _type(evaluator.eval(value.module, default), evaluator, depth + 1)
        return None if found == "null" else {"isodate": "str", "int": "num", "real": "num"}.get(found or "", found)
    return None


def _call(value: CallV, evaluator: Evaluator | None, depth: int) -> str | None:
    callee = value.callee
    if isinstance(callee, (GlobalV, External)):
        name = callee.dotted.removeprefix("node:")
        if name == "Date":
            return "date" if value.new else "str"
        if value.new:
            return None
        special = _SPECIAL.get(name)
        if special is not None:
            return special(value, evaluator, depth)
        found = (tables.PY_CALLS if value.module.python else tables.JS_CALLS).get(name)
        if found is None and isinstance(callee, External):
            found = _field_call(value, name.rsplit(".", 1)[-1])
        if found is not None or (callee.path and callee.path[0] in tables.JS_NAMESPACES):
            return found
        if len(callee.path) > 1:
            # A method of something that is only known by name: `total.toFixed(2)`, `settings.NAME.lower()`.
            return (tables.PY_METHODS if value.module.python else tables.JS_METHODS).get(callee.path[-1])
        return None
    if isinstance(callee, MemberV) and callee.key is not None:
        if callee.key in ("replace", "date") and value.module.python:
            base = _type(callee.base, evaluator, depth + 1)
            return base if base in ("str", "date") else None
        if callee.key == "reduce" and len(value.args) == 2:
            return _wider_number(_type(value.args[1], evaluator, depth + 1))
        return (tables.PY_METHODS if value.module.python else tables.JS_METHODS).get(callee.key)
    return None


def _wider_number(kind: str | None) -> str | None:
    """What ``reduce`` gives that starts with a value of this type."""
    return "num" if kind in NUMBERS else None if kind == "null" else kind


def _field_call(value: CallV, name: str) -> str | None:
    if name in tables.COLUMN_CALLS:
        for argument in value.args[:2]:
            kind = argument.callee if isinstance(argument, CallV) else argument
            if isinstance(kind, External) and kind.path and kind.path[-1] in tables.COLUMN_TYPES:
                return tables.COLUMN_TYPES[kind.path[-1]]
        return None
    return tables.FIELD_CALLS.get(name)


def _same_number(value: CallV, evaluator: Evaluator | None, depth: int) -> str | None:
    """``abs(x)``."""
    found = _type(value.args[0], evaluator, depth + 1) if value.args else None
    return found if found in NUMBERS else "num"


def _rounded(value: CallV, evaluator: Evaluator | None, depth: int) -> str | None:
    """``round(x)`` is an int, ``round(x, 2)`` what x is."""
    if len(value.args) < 2 and not value.keywords:
        return "int"
    return _same_number(value, evaluator, depth)


def _extreme(value: CallV, evaluator: Evaluator | None, depth: int) -> str | None:
    """``min`` and ``max`` of Python: of one iterable an element, else one of the arguments."""
    found = [_type(argument, evaluator, depth + 1) for argument in value.args]
    if len(found) == 1:
        return SINGULAR.get(found[0] or "")
    if any(kind in NUMBERS for kind in found) and all(kind is None or kind in NUMBERS for kind in found):
        return join(kind or "num" for kind in found)
    return join(found)


_SPECIAL: dict[str, Callable[[CallV, Evaluator | None, int], str | None]] = {
    "abs": _same_number,
    "round": _rounded,
    "min": _extreme,
    "max": _extreme,
}


def _typed(value: Typed, evaluator: Evaluator | None, depth: int) -> str | None:
    if value.op in ("-", "+") and len(value.operands) == 1:
        found = _type(value.operands[0], evaluator, depth + 1)
        return found if found in NUMBERS else "num"
    if value.type:
        return value.type
    if len(value.operands) != 2:
        return None
    left, right = (_type(operand, evaluator, depth + 1) for operand in value.operands)
    return _python_arithmetic(value.op, left, right) if _python(value) else _js_arithmetic(value.op, left, right)


_BITS = frozenset({"|", "&", "^", "<<", ">>", ">>>"})


def _js_arithmetic(op: str, left: str | None, right: str | None) -> str | None:
    if op in _BITS:
        return "int"
    if op == "+":
        if left in ("str", "isodate") or right in ("str", "isodate"):
            return "str"
        if left not in NUMBERS or right not in NUMBERS:
            return None
    if op in ("+", "-", "*", "%", "**"):
        return "int" if left == right == "int" else "num"
    return "num" if op == "/" else None


def _python_arithmetic(op: str, left: str | None, right: str | None) -> str | None:
    numbers = [kind for kind in (left, right) if kind in NUMBERS or kind == "bool"]
    if op == "+" and left in ("str", "isodate") and right in ("str", "isodate"):
        return "str"
    if len(numbers) < 2 and (left is not None and right is not None):
        return None
    if len(numbers) == 2:
        if op in _BITS:
            return "int"
        if op == "/":
            return "real"
        if "real" in numbers:
            return "real"
        return "num" if "num" in numbers else "int"
    if len(numbers) == 1 and op in ("+", "-", "/", "//", "**"):
        return "real" if op == "/" or "real" in numbers else "num"
    if len(numbers) == 1 and op == "*" and "real" in numbers:
        return "real"
    if op == "%" and left in NUMBERS:
        return "num"
    return None


_Known = Callable[[Any, "Evaluator | None", int], "str | None"]

_BY_KIND: dict[type, _Known] = {
    Lit: _lit,
    SecretV: _text,
    Tmpl: _text,
    Choice: _choice,
    Obj: _obj,
    Arr: _arr,
    Func: _func,
    Inst: _inst,
    GlobalV: _global,
    External: _external,
    EnvV: _env,
    MemberV: _member,
    Elem: _element,
    Param: _param,
    CallV: _call,
    Typed: _typed,
}


def _python(value: Val) -> bool:
    return value.place.path.endswith((".py", ".pyi"))


# ------------------------------------------------------------------------------------------------------ declared types


def declared_type(value: Val | None, evaluator: Evaluator | None = None) -> tuple[Module, f.Type] | None:
    """The type that is written down for a value, with the module that writes it: of the value itself, a parameter, a
    member of a declared type, the result of a declared function, an element of a declared list."""
    if value is None:
        return None
    if value.decl is not None:
        return value.decl
    if isinstance(value, Param):
        if 0 <= value.index < len(value.module.facts.functions[value.function].params):
            declared = value.module.facts.functions[value.function].params[value.index].type
            return None if declared is None else (value.module, declared)
        return None
    if evaluator is None:
        return None
    if isinstance(value, MemberV) and value.key is not None:
        return _member_type(value.base, value.key, evaluator)
    if isinstance(value, CallV):
        return _result_type(value, evaluator)
    if isinstance(value, Elem):
        owner = declared_type(value.base, evaluator)
        if owner is not None:
            module, declared = evaluator.declared(*owner)
            if isinstance(declared, f.ArrayType):
                return module, declared.item
    return None


def _member_type(base: Val, name: str, evaluator: Evaluator, limit: int = 12) -> tuple[Module, f.Type] | None:
    """The declared type of ``base.name``. Chains of members are walked without recursion into the whole of ``types``."""
    chain = [name]
    while isinstance(base, MemberV) and base.decl is None and base.key is not None and len(chain) < limit:
        chain.append(base.key)
        base = base.base
    if isinstance(base, MemberV) and base.decl is None:
        return None
    owner = declared_type(base, evaluator)
    while owner is not None and chain:
        owner = evaluator.member_type(owner[0], owner[1], chain.pop())
    return owner


def _result_type(value: CallV, evaluator: Evaluator) -> tuple[Module, f.Type] | None:
    callee = value.callee
    if isinstance(callee, Func):
        declared = callee.module.facts.functions[callee.function].return_type
        return None if declared is None else (callee.module, declared)
    if isinstance(callee, MemberV) and callee.key is not None:
        owner = declared_type(callee.base, evaluator)
        if owner is None:
            return None
        for module, field in evaluator.fields_of(*owner) or ():
            if field.name != callee.key:
                continue
            if isinstance(field.value, f.FunctionRef):
                result = module.facts.functions[field.value.function].return_type
                return None if result is None else (module, result)
            if isinstance(field.type, f.FunctionType):
                return module, field.type.result
    return None


def is_optional(value: Val | None, evaluator: Evaluator | None = None) -> bool:
    """Declared as possibly missing: ``x?``, ``T | undefined``, ``T | null``, ``Optional[T]``."""
    if value is None:
        return False
    if isinstance(value, Choice):
        return any(is_optional(option, evaluator) for option in value.options)
    if isinstance(value, Param) and value.index >= 0:
        params = value.module.facts.functions[value.function].params
        if value.index < len(params) and params[value.index].optional:
            return True
    if isinstance(value, MemberV) and value.key is not None and evaluator is not None:
        owner = declared_type(value.base, evaluator)
        if owner is not None and any(
            field.optional for _, field in evaluator.fields_of(*owner) or () if field.name == value.key
        ):
            return True
    declared = declared_type(value, evaluator)
    return declared is not None and _admits_null(declared[0], declared[1], evaluator, 0)


def _admits_null(module: Module, declared: f.Type, evaluator: Evaluator | None, depth: int) -> bool:
    if depth > MAX_DEPTH:
        return False
    if isinstance(declared, f.NamedType) and _head(module, declared.name, evaluator) == "Optional":
        return True
    if evaluator is not None:
        module, declared = evaluator.declared(module, declared)
    if isinstance(declared, f.UnionType):
        return any(_admits_null(module, item, evaluator, depth + 1) for item in declared.items)
    if isinstance(declared, f.NamedType):
        name = _head(module, declared.name, evaluator)
        return (tables.PY_NAMES if module.python else tables.JS_NAMES).get(name) == "null"
    return False


def is_uuid(value: Val, evaluator: Evaluator) -> bool:
    """Declared as Python's ``UUID`` (``UUID | None`` too), or as a column or field that holds one."""
    declared = declared_type(value, evaluator)
    if declared is not None:
        return _is_uuid(declared[0], declared[1], evaluator, 0)
    field: Val | None = value
    if isinstance(value, MemberV):
        field = _declaring_value(value.base, value.key, evaluator) if value.key else None
    if not isinstance(field, CallV) or not isinstance(field.callee, External):
        return False
    kinds = (
        [field, *field.args[:2]] if field.callee.path[-1:] and field.callee.path[-1] in tables.COLUMN_CALLS else [field]
    )
    heads = [kind.callee if isinstance(kind, CallV) else kind for kind in kinds]
    return any(isinstance(head, External) and head.path and head.path[-1] in tables.UUIDS for head in heads)


def _is_uuid(module: Module, declared: f.Type, evaluator: Evaluator, depth: int) -> bool:
    if depth > MAX_DEPTH or not module.python:
        return False
    module, declared = evaluator.declared(module, declared)
    if isinstance(declared, f.UnionType):
        items = [item for item in declared.items if not _admits_null(module, item, evaluator, depth + 1)]
        return bool(items) and all(_is_uuid(module, item, evaluator, depth + 1) for item in items)
    if not isinstance(declared, f.NamedType):
        return False
    name = _head(module, declared.name, evaluator)
    if name in tables.TRANSPARENT and declared.args:
        return _is_uuid(module, declared.args[0], evaluator, depth + 1)
    return name in tables.UUIDS


def _declared(module: Module, declared: f.Type, evaluator: Evaluator | None, depth: int) -> str | None:
    """The property type of a declared type."""
    if depth > MAX_DEPTH:
        return None
    if evaluator is not None:
        module, declared = evaluator.declared(module, declared)
    if isinstance(declared, f.UnionType):
        return join(_declared(module, item, evaluator, depth + 1) for item in declared.items)
    if isinstance(declared, f.LiteralType):
        if isinstance(declared.value, f.Literal):
            return _wider(_lit(Lit(module.place(declared.value), declared.value.value, declared.value.kind), None, 0))
        if evaluator is not None:
            return _wider(_type(evaluator.eval(module, declared.value), evaluator, depth + 1))
        return None
    if isinstance(declared, f.ArrayType):
        return PLURAL.get(_declared(module, declared.item, evaluator, depth + 1) or "", "array")
    if isinstance(declared, f.ObjectType):
        return "object"
    if isinstance(declared, f.FunctionType):
        return "function"
    if isinstance(declared, f.NamedType):
        return _named(module, declared, evaluator, depth)
    if isinstance(declared, f.TypeofType) and evaluator is not None:
        return _wider(_type(evaluator.eval(module, declared.value), evaluator, depth + 1))
    if isinstance(declared, (f.IndexedType, f.KeyofType)) and evaluator is not None:
        values = evaluator.literal_types(module, declared)
        return join_or_none(_wider(_type(value, evaluator, depth + 1)) for value in values or ())
    return None


def _wider(kind: str | None) -> str | None:
    """A value of a literal type is one of several: what its content looks like says nothing more."""
    return "str" if kind == "isodate" else kind


def _named(module: Module, declared: f.NamedType, evaluator: Evaluator | None, depth: int) -> str | None:
    head = evaluator.eval(module, declared.name) if evaluator is not None else None
    if isinstance(head, Cls):
        return _class_type(head, evaluator, depth)
    if isinstance(head, Lit):
        return _wider(_lit(head, evaluator, depth)) if head.enum else None
    if isinstance(head, CallV) and head.name.rsplit(".", 1)[-1] == "NewType" and len(head.args) == 2:
        return _type_value(head.args[1])
    name = _head(module, declared.name, evaluator)
    if name in tables.TRANSPARENT and declared.args:
        return _declared(module, declared.args[0], evaluator, depth + 1)
    if module.python:
        return tables.PY_NAMES.get(name)
    return tables.JS_NAMES.get(name) if isinstance(declared.name, f.Global) else None


def _type_value(value: Val) -> str | None:
    """A type that is given as a value: ``NewType('UserId', int)``."""
    return tables.PY_NAMES.get(value.path[-1]) if isinstance(value, (GlobalV, External)) and value.path else None


def _class_type(cls: Cls, evaluator: Evaluator | None, depth: int) -> str | None:
    """The property type of an instance of a project class, an interface, or a member of an enum."""
    facts = cls.module.facts.classes[cls.cls]
    if facts.kind == "interface":
        return "object"
    if facts.kind == "enum":
        kinds = []
        for field in facts.fields:
            if field.kind == "member":
                value = None if field.value is None or evaluator is None else evaluator.eval(cls.module, field.value)
                kinds.append("int" if field.value is None else _wider(type_of(value, evaluator)))
        return join_or_none(kinds)
    if evaluator is None or depth > MAX_DEPTH:
        return "object"
    for base in facts.bases:
        for option in options(evaluator.eval(cls.module, base)):
            if isinstance(option, Cls) and (option.module, option.cls) != (cls.module, cls.cls):
                inherited = _class_type(option, evaluator, depth + 1)
                if inherited != "object":
                    return inherited
            elif isinstance(option, (GlobalV, External)) and option.path:
                name = option.path[-1]
                if name in ("StrEnum", "TextChoices"):
                    return "str"
                if name in ("IntEnum", "IntFlag", "IntegerChoices"):
                    return "int"
                if cls.module.python and name in ("str", "int", "float", "datetime", "date"):
                    return tables.PY_NAMES[name]
                if name in ("Enum", "Flag", "Decimal", "UUID"):
                    return None
    return "object"


def _head(module: Module, name: f.Value, evaluator: Evaluator | None) -> str:
    """The last name of a type's head."""
    if isinstance(name, f.Global):
        return name.name
    if evaluator is not None:
        head = evaluator.eval(module, name)
        return head.path[-1] if isinstance(head, (GlobalV, External)) and head.path else ""
    if isinstance(name, f.Name):
        binding = module.facts.bindings[name.binding]
        return module.facts.imports[binding.imported].name if binding.imported >= 0 else ""
    if isinstance(name, f.Member) and isinstance(name.key, f.Literal):
        return str(name.key.value)
    return ""


__all__ = [
    "ARRAYS",
    "NUMBERS",
    "PLURAL",
    "SINGULAR",
    "declared_type",
    "is_iso_date",
    "is_number",
    "is_optional",
    "is_uuid",
    "join",
    "join_or_none",
    "type_of",
]
