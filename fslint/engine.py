"""The pipeline: settings in, result out. Command line and language server are thin skins over this.

discover → search → parse → facts → link → rules → diagnostics. Nothing here prints, and no content of a file makes it
raise; ``SettingsError`` and ``FileNotFoundError`` (a path that does not exist) are the caller's to show.
"""

from __future__ import annotations

import gc
import json
import os
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .aside import Aside
from .cache import Cache, key_of
from .diagnostics import Diagnostic, Place, Related, apply_precedence
from .discovery import Files, Listing, Selection, discover, is_test
from .frontends import language_of
from .imports import Imports, Scanned, scan
from .imports import load as load_imports
from .index import load as load_index
from .index import signatures
from .runs import Run, Taken, alike, digest_of, digest_of_files, digest_of_names, program
from .runs import dump as dump_run
from .runs import key_of as key_of_run
from .runs import load as load_run
from .search import SEEDS, Search, addresses, is_seed, tracks
from .settings import Settings, SettingsError, git_top
from .text import Undecodable, to_utf8

if TYPE_CHECKING:
    from .facts import FileFacts
    from .inventory import Position
    from .link.modules import Module
    from .link.project import Project
    from .parallel import Extractors
    from .registry import Registry
    from .resolve import Resolver

MAX_ROUNDS = 24
COMPARING = frozenset({"FS201", "FS202", "FS203", "FS401", "FS506", "FS512"})
"""Rules whose findings are about two calls."""
MAX_NAMED = 400
"""A global or injected name in more files than this is no name to search by (``events --unresolved`` says so)."""
MIN_NAMED = 3
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe is not waited for."""
ENOUGH = 500
"""Files from which it pays to look for imports in a process of its own."""
MAX_SEARCHED = 100_000_000
"""Bytes of a file above which it is not opened, not even to see whether it is worth a word."""


@dataclass(slots=True)
class Result:
    """What a run found.

    ``diagnostics``: final (selected, precedence, suppressions, PATHS applied), by path, place and code. ``summary``: the
    JSON contract's. ``notes``: for stderr. ``everything``: what ``diagnostics`` would be without PATHS; ``found``: all
    that the rules said, before ``settle``. ``secrets``: the
    places of keys in a file. ``linked_contents``: texts that stand for other repositories' files. ``project``: None where
    an earlier run's result still stands. ``paths``: the project's files.
    """

    diagnostics: list[Diagnostic]
    suppressed: int
    summary: dict[str, int]
    notes: list[str]
    project: Project | None
    everything: list[Diagnostic] = field(default_factory=list)
    secrets: Callable[[str], list[tuple[int, int]]] = lambda path: []
    linked_contents: Mapping[str, bytes] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    paths: frozenset[str] = frozenset()


class Workspace:
    """The files of one run: what is known of them and how to get at the rest."""

    def __init__(self, settings: Settings, named: Iterable[str] = (), run: bytes | None = None) -> None:
        """``named``: the PATHS. ``run``: the key of an earlier result that may still stand."""
        self.settings = settings
        listing = Listing(settings.root) if git_top(settings.root) is not None else None
        self.cache = Cache(settings.cache_dir)
        self.modules: dict[str, Module] = {}
        self.facts: dict[str, FileFacts | None] = {}
        self.unreadable: dict[str, str] = {}
        self.digests: dict[str, str] = {}
        """Hashes of the contents that the result depends on."""
        self.hashes: dict[str, str] = {}
        """Those that are known, whether or not it does."""
        self.keys: dict[str, str] = {}
        """Where the cache has the facts that it depends on (in hex)."""
        self.addressed = False
        """Whether one of the files that track by themselves has the server API's address."""
        self.holding: dict[str, frozenset[str]] = {}
        """Of names that single files were searched for, who holds them."""
        self.importers = _Importers(self)
        """Those that ``link`` asked for."""
        self.named = frozenset(named)
        self._scan: Aside | None = None
        self._top = f"{settings.root}/"
        keeps = self.cache.works and not settings.overlay
        self.last = last = load_index(self.cache.note("index"))
        self.renewed = False
        """Whether files have changed since ``run`` without a difference to it."""
        self.run = load_run(self.cache.run(run)) if keeps and run is not None else None
        self.names = [call.function.rsplit(".", 1)[-1] for call in settings.calls]
        self._search = Search(settings.root, settings.overlay, self.raw)
        if last is None and listing is not None:
            self._search.begin({*SEEDS, *self.names, *(self.run.needles if self.run else ())})
        now = time.time_ns()
        # Most often the files are those of the last run: how they look is found out while Git lists them.
        before = signatures(settings.root, last.paths, now) if last is not None else None
        self.files: Files = discover(settings, listing)
        self.paths = self.files.known
        if last is None and len(self.files.paths) > ENOUGH and settings.jobs != 1:
            self.scan_imports()
            self._get_ready()
        found = before
        if last.paths != self.files.paths if last is not None else keeps:
            found = signatures(settings.root, self.files.paths, now)
        self.changed = last.changed(self.files.paths, found) if last is not None and found is not None else None
        """The files that look other than after the last run; None where that is not known, or too many to look at."""
        if self.changed is not None:
            self.changed |= self.paths.intersection(settings.overlay)
        self.signatures = found if keeps else None
        if last is not None and self.signatures is not None and self.changed is not None:
            self.hashes = {path: known for path, known in last.digests.items() if path not in self.changed}
        # What is named but is no project file is looked at only to say why it cannot be read (a pipe, say).
        for path in self.named - self.paths:
            if language_of(path) is not None and _is_special(settings.root / path):
                self.content(path)

    def _get_ready(self) -> None:
        """Load what is needed if anything is found, while others still search."""
        from .link import linker  # noqa: F401
        from .rules import all_rules

        all_rules()
        _ = self.resolver

    @cached_property
    def search(self) -> Search:
        """The searches of this run."""
        self._search.settle(self.files, self.last, self.changed)
        return self._search

    @cached_property
    def resolver(self) -> Resolver:
        """Where imports lead."""
        from .resolve import Resolver

        return Resolver(str(self.settings.root), self.files.paths, self.content)

    def close(self) -> None:
        """Keep what makes the next run faster, and let go of the cache."""
        if self.signatures is not None and self._search.asked and self.cache.works:
            hashes = {path: known for path, known in self.hashes.items() if known and path in self.paths}
            found = self.search.index(self.signatures, self._keep_imports())._replace(digests=hashes)
            if found != self.last:
                self.cache.remember("index", found.dump())
        if self._scan is not None:
            self._scan.close()
            self._scan = None
        if "_extractors" in self.__dict__:
            self._extractors.close()
        self.cache.close()
        # Whoever keeps the project keeps this; what was parsed and not taken in is most of it.
        self.facts = {}

    def _keep_imports(self) -> str:
        """The digest of the imports that the cache has after this run; "" for none."""
        known = self.last.imports if self.last is not None and self.changed is not None else ""
        if "imports" not in self.__dict__ and (not known or self.unchanged):
            return known
        if self.imports.digest != known:
            if self._kept is None or self._kept.scanned is not self.imports.scanned:
                self.cache.remember("imports", self.imports.scanned.dump)
            self.cache.remember("imports-changed", self.imports.dump_changed())
        return self.imports.digest

    def imports_digest(self) -> str:
        """The digest of ``imports``, read from the last run's notes where nothing has changed."""
        return (
            self.last.imports if self.last is not None and self.last.imports and self.unchanged else self.imports.digest
        )

    @property
    def unchanged(self) -> bool:
        """Whether the files are those of the last run, and look as they did."""
        return self.changed == set() and self.last is not None and self.last.paths == self.files.paths

    @cached_property
    def _kept(self) -> Imports | None:
        """The imports of all files after the last run."""
        if self.last is None or self.changed is None or not self.last.imports:
            return None
        return load_imports(self.cache.note("imports"), self.cache.note("imports-changed"), self.last.imports)

    @cached_property
    def imports(self) -> Imports:
        """Who imports what."""
        if self.last is not None and self.changed is not None and self._kept is not None:
            if self.unchanged:
                return self._kept
            gone = set(self.last.paths) - self.paths
            found = self._kept.updated(list(filter(_is_code, self.changed)), gone, self._written)
            if found is not None:
                return found
        self.scan_imports()
        assert self._scan is not None
        scanned, self._scan = self._scan.result(), None
        return Imports(Scanned(scanned))

    def scan_imports(self) -> None:
        """Look for all imports, in another process where that is possible, unless they are known."""
        if self._scan is None and "imports" not in self.__dict__ and self._kept is None:
            parallel = self.settings.jobs != 1 and len(self.files.paths) > ENOUGH
            self._scan = Aside(lambda: scan(list(filter(_is_code, self.files.paths)), self._written), parallel)

    def _written(self, path: str) -> bytes:
        """A file's text, for its imports: the result depends on these alone."""
        return self.text(path, seen=False)

    def content(self, path: str) -> bytes | None:
        """A file's bytes as they are, or None (and it is entered as unreadable). The result depends on them from now on."""
        overlay = self.settings.overlay.get(path)
        if overlay is not None:
            return overlay
        data = self.raw(path)
        if path not in self.digests:
            self.digests[path] = self.hashes[path] = digest_of(data)
        return self._small(path, data)

    def _small(self, path: str, data: bytes | None) -> bytes | None:
        """A file's content, unless it is too large (and it is entered as unreadable)."""
        if data is not None and len(data) > self.settings.max_file_size:
            self._too_large(path, len(data))
            return None
        return data

    def digest(self, path: str) -> str:
        """The hash of a file's content, which is not read where it is known and the file looks as it did then."""
        if path not in self.hashes:
            self.hashes[path] = digest_of(self.raw(path))
        return self.hashes[path]

    def _too_large(self, path: str, size: int) -> None:
        limit = self.settings.max_file_size / 1_000_000
        self.unreadable[path] = (
            f"it is larger than the limit ({size / 1_000_000:.1f} MB, max-file-size is {limit:.1f} MB)"
        )

    def raw(self, path: str) -> bytes | None:
        """A file's bytes on the disk, whatever its size."""
        try:
            descriptor = os.open(self._top + path, _READ)
            with os.fdopen(descriptor, "rb", buffering=0) as file:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    self.unreadable[path] = "it is no regular file"
                    return None
                if status.st_size > max(MAX_SEARCHED, self.settings.max_file_size):
                    self._too_large(path, status.st_size)
                    return None
                return file.read()
        except PermissionError:
            self.unreadable[path] = "there is no permission to read it"
        except OSError as error:
            self.unreadable[path] = f"it cannot be read ({error.strerror or error})"
        except ValueError:
            self.unreadable[path] = "its name cannot be used"
        return None

    def text(self, path: str, seen: bool = True) -> bytes:
        """A file's content as its facts see it (UTF-8 without BOM); empty where it cannot be read. Not ``seen``: the result
        depends on it only if the file holds a string that was asked for."""
        overlay = self.settings.overlay.get(path)
        data = self.content(path) if seen or overlay is not None else self.raw(path)
        try:
            return b"" if data is None else to_utf8(data, language_of(path) or "")
        except Undecodable:
            return b""

    @cached_property
    def _extractors(self) -> Extractors:
        from .parallel import Extractors

        return Extractors(self.settings.jobs)

    def addresses(self, paths: Iterable[str]) -> bool:
        """Whether one of some files has the server API's address."""
        for path in sorted(paths):
            if addresses(self.text(path, seen=False)):
                self.content(path)  # now the result depends on this one
                self.addressed = True
                return True
        return False

    def holds(self, name: str) -> frozenset[str]:
        """The files that hold a name."""
        found = self.holding[name] = frozenset(self.search.find({name}))
        return found

    def parse(self, paths: Iterable[str]) -> None:
        """Facts of files, from the cache or by their front end. The result depends on them from now on."""
        texts: dict[str, tuple[bytes, str]] = {}
        for path in paths:
            if path in self.facts or path not in self.paths:
                continue
            self.facts[path] = None
            text = self.parsable(path)
            if text is None:
                self.content(path)
            else:
                texts[path] = text
        keys = {path: key_of(*text) for path, text in texts.items()}
        self.keys.update((path, key.hex()) for path, key in keys.items() if path not in self.settings.overlay)
        self.facts.update(self.facts_of(texts, keys))

    def parsable(self, path: str) -> tuple[bytes, str] | None:
        """A file's text and language; None where there is none (and it is entered as unreadable)."""
        language = language_of(path)
        data = self.settings.overlay.get(path)
        if data is None:
            data = self.raw(path)
            self.hashes[path] = digest_of(data)
            data = self._small(path, data)
        if data is None or language is None:
            return None
        try:
            return to_utf8(data, language), language
        except Undecodable as error:
            self.unreadable[path] = str(error)
            return None

    def facts_of(self, texts: Mapping[str, tuple[bytes, str]], keys: Mapping[str, bytes]) -> dict[str, FileFacts]:
        """Facts of texts. ``keys``: what they are kept under."""
        known = self.cache.get_many(list(keys.values())) if keys else {}
        missing = {key: texts[path] for path, key in keys.items() if key not in known}
        if missing:
            new = dict(zip(missing, self._extractors.facts(list(missing.values())), strict=True))
            known.update(new)
            # An expression that is nested too deeply cannot be written down; it is read anew each time.
            with suppress(RecursionError):
                self.cache.put_many(new)
        return {path: known[key] for path, key in keys.items()}

    def load(self, path: str) -> Module | None:
        """The module of a file, parsed on demand; None where there is no such file or it cannot be read."""
        module = self.modules.get(path)
        if module is not None:
            return module
        if path not in self.paths:
            return None
        if path not in self.facts:
            self.parse([path])
        facts = self.facts.get(path)
        if facts is None:
            return None
        from .link.modules import Module

        module = Module(path, facts, self.settings.exclude_tests and is_test(path))
        self.modules[path] = module
        return module


@contextmanager
def _little_garbage() -> Iterator[None]:
    """Nearly all that a run makes lives until its end: looking for garbage as often as usual took a fifth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, 10, 10)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@_little_garbage()
def link(workspace: Workspace, everything: bool = False) -> Project:
    """Parse what may track, and widen along reverse imports until nothing new appears.

    ``everything``: take in every file instead. What is found is the same; tests hold it."""
    from .link.linker import Linker

    sys.setrecursionlimit(max(sys.getrecursionlimit(), 12_000))
    settings, search = workspace.settings, workspace.search
    hits = search.seeds(workspace.names, workspace.last.needles if workspace.last else ())
    if everything:
        hits |= {p for p in workspace.files.paths if language_of(p) is not None}
    addressed = everything or workspace.addresses(hits)
    hits = {p for p in hits if language_of(p) not in ("json", "yaml")}
    hits = {p for p in hits if language_of(p) != "dotenv" or p in workspace.files.tracked_env}
    # A named file is read whatever the search says of it: it may be UTF-16.
    hits |= {p for p in workspace.named if p in workspace.paths and _is_code(p)}
    workspace.parse(sorted(hits))
    if hits:
        workspace.scan_imports()
    linker = Linker(workspace.load, workspace.resolver, settings, addressed)
    linker.add(m for m in (workspace.load(p) for p in sorted(hits)) if m is not None)
    searched: set[str] = set()
    named: set[str] = set()
    seen: set[str] = set(workspace.facts)
    importers = workspace.importers
    for _ in range(MAX_ROUNDS):
        while drawn := linker.drawn_in():
            linker.add(drawn)
        wanted = linker.wanted()
        known = set(linker.modules)
        names = sorted(linker.names_wanted() - searched)
        search.find(names)
        for name in names:
            searched.add(name)
            holding = workspace.holds(name)
            if len(holding) <= MAX_NAMED and len(name) >= MIN_NAMED:
                named |= holding
            else:
                linker.skip(name, len(holding))
        seen |= importers.of(wanted) | named
        candidates = sorted(
            p for p in seen - known
            if _is_code(p) and not (settings.exclude_tests and is_test(p))
        )  # fmt: skip
        workspace.parse(candidates)
        new = [
            p for p in candidates
            if (facts := workspace.facts.get(p)) is not None and (p in named or linker.imports_wanted(p, facts))
        ]  # fmt: skip
        modules = [m for m in (workspace.load(p) for p in new) if m is not None]
        if not modules:
            break
        linker.add(modules)
    project = linker.project(workspace.files.paths)
    project.unreadable = {
        path: reason for path, reason in workspace.unreadable.items() if path in hits or path in workspace.named
    }
    project.tracked_env = workspace.files.tracked_env
    project.files = workspace.files.paths
    project.read = workspace.content
    project.broken = {
        path
        for path, module in project.modules.items()
        if module.facts.syntax_error is not None
        and (tracks(workspace.text(path), workspace.names) or linker.imports_wanted(path, module.facts))
    }
    project.package_version = _package_versions(workspace)
    _registries(workspace, project)
    _linked_facts(workspace, project)
    return project


class _Importers:
    """The files whose texts show an import that leads to a module."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._leading: dict[str, dict[str, set[str]]] = {}
        self.wanted: set[str] = set()
        self.found: set[str] = set()

    def of(self, wanted: Iterable[str]) -> set[str]:
        """The files that may import one of some modules, or one of those that were asked for before."""
        keys = self._workspace.resolver.importers_keys
        for module in sorted(set(wanted) - self.wanted):
            self.wanted.add(module)
            for key in keys(module):
                self.found.update(self._by_key(key).get(module, ()), self._holding(key))
        return self.found

    def _by_key(self, key: str) -> dict[str, set[str]]:
        """Of the imports that are found by a word: the files that write them, by the module that they lead to."""
        known = self._leading.get(key)
        if known is None:
            known = self._leading[key] = {}
            from .resolve.written import SEPARATOR

            resolver = self._workspace.resolver
            for row, paths in self._workspace.imports.writers(key):
                specifier, _, name = row.partition(SEPARATOR)
                for path in paths:
                    for target in resolver.resolve(path, specifier, name):
                        known.setdefault(target, set()).add(path)
                    if name and (submodule := resolver.submodule(path, specifier, name)) is not None:
                        known.setdefault(submodule, set()).add(path)
        return known

    @cached_property
    def _unclear(self) -> dict[str, bytes]:
        return {path: self._workspace.text(path, seen=False) for path in self._workspace.imports.unclear()}

    def _holding(self, key: str) -> Iterator[str]:
        """Of the files whose text does not tell all their imports, those that hold a word."""
        word = key.encode("utf-8", "surrogateescape")
        return (path for path, text in self._unclear.items() if key != "." and word in text)


def _linked_facts(workspace: Workspace, project: Project) -> None:
    """Take in the calls of other repositories. Raises ``SettingsError`` for a file that cannot be used."""
    if not workspace.settings.linked_facts:
        return
    from .linked import LinkedError, attach, describe, read

    files = []
    for name in workspace.settings.linked_facts:
        path = workspace.settings.root / name
        try:
            file = read(path.read_bytes(), name)
        except (LinkedError, OSError) as error:
            raise SettingsError(name, None, f"linked-facts: {error}") from None
        files.append(file)
        note = describe(file, _age(file.time))
        if note:
            project.notes.append(note)
    project.linked_contents = attach(project, files)


def _age(time: str) -> float | None:
    """Days since an ISO time; None where it is none."""
    from datetime import UTC, datetime

    try:
        written = datetime.fromisoformat(time)
    except ValueError:
        return None
    return (datetime.now(UTC) - (written if written.tzinfo else written.replace(tzinfo=UTC))).total_seconds() / 86_400


def facts(settings: Settings, repository: str | None = None) -> bytes:
    """The call records of a project, for ``linked-facts`` of another one."""
    from datetime import UTC, datetime

    from .discovery import git
    from .linked import dump

    workspace = Workspace(settings)
    try:
        commit = git(settings.root, "rev-parse", "HEAD", ok=(0, 128)) or b""
        commit_text = commit.decode("ascii", "replace").strip()
        name = repository or settings.root.name
        position = _positions(workspace, settings.root)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return dump(link(workspace), position, name, commit_text if len(commit_text) in (40, 64) else "", now)
    finally:
        workspace.close()


def _is_special(path: Path) -> bool:
    """Whether a path is neither a file nor a folder, but a pipe or a device."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _is_code(path: str) -> bool:
    return language_of(path) not in (None, "json", "yaml", "dotenv")


def _registries(workspace: Workspace, project: Project) -> None:
    def read(paths: Sequence[str]) -> Registry | None:
        texts: dict[str, bytes] = {}
        unread: list[Diagnostic] = []
        for path in paths:
            data = workspace.content(path)
            reason = workspace.unreadable.pop(path, "")
            if data is not None:
                try:
                    texts[path] = to_utf8(data, "yaml")
                except Undecodable as error:
                    reason = str(error)
            if reason:
                unread.append(Diagnostic("FS002", f"the registry cannot be read: {reason}", Place(path, 0, 0)))
        registry = _registry(workspace, texts) if texts or unread else None
        if registry is None or not unread:
            return registry
        from msgspec.structs import replace as changed

        return changed(registry, problems=(*unread, *registry.problems), complete=False)

    default = read(workspace.settings.registry)
    project.registries[""] = default
    for path in workspace.settings.registry:
        module = workspace.load(path)
        if module is not None:
            project.all_modules[path] = module
    for app in workspace.settings.apps:
        project.registries[app.name] = read(app.registry) if app.registry else default


def _registry(workspace: Workspace, texts: Mapping[str, bytes]) -> Registry:
    """The registry that some files hold, by path, from the cache where it was read before."""
    from .registry import load as load_registry
    from .registry_kept import digest, dump
    from .registry_kept import load as load_kept

    if not workspace.cache.works:
        return load_registry(texts)
    name, key = "registry " + "\n".join(texts), digest(texts, program())
    kept = workspace.cache.note(name) or b""
    known = load_kept(kept[len(key) :]) if kept.startswith(key) else None
    if known is not None:
        return known
    registry = load_registry(texts)
    if (data := dump(registry)) is not None:
        workspace.cache.remember(name, key + data)
    return registry


def _package_versions(workspace: Workspace) -> Callable[[str, str], str | None]:
    memo: dict[str, dict[str, Any]] = {}

    def manifest(folder: str) -> dict[str, Any] | None:
        path = f"{folder}/package.json" if folder else "package.json"
        if path not in workspace.paths:
            return None
        if path not in memo:
            try:
                data = json.loads(workspace.content(path) or b"{}")
            except ValueError:
                data = {}
            memo[path] = data if isinstance(data, dict) else {}
        return memo[path]

    def version(path: str, package: str) -> str | None:
        folder = path.rpartition("/")[0]
        while True:
            found = manifest(folder)
            if found is not None:
                for group in ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies"):
                    listed = found.get(group)
                    if isinstance(listed, dict) and isinstance(listed.get(package), str):
                        return str(listed[package])
            if not folder:
                return None
            folder = folder.rpartition("/")[0]

    return version


def run_rules(project: Project, settings: Settings) -> list[Diagnostic]:
    """Findings of the enabled rules, once each, at places that are reported."""
    from .rules import all_rules

    found: list[Diagnostic] = []
    for code, rule in all_rules().items():
        if code in settings.enabled:
            found.extend(rule(project))
    unique: dict[tuple[object, ...], Diagnostic] = {}
    for diagnostic in found:
        placed = _placed(project, diagnostic)
        if placed is not None:
            unique.setdefault((placed.code, placed.place, placed.message), placed)
    return list(unique.values())


def _placed(project: Project, diagnostic: Diagnostic) -> Diagnostic | None:
    """A finding in a file that is left out of the reports moves to its first related place that is not."""

    def reported(path: str) -> bool:
        module = project.all_modules.get(path)
        return module is None or not (module.generated or module.test)

    own = project.all_modules.get(diagnostic.place.path)
    if own is not None and own.linked:
        # Another repository's call: it stands at the call of this one that it does not fit.
        for index, related in enumerate(diagnostic.related):
            module = project.modules.get(related.place.path)
            if module is not None and diagnostic.code in COMPARING:
                rest = (Related(diagnostic.place, "the call of the linked repository"), *diagnostic.related[:index])
                return replace(
                    diagnostic, place=related.place, related=(*rest, *diagnostic.related[index + 1 :]), fix=None
                )
        return None
    if diagnostic.code in ("FS601", "FS001", "FS004") or reported(diagnostic.place.path):
        return diagnostic
    for index, related in enumerate(diagnostic.related):
        if reported(related.place.path):
            rest = (*diagnostic.related[:index], *diagnostic.related[index + 1 :])
            return replace(diagnostic, place=related.place, related=rest, fix=None)
    return None


@_little_garbage()
def check(settings: Settings, paths: Sequence[str] = (), recall: bool = True) -> Result:
    """Check the project; ``paths`` (relative to the working directory) choose what is reported. ``recall``: an earlier
    run's result will do where it still stands (it comes without ``project``)."""
    selection = Selection(settings, paths)
    key = key_of_run(settings) if settings.cache_dir is not None and not settings.linked_facts else None
    workspace = Workspace(settings, selection.files(), key if recall else None)
    try:
        earlier = workspace.run
        if earlier is not None and _readable(workspace) and _stands(workspace, earlier):
            if key is not None and workspace.renewed:
                workspace.cache.keep_run(key, dump_run(earlier))
            return _selection_of(earlier, None, settings, selection, workspace.paths)
        project = link(workspace)
        found = run_rules(project, settings)
        stand, suppressed = settle(project, settings, found, workspace.text)
        run = _run(workspace, project, stand, suppressed)
        if key is not None and workspace.signatures is not None and _readable(workspace):
            workspace.cache.keep_run(key, dump_run(run))
        return replace(_selection_of(run, project, settings, selection, workspace.paths), found=found)
    finally:
        workspace.close()


def settle(
    project: Project, settings: Settings, found: Iterable[Diagnostic], read: Callable[[str], bytes]
) -> tuple[list[Diagnostic], int]:
    """What is shown of all that the rules say, in order, and how many findings comments silence. ``read``: a file's
    text (UTF-8 without BOM)."""
    stand, silenced = apply_precedence(found)
    stand, suppressed = _suppress(project, settings, stand, silenced, read)
    return sorted((d for d in stand if d.code not in settings.ignored_in(d.place.path)), key=_order), suppressed


def _stands(workspace: Workspace, run: Run) -> bool:
    """Whether an earlier result still holds. If it does, the next run needs to know of the same strings as this one."""
    last = workspace.last if workspace.unchanged else None
    known = last.holders if last is not None and last.needles == run.needles else None
    if not run.stands(
        workspace.files,
        lambda: workspace.search.holding(run.needles) if known is None else known,
        workspace.imports_digest,
        lambda: _Importers(workspace).of(run.wanted),
        workspace.digest,
        lambda path: _serves(workspace, run, path),
    ):
        return False
    if known is None:
        workspace.search.asked |= run.needles
    return True


def _serves(workspace: Workspace, run: Run, path: str) -> bool:
    """Whether a file that has changed still gives what a run took from it. If so, that is entered in the run."""
    data, key = workspace.raw(path) or b"", run.taken.facts[path]
    if is_seed(data, workspace.names) != (path in run.taken.seeds):
        return False
    words = ((name.encode("utf-8", "surrogateescape"), holding) for name, holding in run.taken.names.items())
    if any((word in data) != (path in holding) for word, holding in words):
        return False
    text = workspace.parsable(path)
    if text is None or (addresses(text[0]) and not run.taken.addressed):
        return False
    if key:
        old_key, new_key = bytes.fromhex(key), key_of(*text)
        old = workspace.cache.get_many([old_key]).get(old_key)
        new = workspace.facts_of({path: text}, {path: new_key})[path]
        if old is None or not alike(old, new):
            return False
        run.taken.facts[path] = new_key.hex()
    run.contents[path] = workspace.digest(path)
    workspace.renewed = True
    return True


def _run(workspace: Workspace, project: Project, everything: list[Diagnostic], suppressed: int) -> Run:
    def secrets(path: str) -> list[tuple[int, int]]:
        module = project.all_modules.get(path)
        if module is None:
            return []
        spans = [(secret.start, secret.end) for secret in module.facts.literals]
        return spans + [(use.start, use.end) for use in module.facts.comment_keys]

    named = {place.path for diagnostic in everything for place in _places(diagnostic)}
    holders = workspace.search.holding(workspace.search.asked)
    looked_at = {**dict.fromkeys(holders, ""), **workspace.keys}
    # What such a file imports shows only in its facts: as long as it has not been parsed, all of it counts.
    unclear = set(workspace.imports.unclear()).difference(workspace.keys) if workspace.importers.wanted else set()
    contents = {path: workspace.digest(path) for path in {*workspace.digests, *looked_at, *unclear}}
    taken = {p: key for p, key in looked_at.items() if p not in workspace.digests and p not in unclear}
    return Run(
        frozenset(workspace.search.asked),
        digest_of_files(workspace.files),
        digest_of_names(holders),
        workspace.imports.digest if workspace.importers.wanted else "",
        tuple(sorted(workspace.importers.wanted)),
        digest_of_names(workspace.importers.found),
        contents,
        Taken(taken, frozenset(workspace.search.seeded), workspace.addressed, workspace.holding),
        everything,
        suppressed,
        _counts(project),
        list(project.notes),
        {path: secrets(path) for path in sorted(named)},
    )


def _readable(workspace: Workspace) -> bool:
    """Whether the PATHS hold nothing that can't be read (a whole run does not look at every file)."""
    if not workspace.named.isdisjoint(workspace.unreadable):
        return False
    for path in workspace.named & workspace.paths:
        if not _is_code(path):
            continue
        if workspace.parsable(path) is None:
            return False
    return True


def _selection_of(
    run: Run, project: Project | None, settings: Settings, selection: Selection, paths: frozenset[str]
) -> Result:
    """A run's result as far as it lies in the PATHS."""
    stand = run.everything
    if not selection.everything:
        stand = sorted((s for s in (_selected(d, selection) for d in stand) if s is not None), key=_order)
    severities = [settings.severity(diagnostic.code) for diagnostic in stand]
    summary = {
        **run.counts,
        "errors": severities.count("error"),
        "warnings": severities.count("warning"),
        "infos": severities.count("info"),
        "suppressed": run.suppressed,
        "fixable": sum(diagnostic.fix is not None for diagnostic in stand),
    }
    return Result(
        list(stand), run.suppressed, summary, list(run.notes), project, list(run.everything),
        lambda path: list(run.secrets.get(path, ())), project.linked_contents if project is not None else {},
        paths=paths,
    )  # fmt: skip


def events(settings: Settings, everything: bool = False) -> dict[str, Any]:
    """The inventory of tracking calls (``inventory.events``), paths relative to the working directory."""
    from .inventory import events as inventory

    workspace = Workspace(settings)
    try:
        return inventory(link(workspace, everything), _positions(workspace))
    finally:
        workspace.close()


@contextmanager
def opened(settings: Settings, start: Path | None = None) -> Iterator[tuple[Project, Position]]:
    """The linked project, and its places as path (relative to ``start``, else to the root), line and column."""
    workspace = Workspace(settings)
    try:
        project = link(workspace)
        yield project, _positions(workspace, start or settings.root, project.linked_contents)
    finally:
        workspace.close()


def why(settings: Settings, path: str, line: int) -> list[str]:
    """What is known of the tracking calls on a line. ``path``: relative to the root; ``line``: 1-based."""
    from .inventory import why as explain

    workspace = Workspace(settings, [path])
    try:
        return explain(link(workspace), path, line, _positions(workspace))
    finally:
        workspace.close()


def _positions(workspace: Workspace, start: Path | None = None, linked: Mapping[str, bytes] | None = None) -> Position:
    """Spans as path (relative to the working directory), line and column, 1-based, columns in code points.

    ``linked``: stand-ins for files of other repositories, whose paths stay as they are."""
    from .settings import relative
    from .source import Source

    sources: dict[str, Source] = {}

    def position(place: Place) -> tuple[str, int, int]:
        source = sources.get(place.path)
        if source is None:
            stand_in = (linked or {}).get(place.path)
            source = sources[place.path] = Source(workspace.text(place.path) if stand_in is None else stand_in)
        found = source.position(place.start)
        if linked and place.path in linked:
            return place.path, found.line, found.column
        return relative(workspace.settings.root / place.path, start or workspace.settings.cwd), found.line, found.column

    return position


def _order(diagnostic: Diagnostic) -> tuple[object, ...]:
    return (diagnostic.place, diagnostic.code, diagnostic.message)


def _selected(diagnostic: Diagnostic, selection: Selection) -> Diagnostic | None:
    """A finding that touches the PATHS, at its place in them."""
    if selection.holds(diagnostic.place.path):
        return diagnostic
    for index, related in enumerate(diagnostic.related):
        if selection.holds(related.place.path):
            own = Related(diagnostic.place, "the finding's own place")
            rest = (own, *diagnostic.related[:index], *diagnostic.related[index + 1 :])
            return replace(diagnostic, place=related.place, related=rest, fix=None)
    return None


def _suppress(
    project: Project,
    settings: Settings,
    stand: list[Diagnostic],
    silenced: list[Diagnostic],
    read: Callable[[str], bytes],
) -> tuple[list[Diagnostic], int]:
    """What no comment silences, FS003's findings included, and how many findings one silences."""
    from . import suppressions

    comments = {p: m.facts.suppressions for p, m in project.all_modules.items() if m.facts.suppressions and not m.test}
    outcome = suppressions.apply(
        stand,
        silenced,
        comments,
        lambda path: settings.enabled - settings.ignored_in(path),
        read,
        settings.require_reason,
    )
    return outcome.kept, len(outcome.suppressed)


def _places(diagnostic: Diagnostic) -> Iterator[Place]:
    yield diagnostic.place
    for related in diagnostic.related:
        yield related.place
    for edit in diagnostic.fix.edits if diagnostic.fix is not None else ():
        yield edit.place


def _counts(project: Project) -> dict[str, int]:
    """What the summary says of the project as a whole."""
    sites = [
        s
        for s in project.sites()
        if not s.frame.module.linked and s.kind in ("event", "identify", "user-properties", "page-properties")
    ]
    unresolved = {frame.key for frame, _ in project.unresolved}
    return {
        "files": sum(1 for path in project.files if _is_code(path)),
        "calls": len({s.frame.key for s in sites}),
        "unresolved": len(unresolved),
        "partly_read": sum(bool(m.facts.broken) and m.facts.syntax_error is None for m in project.modules.values()),
    }
