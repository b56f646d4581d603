"""``fslint why``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from .common import project_options, settings_of, write

_PLACE = re.compile(r"(.+?):([1-9]\d*)(?=:|$)")
"""A file, which may begin with a drive (``C:\\shop\\cart.ts:12``), a line, and what an editor or a finding puts behind."""


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

    found = _PLACE.match(place)
    if found is None or Path(place).exists():
        raise click.UsageError(f"'{place}' is not FILE:LINE, as in web/cart.ts:12.")
    file, number = found.groups()
    if not Path(file).is_file():
        raise click.UsageError(f"There is no file {file}.")
    settings = settings_of(options)
    path = Path(file).resolve()
    if not path.is_relative_to(settings.root):
        raise click.UsageError(f"{file} lies outside the project's root {settings.root}.")
    said = engine.why(settings, relative(path, settings.root), int(number))
    write("".join(f"{printable(line)}\n" for line in said) or f"fslint knows of no tracking call at {file}:{number}.\n")
    return 0
