"""What is handed from file to file without an import: globals, contexts, injected things, implementations.

``register`` enters what a module gives under a kind and a key; ``Registrations.look`` says what is given. Kinds:
``global`` (key: dotted name without ``window.``) · ``this`` (a property that a plugin puts on every component) ·
``state`` (a service put on an application) · ``action`` (Vuex) ·
``context`` (key: path and call of ``createContext``; what its providers hold) · ``provide`` (Vue: key as ``provided_key``) ·
``angular`` (AngularJS: the injectable's name) · ``implements``,
``extends`` (key: path and class of an interface, a base class).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .. import facts as f
from .modules import Module
from .values import Arr, CallV, Cls, Func, GlobalV, Lit, Val, options

if TYPE_CHECKING:
    from .evaluate import Evaluator

Key = tuple[str, object]


class Given(NamedTuple):
    """One registration. ``how``: how ``node`` gives the value (AngularJS: factory, service, constant, value)."""

    module: Module
    node: f.Value
    how: str = ""


class Registrations:
    """What is given, and what was asked for (``stale``: something was given after it was asked for)."""

    def __init__(self) -> None:
        self.given: dict[Key, list[Given]] = {}
        self._asked: set[Key] = set()
        self.stale = False

    def look(self, kind: str, key: object) -> list[Given]:
        """All that is given under a key, in order of files."""
        self._asked.add((kind, key))
        return self.given.get((kind, key), [])

    def add(self, kind: str, key: object, given: Given) -> None:
        """Enter a registration."""
        rows = self.given.setdefault((kind, key), [])
        rows.append(given)
        rows.sort(key=lambda row: (row.module.path, row.node.start))
        self.stale = self.stale or (kind, key) in self._asked

    def forget(self) -> None:
        """Nothing was asked for yet."""
        self._asked.clear()
        self.stale = False


WINDOW = frozenset({"window", "globalThis", "self", "top", "parent", "global", "$window"})
_NOT_GLOBAL = frozenset({"FS", "onload", "location", "_fs_namespace"})
ANGULAR = frozenset({"factory", "service", "constant", "value", "provider"})
ANGULAR_INJECTED = frozenset(
    {"controller", "factory", "service", "directive", "run", "config", "component", "filter", "decorator", "$get"}
)


def register(module: Module, evaluator: Evaluator, table: Registrations) -> None:
    """Enter what a module gives."""
    facts = module.facts
    for write in facts.writes:
        _state(module, write, table)
        if not module.python:
            _write(module, write, evaluator, table)
    if not module.python:
        _tokens(module, evaluator, table)
        _declared(module, table)
        for call in facts.calls:
            _call(module, call, evaluator, table)
    for number, cls in enumerate(facts.classes):
        node = f.ClassRef(cls.start, cls.end, number)
        if cls.bases and cls.kind == "class":
            for above in evaluator.lineage(Cls(module.place(cls), module, number))[1:]:
                table.add("extends", (above.module.path, above.cls), Given(module, node))
        for interface in cls.interfaces:
            for option in options(evaluator.eval(module, interface)):
                if isinstance(option, Cls):
                    table.add("implements", (option.module.path, option.cls), Given(module, node))


STATE = frozenset({"state", "locals", "extensions"})
"""Members of an application under which a framework lets one put services (Starlette, Express, Flask)."""


def _state(module: Module, write: f.Write, table: Registrations) -> None:
    target = write.object
    if isinstance(target, f.Member) and isinstance(target.key, f.Literal) and target.key.value in STATE:
        if (
            isinstance(write.key, f.Literal)
            and isinstance(write.key.value, str)
            and not isinstance(target.object, f.This)
        ):
            table.add("state", write.key.value, Given(module, write.value))


_USES = ("useClass", "useValue", "useFactory", "useExisting")


def _tokens(module: Module, evaluator: Evaluator, table: Registrations) -> None:
    """``{ provide: TOKEN, useClass: C }`` of Angular and Nest."""
    packages = {imported.specifier for imported in module.facts.imports}
    if not packages & {"@angular/core", "@nestjs/common", "@angular/platform-browser", "@angular/router"}:
        return
    for node in module.nodes:
        if not isinstance(node, f.Object):
            continue
        entries = {e.key.value: e.value for e in node.entries if isinstance(e.key, f.Literal)}
        if "provide" in entries:
            for how in _USES:
                if how in entries:
                    for option in options(evaluator.eval(module, entries["provide"])):
                        if not isinstance(option, Cls):
                            table.add("provide", provided_key(option), Given(module, entries[how], how))


def _write(module: Module, write: f.Write, evaluator: Evaluator, table: Registrations) -> None:
    if not isinstance(write.key, f.Literal) or not isinstance(write.key.value, str) or write.op != "=":
        return
    name, target = write.key.value, write.object
    if isinstance(target, f.Member) and isinstance(target.key, f.Literal):
        if target.key.value == "globalProperties" or (target.key.value == "prototype" and name.startswith("$")):
            table.add("this", name, Given(module, write.value))
            return
    path = global_path(target)
    if path is None and isinstance(target, f.Name) and _may_be_global(module, target):
        path = next((o.path for o in options(evaluator.eval(module, target)) if isinstance(o, GlobalV)), None)
    if path is None or len(path) > 3:
        return
    if path and path[0] in WINDOW:
        path = path[1:]
    dotted = ".".join((*path, name))
    if dotted not in _NOT_GLOBAL and not dotted.startswith(
        ("FS.", "module", "exports", "this", "document.", "location.")
    ):
        table.add("global", dotted, Given(module, write.value))


_OWN = (f.Object, f.Array, f.FunctionRef, f.ClassRef, f.Literal, f.Template, f.Comprehension, f.Unary, f.Binary)
"""Expressions that make a value of their own."""


def _may_be_global(module: Module, name: f.Name) -> bool:
    """Whether a name can stand for a global: it does not where all that it is given is made where it stands."""
    binding = module.facts.bindings[name.binding]
    return not binding.assigns or not all(isinstance(assign.value, _OWN) for assign in binding.assigns)


def global_path(node: f.Value) -> tuple[str, ...] | None:
    """The names of ``a.b.c`` where ``a`` is a global."""
    names: list[str] = []
    while isinstance(node, (f.Member, f.Cast)):
        if isinstance(node, f.Member):
            if not isinstance(node.key, f.Literal) or not isinstance(node.key.value, str):
                return None
            names.insert(0, node.key.value)
            node = node.object
        else:
            node = node.value
    return (node.name, *names) if isinstance(node, f.Global) else None


def _declared(module: Module, table: Registrations) -> None:
    """Classic scripts share their top-level names."""
    facts = module.facts
    if facts.imports or facts.exports or facts.language not in ("javascript", "html"):
        return
    for name, number in module.top_level.items():
        for assign in facts.bindings[number].assigns[:1]:
            table.add("global", name, Given(module, assign.value))


def _call(module: Module, call: f.Call, evaluator: Evaluator, table: Registrations) -> None:
    if call.kind == "jsx":
        if not isinstance(call.callee, f.Literal) and call.args:
            _provider(module, call, evaluator, table)
        return
    callee = call.callee
    name = callee.key.value if isinstance(callee, f.Member) and isinstance(callee.key, f.Literal) else ""
    if isinstance(callee, f.Name):
        name = module.facts.bindings[callee.binding].name
    if not isinstance(name, str):
        return
    if isinstance(callee, f.Global):
        name = callee.name
    if name == "defineNuxtPlugin" and call.args:
        _nuxt(module, call.args[0].value, evaluator, table)
    elif name in ("createStore", "Store", "defineModule") and call.args:
        _actions(module, call.args[0].value, table)
    if len(call.args) != 2:
        return
    if name in ("provide", "setContext"):
        for option in options(evaluator.eval(module, call.args[0].value)):
            table.add("provide", provided_key(option), Given(module, call.args[1].value))
    elif name in ANGULAR and isinstance(callee, f.Member):
        first = call.args[0].value
        if isinstance(first, f.Literal) and isinstance(first.value, str):
            table.add("angular", first.value, Given(module, call.args[1].value, name))


def _nuxt(module: Module, plugin: f.Value, evaluator: Evaluator, table: Registrations) -> None:
    """What a Nuxt plugin provides is ``$name`` of the app."""
    for number in _functions(module, plugin):
        for result in module.function(number).returns:
            if isinstance(result.value, f.Object):
                for entry in result.value.entries:
                    if isinstance(entry.key, f.Literal) and entry.key.value == "provide":
                        for inner in entry.value.entries if isinstance(entry.value, f.Object) else ():
                            if isinstance(inner.key, f.Literal):
                                table.add("this", f"${inner.key.value}", Given(module, inner.value))


def _actions(module: Module, store: f.Value, table: Registrations) -> None:
    """Vuex: what ``dispatch('name', payload)`` calls."""
    for entry in store.entries if isinstance(store, f.Object) else ():
        if isinstance(entry.key, f.Literal) and entry.key.value == "actions" and isinstance(entry.value, f.Object):
            for action in entry.value.entries:
                if isinstance(action.key, f.Literal):
                    table.add("action", action.key.value, Given(module, action.value))


def provided_key(value: Val) -> object:
    """What makes two keys of ``provide`` and ``inject`` the same."""
    if isinstance(value, Lit):
        return value.value
    return value.place


def _provider(module: Module, call: f.Call, evaluator: Evaluator, table: Registrations) -> None:
    """``<Context.Provider value={…}>``, ``<Context value={…}>``: what the context holds."""
    callee = call.callee
    if isinstance(callee, f.Member) and isinstance(callee.key, f.Literal) and callee.key.value == "Provider":
        callee = callee.object
    elif not isinstance(callee, f.Name):
        return
    attributes = call.args[0].value
    if not isinstance(attributes, f.Object):
        return
    for entry in attributes.entries:
        if isinstance(entry.key, f.Literal) and entry.key.value == "value":
            context = evaluator.eval(module, callee)
            if isinstance(context, CallV) and context.name.endswith("createContext"):
                table.add("context", (context.module.path, context.call), Given(module, entry.value))


def injected(evaluator: Evaluator, module: Module, function: int, name: str) -> Val | None:
    """What AngularJS injects under a parameter's name, where exactly one registration exists."""
    if not _takes_injections(module, function):
        return None
    dependency = _listed(module, function, name)
    if dependency in ("$window", "$document"):
        return GlobalV(module.place(module.function(function)), ("window" if dependency == "$window" else "document",))
    given = evaluator.registrations.look("angular", dependency)
    return produced(evaluator, given[0]) if len(given) == 1 else None


def _takes_injections(module: Module, function: int) -> bool:
    holder = module.callbacks.get(function)
    if holder is None:
        return function in _listed_functions(module)
    callee = module.call(holder[0]).callee
    return isinstance(callee, f.Member) and isinstance(callee.key, f.Literal) and callee.key.value in ANGULAR_INJECTED


def _listed_functions(module: Module) -> dict[int, tuple[str, ...]]:
    """Functions in AngularJS's array notation (``['a', 'b', function (x, y) {…}]``), ``f.$inject = […]`` or handed to
    ``.controller('X', f)`` by name, with the names that their parameters stand for (none: their own)."""
    known: dict[int, tuple[str, ...]] | None = module.__dict__.get("_listed")
    if known is not None:
        return known
    known = module.__dict__["_listed"] = {}
    for call in module.facts.calls:
        callee = call.callee
        if not (isinstance(callee, f.Member) and isinstance(callee.key, f.Literal)):
            continue
        if callee.key.value not in ANGULAR_INJECTED:
            continue
        for argument in call.args:
            value = argument.value
            if isinstance(value, f.Array) and value.items:
                names = tuple(str(i.value) for i in value.items[:-1] if isinstance(i, f.Literal))
                for number in _functions(module, value.items[-1]):
                    known[number] = names
            elif isinstance(value, f.Name) and len(call.args) == 2:
                for number in _functions(module, value):
                    known.setdefault(number, ())
    for write in module.facts.writes:
        if isinstance(write.key, f.Literal) and write.key.value == "$inject" and isinstance(write.value, f.Array):
            names = tuple(str(i.value) for i in write.value.items if isinstance(i, f.Literal))
            for number in _functions(module, write.object):
                known[number] = names
    return known


def _functions(module: Module, node: f.Value) -> list[int]:
    if isinstance(node, f.FunctionRef):
        return [node.function]
    if isinstance(node, f.Name):
        assigns = module.facts.bindings[node.binding].assigns
        return [a.value.function for a in assigns if isinstance(a.value, f.FunctionRef)]
    return []


def _listed(module: Module, function: int, name: str) -> str:
    names = _listed_functions(module).get(function, ())
    for param, listed in zip(module.function(function).params, names, strict=False):
        if param.name == name:
            return listed
    return name


def produced(evaluator: Evaluator, given: Given) -> Val | None:
    """The value of an AngularJS registration."""
    value = evaluator.eval(given.module, given.node)
    if given.how in ("constant", "value", ""):
        return value
    if isinstance(value, Arr) and value.items:
        value = value.items[-1]
    place = given.module.place(given.node)
    if isinstance(value, Cls):
        return evaluator.construct(value, ((), ()), place)
    if not isinstance(value, Func):
        return None
    if given.how == "factory":
        return evaluator.invoke(value, evaluator.supplied(value), place)
    return evaluator.made_by(value, place)
