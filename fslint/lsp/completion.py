"""Completion in code: event names, property keys and values, where a call of the project or of FullStory takes them.

Which functions track is known from the calls of the last snapshot, wrappers among them, and from ``calls`` for the SDK's
own; which argument is what, from how the calls that are there give it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lsprotocol import types

from ..calls import SERVER_FUNCTIONS, V1_METHODS, V2_OPERATIONS, Arg, Spec
from ..frontends import language_of
from ..registry import Property, Registry, strip_suffix
from . import registry_completion
from .context import Bracket, Cursor, cursor, literal
from .hover import property_line
from .snapshot import Use
from .view import View

_SDK = re.compile(r"(?:.*\.)?(?:FS|FullStory|fullstory)")


class Taken(NamedTuple):
    """What a call's arguments are. ``properties``: ``("**",)`` where they are keywords."""

    name: Arg | None
    properties: Arg | None
    kind: str
    v1: bool
    app: str = ""


def completion(view: View, position: types.Position) -> list[types.CompletionItem]:
    """What fits at a position."""
    language = language_of(view.path) or ""
    offset = view.text.offset(position)
    before = view.text.data[:offset].decode("utf-8", "replace")
    line = view.text.line(position.line)
    after = view.text.data[offset : view.text.lines[position.line] + len(line)].decode("utf-8", "replace")
    if language == "yaml":
        return registry_completion.completion(view, position) if view.path in view.snapshot.registry_paths() else []
    here = cursor(before, language)
    for number in range(len(here.brackets) - 1, -1, -1):
        call = here.brackets[number]
        taken = _taken(view, here, call) if call.callee else None
        way = here.path(number) if taken is not None else None
        if taken is not None:
            return list(_items(view, here, call, taken, way, position, after, language)) if way is not None else []
    return []


def _taken(view: View, here: Cursor, call: Bracket) -> Taken | None:
    """What a call takes, None if it tracks nothing."""
    base, _, last = call.callee.rpartition(".")
    if _SDK.fullmatch(call.callee) and call.items:
        operation = literal(call.items[0][1])
        spec = V2_OPERATIONS.get(operation or "")
        return _of_spec(spec) if spec is not None else None
    if last in V1_METHODS and _SDK.fullmatch(base):
        return _of_spec(V1_METHODS[last])
    uses = [use for use in view.snapshot.uses if use.callee.rpartition(".")[2] == last]
    uses = [use for use in uses if use.callee == call.callee] or uses
    uses = [use for use in uses if use.place.path == view.path] or uses
    known = Taken((0,), (2,), "event", False) if last in SERVER_FUNCTIONS else None
    return _of_uses(uses, known) if uses else known


def _of_spec(spec: Spec) -> Taken:
    return Taken(spec.name, spec.properties, spec.kind, spec.api == "v1")


def _of_uses(uses: list[Use], known: Taken | None) -> Taken:
    """What most calls of a function do, else what is known of it."""
    names = Counter(use.name_at for use in uses if use.name_at)
    properties = Counter(use.properties_at for use in uses if use.properties_at)
    first = uses[0]
    return Taken(
        names.most_common(1)[0][0] if names else known.name if known else None,
        properties.most_common(1)[0][0] if properties else known.properties if known else None,
        first.kind,
        first.v1,
        first.app,
    )


def _items(
    view: View,
    here: Cursor,
    call: Bracket,
    taken: Taken,
    way: tuple[Arg, bool],
    position: types.Position,
    after: str,
    language: str,
) -> Iterator[types.CompletionItem]:
    path, at_key = way
    registry = view.snapshot.registry(taken.app)
    writer = _Writer(here, position, after, language, view)
    if not at_key and path == taken.name and taken.kind == "event":
        yield from _events(view, registry, writer)
        return
    properties = _properties(view, here, call, taken, registry, view.text.offset(position))
    if taken.properties == ("**",):
        keyword = here.key(call)
        if len(path) == 1 and keyword is not None and path == (keyword,):
            yield from _values(properties, keyword, writer)
        elif len(path) == 1 and path != taken.name and here.content < 0 and call is here.brackets[-1]:
            yield from _keys(properties, taken, writer, "=", here, call)
    elif taken.properties is not None:
        if at_key and path == taken.properties:
            yield from _keys(properties, taken, writer, ": ", here, here.brackets[-1])
        elif not at_key and path[:-1] == taken.properties:
            yield from _values(properties, str(path[-1]), writer)


class _Writer:
    """Makes items that replace what is typed: the string around the cursor, or the word before it."""

    def __init__(self, here: Cursor, position: types.Position, after: str, language: str, view: View) -> None:
        self.string = here.content >= 0
        self.language = language
        typed = here.text[here.content :] if self.string else re.search(r"[\w$]*\Z", here.text)[0]  # type: ignore[index]
        rest = ""
        if self.string:
            end = after.find(here.quote)
            rest = after[:end] if end >= 0 else ""
        offset = view.text.offset(position)
        self.range = view.text.range(offset - len(typed.encode()), offset + len(rest.encode()))

    def item(
        self, label: str, kind: types.CompletionItemKind, detail: str, documentation: str, rank: int, ending: str = ""
    ) -> types.CompletionItem:
        """A name that is a string in code."""
        text = label if self.string else f"{self.quoted(label)}{ending}"
        return self.made(label, text, kind, detail, documentation, rank)

    def made(
        self, label: str, text: str, kind: types.CompletionItemKind, detail: str, documentation: str, rank: int
    ) -> types.CompletionItem:
        """An item that inserts a text."""
        return types.CompletionItem(
            label=label,
            kind=kind,
            detail=detail or None,
            documentation=types.MarkupContent(types.MarkupKind.Markdown, documentation) if documentation else None,
            sort_text=f"{rank}{label}",
            filter_text=text if not self.string else label,
            text_edit=types.TextEdit(self.range, text),
        )

    def quoted(self, text: str) -> str:
        """A string literal."""
        if self.language == "python":
            return json.dumps(text, ensure_ascii=False)
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _events(view: View, registry: Registry | None, writer: _Writer) -> Iterator[types.CompletionItem]:
    from .hover import event_lines

    kind = types.CompletionItemKind.Event
    known = registry.events if registry is not None else {}
    for event in known.values():
        rank = 2 if event.status == "deprecated" else 0
        item = writer.item(event.name, kind, event.side, "\n".join(event_lines(view, event)), rank)
        if event.status == "deprecated":
            item.tags = [types.CompletionItemTag.Deprecated]
        yield item
    sent = {name for use in view.snapshot.uses if use.kind == "event" for name in use.names}
    for name in sorted(sent):
        if registry is None or registry.resolve(name) is None:
            yield writer.item(name, kind, "not registered" if registry is not None else "", "", 1)


def _properties(
    view: View, here: Cursor, call: Bracket, taken: Taken, registry: Registry | None, offset: int
) -> dict[str, Property]:
    """The properties that a call may have."""
    if registry is None:
        return {}
    if taken.kind != "event":
        section = (
            registry.user_properties if taken.kind in ("identify", "user-properties") else registry.page_properties
        )
        return section or {}
    name = _name(view, here, call, taken, offset)
    event = registry.resolve(name) if name is not None else None
    return registry.expected(event) if event is not None else registry.common_properties


def _name(view: View, here: Cursor, call: Bracket, taken: Taken, offset: int) -> str | None:
    """The event that a call before the cursor names."""
    if taken.name is None:
        return None
    first, *keys = taken.name
    if keys:
        inner = next((b for b in here.brackets[here.brackets.index(call) + 1 :] if b.kind == "{"), None)
        items = inner.items if inner is not None else []
    else:
        items = call.items
    if not keys and isinstance(first, int):
        chosen = items[first : first + 1]
    else:
        wanted = re.compile(rf"""\s*["']?{re.escape(str([first, *keys][-1]))}["']?\s*[:=]\s*""")
        chosen = [(start + m.end(), text[m.end() :]) for start, text in items if (m := wanted.match(text))]
    for start, text in chosen:
        said = literal(text)
        if said is not None:
            return said
        return _mentioned(view, here, start + len(text) - len(text.lstrip()), offset)
    return None


def _mentioned(view: View, here: Cursor, index: int, end: int) -> str | None:
    """The event that an expression stood for in the last snapshot. ``end``: the cursor's byte offset."""
    offset = view.analysed(end - len(here.text[index:].encode()))
    mention = view.snapshot.mention_at(view.path, offset) if offset is not None else None
    return mention.name if mention is not None and mention.what == "event" else None


def _keys(
    properties: dict[str, Property], taken: Taken, writer: _Writer, ending: str, here: Cursor, bracket: Bracket
) -> Iterator[types.CompletionItem]:
    present = {strip_suffix(name)[0] for name in _present(bracket.items)}
    for found in properties.values():
        name = suffixed(found, taken.v1)
        if strip_suffix(name)[0] in present:
            continue
        detail = found.type + (", required" if found.required else "")
        rank = 0 if found.required else 1
        field = types.CompletionItemKind.Field
        plain = ending == "=" or (writer.language != "python" and re.fullmatch(r"[A-Za-z_$][\w$]*", name))
        if writer.string or not plain:
            yield writer.item(name, field, detail, property_line(found), rank, ending)
        else:
            yield writer.made(name, f"{name}{ending}", field, detail, property_line(found), rank)


def _present(items: Iterable[tuple[int, str]]) -> Iterator[str]:
    for _, text in items:
        match = re.match(r"""\s*["'`]?([\w$]+)["'`]?\s*(?:[:=]|\Z)""", text)
        if match is not None:
            yield match[1]


def suffixed(found: Property, v1: bool) -> str:
    """A property's name as a call must write it."""
    bare = not v1 or strip_suffix(found.name)[1] or found.type in ("", "object", "objects")
    return found.name if bare else f"{found.name}_{found.type}"


def _values(properties: dict[str, Property], name: str, writer: _Writer) -> Iterator[types.CompletionItem]:
    found = properties.get(name) or properties.get(strip_suffix(name)[0])
    kind = types.CompletionItemKind.EnumMember
    if found is None:
        return
    for number, value in enumerate(found.enum or ()):
        if isinstance(value, str):
            yield writer.item(value, kind, found.name, "", number)
        elif not writer.string:
            python = {True: "True", False: "False", None: "None"}
            text = python.get(value, str(value)) if writer.language == "python" else json.dumps(value)  # type: ignore[arg-type]
            yield writer.made(text, text, kind, found.name, "", number)
