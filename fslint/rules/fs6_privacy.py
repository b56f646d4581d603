"""FS604 and FS606: properties that are named like credentials, or like personal data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from .. import facts as f
from ..diagnostics import Diagnostic, Place
from ..link.modules import Module
from ..link.project import Project, TrackingCall
from ..link.types import NUMBERS, type_of
from ..link.values import CallV, Ent, External, GlobalV, Lit, MemberV, Param, Tmpl, Val, options, walk
from ..registry import strip_suffix
from . import rule
from . import tables_properties as tables
from .properties import Problem, Prop, all_properties, check, words

_SENSITIVE = frozenset(tables.SENSITIVE)
_PERSONAL = frozenset(tables.PERSONAL)
NEVER = "credentials and card, bank or government numbers must never reach FullStory"
_LONGEST = max(len(term) for term in _SENSITIVE | _PERSONAL)


@lru_cache(4096)
def sensitive_term(name: str) -> tuple[str, ...] | None:
    """The credential, card, bank or government number that a name ends in."""
    return _term(name, _SENSITIVE)


@lru_cache(4096)
def personal_term(name: str) -> tuple[str, ...] | None:
    """The personal datum that a name ends in."""
    found = _term(name, _PERSONAL)
    if found is None:
        for listed in _readings(name):
            if listed == ("address",) or (listed[-1:] == ("address",) and listed[-2] in tables.ADDRESS_WORDS):
                return listed if not _yes_or_no(listed) else None
    return found


def _readings(name: str) -> Iterator[tuple[str, ...]]:
    """The words of a name without its type suffix, and with it (``birth_date``)."""
    stem, suffix = strip_suffix(name)
    for text in dict.fromkeys((stem, name)) if suffix else (name,):
        listed = words(text)
        if listed:
            yield listed
            if listed[-1].rstrip("0123456789") not in ("", listed[-1]):
                yield (*listed[:-1], listed[-1].rstrip("0123456789"))


def _term(name: str, terms: frozenset[tuple[str, ...]]) -> tuple[str, ...] | None:
    for listed in _readings(name):
        if _yes_or_no(listed):
            continue
        for length in range(min(_LONGEST, len(listed)), 0, -1):
            term = listed[-length:]
            if term in terms and not (term[-1] in ("token", "tokens") and tables.TOKEN_WORDS & set(listed)):
                return term
    return None


def _yes_or_no(listed: tuple[str, ...]) -> bool:
    return len(listed) > 1 and listed[0] in tables.SILENCING_FIRST


def _harmless(project: Project, name: str, value: Val, term: tuple[str, ...]) -> bool:
    """Known to be a yes or no, or a number where a number gives nothing away."""
    suffix = strip_suffix(name)[1]
    kinds = [suffix] if suffix else [type_of(option, project.evaluator) for option in options(value)]
    kinds = [kind for kind in kinds if kind != "null"]
    silent = {"bool", "bools"} if term in tables.NUMBERS_TOO else {"bool", "bools", "int", "ints", "reals", *NUMBERS}
    return bool(kinds) and all(kind in silent for kind in kinds)


def _outermost(name_of: Iterable[Ent], judge: frozenset[tuple[str, ...]]) -> bool:
    """No object that holds the property is itself named so (it is the one finding)."""
    return not any(_term(entry.name, judge) for entry in name_of)


def is_sensitive(project: Project, prop: Prop) -> bool:
    """Whether a property, and nothing that holds it, is named like a secret that its value may be."""
    term = sensitive_term(prop.name)
    return (
        term is not None
        and _outermost(prop.parents, _SENSITIVE)
        and not _harmless(project, prop.name, prop.value, term)
    )


@rule("FS604")
def sensitive_property(project: Project) -> Iterator[Diagnostic]:
    """A property of any call that is named like a secret; and log text that holds a value so named."""

    def judge(prop: Prop) -> Problem | None:
        term = sensitive_term(prop.name)
        if term is None or not is_sensitive(project, prop):
            return None
        return Problem(
            f"'{prop.name}' is by its name sensitive ({_shown(term)}): {NEVER}",
            f"leave `{prop.name}` out; if something about it matters, send that: `has_{'_'.join(term)}` or a count",
        )

    yield from check(project, "FS604", all_properties(project, into_arrays=True), judge)
    yield from _logged(project)


def _shown(term: tuple[str, ...]) -> str:
    text = " ".join(term)
    return text.upper() if text in ("pan", "cvv", "cvc", "ssn", "iban", "pin", "otp", "csc", "cvv2", "cvc2") else text


@rule("FS606")
def personal_data_property(project: Project) -> Iterator[Diagnostic]:
    """A property of an event or a page that is named like personal data."""

    def judge(prop: Prop) -> Problem | None:
        term = personal_term(prop.name)
        if term is None or _harmless(project, prop.name, prop.value, term):
            return None
        if any(personal_term(parent.name) or sensitive_term(parent.name) for parent in prop.parents):
            return None
        what = "page" if prop.call.kind == "page-properties" else "event"
        return Problem(
            f"'{prop.name}' is personal data in {what} properties, which keep it with every single {what}",
            "leave it out, or send it once as a user property, if it is needed at all",
        )

    yield from check(project, "FS606", all_properties(project, "event", "page-properties", into_arrays=True), judge)


# ----------------------------------------------------------------------------------------------------------- log texts


def _logged(project: Project) -> Iterator[Diagnostic]:
    seen: set[Place] = set()
    for call in project.of_kind("log"):
        names = _names(call)
        for place, value in _message_values(call):
            if place in seen:
                continue
            for name in (*names.get(place, ()), *_value_names(value)):
                term = sensitive_term(name)
                if term is not None and not _harmless(project, name, value, term):
                    seen.add(place)
                    yield Diagnostic(
                        "FS604",
                        f"the log text holds '{name}', which is named like a {_shown(term)} and must never reach FullStory",
                        place,
                        help="log that something happened, not the value",
                        origins=(("property", place),),
                        subject=name,
                        function=project.function_name(call.site),
                    )
                    break


def _message_values(call: TrackingCall) -> Iterator[tuple[Place, Val]]:
    """The holes of the texts that are logged, and what is logged as it is."""
    for argument in call.args:
        for value in walk(argument, 200):
            if isinstance(value, Tmpl):
                for part, span in zip(value.parts, value.spans, strict=False):
                    if isinstance(part, Val):
                        yield span, part
        for option in options(argument):
            if isinstance(option, (Param, MemberV, GlobalV)):
                yield option.at or option.place, option


def _value_names(value: Val) -> Iterator[str]:
    if isinstance(value, Param) and value.name:
        yield value.name
    elif isinstance(value, MemberV) and value.key:
        yield value.key
    elif isinstance(value, (GlobalV, External)) and value.path:
        yield value.path[-1]
    elif isinstance(value, CallV) and isinstance(value.callee, MemberV) and value.callee.key in ("get", "getItem"):
        key = value.args[0] if value.args else None
        if isinstance(key, Lit) and isinstance(key.value, str):
            yield key.value


def _names(call: TrackingCall) -> dict[Place, tuple[str, ...]]:
    """How the values in the arguments of a call and its wrappers are written there, by place."""
    found: dict[Place, tuple[str, ...]] = {}
    for frame in call.frames:
        for argument in frame.fact.args:
            for node in _parts(argument.value):
                name = _written(frame.module, node)
                if name:
                    found.setdefault(frame.module.place(node), (name,))
    return found


def _parts(node: f.Value, depth: int = 0) -> Iterator[f.Value]:
    yield node
    if depth > 6:
        return
    if isinstance(node, f.Template):
        for part in node.parts:
            yield from _parts(part, depth + 1)
    elif isinstance(node, f.OneOf):
        for part in node.values:
            yield from _parts(part, depth + 1)
    elif isinstance(node, f.Object):
        for entry in node.entries:
            yield from _parts(entry.value, depth + 1)
    elif isinstance(node, f.Binary):
        yield from _parts(node.left, depth + 1)
        yield from _parts(node.right, depth + 1)


def _written(module: Module, node: f.Value) -> str:
    if isinstance(node, f.Name):
        return module.facts.bindings[node.binding].name
    if isinstance(node, f.Global):
        return node.name
    if isinstance(node, f.Member) and isinstance(node.key, f.Literal):
        return str(node.key.value)
    return ""
