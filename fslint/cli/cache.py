"""``fslint cache``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from .common import settings_of, stacked, write

_where: Callable[[Callable[..., Any]], Callable[..., Any]] = stacked(
    click.option("--config", metavar="FILE", help="Take this configuration file."),
    click.option("--isolated", is_flag=True, help="Take no configuration file."),
    click.option("--root", metavar="DIR", help="The project's root folder."),
    click.option("--cache-dir", metavar="DIR", help="Where facts are kept between runs [.fslint_cache]."),
)


@click.group(short_help="Show or remove what is kept between runs.")
def command() -> None:
    """Show or remove what fslint keeps between runs. It may be removed at any time."""


@command.command()
@_where
def info(**options: Any) -> int:
    """Say where the cache is, how large it is and what it holds."""
    from ..cache import describe

    folder = _folder(options)
    found = describe(folder)
    if found is None:
        write(f"{folder}: no cache\n")
        return 0
    write(
        f"{folder}: {found.size / 1_000_000:.1f} MB\n"
        f"  facts of {found.facts:,} contents\n"
        f"  results of {found.runs} runs\n"
        f"  {'an' if found.indexed else 'no'} index of the project's files\n"
    )
    return 0


@command.command()
@_where
def clean(**options: Any) -> int:
    """Remove the cache; the next run makes a new one."""
    from ..cache import clean as remove

    folder = _folder(options)
    try:
        size = remove(folder)
    except OSError as error:
        raise click.ClickException(f"cannot remove {error.filename or folder}: {error.strerror}") from None
    write(f"{folder}: no cache\n" if size is None else f"{folder}: removed {size / 1_000_000:.1f} MB\n")
    return 0


def _folder(options: dict[str, Any]) -> Path:
    folder = settings_of(options).cache_dir
    assert folder is not None
    return folder
