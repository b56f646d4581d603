"""What a terminal sees of a long or an endless run: ``--watch``, progress, Ctrl-C. Nothing here waits for a time."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from projects import write_project

from fslint.cli.progress import Progress

CLEAN = "FS.event('Opened', { size_int: 3 });\n"
UNTYPED = "FS.event('Opened', { size: 3 });\n"
LIMIT = 100
"""Seconds after which a process that says nothing is ended, and its test fails."""


def interruptible() -> None:
    """A process that a shell has started in the background ignores Ctrl-C, and so would those that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Watching:
    """``fslint check --watch`` as a process; ``run`` reads what it says until it waits again."""

    def __init__(self, folder: Path) -> None:
        pytest.importorskip("watchfiles")
        command = [sys.executable, "-m", "fslint", "check", "--watch", "--output-format", "concise"]
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
            preexec_fn=interruptible,
        )
        self.limit = threading.Timer(LIMIT, self.process.kill)
        self.limit.start()

    def run(self) -> str:
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            if "watching for changes" in line:
                return "".join(said)
            said.append(line)
        raise AssertionError(f"ended with {self.process.wait()}: {''.join(said)}")

    def interrupt(self) -> tuple[int, str]:
        """Ctrl-C: the exit code and the last words."""
        self.process.send_signal(signal.SIGINT)
        last, _ = self.process.communicate()
        return self.process.returncode, last

    def end(self) -> None:
        self.limit.cancel()
        self.process.kill()
        self.process.wait()


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    write_project(tmp_path, {"web/a.js": CLEAN, "fslint.toml": ""})
    process = Watching(tmp_path)
    yield process
    process.end()


def test_it_checks_again_at_every_change(watching: Watching, tmp_path: Path) -> None:
    assert watching.run().startswith("No findings")
    write_project(tmp_path, {"web/a.js": UNTYPED})
    assert "web/a.js:1:22: error[FS301]" in watching.run()
    (tmp_path / "web/new").mkdir()
    watching.run()
    (tmp_path / "web/new/deep").mkdir()  # in a folder that holds no file yet
    watching.run()
    write_project(tmp_path, {"web/new/deep/b.js": UNTYPED})
    assert "web/new/deep/b.js:1:22: error[FS301]" in watching.run()
    write_project(tmp_path, {"web/new/deep/b.js": CLEAN})
    assert "Found 1 error" in watching.run()
    write_project(tmp_path, {"fslint.toml": "ignor = ['FS301']"})
    assert 'fslint.toml:1: unknown key "ignor"' in watching.run()
    write_project(tmp_path, {"fslint.toml": "ignore = ['FS301']"})
    assert watching.run().startswith("No findings")
    (tmp_path / "web/a.js").unlink()
    assert watching.run().startswith("No findings in 1 file")


def test_interrupted_it_leaves_nothing_behind(watching: Watching, tmp_path: Path) -> None:
    watching.run()
    before = {file.name for file in tmp_path.rglob("*")}
    assert watching.interrupt() == (130, "\nfslint: interrupted\n")
    assert {file.name for file in tmp_path.rglob("*")} == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this file system")
def test_a_run_that_is_interrupted_while_it_works(tmp_path: Path) -> None:
    """It stands still where it opens a pipe that this test opens too, and is interrupted there."""
    write_project(tmp_path, {"a.js": UNTYPED * 5000})
    os.mkfifo(tmp_path / "out")
    command = [sys.executable, "-m", "fslint", "check", "--no-cache", "--output-file", "out"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=interruptible,
    )
    limit = threading.Timer(LIMIT, process.kill)
    limit.start()
    with (tmp_path / "out").open("rb") as pipe:
        assert pipe.read(10)  # more than a pipe holds is still to come
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    limit.cancel()
    assert (process.returncode, out) == (130, "") and err.strip() == "fslint: interrupted"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.js", "out"]


class Terminal(io.StringIO):
    """A terminal that tells when something has been written to it."""

    def __init__(self, tty: bool = True) -> None:
        super().__init__()
        self.written, self.tty = threading.Event(), tty

    def isatty(self) -> bool:
        return self.tty

    def write(self, text: str) -> int:
        count = super().write(text)
        self.written.set()
        return count


def test_a_long_run_says_so_and_wipes_it_out() -> None:
    terminal = Terminal()
    with Progress("checking", terminal, delay=0):
        assert terminal.written.wait(LIMIT)
    assert re.match(r"\r\x1b\[Kfslint: checking … \d+ s", terminal.getvalue())
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_a_short_run_and_a_pipe_see_no_progress() -> None:
    terminal, pipe = Terminal(), Terminal(tty=False)
    with Progress("checking", terminal), Progress("checking", pipe, delay=0):
        pass
    assert terminal.getvalue() == pipe.getvalue() == ""


def test_progress_is_wiped_out_after_an_error_too() -> None:
    terminal = Terminal()
    with pytest.raises(KeyboardInterrupt), Progress("checking", terminal, delay=0):
        terminal.written.wait(LIMIT)
        raise KeyboardInterrupt
    assert terminal.getvalue().endswith("\r\x1b[K")
