"""The baseline: findings that a team has accepted for now, known by what they are about and not by their line.

In: findings and a baseline file. Out: the findings that are new, and the entries that no longer occur. An entry is a rule,
its subject (an event, a property …), the enclosing function and how often; the path only decides which of several
findings is the new one. Findings about a whole app are known by rule, app and subject.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from .diagnostics import Diagnostic
from .hashes import blake2b
from .source import mask

VERSION = 1
PROJECT_WIDE = frozenset(
    {"FS002", "FS102", "FS201", "FS202", "FS203", "FS401", "FS405", "FS506", "FS512", "FS602", "FS702", "FS806"}
)
"""Rules that speak of an app, an event, a variable or a file, not of a call in a function."""


class BaselineError(Exception):
    """A baseline file that cannot be used; the message says why."""


class Identity(NamedTuple):
    """What a finding is known by."""

    code: str
    subject: str
    where: str


@dataclass(frozen=True, slots=True)
class Entry:
    """``count`` findings of one identity in one file."""

    identity: Identity
    path: str
    count: int

    def __str__(self) -> str:
        times = f" ({self.count} times)" if self.count > 1 else ""
        return f"{self.path}: {self.identity.code} {self.identity.subject}{times}"


def identity(diagnostic: Diagnostic) -> Identity:
    """What a finding is known by: not its line, not its path."""
    where = f"app:{diagnostic.app or ''}" if diagnostic.code in PROJECT_WIDE else diagnostic.function
    return Identity(diagnostic.code, mask(diagnostic.subject or _gist(diagnostic.message)), where)


def _gist(message: str) -> str:
    """A message without its numbers, for findings that name no subject."""
    return "".join("#" if char.isdigit() else char for char in message)


def fingerprints(diagnostics: Sequence[Diagnostic]) -> list[str]:
    """A hash for each finding, unique in a run and as stable as its identity."""
    seen: Counter[Identity] = Counter()
    hashes = []
    for diagnostic in diagnostics:
        known_by = identity(diagnostic)
        text = "\0".join((*known_by, str(seen[known_by])))
        seen[known_by] += 1
        hashes.append(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest())
    return hashes


def entries(diagnostics: Iterable[Diagnostic]) -> list[Entry]:
    """A baseline that accepts these findings."""
    counts = Counter((identity(diagnostic), diagnostic.place.path) for diagnostic in diagnostics)
    return [Entry(known_by, path, count) for (known_by, path), count in sorted(counts.items())]


def new(diagnostics: Sequence[Diagnostic], accepted: Iterable[Entry]) -> tuple[list[Diagnostic], list[Entry]]:
    """The findings that the baseline does not hold, and what of the baseline no longer occurs."""
    left: dict[Identity, Counter[str]] = {}
    for entry in accepted:
        left.setdefault(entry.identity, Counter())[entry.path] += entry.count
    moved: list[int] = []
    for number, diagnostic in enumerate(diagnostics):
        here = left.get(identity(diagnostic))
        if here is not None and here[diagnostic.place.path] > 0:
            here[diagnostic.place.path] -= 1
        else:
            moved.append(number)
    fresh: list[Diagnostic] = []
    for number in moved:  # accepted in another file: it was moved or renamed
        here = left.get(identity(diagnostics[number]))
        path = next((path for path, count in sorted(here.items()) if count > 0), None) if here else None
        if here is None or path is None:
            fresh.append(diagnostics[number])
        else:
            here[path] -= 1
    gone = [
        Entry(known_by, path, count)
        for known_by, paths in sorted(left.items())
        for path, count in sorted(paths.items())
        if count > 0
    ]
    return fresh, gone


def load(path: Path) -> list[Entry]:
    """Read a baseline. Raises ``BaselineError``."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BaselineError(f"there is no file {path}; write one with --write-baseline") from None
    except (OSError, ValueError, RecursionError) as error:
        raise BaselineError(f"cannot read {path}: {error}") from None
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise BaselineError(f"{path} is no baseline of this version of fslint")
    try:
        return [_entry(item) for item in content["findings"]]
    except (KeyError, TypeError, ValueError):
        raise BaselineError(f"{path} is damaged; write it anew with --write-baseline") from None


def _entry(item: dict[str, Any]) -> Entry:
    texts = [item["rule"], item["subject"], item["where"], item["path"]]
    count = item.get("count", 1)
    if not all(isinstance(text, str) for text in texts) or not isinstance(count, int):
        raise TypeError
    return Entry(Identity(*texts[:3]), texts[3], count)


def dump(found: Iterable[Entry]) -> str:
    """A baseline as text: one entry a line, sorted, so that changes are readable and merge well."""
    lines = []
    for entry in sorted(found, key=lambda entry: (entry.identity, entry.path)):
        code, subject, where = entry.identity
        item: dict[str, Any] = {"rule": code, "subject": subject, "where": where, "path": entry.path}
        if entry.count > 1:
            item["count"] = entry.count
        lines.append(json.dumps(item, ensure_ascii=False))
    body = "".join(f"\n    {line}," for line in lines)[:-1] + ("\n  " if lines else "")
    return f'{{\n  "version": {VERSION},\n  "findings": [{body}]\n}}\n'
