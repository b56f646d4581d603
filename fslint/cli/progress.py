"""A line on standard error that says that a long run goes on."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import TextIO

DELAY = 1.0
"""Seconds; a shorter run is no reason to say anything."""


class Progress:
    """Within ``with``: a line with the seconds that have passed, from ``delay`` on, on a terminal only.

    It is wiped out at the end, whatever the end is.
    """

    def __init__(self, what: str, stream: TextIO | None = None, delay: float = DELAY) -> None:
        self._what, self._stream, self._delay = what, stream or sys.stderr, delay
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._shown = False

    def __enter__(self) -> Progress:
        if self._stream.isatty():
            self._thread = threading.Thread(target=self._tell, name="fslint-progress", daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        if self._shown:
            self._write("\r\x1b[K")

    def _tell(self) -> None:
        started = time.monotonic()
        wait = self._delay
        while not self._ended.wait(wait):
            self._shown = True
            self._write(f"\r\x1b[Kfslint: {self._what} … {time.monotonic() - started:.0f} s")
            wait = 1.0

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # the terminal is gone
            self._ended.set()
