"""The background thread that checks projects, and what it keeps of each.

In: which files have changed, and the open documents as they stand. Out: immutable snapshots, delivered one after the
other. A run that is overtaken by newer changes is given up, unless there was no result for a while; features answer from
the last snapshot meanwhile.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from .. import engine
from ..discovery import discover
from ..frontends import language_of
from ..registry import load as load_registry
from ..settings import Settings, SettingsError, load, relative
from . import index
from .documents import as_bytes
from .positions import Text
from .snapshot import Snapshot, Texts, by_path
from .steady import Steady

logger = logging.getLogger(__name__)

DEBOUNCE = 0.02
"""Seconds without a further change before a run begins."""
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
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Work:
    """What is asked of the thread for one folder. ``structure``: files may have come or gone, or settings changed."""

    generation: int = 0
    changed: set[str] = field(default_factory=set)
    structure: bool = True
    documents: tuple[Open, ...] = ()
    encoding: str = "utf-16"


class Analysis:
    """One project. Everything but ``root`` and ``relative`` is used by the background thread only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: Settings | None = None
        self.error: SettingsError | None = None
        self._paths: frozenset[str] = frozenset()
        self._steady = Steady()
        self._texts: dict[str, tuple[object, object]] = {}

    def run(self, work: Work) -> Outcome:
        """Check the project as it is now. Never raises."""
        try:
            if work.structure or self.settings is None:
                self._reload()
            assert self.settings is not None
            return Outcome(work.generation, self._check(self.settings, work))
        except SettingsError as error:
            return Outcome(work.generation, settings_error=error)
        except Exception as error:
            logger.exception("a run failed")
            return Outcome(work.generation, crash=f"{type(error).__name__}: {error}")

    def _reload(self) -> None:
        settings = load(self.folder)
        self.settings = settings
        self._paths = frozenset(discover(settings).paths)

    def _check(self, settings: Settings, work: Work) -> Snapshot:
        overlay = self._overlay(settings, work.documents)
        held = self._steady.hold(overlay)
        result = engine.check(replace(settings, overlay=overlay), recall=False)
        project = result.project
        assert project is not None
        texts = Texts(settings.root, {**overlay, **project.linked_contents}, work.encoding, self._texts)  # type: ignore[arg-type]
        return Snapshot(
            settings=settings,
            generation=work.generation,
            texts=texts,
            diagnostics=by_path(result.diagnostics, lambda diagnostic: diagnostic.place.path),
            broken={
                path: load_registry({path: data}).problems
                for path, data in held.items()
                if path in settings.registry and "FS002" in settings.enabled
            },
            held={path: Text(data, work.encoding) for path, data in held.items()},
            registries=dict(project.registries),
            uses=index.uses(project, lambda path: texts[path].data),
            mentions=index.mentions(project),
            versions={relative(Path(d.file), settings.root): d.version for d in work.documents},
            linked=frozenset(project.linked_contents),
            drafts=index.drafts(project, {d.subject for d in result.diagnostics if d.code == "FS101"}),
        )

    def _overlay(self, settings: Settings, documents: Iterable[Open]) -> dict[str, bytes]:
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
                self._steady.begin(path, document.saved, language)
        return found


class Worker:
    """Runs analyses one after the other, the folder that changed last first."""

    def __init__(self, deliver: Callable[[Analysis, Outcome], None]) -> None:
        """``deliver``: takes each outcome; called in the worker's thread."""
        self._deliver = deliver
        self._pending: dict[int, tuple[Analysis, Work]] = {}
        self._changed = threading.Condition()
        self._stopped = False
        size = threading.stack_size(STACK)
        self._thread = threading.Thread(target=self._loop, name="fslint-analysis", daemon=True)
        self._thread.start()
        threading.stack_size(size)

    def ask(self, analysis: Analysis, work: Work) -> None:
        """Have a folder checked; work that it still waits for is taken together."""
        with self._changed:
            _, waiting = self._pending.pop(id(analysis), (analysis, None))
            if waiting is not None:
                work.changed |= waiting.changed
                work.structure |= waiting.structure
            self._pending[id(analysis)] = (analysis, work)
            self._changed.notify()

    def stop(self) -> None:
        """Begin nothing more."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def _loop(self) -> None:
        while True:
            with self._changed:
                while not self._pending and not self._stopped:
                    self._changed.wait()
                self._settle()
                if self._stopped:
                    return
                analysis, work = self._pending.pop(next(reversed(self._pending)))
            self._deliver(analysis, analysis.run(work))

    def _settle(self) -> None:
        """Wait until nothing has changed for a moment, a second at most."""
        end = time.monotonic() + 1
        while not self._stopped and time.monotonic() < end and self._changed.wait(DEBOUNCE):
            pass


def config_place(folder: Path, error: SettingsError) -> tuple[Path, int] | None:
    """The file and line (1-based) that a configuration error names; None if it names no file."""
    file = folder / error.path
    return (file, error.line or 1) if file.is_file() else None
