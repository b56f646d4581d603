"""What commands share: options about the configuration, colour, and how to write output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from ..settings import Overrides, Settings

WIDTH = 114
"""Columns where there is no terminal that has a width."""

_F = TypeVar("_F", bound=Callable[..., Any])


def stacked(*options: Callable[[_F], _F]) -> Callable[[_F], _F]:
    """Several click options as one decorator, in the order in which the help shows them."""

    def decorate(function: _F) -> _F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def project_options(function: _F) -> _F:
    """Options that say which project, configuration and registry are meant."""
    return stacked(
        click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Take this configuration file."),
        click.option("--isolated", is_flag=True, help="Take no configuration file."),
        click.option("--root", metavar="DIR", help="The project's root folder."),
        click.option("--registry", metavar="FILE", multiple=True, help="The tracking plan (may be repeated)."),
        click.option("--cache-dir", metavar="DIR", help="Where facts are kept between runs [.fslint_cache]."),
        click.option("--jobs", type=click.IntRange(0), metavar="N", help="Processes that parse [0: one a processor]."),
        click.option("--no-cache", is_flag=True, help="Keep and use no facts of other runs."),
    )(function)


def color_option(function: _F) -> _F:
    """``--color``."""
    return click.option(
        "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Coloured output."
    )(function)


def complete_rules(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Codes and names of rules for the shell, after the last comma of what is there."""
    from ..rules.catalogue import CATALOGUE

    before, comma, begun = incomplete.rpartition(",")
    words = [*CATALOGUE, *(meta.name for meta in CATALOGUE.values())]
    return [f"{before}{comma}{word}" for word in words if word.casefold().startswith(begun.casefold())]


def settings_of(options: dict[str, Any], **more: Any) -> Settings:
    """The settings that the options of ``project_options`` lead to. Raises ``SettingsError``."""
    from ..settings import load

    given = {key: options[key] for key in ("root", "registry", "cache_dir", "no_cache", "jobs") if options.get(key)}
    return load(Path.cwd(), options["config"], options["isolated"], cast("Overrides", {**given, **more}))


def separated(values: Sequence[str]) -> list[str] | None:
    """``--select A,B --select C`` as [A, B, C]; None where the option was not given."""
    if not values:
        return None
    return [part.strip() for value in values for part in value.split(",") if part.strip()]


def colored(choice: str) -> bool:
    """Whether standard output gets colour (https://no-color.org, https://force-color.org)."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def columns() -> int:
    """The width of the terminal, or what ``COLUMNS`` says."""
    # ``shutil`` has the same, and imports every compression with it.
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return max(40, int(told))
    try:
        return max(40, os.get_terminal_size(1).columns or WIDTH)
    except OSError:
        return WIDTH


def write(text: str) -> None:
    """Write to standard output; a closed pipe is no error, and what can't be encoded is escaped."""
    from . import _forget_output

    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()


def write_bytes(content: bytes) -> None:
    """Write a file's content to standard output, as it is."""
    from . import _forget_output

    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _forget_output()


def save(target: Path, content: bytes) -> None:
    """Write a file whole or not at all; a failure is shown to the user."""
    from ..files import write as write_file

    try:
        write_file(target, content)
    except OSError as error:
        raise click.ClickException(f"cannot write {target}: {error.strerror or error}") from None


def note(text: str) -> None:
    """Say something on standard error."""
    click.echo(f"fslint: {text}", err=True)
