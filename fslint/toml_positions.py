"""Where the keys of a TOML file stand, which ``tomllib`` does not say.

In: a text that ``tomllib`` has read without an error. Out: the line of every key and array item by its path, so that an
error in the configuration can be shown where it is.
"""

from __future__ import annotations

import re

KeyPath = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SKIP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_PLAIN = re.compile(r"[^,\]}\r\n#]*")
_STRINGS = tuple(
    (quote, re.compile(body, re.DOTALL))
    for quote, body in (
        ('"""', r'"""(?:\\.|[^\\])*?"""(?!")'),
        ("'''", r"'''.*?'''(?!')"),
        ('"', r'"((?:\\.|[^"\\])*)"'),
        ("'", r"'([^']*)'"),
    )
)


def positions(text: str) -> dict[KeyPath, int]:
    """The 1-based line of each key, by its path: ``("tool", "fslint", "apps", 0, "name")``."""
    return _Scanner(text).run()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[KeyPath, int] = {}
        self.lists: dict[KeyPath, int] = {}
        """Index of the last table of each array of tables."""

    def run(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self._skip(_SKIP) < len(self.text):
            start = self.at
            if self.text.startswith("[[", start):
                table = self._header(2)
            elif self.text[start] == "[":
                table = self._header(1)
            else:
                self._pair(table)
            if self.at == start:  # not TOML after all
                break
        return self.found

    def _header(self, brackets: int) -> KeyPath:
        start = self.at
        self.at += brackets
        keys = self._keys()
        self._skip(_BLANK)
        self.at += brackets
        path: KeyPath = ()
        for number, key in enumerate(keys):
            path = (*path, key)
            if brackets == 2 and number == len(keys) - 1:
                self.found.setdefault(path, self._line(start))
                self.lists[path] = self.lists.get(path, -1) + 1
            if path in self.lists:
                path = (*path, self.lists[path])
            self.found.setdefault(path, self._line(start))
        return path

    def _pair(self, table: KeyPath) -> None:
        start = self.at
        path = table
        for key in self._keys():
            path = (*path, key)
            self.found.setdefault(path, self._line(start))
        self._skip(_BLANK)
        self.at += 1  # =
        self._skip(_BLANK)
        self._value(path)

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while True:
            self._skip(_BLANK)
            bare = _BARE.match(self.text, self.at)
            if bare:
                keys.append(bare[0])
                self.at = bare.end()
            else:
                start = self.at
                self._string()
                keys.append(self.text[start + 1 : self.at - 1])
            self._skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return keys
            self.at += 1

    def _value(self, path: KeyPath) -> None:
        opening = self.text[self.at : self.at + 1]
        if opening == "[":
            self._items(path)
        elif opening == "{":
            self._inline(path)
        elif not self._string():
            self._skip(_PLAIN)

    def _items(self, path: KeyPath) -> None:
        self.at += 1
        number = 0
        while self._skip(_SKIP) < len(self.text) and self.text[self.at] != "]":
            item = (*path, number)
            self.found[item] = self._line(self.at)
            start = self.at
            self._value(item)
            self._skip(_SKIP)
            if self.text.startswith(",", self.at):
                self.at += 1
            elif self.at == start:
                break
            number += 1
        self.at += 1

    def _inline(self, path: KeyPath) -> None:
        self.at += 1
        while self._skip(_SKIP) < len(self.text) and self.text[self.at] != "}":
            start = self.at
            self._pair(path)
            self._skip(_SKIP)
            if self.text.startswith(",", self.at):
                self.at += 1
            elif self.at == start:
                break
        self.at += 1

    def _string(self) -> bool:
        for quote, pattern in _STRINGS:
            if self.text.startswith(quote, self.at):
                match = pattern.match(self.text, self.at)
                self.at = match.end() if match else len(self.text)
                return True
        return False

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def _line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1
