"""Writing a registry: events and properties in, YAML text out.

What is written reads back as it was meant by YAML 1.1 and 1.2 alike (``NO``, ``12:30`` and ``on`` are quoted), and needs
no change by hand to pass ``registry.load``. Knows nothing of code: ``drafting`` makes entries of a project, ``importing``
of other tools' tracking plans.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .registry import NAMINGS, Required
from .yamlnodes import Scalar, resolve

MAX_SIMPLE_KEY = 900
"""A longer key must be written with ``?`` (YAML takes 1,024 characters for a simple one)."""
MAX_NAME = 10_000
"""A longer name is no name, and is not written."""


OPTIONAL = Required()


@dataclass(frozen=True, slots=True)
class Doubt:
    """A property that a person must decide about: it is written as a comment."""

    name: str
    why: str

    @property
    def line(self) -> str:
        """The property without its type."""
        name = scalar(self.name) if writable(self.name) else comment_text(self.name)
        return f"{name}: {{type: …}}  # {self.why}"


@dataclass(frozen=True, slots=True)
class PropertyEntry:
    """A property as it is written. ``type``: one of ``registry.TYPES``; ``doubts``: what it may also hold."""

    name: str
    type: str
    required: Required = OPTIONAL
    nullable: bool = False
    enum: tuple[Scalar, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    description: str = ""
    properties: tuple[PropertyEntry, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class EventEntry:
    """An event as it is written. ``comments``: lines above it; ``doubts``: further properties."""

    name: str
    side: str
    reviewed: bool = True
    status: str = ""
    replaced_by: str = ""
    aliases: tuple[str, ...] = ()
    owner: str = ""
    description: str = ""
    properties: tuple[PropertyEntry, ...] = ()
    additional_properties: bool = False
    comments: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """User or page properties. One that is not ``whole`` is written as a comment: it would forbid what it lacks."""

    properties: tuple[PropertyEntry, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    whole: bool = True


NOTHING = Section()


@dataclass(frozen=True, slots=True)
class Plan:
    """A registry file as it is written. ``naming``: one of ``registry.NAMINGS``, or "". ``user_id``: its format, or ""."""

    events: tuple[EventEntry, ...] = ()
    naming: str = ""
    user_id: str = ""
    user_properties: Section = NOTHING
    page_properties: Section = NOTHING
    comments: tuple[str, ...] = ()
    remarks: dict[str, str] = field(default_factory=dict)
    """Comments behind ``naming`` and ``user_id``."""


def render(plan: Plan) -> str:
    """The text of a registry file."""
    lines = [*comments(plan.comments), "version: 1"]
    if plan.naming in NAMINGS:
        lines.append(f"naming: {plan.naming}{_behind(plan.remarks.get('naming', ''))}")
    if plan.user_id:
        remark = _behind(plan.remarks.get("user_id", ""))
        lines.append(f"user_id: {{type: string, format: {scalar(plan.user_id)}}}{remark}")
    lines += ["events:"] if plan.events else ["events: {}"]
    for event in plan.events:
        lines += event_lines(event, 2)
    lines += _section("user_properties", plan.user_properties)
    lines += _section("page_properties", plan.page_properties)
    return "".join(f"{line}\n" for line in lines)


def _section(key: str, section: Section) -> Iterator[str]:
    if not section.whole:
        yield from comments((f"{key}:  # uncomment it when every property is in it",))
        for entry in section.properties:
            yield from comments(property_lines(entry, 2))
        yield from comments(f"  {doubt.line}" for doubt in section.doubts)
    elif section.properties:
        yield f"{key}:"
        for entry in section.properties:
            yield from property_lines(entry, 2)


def event_lines(event: EventEntry, indent: int) -> list[str]:
    """An event as lines of a block mapping."""
    body: list[str] = []
    if event.description:
        body.append(f"description: {scalar(event.description)}")
    body.append(f"side: {event.side}")
    if not event.reviewed:
        body.append("reviewed: false")
    if event.status:
        body.append(f"status: {event.status}")
    if event.replaced_by:
        body.append(f"replaced_by: {scalar(event.replaced_by)}")
    if event.aliases:
        body.append(f"aliases: [{', '.join(scalar(alias) for alias in event.aliases)}]")
    if event.owner:
        body.append(f"owner: {scalar(event.owner)}")
    if event.properties or event.doubts:
        body.append("properties:")
        for entry in event.properties:
            body += property_lines(entry, 2)
    body += [f"  {line}" for line in comments(doubt.line for doubt in event.doubts)]
    if event.additional_properties:
        doubtful = any(all_doubts(event.properties, event.doubts))
        why = "  # until the lines above that are commented out are decided" if doubtful else ""
        body.append(f"additional_properties: true{why}")
    pad = " " * indent
    return [
        *(f"{pad}{line}" for line in comments(event.comments)),
        *(f"{pad}{line}" for line in key(event.name)),
        *(f"{pad}  {line}" for line in body),
    ]


def property_lines(entry: PropertyEntry, indent: int) -> list[str]:
    """A property as lines of a block mapping: one line, unless it holds others or says much."""
    pad = " " * indent
    *first, last = key(entry.name)
    fields = list(_fields(entry))
    if not entry.properties and not entry.description and not entry.doubts:
        return [*(pad + line for line in first), f"{pad}{last} {property_flow(entry)}"]
    lines = [*first, last]
    if entry.description:
        lines.append(f"  description: {scalar(entry.description)}")
    lines += [f"  {name}: {value}" for name, value in fields]
    if entry.properties or entry.doubts:
        lines.append("  properties:")
        for inner in entry.properties:
            lines += property_lines(inner, 4)
        lines += [f"    {line}" for line in comments(doubt.line for doubt in entry.doubts)]
    return [pad + line for line in lines]


def all_doubts(
    properties: Iterable[PropertyEntry], doubts: Iterable[Doubt], within: str = ""
) -> Iterator[tuple[str, str]]:
    """Everything that a person must decide, also within objects: names with dots, and why."""
    for doubt in doubts:
        yield f"{within}{doubt.name}", doubt.why
    for entry in properties:
        yield from all_doubts(entry.properties, entry.doubts, f"{within}{entry.name}.")


def property_flow(entry: PropertyEntry) -> str:
    """A property's registration as a flow mapping, without its name."""
    parts = [f"{name}: {value}" for name, value in _fields(entry)]
    if entry.description:
        parts.append(f"description: {scalar(entry.description)}")
    if entry.properties:
        inner = ", ".join(f"{scalar(p.name)}: {property_flow(p)}" for p in entry.properties)
        parts.append(f"properties: {{{inner}}}")
    return f"{{{', '.join(parts)}}}"


def event_flow(event: EventEntry) -> str:
    """An event's registration as a flow mapping, without its name and its comments."""
    parts = [f"side: {event.side}"]
    if not event.reviewed:
        parts.append("reviewed: false")
    if event.properties:
        inner = ", ".join(f"{scalar(p.name)}: {property_flow(p)}" for p in event.properties)
        parts.append(f"properties: {{{inner}}}")
    if event.additional_properties:
        parts.append("additional_properties: true")
    return f"{{{', '.join(parts)}}}"


def _fields(entry: PropertyEntry) -> Iterator[tuple[str, str]]:
    yield "type", entry.type
    if entry.required:
        sides = [side for side in ("client", "server") if entry.required.on(side)]
        yield "required", "true" if len(sides) == 2 else f"{{{sides[0]}: true}}"
    if entry.nullable:
        yield "nullable", "true"
    if entry.enum:
        yield "enum", f"[{', '.join(constant(value) for value in entry.enum)}]"
    for name, number in (("minimum", entry.minimum), ("maximum", entry.maximum)):
        if number is not None:
            yield name, constant(number)
    if entry.pattern:
        yield "pattern", scalar(entry.pattern)


def key(name: str) -> list[str]:
    """The line (or lines, for a very long one) that begins the entry of a block mapping."""
    written = scalar(name)
    return [f"{written}:"] if len(written) <= MAX_SIMPLE_KEY else [f"? {written}", ":"]


def constant(value: Scalar) -> str:
    """Any scalar of the core schema."""
    if isinstance(value, str):
        return scalar(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if value != value or value in (float("inf"), float("-inf")):
        return {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}[str(value)]
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


_PLAIN = re.compile(r"[^\W\d](?:[\w ./()$+'’-]*[\w.)$+’-])?")
_OTHER_YAML = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
"""What YAML 1.1 readers take for something else than text."""
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def scalar(text: str) -> str:
    """A text (without halves of surrogate pairs) as YAML: plain where that is safe everywhere, else in double quotes."""
    if (
        _PLAIN.fullmatch(text)
        and text.casefold() not in _OTHER_YAML
        and isinstance(resolve(text), str)
        and all(c == " " or c.isprintable() for c in text)
    ):
        return text
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char == " " or (char.isprintable() and char != "\ufeff"):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def writable(name: str) -> bool:
    """Whether a name can stand in a registry: not blank, no half of a surrogate pair."""
    return bool(name.strip()) and len(name) <= MAX_NAME and not re.search("[\ud800-\udfff]", name)


def comments(texts: Iterable[str]) -> list[str]:
    """Texts as comment lines. Characters that would end the comment or steer a terminal are shown as escapes."""
    return [f"# {comment_text(text)}".rstrip() for text in texts]


def comment_text(text: str) -> str:
    """A text that stays within one comment."""
    return "".join(
        char if char == " " or char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )


def _behind(note: str) -> str:
    return f"  # {comment_text(note)}" if note else ""


def listed(places: Sequence[str], most: int = 5) -> str:
    """Places as text: the first few, and how many more there are."""
    more = len(places) - most
    return ", ".join(places[:most]) + (f" and {more} more" if more > 0 else "")
