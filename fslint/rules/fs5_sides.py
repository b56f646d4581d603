"""FS506 and FS512: events that the other side should send."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostic
from ..link.project import Project, Site
from ..link.values import Lit, options
from . import rule
from .fs1_events import related_sites, sent_names
from .fs4_forms import words

# Business outcomes that revenue reports rest on (RULES.md, FS506; fullstory-api.md §6: server for what must not be lost).
_SUBJECTS = frozenset(["payment", "purchase", "order", "refund", "subscription", "renewal", "invoice"])
_OUTCOMES = frozenset(
    ["completed", "processed", "succeeded", "paid", "renewed", "failed", "charged", "refunded", "cancelled", "placed"]
)
# What only the browser knows (RULES.md, FS512).
_INTERFACE = frozenset(["clicked", "viewed", "scrolled", "hovered", "opened", "focused", "swiped", "tapped"])


def is_critical_name(name: str) -> bool:
    """The last two words are a business object and what became of it."""
    last = words(name)[-2:]
    return len(last) == 2 and last[0] in _SUBJECTS and last[1] in _OUTCOMES


def _by_event(project: Project, app: str) -> dict[str, list[Site]]:
    registry = project.registry(app)
    found: dict[str, list[Site]] = {}
    for site in project.sites("event"):
        if app in site.apps:
            for name in dict.fromkeys(str(n.value) for n in sent_names(site)):
                canonical = registry.canonical(name) if registry is not None else name
                sites = found.setdefault(canonical, [])
                if not sites or sites[-1] is not site:
                    sites.append(site)
    return found


def _has_unknown_server_names(project: Project, app: str) -> bool:
    return any(
        app in site.apps
        and site.side in ("server", "either")
        and any(not isinstance(o, Lit) for call in site.calls for o in (options(call.name) or (None,)))
        for site in project.sites("event")
    )


@rule("FS506")
def client_only_critical_event(project: Project) -> Iterator[Diagnostic]:
    """A critical event that only the client sends."""
    for app in project.apps:
        if _has_unknown_server_names(project, app):
            continue
        registry = project.registry(app)
        has_server = any(app in c.apps and c.side in ("server", "either") for c in project.calls)
        for name, sites in _by_event(project, app).items():
            if any(site.side != "client" for site in sites) or all(site.first.api == "mobile" for site in sites):
                continue
            event = registry.resolve(name) if registry is not None else None
            if event is not None and (event.critical is False or (event.side == "client" and event.reviewed)):
                continue
            registered = event is not None and event.critical is True
            if not registered and not (has_server and is_critical_name(name)):
                continue
            first = next(site for site in sites if site.first.api != "mobile")
            why = "the registry calls it critical" if registered else "by its name revenue depends on it"
            yield Diagnostic(
                "FS506",
                f"'{name}' is sent from the browser only, where an ad blocker swallows it, and {why}",
                first.place,
                help="send it from the server, once the outcome is certain, and keep the intent ('… Clicked') in the browser",
                related=related_sites(sites, "also sent from the browser here", first.place),
                origins=(("event-side", app, name), ("call", first.frame.key)),
                subject=name,
                function=project.function_name(first.frame),
                app=app,
            )


@rule("FS512")
def interface_event_on_server(project: Project) -> Iterator[Diagnostic]:
    """An event of the interface that only the server sends."""
    for app in project.apps:
        if not project.has_client(app):
            continue
        registry = project.registry(app)
        for name, sites in _by_event(project, app).items():
            if words(name)[-1:] == [] or words(name)[-1] not in _INTERFACE:
                continue
            if any(site.side != "server" for site in sites):
                continue
            event = registry.resolve(name) if registry is not None else None
            if event is not None and event.side == "server" and event.reviewed:
                continue
            first = sites[0]
            yield Diagnostic(
                "FS512",
                f"'{name}' is an event of the interface, but the server sends it: the browser knows page, element and session",
                first.place,
                help=f"send it where it happens: FS('trackEvent', {{ name: '{name}', properties: {{ … }} }})",
                related=related_sites(sites, "also sent from the server here", first.place),
                origins=(("event-side", app, name), ("call", first.frame.key)),
                subject=name,
                function=project.function_name(first.frame),
                app=app,
            )
