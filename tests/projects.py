"""What tests share: a small project on disk, checked in this process."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

Finding = tuple[str, str, int]


def write_project(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write the files of a project by their relative paths."""
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


def git_init(folder: Path) -> None:
    """Make a folder a git repository that tracks all its files."""
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True, capture_output=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True, capture_output=True)


def findings(folder: Path, codes: Iterable[str] = ()) -> list[Finding]:
    """Check a folder in this process: (code, path, line) of each finding, sorted; ``codes`` are selected in addition."""
    from fslint import engine, settings
    from fslint.source import Source

    loaded = settings.load(folder, overrides={"no_cache": True, "extend_select": list(codes)})
    sources: dict[str, Source] = {}
    found: list[Finding] = []
    for diagnostic in engine.check(loaded).diagnostics:
        place = diagnostic.place
        if place.path not in sources:
            sources[place.path] = Source(_text(folder / place.path))
        found.append((diagnostic.code, place.path, sources[place.path].position(place.start).line))
    return sorted(found)


def _text(file: Path) -> bytes:
    from fslint.frontends import language_of
    from fslint.text import Undecodable, to_utf8

    data = file.read_bytes()
    try:
        return to_utf8(data, language_of(file.name) or "")
    except Undecodable:
        return data
