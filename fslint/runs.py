"""Results of earlier runs, given again where nothing that they came from has changed.

A result is a pure function of the settings, the program, the list of files, which of them hold the strings that were
searched for, and the contents that were read. All of these are compared, contents by hash. A file whose hash is known and
that looks as it did then (``index.py``: size, inode, times) is not read again for it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from .diagnostics import Diagnostic, Edit, Fix, Place, Related
from .discovery import Files
from .hashes import blake2b
from .settings import Settings

Spans = list[tuple[int, int]]


class Run(NamedTuple):
    """A run's result and what it came from.

    ``contents``: hash of each file that was read, "" for one that could not be. ``holders``: hash of the files that hold
    one of ``needles``. ``imports``: hash of what all files import, "" if nobody asked; ``importers``: of those files that
    import one of the modules ``wanted``. ``secrets``: places of keys in the files that findings name. ``counts``: of the summary, those
    that do not depend on what is reported.
    """

    needles: frozenset[str]
    files: str
    holders: str
    imports: str
    wanted: tuple[str, ...]
    importers: str
    contents: Mapping[str, str]
    everything: list[Diagnostic]
    suppressed: int
    counts: Mapping[str, int]
    notes: list[str]
    secrets: Mapping[str, Spans]

    def stands(
        self,
        files: Files,
        holders: Callable[[], Iterable[str]],
        imports: Callable[[], str],
        importers: Callable[[], Iterable[str]],
        digest: Callable[[str], str],
    ) -> bool:
        """Whether the same would be found now. ``holders``: the files that hold one of ``needles`` now; ``imports``,
        ``importers``: as above; ``digest``: the hash of a file's content now."""
        return (
            self.files == digest_of_files(files)
            and self.holders == digest_of_names(holders())
            and (self.imports in ("", imports()) or self.importers == digest_of_names(importers()))
            and all(digest(path) == known for path, known in self.contents.items())
        )


def key_of(settings: Settings) -> bytes:
    """What a run is kept under: the settings, as far as they bear on what is found, and the program itself."""
    told = {
        field.name: getattr(settings, field.name)
        for field in fields(settings)
        if field.name not in ("cache_dir", "jobs", "overlay", "fail_on", "severities")
    }
    text = json.dumps(told, default=_plain, sort_keys=True)
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=20, key=_program()).digest()


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return str(value)


@cache
def _program() -> bytes:
    """A hash of how fslint's own modules look, of Python's version and of the parsers' versions."""
    from .cache import installed

    rows = [sys.version, *installed()]
    pending = [Path(__file__).parent]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    found = entry.stat()
                    rows.append(f"{entry.path} {found.st_size} {found.st_mtime_ns}")
                elif entry.name not in ("__pycache__", "demo") and entry.is_dir():
                    pending.append(Path(entry.path))
    return blake2b("\n".join(sorted(rows)).encode("utf-8", "surrogateescape"), digest_size=32).digest()


def digest_of(content: bytes | None) -> str:
    """A content's hash; "" for what could not be read."""
    return "" if content is None else blake2b(content, digest_size=16).hexdigest()


def digest_of_names(names: Iterable[str]) -> str:
    """A hash of a set of paths."""
    return blake2b("\0".join(sorted(names)).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def digest_of_files(files: Files) -> str:
    """A hash of what ``discover`` found."""
    parts = ("\0".join(files.paths), repr(sorted(files.tracked_env)), repr(sorted(files.links.items())))
    return blake2b("\1".join(parts).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


# ------------------------------------------------------------------------------------------------------- as bytes


def dump(run: Run) -> bytes:
    """As bytes, for the cache."""
    record = {
        "needles": sorted(run.needles),
        "files": run.files,
        "holders": run.holders,
        "imports": run.imports,
        "wanted": run.wanted,
        "importers": run.importers,
        "contents": run.contents,
        "everything": [_row(d) for d in run.everything],
        "suppressed": run.suppressed,
        "counts": run.counts,
        "notes": run.notes,
        "secrets": run.secrets,
    }
    return json.dumps(record, separators=(",", ":")).encode()


def load(data: bytes | None) -> Run | None:
    """What ``dump`` wrote; None for anything else."""
    try:
        record: dict[str, Any] = json.loads(data or b"")
        return Run(
            frozenset(record["needles"]),
            record["files"],
            record["holders"],
            record["imports"],
            tuple(record["wanted"]),
            record["importers"],
            dict(record["contents"]),
            [_diagnostic(row) for row in record["everything"]],
            int(record["suppressed"]),
            {str(name): int(count) for name, count in record["counts"].items()},
            [str(note) for note in record["notes"]],
            {path: [(int(a), int(b)) for a, b in spans] for path, spans in record["secrets"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _row(d: Diagnostic) -> list[object]:
    """A finding without any key: a registry's texts are shown as they stand in it."""
    from .source import mask

    fix = d.fix and [d.fix.applicability, d.fix.message, [[e.place, e.content] for e in d.fix.edits]]
    return [
        d.code,
        mask(d.message),
        d.place,
        mask(d.help),
        [[r.place, mask(r.message)] for r in d.related],
        fix,
        mask(d.subject),
        d.function,
        d.app,
    ]


def _diagnostic(row: list[Any]) -> Diagnostic:
    code, message, place, help_, related, fix, subject, function, app = row
    return Diagnostic(
        code,
        message,
        Place(*place),
        help_,
        tuple(Related(Place(*at), text) for at, text in related),
        fix and Fix(fix[0], fix[1], tuple(Edit(Place(*at), text) for at, text in fix[2])),
        (),
        subject,
        function,
        app,
    )
