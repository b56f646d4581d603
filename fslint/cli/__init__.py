"""The command line: options in, output and an exit code out; what it does is done by ``engine``.

Importing this module imports click and nothing else of weight: each command's module is imported when it is called.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

import click

from .. import __version__

COMMANDS = {
    "init": "Write a configuration, and a registry drafted from the code.",
    "check": "Check the project's tracking and print the findings.",
    "events": "List every event, user and page property call that the code sends.",
    "why": "Tell what fslint knows of the tracking call at FILE:LINE.",
    "explain": "Print a rule's page: what, why, bad, good, how to fix.",
    "rules": "List the rules.",
    "registry": "Work on the event registry: check, sync, import, schema.",
    "facts": "Write this repository's call records, for another repository's checks.",
    "cache": "Show or remove what is kept between runs.",
    "lsp": "Run the language server, for editors.",
    "demo": "Write a small shop with tracking mistakes and check it.",
}
"""Each command and its one line of help; its module has its name."""

EPILOG = """\b
Examples:
  fslint demo                         see it work, on a small shop
  fslint init                         start: write fslint.toml and events.yaml, from the code
  fslint check                        check the project around the working directory
  fslint check web/cart.ts            report only what touches one file
  fslint check --fix                  mend what can be mended safely
  fslint events                       what is tracked, and from where
  fslint explain FS201                what a rule is about
  fslint explain ci                   recipes for pre-commit, GitHub, GitLab, Jenkins, Azure

\b
Completion for your shell, in ~/.bashrc or ~/.zshrc:
  eval "$(_FSLINT_COMPLETE=bash_source fslint)"        (or zsh_source, fish_source)
"""


class _Commands(click.Group):
    """Commands by name, imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"{__name__}.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"There is no command '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_Commands,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="fslint %(version)s")
def group() -> None:
    """Lint FullStory tracking across browser code, server code and the tracking plan."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run fslint as a program; returns its exit code: 0 clean, 1 findings, 2 the run could not be done."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.stdout, sys.stderr = (_usable(stream) for stream in (sys.stdout, sys.stderr))
    try:
        code = group.main(given, prog_name="fslint", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        from ..source import mask

        if isinstance(error, click.UsageError):
            error.show()
        else:
            click.echo(f"Error: {mask(error.message)}", err=True)
        return 2
    except SystemExit as stop:  # click, when it completes words for the shell
        return stop.code if isinstance(stop.code, int) else 0
    except BrokenPipeError:
        _forget_output()
        return 0
    except (click.Abort, KeyboardInterrupt):
        click.echo("fslint: interrupted", err=True)
        return 130
    except OSError as error:
        if error.errno not in _FULL:
            return _report(error, "--verbose" in given or "-v" in given)
        _forget_output()
        click.echo(f"fslint: cannot write the output: {error.strerror}", err=True)
        return 2
    except Exception as error:
        return _report(error, "--verbose" in given or "-v" in given)


_FULL = (errno.ENOSPC, errno.EIO, errno.EFBIG)


def _usable(stream: TextIO | None) -> TextIO:
    """A standard stream that takes every text; one that was closed when fslint was started goes nowhere."""
    if stream is None:
        return Path(os.devnull).open("w", encoding="utf-8")
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream


def _report(error: Exception, verbose: bool) -> int:
    """Say what stopped the run."""
    from ..source import mask

    if type(error).__name__ in ("SettingsError", "BaselineError"):
        click.echo(f"fslint: {mask(str(error))}", err=True)
        return 2
    if verbose:
        import traceback

        traceback.print_exc()
    what = mask(str(error).splitlines()[0][:200]) if str(error) else ""
    click.echo(
        f"fslint: internal error: {type(error).__name__}{': ' if what else ''}{what}\n"
        "This is a bug in fslint; please report it"
        + ("." if verbose else " with the output of the same command and --verbose."),
        err=True,
    )
    return 2


def _forget_output() -> None:
    """Let the interpreter's last flush go nowhere: the reader has closed the pipe."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        pass
