"""Where a JavaScript or TypeScript import leads.

Every rule here is checked against the list of files: a mapping that leads to no file is no mapping. So the many ways in
which projects name their modules (compiler, bundler, package manager) can be tried one after the other, in the order in
which a build would look at them, without ever guessing.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from .written import bare, key_of

_TYPESCRIPT = (".ts", ".tsx", ".mts", ".cts")
_DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
_ENDINGS = (
    *(*_TYPESCRIPT, ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".astro", ".json"),
    *_DECLARATIONS,
)
_RANK = {ending: rank for rank, ending in enumerate(_ENDINGS)}
_COMPILED = {
    ".js": (".ts", ".tsx", ".d.ts"),
    ".jsx": (".tsx", ".ts"),
    ".mjs": (".mts", ".d.mts"),
    ".cjs": (".cts", ".d.cts"),
}
_PLATFORMS = (".native", ".ios", ".android", ".web", ".windows", ".macos")
_ENTRY_FIELDS = ("source", "svelte", "module", "main", "browser", "react-native", "types", "typings")
_CONDITIONS = ("source", "development", "svelte", "import", "module", "browser", "default", "node", "require", "types")
_DEPENDENCIES = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
_BUILT = {"dist", "build", "lib", "out", "esm", "cjs", "es", "es6", "es2015", "es2020", "umd", "module", "modules"}
_BUILT |= {"commonjs", "types", "typings", "dist-es", "node", "browser"}
_FIXTURES = frozenset(("fixtures", "__fixtures__", "__mocks__", "__tests__", "templates", "template", "testdata"))
_FALLBACK_FOLDERS = ("src", "", "app", "resources/js")
_QUOTES = "'\"`"
_DEPTH = 8

_TSCONFIG = re.compile(r"(?:[\w.-]+\.)?(?:ts|js)config(?:[.-][\w.-]+)?\.json\Z")
_BUNDLER = re.compile(
    r"(?:(?:vite|vitest|webpack|vue|craco|babel|next|nuxt|svelte|astro|rollup|rspack|rsbuild|quasar|electron\.vite|metro"
    r"|remix|farm|esbuild|config-overrides)\b[\w.-]*\.(?:[cm]?[jt]s|json)|\.babelrc(?:\.[cm]?js|\.json)?)\Z"
)
_CONFIG_FOLDERS = frozenset(("config", "configs", "build", "webpack", "scripts", ".storybook", "internals", "tools"))
_URL = re.compile(r"https?://(?:[\w.-]+)/(?:npm/|v\d+/|pin/|-/)?((?:@[\w.-]+/)?[\w.-]+)")


# ------------------------------------------------------------------------------------------------------------- text


_JSONC = re.compile(r'("(?:\\.|[^"\\\n])*(?:"|(?=\n)|\Z))|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
_TRAILING = re.compile(r'("(?:\\.|[^"\\\n])*(?:"|(?=\n)|\Z))|,(?=\s*[}\]])', re.DOTALL)


def parse_jsonc(data: bytes | None) -> dict[str, Any]:
    """A JSON object with comments and trailing commas; {} for anything else."""
    if not data:
        return {}
    text = data.decode("utf-8-sig", "replace")
    for pattern in (_JSONC, _TRAILING):
        text = pattern.sub(lambda found: found.group(1) or "", text)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _join(folder: str, rest: str) -> str | None:
    """A normalised path below the root, or None if it leaves it."""
    path = posixpath.normpath(f"{folder}/{rest}" if folder else rest)
    if path.startswith(("../", "/")) or path == "..":
        return None
    return "" if path == "." else path


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _ancestors(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = _parent(folder)
    yield ""


def _strings(value: object, depth: int = 0) -> Iterator[str]:
    """The targets in an ``exports`` or ``imports`` value, the likeliest source first."""
    if isinstance(value, str):
        yield value
    elif depth > _DEPTH:
        return
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item, depth + 1)
    elif isinstance(value, dict):
        order = [key for key in _CONDITIONS if key in value] + [key for key in value if key not in _CONDITIONS]
        for key in order:
            yield from _strings(value[key], depth + 1)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def package_name(specifier: str) -> str:
    """``@scope/name/sub`` → ``@scope/name``; "" where a specifier cannot name a package."""
    parts = specifier.split("/")
    if specifier.startswith("@"):
        return "/".join(parts[:2]) if len(parts) > 1 and len(parts[0]) > 1 and parts[1] else ""
    return parts[0] if re.match(r"[A-Za-z0-9]", specifier) else ""


# ---------------------------------------------------------------------------------------------------------- aliases


_ALIAS_HEAD = re.compile(r"\b(?:alias|aliases|resolveAlias|entries)['\"]?\s*[:=]\s*([{\[])")
_STRING = r"""(?:'[^'\n]*'|"[^"\n]*"|`[^`\n]*`)"""
_CALL = r"(?:new\s+)?[A-Za-z_$][\w$.]{0,60}\((?:[^()]|\((?:[^()]|\([^()]*\)){0,300}\)){0,300}?\)"
_VALUE = rf"(?P<value>{_STRING}|{_CALL})"
_ENTRY = re.compile(rf"(?P<key>'[^'\n]+'|\"[^\"\n]+\"|[A-Za-z_$][\w$]*)\s*:\s*{_VALUE}")
_FIND = re.compile(rf"find\s*:\s*(?P<key>{_STRING})\s*,\s*replacement\s*:\s*{_VALUE}")
_SET = re.compile(rf"\.set\(\s*(?P<key>{_STRING})\s*,\s*{_VALUE}")
_ANY_STRING = re.compile(_STRING)
_HOLE = re.compile(r"\$\{[^}]*\}")


def _balanced(text: str, start: int) -> str:
    """The text from an opening bracket to its end (strings are not looked into: configurations are tame)."""
    depth = 0
    for index in range(start, min(len(text), start + 20_000)):
        char = text[index]
        if char in "{[(":
            depth += 1
        elif char in "}])":
            depth -= 1
            if depth == 0:
                return text[start : index + 1]
    return text[start : start + 20_000]


def plain_aliases(text: str) -> list[tuple[str, str]]:
    """(key, path as written) of the aliases that a bundler's configuration gives as plain paths."""
    found = []
    blocks = [_balanced(text, head.start(1)) for head in islice(_ALIAS_HEAD.finditer(text), 20)]
    entries = [entry for block in blocks for entry in (*_ENTRY.finditer(block), *_FIND.finditer(block))]
    for entry in (*entries, *islice(_SET.finditer(text), 200)):
        key = entry["key"].strip(_QUOTES)
        parts = [_HOLE.sub("", part[1:-1]).lstrip("/") for part in _ANY_STRING.findall(entry["value"])]
        if parts and key not in ("find", "replacement"):
            found.append((key, "/".join(part for part in parts if part) or "."))
    return found


# ------------------------------------------------------------------------------------------------------------ rules


@dataclass
class _Rules:
    """How one configuration maps specifiers: exact ones, (prefix, suffix) around a star, and a base for bare ones."""

    exact: dict[str, tuple[str, ...]] = field(default_factory=dict)
    wild: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    base: str | None = None

    def add(self, key: str, targets: Iterable[str | None]) -> None:
        inside = tuple(target for target in targets if target is not None)
        if not inside:
            return
        if "*" in key:
            prefix, _, suffix = key.partition("*")
            self.wild.append((prefix, suffix, inside))
            self.wild.sort(key=lambda rule: -len(rule[0]))
        else:
            self.exact.setdefault(key, inside)

    def targets(self, specifier: str) -> Iterator[str]:
        yield from self.exact.get(specifier, ())
        for prefix, suffix, targets in self.wild:
            star = _star(specifier, prefix, suffix)
            if star is not None:
                for target in targets:
                    yield target.replace("*", star, 1)
        if self.base is not None:
            yield f"{self.base}/{specifier}" if self.base else specifier

    def __bool__(self) -> bool:
        return bool(self.exact or self.wild or self.base is not None)


def _star(text: str, prefix: str, suffix: str) -> str | None:
    """What stands for the star of ``prefix*suffix`` in ``text``."""
    if len(text) >= len(prefix) + len(suffix) and text.startswith(prefix) and text.endswith(suffix):
        return text[len(prefix) : len(text) - len(suffix)]
    return None


class JavaScript:
    """The modules among ``files``; ``read`` gives the content of one of them."""

    def __init__(self, files: frozenset[str], read: Callable[[str], bytes | None]) -> None:
        self._files = files
        self._read = read
        self._stems: dict[str, list[str]] = {}
        self._twins: dict[str, list[str]] = {}
        self._configs: dict[str, list[str]] = {}
        self._bundlers: list[str] = []
        self._package_folders: set[str] = set()
        for file in files:
            self._index(file)
        self._manifests: dict[str, dict[str, Any]] = {}
        self._loaded: dict[str, _Rules] = {}
        self._scopes: dict[str, tuple[_Rules, ...]] = {}
        self._at: dict[tuple[str, bool], tuple[str, ...]] = {}
        self._resolved: dict[tuple[str, bool, str], tuple[str, ...]] = {}
        self._aliases: dict[str, _Rules] | None = None
        self._workspace: dict[str, list[str]] | None = None
        self._keys: dict[str, set[str]] | None = None
        self._wild_rules: list[tuple[str, str, str]] = []

    def _index(self, file: str) -> None:
        folder, _, name = file.rpartition("/")
        if name == "package.json":
            self._package_folders.add(folder)
        elif name.endswith(".json") and _TSCONFIG.match(name):
            self._configs.setdefault(folder, []).append(name)
        elif _BUNDLER.match(name):
            self._bundlers.append(file)
        dot = name.rfind(".")
        ending = name[dot:] if dot > 0 else ""
        if ending in _TYPESCRIPT and name[:dot].endswith(".d"):
            ending = f".d{ending}"
        if ending not in _RANK:
            return
        stem = file[: -len(ending)]
        self._stems.setdefault(stem, []).append(file)
        if ending in _DECLARATIONS:
            self._stems.setdefault(f"{stem}.d", []).append(file)  # "./api.d"
        if stem.endswith(_PLATFORMS):
            self._twins.setdefault(stem.rpartition(".")[0], []).append(file)

    # -------------------------------------------------------------------------------------------------- entry points

    def resolve(self, path: str, specifier: str) -> tuple[str, ...]:
        folder = _parent(path)
        typed = path.endswith(_TYPESCRIPT)
        key = (folder, typed, specifier)
        known = self._resolved.get(key)
        if known is None:
            known = self._resolved[key] = self._resolve(folder, bare(specifier), typed, 0)
        return known

    def external(self, path: str, specifier: str) -> str:
        specifier = bare(specifier)
        url = _URL.match(specifier)
        if url:
            return url[1].partition("@")[0] if not url[1].startswith("@") else "@" + url[1][1:].partition("@")[0]
        for scheme in ("node:", "npm:", "jsr:", "bun:"):
            specifier = specifier.removeprefix(scheme)
        name = package_name(specifier.lstrip("/") if "npm:" in specifier else specifier)
        name = name[:1] + name[1:].partition("@")[0]
        for folder in self._packages_above(_parent(path)):
            manifest = self._manifest(folder)
            for kind in _DEPENDENCIES:
                version = _dict(manifest.get(kind)).get(name)
                if isinstance(version, str) and version.startswith("npm:"):
                    real = package_name(version.removeprefix("npm:"))
                    return real[:1] + real[1:].partition("@")[0]
        return name

    # ----------------------------------------------------------------------------------------------------- resolving

    def _resolve(self, folder: str, specifier: str, typed: bool, depth: int) -> tuple[str, ...]:
        if not specifier or depth > _DEPTH:
            return ()
        if specifier.startswith("."):
            base = _join(folder, specifier)
            if base is None:
                return ()
            only_folder = specifier.endswith("/") or specifier.rpartition("/")[2] in (".", "..")
            return self._folder_at(base, typed) if only_folder else self._module_at(base, typed)
        if specifier.startswith("/"):
            return self._absolute(folder, specifier, typed)
        if specifier.startswith("#"):
            found = self._subpath_import(folder, specifier, typed, depth)
            if found:
                return found
        for rules in self._scope(folder):
            for target in rules.targets(specifier):
                found = self._module_at(target.rstrip("/"), typed)
                if found:
                    return found
        return (
            self._workspace_package(folder, specifier, typed)
            or self._conventional(folder, specifier, typed)
            or self._source_root(folder, specifier, typed)
        )

    def _absolute(self, folder: str, specifier: str, typed: bool) -> tuple[str, ...]:
        """``/src/main.ts``: from the package's folder, as development servers and Meteor do."""
        rest = specifier.lstrip("/")
        for base in (*self._packages_above(folder), ""):
            for public in ("", "public"):
                target = _join(base, f"{public}/{rest}" if public else rest)
                found = self._module_at(target, typed) if target else ()
                if found:
                    return found
        return ()

    def _module_at(self, base: str, typed: bool) -> tuple[str, ...]:
        key = (base, typed)
        known = self._at.get(key)
        if known is None:
            self._at[key] = ()  # a package whose entry is its own folder ends here
            known = self._at[key] = self._file_at(base, typed) or self._folder_at(base, typed)
        return known

    def _file_at(self, base: str, typed: bool) -> tuple[str, ...]:
        exact = (base,) if base in self._files else ()
        if exact and not typed:
            return exact
        stem, dot, ending = base.rpartition(".")
        sources = _COMPILED.get(dot + ending)
        if sources:
            for source in sources:
                if stem + source in self._files and not (exact and source.startswith(".d")):
                    return (stem + source,)
        if exact:
            return exact
        found = self._best(self._stems.get(base, ()))
        twins = self._twins.get(base)
        if not twins:
            return found
        by_platform: dict[str, list[str]] = {}
        for twin in twins:
            platform = twin[len(base) + 1 :].partition(".")[0]
            by_platform.setdefault(platform, []).append(twin)
        return (*found, *(file for platform in sorted(by_platform) for file in self._best(by_platform[platform])))

    @staticmethod
    def _best(candidates: Iterable[str]) -> tuple[str, ...]:
        best = min(candidates, key=_ending_rank, default=None)
        return (best,) if best else ()

    def _folder_at(self, base: str, typed: bool) -> tuple[str, ...]:
        if base in self._package_folders:
            found = self._entry(base, "", typed)
            if found:
                return found
        return self._file_at(f"{base}/index" if base else "index", typed)

    # ------------------------------------------------------------------------------------------------------ packages

    def _manifest(self, folder: str) -> dict[str, Any]:
        known = self._manifests.get(folder)
        if known is None:
            path = f"{folder}/package.json" if folder else "package.json"
            known = self._manifests[folder] = parse_jsonc(self._read(path))
        return known

    def _packages_above(self, folder: str) -> Iterator[str]:
        return (ancestor for ancestor in _ancestors(folder) if ancestor in self._package_folders)

    def _entry(self, folder: str, sub: str, typed: bool) -> tuple[str, ...]:
        """The file of package ``folder``'s main entry, or of a sub-path."""
        manifest = self._manifest(folder)
        exports = manifest.get("exports")
        for target in _exported(exports, f"./{sub}" if sub else "."):
            found = self._source_of(folder, target, typed)
            if found:
                return found
        if sub:
            found = self._source_of(folder, sub, typed)
            if found:
                return found
            candidates = [f"src/{sub}", f"lib/{sub}"]
        else:
            for name in _ENTRY_FIELDS:
                main = manifest.get(name)
                found = self._source_of(folder, main, typed) if isinstance(main, str) else ()
                if found:
                    return found
            candidates = ["index", "src/index", "lib/index", "src/main", "src/lib/index"]
        for candidate in candidates:
            at = _join(folder, candidate)
            found = self._file_at(at, typed) if at is not None else ()
            if not found and sub and at is not None:
                found = self._file_at(f"{at}/index", typed)
            if found:
                return found
        return ()

    def _source_of(self, folder: str, target: str, typed: bool) -> tuple[str, ...]:
        """A target of a manifest; where it names built output that is not in the project, its source."""
        plain = _join(folder, target.lstrip("/"))
        if plain is None:
            return ()
        found = self._file_at(plain, typed) or (self._file_at(f"{plain}/index", typed) if plain != folder else ())
        if found:
            return found
        rest = plain[len(folder) :].strip("/").split("/")
        while len(rest) > 1 and rest[0] in _BUILT:
            rest.pop(0)
            tail = "/".join(rest)
            for ending in _ENDINGS:
                if tail.endswith(ending):
                    tail = tail[: -len(ending)]
            for source in ("src/", "", "lib/", "source/"):
                at = _join(folder, source + tail)
                found = self._file_at(at, typed) if at else ()
                if found:
                    return found
        return ()

    def _subpath_import(self, folder: str, specifier: str, typed: bool, depth: int) -> tuple[str, ...]:
        for package in self._packages_above(folder):
            imports = self._manifest(package).get("imports")
            if not isinstance(imports, dict):
                continue
            for target in _exported(imports, specifier):
                if target.startswith("."):
                    found = self._source_of(package, target, typed)
                elif target != specifier:
                    found = self._resolve(package, target, typed, depth + 1)
                else:
                    found = ()
                if found:
                    return found
        return ()

    def _workspace_names(self) -> dict[str, list[str]]:
        if self._workspace is None:
            self._workspace = {}
            for folder in sorted(self._package_folders):
                name = self._manifest(folder).get("name")
                if isinstance(name, str) and name:
                    self._workspace.setdefault(name, []).append(folder)
        return self._workspace

    def _package_folder(self, folder: str, name: str) -> str | None:
        """The folder of the project's package ``name``, as seen from ``folder``."""
        ranked = []
        for candidate in self._workspace_names().get(name, ()):
            aside = next((part for part in candidate.split("/") if part in _FIXTURES), None)
            if aside is None or f"/{aside}/" in f"/{folder}/":
                ranked.append((-len(posixpath.commonprefix((candidate + "/", folder + "/"))), candidate))
        return min(ranked)[1] if ranked else None

    def _workspace_package(self, folder: str, specifier: str, typed: bool) -> tuple[str, ...]:
        name = package_name(specifier)
        home = self._package_folder(folder, name) if name else None
        return () if home is None else self._entry(home, specifier[len(name) + 1 :].rstrip("/"), typed)

    # -------------------------------------------------------------------------------------------------- conventions

    def _conventional(self, folder: str, specifier: str, typed: bool) -> tuple[str, ...]:
        """Aliases that frameworks define by themselves: ``$lib`` (SvelteKit), ``#shared`` (Nuxt), ``@/`` ``~/`` ``~~/`` ``@@/``."""
        head, _, rest = specifier.partition("/")
        if head == "$lib":
            folders: tuple[str, ...] = ("src/lib",)
        elif head == "#shared":
            folders = ("shared",)
        elif head in ("~~", "@@"):
            folders = ("",)
        elif head in ("@", "~") and rest:
            folders = _FALLBACK_FOLDERS
        else:
            return ()
        packages = list(self._packages_above(folder))
        for package in packages:
            found = self._only_one(package, folders, rest, typed)
            if found:
                return found
        if packages:
            return ()
        candidates = {found for base in _ancestors(folder) if (found := self._only_one(base, folders, rest, typed))}
        return candidates.pop() if len(candidates) == 1 else ()

    def _only_one(self, base: str, folders: tuple[str, ...], rest: str, typed: bool) -> tuple[str, ...]:
        found = set()
        for sub in folders:
            target = _join(base, "/".join(part for part in (sub, rest) if part) or ".")
            if target is not None:
                found.add(self._module_at(target, typed))
        found.discard(())
        return found.pop() if len(found) == 1 else ()

    def _source_root(self, folder: str, specifier: str, typed: bool) -> tuple[str, ...]:
        """``components/x`` where no package can be meant: module roots of webpack, Babel, Jest, ``NODE_PATH``."""
        name = package_name(specifier)
        packages = list(self._packages_above(folder))
        if not name or "/" not in specifier or not packages or name.startswith("@"):
            return ()
        if any(name in _dict(self._manifest(package).get(kind)) for package in packages for kind in _DEPENDENCIES):
            return ()
        for source in ("src", "", "app"):
            target = _join(packages[0], f"{source}/{specifier}" if source else specifier)
            found = self._module_at(target, typed) if target else ()
            if found:
                return found
        return ()

    # ------------------------------------------------------------------------------------------------ configurations

    def _scope(self, folder: str) -> tuple[_Rules, ...]:
        """The rules for files of a folder, the nearest first."""
        known = self._scopes.get(folder)
        if known is None:
            above = self._scope(_parent(folder)) if folder else ()
            own = [self._tsconfig(path, frozenset()) for path in self._configs_of(folder)]
            own.append(self._bundler_rules().get(folder, _Rules()))
            known = self._scopes[folder] = (*(rules for rules in own if rules), *above)
        return known

    def _configs_of(self, folder: str) -> list[str]:
        """The folder's compiler configurations: the main one, those that it refers to, then the others."""
        names = sorted(self._configs.get(folder, ()), key=_config_order)
        paths = [f"{folder}/{name}" if folder else name for name in names]
        for path in paths[:1]:
            references = parse_jsonc(self._read(path)).get("references")
            for reference in references if isinstance(references, list) else ():
                target = _dict(reference).get("path")
                at = _join(folder, target) if isinstance(target, str) and target.endswith(".json") else None
                if at in self._files and at not in paths:
                    paths.append(at)
        return paths

    def _tsconfig(self, path: str, seen: frozenset[str]) -> _Rules:
        known = self._loaded.get(path)
        if known is not None:
            return known
        rules, _ = self._load_tsconfig(path, seen, _parent(path))
        self._loaded[path] = rules
        return rules

    def _load_tsconfig(self, path: str, seen: frozenset[str], leaf: str) -> tuple[_Rules, str | None]:
        """(rules, folder of the base URL) of a configuration with all that it extends."""
        folder = _parent(path)
        data = parse_jsonc(self._read(path))
        rules, base = _Rules(), None
        extends = data.get("extends")
        for parent in extends if isinstance(extends, list) else (extends,):
            at = self._extended(folder, parent) if isinstance(parent, str) else None
            if at is not None and at not in seen and len(seen) < 32:
                inherited, inherited_base = self._load_tsconfig(at, seen | {path}, leaf)
                base = inherited_base if inherited_base is not None else base
                if inherited.exact or inherited.wild:
                    rules.exact, rules.wild = inherited.exact, inherited.wild
        options = _dict(data.get("compilerOptions"))
        if isinstance(options.get("baseUrl"), str):
            base = _from_config(folder, options["baseUrl"], leaf)
        if isinstance(options.get("paths"), dict):
            rules.exact, rules.wild = {}, []
            for key, targets in options["paths"].items():
                listed = targets if isinstance(targets, list) else [targets]
                start = folder if base is None else base
                rules.add(key, [_from_config(start, target, leaf) for target in listed if isinstance(target, str)])
        rules.base = base
        return rules, base

    def _extended(self, folder: str, parent: str) -> str | None:
        if parent.startswith((".", "/")):
            base = _join(folder, parent)
        else:
            name = package_name(parent)
            home = self._package_folder(folder, name)
            base = None if home is None else _join(home, parent[len(name) + 1 :] or ".")
        if base is None:
            return None
        for candidate in (base, f"{base}.json", f"{base}/tsconfig.json" if base else "tsconfig.json"):
            if candidate in self._files and candidate.endswith(".json"):
                return candidate
        return None

    def _bundler_rules(self) -> dict[str, _Rules]:
        """Rules from bundlers' configurations, by the folder of the package that they build."""
        if self._aliases is None:
            self._aliases = {}
            for config in sorted(self._bundlers):
                text = (self._read(config) or b"").decode("utf-8", "replace")
                if "lias" in text:
                    self._add_aliases(_parent(config), plain_aliases(text))
            for folder in self._package_folders:
                manifest = self._manifest(folder)
                legacy = _dict(manifest.get("_moduleAliases")) or _dict(manifest.get("alias"))
                self._add_aliases(folder, [(k, v) for k, v in legacy.items() if isinstance(v, str)])
                if isinstance(manifest.get("babel"), dict):
                    self._add_aliases(folder, plain_aliases(json.dumps(manifest["babel"])))
        return self._aliases

    def _add_aliases(self, folder: str, aliases: list[tuple[str, str]]) -> None:
        assert self._aliases is not None
        package = next(self._packages_above(folder), None)
        if package is None:
            package = _parent(folder) if folder.rpartition("/")[2] in _CONFIG_FOLDERS else folder
        for key, written in aliases:
            targets = (_join(folder, written.lstrip("/") or "."), _join(package, written.lstrip("/") or "."))
            inside = [target for target in dict.fromkeys(targets) if target is not None]
            rules = self._aliases.setdefault(package, _Rules())
            exact = key.endswith("$")
            stem = key.rstrip("$").removesuffix("/*").rstrip("/")
            if not stem:
                continue
            rules.add(stem, inside)
            if not exact:
                rules.add(f"{stem}/*", [f"{target}/*" if target else "*" for target in inside])

    # ---------------------------------------------------------------------------------------------------------- keys

    def keys(self, path: str) -> frozenset[str]:
        folder, _, name = path.rpartition("/")
        ending = next((e for e in sorted(_ENDINGS, key=len, reverse=True) if name.endswith(e)), "")
        stem = name[: len(name) - len(ending)]
        if not ending:
            return frozenset((key_of(name),))
        for platform in _PLATFORMS:
            stem = stem.removesuffix(platform) or stem
        module = f"{folder}/{stem}" if folder else stem
        found = {stem}
        ways = [module, f"{module}{ending}"]
        if stem == "index":
            found |= {folder, "."}
            ways.append(folder)
        found |= self._package_keys(path, ways)
        keys, wild = self._alias_keys()
        found |= keys.get(path, set())
        for way in ways:
            for prefix, suffix, target in wild:
                before, _, after = target.partition("*")
                star = _star(way, before, after)
                if star is not None:
                    found.add(f"{prefix}{star}{suffix}")
        return frozenset(map(key_of, found))

    def _package_keys(self, path: str, ways: list[str]) -> set[str]:
        found: set[str] = set()
        for package in self._packages_above(_parent(path)):
            manifest = self._manifest(package)
            name = manifest.get("name")
            if path in self._entry(package, "", True):
                found |= {package, "."}
                found |= {name} if isinstance(name, str) else set()
            for table, head in ((manifest.get("exports"), name), (manifest.get("imports"), "")):
                if not isinstance(table, dict) or not isinstance(head, str):
                    continue
                for key, value in table.items():
                    written = head + key[1:] if head else key
                    if "*" not in key:
                        leads = any(path in self._source_of(package, target, True) for target in _strings(value))
                        found |= {written} if leads else set()
                        continue
                    for target in _strings(value):
                        at = _join(package, target)
                        before, _, after = (at or "").partition("*")
                        for way in ways:
                            star = _star(way, before, after) if at else None
                            if star is not None:
                                found.add(written.replace("*", star))
        return found

    def _alias_keys(self) -> tuple[dict[str, set[str]], list[tuple[str, str, str]]]:
        """Files by the exact keys that mean them, and every rule with a star, over all configurations."""
        if self._keys is None:
            self._keys = {}
            wild: set[tuple[str, str, str]] = set()
            exact: set[tuple[str, str]] = set()
            every = [self._tsconfig(path, frozenset()) for folder in self._configs for path in self._configs_of(folder)]
            for rules in (*every, *self._bundler_rules().values()):
                exact.update((key, target) for key, targets in rules.exact.items() for target in targets)
                wild.update((p, s, target) for p, s, targets in rules.wild for target in targets if "*" in target)
            for key, target in exact:
                for typed in (True, False):
                    for file in self._module_at(target, typed):
                        self._keys.setdefault(file, set()).add(key)
            self._wild_rules = sorted(wild)
        return self._keys, self._wild_rules


# ----------------------------------------------------------------------------------------------------------- helpers


def _ending_rank(file: str) -> int:
    stem, _, ending = file.rpartition(".")
    return _RANK[f".d.{ending}"] if stem.endswith(".d") and f".d.{ending}" in _RANK else _RANK[f".{ending}"]


def _exported(table: object, key: str) -> Iterator[str]:
    """Targets that an ``exports``/``imports`` table gives for ``key`` (``.``, ``./sub``, ``#name``)."""
    if not isinstance(table, dict) or not any(str(entry).startswith((".", "#")) for entry in table):
        if key == ".":
            yield from _strings(table)
        return
    if key in table:
        yield from _strings(table[key])
    patterns = sorted((entry for entry in table if "*" in entry), key=lambda entry: -len(entry.partition("*")[0]))
    for pattern in patterns:
        prefix, _, suffix = pattern.partition("*")
        star = _star(key, prefix, suffix)
        if star is not None:
            for target in _strings(table[pattern]):
                yield target.replace("*", star)


def _from_config(folder: str, written: str, leaf: str) -> str | None:
    if written.startswith("${configDir}"):
        return _join(leaf, written.removeprefix("${configDir}").lstrip("/") or ".")
    return _join(folder, written)


def _config_order(name: str) -> tuple[int, str]:
    main = {"tsconfig.json": 0, "jsconfig.json": 1}.get(name, 2)
    return (main + any(word in name for word in ("spec", "test", "cypress", "e2e")), name)
