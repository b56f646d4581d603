"""Facts by content, kept from one run to the next in ``.fslint_cache/facts.sqlite``.

In: a file's bytes and language. Out: its facts, if an earlier run with the same front ends has seen these bytes. Beside
them what makes the next run faster: the search's index (``index.py``) and the last results (``runs.py``). A cache that cannot be read or written (no permission, full disk, another run's lock, a damaged file) is no cache, in silence.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from .hashes import blake2b

if TYPE_CHECKING:
    import sqlite3

    from .facts import FileFacts

DATABASE = "facts.sqlite"
MAX_BYTES = 200_000_000
MAX_RUNS = 8
_DAY = 86_400
_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (key BLOB PRIMARY KEY, facts BLOB NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, note BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS runs (key BLOB PRIMARY KEY, run BLOB NOT NULL, used INTEGER NOT NULL);
"""
_BATCH = 500
_GRAMMARS = ("tree_sitter", "libcst", "esprima", "pyyaml")
_IGNORE = "# Made by fslint; it may be deleted at any time.\n*\n"


def key_of(data: bytes, language: str) -> bytes:
    """What a file's facts are kept under: its content, its language, and all that makes facts of them."""
    return blake2b(data, digest_size=20, key=_generation(), person=language.encode()[:16]).digest()


@cache
def _generation() -> bytes:
    """A hash of the front ends' own code and of the grammars' versions."""
    from .facts import FACTS_VERSION

    digest = blake2b(str(FACTS_VERSION).encode(), digest_size=32)
    here = Path(__file__).parent
    for file in (here / "facts.py", here / "text.py", *sorted((here / "frontends").glob("*.py"))):
        with contextlib.suppress(OSError):
            digest.update(file.read_bytes())
    for name in installed():
        digest.update(name.encode())
    return digest.digest()


@cache
def installed() -> list[str]:
    """The names of the parsers' ``dist-info`` folders, which hold their versions (``importlib.metadata`` is slow)."""
    found = set()
    for folder in sys.path:
        with contextlib.suppress(OSError):
            for entry in Path(folder or ".").iterdir():
                if entry.suffix == ".dist-info" and entry.name.lower().startswith(_GRAMMARS):
                    found.add(entry.name.lower())
    return sorted(found)


class Cache:
    """Facts of one project. Safe to use from several processes at once; use it as a context manager."""

    def __init__(self, folder: Path | None) -> None:
        """``folder``: where it is kept; None: nowhere."""
        self._folder = folder
        self._connection = _open(folder) if folder else None

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def works(self) -> bool:
        """Whether anything is kept."""
        return self._connection is not None

    def get_many(self, keys: Collection[bytes]) -> dict[bytes, FileFacts]:
        """The facts that are kept under these keys."""
        import msgspec

        from .facts import decode

        found: dict[bytes, FileFacts] = {}
        stale: list[bytes] = []
        today = int(time.time()) // _DAY
        for key, value, used in self._select(list(keys)):
            data = _whole(value)
            if data is None:
                continue
            try:
                found[key] = decode(data)
            except (msgspec.DecodeError, msgspec.ValidationError, RecursionError):
                continue
            if used < today:
                stale.append(key)
        if stale:
            self._write("UPDATE facts SET used = ? WHERE key = ?", [(today, key) for key in stale])
        return found

    def put_many(self, facts: Mapping[bytes, FileFacts]) -> None:
        """Keep facts; what was not used for longest goes when there is too much."""
        if not self.works:
            return
        import msgspec

        from .facts import encode

        today = int(time.time()) // _DAY
        rows = []
        for key, value in facts.items():
            with contextlib.suppress(RecursionError, msgspec.EncodeError, ValueError, UnicodeError):
                rows.append((key, _sealed(encode(value)), today))
        if rows:
            self._write("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", rows)
            self._prune()

    def note(self, name: str) -> bytes | None:
        """What was last remembered under a name: hints that make a run faster, never what it finds."""
        rows = self._rows("SELECT note FROM notes WHERE name = ?", (name,))
        return _whole(rows[0][0]) if rows else None

    def remember(self, name: str, note: bytes) -> None:
        """Keep a note."""
        self._write("INSERT OR REPLACE INTO notes VALUES (?, ?)", [(name, _sealed(note))])

    def run(self, key: bytes) -> bytes | None:
        """The result that is kept under a key."""
        rows = self._rows("SELECT run FROM runs WHERE key = ?", (key,))
        return _whole(rows[0][0]) if rows else None

    def keep_run(self, key: bytes, run: bytes) -> None:
        """Keep a result; of many only the newest."""
        self._write("INSERT OR REPLACE INTO runs VALUES (?, ?, ?)", [(key, _sealed(run), time.time_ns())])
        kept = f"SELECT key FROM runs ORDER BY used DESC LIMIT {MAX_RUNS}"
        self._write(f"DELETE FROM runs WHERE key NOT IN ({kept})", [()])

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            import sqlite3

            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _select(self, keys: list[bytes]) -> Iterable[tuple[bytes, bytes, int]]:
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            yield from self._rows(f"SELECT key, facts, used FROM facts WHERE key IN ({marks})", batch)

    def _rows(self, query: str, values: Collection[object]) -> list[tuple[bytes, bytes, int]]:
        if self._connection is None:
            return []
        import sqlite3

        try:
            return self._connection.execute(query, tuple(values)).fetchall()
        except (sqlite3.Error, UnicodeError) as error:
            self._give_up(error)
            return []

    def _write(self, statement: str, rows: Iterable[tuple[bytes | str | int, ...]]) -> None:
        if self._connection is None:
            return
        import sqlite3

        try:
            with self._connection:
                self._connection.executemany(statement, rows)
        except (sqlite3.Error, UnicodeError) as error:
            self._give_up(error)

    def _prune(self) -> None:
        """Half of the entries go, the longest unused ones first, once the file is over its limit."""
        if self._connection is None or self._folder is None:
            return
        import sqlite3

        try:
            if (self._folder / DATABASE).stat().st_size <= MAX_BYTES:
                return
            with self._connection:
                self._connection.execute(
                    "DELETE FROM facts WHERE key IN (SELECT key FROM facts ORDER BY used "
                    "LIMIT (SELECT COUNT(*) / 2 FROM facts))"
                )
            self._connection.execute("VACUUM")
        except (sqlite3.Error, OSError, UnicodeError) as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Go on without a cache; a damaged one is removed so that the next run has one again."""
        import sqlite3

        self.close()
        damaged = isinstance(error, (sqlite3.DatabaseError, UnicodeError))
        damaged = damaged and not isinstance(error, sqlite3.OperationalError)
        if damaged and self._folder is not None:
            with contextlib.suppress(OSError):
                (self._folder / DATABASE).unlink()


def _sealed(data: bytes) -> bytes:
    """A value with a checksum: a damaged one is none."""
    return crc32(data).to_bytes(4, "little") + data


def _whole(value: object) -> bytes | None:
    """What ``_sealed`` was given; None for anything else."""
    if not isinstance(value, bytes) or len(value) < 4:
        return None
    data = value[4:]
    return data if crc32(data).to_bytes(4, "little") == value[:4] else None


class Description(NamedTuple):
    """What a cache holds. ``size``: bytes on the disk."""

    size: int
    facts: int
    runs: int
    indexed: bool


def describe(folder: Path) -> Description | None:
    """What is kept in a folder, None where nothing is. Writes nothing."""
    import sqlite3

    file = folder / DATABASE
    try:
        size = sum(path.stat().st_size for path in _files(folder))
        if not size:
            return None
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=2)
    except (OSError, sqlite3.Error, UnicodeError):
        return None

    def count(query: str) -> int:
        try:
            return int(connection.execute(query).fetchone()[0])
        except (sqlite3.Error, UnicodeError):
            return 0

    try:
        return Description(
            size,
            count("SELECT COUNT(*) FROM facts"),
            count("SELECT COUNT(*) FROM runs"),
            count("SELECT COUNT(*) FROM notes WHERE name = 'index'") > 0,
        )
    finally:
        connection.close()


def clean(folder: Path) -> int | None:
    """Remove what is kept in a folder, and the folder if nothing else is in it; the bytes removed, None for nothing.

    Raises ``OSError``."""
    files = _files(folder)
    if not files:
        return None
    size = sum(path.stat().st_size for path in files)
    for path in files:
        path.unlink(missing_ok=True)
    ignore = folder / ".gitignore"
    with contextlib.suppress(OSError):
        if ignore.read_text() == _IGNORE:
            ignore.unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()
    return size


def _files(folder: Path) -> list[Path]:
    """The database and what SQLite keeps beside it."""
    return [path for end in ("", "-journal", "-wal", "-shm") if (path := folder / f"{DATABASE}{end}").is_file()]


def _open(folder: Path) -> sqlite3.Connection | None:
    import sqlite3  # a run without a cache does not need it

    try:
        return _connect(folder)
    except sqlite3.OperationalError:
        return None
    except (sqlite3.DatabaseError, UnicodeError):  # a damaged schema is not even text
        with contextlib.suppress(OSError, sqlite3.Error, UnicodeError):
            (folder / DATABASE).unlink()
            return _connect(folder)
    except OSError:
        pass
    return None


def _connect(folder: Path) -> sqlite3.Connection:
    import sqlite3

    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text(_IGNORE)
    connection = sqlite3.connect(folder / DATABASE, timeout=2)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(_SCHEMA)
    except (sqlite3.Error, UnicodeError):
        connection.close()
        raise
    return connection
