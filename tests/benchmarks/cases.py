"""What is measured: trees and single files written to disk, and the commands that run on each of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from .generate import Tree, generate, large_file, small_file
from .measure import Command, run
from .peers import file_tools, fslint, tree_tools
from .tracking import Site

COLD = "fslint, cold"
FIRST = "fslint, first run (writes its cache)"
WARM = "fslint, warm"
CHANGED = "fslint, warm, one tracking file changed"
COMMENTED = "fslint, warm, a comment in a tracking file changed"
HOOK = "fslint, one changed tracking file as pre-commit calls it"
HOOK_OTHER = "fslint, one changed file without tracking as pre-commit calls it"
ALONE = "fslint, cold"
PASS = "python -c pass"


class Wrong(Exception):
    """A run that did not do what it was measured for."""


@dataclass(slots=True)
class Case:
    """One command of a group. ``before`` prepares each run; ``found`` reads its output; ``same``: all of the group that
    say so must print the same."""

    name: str
    command: Command
    before: Callable[[], None] = lambda: None
    found: Callable[[bytes], str] | None = None
    same: bool = False
    codes: tuple[int, ...] = (0, 1)


@dataclass(slots=True)
class Group:
    """Cases that are compared with one another. ``facts``: what the report says of it; ``check``: raises ``Wrong``."""

    title: str
    cases: list[Case]
    facts: str
    check: Callable[[], None]
    tree: Tree | None = None
    restore: Callable[[], None] = lambda: None
    size: int = 0
    missing: list[str] = field(default_factory=list)


# ------------------------------------------------------------------------------------------------------------- trees


def tree_group(tree: Tree, folder: Path, configuration: Path) -> Group:
    """A tree in a Git repository below ``folder``, where it may be from an earlier run, and what runs on it."""
    root = folder / f"tree-{tree.files}-{tree.share * 100:g}-{tree.seed}"
    sites, size = _written(root, tree)
    tools, missing = tree_tools(configuration)
    cases = [
        Case(tool.name, Command(tool.arguments, root, tool.environment), found=_counted(tool.found, tool.what))
        for tool in tools
        if tree.files <= tool.most
    ]
    first, second, other = _changeable(root, sites)
    original = {path: (root / path).read_bytes() for path in (first, second, other)}

    def restore() -> None:
        for path, content in original.items():
            (root / path).write_bytes(content)

    def changed(path: str, line: str = _CODE) -> Callable[[], None]:
        def before() -> None:
            restore()
            run(Command(fslint("check"), root))
            _change(root / path, original[path], line)

        return before

    spare = configuration / "cache"
    cases += [
        Case(COLD, Command(fslint("check", "--no-cache"), root), found=_said, same=True),
        Case(
            FIRST,
            Command(fslint("check", "--cache-dir", str(spare)), root),
            lambda: shutil.rmtree(spare, True),
            same=True,
        ),
        Case(WARM, Command(fslint("check"), root), found=_said, same=True),
        Case(CHANGED, Command(fslint("check"), root), changed(first), same=True),
        Case(COMMENTED, Command(fslint("check"), root), changed(first, _COMMENT), same=True),
        Case(HOOK, Command(fslint("check", second), root), changed(second)),
        Case(HOOK_OTHER, Command(fslint("check", other), root), changed(other)),
    ]

    def check() -> None:
        expect(events(root, "--no-cache"), sites)
        expect(events(root), sites)
        run(Command(fslint("check"), root))  # a warm run is one after a check, which keeps more than `events` does

    tracking = len({site.path for site in sites})
    facts = (
        f"{size / 1e6:.1f} MB, {len(sites)} event calls in {tracking} files; fslint finds exactly these, cold and warm"
    )
    return Group(tree.title, cases, facts, check, tree, restore, size, missing)


def _written(root: Path, tree: Tree) -> tuple[list[Site], int]:
    """The calls of a tree and its bytes; it is written where it is not there yet, or was written by another version."""
    here = Path(__file__).parent
    code = b"".join(
        (here / f"{name}.py").read_bytes() for name in ("generate", "tracking", "vocabulary", "code_web", "code_python")
    )
    key = sha256(code + repr(tree).encode()).hexdigest()
    marker = root.with_suffix(".json")
    if marker.exists():
        written = json.loads(marker.read_text())
        if written["key"] == key:
            return [Site(path, line, tuple(names)) for path, line, names in written["sites"]], written["size"]
        marker.unlink()
    shutil.rmtree(root, ignore_errors=True)
    sites = generate(root, tree)
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
    _git(root, "init", "-q")
    (root / ".git/info/exclude").write_text(".fslint_cache\n")
    _git(root, "-c", "core.looseCompression=1", "add", "-A")
    _git(root, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "Generated")
    listed = [(site.path, site.line, site.names) for site in sites]
    marker.write_text(json.dumps({"key": key, "size": size, "sites": listed}))
    return sites, size


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(("git", *arguments), cwd=root, check=True, capture_output=True)


_CODE = "export const touched = {};\n"
_COMMENT = "// {}\n"


def _changeable(root: Path, sites: Iterable[Site]) -> tuple[str, str, str]:
    """Two TypeScript files with calls, and one without."""
    tracking = sorted({site.path for site in sites if site.path.endswith((".ts", ".tsx"))})
    if not tracking:
        raise Wrong("the tree has no TypeScript file with calls: ask for more of them")
    words = (b"rack", b"ullStory", b"FS")
    others = (path for path in sorted(root.rglob("*.ts")) if not any(word in path.read_bytes() for word in words))
    return tracking[len(tracking) // 3], tracking[-1], next(others).relative_to(root).as_posix()


def _change(path: Path, original: bytes, line: str) -> None:
    """Content that the file never had before, with the same calls."""
    path.write_bytes(original + line.format(time.time_ns()).encode())


def _counted(count: Callable[[bytes], int], what: str) -> Callable[[bytes], str]:
    return lambda output: f"{count(output):,} {what}"


def _said(output: bytes) -> str:
    """What the last line of a check says of calls."""
    match = re.search(rb"\((\d+) tracking calls", output)
    return f"{int(match[1]):,} calls" if match else ""


def events(root: Path, *options: str) -> list[Site]:
    """The event calls with known names that fslint lists. (A wrapper that nobody calls is a call without one.)"""
    done = run(Command(fslint("events", "--output-format", "json", *options), root))
    if done.code != 0:
        raise Wrong(f"fslint events in {root}: exit code {done.code}")
    return named_events(json.loads(done.output))


def named_events(inventory: dict[str, Any]) -> list[Site]:
    """The same of an inventory that is at hand."""
    calls = (call for call in inventory["calls"] if call["kind"] == "event" and call["names"])
    return sorted(Site(call["path"], call["line"], tuple(sorted(call["names"]))) for call in calls)


def expect(found: list[Site], wanted: list[Site]) -> None:
    """Raises ``Wrong`` where the calls are not exactly those that were written."""
    if found != wanted:
        extra, missing = sorted({*found} - {*wanted}), sorted({*wanted} - {*found})
        raise Wrong(f"{len(found)} events found, {len(wanted)} written; missing {missing[:3]}, too many {extra[:3]}")


# ------------------------------------------------------------------------------------------------------ single files


def small_group(language: str, folder: Path, configuration: Path) -> Group:
    """One small file alone in a folder of its own, without Git."""
    root = folder / f"small-{language}"
    name, calls = _single(root, small_file(language))
    commands, missing = file_tools(configuration, root, language)
    cases = [Case(PASS, Command((sys.executable, "-c", "pass"), root))]
    cases += [
        Case(tool, Command(arguments, root), codes=(0, 1, 2) if tool == "fixit" else (0, 1))
        for tool, arguments in commands.items()
    ]
    cases.append(Case(ALONE, Command(fslint("check", "--no-cache", name), root), found=_said))
    return _file_group(f"one small {_LANGUAGES[language]} file alone", root, name, calls, cases, missing)


def large_group(language: str, folder: Path, configuration: Path) -> Group:
    """One file of 10,000 lines with 500 calls."""
    root = folder / f"large-{language}"
    name, calls = _single(root, large_file(language))
    commands, _ = file_tools(configuration, root, "ts" if language == "tsx" else language)
    cases = [Case("ast-grep", Command((*commands["ast-grep"][:-1], name), root))] if "ast-grep" in commands else []
    cases.append(Case(ALONE, Command(fslint("check", "--no-cache", name), root), found=_said))
    return _file_group(f"one {_LANGUAGES[language]} file of 10,000 lines", root, name, calls, cases, [])


_LANGUAGES = {"ts": "TypeScript", "tsx": "TSX", "py": "Python"}


def _single(root: Path, file: tuple[str, str, int]) -> tuple[str, int]:
    name, text, calls = file
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    (root / name).write_text(text, encoding="utf-8")
    return name, calls


def _file_group(title: str, root: Path, name: str, calls: int, cases: list[Case], missing: list[str]) -> Group:
    size = (root / name).stat().st_size
    lines = (root / name).read_bytes().count(b"\n")

    def check() -> None:
        found = len(events(root, "--no-cache"))
        if found != calls:
            raise Wrong(f"{title}: {found} events found, {calls} written")

    facts = f"{lines:,} lines, {size / 1000:.1f} kB, {calls} event calls, all found by fslint"
    return Group(title, cases, facts, check, size=size, missing=missing)
