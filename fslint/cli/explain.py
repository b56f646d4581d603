"""``fslint explain``."""

from __future__ import annotations

import shutil

import click

from .common import color_option, colored, complete_rules, write


@click.command(short_help="Print a rule's page: what, why, bad, good, how to fix.")
@click.argument("rules", nargs=-1, required=True, metavar="RULE...", shell_complete=complete_rules)
@color_option
@click.pass_context
def command(ctx: click.Context, rules: tuple[str, ...], color: str) -> int:
    """Print the pages of rules, by code or name (FS201, duplicate-event); `ci`: where fslint runs."""
    from .. import rulebook

    ctx.color = colored(color)
    width = min(max(shutil.get_terminal_size().columns - 4, 60), 100)
    texts = []
    for rule in rules:
        page = rulebook.find(rule)
        found = page.text if page is not None else rulebook.topics().get(rule.casefold())
        if found is None:
            near = rulebook.nearest(rule)
            raise click.UsageError(f"There is no rule '{rule}'." + (f" Did you mean '{near}'?" if near else ""))
        text = rulebook.render(found, width)
        texts.append(text if ctx.color else click.unstyle(text))
    write("\n".join(texts))
    return 0
