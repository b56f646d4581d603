"""FS506 and FS512: events on the side that cannot tell them well."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..diagnostics import Diagnostic
from ..link.flow import words
from ..link.project import Project, Site
from ..registry import Event
from . import rule
from .fs1_events import MAX_RELATED, related_sites, sent_names

_SUBJECTS = words("payment purchase order refund subscription renewal invoice")
_OUTCOMES = words("completed processed succeeded paid renewed failed charged refunded cancelled canceled placed")
_INTERFACE = words("clicked viewed scrolled hovered opened focused swiped tapped")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def name_words(name: str) -> list[str]:
    """The words of a name in any case style, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


def is_critical_name(name: str) -> bool:
    """Whether the last two words say what became of money: ``Order Completed``, ``subscription_renewed``."""
    found = name_words(name)
    return len(found) >= 2 and found[-2] in _SUBJECTS and found[-1] in _OUTCOMES


def is_interface_name(name: str) -> bool:
    """Whether the last word is something a person does to the interface."""
    found = name_words(name)
    return bool(found) and found[-1] in _INTERFACE


def _events(project: Project, app: str) -> dict[str, list[Site]]:
    """The call sites of each known event of an app, aliases counted as what they stand for."""
    registry = project.registry(app)
    found: dict[str, list[Site]] = {}
    for site in project.sites("event"):
        if app not in site.apps:
            continue
        for name in dict.fromkeys(str(n.value) for n in sent_names(site)):
            sites = found.setdefault(registry.canonical(name) if registry is not None else name, [])
            if site not in sites:
                sites.append(site)
    return found


def _unresolved_on(project: Project, app: str, side: str) -> bool:
    """Whether calls of a side send names that are not known."""
    return any(
        not sent_names(site) for site in project.sites("event") if app in site.apps and site.side in (side, "either")
    )


@rule("FS506")
def client_only_critical_event(project: Project) -> Iterator[Diagnostic]:
    """An event that must not get lost is sent from the browser only."""
    for app in project.apps:
        registry = project.registry(app)
        sites_of = _events(project, app)
        has_server = any(
            call.side in ("server", "either") for call in project.calls if app in call.apps and call.kind != "other"
        )
        if _unresolved_on(project, app, "server"):
            continue
        for name, sites in sites_of.items():
            if any(site.side != "client" or any(call.api == "mobile" for call in site.calls) for site in sites):
                continue
            event: Event | None = registry.resolve(name) if registry is not None else None
            if event is not None and (event.critical is False or event.side == "client"):
                continue
            by_registry = event is not None and event.critical is True
            if not by_registry and not (has_server and is_critical_name(name)):
                continue
            first = sites[0]
            yield Diagnostic(
                "FS506",
                f"'{name}' is sent from the browser only, where an ad blocker or a closed tab loses it",
                first.place,
                help="send it from the server once it has happened, and keep an event of the intent in the browser",
                related=related_sites(sites[1 : MAX_RELATED + 1], "also sent from the browser here"),
                origins=(("event-side", app, name),),
                subject=name,
                function=project.function_name(first.frame),
                app=app,
            )


@rule("FS512")
def interface_event_on_server(project: Project) -> Iterator[Diagnostic]:
    """An event of the interface is sent from the server only."""
    for app in project.apps:
        registry = project.registry(app)
        if not any(call.side in ("client", "either") for call in project.calls if app in call.apps):
            continue
        for name, sites in _events(project, app).items():
            if not is_interface_name(name) or any(site.side != "server" for site in sites):
                continue
            event = registry.resolve(name) if registry is not None else None
            if event is not None and event.side == "server":
                continue
            first = sites[0]
            yield Diagnostic(
                "FS512",
                f"'{name}' names something that a person does in the browser, but only the server sends it: it lacks the "
                "page and the session it belongs to",
                first.place,
                help="send it from the browser, where FullStory knows the context",
                related=related_sites(sites[1 : MAX_RELATED + 1], "also sent from the server here"),
                origins=(("event-side", app, name),),
                subject=name,
                function=project.function_name(first.frame),
                app=app,
            )
