"""The pipeline: settings in, result out. Command line and language server are thin skins over this.

discover → search → parse → facts → link → rules → diagnostics. Nothing here prints, and no content of a file makes it
raise; ``SettingsError`` and ``FileNotFoundError`` (a path that does not exist) are the caller's to show.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .cache import key_of
from .diagnostics import Diagnostic, Place, Related, apply_precedence
from .discovery import Selection, is_test
from .frontends import language_of
from .runs import Run, Taken, alike, digest_of_files, digest_of_names, program
from .runs import dump as dump_run
from .runs import key_of as key_of_run
from .search import addresses, is_seed, tracks
from .settings import Settings, SettingsError
from .text import Undecodable, to_utf8
from .workspace import Importers, Workspace, is_code

if TYPE_CHECKING:
    from .inventory import Position
    from .link.project import Project
    from .registry import Registry

MAX_ROUNDS = 24
COMPARING = frozenset({"FS201", "FS202", "FS203", "FS401", "FS506", "FS512"})
"""Rules whose findings are about two calls."""
MAX_NAMED = 400
"""A global or injected name in more files than this is no name to search by (``events --unresolved`` says so)."""
MIN_NAMED = 3


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
    hits |= {p for p in workspace.named if p in workspace.paths and is_code(p)}
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
            if is_code(p) and not (settings.exclude_tests and is_test(p))
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
        lambda: Importers(workspace).of(run.wanted),
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
        if not is_code(path):
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
        "files": sum(1 for path in project.files if is_code(path)),
        "calls": len({s.frame.key for s in sites}),
        "unresolved": len(unresolved),
        "partly_read": sum(bool(m.facts.broken) and m.facts.syntax_error is None for m in project.modules.values()),
    }
