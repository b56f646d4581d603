"""Judging one property value: does it contradict a type, is it empty, can FullStory index it at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from .. import facts as f
from ..link.modules import Module
from ..link.project import Project
from ..link.types import ARRAYS, declared_type, is_iso_date, type_of
from ..link.values import (
    Arr,
    CallV,
    Elem,
    External,
    Func,
    GlobalV,
    Inst,
    Lit,
    MemberV,
    Obj,
    Param,
    Val,
    dotted,
    options,
)
from . import tables_properties as tables
from .properties import Prop, inside


def contradicts(project: Project, kind: str, value: Val) -> Val | None:
    """The first alternative that is surely not of a type, if every alternative is (nulls say nothing), else None."""
    bad: Val | None = None
    for option in options(value):
        found = type_of(option, project.evaluator)
        if found == "null" or is_nan(option):
            continue
        if not _contradicts(kind, option, found):
            return None
        bad = bad or option
    return bad


def _contradicts(kind: str, value: Val, found: str | None) -> bool:
    fits = tables.FITS.get(kind)
    if found is None or fits is None:
        return False
    if found not in fits:
        return True
    if kind == "date" and isinstance(value, Lit) and isinstance(value.value, str):
        return not is_iso_date(value.value)
    if kind == "dates" and isinstance(value, Arr):
        texts = [item for item in value.items if isinstance(item, Lit) and isinstance(item.value, str)]
        return any(not is_iso_date(str(item.value)) for item in texts)
    return False


def is_nan(value: Val) -> bool:
    """``NaN`` in one of its spellings."""
    if isinstance(value, Lit):
        return value.kind == "nan"
    if isinstance(value, CallV) and value.name == "float" and value.args:
        given = value.args[0]
        return isinstance(given, Lit) and str(given.value).strip().lower() in ("nan", "+nan", "-nan")
    return dotted(value) in ("NaN", "Number.NaN", "math.nan", "numpy.nan")


def is_empty(value: Val) -> bool:
    """``null``, ``undefined``, ``None``, ``NaN``."""
    return is_nan(value) or (isinstance(value, Lit) and value.value is None and value.kind in ("", "undefined"))


def given_literally(prop: Prop, value: Val) -> bool:
    """The literal stands where the property is given, or where a caller gives the value; no constant, no default."""
    if value.at is not None:
        return value.at == value.place
    return inside(value.place, prop.entry.at)


# ----------------------------------------------------------------------------------------------------- whole things


def unsupported(project: Project, prop: Prop, value: Val) -> str | None:
    """What a value is that FullStory cannot index, in words."""
    if isinstance(value, Func):
        return "a function"
    if _serialised(project, value):
        return "JSON text of an object or array"
    if is_array_of_objects(project, value):
        return "an array of objects"
    return _whole(project, value)


def _serialised(project: Project, value: Val) -> bool:
    if not isinstance(value, CallV) or dotted(value.callee) not in ("JSON.stringify", "json.dumps") or not value.args:
        return False
    return all(
        (found := type_of(option, project.evaluator)) in ARRAYS or found == "object"
        for option in options(value.args[0])
    )


def is_array_of_objects(project: Project, value: Val) -> bool:
    """A list that holds objects, as far as it is in view."""
    if isinstance(value, Arr):
        return any(isinstance(option, (Obj, Inst)) for item in value.items for option in options(item))
    if isinstance(value, CallV) and dotted(value.callee).rpartition(".")[2] in ("map", "flatMap"):
        return bool(value.args) and _returns_object(value.args[0])
    return type_of(value, project.evaluator) == "objects"


def _returns_object(value: Val) -> bool:
    if not isinstance(value, Func):
        return False
    returns = [r for r in value.module.facts.functions[value.function].returns if r.value is not None]
    return bool(returns) and all(isinstance(r.value, f.Object) for r in returns)


def _whole(project: Project, value: Val) -> str | None:
    if isinstance(value, CallV):
        name = dotted(value.callee)
        if value.new and name == "FormData":
            return "a FormData object"
        if name in tables.DOM_LOOKUPS or (
            isinstance(value.callee, MemberV) and value.callee.key in tables.DOM_METHODS and not value.module.python
        ):
            return "a DOM node"
        return None
    python = value.place.path.endswith(".py")
    bodies = tables.REQUEST_BODIES_PYTHON if python else tables.REQUEST_BODIES
    if isinstance(value, (GlobalV, External)):
        if len(value.path) > 1 and value.path[-1] in bodies and value.path[-2] in tables.REQUEST_NAMES:
            return "a whole request body"
        if isinstance(value, GlobalV) and _dom_global(value):
            return "a whole event object" if value.dotted == "event" else "a DOM node"
        return None
    if isinstance(value, MemberV):
        if value.key in bodies and _name(value.base) in tables.REQUEST_NAMES:
            return "a whole request body"
        if value.key in tables.EVENT_TARGETS and _is_event(project, value.base):
            return "a DOM node"
    if _is_event(project, value):
        return "a whole event object"
    return _declared_whole(project, value)


def _dom_global(value: GlobalV) -> bool:
    return value.dotted in tables.DOM_GLOBALS and not value.place.path.endswith(".py")


def _name(value: Val) -> str:
    if isinstance(value, Param):
        return value.name
    if isinstance(value, MemberV):
        return value.key or ""
    if isinstance(value, (GlobalV, External)):
        return value.path[-1] if value.path else ""
    return ""


def _declared_whole(project: Project, value: Val) -> str | None:
    if not isinstance(value, (Param, MemberV, CallV, Elem)):
        return None
    owner = declared_type(value, project.evaluator)
    if owner is None:
        return None
    module, declared = project.evaluator.declared(*owner)
    if isinstance(declared, f.UnionType):
        known = [item for item in declared.items if not _is_null(item)]
        if len(known) != 1:
            return None
        declared = known[0]
    if module.python or not isinstance(declared, f.NamedType):
        return None
    head = declared.name
    if isinstance(head, f.Global):
        return tables.WHOLE_TYPES.get(head.name)
    found = project.evaluator.eval(module, head)
    if isinstance(found, External) and found.path and found.package in ("react", "preact", "vue", "solid-js"):
        return tables.WHOLE_TYPES.get(found.path[-1])
    if isinstance(found, GlobalV) and found.path[0] in ("React", "JSX"):
        return tables.WHOLE_TYPES.get(found.path[-1])
    return None


def _is_null(item: f.Type) -> bool:
    return (
        isinstance(item, f.NamedType)
        and isinstance(item.name, f.Global)
        and item.name.name in ("null", "undefined", "None")
    )


def _is_event(project: Project, value: Val) -> bool:
    """The first parameter of an event listener: ``onClick={e => …}`` on a DOM element, ``addEventListener('x', e => …)``."""
    if not isinstance(value, Param) or value.index != 0 or value.module.python:
        return False
    if value.module.facts.functions[value.function].kind == "handler":
        return value.name == "event"
    return value.function in _listeners(value.module)


def _listeners(module: Module) -> set[int]:
    """The functions that stand in an ``on…`` attribute of an element of the DOM (not of a component), or that are given
    to ``addEventListener``; by their name too."""
    found = module.__dict__.get("_listeners")
    if found is None:
        found = {
            function
            for call in module.facts.calls
            for node in _registered_in(call)
            for function in _functions(module, node)
        }
        module.__dict__["_listeners"] = found
    return cast("set[int]", found)


def _registered_in(call: f.Call) -> Iterator[f.Value]:
    if call.kind == "jsx" and isinstance(call.callee, f.Literal) and call.args:
        attributes = call.args[0].value
        for entry in attributes.entries if isinstance(attributes, f.Object) else ():
            if isinstance(entry.key, f.Literal) and str(entry.key.value).startswith("on"):
                yield entry.value
    callee = call.callee
    key = callee.key if isinstance(callee, f.Member) else None
    name = key.value if isinstance(key, f.Literal) else callee.name if isinstance(callee, f.Global) else None
    if name == "addEventListener" and len(call.args) > 1:
        yield call.args[1].value


def _functions(module: Module, node: f.Value) -> Iterator[int]:
    """The function that an expression is, directly or by its name."""
    if isinstance(node, f.FunctionRef):
        yield node.function
    elif isinstance(node, f.Name):
        for assign in module.facts.bindings[node.binding].assigns:
            if isinstance(assign.value, f.FunctionRef):
                yield assign.value.function
