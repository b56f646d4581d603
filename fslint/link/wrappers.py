"""Wrappers: who calls whom, and what a tracking call becomes when its callers' arguments are put in place.

``CallGraph`` knows for every call of the loaded modules what it calls, and for every function its callers.
``chains`` walks from a tracking call outwards through the callers of its wrappers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .. import facts as f
from ..diagnostics import Place
from .builtins import ELEMENT_CALLBACKS, KNOWN_GLOBALS
from .evaluate import Args, Arguments, Evaluator
from .handover import Handover, handover
from .modules import Env, Module
from .project import Frame
from .registrations import STATE, WINDOW
from .values import (
    Arr,
    CallV,
    Cls,
    Elem,
    External,
    Func,
    GlobalV,
    Inst,
    Lit,
    MemberV,
    Obj,
    Param,
    Partial,
    Unknown,
    Val,
    dotted,
    options,
    walk,
)

MAX_CHAINS = 3000
MAX_LINKS = 12

Key = tuple[str, int]
"""A function: path and row."""


class Target:
    """One thing that a call calls, with the arguments that reach it (evaluated when they are asked for).

    ``handed``: see ``project.CallEdge``. ``partial``: the ``partial(…)`` that gave the first arguments."""

    __slots__ = ("given", "handed", "partial", "value")

    def __init__(
        self, value: Val, given: Args | Arguments, handed: str = "", partial: tuple[Module, int] | None = None
    ) -> None:
        self.value = value
        self.given = given
        self.handed = handed
        self.partial = partial

    @property
    def args(self) -> Args:
        return self.given() if isinstance(self.given, Arguments) else self.given


@dataclass(slots=True, eq=False)
class Link:
    """A call of a function. ``via``: it calls that only under the environment of this call, for one. ``inside``: the
    functions that it stands in, innermost first."""

    module: Module
    call: int
    callee: Key
    handed: str = ""
    via: Link | None = None
    inside: tuple[Key, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.inside = around(self.module, self.call)

    @property
    def frame(self) -> Frame:
        return Frame(self.module, self.call)


class _Pending:
    """A call whose callee depends on parameters. ``owners``: the functions whose parameters these are; ``outers``: how
    many calls that give them were looked at, and whether they call the function itself."""

    __slots__ = ("module", "number", "outers", "owners")

    def __init__(self, module: Module, number: int) -> None:
        self.module = module
        self.number = number
        self.owners: list[Key] | None = None
        self.outers: dict[Key, tuple[int, bool]] = {}


_PECULIAR = frozenset({"arguments", "super", "exports", "module", "process", "import.meta", "this"})
"""Globals that are something else than a name."""
_SETTINGS = frozenset({"os", "process", "node:process"})
"""Packages of which members are the environment's."""

_Shared = dict[int, tuple["Env | None", "_Shared"]]
"""Environments by the links that lead to them, the outermost first (by identity: links live as long as the graph)."""


def around(module: Module, call: int) -> tuple[Key, ...]:
    """The functions that a call stands in, innermost first."""
    path = module.path
    return tuple([(path, number) for number in module.enclosing(module.facts.calls[call].function)])


def key_of(func: Func) -> Key:
    return (func.module.path, func.function)


class CallGraph:
    """Calls of the loaded modules, by caller and by callee.

    ``matters``: whether a call of something outside the project is worth to be known. ``external``: those that are, and
    ``fresh``: the links entered, until somebody takes them."""

    def __init__(self, evaluator: Evaluator, matters: Callable[[Val], bool]) -> None:
        self.evaluator = evaluator
        self.matters = matters
        self.callers: dict[Key, list[Link]] = {}
        self.callees: dict[Key, list[Link]] = {}
        self.external: list[tuple[Module, int, Target]] = []
        self.fresh: list[Link] = []
        self._pending: list[_Pending] = []
        self._seen: set[tuple[str, int, Key]] = set()
        self._known: dict[tuple[str, int], list[Target]] = {}
        self._foreign: dict[tuple[str, ...], bool] = {}
        self.environments: _Shared | None = None
        self._tried: set[tuple[str, int, str, int]] = set()

    def add(self, modules: list[Module]) -> None:
        """Take in the calls of further modules."""
        self._foreign.clear()
        for module in modules:
            for number in range(len(module.facts.calls)):
                self._add_call(module, number)

    def _add_call(self, module: Module, number: int) -> None:
        call = module.facts.calls[number]
        if (type(call.callee) is f.Literal and call.kind == "jsx") or self._is_foreign(module, call.callee):
            return
        targets = self._targets(module, number, None)
        kept = False
        for target in targets:
            value = target.value
            if type(value) is Func:
                self.link(Link(module, number, key_of(value), target.handed))
                kept = True
                continue
            if self.matters(value):
                self.external.append((module, number, target))
                kept = True
            if _has_param(value):
                self._pending.append(_Pending(module, number))
        if kept:
            self._known[module.path, number] = targets

    def _is_foreign(self, module: Module, callee: f.Value) -> bool:
        """Whether what is called is surely outside the project and of no matter (``console.log``, ``len``, ``z.string``):
        most calls are, and this is much less than to evaluate them."""
        names: list[str] = []
        while type(callee) is f.Member:
            key = callee.key
            if type(key) is not f.Literal or type(key.value) is not str or key.kind or key.value in STATE:
                return False
            if callee.subscript:
                return False
            names.append(key.value)
            callee = callee.object
        names.reverse()
        if type(callee) is f.Global:
            path = self._global(module, callee.name, names)
        elif type(callee) is f.Name:
            path = self._imported(module, callee, names)
        else:
            return False
        if not path:
            return False
        known = self._foreign.get(path)
        if known is None:
            place = module.place(callee)
            value = External(place, path[0], path[1:-1]) if path[-1] == "" else GlobalV(place, path)
            indirect = _indirect(value) or handover(dotted(value)) is not None
            known = self._foreign[path] = not (indirect or self.matters(value))
        return known

    def _global(self, module: Module, name: str, names: list[str]) -> tuple[str, ...]:
        """The path of a global that nothing in the project gives; () if it may be given."""
        if name in WINDOW or name in _PECULIAR or module.starred:
            return ()
        look = self.evaluator.registrations.look
        path = (name, *names)
        if name not in KNOWN_GLOBALS:
            if not module.python:
                for length in range(len(path), 1, -1):
                    if look("global", ".".join(path[:length])):
                        return ()
            if look("global", name):
                return ()
        return path

    def _imported(self, module: Module, callee: f.Name, names: list[str]) -> tuple[str, ...]:
        """The package and path, with "" behind, of what is imported from outside the project; () if it is not."""
        number = module.facts.bindings[callee.binding].imported
        if number < 0:
            return ()
        value = self.evaluator.imported(module, number, module.place(callee))
        if type(value) is not External or value.package in _SETTINGS or value.package.startswith("$env"):
            return ()
        return (value.package, *value.path, *names, "")

    def link(self, link: Link) -> bool:
        """Enter a call of a function once; False if it is known."""
        key = (link.module.path, link.call, link.callee)
        if key in self._seen:
            return False
        self._seen.add(key)
        self.fresh.append(link)
        self.callers.setdefault(link.callee, []).append(link)
        function = link.module.call(link.call).function
        self.callees.setdefault((link.module.path, function), []).append(link)
        return True

    def resolve_pending(self) -> list[tuple[Module, int, Target, list[Link]]]:
        """Calls of parameters, under what the callers give for them: enters the functions found, gives back the rest."""
        found: list[tuple[Module, int, Target, list[Link]]] = []
        known: set[tuple[str, int, str]] = set()
        for _ in range(3):
            changed = False
            for row in self._pending:
                module, number = row.module, row.number
                if row.owners is None:
                    callee = self.evaluator.eval(module, module.call(number).callee)
                    row.owners = [o for o in sorted(param_owners(callee)) if self._is_around(module, number, o)]
                for owner in row.owners:
                    outers = self._around(module, owner)
                    state = (len(outers), owner in self.callers)
                    if not outers or row.outers.get(owner) == state:
                        continue
                    row.outers[owner] = state
                    for outer in outers[:200]:
                        tried = (module.path, number, outer.module.path, outer.call)
                        if tried in self._tried:
                            continue
                        self._tried.add(tried)
                        env = self._environment_of(module, number, outer)
                        if env is None:
                            continue
                        for target in self.targets(module, number, env):
                            if isinstance(target.value, Func):
                                changed |= self.link(Link(module, number, key_of(target.value), target.handed, outer))
                            elif isinstance(target.value, (GlobalV, External, MemberV, CallV)) and not _has_param(
                                target.value
                            ):
                                key = (module.path, number, dotted(target.value))
                                if key not in known:
                                    known.add(key)
                                    found.append((module, number, target, [outer]))
            if not changed:
                break
        return found

    def _is_around(self, module: Module, number: int, owner: Key) -> bool:
        """Whether a call is in a function, or in a method of an object to which that method gives something."""
        inside = module.enclosing(module.call(number).function)
        return owner[0] == module.path and (owner[1] in inside or self._makes(module, owner[1], inside))

    def _around(self, module: Module, owner: Key) -> list[Link]:
        """The callers that say what a call calls whose callee depends on a parameter of ``owner``: its own; of a
        callback those of the functions around it; of a constructor those who make the object whose method calls."""
        found = self.callers.get(owner, [])
        if not found and owner[1] in module.callbacks:
            found = []
            for outer in module.enclosing(owner[1])[1:]:
                found.extend(self.callers.get((module.path, outer), ()))
        return found

    def _makes(self, module: Module, function: int, inside: list[int]) -> bool:
        """A method of the same object: what it is given may be a field (``constructor(p)``, ``register(p)``)."""
        facts = module.function(function)
        return any(module.function(number).cls == facts.cls >= 0 for number in inside)

    def _environment_of(self, module: Module, number: int, outer: Link) -> Env | None:
        """The environment of a call under one of ``_around``: of a method, the object that the constructor makes."""
        env = self.environment([outer])
        inside = module.enclosing(module.call(number).function)
        if env is None or env.module is not module or not self._makes(module, env.function, inside):
            return env
        if env.function in inside:
            return env
        owner = module.function(env.function).cls
        method = next(n for n in inside if module.function(n).cls == owner)
        cls = Cls(module.place(module.facts.classes[owner]), module, owner)
        made = isinstance(env.this, Inst) and env.this.env is env
        this = env.this if made else Inst(cls.place, cls, env)
        return Env(module, method, {}, this)

    # ---------------------------------------------------------------------------------------------------- one call

    def targets(self, module: Module, number: int, env: Env | None) -> list[Target]:
        """What a call calls under an environment: functions of the project, external names, both with arguments."""
        if env is not None:
            return self._targets(module, number, env)
        key = (module.path, number)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._targets(module, number, None)
        return found

    def _targets(self, module: Module, number: int, env: Env | None) -> list[Target]:
        call = module.call(number)
        callee = self.evaluator.eval(module, call.callee, env)
        result: list[Target] = []
        given = Arguments(self.evaluator, module, call, env)
        for option in options(callee):
            if isinstance(option, Cls):
                if call.kind == "new" or module.python:
                    result.extend(self._constructor(option, given(), module.place(call)))
            elif isinstance(option, Inst):
                result.extend(self._instance_call(option, given(), module, number))
            elif isinstance(option, Func):
                result.extend(Target(x, given, "", x.bound_call) for x in self._implementations(option))
            elif isinstance(option, CallV) and handover(dotted(option.callee)) is None:
                result.append(Target(option, given))
            elif isinstance(option, (Partial, CallV)) or _indirect(option) or handover(dotted(option)) is not None:
                result.extend(self._normalise(option, given(), module.place(call), call))
            else:
                result.append(Target(option, given))
        return result

    def _instance_call(self, value: Inst, args: Args, module: Module, number: int) -> list[Target]:
        """An object that is called (``__call__``); ``super(…)``, which is the base's constructor."""
        call = module.call(number)
        if isinstance(call.callee, f.Global) and call.callee.name == "super":
            return [] if module.python else self._constructor(value.cls, args, module.place(call))
        method = self.evaluator.member(module, value, Lit(value.place, "__call__"), module.place(call))
        return self._normalise(method, args, module.place(call), call) if isinstance(method, Func) else []

    def _constructor(self, cls: Cls, args: Args, place: Place) -> list[Target]:
        for owner in self.evaluator.lineage(cls):
            number = owner.module.constructors.get(owner.cls)
            if number is not None:
                return [Target(Func(place, owner.module, number, None, Inst(place, cls)), args)]
        return [Target(cls, args)]

    def _normalise(self, value: Val, args: Args, place: Place, call: f.Call) -> list[Target]:
        positional, keywords = args
        if isinstance(value, Func):
            return [Target(x, args, "", x.bound_call) for x in self._implementations(value)]
        if isinstance(value, Partial):
            merged = ((*value.args, *positional), (*value.keywords, *keywords))
            return [
                Target(t.value, t.args, t.handed, value.call) for t in self._normalise(value.base, merged, place, call)
            ]
        if (
            isinstance(value, MemberV)
            and value.key in ("call", "apply")
            and isinstance(value.base, (Func, Partial, GlobalV, External, MemberV))
        ):
            if value.key == "call":
                return self._normalise(value.base, (positional[1:], ()), place, call)
            if len(positional) > 1:
                given = positional[1]
                if isinstance(given, Arr):
                    extra: tuple[Val, ...] = (*given.items, Elem(place, given)) if given.open else given.items
                else:
                    extra = (Elem(place, given),)
                return self._normalise(value.base, (extra, ()), place, call)
        if isinstance(value, (GlobalV, External)) and len(value.path) > 1 and value.path[-1] in ("call", "apply"):
            bare = (
                GlobalV(value.place, value.path[:-1])
                if isinstance(value, GlobalV)
                else External(value.place, value.package, value.path[:-1])
            )
            return self._normalise(MemberV(value.place, bare, value.path[-1]), args, place, call)
        dispatched = self._dispatched(value, positional)
        if dispatched is not None:
            return [Target(dispatched, ((Unknown(place, "context"), *positional[1:]), ()))]
        iterables = _mapped(value, positional)
        if iterables:
            handed = self._element_callback(iterables, positional[0], place, call)
            if handed:
                return handed
        row = handover(dotted(value))
        if row is not None:
            handed = self._handed(row, value, args, place, call)
            if handed:
                return handed
        result = [Target(value, args)]
        if isinstance(value, CallV) and value.callee is not None:
            inner = handover(dotted(value.callee))
            if inner is not None and inner.args == "none" and value.args:
                return [
                    Target(t.value, t.args, inner.mode, t.partial)
                    for o in options(value.args[0])
                    for t in self._normalise(o, args, place, call)
                ]
        return result

    def _dispatched(self, value: Val, positional: tuple[Val, ...]) -> Func | None:
        """Vuex's ``store.dispatch('name', payload)``, where one action has the name."""
        if last_key(value) != "dispatch" or not positional or not isinstance(positional[0], Lit):
            return None
        rows = self.evaluator.registrations.look("action", str(positional[0].value).rsplit("/", 1)[-1])
        if len(rows) != 1:
            return None
        action = self.evaluator.eval(rows[0].module, rows[0].node)
        return action if isinstance(action, Func) else None

    def _element_callback(self, iterables: tuple[Val, ...], given: Val, place: Place, call: f.Call) -> list[Target]:
        """``names.forEach(track)``, ``map(track, names)``: a call of a function with parameters for every element; one that is written there
        reads its parameters itself."""
        written = {a.value.function for a in call.args if isinstance(a.value, f.FunctionRef)}
        result: list[Target] = []
        for option in options(given):
            if isinstance(option, Func) and not (option.function in written and option.module.path == place.path):
                elements = tuple(self.evaluator.element(base, place).with_at(place) for base in iterables)
                if not isinstance(elements[0], Elem):
                    result.extend(self._normalise(option, (elements, ()), place, call))
        return result

    def _handed(self, row: Handover, value: Val, args: Args, place: Place, call: f.Call) -> list[Target]:
        positional, keywords = args
        keys = dict(keywords)
        given: Val | None
        if row.function < 0:
            given = value.base if isinstance(value, MemberV) else None
            rest = positional
        elif row.keyword and row.keyword in keys:
            given = keys.pop(row.keyword)
            rest = positional[row.function + row.skip :]
        else:
            given = positional[row.function] if row.function < len(positional) else None
            rest = positional[row.function + 1 + row.skip :]
        if given is None:
            return []
        extra: tuple[tuple[str, Val], ...] = ()
        if row.args == "rest":
            extra = tuple((k, v) for k, v in keys.items() if k not in row.options)
        elif row.args == "args":
            items = keys.get(row.args_keyword) if row.args_keyword else None
            if items is None and 0 <= row.args_index < len(positional):
                items = positional[row.args_index]
            rest = items.items if isinstance(items, Arr) else () if items is None else (Elem(place, items),)
            named = keys.get(row.kwargs_keyword) if row.kwargs_keyword else None
            if named is None and 0 <= row.kwargs_index < len(positional):
                named = positional[row.kwargs_index]
            if isinstance(named, Obj):
                extra = tuple((e.name, e.value) for e in named.entries)
        else:
            rest = ()
        result = []
        for option in options(given):
            if row.function < 0 and not isinstance(option, (Func, Partial, External)):
                continue
            if row.args == "none" and not _complete(option):
                continue
            if isinstance(option, (Func, Partial, External, GlobalV, MemberV)):
                for target in self._normalise(option, (rest, extra), place, call):
                    target.handed = "" if row.mode == "inline" else row.mode
                    result.append(target)
        return result

    def _implementations(self, func: Func) -> list[Func]:
        """A method, or what overrides it where it has no body of its own (abstract, an interface's)."""
        function = func.module.function(func.function)
        if function.cls < 0 or function.returns:
            return [func]
        for number in func.module.calls_in.get(func.function, ()):
            callee = func.module.call(number).callee
            if not isinstance(callee, f.Global) or callee.name not in ("NotImplementedError", "Error"):
                return [func]
        result = []
        for other in self.evaluator.overriding(func.module, function.cls, function.name, func.place):
            bound = Func(func.place, other.module, other.function, func.env, other.this)
            bound.bound, bound.keywords = func.bound, func.keywords
            result.append(bound)
        return result or [func]

    # ----------------------------------------------------------------------------------------------------- chains

    def environment(self, links: list[Link]) -> Env | None:
        """The parameters of the innermost function when it is called through ``links`` (innermost first)."""
        if not links:
            return None
        env: Env | None = None
        last = links[-1]
        if last.via is not None:
            if not any(self._reached(last, target) for target in self.targets(last.module, last.call, None)):
                env = self._environment_of(last.module, last.call, last.via)
        # The outer links of a chain are those of many: what they give is worked out once.
        shared = self.environments
        for link in reversed(links):
            known = shared.get(id(link)) if shared is not None else None
            if known is None:
                found = self._step(link, env)
                if found is None and link.via is not None and env is not None:
                    found = self._step(link, self._with_object(link, env))
                known = (found, {})
                if shared is not None:
                    shared[id(link)] = known
            env, inner = known
            if env is None:
                return None
            shared = None if shared is None else inner
        return env

    def _step(self, link: Link, env: Env | None) -> Env | None:
        """The parameters of what a link calls under an environment; None where it calls something else there."""
        for target in self.targets(link.module, link.call, env):
            if self._reached(link, target) and isinstance(target.value, Func):
                place = link.module.place(link.module.call(link.call))
                # When chains are followed, all that matters is loaded: what nobody asks for need not be known.
                if self.environments is not None and isinstance(target.given, Arguments) and target.given.plain:
                    return self.evaluator.bind_later(target.value, target.given, place)
                return self.evaluator.bind(target.value, target.args, place)
        return None

    def _with_object(self, link: Link, env: Env) -> Env | None:
        """An environment of a method whose object is one that ``link.via`` gave something to."""
        given = None if link.via is None else self._environment_of(link.module, link.call, link.via)
        if given is None or given.module is not env.module or given.function != env.function or given.this is None:
            return None
        values = dict(self.evaluator.complete(env).values)
        params = env.module.function(env.function).params
        if env.module.python and params:
            values[params[0].binding] = given.this
        return Env(env.module, env.function, values, given.this, env.parent)

    def _reached(self, link: Link, target: Target) -> bool:
        return isinstance(target.value, Func) and key_of(target.value) == link.callee

    def extensions(self, values: Iterator[Val], module: Module, function: int, used: set[Key]) -> list[Link]:
        """Callers that give a parameter which these values still leave open, seen from ``function``."""
        here = [(module.path, number) for number in module.enclosing(function)]
        allowed = {key for key in here if key not in used and self.callers.get(key)}
        if not allowed:
            return []
        owners = {owner for value in values for owner in param_owners(value)}
        for owner in list(owners):
            if owner[0] == module.path and owner not in here:
                # What a constructor was given is known where the method is called.
                cls = module.function(owner[1]).cls
                owners.update(key for key in here if module.function(key[1]).cls == cls >= 0)
        wanted = [key for key in here if key in allowed and key in owners]
        if not wanted:
            return []
        result = list(self.callers[wanted[0]])
        if len(wanted) > 1:
            # A closure whose maker is called where nobody calls the closure in view: `const go = track('X')`.
            covered = {place for link in result for place in self._makers(link)}
            for key in wanted[1:]:
                result.extend(x for x in self.callers[key] if x.module.place(x.module.call(x.call)) not in covered)
        return result

    def _makers(self, link: Link) -> set[Place]:
        """The calls that made the closure that a link calls."""
        found: set[Place] = set()
        for target in self.targets(link.module, link.call, None):
            env = target.value.env if isinstance(target.value, Func) else None
            while env is not None:
                if env.place is not None:
                    found.add(env.place)
                env = env.parent
        return found


def _complete(value: Val) -> bool:
    """A function that may be called without arguments: it has no parameters, or they are bound."""
    if isinstance(value, Func):
        return not value.module.function(value.function).params or bool(value.bound or value.keywords)
    return isinstance(value, Partial)


def last_key(value: Val) -> str:
    """The last name of what is called, where it is a member."""
    if isinstance(value, MemberV):
        return value.key or ""
    return value.path[-1] if isinstance(value, (GlobalV, External)) and value.path else ""


def _mapped(value: Val, positional: tuple[Val, ...]) -> tuple[Val, ...]:
    """The iterables over whose elements a call calls its first argument; none for any other call."""
    if isinstance(value, MemberV) and value.key in ELEMENT_CALLBACKS and positional:
        return positional[1:] if value.key == "map" and len(positional) > 1 else (value.base,)
    return positional[1:] if isinstance(value, GlobalV) and value.path == ("map",) else ()


def _indirect(value: Val) -> bool:
    """A method that calls what it belongs to, or what it is given."""
    if isinstance(value, MemberV):
        return value.key in ("call", "apply", "dispatch") or value.key in ELEMENT_CALLBACKS
    return isinstance(value, (GlobalV, External)) and value.path[-1:] in (
        ("call",),
        ("apply",),
        ("map",),
        ("dispatch",),
    )


_MAX_CHAIN = 100
"""Members and calls in one expression; of ``a.b().b()…`` each call would otherwise walk down all before it."""


def _has_param(value: Val) -> bool:
    for _ in range(_MAX_CHAIN):
        if not isinstance(value, (MemberV, CallV, Elem)):
            return isinstance(value, Param)
        value = value.callee if isinstance(value, CallV) else value.base
    return False


def param_owners(value: Val) -> set[Key]:
    """The functions whose parameters a value depends on."""
    if type(value) in _CLOSED:
        return set()
    return {(v.module.path, v.function) for v in walk(value) if type(v) is Param}


_CLOSED = frozenset({Lit, Func, Cls, Inst, GlobalV, External, Unknown})
"""Values that are made of no others."""
