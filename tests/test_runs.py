"""What is kept from one run to the next makes runs faster and never changes what they find."""

from __future__ import annotations

import gc
import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from projects import git_init, write_project

from fslint import engine, index, parallel, runs
from fslint.diagnostics import Diagnostic, Edit, Fix, Place, Related
from fslint.facts import FileFacts, encode
from fslint.frontends import extract
from fslint.settings import Overrides, load

FILES = {
    "web/track.ts": "import { FullStory } from '@fullstory/browser';\n"
    "export const track = (name: string, props = {}) => FullStory.event(name, props);\n",
    "web/index.ts": "export { track } from './track';\n",
    "web/names.ts": "export const BOUGHT = 'Order Placed';\n",
    "web/cart.ts": "import { track } from '.';\nimport { BOUGHT } from './names';\n"
    "export const buy = (n: number) => track(BOUGHT, { total: n });\n",
    "web/other.ts": "export const other = 1;\n",
    "api/views.py": "def done(user):\n    track_server_event('Order Placed', user.id, {'total_real': 1.5})\n",
    "events.yaml": "version: 1\nevents:\n  Order Placed:\n    side: both\n",
    "package.json": '{"dependencies": {"@fullstory/browser": "^2.0.0"}}\n',
}
Row = tuple[str, Place, str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose files count as settled although they were only just written."""
    monkeypatch.setattr(index, "_FRESH", 0)
    write_project(tmp_path, FILES)
    git_init(tmp_path)
    return tmp_path


def check(folder: Path, paths: Sequence[str] = (), **more: object) -> tuple[list[Row], bool]:
    """The findings, and whether they are an earlier run's."""
    overrides: Overrides = {"root": str(folder), "cache_dir": str(folder / ".fslint_cache"), **more}  # type: ignore[typeddict-item]
    result = engine.check(load(folder, overrides=overrides), paths)
    return [(d.code, d.place, d.message) for d in result.diagnostics], result.project is None


def plain(folder: Path, paths: Sequence[str] = (), **more: object) -> list[Row]:
    """The findings of a run that knows nothing of earlier ones."""
    return check(folder, paths, no_cache=True, **more)[0]


def test_an_unchanged_project_is_not_linked_again(project: Path) -> None:
    first, known = check(project)
    assert first and not known
    assert check(project) == (first, True)
    assert check(project, ["web/cart.ts"]) == (plain(project, ["web/cart.ts"]), True)
    (project / "web/other.ts").write_text("export const other = 2;\n")
    assert check(project) == (first, True)


def test_a_run_leaves_the_garbage_collector_as_it_was(project: Path) -> None:
    usual = gc.get_threshold()
    check(project)
    assert gc.get_threshold() == usual


CHANGES = {
    "a call": lambda p: (p / "web/cart.ts").write_text(FILES["web/cart.ts"].replace("total: n", "total_int: n")),
    "a constant": lambda p: (p / "web/names.ts").write_text("export const BOUGHT = 'Order Lost';\n"),
    "the registry": lambda p: (p / "events.yaml").write_text("version: 1\nevents: {}\n"),
    "a manifest": lambda p: (p / "package.json").write_text("{}"),
    "a new file": lambda p: (p / "web/late.ts").write_text("import { track } from './track';\ntrack('x', { a: 1 });\n"),
    "a file gone": lambda p: (p / "api/views.py").unlink(),
    "a renamed file": lambda p: (p / "web/cart.ts").rename(p / "web/basket.ts"),
    "a file that tracks now": lambda p: (p / "web/other.ts").write_text("import { track } from '.';\ntrack('Late Event');\n"),
    "a barrel gone": lambda p: (p / "web/index.ts").write_text(""),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_any_change_is_seen(project: Path, name: str) -> None:
    check(project)
    assert check(project)[1]
    CHANGES[name](project)
    changed, known = check(project)
    assert not known and changed == plain(project)
    assert check(project) == (changed, True)


@pytest.mark.parametrize("name", CHANGES)
def test_any_change_is_seen_among_more_than_are_looked_at(
    project: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(index, "_MANY", 0)
    check(project)
    CHANGES[name](project)
    changed, known = check(project)
    assert not known and changed == plain(project)
    assert check(project) == (changed, True)


def test_a_change_that_keeps_size_and_time_is_seen(project: Path) -> None:
    file = project / "web/cart.ts"
    check(project)
    before = file.stat()
    file.write_text(FILES["web/cart.ts"].replace("total:", "other:"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert check(project) == (plain(project), False)


def test_settings_have_results_of_their_own(project: Path) -> None:
    every, _ = check(project)
    few, known = check(project, select=["FS301"])
    assert not known and few == [row for row in every if row[0] == "FS301"] != every
    assert check(project, select=["FS301"]) == (few, True) and check(project) == (every, True)


def test_a_named_file_that_cannot_be_read_is_reported(project: Path) -> None:
    check(project)
    (project / "web/other.ts").write_bytes(b"\0\1\2")
    found, _ = check(project, ["web/other.ts"])
    assert [row[0] for row in found] == ["FS004"]
    assert "FS004" not in [row[0] for row in check(project)[0]]


@pytest.mark.parametrize("seed", range(4))
def test_random_changes(project: Path, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(8):
        present = sorted(
            p for p in project.rglob("*.[tpy]*") if ".git" not in p.parts and ".fslint_cache" not in p.parts
        )
        kind = rng.choice(["swap", "drop", "restore", "append", "none"])
        if kind == "swap" and len(present) > 1:
            one, two = rng.sample(present, 2)
            kept = one.read_bytes()
            one.write_bytes(two.read_bytes())
            two.write_bytes(kept)
        elif kind == "drop" and present:
            rng.choice(present).unlink()
        elif kind == "restore":
            write_project(project, {name: FILES[name] for name in rng.sample(sorted(FILES), 3)})
        elif kind == "append" and present:
            with rng.choice(present).open("a") as file:
                file.write(rng.choice(["\n", "\nFS.event('More', {n: 1})\n", "\nimport { track } from './track'\n"]))
        assert check(project)[0] == plain(project)


def test_contents_in_an_editor_count_with_the_index(project: Path) -> None:
    first, _ = check(project)
    late = b"import { track } from '.';\ntrack('Late Event', { a: 1 });\n"
    for overlay in ({"web/other.ts": late}, {"web/cart.ts": b""}, {"web/new.ts": late, "web/track.ts": b"export {}"}):
        assert check(project, overlay=overlay) == (plain(project, overlay=overlay), False)
    assert check(project) == (first, True)


def test_without_git_the_index_serves_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_FRESH", 0)
    write_project(tmp_path, FILES)
    first, _ = check(tmp_path)
    assert check(tmp_path) == (first, True)
    (tmp_path / "web/other.ts").write_text("import { track } from '.';\ntrack('Late Event', { a: 1 });\n")
    assert check(tmp_path) == (plain(tmp_path), False)


def test_imports_elsewhere_let_a_result_stand(project: Path) -> None:
    first, _ = check(project)
    (project / "web/other.ts").write_text("import { BOUGHT } from './names';\nexport const other = BOUGHT;\n")
    assert check(project) == (first, True) == (plain(project), True)
    (project / "web/other.ts").write_text("import { track } from './index';\ntrack('Late Event', { a: 1 });\n")
    assert check(project) == (plain(project), False)
    (project / "web/other.ts").write_text("export const other = 1;\n")
    assert check(project) == (plain(project), False)


@pytest.mark.parametrize("table, column", [("notes", "note"), ("runs", "run")])
@pytest.mark.parametrize("junk", [b"", b"{}", b"[1]", b"fsi3" + b"\xff" * 40, b'{"needles": 3}'])
def test_junk_in_the_cache_is_no_harm(project: Path, table: str, column: str, junk: bytes) -> None:
    first, _ = check(project)
    with sqlite3.connect(project / ".fslint_cache/facts.sqlite") as connection:
        assert connection.execute(f"UPDATE {table} SET {column} = ?", (junk,)).rowcount
    assert check(project)[0] == first


def test_a_fresh_file_is_looked_at_again(tmp_path: Path) -> None:
    """Within the ticks of a coarse clock a file may change and look the same."""
    write_project(tmp_path, {"a.py": "x"})
    now = (tmp_path / "a.py").stat().st_mtime_ns
    seen = index.signatures(tmp_path, ["a.py"], now)
    assert index.Index(("a.py",), seen, frozenset(), frozenset()).changed(("a.py",), seen) == {"a.py"}
    later = index.signatures(tmp_path, ["a.py"], now + 10**10)
    assert index.Index(("a.py",), later, frozenset(), frozenset()).changed(("a.py",), later) == set()


def test_what_looks_as_it_did_is_not_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    raw = engine.Workspace.raw
    monkeypatch.setattr(engine.Workspace, "raw", lambda self, path: (read.append(path), raw(self, path))[1])
    first, _ = check(project)
    read.clear()
    assert check(project) == (first, True) and read == []
    (project / "web/other.ts").write_text("export const other = 3;\n")
    (project / "web/names.ts").touch()
    assert check(project) == (first, True) and set(read) == {"web/names.ts", "web/other.ts"}
    read.clear()
    assert check(project) == (first, True) and read == []


def test_index_and_run_come_back(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.py": "x", "b\udcff.js": "y"})
    paths = ("a.py", "b\udcff.js")
    seen = index.signatures(tmp_path, paths, 10**19)
    known = index.Index(paths, seen, frozenset({"n", "ä"}), frozenset({paths[1]}), "i", {paths[1]: "0f" * 16})
    assert index.load(known.dump()) == known
    place = Place("a.py", 1, 2)
    found = Diagnostic(
        "FS301", "m", place, "h", (Related(place, "r"),), Fix("safe", "f", (Edit(place, "c"),)), (), "s", "g", "app"
    )
    run = runs.Run(
        frozenset({"n"}),
        "f",
        "h",
        "i",
        ("w",),
        "j",
        {"b\udcff.js": "d"},
        [found],
        3,
        {"files": 2},
        ["note"],
        {"a.py": [(1, 2)]},
    )
    assert runs.load(runs.dump(run)) == run


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes are worth their while for any content."""
    monkeypatch.setattr(parallel, "ENOUGH", 1)
    monkeypatch.setattr(parallel, "WORTH", 1)


def extracted(contents: Sequence[parallel.Content], jobs: int) -> list[FileFacts]:
    """Facts of contents, asked for in two goes."""
    extractors = parallel.Extractors(jobs)
    try:
        middle = len(contents) // 2
        return extractors.facts(contents[:middle]) + extractors.facts([]) + extractors.facts(contents[middle:])
    finally:
        extractors.close()


@pytest.mark.usefixtures("eager")
def test_any_number_of_processes_gives_the_same() -> None:
    texts = [(f"FS.event('Event {n}', {{ n_int: {n} }});\n".encode() * (n % 7), "javascript") for n in range(40)]
    texts += [(b"x = " + b"(" * 3000 + b"1" + b")" * 3000, "python"), (b"x = " + b"-" * 4000 + b"a", "python")]
    one = extracted(texts, 1)
    for jobs in (2, 3, 50):
        assert [len(f.calls) for f in extracted(texts, jobs)] == [len(f.calls) for f in one]
        assert list(map(encode, extracted(texts[:40], jobs))) == list(map(encode, one[:40]))


@pytest.mark.usefixtures("eager")
def test_a_process_that_dies_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    parent = os.getpid()

    def dies(text: bytes, language: str) -> object:
        if os.getpid() != parent:
            os._exit(1)
        return extract(text, language)

    monkeypatch.setattr(parallel, "extract", dies)
    found = extracted([(b"f(1)", "python")] * 6, 2)
    assert [len(facts.calls) for facts in found] == [1] * 6
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.usefixtures("eager")
def test_a_share_larger_than_a_pipe_is_done_and_sent() -> None:
    texts = [(f"FS.event('Event {n}', {{ n_int: {n} }});\n".encode() * 2_000, "javascript") for n in range(6)]
    assert [len(facts.calls) for facts in extracted(texts, 3)] == [2_000] * 6


def test_a_warm_run_imports_no_parser_and_no_linker(project: Path) -> None:
    code = (
        "import sys\nfrom fslint.cli import main\nmain(['check'])\n"
        "heavy = 'tree_sitter libcst esprima yaml msgspec pathspec fslint.facts fslint.link fslint.registry'.split()\n"
        "print(sorted(set(heavy) & set(sys.modules)), file=sys.stderr)\n"
    )
    loaded = [
        subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True).stderr.splitlines()[
            -1
        ]
        for _ in range(2)
    ]
    assert "tree_sitter" in loaded[0] and loaded[1] == "[]"


@pytest.mark.usefixtures("eager")
def test_processes_are_used_on_a_terminal_and_not_beside_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line that says how long a run takes is a thread's; a server's threads may hold locks."""
    parent = os.getpid()
    done = threading.Event()
    monkeypatch.setattr(parallel, "extract", lambda text, language: extract(b"f()" * (os.getpid() != parent), language))
    for name, forks in (("fslint-progress", True), ("other", False)):
        done.clear()
        thread = threading.Thread(target=done.wait, name=name)
        thread.start()
        # Idle threads that other tests have left (a server's pool) are not what this is about.
        monkeypatch.setattr(threading, "enumerate", lambda thread=thread: [threading.main_thread(), thread])
        found = extracted([(b"x", "python")] * 4, 2)
        done.set()
        thread.join()
        assert any(facts.calls for facts in found) == (forks and sys.platform == "linux")
