"""Which side a file, or a place inside it, runs on: ``client``, ``server`` or None (unknown), with the reason in words.

By RULES.md, "The side of a file": what the settings pin, then what the file holds, then where it lies. Only facts and
paths go in; nothing is guessed: a file without a sign is unknown, and rules that need a side are silent there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..facts import Binary, Call, FunctionRef, Global, Import, Literal, Member, Name, Node, Unary, Value
from .modules import Module

Side = str | None
Verdict = tuple[Side, str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


UNKNOWN: Verdict = (None, "nothing in the file tells its side")

NODE_BUILTINS = _words(
    # https://nodejs.org/api/: built-in modules that a bundler for the browser cannot provide.
    "async_hooks child_process cluster dgram diagnostics_channel dns fs http http2 https inspector module net os "
    "perf_hooks readline repl tls trace_events tty v8 vm wasi worker_threads zlib"
)
POLYFILLED_BUILTINS = _words(
    # Names that npm packages for the browser share: a sign of Node only where nothing speaks for the browser.
    "assert buffer console constants crypto events path process punycode querystring stream string_decoder sys timers "
    "url util"
)
SERVER_PACKAGES = _words(
    # Frameworks and drivers that run only in a server process.
    "express fastify koa @koa/router koa-router @hapi/hapi restify hono h3 nitropack polka connect next/server "
    "next/headers @sveltejs/kit/node firebase-admin firebase-functions aws-lambda bullmq bull ioredis pg mysql2 "
    "mongoose mongodb @prisma/client knex typeorm nodemailer apollo-server @apollo/server graphql-yoga @trpc/server node-cron "
    "agenda @google-cloud/functions-framework"
)
SERVER_SCOPES = ("@nestjs/", "@fastify/", "@hapi/", "firebase-functions/")
CLIENT_PACKAGES = _words(
    # Packages that only do anything in a browser (or in a native app), FullStory's own first.
    "@fullstory/browser @fullstory/snippet @fullstory/react-native client-only react-dom react-dom/client react-native "
    "vue svelte jquery preact preact/hooks solid-js solid-js/web next/router"
)
CLIENT_SCOPES = ("@angular/",)
NOT_CLIENT = ("@angular/ssr", "@angular/platform-server", "svelte/server")
REACT_CLIENT_HOOKS = _words("useEffect useLayoutEffect useState useReducer useRef useTransition")
BROWSER_GLOBALS = ("window", "document", "localStorage", "sessionStorage", "XMLHttpRequest", "jQuery", "$", "navigator")
SERVER_GLOBALS = _words(
    # Nitro's and h3's auto-imports (Nuxt server/), Deno, Bun.
    "defineEventHandler eventHandler defineNitroPlugin defineCachedEventHandler Deno Bun"
)
ROUTE_METHODS = _words("GET POST PUT PATCH DELETE HEAD OPTIONS")
PAGE_FUNCTIONS = _words("getServerSideProps getStaticProps getStaticPaths")
ROUTE_FUNCTIONS = _words("loader action")
NEXT_FILES = re.compile(r"(?:page|layout|route|template|loading|not-found|error|global-error|default)\.[cm]?[jt]sx?")

_SERVER_PATHS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:^|/)pages/api/"), "pages/api is server code (Next.js)"),
    (re.compile(r"(?:^|/)\+(?:server|page\.server|layout\.server)\.[^/]+$"), "a SvelteKit server file"),
    (re.compile(r"(?:^|/)src/lib/server/"), "$lib/server is server code (SvelteKit)"),
    (re.compile(r"(?:^|/)[^/]+\.server\.[^/.]+$"), "its name says .server"),
    (re.compile(r"(?:^|/)netlify/functions/|(?:^|/)supabase/functions/"), "a folder of server functions"),
)
_APP = re.compile(r"(?:^|/)app/")
_ROUTE = re.compile(r"(?:^|/)route\.[cm]?[jt]sx?$")
_MIDDLEWARE = re.compile(r"(?:^|/)middleware\.[cm]?[jt]s$")
_CLIENT_NAME = re.compile(r"\.client\.[^/.]+$")
_SERVER_FOLDER = re.compile(r"(?:^|/)server/")
_PAGE_FOLDER = re.compile(r"(?:^|/)(?:pages|routes)/|(?:^|/)app/root\.[jt]sx?$")
_CLIENT_LANGUAGES = frozenset(("vue", "svelte", "html"))
_DATA_LANGUAGES = frozenset(("json", "yaml", "dotenv"))


# --------------------------------------------------------------------------------------------------------- one file


def file_side(
    module: Module, settings_side: Side, client_importers: bool | None = None, next_app: bool | None = None
) -> Verdict:
    """The side of a file as a whole.

    ``settings_side``: what the configuration pins. ``client_importers``: whether a client file imports it (None: not
    known; files under Next's ``app/`` are then judged by what they hold). ``next_app``: whether its ``app/`` folder is
    Next's (None: judged by the file alone).
    """
    if settings_side is not None:
        return settings_side, "the configuration says so"
    facts = module.facts
    if facts.language in _DATA_LANGUAGES:
        return UNKNOWN
    if facts.language == "python":
        return "server", "Python runs on the server"
    if "use server" in facts.directives:
        return "server", "'use server'"
    if "use client" in facts.directives:
        return "client", "'use client'"
    strong = _strong_server(module)
    if strong is not None:
        return strong
    if next_app is None:
        next_app = _is_next_file(module)
    if next_app and client_importers is False and _APP.search(module.path):
        return "server", "a file under Next.js's app/ without 'use client' that no client file imports"
    client = _client(module)
    if client is not None:
        return client
    return _weak_server(module) or UNKNOWN


def _packages(module: Module) -> Iterable[Import]:
    return (item for item in module.facts.imports if not item.type_only and not item.specifier.startswith("."))


def _strong_server(module: Module) -> Verdict | None:
    path = module.path
    for pattern, reason in _SERVER_PATHS:
        if pattern.search(path):
            return "server", reason
    if _ROUTE.search(path) and (_APP.search(path) or any(e.name in ROUTE_METHODS for e in module.facts.exports)):
        return "server", "a Next.js route handler"
    if _MIDDLEWARE.search(path) and _client(module) is None:
        return "server", "middleware runs on the server"
    for item in _packages(module):
        name = item.specifier
        if name == "server-only":
            return "server", "it imports 'server-only'"
        if name.removeprefix("node:").split("/")[0] in NODE_BUILTINS and not name.endswith("/"):
            return "server", f"it imports '{name}' of Node"
        if name in SERVER_PACKAGES or name.startswith(SERVER_SCOPES):
            return "server", f"it imports '{name}'"
    found = SERVER_GLOBALS.intersection(module.facts.globals)
    if found:
        return "server", f"it uses {min(found)}"
    return None


def _weak_server(module: Module) -> Verdict | None:
    for item in _packages(module):
        name = item.specifier
        if name.startswith("node:") or name in POLYFILLED_BUILTINS:
            return "server", f"it imports '{name}' of Node"
    if _SERVER_FOLDER.search(module.path):
        return "server", "it lies in a folder server/"
    return None


def _client(module: Module) -> Verdict | None:
    facts = module.facts
    if facts.language in _CLIENT_LANGUAGES:
        return "client", f"a .{facts.language} file runs in the browser"
    if _CLIENT_NAME.search(module.path):
        return "client", "its name says .client"
    for item in _packages(module):
        name = item.specifier
        if name in CLIENT_PACKAGES or (name.startswith(CLIENT_SCOPES) and not name.startswith(NOT_CLIENT)):
            return "client", f"it imports '{name}'"
        if name == "react" and item.name in REACT_CLIENT_HOOKS:
            return "client", f"it uses {item.name}"
    if "FS" in facts.globals and any(_is_fs(call) for call in facts.calls):
        return "client", "it calls FS"
    if facts.dom:
        return "client", "it has elements of the DOM"
    used = [name for name in BROWSER_GLOBALS if name in facts.globals]
    if used and set(used) & _really_used(module, used):
        return "client", f"it uses {used[0]}"
    return None


def _is_fs(call: Call) -> bool:
    value: Value = call.callee
    while isinstance(value, Member):
        value = value.object
    return isinstance(value, Global) and value.name == "FS"


def _really_used(module: Module, names: list[str]) -> set[str]:
    """Those of the globals that are used otherwise than in ``typeof name``, which isomorphic code writes."""
    tested: dict[str, int] = {}
    used: dict[str, int] = {}
    for node in module.nodes:
        if isinstance(node, Global) and node.name in names:
            used[node.name] = used.get(node.name, 0) + 1
        elif isinstance(node, Unary) and node.op == "typeof" and isinstance(node.value, Global):
            tested[node.value.name] = tested.get(node.value.name, 0) + 1
    # A name that no lowered value shows is used in a way that the facts do not keep: count it as used.
    return {name for name in names if used.get(name, 0) > tested.get(name, 0) or not used.get(name)}


def _is_next_file(module: Module) -> bool:
    """Signs of Next.js in one file under ``app/``."""
    if not _APP.search(module.path):
        return False
    if NEXT_FILES.fullmatch(module.path.rsplit("/", 1)[-1]):
        return True
    return bool(module.facts.directives) or any(
        item.specifier == "next" or item.specifier.startswith("next/") for item in module.facts.imports
    )


# ------------------------------------------------------------------------------------------------ places in a file

_SERVER_FLAGS = {  # expression → side on which it is true
    ("import", "meta", "env", "SSR"): "server",
    ("import", "meta", "server"): "server",
    ("process", "server"): "server",
    ("import", "meta", "client"): "client",
    ("process", "client"): "client",
    ("process", "browser"): "client",
}


def side_at(module: Module, offset: int) -> Verdict:
    """The side of a place inside a file: server functions in it, branches on ``typeof window``, else the file's."""
    function = module.facts.regions[module.region_at(offset)].function if module.facts.regions else 0
    for number in module.enclosing(function):
        if module.facts.functions and module.facts.functions[number].directive == "use server":
            return "server", "'use server'"
    page = _page_function(module, offset)
    if page:
        return "server", f"{page} runs on the server"
    branch = branch_side(module, offset)
    if branch is not None:
        return branch, "a branch on the environment"
    return module.side, module.side_reason


def branch_side(module: Module, offset: int) -> Side:
    """The side that tests of the environment around or before a place leave (``typeof window``), None without such."""
    if module.python or not module.facts.regions:
        return None
    around = module.ancestors(module.region_at(offset))
    for number in around:
        region = module.facts.regions[number]
        if region.test is None:
            continue
        side = _test_side(module, region.test)
        if side is None:
            continue
        if region.kind in ("then", "ternary-then", "and"):
            return side
        if region.kind in ("else", "ternary-else", "or"):
            return _other(side)
    inside = set(around)
    for region in module.facts.regions:
        if (
            region.kind == "then"
            and region.exits
            and region.end <= offset
            and region.parent in inside
            and region.test is not None
        ):
            side = _test_side(module, region.test)
            if side is not None:
                return _other(side)
    return None


def _other(side: str) -> str:
    return "server" if side == "client" else "client"


def _test_side(module: Module, test: Value, depth: int = 0) -> Side:
    """On which side a test is true, None where it says nothing of the side."""
    if depth > 8:
        return None
    if isinstance(test, Unary) and test.op in ("!", "not"):
        side = _test_side(module, test.value, depth + 1)
        return _other(side) if side else None
    if isinstance(test, Binary) and test.op in ("==", "===", "!=", "!=="):
        for left, right in ((test.left, test.right), (test.right, test.left)):
            if (
                isinstance(left, Unary)
                and left.op == "typeof"
                and isinstance(left.value, Global)
                and left.value.name in ("window", "document")
                and isinstance(right, Literal)
            ):
                missing = right.value == "undefined"
                return "server" if missing == (not test.op.startswith("!")) else "client"
    if isinstance(test, Name):
        binding = module.facts.bindings[test.binding]
        if len(binding.assigns) == 1 and binding.kind in ("const", "let", "var"):
            return _test_side(module, binding.assigns[0].value, depth + 1)
    return _SERVER_FLAGS.get(_path_of(test))


def _path_of(value: Value) -> tuple[str, ...]:
    path: list[str] = []
    while isinstance(value, Member) and isinstance(value.key, Literal):
        path.append(str(value.key.value))
        value = value.object
    if isinstance(value, Global):
        return (*value.name.split("."), *reversed(path))
    return ()


def _page_function(module: Module, offset: int) -> str:
    """The name of the server function of a page file that holds a place, "" if none does."""
    names = PAGE_FUNCTIONS
    if _PAGE_FOLDER.search(module.path) or any(i.specifier.startswith("@remix-run/") for i in module.facts.imports):
        names = PAGE_FUNCTIONS | ROUTE_FUNCTIONS
    for name in names:
        index = module.top_level.get(name)
        if index is None:
            continue
        for assign in module.facts.bindings[index].assigns:
            value: Node = assign.value
            if isinstance(value, FunctionRef):
                value = module.facts.functions[value.function]
            if value.start <= offset < value.end or assign.start <= offset < assign.end:
                return name
    return ""


# --------------------------------------------------------------------------------------------------- all files


def assign_sides(
    modules: dict[str, Module],
    resolve: Callable[[Module, Import], tuple[str, ...]],
    pinned: Callable[[str], str | None],
    files: Iterable[str] = (),
) -> None:
    """Set ``side`` and ``side_reason`` of all modules.

    ``resolve``: the paths an import leads to. ``files``: all paths of the project, if at hand (to know Next's folders
    by their ``next.config.*`` and page files where those were not opened).
    """
    roots = _next_roots(modules, files)
    candidates: set[str] = set()
    for path, module in modules.items():
        module.side, module.side_reason = file_side(module, pinned(path), None, False)
        if (
            _app_root(path) in roots
            and not module.facts.directives
            and pinned(path) is None
            and module.facts.language in ("javascript", "typescript", "tsx")
        ):
            candidates.add(path)
    reached = _imported_by_client(modules, resolve, candidates)
    for path in candidates:
        module = modules[path]
        module.side, module.side_reason = file_side(module, None, path in reached, True)


def _app_root(path: str) -> str | None:
    match = _APP.search(path)
    return path[: match.end()] if match else None


def _next_roots(modules: dict[str, Module], files: Iterable[str]) -> set[str]:
    """``…/app/`` folders that are Next's."""
    roots = {root for path, module in modules.items() if _is_next_file(module) and (root := _app_root(path))}
    configured: set[str] = set()
    apps: set[str] = set()
    for path in files:
        name = path.rsplit("/", 1)[-1]
        if name.startswith("next.config."):
            configured.add(path[: -len(name)])
        root = _app_root(path)
        if root:
            apps.add(root)
            if NEXT_FILES.fullmatch(name) and not name.startswith(("error.", "default.", "loading.", "template.")):
                roots.add(root)
    roots.update(root for root in apps if {root[: -len("app/")], root[: -len("src/app/")]} & configured)
    return roots


def _imported_by_client(
    modules: dict[str, Module], resolve: Callable[[Module, Import], tuple[str, ...]], candidates: set[str]
) -> set[str]:
    """Modules that client files import, at any depth: they are in the browser's bundle."""
    stack = [path for path, module in modules.items() if module.side == "client" and path not in candidates]
    seen = set(stack)
    while stack:
        module = modules[stack.pop()]
        for item in module.facts.imports:
            if item.type_only:
                continue
            for target in resolve(module, item):
                other = modules.get(target)
                if other is None or target in seen or "use server" in other.facts.directives:
                    continue
                if other.side == "server":
                    continue
                seen.add(target)
                stack.append(target)
    return seen
