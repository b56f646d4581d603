"""Which files a project has, before any of them is opened.

In: settings. Out: paths relative to the project root (POSIX) of every file that fslint could read, from Git's list
where there is Git, else from the file system. No file's content is read here.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from .frontends import language_of
from .globs import compiled
from .settings import Settings, SettingsError, git_top, relative

GIT = ("git", "-c", "core.fsmonitor=false", "-c", "grep.fullName=false")
"""Git, without anything of the repository's configuration that runs programs or changes what is printed."""

TEST_FOLDERS = frozenset(
    (
        "test",
        "tests",
        "__tests__",
        "__mocks__",
        "spec",
        "specs",
        "e2e",
        "cypress",
        "fixtures",
        "__fixtures__",
        "mocks",
        "stories",
        "testdata",
    )
)
_TEST_NAME = re.compile(
    r".*\.(?:test|spec|stories|story|mock|cy|e2e)\..*|test_.*\.py|.*_test\.py|conftest\.py", re.DOTALL
)

THIRD_PARTY = ("node_modules", "bower_components", "site-packages", ".venv", ".yarn")
"""Folders that never hold a project's own code, whether or not Git ignores them."""
_CACHES = frozenset(
    (
        ".git",
        ".hg",
        ".svn",
        ".jj",
        "__pycache__",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".fslint_cache",
        ".next",
        ".nuxt",
        ".svelte-kit",
        ".output",
        ".turbo",
        ".parcel-cache",
        ".cache",
        ".angular",
        ".eggs",
        ".gradle",
        ".terraform",
    )
)
_BUILT = frozenset(("dist", "build", "out"))
_TRACKED = frozenset(("H ", "M ", "R ", "C ", "K "))
_REGULAR = "H 100644 "
"""How the list's row of a tracked file begins, if it is like nearly all."""
_MANIFESTS = ("package.json", "pyproject.toml", "setup.py")


@dataclass(frozen=True)
class Files:
    """What ``discover`` found.

    ``paths``: every file of a language that fslint reads, sorted, ``include`` and ``exclude`` applied, links left out
    whose target is among them. ``tracked_env``: the ``.env*`` files that Git tracks. ``repositories``: Git work trees
    that ``paths`` come from (``""`` is the root, the others are submodules), None without Git. ``linked``: of ``paths``,
    those that are links. ``links``: linked folders within the project, and where they lead.
    """

    root: Path
    paths: tuple[str, ...]
    tracked_env: frozenset[str] = frozenset()
    repositories: tuple[str, ...] | None = None
    linked: frozenset[str] = frozenset()
    links: dict[str, str] = field(default_factory=dict)

    @cached_property
    def known(self) -> frozenset[str]:
        """``paths`` as a set."""
        return frozenset(self.paths)

    @cached_property
    def beyond_grep(self) -> frozenset[str]:
        """Of ``paths``, those that ``git grep --untracked`` does not look at: links, and tracked files that are ignored."""
        found = set(self.linked)
        for below in self.repositories or ():
            listed = git(self.root / below, "ls-files", "-z", "--cached", "--ignored", "--exclude-standard") or b""
            prefix = f"{below}/" if below else ""
            found.update(prefix + os.fsdecode(name) for name in listed.split(b"\0") if name)
        return self.known & found


def is_test(path: str) -> bool:
    """Whether a file is a test, story or mock by its path (RULES.md, "Left out")."""
    *folders, name = path.split("/")
    return not TEST_FOLDERS.isdisjoint(folders) or _TEST_NAME.fullmatch(name) is not None


def discover(settings: Settings, listing: Listing | None = None) -> Files:
    """The project's files. ``listing``: Git's list of the root, if it was begun before."""
    found = _Found()
    if git_top(settings.root) is None or not _list_git(settings.root, "", found, listing):
        found = _Found(repositories=None)
        _walk(settings.root, found)
    include, exclude = compiled(settings.include), compiled(settings.exclude)
    root = settings.root
    paths = found.paths | {path for path in settings.overlay if language_of(path) is not None}
    if include:
        paths = set(filter(include.match, paths))
    if exclude:
        paths = {path for path in paths if not exclude.match(path)}
    paths -= _built(paths)
    links: dict[str, str] = {}
    linked = set()
    for link in found.links:
        target = _inside(root, link)
        if target is None:
            continue
        if (root / link).is_dir():
            links[link] = target
        elif target not in paths and language_of(link) and (not include or include.match(link)):
            paths.add(link)
            linked.add(link)
    return Files(
        root=root,
        paths=tuple(sorted(paths)),
        tracked_env=frozenset(found.tracked_env & paths),
        repositories=None if found.repositories is None else tuple(found.repositories),
        linked=frozenset(linked),
        links=links,
    )


def _built(paths: set[str]) -> set[str]:
    """A package's ``dist`` folder beside its ``package.json`` and ``src``: what a bundler made of the sources."""
    built = {path for path in paths if "dist/" in path}
    if not built:
        return built
    packages = {path.removesuffix("package.json") for path in paths if f"/{path}".endswith("/package.json")}
    sources = {path[: path.index("src/")] for path in paths if path.startswith("src/") or "/src/" in path}
    outputs = tuple(f"{folder}dist/" for folder in packages & sources)
    return {path for path in built if outputs and path.startswith(outputs)}


@dataclass(slots=True)
class _Found:
    """What a project's list holds, before the settings are asked."""

    paths: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    tracked_env: set[str] = field(default_factory=set)
    repositories: list[str] | None = field(default_factory=list)


def _inside(root: Path, link: str) -> str | None:
    """Where a link leads, if it leads into the project."""
    try:
        target = (root / link).resolve(strict=True).relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError):
        return None
    return target.as_posix() if target.parts else None


# ----------------------------------------------------------------------------------------------------------- Git


def git_environment() -> dict[str, str]:
    """The environment for Git: not what a hook's Git left for itself, which would lead to another repository."""
    environment = {k: v for k, v in os.environ.items() if k not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX")}
    index = environment.pop("GIT_INDEX_FILE", None)
    if index is not None and Path(index).is_absolute() and Path(index).exists():
        environment["GIT_INDEX_FILE"] = index
    return {**environment, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}


def git(folder: Path, *arguments: str, stdin: bytes | None = None, ok: Sequence[int] = (0,)) -> bytes | None:
    """The output of a Git command, None where it failed (its exit code is not ``ok``) or there is no Git."""
    try:
        done = subprocess.run(
            [*GIT, *arguments], cwd=folder, input=stdin, capture_output=True, env=git_environment(), check=False
        )
    except (OSError, ValueError):
        return None
    return done.stdout if done.returncode in ok else None


class Listing:
    """Git's list of a work tree's files. Git makes it on its own until it is asked for."""

    def __init__(self, folder: Path) -> None:
        skip = [argument for name in THIRD_PARTY for argument in ("-x", f"{name}/")]
        command = ("ls-files", "-z", "-t", "-s", "--cached", "--others", "--exclude-standard", *skip)
        self._process: subprocess.Popen[bytes] | None = None
        with suppress(OSError, ValueError):
            self._process = subprocess.Popen(
                [*GIT, *command], cwd=folder, env=git_environment(),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip

    def read(self) -> bytes | None:
        """The list, None where Git gives none."""
        if self._process is None:
            return None
        listed, _ = self._process.communicate()
        return listed if self._process.returncode == 0 else None


def _list_git(root: Path, below: str, found: _Found, listing: Listing | None = None) -> bool:
    """Add the files of the work tree at ``below``; False where Git gives no list."""
    listed = (listing or Listing(root / below)).read()
    if listed is None or found.repositories is None:
        return False
    found.repositories.append(below)
    prefix = f"{below}/" if below else ""
    submodules = []
    text = os.fsdecode(listed)
    foreign = tuple(f"{folder}/" for folder in THIRD_PARTY if f"{folder}/" in text)
    languages = _Languages()
    entries = text.split("\0")
    start = next((entry.index("\t") + 1 for entry in entries if entry.startswith(_REGULAR)), 0)
    regular = [entry[start:] for entry in entries if entry[:9] == _REGULAR]
    regular = [n for n in regular if languages[n[n.rfind(".") :]] or (".env" in n and language_of(n))]
    if foreign:
        regular = [name for name in regular if not _third_party(name)]
    if prefix:
        regular = [prefix + name for name in regular]
    found.paths.update(regular)
    found.tracked_env.update(name for name in regular if ".env" in name and language_of(name) == "dotenv")
    for entry in [entry for entry in entries if entry[:9] != _REGULAR]:
        status = entry[:2]
        if status in _TRACKED:
            mode, name = entry[2:8], entry[entry.index("\t") + 1 :]
        elif status == "? ":
            mode, name = "", entry[2:]
        else:
            continue  # the end, and files that a sparse checkout leaves out
        if mode == "160000":
            submodules.append(prefix + name)
        elif mode == "120000":
            found.links.append(prefix + name)
        else:
            language = languages[name[name.rfind(".") :]] or language_of(name)
            if language is None or (foreign and _third_party(name)):
                continue
            path = prefix + name
            if not mode and _is_link(root / path):
                found.links.append(path)
                continue
            found.paths.add(path)
            if mode and language == "dotenv":
                found.tracked_env.add(path)
    for path in submodules:
        if (root / path / ".git").exists():
            _list_git(root, path, found)
    return True


class _Languages(dict[str, str | None]):
    """Languages by a name's ending; None where the whole name has to be looked at."""

    def __missing__(self, ending: str) -> str | None:
        plain = ending.startswith(".") and "/" not in ending and not ending.startswith(".env")
        found = self[ending] = language_of(f"x{ending}") if plain else None
        return found


def _third_party(name: str) -> bool:
    return any(f"/{folder}/" in f"/{name}" for folder in THIRD_PARTY)


def _is_link(path: Path) -> bool:
    try:
        return stat.S_ISLNK(path.lstat().st_mode)
    except OSError:
        return False


# ------------------------------------------------------------------------------------------------ the file system


def _walk(root: Path, found: _Found) -> None:
    """Add the files below ``root``, leaving out what ``.gitignore`` files and the tables above say."""
    pending: list[tuple[str, tuple[tuple[str, object], ...]]] = [("", ())]
    while pending:
        below, ignores = pending.pop()
        try:
            with os.scandir(root / below) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        names = {entry.name for entry in listed}
        ignores = _with_gitignore(root, below, names, ignores)
        built = any(manifest in names for manifest in _MANIFESTS)
        for entry in listed:
            path = f"{below}/{entry.name}" if below else entry.name
            folder = entry.is_dir(follow_symlinks=False)
            if folder and (entry.name in _CACHES or entry.name in THIRD_PARTY or (built and entry.name in _BUILT)):
                continue
            if _ignored(path, folder, ignores):
                continue
            if entry.is_symlink():
                found.links.append(path)
            elif folder:
                if not Path(entry.path, "pyvenv.cfg").exists():
                    pending.append((path, ignores))
            elif language_of(path) is not None and entry.is_file(follow_symlinks=False):
                found.paths.add(path)


def _with_gitignore(
    root: Path, below: str, names: set[str], ignores: tuple[tuple[str, object], ...]
) -> tuple[tuple[str, object], ...]:
    if ".gitignore" not in names:
        return ignores
    from pathspec import GitIgnoreSpec

    try:
        text = (root / below / ".gitignore").read_text("utf-8", "replace")
        return (*ignores, (below, GitIgnoreSpec.from_lines(text.splitlines())))
    except (OSError, ValueError):
        return ignores


def _ignored(path: str, folder: bool, ignores: Sequence[tuple[str, object]]) -> bool:
    """Whether the innermost ``.gitignore`` that speaks of a path leaves it out."""
    for below, spec in reversed(ignores):
        inner = path[len(below) + 1 :] if below else path
        verdict = spec.check_file(inner + "/" if folder else inner).include  # type: ignore[attr-defined]
        if verdict is not None:
            return bool(verdict)
    return False


# --------------------------------------------------------------------------------------------------- paths given


class Selection:
    """The PATHS of a run: which findings are reported. No PATHS: every finding."""

    def __init__(self, settings: Settings, paths: Sequence[str]) -> None:
        """``paths``: relative to the working directory.

        Raises ``FileNotFoundError`` for one that does not exist, ``SettingsError`` for one outside the project.
        """
        self._chosen: list[str] = []
        self.everything = not paths
        for given in paths:
            path = _from_root(settings, given)
            if path not in settings.overlay and not (settings.cwd / given).exists():
                raise FileNotFoundError(given)
            if path in (".", "") or settings.is_configuration(path):
                self.everything = True
            self._chosen += dict.fromkeys((path, _target(settings, given, path)))

    def holds(self, path: str) -> bool:
        """Whether findings that touch this file are reported."""
        return self.everything or any(path == chosen or path.startswith(f"{chosen}/") for chosen in self._chosen)

    def files(self) -> Iterator[str]:
        """The paths given, relative to the root; of links, also where they lead."""
        yield from self._chosen


def left_out(settings: Settings, paths: Sequence[str], known: Set[str]) -> list[str]:
    """Of the files among PATHS that could be read, those that the project leaves out: excluded, or ignored by Git.
    ``known``: its files."""
    named = [given for given in paths if language_of(given) is not None and (settings.cwd / given).is_file()]
    files = {given: {path := _from_root(settings, given), _target(settings, given, path)} for given in named}
    return [
        given
        for given, places in files.items()
        if not places & known and not any(map(settings.is_configuration, places))
    ]


def _target(settings: Settings, given: str, path: str) -> str:
    """Where a path leads, relative to the root. Raises ``SettingsError`` for a link out of the project."""
    if path == ".":
        return path
    try:
        target = (settings.root / path).resolve()
    except (OSError, RuntimeError):  # a circle
        return path
    if not target.is_relative_to(settings.root.resolve()):
        raise SettingsError(given, None, "is a link that leads out of the project")
    return target.relative_to(settings.root.resolve()).as_posix()


def _from_root(settings: Settings, given: str) -> str:
    path = Path(os.path.normpath(settings.cwd / given))
    try:
        return path.relative_to(settings.root).as_posix()
    except ValueError:
        pass
    resolved = path.resolve()
    if resolved.is_relative_to(settings.root):
        return resolved.relative_to(settings.root).as_posix()
    if settings.root.is_relative_to(resolved):
        return "."  # a folder above the root: the whole project
    shown = relative(settings.root, settings.cwd)
    raise SettingsError(given, None, f"lies outside the project's root ({shown}); another one is chosen with --root")
