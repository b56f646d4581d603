"""``fslint why``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .common import project_options, settings_of, write


@click.command(
    short_help="Tell what fslint knows of the tracking call at FILE:LINE.",
    epilog="""\b
Example:
  fslint why web/cart.ts:12
""",
)
@click.argument("place", metavar="FILE:LINE")
@project_options
def command(place: str, **options: Any) -> int:
    """Tell what fslint knows of the tracking calls on a line.

    Their side and why, the wrappers that they go through, and each value with the place it came from.
    """
    from .. import engine
    from ..reporters.text import printable
    from ..settings import relative

    file, _, rest = place.partition(":") if not Path(place).exists() else (place, "", "")
    number = rest.partition(":")[0]
    if not number.isdigit() or number == "0":
        raise click.UsageError(f"'{place}' is not FILE:LINE, as in web/cart.ts:12.")
    if not Path(file).is_file():
        raise click.UsageError(f"There is no file {file}.")
    settings = settings_of(options)
    said = engine.why(settings, relative(Path(file).resolve(), settings.root), int(number))
    write("".join(f"{printable(line)}\n" for line in said) or f"fslint knows of no tracking call at {file}:{number}.\n")
    return 0
