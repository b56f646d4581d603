"""Which files import a module: the imports of all files by their text, so that no search has to be repeated.

In: the project's files. Out: for a word (``resolve.written.key_of``), the imports that end with it and the files that
write them; what they mean is the resolver's to say. One pass reads all files; the cache keeps what it found, so that
later runs look only at the files that have changed since.
"""

from __future__ import annotations

import json
import re
import struct
from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, pairwise

from .hashes import blake2b
from .index import joined, split

Read = Callable[[str], bytes]
Rows = tuple[tuple[str, ...], bool]
"""What a file imports, sorted (rows of ``written_imports``), and whether that is all of it."""

_NOTHING: Rows = ((), True)
_MAGIC = b"fsm1"
_HASH = 16
_HEADER = struct.Struct(f"<4s{_HASH}s8I")
_MOD = 1 << 8 * _HASH
_SUSPECT = re.compile(r"[\s\"'`=(]|(?:na|eu)1\.|bmExL|ZXUxL|fs_api_key_")
"""What ``mask`` finds no key without."""
MAX_CHANGED = 1_000
"""Above this number of files that differ from those of the pass, another pass is made."""


def rows_of(path: str, content: bytes) -> Rows:
    """What a file imports. What looks like a key is no import, and is not kept."""
    from .resolve.written import written_imports

    found, whole = written_imports(path, content)
    rows = b"\0".join(sorted(found)).decode("utf-8", "surrogateescape").split("\0") if found else []
    if _SUSPECT.search("\0".join(rows)):
        from .source import mask

        rows = [row for row in rows if mask(row) == row]
    return tuple(rows), whole


def _hash(path: str, rows: Rows) -> int:
    """A hash to be added up over all files; nothing is hashed to 0, as if the file were not there."""
    if rows == _NOTHING:
        return 0
    text = "\0".join((path, "" if rows[1] else "?", *rows[0]))
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogateescape"), digest_size=_HASH).digest(), "little")


def scan(paths: Sequence[str], read: Read) -> bytes:
    """The imports of some files, a part of a pass as ``Scanned`` reads it. ``read``: a file's text, empty where there is none."""
    from .resolve.written import key_of_row

    writers: dict[str, list[int]] = {}
    unclear, hashes = [], []
    for number, path in enumerate(paths):
        rows = rows_of(path, read(path))
        hashes.append(_hash(path, rows))
        for row in rows[0]:
            known = writers.get(row)
            if known is None:
                writers[row] = [number]
            else:
                known.append(number)
        if not rows[1]:
            unclear.append(number)
    entries = sorted((key_of_row(row), row) for row in writers)
    keys: dict[str, int] = {}
    for place, (key, _) in enumerate(entries):
        keys.setdefault(key, place)
    parts = (
        joined(paths),
        joined(keys),
        array("I", (*keys.values(), len(entries))).tobytes(),
        joined([row for _, row in entries]),
        array("I", accumulate((len(writers[row]) for _, row in entries), initial=0)).tobytes(),
        array("I", (number for _, row in entries for number in writers[row])).tobytes(),
        b"".join(found.to_bytes(_HASH, "little") for found in hashes),
        array("I", unclear).tobytes(),
    )
    total = (sum(hashes) % _MOD).to_bytes(_HASH, "little")
    return _HEADER.pack(_MAGIC, total, *map(len, parts)) + b"".join(parts)


class _Part:
    """What ``scan`` found."""

    def __init__(self, dump: memoryview) -> None:
        """Raises ``ValueError`` for what ``scan`` did not make."""
        try:
            magic, total, *lengths = _HEADER.unpack_from(dump)
        except struct.error:
            raise ValueError("no index of imports") from None
        if magic != _MAGIC or _HEADER.size + sum(lengths) != len(dump):
            raise ValueError("no index of imports")
        self.total = int.from_bytes(total, "little")
        ends = [*accumulate(lengths, initial=_HEADER.size)]
        self._parts = [dump[a:b] for a, b in pairwise(ends)]

    @cached_property
    def paths(self) -> list[str]:
        """The files."""
        return split(self._parts[0])

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Each file's place in ``paths``."""
        return {path: number for number, path in enumerate(self.paths)}

    @cached_property
    def _table(self) -> tuple[dict[str, int], array[int], list[str], array[int], array[int]]:
        keys, starts, rows, offsets, files = self._parts[1:6]
        table = {key: number for number, key in enumerate(split(keys))}
        return table, _numbers(starts), split(rows), _numbers(offsets), _numbers(files)

    def writers(self, key: str) -> Iterator[tuple[str, list[str]]]:
        """The rows that are found by a word, and the files that write them."""
        table, starts, rows, offsets, files = self._table
        number = table.get(key)
        if number is not None:
            for place in range(starts[number], starts[number + 1]):
                yield rows[place], [self.paths[file] for file in files[offsets[place] : offsets[place + 1]]]

    def unclear(self) -> list[str]:
        """The files whose text does not tell all their imports."""
        return [self.paths[number] for number in _numbers(self._parts[7])]

    def hash_of(self, path: str) -> int:
        """The hash of what a file imports."""
        number = self.numbers.get(path)
        return 0 if number is None else int.from_bytes(self._parts[6][number * _HASH : (number + 1) * _HASH], "little")


class Scanned:
    """One pass over all files, in any number of parts."""

    def __init__(self, scans: Sequence[bytes]) -> None:
        """``scans``: what ``scan`` gave for each part. Raises ``ValueError`` for anything else."""
        self._scans = scans
        self._parts = [_Part(memoryview(part)) for part in scans]
        self.total = sum(part.total for part in self._parts)

    def writers(self, key: str) -> Iterator[tuple[str, list[str]]]:
        """The rows that are found by a word, and the files that write them."""
        for part in self._parts:
            yield from part.writers(key)

    def unclear(self) -> list[str]:
        """The files whose text does not tell all their imports."""
        return [path for part in self._parts for path in part.unclear()]

    def hash_of(self, path: str) -> int:
        """The hash of what a file imports."""
        return next((part.hash_of(path) for part in self._parts if path in part.numbers), 0)

    def dump(self) -> bytes:
        """As bytes, for the cache."""
        return struct.pack(f"<{len(self._scans) + 1}I", len(self._scans), *map(len, self._scans)) + b"".join(
            self._scans
        )


def _scans(dump: bytes) -> list[bytes]:
    """What ``Scanned.dump`` was made of. Raises ``ValueError`` for anything else."""
    try:
        (number,) = struct.unpack_from("<I", dump)
        lengths = struct.unpack_from(f"<{number}I", dump, 4)
    except struct.error:
        raise ValueError("no index of imports") from None
    ends = [*accumulate(lengths, initial=4 + 4 * number)]
    if not number or ends[-1] != len(dump):
        raise ValueError("no index of imports")
    return [dump[a:b] for a, b in pairwise(ends)]


class Imports:
    """Who imports what: a pass over all files, and the files that have changed since (``changed``)."""

    def __init__(self, scanned: Scanned, changed: Mapping[str, Rows] | None = None) -> None:
        self.scanned = scanned
        self.changed = dict(changed or {})

    @cached_property
    def _by_key(self) -> dict[str, list[tuple[str, str]]]:
        from .resolve.written import key_of_row

        found: dict[str, list[tuple[str, str]]] = {}
        for path, (rows, _) in self.changed.items():
            for row in rows:
                found.setdefault(key_of_row(row), []).append((row, path))
        return found

    def writers(self, key: str) -> Iterator[tuple[str, list[str]]]:
        """The imports that are found by a word, and the files that write them."""
        for row, paths in self.scanned.writers(key):
            yield row, [path for path in paths if path not in self.changed] if self.changed else paths
        for row, path in self._by_key.get(key, ()):
            yield row, [path]

    def unclear(self) -> list[str]:
        """The files whose text does not tell all their imports."""
        found = [path for path in self.scanned.unclear() if path not in self.changed]
        return found + [path for path, (_, whole) in self.changed.items() if not whole]

    @cached_property
    def digest(self) -> str:
        """A hash of what all files import."""
        total = self.scanned.total
        for path, rows in self.changed.items():
            total += _hash(path, rows) - self.scanned.hash_of(path)
        return f"{total % _MOD:032x}"

    def updated(self, changed: Collection[str], gone: Collection[str], read: Read) -> Imports | None:
        """The same after some files have changed and others are ``gone``; None where a new pass is the better way."""
        rows = {
            **self.changed,
            **dict.fromkeys(gone, _NOTHING),
            **{path: rows_of(path, read(path)) for path in changed},
        }
        differ = {path: found for path, found in rows.items() if _hash(path, found) != self.scanned.hash_of(path)}
        return Imports(self.scanned, differ) if len(differ) <= MAX_CHANGED else None

    def dump_changed(self) -> bytes:
        """What differs from ``scanned``, as bytes."""
        return json.dumps(self.changed, separators=(",", ":")).encode()


def load(scanned: bytes | None, changed: bytes | None, digest: str) -> Imports | None:
    """What was kept, if it has that digest."""
    try:
        rows = {
            str(path): (tuple(map(str, found)), bool(whole))
            for path, (found, whole) in json.loads(changed or b"").items()
        }
        imports = Imports(Scanned(_scans(scanned or b"")), rows)
        return imports if imports.digest == digest else None
    except (ValueError, TypeError, AttributeError):
        return None


def _numbers(data: memoryview) -> array[int]:
    found = array("I")
    found.frombytes(data)
    return found
