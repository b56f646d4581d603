"""What is known of every tracking call: ``fslint events`` and ``fslint why``.

Plain data made of a linked project, in the JSON contract of DESIGN.md. ``place`` turns a span into line and column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .diagnostics import Place
from .link.project import Frame, Project, Site, TrackingCall
from .link.sides import side_at
from .link.types import type_of
from .link.values import CallV, Elem, Lit, MemberV, Obj, Param, Tmpl, Val, describe, options, texts
from .registry import SUFFIX_TYPES

Position = Callable[[Place], tuple[str, int, int]]
"""A place as (path, line, column), 1-based, columns in code points."""

KINDS = ("event", "identify", "user-properties", "page-properties")
_PROPERTY_TYPES = frozenset(
    ["str", "int", "real", "bool", "date", "strs", "ints", "reals", "bools", "dates", "object", "objects"]
)


def events(project: Project, position: Position) -> dict[str, Any]:
    """The inventory: every call by call site, and what stayed unresolved."""
    calls = [
        _call(project, site, position)
        for site in project.sites()
        if site.kind in KINDS and not site.frame.module.linked
    ]
    unresolved: dict[tuple[str, int], dict[str, Any]] = {}
    for frame, reason in project.unresolved:
        path, line, column = position(frame.place)
        unresolved.setdefault(
            frame.key,
            {"path": path, "line": line, "column": column, "function": project.function_name(frame), "reason": reason},
        )
    return {"version": 1, "calls": calls, "unresolved": len(unresolved), "unresolved_calls": list(unresolved.values())}


def _call(project: Project, site: Site, position: Position) -> dict[str, Any]:
    first = site.first
    names = list(dict.fromkeys(str(name.value) for call in site.calls for name in texts(call.name)))
    patterns = [o for call in site.calls for o in options(call.name) if isinstance(o, Tmpl)]
    path, line, column = position(site.place)
    apps = [app for app in site.apps if app]
    return {
        "kind": site.kind,
        "side": site.side,
        "api": first.api,
        "app": apps[0] if apps else None,
        "name": names[0] if len(names) == 1 and not patterns else None,
        "names": names,
        "pattern": pattern(patterns[0]) if patterns else None,
        "resolution": resolution(first, site) if site.kind == "event" else "literal" if names else "unknown",
        "path": path,
        "line": line,
        "column": column,
        "through": [_frame(project, frame, position) for frame in reversed(_inner(first, site))],
        "user_id": _user_id(first, position),
        "properties": _properties(project, site),
        "open": any(not isinstance(o, Obj) or o.open for call in site.calls for o in options(call.properties)),
    }


def pattern(value: Tmpl) -> str:
    """A template with ``{}`` for its holes."""
    return "".join(part if isinstance(part, str) else "{}" for part in value.parts)


def _inner(call: TrackingCall, site: Site) -> list[Frame]:
    """The calls between the call site and the sink, innermost first, the site left out."""
    inner = []
    for frame in call.frames:
        if frame.key == site.frame.key:
            break
        inner.append(frame)
    return inner if len(inner) < len(call.frames) else inner[:-1]


def _frame(project: Project, frame: Frame, position: Position) -> dict[str, Any]:
    path, line, _ = position(frame.place)
    return {"path": path, "line": line, "function": project.function_name(frame)}


def resolution(call: TrackingCall, site: Site) -> str:
    """How the name is known: literal, constant, template, parameter, dynamic or unknown."""
    value = call.name
    if value is None:
        return "unknown"
    found = []
    for option in options(value):
        if isinstance(option, Lit):
            here = site.place.path == option.place.path and site.place.start <= option.place.start < site.place.end
            found.append("literal" if here else "constant")
        elif isinstance(option, Tmpl):
            found.append("template")
        elif isinstance(option, Param):
            found.append("parameter")
        elif isinstance(option, (MemberV, Elem, CallV)):
            found.append("dynamic")
        else:
            found.append("unknown")
    for worst in ("unknown", "dynamic", "parameter", "template", "constant"):
        if worst in found:
            return worst
    return "literal"


def _user_id(call: TrackingCall, position: Position) -> dict[str, Any] | None:
    if call.user_id is None:
        return None
    place = call.user_id_place or call.user_id.place
    path, line, column = position(place)
    value = call.user_id
    return {
        "text": describe(value),
        "pattern": pattern(value) if isinstance(value, Tmpl) else None,
        "path": path,
        "line": line,
        "column": column,
    }


def _properties(project: Project, site: Site) -> list[dict[str, Any]]:
    needs_suffix = site.first.v1
    found: dict[str, str | None] = {}
    for call in site.calls:
        for option in options(call.properties):
            if isinstance(option, Obj):
                for name, value in _leaves(option):
                    kind = type_of(value, project.evaluator)
                    found.setdefault(name, kind)
    result = []
    for name, kind in found.items():
        shown = {"isodate": "str", "num": "real", "nums": "reals"}.get(kind or "", kind)
        shown = shown if shown in _PROPERTY_TYPES else None
        result.append(
            {
                "name": name,
                "type": shown,
                "required_suffix": f"_{shown}" if needs_suffix and shown in SUFFIX_TYPES else None,
            }
        )
    return result


def _leaves(value: Obj) -> Iterable[tuple[str, Val]]:
    for entry in value.entries:
        yield entry.name, entry.value


# --------------------------------------------------------------------------------------------------------------- why


def why(project: Project, path: str, line: int, position: Position) -> list[str]:
    """What is known of the tracking calls on a line: side and reason, chain, each value and where it came from."""
    result: list[str] = []
    seen: set[tuple[object, ...]] = set()
    for call in project.calls:
        touched = [
            f
            for f in call.frames
            if f.module.path == path and f.module.line(f.fact.start) <= line <= f.module.line(max(f.fact.end - 1, 0))
        ]
        if not touched or (call.site.key, call.kind, call.side, call.sink.key) in seen:
            continue
        seen.add((call.site.key, call.kind, call.side, call.sink.key))
        result.extend(_explain(project, call, position))
        result.append("")
    if not result:
        result = _explain_nothing(project, path, line)
    return result


def _explain(project: Project, call: TrackingCall, position: Position) -> list[str]:
    def at(place: Place) -> str:
        path, line, column = position(place)
        return f"{path}:{line}:{column}"

    lines = [f"{call.kind} call at {at(call.site.place)}"]
    reached = {
        "client": "the browser API",
        "server": "the server API",
        "either": "the browser API or the server API, by branch",
    }
    file_side, reason = side_at(call.site.module, call.site.fact.start)
    lines.append(
        f"  side: {call.side}, since it reaches {reached.get(call.side, 'FullStory')} ({call.api}, {call.operation or 'an operation'})"
    )
    lines.append(f"  file: {file_side or 'unknown side'}" + (f" ({reason})" if reason else ""))
    if len(call.frames) > 1:
        lines.append("  through:")
        lines.extend(f"    {at(frame.place)} in {project.function_name(frame)}" for frame in reversed(call.frames))
    for label, value in (("name", call.name), ("user ID", call.user_id)):
        for option in options(value):
            lines.append(f"  {label}: {describe(option)}, from {at(option.place)}")
    for option in options(call.properties):
        if isinstance(option, Obj):
            for entry in option.entries:
                kind = type_of(entry.value, project.evaluator)
                lines.append(
                    f"  property {entry.name}: {describe(entry.value)}"
                    + (f" ({kind})" if kind else "")
                    + f", at {at(entry.key_place)}"
                )
            if option.open:
                lines.append("  properties: there may be more (a spread or a key that is not known)")
        else:
            lines.append(f"  properties: not known ({describe(option)})")
    if any(app for app in call.apps):
        lines.append(f"  app: {', '.join(call.apps)}")
    return lines


def _explain_nothing(project: Project, path: str, line: int) -> list[str]:
    module = project.all_modules.get(path)
    if module is None:
        return [f"{path} was not opened: it holds no FullStory token and imports nothing that tracks"]
    if module.test:
        return [f"{path} is a test file, so it is left out (exclude-tests)"]
    reason = f" ({module.side_reason})" if module.side_reason else ""
    return [
        f"no tracking call stands on line {line}",
        f"  file: {module.side or 'unknown side'}{reason}",
    ]
