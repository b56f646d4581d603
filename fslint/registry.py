"""The event registry (tracking plan): YAML in, events with their places out, and FS002 for everything wrong in it.

In: the texts of the registry's files. Out: a ``Registry``, which the rules ask. What is wrong is reported at its own
line and left out; the rest is used. Pure: reads no file, knows no code. ``registry.schema.json`` beside this module
says the same to editors.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import msgspec

from .diagnostics import Diagnostic, Place, Related
from .patterns import Pattern, PatternError, compile_format, compile_pattern
from .yamlnodes import Node, Scalar, YamlError, parse

SIDES = ("client", "server", "both")
STATUSES = ("active", "planned", "deprecated")
NAMINGS = ("title_case", "snake_case", "kebab_case", "camel_case")
SCALAR_TYPES = ("str", "int", "real", "bool", "date")
SUFFIX_TYPES = (*SCALAR_TYPES, *(f"{name}s" for name in SCALAR_TYPES))
TYPES = (*SUFFIX_TYPES, "object", "objects")


OBJECT_LIST_EVENTS = frozenset({"Order Completed"})
"""The only events in which FullStory takes arrays of objects (fullstory-api.md §1.3)."""

_OTHER_WORDS = {
    "type": {
        **dict.fromkeys(("string", "text", "uuid", "enum", "id"), "str"),
        **dict.fromkeys(("integer", "long", "number_int", "count"), "int"),
        **dict.fromkeys(("float", "double", "number", "decimal", "numeric"), "real"),
        "boolean": "bool",
        **dict.fromkeys(("datetime", "timestamp", "time", "date-time"), "date"),
        **dict.fromkeys(("array", "list", "strings"), "strs"),
        **dict.fromkeys(("dict", "map", "json", "record"), "object"),
    },
    "side": {
        **dict.fromkeys(("browser", "frontend", "front-end", "web", "app", "mobile"), "client"),
        **dict.fromkeys(("backend", "back-end", "api", "node", "python"), "server"),
        **dict.fromkeys(("any", "either", "all", "client and server"), "both"),
    },
    "status": {
        **dict.fromkeys(("live", "released", "current", "done"), "active"),
        **dict.fromkeys(("draft", "proposed", "todo", "future"), "planned"),
        **dict.fromkeys(("obsolete", "removed", "retired", "old"), "deprecated"),
    },
    "naming": {
        **dict.fromkeys(("Title Case", "title", "Title case"), "title_case"),
        "snake": "snake_case",
        **dict.fromkeys(("kebab", "dash_case"), "kebab_case"),
        **dict.fromkeys(("camel", "camelCase", "lower_camel_case"), "camel_case"),
    },
}
"""What people write for a known word of another vocabulary."""


class Required(msgspec.Struct, frozen=True):
    """On which sides a property must be sent."""

    client: bool = False
    server: bool = False

    def on(self, side: str) -> bool:
        """Whether a call of ``side`` (``client`` or ``server``) must send it."""
        return {"client": self.client, "server": self.server}.get(side, False)

    def __bool__(self) -> bool:
        return self.client or self.server


class Property(msgspec.Struct, frozen=True):
    """A registered property. ``place``: its key's. ``type``: one of TYPES, "" where the registry is wrong about it."""

    name: str
    place: Place
    type: str = ""
    required: Required = Required()
    nullable: bool = False
    enum: tuple[Scalar, ...] | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    pattern: Pattern | None = None
    properties: dict[str, Property] = {}
    description: str = ""


class Event(msgspec.Struct, frozen=True):
    """A registered event. ``place``: its name's. ``side``: one of SIDES, "" where the registry does not (rightly) say.

    ``reviewed``: False only where the registry says so. ``critical``: None where it does not say.
    """

    name: str
    place: Place
    side: str = ""
    reviewed: bool = True
    status: str = "active"
    replaced_by: str = ""
    aliases: tuple[str, ...] = ()
    critical: bool | None = None
    owner: str = ""
    description: str = ""
    properties: dict[str, Property] = {}
    additional_properties: bool = False

    def allows(self, side: str) -> bool:
        """Whether ``side`` (``client`` or ``server``) may send it; an unknown registration allows everything."""
        return self.side in ("", "both", side)


class Naming(NamedTuple):
    """How event names are written: ``style`` is one of NAMINGS, or "" with a ``pattern`` for the whole name."""

    place: Place
    style: str = ""
    pattern: Pattern | None = None


class UserId(NamedTuple):
    """What user IDs look like. ``text``: the format or pattern as it is written."""

    place: Place
    text: str
    pattern: Pattern

    def could_match(self, parts: Sequence[str | None]) -> bool:
        """Whether an ID made of these parts (None: a part that is not known) can have this form."""
        return self.pattern.could_match(parts)


class Registry(msgspec.Struct, frozen=True):
    """The whole plan. ``complete``: False where a file could not be read as YAML, so that names may be missing."""

    paths: tuple[str, ...] = ()
    events: dict[str, Event] = {}
    aliases: dict[str, str] = {}
    naming: Naming | None = None
    user_id: UserId | None = None
    common_properties: dict[str, Property] = {}
    user_properties: dict[str, Property] | None = None
    page_properties: dict[str, Property] | None = None
    problems: tuple[Diagnostic, ...] = ()
    complete: bool = True

    def resolve(self, name: str) -> Event | None:
        """The event of a name or an alias."""
        return self.events.get(self.aliases.get(name, name))

    def canonical(self, name: str) -> str:
        """The name that an alias stands for; any other name is itself."""
        return self.aliases.get(name, name)

    def nearest(self, name: str) -> str | None:
        """The registered name that was probably meant, if one is close."""
        folded = {fold(alias): event for alias, event in self.aliases.items()}
        folded |= {fold(event): event for event in self.events}
        wanted = fold(name)
        if not wanted:
            return None  # nothing but symbols
        if wanted in folded:
            return folded[wanted]
        from difflib import get_close_matches

        close = get_close_matches(wanted, folded, n=1, cutoff=0.8)
        return folded[close[0]] if close else None

    def property_of(self, event: Event, name: str) -> Property | None:
        """The registration of a property of an event, common ones included."""
        return match_property(event.properties, name) or match_property(self.common_properties, name)

    def expected(self, event: Event) -> dict[str, Property]:
        """All properties that an event may have: its own before the common ones."""
        return self.common_properties | event.properties


def fold(name: str) -> str:
    """A name without case and separators."""
    return re.sub(r"[\W_]+", "", name).casefold()


def strip_suffix(name: str) -> tuple[str, str]:
    """A property's name without its type suffix, and the type of the suffix ("" if it has none)."""
    stem, _, suffix = name.rpartition("_")
    return (stem, suffix) if stem and suffix in SUFFIX_TYPES else (name, "")


def match_property(properties: Mapping[str, Property], name: str) -> Property | None:
    """The registration of a property as it is sent: the exact name first, then without its type suffix."""
    return properties.get(name) or properties.get(strip_suffix(name)[0])


@cache
def schema() -> str:
    """The JSON Schema of a registry file, as text."""
    from importlib import resources

    return resources.files(__package__).joinpath("registry.schema.json").read_text("utf-8")


def load(texts: Mapping[str, bytes]) -> Registry:
    """Read the files of one registry, by path, in the order given; a declaration of an earlier file wins."""
    return _Loader().load(texts)


_ONE_NAME = "remove the alias, or give the event another name"
_TOP_KEYS = (
    "version",
    "naming",
    "user_id",
    "common_properties",
    "events",
    "user_properties",
    "page_properties",
)
_EVENT_KEYS = (
    "description",
    "side",
    "reviewed",
    "status",
    "replaced_by",
    "aliases",
    "critical",
    "owner",
    "properties",
    "additional_properties",
)
_PROPERTY_KEYS = (
    "type",
    "description",
    "required",
    "nullable",
    "enum",
    "minimum",
    "maximum",
    "pattern",
    "properties",
)
_Record = dict[str, tuple[Node, Node]]


class _Loader:
    """Collects what the files declare, and what is wrong in them."""

    def __init__(self) -> None:
        self.path = ""
        self.problems: list[Diagnostic] = []
        self.events: dict[str, Event] = {}
        self.event_aliases: dict[str, tuple[tuple[str, Place], ...]] = {}
        self.successors: list[tuple[str, str, Place]] = []
        self.naming: Naming | None = None
        self.user_id: UserId | None = None
        self.sections: dict[str, dict[str, Property]] = {}

    def load(self, texts: Mapping[str, bytes]) -> Registry:
        complete = True
        for path, data in texts.items():
            self.path = path
            try:
                root = parse(data)
            except YamlError as error:
                self.problem(Place(path, error.start, error.end), error.message, "mend the YAML at this place")
                complete = False
            else:
                self.file(root, data)
        aliases = self.aliases()
        self.check_successors(aliases)
        return Registry(
            paths=tuple(texts),
            events=self.events,
            aliases=aliases,
            naming=self.naming,
            user_id=self.user_id,
            common_properties=self.sections.get("common_properties", {}),
            user_properties=self.sections.get("user_properties"),
            page_properties=self.sections.get("page_properties"),
            problems=tuple(sorted(self.problems, key=lambda p: (list(texts).index(p.place.path), p.place.start))),
            complete=complete,
        )

    # ------------------------------------------------------------------------------------------- what is wrong

    def problem(
        self, at: Node | Place, message: str, help: str = "", related: Related | None = None, subject: str = ""
    ) -> None:
        place = at if isinstance(at, Place) else self.place(at)
        self.problems.append(
            Diagnostic(
                "FS002",
                message,
                place,
                help=help,
                related=(related,) if related else (),
                origins=(("registry", place),),
                subject=subject,
            )
        )

    def place(self, node: Node) -> Place:
        return Place(self.path, node.start, node.end)

    def expected(self, node: Node, what: str, kind: str) -> None:
        self.problem(node, f"{what} must be {kind}, not {_describe(node)}", f"write {kind}")

    # ------------------------------------------------------------------------------------------- pieces of YAML

    def entries(self, node: Node, what: str) -> Iterator[tuple[str, Node, Node]]:
        """The entries of a mapping, each key once; nothing (and a problem) if it is no mapping."""
        if node.kind != "mapping":
            if not (node.kind == "scalar" and node.value is None):
                self.expected(node, what, "a mapping of names to values")
            return
        seen: dict[str, Node] = {}
        for key, value in node.entries:
            if key.kind != "scalar":
                self.problem(
                    key, f"a key of {what} must be text, not {_describe(key)}", "put it in quotes, or write a name"
                )
            elif key.text == "<<" and key.end - key.start == 2:  # in quotes it is a name like any other
                self.problem(key, "merge keys (`<<`) are not part of YAML 1.2", "write the entries out")
            elif key.text in seen:
                first = Related(self.place(seen[key.text]), "first declared here")
                self.problem(key, f"`{key.text}` is declared twice in {what}", "keep one of them", first, key.text)
            else:
                seen[key.text] = key
                yield key.text, key, value

    def record(self, node: Node, what: str, known: Sequence[str]) -> _Record:
        """The entries of a mapping that may have only the keys ``known``."""
        found: _Record = {}
        for name, key, value in self.entries(node, what):
            if name in known:
                found[name] = (key, value)
            else:
                self.problem(
                    key,
                    f"unknown key `{name}` in {what}",
                    _did_you_mean(name, known, {}) or f"write {_listed(known)}",
                    subject=name,
                )
        return found

    def text(self, record: _Record, key: str, what: str) -> str:
        """A string, "" where it is absent."""
        if key not in record or _is_null(record[key][1]):
            return ""
        node = record[key][1]
        if isinstance(node.value, str) and node.kind == "scalar":
            return node.value
        self.expected(node, f"`{key}` of {what}", "text")
        return ""

    def flag(self, record: _Record, key: str, what: str) -> bool | None:
        """A boolean, None where it is absent."""
        if key not in record or _is_null(record[key][1]):
            return None
        node = record[key][1]
        if isinstance(node.value, bool):
            return node.value
        help = "write `true` or `false`"
        self.problem(node, f"`{key}` of {what} must be true or false, not {_describe(node)}", help)
        return None

    def number(self, record: _Record, key: str, what: str) -> float | None:
        if key not in record or _is_null(record[key][1]):
            return None
        node = record[key][1]
        if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            return node.value
        self.expected(node, f"`{key}` of {what}", "a number")
        return None

    def choice(self, node: Node, key: str, what: str, allowed: Sequence[str]) -> str:
        """One of the words ``allowed``, "" (and a problem) for anything else."""
        if node.kind == "scalar" and node.text in allowed:
            return node.text
        named = f"{key} {_describe(node)}" if node.kind == "scalar" else f"`{key}` must be a word, not a {node.kind}"
        self.problem(
            node,
            f"unknown {named} of {what}" if node.kind == "scalar" else f"{named}, in {what}",
            _did_you_mean(node.text, allowed, _OTHER_WORDS.get(key, {})) or f"write {_listed(allowed)}",
            subject=node.text,
        )
        return ""

    def pattern(self, record: _Record, what: str, *, whole: bool = False) -> Pattern | None:
        source = self.text(record, "pattern", what)
        if not source:
            return None
        try:
            return compile_pattern(source, whole=whole)
        except PatternError as error:
            self.problem(
                record["pattern"][1], f"the pattern of {what} cannot be used: {error}", "correct it, or remove it"
            )
            return None

    # ------------------------------------------------------------------------------------------- the file

    def file(self, root: Node | None, data: bytes) -> None:
        if root is None or _is_null(root):
            place = Place(self.path, 0, 0)
            self.problem(place, "the registry is empty", "start it with `version: 1` and `events:`")
            return
        record = self.record(root, "the registry", _TOP_KEYS)
        if "version" in record and record["version"][1].value != 1:
            node = record["version"][1]
            self.problem(
                node,
                f"unknown version {_describe(node)} of the registry",
                "write `version: 1`, which this fslint reads",
            )
        if "naming" in record:
            self.read_naming(*record["naming"])
        if "user_id" in record:
            self.read_user_id(*record["user_id"])
        for key in ("common_properties", "user_properties", "page_properties"):
            if key in record:
                section = self.sections.setdefault(key, {})
                section |= self.properties(record[key][1], f"`{key}`", objects=False, known=section)
        if "events" in record:
            for name, name_node, body in self.entries(record["events"][1], "`events`"):
                self.event(name, name_node, body)

    def read_naming(self, key: Node, node: Node) -> None:
        if _is_null(node):
            return
        if node.kind == "mapping":
            pattern = self.pattern(self.record(node, "`naming`", ("pattern",)), "`naming`", whole=True)
            naming = Naming(self.place(key), pattern=pattern) if pattern else None
        else:
            style = self.choice(node, "naming", "the registry", NAMINGS)
            naming = Naming(self.place(key), style) if style else None
        if naming and self.naming:
            self.problem(
                key, "`naming` is declared twice", "keep one of them", Related(self.naming.place, "first declared here")
            )
        self.naming = self.naming or naming

    def read_user_id(self, key: Node, node: Node) -> None:
        record = self.record(node, "`user_id`", ("type", "format", "pattern", "description"))
        self.text(record, "description", "`user_id`")
        if "type" in record and record["type"][1].text not in ("string", "str"):
            self.problem(record["type"][1], "a user ID is always a string", "write `type: string`")
        if "format" in record and "pattern" in record:
            self.problem(record["pattern"][0], "`user_id` has both `format` and `pattern`", "keep one of them")
        text = self.text(record, "format", "`user_id`")
        if text and not re.search(r"\{[^{}]*\}", text):
            help = "mark the part that differs from user to user, as in `user_{id}`"
            self.problem(record["format"][1], "the format of `user_id` is the same for every user", help)
            text = ""
        pattern = compile_format(text) if text else self.pattern(record, "`user_id`")
        if pattern is None:
            return
        if self.user_id:
            self.problem(
                key,
                "`user_id` is declared twice",
                "keep one of them",
                Related(self.user_id.place, "first declared here"),
            )
        self.user_id = self.user_id or UserId(self.place(key), text or pattern.source, pattern)

    # ------------------------------------------------------------------------------------------- events

    def event(self, name: str, key: Node, node: Node) -> None:
        what = f"`{name}`"
        if name in self.events:  # in another file; within one, `entries` has said so
            first = Related(self.events[name].place, "first declared here")
            self.problem(key, f"the event {what} is declared twice", "keep one of them", first, name)
            return
        if not name.strip():
            self.problem(key, "an event's name must not be empty", "name it, or remove the entry")
            return
        record = self.record(node, what, _EVENT_KEYS)
        side = ""
        if "side" in record and not _is_null(record["side"][1]):
            side = self.choice(record["side"][1], "side", what, SIDES)
        elif node.kind == "mapping" or _is_null(node):
            self.problem(
                key,
                f"the event {what} has no side, so nothing tells who sends it",
                f"add `side:` with {_listed(SIDES)}",
                subject=name,
            )
        status = "active"
        if "status" in record and not _is_null(record["status"][1]):
            status = self.choice(record["status"][1], "status", what, STATUSES) or status
        replaced_by = self.text(record, "replaced_by", what)
        if replaced_by:
            self.successors.append((name, replaced_by, self.place(record["replaced_by"][1])))
        objects = name in OBJECT_LIST_EVENTS
        properties = self.properties(record["properties"][1], what, objects=objects) if "properties" in record else {}
        self.event_aliases[name] = tuple(self.alias_list(record, what))
        self.events[name] = Event(
            name=name,
            place=self.place(key),
            side=side,
            reviewed=self.flag(record, "reviewed", what) is not False,
            status=status,
            replaced_by=replaced_by,
            critical=self.flag(record, "critical", what),
            owner=self.text(record, "owner", what),
            description=self.text(record, "description", what),
            properties=properties,
            additional_properties=bool(self.flag(record, "additional_properties", what)),
        )

    def alias_list(self, record: _Record, what: str) -> Iterator[tuple[str, Place]]:
        if "aliases" not in record or _is_null(record["aliases"][1]):
            return
        node = record["aliases"][1]
        if node.kind != "sequence":
            self.problem(node, f"`aliases` of {what} must be a list, not {_describe(node)}", "write `[A, B]`")
            return
        for item in node.items:
            if isinstance(item.value, str) and item.value.strip():
                yield item.value, self.place(item)
            else:
                self.expected(item, f"an alias of {what}", "text")

    def aliases(self) -> dict[str, str]:
        """Which event each alias stands for; an alias that is declared already is a problem and stands for nothing."""
        owner: dict[str, str] = {}
        first: dict[str, Place] = {}
        for name, aliases in self.event_aliases.items():
            own: list[str] = []
            for alias, place in aliases:
                if alias in self.events:
                    event = self.events[alias].place
                    if place < event:
                        alias_known = Related(place, f"declared here as an alias of `{name}`")
                        self.problem(
                            event, f"the event `{alias}` is also an alias of `{name}`", _ONE_NAME, alias_known, alias
                        )
                    else:
                        known = Related(event, "the event is declared here")
                        self.problem(
                            place, f"the alias `{alias}` is also the name of an event", _ONE_NAME, known, alias
                        )
                elif alias in owner:
                    known = Related(first[alias], "first declared here")
                    self.problem(place, f"the alias `{alias}` is declared twice", "keep one of them", known, alias)
                else:
                    owner[alias], first[alias] = name, place
                    own.append(alias)
            if own:
                self.events[name] = msgspec.structs.replace(self.events[name], aliases=tuple(own))
        return owner

    def check_successors(self, aliases: Mapping[str, str]) -> None:
        for name, successor, place in self.successors:
            target = aliases.get(successor, successor)
            if target == name:
                self.problem(place, f"`{name}` is replaced by itself", "name the event to send instead", subject=name)
            elif target not in self.events:
                help = (
                    _did_you_mean(successor, [other for other in self.events if other != name], {})
                    or f"register `{successor}`, or name a registered event"
                )
                self.problem(
                    place, f"`{name}` is replaced by `{successor}`, which is not registered", help, subject=name
                )

    # ------------------------------------------------------------------------------------------- properties

    def properties(
        self, node: Node, what: str, *, objects: bool, known: Mapping[str, Property] | None = None
    ) -> dict[str, Property]:
        """The properties of an event or a section. ``known``: what other files have declared there already."""
        found: dict[str, Property] = {}
        for name, key, value in self.entries(node, f"the properties of {what}"):
            if known and name in known:
                first = Related(known[name].place, "first declared here")
                self.problem(key, f"the property `{name}` of {what} is declared twice", "keep one of them", first, name)
                continue
            found[name] = self.property(name, key, value, what, objects=objects)
        self.check_suffixes(found, what)
        return found

    def property(self, name: str, key: Node, node: Node, what: str, *, objects: bool) -> Property:
        label = f"`{name}` of {what}"
        if node.kind == "scalar" and node.value is not None:
            kind = node.text if node.text in TYPES else "str"
            self.problem(node, f"the property {label} must be a mapping", f"write `{{type: {kind}}}`", subject=name)
            return Property(name, self.place(key))
        record = self.record(node, label, _PROPERTY_KEYS)
        kind = ""
        if "type" in record and not _is_null(record["type"][1]):
            kind = self.choice(record["type"][1], "type", label, TYPES)
        elif node.kind == "mapping" or _is_null(node):
            self.problem(key, f"the property {label} has no type", f"add `type:` with {_listed(TYPES)}")
        if kind == "objects" and not objects:
            events = _listed(sorted(OBJECT_LIST_EVENTS))
            self.problem(
                record["type"][1],
                f"{label} is an array of objects, which FullStory takes only in {events}",
                "send one array for each field (`skus: {type: strs}`), or a count",
                subject=name,
            )
        self.check_applies(record, kind, label)
        nested = self.properties(record["properties"][1], label, objects=objects) if "properties" in record else {}
        minimum, maximum = self.number(record, "minimum", label), self.number(record, "maximum", label)
        if minimum is not None and maximum is not None and minimum > maximum:
            self.problem(record["minimum"][1], f"the minimum of {label} is above its maximum", "exchange the two")
            minimum = maximum = None
        nullable = bool(self.flag(record, "nullable", label))
        return Property(
            name=name,
            place=self.place(key),
            type=kind,
            required=self.required(record, label),
            nullable=nullable,
            enum=self.enum(record, kind, nullable, label),
            minimum=minimum,
            maximum=maximum,
            pattern=self.pattern(record, label),
            properties=nested,
            description=self.text(record, "description", label),
        )

    def check_applies(self, record: _Record, kind: str, label: str) -> None:
        """Whether each limit is one that the type can have."""
        applies = {
            "minimum": ("int", "real", "ints", "reals"),
            "maximum": ("int", "real", "ints", "reals"),
            "pattern": ("str", "strs", "date", "dates"),
            "properties": ("object", "objects"),
            "enum": SUFFIX_TYPES,
        }
        for key, kinds in applies.items():
            if kind and key in record and kind not in kinds:
                self.problem(
                    record[key][0],
                    f"`{key}` does not apply to {label}, which is {kind}",
                    f"remove `{key}`, or correct the type",
                )

    def required(self, record: _Record, label: str) -> Required:
        if "required" not in record or _is_null(record["required"][1]):
            return Required()
        node = record["required"][1]
        if node.kind == "mapping":
            sides = self.record(node, f"`required` of {label}", ("client", "server"))
            what = f"`required` of {label}"
            return Required(bool(self.flag(sides, "client", what)), bool(self.flag(sides, "server", what)))
        everywhere = bool(self.flag(record, "required", label))
        return Required(everywhere, everywhere)

    def enum(self, record: _Record, kind: str, nullable: bool, label: str) -> tuple[Scalar, ...] | None:
        if "enum" not in record:
            return None
        node = record["enum"][1]
        if node.kind != "sequence" or not node.items:
            self.problem(node, f"`enum` of {label} must be a list of values", "write `[A, B]`")
            return None
        fits = _MEMBER_TYPES.get(kind.removesuffix("s"), (str, int, float, bool))
        values: list[Scalar] = []
        for item in node.items:
            if item.kind != "scalar" or (item.value is None and not nullable):
                self.problem(
                    item,
                    f"{_describe(item)} cannot be a value of {label}",
                    f"write a {kind.removesuffix('s') or 'value'}, or remove it",
                )
            elif item.value is not None and type(item.value) not in fits:
                help = (
                    f'write `"{item.text}"`'
                    if str in fits
                    else f"write a {kind.removesuffix('s')}, or correct the type"
                )
                self.problem(item, f"{_describe(item)} is no {kind.removesuffix('s')}, the type of {label}", help)
            elif any(item.value == value and type(item.value) is type(value) for value in values):
                self.problem(item, f"{_describe(item)} is listed twice in `enum` of {label}", "remove one of them")
            else:
                values.append(item.value)
        return tuple(values)

    def check_suffixes(self, found: Mapping[str, Property], what: str) -> None:
        """``amount`` beside ``amount_real`` is one property; ``start: {type: str}`` beside ``start_date`` are two."""
        for name, declared in found.items():
            stem, suffix = strip_suffix(name)
            twin = found.get(stem) if suffix else None
            if twin is None or (suffix in ("date", "dates") and twin.type != suffix):
                continue
            late, early = (declared, twin) if declared.place.start > twin.place.start else (twin, declared)
            self.problem(
                late.place,
                f"`{late.name}` and `{early.name}` of {what} are one property",
                f"keep `{stem}`: a property is written without its type suffix",
                Related(early.place, "first declared here"),
                late.name,
            )


_MEMBER_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "date": (str,),
    "int": (int,),
    "real": (int, float),
    "bool": (bool,),
}


def _is_null(node: Node) -> bool:
    return node.kind == "scalar" and node.value is None


def _describe(node: Node) -> str:
    if node.kind != "scalar":
        return f"a {node.kind}"
    if node.value is None:
        return "nothing"
    return f"`{node.text}`" if len(node.text) <= 60 else f"`{node.text[:57]}…`"


def _listed(words: Collection[str]) -> str:
    quoted = [f"`{word}`" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _did_you_mean(word: str, known: Sequence[str], other: Mapping[str, str]) -> str:
    meant = other.get(word) or other.get(word.casefold())
    if meant is None:
        from difflib import get_close_matches

        close = get_close_matches(word.casefold(), [name.casefold() for name in known], n=1, cutoff=0.6)
        meant = next((name for name in known if close and name.casefold() == close[0]), None)
    return f"did you mean `{meant}`?" if meant else ""
