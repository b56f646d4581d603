"""Where a Python import leads.

Nobody knows ``sys.path`` of a checkout. A root is any folder that holds the whole of an imported module's path; of
several, the nearest ancestor of the importing file wins (a folder that is itself a package last), then the folder
that shares most with it. Equal candidates lead nowhere.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from itertools import takewhile

_SOURCE_FOLDERS = ("", "src", "lib", "python")
_MARKERS = frozenset(
    ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "manage.py", "Pipfile", "poetry.lock", "uv.lock")
)
_REMOVED = frozenset(("asynchat", "asyncore", "cgi", "distutils", "imghdr", "imp", "smtpd", "telnetlib", "xdrlib"))
_STDLIB = sys.stdlib_module_names | _REMOVED
_STDLIB_PACKAGES = {
    "asyncio",
    "collections",
    "compression",
    "concurrent",
    "ctypes",
    "curses",
    "dbm",
    "distutils",
    "email",
}
_STDLIB_PACKAGES |= {"encodings", "html", "http", "importlib", "json", "logging", "multiprocessing", "os", "pathlib"}
_STDLIB_PACKAGES |= {"re", "sqlite3", "string", "sysconfig", "tkinter", "tomllib", "unittest", "urllib", "wsgiref"}
_STDLIB_PACKAGES |= {"xml", "xmlrpc", "zoneinfo"}
_STAR = re.compile(rb"import\s*\(?\s*\*")


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _join(folder: str, rest: str) -> str:
    return f"{folder}/{rest}" if folder and rest else folder or rest


def _ancestors(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = _parent(folder)
    yield ""


def _shared(a: str, b: str) -> int:
    """How many leading folders two paths have in common."""
    pairs = zip(a.split("/"), b.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


class Python:
    """The Python modules among ``files``; ``read`` gives the content of one of them."""

    def __init__(self, files: frozenset[str], read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._modules: dict[str, str] = {}
        self._packages: dict[str, str] = {}
        self._folders: set[str] = {""}
        self._marked: set[str] = set()
        self._homes: dict[str, list[str]] = {}
        self._cache: dict[tuple[str, str], str | None] = {}
        self._mentions: dict[tuple[str, str], bool] = {}
        for file in sorted(files):  # .py sorts before .pyi, and setdefault keeps the first
            folder, _, name = file.rpartition("/")
            if name in _MARKERS:
                self._marked.add(folder)
            if name.endswith((".py", ".pyi")):
                self._add(file, folder, name.rpartition(".")[0])

    def _add(self, file: str, folder: str, stem: str) -> None:
        if stem == "__init__":
            self._packages.setdefault(folder, file)
        else:
            self._modules.setdefault(_join(folder, stem), file)
            self._homes.setdefault(stem, []).append(folder)
        while folder not in self._folders:
            self._folders.add(folder)
            folder, _, name = folder.rpartition("/")
            self._homes.setdefault(name, []).append(folder)

    def resolve(self, path: str, specifier: str, name: str) -> tuple[str, ...]:
        base = self._base(path, specifier)
        if base is None and name and specifier.strip("."):
            # a package without a file of its own: look for the member directly
            member = self._base(path, f"{specifier}.{name}")
            base = _parent(member) if member else None
        if base is None:
            return ()
        own = self._packages.get(base) or self._modules.get(base)
        member_file = self._file(_join(base, name)) if name and name != "*" and base not in self._modules else None
        if member_file and member_file != path and (own is None or not self._binds(own, name)):
            return (member_file,)
        return (own,) if own else ()

    def submodule(self, path: str, specifier: str, name: str) -> str | None:
        base = self._base(path, specifier)
        if base is None or (base in self._modules and base not in self._packages):
            found = self._base(path, f"{specifier}.{name}") if base is None and specifier.strip(".") else None
            return self._file(found) if found else None
        return self._file(_join(base, name))

    def external(self, specifier: str) -> str:
        return "" if specifier.startswith(".") else specifier.partition(".")[0]

    def keys(self, path: str) -> frozenset[str]:
        folder, _, name = path.rpartition("/")
        stem = name.rpartition(".")[0]
        return frozenset((stem,) if stem != "__init__" else (folder.rpartition("/")[2] or "__init__", "."))

    def _binds(self, file: str, name: str) -> bool:
        """Whether a package's own file may bind ``name`` to something else than its submodule."""
        key = (file, name)
        known = self._mentions.get(key)
        if known is None:
            data = self._read(file) or b""
            known = self._mentions[key] = bool(
                _STAR.search(data) or re.search(rb"(?<!\w)" + re.escape(name.encode()) + rb"(?!\w)", data)
            )
        return known

    def _file(self, base: str) -> str | None:
        return self._packages.get(base) or self._modules.get(base)

    def _has(self, base: str) -> bool:
        return base in self._packages or base in self._modules or base in self._folders

    def _base(self, path: str, specifier: str) -> str | None:
        """The module's path without its ending (of a package: its folder), or None."""
        key = (path, specifier)
        if key not in self._cache:
            self._cache[key] = (
                self._relative(path, specifier) if specifier.startswith(".") else self._absolute(path, specifier)
            )
        return self._cache[key]

    def _relative(self, path: str, specifier: str) -> str | None:
        rest = specifier.lstrip(".")
        folder = _parent(path)
        for _ in range(len(specifier) - len(rest) - 1):
            if not folder:
                return None
            folder = _parent(folder)
        base = _join(folder, rest.replace(".", "/"))
        return base if self._has(base) else None

    def _absolute(self, path: str, specifier: str) -> str | None:
        first, dot, _ = specifier.partition(".")
        if first in _STDLIB and (not dot or first in _STDLIB_PACKAGES):
            return None
        rest = specifier.replace(".", "/")
        here = _parent(path)
        single = not dot
        late = []
        for ancestor in _ancestors(here):
            for sub in _SOURCE_FOLDERS:
                root = _join(ancestor, sub)
                base = _join(root, rest)
                file = self._file(base)
                if file is None or file == path:
                    continue
                if root not in self._packages:
                    return base
                if not single or root in self._marked:
                    late.append(base)
        return late[0] if late else self._elsewhere(path, first, rest, single)

    def _elsewhere(self, path: str, first: str, rest: str, single: bool) -> str | None:
        """A module under a root that is no ancestor of the importing file; None if two are equally near."""
        here = _parent(path)
        ranked: list[tuple[int, str]] = []
        for root in set(self._homes.get(first, ())):
            base = _join(root, rest)
            file = self._file(base)
            if file is None or file == path or root in self._packages:
                continue
            if single and not self._is_marked(root):
                continue
            ranked.append((_shared(here, root), base))
        ranked.sort(reverse=True)
        if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
            return None
        return ranked[0][1]

    def _is_marked(self, root: str) -> bool:
        parent, _, name = root.rpartition("/")
        return root in self._marked or (name in _SOURCE_FOLDERS and parent in self._marked)
