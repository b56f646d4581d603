"""Which functions of the project answer requests: by imports, decorators, registrations, classes and file conventions.

``handlers(project)`` gives them all, found once per project; ``tables_frameworks`` holds what is known of frameworks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from ..diagnostics import Place
from ..facts import (
    Array,
    Call,
    CallRef,
    Function,
    FunctionRef,
    Literal,
    Member,
    Name,
    NamedType,
    Object,
    OneOf,
    Spread,
    Template,
    Value,
)
from . import tables_frameworks as t
from .flow import call_name, dotted, last_name, literal_key, plain
from .modules import Module
from .project import Project
from .requests import external_types
from .tables_frameworks import Framework
from .values import CallV, Cls, External, Func, GlobalV, Inst, MemberV, Obj, Param, Val, options
from .values import dotted as dotted_value

Key = tuple[str, int]
"""A function: path and row."""


class Handler(NamedTuple):
    """A function that answers requests. ``dependency``: what it does after its ``yield`` comes after the response."""

    framework: Framework
    dependency: bool = False


_FOUND: WeakKeyDictionary[Project, dict[Key, Handler]] = WeakKeyDictionary()


def handlers(project: Project) -> dict[Key, Handler]:
    """Every handler of the project by (path, function)."""
    found = _FOUND.get(project)
    if found is None:
        found = _FOUND[project] = _Search(project).run()
    return found


def packages(module: Module) -> set[str]:
    """The packages and modules that a file imports, whole specifiers and their leading parts."""
    found: set[str] = set()
    for imported in module.facts.imports:
        specifier = imported.specifier
        found.add(specifier)
        if module.python:
            pieces = specifier.split(".")
            found.update(".".join(pieces[:n]) for n in range(1, len(pieces)))
            if imported.name not in ("", "*"):
                found.add(f"{specifier}.{imported.name}")
    return found


class _Search:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.found: dict[Key, Handler] = {}
        self.imports = {path: packages(module) for path, module in project.modules.items()}
        everything: set[str] = set().union(*self.imports.values()) if self.imports else set()
        self.frameworks = {f.name: f for name, f in t.JAVASCRIPT_PACKAGES.items() if name in everything}

    def run(self) -> dict[Key, Handler]:
        for path, module in self.project.modules.items():
            if module.python:
                self._python(path, module)
            elif module.facts.functions:
                self._javascript(path, module)
        return self.found

    def add(self, key: Key, framework: Framework, dependency: bool = False) -> None:
        """Enter a function; what is known of an inner part of a handler stays."""
        self.found.setdefault(key, Handler(framework, dependency))

    def functions(self, module: Module, node: Value, depth: int = 0) -> Iterator[Key]:
        """The functions that a value is or wraps: ``f``, ``withAuth(f)``, ``[check, f]``, ``c.create``."""
        node = plain(node)
        if isinstance(node, FunctionRef):
            yield module.path, node.function
            return
        if depth > 4 or isinstance(node, (Literal, Template)):
            return
        if isinstance(node, Array):
            for item in node.items:
                yield from self.functions(module, item, depth + 1)
            return
        if isinstance(node, OneOf):
            for item in node.values:
                yield from self.functions(module, item, depth + 1)
            return
        if isinstance(node, Spread):
            yield from self.functions(module, node.value, depth + 1)
            return
        for value in options(self.project.value(module, node)):
            if isinstance(value, Func):
                yield value.module.path, value.function
            else:
                yield from self._inside(value, 0)
        if isinstance(node, CallRef) and 0 <= node.call < len(module.facts.calls):
            for argument in module.facts.calls[node.call].args:
                if isinstance(plain(argument.value), (FunctionRef, Name, Member, CallRef, Array)):
                    yield from self.functions(module, argument.value, depth + 1)

    def _inside(self, value: Val, depth: int) -> Iterator[Key]:
        """Functions given to a call that is not looked into: ``withAuth(handler)`` kept in a variable."""
        if isinstance(value, CallV) and depth < 4:
            for argument in value.args:
                for option in options(argument):
                    if isinstance(option, Func):
                        yield option.module.path, option.function
                    else:
                        yield from self._inside(option, depth + 1)

    def add_all(self, module: Module, nodes: Iterable[Value], framework: Framework, dependency: bool = False) -> None:
        for node in nodes:
            for key in self.functions(module, node):
                self.add(key, framework, dependency)

    # ------------------------------------------------------------------------------------------------- JavaScript

    def _javascript(self, path: str, module: Module) -> None:
        self._exports(path, module)
        for row, call in enumerate(module.facts.calls):
            if call.kind in ("call", "new") and call.args:
                self._registration(module, row, call)
        for number, function in enumerate(module.facts.functions):
            if not number:
                continue
            self._nest(module, number, function)
            self._by_parameters(module, number, function)
            if function.directive == "use server":
                self.add((path, number), t.NEXT)

    def _exports(self, path: str, module: Module) -> None:
        imported = self.imports[path]
        server_actions = "use server" in module.facts.directives
        for export in module.facts.exports:
            if export.value is None or export.type_only:
                continue
            if server_actions:
                self.add_all(module, [export.value], t.NEXT)
                continue
            for rule in t.FILE_RULES:
                if rule.packages and not imported & set(rule.packages):
                    continue
                if not rule.path.search(path):
                    continue
                if export.name in rule.names or ("default" in rule.names and export.name == "="):
                    self.add_all(module, [export.value], rule.framework)
                if export.name in rule.entries:
                    self._entries(module, export.value, rule.framework)
            if t.NUXT_FILES.search(path) and export.name == "default":
                self.add_all(module, [export.value], t.NUXT)
            if export.name == "handler":
                self._lambda(module, export.value)
            if export.name in ("default", "="):
                self._worker(module, export.value)
            if export.name == "=" and isinstance(plain(export.value), Object):
                for entry in plain(export.value).entries:  # type: ignore[union-attr]
                    if isinstance(entry.key, Literal) and entry.key.value == "handler":
                        self._lambda(module, entry.value)

    def _entries(self, module: Module, node: Value, framework: Framework) -> None:
        for value in options(self.project.value(module, node)):
            if isinstance(value, Obj):
                for entry in value.entries:
                    for option in options(entry.value):
                        if isinstance(option, Func):
                            self.add((option.module.path, option.function), framework)

    def _lambda(self, module: Module, node: Value) -> None:
        imported = self.imports[module.path]
        signs = imported & {"aws-lambda", "@middy/core", "@aws-lambda-powertools/logger", "@netlify/functions"}
        for key in self.functions(module, node):
            function = self.project.modules[key[0]].facts.functions[key[1]] if key[0] in self.project.modules else None
            names = [param.name for param in function.params] if function else []
            if signs or (names and re.fullmatch(r"_?(?:event|evt|e)", names[0] or "")):
                self.add(key, t.LAMBDA)

    def _worker(self, module: Module, node: Value) -> None:
        """``export default { async fetch(request, env, ctx) {…} }``: developers.cloudflare.com/workers."""
        for value in options(self.project.value(module, node)):
            if not isinstance(value, Obj):
                continue
            for entry in value.entries:
                for option in options(entry.value):
                    if isinstance(option, Func):
                        key = (option.module.path, option.function)
                        if entry.name == "fetch":
                            self.add(key, t.CLOUDFLARE)
                        elif entry.name in ("scheduled", "queue") and (value.get("fetch") or _worker_like(option)):
                            self.add(key, t.CLOUDFLARE_BACKGROUND)

    def _registration(self, module: Module, row: int, call: Call) -> None:
        name = call_name(module, row)
        framework = t.HANDLER_CALLS.get(name)
        if framework is not None:
            self.add_all(module, (argument.value for argument in call.args), framework)
            self._handler_entries(module, call, framework, ("handler",))
            return
        if name == "addEventListener" and _text(call, 0) in ("fetch", "scheduled"):
            self.add_all(
                module,
                (argument.value for argument in call.args[1:2]),
                t.CLOUDFLARE
                if _text(call, 0) == "fetch" and "FetchEvent" in module.facts.globals
                else t.CLOUDFLARE_BACKGROUND,
            ) if module.side == "server" else None
            return
        callee = plain(call.callee)
        if not isinstance(callee, Member):
            return
        key = literal_key(callee) or ""
        if key in ("query", "mutation", "subscription") and self._is_trpc(module, callee):
            self.add_all(module, (argument.value for argument in call.args[:1]), t.TRPC)
            return
        if key in ("use", "middleware") and self._is_trpc_middleware(module, callee, key):
            self.add_all(module, (argument.value for argument in call.args[:1]), t.TRPC)
            return
        if key in t.VERBS:
            framework = self._receiver(module, callee.object, call)
            if framework is not None:
                self.add_all(module, (argument.value for argument in call.args), framework)
                self._handler_entries(module, call, framework, ("handler", *t.HOOKS_BEFORE))
        elif key == "addHook" and len(call.args) > 1 and _text(call, 0) in t.HOOKS_BEFORE:
            self.add_all(module, [call.args[1].value], t.FASTIFY)

    def _handler_entries(self, module: Module, call: Call, framework: Framework, keys: tuple[str, ...]) -> None:
        for argument in call.args:
            node = plain(argument.value)
            if isinstance(node, Object):
                for entry in node.entries:
                    if isinstance(entry.key, Literal) and entry.key.value in keys:
                        self.add_all(module, [entry.value], framework)

    def _is_trpc(self, module: Module, callee: Member) -> bool:
        return "@trpc/server" in self.imports[module.path] or _chain(module, callee)[-1].endswith("procedure")

    def _is_trpc_middleware(self, module: Module, callee: Member, key: str) -> bool:
        """``t.middleware(…)``, ``t.procedure.use(…)``, ``protectedProcedure.use(…)``."""
        names = _chain(module, callee)[1:]
        if "@trpc/server" not in self.imports[module.path]:
            return key == "use" and names[-1].endswith("procedure")
        return key == "middleware" or any(name.endswith("procedure") for name in names)

    def _receiver(self, module: Module, node: Value, call: Call) -> Framework | None:
        """The framework of what a verb is called on."""
        vague = False
        for value in options(self.project.value(module, node)):
            framework = self._framework_of(value, 0)
            if framework is not None:
                return framework
            vague = (
                vague
                or isinstance(value, (Param, External, GlobalV, MemberV))
                or not isinstance(value, (CallV, Inst, Obj, Func, Cls))
            )
        if not vague:
            return None
        receiver = last_name(module, node)
        frameworks = self._frameworks_near(module)
        if receiver == "fastify":
            frameworks = {t.FASTIFY.name: t.FASTIFY}
        path = _text(call, 0)
        if not t.RECEIVER_NAMES.search(receiver) or (path is not None and not path.startswith(("/", "*"))):
            return None
        if path is None and literal_key(plain(call.callee)) not in ("use", "route"):
            return None
        if len(frameworks) == 1:
            return next(iter(frameworks.values()))
        return frameworks.get("Express")

    def _frameworks_near(self, module: Module) -> dict[str, Framework]:
        """The frameworks that the project imports, or that the package.json above a file names."""
        found = dict(self.frameworks)
        for package, framework in t.JAVASCRIPT_PACKAGES.items():
            if self.project.package_version(module.path, package) is not None:
                found.setdefault(framework.name, framework)
        return found

    def _framework_of(self, value: Val, depth: int) -> Framework | None:
        if depth > 30:
            return None
        if isinstance(value, CallV):
            package = _package(value.callee)
            if package in t.JAVASCRIPT_PACKAGES:
                return t.JAVASCRIPT_PACKAGES[package]
            if isinstance(value.callee, MemberV):
                return self._framework_of(value.callee.base, depth + 1)
        if isinstance(value, MemberV):
            return self._framework_of(value.base, depth + 1)
        if value.decl is not None:
            for name in external_types(self.project.evaluator, *value.decl):
                for package, framework in t.JAVASCRIPT_PACKAGES.items():
                    if name.startswith(package + "."):
                        return framework
        if isinstance(value, Inst):
            for base in self._bases(value.cls):
                if base.split(".", 1)[0] in t.JAVASCRIPT_PACKAGES:
                    return t.JAVASCRIPT_PACKAGES[base.split(".", 1)[0]]
        return None

    def _nest(self, module: Module, number: int, function: Function) -> None:
        for decorator in function.decorators:
            node = plain(decorator)
            if isinstance(node, CallRef):
                node = plain(module.facts.calls[node.call].callee)
            name = dotted(module, node)
            package, _, last = name.rpartition(".")
            if (package in t.NEST_PACKAGES and last in t.NEST_DECORATORS) or (
                package in t.GRAPHQL_PACKAGES and last in t.GRAPHQL_DECORATORS
            ):
                self.add((module.path, number), t.NEST)
        if function.cls >= 0:
            for interface in module.facts.classes[function.cls].interfaces:
                if t.NEST_INTERFACES.get(last_name(module, interface)) == function.name:
                    self.add((module.path, number), t.NEST)
        elif function.used_as.startswith("key:") and self.imports[module.path] & _GRAPHQL_SERVERS:
            self._resolver(module, number)

    def _resolver(self, module: Module, number: int) -> None:
        """An entry of ``{Query: {…}, Mutation: {…}}``."""
        for binding in module.facts.bindings:
            for assign in binding.assigns:
                self._resolver_map(module, assign.value, number)
        for call in module.facts.calls:
            for argument in call.args:
                self._resolver_map(module, argument.value, number)
        for export in module.facts.exports:
            if export.value is not None:
                self._resolver_map(module, export.value, number)

    def _resolver_map(self, module: Module, node: Value, number: int, depth: int = 0) -> None:
        node = plain(node)
        if not isinstance(node, Object) or depth > 3:
            return
        for entry in node.entries:
            value = plain(entry.value)
            if not isinstance(value, Object) or not isinstance(entry.key, Literal):
                continue
            if entry.key.value in ("Query", "Mutation", "Subscription"):
                for inner in value.entries:
                    if isinstance(inner.value, FunctionRef) and inner.value.function == number:
                        self.add((module.path, number), t.GRAPHQL)
            else:
                self._resolver_map(module, value, number, depth + 1)

    def _by_parameters(self, module: Module, number: int, function: Function) -> None:
        """``(req, res) => …`` that answers through ``res``, wherever it is registered; types say more than names."""
        if module.side == "client":
            return
        params = function.params
        declared = self._declared_type(module, number)
        if declared in t.FUNCTION_TYPES:
            self.add((module.path, number), t.FUNCTION_TYPES[declared])
            return
        if len(params) < 2 or params[0].kind != "normal":
            return
        for param in params[:2]:
            if param.type is not None:
                for name in external_types(self.project.evaluator, module, param.type):
                    if name in t.PARAMETER_TYPES:
                        self.add((module.path, number), t.PARAMETER_TYPES[name])
                        return
        names = [param.name.lstrip("_") for param in params[:3]]
        if names[0] in ("req", "request") and names[1] in ("res", "response", "reply") and _answers(module, number):
            if names[1] == "reply":
                self.add((module.path, number), t.FASTIFY)
            elif re.search(r"(?:^|/)pages/api/", module.path):
                self.add((module.path, number), t.NEXT_API)
            else:
                self.add((module.path, number), t.EXPRESS)

    def _declared_type(self, module: Module, number: int) -> str:
        index: dict[int, NamedType] | None = module.__dict__.get("_declared_types")
        if index is None:
            index = module.__dict__["_declared_types"] = {}
            for binding in module.facts.bindings:
                for assign in binding.assigns if isinstance(binding.type, NamedType) else ():
                    value = plain(assign.value)
                    if isinstance(value, FunctionRef) and isinstance(binding.type, NamedType):
                        index.setdefault(value.function, binding.type)
        declared = index.get(number)
        names = [] if declared is None else external_types(self.project.evaluator, module, declared)
        return names[0] if names else ""

    # ----------------------------------------------------------------------------------------------------- Python

    def _python(self, path: str, module: Module) -> None:
        imported = self.imports[path]
        web = next((f for name, f in t.PYTHON_PACKAGES.items() if name in imported), None)
        django = any(name in imported for name in t.DJANGO_IMPORTS)
        for number, function in enumerate(module.facts.functions):
            if not number:
                continue
            background = False
            for decorator in function.decorators:
                verdict = self._decorator(module, decorator, web)
                if isinstance(verdict, Framework):
                    self.add((path, number), verdict)
                background = background or verdict is True
            if background:
                continue
            if function.cls >= 0:
                self._method(module, number, function)
            elif function.name in ("lambda_handler", "handler") and function.parent == 0:
                names = [param.name.lstrip("_") for param in function.params]
                if (
                    len(names) >= 2
                    and names[0] in ("event", "evt")
                    and (function.name != "handler" or names[1] in ("context", "ctx"))
                ):
                    self.add((path, number), t.LAMBDA)
            elif (django and function.parent == 0 and function.params and function.params[0].name == "request") or (
                function.params and function.params[0].name == "request" and self._is_middleware(module, function)
            ):
                self.add((path, number), t.DJANGO)
            for param in function.params:
                self._dependency(module, param.default)
                if isinstance(param.type, NamedType):
                    for value in param.type.values:
                        self._dependency(module, value)
        for call in module.facts.calls:
            self._python_registration(module, call)

    def _decorator(self, module: Module, node: Value, web: Framework | None) -> Framework | bool:
        """The framework that a decorator registers with; True: it makes a background task; False: neither."""
        node = plain(node)
        if isinstance(node, CallRef) and 0 <= node.call < len(module.facts.calls):
            call = module.facts.calls[node.call]
            node = plain(call.callee)
            for argument in call.args:
                if argument.name == "dependencies" and isinstance(argument.value, Array):
                    for item in argument.value.items:
                        self._dependency(module, item)
        name = dotted(module, node)
        if name in t.PYTHON_DECORATORS:
            return t.PYTHON_DECORATORS[name]
        last = name.rsplit(".", 1)[-1]
        if last in t.BACKGROUND_DECORATORS:
            return True
        if not isinstance(node, Member) or last not in t.PYTHON_VERBS:
            return False
        if literal_key(node) == "command" or (
            isinstance(plain(node.object), Member) and literal_key(plain(node.object)) == "cli"
        ):
            return True
        vague = False
        for value in options(self.project.value(module, node.object)):
            package = self._python_package(value)
            if package in t.PYTHON_PACKAGES:
                return t.PYTHON_PACKAGES[package]
            vague = vague or not isinstance(value, (CallV, Inst, Obj, Func))
        return web if vague and web is not None else False

    def _python_package(self, value: Val) -> str:
        if isinstance(value, CallV):
            return _package(value.callee).split(".", 1)[0]
        if isinstance(value, Inst):
            for base in self._bases(value.cls):
                if base.split(".", 1)[0] in t.PYTHON_PACKAGES:
                    return base.split(".", 1)[0]
        if isinstance(value, External):
            return value.package.split(".", 1)[0]
        if value.decl is not None:
            for name in external_types(self.project.evaluator, *value.decl):
                return name.split(".", 1)[0]
        return ""

    def _bases(self, cls: Cls) -> list[str]:
        """Dotted names of a class's bases outside the project."""
        found = []
        for owner in self.project.evaluator.lineage(cls):
            for base in owner.module.facts.classes[owner.cls].bases:
                for value in options(self.project.value(owner.module, base)):
                    name = dotted_value(value)
                    if isinstance(value, External):
                        found.append(name)
                    elif isinstance(value, (MemberV, CallV)):
                        found.append(dotted(owner.module, base))
        return found

    def _method(self, module: Module, number: int, function: Function) -> None:
        cls = Cls(Place(module.path, function.start, function.end), module, function.cls)
        bases = self._bases(cls)
        for rule in t.CLASS_RULES:
            if function.name in rule.methods or (rule.prefix and function.name.startswith(rule.prefix)):
                for base in bases:
                    if any(base == package or base.startswith(package + ".") for package in rule.packages):
                        self.add((module.path, number), rule.framework)
                        return
        if function.name == "__call__" and len(function.params) > 1 and function.params[1].name == "request":
            names = {
                param.name
                for other in module.facts.functions
                if other.cls == function.cls and other.name == "__init__"
                for param in other.params
            }
            if "get_response" in names:
                self.add((module.path, number), t.DJANGO)

    def _is_middleware(self, module: Module, function: Function) -> bool:
        outer = module.facts.functions[function.parent]
        return function.parent > 0 and any(param.name == "get_response" for param in outer.params)

    def _dependency(self, module: Module, node: Value | None) -> None:
        node = plain(node) if node is not None else None
        if not isinstance(node, CallRef) or not 0 <= node.call < len(module.facts.calls):
            return
        call = module.facts.calls[node.call]
        if dotted(module, call.callee) in t.DEPENDENCY_CALLS and call.args:
            self.add_all(module, [call.args[0].value], t.FASTAPI, dependency=True)

    def _python_registration(self, module: Module, call: Call) -> None:
        name = dotted(module, call.callee)
        last = name.rsplit(".", 1)[-1]
        if name in t.DJANGO_ROUTES:
            self.add_all(module, (argument.value for argument in call.args[1:2]), t.DJANGO)
        elif last in t.ROUTE_CALLS and "." in name:
            self.add_all(
                module,
                (
                    a.value
                    for index, a in enumerate(call.args)
                    if index in (1, 2) or a.name in ("view_func", "endpoint", "handler")
                ),
                t.PYTHON_WEB,
            )
        elif name in t.ROUTE_OBJECTS:
            self.add_all(
                module,
                (a.value for index, a in enumerate(call.args) if index in (1, 2) or a.name in ("endpoint", "handler")),
                t.PYTHON_WEB,
            )


_GRAPHQL_SERVERS = frozenset(
    {
        "@apollo/server",
        "apollo-server",
        "apollo-server-express",
        "graphql-yoga",
        "graphql-tools",
        "@graphql-tools/schema",
    }
    | {"graphql", "graphql-tag", "mercurius"}
)


def _worker_like(value: Func) -> bool:
    params = value.module.facts.functions[value.function].params
    return len(params) >= 2 and params[1].name.lstrip("_") == "env"


def _package(value: Val) -> str:
    """The package that a callee comes from; ``node:`` taken off."""
    for _ in range(20):
        if isinstance(value, External):
            return value.package.removeprefix("node:")
        if isinstance(value, MemberV):
            value = value.base
        elif isinstance(value, CallV):
            value = value.callee
        else:
            break
    return value.path[0] if isinstance(value, GlobalV) and value.path else ""


def _text(call: Call, index: int) -> str | None:
    """A literal argument's text; a template counts by its first part."""
    if index >= len(call.args):
        return None
    node = plain(call.args[index].value)
    if isinstance(node, Template) and node.parts:
        node = node.parts[0]
    return node.value if isinstance(node, Literal) and isinstance(node.value, str) else None


def _answers(module: Module, number: int) -> bool:
    from .consumption import RESPONDS, is_response
    from .flow import root

    answers = RESPONDS | {
        "status",
        "set",
        "type",
        "code",
        "header",
        "writeHead",
        "write",
        "cookie",
        "sendfile",
        "download",
    }
    inside = {number}
    for other, function in enumerate(module.facts.functions):
        if other and function.parent in inside:
            inside.add(other)
    for place in inside:
        for row in module.calls_in.get(place, []):
            callee = plain(module.facts.calls[row].callee)
            if (
                isinstance(callee, Member)
                and literal_key(callee) in answers
                and is_response(module, root(callee, module))
            ):
                return True
    return False


def _chain(module: Module, callee: Value) -> list[str]:
    """The names that a chain of members and calls is made of, lower case, the last one first and the variable at the end."""
    names: list[str] = []
    node: Value = callee
    for _ in range(40):
        node = plain(node)
        if isinstance(node, Member):
            names.append((literal_key(node) or "").lower())
            node = node.object
        elif isinstance(node, CallRef):
            node = module.facts.calls[node.call].callee
        else:
            break
    names.append(module.facts.bindings[node.binding].name.lower() if isinstance(node, Name) else "")
    return names
