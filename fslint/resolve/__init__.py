"""Where an import leads: one interface for both languages.

A resolver knows the project's file names and reads the few files that say how modules are found (``package.json``,
``tsconfig.json``, bundler configurations). It never looks at a file that is not in the list it was given, answers from
dictionaries, and never raises: what it cannot resolve leads nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

Read = Callable[[str], "bytes | None"]

_PYTHON = (".py", ".pyi")
_CONFIG_LIMIT = 4_000_000


def disk_reader(root: str) -> Read:
    """A ``read`` that takes paths relative to ``root`` and never leaves it, not even through a link."""
    top = Path(root).resolve()

    def read(path: str) -> bytes | None:
        try:
            full = (top / path).resolve()
            if not full.is_relative_to(top):
                return None
            with full.open("rb") as file:
                return file.read(_CONFIG_LIMIT)
        except (OSError, ValueError, RuntimeError):
            return None

    return read


class Resolver:
    """``files``: every project file, relative to ``root``, POSIX. ``read``: a file's content, or None."""

    def __init__(self, root: str, files: Collection[str], read: Read | None = None) -> None:
        # ``written`` in this package is wanted in runs that resolve nothing.
        from .javascript import JavaScript
        from .python import Python

        names = frozenset(files)
        inner = read or disk_reader(root)

        def listed(path: str) -> bytes | None:
            return inner(path) if path in names else None

        self._javascript = JavaScript(names, listed)
        self._python = Python(names, listed)

    def resolve(self, path: str, specifier: str, name: str = "") -> tuple[str, ...]:
        """The project files that ``specifier``, written in file ``path``, leads to; empty: a package, or unknown.

        More than one only where a bundler chooses by platform (``a.ts`` and ``a.native.ts``), the plain one first.
        Python: ``name`` is the imported name. ``from pkg import mod`` leads to ``pkg/mod.py`` where there is no
        ``pkg/__init__.py`` or where that file does not mention the name; else to ``pkg/__init__.py``.
        """
        if path.endswith(_PYTHON):
            return self._python.resolve(path, specifier, name)
        return self._javascript.resolve(path, specifier)

    def submodule(self, path: str, specifier: str, name: str) -> str | None:
        """Python: the file of ``from specifier import name`` if ``name`` is a submodule."""
        return self._python.submodule(path, specifier, name) if path.endswith(_PYTHON) else None

    def external(self, path: str, specifier: str) -> str:
        """The package that a specifier means which is not in the project (``@fullstory/browser``, ``requests``).

        "" for relative specifiers and for aliases that cannot be package names (``@/x``).
        """
        if path.endswith(_PYTHON):
            return self._python.external(specifier)
        return self._javascript.external(path, specifier)

    def importers_keys(self, path: str) -> frozenset[str]:
        """Words of which one finds every import of ``path`` (``written.key_of_row``)."""
        if path.endswith(_PYTHON):
            return self._python.keys(path)
        return self._javascript.keys(path)
