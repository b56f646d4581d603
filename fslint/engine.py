"""The pipeline: settings in, result out. Command line and language server are thin skins over this.

discover → search → parse → facts → link → rules → diagnostics. Nothing here prints, and no content of a file makes it
raise; ``SettingsError`` and ``FileNotFoundError`` (a path that does not exist) are the caller's to show.
"""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .cache import Cache, key_of
from .diagnostics import Diagnostic, Place, Related, apply_precedence
from .discovery import Files, Selection, discover, is_test
from .facts import FileFacts
from .frontends import extract, language_of
from .frontends.syntax import Undecodable, to_utf8
from .link.linker import Linker
from .link.modules import Module
from .link.project import Project
from .resolve import Resolver
from .search import search, seeds
from .settings import Settings, SettingsError

if TYPE_CHECKING:
    from .inventory import Position

MAX_ROUNDS = 12
COMPARING = frozenset({"FS201", "FS202", "FS203", "FS401", "FS506", "FS512"})
"""Rules whose findings are about two calls."""
MAX_NAMED = 400
"""A global or injected name in more files than this is no name to search by (``events --unresolved`` says so)."""
MIN_NAMED = 3


@dataclass(slots=True)
class Result:
    """What a run found.

    ``diagnostics``: final (selected, precedence, suppressions, PATHS applied), by path, place and code. ``summary``: the
    JSON contract's. ``notes``: for stderr.
    """

    diagnostics: list[Diagnostic]
    suppressed: int
    summary: dict[str, int]
    notes: list[str]
    project: Project
    everything: list[Diagnostic] = field(default_factory=list)


class Workspace:
    """The files of one run: what is known of them and how to get at the rest."""

    def __init__(self, settings: Settings, named: Iterable[str] = ()) -> None:
        self.settings = settings
        self.files: Files = discover(settings)
        self.paths = frozenset(self.files.paths)
        self.cache = Cache(settings.cache_dir)
        self.modules: dict[str, Module] = {}
        self.facts: dict[str, FileFacts | None] = {}
        self.unreadable: dict[str, str] = {}
        self.fresh: list[str] = []
        self.named = frozenset(named)
        # What is named but is no project file is looked at only to say why it cannot be read (a pipe, say).
        for path in self.named - self.paths:
            if language_of(path) is not None and _is_special(settings.root / path):
                self.content(path)
        self.resolver = Resolver(str(settings.root), self.files.paths)

    def content(self, path: str) -> bytes | None:
        """A file's bytes as they are, or None (and it is entered as unreadable)."""
        overlay = self.settings.overlay.get(path)
        if overlay is not None:
            return overlay
        full = self.settings.root / path
        try:
            status = full.stat()
            if not stat.S_ISREG(status.st_mode):
                self.unreadable[path] = "it is no regular file"
                return None
            if status.st_size > self.settings.max_file_size:
                size = status.st_size / 1_000_000
                limit = self.settings.max_file_size / 1_000_000
                self.unreadable[path] = f"it is larger than the limit ({size:.1f} MB, max-file-size is {limit:.1f} MB)"
                return None
            with full.open("rb") as file:
                return file.read()
        except PermissionError:
            self.unreadable[path] = "there is no permission to read it"
        except OSError as error:
            self.unreadable[path] = f"it cannot be read ({error.strerror or error})"
        return None

    def text(self, path: str) -> bytes:
        """A file's content as its facts see it (UTF-8 without BOM); empty where it cannot be read."""
        data = self.content(path)
        try:
            return b"" if data is None else to_utf8(data, language_of(path) or "")
        except Undecodable:
            return b""

    def parse(self, paths: Iterable[str]) -> None:
        """Facts of files, from the cache or by their front end."""
        wanted = [path for path in paths if path not in self.facts and path in self.paths]
        keys: dict[str, bytes] = {}
        contents: dict[str, tuple[bytes, str]] = {}
        for path in wanted:
            language = language_of(path)
            data = self.content(path)
            self.facts[path] = None
            if data is None or language is None:
                continue
            try:
                text = to_utf8(data, language)
            except Undecodable as error:
                self.unreadable[path] = str(error)
                continue
            keys[path] = key_of(text, language)
            contents[path] = (text, language)
        cached = self.cache.get_many(list(keys.values())) if keys else {}
        new: dict[bytes, FileFacts] = {}
        for path, key in keys.items():
            facts = cached.get(key) or new.get(key)
            if facts is None:
                text, language = contents[path]
                facts = extract(text, language)
                new[key] = facts
                self.fresh.append(path)
            self.facts[path] = facts
        if new:
            # An expression that is nested too deeply cannot be written down; it is read anew each time.
            with suppress(RecursionError):
                self.cache.put_many(new)

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
        module = Module(path, facts, self.settings.exclude_tests and is_test(path))
        self.modules[path] = module
        return module


def link(workspace: Workspace, everything: bool = False) -> Project:
    """Parse what may track, and widen along reverse imports until nothing new appears.

    ``everything``: take in every file instead. What is found is the same; tests hold it."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 12_000))
    settings = workspace.settings
    names = [call.function.rsplit(".", 1)[-1] for call in settings.calls]
    hits = seeds(settings.root, workspace.files, names, settings.overlay)
    if everything:
        hits |= {p for p in workspace.files.paths if language_of(p) is not None}
    hits = {p for p in hits if language_of(p) not in ("json", "yaml")}
    hits = {p for p in hits if language_of(p) != "dotenv" or p in workspace.files.tracked_env}
    # A named file is read whatever the search says of it: it may be UTF-16.
    hits |= {p for p in workspace.named if p in workspace.paths and _is_code(p)}
    workspace.parse(sorted(hits))
    linker = Linker(workspace.load, workspace.resolver, settings)
    linker.add(m for m in (workspace.load(p) for p in sorted(hits)) if m is not None)
    searched: set[str] = set()
    named: set[str] = set()
    for _ in range(MAX_ROUNDS):
        linker.add(list(workspace.modules.values()))
        needles: set[str] = set()
        for path in linker.wanted():
            needles |= workspace.resolver.importers_needles(path)
        fresh = needles - searched
        searched |= fresh
        found = search(settings.root, fresh, workspace.files, settings.overlay) if fresh else set()
        known = set(linker.modules)
        for name in sorted(linker.names_wanted() - searched):
            searched.add(name)
            holding = search(settings.root, {name}, workspace.files, settings.overlay)
            if len(holding) <= MAX_NAMED and len(name) >= MIN_NAMED:
                named |= holding
            else:
                linker.skip(name, len(holding))
        found |= named
        candidates = sorted(
            p for p in (found | {p for p in workspace.facts if p not in known}) - known
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
    linker.add(list(workspace.modules.values()))
    project = linker.project(workspace.files.paths)
    project.unreadable = {
        path: reason for path, reason in workspace.unreadable.items() if path in hits or path in workspace.named
    }
    project.tracked_env = workspace.files.tracked_env
    project.files = workspace.files.paths
    project.package_version = _package_versions(workspace)
    _registries(workspace, project)
    _linked_facts(workspace, project)
    return project


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
        workspace.cache.close()


def _is_special(path: Path) -> bool:
    """Whether a path is neither a file nor a folder, but a pipe or a device."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _is_code(path: str) -> bool:
    return language_of(path) not in (None, "json", "yaml", "dotenv")


def _registries(workspace: Workspace, project: Project) -> None:
    from .registry import Registry
    from .registry import load as load_registry

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
        registry = load_registry(texts) if texts or unread else None
        if registry is None or not unread:
            return registry
        return replace(registry, problems=(*unread, *registry.problems), complete=False)

    default = read(workspace.settings.registry)
    project.registries[""] = default
    for path in workspace.settings.registry:
        module = workspace.load(path)
        if module is not None:
            project.all_modules[path] = module
    for app in workspace.settings.apps:
        project.registries[app.name] = read(app.registry) if app.registry else default


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


def check(settings: Settings, paths: Sequence[str] = ()) -> Result:
    """Check the project; ``paths`` (relative to the working directory) choose what is reported."""
    selection = Selection(settings, paths)
    workspace = Workspace(settings, selection.files())
    try:
        project = link(workspace)
        found = run_rules(project, settings)
        stand, silenced = apply_precedence(found)
        stand, suppressed = _suppress(project, settings, stand, silenced, workspace.text)
        stand = [d for d in stand if d.code not in settings.ignored_in(d.place.path)]
        everything = sorted(stand, key=_order)
        if not selection.everything:
            stand = [s for s in (_selected(d, selection) for d in stand) if s is not None]
        stand.sort(key=_order)
        return Result(
            stand, suppressed, _summary(project, settings, stand, suppressed), _notes(project), project, everything
        )
    finally:
        workspace.cache.close()


def events(settings: Settings, everything: bool = False) -> dict[str, Any]:
    """The inventory of tracking calls (``inventory.events``), paths relative to the working directory."""
    from .inventory import events as inventory

    workspace = Workspace(settings)
    try:
        return inventory(link(workspace, everything), _positions(workspace))
    finally:
        workspace.cache.close()


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[Project, Position]]:
    """The linked project, and its places as path (relative to the root), line and column."""
    workspace = Workspace(settings)
    try:
        yield link(workspace), _positions(workspace, settings.root)
    finally:
        workspace.cache.close()


def why(settings: Settings, path: str, line: int) -> list[str]:
    """What is known of the tracking calls on a line. ``path``: relative to the root; ``line``: 1-based."""
    from .inventory import why as explain

    workspace = Workspace(settings, [path])
    try:
        return explain(link(workspace), path, line, _positions(workspace))
    finally:
        workspace.cache.close()


def _positions(workspace: Workspace, start: Path | None = None) -> Position:
    """Spans as path (relative to the working directory), line and column, 1-based, columns in code points."""
    from .settings import relative
    from .source import Source

    sources: dict[str, Source] = {}

    def position(place: Place) -> tuple[str, int, int]:
        source = sources.get(place.path)
        if source is None:
            source = sources[place.path] = Source(workspace.text(place.path))
        found = source.position(place.start)
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


def _summary(project: Project, settings: Settings, shown: list[Diagnostic], suppressed: int) -> dict[str, int]:
    counts = {"error": 0, "warning": 0, "info": 0}
    for diagnostic in shown:
        counts[settings.severity(diagnostic.code)] += 1
    sites = [
        s
        for s in project.sites()
        if not s.frame.module.linked and s.kind in ("event", "identify", "user-properties", "page-properties")
    ]
    unresolved = {frame.key for frame, _ in project.unresolved}
    files = sum(1 for path in project.files if _is_code(path))
    partly = sum(bool(m.facts.broken) and m.facts.syntax_error is None for m in project.modules.values())
    return {
        "files": files,
        "calls": len({s.frame.key for s in sites}),
        "unresolved": len(unresolved),
        "partly_read": partly,
        "errors": counts["error"],
        "warnings": counts["warning"],
        "infos": counts["info"],
        "suppressed": suppressed,
        "fixable": sum(1 for d in shown if d.fix is not None),
    }


def _notes(project: Project) -> list[str]:
    return list(getattr(project, "notes", ()))
