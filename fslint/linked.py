"""Linked facts: the call records of one repository, for the checks of another (``fslint facts``, ``linked-facts``).

Records, not source: kind, side, names, the form of the user ID, types of properties, places. The file has a schema of its
own version; later versions read earlier ones. What is read is checked field by field: a truncated or hostile file gets a
``LinkedError``, never a crash.
"""

from __future__ import annotations

import msgspec

from .diagnostics import Place
from .facts import Call, FileFacts, Function, Region, Unknown
from .inventory import KINDS, Position
from .link.modules import Module
from .link.project import Frame, Project, Site, TrackingCall
from .link.types import type_of
from .link.values import Choice, Ent, Lit, MemberV, Obj, Tmpl, Typed, Val, options
from .link.values import Unknown as UnknownV
from .rules.fs4_forms import form_of

VERSION = 1
MAX_SIZE = 50_000_000
MAX_LINE = 10_000_000
_UUID = "00000000-0000-4000-8000-000000000000"


class LinkedError(Exception):
    """A facts file that cannot be used; the message says why."""


class UserId(msgspec.Struct, frozen=True):
    """The form of a user ID (``rules.fs4_forms.Form``); an ID itself is never written."""

    form: str
    prefix: str = ""


class Property(msgspec.Struct, frozen=True):
    name: str
    type: str | None = None


class Record(msgspec.Struct, frozen=True):
    """One call site. ``patterns``: names with holes, as parts (null: a hole). ``open``: it may have more properties."""

    kind: str
    side: str
    api: str
    path: str
    line: int
    names: tuple[str, ...] = ()
    patterns: tuple[tuple[str | None, ...], ...] = ()
    named: bool = True
    function: str = ""
    user_id: UserId | None = None
    properties: tuple[Property, ...] = ()
    open: bool = False


class File(msgspec.Struct, frozen=True):
    """A facts file."""

    fslint_facts: int
    repository: str
    calls: tuple[Record, ...]
    commit: str = ""
    time: str = ""


def dump(project: Project, position: Position, repository: str, commit: str, time: str) -> bytes:
    """The records of a project as JSON. ``position`` gives paths relative to the repository's root."""
    records = tuple(
        _record(project, site, position) for site in project.sites() if site.kind in KINDS and not _linked(site)
    )
    return msgspec.json.format(msgspec.json.encode(File(VERSION, repository, records, commit, time)), indent=1) + b"\n"


def _linked(site: Site) -> bool:
    return site.frame.module.linked


def _record(project: Project, site: Site, position: Position) -> Record:
    path, line, _ = position(site.place)
    path = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    names: dict[str, None] = {}
    patterns: dict[tuple[str | None, ...], None] = {}
    named = True
    properties: dict[str, str | None] = {}
    is_open = False
    user_id: UserId | None = None
    for call in site.calls:
        for option in options(call.name):
            if isinstance(option, Lit) and isinstance(option.value, str):
                names[option.value] = None
            elif isinstance(option, Tmpl):
                patterns[tuple(part if isinstance(part, str) else None for part in option.parts)] = None
            else:
                named = False
        for option in options(call.properties):
            if isinstance(option, Obj):
                is_open = is_open or option.open
                for entry in option.entries:
                    properties.setdefault(entry.name, type_of(entry.value, project.evaluator))
            else:
                is_open = True
        if call.user_id is not None and user_id is None:
            forms = {form_of(option, project.evaluator) for option in options(call.user_id)}
            form = forms.pop() if len(forms) == 1 else None
            user_id = UserId(form.kind, form.text) if form is not None else UserId("call")
    return Record(
        site.kind, site.side, site.first.api, path, line, tuple(names), tuple(patterns), named,
        project.function_name(site.frame), user_id, tuple(Property(n, t) for n, t in properties.items()), is_open,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------------------- reading


def read(data: bytes, name: str) -> File:
    """A facts file's content. Raises ``LinkedError``."""
    if len(data) > MAX_SIZE:
        raise LinkedError(f"{name} is larger than {MAX_SIZE // 1_000_000} MB; it is no facts file of fslint")
    try:
        head = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise LinkedError(f"{name} is not whole JSON ({error}); write it again with `fslint facts -o`") from None
    if not isinstance(head, dict) or not isinstance(head.get("fslint_facts"), int):
        raise LinkedError(f"{name} is no facts file of fslint; write one with `fslint facts -o`")
    if head["fslint_facts"] > VERSION:
        raise LinkedError(
            f"{name} was written by a newer fslint (facts version {head['fslint_facts']}); update fslint here"
        )
    try:
        file = msgspec.convert(head, File)
    except msgspec.ValidationError as error:
        raise LinkedError(f"{name} does not have the form of a facts file: {error}") from None
    if any(not 1 <= call.line <= MAX_LINE for call in file.calls):
        raise LinkedError(f"{name} has a line number that no file has")
    return file


def attach(project: Project, files: list[File]) -> dict[str, bytes]:
    """Enter the calls of other repositories into a project, so that rules compare with them.

    Gives stand-in contents (line ends only) of their files, by which places become lines.
    """
    contents: dict[str, bytes] = {}
    for file in files:
        modules: dict[str, Module] = {}
        lines: dict[str, int] = {}
        for record in file.calls:
            lines[record.path] = max(lines.get(record.path, 0), record.line)
        for path, last in lines.items():
            shown = f"{file.repository}:{path}"
            contents[shown] = b"\n" * last
            rows = [r for r in file.calls if r.path == path]
            calls = tuple(Call(r.line - 1, r.line, Unknown(r.line - 1, r.line), (), "call", 0, 0) for r in rows)
            facts = FileFacts(
                "linked", last, tuple(range(last + 1)),
                functions=(Function(0, last, rows[0].function, "module", -1, 0),),
                regions=(Region(0, last, -1, 0, "body", 0),), calls=calls,
            )  # fmt: skip
            module = modules[path] = Module(shown, facts)
            module.linked = True
            module.apps = project.apps
            project.all_modules[shown] = module
            for number, row in enumerate(rows):
                project.calls.append(_call(row, Frame(module, number), project.apps))
    project.calls.sort(key=lambda c: (c.frames[0].module.linked, c.site.place, c.sink.place))
    project.reset_sites()
    return contents


def _call(record: Record, frame: Frame, apps: tuple[str, ...]) -> TrackingCall:
    place = frame.place
    names: list[Val] = [Lit(place, name) for name in record.names]
    for parts in record.patterns:
        names.append(
            Tmpl(
                place,
                tuple(p if p is not None else UnknownV(place) for p in parts),
                "template",
                tuple(place for _ in parts),
            )
        )
    if not record.named or not names:
        names.append(UnknownV(place, "linked"))
    entries = tuple(
        Ent(p.name, place, place, Typed(place, p.type) if p.type else UnknownV(place), place) for p in record.properties
    )
    call = TrackingCall(
        record.kind, record.side, record.api, "linked", (frame,), frame,
        (names[0] if len(names) == 1 else Choice(place, tuple(names), "type")) if record.kind == "event" else None,
        _user_id(record.user_id, place), Obj(place, entries, record.open), by_name=False, apps=apps,
    )  # fmt: skip
    call.user_id_place = place if call.user_id is not None else None
    call.properties_place = place
    return call


def _user_id(user_id: UserId | None, place: Place) -> Val | None:
    """A value that has the form of the one that was written."""
    if user_id is None:
        return None
    texts = {"prefix": f"{user_id.prefix}1", "digits": "1", "uuid": _UUID, "other": "x1"}
    if user_id.form in texts:
        return Lit(place, texts[user_id.form])
    keys = {"id": "id", "sub": "sub", "email": "email", "phone": "phone", "attribute": "handle"}
    if user_id.form in keys:
        return MemberV(place, UnknownV(place), keys[user_id.form])
    return UnknownV(place)


def describe(file: File, age_days: float | None) -> str:
    """A note on a file that is older than a month, else ""."""
    if age_days is None or age_days < 31:
        return ""
    return (
        f"the linked facts of {file.repository} are {int(age_days)} days old; write them again with `fslint facts -o`"
    )


__all__ = ["File", "LinkedError", "attach", "describe", "dump", "read"]
