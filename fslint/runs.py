"""Results of earlier runs, given again where nothing that they came from has changed.

A result is a pure function of the settings, the program, the list of files, which of them hold the strings that were
searched for, what they import, and the contents that were read. All of these are compared, contents by hash. A file whose
hash is known and that looks as it did then (``index.py``: size, inode, times) is not read again for it. Of a file that has
changed, what the run took from it is compared (``Taken``): for most no more than their facts.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .diagnostics import Diagnostic, Edit, Fix, Place, Related
from .discovery import Files
from .hashes import blake2b
from .settings import Settings

if TYPE_CHECKING:
    from .facts import FileFacts

Spans = list[tuple[int, int]]

MAX_COMPARED = 50
"""Above this number of changed files it is as quick to make the result anew."""


class Taken(NamedTuple):
    """What a run took from files of which it saw no more than this.

    ``facts``: what their facts are kept under (``cache.key_of``, in hex); "" for one that was only searched. ``seeds``: those
    that the search took for files that track by themselves. ``addressed``: whether one of these has the server API's
    address. ``names``: the files that hold a name, of the names that single files were searched for.
    """

    facts: dict[str, str]
    seeds: frozenset[str]
    addressed: bool
    names: Mapping[str, Collection[str]]


class Run(NamedTuple):
    """A run's result and what it came from.

    ``contents``: hash of each file that was read, "" for one that could not be; ``taken``: of some, all that was seen.
    ``holders``: hash of the files that hold one of ``needles``. ``imports``: hash of what all files import, "" if nobody
    asked; ``importers``: of those files that import one of the modules ``wanted``. ``secrets``: places of keys in the files
    that findings name. ``counts``: of the summary, those that do not depend on what is reported.
    """

    needles: frozenset[str]
    files: str
    holders: str
    imports: str
    wanted: tuple[str, ...]
    importers: str
    contents: dict[str, str]
    taken: Taken
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
        serves: Callable[[str], bool],
    ) -> bool:
        """Whether the same would be found now. ``holders``: the files that hold one of ``needles`` now; ``imports``,
        ``importers``: as above; ``digest``: the hash of a file's content now; ``serves``: whether a file that has changed
        still gives what was ``taken`` from it."""
        if self.files != digest_of_files(files) or self.holders != digest_of_names(holders()):
            return False
        if self.imports not in ("", imports()) and self.importers != digest_of_names(importers()):
            return False
        changed = [path for path, known in self.contents.items() if digest(path) != known]
        return len(changed) <= MAX_COMPARED and all(path in self.taken.facts and serves(path) for path in changed)


def alike(old: FileFacts, new: FileFacts) -> bool:
    """Whether the same is found with either facts: they are equal, but for what follows the last of them in the file."""
    from msgspec.structs import replace

    if old == new:
        return True
    short, long = sorted((old.lines, new.lines), key=len)
    end = min(old.size, new.size)
    if long[: len(short)] != short or (len(long) > len(short) and long[len(short)] <= end):
        return False

    def without_end(facts: FileFacts) -> FileFacts:
        whole = (facts.functions[:1], facts.regions[:1])
        if not all(part and part[0].start == 0 and part[0].end == facts.size for part in whole):
            return facts
        function, region = replace(facts.functions[0], end=0), replace(facts.regions[0], end=0)
        functions, regions = (function, *facts.functions[1:]), (region, *facts.regions[1:])
        return replace(facts, size=0, lines=(), functions=functions, regions=regions)

    return without_end(old) == without_end(new)


def key_of(settings: Settings) -> bytes:
    """What a run is kept under: the settings, as far as they bear on what is found, and the program itself."""
    told = {
        field.name: getattr(settings, field.name)
        for field in fields(settings)
        if field.name not in ("cache_dir", "jobs", "overlay", "fail_on", "severities")
    }
    text = json.dumps(told, default=_plain, sort_keys=True)
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=20, key=program()).digest()


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return str(value)


@cache
def program() -> bytes:
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
    names = {name: sorted(holding) for name, holding in run.taken.names.items()}
    record = {
        "needles": sorted(run.needles),
        "files": run.files,
        "holders": run.holders,
        "imports": run.imports,
        "wanted": run.wanted,
        "importers": run.importers,
        "contents": run.contents,
        "taken": (run.taken.facts, sorted(run.taken.seeds), run.taken.addressed, names),
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
        facts, seeds, addressed, names = record["taken"]
        return Run(
            frozenset(record["needles"]),
            record["files"],
            record["holders"],
            record["imports"],
            tuple(record["wanted"]),
            record["importers"],
            dict(record["contents"]),
            Taken(dict(facts), frozenset(seeds), bool(addressed), dict(names)),
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
