"""Where a linked project names its events, properties and user IDs.

In: the project, the registries. Out: ``Use`` and ``Mention`` lists, plain data. Runs in the thread of the analysis.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator
from dataclasses import replace
from itertools import chain

from ..calls import Arg
from ..diagnostics import Place
from ..drafting import calls_by_event, event_entry
from ..facts import Call, Literal, Object
from ..inventory import KINDS
from ..link.project import Project, Site
from ..link.types import type_of
from ..link.values import Lit, Obj, Tmpl, Val, describe, options, texts
from ..registry import SUFFIX_TYPES, Property, Registry
from ..registry_text import Doubt, EventEntry, writable
from .snapshot import Mention, Sent, Use

_TYPES = {"isodate": "str", "num": "real", "nums": "reals"}
_LONGEST_CALLEE = 200


def uses(project: Project, read: Callable[[str], bytes], only: Container[str] | None = None) -> tuple[Use, ...]:
    """Every call site of this repository, in order of path and place. ``read``: a file's text. ``only``: in files."""
    return tuple(_use(project, site, read) for site in _sites(project, only))


def _sites(project: Project, only: Container[str] | None) -> Iterator[Site]:
    for site in project.sites():
        if site.kind in KINDS and not site.frame.module.linked and (only is None or site.frame.module.path in only):
            yield site


def _use(project: Project, site: Site, read: Callable[[str], bytes]) -> Use:
    names: dict[str, None] = {}
    argument = None
    for call in site.calls:
        for option in options(call.name):
            if isinstance(option, Lit) and isinstance(option.value, str):
                names.setdefault(option.value)
            if argument is None:
                argument = _here(option, site.place)
    objects = [option for call in site.calls for option in options(call.properties)]
    sent = tuple(_sent(project, objects))
    fact = site.frame.fact
    end = fact.arguments_start if fact.start < fact.arguments_start <= fact.start + _LONGEST_CALLEE else fact.start
    return Use(
        place=site.place,
        kind=site.kind,
        side=site.side,
        api=site.first.api,
        app=site.apps[0] if site.apps else "",
        names=tuple(names),
        argument=argument,
        function=project.function_name(site.frame),
        callee=read(site.place.path)[fact.start : end].decode("utf-8", "replace").strip(),
        v1=site.first.v1,
        properties=sent,
        name_at=_way(fact, argument) if argument is not None else (),
        properties_at=_properties_at(fact, site.place, sent, objects),
        open=any(not isinstance(option, Obj) or option.open for option in objects),
    )


def _here(value: Val, site: Place) -> Place | None:
    """The expression of a value as it stands in a call."""
    for place in (value.at, value.place):
        if place is not None and place.path == site.path and site.start <= place.start and place.end <= site.end:
            return place
    return None


def _way(call: Call, place: Place) -> Arg:
    """The way from a call to an expression in it: which argument, which keys; () if it is in none."""
    for number, argument in enumerate(call.args):
        if argument.start <= place.start and place.end <= argument.end:
            first = argument.name or number
            return (first, *_keys(argument.value, place))
    return ()


def _keys(value: object, place: Place) -> tuple[str, ...]:
    for entry in value.entries if isinstance(value, Object) else ():
        inside = entry.value.start <= place.start and place.end <= entry.value.end
        if inside and isinstance(entry.key, Literal):
            return (str(entry.key.value), *_keys(entry.value, place))
    return ()


def _properties_at(call: Call, site: Place, sent: Iterable[Sent], values: Iterable[Val]) -> Arg:
    """Where a call has its properties: the argument whose object holds their keys, or that is their value."""
    for prop in sent:
        if prop.key.path != site.path:
            continue
        for argument in call.args:
            if argument.name == prop.name and argument.start <= prop.key.start < argument.end:
                return ("**",)
        way = _way(call, prop.key)
        if way:
            return way
    for value in values:
        here = _here(value, site)
        if here is not None and here != site:
            return _way(call, here)
    return ()


def _sent(project: Project, objects: Iterable[Val]) -> Iterator[Sent]:
    seen = set()
    for option in objects:
        for entry in option.entries if isinstance(option, Obj) else ():
            if entry.name not in seen:
                seen.add(entry.name)
                kind = type_of(entry.value, project.evaluator) or ""
                kind = _TYPES.get(kind, kind)
                known = kind in SUFFIX_TYPES or kind in ("object", "objects")
                yield Sent(entry.name, entry.key_place, kind if known else "")


def mentions(project: Project, only: Container[str] | None = None) -> dict[str, tuple[Mention, ...]]:
    """The places that name something, by path, in order. ``only``: what call sites in these files name, and no registry."""
    found: dict[str, dict[Mention, None]] = {}
    registries = {id(r): r for r in project.registries.values() if r is not None and only is None}.values()
    for path, mention in chain(_of_calls(project, only), *(_of_registry(registry) for registry in registries)):
        found.setdefault(path, {}).setdefault(mention)
    return {path: tuple(sorted(here, key=lambda m: (m.start, m.end))) for path, here in found.items()}


def _of_calls(project: Project, only: Container[str] | None) -> Iterator[tuple[str, Mention]]:
    for site in _sites(project, only):
        app = site.apps[0] if site.apps else ""
        for call in site.calls:
            sent = [str(name.value) for name in texts(call.name)]
            for name in texts(call.name):
                yield from _named(name, "event", str(name.value), site.place, "", app)
            event = sent[0] if sent else ""
            for option in options(call.properties):
                for entry in option.entries if isinstance(option, Obj) else ():
                    yield from _at(entry.key_origin, "property", entry.name, "literal", event, app)
                    if entry.key_place != entry.key_origin:
                        yield from _at(entry.key_place, "property", entry.name, "argument", event, app)
            if call.user_id is not None:
                text = (
                    "".join(p if isinstance(p, str) else "{}" for p in call.user_id.parts)
                    if isinstance(call.user_id, Tmpl)
                    else describe(call.user_id)
                )
                place = call.user_id_place or call.user_id.at or call.user_id.place
                yield from _at(place, "user-id", text, "argument", event, app)


def _named(value: Val, what: str, name: str, site: Place, event: str, app: str) -> Iterator[tuple[str, Mention]]:
    yield from _at(value.place, what, name, "literal", event, app)
    here = _here(value, site)
    if here is not None and here != value.place:
        yield from _at(here, what, name, "argument", event, app)


def _at(place: Place, what: str, name: str, role: str, event: str, app: str) -> Iterator[tuple[str, Mention]]:
    if place.end > place.start:
        yield place.path, Mention(place.start, place.end, what, name, role, event, app)


def _of_registry(registry: Registry) -> Iterator[tuple[str, Mention]]:
    for event in registry.events.values():
        yield from _at(event.place, "event", event.name, "registry", "", "")
        yield from _of_properties(event.properties.values(), event.name)
    for section in (registry.common_properties, registry.user_properties, registry.page_properties):
        yield from _of_properties((section or {}).values(), "")


def _of_properties(properties: Iterable[Property], event: str) -> Iterator[tuple[str, Mention]]:
    for found in properties:
        yield from _at(found.place, "property", found.name, "registry", event, "")
        yield from _of_properties(found.properties.values(), event)


def drafts(project: Project, names: Collection[str]) -> dict[str, EventEntry]:
    """How the registry would have events, as their calls send them."""
    if not names:
        return {}
    calls = calls_by_event(project)
    entries = {
        name: event_entry(project, name, calls[name], lambda place: (place.path, 1, 1))
        for name in names
        if name in calls and writable(name)
    }
    return {name: replace(entry, comments=(), doubts=tuple(_without_places(entry))) for name, entry in entries.items()}


def _without_places(entry: EventEntry) -> Iterator[Doubt]:
    """What could not be registered, without the places that a plan for people would list."""
    for doubt in entry.doubts:
        yield replace(doubt, why=doubt.why.rpartition(": ")[0])
