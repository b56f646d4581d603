"""``fslint check``."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .common import (
    color_option,
    colored,
    columns,
    complete_rules,
    note,
    project_options,
    save,
    separated,
    settings_of,
    stacked,
    write,
    write_bytes,
)
from .progress import Progress

if TYPE_CHECKING:
    from ..baseline import Entry
    from ..changes import Changes
    from ..diagnostics import Diagnostic
    from ..engine import Result
    from ..fixes import Fixed
    from ..reporters import Report
    from ..settings import Settings

FORMATS = ("text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit")
FOR_PEOPLE = ("text", "concise")
BASELINE = "fslint-baseline.json"
ROUNDS = 3
"""Of ``--add-suppressions``: a comment may bring another finding to light."""
NAMED = 10
"""As many of a baseline's entries that no longer occur are named without ``--verbose``."""


def _complete_formats(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in FORMATS if name.startswith(incomplete)]


def _rules_option(name: str, text: str) -> Callable[[Any], Any]:
    return click.option(name, multiple=True, metavar="RULES", help=text, shell_complete=complete_rules)


@click.command(
    short_help="Check the project's tracking and print the findings.",
    epilog="""\b
Exit codes: 0 nothing at warning or above, 1 findings, 2 the run could not be done.

\b
Examples:
  fslint check                                  the whole project
  fslint check web api/views.py                 report only what touches these
  fslint check --fix --diff                     show what --fix would change
  fslint check --select FS2,exposed-api-key     only some rules
  fslint check --watch                          again at every change of a file
  fslint check --since main                     only lines changed since main
  fslint check --write-baseline                 accept today's findings ...
  fslint check --baseline fslint-baseline.json  ... and report only new ones
  fslint check --add-suppressions --reason "old"  ... or by comments in the code
  fslint check --output-format sarif:out.sarif --output-format text
""",
)
@click.argument("paths", nargs=-1, metavar="[PATHS]...", type=click.Path())
@stacked(
    _rules_option("--select", "Run only these: codes, prefixes (FS2), names, ALL."),
    _rules_option("--extend-select", "Run these too."),
    _rules_option("--ignore", "Do not run these."),
)
@stacked(
    click.option("--fix", is_flag=True, help="Apply safe fixes."),
    click.option("--unsafe-fixes", is_flag=True, help="Apply fixes too that change what is sent (with --fix, --diff)."),
    click.option("--diff", is_flag=True, help="Show what the fixes would change, and write nothing."),
)
@stacked(
    click.option(
        "--output-format",
        multiple=True,
        metavar="FORMAT[:FILE]",
        shell_complete=_complete_formats,
        help=f"One of {', '.join(FORMATS)}; may be repeated, each but one with a file [text; $FSLINT_OUTPUT_FORMAT].",
    ),
    click.option("--output-file", type=click.Path(path_type=Path), metavar="FILE", help="Write the report to a file."),
    click.option("--statistics", is_flag=True, help="Count the findings of each rule."),
    color_option,
    click.option("--quiet", "-q", is_flag=True, help="Print findings only."),
    click.option("--verbose", "-v", is_flag=True, help="Say what is done, on standard error."),
)
@stacked(
    click.option("--fail-on", type=click.Choice(["error", "warning"]), help="The least severity that fails the run."),
    click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings."),
    click.option("--watch", is_flag=True, help="Check again whenever a file changes, until Ctrl-C."),
)
@stacked(
    click.option("--baseline", type=click.Path(path_type=Path), metavar="FILE", help="Leave out what it accepts."),
    click.option("--write-baseline", is_flag=True, help=f"Accept all findings of today [{BASELINE}]."),
    click.option("--add-suppressions", is_flag=True, help="Silence all findings by comments in the code."),
    click.option("--reason", metavar="TEXT", help="Why, for the comments of --add-suppressions."),
    click.option("--since", metavar="REV", help="Report only on lines changed since this revision."),
    click.option("--staged", is_flag=True, help="Report only on staged lines, as they are staged."),
    click.option(
        "--stdin-filename",
        metavar="FILE",
        help="Take FILE's content from standard input (with --fix, write it to standard output).",
    ),
)
@project_options
@stacked(
    click.option("--show-settings", is_flag=True, help="Print the settings and stop."),
    click.option("--show-files", is_flag=True, help="Print the files that are looked at and stop."),
)
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Check the project's tracking.

    The whole project is always analysed; PATHS choose what is reported: findings that lie in them or have to do with
    something in them.
    """
    _refuse_contradictions(options)
    outputs = _outputs(options)
    if options["watch"]:
        return _watch(paths, options, outputs)
    return _once(paths, options, outputs)


def _once(paths: tuple[str, ...], options: dict[str, Any], outputs: Sequence[tuple[str, Path | None]]) -> int:
    settings = _settings(options)
    changes, overlay = _changes(settings, options)
    if options["stdin_filename"]:
        paths = (options["stdin_filename"],)
        overlay = {_from_root(settings, paths[0]): sys.stdin.buffer.read()}
    settings = replace(settings, overlay=overlay)
    if options["show_settings"]:
        write(_shown_settings(settings))
        return 0
    if options["show_files"]:
        write(_shown_files(settings))
        return 0
    return _Run(settings, paths, options, changes).done(outputs)


def _watch(paths: tuple[str, ...], options: dict[str, Any], outputs: Sequence[tuple[str, Path | None]]) -> int:
    """Run until Ctrl-C. A configuration that is being edited may be broken for a while."""
    from ..baseline import BaselineError
    from ..settings import SettingsError
    from .watch import watch

    known = _settings(options)

    def load() -> Settings:
        nonlocal known
        with contextlib.suppress(SettingsError):
            known = _settings(options)
        return known

    def run() -> int:
        if sys.stdout.isatty():
            click.clear()
        try:
            return _once(paths, options, outputs)
        except click.ClickException as error:
            error.show()
        except (SettingsError, BaselineError) as error:
            note(str(error))
        return 2

    watch(load, run, [target for _, target in outputs if target is not None])
    return 0


class _Run:
    """One run of ``check``: what to check, and what of its findings to show."""

    def __init__(
        self, settings: Settings, paths: Sequence[str], options: Mapping[str, Any], changes: Changes | None
    ) -> None:
        self.settings, self.paths, self.options, self.changes = settings, paths, options, changes
        self.notes: list[str] = []
        self.known = 0
        """Findings that the baseline accepts."""
        self.accepted = self._baseline()
        self.started = time.monotonic()
        self.streamed = next(iter(settings.overlay)) if options["fix"] and options["stdin_filename"] else ""
        """The file whose fixed content goes to standard output, and the report to standard error."""

    def done(self, outputs: Sequence[tuple[str, Path | None]]) -> int:
        """Check, fix, report; the exit code."""
        result = self.check({})
        shown = self.shown(result, self.settings)
        if self.options["write_baseline"]:
            return self._write_baseline(result)
        if self.options["add_suppressions"]:
            return self._add_suppressions(shown)
        if self.options["fix"] or self.options["diff"]:
            fixed = self._fix(shown)
            if self.options["diff"]:
                return self._diff(fixed)
            if fixed.contents:
                result = self.check(self._written(fixed))
                shown = self.shown(result, self.settings)
            if self.streamed:
                write_bytes(fixed.contents.get(self.streamed, self.settings.overlay[self.streamed]))
        for text in (*result.notes, *self.notes, *self._left_out(result)):
            if not self.options["quiet"]:
                note(text)
        self._report(result, shown, outputs)
        failing = ("error",) if self.settings.fail_on == "error" else ("error", "warning")
        fails = any(self.settings.severity(diagnostic.code) in failing for diagnostic in shown)
        return int(fails and not self.options["exit_zero"])

    def check(self, contents: Mapping[str, bytes]) -> Result:
        """The project's findings when some files have other contents."""
        from .. import engine

        overlay = {**self.settings.overlay, **contents}
        try:
            with Progress("checking"):
                return engine.check(replace(self.settings, overlay=overlay), self.paths)
        except FileNotFoundError as error:
            raise click.UsageError(f"There is no file or folder {error}.") from None

    def shown(self, result: Result, settings: Settings) -> list[Diagnostic]:
        """The findings that are new and have changed."""
        found = result.diagnostics
        if self.accepted is not None:
            from ..baseline import new

            fresh, gone = new(result.everything, self.accepted)
            self.known = len(result.everything) - len(fresh)
            known_by = {(d.code, d.message, d.place) for d in fresh}
            found = [d for d in found if any((d.code, d.message, place) in known_by for place in _places(d))]
            self.notes = self._gone([entry for entry in gone if entry.identity.code in settings.enabled])
        if self.changes is not None and not self._changes_all(self.changes):
            sources = _sources(result, settings)
            changes = self.changes

            def changed(diagnostic: Diagnostic) -> bool:
                spans = ((place.path, sources.span(place)) for place in _places(diagnostic))
                return any(changes.touch(path, span.start.line, span.end.line) for path, span in spans)

            found = [diagnostic for diagnostic in found if changed(diagnostic)]
        return found

    def _changes_all(self, changes: Changes) -> bool:
        """Whether the registry or the configuration has changed, which can change every finding."""
        settings = self.settings
        return any(map(settings.is_configuration, changes.paths)) or any(map(settings.was_configuration, changes.gone))

    def _baseline(self) -> list[Entry] | None:
        if self.options["baseline"] is None or self.options["write_baseline"]:
            return None
        from ..baseline import load

        return load(Path(self.options["baseline"]))

    def _left_out(self, result: Result) -> list[str]:
        """What to say of named files that the project leaves out."""
        from ..discovery import left_out

        files = left_out(self.settings, self.paths, result.paths)
        if not files:
            return []
        more = f" and {len(files) - NAMED} more" if len(files) > NAMED else ""
        return [f"not looked at, since they are excluded or ignored by Git: {', '.join(files[:NAMED])}{more}"]

    def _gone(self, entries: Sequence[Entry]) -> list[str]:
        """What to say of accepted findings that no longer occur."""
        if not entries:
            return []
        shown = entries if self.options["verbose"] else entries[:NAMED]
        lines = [
            f"the baseline holds {sum(e.count for e in entries)} that no longer occur; --write-baseline drops them:"
        ]
        lines += [f"  {entry}" for entry in shown]
        if len(shown) < len(entries):
            lines.append(f"  and {len(entries) - len(shown)} more (--verbose names all)")
        return lines

    def _write_baseline(self, result: Result) -> int:
        """Accept what is found now. Entries of rules that did not run stay, what else no longer occurs is dropped."""
        from ..baseline import BaselineError, dump, entries, load, new
        from ..reporters import plural
        from ..settings import relative

        target = Path(self.options["baseline"] or self.settings.root / BASELINE)
        before: list[Entry] = []
        with contextlib.suppress(BaselineError):  # none yet, or a damaged one
            before = load(target)
        fresh, gone = new(result.everything, before)
        idle = [entry for entry in before if entry.identity.code not in self.settings.enabled]
        accepted = entries(result.everything)
        save(target, dump([*accepted, *idle]).encode())
        if not self.options["quiet"]:
            dropped = sum(entry.count for entry in gone if entry not in idle)
            changed = f" ({len(fresh)} new, {dropped} dropped)" if before else ""
            shown = relative(target.absolute(), self.settings.cwd)
            note(f"accepted {plural(sum(entry.count for entry in accepted), 'finding')}{changed} in {shown}")
            note(f"check with --baseline {shown} from now on")
        return 0

    def _add_suppressions(self, found: Sequence[Diagnostic]) -> int:
        """Give every finding a comment; what stays is shown as notes. FS003 is mended, not silenced."""
        from ..add_suppressions import add
        from ..fixes import diff
        from ..reporters import plural

        reason = self.options["reason"] or ""
        if self.settings.require_reason and not reason:
            raise click.UsageError("The configuration demands a reason: --reason TEXT.")
        if not reason.isprintable() or any(mark in reason for mark in ("*/", "-->", "//", "#")):
            raise click.UsageError("A reason is one line without the marks of comments.")
        base, contents, count = self.settings.overlay, dict(self.settings.overlay), 0
        unused = [diagnostic for diagnostic in found if diagnostic.code == "FS003"]
        left = [diagnostic for diagnostic in found if diagnostic.code != "FS003"]
        for _ in range(ROUNDS):
            added = add(left, partial(self._content, contents), reason)
            if not added.contents:
                break
            contents |= added.contents
            count += added.count
            left = [d for d in self.shown(self.check(contents), self.settings) if d.code != "FS003"]
        changed = {path: data for path, data in contents.items() if data != base.get(path)}
        if self.options["diff"]:
            write(diff(self.settings.root, changed, self._seen))
        for path, data in {} if self.options["diff"] else changed.items():
            save(self.settings.root / path, data)
        if not self.options["quiet"]:
            done = "would silence" if self.options["diff"] else "silenced"
            note(f"{done} {plural(count, 'finding')} in {plural(len(changed), 'file')}")
            if unused:
                note(f"FS003 is left {plural(len(unused), 'time')}: --fix mends suppressions that are unused")
        sources = self._sources(contents)
        for diagnostic in left:
            line = sources.span(diagnostic.place).start.line
            note(f"{self._seen(diagnostic.place.path)}:{line}: no comment can silence {diagnostic.code} here")
        return int(bool(left or unused) and not self.options["exit_zero"])

    def _content(self, contents: Mapping[str, bytes], path: str) -> bytes | None:
        """A file's bytes, None where there is none."""
        if path in contents:
            return contents[path]
        file = self.settings.root / path
        try:
            return file.read_bytes() if file.is_file() else None
        except (OSError, ValueError):
            return None

    def _seen(self, path: str) -> str:
        """A path as it is shown: from the working directory."""
        from ..settings import relative

        return relative(self.settings.root / path, self.settings.cwd)

    def _sources(self, contents: Mapping[str, bytes]) -> Any:
        from ..source import Sources

        return Sources(self.settings.root, contents)

    def _fix(self, shown: Sequence[Diagnostic]) -> Fixed:
        from ..fixes import fix_all

        def again(contents: Mapping[str, bytes]) -> Sequence[Diagnostic]:
            return self.shown(self.check(contents), self.settings)

        base = dict(self.settings.overlay)
        fixed = fix_all(self.settings.root, shown, again, self.options["unsafe_fixes"], base)
        if fixed.refused and not self.options["quiet"]:
            note(f"left out fixes that would not keep the file sound: {', '.join(sorted(fixed.refused))}")
        return fixed

    def _written(self, fixed: Fixed) -> dict[str, bytes]:
        """Write what was fixed; returns the contents that are not on disk (standard input's)."""
        from ..fixes import write as write_files

        streamed = {path: data for path, data in fixed.contents.items() if path in self.settings.overlay}
        try:
            write_files(self.settings.root, {p: d for p, d in fixed.contents.items() if p not in streamed})
        except OSError as error:
            raise click.ClickException(f"cannot write {error.filename or 'a file'}: {error.strerror}") from None
        rules = ", ".join(f"{count} {code}" for code, count in sorted(fixed.counts.items()))
        if not self.options["quiet"]:
            note(f"fixed {fixed.total} ({rules})")
        return streamed

    def _diff(self, fixed: Fixed) -> int:
        from ..fixes import diff

        write(diff(self.settings.root, fixed.contents, self._seen, self.settings.overlay))
        if not self.options["quiet"]:
            note(f"would fix {fixed.total} in {len(fixed.contents)} files")
        return int(bool(fixed.contents) and not self.options["exit_zero"])

    def _report(self, result: Result, shown: Sequence[Diagnostic], outputs: Sequence[tuple[str, Path | None]]) -> None:
        from ..reporters import FROM_REPOSITORY, Report, findings, plural, render
        from ..settings import git_top

        sources = _sources(result, self.settings)
        made = findings(shown, self.settings, sources)
        summary = dict(result.summary)
        for key, severity in (("errors", "error"), ("warnings", "warning"), ("infos", "info")):
            summary[key] = sum(finding.severity == severity for finding in made)
        summary["fixable"] = sum(finding.fix is not None for finding in made)
        known = f"The baseline accepts {plural(self.known, 'more finding' if made else 'finding')}."
        report = Report(made, summary, (known,) if self.known else (), quiet=self.options["quiet"])
        for format_name, target in outputs:
            written = report
            if target is None:
                written = report._replace(color=colored(self.options["color"]), width=columns())
            if format_name in FROM_REPOSITORY:
                top = git_top(self.settings.root)
                written = written._replace(findings=findings(shown, self.settings, sources, top))
            text = render(format_name, written)
            if self.options["statistics"] and format_name in FOR_PEOPLE:
                text += _statistics(report)
            if target is None and self.streamed:
                click.echo(text, nl=False, err=True)
            elif target is None:
                write(text)
            else:
                save(target, text.encode("utf-8", "backslashreplace"))
        if self.options["statistics"] and not any(name in FOR_PEOPLE for name, _ in outputs):
            click.echo(_statistics(report), nl=False, err=True)
        if self.options["verbose"]:
            took = time.monotonic() - self.started
            note(f"root {self.settings.root}, configuration {self.settings.config or 'none'}, {took:.2f} s")


def _places(diagnostic: Diagnostic) -> list[Any]:
    return [diagnostic.place, *(related.place for related in diagnostic.related)]


def _sources(result: Result, settings: Settings) -> Any:
    from ..source import Sources

    return Sources(settings.root, {**settings.overlay, **result.linked_contents}, result.secrets)


def _refuse_contradictions(options: Mapping[str, Any]) -> None:
    for one, other in (
        ("since", "staged"),
        ("stdin_filename", "staged"),
        ("config", "isolated"),
        ("quiet", "verbose"),
        ("write_baseline", "fix"),
        ("write_baseline", "diff"),
        ("write_baseline", "since"),
        ("write_baseline", "staged"),
        *(("watch", other) for other in ("fix", "diff", "write_baseline", "staged", "stdin_filename")),
        *(("watch", other) for other in ("add_suppressions", "show_settings", "show_files")),
        *(("add_suppressions", other) for other in ("fix", "write_baseline", "staged", "stdin_filename")),
        ("staged", "fix"),
        ("staged", "diff"),
    ):
        if options[one] and options[other]:
            names = [f"--{name.replace('_', '-')}" for name in (one, other)]
            raise click.UsageError(f"{names[0]} and {names[1]} cannot go together.")


def _outputs(options: Mapping[str, Any]) -> list[tuple[str, Path | None]]:
    """The formats asked for, each with its file (None: standard output)."""
    asked = options["output_format"] or (os.environ.get("FSLINT_OUTPUT_FORMAT") or "text",)
    outputs: list[tuple[str, Path | None]] = []
    for text in asked:
        name, _, file = text.partition(":")
        if name not in FORMATS:
            from difflib import get_close_matches

            near = get_close_matches(name, FORMATS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"There is no output format '{name}'; there are {', '.join(FORMATS)}.{hint}")
        outputs.append((name, Path(file) if file else options["output_file"]))
    files = [file for _, file in outputs]
    if len(set(files)) < len(files):
        raise click.UsageError("Of several output formats each but one needs a file: --output-format sarif:out.sarif")
    return outputs


def _settings(options: dict[str, Any]) -> Settings:
    more: dict[str, Any] = {}
    for key in ("select", "extend_select", "ignore"):
        selectors = separated(options[key])
        if selectors is not None:
            more[key] = selectors
    if options["fail_on"]:
        more["fail_on"] = options["fail_on"]
    return settings_of(options, **more)


def _from_root(settings: Settings, name: str) -> str:
    from ..settings import relative

    return relative((settings.cwd / name).resolve(), settings.root)


def _changes(settings: Settings, options: Mapping[str, Any]) -> tuple[Changes | None, dict[str, bytes]]:
    """The lines that findings must touch (None: any), and contents that take the place of files'."""
    if not options["since"] and not options["staged"]:
        return None, {}
    from ..changes import ChangesError, since, staged

    try:
        if options["since"]:
            return since(settings.root, options["since"]), {}
        return staged(settings.root)
    except ChangesError as error:
        raise click.UsageError(str(error)) from None


def _statistics(report: Report) -> str:
    counts = Counter((finding.code, finding.name) for finding in report.findings)
    fixable = Counter(finding.code for finding in report.findings if finding.fix)
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return "".join(f"{count:>6}  {code}  {'[*]' if fixable[code] else '   '} {name}\n" for (code, name), count in rows)


def _shown_settings(settings: Settings) -> str:
    import json
    from dataclasses import asdict

    shown = {key: value for key, value in asdict(settings).items() if key != "overlay"}
    shown["severities"] = {code: shown["severities"][code] for code in sorted(settings.enabled)}
    convert: Callable[[object], object] = lambda value: sorted(value) if isinstance(value, frozenset) else str(value)  # noqa: E731
    return json.dumps(shown, default=convert, indent=2, ensure_ascii=False) + "\n"


def _shown_files(settings: Settings) -> str:
    from ..discovery import discover
    from ..frontends import language_of
    from ..settings import relative

    files = discover(settings)
    read = (path for path in files.paths if language_of(path) != "dotenv" or path in files.tracked_env)
    shown = [*read, *(path for path in settings.registry if path not in files.paths)]
    return "".join(f"{relative(settings.root / path, settings.cwd)}\n" for path in shown)
