"""``fslint facts``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .common import project_options, save, settings_of, write


@click.command(
    short_help="Write this repository's call records, for another repository's checks.",
    epilog="""\b
Example, in the back end's repository and then in the front end's configuration:
  fslint facts -o server.json
  linked-facts = ["server.json"]
""",
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Where to [stdout]."
)
@click.option("--repository", metavar="NAME", help="The name by which findings call this repository [its folder's].")
@project_options
def command(output: Path | None, repository: str | None, **options: Any) -> int:
    """Write the tracking calls of this repository: names, sides, forms of user IDs, types of properties.

    No source text and no IDs are in it. Another repository names the file in `linked-facts`, and every rule that
    compares calls then works over both.
    """
    from .. import engine

    data = engine.facts(settings_of(options), repository)
    if output is None:
        write(data.decode())
    else:
        save(output, data)
    return 0
