"""``fslint check --watch``: again whenever a file of the project changes, until Ctrl-C."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .common import note

if TYPE_CHECKING:
    from ..settings import Settings

_TICK = 200
"""Milliseconds in which a watcher stands, and after which Ctrl-C is looked for."""
_TRIES = 3


def watch(load: Callable[[], Settings], run: Callable[[], int], written: Collection[Path]) -> None:
    """Run, and run again after each change. Ends by ``KeyboardInterrupt`` alone.

    ``load``: the settings as they are now, which say what is watched. ``run``: one run, which shows its own errors.
    ``written``: files that a run itself writes.
    """
    try:
        import watchfiles  # noqa: F401
    except ImportError:
        raise click.UsageError("--watch needs the package watchfiles: pip install 'fslint[watch]'") from None
    made: set[Path] = set()
    while True:
        settings = load()
        for _ in range(_TRIES):  # a folder may be made in the meantime
            folders = _folders(settings, made)
            changes = _changes(settings.root, folders, written, made)
            next(changes)  # it stands: what changes from here on is not missed
            if _folders(settings, made) == folders:
                break
        run()
        note("watching for changes; Ctrl-C ends")
        while not next(changes):
            pass


def _folders(settings: Settings, made: Collection[Path]) -> set[Path]:
    """The folders of the project's files, and those ``made`` since, which may hold none yet."""
    from ..discovery import THIRD_PARTY, discover

    folders = {settings.root}
    for path in (*discover(settings).paths, *settings.registry):
        folders.update(settings.root / parent for parent in Path(path).parents)
    for folder in made:
        for path, names, _ in os.walk(folder):
            names[:] = [name for name in names if name not in THIRD_PARTY and name != ".git"]
            folders.add(Path(path))
    return {folder for folder in folders if folder.is_dir()}


def _changes(root: Path, folders: Collection[Path], written: Collection[Path], made: set[Path]) -> Iterator[bool]:
    """Whether something that matters has changed: False as soon as all folders are watched, and with every tick.

    New folders are added to ``made``.
    """
    from watchfiles import Change
    from watchfiles import watch as watch_files

    from ..discovery import THIRD_PARTY
    from ..frontends import language_of
    from ..settings import CONFIG_NAMES

    own = {path.resolve() for path in written}
    skipped = {*THIRD_PARTY, ".git", ".fslint_cache"}

    def matters(change: Change, name: str) -> bool:
        path = Path(name)
        if path in own or not path.is_relative_to(root) or not skipped.isdisjoint(path.relative_to(root).parts):
            return False
        if path.is_dir():
            made.add(path)
            return True
        return path.name in CONFIG_NAMES or language_of(path.name) is not None

    watching = watch_files(
        *sorted(folders),
        watch_filter=matters,
        recursive=False,
        yield_on_timeout=True,
        rust_timeout=_TICK,
        step=50,
        debounce=500,
    )
    for changed in watching:
        yield bool(changed)
