"""``fslint check --watch``: again whenever a file of the project changes, until Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .common import note

if TYPE_CHECKING:
    from ..settings import Settings

_TICK = 200
"""Milliseconds in which a watcher stands, and after which Ctrl-C is looked for."""


def watch(load: Callable[[], Settings], run: Callable[[], int], written: Collection[Path]) -> None:
    """Run, and run again after each change. Ends by ``KeyboardInterrupt`` alone.

    ``load``: the settings as they are now, which say what is watched. ``run``: one run, which shows its own errors.
    ``written``: files that a run itself writes.
    """
    try:
        import watchfiles  # noqa: F401
    except ImportError:
        raise click.UsageError("--watch needs the package watchfiles: pip install 'fslint[watch]'") from None
    while True:
        changes = _changes(load(), written)
        next(changes)  # it stands: what changes from here on is not missed
        run()
        note("watching for changes; Ctrl-C ends")
        while not next(changes):
            pass


def _changes(settings: Settings, written: Collection[Path]) -> Iterator[bool]:
    """Whether something that matters has changed: False as soon as all folders are watched, and with every tick."""
    from watchfiles import Change
    from watchfiles import watch as watch_files

    from ..discovery import discover
    from ..frontends import language_of
    from ..settings import CONFIG_NAMES

    folders = {settings.root}
    for path in (*discover(settings).paths, *settings.registry):
        folders.update(settings.root / parent for parent in Path(path).parents)
    own = {path.resolve() for path in written}

    def matters(change: Change, name: str) -> bool:
        path = Path(name)
        if path in own or any(part.startswith(".fslint_cache") or part == ".git" for part in path.parts):
            return False
        return path.name in CONFIG_NAMES or language_of(path.name) is not None or path.is_dir()

    watching = watch_files(
        *sorted(folder for folder in folders if folder.is_dir()),
        watch_filter=matters,
        recursive=False,
        yield_on_timeout=True,
        rust_timeout=_TICK,
        step=50,
        debounce=500,
    )
    for changed in watching:
        yield bool(changed)
