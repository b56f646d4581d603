"""The background thread that checks projects, and what it keeps of each.

In: which files have changed, and the open documents as they stand. Out: immutable snapshots, delivered one after the
other. While one types, quick runs look at what an edit can have changed (``quick``); a whole run follows when the keys
rest, gives way to the next key, and is what counts. Features answer from the last snapshot meanwhile.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from .. import engine
from ..discovery import discover
from ..facts import FileFacts
from ..frontends import extract, language_of
from ..link.project import Project
from ..registry import Registry
from ..registry import load as load_registry
from ..settings import Settings, SettingsError, load, relative
from ..text import Undecodable, to_utf8
from . import index, quick
from .documents import as_bytes
from .positions import Text
from .snapshot import Mention, Snapshot, Texts, Use, by_path
from .steady import Steady

logger = logging.getLogger(__name__)

DEBOUNCE = 0.01
"""Seconds without a further change before a run begins."""
LONGEST_DEBOUNCE = 0.5
"""Seconds after which a run begins whatever still changes."""
IDLE = 0.4
"""Seconds without a change before a whole run follows a quick one."""
MAX_PARSED = 50
"""Edited files whose facts are kept by content."""
STACK = 64 << 20
"""Bytes of stack: deep expressions are followed by recursion, and a thread of some systems has little."""


class Open(NamedTuple):
    """An open document as a run sees it. ``file``: its path; ``saved``: what is on disk (UTF-8), None for no file."""

    file: str
    data: bytes
    version: int
    saved: bytes | None


@dataclass(slots=True)
class Outcome:
    """What a run came to: a snapshot, or why there is none."""

    generation: int
    snapshot: Snapshot | None = None
    settings_error: SettingsError | None = None
    crash: str = ""


@dataclass(slots=True)
class Work:
    """What is asked of the thread for one folder. ``structure``: files may have come or gone, or settings changed.

    ``changed``: files that changed on disk. ``whole``: no quick run will do.
    """

    generation: int = 0
    changed: set[str] = field(default_factory=set)
    structure: bool = True
    documents: tuple[Open, ...] = ()
    encoding: str = "utf-16"
    whole: bool = False


class Analysis:
    """One project. Used by the background thread only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: Settings | None = None
        self._paths: frozenset[str] = frozenset()
        self._steady = Steady(self._facts)
        self._parsed: dict[str, tuple[bytes, FileFacts]] = {}
        self._texts: dict[str, tuple[object, Text]] = {}
        self._base: quick.Base | None = None
        self._overlay: dict[str, bytes] = {}
        self._last: Snapshot | None = None

    @property
    def ready(self) -> bool:
        """Whether quick runs are possible."""
        return self._base is not None

    def run(self, work: Work) -> Outcome:
        """Check the project as it is now. Raises nothing but ``Overtaken``."""
        try:
            if work.structure or self.settings is None:
                self._base = None
                self.settings = load(self.folder)
                self._paths = frozenset(discover(self.settings).paths)
            settings = self.settings
            overlay = self._overlaid(settings, work.documents)
            held = self._steady.hold(overlay)
            snapshot = None if work.whole else self._tried(settings, overlay, held, work)
            self._last = snapshot or self._whole(settings, overlay, held, work)
            return Outcome(work.generation, self._last)
        except SettingsError as error:
            return Outcome(work.generation, settings_error=error)
        except Exception as error:
            logger.exception("a run failed")
            self._base = None
            return Outcome(work.generation, crash=f"{type(error).__name__}: {error}")

    def _whole(self, settings: Settings, overlay: dict[str, bytes], held: dict[str, bytes], work: Work) -> Snapshot:
        result = engine.check(replace(settings, overlay=overlay), recall=False)
        project = result.project
        assert project is not None
        texts = Texts(settings.root, {**overlay, **project.linked_contents}, work.encoding, self._texts)
        snapshot = Snapshot(
            settings=settings,
            generation=work.generation,
            texts=texts,
            diagnostics=by_path(result.diagnostics, lambda diagnostic: diagnostic.place.path),
            registries=dict(project.registries),
            uses=index.uses(project, lambda path: texts[path].data),
            mentions=index.mentions(project),
            drafts=index.drafts(project, {d.subject for d in result.diagnostics if d.code == "FS101"}),
            linked=frozenset(project.linked_contents),
            **self._edited(settings, held, work),
        )
        self._base = quick.base_of(project, settings, result.found, self._read)
        self._overlay = overlay
        return snapshot

    def _tried(
        self, settings: Settings, overlay: dict[str, bytes], held: dict[str, bytes], work: Work
    ) -> Snapshot | None:
        """A quick run; None where none will do, or none can."""
        try:
            return self._quick(settings, overlay, held, work)
        except Exception:
            logger.exception("a quick run failed")
            return None

    def _quick(
        self, settings: Settings, overlay: dict[str, bytes], held: dict[str, bytes], work: Work
    ) -> Snapshot | None:
        """A quick run, where one will do."""
        base, last = self._base, self._last
        if base is None or last is None:
            return None
        changed = self._changed(settings, base, overlay, work)
        if changed is None:
            return None
        facts, plan = changed
        texts = Texts(settings.root, {**overlay, **base.project.linked_contents}, work.encoding, self._texts)
        registries = dict(last.registries)
        affected: set[str] = set()
        if facts:
            relinked = quick.relinked(base, facts)
            if relinked is None:
                return None
            base, affected = relinked, relinked.affected or set()
        if plan:
            registries = self._registries(settings, texts)
            base = quick.with_registries(base, registries, plan)
        project = base.project
        found, _ = engine.settle(project, settings, base.found, lambda path: texts[path].data)
        unregistered = {d.subject for d in found if d.code == "FS101"}
        drafts = {name: entry for name, entry in last.drafts.items() if name in unregistered and not affected}
        new = unregistered - drafts.keys()
        self._base, self._overlay = base, overlay
        return Snapshot(
            settings=settings,
            generation=work.generation,
            texts=texts,
            diagnostics=by_path(found, lambda diagnostic: diagnostic.place.path),
            registries=registries,
            uses=self._uses(last, project, affected, texts),
            mentions=_mentions(last, project, affected, bool(plan)),
            drafts={**drafts, **index.drafts(project, new)},
            linked=last.linked,
            whole=False,
            **self._edited(settings, held, work),
        )

    def _uses(self, last: Snapshot, project: Project, affected: set[str], texts: Texts) -> tuple[Use, ...]:
        if not affected:
            return last.uses
        kept = [use for use in last.uses if use.place.path not in affected]
        new = index.uses(project, lambda path: texts[path].data, affected)
        return tuple(sorted([*kept, *new], key=lambda use: use.place))

    def _edited(self, settings: Settings, held: dict[str, bytes], work: Work) -> Any:
        """The parts of a snapshot that are about what the editor has."""
        plan = {path: data for path, data in held.items() if path in settings.registry and "FS002" in settings.enabled}
        return {
            "broken": {path: load_registry({path: data}).problems for path, data in plan.items()},
            "held": {path: Text(data, work.encoding) for path, data in held.items()},
            "versions": {relative(Path(d.file), settings.root): d.version for d in work.documents},
        }

    def _changed(
        self, settings: Settings, base: quick.Base, overlay: dict[str, bytes], work: Work
    ) -> tuple[dict[str, FileFacts], dict[str, FileFacts]] | None:
        """Facts that are others than in the last run: of code, and of the plan. None where only a whole run will do."""
        paths = {relative(Path(file), settings.root) for file in work.changed}
        paths |= {
            path for path in overlay.keys() | self._overlay.keys() if overlay.get(path) != self._overlay.get(path)
        }
        facts: dict[str, FileFacts] = {}
        plan: dict[str, FileFacts] = {}
        for path in sorted(paths):
            language = language_of(path)
            known = base.project.all_modules.get(path)
            if language is None or (path not in self._paths and not settings.is_configuration(path)):
                continue
            new = self._facts(path, overlay.get(path))
            if new is None:
                return None
            if known is not None and known.facts == new:
                continue
            if path in settings.registry:
                plan[path] = new
            elif language in ("json", "yaml", "dotenv"):
                return None
            else:
                facts[path] = new
        return facts, plan

    def _facts(self, path: str, data: bytes | None) -> FileFacts | None:
        """The facts of a content, or of a file on disk; None where it cannot be read."""
        assert self.settings is not None
        language = language_of(path)
        try:
            if data is None:
                data = (self.settings.root / path).read_bytes()
            if language is None or len(data) > self.settings.max_file_size:
                return None
            known = self._parsed.get(path)
            if known is None or known[0] != data:
                if len(self._parsed) >= MAX_PARSED:
                    self._parsed.clear()
                known = self._parsed[path] = (data, extract(to_utf8(data, language), language))
            return known[1]
        except (OSError, ValueError, Undecodable):
            return None

    def _read(self, path: str) -> FileFacts | None:
        """The facts of a project file that no run has opened."""
        return self._facts(path, self._overlay.get(path)) if path in self._paths else None

    def _registries(self, settings: Settings, texts: Texts) -> dict[str, Registry | None]:
        def read(paths: Iterable[str]) -> Registry | None:
            found = {path: texts[path].data for path in paths}
            return load_registry(found) if found else None

        default = read(settings.registry)
        own = {app.name: read(app.registry) if app.registry else default for app in settings.apps}
        return {"": default, **own}

    def _overlaid(self, settings: Settings, documents: Iterable[Open]) -> dict[str, bytes]:
        """What takes the place of files: buffers that differ from them, of files that the project has or will have."""
        found = {}
        for document in documents:
            path = relative(Path(document.file), settings.root)
            language = language_of(path)
            if document.data == document.saved or language is None:
                self._steady.forget(path)
                continue
            belongs = path in self._paths or (document.saved is None and not path.startswith("../"))
            if belongs or settings.is_configuration(path):
                found[path] = as_bytes(document.data, language)
                self._steady.begin(path, document.saved)
        return found


def _mentions(last: Snapshot, project: Project, affected: set[str], plan: bool) -> Mapping[str, tuple[Mention, ...]]:
    """The mentions of the last run, with those of some files' call sites anew."""
    if plan:
        return index.mentions(project)
    if not affected:
        return last.mentions
    merged = {path: here for path, here in last.mentions.items() if path not in affected}
    for path, here in index.mentions(project, affected).items():
        both = {*merged.get(path, ()), *here}
        merged[path] = tuple(sorted(both, key=lambda mention: (mention.start, mention.end)))
    return merged


class Overtaken(BaseException):
    """A run has been given up for a newer one."""


class Worker:
    """Runs analyses one after the other, the folder that changed last first.

    After a quick run comes a whole one, as soon as nothing has changed for a moment; it gives way to further changes.
    """

    def __init__(self, deliver: Callable[[Analysis, Outcome], None]) -> None:
        """``deliver``: takes each outcome; called in the worker's thread."""
        self._deliver = deliver
        self._pending: dict[int, tuple[Analysis, Work]] = {}
        self._later: dict[int, tuple[float, Analysis, Work]] = {}
        self._changed = threading.Condition()
        self._yields = False
        size = threading.stack_size(STACK)
        self._thread = threading.Thread(target=self._loop, name="fslint-analysis", daemon=True)
        self._thread.start()
        threading.stack_size(size)

    def ask(self, analysis: Analysis, work: Work) -> None:
        """Have a folder checked; work that it still waits for is taken together."""
        with self._changed:
            self._later.pop(id(analysis), None)
            _, waiting = self._pending.pop(id(analysis), (analysis, None))
            if waiting is not None:
                work.changed |= waiting.changed
                work.structure |= waiting.structure
            self._pending[id(analysis)] = (analysis, work)
            if self._yields:
                self._yields = False
                _raise_in(self._thread, Overtaken)
            self._changed.notify()

    def _loop(self) -> None:
        while True:
            analysis, work = self._next()
            outcome = self._run(analysis, work)
            if outcome is None:
                self._put_off(analysis, work)
                continue
            self._deliver(analysis, outcome)
            if outcome.snapshot is not None and not outcome.snapshot.whole:
                self._put_off(analysis, replace(work, changed=set(), structure=False, whole=True))

    def _next(self) -> tuple[Analysis, Work]:
        """The next work, once there is some and nothing has changed for a moment."""
        with self._changed:
            while True:
                while not self._pending:
                    due = min((due for due, _, _ in self._later.values()), default=None)
                    if due is not None and due <= time.monotonic():
                        key = min(self._later, key=lambda key: self._later[key][0])
                        _, analysis, work = self._later.pop(key)
                        return analysis, work
                    self._changed.wait(None if due is None else due - time.monotonic())
                end = time.monotonic() + LONGEST_DEBOUNCE
                while time.monotonic() < end and self._changed.wait(DEBOUNCE):
                    pass
                return self._pending.pop(next(reversed(self._pending)))

    def _run(self, analysis: Analysis, work: Work) -> Outcome | None:
        """The outcome of work, None if it was overtaken."""
        try:
            with self._changed:
                self._yields = work.whole and analysis.ready and not self._pending
            outcome = analysis.run(work)
            with self._changed:
                self._yields = False
            for _ in range(3):  # an exception that is under way arrives at the latest here
                pass
            return outcome
        except Overtaken:
            return None

    def _put_off(self, analysis: Analysis, work: Work) -> None:
        """Have work done when nothing has changed for a while."""
        with self._changed:
            if id(analysis) not in self._pending:
                self._later[id(analysis)] = (time.monotonic() + IDLE, analysis, work)


def _raise_in(thread: threading.Thread, error: type[BaseException]) -> None:
    """Raise an exception in another thread, where the interpreter can."""
    try:
        import ctypes

        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(error))
    except (ImportError, AttributeError):
        pass


def config_place(folder: Path, error: SettingsError) -> tuple[Path, int] | None:
    """The file and line (1-based) that a configuration error names; None if it names no file."""
    file = folder / error.path
    return (file, error.line or 1) if file.is_file() else None
