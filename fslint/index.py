"""What the last run knew of every file, so that the next one opens only those that have changed.

A file counts as unchanged while its size, inode and times of modification and change are what they were. What is kept is
a hint in the cache: a run finds the same without it.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

_SIGNATURE = struct.Struct("<qqQQ")
_HEADER = struct.Struct("<4sIIIIIII")
_MAGIC = b"fsi3"
_DIGEST = 16
"""Bytes of a content's hash."""
_UNKNOWN = bytes(_SIGNATURE.size)
_FRESH = 3_000_000_000
"""Nanoseconds within which a file may change again without a trace in its times (the coarsest clocks tick in 2 s)."""
_BLOCK = 64
"""Rows that are compared at once."""
_MANY = 1_000
"""Above this number of changed files (and a tenth of all) Git looks faster than we do."""


class Signatures(NamedTuple):
    """How files look from outside. ``rows``: one after the other, in the order of the paths that they were taken for."""

    rows: bytes


def signatures(root: Path, paths: Sequence[str], now: int) -> Signatures:
    """How files look. ``now``: in nanoseconds since the epoch; what changed just before may change again unseen."""
    rows = []
    pack, stat, latest = _SIGNATURE.pack, os.stat, now - _FRESH
    with _opened(root) as folder:
        # From an open folder the system has fewer names to follow, for each file.
        start = f"{root}{os.sep}" if folder is None else ""
        for path in paths:
            try:
                found = stat(start + path, dir_fd=folder)
            except (OSError, ValueError):
                rows.append(_UNKNOWN)
                continue
            modified, changed = found.st_mtime_ns, found.st_ctime_ns
            fresh = modified > latest or changed > latest
            rows.append(_UNKNOWN if fresh else pack(modified, changed, found.st_size, found.st_ino & (1 << 64) - 1))
    return Signatures(b"".join(rows))


@contextmanager
def _opened(folder: Path) -> Iterator[int | None]:
    """A folder's descriptor, None where the system has none or it cannot be read."""
    descriptor = None
    if os.stat in os.supports_dir_fd:
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


class Index(NamedTuple):
    """``holders``: of ``paths``, those that hold one of ``needles``. ``imports``: the digest of what they import, if the
    cache has that too (``imports.py``), else "". ``digests``: hashes (``runs.digest_of``) of the contents that were read,
    by path."""

    paths: tuple[str, ...]
    signatures: Signatures
    needles: frozenset[str]
    holders: frozenset[str]
    imports: str = ""
    digests: Mapping[str, str] = {}

    def changed(self, paths: tuple[str, ...], now: Signatures) -> set[str] | None:
        """The files of ``paths`` that are new or look other than they did; None where they are too many to look at."""
        size = _SIGNATURE.size
        old, new = self.signatures.rows, now.rows
        if paths == self.paths:
            found = {paths[n] for n in _differing(old, new)}
        else:
            before = {path: old[n * size : n * size + size] for n, path in enumerate(self.paths)}
            rows = ((path, new[n * size : n * size + size]) for n, path in enumerate(paths))
            found = {path for path, row in rows if row == _UNKNOWN or before.get(path) != row}
        return found if len(found) <= max(_MANY, len(paths) // 10) else None

    def dump(self) -> bytes:
        """As bytes, for the cache."""
        named = self.holders.union(self.digests)
        rows = {path: number for number, path in enumerate(self.paths) if path in named}
        digests = {rows[path]: digest for path, digest in self.digests.items() if path in rows and digest}
        parts = (
            joined(sorted(self.needles)),
            joined(self.paths),
            self.signatures.rows,
            _numbers(sorted(rows[path] for path in self.holders if path in rows)),
            _numbers(digests),
            bytes.fromhex("".join(digests.values())),
            self.imports.encode(),
        )
        return _HEADER.pack(_MAGIC, *map(len, parts)) + b"".join(parts)


def _differing(old: bytes, new: bytes) -> Iterator[int]:
    """The numbers of the rows of ``new`` that are others in ``old``, or unknown."""
    size = _SIGNATURE.size
    step = size * _BLOCK
    for block in range(0, len(new), step):
        rows = new[block : block + step]
        if rows == old[block : block + step] and _UNKNOWN not in rows:
            continue
        for start in range(block, block + len(rows), size):
            row = new[start : start + size]
            if row == _UNKNOWN or row != old[start : start + size]:
                yield start // size


def load(data: bytes | None) -> Index | None:
    """What ``Index.dump`` wrote; None for anything else."""
    try:
        magic, *lengths = _HEADER.unpack_from(data or b"")
        parts = []
        at = _HEADER.size
        for length in lengths:
            parts.append((data or b"")[at : at + length])
            at += length
        if magic != _MAGIC or at != len(data or b""):
            return None
        paths = split(parts[1])
        digested = _unpacked(parts[4])
        if len(parts[2]) != len(paths) * _SIGNATURE.size or len(parts[5]) != len(digested) * _DIGEST:
            return None
        digests, width = parts[5].hex(), 2 * _DIGEST
        return Index(
            tuple(paths),
            Signatures(parts[2]),
            frozenset(split(parts[0])),
            frozenset(paths[n] for n in _unpacked(parts[3])),
            parts[6].decode(),
            {paths[n]: digests[at * width : at * width + width] for at, n in enumerate(digested)},
        )
    except (struct.error, ValueError, IndexError):
        return None


def _numbers(numbers: Collection[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _unpacked(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data)


def joined(texts: Collection[str]) -> bytes:
    """Texts as bytes, for the cache; none of them has a NUL."""
    return "\0".join(texts).encode("utf-8", "surrogateescape")


def split(data: bytes | memoryview) -> list[str]:
    """What ``joined`` was given."""
    return str(data, "utf-8", "surrogateescape").split("\0") if data else []
