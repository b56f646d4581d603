"""Which files hold one of some fixed strings: ``git grep`` where there is Git, else a scan in Python.

In: strings and the project's files. Out: the files that hold one. Both ways give the same set, whatever the file's
name, encoding, line ends or place in ``.gitignore``. Nothing is parsed here. ``Search`` is for the searches of one run:
it asks for no string twice, and where the last run's ``Index`` is at hand it opens only what has changed since.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from .calls import METHODS
from .discovery import GIT, THIRD_PARTY, Files, git_environment
from .frontends import SUFFIXES
from .index import Index, Signatures

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
_METHODS = "|".join(sorted(METHODS)).encode()
_WORD = rb"(?<![A-Za-z0-9_$]FS)(?![A-Za-z0-9_])"
_SEED = tuple(
    (start, re.compile(start + pattern))
    for start, pattern in (
        # Emscripten's and memfs' ``FS.stat(…)`` is none, so that a file system costs nothing.
        (b"FS", rb"(?:%s(?!\s*\??\.\s*(?!(?:%s)\b)[A-Za-z_$])|_?(?:API|KEY|[Aa]pi|[Kk]ey))" % (_WORD, _METHODS)),
        (b"ull", rb"_?[sS]tory"),
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
_USED = re.compile(
    rb"FS%s\s*(?:(?:\?\.\s*)?\(\s*[\"'`]|\??\.\s*(?:%s)\b)|window\.FS\b|\[[\"']FS[\"']" % (_WORD, _METHODS)
)
"""The bare word used as FullStory's function. As a word alone it is a seed, but may be anything."""
_ADDRESS = re.compile(rb"(?<![\w.-])(?:api\.(?:\w+\.)?|\w+1\.|\.)?fullstory\.com", re.I)
"""The server API's host, or a part of it that may be put together; no link to a help page."""
_PATHSPECS = (
    *(f":(icase)*{suffix}" for suffix in SUFFIXES),
    *(":(glob)**/.env", ":(glob)**/.env.*"),
    *(f":(exclude,glob)**/{folder}/**" for folder in THIRD_PARTY),
)
_COMMAND = (
    "grep", "-lzF", "-f", "-", "--untracked", "-a", "--no-textconv", "--no-color", "--no-recurse-submodules"
)  # fmt: skip
_MANY_FILES = 2000
_CHUNK = 1 << 16


Read = Callable[[str], "bytes | None"]
_FEW_NEEDLES = 24


class Search:
    """The searches of one run over one project.

    ``needles``: the strings that were asked for so far; ``holders``: the files that hold one of them.
    """

    def __init__(self, root: Path, overlay: Mapping[str, bytes], read: Read) -> None:
        """``overlay``: contents in place of files'. ``read``: a file's content as it is."""
        self._root, self._overlay, self._read = root, overlay, read
        self._running: _Grep | None = None
        self._files: Files | None = None
        self.needles: set[str] = set()
        self.holders: set[str] = set()
        self.asked: set[str] = set()
        """Of ``needles``, those that this run had a use for."""
        self.seeded: set[str] = set()
        """What ``seeds`` gave."""

    def begin(self, needles: Collection[str]) -> None:
        """Start a first search before the files are known."""
        self._running = _Grep(self._root, _encoded(needles))
        self._running.needles = set(needles)

    def settle(self, files: Files, last: Index | None, changed: Collection[str] | None) -> None:
        """Say which files there are; ``last``: what was known after the last run, and which files have ``changed`` since
        (None: nobody knows)."""
        self._files = files
        if last is not None and changed is not None:
            self.needles = set(last.needles)
            self.holders = {path for path in last.holders if path in files.known and path not in changed}
            self.holders |= set(_holding(changed, _encoded(self.needles), self._content))
        running, self._running = self._running, None
        if running is not None:
            grepped = running.names()
            needles = _encoded(running.needles)
            others = _git_grep(self._root, needles, [r for r in files.repositories or () if r])
            if grepped is not None and others is not None and files.repositories is not None:
                found = (grepped | others).difference(self._overlay)
                beyond = files.beyond_grep.union(self._overlay) & files.known
                self.holders |= found & files.known | set(_holding(beyond, needles, self._content))
                self.needles |= running.needles

    def seeds(self, names: Collection[str] = (), guesses: Collection[str] = ()) -> set[str]:
        """The files that could track by themselves, or that hold one of ``names`` (functions named by the settings)."""
        hits = self.find({*SEEDS, *names}, guesses, exact=False)
        self.seeded = {path for path in hits if is_seed(self._content(path) or b"", names)}
        return set(self.seeded)

    def find(self, needles: Collection[str], guesses: Collection[str] = (), exact: bool = True) -> set[str]:
        """The files that hold one of ``needles``. ``guesses``: strings that may be asked for next. Not ``exact``: others
        too, where to tell them apart would mean to open them."""
        assert self._files is not None
        wanted = {needle for needle in needles if needle}
        self.asked |= wanted
        known = wanted & self.needles
        fresh = wanted - known
        found: set[str] = set()
        if known:
            found = set(_holding(self.holders, _encoded(known), self._content)) if exact else set(self.holders)
        if fresh:
            guessed = {guess for guess in guesses if guess} - self.needles - fresh
            hits = search(self._root, fresh | guessed, self._files, self._overlay)
            self.needles |= fresh | guessed
            self.holders |= hits
            found |= set(_holding(hits - found, _encoded(fresh), self._content)) if guessed and exact else hits
        return found

    def index(self, now: Signatures, imports: str) -> Index:
        """What the next run may know. ``now``: how the files looked before the first search; ``imports``: the digest of
        what they import."""
        assert self._files is not None
        return Index(self._files.paths, now, frozenset(self.asked), frozenset(self.holding(self.asked)), imports)

    def holding(self, needles: Collection[str]) -> set[str]:
        """The files that hold one of ``needles``; at once where nothing else was asked for."""
        return self.holders if self.needles == set(needles) else self.find(needles)

    def _content(self, path: str) -> bytes | None:
        return self._overlay[path] if path in self._overlay else self._read(path)


def _encoded(needles: Collection[str]) -> list[bytes]:
    return sorted(needle.encode("utf-8", "surrogateescape") for needle in needles if needle)


def _holding(paths: Iterable[str], needles: Sequence[bytes], read: Read) -> Iterable[str]:
    """Those of some files that hold one of ``needles``."""
    if not needles:
        return
    # Many strings are looked for faster all at once, few one after the other.
    pattern = re.compile(b"|".join(map(re.escape, needles))) if len(needles) > _FEW_NEEDLES else None
    for path in paths:
        content = read(path)
        if content and (pattern.search(content) if pattern else _holds(content, needles)):
            yield path


def search(root: Path, needles: Collection[str], files: Files, overlay: Mapping[str, bytes] | None = None) -> set[str]:
    """The files that hold one of ``needles`` (which have no line ends). ``overlay``: contents in place of files'."""
    encoded = _encoded(needles)
    if not encoded:
        return set()
    changed = overlay or {}
    wanted = files.known.difference(changed) if changed else files.known
    found = {path for path, content in changed.items() if path in files.known and _holds(content, encoded)}
    rest: Collection[str] = wanted
    if files.repositories is not None:
        grepped = _git_grep(root, encoded, files.repositories)
        if grepped is not None:
            found |= grepped & wanted
            rest = files.beyond_grep & wanted
    return found | scan(root, encoded, sorted(rest))


class _Grep:
    """A ``git grep`` that runs on its own until its answer is asked for."""

    def __init__(self, folder: Path, needles: Sequence[bytes]) -> None:
        self.needles: set[str] = set()
        self._process: subprocess.Popen[bytes] | None = None
        with suppress(OSError, ValueError):
            self._process = subprocess.Popen(
                [*GIT, *_COMMAND, "--", *_PATHSPECS],
                cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=git_environment(),
            )  # fmt: skip
            assert self._process.stdin is not None
            with suppress(BrokenPipeError):
                self._process.stdin.write(b"\n".join(needles) + b"\n")
                self._process.stdin.close()
                self._process.stdin = None

    def names(self) -> set[str] | None:
        """The files found, relative to the folder; None where Git fails."""
        if self._process is None:
            return None
        output, _ = self._process.communicate()
        if self._process.returncode not in (0, 1):
            return None
        return {os.fsdecode(name) for name in output.split(b"\0") if name}


def _git_grep(root: Path, needles: Sequence[bytes], repositories: Iterable[str]) -> set[str] | None:
    """What Git finds in all the repositories, None if it fails in one."""
    found: set[str] = set()
    for below in repositories:
        names = _Grep(root / below, needles).names()
        if names is None:
            return None
        found.update(f"{below}/{name}" if below else name for name in names)
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


def is_seed(content: bytes, names: Collection[str] = ()) -> bool:
    """Whether a file could track by itself, by its content."""
    return _holds(content, _encoded(names)) or any(
        start in content and pattern.search(content) for start, pattern in _SEED
    )


def addresses(content: bytes) -> bool:
    """Whether a file's text holds the address of the server API."""
    return _ADDRESS.search(content) is not None


def tracks(content: bytes, names: Collection[str] = ()) -> bool:
    """Whether a file's text speaks of FullStory (or of ``names``) by itself, whatever a parser makes of it."""
    if _holds(content, _encoded(names)) or _USED.search(content):
        return True
    return any(start in content and pattern.search(content) for start, pattern in _SEED[1:])


def _read(root: Path, path: str) -> bytes:
    try:
        with (root / path).open("rb", buffering=_CHUNK) as file:
            return file.read()
    except (OSError, ValueError):
        return b""
