"""A small two-sided shop with one mistake of each important kind, for ``fslint demo``.

The files of ``shop/`` are package data, never imported: a React front end, a FastAPI back end and their registry.
"""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path


def files() -> dict[str, bytes]:
    """The shop's files by path relative to its root."""
    found: dict[str, bytes] = {}
    pending: list[tuple[str, Traversable]] = [("", resources.files(__package__).joinpath("shop"))]
    while pending:
        prefix, folder = pending.pop()
        for entry in folder.iterdir():
            if entry.is_file() and not entry.name.endswith(".pyc"):
                found[prefix + entry.name] = entry.read_bytes()
            elif entry.is_dir() and entry.name != "__pycache__":
                pending.append((f"{prefix}{entry.name}/", entry))
    return dict(sorted(found.items()))


def write(folder: Path) -> list[Path]:
    """Write the shop into a folder, which is made; raises FileExistsError rather than overwrite a file of it."""
    contents = files()
    for path in contents:
        if (folder / path).exists():
            raise FileExistsError(f"{folder / path} exists already")
    written: list[Path] = []
    for path, data in contents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        written.append(target)
    return written
