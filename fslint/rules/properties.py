"""What the property rules share: the properties of a call with what they are nested in, and one finding a place.

A property's origin is its key as it stands in the object; a rule about the name alone reports at the literal that the
key is (RULES.md, Place: a computed key).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import cast
from weakref import WeakKeyDictionary

from .. import facts as f
from ..diagnostics import Diagnostic, Edit, Fix, Place, Related
from ..link.project import Project, TrackingCall
from ..link.types import type_of
from ..link.values import Arr, Ent, Obj, Val, options, texts
from ..registry import Event, Property, Registry, match_property, strip_suffix

MAX_RELATED = 5
MAX_NESTING = 12

KINDS = ("event", "identify", "user-properties", "page-properties")


@dataclass(frozen=True, slots=True)
class Prop:
    """One property of one tracking call. ``parents``: the entries whose object it stands in, outermost first;
    ``owner``: the object that holds it; ``in_array``: it stands in an object of an array."""

    call: TrackingCall
    entry: Ent
    parents: tuple[Ent, ...]
    owner: Obj
    in_array: bool = False

    @property
    def name(self) -> str:
        return self.entry.name

    @property
    def value(self) -> Val:
        return self.entry.value

    @property
    def place(self) -> Place:
        return self.entry.key_place

    @property
    def root(self) -> bool:
        return not self.parents

    @property
    def leaf(self) -> bool:
        """It holds no object that is in view."""
        return not any(isinstance(option, Obj) for option in options(self.value))

    @property
    def path(self) -> tuple[str, ...]:
        return (*(parent.name for parent in self.parents), self.name)

    @property
    def user(self) -> bool:
        return self.call.kind in ("identify", "user-properties")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a property. ``place``: None for its key as it stands in the object."""

    message: str
    help: str = ""
    place: Place | None = None
    fix: Fix | None = None
    related: tuple[Related, ...] = ()


def properties(call: TrackingCall, into_arrays: bool = False) -> Iterator[Prop]:
    """Every property that a call is known to send, nested ones after the one that holds them."""
    if call.kind not in KINDS:
        return
    for value in options(call.properties):
        if isinstance(value, Obj):
            yield from _nested(call, value, (), into_arrays, False)


def _nested(
    call: TrackingCall, owner: Obj, parents: tuple[Ent, ...], into_arrays: bool, in_array: bool
) -> Iterator[Prop]:
    if len(parents) > MAX_NESTING:
        return
    for entry in owner.entries:
        yield Prop(call, entry, parents, owner, in_array)
        for value in options(entry.value):
            if isinstance(value, Obj):
                yield from _nested(call, value, (*parents, entry), into_arrays, in_array)
            elif into_arrays and isinstance(value, Arr):
                for item in value.items[:50]:
                    for option in options(item):
                        if isinstance(option, Obj):
                            yield from _nested(call, option, (*parents, entry), into_arrays, True)


def all_properties(project: Project, *kinds: str, into_arrays: bool = False) -> Iterator[Prop]:
    """The properties of every call of these kinds."""
    known = _FOUND.setdefault(project, {})
    for call in project.of_kind(*(kinds or KINDS)):
        found = known.get((call, into_arrays))
        if found is None:
            found = known[call, into_arrays] = tuple(properties(call, into_arrays))
        yield from found


_FOUND: WeakKeyDictionary[Project, dict[tuple[TrackingCall, bool], tuple[Prop, ...]]] = WeakKeyDictionary()


def has_suffix(name: str) -> bool:
    """Whether a name ends in one of the ten type suffixes."""
    return bool(strip_suffix(name)[1])


def inside(place: Place, outer: Place) -> bool:
    """Whether a place lies within another."""
    return place.path == outer.path and outer.start <= place.start and place.end <= outer.end


def value_related(prop: Prop, value: Val, message: str = "the value") -> tuple[Related, ...]:
    """Where a value comes from, if that is not beside its key."""
    near = value.place.path == prop.place.path and (
        inside(value.place, prop.entry.at) or inside(value.place, prop.owner.place)
    )
    return () if near else (Related(value.place, message),)


def check(
    project: Project, code: str, found: Iterable[Prop], judge: Callable[[Prop], Problem | None]
) -> Iterator[Diagnostic]:
    """A rule on single properties: one finding a place, with the calls that it reaches."""
    groups: dict[Place, list[tuple[Prop, Problem]]] = {}
    for prop in found:
        problem = judge(prop)
        if problem is not None:
            groups.setdefault(problem.place or prop.place, []).append((prop, problem))
    for place in sorted(groups):
        yield report(project, code, place, groups[place])


def report(project: Project, code: str, place: Place, items: list[tuple[Prop, Problem]]) -> Diagnostic:
    """One finding for everything found at one place. The property that stands for it is one that no rule about its
    value reports too, where there is one."""
    prop, problem = min(items, key=lambda item: type_of(item[0].value) in ("null", "function"))
    fix = problem.fix if all(other.fix == problem.fix for _, other in items) else None
    sites = dict.fromkeys(p.call.site.place for p, _ in items if not inside(place, p.call.site.place))
    related = (*problem.related, *(Related(site, "sent here") for site in sites))
    return Diagnostic(
        code,
        problem.message,
        place,
        help=problem.help,
        related=tuple(dict.fromkeys(related))[:MAX_RELATED],
        fix=fix,
        origins=(("property", prop.place),),
        subject=prop.name,
        function=project.function_name(prop.call.site),
    )


# ------------------------------------------------------------------------------------------------------------ registry


def registries(project: Project, call: TrackingCall) -> list[Registry]:
    """The registries of the apps that a call belongs to."""
    return [r for r in {id(r): r for r in map(project.registry, call.apps)}.values() if r is not None]


def registered_events(project: Project, call: TrackingCall) -> list[tuple[Registry, Event]]:
    """What the registry says of every name that an event call may send."""
    found: dict[tuple[int, str], tuple[Registry, Event]] = {}
    if call.kind == "event":
        for registry in registries(project, call):
            for name in texts(call.name):
                event = registry.resolve(str(name.value))
                if event is not None:
                    found[id(registry), event.name] = (registry, event)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Plan:
    """What one registration lets a call send. ``what``: whom it is about, for messages; ``open``: anything else too."""

    properties: dict[str, Property]
    what: str
    path: str
    place: Place | None = None
    open: bool = False


def plans(project: Project, call: TrackingCall) -> list[Plan]:
    """The registrations that a call must fit: of its events, of user or page properties."""
    known = cast("dict[int, list[Plan]]", project.__dict__.setdefault("_plans", {}))
    if id(call) not in known:
        known[id(call)] = _plans(project, call)
    return known[id(call)]


def _plans(project: Project, call: TrackingCall) -> list[Plan]:
    found: list[Plan] = []
    for registry, event in registered_events(project, call):
        path = event.place.path
        found.append(Plan(registry.expected(event), f"'{event.name}'", path, event.place, event.additional_properties))
    for registry in registries(project, call):
        section, what = {
            "identify": (registry.user_properties, "user properties"),
            "user-properties": (registry.user_properties, "user properties"),
            "page-properties": (registry.page_properties, "page properties"),
        }.get(call.kind, (None, ""))
        if section:
            found.append(Plan(section, what, registry.paths[0] if registry.paths else "the registry"))
    return found


def registered(properties: dict[str, Property], path: tuple[str, ...]) -> Property | None:
    """The registration of a property, nested ones by the objects that hold them."""
    found: Property | None = None
    for name in path:
        found = match_property(properties, name)
        if found is None:
            return None
        properties = found.properties
    return found


# --------------------------------------------------------------------------------------------------------------- fixes


def rename(project: Project, prop: Prop, new: str) -> Fix | None:
    """Give a property another key, where the key stands in the object itself as plain text."""
    if prop.entry.key_origin != prop.entry.key_place:
        return None
    old, place = prop.name, prop.place
    width = place.end - place.start
    entry = _entry_at(project, place)
    if entry is not None and entry.shorthand:
        edit = Edit(place, f"{new}: {old}")
    elif width == len(old.encode()):
        edit = Edit(place, new)
    elif width == len(old.encode()) + 2:
        edit = Edit(Place(place.path, place.start + 1, place.end - 1), new)
    else:
        return None
    return Fix("unsafe", f"rename to '{new}'", (edit,))


def _entry_at(project: Project, place: Place) -> f.Entry | None:
    module = project.modules.get(place.path) or project.all_modules.get(place.path)
    if module is None:
        return None
    index = module.__dict__.get("_entries_by_key")
    if index is None:
        index = {node.key.start: node for node in module.nodes if isinstance(node, f.Entry) and node.key is not None}
        module.__dict__["_entries_by_key"] = index
    found = index.get(place.start)
    return found if isinstance(found, f.Entry) else None


# --------------------------------------------------------------------------------------------------------------- names

_WORDS = re.compile(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+|[^\W\d_]+")


def words(name: str) -> tuple[str, ...]:
    """The words of a name in snake, kebab or camel case, in lower case: ``cardNumber`` is card, number."""
    return tuple(word.lower() for word in _WORDS.findall(name))


__all__ = [
    "KINDS",
    "MAX_RELATED",
    "Plan",
    "Problem",
    "Prop",
    "all_properties",
    "check",
    "has_suffix",
    "inside",
    "plans",
    "properties",
    "registered",
    "registered_events",
    "registries",
    "rename",
    "report",
    "value_related",
    "words",
]
