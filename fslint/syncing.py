"""What the code asks of an existing registry: events and properties to add, events that are gone (``registry sync``).

The rules say what is new and what is gone: FS101 for events, FS105 for properties, FS102 for what nothing sends. What a
person has decided (sides, types, what is required) is never changed; what needs a person is listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from msgspec import structs

from .drafting import calls_by_event, doubtful_sides, event_entry, properties, section
from .inventory import Position
from .link.project import Project, TrackingCall
from .link.values import Lit, options
from .registry import OBJECT_LIST_EVENTS, Event, Property, Registry, fold, load
from .registry_edit import CannotEdit, Text
from .registry_text import EventEntry, all_doubts, writable
from .rules import tables_properties as tables
from .rules.fs1_events import unused_event
from .rules.fs1_properties import is_absent, unlisted
from .rules.properties import Plan, Prop, registries
from .rules.properties import properties as props_of

SECTIONS = {"user_properties": ("identify", "user-properties"), "page_properties": ("page-properties",)}


@dataclass(frozen=True, slots=True)
class Synced:
    """``contents``: the new content of every file that changes. ``done``, ``left``, ``refused``: lines about what was
    changed, what only a person can decide, and files that cannot be changed at all, each with the file's path."""

    contents: dict[str, bytes] = field(default_factory=dict)
    done: list[tuple[str, str]] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def sync(project: Project, read: Callable[[str], bytes], position: Position) -> Synced:
    """Bring the registries of a project up to what its code sends. ``read``: a registry file as it is on disk."""
    result = Synced()
    gone = {diagnostic.place for diagnostic in unused_event(project)}
    for registry in {id(r): r for r in project.registries.values() if r is not None}.values():
        _Sync(project, registry, position, {event.place for event in registry.events.values()} & gone, result).run(read)
    return result


class _Sync:
    """The changes of one registry."""

    def __init__(
        self, project: Project, registry: Registry, position: Position, gone: Iterable[object], result: Synced
    ) -> None:
        self.project, self.registry, self.position = project, registry, position
        self.gone = frozenset(gone)
        self.result = result
        self.texts: dict[str, Text] = {}

    def run(self, read: Callable[[str], bytes]) -> None:
        if not self.registry.complete:
            self.result.refused.extend((problem.place.path, problem.message) for problem in self.registry.problems)
            return
        before = {path: read(path) for path in self.registry.paths}
        for path, data in before.items():
            try:
                self.texts[path] = Text(data)
            except CannotEdit as error:
                self.result.refused.append((path, str(error)))
        if len(self.texts) < len(before):
            return
        done = [*self.events(), *self.properties(), *self.sections(), *self.marks(), *self.property_marks()]
        after = {path: text.result() for path, text in self.texts.items()}
        changed = {path: data for path, data in after.items() if data != before[path]}
        if not changed:
            return
        if not _holds(load(before), load(after)):
            self.result.refused.extend(
                (path, "fslint cannot add to it safely; add by hand what follows") for path in changed
            )
            self.result.left.extend(done)
            return
        self.result.contents.update(changed)
        self.result.done.extend(done)

    def attempt(self, path: str, what: str, change: Callable[[Text], object]) -> Iterator[tuple[str, str]]:
        """Do it, or say that a person must."""
        try:
            change(self.texts[path])
        except CannotEdit as error:
            self.result.left.append((path, f"{what} ({error})"))
        else:
            yield path, what

    # ------------------------------------------------------------------------------------------------------ events

    def events(self) -> Iterator[tuple[str, str]]:
        """What the code sends and nobody has registered."""
        doubtful = doubtful_sides(self.project)
        calls = calls_by_event(self.project)
        registered = {fold(name): name for name in (*self.registry.aliases, *self.registry.events)}
        registered.pop("", None)  # names of nothing but symbols are not alike
        places = self.homes(calls)
        for name in sorted(calls, key=lambda name: (name.casefold(), name)):
            mine = [call for call in calls[name] if self.is_new(name, call)]
            if not mine or not name.strip():
                continue
            path = self.home(mine, places)
            twin = registered.get(fold(name))
            if not writable(name):
                self.result.left.append((path, f"{name!r} cannot be written as YAML"))
                continue
            if twin is not None:
                self.result.left.append(
                    (path, f"{name!r} looks like {twin!r}: rename it in the code, or make it an alias")
                )
                continue
            entry = event_entry(self.project, name, mine, self.position, doubtful)
            near = self.registry.nearest(name)
            if near is not None:
                entry = replace(entry, comments=(*entry.comments, f"close to {near!r}: a slip of the finger?"))
            yield from self.attempt(path, f"+ {name} ({_side(entry)})", partial(Text.add_event, event=entry))

    def is_new(self, name: str, call: TrackingCall) -> bool:
        """Whether this plan is where an event of a call belongs, and no plan of the call has it."""
        plans = registries(self.project, call)
        return bool(plans) and plans[0] is self.registry and all(plan.resolve(name) is None for plan in plans)

    def concerns(self, call: TrackingCall) -> bool:
        """Whether this plan is one of a call's apps."""
        return any(plan is self.registry for plan in registries(self.project, call))

    def homes(self, calls: Mapping[str, list[TrackingCall]]) -> dict[str, list[str]]:
        """For every file of the plan the source files whose events stand in it."""
        found: dict[str, list[str]] = {path: [] for path in self.registry.paths}
        for name, sending in calls.items():
            event = self.registry.resolve(name)
            if event is not None:
                found[event.place.path] += [call.site.place.path for call in sending]
        return found

    def home(self, calls: list[TrackingCall], places: Mapping[str, list[str]]) -> str:
        """The file of the plan that holds the events of the nearest source files, else the one with the most events."""
        mine = calls[0].site.place.path
        count = {path: sum(e.place.path == path for e in self.registry.events.values()) for path in places}
        return max(
            places,
            key=lambda path: (
                max((_shared(mine, other) for other in places[path]), default=0),
                count[path],
            ),
        )

    # -------------------------------------------------------------------------------------------------- properties

    def properties(self) -> Iterator[tuple[str, str]]:
        """What calls of registered events send and the registration does not list."""
        for event, calls in self.sent():
            if not event.additional_properties:
                yield from self.new_properties(event, calls)

    def sent(self) -> list[tuple[Event, list[TrackingCall]]]:
        """The registered events that are sent, with their calls."""
        found: dict[str, list[TrackingCall]] = {}
        for name, calls in calls_by_event(self.project).items():
            event = self.registry.resolve(name)
            if event is not None:
                found.setdefault(event.name, []).extend(c for c in calls if self.concerns(c))
        return [(self.registry.events[name], calls) for name, calls in found.items() if calls]

    def new_properties(self, event: Event, calls: list[TrackingCall]) -> Iterator[tuple[str, str]]:
        plan = Plan(self.registry.expected(event), event.name, event.place.path)
        new = self.missing(plan, calls)
        drafted = properties(self.project, calls, self.position, objects=event.name in OBJECT_LIST_EVENTS, only=new)
        for entry in drafted.entries:
            yield from self.attempt(
                event.place.path,
                f"+ {entry.name} of {event.name} ({entry.type})",
                partial(Text.add_property, owner=event.name, entry=entry),
            )
        self.doubts(event.place.path, event.name, all_doubts(drafted.entries, drafted.doubts), plan, calls)

    def missing(self, plan: Plan, calls: Iterable[TrackingCall]) -> Callable[[Prop], bool]:
        """Which outermost properties a plan does not list."""
        names = {
            prop.name
            for call in calls
            for prop in props_of(call)
            if prop.root and unlisted(plan, prop) and prop.name not in tables.NEVER_UNKNOWN
        }
        return lambda prop: prop.name in names

    def doubts(
        self, path: str, what: str, found: Iterable[tuple[str, str]], plan: Plan, calls: Iterable[TrackingCall]
    ) -> None:
        """What a person must add: properties of unknown type, and those of objects that are registered."""
        self.result.left.extend((path, f"{name} of {what}: {why}") for name, why in found)
        inner = {
            ".".join(prop.path) for call in calls for prop in props_of(call) if not prop.root and unlisted(plan, prop)
        }
        self.result.left.extend((path, f"{name} of {what}: not listed in its object") for name in sorted(inner))

    def sections(self) -> Iterator[tuple[str, str]]:
        """User and page properties that are sent and not listed, where the plan lists any."""
        for key, kinds in SECTIONS.items():
            known = getattr(self.registry, key)
            if not known:
                continue
            calls = [c for c in self.project.of_kind(*kinds) if self.concerns(c)]
            path = next(iter(known.values())).place.path
            plan = Plan(known, key, path)
            found = section(self.project, calls, self.position, self.missing(plan, calls))
            for entry in found.properties:
                yield from self.attempt(
                    path,
                    f"+ {entry.name} of {key} ({entry.type})",
                    partial(Text.add_property, owner=key, entry=entry, event=False),
                )
            self.doubts(path, key, all_doubts(found.properties, found.doubts), plan, calls)

    # ------------------------------------------------------------------------------------------------------- marks

    def marks(self) -> Iterator[tuple[str, str]]:
        """Events that nothing sends any more, and those that came back."""
        sent = {event.name for name in calls_by_event(self.project) if (event := self.registry.resolve(name))}
        for event in self.registry.events.values():
            path = event.place.path
            text = self.texts[path]
            if event.place in self.gone and not text.is_marked(event.name):
                yield from self.attempt(path, f"gone: {event.name}", partial(Text.mark_gone, name=event.name))
            elif event.name in sent and text.is_marked(event.name):
                yield from self.attempt(path, f"back: {event.name}", partial(Text.unmark, name=event.name))

    def property_marks(self) -> Iterator[tuple[str, str]]:
        """Properties that no call of their event sends any more, and those that came back.

        One that is required is FS104's. Where a name is not known, that call could send it.
        """
        known = _names_known(self.project)
        for event, calls in self.sent():
            path, text = event.place.path, self.texts[event.place.path]
            for name, found in event.properties.items():
                sent = [not is_absent(call, (name,)) for call in calls]
                marked, what = text.is_marked(event.name, name), f"{name} of {event.name}"
                if marked and any(sent):
                    change = partial(Text.unmark, name=event.name, prop=name)
                    yield from self.attempt(path, f"back: {what}", change)
                elif known and not marked and not found.required and not any(sent):
                    change = partial(Text.mark_gone, name=event.name, prop=name)
                    yield from self.attempt(path, f"gone: {what}", change)


def _names_known(project: Project) -> bool:
    """Whether the name of every event call is in view."""
    return all(
        call.name is not None and all(isinstance(option, Lit) for option in options(call.name))
        for call in project.of_kind("event")
    )


def _shared(one: str, other: str) -> int:
    """How many folders two paths share from the root on."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return next((number for number, (left, right) in enumerate(pairs) if left != right), 1_000)


def _side(entry: EventEntry) -> str:
    return {"both": "both sides"}.get(entry.side, entry.side) + ("" if entry.reviewed else ", not reviewed")


def _holds(before: Registry, after: Registry) -> bool:
    """Whether everything that was registered still is, as it was, and nothing is wrong that was not."""
    return (
        len(after.problems) <= len(before.problems)
        and before.aliases.items() <= after.aliases.items()
        and all(name in after.events and _same(event, after.events[name]) for name, event in before.events.items())
        and all(
            _listed(getattr(before, key)).items() <= _listed(getattr(after, key)).items()
            for key in ("common_properties", *SECTIONS)
        )
    )


def _same(before: Event, after: Event) -> bool:
    """The same registration but for places and further properties."""
    plain = [structs.replace(event, place=before.place, properties={}) for event in (before, after)]
    return plain[0] == plain[1] and _listed(before.properties).items() <= _listed(after.properties).items()


def _listed(properties: Mapping[str, Property] | None) -> dict[str, str]:
    """Properties without their places."""
    return {name: _shown(entry) for name, entry in (properties or {}).items()}


def _shown(entry: Property) -> str:
    limits = (entry.enum, entry.minimum, entry.maximum, entry.pattern and entry.pattern.source)
    inner = _listed(entry.properties)
    return repr((entry.type, entry.required, entry.nullable, *limits, entry.description, inner))
