"""``python -m tests.benchmarks [FILES] [SHARE]``: fslint beside the floors, alternating, medians and ratios in Markdown.

Needs git. ripgrep, ast-grep and semgrep are measured where they are installed and named as skipped where they are not.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from .generate import generate

ROUNDS = 5
TOKENS = ("FullStory", "fullstory", "track_server_event", "trackServerEvent", "api.fullstory.com")
FLOOR = (
    "import subprocess,sys\n"
    "for p in subprocess.run(['git','ls-files','-z'],capture_output=True).stdout.split(b'\\0'):\n"
    "    if p:\n"
    "        d=open(p,'rb').read()\n"
    f"        any(t in d for t in {tuple(t.encode() for t in TOKENS)!r})\n"
)


def run(command: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Wall seconds of one run."""
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 0.01
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    fslint = [sys.executable, "-m", "fslint"]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "tree"
        expected = generate(root, files, share)
        for command in (["git", "init", "-q"], ["git", "add", "-A"]):
            subprocess.run(command, cwd=root, check=True, capture_output=True)
        size = sum(p.stat().st_size for p in root.rglob("*") if p.is_file() and ".git" not in p.parts)
        found = json.loads(
            subprocess.run(
                [*fslint, "events", "--output-format", "json"], cwd=root, env=environment, capture_output=True
            ).stdout
        )
        names = {n for call in found["calls"] if call["kind"] == "event" for n in call["names"]}
        assert len(names) == expected, f"{len(names)} events found, {expected} written"

        changed = next(root.glob("web/src/features/d0/*.tsx"))

        def change() -> None:
            changed.write_text(changed.read_text() + "// changed\n")

        cases: dict[str, tuple[list[str], Callable[[], None]]] = {
            "python -c pass": ([sys.executable, "-c", "pass"], lambda: None),
            "git grep, the tokens": (["git", "grep", "-lF", *[x for t in TOKENS for x in ("-e", t)]], lambda: None),
            "python: list, read, search": ([sys.executable, "-c", FLOOR], lambda: None),
            "fslint cold": ([*fslint, "check", "--no-cache"], lambda: None),
            "fslint warm": ([*fslint, "check"], lambda: None),
            "fslint, one file changed": ([*fslint, "check", str(changed.relative_to(root))], change),
        }
        for tool, command in {
            "rg": ["rg", "-lF", *[x for t in TOKENS for x in ("-e", t)]],
            "ast-grep": ["ast-grep", "run", "-p", "FullStory.event($$$)", "-l", "ts"],
            "semgrep": ["semgrep", "--quiet", "--metrics=off", "-e", "FullStory.event(...)", "-l", "ts", "."],
        }.items():
            if shutil.which(tool):
                cases[tool] = (command, lambda: None)
            else:
                print(f"{tool} is not installed: skipped", file=sys.stderr)
        times: dict[str, list[float]] = {case: [] for case in cases}
        for _ in range(ROUNDS):
            for case, (command, before) in cases.items():
                before()
                times[case].append(run(command, root, environment))
    floor = statistics.median(times["git grep, the tokens"])
    print(
        f"{files} files, {size / 1e6:.0f} MB, {share:.1%} with calls, {expected} events, all found; median of {ROUNDS}"
    )
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}\n")
    print("| what | s | x git grep |\n|---|---|---|")
    for case, seconds in times.items():
        middle = statistics.median(seconds)
        print(f"| {case} | {middle:.3f} | {middle / floor:.1f} |")


if __name__ == "__main__":
    main()
