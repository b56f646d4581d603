"""FS4: who the user is, on both sides."""

from __future__ import annotations

from collections.abc import Iterator

from .. import facts as f
from ..calls import USER_KEYWORDS
from ..diagnostics import Diagnostic, Place, Related
from ..link.flow import conditions, guards, guards_path
from ..link.project import Project, TrackingCall
from ..link.types import is_number, is_optional
from ..link.values import (
    CallV,
    Choice,
    External,
    Func,
    GlobalV,
    Lit,
    MemberV,
    Obj,
    Param,
    Tmpl,
    Val,
    describe,
    dotted,
    options,
)
from . import rule
from .fs4_forms import NUMBERING, Form, agree, form_of, personal

_PLACEHOLDERS = frozenset({"null", "undefined", "none", "anonymous", "guest", "unknown", "0"})
MAX_ID = 256
"""Characters that a user ID may have (fullstory-api.md §2.3)."""


def identified(project: Project) -> Iterator[TrackingCall]:
    """The calls that carry a user ID."""
    for call in project.calls:
        if call.user_id is not None and call.kind in ("event", "identify", "user-properties"):
            yield call


def place_of(call: TrackingCall, value: Val) -> Place:
    """Where a user ID is reported: a literal where it stands, an alternative where it stands, else the expression."""
    if isinstance(value, Lit):
        return value.place
    if isinstance(call.user_id, Choice):
        return value.place
    return call.user_id_place or value.place


def origin_of(call: TrackingCall, place: Place) -> tuple[tuple[object, ...], ...]:
    """the user ID as an origin."""
    return (("user-id", place), ("user-id", call.user_id_place or place))


def _related(call: TrackingCall, place: Place) -> tuple[Related, ...]:
    outer = call.outer.place
    if outer.path == place.path and outer.start <= place.start < outer.end:
        return ()
    return (Related(outer, "sent here"),)


# ------------------------------------------------------------------------------------------------------------ FS401


@rule("FS401")
def inconsistent_user_id(project: Project) -> Iterator[Diagnostic]:
    """User IDs of one app that can never be the same."""
    for app in project.apps:
        calls = [c for c in identified(project) if app in c.apps]
        registry = project.registry(app)
        if registry is not None and registry.user_id is not None:
            yield from _against_registry(project, app, calls)
        else:
            yield from _against_each_other(project, app, calls)


def _against_registry(project: Project, app: str, calls: list[TrackingCall]) -> Iterator[Diagnostic]:
    registry = project.registry(app)
    assert registry is not None and registry.user_id is not None
    wanted = registry.user_id
    seen: set[Place] = set()
    for call in calls:
        for option in options(call.user_id):
            if isinstance(option, Lit) and isinstance(option.value, str) and not option.kind and option.value.strip():
                parts: list[str | None] = [option.value]
            elif isinstance(option, Tmpl) and any(isinstance(p, str) for p in option.parts):
                parts = [p if isinstance(p, str) else None for p in option.parts]
            else:
                continue
            place = place_of(call, option)
            if place in seen or wanted.could_match(parts):
                continue
            seen.add(place)
            yield Diagnostic(
                "FS401",
                f"the user ID {describe(option)} cannot have the form that the registry asks for ({wanted.text}), so it links to nobody",
                place,
                help=f"build it as {wanted.text}, as every other call does",
                related=(Related(wanted.place, "the form is set here"), *_related(call, place)),
                origins=origin_of(call, place),
                subject=call.operation,
                function=project.function_name(call.outer),
                app=app,
            )


def _against_each_other(project: Project, app: str, calls: list[TrackingCall]) -> Iterator[Diagnostic]:
    found: list[tuple[Form, TrackingCall, Val]] = []
    for call in calls:
        alternatives = options(call.user_id)
        if alternatives and all(_invalid(option, call.outer.module.python) for option in alternatives):
            continue  # FS404's; a '0' is no user whose form another one could contradict
        forms = {form_of(option, project.evaluator) for option in alternatives}
        if len(forms) == 1:
            found.append((forms.pop(), call, alternatives[0]))
    found = [item for item in found if item[0].kind != "call"]
    groups: dict[Form, list[tuple[TrackingCall, Val]]] = {}
    for form, call, value in found:
        groups.setdefault(form, []).append((call, value))
    usual: list[Form] = []
    for form in sorted(groups, key=lambda g: _rank(g, groups)):
        rival = next((u for u in usual if not agree(u, form)), None)
        if rival is None:
            usual.append(form)
            continue
        other = _first(groups[rival])
        seen: set[Place] = set()
        for call, value in sorted(groups[form], key=lambda item: item[0].outer.place):
            place = place_of(call, value)
            if place in seen:
                continue
            seen.add(place)
            yield Diagnostic(
                "FS401",
                f"this user ID is {form.describe()}, elsewhere it is {rival.describe()}: FullStory takes them for two users and links nothing",
                place,
                help=f"send {rival.describe()} here as well, as in {other.outer.place.path}",
                related=(
                    Related(other.user_id_place or other.outer.place, f"{rival.describe()} here"),
                    *_related(call, place),
                ),
                origins=origin_of(call, place),
                subject=form.text or form.kind,
                function=project.function_name(call.outer),
                app=app,
            )


def _rank(form: Form, groups: dict[Form, list[tuple[TrackingCall, Val]]]) -> tuple[object, ...]:
    """Most frequent first, a personal form last; at a tie the client's, then the first by path and line."""
    members = groups[form]
    count = len({call.outer.key for call, _ in members})
    client = any(call.side in ("client", "either") for call, _ in members)
    return (form.personal, form.kind in ("attribute",), -count, not client, _first(members).outer.place)


def _first(members: list[tuple[TrackingCall, Val]]) -> TrackingCall:
    return min((call for call, _ in members), key=lambda c: c.outer.place)


# ---------------------------------------------------------------------------------------------- FS402, FS403, FS404


@rule("FS402")
def non_string_user_id(project: Project) -> Iterator[Diagnostic]:
    """A number as user ID."""
    seen: set[Place] = set()
    for call in identified(project):
        for option in options(call.user_id):
            if not is_number(option, project.evaluator):
                continue
            place = place_of(call, option)
            if place in seen:
                continue
            seen.add(place)
            wrap = "str" if call.outer.module.python else "String"
            yield Diagnostic(
                "FS402",
                f"the user ID {describe(option)} is a number, and FullStory takes text: 123 and '123' do not link",
                place,
                help=f"send it as text: {wrap}({_source(option)})",
                related=_related(call, place),
                origins=origin_of(call, place),
                subject=describe(option),
                function=project.function_name(call.outer),
            )


def _source(value: Val) -> str:
    """What to convert to text, as it may be written: of a conversion to a number what it converts."""
    text = describe(value)
    if isinstance(value, CallV) and len(value.args) == 1 and not isinstance(value.callee, MemberV):
        inner = describe(value.args[0])
        text = inner if dotted(value.callee) in NUMBERING else f"{text.partition('(')[0]}({inner})"
    return text if "…" not in text else "id"


@rule("FS403")
def personal_user_id(project: Project) -> Iterator[Diagnostic]:
    """An e-mail address or phone number as user ID."""
    seen: set[Place] = set()
    for call in identified(project):
        for option in options(call.user_id):
            kind = personal(option)
            if not kind:
                continue
            place = place_of(call, option)
            if place in seen:
                continue
            seen.add(place)
            what = "an e-mail address" if kind == "email" else "a phone number"
            yield Diagnostic(
                "FS403",
                f"this user ID is {what}: it is personal data, it can be guessed, and it changes",
                place,
                help="send the user's ID from your database"
                + (", and the address as the `email` property" if kind == "email" else ""),
                related=_related(call, place),
                origins=origin_of(call, place),
                subject=kind,
                function=project.function_name(call.outer),
            )


@rule("FS404")
def invalid_user_id(project: Project) -> Iterator[Diagnostic]:
    """Empty, a placeholder, or too long."""
    seen: set[Place] = set()
    for call in identified(project):
        if _anonymous(call):
            continue
        for option in options(call.user_id):
            problem = _invalid(option, call.outer.module.python)
            if not problem or (_is_none(option) and _is_welcome(project, call)):
                continue
            place = place_of(call, option)
            if place in seen:
                continue
            seen.add(place)
            yield Diagnostic(
                "FS404",
                f"{problem}, so all such visitors become one user or none",
                place,
                help="send it only when the user's ID is known"
                if call.side == "server"
                else "identify a user only when the ID is known; on logout anonymize instead: FS('setIdentity', { anonymous: true })",
                related=_related(call, place),
                origins=origin_of(call, place),
                subject=describe(option),
                function=project.function_name(call.outer),
            )


def _is_welcome(project: Project, call: TrackingCall) -> bool:
    """Whether nothing is no mistake there: a guard shows that there is a user ID, or an own ``trackServerEvent`` in view
    declares that it takes a missing one (what it does with that is its own matter)."""
    place = call.user_id_place
    if place is not None and call.user_id is not None and len(options(call.user_id)) > 1:
        if _is_guarded(project, call.user_id, place):
            return True
    return call.by_name and any(
        isinstance(func, Func) and _takes_nobody(project, func)
        for func in options(project.value(call.sink.module, call.sink.fact.callee))
    )


def _takes_nobody(project: Project, func: Func) -> bool:
    evaluator = project.evaluator
    for number, param in enumerate(func.module.function(func.function).params):
        value = evaluator.free_param(func.module, func.function, number)
        if param.name in USER_KEYWORDS:
            default = param.default
            absent = isinstance(default, f.Literal) and default.value is None
            return absent or is_optional(value, evaluator)
        for name in USER_KEYWORDS:
            member = evaluator.member(func.module, value, Lit(value.place, name), value.place, False, False)
            if is_optional(member, evaluator):
                return True
    return False


def _anonymous(call: TrackingCall) -> bool:
    for option in options(call.options):
        if isinstance(option, Obj):
            entry = option.get("anonymous")
            if entry is not None and not (isinstance(entry.value, Lit) and not entry.value.value):
                return True
    return False


def _invalid(value: Val, python: bool) -> str:
    if not isinstance(value, Lit):
        return ""
    if value.value is None and value.kind in ("", "undefined"):
        return f"the user ID is {'None' if python else describe(value)}"
    if isinstance(value.value, str) and not value.kind:
        if not value.value.strip():
            return "the user ID is empty"
        if value.value.strip().lower() in _PLACEHOLDERS:
            return f"the user ID {describe(value)} is a placeholder"
        if len(value.value) > MAX_ID:
            return f"the user ID has {len(value.value)} characters, and FullStory takes {MAX_ID}"
    return ""


# ------------------------------------------------------------------------------------------------------------ FS406


@rule("FS406")
def maybe_missing_user_id(project: Project) -> Iterator[Diagnostic]:
    """A template or conversion over a value that may be missing."""
    seen: set[Place] = set()
    for call in identified(project):
        for option in options(call.user_id):
            if not isinstance(option, Tmpl):
                continue
            for part, span in zip(option.parts, option.spans, strict=True):
                if isinstance(part, str) or not _may_miss(part, project):
                    continue
                if _is_guarded(project, part, span) or _is_guarded_in_wrapper(project, part, call):
                    continue
                given = part.at is not None and not _inside(part.at, option.place)
                place = part.at if given and part.at is not None else place_of(call, option)
                if isinstance(call.user_id, Choice) and not given:
                    place = option.place
                if place in seen:
                    continue
                seen.add(place)
                word = "None" if call.outer.module.python else "undefined"
                shown = word if _is_none(part) else describe(part)
                yield Diagnostic(
                    "FS406",
                    f'`{shown}` may be missing, and the text would then hold the word "{word}" as the user\'s ID',
                    place,
                    help="check it first, and send nothing without an ID",
                    related=_related(call, place),
                    origins=origin_of(call, place),
                    subject=describe(part),
                    function=project.function_name(call.outer),
                )


def _inside(place: Place, outer: Place) -> bool:
    return place.path == outer.path and outer.start <= place.start and place.end <= outer.end


def _may_miss(value: Val, project: Project) -> bool:
    if value.sure:
        return False
    if isinstance(value, Choice):
        return any(_may_miss(option, project) for option in value.options)
    if isinstance(value, Lit):
        return value.value is None and value.kind in ("", "undefined")
    if isinstance(value, MemberV):
        current: Val = value
        while isinstance(current, MemberV):
            if current.optional and not current.sure:
                return True
            current = current.base
    if isinstance(value, (GlobalV, External)):
        return _is_chained(value.place, project)
    if isinstance(value, CallV):
        method = value.callee.key if isinstance(value.callee, MemberV) else ""
        if isinstance(value.callee, External) and len(value.callee.path) > 1:
            method = value.callee.path[-1]
        if method == "get" and value.module.python:
            default = value.args[1] if len(value.args) > 1 else value.keyword("default")
            return len(value.args) >= 1 and (default is None or _is_none(default))
        if dotted(value.callee) == "getattr" and len(value.args) > 2:
            return _is_none(value.args[2])
        return False
    return isinstance(value, (MemberV, Param)) and is_optional(value, project.evaluator)


def _is_chained(place: Place, project: Project) -> bool:
    """``currentUser?.id``: a member of a global that may be missing."""
    module = project.all_modules.get(place.path)
    for node in module.nodes if module is not None else ():
        if node.start == place.start and node.end == place.end and isinstance(node, f.Member):
            current: f.Value = node
            while isinstance(current, f.Member):
                if current.optional:
                    return True
                current = current.object
    return False


def _is_none(value: Val) -> bool:
    return isinstance(value, Lit) and value.value is None


def _is_guarded(project: Project, value: Val, span: Place) -> bool:
    """Whether a guard shows that the value is there, where the text is made or where a caller gives it."""
    places = {span, value.place} | ({value.at} if value.at is not None else set())
    wanted = _key(value)
    for place in places:
        module = project.all_modules.get(place.path)
        if module is None:
            continue
        every = module.nodes
        known = [*guards(module, place.start, True), *_ternaries(every, place)]
        if wanted is not None and any(
            truth and _key(project.value(module, test)) == wanted
            for test, truth in known
            if isinstance(test, f.CallRef)
        ):
            return True
        for node in every:
            if node.start != place.start or node.end != place.end or not isinstance(node, _PATHS):
                continue
            current: f.Value | None = node
            while isinstance(current, _PATHS):
                if guards_path(module, known, current):
                    return True
                current = current.object if isinstance(current, f.Member) and current.optional else None
    return False


def _is_guarded_in_wrapper(project: Project, value: Val, call: TrackingCall) -> bool:
    """Whether the wrapper that sends a caller's value tests it first: ``if (!id) return; FS.identify(String(id))``."""
    module = call.sink.module
    wanted = _key(value)
    if wanted is None or call.env is None:
        return False
    return any(
        isinstance(path, _PATHS)
        and guards_path(module, [condition], path)
        and _key(project.value(module, path, call.env)) == wanted
        for condition in guards(module, call.sink.fact.start, True)
        for path in _tested(condition[0])
    )


def _tested(test: f.Value) -> Iterator[f.Value]:
    """What a test may be a test of: itself, what it compares, what it asks the type of."""
    sides = (test.left, test.right) if isinstance(test, f.Binary) else (test,)
    for side in sides:
        yield side
        if isinstance(side, f.Unary):
            yield side.value


_PATHS = (f.Member, f.Name, f.CallRef, f.Global, f.Await)


def _ternaries(every: list[f.Node], place: Place) -> list[tuple[f.Value, bool]]:
    """The tests of the ternaries around a place, with what they came out as there."""
    found: list[tuple[f.Value, bool]] = []
    for node in every:
        if isinstance(node, f.OneOf) and node.how == "ternary" and node.test is not None and len(node.values) == 2:
            for branch, truth in zip(node.values, (True, False), strict=True):
                if branch.start <= place.start and place.end <= branch.end:
                    found.extend(conditions(node.test, truth))
    return found


def _key(value: Val) -> tuple[object, ...] | None:
    """What a value is read from, to compare two readings; None where that says nothing."""
    if isinstance(value, MemberV):
        base = _key(value.base)
        return None if base is None else (*base, value.key)
    if isinstance(value, CallV):
        callee = _key(value.callee)
        args = [_key(arg) for arg in value.args]
        return None if callee is None or None in args else (*callee, "()", *args)
    if isinstance(value, Param):
        return ("param", value.module.path, value.function, value.binding)
    if isinstance(value, (GlobalV, External)):
        return ("name", value.dotted)
    return ("text", value.value) if isinstance(value, Lit) else None


# ------------------------------------------------------------------------------------------------------------ FS405


@rule("FS405")
def unlinked_server_event(project: Project) -> Iterator[Diagnostic]:
    """Server events with a user ID in an app whose client never identifies anyone."""
    for app in project.apps:
        if not project.has_client(app) or any(_identifies(c) for c in project.calls if app in c.apps):
            continue
        first = next(
            (
                c
                for c in sorted(project.of_kind("event"), key=lambda c: (c.site.place, c.outer.place))
                if app in c.apps and c.side == "server" and c.user_id is not None and not _is_nothing(c.user_id)
            ),
            None,
        )
        if first is not None:
            yield Diagnostic(
                "FS405",
                "server events are sent with a user ID, but no client code identifies a user, so they belong to no session",
                first.site.place,
                help="identify the user in the browser with the same ID: FS('setIdentity', { uid })",
                related=_first_client(project, app),
                origins=(("unlinked", app),),
                subject="unlinked",
                function=project.function_name(first.site),
                app=app,
            )


def _first_client(project: Project, app: str) -> tuple[Related, ...]:
    """Where the client code begins that identifies nobody."""
    places = [c.site.place for c in project.calls if app in c.apps and c.side in ("client", "either")]
    return (Related(min(places), "client code of this app"),) if places else ()


def _is_nothing(value: Val) -> bool:
    return all(isinstance(o, Lit) and o.value is None for o in options(value))


def _identifies(call: TrackingCall) -> bool:
    if call.side not in ("client", "either"):
        return False
    if call.kind in ("identify", "user-properties"):
        if call.user_id is None:
            # Options that are not known may hold an ID.
            return call.kind == "identify" and any(not isinstance(o, Obj) or o.open for o in options(call.options))
        return not all(isinstance(o, Lit) and not o.value for o in options(call.user_id))
    return call.kind == "other" and call.operation == ""
