"""Texts that stand while an edit is half done.

While a buffer that is not saved has more broken stretches than the last sound text of its file, that text is analysed in its
place: what the file exports stays, so that no other file's findings flicker with each key. Saving ends it: the disk counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..facts import FileFacts
from ..frontends import language_of
from ..text import Undecodable, to_utf8
from ..yamlnodes import YamlError, parse


@dataclass(slots=True)
class _Sound:
    """The last sound text of a file, with how broken it was, and the same of the last text that was looked at."""

    data: bytes
    broken: int
    seen: bytes
    seen_broken: int


class Steady:
    """The last sound texts of the files that are being edited."""

    def __init__(self, facts: Callable[[str, bytes], FileFacts | None]) -> None:
        """``facts``: of a file's content."""
        self._files: dict[str, _Sound] = {}
        self._facts = facts

    def begin(self, path: str, saved: bytes | None) -> None:
        """A file differs from the disk; what it was there is its first sound text."""
        if path not in self._files and saved is not None:
            broken = self._broken(path, saved)
            self._files[path] = _Sound(saved, broken, saved, broken)

    def forget(self, path: str) -> None:
        """A file is as it is on disk."""
        self._files.pop(path, None)

    def hold(self, overlay: dict[str, bytes]) -> dict[str, bytes]:
        """Put sound texts in the place of broken ones; returns the broken ones (UTF-8) by path."""
        held = {}
        for path in self._files.keys() & overlay.keys():
            sound, data = self._files[path], overlay[path]
            if data != sound.seen:
                sound.seen, sound.seen_broken = data, self._broken(path, data)
            if sound.seen_broken > sound.broken:
                overlay[path] = sound.data
                held[path] = _utf8(data, language_of(path) or "")
            else:
                sound.data, sound.broken = data, sound.seen_broken
        return held

    def _broken(self, path: str, data: bytes) -> int:
        """How many stretches of a text cannot be read."""
        language = language_of(path) or ""
        if language == "yaml":
            try:
                parse(_utf8(data, language))
            except YamlError:
                return 1
            return 0
        facts = self._facts(path, data) if language not in ("json", "dotenv", "") else None
        return len(facts.broken) + (facts.syntax_error is not None) if facts is not None else 0


def _utf8(data: bytes, language: str) -> bytes:
    try:
        return to_utf8(data, language)
    except Undecodable:
        return data
