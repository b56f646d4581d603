"""The results as Markdown: the machine, a table for each tree and file, growth, and the bars with what was measured."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from .cases import ALONE, COLD, HOOK, HOOK_OTHER, PASS, WARM, Group
from .measure import Run

MIB = 1 << 20


@dataclass(slots=True)
class Result:
    """All runs of one case. ``peak`` in bytes."""

    runs: list[Run] = field(default_factory=list)
    peak: int | None = None
    found: str = ""

    @property
    def wall(self) -> float:
        return statistics.median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        return statistics.median(run.cpu for run in self.runs)


@dataclass(slots=True)
class Results:
    """What was measured, by group and case."""

    groups: list[Group]
    of: dict[tuple[str, str], Result]
    wrong: list[str] = field(default_factory=list)

    def get(self, group: str, case: str) -> Result | None:
        result = self.of.get((group, case))
        return result if result is not None and result.runs else None

    def tree(self, files: int, percent: float) -> str:
        """The title of a tree's group."""
        return next(
            (
                g.title
                for g in self.groups
                if g.tree and g.tree.files == files and abs(g.tree.share * 100 - percent) < 1e-9
            ),
            "",
        )


# -------------------------------------------------------------------------------------------------------------- bars


@dataclass(frozen=True, slots=True)
class Verdict:
    """One bar: what it asks, what was measured, whether that is enough (None: not measured)."""

    bar: str
    measured: str
    met: bool | None


def at_most(bar: str, value: float | None, limit: float | None, unit: str = "s") -> Verdict:
    """A value that must not be above a limit."""
    if value is None or limit is None:
        return Verdict(bar, "not measured", None)
    return Verdict(bar, f"{_number(value)} {unit} (limit {_number(limit)} {unit})", value <= limit)


def times_faster(bar: str, slow: float | None, fast: float | None, factor: float) -> Verdict:
    """A peer that must take at least ``factor`` times as long."""
    if slow is None or fast is None:
        return Verdict(bar, "not measured", None)
    return Verdict(bar, f"{slow / fast:.1f} × ({_number(slow)} s / {_number(fast)} s)", slow >= factor * fast)


Clock = Callable[[str, str], float | None]
"""(group, case) → seconds, None where that was not measured."""


def bars(results: Results, cpu: bool = False) -> list[Verdict]:
    """What issue 12 asks, beside what was measured. ``cpu``: judge the processor time, which says more where the machine
    is busy, in place of the wall time that the bars are about."""

    def clock(group: str, case: str) -> float | None:
        result = results.get(group, case)
        return None if result is None else result.cpu if cpu else result.wall

    return [*_tree_bars(results, clock), *_file_bars(clock), *_growth_bars(results, clock)]


def _plus(value: float | None, factor: float, more: float) -> float | None:
    return None if value is None else factor * value + more


def _tree_bars(results: Results, clock: Clock) -> Iterator[Verdict]:
    large = partial(clock, results.tree(20_000, 0.5))
    cold, warm, floor = large(COLD), large(WARM), large("ripgrep")
    yield at_most("20,000 files, 0.5 %: cold ≤ 4 × ripgrep + 0.5 s", cold, _plus(floor, 4, 0.5))
    yield times_faster("20,000 files, 0.5 %: cold ≥ 6 × faster than ast-grep", large("ast-grep"), cold, 6)
    yield times_faster("20,000 files, 0.5 %: cold ≥ 20 × faster than semgrep", large("semgrep"), cold, 20)
    middle = partial(clock, results.tree(5000, 5))
    yield at_most(
        "5,000 files, 5 %: cold ≤ 0.6 × ast-grep (1.2 s where that takes 2 s)",
        middle(COLD),
        _plus(middle("ast-grep"), 0.6, 0),
    )
    yield at_most("20,000 files, nothing changed: warm ≤ 1.5 × ripgrep + 0.15 s", warm, _plus(floor, 1.5, 0.15))
    for case, what in ((HOOK, "that tracks"), (HOOK_OTHER, "that does not track")):
        bar = f"20,000 files, pre-commit with one changed file {what} ≤ warm + 0.10 s"
        yield at_most(bar, large(case), _plus(warm, 1, 0.1))


def _file_bars(clock: Clock) -> Iterator[Verdict]:
    for language, peers in (("TypeScript", ("ESLint", "semgrep")), ("Python", ("fixit", "semgrep"))):
        wall = partial(clock, f"one small {language} file alone")
        alone = wall(ALONE)
        yield at_most(f"one small {language} file ≤ `python -c pass` + 0.15 s", alone, _plus(wall(PASS), 1, 0.15))
        for peer in peers:
            yield at_most(f"one small {language} file ≤ {peer}", alone, wall(peer))
    for language in ("TSX", "Python"):
        wall = partial(clock, f"one {language} file of 10,000 lines")
        yield at_most(f"one {language} file of 10,000 lines, 500 calls ≤ 0.7 s", wall(ALONE), 0.7)


def _growth_bars(results: Results, clock: Clock) -> Iterator[Verdict]:
    small, large = (partial(clock, results.tree(files, 0.5)) for files in (20_000, 100_000))
    for case in (COLD, WARM):
        bar = f"time of {case}, 100,000 files ≤ 5.5 × 20,000 files"
        yield at_most(bar, large(case), _plus(small(case), 5.5, 0))
    for files, share, limit in ((5000, 0.5, 80), (5000, 5, 80), (100_000, 0.5, 300)):
        peaks = [
            result.peak for (group, case), result in results.of.items()
            if case in (COLD, WARM) and result.peak and group == results.tree(files, share)
        ]  # fmt: skip
        peak = max(peaks) / MIB if peaks else None
        yield at_most(f"peak at {files:,} files, {share:g} % ≤ {limit} MiB", peak, limit, "MiB")


def _number(value: float) -> str:
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


# ------------------------------------------------------------------------------------------------------------- tables


def markdown(results: Results, facts: Sequence[str]) -> str:
    """The whole report."""
    parts = ["# Benchmarks of fslint\n", "".join(f"- {fact}\n" for fact in facts)]
    parts += [f"**Wrong:** {wrong}\n" for wrong in results.wrong]
    marks = {True: "met", False: "**missed**", None: "–"}
    rows = [
        (wall.bar, wall.measured, marks[wall.met], f"{cpu.measured}: {marks[cpu.met]}" if cpu != wall else "–")
        for wall, cpu in zip(bars(results), bars(results, cpu=True), strict=True)
    ]
    parts.append("## Bars\n\n" + _table(("bar", "wall time", "", "the same in CPU time"), rows))
    growth = list(_growth(results))
    if len(growth) > 1:
        head = (
            "files",
            "MB",
            "cold s",
            "cold CPU s",
            "cold peak MiB",
            "warm s",
            "warm CPU s",
            "warm peak MiB",
            "ripgrep s",
        )
        parts.append("## Growth, 0.5 % with calls\n\n" + _table(head, growth))
    for group in results.groups:
        parts.append(f"## {group.title[:1].upper()}{group.title[1:]}\n\n{group.facts}.\n\n" + _group(results, group))
    return "\n".join(parts)


def _growth(results: Results) -> Iterator[tuple[str, ...]]:
    for group in results.groups:
        cold, warm = results.get(group.title, COLD), results.get(group.title, WARM)
        if group.tree is None or abs(group.tree.share - 0.005) > 1e-9 or cold is None or warm is None:
            continue
        floor = results.get(group.title, "ripgrep")
        yield (
            f"{group.tree.files:,}", f"{group.size / 1e6:.0f}", _number(cold.wall), _number(cold.cpu), _peak(cold),
            _number(warm.wall), _number(warm.cpu), _peak(warm), _number(floor.wall) if floor else "–",
        )  # fmt: skip


def _group(results: Results, group: Group) -> str:
    base = "ripgrep" if group.tree else PASS
    floor = results.get(group.title, base)
    rows = []
    for case in group.cases:
        result = results.get(group.title, case.name)
        if result is None:
            continue
        low, high = min(run.wall for run in result.runs), max(run.wall for run in result.runs)
        ratio = f"{result.wall / floor.wall:.1f}" if floor else "–"
        rows.append(
            (case.name, _number(result.wall), f"{_number(low)}–{_number(high)}", _number(result.cpu), ratio, _peak(result),
             result.found, str(len(result.runs)))
        )  # fmt: skip
    head = ("what", "wall s (median)", "min–max", "CPU s (median)", f"× {base}", "peak MiB", "finds", "runs")
    return _table(head, rows)


def _peak(result: Result) -> str:
    return f"{result.peak / MIB:.0f}" if result.peak else "–"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


# -------------------------------------------------------------------------------------------------------------- facts


def machine() -> list[str]:
    """What the numbers depend on."""
    here = Path(__file__).parent
    described = subprocess.run(
        ("git", "describe", "--always", "--dirty", "--abbrev=10"), cwd=here, capture_output=True, text=True
    ).stdout.strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return [
        f"{_cpu()}, {os.cpu_count()} processors, {memory:.0f} GiB; {platform.system()} {platform.release()}",
        f"Python {platform.python_version()} ({platform.python_implementation()}); fslint at commit {described or 'unknown'}",
    ]


def load() -> str:
    """The load of the machine in the last minute, in processes."""
    return f"{os.getloadavg()[0]:.1f}"


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
