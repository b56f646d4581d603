"""``fslint init``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .common import note, save, write

if TYPE_CHECKING:
    from ..drafting import Draft
    from ..settings import Settings


@click.command(
    short_help="Write a configuration, and a registry drafted from the code.",
    epilog="""\b
Examples:
  fslint init                 fslint.toml and events.yaml, in the project's root
  fslint init --root web      for the part of the repository below web/
  fslint init --force         write both anew
""",
)
@click.option("--force", is_flag=True, help="Overwrite what is already there.")
@click.option("--root", metavar="DIR", help="The project's root folder [the top of the Git repository].")
@click.option("--no-cache", is_flag=True, help="Keep and use no facts of other runs.")
def command(force: bool, root: str | None, no_cache: bool) -> int:
    """Look at the project and write a commented fslint.toml, and an events.yaml drafted from the code.

    Every event that the code sends is registered: side, properties, types as far as the code tells them. Nothing is
    asked, and nothing is overwritten without --force.
    """
    from .. import engine
    from ..drafting import draft, folders_by_side
    from ..initial import config_text, registry_text

    settings = _settings(root, force, no_cache)
    plan_file, config_file = _registry_file(settings, force), _config_file(settings, force)
    if plan_file is None and config_file is None:
        kept = " and ".join(dict.fromkeys((_shown(settings.config), *settings.registry)))
        raise click.ClickException(
            f"{kept} exist already; `fslint registry sync` adds what is new in the code, --force writes them anew"
        )
    with engine.opened(settings) as (project, position):
        project.registries = {}  # what is drafted is what the code says, whatever a plan said before
        drafted = draft(project, position)
        orgs = [app for app in project.apps if app] if not settings.apps else []
        folders = folders_by_side(project)
        missing = [side for side in ("client", "server") if not any(c.side in (side, "either") for c in project.calls)]
    registry = [plan_file] if plan_file else list(settings.registry)
    files = {
        **({plan_file: registry_text(drafted)} if plan_file else {}),
        **({config_file: config_text(registry, orgs, folders)} if config_file else {}),
    }
    _save(settings.root, files)
    for path in dict.fromkeys((_shown(settings.config), *settings.registry)):
        if path and path not in files:
            note(f"kept {path}")
    write(_report(settings.root, files, plan_file, drafted))
    write(_next(settings.root, plan_file, missing, no_cache))
    return 0


def _settings(root: str | None, force: bool, no_cache: bool) -> Settings:
    """What is configured already. With ``--force`` a fslint.toml, which is to be replaced, does not count."""
    from ..initial import CONFIG
    from ..settings import Overrides, SettingsError, git_top, load

    given: Overrides = {"no_cache": no_cache}
    if root is not None:
        given["root"] = root
    try:
        settings = load(Path.cwd(), overrides=given)
    except SettingsError:
        if not force:
            raise
        top = Path(root) if root else git_top(Path.cwd()) or Path.cwd()
        return load(Path.cwd(), isolated=True, overrides={**given, "root": str(top)})
    if force and settings.config is not None and settings.config.name == CONFIG:
        return load(Path.cwd(), isolated=True, overrides={**given, "root": str(settings.root)})
    return settings


def _registry_file(settings: Settings, force: bool) -> str | None:
    """Where the plan is to be written, None where there is one."""
    from ..initial import OTHER_REGISTRY, REGISTRY, is_registry

    found = list(settings.registry) or [file for app in settings.apps for file in app.registry]
    if settings.config is None and found == [REGISTRY] and not is_registry((settings.root / REGISTRY).read_bytes()):
        return OTHER_REGISTRY
    if not found:
        return REGISTRY
    if force and len(found) > 1:
        raise click.ClickException(f"the plan is split over {len(found)} files; use `fslint registry sync`")
    return found[0] if force else None


def _config_file(settings: Settings, force: bool) -> str | None:
    """Where the configuration is to be written, None where there is one."""
    from ..initial import CONFIG

    if settings.config is not None or ((settings.root / CONFIG).exists() and not force):
        return None
    return CONFIG


def _shown(path: Path | None) -> str:
    return "" if path is None else path.name


def _save(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        if root not in (root / path).resolve().parents:
            raise click.ClickException(f"{path} is a link that leads out of the project")
        save(root / path, text.encode())


def _report(root: Path, files: dict[str, str], plan_file: str | None, drafted: Draft) -> str:
    from ..reporters import plural

    lines = [f"Wrote {root / path}" for path in files]
    if plan_file:
        sides = Counter(event.side for event in drafted.events)
        told = [f"{sides[side]} {word}" for side, word in _SIDES.items() if sides[side]]
        lines.append(f"  {plural(len(drafted.events), 'event')}" + (f": {', '.join(told)}" if told else ""))
        if not drafted.events:
            lines.append("  The code sends no event whose name fslint knows (`fslint events --unresolved`).")
        if open_sides := sum(not event.reviewed for event in drafted.events):
            lines.append(f"  `reviewed: false` until a person has decided which side is right: {open_sides}.")
        if drafted.left_out:
            lines.append(f"  Left as comments, for a person to decide: {drafted.left_out} of the properties.")
        if drafted.dynamic:
            lines.append(f"  {plural(len(drafted.dynamic), 'name')} put together at run time, listed at its top.")
    return "".join(f"{line}\n" for line in lines)


_SIDES = {"client": "from the browser", "server": "from the server", "both": "from both sides"}


def _next(root: Path, plan_file: str | None, missing: Sequence[str], no_cache: bool) -> str:
    """What to do next, with what ``check`` says now. ``missing``: the sides that have no calls here."""
    from .. import engine
    from ..reporters import plural
    from ..settings import load

    result = engine.check(load(Path.cwd(), overrides={"root": str(root), "no_cache": no_cache}))
    codes = Counter(diagnostic.code for diagnostic in result.diagnostics)
    said = ", ".join(f"{code} ×{count}" for code, count in sorted(codes.items()))
    steps = (
        [f"Read {plan_file}, correct what is not meant, and commit it."]
        if plan_file
        else ["fslint registry sync adds to the plan what the code sends and the plan does not list."]
    )
    steps.append(f"fslint check: {plural(len(result.diagnostics), 'finding')} now" + (f" ({said})." if said else "."))
    if codes:
        steps.append("fslint check --write-baseline keeps quiet about these, so that only new mistakes fail a run.")
    if len(missing) == 1:
        steps.append(
            f"No {missing[0]} calls are here. If that code has a repository of its own, `fslint facts -o FILE` there and "
            "`linked-facts` here compare both."
        )
    steps.append("Add it to CI and pre-commit: `fslint explain ci` prints recipes.")
    return "\nNext:\n" + "".join(f"  {number}. {step}\n" for number, step in enumerate(steps, 1))
