"""``fslint events``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from ..source import mask
from .common import color_option, colored, project_options, settings_of, write

if TYPE_CHECKING:
    from ..settings import Settings

Record = dict[str, Any]
NO_NAME = "(name not known)"


@click.command(
    short_help="List every event, user and page property call that the code sends.",
    epilog="""\b
Examples:
  fslint events                           every event, its side, calls and properties
  fslint events "Order Completed"         one event, each call with its wrappers
  fslint events --unresolved              the calls whose name is not known, and why
  fslint events --output-format markdown > TRACKING.md      a tracking plan to read
  fslint events --output-format csv                         ... or to sort and filter
  fslint events --output-format markdown --base-url https://github.com/o/r/blob/main
""",
)
@click.argument("name", required=False)
@click.option("--unresolved", is_flag=True, help="List what could not be resolved, and why.")
@click.option(
    "--output-format", type=click.Choice(["text", "json", "csv", "markdown"]), default="text", help="Form of the list."
)
@click.option("--base-url", metavar="URL", help="In markdown, link to URL/path#Lline instead of the file beside.")
@color_option
@project_options
def command(
    name: str | None, unresolved: bool, output_format: str, base_url: str | None, color: str, **options: Any
) -> int:
    """List what is tracked: every event, identify call and property call of the project, by side.

    With NAME, explain one event: its calls with the chain of wrappers that each goes through.
    """
    from .. import engine

    if output_format in ("csv", "markdown") and not unresolved:
        write(mask(_plan(name, output_format, base_url, settings_of(options))))
        return 0
    found = engine.events(settings_of(options))
    if name is not None:
        found["calls"] = [call for call in found["calls"] if name in _names(call)]
        if not found["calls"]:
            raise click.ClickException(f"the code sends no event {name!r}{_nearest(name, engine, options)}")
    if output_format == "json":
        if not unresolved:
            found.pop("unresolved_calls", None)
        write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
        return 0
    rows = _rows(found["calls"])
    on = colored(color)
    if unresolved:
        write(_unresolved(found.get("unresolved_calls", ()), output_format))
    elif name is not None:
        write("".join(_explained(call, on) for call in found["calls"]))
    else:
        write(_table(rows, on) + _end(found))
    return 0


def _nearest(name: str, engine: Any, options: dict[str, Any]) -> str:
    from difflib import get_close_matches

    known = {known for call in engine.events(settings_of(options))["calls"] for known in _names(call)}
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""


def _names(call: Record) -> list[str]:
    return list(dict.fromkeys([*([call["name"]] if call.get("name") else []), *call.get("names", ())]))


def _rows(calls: Iterable[Record]) -> dict[tuple[str, str], list[Record]]:
    """Calls by kind and name, events first, sorted by name; what has no name comes last."""
    rows: dict[tuple[str, str], list[Record]] = {}
    for call in calls:
        names = _names(call) or ([str(call["pattern"])] if call.get("pattern") else [])
        for name in names or [NO_NAME if call["kind"] == "event" else ""]:
            rows.setdefault((call["kind"], name), []).append(call)
    order = {"event": 0, "identify": 1, "user-properties": 2, "page-properties": 3}
    return dict(sorted(rows.items(), key=lambda row: (order.get(row[0][0], 9), row[0][1] == NO_NAME, row[0][1])))


def _sides(calls: Sequence[Record]) -> str:
    return ", ".join(sorted({call["side"] for call in calls}))


def _properties(calls: Sequence[Record]) -> str:
    """``amount: real, currency?: str``: those that not every call sends are marked."""
    sent: dict[str, set[str]] = {}
    counts: dict[str, int] = {}
    for call in calls:
        for entry in call.get("properties", ()):
            sent.setdefault(entry["name"], set()).update([entry["type"]] if entry.get("type") else [])
            counts[entry["name"]] = counts.get(entry["name"], 0) + 1
    parts = [
        f"{name}{'' if counts[name] >= len(calls) else '?'}{': ' if types else ''}{'|'.join(sorted(types))}"
        for name, types in sent.items()
    ]
    return ", ".join(parts + ["…"] * any(call.get("open") for call in calls))


def _place(call: Record) -> str:
    return f"{call['path']}:{call['line']}:{call['column']}"


def _table(rows: dict[tuple[str, str], list[Record]], color: bool) -> str:
    from ..reporters.text import printable, style

    lines: list[str] = []
    for (kind, name), calls in rows.items():
        title = printable(name) if kind == "event" else kind
        lines.append(f"{style(title, color, bold=True)}  {style(_sides(calls), color, 'cyan')}")
        properties = _properties(calls)
        lines += [f"    {printable(properties)}"] if properties else []
        lines += [f"    {style(printable(_place(call)), color, 'blue')}" for call in calls]
    return "".join(f"{line}\n" for line in lines)


def _end(found: Record) -> str:
    from ..reporters import plural

    calls = found["calls"]
    names = {name for call in calls if call["kind"] == "event" for name in _names(call)}
    said = f"{plural(len(names), 'event')} in {plural(len(calls), 'call')}"
    if found["unresolved"]:
        said += f"; {found['unresolved']} unresolved: `fslint events --unresolved`"
    return f"{said}\n" if not calls else f"\n{said}\n"


def _plan(name: str | None, output_format: str, base_url: str | None, settings: Settings) -> str:
    """The tracking plan, or one event of it."""
    from .. import engine
    from ..reporters import plural
    from ..settings import relative
    from ..tracking_plan import entries, markdown, relative_link, to_csv

    with engine.opened(settings, settings.cwd) as (project, position):
        found = entries(project, position)
        unknown = len({frame.key for frame, _ in project.unresolved})
    if name is not None:
        found = [entry for entry in found if entry.kind == "event" and entry.name == name]
        if not found:
            raise click.ClickException(f"there is no event {name!r}, neither in the code nor in the plan")
    if output_format == "csv":
        return to_csv(found)
    link = relative_link
    if base_url is not None:
        root = base_url.rstrip("/")

        def link(path: str, line: int) -> str:
            return f"{root}/{relative_link(relative(settings.cwd / path, settings.root), line)}"

    notes = (
        [f"{plural(unknown, 'call')} with a name that is not known: `fslint events --unresolved`"] if unknown else []
    )
    return markdown(found, link, notes)


def _unresolved(calls: Iterable[Record], output_format: str) -> str:
    from ..reporters.text import printable

    if output_format == "csv":
        import csv
        import io

        from ..tracking_plan import harmless

        output = io.StringIO()
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(("place", "function", "reason"))
        writer.writerows([harmless(cell) for cell in (_place(c), c.get("function"), c.get("reason"))] for c in calls)
        return output.getvalue()
    lines = [
        f"{_place(call)}: {call.get('reason') or 'not known'}"
        + (f" (in {call['function']})" if call.get("function") else "")
        for call in calls
    ]
    mark = "- " if output_format == "markdown" else ""
    return "".join(f"{mark}{printable(line)}\n" for line in lines) or "Everything is resolved.\n"


def _explained(call: Record, color: bool) -> str:
    from ..reporters.text import printable, style

    lines = [f"{style(printable(_place(call)), color, bold=True)}: {call['kind']}, {call['side']}, {call['api']}"]
    lines += [
        printable(f"    through {step.get('function') or 'a call'} at {step['path']}:{step['line']}")
        for step in call.get("through", ())
    ]
    properties = _properties([call])
    lines += [f"    properties: {properties}"] if properties else []
    return "".join((line if "\x1b" in line else printable(line)) + "\n" for line in lines)
