"""The configuration: ``fslint.toml``, ``.fslint.toml`` or ``pyproject.toml``'s table, and the command line.

In: where the run was started and what the command line says. Out: frozen ``Settings`` with the rules resolved, or a
``SettingsError`` that says where and what. Reads configuration files; knows nothing of the files to be analysed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict, TypeVar, cast

from .globs import compiled
from .rules.catalogue import CATALOGUE

if TYPE_CHECKING:
    from .toml_positions import KeyPath

Severity = Literal["error", "warning", "info"]

CONFIG_NAMES = (".fslint.toml", "fslint.toml", "pyproject.toml")
"""In the order in which one folder's files count."""
REGISTRY_NAMES = ("fslint.events.yaml", "events.yaml", "tracking/events.yaml")
"""Where the tracking plan is without ``registry``: the first that exists."""
MAX_FILE_SIZE = 5_000_000

CLIENT_SIDE_KINDS = ("event", "identify", "user-properties", "page-properties")


class SettingsError(Exception):
    """What is wrong with the configuration, and where. ``path``: as a person would write it, or an option's name."""

    def __init__(self, path: str, line: int | None, message: str) -> None:
        self.path, self.line, self.message = path, line, message
        super().__init__(f"{path}:{line}: {message}" if line else f"{path}: {message}")


class Overrides(TypedDict, total=False):
    """What the command line says. Paths are relative to the working directory."""

    root: str
    select: Sequence[str]
    ignore: Sequence[str]
    extend_select: Sequence[str]
    registry: Sequence[str]
    fail_on: str
    jobs: int
    cache_dir: str
    no_cache: bool
    overlay: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class CallSetting:
    """A ``[[calls]]`` entry: a tracking function that fslint cannot see into.

    ``function``: dotted, a suffix of the resolved path on segment borders. ``name``, ``user_id``, ``properties``: a
    position or a keyword / object key; None where the function takes no such thing or the usual names tell.
    """

    function: str
    kind: str = "event"
    side: str = "server"
    name: int | str | None = None
    user_id: int | str | None = None
    properties: int | str | None = None


@dataclass(frozen=True, slots=True)
class App:
    """An ``[[apps]]`` entry. ``registry``: files, relative to the root; empty: the project's."""

    name: str
    paths: tuple[str, ...]
    registry: tuple[str, ...] = ()
    server_api: str | None = None

    def holds(self, path: str) -> bool:
        """Whether a file belongs to this app by its path."""
        return compiled(self.paths).match(path)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a run is told. Paths of files in it are relative to ``root`` (POSIX), globs too (``globs.py``).

    ``config``: the configuration file, None without one. ``registry``: the tracking plan's files, empty without one.
    ``enabled``: the codes that run; ``severities``: of every code. ``authorization``: ``verbatim`` ``base64`` or None.
    ``server_api``: ``v1`` ``v2`` or None. ``fail_on``: ``error`` or ``warning``. ``cache_dir``: None: no cache.
    ``jobs``: processes, 0: as many as there are processors. ``overlay``: contents that take the place of files'.
    """

    root: Path
    cwd: Path
    config: Path | None = None
    registry: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    exclude_tests: bool = True
    client: tuple[str, ...] = ()
    server: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, frozenset[str]], ...] = ()
    enabled: frozenset[str] = frozenset(code for code, meta in CATALOGUE.items() if meta.default)
    severities: Mapping[str, Severity] = field(
        default_factory=lambda: {code: cast(Severity, meta.severity) for code, meta in CATALOGUE.items()}
    )
    authorization: str | None = None
    server_api: str | None = None
    linked_facts: tuple[str, ...] = ()
    apps: tuple[App, ...] = ()
    calls: tuple[CallSetting, ...] = ()
    require_reason: bool = False
    fail_on: str = "warning"
    max_file_size: int = MAX_FILE_SIZE
    cache_dir: Path | None = None
    jobs: int = 0
    overlay: Mapping[str, bytes] = field(default_factory=dict)

    def severity(self, code: str) -> Severity:
        """``error``, ``warning`` or ``info``, as configured."""
        return self.severities[code]

    def ignored_in(self, path: str) -> frozenset[str]:
        """The codes that ``per-file-ignores`` switches off in a file."""
        found: frozenset[str] = frozenset()
        for glob, codes in self.per_file_ignores:
            if compiled((glob,)).match(path):
                found |= codes
        return found

    def pinned_side(self, path: str) -> str | None:
        """The side that ``client`` and ``server`` give a file."""
        if compiled(self.client).match(path):
            return "client"
        return "server" if compiled(self.server).match(path) else None

    def app_of(self, path: str) -> str | None:
        """The first app that holds a file, by its path."""
        return next((app.name for app in self.apps if app.holds(path)), None)

    def is_configuration(self, path: str) -> bool:
        """Whether a file is the registry or the configuration: a change in it can change every finding."""
        files = {*self.registry, *(file for app in self.apps for file in app.registry), *self.linked_facts}
        return path in files or (self.config is not None and relative(self.config, self.root) == path)

    def was_configuration(self, path: str) -> bool:
        """Whether a file that is gone may have been the registry or the configuration."""
        return path in REGISTRY_NAMES or path in CONFIG_NAMES


def load(
    cwd: Path,
    config: Path | None = None,
    isolated: bool = False,
    overrides: Overrides | None = None,
) -> Settings:
    """The settings of a run that is started in ``cwd``. Raises ``SettingsError``.

    ``config``: the configuration file to take. ``isolated``: take none.
    """
    given: Overrides = overrides or {}
    cwd = cwd.resolve()
    root_given = (cwd / given["root"]).resolve() if given.get("root") else None
    if root_given is not None and not root_given.is_dir():
        raise SettingsError("--root", None, f"{given['root']} is not a folder")
    start = root_given or cwd
    table, source, found = _read(start, cwd, config, isolated, only_here=root_given is not None)
    root = root_given or (found.parent if found else git_top(start) or start)
    reader = _Reader(source, table, root)
    values = reader.read(_KEYS)
    cache_dir = (cwd / given["cache_dir"]) if given.get("cache_dir") else root / ".fslint_cache"
    enabled = _enabled(
        (reader.selection("select"), reader.selection("extend-select") or [], reader.selection("ignore") or []),
        _command_line_selection(given),
    )
    severities = {code: cast(Severity, meta.severity) for code, meta in CATALOGUE.items()}
    severities |= values.pop("severity", {})
    if given.get("registry"):
        values["registry"] = _registry_option(given["registry"], cwd, root)
    elif "registry" not in values:
        values["registry"] = _found_registry(root)
    return Settings(
        root=root,
        cwd=cwd,
        config=found,
        enabled=enabled,
        severities=severities,
        fail_on=given.get("fail_on") or values.pop("fail_on", "warning"),
        cache_dir=None if given.get("no_cache") else cache_dir,
        jobs=given.get("jobs") or 0,
        overlay=given.get("overlay") or {},
        **{key: value for key, value in values.items() if key not in ("select", "extend_select", "ignore", "fail_on")},
    )


def git_top(folder: Path) -> Path | None:
    """The folder of the Git repository that ``folder`` is in."""
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), None)


def relative(path: Path, start: Path) -> str:
    """``path`` as seen from ``start``, POSIX, with ``..`` where it must be."""
    try:
        return Path(os.path.relpath(path, start)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


# ------------------------------------------------------------------------------------------------ finding the file


class _Source(NamedTuple):
    """Where settings come from: ``shown`` is its name in messages, ``prefix`` the path of fslint's own table."""

    shown: str
    text: str = ""
    prefix: KeyPath = ()

    def error(self, path: KeyPath, message: str) -> SettingsError:
        from .toml_positions import positions

        lines = positions(self.text)
        full = (*self.prefix, *path)
        line = next((lines[full[:n]] for n in range(len(full), 0, -1) if full[:n] in lines), 1)
        return SettingsError(self.shown, line, message)


def _read(
    start: Path, cwd: Path, config: Path | None, isolated: bool, only_here: bool
) -> tuple[dict[str, Any], _Source, Path | None]:
    """fslint's own table, what it was read from, and the file."""
    if isolated:
        return {}, _Source(""), None
    if config is not None:
        file = (cwd / config).resolve()
        if not file.is_file():
            raise SettingsError("--config", None, f"there is no file {config}")
        found = _table(file, cwd)
        if found is None:
            raise SettingsError(relative(file, cwd), 1, "has no [tool.fslint] table")
        return (*found, file)
    top = git_top(start)
    for folder in (start, *start.parents):
        for name in CONFIG_NAMES:
            file = folder / name
            if file.is_file():
                found = _table(file, cwd)
                if found is not None:
                    return (*found, file)
        if only_here or folder == top:
            break
    return {}, _Source(""), None


_TOML_PLACE = r" \(at (?:line (\d+), column \d+|end of document)\)$"


def _table(file: Path, cwd: Path) -> tuple[dict[str, Any], _Source] | None:
    """fslint's table of a file, None if it is a ``pyproject.toml`` without one."""
    import tomllib

    shown = relative(file, cwd)
    shared = file.name == "pyproject.toml"
    try:
        data = file.read_bytes()
        if shared and b"fslint" not in data:
            return None
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
        content = tomllib.loads(text)
    except OSError as error:
        raise SettingsError(shown, None, f"cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise SettingsError(shown, data.count(b"\n", 0, error.start) + 1, "is not UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(_TOML_PLACE, str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        raise SettingsError(shown, line, f"is not valid TOML: {re.sub(_TOML_PLACE, '', str(error))}") from None
    if not shared:
        return content, _Source(shown, text)
    table = content.get("tool", {}).get("fslint") if isinstance(content.get("tool"), dict) else None
    if table is None:
        return None
    source = _Source(shown, text, ("tool", "fslint"))
    if not isinstance(table, dict):
        raise source.error((), "tool.fslint must be a table")
    return table, source


# ---------------------------------------------------------------------------------------------- reading the values

_T = TypeVar("_T")
_Read = Callable[["_Reader", "KeyPath", Any], Any]


class _Reader:
    """Turns a table of TOML values into settings, or says what is wrong with one and where."""

    def __init__(self, source: _Source, table: dict[str, Any], root: Path) -> None:
        self.source, self.table, self.root = source, table, root

    def error(self, path: KeyPath, message: str) -> SettingsError:
        return self.source.error(path, message)

    def read(
        self, keys: Mapping[str, _Read], table: Mapping[str, Any] | None = None, at: KeyPath = ()
    ) -> dict[str, Any]:
        """The values of a table by field name. Raises for a key that is not among ``keys``."""
        values: dict[str, Any] = {}
        for key, value in (self.table if table is None else table).items():
            path = (*at, key)
            if key not in keys:
                what = f"unknown key {_quote(key)}" + (f" in {_dotted(at)}" if at else "")
                raise self.error(path, what + _nearest(key, keys) + _HINTS.get(key, ""))
            values[key.replace("-", "_")] = keys[key](self, path, value)
        return values

    def selection(self, key: str) -> list[str] | None:
        """``select`` and its like as written (checked by ``read``)."""
        value = self.table.get(key)
        return None if value is None else [value] if isinstance(value, str) else list(value)

    def typed(self, path: KeyPath, value: Any, kind: type[_T], wanted: str) -> _T:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(path, f"{_dotted(path)} must be {wanted}, not {_kind(value)}")
        return value


def _boolean(reader: _Reader, path: KeyPath, value: Any) -> bool:
    return reader.typed(path, value, bool, "true or false")


def _string(reader: _Reader, path: KeyPath, value: Any) -> str:
    text = reader.typed(path, value, str, "a string")
    if not text.strip():
        raise reader.error(path, f"{_dotted(path)} is empty")
    return text


def _strings(reader: _Reader, path: KeyPath, value: Any) -> tuple[str, ...]:
    """A list of strings, or one string."""
    if isinstance(value, str):
        return (_string(reader, path, value),)
    items = reader.typed(path, value, list, "a list of strings")
    return tuple(_string(reader, (*path, number), item) for number, item in enumerate(items))


def _choice(*options: str) -> _Read:
    def read(reader: _Reader, path: KeyPath, value: Any) -> str:
        if value not in options or not isinstance(value, str):
            given = _quote(value) if isinstance(value, str) else _kind(value)
            raise reader.error(path, f"{_dotted(path)} must be {_either(options)}, not {given}")
        return value

    return read


def _selectors(reader: _Reader, path: KeyPath, value: Any) -> frozenset[str]:
    """Codes, prefixes and names, as the codes that they stand for."""
    found: frozenset[str] = frozenset()
    for number, selector in enumerate(_strings(reader, path, value)):
        try:
            found |= resolve_selector(selector)
        except ValueError as error:
            raise reader.error((*path, number) if isinstance(value, list) else path, str(error)) from None
    return found


def _per_file_ignores(reader: _Reader, path: KeyPath, value: Any) -> tuple[tuple[str, frozenset[str]], ...]:
    table = reader.typed(path, value, dict, "a table of globs")
    return tuple((glob, _selectors(reader, (*path, glob), codes)) for glob, codes in table.items())


def _severity(reader: _Reader, path: KeyPath, value: Any) -> dict[str, str]:
    """Severities by code; where selectors overlap, the more specific one counts."""
    read = _choice("error", "warning", "info")
    table = reader.typed(path, value, dict, "a table of rules")
    levels: list[tuple[int, frozenset[str], str]] = []
    for selector, severity in table.items():
        codes = _selectors(reader, (*path, selector), selector)
        levels.append((_specificity(selector), codes, read(reader, (*path, selector), severity)))
    return {code: severity for _, codes, severity in sorted(levels, key=lambda level: level[0]) for code in codes}


_SIZE = r"\s*(\d+)\s*(|[kKmMgG])(?:i?[bB])?\s*"
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}


def _size(reader: _Reader, path: KeyPath, value: Any) -> int:
    match = re.fullmatch(_SIZE, value) if isinstance(value, str) else None
    size = int(match[1]) * _UNITS[match[2].lower()] if match else value
    if not isinstance(size, int) or isinstance(size, bool) or size <= 0:
        raise reader.error(path, f'{_dotted(path)} must be a number of bytes or a size such as "5 MB"')
    return size


def _registry(reader: _Reader, path: KeyPath, value: Any) -> tuple[str, ...]:
    """Globs of registry files, as files. Every glob must find one."""
    found: list[str] = []
    for number, glob in enumerate(_strings(reader, path, value)):
        at = (*path, number) if isinstance(value, list) else path
        if PurePath(glob).is_absolute() or ".." in PurePath(glob).parts:
            raise reader.error(at, f"registry: {_quote(glob)} must be below the project's root, without `..`")
        files = expand(reader.root, glob)
        outside = next((file for file in files if _leads_out(reader.root, file)), None)
        if outside is not None:
            raise reader.error(at, f"registry: {_quote(outside)} is a link that leads out of the project")
        if not files:
            what = "no file matches" if _is_glob(glob) else "there is no file"
            raise reader.error(at, f"registry: {what} {_quote(glob)} in {reader.root}")
        found += (file for file in files if file not in found)
    return tuple(found)


def _linked_facts(reader: _Reader, path: KeyPath, value: Any) -> tuple[str, ...]:
    files = _strings(reader, path, value)
    for number, file in enumerate(files):
        if not (reader.root / file).is_file():
            at = (*path, number) if isinstance(value, list) else path
            raise reader.error(at, f"linked-facts: there is no file {_quote(file)} in {reader.root}")
    return files


def _argument(reader: _Reader, path: KeyPath, value: Any) -> int | str:
    position = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if not position and not (isinstance(value, str) and value):
        raise reader.error(path, f"{_dotted(path)} must be a position (0, 1, …) or the name of an argument")
    return cast("int | str", value)


_FUNCTION = r"(?:[^\W\d][\w$]*|\$[\w$]*)(?:\.(?:[^\W\d][\w$]*|\$[\w$]*))*"


def _function(reader: _Reader, path: KeyPath, value: Any) -> str:
    name = _string(reader, path, value)
    if not re.fullmatch(_FUNCTION, name):
        wanted = 'a dotted name such as "analytics.track"'
        raise reader.error(path, f"{_dotted(path)} must be {wanted}, not {_quote(name)}")
    return name


def _tables(keys: Mapping[str, _Read], required: Sequence[str], make: Callable[..., _T]) -> _Read:
    def read(reader: _Reader, path: KeyPath, value: Any) -> tuple[_T, ...]:
        name = _dotted(path)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise reader.error(path, f"{name} must be a list of tables: [[{name}]]")
        made = []
        for number, table in enumerate(value):
            at = (*path, number)
            values = reader.read(keys, table, at)
            missing = [key for key in required if key.replace("-", "_") not in values]
            if missing:
                raise reader.error(at, f"[[{name}]] lacks {_quote(missing[0])}")
            made.append(make(**values))
        return tuple(made)

    return read


def _apps(reader: _Reader, path: KeyPath, value: Any) -> tuple[App, ...]:
    keys = {"name": _string, "paths": _strings, "registry": _registry, "server-api": _choice("v1", "v2")}
    apps: tuple[App, ...] = _tables(keys, ("name", "paths"), App)(reader, path, value)
    for number, app in enumerate(apps):
        if any(other.name == app.name for other in apps[:number]):
            raise reader.error((*path, number, "name"), f"there are two apps {_quote(app.name)}")
    return apps


_CALL_KEYS: dict[str, _Read] = {
    "function": _function,
    "kind": _choice(*CLIENT_SIDE_KINDS),
    "side": _choice("client", "server", "either"),
    "name": _argument,
    "user-id": _argument,
    "properties": _argument,
}

_KEYS: dict[str, _Read] = {
    "registry": _registry,
    "include": _strings,
    "exclude": _strings,
    "exclude-tests": _boolean,
    "client": _strings,
    "server": _strings,
    "select": _selectors,
    "ignore": _selectors,
    "extend-select": _selectors,
    "per-file-ignores": _per_file_ignores,
    "severity": _severity,
    "authorization": _choice("verbatim", "base64"),
    "server-api": _choice("v1", "v2"),
    "linked-facts": _linked_facts,
    "apps": _apps,
    "calls": _tables(_CALL_KEYS, ("function",), CallSetting),
    "require-reason": _boolean,
    "fail-on": _choice("error", "warning"),
    "max-file-size": _size,
}
"""Every key of the configuration and how it is read."""

_HINTS = {"tool": "; in fslint.toml the keys stand at the top level, without [tool.fslint]"}


def _dotted(path: KeyPath) -> str:
    return ".".join(str(part) for part in path if isinstance(part, str))


def _quote(text: str) -> str:
    return f'"{text}"'


def _either(options: Sequence[str]) -> str:
    quoted = [_quote(option) for option in options]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _kind(value: Any) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")


def _nearest(word: str, words: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word.replace("_", "-"), list(words), n=1, cutoff=0.6)
    return f"; did you mean {_quote(near[0])}?" if near else ""


def _is_glob(text: str) -> bool:
    return any(char in text for char in "*?[")


def expand(root: Path, glob: str) -> list[str]:
    """The files that a glob of the registry names, relative to the root, sorted."""
    if not _is_glob(glob):
        return [relative(root / glob, root)] if (root / glob).is_file() else []
    skipped = {"node_modules", ".git", ".venv"}
    try:
        files = [file for file in root.glob(glob) if file.is_file()]
    except (ValueError, NotImplementedError, OSError):
        return []
    return sorted(relative(file, root) for file in files if skipped.isdisjoint(file.relative_to(root).parts))


def _leads_out(root: Path, file: str) -> bool:
    """Whether a path, with all the links on it, ends outside the project."""
    return not (root / file).resolve().is_relative_to(root.resolve())


def _found_registry(root: Path) -> tuple[str, ...]:
    """The registry where it is looked for."""
    found = next((name for name in REGISTRY_NAMES if (root / name).is_file()), None)
    if found is not None and _leads_out(root, found):
        raise SettingsError(found, None, "is a link that leads out of the project; it is not read")
    return () if found is None else (found,)


def _registry_option(given: Sequence[str], cwd: Path, root: Path) -> tuple[str, ...]:
    files: list[str] = []
    for name in given:
        path = cwd / name
        if not path.is_file():
            raise SettingsError("--registry", None, f"there is no file {name}")
        files.append(relative(path.resolve(), root))
    return tuple(files)


# ------------------------------------------------------------------------------------------------- choice of rules

_PREFIX = r"(?i:FS)\d{0,3}"


def resolve_selector(selector: str) -> frozenset[str]:
    """The codes that a code, a prefix, a name or ``ALL`` stands for. Raises ``ValueError`` for anything else."""
    text = selector.strip()
    if text.upper() == "ALL":
        return frozenset(CATALOGUE)
    if re.fullmatch(_PREFIX, text):
        codes = frozenset(code for code in CATALOGUE if code.startswith(text.upper()))
    else:
        codes = frozenset(code for code, meta in CATALOGUE.items() if meta.name == text.lower())
    if not codes:
        names = [*CATALOGUE, *(meta.name for meta in CATALOGUE.values())]
        looked_up = text.upper() if text[:2].upper() == "FS" else text.lower()
        raise ValueError(f"unknown rule {_quote(selector)}{_nearest_rule(looked_up, names)}")
    return codes


def _nearest_rule(word: str, names: Collection[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, names, n=1, cutoff=0.8 if word.startswith("FS") else 0.6)
    return f"; did you mean {_quote(near[0])}?" if near else ""


def _specificity(selector: str) -> int:
    """Of two selectors that both hold a code, the one with the higher number is meant."""
    text = selector.strip()
    if text.upper() == "ALL":
        return 0
    return len(text) if re.fullmatch(_PREFIX, text) else 5


def _command_line_selection(given: Overrides) -> tuple[list[str] | None, list[str], list[str]]:
    chosen: list[list[str] | None] = []
    for option, selectors in (
        ("--select", given.get("select")),
        ("--extend-select", given.get("extend_select")),
        ("--ignore", given.get("ignore")),
    ):
        if selectors is None:
            chosen.append(None)
            continue
        for selector in selectors:
            try:
                resolve_selector(selector)
            except ValueError as error:
                raise SettingsError(option, None, str(error)) from None
        chosen.append(list(selectors))
    return chosen[0], chosen[1] or [], chosen[2] or []


def _enabled(*layers: tuple[list[str] | None, list[str], list[str]]) -> frozenset[str]:
    """The codes that run. Each layer (configuration, then command line): select, extend-select, ignore.

    Within a layer the more specific selector wins, ``ignore`` at a tie; ``select`` starts afresh.
    """
    enabled = {code for code, meta in CATALOGUE.items() if meta.default}
    for select, extend, ignore in layers:
        if select is not None:
            enabled = set()
        takes_in = [(_specificity(s), resolve_selector(s)) for s in (*(select or ()), *extend)]
        leaves_out = [(_specificity(s), resolve_selector(s)) for s in ignore]
        for level in range(6):
            for specificity, codes in takes_in:
                if specificity == level:
                    enabled |= codes
            for specificity, codes in leaves_out:
                if specificity == level:
                    enabled -= codes
    return frozenset(enabled)
