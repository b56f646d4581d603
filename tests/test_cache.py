"""The cache gives back what was put in, and is never in the way."""

from __future__ import annotations

import io
import multiprocessing
import os
from pathlib import Path

import pytest

from fslint import cache as module
from fslint.cache import Cache, key_of
from fslint.facts import FileFacts


def facts(size: int) -> FileFacts:
    return FileFacts("python", size, (0,))


def test_facts_come_back(tmp_path: Path) -> None:
    one, two = key_of(b"a", "python"), key_of(b"b", "python")
    with Cache(tmp_path / "c") as cache:
        assert cache.works and cache.get_many([one]) == {}
        cache.put_many({one: facts(1), two: facts(2)})
    with Cache(tmp_path / "c") as cache:
        assert cache.get_many([one, two, b"other"]) == {one: facts(1), two: facts(2)}
    assert (tmp_path / "c/.gitignore").read_text().endswith("*\n")


def test_the_key_is_content_and_language() -> None:
    keys = {key_of(b"a", "python"), key_of(b"a", "javascript"), key_of(b"b", "python")}
    assert len(keys) == 3 and key_of(b"a", "python") in keys


def test_more_keys_than_one_query_takes(tmp_path: Path) -> None:
    entries = {key_of(b"%d" % n, "python"): facts(n) for n in range(1500)}
    with Cache(tmp_path) as cache:
        cache.put_many(entries)
        assert cache.get_many(entries) == entries


def test_notes(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        assert cache.note("needles") is None
        cache.remember("needles", b"a")
        cache.remember("needles", b"b")
    with Cache(tmp_path) as cache:
        assert cache.note("needles") == b"b"


@pytest.mark.parametrize("folder", [None, Path("/proc/none/such"), Path(__file__)])
def test_without_a_place_nothing_is_kept(folder: Path | None) -> None:
    with Cache(folder) as cache:
        cache.put_many({b"k": facts(1)})
        cache.remember("n", b"x")
        assert not cache.works and cache.get_many([b"k"]) == {} and cache.note("n") is None


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 2000, b""])
def test_a_damaged_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "facts.sqlite").write_bytes(content)
    for _ in range(2):
        with Cache(tmp_path) as cache:
            cache.put_many({b"k": facts(1)})
    with Cache(tmp_path) as cache:
        assert cache.get_many([b"k"]) == {b"k": facts(1)}


def test_entries_that_are_no_facts_are_missing(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        cache._write("INSERT INTO facts VALUES (?, ?, ?)", [(b"k", b"\xc1", 0), (b"l", b"\x93\x01\x02\x03", 0)])
        assert cache.get_many([b"k", b"l"]) == {}


def test_a_locked_file_is_no_cache(tmp_path: Path) -> None:
    with Cache(tmp_path) as holder, Cache(tmp_path) as other:
        assert holder._connection is not None and other._connection is not None
        holder._connection.execute("BEGIN EXCLUSIVE")
        other._connection.execute("PRAGMA busy_timeout = 10")
        other.put_many({b"k": facts(1)})
        assert other.get_many([b"k"]) == {}


def test_what_is_too_much_goes_the_longest_unused_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Cache(tmp_path) as cache:
        cache.put_many({b"%d" % n: facts(n) for n in range(400)})
        cache._write("UPDATE facts SET used = 0 WHERE key < ?", [(b"2",)])
        monkeypatch.setattr(module, "MAX_BYTES", 1)
        cache.put_many({b"new": facts(1)})
        left = cache.get_many([*(b"%d" % n for n in range(400)), b"new"])
        assert b"new" in left and len(left) <= 201 and b"1" not in left


def _put(folder: Path, start: int) -> None:
    with Cache(folder) as cache:
        for n in range(start, start + 20):
            cache.put_many({b"%d" % n: facts(n)})


def test_several_processes_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_put, args=(tmp_path, start)) for start in (0, 100, 200)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    with Cache(tmp_path) as cache:
        found = cache.get_many([b"%d" % n for n in (0, 19, 100, 119, 200, 219)])
    assert all(found[key] == facts(int(key)) for key in found) and len(found) >= 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    with Cache(tmp_path / "c") as cache:
        cache.put_many({b"k": facts(1)})
    (tmp_path / "c/facts.sqlite").chmod(0o444)
    (tmp_path / "c").chmod(0o555)
    with Cache(tmp_path / "c") as cache:
        assert cache.get_many([b"k"]) == {b"k": facts(1)}
        cache.put_many({b"l": facts(1)})


def test_the_cache_is_described_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fslint.cli import main

    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text("track_server_event('Order Placed', 'user_1', {})\n")

    def out(*arguments: str) -> str:
        with monkeypatch.context() as patch:
            text = io.StringIO()
            patch.setattr("sys.stdout", text)
            main(["cache", *arguments])
        return text.getvalue()

    assert "no cache" in out("info") and "no cache" in out("clean") and not (tmp_path / ".fslint_cache").exists()
    main(["check", "--quiet", "--jobs", "1"])
    text = out("info")
    assert "facts of 1 contents" in text and "results of 1 runs" in text and "an index" in text
    (tmp_path / ".fslint_cache/mine.txt").write_text("kept")
    assert "removed" in out("clean")
    assert [p.name for p in (tmp_path / ".fslint_cache").iterdir()] == ["mine.txt"]
    (tmp_path / ".fslint_cache/mine.txt").unlink()
    main(["check", "--quiet"])
    out("clean")
    assert not (tmp_path / ".fslint_cache").exists()


def test_options_of_the_cache_commands(tmp_path: Path) -> None:
    from fslint.cli import main

    assert main(["cache", "info", "--config", str(tmp_path / "none.toml")]) == 2
    assert main(["check", "--jobs", "-1"]) == 2
