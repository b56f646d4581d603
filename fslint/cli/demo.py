"""``fslint demo``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from .common import color_option, colored, columns, note, write


@click.command(short_help="Write a small shop with tracking mistakes and check it.")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@color_option
def command(folder: Path | None, color: str) -> int:
    """Write a small shop (React, FastAPI, a tracking plan) with mistakes in it, check it, show the findings.

    Into FOLDER, or into a temporary one that is left for you to look at.
    """
    from .. import demo, engine
    from ..reporters import Report, findings, render
    from ..settings import load
    from ..source import Sources

    target = folder if folder is not None else Path(tempfile.mkdtemp(prefix="fslint-demo-"))
    try:
        demo.write(target)
    except FileExistsError as error:
        raise click.ClickException(f"{error}; choose another folder") from None
    except OSError as error:
        raise click.ClickException(f"cannot write to {target}: {error.strerror}") from None
    seen_from = Path.cwd() if folder is not None else target
    settings = load(seen_from, config=target.absolute() / "fslint.toml", overrides={"no_cache": True})
    result = engine.check(settings)
    made = findings(result.diagnostics, settings, Sources(settings.root))
    write(render("text", Report(made, result.summary, color=colored(color), width=columns())))
    note(f"the shop is in {target}: look around, change something, run `fslint check` there")
    return 0
