"""A baseline under a team's daily edits: moved lines, renamed files and new formatting change nothing, new mistakes do."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from projects import write_project

from fslint import demo, engine
from fslint.baseline import entries, fingerprints, new
from fslint.diagnostics import Diagnostic
from fslint.settings import load

Edit = Callable[[Path, random.Random], None]


def found(folder: Path) -> list[Diagnostic]:
    return engine.check(load(folder, overrides={"no_cache": True, "select": ["ALL"]})).everything


def sources(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.suffix in (".py", ".ts", ".tsx"))


def blank_lines(folder: Path, rng: random.Random) -> None:
    """Somewhere where there is one already."""
    file = rng.choice([*sources(folder), folder / "events.yaml"])
    parts = file.read_text().split("\n\n")
    at = rng.randrange(len(parts))
    file.write_text("\n\n".join(parts[:at]) + "\n" * rng.randrange(1, 5) + "\n\n".join(["", *parts[at:]]))


def comment(folder: Path, rng: random.Random) -> None:
    """A licence of some lines."""
    file = rng.choice(sources(folder))
    mark = "#" if file.suffix == ".py" else "//"
    file.write_text(f"{mark} Copyright\n" * rng.randrange(1, 20) + file.read_text())


def reformat(folder: Path, rng: random.Random) -> None:
    """Python by ruff, with another width and other quotes; TypeScript by another indent, quotes and broken objects."""
    file = rng.choice(sources(folder))
    if file.suffix == ".py":
        width, quotes = rng.choice([50, 79, 100, 140]), rng.choice(["single", "double"])
        options = ["--isolated", f"--line-length={width}", "--config", f"format.quote-style='{quotes}'"]
        subprocess.run(
            [sys.executable, "-m", "ruff", "format", "-q", "--no-cache", *options, file],
            check=True,
            capture_output=True,
        )
        return
    lines = []
    for line in file.read_text().split("\n"):
        if rng.random() < 0.5 and '"' not in line and "`" not in line and line.count("'") == 2:
            line = line.replace("'", '"')
        if rng.random() < 0.5 and re.search(r"track\(.*\{ .* \}\)", line):
            line = line.replace("{ ", "{\n    ").replace(", ", ",\n  ").replace(" })", ",\n  })")
        lines.append(re.sub(r"^( +)", lambda indent: indent[1] * 2 if len(indent[1]) < 20 else "  ", line))
    file.write_text("\n".join(lines))


def reorder(folder: Path, rng: random.Random) -> None:
    """Two functions change places."""
    file = rng.choice(sources(folder))
    gap = "\n\n\n" if file.suffix == ".py" else "\n\n"
    parts = file.read_text().rstrip("\n").split(gap)
    functions = [n for n, part in enumerate(parts) if re.match(r"\n*(@app|(export )?(async )?(def|function) )", part)]
    if len(functions) > 1:
        one, other = rng.sample(functions, 2)
        parts[one], parts[other] = parts[other], parts[one]
    file.write_text(gap.join(parts) + "\n")


def rename(folder: Path, rng: random.Random) -> None:
    """A module gets another name, and so do the imports of it."""
    file = rng.choice([file for file in sources(folder) if file.name != "main.py"])
    name = f"{file.stem}{rng.choice('abcdefgh')}"
    file.rename(file.with_name(name + file.suffix))
    for other in sources(folder):
        text = re.sub(rf"(?<=from '\./){file.stem}(?=')", name, other.read_text())
        text = re.sub(rf'(?<=from "\./){file.stem}(?=")', name, text)
        other.write_text(re.sub(rf"(?<=from \.){file.stem}(?= import)", name, text))


EDITS: tuple[Edit, ...] = (blank_lines, comment, reformat, reformat, reorder, rename)


@pytest.mark.parametrize("seed", range(2))
def test_random_edits_keep_it_quiet_and_one_more_mistake_is_reported(tmp_path: Path, seed: int) -> None:
    demo.write(tmp_path)
    rng = random.Random(seed)
    before = found(tmp_path)
    accepted = entries(before)
    assert sum(entry.count for entry in accepted) == len(before) > 20
    done = []
    for _ in range(30):
        edit = rng.choice(EDITS)
        edit(tmp_path, rng)
        done.append(edit.__name__)
        after = found(tmp_path)
        assert new(after, accepted) == ([], []), done
        assert set(fingerprints(after)) == set(fingerprints(before)), done
    assert set(done) == {edit.__name__ for edit in EDITS}

    cart = next(file for file in sources(tmp_path) if "function Cart(" in file.read_text())
    call = "    track('Cart Viewed', { total: 1, items_int: 2 });\n"
    cart.write_text(re.sub(r"(useEffect\(\(\) => \{\n)", lambda start: start[1] + call, cart.read_text()))
    fresh, gone = new(found(tmp_path), accepted)
    assert [(d.code, d.subject) for d in fresh if d.code == "FS301"] == [("FS301", "total")] and gone == []


MORE = {
    "the same property of another event in the same function": (
        "export function open() {\n  FS.event('Opened', { size: 3 });\n}\n",
        "export function open() {\n  FS.event('Opened', { size: 3 });\n  FS.event('Shut', { size: 3 });\n}\n",
    ),
    "the same mistake in another function": (
        "export function open() {\n  FS.event('Opened', { size: 3 });\n}\n",
        "export function open() {\n  FS.event('Opened', { size: 3 });\n}\n"
        "export function shut() {\n  FS.event('Opened', { size: 3 });\n}\n",
    ),
    "the same mistake again": (
        "FS.event('Opened', { size: 3 });\n",
        "FS.event('Opened', { size: 3 });\nFS.event('Opened', { size: 3 });\n",
    ),
}


@pytest.mark.parametrize("what", MORE)
def test_one_more_of_a_kind_is_new(tmp_path: Path, what: str) -> None:
    before, after = MORE[what]
    write_project(tmp_path, {"a.js": before, "fslint.toml": "select = ['FS301']"})
    accepted = entries(engine.check(load(tmp_path, overrides={"no_cache": True})).everything)
    write_project(tmp_path, {"a.js": after})
    fresh, gone = new(engine.check(load(tmp_path, overrides={"no_cache": True})).everything, accepted)
    assert len(fresh) == 1 and gone == []
