"""The files of one run: which there are, what they hold, what of them is known from earlier runs, and their facts.

In: settings. Out: contents, facts and modules on demand, who imports what, and which files hold a string. What makes the
next run faster is kept when it is closed. Nothing is linked here.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from .aside import Aside
from .cache import Cache, key_of
from .discovery import Files, Listing, discover, is_test
from .frontends import language_of
from .imports import Imports, Scanned, scan
from .imports import load as load_imports
from .index import load as load_index
from .index import signatures
from .runs import digest_of
from .runs import load as load_run
from .search import SEEDS, Search, addresses
from .settings import Settings, git_top
from .text import Undecodable, to_utf8

if TYPE_CHECKING:
    from .facts import FileFacts
    from .link.modules import Module
    from .parallel import Extractors
    from .resolve import Resolver

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe is not waited for."""
ENOUGH = 500
"""Files from which it pays to look for imports in a process of its own."""
MOST_SCANS = 2
"""Processes that look for imports."""
MAX_SEARCHED = 100_000_000
"""Bytes of a file above which it is not opened, not even to see whether it is worth a word."""


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
        self.importers = Importers(self)
        """Those that ``link`` asked for."""
        self.named = frozenset(named)
        self._scan: list[Aside] = []
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
        for part in self._scan:
            part.close()
        self._scan = []
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
        if self._kept is None or self.imports.digest != known:
            if self._kept is None or self._kept.scanned is not self.imports.scanned:
                self.cache.remember("imports", self.imports.scanned.dump())
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
            found = self._kept.updated(list(filter(is_code, self.changed)), gone, self.text_for_imports)
            if found is not None:
                return found
            self._kept = None
        self.scan_imports()
        parts, self._scan = self._scan, []
        return Imports(Scanned([part.result() for part in parts]))

    def scan_imports(self) -> None:
        """Look for all imports, in another process where that is possible, unless they are known."""
        if not self._scan and "imports" not in self.__dict__ and self._kept is None:
            parallel = self.settings.jobs != 1 and len(self.files.paths) > ENOUGH
            parts = MOST_SCANS if parallel else 1
            self._scan = [Aside(partial(self._scan_part, part, parts), parallel) for part in range(parts)]

    def _scan_part(self, part: int, parts: int) -> bytes:
        return scan(list(filter(is_code, self.files.paths))[part::parts], self.text_for_imports)

    def text_for_imports(self, path: str) -> bytes:
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


class Importers:
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
        return {path: self._workspace.text_for_imports(path) for path in self._workspace.imports.unclear()}

    def _holding(self, key: str) -> Iterator[str]:
        """Of the files whose text does not tell all their imports, those that hold a word."""
        word = key.encode("utf-8", "surrogateescape")
        return (path for path, text in self._unclear.items() if key != "." and word in text)


def _is_special(path: Path) -> bool:
    """Whether a path is neither a file nor a folder, but a pipe or a device."""
    return path.exists() and not path.is_file() and not path.is_dir()


def is_code(path: str) -> bool:
    """Whether a file may hold calls or imports, by its name."""
    return language_of(path) not in (None, "json", "yaml", "dotenv")
