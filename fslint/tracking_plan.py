"""The tracking plan as people read it: what the registry says, what the code sends, and where (``fslint events``).

In: a linked project. Out: ``Entry`` rows, and Markdown or CSV of them. Where there is no registry the code alone tells, by
the same inference that drafts one (``drafting``).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from .drafting import calls_by_event, sent_properties
from .inventory import Position, pattern
from .link.project import Project, TrackingCall
from .link.values import Lit, Obj, Tmpl, options
from .registry import OBJECT_LIST_EVENTS, Event, Property, Registry, Required, match_property

SIDES = ("client", "server")
CALLS = {
    "identify": "Users: identify calls",
    "user-properties": "Users: property calls",
    "page-properties": "Pages: property calls",
}
"""The kinds of calls that are no events, as a heading."""


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """A property. ``required``: ``yes``, ``client``, ``server`` or "". ``planned``: False where it is sent unregistered."""

    name: str
    type: str = ""
    required: str = ""
    values: str = ""
    description: str = ""
    planned: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, or a kind of call without a name.

    ``status``: "" without a registry, else ``registered``, ``not registered``, ``planned``, ``deprecated`` or ``not sent``.
    ``places``: call sites, as path and line; ``elsewhere``: those of linked repositories. ``open``: it may carry more
    than ``properties``.
    """

    kind: str
    name: str
    app: str = ""
    side: str = ""
    status: str = ""
    owner: str = ""
    description: str = ""
    properties: tuple[PropertyRow, ...] = ()
    open: bool = False
    places: tuple[tuple[str, int], ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def sent(self) -> bool:
        """Whether a call sends it."""
        return bool(self.places or self.elsewhere)


def entries(project: Project, position: Position) -> list[Entry]:
    """Everything that is sent or registered: events by name, names with holes, then users and pages, app by app."""
    found: list[Entry] = []
    for app, registry, calls in _apps(project):
        found += _events(project, app, registry, calls, position)
        for kind in CALLS:
            of_kind = [call for call in calls if call.kind == kind]
            if of_kind:
                found.append(_plain(project, app, registry, kind, of_kind, position))
    return found


def _apps(project: Project) -> Iterator[tuple[str, Registry | None, list[TrackingCall]]]:
    """Every app with its registry and its calls; apps that share a registry without being named are one."""
    if not project.settings.apps:
        yield "", project.registry(), project.calls
        return
    for app in dict.fromkeys(("", *(app.name for app in project.settings.apps))):
        calls = [call for call in project.calls if app in call.apps]
        if calls or app:
            yield app, project.registry(app), calls


def _events(
    project: Project, app: str, registry: Registry | None, calls: Sequence[TrackingCall], position: Position
) -> Iterator[Entry]:
    mine = {id(call) for call in calls}
    sent: dict[str, list[TrackingCall]] = {}
    for name, sending in calls_by_event(project, linked=True).items():
        canonical = registry.canonical(name) if registry is not None else name
        sent.setdefault(canonical, []).extend(call for call in sending if id(call) in mine)
    names = {name for name, sending in sent.items() if sending and name.strip()} | set(
        registry.events if registry else ()
    )
    for name in sorted(names, key=lambda name: (name.casefold(), name)):
        yield _event(project, app, registry, name, sent.get(name, []), position)
    holes: dict[str, list[TrackingCall]] = {}
    for call in calls:
        for option in options(call.name) if call.kind == "event" else ():
            if isinstance(option, Tmpl) and (option.prefix.strip() or option.suffix.strip()):
                holes.setdefault(pattern(option), []).append(call)
    for name, sending in sorted(holes.items()):
        yield _plain(project, app, registry, "pattern", sending, position, name)


def _event(
    project: Project, app: str, registry: Registry | None, name: str, calls: list[TrackingCall], position: Position
) -> Entry:
    event = registry.events.get(name) if registry is not None else None
    rows = tuple(_properties(project, registry, event, calls, objects=name in OBJECT_LIST_EVENTS))
    entry = Entry(
        "event", name, app, _side(calls), _status(registry, event, calls), properties=rows,
        open=_is_open(calls), places=_places(calls, position), elsewhere=_elsewhere(calls, position),
    )  # fmt: skip
    if event is None:
        return entry
    side = entry.side or event.side
    if event.side and entry.side and event.side not in ("both", entry.side):
        side = f"{entry.side} (planned: {event.side})"
    if not event.reviewed:
        side += " (not reviewed)"
    open_too = entry.open or event.additional_properties
    return replace(entry, side=side, owner=event.owner, description=event.description, open=open_too)


def _status(registry: Registry | None, event: Event | None, calls: list[TrackingCall]) -> str:
    if registry is None:
        return ""
    if event is None:
        return "not registered"
    if event.status != "active":
        return event.status
    return "registered" if calls else "not sent"


def _side(calls: Iterable[TrackingCall]) -> str:
    sides = {side for call in calls for side in ((call.side,) if call.side in SIDES else SIDES)}
    return "both" if len(sides) == 2 else "".join(sides)


def _plain(
    project: Project,
    app: str,
    registry: Registry | None,
    kind: str,
    calls: list[TrackingCall],
    position: Position,
    name: str = "",
) -> Entry:
    """Calls that send no registered name."""
    section = {
        "identify": "user_properties",
        "user-properties": "user_properties",
        "page-properties": "page_properties",
    }
    planned = getattr(registry, section[kind]) if registry is not None and kind in section else None
    sent = list(_sent(project, calls, planned or {}, required=kind == "pattern"))
    return Entry(
        kind, name, app, _side(calls), properties=(*_registered(planned or {}), *sent),
        open=_is_open(calls), places=_places(calls, position), elsewhere=_elsewhere(calls, position),
    )  # fmt: skip


def _places(calls: Iterable[TrackingCall], position: Position) -> tuple[tuple[str, int], ...]:
    return tuple(dict.fromkeys(position(call.site.place)[:2] for call in calls if not call.site.module.linked))


def _elsewhere(calls: Iterable[TrackingCall], position: Position) -> tuple[str, ...]:
    """The call sites of other repositories: the stand-in of a file is named ``repository:path``."""
    found = (position(call.site.place)[:2] for call in calls if call.site.module.linked)
    return tuple(dict.fromkeys(f"{path}:{line}" for path, line in found))


def _is_open(calls: Iterable[TrackingCall]) -> bool:
    values = [option for call in calls for option in options(call.properties)]
    return any(o.open if isinstance(o, Obj) else not (isinstance(o, Lit) and not o.value) for o in values)


# ---------------------------------------------------------------------------------------------------------- properties


def _properties(
    project: Project, registry: Registry | None, event: Event | None, calls: list[TrackingCall], *, objects: bool
) -> Iterator[PropertyRow]:
    planned = registry.expected(event) if registry is not None and event is not None else {}
    yield from _registered(planned)
    yield from _sent(project, calls, planned, objects=objects, required=not planned)


def _registered(planned: dict[str, Property], within: str = "") -> Iterator[PropertyRow]:
    for name, found in planned.items():
        yield PropertyRow(f"{within}{name}", found.type, _required(found.required), _values(found), found.description)
        yield from _registered(found.properties, f"{within}{name}.")


def _sent(
    project: Project,
    calls: list[TrackingCall],
    planned: dict[str, Property],
    *,
    objects: bool = False,
    required: bool = True,
) -> Iterator[PropertyRow]:
    """What is sent and not registered."""
    for name, kind, on in sent_properties(project, calls, lambda p: match_property(planned, p.name) is None, objects):
        yield PropertyRow(name, kind or "", _required(on) if required else "", planned=not planned)


def _required(required: Required) -> str:
    sides = [side for side in SIDES if required.on(side)]
    return "yes" if len(sides) == 2 else "".join(sides)


def _values(found: Property) -> str:
    """What a property may be, in words."""
    parts = []
    if found.enum:
        parts.append("one of " + ", ".join(str(value) for value in found.enum))
    if found.minimum is not None:
        parts.append(f"from {found.minimum:g}")
    if found.maximum is not None:
        parts.append(f"up to {found.maximum:g}")
    if found.pattern is not None:
        parts.append(f"like {found.pattern.source}")
    if found.nullable:
        parts.append("may be empty")
    return "; ".join(parts)


# ------------------------------------------------------------------------------------------------------------ Markdown

Link = Callable[[str, int], str]
"""Where a line of a file can be read."""


def relative_link(path: str, line: int) -> str:
    """A link that works in a file at the working directory, and on code hosts."""
    return f"{quote(path)}#L{line}"


def markdown(found: Sequence[Entry], link: Link = relative_link, notes: Iterable[str] = ()) -> str:
    """The plan as a document: a table for each group of events."""
    lines = ["# Tracking plan", "", _summary(found), ""]
    lines += [line for note in notes for line in (_cell(note), "")]
    apps = list(dict.fromkeys(entry.app for entry in found))
    for app in apps:
        mine = [entry for entry in found if entry.app == app]
        mark = "##"
        if len(apps) > 1:
            lines += [f"## {_cell(app) or 'No app'}", ""]
            mark = "###"
        for title, group in _groups(mine):
            lines += [f"{mark} {title}", "", *_table(group, link), ""]
    return "\n".join(lines[:-1]) + "\n"


def _summary(found: Sequence[Entry]) -> str:
    events = [entry for entry in found if entry.kind == "event"]
    sent = [entry for entry in events if entry.sent]
    by_side = [
        f"{count} {words}"
        for side, words in (("client", "from the browser"), ("server", "from the server"), ("both", "from both sides"))
        if (count := sum(entry.side.split(" ")[0] == side for entry in sent))
    ]
    parts = [f"{len(sent)} event{'' if len(sent) == 1 else 's'} sent" + (f" ({', '.join(by_side)})" if by_side else "")]
    for status, words in (("not registered", "sent, but not in the plan"), ("not sent", "in the plan, but not sent")):
        count = sum(entry.status == status for entry in events)
        parts += [f"{count} {words}"] if count else []
    return "; ".join(parts) + "."


def _groups(found: Sequence[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """Entries under headings: by owner where the plan names owners, else by side; what needs attention apart."""
    events = [entry for entry in found if entry.kind == "event"]
    live = [entry for entry in events if entry.status in ("", "registered")]
    if any(entry.owner for entry in live):
        owners = sorted({entry.owner for entry in live}, key=lambda owner: (not owner, owner.casefold()))
        grouped = [(_cell(owner) or "Without owner", [e for e in live if e.owner == owner]) for owner in owners]
    else:
        titles = {
            "client": "From the browser",
            "server": "From the server",
            "both": "From both sides",
            "": "Side unknown",
        }
        grouped = [(title, [e for e in live if e.side.split(" ")[0] == side]) for side, title in titles.items()]
    for title, statuses in (
        ("Sent, but not in the plan", ("not registered",)),
        ("In the plan, but not sent", ("not sent",)),
        ("Planned", ("planned",)),
        ("Deprecated", ("deprecated",)),
    ):
        grouped.append((title, [entry for entry in events if entry.status in statuses]))
    grouped.append(("Names that are put together at run time", [e for e in found if e.kind == "pattern"]))
    for kind, title in CALLS.items():
        grouped.append((title, [entry for entry in found if entry.kind == kind]))
    return ((title, group) for title, group in grouped if group)


def _table(group: Sequence[Entry], link: Link) -> Iterator[str]:
    named = any(entry.name for entry in group)
    described = any(entry.description for entry in group)
    head = [*(["event"] if named else []), "side", *(["meaning"] if described else []), "properties", "sent from"]
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for entry in group:
        cells = [
            *([_cell(entry.name)] if named else []),
            _cell(entry.side) or "–",
            *([_cell(entry.description)] if described else []),
            "<br>".join(_shown(row) for row in entry.properties)
            + ("<br>…" if entry.open and entry.properties else "…" * entry.open),
            ", ".join(
                [
                    *(f"[{_cell(path)}:{line}]({link(path, line)})" for path, line in entry.places),
                    *map(_cell, entry.elsewhere),
                ]
            )
            or "–",
        ]
        yield f"| {' | '.join(cells)} |"


def _shown(row: PropertyRow) -> str:
    """A property in a cell: name, type, what it may be, what it means."""
    told = [_cell(row.type) or "type unknown"]
    told += {"yes": ["required"], "": []}.get(row.required, [f"required on the {row.required}"])
    told += [_cell(row.values)] if row.values else []
    told += [] if row.planned else ["not in the plan"]
    return f"**{_cell(row.name)}** ({', '.join(told)})" + (f": {_cell(row.description)}" if row.description else "")


_MARKS = re.compile(r"[\\`*<>\[\]|&~$#]|(?<![^\W_])_|_(?![^\W_])")


def _cell(text: str) -> str:
    """A text that Markdown shows as it is, on one line."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return _MARKS.sub(lambda match: f"\\{match[0]}", " ".join(shown.split()))


# ----------------------------------------------------------------------------------------------------------------- CSV

COLUMNS = (
    "kind", "name", "side", "calls", "status", "owner", "app", "description",
    "property", "type", "required", "values", "property description", "places",
)  # fmt: skip


def to_csv(found: Sequence[Entry]) -> str:
    """The plan for a spreadsheet: a row for each property of an event, one for an event without."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in found:
        places = " ".join([*(f"{path}:{line}" for path, line in entry.places), *entry.elsewhere])
        for row in entry.properties or (PropertyRow(""),):
            status = entry.status if row.planned or not entry.status else "property not registered"
            cells = (
                entry.kind, entry.name, entry.side, len(entry.places) + len(entry.elsewhere), status, entry.owner, entry.app,
                entry.description, row.name, row.type, row.required, row.values, row.description, places,
            )  # fmt: skip
            writer.writerow([harmless(cell) for cell in cells])
    return output.getvalue()


def harmless(cell: object) -> object:
    """A cell on one line that no spreadsheet takes for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""
    if not isinstance(cell, str):
        return cell
    text = "".join(char if char.isprintable() else " " for char in cell)
    return f"'{text}" if text.lstrip()[:1] in _FORMULA or cell[:1] in ("\t", "\r", "\n") else text


_FORMULA = tuple("=+-@＝＋－＠|%")
