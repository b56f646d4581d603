"""Golden projects for link: small projects as text, whose expected events stand at the end of their lines.

A project is a text of files, each after a line ``=== path``. A line that ends in ``//= …`` or ``#= …`` (also
``{/*= … */}`` and ``<!--= … -->``) is a call site: ``[KIND] SIDE[: NAME | NAME …]``, KIND ``event`` where none is given. A
name with ``{}`` is a pattern, ``?`` a name that is not known, which must be listed as unresolved. Several calls of one
line are set apart by ``&``. The marks are taken out before the project is written, so they cannot help.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

from fslint.engine import events
from fslint.settings import load

Call = tuple[str, str, tuple[str, ...], str, int]
"""(kind, side, names and patterns, path, line)"""

_MARK = re.compile(r"[ \t]*(?://=|#=|\{/\*=|<!--=)[ \t]*(.*?)[ \t]*(?:\*/\}|-->)?[ \t]*$")
_KINDS = ("event", "identify", "user-properties", "page-properties")


def split(text: str) -> tuple[dict[str, str], list[Call]]:
    """The files of a project without their marks, and the calls that these expect."""
    files: dict[str, list[str]] = {}
    wanted: list[Call] = []
    path = ""
    for line in dedent(text).strip("\n").split("\n"):
        if line.startswith("=== "):
            path = line[4:].strip()
            files[path] = []
            continue
        found = _MARK.search(line)
        if found is not None:
            line = line[: found.start()]
            wanted.extend(_wanted(mark, path, len(files[path]) + 1) for mark in found.group(1).split(" & "))
        files[path].append(line)
    return {path: "\n".join(lines) + "\n" for path, lines in files.items()}, sorted(wanted)


def _wanted(mark: str, path: str, line: int) -> Call:
    head, _, names = mark.partition(":")
    words = head.split()
    kind = words.pop(0) if words[0] in _KINDS else "event"
    found = tuple(sorted(name.strip() for name in names.split("|") if name.strip()))
    return kind, words[0], found or (("?",) if kind == "event" else ()), path, line


def inventory(files: Mapping[str, str], config: str = "", everything: bool = False) -> dict[str, Any]:
    """``fslint events`` of a project."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for path, source in {**files, "fslint.toml": config}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(source)
        return events(load(root, overrides={"no_cache": True, "root": "."}), everything=everything)


def calls(files: Mapping[str, str], config: str = "", everything: bool = False) -> list[Call]:
    """The calls found. A name that is not known is ``?`` where it is also listed as unresolved."""
    result = inventory(files, config, everything)
    listed = {(u["path"], u["line"]) for u in result["unresolved_calls"] if u["reason"]}
    found: list[Call] = []
    for call in result["calls"]:
        names = sorted(call["names"] + ([call["pattern"]] if call["pattern"] else []))
        if call["kind"] == "event" and (call["path"], call["line"]) in listed:
            names.append("?")
        found.append((call["kind"], call["side"], tuple(sorted(names)), call["path"], call["line"]))
    return sorted(found)


def verify(text: str, config: str = "") -> None:
    """The calls of a project are those that its marks say, no more and no fewer."""
    files, wanted = split(text)
    found = calls(files, config)
    assert found == wanted
