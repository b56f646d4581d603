"""Facts of many files in several processes.

In: contents. Out: their facts, in the same order, whatever the number of processes. Where processes cannot be had, or
one of them dies, the work is done here.
"""

from __future__ import annotations

import os
import signal
import struct
from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO

from .aside import can_fork
from .facts import FileFacts, decode, encode
from .frontends import extract

Content = tuple[bytes, str]
"""A file's text (UTF-8 without BOM) and its language."""

ENOUGH = 60_000
"""Bytes from which a further process is worth its start (measured: a twentieth of a second of work, for 0.01 s of forking)."""
WORTH = 20_000
"""Bytes from which a process that is there is given a share."""
_MOST = 8


def processors() -> int:
    """How many processes can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


class Extractors:
    """Extracts facts. ``jobs``: processes at most; 0: as many as there are processors. They are started when there is work
    for them, and wait for more until ``close``."""

    def __init__(self, jobs: int = 0) -> None:
        self._most = jobs or min(processors(), _MOST)
        self._workers: list[_Worker] = []

    def facts(self, contents: Sequence[Content]) -> list[FileFacts]:
        """Facts of each content."""
        size = sum(len(text) for text, _ in contents)
        wanted = min(self._most, size // ENOUGH + 1, len(contents) or 1) - 1
        if wanted > len(self._workers) and can_fork():
            with suppress(OSError):
                while len(self._workers) < wanted:
                    self._workers.append(_Worker())
        helping = self._workers[: min(size // WORTH, len(contents) - 1)] if contents else []
        shares = _shares(contents, len(helping) + 1)
        for worker, share in zip(helping, shares[1:], strict=True):
            worker.ask([contents[n] for n in share])
        found = {n: extract(*contents[n]) for n in shares[0]}
        for worker, share in zip(helping, shares[1:], strict=True):
            answers = worker.answers()
            if len(answers) < len(share):
                self._workers.remove(worker)
                worker.close()
            # An expression that is nested too deeply cannot be written down.
            found.update((n, decode(data)) for n, data in zip(share, answers, strict=False) if data)
        return [found[n] if n in found else extract(*contents[n]) for n in range(len(contents))]

    def close(self) -> None:
        """Let the processes end."""
        for worker in self._workers:
            worker.close()
        self._workers.clear()


def _shares(contents: Sequence[Content], number: int) -> list[list[int]]:
    """The contents' numbers in shares of about the same size, the largest contents first."""
    shares: list[list[int]] = [[] for _ in range(number)]
    sizes = [0] * number
    for n in sorted(range(len(contents)), key=lambda n: -len(contents[n][0])):
        least = sizes.index(min(sizes))
        shares[least].append(n)
        sizes[least] += len(contents[n][0]) + 200
    return shares


class _Worker:
    """A process that is given contents and gives back their facts, encoded. Raises ``OSError`` where none can be had."""

    def __init__(self) -> None:
        (theirs, own_out), (own_in, theirs_out) = os.pipe(), os.pipe()
        try:
            self._child = os.fork()
        except OSError:
            for end in (theirs, own_out, own_in, theirs_out):
                os.close(end)
            raise
        if self._child:
            os.close(theirs)
            os.close(theirs_out)
            self._to, self._from = os.fdopen(own_out, "wb"), os.fdopen(own_in, "rb")
            return
        try:
            os.close(own_out)
            os.close(own_in)
            with suppress(OSError, EOFError, KeyboardInterrupt):
                _work(os.fdopen(theirs, "rb"), os.fdopen(theirs_out, "wb"))
        finally:
            # No clean-up of what belongs to the process that this one is a copy of.
            os._exit(0)

    def ask(self, contents: Sequence[Content]) -> None:
        """Give it work; it reads all of it before it begins."""
        with suppress(OSError):
            _send(self._to, [part for text, language in contents for part in (text, language.encode())])

    def answers(self) -> list[bytes]:
        """What it found, in the order of its contents; nothing where it died."""
        with suppress(OSError, EOFError):
            return _receive(self._from)
        return []

    def close(self) -> None:
        """Let it end, or end it."""
        for end in (self._to, self._from):
            with suppress(OSError):
                end.close()
        with suppress(OSError):
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)


def _work(asked: BinaryIO, answers: BinaryIO) -> None:
    while True:
        parts = _receive(asked)
        # All is done before any of it is sent: whoever asked may be at work too, and a full pipe waits.
        _send(
            answers, [_encoded(text, language.decode()) for text, language in zip(parts[::2], parts[1::2], strict=True)]
        )


def _encoded(text: bytes, language: str) -> bytes:
    try:
        return encode(extract(text, language))
    except RecursionError:
        return b""


def _send(to: BinaryIO, parts: Sequence[bytes]) -> None:
    to.write(struct.pack(f"<{len(parts) + 1}I", len(parts), *map(len, parts)))
    to.writelines(parts)
    to.flush()


def _receive(asked: BinaryIO) -> list[bytes]:
    """Raises ``EOFError`` where the other end is gone."""
    (number,) = struct.unpack("<I", _read(asked, 4))
    return [_read(asked, length) for length in struct.unpack(f"<{number}I", _read(asked, 4 * number))]


def _read(asked: BinaryIO, size: int) -> bytes:
    data = asked.read(size)
    if len(data) < size:
        raise EOFError
    return data
