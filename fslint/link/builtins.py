"""What calls of well-known functions give, as tables: hooks, conversions, look-ups, partial application.

``evaluate`` takes the call of something outside the project and gives its value, or None where it stays a ``CallV``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..diagnostics import Place
from .modules import Env
from .values import (
    Arr,
    CallV,
    Cls,
    Elem,
    Ent,
    EnvV,
    External,
    Func,
    GlobalV,
    Inst,
    Lit,
    MemberV,
    ModuleV,
    Obj,
    Param,
    Partial,
    Tmpl,
    Typed,
    Unknown,
    Val,
    options,
)

if TYPE_CHECKING:
    from .evaluate import Evaluator

KNOWN_GLOBALS = frozenset(
    [
        "FS",
        "String",
        "Number",
        "Boolean",
        "Object",
        "Array",
        "JSON",
        "Math",
        "Date",
        "Promise",
        "Map",
        "Set",
        "Symbol",
        "console",
        "process",
        "document",
        "navigator",
        "location",
        "history",
        "fetch",
        "btoa",
        "atob",
        "Buffer",
        "setTimeout",
        "setInterval",
        "require",
        "module",
        "exports",
        "Error",
        "undefined",
    ]
)
"""Globals that keep their meaning even where a file assigns them."""

TRANSPARENT_TYPES = frozenset(
    [
        "Annotated",
        "Promise",
        "Awaitable",
        "Coroutine",
        "Readonly",
        "Partial",
        "Required",
        "NonNullable",
        "Optional",
        "Final",
        "ClassVar",
        "Ref",
        "MutableRefObject",
        "RefObject",
        "Signal",
        "ComputedRef",
        "Provider",
        "Lazy",
        "DeepReadonly",
    ]
)
"""Types that say of a value what their first argument says."""

ELEMENT_CALLBACKS = frozenset(
    ["forEach", "map", "filter", "find", "some", "every", "flatMap", "findIndex", "findLast", "each"]
)

OBJECT_METHODS = frozenset(
    [
        "get",
        "items",
        "keys",
        "values",
        "setdefault",
        "update",
        "pop",
        "copy",
        "toString",
        "hasOwnProperty",
        "entries",
        "forEach",
        "map",
    ]
)

HARMLESS_CALLS = frozenset(
    [
        "log",
        "debug",
        "info",
        "warn",
        "error",
        "warning",
        "exception",
        "print",
        "stringify",
        "parse",
        "dumps",
        "len",
        "str",
        "repr",
        "isinstance",
        "keys",
        "values",
        "entries",
        "freeze",
        "String",
        "Number",
        "Boolean",
        "type",
        "id",
        "hash",
        "sorted",
        "list",
        "dict",
        "append",
        "push",
        "add",
        "send",
        "put",
        "emit",
        "publish",
    ]
)
"""Calls that leave an object that they are given as it was."""

PASS_THROUGH = frozenset(
    [
        "useCallback",
        "useEvent",
        "useEffectEvent",
        "useEventCallback",
        "useMemoizedFn",
        "useStableCallback",
        "memo",
        "forwardRef",
        "debounce",
        "throttle",
        "once",
        "memoize",
        "markRaw",
        "reactive",
        "shallowReactive",
        "toRaw",
        "readonly",
        "unref",
        "structuredClone",
        "deepcopy",
        "copy",
        "shield",
        "resolve",
        "lastValueFrom",
        "firstValueFrom",
        "async_to_sync",
        "wraps",
        "lru_cache",
        "cache",
        "MappingProxyType",
        "ensure_future",
        "create_task",
        "untrack",
        "runInAction",
        "action",
        "observer",
    ]
)
"""Functions that give back what their first argument is, as far as values go (by their last name)."""

COLLECTIONS = frozenset({"list", "tuple", "sorted", "reversed", "set", "frozenset"})
"""The same, but only of a collection that is known."""


def last(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def evaluate(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    """The value of a call whose callee is no function of the project."""
    callee = call.callee
    if type(callee) is MemberV and callee.key not in _METHODS and callee.key != "getState":
        return None
    if isinstance(callee, CallV) and not call.new:
        maker = _MAKERS.get(last(callee.name))
        return None if maker is None else maker(evaluator, call, callee)
    if isinstance(callee, MemberV) and callee.key == "getState" and isinstance(callee.base, CallV):
        return _zustand(evaluator, call, callee.base)
    if isinstance(callee, MemberV) and callee.key is not None:
        handler = _METHODS.get(callee.key)
        if handler is not None:
            return handler(evaluator, call, callee, env)
        return None
    if isinstance(callee, (GlobalV, External)):
        name = callee.dotted
        if isinstance(callee, External) and callee.package.startswith("node:"):
            name = name[5:]
        exact = _EXACT.get(name)
        if exact is not None:
            return exact(evaluator, call, env)
        short = last(name)
        by_last = _LAST.get(short)
        if by_last is not None:
            return by_last(evaluator, call, env)
        if short in PASS_THROUGH and call.args:
            return call.args[0]
        if short in COLLECTIONS and call.args and isinstance(call.args[0], Arr):
            return call.args[0]
    return None


# ------------------------------------------------------------------------------------------------------- conversions


def _string(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    if len(call.args) < 1:
        return None
    return evaluator.template(call.place, [(call.args[0], call.args[0].at or call.args[0].place)], "str")


def _to_string(evaluator: Evaluator, call: CallV, callee: MemberV, env: Env | None) -> Val | None:
    if call.args and not (isinstance(callee.base, Lit)):
        return None
    if isinstance(callee.base, (CallV, Typed, GlobalV, External)) or callee.optional:
        return None
    if isinstance(callee.base, MemberV) and _optional_chain(callee.base):
        return None
    base = callee.base
    if isinstance(base, (MemberV, Param, Elem, Unknown)):
        # It throws where it is missing, and never becomes the word "undefined".
        base = base._copy()
        base.sure = True
    return evaluator.template(call.place, [(base, base.at or base.place)], "str")


def _optional_chain(value: Val) -> bool:
    while isinstance(value, MemberV):
        if value.optional:
            return True
        value = value.base
    return False


def _case(change: Callable[[str], str]) -> Callable[[Evaluator, CallV, MemberV, Env | None], Val | None]:
    def handle(evaluator: Evaluator, call: CallV, callee: MemberV, env: Env | None) -> Val | None:
        if (
            isinstance(callee.base, Lit)
            and isinstance(callee.base.value, str)
            and not callee.base.kind
            and not call.args
        ):
            return Lit(callee.base.place, change(callee.base.value))
        return None

    return handle


# ------------------------------------------------------------------------------------------------------------- hooks


def _call_back(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    """``useMemo(() => x)``: the callback's result."""
    if call.args and isinstance(call.args[0], Func):
        return evaluator.invoke(call.args[0], ((), ()), call.place)
    return None


def _computed(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    inner = _call_back(evaluator, call, env)
    return None if inner is None else _box(call.place, "value", inner)


def _use_ref(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    if call.args and isinstance(call.args[0], (Func, Inst, Obj)):
        return _box(call.place, "current", call.args[0])
    return None


def _box(place: Place, key: str, value: Val) -> Obj:
    return Obj(place, (Ent(key, place, place, value, place),), True)


def _use_context(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    """``useContext(C)``: what the providers of C give, else its default."""
    if not call.args:
        return None
    return context_value(evaluator, call.args[0], call.place)


def context_value(evaluator: Evaluator, context: Val | None, place: Place) -> Val | None:
    """What the providers of a context give, else its default."""
    if not isinstance(context, CallV) or last(context.name) not in ("createContext", "createStrictContext"):
        return None
    rows = evaluator.registrations.look("context", (context.module.path, context.call))
    values = [v for v in (evaluator.eval(row.module, row.node) for row in rows) if not isinstance(v, Unknown)]
    if values:
        return evaluator.choice(place, values, "assign")
    return context.args[0] if context.args and not isinstance(context.args[0], Lit) else None


def _inject(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    """Angular's ``inject(Class)``; Vue's ``inject(key)`` where one place provides it."""
    if call.args and isinstance(call.args[0], Cls):
        return evaluator.construct(call.args[0], ((), ()), call.place)
    return evaluator.provided(call.args[0], call.place) if call.args else None


def _promise(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    """``new Promise((resolve) => resolve(x))``: what it resolves to."""
    executor = call.args[0] if call.args else None
    if not isinstance(executor, Func):
        return None
    found: list[Val] = []
    for number in evaluator.calls_of_param(executor, 0)[:8]:
        given = executor.module.call(number).args
        if given:
            found.extend(options(evaluator.eval(executor.module, given[0].value, executor.env)))
    useful = [v for v in found if not isinstance(v, (Unknown, Lit))]
    return evaluator.choice(call.place, useful, "assign") if useful else None


def _pinia(evaluator: Evaluator, call: CallV, made: CallV) -> Val | None:
    """``defineStore(id, {…})()``: its state, getters and actions in one object, or what its set-up function returns."""
    given = made.args[-1] if made.args else None
    if isinstance(given, Func):
        return evaluator.invoke(given, ((), ()), call.place)
    if not isinstance(given, Obj):
        return None
    parts = [entry.value for entry in given.entries if entry.name in ("getters", "actions")]
    state = given.get("state")
    if state is not None and isinstance(state.value, Func):
        parts.insert(0, evaluator.invoke(state.value, ((), ()), call.place))
    return evaluator._merge(call.place, [(part, False) for part in parts])


def _zustand(evaluator: Evaluator, call: CallV, made: CallV) -> Val | None:
    """``create((set, get) => ({…}))``, called with a selector or none, or asked for its state."""
    if last(made.name) not in ("create", "createStore", "createWithEqualityFn") and not isinstance(made.callee, CallV):
        return None
    maker = made.args[0] if made.args else None
    while isinstance(maker, CallV) and maker.args:  # persist(devtools((set) => …))
        maker = maker.args[0]
    if not isinstance(maker, Func):
        return None
    state = evaluator.invoke(maker, ((), ()), call.place)
    if isinstance(state, Obj) and call.args and isinstance(call.args[0], Func):
        return evaluator.invoke(call.args[0], ((state,), ()), call.place)
    return state if isinstance(state, Obj) else None


_MAKERS: dict[str, Callable[[Evaluator, CallV, CallV], Val | None]] = {
    "defineStore": _pinia,
    "create": _zustand,
    "createWithEqualityFn": _zustand,
}

# ---------------------------------------------------------------------------------------------------------- partials


def _partial(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    if not call.args:
        return None
    return bind_arguments(evaluator, call.args[0], call.args[1:], call.keywords, call)


def bind_arguments(
    evaluator: Evaluator, base: Val, args: tuple[Val, ...], keywords: tuple[tuple[str, Val], ...], call: CallV
) -> Val:
    """``partial(base, *args, **keywords)``."""
    results: list[Val] = []
    for option in options(base):
        if isinstance(option, Func):
            func = Func(call.place, option.module, option.function, option.env, option.this)
            func.bound = (*option.bound, *args)
            func.keywords = (*option.keywords, *keywords)
            func.bound_call = (call.module, call.call)
            results.append(func)
        elif isinstance(option, Partial):
            results.append(
                Partial(
                    call.place,
                    option.base,
                    (*option.args, *args),
                    (*option.keywords, *keywords),
                    (call.module, call.call),
                )
            )
        else:
            results.append(Partial(call.place, option, args, keywords, (call.module, call.call)))
    return evaluator.choice(call.place, results, "assign")


def _bind(evaluator: Evaluator, call: CallV, callee: MemberV, env: Env | None) -> Val | None:
    base = callee.base
    if not isinstance(base, (Func, Partial, GlobalV, External, MemberV)):
        return None
    return bind_arguments(evaluator, base, call.args[1:], (), call)


def _apply_method(evaluator: Evaluator, call: CallV, callee: MemberV, env: Env | None) -> Val | None:
    if isinstance(callee.base, Func) and len(call.args) == 2 and isinstance(call.args[1], Arr):
        return evaluator.invoke(callee.base, (call.args[1].items, ()), call.place)
    return None


def _call_method(evaluator: Evaluator, call: CallV, callee: MemberV, env: Env | None) -> Val | None:
    if isinstance(callee.base, Func):
        return evaluator.invoke(callee.base, (call.args[1:], ()), call.place)
    return None


# ------------------------------------------------------------------------------------------------------- collections


def _get(evaluator: Evaluator, call: CallV, callee: MemberV, env: Env | None) -> Val | None:
    base = callee.base
    if isinstance(base, External) and base.dotted in ("os.environ",) and call.args:
        return _environment(call, call.args[0], call.args[1] if len(call.args) > 1 else call.keyword("default"))
    if isinstance(base, Obj) and call.args:
        fallback = call.args[1] if len(call.args) > 1 else None
        names = [o.value if isinstance(o, Lit) else None for o in options(call.args[0])]
        found: list[Val] = []
        if all(isinstance(n, str) for n in names):
            for name in names:
                entry = base.get(str(name))
                if entry is not None:
                    found.append(entry.value)
                elif base.open:
                    return None
                elif fallback is not None:
                    found.append(fallback)
                else:
                    found.append(Lit(call.place, None))
            return evaluator.choice(call.place, found, "element")
        if not base.open and base.entries and (fallback is not None or not call.module.python):
            others = () if fallback is None else (fallback,)
            by = (o for o in options(call.args[0]) if isinstance(o, Param))
            return evaluator.choice(call.place, [*(e.value for e in base.entries), *others], "element", by)
    return None


def _environment(call: CallV, name: Val, default: Val | None) -> Val | None:
    if isinstance(name, Lit) and isinstance(name.value, str):
        return EnvV(call.place, name.value, default)
    return None


def _getenv(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    if not call.args:
        return None
    return _environment(call, call.args[0], call.args[1] if len(call.args) > 1 else call.keyword("default"))


def _values(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    base = call.args[0] if call.args else None
    if isinstance(base, Obj):
        return Arr(call.place, tuple(e.value for e in base.entries), base.open)
    if isinstance(base, Cls):
        return Arr(call.place, tuple(evaluator._enum_members(base)))
    return None


def _keys(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    base = call.args[0] if call.args else None
    if isinstance(base, Obj):
        return Arr(call.place, tuple(Lit(e.key_origin, e.name) for e in base.entries), base.open)
    return None


def _entries(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    base = call.args[0] if call.args else None
    if isinstance(base, Obj):
        return Arr(call.place, tuple(_pair(e) for e in base.entries), base.open)
    return None


def _pair(entry: Ent) -> Arr:
    return Arr(entry.key_origin, (Lit(entry.key_origin, entry.name), entry.value), False, "tuple")


def _dict_values(evaluator: Evaluator, call: CallV, callee: MemberV, env: Env | None) -> Val | None:
    if isinstance(callee.base, Obj) and not call.args:
        return Arr(call.place, tuple(e.value for e in callee.base.entries), callee.base.open)
    return None


def _join(evaluator: Evaluator, call: CallV, callee: MemberV, env: Env | None) -> Val | None:
    """``['a', b].join(' ')``; Python's ``' '.join(…)`` where the front end could not fold it."""
    items, separator = callee.base, call.args[0] if call.args else Lit(call.place, ",")
    if isinstance(items, Lit):
        items, separator = separator, items
    if not isinstance(items, Arr) or items.open or not isinstance(separator, Lit) or len(items.items) > 20:
        return None
    parts: list[tuple[Val, Place]] = []
    for item in items.items:
        if parts:
            parts.append((separator, separator.place))
        parts.append((item, item.at or item.place))
    return evaluator.template(call.place, parts, "join")


def _concat(evaluator: Evaluator, call: CallV, callee: MemberV, env: Env | None) -> Val | None:
    if isinstance(callee.base, (Lit, Tmpl)):
        parts = [callee.base, *call.args]
        return evaluator.template(call.place, [(part, part.at or part.place) for part in parts], "concat")
    if isinstance(callee.base, Arr):
        items: list[Val] = list(callee.base.items)
        opened = callee.base.open
        for argument in call.args:
            items.extend(argument.items if isinstance(argument, Arr) else (argument,))
            opened = opened or not isinstance(argument, Arr) or argument.open
        return Arr(call.place, tuple(items), opened)
    return None


def _mapping(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    """``new Map([[key, value], …])``: read by ``get`` as an object is."""
    if not call.args:
        return Obj(call.place, (), True)
    pairs = call.args[0]
    if not isinstance(pairs, Arr):
        return None
    entries: list[Ent] = []
    opened = pairs.open
    for pair in pairs.items:
        if isinstance(pair, Arr) and len(pair.items) == 2 and isinstance(pair.items[0], Lit):
            key, value = pair.items
            entries.append(Ent(str(pair.items[0].value), key.place, key.place, value, value.place))
        else:
            opened = True
    return Obj(call.place, tuple(entries), opened)


def _dict_keys(evaluator: Evaluator, call: CallV, callee: MemberV, env: Env | None) -> Val | None:
    if isinstance(callee.base, Obj) and not call.args:
        return Arr(call.place, tuple(Lit(e.key_origin, e.name) for e in callee.base.entries), callee.base.open)
    return None


def _dict_items(evaluator: Evaluator, call: CallV, callee: MemberV, env: Env | None) -> Val | None:
    if isinstance(callee.base, Obj) and not call.args:
        return Arr(call.place, tuple(_pair(e) for e in callee.base.entries), callee.base.open)
    return None


def _enumerate(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    if call.args:
        element = evaluator.element(call.args[0], call.place)
        return Arr(call.place, (Arr(call.place, (Typed(call.place, "int"), element), False, "tuple"),), True)
    return None


def _map(evaluator: Evaluator, call: CallV, callee: MemberV, env: Env | None) -> Val | None:
    if call.args and isinstance(call.args[0], Func) and not isinstance(callee.base, Obj):
        element = evaluator.element(callee.base, call.place)
        return Arr(call.place, (evaluator.invoke(call.args[0], ((element,), ()), call.place),), True)
    return None


def _same_items(evaluator: Evaluator, call: CallV, callee: MemberV, env: Env | None) -> Val | None:
    return callee.base if isinstance(callee.base, Arr) else None


def _assign(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    return evaluator._merge(call.place, [(arg, False) for arg in call.args])


def _getattr(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    if len(call.args) == 2:
        return evaluator.member(call.module, call.args[0], call.args[1], call.place)
    if len(call.args) == 3 and isinstance(call.args[0], (Inst, Cls, ModuleV)):
        found = evaluator.member(call.module, call.args[0], call.args[1], call.place)
        return None if isinstance(found, MemberV) else found
    return None


# ---------------------------------------------------------------------------------------------------- files as data


MAX_PARENTS = 50
"""Of ``Path(…).parents[n]``: no project lies deeper."""


def path_of(value: Val) -> str | None:
    """A path built from literals and the module's own place, relative to the project root; None if unknown."""
    if isinstance(value, Lit) and isinstance(value.value, str):
        return value.value
    if isinstance(value, GlobalV) and value.path == ("__file__",):
        return value.place.path
    if isinstance(value, GlobalV) and value.path == ("__filename",):
        return value.place.path
    if isinstance(value, GlobalV) and value.path == ("__dirname",):
        return posixpath.dirname(value.place.path) or "."
    if isinstance(value, GlobalV) and value.path[-2:] == ("import.meta", "url"):
        return value.place.path
    if isinstance(value, MemberV):
        if isinstance(value.base, MemberV) and value.base.key == "parents" and (value.key or "").isdigit():
            base = path_of(value.base.base)
            for _ in range(min(int(value.key or ""), MAX_PARENTS) + 1):
                base = None if base is None else posixpath.dirname(base) or "."
            return base
        base = path_of(value.base)
        if base is None:
            return None
        if value.key == "parent":
            return posixpath.dirname(base) or "."
        return None
    if isinstance(value, Typed) and value.op == "/" and len(value.operands) == 2:
        left, right = (path_of(v) for v in value.operands)
        return None if left is None or right is None else posixpath.normpath(posixpath.join(left, right))
    if isinstance(value, CallV):
        name = last(value.name)
        if name in ("resolve", "absolute", "expanduser", "as_posix") and isinstance(value.callee, MemberV):
            return path_of(value.callee.base)
        if name in ("Path", "PurePath", "abspath", "realpath", "fspath", "str", "open", "fileURLToPath", "URL"):
            paths = [path_of(a) for a in value.args]
            if name == "URL" and len(paths) == 2 and paths[0] is not None and paths[1] is not None:
                return posixpath.normpath(posixpath.join(posixpath.dirname(paths[1]), paths[0]))
            if name == "open" and paths:
                return paths[0]
            return (
                None
                if not paths or any(p is None for p in paths)
                else posixpath.normpath(posixpath.join(*[p for p in paths if p]))
            )
        if name == "dirname" and value.args:
            inner = path_of(value.args[0])
            return None if inner is None else posixpath.dirname(inner) or "."
        if name in ("join", "joinpath", "resolve"):
            parts = [path_of(a) for a in value.args]
            if isinstance(value.callee, MemberV):
                parts.insert(0, path_of(value.callee.base))
            return (
                None
                if not parts or any(p is None for p in parts)
                else posixpath.normpath(posixpath.join(*[p for p in parts if p]))
            )
        if name in ("read_text", "read_bytes", "read", "open", "readFileSync", "readFile"):
            if isinstance(value.callee, MemberV):
                return path_of(value.callee.base)
            return path_of(value.args[0]) if value.args else None
        if name == "files" and value.args:
            return None
    if isinstance(value, Tmpl) and len(value.parts) == 1 and isinstance(value.parts[0], Val):
        return path_of(value.parts[0])
    return None


def _load_data(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    """``json.load(f)``, ``json.loads(path.read_text())``, ``yaml.safe_load(…)``, ``JSON.parse(readFileSync(…))``."""
    if not call.args:
        return None
    path = path_of(call.args[0])
    if path is None or not path.endswith((".json", ".yaml", ".yml")):
        return None
    for candidate in (path, posixpath.normpath(posixpath.join(posixpath.dirname(call.module.path), path))):
        target = evaluator.load(candidate)
        if target is not None:
            return evaluator.export(target, "=")
    return None


_Handler = Callable[["Evaluator", CallV, "Env | None"], "Val | None"]
_MethodHandler = Callable[["Evaluator", CallV, MemberV, "Env | None"], "Val | None"]


def _super(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    return evaluator.super_of(call.module, call.place.start, call.place) if call.module.python else None


def _namespace(evaluator: Evaluator, call: CallV, env: Env | None) -> Val | None:
    entries = tuple(Ent(n, v.place, v.place, v, v.at or v.place) for n, v in call.keywords if n != "**")
    return Obj(call.place, entries, len(entries) < len(call.keywords))


def _signature(evaluator: Evaluator, call: CallV, callee: MemberV, env: Env | None) -> Val | None:
    """Celery's ``task.s(…)``: the task with its arguments."""
    if not isinstance(callee.base, Func):
        return None
    return bind_arguments(evaluator, callee.base, call.args, call.keywords, call)


_EXACT: dict[str, _Handler] = {
    "super": _super,
    "types.SimpleNamespace": _namespace,
    "String": _string,
    "str": _string,
    "os.getenv": _getenv,
    "os.environ.get": _getenv,
    "os.environ.setdefault": _getenv,
    "os.environ.pop": _getenv,
    "Object.values": _values,
    "Object.keys": _keys,
    "Object.entries": _entries,
    "Object.assign": _assign,
    "Map": _mapping,
    "Promise": _promise,
    "enumerate": _enumerate,
    "getattr": _getattr,
    "functools.partial": _partial,
    "json.load": _load_data,
    "json.loads": _load_data,
    "yaml.safe_load": _load_data,
    "yaml.load": _load_data,
    "JSON.parse": _load_data,
}

_LAST: dict[str, _Handler] = {
    "useMemo": _call_back,
    "computed": _computed,
    "useRef": _use_ref,
    "useContext": _use_context,
    "use": _use_context,
    "inject": _inject,
    "getContext": _inject,
    "partial": _partial,
    "Depends": _call_back,
}

_METHODS: dict[str, _MethodHandler] = {
    "toString": _to_string,
    "toUpperCase": _case(str.upper),
    "toLowerCase": _case(str.lower),
    "upper": _case(str.upper),
    "lower": _case(str.lower),
    "strip": _case(str.strip),
    "trim": _case(str.strip),
    "get": _get,
    "values": _dict_values,
    "keys": _dict_keys,
    "items": _dict_items,
    "bind": _bind,
    "apply": _apply_method,
    "call": _call_method,
    "map": _map,
    "filter": _same_items,
    "slice": _same_items,
    "s": _signature,
    "si": _signature,
    "concat": _concat,
    "join": _join,
}
