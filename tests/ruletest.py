"""A tiny project in, findings out: what the tests of the rules share."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import dedent

from fslint.diagnostics import Diagnostic
from fslint.engine import check
from fslint.link.project import Project
from fslint.settings import load


def run(files: Mapping[str, str], codes: Iterable[str] = ("ALL",)) -> tuple[list[Diagnostic], Project]:
    """The diagnostics of the selected rules, and the project, of files given as {path: source}."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for path, source in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(dedent(source).lstrip("\n"))
        if any(".env" in path for path in files):  # untracked ones are not looked at
            for command in (["init", "-q"], ["add", "-A", "-f"]):
                subprocess.run(["git", *command], cwd=root, check=True, capture_output=True)
        settings = load(root, overrides={"select": list(codes), "no_cache": True, "root": "."})
        result = check(settings)
        return result.diagnostics, result.project


def findings(files: Mapping[str, str], codes: Iterable[str] = ("ALL",)) -> list[tuple[str, str, int]]:
    """(code, path, line) of every finding of the selected rules, in order of place."""
    diagnostics, project = run(files, codes)
    return [(d.code, d.place.path, project.all_modules[d.place.path].line(d.place.start)) for d in diagnostics]
