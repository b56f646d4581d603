"""Small projects whose expected findings stand in comments of their own lines: `!FS501`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from textwrap import dedent

from ruletest import run

Finding = tuple[str, str, int]
Projects = dict[str, tuple[dict[str, str], tuple[str, ...]]]
"""Name → ({path: source}, the codes that run)."""


def marked(files: Mapping[str, str]) -> list[Finding]:
    """(code, path, line) of every `!FSnnn`."""
    return sorted(
        (code, path, number)
        for path, source in files.items()
        for number, line in enumerate(source.split("\n"), 1)
        for code in re.findall(r"!(FS\d+)", line)
    )


def found_and_marked(sources: Mapping[str, str], codes: Iterable[str]) -> tuple[list[Finding], list[Finding]]:
    """What the rules find in a project, and what its comments expect."""
    files = {path: dedent(source).lstrip("\n") for path, source in sources.items()}
    diagnostics, project = run(files, codes)
    found = [(d.code, d.place.path, project.all_modules[d.place.path].line(d.place.start)) for d in diagnostics]
    return sorted(found), marked(files)
