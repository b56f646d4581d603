"""FS101–FS103 and FS108: event names against the registry."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostic, Edit, Fix, Place, Related
from ..link.project import Project, Site
from ..link.values import Lit, Tmpl, options, texts
from ..registry import Event, Registry
from . import rule

MAX_RELATED = 5


def sent_names(site: Site) -> list[Lit]:
    """The known names that a call site sends, each once per origin."""
    found: dict[tuple[Place, object], Lit] = {}
    for call in site.calls:
        for name in texts(call.name):
            found.setdefault((name.place, name.value), name)
    return list(found.values())


def registry_of(project: Project, site: Site) -> Registry | None:
    """The registry of the first app that a call site belongs to."""
    return next((r for r in (project.registry(app) for app in site.apps) if r is not None), None)


def related_sites(sites: list[Site], message: str, but: Place | None = None) -> tuple[Related, ...]:
    """Call sites as related places, few of them."""
    places = dict.fromkeys(site.place for site in sites if site.place != but)
    return tuple(Related(place, message) for place in list(places)[:MAX_RELATED])


def _names(project: Project) -> dict[tuple[Place, str], tuple[Lit, list[Site]]]:
    """Every name literal with the call sites that it reaches."""
    found: dict[tuple[Place, str], tuple[Lit, list[Site]]] = {}
    for site in project.sites("event"):
        for name in sent_names(site):
            key = (name.place, str(name.value))
            found.setdefault(key, (name, []))[1].append(site)
    return found


def _within(place: Place, sites: list[Site]) -> bool:
    return any(s.place.path == place.path and s.place.start <= place.start < s.place.end for s in sites)


@rule("FS101")
def unregistered_event(project: Project) -> Iterator[Diagnostic]:
    """A known name that is neither registered nor an alias."""
    for (place, name), (literal, sites) in _names(project).items():
        registry = registry_of(project, sites[0])
        if (
            registry is None
            or not name.strip()  # FS703's
            or not registry.complete
            or any((r := registry_of(project, s)) is not None and r.resolve(name) is not None for s in sites)
        ):
            continue
        nearest = registry.nearest(name)
        fix = None
        if nearest is not None and _is_quoted(literal, name):
            fix = Fix(
                "unsafe", f"rename to '{nearest}'", (Edit(Place(place.path, place.start + 1, place.end - 1), nearest),)
            )
        yield Diagnostic(
            "FS101",
            f"'{name}' is not in the registry, so nobody knows what this event means"
            + (f"; did you mean '{nearest}'?" if nearest else ""),
            place,
            help=f"write '{nearest}'"
            if nearest
            else f"register '{name}' in {registry.paths[0]}, or send a registered event",
            related=related_sites(sites, "sent here", place) if not _within(place, sites) else (),
            fix=fix,
            origins=(("name", place),),
            subject=name,
            function=project.function_name(sites[0].frame),
        )


def _is_quoted(literal: Lit, name: str) -> bool:
    return literal.place.end - literal.place.start == len(name.encode()) + 2


@rule("FS102")
def unused_event(project: Project) -> Iterator[Diagnostic]:
    """A registered event that no call sends."""
    for registry, apps in _registries(project):
        sites = [s for s in project.sites("event") if set(s.apps) & apps]
        sides = {side for s in project.sites() if set(s.apps) & apps for side in _sides(s.side)}
        sent: set[str] = set()
        patterns: list[Tmpl] = []
        open_sides: set[str] = set()
        for site in sites:
            for call in site.calls:
                known = False
                for option in options(call.name):
                    if isinstance(option, Lit) and isinstance(option.value, str):
                        sent.add(registry.canonical(option.value))
                        known = True
                    elif isinstance(option, Tmpl) and (option.prefix.strip() or option.suffix.strip()):
                        patterns.append(option)
                        known = True
                if not known:
                    open_sides |= set(_sides(site.side))
        unused = 0
        for event in registry.events.values():
            if event.name in sent or event.status == "planned" or not event.side:
                continue
            wanted = set(_sides(event.side))
            if not wanted <= sides:
                continue
            spellings = (event.name, *event.aliases)
            if any(_could_be(pattern, spelling) for pattern in patterns for spelling in spellings):
                continue
            if wanted & open_sides:
                unused += 1
                continue
            yield Diagnostic(
                "FS102",
                f"'{event.name}' is registered, but nothing sends it, so its reports stay empty",
                event.place,
                help="remove it from the registry, send it, or say `status: planned`",
                subject=event.name,
                app=sorted(apps)[0],
            )
        if unused:
            project.notes.append(
                f"{unused} registered event(s) may be unused: calls with names that are not known could send them "
                "(`fslint events --unresolved` lists those)"
            )


def _sides(side: str) -> tuple[str, ...]:
    return ("client", "server") if side in ("both", "either") else (side,)


def _could_be(pattern: Tmpl, name: str) -> bool:
    return name.startswith(pattern.prefix) and name.endswith(pattern.suffix)


def _registries(project: Project) -> list[tuple[Registry, set[str]]]:
    found: dict[int, tuple[Registry, set[str]]] = {}
    for app in project.apps:
        registry = project.registry(app)
        if registry is not None:
            found.setdefault(id(registry), (registry, set()))[1].add(app)
    default = project.registries.get("")
    if default is not None and id(default) in found:
        found[id(default)][1].add("")
    return list(found.values())


@rule("FS103")
def wrong_side(project: Project) -> Iterator[Diagnostic]:
    """Sent from a side that the registration does not allow, and not from the allowed one."""
    for app in project.apps:
        registry = project.registry(app)
        if registry is None:
            continue
        by_event: dict[str, tuple[Event, list[Site]]] = {}
        for site in project.sites("event"):
            if app not in site.apps:
                continue
            for name in dict.fromkeys(str(n.value) for n in sent_names(site)):
                event = registry.resolve(name)
                if event is not None and event.side in ("client", "server"):
                    entry = by_event.setdefault(event.name, (event, []))
                    if not entry[1] or entry[1][-1] is not site:
                        entry[1].append(site)
        for event, sites in by_event.values():
            if any(event.side in _sides(site.side) for site in sites):
                continue
            for site in sites:
                other = "server" if event.side == "client" else "client"
                yield Diagnostic(
                    "FS103",
                    f"'{event.name}' is sent from the {site.side}, but the registry says that the {event.side} sends it: whoever counts on that side misses this",
                    site.place,
                    help=f"send it from the {event.side}, or change its `side` in the registry to {other} if that is meant",
                    related=(Related(event.place, f"registered here as `side: {event.side}`"),),
                    origins=(("event-side", app, event.name), ("call", site.frame.key)),
                    subject=event.name,
                    function=project.function_name(site.frame),
                    app=app,
                )


@rule("FS108")
def deprecated_event(project: Project) -> Iterator[Diagnostic]:
    """The registration says ``status: deprecated``."""
    for (place, name), (literal, sites) in _names(project).items():
        registry = registry_of(project, sites[0])
        event = registry.resolve(name) if registry is not None else None
        if event is None or event.status != "deprecated":
            continue
        successor = event.replaced_by
        fix = None
        if successor and _is_quoted(literal, name):
            fix = Fix(
                "unsafe", f"send '{successor}'", (Edit(Place(place.path, place.start + 1, place.end - 1), successor),)
            )
        yield Diagnostic(
            "FS108",
            f"'{name}' is deprecated"
            + (f" and replaced by '{successor}'" if successor else "")
            + ", so reports no longer count on it",
            place,
            help=f"send '{successor}' instead"
            if successor
            else "stop sending it, or make it active again in the registry",
            related=(
                Related(event.place, "deprecated here"),
                *(related_sites(sites, "sent here", place) if not _within(place, sites) else ()),
            ),
            fix=fix,
            origins=(("deprecated", place),),
            subject=name,
            function=project.function_name(sites[0].frame),
        )
