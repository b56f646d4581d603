"""Tracking plans in JSON: Segment Protocols, RudderStack, Avo. All three hold a JSON Schema for every event.

Segment: the Config API and the export of the web app (``rules: {events: [{name, rules}], identify}``), and the Public API
(``rules: [{type: TRACK, key, jsonSchema}]``, https://docs.segmentapis.com). RudderStack: the Data Catalog API
(``events: [{name, eventType, identitySection, rules}]``). Avo: the export and the webhook
(``events: [{name, sources, rules}]``, https://www.avo.app/docs/reference/public-api/export-tracking-plan).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .entries import Draft, Imported, ImportingError, imported, side_of
from .schemas import fill

USER = "user properties"


def format_of(document: object) -> str:
    """``segment``, ``rudderstack``, ``avo``, or "" for something else."""
    plan = _plan(document)
    events = _events(plan)
    if isinstance(plan.get("rules"), (list, dict)) or any("jsonSchema" in event for event in events):
        return "segment"
    if any("eventType" in event and "identitySection" in event for event in events):
        return "rudderstack"
    if any(event.get("eventType") in ("track", "identify", "page", "screen", "group") for event in events):
        return "rudderstack"
    return "avo" if any("rules" in event for event in events) or ("metrics" in plan and "events" in plan) else ""


def _plan(document: object) -> Mapping[str, Any]:
    """The plan within an API's answer."""
    found = document
    for _ in range(4):
        if isinstance(found, list) and len(found) == 1:
            found = found[0]
        if not isinstance(found, Mapping):
            return {"events": found} if isinstance(found, list) else {}
        inner = next(
            (found[key] for key in ("data", "trackingPlan", "tracking_plan") if isinstance(found.get(key), dict)), None
        )
        plans = found.get("tracking_plans") or found.get("trackingPlans")
        if inner is None and isinstance(plans, list) and len(plans) == 1:
            inner = plans[0]
        if inner is None:
            return found
        found = inner
    return found if isinstance(found, Mapping) else {}


def _events(plan: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = plan.get("events")
    return [event for event in found if isinstance(event, Mapping)] if isinstance(found, list) else []


def _schema(value: object) -> Mapping[str, Any]:
    """A JSON Schema, which some exports hold as text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, Mapping) else {}


def _within(schema: Mapping[str, Any], *path: str) -> object:
    """The schema of a part of the message."""
    found: Any = schema
    for name in path:
        inner = found.get("properties") if isinstance(found, Mapping) else None
        found = inner.get(name) if isinstance(inner, Mapping) else None
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _checked(plan: Imported, title: str) -> Imported:
    if not plan.events and not plan.user_properties.properties:
        raise ImportingError(f"there is no event in it that an export of {title} would have")
    return plan


# ------------------------------------------------------------------------------------------------------------ segment


def segment(document: object) -> Imported:
    """A plan of Segment Protocols. Of several versions of an event the highest counts."""
    plan = _plan(document)
    user, left = Draft(USER), list[str]()
    versions: dict[str, tuple[float, Draft]] = {}
    for kind, name, version, schema in _segment_rules(plan):
        if kind == "IDENTIFY":
            fill(user, _within(schema, "traits"), schema)
        elif kind == "TRACK" and name:
            draft = Draft(name, _text(schema.get("description")))
            fill(draft, _within(schema, "properties"), schema)
            known = versions.get(name)
            if known is not None:
                left.append(f"{name}: of its versions the highest is taken")
            if known is None or version >= known[0]:
                versions[name] = (version, draft)
        elif kind == "COMMON":
            left.append("the rules for all events")
        else:
            left.append(f"the rule for {kind.lower()} calls: FullStory has no such call")
    drafts = [draft for _, draft in versions.values()]
    return _checked(imported(drafts, user, left), "Segment Protocols")


def _segment_rules(plan: Mapping[str, Any]) -> Iterator[tuple[str, str, float, Mapping[str, Any]]]:
    """Every rule: kind of call, event's name, version, schema."""
    rules = plan.get("rules")
    if isinstance(rules, Mapping):
        for event in _events(rules):
            schema = _schema(event.get("rules"))
            described = {
                "description": event.get("description") or schema.get("description"),
                **{k: v for k, v in schema.items() if k != "description"},
            }
            yield "TRACK", _text(event.get("name")), _number(event.get("version")), described
        for key, kind in (("identify", "IDENTIFY"), ("group", "GROUP"), ("global", "COMMON")):
            schema = _schema(rules.get(key))
            if schema.get("properties"):
                yield kind, "", 1, schema
        return
    listed = rules if isinstance(rules, list) else plan.get("events")
    for rule in listed if isinstance(listed, list) else ():
        if isinstance(rule, Mapping):
            schema = _schema(rule.get("jsonSchema") or rule.get("json_schema"))
            yield (
                _text(rule.get("type")).upper() or "TRACK",
                _text(rule.get("key")),
                _number(rule.get("version")),
                schema,
            )


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 1.0


# -------------------------------------------------------------------------------------------------------- rudderstack


def rudderstack(document: object) -> Imported:
    """A plan of RudderStack's Data Catalog."""
    user, left, drafts = Draft(USER), list[str](), list[Draft]()
    for event in _events(_plan(document)):
        kind = _text(event.get("eventType")).lower() or "track"
        schema = _schema(event.get("rules"))
        if kind == "identify":
            for path in (("traits",), ("context", "traits"), ("properties",)):
                fill(user, _within(schema, *path), schema)
        elif kind == "track":
            draft = Draft(_text(event.get("name")), _text(event.get("description")))
            fill(draft, _within(schema, "properties"), schema)
            drafts.append(draft)
        else:
            left.append(f"the rule for {kind} calls: FullStory has no such call")
        if event.get("variants"):
            left.append(f"{_text(event.get('name'))}: its variants (conditions on other properties)")
    return _checked(imported(drafts, user, left), "RudderStack")


# ---------------------------------------------------------------------------------------------------------------- avo


def avo(document: object) -> Imported:
    """A plan of Avo, in its JSON Schema form. An event's variants are taken into the event."""
    left, drafts = list[str](), list[Draft]()
    plan = _plan(document)
    for event in _events(plan):
        name, schema = _text(event.get("name")), _schema(event.get("rules"))
        sources = event.get("sources")
        listed = [source for source in sources if isinstance(source, Mapping)] if isinstance(sources, list) else []
        draft = Draft(
            name, _text(event.get("description")), _owner(event), side=side_of(_text(s.get("name")) for s in listed)
        )
        fill(draft, _within(schema, "properties"), schema)
        drafts.append(draft)
        if event.get("nameMapping") or schema.get("nameMapping"):
            left.append(f"{name}: its other names in single destinations")
    if plan.get("metrics"):
        left.append("the metrics")
    return _checked(imported(drafts, Draft(USER), left), "Avo")


def _owner(event: Mapping[str, Any]) -> str:
    domains = event.get("stakeholderDomains")
    for domain in domains if isinstance(domains, list) else ():
        if isinstance(domain, Mapping) and domain.get("isOwner") is True:
            return _text(domain.get("name"))
    return ""
