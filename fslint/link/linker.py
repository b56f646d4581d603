"""The link step: from the facts of all loaded files to a ``Project``.

``Linker.add`` takes files in, ``Linker.wanted`` says which modules' importers should be looked for, ``Linker.project``
gives what rules see. What is found does not depend on the order of files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, NamedTuple, TypeVar

from .. import facts as f
from ..calls import BROWSER_PACKAGES, METHODS, MOBILE_PACKAGES, SDK_PACKAGE, SERVER_FUNCTIONS
from ..diagnostics import Place
from .evaluate import Evaluator
from .modules import Env, Module, nodes
from .project import CallEdge, Frame, Project, Request, TrackingCall
from .registrations import produced, register
from .requests import Sent, authorization_of, get
from .sides import assign_sides
from .sinks import Draft, Specs, last_name
from .tables_clients import SET_UP_APART
from .values import (
    Choice,
    Cls,
    Elem,
    External,
    Func,
    GlobalV,
    Inst,
    Lit,
    MemberV,
    ModuleV,
    Obj,
    Param,
    Tmpl,
    Val,
    options,
    walk,
)
from .wrappers import MAX_CHAINS, MAX_LINKS, CallGraph, Key, Link, Target, around, param_owners

_ADDRESS = re.compile(r"(?<![\w.-])(?:api\.(?:\w+\.)?|\w+1\.|\.)?fullstory\.com", re.I)
"""The server API's host, or the part of it that a file may keep apart; no link to a help page."""
_ROOT_NAMES = SERVER_FUNCTIONS | {"_fs_namespace"}
"""Texts by which FullStory is reached: ``window[window._fs_namespace]``."""
MAX_BELOW = 200
"""Functions that are followed downwards from those that are known by name."""
_CLIENT_PACKAGES = BROWSER_PACKAGES | MOBILE_PACKAGES | {SDK_PACKAGE}

_T = TypeVar("_T")

Load = Callable[[str], "Module | None"]


class _Sink:
    """A call that reaches FullStory, or may once a caller gives its parameters. ``via``: it is one only through these.

    ``inside``: the functions that it stands in. ``own``: its drafts without a caller, ``open``: the functions around it
    whose callers matter; None until they are asked for."""

    __slots__ = ("call", "inside", "maybe", "module", "open", "own", "via")

    def __init__(self, module: Module, call: int, maybe: bool, via: list[Link]) -> None:
        self.module = module
        self.call = call
        self.maybe = maybe
        self.via = via
        self.inside = around(module, call)
        self.own: tuple[list[Draft], list[Val], Target | None] | None = None
        self.open: tuple[Key, ...] | None = None

    @property
    def frame(self) -> Frame:
        return Frame(self.module, self.call)


class _Known(Generic[_T]):
    """Things that are worked out one after the other, once, as far as somebody looks at them. None stands for all."""

    __slots__ = ("_found", "_rest")

    def __init__(self, things: Iterator[_T | None]) -> None:
        self._found: set[_T | None] = set()
        self._rest: Iterator[_T | None] | None = things

    def meets(self, wanted: set[_T]) -> bool:
        """Whether one of them is wanted."""
        if None in self._found or not self._found.isdisjoint(wanted):
            return True
        if self._rest is not None:
            for thing in self._rest:
                self._found.add(thing)
                if thing is None or thing in wanted:
                    return True
            self._rest = None
        return False


class _Passed(NamedTuple):
    """What a call hands on. ``open``: the functions around it whose callers decide that; ``touchable``: the functions
    that it hands on."""

    open: tuple[Key, ...]
    touchable: _Known[Key]


class Linker:
    """Links loaded modules. ``load``: parse a file on demand (None: no such file); ``resolver``: ``resolve.Resolver``;
    ``addressed``: the project names the server API's host somewhere, so that a request to an address which a caller
    gives may go there."""

    def __init__(self, load: Load, resolver: Any, settings: Any, addressed: bool = True) -> None:
        self.settings = settings
        self.addressed = addressed
        self.resolver = resolver
        self.evaluator = Evaluator(load, resolver)
        self.modules: dict[str, Module] = {}
        self.specs = Specs(getattr(settings, "calls", ()))
        self.graph = CallGraph(self.evaluator, self.specs.matters)
        self.sinks: dict[tuple[str, int], _Sink] = {}
        self._inits: list[tuple[Module, Target]] = []
        self._tracking: set[str] = set()
        self._own: set[str] = set()
        self._given: dict[tuple[str, str], bool] = {}
        self._passed: dict[Link, _Passed] = {}
        self._used: dict[Module, _Known[int]] = {}
        self._reaching: set[Key] = set()
        self.skipped: dict[str, int] = {}
        self._rooted = False
        self._registered: set[str] = set()
        self._givers: dict[str, bool] = {}

    # ------------------------------------------------------------------------------------------------------- intake

    def add(self, modules: Iterable[Module]) -> None:
        """Take in further modules: their globals, providers and calls."""
        new = sorted((m for m in modules if m.path not in self.modules), key=lambda m: m.path)
        for module in new:
            self.modules[module.path] = module
            self.evaluator.loaded[module.path] = module
        if not new:
            return
        self._register(new)
        if not self._rooted:
            # Without any way to FullStory nothing tracks, and nothing needs to be asked who calls it.
            self._rooted = any(self._is_root(module) for module in new if not module.test)
            if not self._rooted:
                return
            new = [self.modules[path] for path in sorted(self.modules)]
        if self.evaluator.registrations.stale:
            self._restart()
        else:
            self.graph.add(new)
        self._find_sinks()

    def _register(self, modules: Iterable[Module]) -> None:
        for module in modules:
            if module.path not in self._registered:
                self._registered.add(module.path)
                self._namespace(module)
                register(module, self.evaluator, self.evaluator.registrations)

    def _is_root(self, module: Module) -> bool:
        """Whether a file has a name, import or text by which FullStory can be reached."""
        facts = module.facts
        if self.specs.configured or self._names_client(module):
            return True
        if not SERVER_FUNCTIONS.isdisjoint(facts.globals) or any(
            i.specifier in _CLIENT_PACKAGES or i.name in SERVER_FUNCTIONS for i in facts.imports
        ):
            return True
        if any(b.name in SERVER_FUNCTIONS for b in facts.bindings):
            return True
        return any(
            type(node) is f.Literal
            and type(node.value) is str
            and (node.value in self.specs.namespaces or node.value in _ROOT_NAMES or _ADDRESS.search(node.value))
            for node in module.nodes
        )

    def _names_client(self, module: Module) -> bool:
        """Whether a file uses the global ``FS`` as FullStory's: a file system has other members."""
        facts = module.facts
        if self.specs.namespaces.isdisjoint(facts.globals):
            return False
        if any(self._is_global(call.callee) for call in facts.calls):
            return True
        members = {
            node.key.value if isinstance(node.key, f.Literal) else ""
            for node in module.nodes
            if type(node) is f.Member and self._is_global(node.object)
        }
        return members <= METHODS or not members.isdisjoint(METHODS)

    def _is_global(self, node: object) -> bool:
        return isinstance(node, f.Global) and node.name in self.specs.namespaces

    def _restart(self) -> None:
        """Link all modules anew: something was registered after it had been asked for."""
        self.evaluator.forget()
        self.graph = CallGraph(self.evaluator, self.specs.matters)
        self.sinks = {}
        self._givers = {}
        self._passed = {}
        self._inits = []
        self.graph.add([self.modules[path] for path in sorted(self.modules)])

    def _namespace(self, module: Module) -> None:
        """The name that the snippet gives FullStory on a page (``window._fs_namespace = 'FS'``)."""
        for write in module.facts.writes:
            if isinstance(write.key, f.Literal) and write.key.value == "_fs_namespace":
                if isinstance(write.object, f.Global) and isinstance(write.value, f.Literal):
                    self.specs.namespaces.add(str(write.value.value))
                    for sink in self.sinks.values():
                        sink.own = sink.open = None

    def _find_sinks(self) -> None:
        external, self.graph.external = self.graph.external, []
        for module, number, target in external:
            self._try_sink(module, number, target, [])
            if isinstance(target.value, External) and target.value.path[-1:] == ("init",):
                self._inits.append((module, target))
        fresh, self.graph.fresh = self.graph.fresh, []
        for link in fresh:
            if (link.module.path, link.call) not in self.sinks:
                self._try_named(link)
        for module, number, target, via in self.graph.resolve_pending():
            self._try_sink(module, number, target, via)

    def _try_sink(self, module: Module, number: int, target: Target, via: list[Link]) -> None:
        key = (module.path, number)
        if key in self.sinks:
            return
        drafts, maybe = self.specs.drafts(self.evaluator, module, number, target)
        if drafts or (maybe and self.addressed):
            self.sinks[key] = _Sink(module, number, maybe, via)

    def _try_named(self, link: Link) -> None:
        """A call of a project function that is known by its name or by configuration."""
        module = self.evaluator.load(link.callee[0])
        if module is None:
            return
        name = module.function(link.callee[1]).name
        if name in SERVER_FUNCTIONS or self.specs.configured:
            for target in self.graph.targets(link.module, link.call, None):
                self._try_sink(link.module, link.call, target, [])

    # ------------------------------------------------------------------------------------------------------ chains

    def _drafts(self, sink: _Sink, env: Env | None) -> tuple[list[Draft], list[Val], Target | None]:
        """(drafts, what is still open of the callee and address, target) of a sink in an environment."""
        if env is None and sink.own is not None:
            return sink.own
        found = self._drafts_in(sink, env)
        if env is None:
            sink.own = found
        return found

    def _drafts_in(self, sink: _Sink, env: Env | None) -> tuple[list[Draft], list[Val], Target | None]:
        opened: list[Val] = []
        for target in self.graph.targets(sink.module, sink.call, env):
            drafts, maybe = self.specs.drafts(self.evaluator, sink.module, sink.call, target)
            if drafts:
                return drafts, opened, target
            if maybe:
                opened.extend(target.args[0][:2])
                opened.extend(v for _, v in target.args[1])
                opened.append(target.value)
            else:
                opened.append(target.value)
        return [], opened, None

    def _chains(
        self, sink: _Sink
    ) -> Iterator[tuple[list[Link], Env | None, list[Draft], Target | None, dict[tuple[int, str], int]]]:
        """Every way in which callers reach a sink: (links, environment, drafts, target, depth of each draft's site)."""
        via = list(sink.via)
        start = self.graph.environment(via) if via else None
        if via and start is None:
            return
        stack: list[tuple[list[Link], Env | None, dict[tuple[int, str], int]]] = [(via, start, {})]
        emitted = 0
        while stack and emitted < MAX_CHAINS:
            links, env, sites = stack.pop()
            drafts, opened, target = self._drafts(sink, env)
            top = links[-1].frame if links else sink.frame
            used = {link.callee for link in links}
            function = top.fact.function
            sites = dict(sites)
            for index, draft in enumerate(drafts):
                if (index, draft.kind) not in sites and not self._names_open(draft, top.module, function, used):
                    sites[index, draft.kind] = len(links)
            more: list[tuple[list[Link], Env]] = []
            if len(links) < MAX_LINKS:
                values = [v for d in drafts for v in d.open_values()] + opened
                for link in self.graph.extensions(iter(values), top.module, function, used):
                    if link.module.test and not sink.module.test:
                        continue
                    longer = [*links, link]
                    outer = self.graph.environment(longer)
                    if outer is not None:
                        more.append((longer, outer))
            if more:
                # A caller that does not fit (it calls another thing in this environment) is none.
                stack.extend((longer, outer, sites) for longer, outer in reversed(more))
            elif drafts and not (links and all(_recursive(draft, used) for draft in drafts)):
                emitted += 1
                yield links, env, drafts, target, sites

    def _names_open(self, draft: Draft, module: Module, function: int, used: set[Key]) -> bool:
        """Whether the call site lies further out: a caller gives the name, or what stands for it (DESIGN.md)."""
        if draft.kind == "event":
            values = [draft.name] if draft.name is not None else [draft.payload] if draft.payload is not None else []
            values += [draft.options] if draft.options is not None and isinstance(draft.options, Param) else []
        elif draft.sent is not None and draft.kind == "request":
            return False
        else:
            whole = draft.options
            parts = [v for v in (draft.user_id, draft.properties) if v is not None]
            if draft.properties is not None and _bare(draft.properties) and isinstance(draft.user_id, MemberV):
                # `uid` of the properties that are passed on.
                parts = [draft.properties] if isinstance(draft.user_id.base, type(draft.properties)) else parts
            if whole is not None and _bare(whole):
                values = [whole]
            elif all(_bare(v) for v in parts):
                values = parts
            else:
                values = []
        return bool(self.graph.extensions(iter([v for v in values if v is not None]), module, function, used))

    # ------------------------------------------------------------------------------------------------------ widening

    def wanted(self) -> set[str]:
        """Modules whose importers may track or wait for tracking: those that export something that reaches a sink."""
        queue: list[Key] = []
        server: list[Key] = []
        for sink in self.sinks.values():
            if not sink.module.test:
                (server if self._on_server(sink) else queue).extend(self._open_around(sink))
        callers = self.graph.callers
        # Whoever waits for a request on the server matters, whatever it gives.
        seen: set[Key] = set()
        while server:
            key = server.pop()
            if key not in seen:
                seen.add(key)
                for link in callers.get(key, ()):
                    server.extend(link.inside)
        while queue:
            key = queue.pop()
            if key not in seen:
                seen.add(key)
                for link in callers.get(key, ()):
                    queue.extend(self._passed_by(link).open)
        self._reaching = seen
        reaching = {path for path, _ in seen}
        reaching |= self._contracts(seen)
        self._tracking = {
            path
            for path in reaching
            if (module := self.evaluator.loaded.get(path)) is not None and self._exports_anything(module)
        }
        self._tracking |= {p for p, m in self.modules.items() if p not in self._tracking and self._gives_client(m)}
        self._own = set(self._tracking)
        self._given = {}
        changed = True
        while changed:
            changed = False
            for path, module in self.modules.items():
                if path not in self._tracking and self._passes_on(module):
                    self._tracking.add(path)
                    changed = True
        return set(self._tracking)

    def _on_server(self, sink: _Sink) -> bool:
        return any(draft.side == "server" for draft in self._drafts(sink, None)[0])

    def _open_around(self, sink: _Sink) -> tuple[Key, ...]:
        """The functions around a sink whose callers matter: of one on the server all of them, else those that give it
        something."""
        if sink.open is None:
            drafts, opened, _ = self._drafts(sink, None)
            if self._on_server(sink):
                sink.open = sink.inside
            else:
                values = [v for draft in drafts for v in draft.open_values()] + opened
                sink.open = self._givers_of(values, sink.module, sink.inside)
        return sink.open

    def _givers_of(self, values: Iterable[Val], module: Module, inside: tuple[Key, ...]) -> tuple[Key, ...]:
        """Those of the functions around a call whose callers decide what some values are."""
        owners = {owner for value in values for owner in param_owners(value)}
        return tuple(key for key in inside if key in owners or self._stateful(module, key[1]))

    def _passed_by(self, link: Link) -> _Passed:
        """What a call hands on, worked out once."""
        found = self._passed.get(link)
        if found is None:
            positional, keywords = self.evaluator.arguments(link.module, link.module.call(link.call), None)
            values = (*positional, *(value for _, value in keywords))
            open_ = self._givers_of(values, link.module, link.inside)
            found = self._passed[link] = _Passed(open_, _Known(self._touchable(values)))
        return found

    def drawn_in(self) -> list[Module]:
        """Modules that are loaded but not taken in, and whose calls may matter: a taken one hands them something that
        tracks (``safely(track, 'X')``), a class that tracks extends one of theirs, or a ``trackServerEvent`` calls them
        (what it does with failures counts). Others only give values, and what they provide (a context's)."""
        if not self._rooted:
            return []
        while unknown := [m for path, m in sorted(self.evaluator.loaded.items()) if path not in self._registered]:
            self._register(unknown)
        if self.evaluator.registrations.stale:
            self._restart()
            self._find_sinks()
        touching: set[Key] = set()
        queue = [key for sink in self.sinks.values() for key in sink.inside]
        while queue:
            key = queue.pop()
            if key not in touching:
                touching.add(key)
                for link in self.graph.callers.get(key, ()):
                    queue.extend(link.inside)
        found: set[str] = set()
        for key, links in self.graph.callers.items():
            if key[0] not in self.modules and key[0] not in found:
                if any(self._passed_by(link).touchable.meets(touching) for link in links):
                    found.add(key[0])
        for path, number in touching:
            module = self.evaluator.loaded.get(path)
            if module is not None and module.function(number).cls >= 0:
                cls = Cls(
                    module.place(module.facts.classes[module.function(number).cls]), module, module.function(number).cls
                )
                found.update(owner.module.path for owner in self.evaluator.lineage(cls))
        found |= self._below_named()
        return [self.evaluator.loaded[path] for path in sorted(found) if path not in self.modules]

    def _below_named(self) -> set[str]:
        """The modules of what functions call that are known by name."""
        queue = [key for key in self.graph.callers if self._name_of(key) in SERVER_FUNCTIONS]
        seen: set[Key] = set()
        while queue and len(seen) < MAX_BELOW:
            key = queue.pop()
            if key not in seen:
                seen.add(key)
                queue.extend(link.callee for link in self.graph.callees.get(key, ()))
        return {path for path, _ in seen}

    def _name_of(self, key: Key) -> str:
        module = self.evaluator.loaded.get(key[0])
        return module.function(key[1]).name if module is not None else ""

    def _touchable(self, values: Iterable[Val]) -> Iterator[Key | None]:
        """The functions that values are or hold, those of objects too; None for the client."""
        for value in values:
            yield from self._functions_in(value)
            if self._is_client(value):
                yield None

    def _functions_in(self, value: Val) -> Iterator[Key]:
        for part in walk(value, 200):
            if isinstance(part, Func):
                yield part.module.path, part.function
            elif isinstance(part, (Inst, Cls)):
                for owner in self.evaluator.lineage(part.cls if isinstance(part, Inst) else part):
                    path = owner.module.path
                    for number in owner.module.methods.get(owner.cls, ()):
                        yield path, number

    def _stateful(self, module: Module, function: int) -> bool:
        """A method: what it sends may depend on its object."""
        return module.function(function).cls >= 0

    def _contracts(self, functions: Iterable[Key]) -> set[str]:
        """The modules of the interfaces and bases of classes whose methods track: who holds one of these may call them."""
        found: set[str] = set()
        for path, number in functions:
            module = self.modules.get(path)
            if module is None or module.function(number).cls < 0:
                continue
            cls = module.facts.classes[module.function(number).cls]
            for node in (*cls.bases, *cls.interfaces):
                found |= {o.module.path for o in options(self.evaluator.eval(module, node)) if isinstance(o, Cls)}
        return found

    def names_wanted(self) -> set[str]:
        """What to search for that no import leads to: names under which tracking functions are handed on (globals, injected
        things), and what sets up an HTTP client for the whole project."""
        found: set[str] = set()
        if self.addressed:
            packages = {row.specifier for m in self.modules.values() if not m.test for row in m.facts.imports}
            found.update(name for package in SET_UP_APART if package in packages for name in SET_UP_APART[package])
        for (kind, key), rows in list(self.evaluator.registrations.given.items()):
            if kind not in ("global", "this", "provide", "angular", "state", "action"):
                continue
            for row in rows:
                if row.module.test:
                    continue
                if kind == "angular" and row.how not in ("constant", "value"):
                    value = produced(self.evaluator, row)
                else:
                    value = self.evaluator.eval(row.module, row.node)
                if value is not None and self._reaches(value):
                    name = key if isinstance(key, str) else self._provided_name(key)
                    if name:
                        found.add(name.rsplit(".", 1)[-1])
        return found

    def skip(self, name: str, files: int) -> None:
        """A name that is too common to look for its users; said of the tracking calls that stay open."""
        self.skipped[name] = files

    def _provided_name(self, key: object) -> str:
        """The name of the symbol that is a key of ``provide``."""
        if isinstance(key, Place) and (owner := self.evaluator.loaded.get(key.path)) is not None:
            for binding in owner.facts.bindings:
                if any(a.value.start == key.start for a in binding.assigns):
                    return binding.name
        return ""

    def _reaches(self, value: Val, depth: int = 0) -> bool:
        """A tracking function, or an object or instance with one, or a function that gives one."""
        for part in walk(value, 200):
            if isinstance(part, Func):
                if (part.module.path, part.function) in self._reaching:
                    return True
                if depth < 2 and not part.module.function(part.function).params:
                    result = self.evaluator.invoke(part, ((), ()), part.place)
                    if result is not value and self._reaches(result, depth + 1):
                        return True
            elif isinstance(part, (Inst, Cls)):
                cls = part.cls if isinstance(part, Inst) else part
                for owner in self.evaluator.lineage(cls):
                    members = enumerate(owner.module.facts.functions)
                    if any(x.cls == owner.cls and (owner.module.path, n) in self._reaching for n, x in members):
                        return True
        return self._is_client(value)

    def _gives_client(self, module: Module) -> bool:
        """It exports FullStory's function, a client, an address or a function that returns one (``getFS()``)."""
        known = self._givers.get(module.path)
        if known is None:
            known = self._givers[module.path] = (
                not module.test
                and self._exports_anything(module)
                and (
                    any(
                        self._is_client(self.evaluator.eval(module, e.value))
                        for e in module.facts.exports
                        if e.value is not None
                    )
                    or any(
                        self._is_client(self.evaluator.eval(module, r.value))
                        # A bundle has thousands of functions, and nobody imports one of them.
                        for function in (() if module.facts.generated == "minified" else module.facts.functions)
                        for r in function.returns
                        if r.value is not None
                    )
                    or (
                        module.python
                        and any(
                            self._is_client(self.evaluator.eval(module, a.value))
                            for number in module.top_level.values()
                            for a in module.facts.bindings[number].assigns[:2]
                        )
                    )
                )
            )
        return known

    def _is_client(self, value: Val) -> bool:
        for part in walk(value, 100):
            if type(part) is Lit:
                if type(part.value) is str and "fullstory.com" in part.value and "api." in part.value:
                    return True
            elif type(part) is GlobalV:
                if part.path and part.path[0] in self.specs.namespaces:
                    return True
            elif type(part) is External:
                if part.package in _CLIENT_PACKAGES:
                    return True
            elif type(part) is Tmpl and "fullstory.com" in part.prefix:
                return True
        return False

    def _exports_anything(self, module: Module) -> bool:
        return module.python or bool(module.facts.exports)

    def imports_wanted(self, facts_path: str, facts: f.FileFacts) -> bool:
        """Whether a file imports one of the wanted modules."""
        for imported in facts.imports:
            for path in self.resolver.resolve(facts_path, imported.specifier, imported.name):
                if path in self._tracking and self._gives(path, imported.name):
                    return True
            if facts.language == "python" and imported.name not in ("", "*"):
                sub = self.resolver.submodule(facts_path, imported.specifier, imported.name)
                if sub in self._tracking:
                    return True
        for export in facts.exports:
            if export.specifier and any(
                p in self._tracking for p in self.resolver.resolve(facts_path, export.specifier)
            ):
                return True
        return False

    def _gives(self, path: str, name: str) -> bool:
        """Whether what a wanted module exports under a name has to do with tracking (a barrel exports much else)."""
        key = (path, name)
        known = self._given.get(key)
        if known is None:
            module = self.evaluator.load(path)
            known = True
            if module is not None and name not in ("*", "", "default", "=") and module.path not in self._own:
                value = self.evaluator.export(module, name)
                known = value is None or self._carries(value) or self._is_client(value)
            self._given[key] = known
        return known

    def _passes_on(self, module: Module) -> bool:
        """A barrel, or a module that exports an instance, hook or function of a wanted module."""
        facts = module.facts
        if not self.imports_wanted(module.path, facts):
            return False
        if module.python:
            return (
                module.path.endswith("__init__.py")
                or self._reexports(module)
                or any(
                    self._carries(self.evaluator.binding(module, number, None, -1, Place(module.path, 0, 0)))
                    for number in module.top_level.values()
                    if facts.bindings[number].kind in ("var", "const", "let", "function")
                )
            )
        for export in facts.exports:
            if export.specifier and any(
                p in self._tracking for p in self.resolver.resolve(module.path, export.specifier)
            ):
                return True
            if export.value is not None and self._carries(self.evaluator.eval(module, export.value)):
                return True
        return False

    def _reexports(self, module: Module) -> bool:
        """A Python module that imports for others: with ``*``, or what it does not use itself."""
        facts = module.facts
        used = self._used.get(module)
        if used is None:
            used = self._used[module] = _Known(n.binding for n in nodes(facts) if type(n) is f.Name)
        for imported in facts.imports:
            if imported.how == "star" or imported.binding >= 0:
                paths = self.resolver.resolve(module.path, imported.specifier, imported.name)
                if any(path in self._tracking for path in paths):
                    if imported.how == "star" or not used.meets({imported.binding}):
                        return True
        return False

    def _carries(self, value: Val, depth: int = 0) -> bool:
        for part in walk(value, 200):
            if isinstance(part, (Func, Cls)) and part.module.path in self._tracking:
                return True
            if isinstance(part, Inst) and part.cls.module.path in self._tracking:
                return True
            if isinstance(part, ModuleV) and part.module.path in self._tracking:
                return True
            if isinstance(part, Func) and depth < 2 and not part.module.function(part.function).params:
                result = self.evaluator.invoke(part, ((), ()), part.place)
                if result is not value and self._carries(result, depth + 1):
                    return True
        return False

    # ------------------------------------------------------------------------------------------------------- project

    def project(self, files: Iterable[str] = ()) -> Project:
        """What rules see of all that was taken in."""
        project = Project(self.evaluator, self.settings)
        include_tests = not getattr(self.settings, "exclude_tests", True)
        project.all_modules = dict(sorted(self.evaluator.loaded.items()))
        project.modules = {p: m for p, m in sorted(self.modules.items()) if include_tests or not m.test}
        pinned = getattr(self.settings, "pinned_side", lambda path: None)
        assign_sides(
            project.all_modules, lambda m, i: self.resolver.resolve(m.path, i.specifier, i.name), pinned, files
        )
        self._assign_apps(project, tuple(files))
        for links in self.graph.callers.values():
            for link in links:
                callee = project.all_modules.get(link.callee[0])
                if link.module.path not in project.modules or callee is None or (callee.test and not include_tests):
                    continue
                edge = CallEdge(link.frame, link.callee, link.handed)
                project.edges_in.setdefault(link.callee, []).append(edge)
                caller = (link.module.path, link.module.call(link.call).function)
                project.edges_out.setdefault(caller, []).append(edge)
        self.graph.environments = {}
        for sink in sorted(self.sinks.values(), key=lambda s: (s.module.path, s.module.call(s.call).start)):
            if sink.module.path in project.modules and not self._in_snippet(sink):
                self._emit(project, sink)
        self.graph.environments = None
        for name, number in sorted(self.skipped.items()):
            project.notes.append(
                f"{name} leads to a tracking function without an import, and {number} files hold that name, so its users"
                " were not looked for; import it, or name it in [[tool.fslint.calls]]"
            )
        self._settle_named(project)
        self._mark_either(project)
        project.calls.sort(key=lambda c: (c.site.place, c.sink.place, tuple(x.place for x in c.frames)))
        project.requests.sort(key=lambda r: r.frame.place)
        return project

    def _in_snippet(self, sink: _Sink) -> bool:
        start = sink.module.call(sink.call).start
        return any(a <= start < b for a, b in sink.module.facts.snippet_ranges)

    def _apps_by_org(self, project: Project, files: tuple[str, ...]) -> None:
        """One app; where literal org IDs show several, one for each package that has its own, compared on its own."""
        orgs: dict[str, str] = {}
        packages = {path.rpartition("/")[0] for path in files if path.rsplit("/", 1)[-1] == "package.json"}

        def package(path: str) -> str:
            folder = path.rpartition("/")[0]
            while folder and folder not in packages:
                folder = folder.rpartition("/")[0]
            return folder

        for module in project.modules.values():
            for write in module.facts.writes:
                if (
                    isinstance(write.key, f.Literal)
                    and write.key.value == "_fs_org"
                    and isinstance(write.value, f.Literal)
                ):
                    orgs.setdefault(package(module.path), str(write.value.value))
        for module, target in self._inits:
            value = target.value
            if not isinstance(value, External) or value.package not in BROWSER_PACKAGES:
                continue
            given = get(target.args[0][0], "orgId") if target.args[0] else None
            if module.path in project.modules and isinstance(given, Lit) and isinstance(given.value, str):
                orgs.setdefault(package(module.path), given.value)
        several = len(set(orgs.values())) > 1
        for path, module in project.all_modules.items():
            own = package(path)
            module.apps = (own,) if several and own in orgs else ("",)
        if several:
            project.apps = tuple(sorted({"", *orgs}))
            project.notes.append(
                "several FullStory orgs are in use ("
                + ", ".join(f"{org} in {folder or 'the root'}" for folder, org in sorted(orgs.items()))
                + "), so calls are not compared across them; name the apps with [[tool.fslint.apps]] to have them compared"
            )

    def _assign_apps(self, project: Project, files: tuple[str, ...]) -> None:
        apps = tuple(getattr(self.settings, "apps", ()))
        if not apps:
            self._apps_by_org(project, files)
            return
        project.apps = tuple(app.name for app in apps)
        importers: dict[str, set[str]] = {}
        for path, module in project.modules.items():
            for imported in module.facts.imports:
                for target in self.resolver.resolve(path, imported.specifier, imported.name):
                    importers.setdefault(target, set()).add(path)
        for path, module in project.all_modules.items():
            own = self.settings.app_of(path)
            if own is not None:
                module.apps = (own,)
                continue
            found: set[str] = set()
            queue, seen = [path], {path}
            while queue:
                for other in importers.get(queue.pop(), ()):
                    if other not in seen:
                        seen.add(other)
                        app = self.settings.app_of(other)
                        if app is not None:
                            found.add(app)
                        else:
                            queue.append(other)
            module.apps = tuple(sorted(found)) or ((project.apps[0],) if len(project.apps) == 1 else ("",))

    def _emit(self, project: Project, sink: _Sink) -> None:
        frame = sink.frame
        requests: dict[int, Request] = {}
        for links, env, drafts, target, sites in self._chains(sink):
            if any(link.module.path not in project.modules for link in links):
                continue
            frames = (frame, *(link.frame for link in links))
            for index, draft in enumerate(drafts):
                request: Request | None = None
                if draft.sent is not None:
                    variant = _request(frame, frames, draft.sent)
                    request = requests.get(0)
                    if request is None:
                        base = self._base_request(sink, draft.sent)
                        request = requests[0] = base
                        project.requests.append(base)
                    request.variants.append(variant)
                if draft.kind == "request":
                    continue
                depth = sites.get((index, draft.kind), len(links))
                site = frames[min(depth, len(frames) - 1)]
                site = self._partial_site(links[:depth], draft, site)
                call = TrackingCall(
                    draft.kind, draft.side, draft.api, draft.operation, frames, site,
                    self._settle(draft.name) if draft.kind == "event" else draft.name,
                    draft.user_id, draft.properties, draft.schema, draft.payload, draft.options,
                    target.args[0] if target else (), target.args[1] if target else (), draft.by_name, request,
                    draft.bare, frames[-1].module.apps, env,
                )  # fmt: skip
                if call.user_id is not None:
                    call.user_id_place = call.user_id.at or call.user_id.place
                if call.properties is not None:
                    call.properties_place = call.properties.at or call.properties.place
                project.calls.append(call)
                if call.kind == "event":
                    reason = _unresolved(call.name)
                    if reason:
                        project.unresolved.append((site, reason))

    def _base_request(self, sink: _Sink, sent: Sent) -> Request:
        """The request as it stands, without callers; where it is one only through a caller, as that gives it."""
        drafts, _, _ = self._drafts(sink, None)
        own = next((d.sent for d in drafts if d.sent is not None), sent)
        return _request(sink.frame, (sink.frame,), own)

    def _partial_site(self, links: list[Link], draft: Draft, site: Frame) -> Frame:
        """A ``partial(…)`` that fixes the name is the call site."""
        if draft.name is None:
            return site
        for target in self.graph.targets(site.module, site.call, None):
            maker = self._maker(target.value, draft.name.at or draft.name.place)
            if maker is not None:
                return maker
            if target.partial is not None:
                module, number = target.partial
                span = module.place(module.call(number))
                at = draft.name.at or draft.name.place
                if at.path == span.path and span.start <= at.start < span.end:
                    return Frame(module, number)
        return site

    def _maker(self, called: Val, at: Place) -> Frame | None:
        """The call that made the closure that is called, where it gives the name (``const bought = event('Bought')``)."""
        env = called.env if isinstance(called, Func) else None
        while env is not None:
            place = env.place
            if place is not None and place.path == at.path and place.start <= at.start < place.end:
                module = self.evaluator.loaded.get(place.path)
                for number, call in enumerate(module.facts.calls if module is not None else ()):
                    if module is not None and (call.start, call.end) == (place.start, place.end):
                        return Frame(module, number)
            env = env.parent
        return None

    def _settle(self, value: Val | None) -> Val | None:
        """Parameters that nobody gives: the alternatives of their literal types, their defaults."""
        if value is None:
            return None
        if isinstance(value, Tmpl) and any(isinstance(h, (Param, MemberV, Elem)) and h.decl for h in value.holes):
            parts: list[tuple[Val, Place]] = []
            for part, span, given in zip(value.parts, value.spans, value.given, strict=True):
                piece = Lit(span, part) if isinstance(part, str) else self.evaluator.finite(part)
                parts.append((piece.with_at(given) if given is not None and piece.at is None else piece, span))
            settled = self.evaluator.template(value.place, parts, value.how)
            if isinstance(settled, Choice):
                settled = Choice(value.place, settled.options, "type")
            settled.at = value.at
            return settled
        found: list[Val] = []
        for option in options(value):
            finite = self.evaluator.finite(option)
            if finite is option and isinstance(option, Param) and option.index >= 0:
                param = option.module.function(option.function).params[option.index]
                if param.default is not None:
                    default = self.evaluator.eval(option.module, param.default)
                    found.extend((option, *options(default)))
                    continue
            found.extend(options(finite))
        if len(found) == 1:
            return found[0]
        return Choice(value.place, tuple(found), value.how if isinstance(value, Choice) else "type")

    def _settle_named(self, project: Project) -> None:
        """A ``trackServerEvent``-style call whose way to FullStory is in view is told by that way alone."""
        seen_chains = {
            f_.key
            for call in project.calls
            if not call.by_name
            for f_ in call.frames
            if call.side in ("server", "either", "client")
        }
        kept: list[TrackingCall] = []
        sinks_by_name = {c.sink.key for c in project.calls if c.by_name}
        for call in project.calls:
            if call.by_name:
                if call.sink.key in seen_chains and any(
                    not other.by_name and call.sink.key in {x.key for x in other.frames} for other in project.calls
                ):
                    continue
                inner = self._function_called(call)
                if inner is not None:
                    if any(key in sinks_by_name for key in self._calls_below(inner)):
                        continue
                    call.api = "other" if self._visible_elsewhere(inner) else "server"
            kept.append(call)
        project.calls = kept

    def _function_called(self, call: TrackingCall) -> Func | None:
        for target in self.graph.targets(call.sink.module, call.sink.call, None):
            if isinstance(target.value, Func) and last_name(target.value) in SERVER_FUNCTIONS:
                return target.value
        return None

    def _calls_below(self, func: Func) -> set[tuple[str, int]]:
        return {(func.module.path, n) for n in func.module.calls_in.get(func.function, ())}

    def _visible_elsewhere(self, func: Func) -> bool:
        """The function's body is in view (and sends to something that is not FullStory, or we would have seen it)."""
        return bool(func.module.calls_in.get(func.function)) or bool(func.module.function(func.function).returns)

    def _mark_either(self, project: Project) -> None:
        """Client and server reached from one site by exclusive branches: side ``either``."""
        from .flow import exclusive

        grouped: dict[tuple[object, ...], list[TrackingCall]] = {}
        for call in project.calls:
            grouped.setdefault((call.site.key, call.kind), []).append(call)
        for calls in grouped.values():
            sides = {c.side for c in calls}
            if sides != {"client", "server"}:
                continue
            clients = [c for c in calls if c.side == "client"]
            servers = [c for c in calls if c.side == "server"]
            if any(self._diverge(a, b, exclusive) for a in clients for b in servers):
                for call in calls:
                    call.side = "either"

    def _diverge(self, a: TrackingCall, b: TrackingCall, exclusive: Callable[..., bool]) -> bool:
        left, right = list(reversed(a.frames)), list(reversed(b.frames))
        for one, other in zip(left, right, strict=False):
            if one.key != other.key:
                if one.module is other.module and one.fact.function == other.fact.function:
                    return bool(exclusive(one.module, one.fact.start, other.fact.start))
                return False
        return False


def _recursive(draft: Draft, used: set[Key]) -> bool:
    """A chain that came back to where it was: what it gives is what others give."""
    value = draft.name if draft.kind == "event" else draft.user_id
    return isinstance(value, Param) and (value.module.path, value.function) in used


def _bare(value: Val) -> bool:
    """A bare parameter that is passed on; a part of a destructured one counts."""
    if isinstance(value, Param):
        return True
    if isinstance(value, MemberV):
        return isinstance(value.base, Param) and (value.base.name == "" or value.subscript)
    if isinstance(value, Obj):
        return bool(value.spreads) and all(isinstance(s, Param) for s in value.spreads) and not value.entries
    return False


def _request(frame: Frame, frames: tuple[Frame, ...], sent: Sent) -> Request:
    return Request(
        frame, sent.client, sent.method, sent.endpoint, sent.url, sent.body, sent.body_raw, sent.body_how, sent.headers,
        sent.authorization if sent.authorization is not None else authorization_of(sent.headers), sent.auth, sent.timeout,
        sent.timeout_unit, sent.timeout_known, sent.created, [], frames,
    )  # fmt: skip


def _unresolved(name: Val | None) -> str:
    """Why an event's name is not known, for people; "" where it is."""
    if name is None:
        return "the call gives no name"
    for option in options(name):
        if isinstance(option, Lit) and isinstance(option.value, str):
            continue
        if isinstance(option, Tmpl):
            continue
        if isinstance(option, Param):
            return f"the name is the parameter {option.name or 'of a destructured object'}, which nothing in the project gives"
        if isinstance(option, (MemberV, Elem)):
            return "the name is data that is only known at run time"
        return "the name is the result of an expression that is not evaluated"
    return ""
