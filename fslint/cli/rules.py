"""``fslint rules``."""

from __future__ import annotations

import json

import click

from .common import color_option, colored, write


@click.command(short_help="List the rules.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="Form of the list.")
@color_option
def command(output_format: str, color: str) -> int:
    """List the rules: code, name, severity and what each fires on."""
    from ..reporters.text import COLORS, style
    from ..rules.catalogue import CATALOGUE

    if output_format == "json":
        write(json.dumps([meta._asdict() for meta in CATALOGUE.values()], indent=2, ensure_ascii=False) + "\n")
        return 0
    width = max(len(meta.name) for meta in CATALOGUE.values())
    on = colored(color)
    for meta in CATALOGUE.values():
        severity = style(f"{meta.severity:<7}", on, COLORS[meta.severity])
        off = "" if meta.default else " (off by default)"
        write(f"{style(meta.code, on, bold=True)}  {meta.name:<{width}}  {severity}  {meta.summary}{off}\n")
    return 0
