"""A registry drafted from the code: what a linked project sends, as entries of a tracking plan.

What goes in is what the rules look at, so that FS101–FS105 have nothing to say of a draft as long as the code stays as it
is: names by ``fs1_events.sent_names``, types held against ``fs1_properties.mismatch``. What the code does not tell is not
guessed: a property of unknown or conflicting type becomes a comment, and its event then takes further properties
until a person has decided.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .diagnostics import Place
from .inventory import Position, pattern
from .link.project import Project, TrackingCall
from .link.types import join, type_of
from .link.values import Ent, Lit, Obj, Tmpl, Val, options
from .patterns import compile_format
from .registry import NAMINGS, OBJECT_LIST_EVENTS, SUFFIX_TYPES, Naming, Property, Registry, Required, strip_suffix
from .registry_text import (
    NOTHING,
    OPTIONAL,
    Doubt,
    EventEntry,
    PropertyEntry,
    Section,
    all_doubts,
    comment_text,
    listed,
    writable,
)
from .rules import tables_properties as tables
from .rules.fs1_events import sent_names
from .rules.fs1_properties import mismatch
from .rules.fs3_schema import DATES, suffixed
from .rules.fs4_forms import form_of
from .rules.fs5_sides import client_only_critical_event, interface_event_on_server
from .rules.fs6_privacy import is_sensitive
from .rules.fs7_names import follows
from .rules.properties import MAX_NESTING, Plan, Prop
from .rules.property_values import is_empty

SIDES = ("client", "server")
MIN_NAMES = 2
"""So many names must agree before they are taken for a convention."""
_NOWHERE = Place("", 0, 0)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a project sends. ``conventions``: ``naming`` and ``user_id`` where all calls agree, "" where not.

    ``dynamic``: calls whose name is put together at run time, as (name with ``{}``, places); ``unwritable``: names that
    no registry can hold; ``left_out``: how many properties became comments.
    """

    events: tuple[EventEntry, ...] = ()
    naming: str = ""
    user_id: str = ""
    user_properties: Section = NOTHING
    page_properties: Section = NOTHING
    dynamic: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unwritable: tuple[str, ...] = ()
    left_out: int = 0


def draft(project: Project, position: Position) -> Draft:
    """The plan of everything that a project sends. ``position``: gives paths relative to where the plan will stand."""
    calls = calls_by_event(project)
    doubtful = doubtful_sides(project)
    events = tuple(
        event_entry(project, name, calls[name], position, doubtful)
        for name in sorted(calls, key=_order)
        if writable(name)
    )
    user = section(project, list(project.of_kind("identify", "user-properties")), position)
    page = section(project, list(project.of_kind("page-properties")), position)
    return Draft(
        events,
        naming_of([event.name for event in events]),
        user_id_format(project),
        user,
        page,
        dynamic=_dynamic(project, position),
        unwritable=tuple(
            comment_text(name) for name in sorted(calls, key=_order) if name.strip() and not writable(name)
        ),
        left_out=sum(_count(event.properties, event.doubts) for event in events)
        + _count(user.properties, user.doubts)
        + _count(page.properties, page.doubts),
    )


def _count(properties: Iterable[PropertyEntry], doubts: Iterable[Doubt]) -> int:
    return sum(1 for _ in all_doubts(properties, doubts))


def _order(name: str) -> tuple[str, str]:
    return (name.casefold(), name)


# -------------------------------------------------------------------------------------------------------------- events


def calls_by_event(project: Project, linked: bool = False) -> dict[str, list[TrackingCall]]:
    """Every known name that this repository sends, with the calls that may send it, in their order.

    ``linked``: also names that only a linked repository sends.
    """
    found: dict[str, list[TrackingCall]] = {}
    for site in project.sites("event"):
        for name in dict.fromkeys(str(text.value) for text in sent_names(site)):
            found.setdefault(name, []).extend(
                call for call in site.calls if any(_says(option, name) for option in options(call.name))
            )
    if linked:
        return found
    return {name: calls for name, calls in found.items() if not all(call.site.module.linked for call in calls)}


def _says(option: Val, name: str) -> bool:
    return isinstance(option, Lit) and not option.kind and option.value == name


def doubtful_sides(project: Project) -> frozenset[str]:
    """The events of which a rule says that the wrong side sends them: no draft decides that."""
    rules = (client_only_critical_event, interface_event_on_server)
    return frozenset(diagnostic.subject for rule in rules for diagnostic in rule(project))


def event_entry(
    project: Project, name: str, calls: Sequence[TrackingCall], position: Position, doubtful: Collection[str] = ()
) -> EventEntry:
    """An event as its calls send it. ``doubtful``: names of ``doubtful_sides``."""
    sides = {side for call in calls for side in _sides(call)}
    drafted = properties(project, calls, position, objects=name in OBJECT_LIST_EVENTS)
    both = len(sides) != 1
    return EventEntry(
        name,
        side="both" if both else next(iter(sides)),
        reviewed=not both and name not in doubtful,
        properties=drafted.entries,
        additional_properties=not drafted.whole,
        comments=(listed(sites(calls, position), 3), *(["it may carry more than is listed"] if drafted.open else ())),
        doubts=drafted.doubts,
    )


def _sides(call: TrackingCall) -> tuple[str, ...]:
    return (call.side,) if call.side in SIDES else SIDES


def sites(calls: Iterable[TrackingCall], position: Position) -> list[str]:
    """The call sites as ``path:line``, each once."""
    places = dict.fromkeys(position(call.site.place)[:2] for call in calls)
    return [f"{path}:{line}" for path, line in places]


def _dynamic(project: Project, position: Position) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, list[TrackingCall]] = {}
    for call in project.of_kind("event"):
        for option in options(call.name):
            if isinstance(option, Tmpl) and (option.prefix.strip() or option.suffix.strip()):
                found.setdefault(pattern(option), []).append(call)
    return tuple((name, tuple(sites(calls, position))) for name, calls in sorted(found.items()))


# ---------------------------------------------------------------------------------------------------------- properties


@dataclass(frozen=True, slots=True)
class Drafted:
    """``doubts``: what could not be registered; ``open``: calls may send more than is in view."""

    entries: tuple[PropertyEntry, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    open: bool = False

    @property
    def whole(self) -> bool:
        """Whether everything that is in view is registered."""
        return not any(all_doubts(self.entries, self.doubts))


@dataclass(frozen=True, slots=True)
class _Sent:
    """A set of properties that one call sends: an alternative of its properties, or of an object within them."""

    call: TrackingCall
    value: Val | None
    parents: tuple[Ent, ...] = ()

    def props(self) -> Iterator[Prop]:
        if isinstance(self.value, Obj):
            for entry in self.value.entries:
                yield Prop(self.call, entry, self.parents, self.value)


@dataclass(slots=True)
class _Group:
    """Everything that is sent under one registered name."""

    name: str
    props: list[Prop] = field(default_factory=list)


def properties(
    project: Project,
    calls: Sequence[TrackingCall],
    position: Position,
    *,
    objects: bool = False,
    required: bool = True,
    known: Mapping[str, str] | None = None,
    only: Callable[[Prop], bool] | None = None,
) -> Drafted:
    """The properties that calls send. ``objects``: arrays of objects are allowed; ``required``: say what every call
    sends; ``known``: types of names that FullStory itself defines; ``only``: which of the outermost to take."""
    sent = _sent(calls)
    maker = _Maker(project, position, objects, required, known or {})
    entries, doubts = maker.level(sent, only)
    is_open = any(isinstance(one.value, Obj) and one.value.open for one in sent) or any(
        one.value is not None and not isinstance(one.value, Obj) and not _is_nothing(one.value) for one in sent
    )
    return Drafted(entries, doubts, is_open)


def sent_properties(
    project: Project, calls: Sequence[TrackingCall], only: Callable[[Prop], bool], objects: bool = False
) -> Iterator[tuple[str, str | None, Required]]:
    """The outermost properties that calls send: name, type if it can be told, and where every call sends it."""
    sent = _sent(calls)
    for group in _groups([prop for one in sent for prop in one.props() if only(prop)]):
        yield group.name, type_in(project, group.name, group.props, objects), _required_on(group, sent)


def _sent(calls: Iterable[TrackingCall]) -> list[_Sent]:
    return [_Sent(call, value) for call in calls for value in (options(call.properties) or (None,))]


def _is_nothing(value: Val) -> bool:
    return isinstance(value, Lit) and not value.value


@dataclass(frozen=True, slots=True)
class _Maker:
    project: Project
    position: Position
    objects: bool
    required: bool
    known: Mapping[str, str]

    def level(
        self, sent: Sequence[_Sent], only: Callable[[Prop], bool] | None = None
    ) -> tuple[tuple[PropertyEntry, ...], tuple[Doubt, ...]]:
        """The properties of objects that stand at one place of the calls, and what they hold."""
        entries: list[PropertyEntry] = []
        doubts: list[Doubt] = []
        groups = _groups([prop for one in sent for prop in one.props() if only is None or only(prop)])
        types = {group.name: type_in(self.project, group.name, group.props, self.objects) for group in groups}
        for group in groups:
            kind = types[group.name]
            if kind is None and group.name in self.known and group.props[0].root:
                entries.append(PropertyEntry(group.name, self.known[group.name]))
                continue
            reason = self.why_not(group, types)
            if kind is None or reason:
                doubts.append(Doubt(group.name, f"{reason}: {listed(_places(group.props, self.position), 2)}"))
                continue
            inner, open_questions = self.level(_inner(group.props)) if kind == "object" else ((), ())
            needed = _required_on(group, sent) if self.required else OPTIONAL
            entries.append(PropertyEntry(group.name, kind, needed, properties=inner, doubts=open_questions))
        return tuple(entries), tuple(doubts)

    def why_not(self, group: _Group, types: Mapping[str, str | None]) -> str:
        """Why a property cannot be registered, "" where it can."""
        if not writable(group.name):
            return "a registry cannot hold this name"
        if any(is_sensitive(self.project, prop) for prop in group.props):
            return "must not be sent (FS604)"
        stem, suffix = strip_suffix(group.name)
        if suffix and stem in types and not (suffix in DATES and types[stem] != suffix):
            return f"it reads like {stem} with a type suffix"
        if types[group.name] is not None:
            return ""
        found = sorted({kind for prop in group.props if (kind := kind_of(self.project, prop)) is not None})
        if "objects" in found:
            return "FullStory takes no arrays of objects here"
        if len(found) > 1:
            return f"sent as {', '.join(found[:-1])} and as {found[-1]}"
        return f"named {found[0]}, but sent as something else" if found else "type not known"


def _required_on(group: _Group, sent: Sequence[_Sent]) -> Required:
    """The sides of which every call surely sends it."""
    names = {prop.name for prop in group.props}
    on = {}
    for side in SIDES:
        mine = [one for one in sent if side in _sides(one.call)]
        on[side] = bool(mine) and all(
            any(not prop.entry.maybe and prop.name in names for prop in one.props()) for one in mine
        )
    present = {side for one in sent for side in _sides(one.call)}
    everywhere = all(on[side] for side in present)
    return Required(True, True) if everywhere else Required(on["client"], on["server"])


def _groups(props: Sequence[Prop]) -> list[_Group]:
    """Properties by the name under which they are registered: without type suffix, but for ``start_date`` in v2."""
    exact = {
        prop.name for prop in props if prop.call.v2 and strip_suffix(prop.name)[1] in DATES and not suffixed(prop.owner)
    }
    groups: dict[str, _Group] = {}
    for prop in props:
        name = prop.name if prop.name in exact else strip_suffix(prop.name)[0]
        groups.setdefault(name, _Group(name)).props.append(prop)
    return list(groups.values())


def _places(props: Iterable[Prop], position: Position) -> list[str]:
    return [f"{path}:{line}" for path, line in dict.fromkeys(position(prop.place)[:2] for prop in props)]


def _inner(props: Iterable[Prop]) -> list[_Sent]:
    """The objects that properties hold."""
    return [
        _Sent(prop.call, value, (*prop.parents, prop.entry))
        for prop in props
        if len(prop.parents) < MAX_NESTING
        for value in options(prop.value)
        if not is_empty(value)
    ]


def kind_of(project: Project, prop: Prop) -> str | None:
    """The registry's word for the type that a property is sent with: its suffix, its value or its schema tells."""
    suffix = "" if prop.call.v2 else strip_suffix(prop.name)[1]
    if suffix:
        return suffix
    kind = join(type_of(option, project.evaluator) for option in options(prop.value))
    if kind in ("object", "objects"):
        return kind
    return tables.SUFFIX_OF.get(kind or "") or _by_schema(prop)


def _by_schema(prop: Prop) -> str | None:
    """What a v2 call's ``schema`` says of a property."""
    value: Val | None = prop.call.schema
    for name in ("properties", *prop.path):
        found = [option.get(name) for option in options(value) if isinstance(option, Obj)]
        if len(found) != 1 or found[0] is None:
            return None
        value = found[0].value
    said = [option.value for option in options(value) if isinstance(option, Lit)]
    return said[0] if len(said) == 1 and isinstance(said[0], str) and said[0] in SUFFIX_TYPES else None


def type_in(project: Project, name: str, props: Sequence[Prop], objects: bool = False) -> str | None:
    """The type under which a property can be registered, so that no call contradicts it (FS106); None: not known."""
    telling = [prop for prop in props if not all(is_empty(option) for option in options(prop.value))]
    kinds = [kind for prop in props if (kind := kind_of(project, prop)) is not None]
    if "objects" in kinds and not objects:
        return None
    joined = join(kinds)
    ranked = sorted(set(kinds), key=lambda kind: (kind != joined, -kinds.count(kind), kind))
    plan = Plan({}, "", "")
    for kind in ranked:
        found = Property(name, _NOWHERE, kind)
        if all(mismatch(project, prop, found, plan) is None for prop in telling):
            return kind
    return None


def section(
    project: Project,
    calls: Sequence[TrackingCall],
    position: Position,
    only: Callable[[Prop], bool] | None = None,
) -> Section:
    """User or page properties. They are updates, so none is required of every call."""
    known = dict.fromkeys(tables.NEVER_UNKNOWN, "str")
    drafted = properties(project, calls, position, required=False, known=known, only=only)
    return Section(drafted.entries, drafted.doubts, drafted.whole)


# --------------------------------------------------------------------------------------------------------- conventions


def folders_by_side(project: Project) -> dict[str, set[str]]:
    """The top folders whose calls all come from the client, and those whose calls all come from the server."""
    found: dict[str, set[str]] = {}
    for call in project.calls:
        if "/" in call.site.module.path and not call.site.module.linked:
            found.setdefault(call.site.module.path.split("/")[0], set()).update(_sides(call))
    return {side: {folder for folder, sides in found.items() if sides == {side}} for side in SIDES}


def naming_of(names: Collection[str]) -> str:
    """The one naming convention that all names follow, "" where none or several do."""
    if len(names) < MIN_NAMES:
        return ""
    fitting = [
        style for style in NAMINGS if all(follows(Registry(naming=Naming(_NOWHERE, style)), name) for name in names)
    ]
    return fitting[0] if len(fitting) == 1 else ""


def user_id_format(project: Project) -> str:
    """``user_{id}`` where every user ID of a form that can be told begins with ``user_``, else ""."""
    given = [
        option
        for call in project.calls
        if call.kind in ("event", "identify", "user-properties")
        for option in options(call.user_id)
        if not is_empty(option)
    ]
    told = {form for option in given if (form := form_of(option, project.evaluator)).kind != "call"}
    if len(told) != 1:
        return ""
    form = told.pop()
    if form.kind != "prefix" or any(char in form.text for char in "{}") or not writable(form.text):
        return ""
    found = f"{form.text}{{id}}"
    wanted = compile_format(found)
    return found if all(wanted.could_match(_parts(option)) for option in given) else ""


def _parts(value: Val) -> list[str | None]:
    """The known texts of a user ID, None for a part that is not known."""
    if isinstance(value, Lit) and isinstance(value.value, str):
        return [value.value]
    return [part if isinstance(part, str) else None for part in value.parts] if isinstance(value, Tmpl) else [None]
