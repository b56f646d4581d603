"""What the readers of other tools' plans share: an event in the making, and the checks that a registry asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..patterns import PatternError, compile_pattern
from ..registry import OBJECT_LIST_EVENTS, SUFFIX_TYPES, Required, strip_suffix
from ..registry_text import NOTHING, EventEntry, Plan, PropertyEntry, Section, writable
from ..yamlnodes import Scalar

SIDE_WORDS = {
    **dict.fromkeys(
        [
            "web",
            "website",
            "webapp",
            "browser",
            "frontend",
            "client",
            "ios",
            "iphone",
            "ipad",
            "android",
            "mobile",
            "app",
            "react",
            "vue",
            "javascript",
        ],
        "client",
    ),
    **dict.fromkeys(
        [
            "server",
            "backend",
            "api",
            "node",
            "nodejs",
            "python",
            "ruby",
            "java",
            "go",
            "php",
            "django",
            "rails",
            "cloud",
        ],
        "server",
    ),
}
"""Words in the name of a source that tell its side."""
MEMBERS: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "date": (str,),
    "int": (int,),
    "real": (int, float),
    "bool": (bool,),
}
"""What an enumeration of a type may hold."""
MAX_TEXT = 1_000


class ImportingError(Exception):
    """A file that is no tracking plan; the message says why."""


@dataclass(frozen=True, slots=True)
class Imported:
    """``left``: what has no place in a registry, a line each."""

    events: tuple[EventEntry, ...] = ()
    user_properties: Section = NOTHING
    left: tuple[str, ...] = ()

    def on_side(self, side: str) -> Imported:
        """The same plan with the side that a person has named."""
        return replace(self, events=tuple(replace(event, side=side, reviewed=True) for event in self.events))

    def plan(self, comments: Sequence[str]) -> Plan:
        """The registry to write."""
        return Plan(self.events, user_properties=self.user_properties, comments=tuple(comments))


@dataclass(slots=True)
class Draft:
    """An event, or the user properties, while they are read. ``left``: what had to be left out."""

    name: str
    description: str = ""
    owner: str = ""
    status: str = ""
    side: str = ""
    properties: dict[str, PropertyEntry] = field(default_factory=dict)
    open: bool = False
    comments: tuple[str, ...] = ()
    left: list[str] = field(default_factory=list)

    def leave(self, name: str, why: str) -> None:
        """Leave a property out, so that the plan does not list everything."""
        self.open = True
        self.left.append(f"{name} of {self.name}: {why}")

    def add(self, entry: PropertyEntry | None) -> None:
        """A property, unless a registry cannot hold it."""
        if entry is None:
            return
        if not writable(entry.name):
            self.leave(repr(entry.name), "a registry cannot hold this name")
        elif entry.name in self.properties:
            self.leave(entry.name, "listed twice, the first is taken")
        else:
            self.properties[entry.name] = entry

    def entry(self) -> EventEntry:
        """The event as it is written."""
        side = self.side if self.side in ("client", "server") else "both"
        return EventEntry(
            self.name,
            side=side,
            reviewed=side != "both",
            status=self.status,
            owner=shortened(self.owner),
            description=shortened(self.description),
            properties=tuple(self.listed()),
            additional_properties=self.open,
            comments=self.comments,
        )

    def listed(self) -> Iterable[PropertyEntry]:
        """The properties without those that a registry takes for one (``amount`` beside ``amount_real``)."""
        for name in list(self.properties):
            stem, suffix = strip_suffix(name)
            twin = self.properties.get(stem) if suffix else None
            if twin is not None and not (suffix in ("date", "dates") and twin.type != suffix):
                self.leave(name, f"in a registry it is the same as {stem}")
                del self.properties[name]
        return self.properties.values()


def imported(drafts: Iterable[Draft], user: Draft, left: Iterable[str] = ()) -> Imported:
    """The whole plan. Events of one name become one: a property that only some of them have is optional."""
    notes = list(left)
    merged: dict[str, Draft] = {}
    for draft in drafts:
        if not writable(draft.name):
            notes.append(f"the event {draft.name!r}: a registry cannot hold this name")
        elif draft.name in merged:
            notes.append(f"{draft.name} is listed several times: what only one of them has is optional")
            merge(merged[draft.name], draft)
        else:
            merged[draft.name] = draft
    events = tuple(merged[name].entry() for name in sorted(merged, key=lambda name: (name.casefold(), name)))
    optional = tuple(replace(entry, required=Required()) for entry in user.listed())
    user_properties = Section(optional, whole=not user.open)
    notes += [line for draft in (*merged.values(), user) for line in draft.left]
    return Imported(events, user_properties, tuple(dict.fromkeys(notes)))


def merge(into: Draft, other: Draft) -> None:
    """Another version of an event."""
    for name, entry in other.properties.items():
        known = into.properties.get(name)
        if known is None:
            into.properties[name] = replace(entry, required=Required())
        elif known.type != entry.type:
            into.leave(name, f"{known.type} here, {entry.type} there; the first is taken")
    for name, entry in into.properties.items():
        if name not in other.properties:
            into.properties[name] = replace(entry, required=Required())
    into.open = into.open or other.open
    into.left += other.left
    if other.side != into.side:
        into.side = ""


def shortened(text: object) -> str:
    """A description as one of a registry."""
    found = re.sub("[\ud800-\udfff]", "\ufffd", str(text or "").strip())
    return found if len(found) <= MAX_TEXT else f"{found[: MAX_TEXT - 1]}…"


def side_of(sources: Iterable[str]) -> str:
    """The side that the names of an event's sources tell, "" where they tell none or both."""
    told = set()
    for source in sources:
        sides = {SIDE_WORDS[word] for word in re.findall(r"[a-z]+", source.casefold()) if word in SIDE_WORDS}
        told.add(sides.pop() if len(sides) == 1 else "")
    return told.pop() if len(told) == 1 else ""


def enum_of(values: Iterable[object], kind: str) -> tuple[Scalar, ...] | None:
    """The values of an enumeration as a registry takes them, None where one does not fit the type."""
    fits = MEMBERS.get(kind.removesuffix("s"), ())
    found: list[Scalar] = []
    for value in values:
        if type(value) not in fits or not isinstance(value, (str, int, float)):
            return None
        if isinstance(value, str) and re.search("[\ud800-\udfff]", value):
            return None
        if value != value or value in (float("inf"), float("-inf")):
            return None
        if not any(value == known and type(value) is type(known) for known in found):
            found.append(value)
    return tuple(found) or None


def pattern_of(source: str, kind: str) -> str:
    """A regular expression that a registry takes for a type, else ""."""
    if kind not in ("str", "strs", "date", "dates") or not source or re.search("[\ud800-\udfff]", source):
        return ""
    try:
        compile_pattern(source)
    except PatternError:
        return ""
    return source


def plural(kind: str, event: str) -> str:
    """The type of an array, "" where FullStory takes no such arrays."""
    if kind in SUFFIX_TYPES and not kind.endswith("s"):
        return f"{kind}s"
    return "objects" if kind == "object" and event in OBJECT_LIST_EVENTS else ""


def limits_of(minimum: object, maximum: object, kind: str) -> tuple[float | None, float | None]:
    """The range of a number as a registry takes it."""
    if kind not in ("int", "real", "ints", "reals"):
        return None, None
    low, high = (
        value if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300 else None
        for value in (minimum, maximum)
    )
    return (None, None) if low is not None and high is not None and low > high else (low, high)
