"""``fslint registry``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .common import color_option, colored, note, project_options, save, settings_of, write

if TYPE_CHECKING:
    from ..diagnostics import Diagnostic
    from ..settings import Settings


@click.group(short_help="Work on the event registry: check, sync, import, schema.")
def command() -> None:
    """Work on the event registry (tracking plan)."""


@command.command()
def schema() -> int:
    """Print the JSON Schema of a registry file, for editors."""
    from .. import registry

    text = registry.schema()
    write(text if text.endswith("\n") else f"{text}\n")
    return 0


@command.command(short_help="Check registry files by themselves (FS002).")
@click.argument("files", nargs=-1)
@click.option(
    "--output-format",
    type=click.Choice(["text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit"]),
    default="text",
    help="Form of the report.",
)
@color_option
@project_options
def check(files: tuple[str, ...], output_format: str, color: str, **options: Any) -> int:
    """Check registry files by themselves: FS002, without looking at code.

    Without FILES, those that the configuration names, or that stand where a registry is looked for.
    """
    from ..registry import load
    from ..reporters import Report, findings, plural, render
    from ..settings import relative
    from ..source import Sources
    from ..text import Undecodable, to_utf8

    settings = settings_of(options)
    for file in files:
        if not Path(file).is_file():
            raise click.UsageError(f"There is no file {file}.")
    named = [[relative(Path(file).resolve(), settings.root) for file in files]]
    groups = named if files else [settings.registry, *(app.registry for app in settings.apps if app.registry)]
    if not any(groups):
        raise click.UsageError("There is no registry here: no events.yaml, and no `registry` in the configuration.")
    problems: list[Diagnostic] = []
    events = checked = 0
    for group in groups:
        texts: dict[str, bytes] = {}
        for path in group:
            try:
                texts[path] = to_utf8((settings.root / path).read_bytes(), "yaml")
            except (OSError, Undecodable) as error:
                raise click.ClickException(f"cannot read {path}: {error}") from None
        registry = load(texts)
        problems += registry.problems
        events += len(registry.events)
        checked += len(texts)
    made = findings(sorted(problems, key=lambda d: d.place), settings, Sources(settings.root))
    counts = dict.fromkeys(("calls", "unresolved", "partly_read", "warnings", "infos", "suppressed", "fixable"), 0)
    report = Report(made, {"files": checked, "errors": len(made), **counts}, color=colored(color), quiet=True)
    write(render(output_format, report))
    if output_format in ("text", "concise"):
        write(f"{plural(events, 'event')} in {plural(checked, 'file')}, {plural(len(made), 'problem')}.\n")
    return int(bool(made))


@command.command(
    short_help="Add what is new in the code, mark what is gone.",
    epilog="""\b
Examples:
  fslint registry sync            add what is new, mark what is gone
  fslint registry sync --diff     show what would change
  fslint registry sync --check    fail if something would change, for CI
""",
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if something would change.")
@click.option(
    "--diff", "show_diff", is_flag=True, help="Write nothing; print what would change, and exit with 1 if it would."
)
@project_options
def sync(check: bool, show_diff: bool, **options: Any) -> int:
    """Add what the code sends to the registry, and mark what nothing sends any more.

    New events and properties are added as `fslint init` drafts them; a comment marks events and properties that are gone. What
    is registered is not changed: comments, order and every other byte of the files stay.
    """
    from .. import engine
    from ..fixes import diff
    from ..settings import relative
    from ..syncing import sync as synced

    settings = settings_of(options)
    if not settings.registry and not any(app.registry for app in settings.apps):
        raise click.UsageError("There is no registry here: `fslint init` writes one.")
    with engine.opened(settings) as (project, position):
        found = synced(project, lambda path: (settings.root / path).read_bytes(), position)
    if not (check or show_diff):
        for path, content in found.contents.items():
            save(settings.root / path, content)
    if show_diff:
        write(diff(settings.root, found.contents, lambda path: relative(settings.root / path, settings.cwd)))
    else:
        write(_lines(settings, found.done))
    click.echo(
        _lines(settings, found.refused, "not changed: ") + _lines(settings, found.left, "left to you: "),
        err=True,
        nl=False,
    )
    if found.refused:
        return 2
    if check or show_diff:
        return int(bool(found.contents))
    if not found.contents:
        note("there is nothing to add")
    return 0


def _lines(settings: Settings, said: list[tuple[str, str]], about: str = "") -> str:
    """What was said of each file, a line each."""
    from ..reporters.text import printable
    from ..settings import relative

    return "".join(f"{relative(settings.root / path, settings.cwd)}: {about}{printable(what)}\n" for path, what in said)


@command.command(
    "import",
    short_help="Make a registry of another tool's tracking plan.",
    epilog="""\b
Examples:
  fslint registry import tracking-plan.json -o events.yaml
  fslint registry import amplitude.csv --side client > events.yaml
  curl … | fslint registry import - --from segment
""",
)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--from",
    "form",
    type=click.Choice(["segment", "rudderstack", "avo", "amplitude", "analyze-tracking"]),
    help="The tool that wrote FILE [found out].",
)
@click.option("--side", type=click.Choice(["client", "server", "both"]), help="The side of every event.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Where to [stdout]."
)
@click.option("--force", is_flag=True, help="Overwrite the output file.")
def import_plan(file: Path, form: str | None, side: str | None, output: Path | None, force: bool) -> int:
    """Make a registry of another tool's tracking plan.

    Segment Protocols, RudderStack and Avo (JSON), Amplitude Data (CSV), @flisk/analyze-tracking (YAML). What has no place
    in a registry is listed. Where the plan does not tell the side, `side: both, reviewed: false` waits for a person.
    """
    from ..importing import TITLES, ImportingError, read
    from ..registry import load
    from ..registry_text import render
    from ..reporters import plural
    from ..reporters.text import printable

    if output is not None and output.exists() and not force:
        raise click.ClickException(f"{output} exists already; --force overwrites it")
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        found, plan = read(data, form, side)
    except OSError as error:
        raise click.ClickException(f"cannot read {file}: {error.strerror or error}") from None
    except ImportingError as error:
        raise click.ClickException(f"{file}: {error}") from None
    text = render(plan.plan([f"The tracking plan, made by `fslint registry import` from a plan of {TITLES[found]}."]))
    problems = load({"registry": text.encode()}).problems
    for line in (*plan.left, *(problem.message for problem in problems)):
        note(f"not taken: {printable(line)}")
    if output is None:
        write(text)
    else:
        save(output, text.encode())
    open_sides = sum(not event.reviewed for event in plan.events)
    note(
        f"{plural(len(plan.events), 'event')} of {TITLES[found]}"
        + (f" in {output}" if output else "")
        + (f"; {open_sides} with `reviewed: false`, since the plan does not tell who sends them" if open_sides else "")
    )
    return 0
