"""Which files hold one of some fixed strings: ``git grep`` where there is Git, else a scan in Python.

In: strings and the project's files. Out: the files that hold one. Both ways give the same set, whatever the file's
name, encoding, line ends or place in ``.gitignore``. Nothing is parsed here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from .discovery import THIRD_PARTY, Files, git
from .frontends import SUFFIXES

SEEDS = (
    "FS",  # FS.event, window.FS, { FS }, FS('…'), FS_API_KEY, NEXT_PUBLIC_FS_…
    "ullStory",  # FullStory, fullStory
    "ullstory",  # fullstory, @fullstory/browser, api.fullstory.com
    "ull_story",  # full_story
    "FULLS",  # FULLSTORY
    "FULL_S",  # FULL_STORY
    "fs_",  # _fs_namespace, fs_api_key
    "fsApi",
    "fsKey",
    "rackServer",  # trackServerEvent, TrackServerEvent
    "rack_server",  # track_server_event
    "na1.",
    "eu1.",
    "fslint",
)
"""Strings one of which every file holds that tracks by itself. Few, and with a rare first letter: Git's time grows with
each (0.28 s for these on 181 MB, 0.66 s for fifteen longer ones). What they find too much, ``_SEED`` takes away."""
_SEED = tuple(
    (start, re.compile(start + pattern))
    for start, pattern in (
        (b"ull", rb"_?[sS]tory"),
        (b"FS", rb"(?:(?<![A-Za-z0-9_$]FS)(?![A-Za-z0-9_])|_?(?:API|KEY|[Aa]pi|[Kk]ey))"),
        (b"FULL", rb"_?STORY"),
        (b"fs_", rb"(?:api|key)"),
        (b"_fs_", rb"(?<![A-Za-z0-9]_fs_)"),
        (b"fsApi", b""),
        (b"fsKey", b""),
        (b"rackServerE", b"vent"),
        (b"rack_server_e", b"vent"),
        (b"na1.", rb"[A-Za-z0-9+/_-]{60}"),
        (b"eu1.", rb"[A-Za-z0-9+/_-]{60}"),
        (b"fslint", rb"[ \t]*:"),
    )
)
"""What a seed must look like: a fixed start, which is quick to look for, and what follows."""
_PATHSPECS = (
    *(f":(icase)*{suffix}" for suffix in SUFFIXES),
    *(":(glob)**/.env", ":(glob)**/.env.*"),
    *(f":(exclude,glob)**/{folder}/**" for folder in THIRD_PARTY),
)
_MANY_FILES = 2000
_CHUNK = 1 << 16


def seeds(
    root: Path, files: Files, names: Collection[str] = (), overlay: Mapping[str, bytes] | None = None
) -> set[str]:
    """The files that could track by themselves, or that hold one of ``names`` (functions named by the settings)."""
    hits = search(root, {*SEEDS, *names}, files, overlay)
    others = [name.encode() for name in names]
    return {path for path in hits if _is_seed(root, path, others, overlay or {})}


def search(root: Path, needles: Collection[str], files: Files, overlay: Mapping[str, bytes] | None = None) -> set[str]:
    """The files that hold one of ``needles`` (which have no line ends). ``overlay``: contents in place of files'."""
    encoded = sorted(needle.encode("utf-8", "surrogateescape") for needle in needles if needle)
    if not encoded:
        return set()
    changed = overlay or {}
    wanted = set(files.paths).difference(changed)
    found = {path for path, content in changed.items() if _holds(content, encoded)}.intersection(files.paths)
    rest: Collection[str] = wanted
    if files.repositories is not None:
        grepped = _git_grep(root, encoded, files.repositories)
        if grepped is not None:
            found |= grepped & wanted
            rest = files.beyond_grep & wanted
    return found | scan(root, encoded, sorted(rest))


def _git_grep(root: Path, needles: Sequence[bytes], repositories: Iterable[str]) -> set[str] | None:
    """What Git finds in all the repositories, None if it fails in one."""
    command = ["grep", "-lzF", "-f", "-", "--untracked", "-a", "--no-textconv", "--no-color", "--no-recurse-submodules"]
    found: set[str] = set()
    for below in repositories:
        listed = git(root / below, *command, "--", *_PATHSPECS, stdin=b"\n".join(needles) + b"\n", ok=(0, 1))
        if listed is None:
            return None
        prefix = f"{below}/" if below else ""
        found.update(prefix + os.fsdecode(name) for name in listed.split(b"\0") if name)
    return found


def scan(root: Path, needles: Sequence[bytes], paths: Sequence[str], processes: int | None = None) -> set[str]:
    """The same by reading every file; with two processes where there are many."""
    if processes is None:
        processes = 2 if len(paths) > _MANY_FILES else 1
    if processes > 1:
        from concurrent.futures import ProcessPoolExecutor

        try:
            with ProcessPoolExecutor(processes) as pool:
                parts = [pool.submit(_scan, root, needles, paths[n::processes]) for n in range(processes)]
                return set().union(*(part.result() for part in parts))
        except (OSError, RuntimeError, ValueError, NotImplementedError):  # no processes to be had here
            pass
    return _scan(root, needles, paths)


def _scan(root: Path, needles: Sequence[bytes], paths: Sequence[str]) -> set[str]:
    return {path for path in paths if _holds(_read(root, path), needles)}


def _holds(content: bytes, needles: Iterable[bytes]) -> bool:
    return any(needle in content for needle in needles)


def _is_seed(root: Path, path: str, names: Sequence[bytes], overlay: Mapping[str, bytes]) -> bool:
    content = overlay[path] if path in overlay else _read(root, path)
    return _holds(content, names) or any(start in content and pattern.search(content) for start, pattern in _SEED)


def _read(root: Path, path: str) -> bytes:
    try:
        with (root / path).open("rb", buffering=_CHUNK) as file:
            return file.read()
    except (OSError, ValueError):
        return b""
