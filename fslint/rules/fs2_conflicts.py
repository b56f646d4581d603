"""FS203: one property of one event is sent with different types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..diagnostics import Diagnostic, Place, Related
from ..link.project import Project, Site
from ..link.types import ARRAYS, SINGULAR, join, type_of
from ..link.values import options, texts
from ..registry import Registry, strip_suffix
from . import rule
from . import tables_properties as tables
from .properties import MAX_RELATED, Prop, properties, registered

_CLASSES = {"int": "number", "real": "number", "num": "number", "str": "text", "isodate": "text", "date": "text"}
"""Types that are no conflict with each other."""


@dataclass(slots=True)
class _Variant:
    """The calls that give a property one type, in order of their sites, with a property of the first."""

    kind: str
    sites: list[Site] = field(default_factory=list)
    props: list[Prop] = field(default_factory=list)


@rule("FS203")
def conflicting_properties(project: Project) -> Iterator[Diagnostic]:
    """Per app, event and property: every type but the most frequent, at the key in its first call."""
    reported: set[tuple[Place, str]] = set()
    for app in project.apps:
        for (event, path), variants in _variants(project, app).items():
            if len(variants) < 2:
                continue
            usual = max(variants, key=lambda v: len(v.sites))
            for variant in variants:
                place = variant.props[0].place
                if variant is usual or (place, event) in reported:
                    continue
                reported.add((place, event))
                yield _diagnostic(project, app, event, path, variant, usual)


def _variants(project: Project, app: str) -> dict[tuple[str, str], list[_Variant]]:
    registry = project.registry(app)
    found: dict[tuple[str, str], dict[str, _Variant]] = {}
    for site in project.sites("event"):
        if app not in site.apps:
            continue
        given = list(_given(project, site, registry))
        classes: dict[tuple[str, str], set[str]] = {}
        for event, path, kind, _ in given:
            classes.setdefault((event, path), set()).add(_class(kind))
        for event, path, kind, prop in given:
            if len(classes[event, path]) > 1:
                continue  # one call gives both, as two properties or to two callers: it takes no side
            group = found.setdefault((event, path), {})
            variant = group.setdefault(_class(kind), _Variant(kind))
            if site not in variant.sites[-1:]:
                variant.sites.append(site)
            variant.props.append(prop)
    return {key: list(group.values()) for key, group in found.items()}


def _given(project: Project, site: Site, registry: Registry | None) -> Iterator[tuple[str, str, str, Prop]]:
    """Event, property without suffix, type and property, for every known type that a call site gives."""
    for call in site.calls:
        for name in dict.fromkeys(str(text.value) for text in texts(call.name)):
            event = registry.resolve(name) if registry is not None else None
            for prop in properties(call):
                if event is not None and registry is not None:
                    known = registered(registry.expected(event), prop.path)
                    if known is not None and known.type:
                        continue
                kind = _type(project, prop)
                if kind is not None:
                    path = ".".join((*prop.path[:-1], strip_suffix(prop.name)[0]))
                    yield (event.name if event is not None else name), path, kind, prop


def _type(project: Project, prop: Prop) -> str | None:
    """The type that a property is sent with: its suffix says so, else its value."""
    suffix = "" if prop.call.v2 else strip_suffix(prop.name)[1]
    kind = suffix or join(type_of(option, project.evaluator) for option in options(prop.value))
    return None if kind in (None, "null", "function", "array") else kind


def _class(kind: str) -> str:
    if kind in ARRAYS:
        single = SINGULAR.get(kind, kind)
        return "array of " + _CLASSES.get(single, single)
    return _CLASSES.get(kind, kind)


def _diagnostic(project: Project, app: str, event: str, path: str, variant: _Variant, usual: _Variant) -> Diagnostic:
    prop = variant.props[0]
    mine, theirs = tables.TYPE_WORDS[variant.kind], tables.TYPE_WORDS[usual.kind]
    others = [(p, theirs) for p in usual.props[:1]] + [(p, mine) for p in variant.props[1:]]
    others += [(p, theirs) for p in usual.props[1:]]
    related = {other.place: words for other, words in reversed(others) if other.place != prop.place}
    return Diagnostic(
        "FS203",
        f"'{path}' of '{event}' is {mine} here and {theirs} in another call: one property cannot be searched as both",
        prop.place,
        help=f"send {theirs} here as well, or give one of the two another name",
        related=tuple(
            Related(place, f"'{path}' is {words} here")
            for place, words in list(reversed(related.items()))[:MAX_RELATED]
        ),
        origins=(("property-conflict", app, event, path, prop.place),),
        subject=event,
        function=project.function_name(variant.sites[0].frame),
        app=app or None,
    )
