"""Work in another process while this one goes on.

In: a function without arguments that gives bytes. Out: these bytes, wherever they were worked out: where processes cannot
be forked safely, or one dies, it is done here.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

HARMLESS = frozenset(("fslint-progress",))
"""Names of threads that hold no lock that a copy of the process takes: they wait, and write to standard error."""
_DONE = b"\1"


def can_fork() -> bool:
    """Forking is quick, and safe while no other thread holds a lock that the copy may want; starting anew costs more than
    most projects take to check."""
    if sys.platform != "linux":
        return False
    threads = sys.modules.get("threading")
    return threads is None or all(t is threads.main_thread() or t.name in HARMLESS for t in threads.enumerate())


class Aside:
    """A function that is at work. ``parallel``: whether another process may do it; else it waits for ``result``."""

    def __init__(self, work: Callable[[], bytes], parallel: bool = True) -> None:
        self._work = work
        self._child = 0
        self._receiver = -1
        if parallel and can_fork():
            with suppress(OSError):
                self._fork()

    def _fork(self) -> None:
        receiver, sender = os.pipe()
        try:
            child = os.fork()
        except OSError:
            os.close(receiver)
            os.close(sender)
            raise
        if child:
            os.close(sender)
            self._child, self._receiver = child, receiver
            return
        try:
            os.close(receiver)
            with os.fdopen(sender, "wb") as pipe:
                pipe.write(self._work() + _DONE)
        finally:
            # No clean-up of what belongs to the process that this one is a copy of.
            os._exit(0)

    def result(self) -> bytes:
        """What the function gives, once it is done. To be asked for once."""
        if not self._child:
            return self._work()
        with os.fdopen(self._receiver, "rb") as pipe:
            data = pipe.read()
        self._receiver = -1
        self._reap()
        return data[: -len(_DONE)] if data.endswith(_DONE) else self._work()

    def close(self) -> None:
        """Stop where nobody asks for the result any more."""
        if self._child:
            with suppress(OSError):
                os.kill(self._child, signal.SIGKILL)
            if self._receiver >= 0:
                os.close(self._receiver)
            self._reap()

    def _reap(self) -> None:
        with suppress(OSError):
            os.waitpid(self._child, 0)
        self._child = 0
