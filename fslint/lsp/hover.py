"""What is known of the event, property or user ID under the cursor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from lsprotocol import types

from ..diagnostics import Place
from ..registry import Event, Property, Registry, match_property, strip_suffix
from ..source import mask
from .snapshot import Mention, Use
from .view import View

MAX_CALLS = 8


def hover(view: View, position: types.Position) -> types.Hover | None:
    """The hover at a position."""
    mention = view.mention(position)
    if mention is None:
        return None
    lines = {"event": _event, "property": _property, "user-id": _user_id}[mention.what](view, mention)
    text = mask("\n".join(lines))
    span = view.range(Place(view.path, mention.start, mention.end))
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), span)


def _event(view: View, mention: Mention) -> Iterator[str]:
    registry = view.snapshot.registry(mention.app)
    name = view.snapshot.canonical(mention.name, mention.app)
    event = registry.events.get(name) if registry is not None else None
    yield f"**{plain(mention.name)}** · event"
    if event is not None:
        yield from event_lines(view, event, mention.name)
    elif registry is not None:
        nearest = registry.nearest(mention.name)
        yield "\nNot in the registry." + (f" Did you mean `{plain(nearest)}`?" if nearest else "")
    yield from _calls(view, view.snapshot.uses_of(name), mention)


def event_lines(view: View, event: Event, written: str = "") -> Iterator[str]:
    """An event's registration, as Markdown."""
    if written and written != event.name:
        yield f"\nAnother spelling of **{plain(event.name)}**."
    if event.description:
        yield f"\n{plain(event.description)}"
    said = [f"side: {event.side}"] if event.side else []
    said += [f"status: {event.status}"] if event.status != "active" else []
    said += [f"replaced by: {plain(event.replaced_by)}"] if event.replaced_by else []
    said += [f"owner: {plain(event.owner)}"] if event.owner else []
    said += ["critical"] if event.critical else []
    said += ["not reviewed"] if not event.reviewed else []
    yield f"\n{' · '.join([*said, link(view, event.place)])}\n"
    yield from (f"- {property_line(found)}" for found in event.properties.values())


def property_line(found: Property) -> str:
    """A property's registration in one line."""
    said = [f"`{plain(found.name)}`: {found.type or 'any type'}"]
    if found.required:
        sides = [side for side in ("client", "server") if found.required.on(side)]
        said.append("required" if len(sides) == 2 else f"required on the {sides[0]}")
    if found.nullable:
        said.append("nullable")
    if found.enum is not None:
        said.append("one of " + ", ".join(f"`{plain(str(value))}`" for value in found.enum))
    if found.minimum is not None or found.maximum is not None:
        low = "" if found.minimum is None else f"{found.minimum:g} ≤ "
        high = "" if found.maximum is None else f" ≤ {found.maximum:g}"
        said.append(f"{low}value{high}")
    return ", ".join(said) + (f". {plain(found.description)}" if found.description else "")


def _property(view: View, mention: Mention) -> Iterator[str]:
    registry = view.snapshot.registry(mention.app)
    stem = strip_suffix(mention.name)[0]
    yield f"**{plain(mention.name)}** · property" + (f" of {plain(mention.event)}" if mention.event else "")
    if registry is not None:
        found = registered(registry, mention)
        if found is not None:
            yield f"\n{property_line(found)} · {link(view, found.place)}"
        else:
            yield "\nNot in the registry."
    sent = [
        (use, prop)
        for use in (view.snapshot.uses_of(mention.event) if mention.event else view.snapshot.uses)
        for prop in use.properties
        if prop.name in (mention.name, stem) or strip_suffix(prop.name)[0] == stem
    ]
    here = Place(view.path, mention.start, mention.end)
    lines = [
        f"- {use.side}: {link(view, prop.key)} as `{plain(prop.name)}`" + (f", {prop.type}" if prop.type else "")
        for use, prop in sent
        if prop.key != here
    ]
    if lines:
        yield "\nSent elsewhere:\n"
        yield from _some(lines)


def registered(registry: Registry, mention: Mention) -> Property | None:
    """The registration of a property that is mentioned."""
    if mention.event:
        event = registry.resolve(mention.event)
        return registry.property_of(event, mention.name) if event is not None else None
    for section in (registry.common_properties, registry.user_properties or {}, registry.page_properties or {}):
        found = match_property(section, mention.name)
        if found is not None:
            return found
    return None


def _user_id(view: View, mention: Mention) -> Iterator[str]:
    yield f"**{plain(mention.name)}** · user ID"
    registry = view.snapshot.registry(mention.app)
    if registry is not None and registry.user_id is not None:
        yield f"\nRegistered form: `{plain(registry.user_id.text)}` · {link(view, registry.user_id.place)}"
    forms: Counter[str] = Counter()
    for here in view.snapshot.mentions.values():
        forms.update(other.name for other in here if other.what == "user-id")
    yield "\nForms in the code:\n"
    yield from _some([f"- `{plain(form)}`, {times(count, 'place')}" for form, count in forms.most_common()])


def _calls(view: View, uses: list[Use], mention: Mention) -> Iterator[str]:
    elsewhere = [use for use in uses if not _holds(use.place, view.path, mention)]
    if elsewhere:
        yield "\nSent elsewhere:\n" if len(elsewhere) < len(uses) else f"\nSent by {counted(uses)}:\n"
        yield from _some([f"- {use.side}: {link(view, use.place)} in `{plain(use.function)}`" for use in elsewhere])
    elif not uses:
        yield "\nNothing sends it."


def counted(uses: Iterable[Use]) -> str:
    """``2 client calls, 1 server call``."""
    sides = Counter(use.side for use in uses)
    return ", ".join(times(sides[side], f"{side} call") for side in ("client", "server", "either") if sides[side])


def times(count: int, word: str) -> str:
    """``1 call``, ``2 calls``."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def _holds(place: Place, path: str, mention: Mention) -> bool:
    return place.path == path and place.start <= mention.start and mention.end <= place.end


def _some(lines: list[str]) -> Iterator[str]:
    yield from lines[:MAX_CALLS]
    if len(lines) > MAX_CALLS:
        yield f"- … and {len(lines) - MAX_CALLS} more"


def link(view: View, place: Place) -> str:
    """A Markdown link to a place."""
    location = view.location(place)
    line = view.snapshot.texts[place.path].position(place.start).line + 1
    if location is None:
        return f"{place.path}:{line}"
    return f"[{place.path}:{location.range.start.line + 1}]({location.uri}#L{location.range.start.line + 1})"


def plain(text: str) -> str:
    """Text that no Markdown comes of."""
    cleaned = " ".join(text.split())
    for character in "\\`*_[]<>":
        cleaned = cleaned.replace(character, "'" if character == "`" else character)
    return cleaned.replace("[", "(").replace("]", ")").replace("<", "‹").replace(">", "›")
