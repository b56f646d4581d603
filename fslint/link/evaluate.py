"""Evaluation: facts' values, through names, imports, members, classes and calls, as far as they are known.

``Evaluator.eval(module, node, env)`` is a pure function of the loaded files; ``env`` says what parameters are in one call
(None: nothing is known of them). It ends on any input: cycles, depth and alternatives are bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import product
from typing import Any, TypeVar, cast

from .. import facts as f
from ..diagnostics import Place
from . import builtins
from .flow import guards, guards_path, same
from .modules import Env, Module
from .registrations import STATE, WINDOW, Given, Registrations, global_path, injected, provided_key
from .values import (
    Arr,
    CallV,
    Choice,
    Cls,
    Elem,
    Ent,
    EnvV,
    External,
    Func,
    GlobalV,
    Inst,
    Later,
    Lit,
    MemberV,
    ModuleV,
    Obj,
    Param,
    Partial,
    SecretV,
    Tmpl,
    Typed,
    Unknown,
    Val,
    options,
)

MAX_ALTERNATIVES = 64
MAX_DEPTH = 220
MAX_PARTS = 400
MAX_TEXT = 20_000
MAX_INVOKE = 8
MAX_STEPS = 2_000
"""Evaluations that one question may cost: code whose calls fan out (an interpreter, a file system) stays unknown."""

_COMPARISON = frozenset({"==", "!=", "===", "!==", "<", ">", "<=", ">=", "in", "instanceof", "is", "not in", "is not"})

Args = tuple[tuple[Val, ...], tuple[tuple[str, Val], ...]]
"""Positional Vals (an unknown spread is an ``Elem``) and keyword Vals (``**`` for an unknown one)."""


_T = TypeVar("_T")


class Evaluator:
    """Evaluates values of modules that ``load`` provides.

    ``load(path)``: the module of a project file, parsed on demand, or None. ``resolver``: see ``resolve``.
    """

    def __init__(self, load: Callable[[str], Module | None], resolver: Any) -> None:
        self._load = load
        self.resolver = resolver
        self.loaded: dict[str, Module] = {}
        self.registrations = Registrations()
        self._exports: dict[tuple[str, str], Val | None] = {}
        self._instances: dict[tuple[str, int], Inst] = {}
        self._cycles = 0
        self._exporting = 0
        self._depth = 0
        self._steps = 0
        self._invoking: list[tuple[str, int]] = []
        self.truncated: set[Place] = set()

    def load(self, path: str) -> Module | None:
        """The module of a project file, or None."""
        module = self.loaded.get(path)
        if module is None:
            module = self._load(path)
            if module is not None:
                self.loaded[path] = module
        return module

    def forget(self) -> None:
        """Evaluate everything anew: what was registered since changes what values are."""
        for module in self.loaded.values():
            module.memo.clear()
            module.changed.clear()
            module.imported.clear()
            module.free.clear()
        self._exports.clear()
        self._instances.clear()
        self.registrations.forget()

    # ------------------------------------------------------------------------------------------------------ entry

    def eval(self, module: Module, node: Any, env: Env | None = None) -> Val:
        """What a facts value of ``module`` is, with the parameters that ``env`` gives."""
        memo = module.memo if env is None else env.memo
        key = id(node)
        found = memo.get(key)
        if found is not None and found is not _BUSY:
            return found
        depth = self._depth
        steps = self._steps = self._steps + 1 if depth else 1
        if found is not None or depth > MAX_DEPTH or steps > MAX_STEPS:
            self._cycles += 1
            return Unknown(module.place(node), "cycle")
        kind = type(node)
        if kind in _LEAVES:
            if kind is not f.FunctionRef and env is not None and (found := module.memo.get(key)) is not None:
                memo[key] = found
                return found
            memo[key] = value = _EVAL[kind](self, module, node, env)
            return value
        memo[key] = _BUSY
        self._depth = depth + 1
        before = self._cycles
        try:
            value = _EVAL[kind](self, module, node, env)
        except BaseException:
            del memo[key]
            raise
        finally:
            self._depth = depth
        if self._cycles == before or not depth:
            memo[key] = value
        else:
            del memo[key]
        return value

    def _later(self, evaluate: Callable[[], tuple[Val, ...]]) -> Callable[[], tuple[Val, ...]]:
        """Parts of a value that few ask for, evaluated when they are: within the same invocations as now."""
        invoking = self._invoking.copy()

        def asked() -> tuple[Val, ...]:
            around, self._invoking = self._invoking, invoking
            try:
                return evaluate()
            finally:
                self._invoking = around

        return asked

    def choice(self, place: Place, values: Iterable[Val], how: str, by: Iterable[Param] = ()) -> Val:
        """One of several, flat and without repetitions of the same literal; one is itself."""
        values = tuple(values)
        if len(values) == 1 and type(values[0]) is not Choice:
            return values[0]
        by = tuple(dict.fromkeys((*by, *[param for v in values if type(v) is Choice for param in v.by])))
        flat: list[Val] = []
        seen: set[object] = set()
        for value in values:
            for option in value.options if type(value) is Choice else (value,):
                if type(option) is Lit:
                    key: object = (option.place, option.value, option.kind, option.at)
                elif type(option) is Func:
                    key = (id(option.module), option.function)
                elif type(option) is Inst or type(option) is Param:
                    key = id(option)
                else:
                    key = (type(option), option.place, option.at)
                if key not in seen:
                    seen.add(key)
                    flat.append(option)
            if len(flat) > MAX_ALTERNATIVES:
                self.truncated.add(place)
                return Unknown(place, "too many alternatives")
        if len(flat) == 1:
            return flat[0]
        if not flat:
            return Unknown(place, "nothing")
        return Choice(place, tuple(flat), how, by)

    # ----------------------------------------------------------------------------------------------- simple values

    def _literal(self, module: Module, node: f.Literal, env: Env | None) -> Val:
        return Lit(module.spot(node, env), node.value, node.kind)

    def _secret(self, module: Module, node: f.Secret, env: Env | None) -> Val:
        return SecretV(module.place(node), node)

    def _unknown(self, module: Module, node: f.Unknown, env: Env | None) -> Val:
        return Unknown(module.place(node), node.reason)

    def _function(self, module: Module, node: f.FunctionRef, env: Env | None) -> Val:
        this: Val | None = None
        function = module.function(node.function)
        if function.kind in ("arrow", "lambda") and env is not None:
            this = env.this
        return Func(module.spot(node, env), module, node.function, env, this)

    def _class(self, module: Module, node: f.ClassRef, env: Env | None) -> Val:
        return Cls(module.place(node), module, node.cls)

    def _cast(self, module: Module, node: f.Cast, env: Env | None) -> Val:
        value = self.eval(module, node.value, env)
        return value if value.decl is not None else value.with_decl(module, node.type)

    def _await(self, module: Module, node: f.Await, env: Env | None) -> Val:
        value = self.eval(module, node.value, env)
        if value.decl is not None:
            unwrapped = self._unwrap_promise(*value.decl)
            if unwrapped is not None:
                return value.with_decl(*unwrapped)
        return value

    def _spread(self, module: Module, node: f.Spread, env: Env | None) -> Val:
        return Elem(module.place(node), self.eval(module, node.value, env))

    def _template(self, module: Module, node: f.Template, env: Env | None) -> Val:
        parts = [(self.eval(module, part, env), module.place(part)) for part in node.parts]
        return self.template(module.spot(node, env), parts, node.how, _own_parameters(node.parts, env))

    def template(
        self, place: Place, parts: Sequence[tuple[Val, Place]], how: str, own: frozenset[int] = frozenset()
    ) -> Val:
        """Text made of parts; known parts are joined, known choices multiplied out as long as they are few.

        ``own``: which parts the call at hand gave, rather than the call that made the function or its object: a text
        that is known as a whole stands there."""
        lists: list[tuple[Val, ...]] = []
        total = 1
        for value, _ in parts:
            alternatives = options(value)
            if len(alternatives) > 1 and not all(isinstance(a, (Lit, Tmpl)) for a in alternatives):
                if not any(isinstance(a, (Lit, Tmpl)) for a in alternatives):
                    alternatives = (value,)
            total *= max(len(alternatives), 1)
            lists.append(alternatives)
        if total > MAX_ALTERNATIVES:
            self.truncated.add(place)
            lists = [(value,) for value, _ in parts]
        spans = [span for _, span in parts]
        results = [self._join(place, combination, spans, how, own) for combination in product(*lists)]
        by = tuple(param for value, _ in parts if isinstance(value, Choice) for param in value.by)
        return results[0] if len(results) == 1 else Choice(place, tuple(results), "ternary", by)

    def _join(self, place: Place, values: Sequence[Val], spans: Sequence[Place], how: str, own: frozenset[int]) -> Val:
        parts: list[str | Val] = []
        places: list[Place] = []
        given: list[Place | None] = []

        def add(piece: str | Val, span: Place, at: Place | None = None) -> None:
            if isinstance(piece, str) and parts and isinstance(parts[-1], str):
                parts[-1] += piece
                return
            parts.append(piece)
            places.append(span)
            given.append(at)

        for value, span in zip(values, spans, strict=True):
            if isinstance(value, Lit) and (spelled := literal_text(value)) is not None:
                add(spelled, span, value.at)
            elif isinstance(value, Tmpl):
                for part, sub, at in zip(value.parts, value.spans, value.given, strict=True):
                    add(part, sub, at or value.at)
            else:
                add(value, span)
        if not parts:
            return Lit(place, "")
        if len(parts) > MAX_PARTS or sum(len(part) for part in parts if isinstance(part, str)) > MAX_TEXT:
            self.truncated.add(place)
            return Unknown(place, "a text too long to be followed")
        if len(parts) == 1 and isinstance(parts[0], str):
            given_now = (v for index, v in enumerate(values) if index in own and v.at is not None)
            handed = next(given_now, None) or next((v for v in values if v.at is not None), None)
            joined = Lit(handed.place if handed is not None else place, parts[0])
            pieces = [
                (len(text), v.core or v.place) for v in values if isinstance(v, Lit) and (text := literal_text(v))
            ]
            joined.core = max(pieces, key=lambda piece: piece[0], default=(0, None))[1]
            return joined
        return Tmpl(place, tuple(parts), how, tuple(places), tuple(given))

    def _one_of(self, module: Module, node: f.OneOf, env: Env | None) -> Val:
        if node.how == "and":
            return self.eval(module, node.values[-1], env)
        place = module.spot(node, env)
        values = [self.eval(module, value, env) for value in node.values]
        if node.how in ("or", "nullish"):
            kept: list[Val] = []
            for index, value in enumerate(values):
                last = index == len(values) - 1
                alternatives = options(value)
                truthy = [_sure(a) if not last else a for a in alternatives if not _is_absent(a, node.how)]
                kept.extend(truthy if truthy or not last else alternatives)
                if not last and alternatives and all(_is_present(a) for a in alternatives):
                    if not self._may_miss(module, node.values[index], env):
                        break
            return self.choice(place, kept or values, node.how)
        return self.choice(place, values, node.how)

    def _may_miss(self, module: Module, node: f.Value, env: Env | None) -> bool:
        """A look-up by a key that is not known: it may find nothing."""
        while isinstance(node, (f.Cast, f.Await)):
            node = node.value
        if not isinstance(node, f.Member) or isinstance(node.key, f.Literal):
            return False
        return not all(isinstance(key, Lit) for key in options(self.eval(module, node.key, env)))

    def _array(self, module: Module, node: f.Array, env: Env | None) -> Val:
        items: list[Val] = []
        is_open = False
        memo = module.memo if env is None else env.memo
        for item in node.items:
            if type(item) is f.Literal and self._steps < MAX_STEPS and self._depth <= MAX_DEPTH:
                # What ``eval`` would do: tables of thousands of constants are worth it.
                value = memo.get(id(item))
                if value is None:
                    self._steps += 1
                    known = None if env is None else module.memo.get(id(item))
                    value = memo[id(item)] = known or self._literal(module, item, env)
                items.append(value)
            elif isinstance(item, f.Spread):
                inner = self.eval(module, item.value, env)
                if isinstance(inner, Arr):
                    items.extend(inner.items)
                    is_open = is_open or inner.open
                else:
                    is_open = True
            else:
                items.append(self.eval(module, item, env))
        return Arr(module.spot(node, env), tuple(items), is_open, node.kind)

    def _comprehension(self, module: Module, node: f.Comprehension, env: Env | None) -> Val:
        place = module.place(node)
        element = self.eval(module, node.element, env)
        if node.kind == "dict":
            return Obj(place, (), True)
        return Arr(place, (element,), True, "list")

    def _unary(self, module: Module, node: f.Unary, env: Env | None) -> Val:
        place = module.spot(node, env)
        if node.op in ("!", "not", "delete", "typeof"):
            kind = "str" if node.op == "typeof" else "bool"
            return Typed(place, kind, node.op, self._later(lambda: (self.eval(module, node.value, env),)))
        if node.op == "void":
            return Lit(place, None, "undefined")
        value = self.eval(module, node.value, env)
        if isinstance(value, Lit) and isinstance(value.value, (int, float)) and not isinstance(value.value, bool):
            if node.op == "-":
                return Lit(place, -value.value)
            if node.op == "+":
                return Lit(place, value.value)
        return Typed(place, "int" if node.op in ("~", "++", "--") else "num", node.op, (value,))

    def _binary(self, module: Module, node: f.Binary, env: Env | None) -> Val:
        place = module.spot(node, env)
        if node.op not in ("+", "|", "%"):
            kind = "bool" if node.op in _COMPARISON else ""
            both = self._later(lambda: (self.eval(module, node.left, env), self.eval(module, node.right, env)))
            return Typed(place, kind, node.op, both)
        left = self.eval(module, node.left, env)
        right = self.eval(module, node.right, env)
        if node.op == "+" and any(is_text(o) or isinstance(o, EnvV) for v in (left, right) for o in options(v)):
            sides = [(left, module.place(node.left)), (right, module.place(node.right))]
            return self.template(place, sides, "concat", _own_parameters((node.left, node.right), env))
        if node.op == "|" and isinstance(right, Obj):
            return self._merge(place, [(left, False), (right, False)])
        if node.op == "%" and is_text(left) and module.python:
            return Unknown(place, "percent")
        return Typed(place, "", node.op, (left, right))

    # -------------------------------------------------------------------------------------------- objects and members

    def _object(self, module: Module, node: f.Object, env: Env | None) -> Val:
        builder = _ObjectBuilder()
        for entry in node.entries:
            if entry.key is None:
                self._spread_into(builder, self.eval(module, entry.value, env), entry.maybe)
                continue
            key = self.eval(module, entry.key, env)
            value = self.eval(module, entry.value, env)
            at = module.place(entry.value)
            alternatives = options(key)
            for option in alternatives:
                name = literal_text(option) if isinstance(option, Lit) else None
                if name is None:
                    builder.open = True
                else:
                    builder.add(
                        Ent(
                            name, module.place(entry.key), option.place, value, at, entry.maybe or len(alternatives) > 1
                        )
                    )
        return builder.build(module.spot(node, env))

    def _spread_into(self, builder: _ObjectBuilder, value: Val, maybe: bool) -> None:
        alternatives = options(value)
        several = len(alternatives) > 1
        for option in alternatives:
            if isinstance(option, Obj) and not (builder.entries or maybe or several):
                builder.entries = list(option.entries)
                builder.names = {entry.name for entry in option.entries}
                builder.open = builder.open or option.open
                builder.spreads.extend(option.spreads)
            elif isinstance(option, Obj):
                for entry in option.entries:
                    builder.add(
                        Ent(
                            entry.name,
                            entry.key_place,
                            entry.key_origin,
                            entry.value,
                            entry.at,
                            entry.maybe or maybe or several,
                        )
                    )
                builder.open = builder.open or option.open
                builder.spreads.extend(option.spreads)
            elif isinstance(option, Lit) and not option.value:
                continue
            else:
                builder.open = True
                builder.spreads.append(option)

    def _merge(self, place: Place, parts: Iterable[tuple[Val, bool]]) -> Obj:
        builder = _ObjectBuilder()
        for value, maybe in parts:
            self._spread_into(builder, value, maybe)
        return builder.build(place)

    def _member(self, module: Module, node: f.Member, env: Env | None) -> Val:
        key, target = node.key, node.object
        if type(key) is f.Literal:
            name = key.value
            if type(name) is str:
                if type(target) is not f.Name:
                    handed = self._handed_member(module, node, name)
                    if handed is not None:
                        return handed
                elif not key.kind:
                    found = self._entry(module, target, name, env)
                    if found is not None:
                        return found
            base = self.eval(module, target, env)
            if type(name) is str and not key.kind and type(base) is not Choice:
                place = module.spot(node, env)
                if base.decl is None and name != "FS" and type(base) in _OPAQUE:
                    return MemberV(place, base, name, node.optional, node.subscript)
                return self._member_of(module, base, name, place, node.optional, node.subscript)
            key_value: Val = Lit(module.place(key), name, key.kind)
        else:
            base = self.eval(module, target, env)
            key_value = self.eval(module, key, env)
        value = self.member(module, base, key_value, module.spot(node, env), node.optional, node.subscript)
        return _without_ruled_out(module, node, value)

    def _entry(self, module: Module, target: f.Name, name: str, env: Env | None) -> Val | None:
        """A member of an object literal that a name holds, without a look at the object's other entries (of which some
        may come back here); None where the whole object has to be known."""
        known = module.literals.get(target.binding)
        if known is None:
            known = module.literals[target.binding] = _literal_of(module, target.binding)
        binding, literal = known
        if literal is None:
            return None
        entries = module.plain_entries(literal)
        if entries is None or (entry := entries.get(name)) is None:
            return None
        changes = self._changes(module).get(target.binding)
        if changes is not None and not changes.leaves(name):
            return None
        if binding.function == 0 and env is not None and env.function != 0:
            env = None
        value = self.eval(module, entry.value, env)
        if isinstance(value, Func) and value.module.function(value.function).kind == "getter":
            return None
        return value

    def _handed_member(self, module: Module, node: f.Member, name: str) -> Val | None:
        """``app.track`` where a script puts it there; ``this.$fs`` that a plugin puts on every component."""
        target = node.object
        given: list[Given] = []
        if type(target) is f.Member and isinstance(target.key, f.Literal) and target.key.value in STATE:
            given = self.registrations.look("state", name)
        elif type(target) is f.CallRef and name.startswith("$"):
            given = self.registrations.look("this", name)
        elif type(target) is f.This:
            given = (
                self.registrations.look("this", name) if name.startswith("$") else self._injected_option(module, node)
            )
        elif not module.python and type(target) in _DOTTED:
            path = global_path(node)
            if path is not None and len(path) > 1:
                path = path[1:] if path[0] in WINDOW else path
                if len(path) > 1 and path[0] not in builtins.KNOWN_GLOBALS:
                    given = self.registrations.look("global", ".".join(path))
        if not given:
            return None
        values = [self.eval(g.module, g.node) for g in given[:8]]
        useful = [v for v in values if isinstance(v, (Func, Inst, Obj, Cls, External, GlobalV, CallV))]
        return self.choice(module.place(node), useful, "assign") if useful else None

    def _injected_option(self, module: Module, node: f.Member) -> list[Given]:
        """Vue's ``inject: ['track']``: what is provided under that name."""
        names = module.__dict__.get("_injects")
        if names is None:
            names = module.__dict__["_injects"] = {
                str(item.value)
                for export in module.facts.exports
                if isinstance(export.value, f.Object)
                for entry in export.value.entries
                if isinstance(entry.key, f.Literal) and entry.key.value == "inject" and isinstance(entry.value, f.Array)
                for item in entry.value.items
                if isinstance(item, f.Literal)
            }
        key = node.key.value if isinstance(node.key, f.Literal) else None
        return self.registrations.look("provide", key) if key in names else []

    def made_by(self, func: Func, place: Place) -> Val:
        """What ``new f()`` makes of a function: the members that it writes to ``this``."""
        builder = _ObjectBuilder()
        for write in func.module.facts.writes:
            if isinstance(write.key, f.Literal) and isinstance(write.object, (f.This, f.Name)):
                target = write.object
                if isinstance(target, f.Name):
                    assigns = func.module.facts.bindings[target.binding].assigns
                    if not assigns or not isinstance(assigns[0].value, f.This):
                        continue
                    target = assigns[0].value
                if target.function == func.function:
                    key = func.module.place(write.key)
                    value = self.eval(func.module, write.value, func.env)
                    builder.add(Ent(str(write.key.value), key, key, value, func.module.place(write.value)))
        return builder.build(place)

    def member(
        self, module: Module, base: Val, key: Val, place: Place, optional: bool = False, subscript: bool = False
    ) -> Val:
        """``base[key]``."""
        keys = options(key)
        names = [literal_text(k) if isinstance(k, Lit) else None for k in keys]
        if any(name is None for name in names):
            named = self._namespace_key(base, key)
            if named is None:
                return self._any_member(base, key, place, optional, subscript)
            names = [named]
        results = [
            self._member_of(module, option, cast(str, name), place, optional, subscript)
            for option in options(base)
            for name in names
        ]
        if len(results) > 1:
            # A missing or absent alternative adds nothing where another one is found.
            useful = [r for r in results if not (isinstance(r, MemberV) and isinstance(r.base, (Lit, Obj)))]
            by = base.by if isinstance(base, Choice) else ()
            return self.choice(place, useful or results, "element", by)
        return results[0]

    def _namespace_key(self, base: Val, key: Val) -> str | None:
        """The name under which ``window[key]`` holds FullStory: ``window[window._fs_namespace]``, ``window[namespace]`` of
        a parameter that is ``'FS'`` by its default (fullstory-api.md §1.2)."""
        if not isinstance(base, GlobalV) or len(base.path) != 1 or base.path[0] not in WINDOW:
            return None
        for option in options(key):
            if isinstance(option, GlobalV) and option.path == ("_fs_namespace",):
                return "FS"
            if isinstance(option, Param) and option.index >= 0:
                default = option.module.function(option.function).params[option.index].default
                if isinstance(default, f.Literal) and default.value == "FS":
                    return "FS"
            if isinstance(option, Lit) and option.value == "FS":
                return "FS"
        return None

    def _any_member(self, base: Val, key: Val, place: Place, optional: bool, subscript: bool) -> Val:
        found: list[Val] = []
        for option in options(base):
            if isinstance(option, Obj) and not option.open and option.entries:
                found.extend(entry.value for entry in option.entries)
            elif isinstance(option, Arr) and not option.open and option.items:
                found.extend(option.items)
            elif isinstance(option, Cls) and (members := self._enum_members(option)):
                found.extend(members)
            else:
                value = MemberV(place, base, None, optional, subscript)
                declared = None if base.decl is None else self.mapped_type(*base.decl)
                return value if declared is None else value.with_decl(*declared)
        return self.choice(place, found, "element", (o for o in options(key) if isinstance(o, Param)))

    def _enum_members(self, value: Cls) -> list[Val]:
        cls = value.module.facts.classes[value.cls]
        if cls.kind == "enum" or self.is_enum(value):
            return [
                self._class_member(value, field, None)
                for field in cls.fields
                if (field.value is not None and field.kind == "field") or field.kind == "member"
            ]
        return []

    def _member_of(self, module: Module, base: Val, name: str, place: Place, optional: bool, subscript: bool) -> Val:
        if type(base) in _OPAQUE:
            return self._typed_member(module, base, name, place, optional, subscript)
        if isinstance(base, Obj):
            if name in builtins.OBJECT_METHODS and base.get(name) is None:
                return MemberV(place, base, name, optional, subscript)
            entry = base.get(name)
            if entry is not None:
                value = entry.value
                if isinstance(value, Func) and value.module.function(value.function).kind == "getter":
                    bound = Func(place, value.module, value.function, value.env, base)
                    return self.invoke(bound, ((), ()), place)
                if value.at is None and base.at is not None:
                    value = value.with_at(entry.at)
                if entry.maybe:
                    alternatives = [e.value for e in base.entries if e.name == name]
                    return self.choice(place, alternatives, "element") if len(alternatives) > 1 else value
                return value
            spread = [self._member_of(module, s, name, place, optional, subscript) for s in base.spreads]
            if len(spread) == 1 and base.open:
                return spread[0]
            return self._typed_member(module, base, name, place, optional, subscript)
        if isinstance(base, Arr):
            if name.lstrip("-").isdigit():
                index = int(name)
                if not base.open and -len(base.items) <= index < len(base.items):
                    return base.items[index]
                if base.open and len(base.items) == 1:
                    return base.items[0]
            return MemberV(place, base, name, optional, subscript)
        if isinstance(base, Inst):
            return self._instance_member(base, name, place, optional)
        if isinstance(base, Cls):
            return self._static_member(base, name, place)
        if isinstance(base, ModuleV):
            found = self.export(base.module, name)
            return found if found is not None else Unknown(place, f"{base.module.path} does not export {name}")
        if isinstance(base, GlobalV):
            if base.path and base.path[-1] in WINDOW and len(base.path) == 1:
                return self._global_name(place, name)
            if base.path == ("module",) and name == "exports" and module.facts.exports and not module.python:
                whole = self.export(module, "=")
                return whole if whole is not None else ModuleV(place, module)
            if base.path == ("process", "env") or base.path[-2:] == ("import.meta", "env"):
                return EnvV(place, name, None, base.dotted)
            return GlobalV(place, (*base.path, name))
        if isinstance(base, External):
            if base.dotted in ("os.environ", "process.env", "node:process.env"):
                return (
                    MemberV(place, base, name)
                    if name in ("get", "setdefault", "pop") and not subscript
                    else EnvV(place, name)
                )
            if base.package.split("/")[0] in ("$env",):
                return EnvV(place, name, None, base.package)
            if subscript and base.path:
                return self._typed_member(module, base, name, place, optional, subscript)
            return External(place, base.package, (*base.path, name))
        if isinstance(base, Lit) and base.enum and name == "value":
            return base
        if isinstance(base, Lit) and base.enum and name == "name":
            return Lit(base.place, base.enum)
        if isinstance(base, Func):
            if name in ("current", "value"):
                return MemberV(place, base, name, optional, subscript)
            for write in self._writes_to_function(base, name):
                return self.eval(base.module, write.value, base.env)
            return MemberV(place, base, name, optional, subscript)
        return self._typed_member(module, base, name, place, optional, subscript)

    def _typed_member(self, module: Module, base: Val, name: str, place: Place, optional: bool, subscript: bool) -> Val:
        value = MemberV(place, base, name, optional, subscript)
        if base.decl is None and name != "FS":
            return value
        if name == "FS" and not module.python and _is_window(base):
            return GlobalV(place, ("FS",))
        if base.decl is not None:
            if module.python and name in ("value", "name") and isinstance(base, (Param, Elem, MemberV)):
                members = self.literal_types(*base.decl)
                if members and all(isinstance(m, Lit) and m.enum for m in members):
                    named = [Lit(m.place, m.enum) if name == "name" else m for m in members if isinstance(m, Lit)]
                    return self.choice(place, named, "type", (base,) if isinstance(base, Param) else ())
            declared = self.member_type(base.decl[0], base.decl[1], name)
            if declared is None and (subscript or not module.python):
                declared = self.mapped_type(*base.decl)
            if declared is not None:
                instance = self.instance_of(declared[0], declared[1], place)
                if instance is not None:
                    return instance
                return value.with_decl(*declared)
        return value

    def _writes_to_function(self, base: Func, name: str) -> list[f.Write]:
        found = []
        for write in base.module.writes_of.get(name, ()):
            if isinstance(write.object, f.Name):
                target = base.module.facts.bindings[write.object.binding]
                for assign in target.assigns:
                    if isinstance(assign.value, f.FunctionRef) and assign.value.function == base.function:
                        found.append(write)
        return found

    # ------------------------------------------------------------------------------------------------------ classes

    def is_enum(self, value: Cls, depth: int = 0) -> bool:
        """TypeScript's enum, or a Python class with an Enum among its bases."""
        if depth > 12:
            return False
        cls = value.module.facts.classes[value.cls]
        if cls.kind == "enum":
            return True
        for base in cls.bases:
            evaluated = self.eval(value.module, base)
            if (
                isinstance(evaluated, External)
                and evaluated.path
                and evaluated.path[-1].endswith(("Enum", "TextChoices", "Choices"))
            ):
                return True
            if (
                isinstance(evaluated, Cls)
                and evaluated.module is not value.module
                and self.is_enum(evaluated, depth + 1)
            ):
                return True
            if (
                isinstance(evaluated, Cls)
                and evaluated.module is value.module
                and evaluated.cls != value.cls
                and self.is_enum(evaluated, depth + 1)
            ):
                return True
        return False

    def lineage(self, value: Cls) -> list[Cls]:
        """A class and its project bases, nearest first."""
        bases = value.module.facts.classes[value.cls].bases
        if not bases:
            return [value]
        result: list[Cls] = []
        queue = [value]
        while queue and len(result) < 20:
            current = queue.pop(0)
            if any(r.module is current.module and r.cls == current.cls for r in result):
                continue
            result.append(current)
            for base in current.module.facts.classes[current.cls].bases:
                for option in options(self.eval(current.module, base)):
                    if isinstance(option, Cls):
                        queue.append(option)
        return result

    def any_instance(self, module: Module, cls: int) -> Inst:
        """What ``this`` is in the methods of a class of whose objects nothing is known."""
        key = (module.path, cls)
        found = self._instances.get(key)
        if found is None:
            place = module.place(module.facts.classes[cls])
            found = self._instances[key] = Inst(place, Cls(place, module, cls))
        return found

    def _class_member(self, cls: Cls, field: f.Field, this: Val | None, env: Env | None = None) -> Val:
        """The value of a field, method or getter of a class, for a receiver."""
        module = cls.module
        place = module.place(field)
        if isinstance(field.value, f.FunctionRef):
            function = module.function(field.value.function)
            bound = Func(place, module, field.value.function, env, this)
            if field.kind == "getter" or (function.kind == "getter") or _is_property(module, function):
                return self.invoke(bound, ((), ()), place)
            if function.kind in ("arrow", "lambda") or field.kind == "field":
                return Func(place, module, field.value.function, env or _this_env(module, this), this)
            return bound
        if field.value is None:
            if field.kind == "member" and (number := _automatic(module.facts.classes[cls.cls], field)) is not None:
                return Lit(place, number, "", field.name)
            return Unknown(place, "field without value")
        value = self.eval(module, field.value, env or _this_env(module, this))
        if isinstance(value, Lit) and self.is_enum(cls):
            return Lit(value.place, value.value, value.kind, field.name)
        if isinstance(value, CallV) and value.name.endswith("auto") and not value.args and self.is_enum(cls):
            return Lit(place, field.name.lower(), "", field.name)  # StrEnum's; of another enum it is no text
        if isinstance(value, Arr) and self.is_enum(cls) and value.items and isinstance(value.items[0], Lit):
            first = value.items[0]
            return Lit(first.place, first.value, first.kind, field.name)
        return value

    def _static_member(self, base: Cls, name: str, place: Place) -> Val:
        if name == "__members__":
            return Arr(place, tuple(self._enum_members(base)))
        for cls in self.lineage(base):
            fields = cls.module.facts.classes[cls.cls].fields
            written = self._instance_writes(cls, name) if _may_be_set(fields, name) else []
            if written:
                values = [self.eval(cls.module, node, _this_env(cls.module, base, n)) for n, node, _ in written]
                return self.choice(place, values, "assign")
            for field in sorted(fields, key=lambda x: not x.static) if _shared(fields, name) else fields:
                if field.name == name and (field.value is not None or field.static or field.kind == "member"):
                    return self._class_member(cls, field, base)
                if field.kind == "member" and name.isdigit():
                    member = self._class_member(cls, field, base)
                    if isinstance(member, Lit) and member.value == int(name):
                        return Lit(member.place, field.name)
            for module, write in self._static_writes(cls, name):
                return self.eval(module, write.value)
        return MemberV(place, base, name)

    def overriding(self, module: Module, cls: int, name: str, place: Place) -> list[Func]:
        """The methods by which subclasses override one of a class."""
        result: list[Func] = []
        for given in self.registrations.look("extends", (module.path, cls)):
            if isinstance(given.node, f.ClassRef):
                own = Cls(place, given.module, given.node.cls)
                for field in given.module.facts.classes[own.cls].fields:
                    if field.name == name and isinstance(field.value, f.FunctionRef):
                        result.append(Func(place, given.module, field.value.function, None, Inst(place, own)))
        return result

    def _static_writes(self, cls: Cls, name: str) -> list[tuple[Module, f.Write]]:
        return [
            (cls.module, write)
            for write in cls.module.writes_of.get(name, ())
            if isinstance(write.object, f.Name)
            and any(
                isinstance(a.value, f.ClassRef) and a.value.cls == cls.cls
                for a in cls.module.facts.bindings[write.object.binding].assigns
            )
        ]

    def _instance_member(self, base: Inst, name: str, place: Place, optional: bool) -> Val:
        for key, value in base.given:
            if key == name:
                return value
        declared: tuple[Module, f.Type] | None = None
        for cls in self.lineage(base.cls):
            module = cls.module
            written = self._instance_writes(cls, name)
            cls_facts = module.facts.classes[cls.cls]
            found: list[Val] = []
            shared = _shared(cls_facts.fields, name)
            for field in cls_facts.fields:
                if field.name != name or (shared and field.static):
                    continue
                if field.type is not None and declared is None:
                    declared = (module, field.type)
                if field.kind == "setter":
                    continue
                if field.kind == "method" and field.value is None:
                    overriding = self.overriding(module, cls.cls, name, place)
                    if overriding:
                        return self.choice(place, overriding, "assign")
                if field.value is not None and not (
                    written and isinstance(field.value, f.Literal) and field.value.value is None
                ):
                    found.append(
                        self._class_member(
                            cls,
                            field,
                            base,
                            base.env
                            if base.env and base.env.module is module and not isinstance(field.value, f.FunctionRef)
                            else None,
                        )
                    )
                    if isinstance(field.value, f.FunctionRef):
                        return found[-1]
            for function, value_node, field_type in written:
                env = (
                    base.env
                    if base.env is not None and base.env.module is module and base.env.function == function
                    else None
                )
                env = env or _this_env(module, base, function)
                value = self.eval(module, value_node, env)
                if field_type is not None and value.decl is None:
                    value = value.with_decl(module, field_type)
                found.append(value)
            useful = [v for v in found if not (isinstance(v, Lit) and v.value is None)]
            if declared is not None and base.env is None and len(found) == 1 and _is_initial(found[0], module):
                # A declared field's initial value says little of an instance that comes from elsewhere.
                return MemberV(place, base, name, optional).with_decl(*declared)
            if found:
                value = self._appended(base, cls, name, self.choice(place, useful or found, "assign"))
                if isinstance(value, (Param, MemberV, CallV, Unknown)) and declared is not None and value.decl is None:
                    value = value.with_decl(*declared)
                if isinstance(value, (Param, MemberV, CallV, Unknown)) and value.decl is not None:
                    instance = self.instance_of(value.decl[0], value.decl[1], place)
                    if instance is not None:
                        return instance
                return value
        value = MemberV(place, base, name, optional)
        if declared is not None:
            instance = self.instance_of(declared[0], declared[1], place)
            return instance if instance is not None else value.with_decl(*declared)
        return value

    def _appended(self, base: Inst, cls: Cls, name: str, value: Val) -> Val:
        """A list that is a field, with what the methods of the class put into it (``this.providers.push(p)``)."""
        module = cls.module
        index = module.__dict__.get("_appends")
        if index is None:
            index = module.__dict__["_appends"] = {}
            for call in module.facts.calls:
                callee = call.callee
                if not (isinstance(callee, f.Member) and isinstance(callee.key, f.Literal) and call.args):
                    continue
                target = callee.object
                if callee.key.value in ("push", "append", "add", "unshift") and isinstance(target, f.Member):
                    owner, _ = self._receiver_class(module, target.object)
                    if owner >= 0 and isinstance(target.key, f.Literal):
                        rows = index.setdefault((owner, target.key.value), [])
                        rows.extend((call.function, a.value) for a in call.args if not a.name)
        rows = index.get((cls.cls, name), [])
        lists = [o for o in options(value) if isinstance(o, Arr)]
        if not rows or not lists:
            return value
        items: list[Val] = [item for option in lists for item in option.items]
        for function, node in rows[:16]:
            given = (
                base.env
                if base.env is not None and base.env.function == function and base.env.module is module
                else None
            )
            items.append(self.eval(module, node, given or _this_env(module, base, function)))
        return Arr(value.place, tuple(items), True, lists[0].kind)

    def _instance_writes(self, cls: Cls, name: str) -> list[tuple[int, f.Value, f.Type | None]]:
        """``this.name = …`` / ``self.name = …`` in the methods of a class, and parameter properties."""
        module = cls.module
        index = module.__dict__.get("_instance_writes")
        if index is None:
            index = {}
            for write in module.facts.writes:
                if write.op != "=" or not isinstance(write.key, f.Literal) or not isinstance(write.key.value, str):
                    continue
                owner, function = self._receiver_class(module, write.object)
                if owner >= 0:
                    index.setdefault((owner, write.key.value), []).append((function, write.value, None))
            for number, function_facts in enumerate(module.facts.functions):
                if function_facts.cls < 0:
                    continue
                for param in function_facts.params:
                    if param.field and param.binding >= 0:
                        index.setdefault((function_facts.cls, param.name), []).append(
                            (number, f.Name(param.start, param.end, param.binding), param.type)
                        )
            module.__dict__["_instance_writes"] = index
        return cast("list[tuple[int, f.Value, f.Type | None]]", index.get((cls.cls, name), []))

    def _receiver_class(self, module: Module, target: f.Value) -> tuple[int, int]:
        if isinstance(target, f.This):
            return module.function(target.function).cls, target.function
        if isinstance(target, f.Name) and target.binding in module.param_of:
            function, index = module.param_of[target.binding]
            if index == 0 and module.python:
                return module.function(function).cls, function
        return -1, -1

    def instance_of(self, module: Module, declared: f.Type, place: Place) -> Val | None:
        """An instance of the project class that a declared type names: injection by class. None for data types."""
        found: list[Val] = []
        for option in self.class_types(module, declared):
            cls = option.module.facts.classes[option.cls]
            if cls.kind == "class" and not self.is_enum(option) and not _is_data_class(self, option):
                found.append(Inst(place, option))
            elif cls.kind == "interface":
                for given in self.registrations.look("implements", (option.module.path, option.cls)):
                    if isinstance(given.node, f.ClassRef):
                        found.append(Inst(place, Cls(place, given.module, given.node.cls)))
        if not found:
            return None
        return self.choice(place, found, "type").with_decl(module, declared)

    def class_types(self, module: Module, declared: f.Type, depth: int = 0) -> list[Cls]:
        """The project classes and interfaces that a type names (through unions, Optional, Annotated and aliases)."""
        if depth > 8:
            return []
        if isinstance(declared, f.UnionType):
            return [c for item in declared.items for c in self.class_types(module, item, depth + 1)]
        if isinstance(declared, f.NamedType):
            head = self.eval(module, declared.name)
            if isinstance(head, Cls):
                return [head]
            name = _type_name(head)
            if name in builtins.TRANSPARENT_TYPES and declared.args:
                return self.class_types(module, declared.args[0], depth + 1)
            alias = self._alias(module, declared)
            if alias is not None:
                return self.class_types(alias[0], alias[1], depth + 1)
        if isinstance(declared, f.TypeofType):
            value = self.eval(module, declared.value)
            if isinstance(value, Inst):
                return [value.cls]
        return []

    # ------------------------------------------------------------------------------------------------------- types

    def _alias(self, module: Module, declared: f.NamedType) -> tuple[Module, f.Type] | None:
        """What a type alias stands for, also an imported one."""
        name = declared.name
        if isinstance(name, f.Name):
            binding = module.facts.bindings[name.binding]
            stands_for = self._stands_for(module, name.binding)
            if stands_for is not None:
                return module, stands_for
            if binding.imported >= 0:
                if name.binding not in module.aliases:
                    imported = module.facts.imports[binding.imported]
                    module.aliases[name.binding] = self._alias_in(module, imported.specifier, imported.name, 0)
                return module.aliases[name.binding]
        return None

    def _alias_in(self, module: Module, specifier: str, name: str, depth: int) -> tuple[Module, f.Type] | None:
        if depth > 8:
            return None
        for path in self.resolver.resolve(module.path, specifier, name):
            target = self.load(path)
            if target is None:
                continue
            number = target.top_level.get(name)
            if number is not None:
                stands_for = self._stands_for(target, number)
                if stands_for is not None:
                    return target, stands_for
            for export in target.facts.exports:
                if export.specifier and export.name in (name, "*"):
                    found = self._alias_in(
                        target, export.specifier, name if export.name == "*" else export.imported, depth + 1
                    )
                    if found is not None:
                        return found
        return None

    def _stands_for(self, module: Module, number: int) -> f.Type | None:
        """The type that a name is an alias of: ``type X = …``, and in Python ``X = Literal['A']``."""
        binding = module.facts.bindings[number]
        if binding.kind == "type":
            return binding.type
        if module.python and binding.kind in ("var", "const") and len(binding.assigns) == 1:
            known = module.__dict__.setdefault("_aliases", {})
            if number not in known:
                known[number] = _as_type(module, binding.assigns[0].value)
            return cast("f.Type | None", known[number])
        return None

    def declared(self, module: Module, declared: f.Type, depth: int = 0) -> tuple[Module, f.Type]:
        """A type with aliases, ``Annotated``, ``Promise`` and the like looked through."""
        if depth > 10:
            return module, declared
        if isinstance(declared, f.NamedType):
            alias = self._alias(module, declared)
            if alias is not None:
                return self.declared(alias[0], alias[1], depth + 1)
            if declared.args and _type_name(self.eval(module, declared.name)) in builtins.TRANSPARENT_TYPES:
                return self.declared(module, declared.args[0], depth + 1)
        if isinstance(declared, f.IndexedType):
            found = self._indexed(module, declared)
            if found is not None:
                return self.declared(found[0], found[1], depth + 1)
        return module, declared

    def _indexed(self, module: Module, declared: f.IndexedType) -> tuple[Module, f.Type] | None:
        if isinstance(declared.key, f.LiteralType):
            key = self.eval(module, declared.key.value)
            if isinstance(key, Lit) and isinstance(key.value, str):
                return self.member_type(module, declared.object, key.value)
        return None

    def fields_of(self, module: Module, declared: f.Type) -> list[tuple[Module, f.Field]] | None:
        """The members of an object type, interface or class (with its bases), or None where the type is not in view."""
        module, declared = self.declared(module, declared)
        if isinstance(declared, f.ObjectType):
            return [(module, field) for field in declared.fields]
        if isinstance(declared, f.UnionType):
            for item in declared.items:
                found = self.fields_of(module, item)
                if found is not None:
                    return found
            return None
        classes = self.class_types(module, declared)
        if not classes:
            return None
        result: list[tuple[Module, f.Field]] = []
        for start in classes:
            for cls in self.lineage(start):
                result.extend((cls.module, field) for field in cls.module.facts.classes[cls.cls].fields)
                for base in cls.module.facts.classes[cls.cls].interfaces:
                    for option in options(self.eval(cls.module, base)):
                        if isinstance(option, Cls) and option.module.facts.classes[option.cls].kind == "interface":
                            result.extend((option.module, x) for x in option.module.facts.classes[option.cls].fields)
                for number, function in enumerate(cls.module.facts.functions):
                    if function.cls == cls.cls and function.kind == "constructor":
                        result.extend(
                            (cls.module, f.Field(p.start, p.end, p.name, "field", None, p.type, optional=p.optional))
                            for p in cls.module.function(number).params
                            if p.field
                        )
        return result

    def member_type(self, module: Module, declared: f.Type, name: str) -> tuple[Module, f.Type] | None:
        """The declared type of a member of a declared type."""
        module, declared = self.declared(module, declared)
        if isinstance(declared, f.ArrayType) and name.lstrip("-").isdigit():
            return module, declared.item
        if isinstance(declared, f.UnionType):
            found = [t for item in declared.items if (t := self.member_type(module, item, name)) is not None]
            if len(found) > 1 and all(owner is found[0][0] for owner, _ in found):
                known = module.__dict__.setdefault("_unions", {})
                key = (id(declared), name)
                if key not in known:
                    known[key] = f.UnionType(declared.start, declared.end, tuple(t for _, t in found))
                return found[0][0], known[key]
            return found[0] if found else None
        for owner, field in self.fields_of(module, declared) or ():
            if field.name == name and field.type is not None and field.kind in ("field", "getter"):
                return owner, field.type
        return None

    def mapped_type(self, module: Module, declared: f.Type) -> tuple[Module, f.Type] | None:
        """The declared type of what a mapping holds: ``dict[str, int]``, ``Record<string, number>``."""
        module, declared = self.declared(module, declared)
        if isinstance(declared, f.NamedType) and len(declared.args) == 2:
            if _type_name(self.eval(module, declared.name)) in _MAPPINGS:
                return module, declared.args[1]
        return None

    def _unwrap_promise(self, module: Module, declared: f.Type) -> tuple[Module, f.Type] | None:
        if isinstance(declared, f.NamedType) and declared.args:
            if _type_name(self.eval(module, declared.name)) in ("Promise", "Awaitable", "Coroutine", "PromiseLike"):
                return module, declared.args[-1]
        return None

    def finite(self, value: Val) -> Val:
        """A value that nothing gives, as one of the values that its declared type allows, if these are few."""
        if isinstance(value, (Param, MemberV, Elem)) and value.decl is not None:
            literals = self.literal_types(*value.decl)
            if literals and len(literals) <= MAX_ALTERNATIVES:
                result = self.choice(value.place, literals, "type")
                if not isinstance(result, Choice):
                    result = Choice(value.place, (result,), "type")
                result.at = value.at
                return result
        return value

    def literal_types(self, module: Module, declared: f.Type, depth: int = 0) -> list[Val] | None:
        """The values of a finite type (a union of literals, an enum, ``keyof typeof X``, ``(typeof X)[…]``), else None."""
        if depth > 8:
            return None
        module, declared = self.declared(module, declared)
        if isinstance(declared, f.LiteralType):
            value = self.eval(module, declared.value)
            return [value] if isinstance(value, Lit) else list(options(value)) if isinstance(value, Choice) else None
        if isinstance(declared, f.UnionType):
            result: list[Val] = []
            for item in declared.items:
                if isinstance(item, f.NamedType) and _type_name(self.eval(module, item.name)) in (
                    "undefined",
                    "null",
                    "None",
                ):
                    continue
                part = self.literal_types(module, item, depth + 1)
                if part is None:
                    return None
                result.extend(part)
            return result
        if isinstance(declared, f.IndexedType):
            inner = declared.object
            if isinstance(inner, f.TypeofType):
                value = self.eval(module, inner.value)
                if isinstance(declared.key, f.LiteralType):
                    return None
                if isinstance(value, Obj) and not value.open and value.entries:
                    return [e.value for e in value.entries]
                if isinstance(value, Arr) and not value.open and value.items:
                    return list(value.items)
        if isinstance(declared, f.KeyofType) and not isinstance(declared.object, f.TypeofType):
            fields = self.fields_of(module, declared.object)
            if fields and all(x.kind in ("field", "method") for _, x in fields):
                return [Lit(owner.place(x), x.name) for owner, x in fields]
        if isinstance(declared, f.KeyofType) and isinstance(declared.object, f.TypeofType):
            value = self.eval(module, declared.object.value)
            if isinstance(value, Obj) and not value.open and value.entries:
                return [Lit(e.key_origin, e.name) for e in value.entries]
        if isinstance(declared, f.NamedType):
            head = self.eval(module, declared.name)
            if isinstance(head, Cls) and self.is_enum(head):
                members = self._enum_members(head)
                return members or None
            if isinstance(head, Lit) and head.enum:
                return [head]
        return None

    # -------------------------------------------------------------------------------------------------------- names

    def _name(self, module: Module, node: f.Name, env: Env | None) -> Val:
        number = node.binding
        single = module.singles.get(number)
        if single is None:
            single = module.singles[number] = self._single(module, number)
        how, assigned = single
        if how == _PARAMETER:
            value = self._param(module, number, env)
        elif how == _IMPORT:
            found = module.imported.get(module.facts.bindings[number].imported)
            if found is not None and found.place is not _HERE:
                value = found
            else:
                value = self.binding(module, number, env, node.start, module.spot(node, env))
        elif how == _MANY:
            value = self.binding(module, number, env, node.start, module.spot(node, env))
        else:
            if how == _TOP and env is not None and env.function != 0:
                env = None
            value = self.eval(module, assigned, env)
            if type(value) is Choice:
                value = self._kept(
                    module, number, module.facts.bindings[number], value, env, node.start, module.spot(node, env)
                )
        kind = type(value)
        return _without_ruled_out(module, node, value) if kind is Lit or kind is Choice else value

    def _single(self, module: Module, number: int) -> tuple[int, Any]:
        """How a name gets its value: most are given one, once, and that is never changed."""
        binding = module.facts.bindings[number]
        if binding.imported >= 0:
            return _IMPORT, None
        if number in module.param_of:
            return _PARAMETER, None
        assigns = binding.assigns
        if len(assigns) != 1 or assigns[0].op not in _GIVES or binding.type is not None:
            return _MANY, None
        if number in self._changes(module):
            return _MANY, None
        return (_TOP if binding.function == 0 else _LOCAL), assigns[0].value

    def binding(self, module: Module, number: int, env: Env | None, use: int, place: Place) -> Val:
        """What a binding is at byte offset ``use`` (-1: anywhere)."""
        binding = module.facts.bindings[number]
        if binding.imported >= 0:
            return self.imported(module, binding.imported, place)
        if number in module.param_of:
            return self._param(module, number, env)
        if binding.function == 0 and env is not None and env.function != 0:
            env = None
        assigns: Sequence[f.Assign] = binding.assigns
        if len(assigns) == 1 and assigns[0].op in _GIVES:
            value = self.eval(module, assigns[0].value, env)
            return self._kept(module, number, binding, value, env, use, place)
        assigns = self._reaching(module, binding, use)
        if not assigns:
            if binding.type is not None:
                instance = self.instance_of(module, binding.type, place)
                return instance or Unknown(place, "declared").with_decl(module, binding.type)
            return Unknown(place, f"{binding.name} has no value here")
        values: list[Val] = []
        for assign in assigns:
            if assign.op in _GIVES:
                values.append(self.eval(module, assign.value, env))
            else:
                return Unknown(place, "changed in place")
        if len(values) > 1:
            values = [v for v in values if not (type(v) is Lit and v.value is None)] or values
        return self._kept(module, number, binding, self.choice(place, values, "assign"), env, use, place)

    def _kept(
        self, module: Module, number: int, binding: f.Binding, value: Val, env: Env | None, use: int, place: Place
    ) -> Val:
        """What a binding is that holds a value: with its declared type, and with what is written into it."""
        if type(value) is Choice:
            value = self.choice(place, (value,), "assign")
        if binding.type is not None and value.decl is None and not isinstance(value, (Lit, Func)):
            instance = (
                self.instance_of(module, binding.type, place)
                if isinstance(value, (Unknown, CallV, MemberV, Param))
                else None
            )
            value = instance or value.with_decl(module, binding.type)
        kind = type(value)
        if kind is Obj or kind is Arr or kind is Choice:
            if kind is not Choice or any(type(o) is Obj for o in options(value)):
                return self._mutated(module, number, value, env, use)
        return value

    def _reaching(self, module: Module, binding: f.Binding, use: int) -> Sequence[f.Assign]:
        assigns = [a for a in binding.assigns if a.op not in _LATER]
        if len(assigns) <= 1 or use < 0:
            return assigns
        region = module.region_at(use)
        function = module.region(region).function
        if any(a.function != function for a in assigns):
            return assigns if function != binding.function or len(assigns) <= 8 else assigns[:8]
        around = module.ancestors(region)
        around_set = set(around)
        loops = [
            r
            for r in around
            if module.region(r).kind in ("loop", "comprehension") and module.region(r).function == function
        ]
        if loops:
            outer = module.region(loops[-1])
            if any(outer.start <= a.start < outer.end and a.start > use for a in assigns):
                return assigns
        before = [a for a in assigns if a.start < use] or assigns
        last = max((i for i, a in enumerate(before) if a.region in around_set), default=0)
        reached = before[last:]
        return [a for a in reached if a is reached[0] or not self._excluded(module, a.region, around)]

    def _excluded(self, module: Module, region: int, around: list[int]) -> bool:
        """A region that always leaves, or a sibling branch of one that the use is in."""
        here = {
            module.region(r).group: r for r in around if module.region(r).kind in ("then", "else", "case", "default")
        }
        for number in module.ancestors(region):
            current = module.region(number)
            if number in around:
                break
            if current.exits in ("return", "throw"):
                return True
            if current.kind in ("then", "else", "case", "default") and here.get(current.group, number) != number:
                return True
        return False

    def _param(self, module: Module, number: int, env: Env | None) -> Val:
        function, index = module.param_of[number]
        frame = env
        while frame is not None:
            if frame.function == function and frame.module is module:
                found = frame.values.get(number)
                if found is None and frame.later is not None:
                    found = self._bound(frame, number)
                if found is not None:
                    return self._now(frame, number, found) if type(found) is Later else found
                if frame.this is not None and index == 0 and module.python and module.function(function).cls >= 0:
                    return frame.this
                break
            frame = frame.parent
        return self.free_param(module, function, index, env)

    def free_param(self, module: Module, function: int, index: int, env: Env | None = None) -> Val:
        """A parameter that no caller gives: an instance where it is injected by class, else a ``Param``. ``env``: of the
        functions around it."""
        facts = module.function(function)
        param = facts.params[index]
        known = module.free.get(param.binding) if env is None else None
        if known is not None:
            free = Param(known.place, module, function, index, param.binding, param.name)
            free.decl = known.decl
            return free
        before = self._cycles
        place = module.place(param)
        if (
            module.python
            and index == 0
            and facts.cls >= 0
            and facts.kind != "lambda"
            and not _has_decorator(facts, "staticmethod")
        ):
            if _has_decorator(facts, "classmethod"):
                return Cls(place, module, facts.cls)
            return self.any_instance(module, facts.cls)
        callback = module.callbacks.get(function)
        if callback is not None:
            element = self._callback_value(module, *callback, index, env)
            if element is not None:
                return element
        elif index == 0 and function in module.rendered:
            element = builtins.context_value(self, self._consumed(module, function), place)
            if element is not None:
                return element
        if not module.python:
            dependency = injected(self, module, function, param.name)
            if dependency is not None:
                return dependency
        given = self._injected(module, param, place) if module.python else self._by_token(module, param, place)
        if given is not None:
            return given
        free = Param(place, module, function, index, param.binding, param.name)
        if param.type is not None:
            instance = self.instance_of(module, param.type, place)
            if instance is not None:
                return instance
            free.decl = (module, param.type)
        # (What a callback is given hangs on more.)
        settled = self._exporting == 0 and self._cycles == before
        if param.binding >= 0 and callback is None and env is None and settled:
            module.free[param.binding] = free._copy()
        return free

    def _by_token(self, module: Module, param: f.Param, place: Place) -> Val | None:
        """``@Inject(TOKEN) x``: what a module provides under the token."""
        for decorator in param.decorators:
            if isinstance(decorator, f.CallRef):
                call = module.call(decorator.call)
                if _decorator_name(module, call.callee) == "Inject" and call.args:
                    return self.provided(self.eval(module, call.args[0].value), place)
        return None

    def provided(self, key: Val, place: Place) -> Val | None:
        """What is provided under a key (Vue, Svelte, Angular, Nest)."""
        found: list[Val] = []
        for row in self.registrations.look("provide", provided_key(key)):
            value = self.eval(row.module, row.node)
            for option in options(value):
                if row.how == "useClass" and isinstance(option, Cls):
                    found.append(self.construct(option, ((), ()), place))
                elif row.how == "useFactory" and isinstance(option, Func):
                    found.append(self.invoke(option, self.supplied(option), place))
                elif row.how == "useExisting" and isinstance(option, Cls):
                    found.append(Inst(place, option))
                else:
                    found.append(option)
        return self.choice(place, found, "assign") if found else None

    def supplied(self, func: Func) -> Args:
        """What a framework gives when it calls a function: every parameter as it is injected."""
        params = func.module.function(func.function).params
        shift = 1 if func.module.python and func.this is not None else 0
        given = [
            (param, self.free_param(func.module, func.function, index))
            for index, param in enumerate(params)
            if index >= shift and param.kind in ("normal", "posonly", "kwonly")
        ]
        positional = tuple(value for param, value in given if param.kind != "kwonly")
        return positional, tuple((param.name, value) for param, value in given if param.kind == "kwonly")

    def _injected(self, module: Module, param: f.Param, place: Place) -> Val | None:
        """What FastAPI injects: ``x = Depends(f)``, ``x: Annotated[T, Depends(f)]``, also under an alias."""
        givers: list[tuple[Module, f.Value]] = []
        if isinstance(param.default, f.CallRef):
            givers.append((module, param.default))
        owner: tuple[Module, f.Type] | None = None if param.type is None else (module, param.type)
        for _ in range(4):
            if owner is None or not isinstance(owner[1], f.NamedType):
                break
            givers.extend((owner[0], value) for value in owner[1].values)
            owner = self._alias(owner[0], owner[1])
        for where, node in givers:
            if not isinstance(node, f.CallRef):
                continue
            call = where.call(node.call)
            if _decorator_name(where, call.callee) not in ("Depends", "Security", "Provide", "FromDishka"):
                continue
            if not call.args:
                return None if param.type is None else self.instance_of(module, param.type, place)
            given = self.eval(where, call.args[0].value)
            if isinstance(given, Cls):
                return self.construct(given, ((), ()), place)
            if isinstance(given, Func):
                result = self.invoke(given, self.supplied(given), place, True)
                if not isinstance(result, (Unknown, CallV)) or param.type is None:
                    return result
        return None

    def _consumed(self, module: Module, function: int) -> Val | None:
        """The context whose Consumer renders a function."""
        callee = module.call(module.rendered[function]).callee
        if isinstance(callee, f.Member) and isinstance(callee.key, f.Literal) and callee.key.value == "Consumer":
            return self.eval(module, callee.object)
        return None

    def calls_of_param(self, func: Func, index: int) -> list[int]:
        """The calls that a function makes of its parameter at an index."""
        params = func.module.function(func.function).params
        if func.module.python and func.this is not None:
            index += 1
        if index >= len(params):
            return []
        return func.module.calls_of.get(params[index].binding, [])

    def _callback_value(self, module: Module, call_number: int, index: int, param: int, env: Env | None) -> Val | None:
        """What a parameter of a callback is where the call it is given to says so (``xs.forEach(x => …)``,
        ``withFS(fs => …)`` of a function that calls what it is given)."""
        call = module.call(call_number)
        found: list[Val] = []
        for option in options(self.eval(module, call.callee, env)):
            if not isinstance(option, Func):
                continue
            for number in self.calls_of_param(option, index)[:8]:
                given = option.module.call(number).args
                if param < len(given) and not given[param].name:
                    found.extend(options(self.eval(option.module, given[param].value)))
        useful = [v for v in found if isinstance(v, (Func, Inst, Obj, Cls, External, GlobalV, ModuleV, Partial))]
        if useful:
            return self.choice(module.place(call), useful, "assign")
        if (
            param != 0
            or index != 0
            or not isinstance(call.callee, f.Member)
            or not isinstance(call.callee.key, f.Literal)
        ):
            return None
        method = call.callee.key.value
        if method in builtins.ELEMENT_CALLBACKS:
            base = self.eval(module, call.callee.object, env)
            element = self.element(base, base.place)
            return None if isinstance(element, Elem) else element
        if method == "then":
            base = self.eval(module, call.callee.object, env)
            return base if isinstance(base, (Func, Inst, Obj, External, GlobalV, ModuleV)) else None
        return None

    def _this(self, module: Module, node: f.This, env: Env | None) -> Val:
        place = module.place(node)
        frame = env
        while frame is not None:
            if frame.module is module and frame.function == node.function and frame.this is not None:
                return frame.this
            frame = frame.parent
        if node.function < 0:
            return Unknown(place, "this")
        function = module.function(node.function)
        if function.cls >= 0:
            return Cls(place, module, function.cls) if function.static else self.any_instance(module, function.cls)
        holder = module.object_of.get(node.function)
        if holder is not None:
            return self.eval(module, holder)
        return GlobalV(place, ("this",))

    def _global(self, module: Module, node: f.Global, env: Env | None) -> Val:
        place = module.spot(node, env)
        if module.python:
            if module.starred:
                starred = self._starred(module, node.name)
                if starred is not None:
                    return starred
        elif node.name == "arguments" and env is not None:
            frame: Env | None = env
            while frame is not None:
                if -1 in frame.values and module.function(frame.function).kind != "arrow":
                    return self._now(frame, -1, frame.values[-1])
                frame = frame.parent
        elif node.name == "arguments":
            function = module.region(module.region_at(node.start)).function
            while function > 0 and module.function(function).kind == "arrow":
                function = module.function(function).parent
            return Param(place, module, function, -1, -1, "arguments")
        if node.name == "super" and not module.python:
            return self.super_of(module, node.start, place) or GlobalV(place, ("super",))
        if node.name == "exports" and module.facts.exports and not module.python:
            return ModuleV(place, module)
        return self._global_name(place, node.name)

    def super_of(self, module: Module, offset: int, place: Place) -> Val | None:
        """The class above that of the method around; what is taken from it stays bound to the receiver."""
        for number in module.enclosing(module.region(module.region_at(offset)).function):
            cls = module.function(number).cls
            if cls >= 0:
                for base in module.facts.classes[cls].bases:
                    for option in options(self.eval(module, base)):
                        if isinstance(option, Cls):
                            return option if module.function(number).static else Inst(place, option)
                break
        return None

    def _global_name(self, place: Place, name: str) -> Val:
        if name not in builtins.KNOWN_GLOBALS:
            values = [self.eval(given.module, given.node) for given in self.registrations.look("global", name)[:8]]
            useful = [v for v in values if not isinstance(v, (Lit, Unknown))]
            if useful:
                return self.choice(place, useful, "assign")
        return GlobalV(place, (name,))

    def _starred(self, module: Module, name: str) -> Val | None:
        for specifier in module.starred:
            for path in self.resolver.resolve(module.path, specifier):
                target = self.load(path)
                if target is not None and target is not module:
                    found = self.export(target, name)
                    if found is not None:
                        return found
        return None

    # ------------------------------------------------------------------------------------------------------ modules

    def _module_ref(self, module: Module, node: f.ModuleRef, env: Env | None) -> Val:
        place = module.place(node)
        for path in self.resolver.resolve(module.path, node.specifier):
            target = self.load(path)
            if target is not None:
                whole = self.export(target, "=")
                return whole if whole is not None else ModuleV(place, target)
        return External(place, self.resolver.external(module.path, node.specifier), ())

    def imported(self, module: Module, number: int, place: Place) -> Val:
        """What an import binds."""
        value = module.imported.get(number)
        if value is None:
            before = self._cycles
            value = self._imported(module, number, _HERE)
            # What is asked for while it is being worked out is not known yet.
            if value.place is not _HERE or (self._exporting == 0 and self._cycles == before):
                module.imported[number] = value
        if value.place is not _HERE:
            return value
        if isinstance(value, External):
            return External(place, value.package, value.path)
        return ModuleV(place, value.module) if isinstance(value, ModuleV) else value.at_place(place)

    def _imported(self, module: Module, number: int, place: Place) -> Val:
        imported = module.facts.imports[number]
        name = imported.name
        if module.python:
            return self._imported_python(module, imported, place)
        for path in self.resolver.resolve(module.path, imported.specifier):
            target = self.load(path)
            if target is None:
                continue
            if name == "*":
                whole = self.export(target, "=") if imported.how == "require" or not target.facts.exports else None
                return whole if whole is not None else ModuleV(place, target)
            found = self.export(target, name)
            if found is not None:
                return found
            return Unknown(place, f"{path} does not export {name}")
        package = self.resolver.external(module.path, imported.specifier) or imported.specifier
        return External(place, package, () if name in ("*", "default", "=") else (name,))

    def _imported_python(self, module: Module, imported: f.Import, place: Place) -> Val:
        if imported.name in ("*", ""):
            for path in self.resolver.resolve(module.path, imported.specifier):
                target = self.load(path)
                if target is not None and target is not module:
                    return ModuleV(place, target)
            return External(place, imported.specifier.lstrip("."), ())
        for path in self.resolver.resolve(module.path, imported.specifier):
            target = self.load(path)
            if target is not None and target is not module:
                found = self.export(target, imported.name)
                if found is not None:
                    return found
        path = self.resolver.submodule(module.path, imported.specifier, imported.name)
        if path is not None:
            target = self.load(path)
            if target is not None:
                return ModuleV(place, target)
        return External(place, imported.specifier.lstrip("."), (imported.name,))

    def export(self, module: Module, name: str) -> Val | None:
        """What a module exports under a name; None if it does not."""
        key = (module.path, name)
        if key in self._exports:
            return self._exports[key]
        self._exports[key] = None
        before = self._cycles
        self._exporting += 1
        try:
            value = self._export_python(module, name) if module.python else self._export_javascript(module, name)
        finally:
            self._exporting -= 1
        if value is None and self._cycles != before:
            del self._exports[key]
        else:
            self._exports[key] = value
        return value

    def _export_python(self, module: Module, name: str) -> Val | None:
        number = module.top_level.get(name)
        if number is not None:
            binding = module.facts.bindings[number]
            return self.binding(module, number, None, -1, module.place(binding))
        starred = self._starred(module, name)
        if starred is not None:
            return starred
        if module.path.endswith("__init__.py"):
            path = self.resolver.submodule(module.path, ".", name)
            if path is not None and path != module.path:
                target = self.load(path)
                if target is not None:
                    return ModuleV(Place(path, 0, 0), target)
        return None

    def _export_javascript(self, module: Module, name: str) -> Val | None:
        whole: f.Export | None = None
        stars: list[f.Export] = []
        for export in module.facts.exports:
            if export.name == name and (name != "*" or export.value is not None):
                if isinstance(export.value, f.Name):  # as it is when the module has run
                    return self.binding(module, export.value.binding, None, -1, module.place(export.value))
                if export.value is not None:
                    return self.eval(module, export.value)
                return self._reexport(module, export)
            if export.name == "=":
                whole = export
            elif export.name == "*":
                stars.append(export)
        if whole is not None and name != "=":
            value = self.eval(module, whole.value) if whole.value is not None else None
            if value is None:
                return None
            if name == "default":
                return value
            place = module.place(whole)
            member = self.member(module, value, Lit(place, name), place)
            return (
                None
                if isinstance(member, MemberV) and isinstance(member.base, Obj) and not member.base.open
                else member
            )
        if name not in ("default", "="):
            for export in stars:
                for path in self.resolver.resolve(module.path, export.specifier):
                    target = self.load(path)
                    if target is not None and target is not module:
                        found = self.export(target, name)
                        if found is not None:
                            return found
            for export in stars:
                if not self.resolver.resolve(module.path, export.specifier):
                    return External(
                        module.place(export), self.resolver.external(module.path, export.specifier), (name,)
                    )
            if not module.facts.exports and not module.facts.imports:
                number = module.top_level.get(name)
                if number is not None:
                    return self.binding(module, number, None, -1, module.place(module.facts.bindings[number]))
        return None

    def _reexport(self, module: Module, export: f.Export) -> Val | None:
        place = module.place(export)
        for path in self.resolver.resolve(module.path, export.specifier):
            target = self.load(path)
            if target is None or target is module:
                continue
            if export.imported == "*":
                return ModuleV(place, target)
            return self.export(target, export.imported)
        package = self.resolver.external(module.path, export.specifier)
        return External(place, package, () if export.imported in ("*", "default") else (export.imported,))

    # -------------------------------------------------------------------------------------------------------- calls

    def arguments(self, module: Module, call: f.Call, env: Env | None) -> Args:
        """A call's arguments, each handed over as the expression that stands there."""
        if not call.args:
            return _NONE
        positional: list[Val] = []
        keywords: list[tuple[str, Val]] = []
        for argument in call.args:
            node = argument.value
            if type(node) is f.Spread:
                inner = self.eval(module, node.value, env)
                if isinstance(inner, Arr) and not inner.open:
                    positional.extend(v if v.at else v.with_at(module.spot(node, env)) for v in inner.items)
                else:
                    positional.append(Elem(module.spot(node, env), inner))
                continue
            if argument.name:
                value = self.argument(module, argument, env)
            else:
                value = self.eval(module, node, env)
                positional.append(value if value.at is not None else value.with_at(module.spot(node, env)))
                continue
            if argument.name == "**":
                if isinstance(value, Obj):
                    keywords.extend((e.name, e.value if e.value.at else e.value.with_at(e.at)) for e in value.entries)
                    if value.open:
                        keywords.append(("**", value))
                else:
                    keywords.append(("**", value))
            else:
                keywords.append((argument.name, value))
        return tuple(positional), tuple(keywords)

    def argument(self, module: Module, argument: f.Argument, env: Env | None) -> Val:
        """An argument that is no spread, handed over as the expression that stands there."""
        node, name = argument.value, argument.name
        value = self.eval(module, node, env)
        if name and name != "**":
            value = value.with_at(value.at or module.spot(node, env))
            value.key_at = Place(module.path, argument.start, argument.start + len(name.encode()))
        elif value.at is None:
            value = value.with_at(module.spot(node, env))
        return value

    def _call(self, module: Module, node: f.CallRef, env: Env | None) -> Val:
        call = module.call(node.call)
        place = module.spot(node, env)
        callee = self.eval(module, call.callee, env)
        if type(callee) is not Choice:
            return self._call_one(module, node.call, call, callee, env, place)
        results = [self._call_one(module, node.call, call, option, env, place) for option in callee.options]
        return results[0] if len(results) == 1 else self.choice(place, results, "return")

    def _call_one(self, module: Module, number: int, call: f.Call, callee: Val, env: Env | None, place: Place) -> Val:
        kind = type(callee)
        if kind in _OUTSIDE:
            return self._call_outside(module, number, call, callee, env, place)
        if isinstance(callee, Func) and call.kind != "new":
            if call.kind == "jsx":
                return Unknown(place, "element")
            return self.invoke(callee, self.arguments(module, call, env), place)
        if isinstance(callee, Cls) and (call.kind == "new" or module.python):
            return self.construct(callee, self.arguments(module, call, env), place)
        if isinstance(callee, Inst) and module.python:
            method = self._instance_member(callee, "__call__", place, False)
            if isinstance(method, Func):
                return self.invoke(method, self.arguments(module, call, env), place)
        if isinstance(callee, Func):
            return (
                Inst(place, Cls(place, callee.module, callee.module.function(callee.function).cls))
                if callee.module.function(callee.function).cls >= 0
                else Unknown(place, "new")
            )
        return self._call_outside(module, number, call, callee, env, place)

    def _call_outside(
        self, module: Module, number: int, call: f.Call, callee: Val, env: Env | None, place: Place
    ) -> Val:
        # Most calls are asked only for their name: what they are given is evaluated when somebody wants it.
        value = CallV(place, callee, lambda: self.arguments(module, call, env), module, number, call.kind == "new")
        handled = builtins.evaluate(self, value, env)
        return handled if handled is not None else value

    def construct(self, cls: Cls, args: Args, place: Place) -> Val:
        """``new C(…)`` / ``C(…)``."""
        if self.is_enum(cls):
            return Unknown(place, "enum look-up")
        for owner in self.lineage(cls):
            number = owner.module.constructors.get(owner.cls)
            if number is not None:
                instance = Inst(place, cls)
                bound = Func(place, owner.module, number, None, instance)
                env = self.bind(bound, args, place)
                instance.env = env
                env.this = instance
                return instance
        fields = [x for x in cls.module.facts.classes[cls.cls].fields if x.kind == "field" and x.type is not None]
        given = [(field.name, value) for field, value in zip(fields, args[0], strict=False)]
        given.extend((name, value) for name, value in args[1] if name != "**")
        return Inst(place, cls, None, tuple(given) if cls.module.python else ())

    def bind(self, func: Func, args: Args, place: Place) -> Env:
        """The environment of one call of a function."""
        keywords = dict([*func.keywords, *args[1]])
        unknown_keywords = keywords.pop("**", None)
        env = Env(func.module, func.function, {}, func.this, func.env)
        env.place = place
        for _ in self._binding(env, func, [*func.bound, *args[0]], keywords, unknown_keywords):
            pass
        return env

    def bind_later(self, func: Func, arguments: Arguments, place: Place) -> Env:
        """``bind``, with each argument evaluated when the first asks for its parameter: most are never asked for."""
        positional, named = arguments.split()
        keywords: dict[str, Val] = dict(func.keywords)
        keywords.update((name, Later(place, make)) for name, make in named)
        env = Env(func.module, func.function, {}, func.this, func.env)
        env.place = place
        env.later = self._binding(env, func, _Positional(func.bound, positional), keywords, None)
        next(env.later)
        return env

    def _bound(self, env: Env, number: int) -> Val | None:
        """A parameter of an environment that is bound later; None while it is being bound."""
        while env.later is not None and number not in env.values:
            later, env.later = env.later, None
            if self.apart(partial(next, later, _HERE)) is not _HERE:
                env.later = later
        return env.values.get(number)

    def complete(self, env: Env) -> Env:
        """An environment of which all parameters are bound."""
        self._bound(env, -2)
        for number, value in list(env.values.items()):
            self._now(env, number, value)
        return env

    def _now(self, env: Env, number: int, value: Val) -> Val:
        if isinstance(value, Later):
            value = env.values[number] = self.apart(value.make)
        return value

    def apart(self, evaluate: Callable[[], _T]) -> _T:
        """Evaluate something that could have been evaluated before: as a question of its own."""
        state = self._depth, self._steps, self._cycles, self._invoking
        self._depth, self._invoking = 0, []
        try:
            return evaluate()
        finally:
            self._depth, self._steps, self._cycles, self._invoking = state

    def _binding(
        self, env: Env, func: Func, positional: Sequence[Val], keywords: dict[str, Val], unknown_keywords: Val | None
    ) -> Iterator[None]:
        """Enter the parameters of one call, one after the other."""
        module = func.module
        facts = module.function(func.function)
        place = cast(Place, env.place)
        params = facts.params
        start = 0
        decorated = bool(facts.decorators)
        if (
            module.python
            and facts.cls >= 0
            and params
            and func.this is not None
            and not (decorated and _has_decorator(facts, "staticmethod"))
        ):
            if params[0].binding >= 0:
                this = func.this
                if decorated and _has_decorator(facts, "classmethod") and isinstance(this, Inst):
                    this = this.cls
                env.values[params[0].binding] = this
            start = 1
        if isinstance(positional, list):
            env.values[-1] = _rest_of(place, positional)
        else:
            env.values[-1] = Later(place, lambda: _rest_of(place, list(positional)))
            yield
        rest_from: Val | None = None
        rest_index = 0
        index = 0
        for param in params[start:]:
            value: Val | None = None
            if param.kind == "rest":
                remaining = [positional[number] for number in range(index, len(positional))]
                if rest_from is not None:
                    value = rest_from
                elif len(remaining) == 1 and isinstance(remaining[0], Elem):
                    value = remaining[0].base
                else:
                    value = _rest_of(place, remaining)
                index = len(positional)
            elif param.kind == "kwrest":
                taken = {p.name for p in params}
                keywords = {n: self.apart(v.make) if isinstance(v, Later) else v for n, v in keywords.items()}
                entries = tuple(
                    Ent(name, v.key_at or v.place, v.key_at or v.place, v, v.at or v.place)
                    for name, v in keywords.items()
                    if name not in taken
                )
                spreads = () if unknown_keywords is None else (unknown_keywords,)
                value = Obj(place, entries, unknown_keywords is not None, spreads)
            elif param.kind != "kwonly" and rest_from is not None:
                value = self._rest_item(rest_from, rest_index, place)
                rest_index += 1
            elif param.kind != "kwonly" and index < len(positional):
                given = positional[index]
                if isinstance(given, Elem):
                    rest_from = given.base
                    value = self._rest_item(rest_from, 0, place)
                    rest_index = 1
                else:
                    value = given
                index += 1
            elif param.name in keywords:
                value = keywords[param.name]
                if isinstance(value, Later) and param.binding >= 0:
                    env.values[param.binding] = Later(place, _settling(self, env, func, param, value))
                    yield
                    continue
            elif unknown_keywords is not None:
                value = self._member_of(module, unknown_keywords, param.name, place, False, True)
            value = self._settled(env, func, param, value)
            if param.binding >= 0:
                env.values[param.binding] = value
            yield

    def _settled(self, env: Env, func: Func, param: f.Param, value: Val | None) -> Val:
        """What a parameter is that is given a value, or none: with its default and its declared type."""
        module, place = func.module, cast(Place, env.place)
        if type(value) is Lit and value.kind in ("undefined", "absent") and param.default is not None:
            value = None
        if value is None:
            if param.default is not None:
                value = self.eval(module, param.default, env)
            elif func.env is None and not module.python:
                value = Lit(place, None, "absent").with_at(place)
            else:
                value = Lit(place, None, "absent") if not module.python else Unknown(place, "not given")
        if param.type is not None and value.decl is None and type(value) in _DECLARABLE:
            value = value.with_decl(module, param.type)
        return value

    def _rest_item(self, base: Val, index: int, place: Place) -> Val:
        if isinstance(base, Arr):
            if index < len(base.items):
                return base.items[index]
            return Unknown(place, "spread") if base.open else Lit(place, None, "absent")
        return MemberV(place, base, str(index), False, True)

    def invoke(self, func: Func, args: Args, place: Place, yields: bool = False) -> Val:
        """What a call of a project function gives: its returned values with the arguments put in place; with ``yields``,
        or where it is a context manager, what it yields."""
        facts = func.module.function(func.function)
        key = (func.module.path, func.function)
        managed = yields or (
            bool(facts.decorators)
            and any(_decorator_name(func.module, d).endswith("contextmanager") for d in facts.decorators)
        )
        if (facts.is_generator and not managed) or len(self._invoking) >= MAX_INVOKE or self._invoking.count(key) >= 1:
            if key in self._invoking:
                self._cycles += 1
            return _not_looked_into(func, facts, args, place)
        returns = [r for r in facts.returns if r.yields == facts.is_generator and r.value is not None]
        if not returns or len(returns) > 8:
            if facts.return_type is not None:
                instance = self.instance_of(func.module, facts.return_type, place)
                if instance is not None:
                    return instance
            return _not_looked_into(func, facts, args, place)
        self._invoking.append(key)
        try:
            env = self.bind(func, args, place)
            values = [self.eval(func.module, r.value, env) for r in returns]
        finally:
            self._invoking.pop()
        if len(values) > 1:
            values = [v for v in values if not (type(v) is Lit and v.value is None)] or values
        value = self.choice(place, values, "return")
        if type(value) in _DECLARABLE and type(value) is not Obj:
            if facts.return_type is not None and value.decl is None:
                value = value.with_decl(func.module, facts.return_type)
            if value.decl is not None and isinstance(value, (CallV, MemberV, Unknown)):
                instance = self.instance_of(value.decl[0], value.decl[1], place)
                if instance is not None:
                    return instance
        return value

    # --------------------------------------------------------------------------------------------------- iteration

    def _element(self, module: Module, node: f.Element, env: Env | None) -> Val:
        return self.element(self.eval(module, node.value, env), module.spot(node, env))

    def element(self, base: Val, place: Place) -> Val:
        """An element of an iterable: of a known collection one of its items, of a known object one of its keys."""
        found: list[Val] = []
        for option in options(base):
            if isinstance(option, Arr) and not option.items and not option.open and len(options(base)) > 1:
                continue
            if isinstance(option, Arr) and option.items:
                found.extend(option.items)
                if option.open and len(option.items) > 1:
                    found.append(Elem(place, base))
            elif isinstance(option, Obj) and option.entries and not option.open:
                found.extend(Lit(e.key_origin, e.name) for e in option.entries)
            elif isinstance(option, Cls) and (members := self._enum_members(option)):
                found.extend(members)
            else:
                value: Val = Elem(place, option)
                decl = option.decl or base.decl
                if decl is not None:
                    module, declared = self.declared(*decl)
                    if isinstance(declared, f.ArrayType):
                        value = self.instance_of(module, declared.item, place) or value.with_decl(module, declared.item)
                found.append(value)
        return self.choice(place, found, "element")

    def _rest(self, module: Module, node: f.Rest, env: Env | None) -> Val:
        base = self.eval(module, node.value, env)
        place = module.place(node)
        if isinstance(base, Obj):
            kept = tuple(e for e in base.entries if e.name not in node.exclude)
            return Obj(place, kept, base.open, base.spreads)
        if isinstance(base, Arr):
            return Arr(place, base.items[len(node.exclude) :], base.open, base.kind)
        return Unknown(place, "rest")

    # ---------------------------------------------------------------------------------------------------- mutation

    def _mutated(self, module: Module, number: int, value: Val, env: Env | None, use: int) -> Val:
        """An object bound to a name, with what is written into it before it is used."""
        changes = self._changes(module).get(number)
        if not changes:
            return value
        applied = self._applied(module, changes, use)
        if isinstance(value, Choice):
            changed = tuple(self._apply(module, o, applied, env) for o in value.options)
            return Choice(value.place, changed, value.how, value.by)
        return self._apply(module, value, applied, env)

    def _applied(self, module: Module, changes: _Changes, use: int) -> _Applied:
        """The changes that may have been made before an offset, in order, each with whether it surely was."""
        region = module.region_at(use) if use >= 0 else 0
        function = module.region(region).function
        around = module.ancestors(region) if function in changes.functions else []
        if not around:
            return changes.anywhere
        applied: list[tuple[_Change, bool]] = []
        for change in changes.rows:
            if change.function != function:
                applied.append((change, False))
            elif use < 0 or not (change.start >= use or self._excluded(module, change.region, around)):
                applied.append((change, change.region in around))
        return _Applied(tuple(applied))

    def _apply(self, module: Module, value: Val, applied: _Applied, env: Env | None) -> Val:
        if not isinstance(value, (Obj, Arr)):
            return value
        memo = module.changed if env is None else env.changed
        key = (id(value), applied.key)
        known = memo.get(key)
        if known is not None:
            return known[1]
        before = self._cycles
        result = self._change(module, value, applied, env)
        if self._cycles == before:
            memo[key] = (value, result)
        return result

    def _change(self, module: Module, value: Obj | Arr, applied: _Applied, env: Env | None) -> Val:
        builder = _ObjectBuilder()
        items: list[Val] = []
        opened = False
        if isinstance(value, Obj):
            self._spread_into(builder, value, False)
        else:
            items.extend(value.items)
            opened = value.open
        for change, definite in applied.rows:
            if isinstance(value, Arr):
                opened = True
                if change.how == "append" and change.values:
                    items.append(self.eval(module, change.values[0], env))
                continue
            if change.how == "set" and change.key is not None:
                key = self.eval(module, change.key, env)
                name = literal_text(key) if isinstance(key, Lit) else None
                if name is None:
                    builder.open = True
                    continue
                place = module.place(change.key)
                entry_value = self.eval(module, change.values[0], env)
                builder.add(Ent(name, place, key.place, entry_value, module.place(change.values[0]), not definite))
            elif change.how == "nested" and change.key is not None:
                key = self.eval(module, change.key, env)
                entry = builder.last(literal_text(key) if isinstance(key, Lit) else None)
                if entry is not None and isinstance(entry.value, Obj):
                    inner = entry.value
                    builder.replace(entry, Obj(inner.place, inner.entries, True, inner.spreads))
                else:
                    builder.open = True
            elif change.how == "merge":
                for node in change.values:
                    self._spread_into(builder, self.eval(module, node, env), not definite)
            elif change.how == "remove" and change.key is not None:
                key = self.eval(module, change.key, env)
                builder.remove(literal_text(key) if isinstance(key, Lit) else None)
            else:
                builder.open = True
        if isinstance(value, Arr):
            result: Val = Arr(value.place, tuple(items), opened, value.kind)
        else:
            result = builder.build(value.place)
        result.decl = value.decl
        result.at = value.at
        return result

    def _changes(self, module: Module) -> dict[int, _Changes]:
        index = module.__dict__.get("_changes")
        if index is None:
            index = {number: _Changes(rows) for number, rows in _index_changes(module).items()}
            module.__dict__["_changes"] = index
        return cast("dict[int, _Changes]", index)


class Arguments:
    """The arguments of one call, evaluated when they are asked for: all of them, or one by one."""

    __slots__ = ("_call", "_env", "_evaluator", "_module", "_whole")

    def __init__(self, evaluator: Evaluator, module: Module, call: f.Call, env: Env | None) -> None:
        self._evaluator = evaluator
        self._module = module
        self._call = call
        self._env = env
        self._whole: Args | None = None

    def __call__(self) -> Args:
        if self._whole is None:
            self._whole = self._evaluator.arguments(self._module, self._call, self._env)
        return self._whole

    @property
    def plain(self) -> bool:
        """Whether it can be said which argument is which without evaluating any: there is no spread."""
        return all(type(a.value) is not f.Spread and a.name != "**" for a in self._call.args)

    def split(self) -> tuple[list[Callable[[], Val]], list[tuple[str, Callable[[], Val]]]]:
        """Positional and keyword arguments, each as what evaluates it."""
        evaluate = self._evaluator.argument
        makes: list[Callable[[], Val]] = [partial(evaluate, self._module, a, self._env) for a in self._call.args]
        named = [(a.name, make) for a, make in zip(self._call.args, makes, strict=True) if a.name]
        return [make for a, make in zip(self._call.args, makes, strict=True) if not a.name], named


class _Positional(Sequence[Val]):
    """Positional arguments: some that are known, and some that are evaluated once when they are asked for."""

    def __init__(self, known: Sequence[Val], makes: Sequence[Callable[[], Val]]) -> None:
        self._known: list[Val | None] = [*known, *([None] * len(makes))]
        self._makes = makes
        self._first = len(known)

    def __len__(self) -> int:
        return len(self._known)

    def __getitem__(self, index: Any) -> Any:
        value = self._known[index]
        if value is None:
            value = self._known[index] = self._makes[index - self._first]()
        return value


def _rest_of(place: Place, values: Sequence[Val]) -> Arr:
    """The arguments that a rest parameter takes."""
    known = tuple([v for v in values if type(v) is not Elem])
    return Arr(place, known, len(known) < len(values))


def _settling(evaluator: Evaluator, env: Env, func: Func, param: f.Param, given: Later) -> Callable[[], Val]:
    return lambda: evaluator._settled(env, func, param, given.make())


# ------------------------------------------------------------------------------------------------------------ helpers


class _Change:
    __slots__ = ("function", "how", "key", "region", "start", "values")

    def __init__(
        self, start: int, function: int, region: int, how: str, key: Any = None, values: tuple[Any, ...] = ()
    ) -> None:
        self.start = start
        self.function = function
        self.region = region
        self.how = how
        self.key = key
        self.values = values


class _Applied:
    """Changes with whether each was surely made; ``key``: equal where they are the same."""

    __slots__ = ("key", "rows")

    def __init__(self, rows: tuple[tuple[_Change, bool], ...], key: object = None) -> None:
        self.rows = rows
        self.key = rows if key is None else key


class _Changes:
    """What is written into one binding's object, in order. ``anywhere``: as seen from a function that writes nothing."""

    __slots__ = ("_keys", "anywhere", "functions", "rows")

    def __init__(self, rows: list[_Change]) -> None:
        self.rows = rows
        self.functions = frozenset(change.function for change in rows)
        self._keys: set[object] | None = set()
        for change in rows:
            if change.how in ("set", "nested", "remove") and isinstance(change.key, f.Literal):
                self._keys.add(change.key.value)
            elif change.how not in ("open", "append"):
                self._keys = None
                break
        self.anywhere = _Applied(tuple((change, False) for change in rows), id(self))

    def leaves(self, name: str) -> bool:
        """Whether an entry by this name surely stays what it is in the literal."""
        return self._keys is not None and name not in self._keys


def _literal_of(module: Module, number: int) -> tuple[f.Binding, f.Object | None]:
    """The object literal that a name holds from the start, if it does."""
    binding = module.facts.bindings[number]
    if binding.imported < 0 and len(binding.assigns) == 1 and binding.type is None and number not in module.param_of:
        assign = binding.assigns[0]
        if type(assign.value) is f.Object and assign.op == "=":
            return binding, assign.value
    return binding, None


def _index_changes(module: Module) -> dict[int, list[_Change]]:
    index: dict[int, list[_Change]] = {}

    def add(number: int, change: _Change) -> None:
        index.setdefault(number, []).append(change)

    for write in module.facts.writes:
        target = write.object
        if isinstance(target, f.Name):
            how = "remove" if write.op in ("del", "delete") else "set"
            add(target.binding, _Change(write.start, write.function, write.region, how, write.key, (write.value,)))
        elif isinstance(target, f.Member) and isinstance(target.object, f.Name):
            add(target.object.binding, _Change(write.start, write.function, write.region, "nested", target.key))
    for call in module.facts.calls:
        callee = call.callee
        if isinstance(callee, f.Member) and isinstance(callee.key, f.Literal):
            method = callee.key.value
            positional = tuple(a.value for a in call.args if not a.name)
            if isinstance(callee.object, f.Name):
                number = callee.object.binding
                if method == "update":
                    add(number, _Change(call.start, call.function, call.region, "merge", None, positional))
                    for argument in call.args:
                        if argument.name and argument.name != "**":
                            key = f.Literal(argument.start, argument.end, argument.name)
                            add(number, _Change(call.start, call.function, call.region, "set", key, (argument.value,)))
                elif method in ("push", "append", "unshift", "add", "extend", "insert"):
                    add(number, _Change(call.start, call.function, call.region, "append", None, positional))
                elif method in ("pop", "clear", "popitem", "setdefault", "set"):
                    add(number, _Change(call.start, call.function, call.region, "open"))
            if (
                method == "assign"
                and isinstance(callee.object, f.Global)
                and callee.object.name == "Object"
                and positional
            ):
                if isinstance(positional[0], f.Name):
                    add(
                        positional[0].binding,
                        _Change(call.start, call.function, call.region, "merge", None, positional[1:]),
                    )
                continue
        name = callee.key.value if isinstance(callee, f.Member) and isinstance(callee.key, f.Literal) else None
        if isinstance(callee, f.Global):
            name = callee.name
        if name in builtins.HARMLESS_CALLS or call.kind in ("jsx", "new", "decorator"):
            continue
        if call.use != "statement":
            continue
        for argument in call.args:
            if isinstance(argument.value, f.Name) and isinstance(callee, f.Name):
                add(argument.value.binding, _Change(call.start, call.function, call.region, "open"))
    for binding_number, binding in enumerate(module.facts.bindings):
        for assign in binding.assigns:
            if assign.op == "|=":
                add(
                    binding_number,
                    _Change(assign.start, assign.function, assign.region, "merge", None, (assign.value,)),
                )
    for changes in index.values():
        changes.sort(key=lambda change: change.start)
    return index


def _not_looked_into(func: Func, facts: f.Function, args: Args, place: Place) -> Val:
    """A call of a function of the project as that of any other."""
    value = CallV(place, func, args, func.module, -1, False)
    if facts.return_type is not None:
        value.decl = (func.module, facts.return_type)
    return value


class _ObjectBuilder:
    def __init__(self) -> None:
        self.entries: list[Ent] = []
        self.names: set[str] = set()
        self.open = False
        self.spreads: list[Val] = []

    def add(self, entry: Ent) -> None:
        if entry.name not in self.names:
            self.names.add(entry.name)
        elif not entry.maybe:
            self.entries = [e for e in self.entries if e.name != entry.name]
        self.entries.append(entry)

    def last(self, name: str | None) -> Ent | None:
        if name not in self.names:
            return None
        return next((e for e in reversed(self.entries) if e.name == name), None)

    def replace(self, entry: Ent, value: Val) -> None:
        """Another value for an entry, which other objects may share."""
        new = Ent(entry.name, entry.key_place, entry.key_origin, value, entry.at, entry.maybe)
        self.entries = [new if e is entry else e for e in self.entries]

    def remove(self, name: str | None) -> None:
        if name is None:
            self.open = True
        self.entries = [e for e in self.entries if e.name != name]

    def build(self, place: Place) -> Obj:
        return Obj(place, tuple(self.entries), self.open, tuple(self.spreads))


def _is_window(value: Val) -> bool:
    """Something that is a browser's window by its name: ``nativeWindow``, ``$window``, ``document.defaultView``."""
    name = value.key if isinstance(value, MemberV) else value.name if isinstance(value, Param) else None
    return name is not None and name.lower().endswith(("window", "defaultview"))


def literal_text(value: Lit) -> str | None:
    """A constant as it would stand in a text, or None for those that have no one spelling."""
    if value.kind in ("", "bigint"):
        if isinstance(value.value, str):
            return value.value
        if isinstance(value.value, int) and not isinstance(value.value, bool):
            return str(value.value)
    return None


def is_text(value: Val) -> bool:
    """Known to be a string."""
    return (isinstance(value, Lit) and isinstance(value.value, str) and value.kind == "") or isinstance(value, Tmpl)


def _as_type(module: Module, node: f.Value, depth: int = 0) -> f.Type | None:
    """An expression that is written as a type (``Literal['A', 'B']``, ``Annotated[T, x]``, ``A | B``), else None."""
    start, end = node.start, node.end
    if depth > 8:
        return None
    if isinstance(node, f.Binary) and node.op == "|":
        sides = [_as_type(module, side, depth + 1) or _plain_type(side) for side in (node.left, node.right)]
        return f.UnionType(start, end, tuple(side for side in sides if side is not None))
    if not isinstance(node, f.Member) or not node.subscript:
        return None
    head = _decorator_name(module, node.object)
    items = node.key.items if isinstance(node.key, f.Array) else (node.key,)
    if head == "Literal":
        return f.UnionType(start, end, tuple(f.LiteralType(item.start, item.end, item) for item in items))
    inner = tuple(
        t for t in (_as_type(module, item, depth + 1) or _plain_type(item) for item in items) if t is not None
    )
    if head in ("Optional", "Union"):
        return f.UnionType(start, end, inner)
    if head in ("list", "List", "Sequence", "tuple", "Iterable") and inner:
        return f.ArrayType(start, end, inner[0])
    if head == "Annotated" and inner:
        return f.NamedType(start, end, node.object, inner[:1], items[1:])
    return None


def _plain_type(node: f.Value) -> f.Type | None:
    return f.NamedType(node.start, node.end, node) if isinstance(node, (f.Name, f.Global, f.Member)) else None


def _shared(fields: tuple[f.Field, ...], name: str) -> bool:
    """A class has both a static member and one of its instances by this name."""
    own = [field.static for field in fields if field.name == name]
    return len(own) > 1 and True in own and False in own


def _may_be_set(fields: tuple[f.Field, ...], name: str) -> bool:
    """A field of the class itself that has no value yet (``_instance = None``)."""
    own = [field for field in fields if field.name == name]
    return all(
        field.kind == "field"
        and (field.value is None or (isinstance(field.value, f.Literal) and field.value.value is None))
        for field in own
    )


def _automatic(cls: f.Class, member: f.Field) -> int | None:
    """The number of an enum's member that has no value of its own; None where one before it is no number."""
    number = -1
    for field in cls.fields:
        if field.kind != "member":
            continue
        if field.value is None:
            number += 1
        elif isinstance(field.value, f.Literal) and isinstance(field.value.value, int):
            number = field.value.value
        elif field is member:
            return None
        if field is member:
            return number
    return None


def _sure(value: Val) -> Val:
    if isinstance(value, (MemberV, CallV, Param, Elem, Unknown, GlobalV, External)):
        value = value._copy()
        value.sure = True
    return value


def _is_absent(value: Val, how: str) -> bool:
    if isinstance(value, MemberV) and isinstance(value.base, Obj):
        return value.key is not None and value.base.has(value.key) is False
    if not isinstance(value, Lit):
        return False
    if value.value is None and value.kind in ("", "undefined", "absent"):
        return True
    return how == "or" and value.kind in ("", "nan") and not value.value


def _without_ruled_out(module: Module, node: f.Name | f.Member, value: Val) -> Val:
    """Without the alternatives that a guard rules out where a value is read: ``if (!id) return; send(id)``."""
    alternatives = options(value)
    empty = [o for o in alternatives if type(o) is Lit and not o.value and (o.value is None or o.value == "")]
    if not empty:
        return value
    known = guards(module, node.start, True)
    if not known:
        return value
    truthy = any(truth and same(test, node) for test, truth in known)
    if not truthy and not guards_path(module, known, node):
        return value
    kept = [o for o in alternatives if o not in empty or not (truthy or o.value is None)]
    if len(kept) == len(alternatives):
        return value
    if not kept:
        return Unknown(module.place(node), "not reached")
    narrowed = (
        kept[0] if len(kept) == 1 else Choice(value.place, tuple(kept), value.how if isinstance(value, Choice) else "")
    )
    return narrowed.with_at(value.at) if value.at is not None and narrowed.at is None else narrowed


def _is_present(value: Val) -> bool:
    return (isinstance(value, Lit) and bool(value.value)) or isinstance(
        value, (Tmpl, Obj, Arr, Func, Cls, Inst, SecretV, ModuleV)
    )


def _is_property(module: Module, function: f.Function) -> bool:
    return any(_decorator_name(module, d) in ("property", "cached_property") for d in function.decorators)


def _has_decorator(function: f.Function, name: str) -> bool:
    return any(isinstance(d, f.Global) and d.name == name for d in function.decorators)


def _decorator_name(module: Module, node: f.Value) -> str:
    if isinstance(node, f.Global):
        return node.name
    if isinstance(node, f.Member) and isinstance(node.key, f.Literal):
        return str(node.key.value)
    if isinstance(node, f.Name):
        return module.facts.bindings[node.binding].name
    return ""


def _is_data_class(evaluator: Evaluator, value: Cls) -> bool:
    """A class that only carries data (dataclass, TypedDict, model): its members are values to read, not services."""
    cls = value.module.facts.classes[value.cls]
    methods = any(isinstance(x.value, f.FunctionRef) or x.kind == "method" for x in cls.fields)
    return not methods and not cls.bases


def _is_initial(value: Val, module: Module) -> bool:
    """A number or flag, which is set later; texts (an address, a name) are usually constants of the class."""
    if not isinstance(value, Lit) or value.enum or value.value is None:
        return False
    return (module.python and not isinstance(value.value, str)) or isinstance(value.value, (int, float))


def _this_env(module: Module, this: Val | None, function: int = -2) -> Env | None:
    """An environment in which only the receiver is known: one for each function, so that what it makes is made once."""
    if not isinstance(this, Inst):
        return None if this is None else Env(module, function, {}, this)
    key = (module.path, function)
    env = this.envs.get(key)
    if env is None or env.this is not this:
        env = this.envs[key] = Env(module, function, {}, this)
    return env


def _type_name(head: Val) -> str:
    if isinstance(head, (GlobalV, External)) and head.path:
        return head.path[-1]
    return ""


_IMPORT, _PARAMETER, _MANY, _TOP, _LOCAL = range(5)
"""How a name gets its value: from another file, from a caller, in several ways, in one (in the module, in a function)."""

_GIVES = frozenset({"=", "default", "walrus", "with", "for", "??=", "||=", "or="})
"""Assignments whose value is the right side."""

_LATER = frozenset({"del", "|="})
"""Assignments that give a name no new value."""

_DOTTED = frozenset({f.Global, f.Member, f.Cast})
"""What a dotted name of a global is made of."""

_HERE = Place("", 0, 0)
"""The place of a value that stands where it is asked for."""

_BUSY = Unknown(Place("", 0, 0), "busy")
"""Stands for an expression while it is being evaluated."""

_LEAVES = frozenset({f.Literal, f.Secret, f.FunctionRef, f.ClassRef, f.Unknown})
"""Expressions that are made of no others: they cannot come back to themselves."""


_MAPPINGS = frozenset(
    {"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict", "Record"}
)


def _own_parameters(parts: Sequence[f.Value], env: Env | None) -> frozenset[int]:
    """Which of the parts are parameters of the function that is being called, none of an enclosing one."""
    if env is None:
        return frozenset()
    return frozenset(i for i, part in enumerate(parts) if isinstance(part, f.Name) and env.gives(part.binding))


_DECLARABLE = frozenset({Param, MemberV, CallV, Unknown, Obj, Typed})
"""Values to which the declared type of a parameter that takes them adds something."""

_NONE: Args = ((), ())

_OUTSIDE = frozenset({MemberV, GlobalV, External, CallV, Param})
"""What is called where that is no function or class of the project."""

_OPAQUE = frozenset({MemberV, CallV, Param, Unknown, Elem, Typed, Tmpl, SecretV, Partial, EnvV})
"""Values whose members are known only by their declared type."""

_EVAL: dict[type, Callable[[Evaluator, Module, Any, Env | None], Val]] = {
    f.Literal: Evaluator._literal,
    f.Secret: Evaluator._secret,
    f.Template: Evaluator._template,
    f.OneOf: Evaluator._one_of,
    f.Object: Evaluator._object,
    f.Array: Evaluator._array,
    f.Spread: Evaluator._spread,
    f.Name: Evaluator._name,
    f.Global: Evaluator._global,
    f.Member: Evaluator._member,
    f.CallRef: Evaluator._call,
    f.FunctionRef: Evaluator._function,
    f.ClassRef: Evaluator._class,
    f.ModuleRef: Evaluator._module_ref,
    f.This: Evaluator._this,
    f.Await: Evaluator._await,
    f.Element: Evaluator._element,
    f.Rest: Evaluator._rest,
    f.Comprehension: Evaluator._comprehension,
    f.Unary: Evaluator._unary,
    f.Binary: Evaluator._binary,
    f.Cast: Evaluator._cast,
    f.Unknown: Evaluator._unknown,
}
