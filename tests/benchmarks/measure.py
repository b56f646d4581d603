"""Runs a command and says what it cost: wall time, processor time, and the peak memory of all its processes.

Wall and processor times come from ``wait4`` (the latter includes all descendants that were waited for). Memory is sampled
from ``/proc``, which disturbs the times, so it is measured in runs of its own. Without ``/proc`` there is no memory.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_INTERVAL = 0.003
"""Seconds between two samples of memory."""
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Run:
    """One run. ``wall``, ``cpu`` (user and system) in seconds, ``code`` the exit code, ``output`` what it printed."""

    wall: float
    cpu: float
    code: int
    output: bytes


@dataclass(frozen=True, slots=True)
class Command:
    """What to run, where, and what its environment adds."""

    arguments: tuple[str, ...]
    folder: Path
    environment: tuple[tuple[str, str], ...] = ()


def environment(command: Command) -> dict[str, str]:
    """The environment of a run: byte code may be kept, and nothing of the caller's Python or fslint settings leaks in."""
    left_out = ("PYTHONDONTWRITEBYTECODE", "PYTHONPROFILEIMPORTTIME", "PYTHONDEVMODE", "FSLINT_OUTPUT_FORMAT")
    return {**{k: v for k, v in os.environ.items() if k not in left_out}, **dict(command.environment)}


def run(command: Command) -> Run:
    """Run once. Raises ``OSError`` where there is no such program."""
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = _start(command, output.fileno())
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        return Run(wall, usage.ru_utime + usage.ru_stime, process.returncode, output.read())


def _start(command: Command, output: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command.arguments,
        cwd=command.folder,
        env=environment(command),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.DEVNULL,
    )


def peak_memory(command: Command) -> int | None:
    """The peak of all processes of a run together, in bytes; None where the system does not say.

    Memory of a process's own is added up, pages that a fork shares once. Of what is mapped from files (libraries), only
    the largest process of each program counts, since the others share it.
    """
    if not (_PROC / "self/smaps_rollup").exists():
        return None
    peak = 0
    process = _start(command, subprocess.DEVNULL)
    try:
        while process.poll() is None:
            peak = max(peak, _memory(_tree(process.pid)))
            time.sleep(_INTERVAL)
    except BaseException:
        process.send_signal(signal.SIGTERM)
        process.wait()
        raise
    return peak


def _tree(top: int) -> list[int]:
    """A process and its descendants."""
    found = [top]
    for process in found:
        with contextlib.suppress(OSError):
            for thread in (_PROC / str(process) / "task").iterdir():
                with contextlib.suppress(OSError):
                    found += map(int, (thread / "children").read_text().split())
    return found


def _memory(processes: Sequence[int]) -> int:
    own = 0
    mapped: dict[str, int] = {}
    for process in processes:
        try:
            rows = _rollup((_PROC / str(process) / "smaps_rollup").read_text())
            program = (_PROC / str(process) / "exe").readlink().name
        except (OSError, ValueError):  # it has just ended
            continue
        own += rows.get("Pss_Anon", rows.get("Anonymous", 0))
        mapped[program] = max(mapped.get(program, 0), rows.get("Rss", 0) - rows.get("Anonymous", 0))
    return (own + sum(mapped.values())) * 1024


def _rollup(text: str) -> Mapping[str, int]:
    """The rows of ``smaps_rollup`` in KiB."""
    rows = (line.split() for line in text.splitlines()[1:])
    return {row[0].rstrip(":"): int(row[1]) for row in rows if len(row) > 1}
