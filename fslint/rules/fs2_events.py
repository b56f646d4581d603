"""FS201 and FS202: the same event told twice, from both sides or under two spellings."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostic, Place, Related
from ..link.project import Project, Site
from ..registry import fold
from . import rule
from .fs1_events import MAX_RELATED, related_sites, sent_names


@rule("FS201")
def duplicate_event(project: Project) -> Iterator[Diagnostic]:
    """One event name is sent from the client and from the server of one app."""
    for app in project.apps:
        registry = project.registry(app)
        by_name: dict[str, list[Site]] = {}
        for site in project.sites("event"):
            if app not in site.apps or site.side not in ("client", "server"):
                continue
            for name in dict.fromkeys(str(n.value) for n in sent_names(site)):
                canonical = registry.canonical(name) if registry is not None else name
                known = by_name.setdefault(canonical, [])
                if not known or known[-1] is not site:
                    known.append(site)
        for name, sites in by_name.items():
            sides = {site.side for site in sites}
            if len(sides) < 2 or not name.strip():
                continue
            event = registry.resolve(name) if registry is not None else None
            if event is not None and event.side == "both" and event.reviewed:
                continue
            wrong = "client"
            if event is not None and event.side == "client":
                wrong = "server"
            first = next(site for site in sites if site.side == wrong)
            others = [site for site in sites if site is not first]
            related = tuple(Related(site.place, f"also sent from the {site.side} here") for site in others)
            if event is not None:
                related += (
                    Related(
                        event.place,
                        f"registered as `side: {event.side}`" + ("" if event.reviewed else ", not yet reviewed"),
                    ),
                )
            yield Diagnostic(
                "FS201",
                f"'{name}' is sent from the client and from the server, so every occurrence counts twice",
                first.place,
                help=(
                    f"send it from the {'server' if wrong == 'client' else 'client'} only and track the "
                    f"{'intent' if wrong == 'client' else 'outcome'} under a name of its own here, or register it as "
                    "`side: both` if both are meant"
                ),
                related=related,
                origins=(("event-side", app, name), ("call", first.frame.key)),
                subject=name,
                function=project.function_name(first.frame),
                app=app,
            )


@rule("FS202")
def near_duplicate_event(project: Project) -> Iterator[Diagnostic]:
    """Names that are the same after folding case, separators and camelCase."""
    for app in project.apps:
        registry = project.registry(app)
        groups: dict[str, dict[str, list[tuple[Site, Place]]]] = {}
        for site in project.sites("event"):
            if app not in site.apps:
                continue
            for name in sent_names(site):
                text = str(name.value)
                folded = fold(text)
                if folded:
                    groups.setdefault(folded, {}).setdefault(text, []).append((site, name.place))
        for spellings in groups.values():
            canonical = {registry.canonical(s) if registry is not None else s for s in spellings}
            if len(canonical) < 2:
                continue
            ranked = sorted(
                spellings.items(), key=lambda item: (-len({s.frame.key for s, _ in item[1]}), item[1][0][0].place)
            )
            usual, usual_sites = ranked[0]
            for spelling, sites in ranked[1:]:
                if registry is not None and registry.canonical(spelling) == registry.canonical(usual):
                    continue
                site, place = sites[0]
                yield Diagnostic(
                    "FS202",
                    f"'{spelling}' and '{usual}' look like one event, but FullStory counts them as two",
                    place,
                    help=f"write '{usual}' everywhere, or make one an alias of the other in the registry",
                    related=related_sites([s for s, _ in usual_sites][:MAX_RELATED], f"'{usual}' is sent here"),
                    origins=(("name", place),),
                    subject=spelling,
                    function=project.function_name(site.frame),
                    app=app,
                )
