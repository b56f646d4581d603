"""Facts of many files in several processes.

In: contents. Out: their facts, in the same order, whatever the number of processes. Where processes cannot be had, or
one of them dies, the work is done here.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from .aside import can_fork
from .facts import FileFacts, decode, encode
from .frontends import extract

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Content = tuple[bytes, str]
"""A file's text (UTF-8 without BOM) and its language."""

ENOUGH = 400_000
"""Bytes from which a further process is worth its start (measured: half a second of work, for 0.03 s of forking)."""
_MOST = 8


def processors() -> int:
    """How many processes can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def extract_many(contents: Sequence[Content], jobs: int = 0) -> list[FileFacts]:
    """Facts of each content. ``jobs``: processes at most; 0: as many as there are processors, and work for them."""
    size = sum(len(text) for text, _ in contents)
    wanted = min(jobs or min(processors(), _MOST), size // ENOUGH + 1, len(contents) or 1)
    if wanted <= 1 or not can_fork():
        return [extract(*content) for content in contents]
    shares = _shares(contents, wanted)
    workers = [_Worker([contents[n] for n in share]) for share in shares[1:]]
    found: dict[int, FileFacts] = {n: extract(*contents[n]) for n in shares[0]}
    for worker, share in zip(workers, shares[1:], strict=True):
        found.update(zip(share, worker.facts(), strict=False))
    return [found[n] if n in found else extract(*contents[n]) for n in range(len(contents))]


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
    """A process that extracts the facts of some contents and sends them back one by one."""

    def __init__(self, contents: Sequence[Content]) -> None:
        import multiprocessing

        context = multiprocessing.get_context("fork")
        self._contents = contents
        self._receiver, sender = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=(sender, contents), daemon=True)
        try:
            self._process.start()
            self._started = True
        except OSError:
            self._started = False
        sender.close()

    def facts(self) -> list[FileFacts]:
        """What it found, in the order of its contents; less than all where it died."""
        found: list[FileFacts] = []
        if self._started:
            with suppress(EOFError, OSError):
                while len(found) < len(self._contents):
                    data = self._receiver.recv_bytes()
                    # An expression that is nested too deeply cannot be written down.
                    found.append(decode(data) if data else extract(*self._contents[len(found)]))
            self._process.join()
        self._receiver.close()
        return found


def _work(sender: Connection, contents: Sequence[Content]) -> None:
    with suppress(OSError, KeyboardInterrupt):
        for text, language in contents:
            facts = extract(text, language)
            try:
                data = encode(facts)
            except RecursionError:
                data = b""
            sender.send_bytes(data)
        sender.close()
