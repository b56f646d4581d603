"""The benchmarks' trees: always the same bytes, and fslint finds in them exactly what was written."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from benchmarks.cases import Wrong, events, expect, named_events
from benchmarks.generate import Tree, files, generate, large_file, small_file
from benchmarks.measure import Command, Run, peak_memory, run
from benchmarks.report import Result, Results, bars
from benchmarks.tracking import Site
from projects import git_init

from fslint import engine
from fslint.settings import load

TREE = Tree(200, 0.1)


def test_a_seed_always_gives_the_same_bytes() -> None:
    written = list(files(TREE))
    assert written == list(files(TREE))
    assert written != list(files(Tree(200, 0.1, seed=8)))
    assert len(written) == TREE.files == len({path for path, _, _ in written})
    assert {path.rpartition(".")[2] for path, _, _ in written} >= {
        "tsx",
        "ts",
        "js",
        "vue",
        "py",
        "json",
        "css",
        "yaml",
    }
    assert 3000 < sum(len(text) for _, text, _ in written) / TREE.files < 9000


def test_exactly_the_written_events_are_found_with_and_without_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sites = generate(tmp_path, TREE)
    assert len({site.path for site in sites}) == 20
    git_init(tmp_path)
    assert events(tmp_path, "--no-cache") == sites
    monkeypatch.chdir(tmp_path)
    settings = load(tmp_path, overrides={"no_cache": True})
    assert named_events(engine.events(settings, everything=True)) == sites


@pytest.mark.parametrize("language", ["ts", "py"])
def test_the_calls_of_a_single_file_are_found(tmp_path: Path, language: str) -> None:
    name, text, calls = small_file(language)
    assert text.count("\n") < 80
    (tmp_path / name).write_text(text)
    assert len(events(tmp_path, "--no-cache")) == calls


@pytest.mark.parametrize("language", ["tsx", "py"])
def test_a_large_file_has_about_the_lines_and_calls_that_are_asked_for(language: str) -> None:
    _, text, calls = large_file(language, 2000, 100)
    assert 2000 <= text.count("\n") < 2100
    assert text.count("FullStory('trackEvent'" if language == "tsx" else 'track_server_event("') == calls == 100


def test_other_calls_than_the_written_ones_are_an_error() -> None:
    site = Site("a.ts", 1, ("Order Placed",))
    expect([site], [site])
    with pytest.raises(Wrong, match="0 events found, 1 written"):
        expect([], [site])


def test_a_run_is_measured(tmp_path: Path) -> None:
    done = run(Command((sys.executable, "-c", "print('x'); sum(range(10**6)); raise SystemExit(3)"), tmp_path))
    assert (done.code, done.output) == (3, b"x\n")
    assert done.cpu > 0
    assert done.wall > 0


def test_the_memory_of_all_processes_is_added_up(tmp_path: Path) -> None:
    child = "data = b'x' * 40_000_000; import time; time.sleep(0.3)"
    both = f"import subprocess, sys; data = b'x' * 40_000_000; subprocess.run([sys.executable, '-c', {child!r}])"
    peak = peak_memory(Command((sys.executable, "-c", both), tmp_path))
    assert peak is None or 80_000_000 < peak < 160_000_000


def test_a_bar_is_met_missed_or_not_measured() -> None:
    results = Results([], {("one TSX file of 10,000 lines", "fslint, cold"): Result([Run(0.5, 0.4, 0, b"")])})
    results.of["one Python file of 10,000 lines", "fslint, cold"] = Result([Run(0.9, 0.4, 0, b"")])
    met = {verdict.bar: verdict.met for verdict in bars(results)}
    assert met["one TSX file of 10,000 lines, 500 calls ≤ 0.7 s"] is True
    assert met["one Python file of 10,000 lines, 500 calls ≤ 0.7 s"] is False
    assert met["one small Python file ≤ fixit"] is None
