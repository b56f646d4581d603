"""From a name to its registration, to everything that sends it, and to another name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol import types

from ..diagnostics import Place
from ..frontends import language_of
from ..registry import strip_suffix
from ..registry_text import scalar
from ..yamlnodes import Node, YamlError, parse
from .edits import Change, workspace_edit
from .hover import registered
from .snapshot import Mention
from .view import View

MAX_NAME = 250
"""FullStory takes no longer names (fullstory-api.md §1.3)."""


class Refused(Exception):
    """Why a name cannot be changed, in a sentence for people."""


def definition(view: View, position: types.Position) -> list[types.Location]:
    """Where a name is registered; of one that is not, where its text stands."""
    mention = view.mention(position)
    if mention is None:
        return []
    places = _registered(view, mention)
    if not places and mention.what == "event":
        places = [Place(path, m.start, m.end) for path, m in _mentions(view, mention) if m.role == "literal"]
    return view.locations(places)


def _registered(view: View, mention: Mention) -> list[Place]:
    registry = view.snapshot.registry(mention.app)
    if registry is None:
        return []
    if mention.what == "event":
        event = registry.resolve(mention.name)
        return [event.place] if event is not None else []
    if mention.what == "property":
        found = registered(registry, mention)
        return [found.place] if found is not None else []
    return [registry.user_id.place] if registry.user_id is not None else []


def _mentions(view: View, mention: Mention) -> Iterator[tuple[str, Mention]]:
    """Every mention of the same thing."""
    for path, here in view.snapshot.mentions.items():
        for other in here:
            if other.what != mention.what:
                continue
            if other.name == mention.name or (
                mention.what == "event"
                and view.snapshot.canonical(other.name, other.app) == view.snapshot.canonical(mention.name, mention.app)
            ):
                yield path, other


def references(view: View, position: types.Position, declaration: bool) -> list[types.Location]:
    """All calls that send an event or property, in both languages; of a user ID, the places of its form."""
    mention = view.mention(position)
    if mention is None:
        return []
    snapshot = view.snapshot
    if mention.what == "event":
        uses = snapshot.uses_of(snapshot.canonical(mention.name, mention.app))
        places = [use.argument or use.place for use in uses]
    elif mention.what == "property":
        stem = strip_suffix(mention.name)[0]
        uses = (
            snapshot.uses_of(snapshot.canonical(mention.event, mention.app)) if mention.event else list(snapshot.uses)
        )
        places = [
            s.key for u in uses for s in u.properties if s.name == mention.name or strip_suffix(s.name)[0] == stem
        ]
    else:
        places = [Place(path, other.start, other.end) for path, other in _mentions(view, mention)]
    if declaration:
        places += _registered(view, mention)
    return view.locations(places)


def highlights(view: View, position: types.Position) -> list[types.DocumentHighlight]:
    """The places of this file that name the same thing."""
    mention = view.mention(position)
    if mention is None:
        return []
    spans = {Place(path, m.start, m.end) for path, m in _mentions(view, mention) if path == view.path}
    found = (view.range(place) for place in sorted(spans))
    return [types.DocumentHighlight(span, types.DocumentHighlightKind.Text) for span in found if span is not None]


# ------------------------------------------------------------------------------------------------------------ rename

_QUOTED = re.compile(rb"(?P<prefix>[rRuU]?)(?P<quote>[\"'`])(?P<inner>[^\\]*)(?P=quote)", re.DOTALL)


def prepare_rename(view: View, position: types.Position) -> types.PrepareRenamePlaceholder | None:
    """The name of an event under the cursor, where it is written out."""
    mention = view.mention(position)
    if mention is None or mention.what != "event" or mention.role == "argument":
        return None
    place = Place(view.path, mention.start, mention.end)
    data = view.snapshot.texts[view.path].data[mention.start : mention.end]
    if data[:1] in (b'"', b"'", b"`") and data[-1:] == data[:1] and len(data) > 2:
        place = Place(view.path, mention.start + 1, mention.end - 1)
    span = view.range(place)
    return None if span is None else types.PrepareRenamePlaceholder(range=span, placeholder=mention.name)


def rename(view: View, position: types.Position, new: str, documents: bool) -> types.WorkspaceEdit | None:
    """Give an event another name wherever it is written: in code, in constants, in the registry. Raises ``Refused``."""
    mention = view.mention(position)
    if mention is None or mention.what != "event" or mention.role == "argument":
        raise Refused("no event's name is written here")
    if not new.strip() or len(new) > MAX_NAME or "\n" in new or "\r" in new:
        raise Refused(f"an event's name has 1 to {MAX_NAME} characters, on one line")
    if new == mention.name:
        return None
    registry = view.snapshot.registry(mention.app)
    taken = registry is not None and registry.resolve(new) is not None
    if taken and registry is not None and registry.canonical(new) != registry.canonical(mention.name):
        raise Refused(f"'{new}' is registered already: it is another event")
    changes = [*_in_code(view, mention.name, new), *_in_registry(view, mention.name, new)]
    return workspace_edit(view, changes, documents)


def _in_code(view: View, old: str, new: str) -> Iterator[Change]:
    for path, here in view.snapshot.mentions.items():
        spans = {(m.start, m.end) for m in here if m.what == "event" and m.role == "literal" and m.name == old}
        for start, end in sorted(spans):
            if path not in view.snapshot.linked:
                yield Change(Place(path, start, end), _written(view, Place(path, start, end), old, new))


def _written(view: View, place: Place, old: str, new: str) -> str:
    """A literal as it is with another name. Raises ``Refused`` for one that is not written plainly."""
    data = view.snapshot.texts[place.path].data[place.start : place.end]
    if language_of(place.path) == "yaml":
        return scalar(new)
    match = _QUOTED.fullmatch(data)
    if match is None or match["inner"].decode("utf-8", "replace") != old:
        line = view.snapshot.texts[place.path].position(place.start).line + 1
        raise Refused(f"the name is not one plain text in {place.path}:{line}; change it there by hand")
    quote = match["quote"].decode()
    marked = language_of(place.path) in ("html", "vue", "svelte", "astro") and re.search(r"[<>&\"'`]", new)
    if marked or (match["prefix"] in (b"r", b"R") and (quote in new or "\\" in new)):
        raise Refused(f"'{new}' cannot be written in {place.path}; choose a name without quotes and brackets")
    inner = new.replace("\\", "\\\\").replace(quote, f"\\{quote}")
    if quote == "`":
        inner = inner.replace("${", "\\${")
    return f"{match['prefix'].decode()}{quote}{inner}{quote}"


def _in_registry(view: View, old: str, new: str) -> Iterator[Change]:
    """The event's key, and its name as an alias or successor of others."""
    for path in sorted(view.snapshot.registry_paths()):
        try:
            root = parse(view.snapshot.texts[path].data)
        except YamlError:
            continue
        for node in _names(root):
            if node.kind == "scalar" and node.text == old:
                yield Change(Place(path, node.start, node.end), scalar(new))


def _names(root: Node | None) -> Iterator[Node]:
    events = _value(root, "events")
    for name, event in events.entries if events is not None else ():
        yield name
        successor, aliases = _value(event, "replaced_by"), _value(event, "aliases")
        yield from [successor] if successor is not None else []
        yield from aliases.items if aliases is not None else []


def _value(node: Node | None, key: str) -> Node | None:
    return next((value for name, value in node.entries if name.text == key), None) if node is not None else None
