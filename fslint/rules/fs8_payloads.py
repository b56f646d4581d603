"""FS803, FS808, FS809, FS810: what a server event's payload must hold, once per payload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..diagnostics import Diagnostic, Place, Related
from ..link.project import Frame, Project, Request
from ..link.values import Arr, Ent, Lit, Obj, Val, options
from . import rule
from .fs8_operations import others
from .tables_api import EVENT_BATCH_ENDPOINT, EVENT_ENDPOINT, TOP_LEVEL_USER, V1_EVENT_ENDPOINT


@dataclass(slots=True)
class Payload:
    """One server event that a request sends, with everything one chain of callers gives.

    ``form``: ``single`` (documented), ``guide`` (an entry of ``{events: […]}``), ``batch`` (of ``requests``), ``v1``.
    ``body``: the whole body that holds it.
    """

    value: Obj
    form: str
    body: Obj
    request: Request
    frames: tuple[Frame, ...]


@dataclass(slots=True)
class Seen:
    """All ways in which one payload object is sent."""

    payloads: list[Payload] = field(default_factory=list)

    @property
    def first(self) -> Payload:
        return self.payloads[0]

    @property
    def origins(self) -> tuple[tuple[str, object], ...]:
        requests = {payload.request.frame.key for payload in self.payloads}
        return tuple(("request", key) for key in sorted(requests))

    def blamed(self, bad: list[Payload]) -> list[tuple[Place, Payload]]:
        """Where to report payloads: once at their object; where only some of its uses are bad, at those."""
        if not bad:
            return []
        if len(bad) == len(self.payloads):
            return [(self.first.value.place, self.first)]
        found: dict[Place, Payload] = {}
        for payload in bad:
            at, outer = payload.value.at, payload.frames[-1].place
            own = at is None or (len(payload.frames) > 1 and _holds(payload.frames[0].place, at))
            found.setdefault(outer if own or at is None else at, payload)
        return sorted(found.items(), key=lambda item: item[0])

    def related(self, own: Place) -> tuple[Related, ...]:
        """The requests that send it, where the finding stands in its object, elsewhere."""
        if own != self.first.value.place:
            return ()
        places = {p.request.frame.place for p in self.payloads}
        return others(sorted(place for place in places if not _holds(place, own)), "sent here")


def _holds(outer: Place, inner: Place) -> bool:
    return outer.path == inner.path and outer.start <= inner.start and inner.end <= outer.end


def variants(request: Request) -> list[Request]:
    """A request once per chain of callers, or as it stands."""
    return request.variants or [request]


def payloads(project: Project) -> dict[Place, Seen]:
    """Every server event whose payload is in view, by the place of its object, in order of path and place."""
    found: dict[Place, Seen] = {}
    for request in project.requests:
        for variant in variants(request):
            for body in options(variant.body):
                if isinstance(body, Obj):
                    for value, form in _entries(variant.endpoint or request.endpoint, body):
                        frames = variant.frames or (request.frame,)
                        payload = Payload(value, form, body, request, frames)
                        found.setdefault(value.place, Seen()).payloads.append(payload)
    return dict(sorted(found.items()))


def _entries(endpoint: str, body: Obj) -> Iterator[tuple[Obj, str]]:
    if V1_EVENT_ENDPOINT.search(endpoint):
        inner = body.get("event")
        if inner is None:
            yield body, "v1"
        else:
            yield from ((value, "v1") for value in options(inner.value) if isinstance(value, Obj))
    elif EVENT_BATCH_ENDPOINT.search(endpoint):
        yield from ((value, "batch") for value in _items(body.get("requests")))
    elif EVENT_ENDPOINT.search(endpoint):
        if body.get("events") is None:
            yield body, "single"
        else:
            yield from ((value, "guide") for value in _items(body.get("events")))


def _items(entry: Ent | None) -> Iterator[Obj]:
    """The objects in a list."""
    for value in options(entry.value if entry else None):
        if isinstance(value, Arr):
            for item in value.items:
                yield from (option for option in options(item) if isinstance(option, Obj))


def _nothing(value: Val) -> bool:
    """A literal null, None or undefined (empty texts are FS404's and FS703's)."""
    return isinstance(value, Lit) and (value.value is None or value.kind == "undefined")


def presence(value: Obj, *names: str) -> bool | None:
    """Whether one of the keys is sent with something: True, False, None (not known)."""
    result: bool | None = False
    for name in names:
        has = value.has(name)
        entry = value.get(name)
        if has is True and entry is not None:
            empty = [_nothing(option) for option in options(entry.value)]
            has = False if all(empty) else None if any(empty) else True
        if has is True:
            return True
        if has is None:
            result = None
    return result


def _has(value: Obj, *names: str) -> bool | None:
    """Whether one of the keys is there, whatever its value."""
    states = [value.has(name) for name in names]
    return True if True in states else None if None in states else False


def inner_presence(value: Obj, name: str, *keys: str) -> bool | None:
    """Whether the object under ``name`` has one of ``keys``; what is no known object counts as having them."""
    outer = presence(value, name)
    entry = value.get(name)
    if outer is False or entry is None:
        return outer
    found = [_has(option, *keys) if isinstance(option, Obj) else True for option in options(entry.value)]
    real = [state for state, option in zip(found, options(entry.value), strict=True) if not _nothing(option)]
    if all(state is False for state in real):
        return False
    return True if outer is True and all(state is True for state in real) else None


def identified(payload: Payload) -> bool | None:
    """Whether a payload says whose event it is."""
    states = [
        inner_presence(payload.value, "user", "uid", "id"),
        inner_presence(payload.value, "session", "id", "use_most_recent", "uid"),
    ]
    if payload.form == "guide":
        states.append(presence(payload.value, "userId"))
    if True in states:
        return True
    return None if None in states else False


# ------------------------------------------------------------------------------------------------------------- FS803

_USER = "user or session"


def _lacks(payload: Payload) -> dict[str, bool | None]:
    """Field → whether it is there."""
    if payload.form == "v1":
        return {"event_name": presence(payload.value, "event_name")}
    return {"name": presence(payload.value, "name"), _USER: identified(payload)}


_DOCUMENTED = (
    '`{"name": "…", "user": {"uid": "…"}, "timestamp": "2024-01-15T09:00:00Z", "properties": {…}}` to `POST /v2/events`'
)


@rule("FS803")
def missing_payload_field(project: Project) -> Iterator[Diagnostic]:
    """A server event without a name, or without the user and session that it belongs to."""
    for seen in payloads(project).values():
        for name in _lacks(seen.first):
            lacking = [payload for payload in seen.payloads if _lacks(payload).get(name) is False]
            for where, payload in seen.blamed(lacking):
                yield _missing(project, seen, payload, name, where)


def _missing(project: Project, seen: Seen, payload: Payload, name: str, place: Place) -> Diagnostic:
    wrong = next(
        (key for key in ("userId", "user_id", "event_name", "event", "eventName") if payload.value.get(key)), ""
    )
    if name == _USER:
        message = "the event names neither a user nor a session: FullStory can attach it to nobody"
        if wrong in ("userId", "user_id"):
            message = f"the event has '{wrong}' instead of 'user': FullStory can attach it to nobody"
    else:
        message = f"the event has no '{name}', without which FullStory rejects it"
        if wrong in ("event_name", "event", "eventName"):
            message = f"the event has '{wrong}' instead of '{name}': FullStory rejects it"
    documented = '`{"event": {"event_name": "…", "event_data": {…}}}`' if payload.form == "v1" else _DOCUMENTED
    return Diagnostic(
        "FS803",
        message,
        place,
        help=f"FullStory's documented form: {documented}",
        related=seen.related(place),
        origins=(("payload", place), *seen.origins),
        subject=_name_of(payload.value),
        function=project.function_name(payload.frames[-1]),
    )


def _name_of(value: Obj) -> str:
    for key in ("name", "event_name"):
        entry = value.get(key)
        for option in options(entry.value if entry else None):
            if isinstance(option, Lit) and isinstance(option.value, str):
                return option.value
    return ""


# ------------------------------------------------------------------------------------------------------------- FS808


@rule("FS808")
def missing_timestamp(project: Project) -> Iterator[Diagnostic]:
    """A server event that does not say when it happened."""
    for seen in payloads(project).values():
        bad = [p for p in seen.payloads if p.form != "v1" and presence(p.value, "timestamp") is False]
        for place, payload in seen.blamed(bad):
            yield Diagnostic(
                "FS808",
                "the event has no 'timestamp': FullStory takes the time at which it arrives",
                place,
                help="add 'timestamp' as ISO 8601 with zone: `new Date().toISOString()`, or "
                "`datetime.now(timezone.utc).isoformat()`",
                related=seen.related(place),
                origins=(("payload", place),),
                subject=_name_of(payload.value),
                function=project.function_name(payload.frames[-1]),
            )


# ------------------------------------------------------------------------------------------------------------- FS809


@rule("FS809")
def undocumented_payload(project: Project) -> Iterator[Diagnostic]:
    """The guide's form of a body, or keys at its top that FullStory does not document."""
    reported: set[Place] = set()
    found = payloads(project)
    incomplete = {place for place, seen in found.items() if any(False in _lacks(p).values() for p in seen.payloads)}
    for request in project.requests:
        for variant in variants(request):
            if not EVENT_ENDPOINT.search(variant.endpoint or request.endpoint):
                continue
            for body in options(variant.body):
                entry = body.get("events") if isinstance(body, Obj) else None
                if entry is None or not isinstance(body, Obj) or entry.key_place in reported:
                    continue
                entries = [value.place for value in _items(entry)]
                if incomplete.intersection(entries) or not _may_be_list(entry.value):
                    continue
                reported.add(entry.key_place)
                yield Diagnostic(
                    "FS809",
                    "the body is {events: […]}, which FullStory does not document: it takes one event a request",
                    entry.key_place,
                    help=f"send {_DOCUMENTED}; several at once go to `/v2/events/batch` as `{{requests: […]}}`",
                    related=_at_request(request, entry.key_place),
                    origins=(("payload", body.place), *(("payload", place) for place in entries)),
                    subject="events",
                    function=project.function_name((variant.frames or (request.frame,))[-1]),
                )
    for place, seen in found.items():
        if seen.first.form not in ("single", "batch"):
            continue
        known = [e for e in seen.first.value.entries if e.name in TOP_LEVEL_USER and not e.maybe]
        if known and known[0].key_place not in reported:
            reported.add(known[0].key_place)
            wanted = "'name'" if known[0].name == "event_name" else "'user': {'uid': …}"
            yield Diagnostic(
                "FS809",
                f"the event has '{known[0].name}' at its top, which FullStory does not document and does not read",
                known[0].key_place,
                help=f"FullStory reads {wanted}: {_DOCUMENTED}",
                related=_at_request(seen.first.request, known[0].key_place),
                origins=(("payload", place),),
                subject=known[0].name,
                function=project.function_name(seen.first.frames[-1]),
            )


def _may_be_list(value: Val) -> bool:
    return any(not isinstance(option, (Lit, Obj)) for option in options(value))


def _at_request(request: Request, place: Place) -> tuple[Related, ...]:
    own = request.frame.place
    return () if _holds(own, place) else (Related(own, "sent here"),)


# ------------------------------------------------------------------------------------------------------------- FS810


@rule("FS810")
def conflicting_identification(project: Project) -> Iterator[Diagnostic]:
    """A payload that identifies the user in two ways, which FullStory answers with 400."""
    for seen in payloads(project).values():
        bad = [payload for payload in seen.payloads if payload.form != "v1" and _conflict(payload)]
        for place, payload in seen.blamed(bad):
            yield Diagnostic(
                "FS810",
                _conflict(payload),
                place,
                help="identify once: `{'session': {'id': …}}` alone, or `{'user': {'uid': …}}`, with "
                "`{'session': {'use_most_recent': true}}` beside it for the user's latest session",
                related=seen.related(place),
                origins=(("payload", place),),
                subject=_name_of(payload.value),
                function=project.function_name(payload.frames[-1]),
            )


def _conflict(payload: Payload) -> str:
    value = payload.value
    user = presence(value, "user")
    session_id = inner_known(value, "session", "id")
    if session_id and user is True:
        return "the event has 'session.id' beside 'user': FullStory accepts only one of them and answers 400"
    if inner_known(value, "user", "uid") and inner_known(value, "user", "id"):
        return "the event has 'user.uid' beside 'user.id': FullStory accepts only one of them and answers 400"
    if inner_known(value, "session", "use_most_recent") and user is False:
        return "the event asks for the most recent session but names no user: FullStory cannot tell whose session"
    return ""


def inner_known(value: Obj, name: str, key: str) -> bool:
    """The object under ``name`` is surely sent with ``key`` in it (and not false)."""
    entry = value.get(name)
    if entry is None or entry.maybe:
        return False
    return all(
        isinstance(option, Obj)
        and presence(option, key) is True
        and not any(isinstance(o, Lit) and o.value is False for o in options(option.get(key).value))  # type: ignore[union-attr]
        for option in options(entry.value)
    )
