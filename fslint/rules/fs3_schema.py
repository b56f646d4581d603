"""FS306–FS308: names and schemas of v2, and reserved user properties."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostic, Place, Related
from ..link.project import Project, TrackingCall
from ..link.values import Ent, Lit, Obj, Val, options
from ..registry import strip_suffix
from . import rule
from . import tables_properties as tables
from .properties import MAX_RELATED, Problem, Prop, all_properties, check, inside, plans, properties, registered

DATES = frozenset({"date", "dates"})


@rule("FS306")
def suffix_in_v2(project: Project) -> Iterator[Diagnostic]:
    """A type suffix on a v2 property; ``_date`` only beside another suffix, since it is also an English word."""

    def judge(prop: Prop) -> Problem | None:
        if not prop.call.v2:
            return None
        stem, suffix = strip_suffix(prop.name)
        if not suffix or (suffix in DATES and not suffixed(prop.owner)):
            return None
        known = [registered(plan.properties, prop.path) for plan in plans(project, prop.call)]
        if any(found is not None and found.name == prop.name for found in known):
            return None
        return Problem(
            f"'{prop.name}' ends in a type suffix, which v2 takes as part of the name",
            f"write `{stem}`; where the type must be said, do so in the call's `schema`",
        )

    return check(project, "FS306", all_properties(project), judge)


def suffixed(owner: Obj) -> bool:
    """Some key of an object has a suffix that is no English word."""
    return any((suffix := strip_suffix(entry.name)[1]) and suffix not in DATES for entry in owner.entries)


# ------------------------------------------------------------------------------------------------------ reserved names

_BROWSER = {
    "name": "displayName",
    "display_name": "displayName",
    "displayName_str": "displayName",
    "email_str": "email",
}
_USERS = {"name": "display_name", "displayName": "display_name"}
_USERS_PROPERTIES = {
    "name": "display_name",
    "displayName": "display_name",
    "display_name": "display_name",
    "displayName_str": "display_name",
    "email_str": "email",
}
"""Name that is sent → name that FullStory has, in the browser (and v1), at the top of ``/v2/users`` and in its
``properties`` (fullstory-api.md §1.4, §4.5)."""


@rule("FS307")
def misplaced_reserved_name(project: Project) -> Iterator[Diagnostic]:
    """A user property named like FullStory's own ``displayName`` or ``email``, but not as it names them."""

    def judge(prop: Prop) -> Problem | None:
        api = prop.call.api
        users = api == "server-v2"
        if not prop.user or not prop.root or api not in ("v1", "v2", "server-v1", "server-v2"):
            return None
        right = (_USERS_PROPERTIES if users else _BROWSER).get(prop.name)
        if right is None or (prop.name == "email_str" and not _has_email(prop.call, prop.owner)):
            return None
        where = " at the top level of the body, beside `uid`" if users else ""
        return Problem(
            f"'{prop.name}' becomes a custom property, not the {_shown(right)} that FullStory displays",
            f"write `{right}`{where}",
        )

    yield from check(project, "FS307", all_properties(project), judge)
    yield from check(project, "FS307", _top_level(project), _judge_top_level)


def _shown(right: str) -> str:
    return "e-mail address" if right == "email" else "name"


def _has_email(call: TrackingCall, owner: Obj) -> bool:
    bodies = [o for o in options(call.options) if isinstance(o, Obj)] if call.api == "server-v2" else []
    return any(o.get("email") is not None for o in (owner, *bodies))


def _top_level(project: Project) -> Iterator[Prop]:
    """The entries of the bodies of ``/v2/users``."""
    for call in project.of_kind("identify", "user-properties"):
        if call.api == "server-v2":
            for body in options(call.options):
                if isinstance(body, Obj):
                    for entry in body.entries:
                        yield Prop(call, entry, (), body)


def _judge_top_level(prop: Prop) -> Problem | None:
    right = _USERS.get(prop.name)
    if right is None:
        return None
    return Problem(
        f"the users API has no '{prop.name}', so the name that FullStory displays stays empty", f"write `{right}`"
    )


# -------------------------------------------------------------------------------------------------------------- schema


@rule("FS308")
def invalid_schema(project: Project) -> Iterator[Diagnostic]:
    """A flat schema, a type that does not exist, a property that is not sent."""
    wrong: dict[Place, tuple[str, str, str, list[TrackingCall]]] = {}
    unsent: dict[Place, tuple[Ent, str, list[TrackingCall]]] = {}
    sent: set[Place] = set()
    for call in project.calls:
        if not call.v2:
            continue
        for schema in options(call.schema):
            if not isinstance(schema, Obj):
                continue
            inner = schema.get("properties")
            if inner is None:
                if not schema.open:
                    said = "the schema has no `properties`: FullStory documents `schema: {properties: {…}}`"
                    help = f"write `schema: {{properties: {{{_first(schema)}}}}}`"
                    wrong.setdefault(schema.place, (said, help, "schema", []))[3].append(call)
                continue
            for option in options(inner.value):
                if isinstance(option, Obj):
                    for path, entry in _types(option, ()):
                        _judge_type(path, entry, call, wrong)
                        if _is_sent(call, path) is False:
                            unsent.setdefault(entry.key_place, (entry, ".".join(path), []))[2].append(call)
                        else:
                            sent.add(entry.key_place)
    for place, (message, help, subject, calls) in wrong.items():
        yield _diagnostic(project, place, message, help, subject, calls)
    for place, (_, name, calls) in unsent.items():
        if place not in sent and place not in wrong:
            message = f"the schema has a type for '{name}', which is not sent: it is of no effect"
            yield _diagnostic(project, place, message, f"send `{name}`, or take it out of the schema", name, calls)


def _first(schema: Obj) -> str:
    shown = [f"{entry.name}: '{_right_type(entry.value)}'" for entry in schema.entries[:3]]
    return ", ".join(shown) + (", …" if len(schema.entries) > 3 else "")


def _right_type(value: Val) -> str:
    given = next((str(option.value) for option in options(value) if isinstance(option, Lit)), "str")
    return given if given in tables.SCHEMA_TYPES else tables.SCHEMA_RIGHT.get(given.lower(), "str")


def _diagnostic(
    project: Project, place: Place, message: str, help: str, subject: str, calls: list[TrackingCall]
) -> Diagnostic:
    sites = dict.fromkeys(call.site.place for call in calls if not inside(place, call.site.place))
    return Diagnostic(
        "FS308",
        message,
        place,
        help=help,
        related=tuple(Related(site, "used here") for site in list(sites)[:MAX_RELATED]),
        origins=(("schema", place),),
        subject=subject,
        function=project.function_name(calls[0].site),
    )


def _types(schema: Obj, path: tuple[str, ...], depth: int = 0) -> Iterator[tuple[tuple[str, ...], Ent]]:
    """The single types of a schema by their path; both dotted names and nested objects are accepted."""
    for entry in schema.entries:
        inner = [option for option in options(entry.value) if isinstance(option, Obj)]
        if not inner:
            yield (*path, *entry.name.split(".")), entry
        elif depth < 10:
            for option in inner:
                yield from _types(option, (*path, *entry.name.split(".")), depth + 1)


def _judge_type(
    path: tuple[str, ...],
    entry: Ent,
    call: TrackingCall,
    wrong: dict[Place, tuple[str, str, str, list[TrackingCall]]],
) -> None:
    alternatives = options(entry.value)
    if not alternatives or not all(_is_wrong_type(option) for option in alternatives):
        return
    found = alternatives[0]
    shown = str(found.value) if isinstance(found, Lit) else ""
    right = tables.SCHEMA_RIGHT.get(shown.lower())
    name = ".".join(path)
    wrong.setdefault(
        entry.key_place,
        (
            f"'{shown}' is none of FullStory's types, so the schema says nothing of '{name}'",
            f"write `{name}: '{right}'`" if right else f"write one of {', '.join(sorted(tables.SCHEMA_TYPES))}",
            name,
            [],
        ),
    )[3].append(call)


def _is_wrong_type(value: Val) -> bool:
    if not isinstance(value, Lit) or value.kind not in ("", "undefined"):
        return False
    return not (isinstance(value.value, str) and value.value in tables.SCHEMA_TYPES)


def _is_sent(call: TrackingCall, path: tuple[str, ...]) -> bool | None:
    """Whether a property is among those sent; None where the set is not closed."""
    objects = options(call.properties)
    if call.properties is None:
        objects = ()
        if call.options is not None and not all(isinstance(o, Obj) and not o.open for o in options(call.options)):
            return None
    if any(prop.path == path for prop in properties(call)):
        return True
    for body in options(call.options):
        if isinstance(body, Obj) and len(path) == 1 and body.get(path[0]) is not None:
            return True
    return False if all(isinstance(option, Obj) and _closed(option, path) for option in objects) else None


def _closed(owner: Obj, path: tuple[str, ...]) -> bool:
    """Nothing of a path can be in an object that is not in view."""
    if owner.open:
        return False
    entry = owner.get(path[0])
    if entry is None or len(path) == 1:
        return True
    inner = options(entry.value)
    return all(isinstance(option, Obj) and _closed(option, path[1:]) for option in inner)
