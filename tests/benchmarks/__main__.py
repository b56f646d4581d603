"""``python -m tests.benchmarks``: fslint beside its peers and the floors; the report is Markdown on standard output.

Everything that is compared runs by turns, so that a busy moment hits all alike; a value is the median of its runs. The
exit code is 1 where fslint did not find exactly the calls that were written, or a warm run said something else than a
cold one; missed bars are told, not punished.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .cases import Case, Group, Wrong, large_group, small_group, tree_group
from .generate import Tree
from .measure import peak_memory, run
from .peers import versions
from .report import Result, Results, load, machine, markdown

TREES = "1000:0.5,5000:0.5,5000:5,20000:0.5,100000:0.5"
QUICK_TREES = "1000:5"
SLOW, VERY_SLOW = 8.0, 60.0
"""Seconds from which on a run is repeated less often, and not at all."""


def main() -> int:
    options = _options()
    trees = [
        _tree(text, options.seed)
        for text in (options.trees or (QUICK_TREES if options.quick else TREES)).split(",")
        if text
    ]
    rounds = options.rounds or (3 if options.quick else 5)
    with tempfile.TemporaryDirectory() as temporary:
        configuration = Path(temporary) / "configuration"
        configuration.mkdir()
        folder = Path(options.keep).resolve() if options.keep else Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        facts = [*machine(), ", ".join(f"{tool} {version}" for tool, version in versions().items())]
        started = load()
        groups = list(_groups(trees, folder, configuration, not options.no_files))
        _choose(groups, options.cases)
        try:
            results = _measure(groups, rounds, options.slow_rounds, not options.no_memory)
        finally:
            for group in groups:
                group.restore()
    missing = sorted({name for group in groups for name in group.missing})
    facts.append(f"not installed, so skipped: {', '.join(missing) or 'none'}")
    facts.append(
        f"{rounds} rounds by turns; load of the machine {started} before, {load()} after; {time.strftime('%Y-%m-%d %H:%M')}"
    )
    text = markdown(results, facts)
    if options.output:
        Path(options.output).write_text(text, encoding="utf-8")
    print(text)
    return 1 if results.wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=(__doc__ or "").partition("\n\n")[0]
    )
    parser.add_argument("--trees", metavar="FILES:PERCENT,…", help=f"what is generated [{TREES}]")
    parser.add_argument(
        "--cases", metavar="TEXT,…", help="only cases whose names hold one of these, such as fslint,ripgrep"
    )
    parser.add_argument("--rounds", type=int, help="runs of each case [5]")
    parser.add_argument(
        "--slow-rounds",
        type=int,
        default=3,
        help=f"runs of a case that takes more than {SLOW:g} s [3]; one from {VERY_SLOW:g} s on",
    )
    parser.add_argument("--quick", action="store_true", help=f"less than two minutes: {QUICK_TREES}, 3 rounds")
    parser.add_argument("--no-files", action="store_true", help="only trees, no single files")
    parser.add_argument("--no-memory", action="store_true", help="do not measure memory")
    parser.add_argument("--seed", type=int, default=7, help="another one makes other trees [7]")
    parser.add_argument("--keep", metavar="DIR", help="keep the trees here, for the next time")
    parser.add_argument("--output", metavar="FILE", help="write the report to a file too")
    return parser.parse_args()


def _tree(text: str, seed: int) -> Tree:
    files, _, percent = text.partition(":")
    try:
        return Tree(int(files), float(percent or 0.5) / 100, seed)
    except ValueError:
        sys.exit(f"{text!r} is not FILES:PERCENT")


def _groups(trees: list[Tree], folder: Path, configuration: Path, files: bool) -> Iterator[Group]:
    for tree in trees:
        _say(f"writing {tree.title}")
        yield tree_group(tree, folder, configuration)
    if files:
        for language in ("ts", "py"):
            yield small_group(language, folder, configuration)
        for language in ("tsx", "py"):
            yield large_group(language, folder, configuration)


def _choose(groups: list[Group], wanted: str | None) -> None:
    parts = [part.strip().lower() for part in (wanted or "").split(",") if part.strip()]
    for group in groups:
        group.cases = [case for case in group.cases if not parts or any(part in case.name.lower() for part in parts)]


def _measure(groups: list[Group], rounds: int, slow_rounds: int, memory: bool) -> Results:
    """Check what is found, which also warms up the disk and fslint's cache, then run everything by turns."""
    results = Results(groups, {(group.title, case.name): Result() for group in groups for case in group.cases})
    for group in groups:
        _say(f"checking {group.title}")
        try:
            group.check()
        except Wrong as wrong:
            results.wrong.append(f"{group.title}: {wrong}")
    printed: dict[str, bytes] = {}
    for number in range(rounds):
        _say(f"round {number + 1} of {rounds}, load {load()}")
        for group in groups:
            start = number % max(1, len(group.cases))
            for case in group.cases[start:] + group.cases[:start]:
                result = results.of[group.title, case.name]
                if _again(result, slow_rounds):
                    _once(group, case, result, printed, results.wrong)
    if memory:
        _say("memory")
        for group in groups:
            for case in group.cases:
                result = results.of[group.title, case.name]
                if result.wall < (VERY_SLOW if case.name.startswith("fslint") else SLOW):
                    case.before()
                    result.peak = peak_memory(case.command)
    return results


def _again(result: Result, slow_rounds: int) -> bool:
    """Whether a case is to run once more."""
    return not result.runs or result.wall < SLOW or (len(result.runs) < slow_rounds and result.wall < VERY_SLOW)


def _once(group: Group, case: Case, result: Result, printed: dict[str, bytes], wrong: list[str]) -> None:
    """One run of a case, and whether it did what it should."""
    case.before()
    done = run(case.command)
    if done.code not in case.codes:
        wrong.append(f"{group.title}: {case.name} ended with exit code {done.code}")
    elif case.found is not None and not result.found:
        result.found = case.found(done.output)
    if case.same and printed.setdefault(group.title, done.output) != done.output:
        wrong.append(f"{group.title}: {case.name} printed something else than the first run did")
    result.runs.append(done)


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
