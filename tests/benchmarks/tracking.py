"""Tracking in generated code: the wrappers, and random calls of them whose places and names are written down.

``§`` stands before a call; ``cut`` takes the marks out and says on which lines they stood.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .vocabulary import ADJECTIVES, NOUNS, PAST, Words, camel, pascal, snake

MARK = "§"
Property = tuple[str, str]
"""(name, type); the types are the registry's."""
_PROPERTIES: tuple[Property, ...] = (
    ("amount", "real"), ("currency", "str"), ("item_count", "int"), ("source", "str"), ("is_gift", "bool"), ("plan", "str"),
    ("duration", "real"), ("attempts", "int"), ("method", "str"), ("first_time", "bool"), ("category", "str"), ("position", "int"),
)  # fmt: skip
_WEB_VALUES = {"real": "Number(total.toFixed(2))", "str": "'{}'", "int": "rows.length", "bool": "rows.length > 0"}
_PYTHON_VALUES = {"real": "round(total, 2)", "str": '"{}"', "int": "len(rows)", "bool": "len(rows) > 0"}


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """A call that fslint must find: where it begins and the names of the event that it may send."""

    path: str
    line: int
    names: tuple[str, ...]


@dataclass(slots=True)
class Event:
    """A row of the tracking plan."""

    name: str
    side: str
    properties: tuple[Property, ...]


@dataclass(slots=True)
class Plan:
    """The events given so far, and what is counted on the way."""

    rng: random.Random
    events: dict[str, Event] = field(default_factory=dict)
    web_constants: list[str] = field(default_factory=list)
    python_constants: list[str] = field(default_factory=list)

    def event(self, side: str) -> Event:
        """A new event, sometimes one that was sent before."""
        rng = self.rng
        known = list(self.events.values())[-6:]
        if known and rng.random() < 0.1 and (same := [event for event in known if event.side == side]):
            return rng.choice(same)
        return self.new_event(side, tuple(rng.sample(_PROPERTIES, rng.randint(0, 4))))

    def new_event(self, side: str, properties: tuple[Property, ...]) -> Event:
        """An event that was never sent before."""
        rng = self.rng
        while True:
            words = [rng.choice(NOUNS), rng.choice(PAST)]
            if rng.random() < 0.6:
                words.insert(0, rng.choice(ADJECTIVES))
            name = " ".join(word.capitalize() for word in words)
            if name not in self.events:
                self.events[name] = Event(name, side, properties)
                return self.events[name]

    def registry(self) -> str:
        """The tracking plan as YAML."""
        lines = ["version: 1", "naming: title_case", 'user_id: {type: string, format: "user_{id}"}', "events:"]
        for event in self.events.values():
            lines += [
                f"  {event.name}:",
                f"    description: Sent when it happened ({event.name.lower()}).",
                f"    side: {event.side}",
            ]
            if event.properties:
                lines += ["    properties:", *(f"      {name}: {{type: {type_}}}" for name, type_ in event.properties)]
        return "\n".join(lines) + "\n"


def cut(text: str) -> tuple[str, list[int]]:
    """A text without its marks, and the line of each."""
    parts = text.split(MARK)
    lines: list[int] = []
    line = 1
    for part in parts[:-1]:
        line += part.count("\n")
        lines.append(line)
    return "".join(parts), lines


def constant_key(name: str) -> str:
    return name.upper().replace(" ", "_")


# --------------------------------------------------------------------------------------------------------------- web

WEB_STYLES = {
    # style: (share, import line, callee)
    "v2": (3, "import { FullStory } from '@fullstory/browser';", ""),
    "window": (1, "", ""),
    "package": (2, "import { EVENTS, trackEvent } from '@acme/analytics';", "trackEvent"),
    "app": (5, "import { trackUi } from '@/lib/tracking';\nimport { EVENTS } from '@acme/analytics';", "trackUi"),
    "barrel": (3, "import { trackUi as track } from '@/lib';\nimport { EVENTS } from '@acme/analytics';", "track"),
    "hook": (
        2,
        "import { useTracking } from '@/lib/use-tracking';\nimport { EVENTS } from '@acme/analytics';",
        "track",
    ),
}


def web_base(apps: Sequence[str]) -> dict[str, str]:
    """The analytics package, and each app's own wrapper around it, in two forms, behind a barrel."""
    package = "web/packages/analytics"
    files = {
        f"{package}/package.json": '{\n  "name": "@acme/analytics",\n  "version": "1.0.0",\n  "main": "src/index.ts"\n}\n',
        f"{package}/src/fullstory.ts": "import { FullStory } from '@fullstory/browser';\n\n"
        "export type Properties = Record<string, unknown>;\n\n"
        "export function sendEvent(name: string, properties: Properties = {}): void {\n"
        "  FullStory('trackEvent', { name, properties });\n}\n",
        f"{package}/src/track.ts": "import { sendEvent, type Properties } from './fullstory';\n\n"
        "/** Every event of every app goes through here. */\n"
        "export const trackEvent = (name: string, properties: Properties = {}): void => {\n"
        "  if (navigator.doNotTrack === '1') return;\n  sendEvent(name, { ...properties });\n};\n",
        f"{package}/src/index.ts": "export { trackEvent } from './track';\nexport type { Properties } from './fullstory';\nexport { EVENTS } from './events';\n",
    }
    for app in apps:
        lib = f"web/apps/{app}/src/lib"
        files |= {
            f"web/apps/{app}/package.json": f'{{\n  "name": "@acme/{app}",\n  "private": true,\n  "dependencies": {{ "@acme/analytics": "workspace:*" }}\n}}\n',
            f"web/apps/{app}/tsconfig.json": '{\n  "extends": "../../../tsconfig.base.json",\n  "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["src/*"] } }\n}\n',
            f"{lib}/tracking.ts": "import { trackEvent, type Properties } from '@acme/analytics';\n\n"
            "export function trackUi(name: string, properties?: Properties) {\n  trackEvent(name, properties);\n}\n",
            f"{lib}/use-tracking.ts": "import { useCallback } from 'react';\nimport { trackUi } from './tracking';\n\n"
            "export function useTracking() {\n  const track = useCallback((name: string, properties?: Record<string, unknown>) => trackUi(name, properties), []);\n"
            "  return { track };\n}\n",
            f"{lib}/index.ts": "export { trackUi } from './tracking';\nexport { useTracking } from './use-tracking';\n",
        }
    return files


class WebSites:
    """Writes blocks with calls for one file. ``names``: what each call sends, in the order of the marks."""

    def __init__(self, plan: Plan, words: Words, style: str) -> None:
        self.plan, self.words, self.style = plan, words, style
        self.names: list[tuple[str, ...]] = []
        self.callee = WEB_STYLES[style][2]

    def header(self) -> str:
        """The imports."""
        line = WEB_STYLES[self.style][1]
        return line + "\n" if line else ""

    def name(self, events: list[Event]) -> str:
        """How the event's name is written."""
        rng = self.plan.rng
        event = events[0]
        if self.callee and rng.random() < 0.5:
            self.plan.web_constants.append(event.name)
            return f"EVENTS.{constant_key(event.name)}"
        if len(events) > 1:
            return f"rows.length > 1 ? '{event.name}' : '{events[1].name}'"
        return f"'{event.name}'"

    def call(self) -> str:
        rng = self.plan.rng
        events = [self.plan.event("client")]
        if self.style != "v2" and rng.random() < 0.05:
            events.append(self.plan.new_event("client", events[0].properties))
        name = self.name(events)
        names = {events[0].name} | ({events[1].name} if "?" in name else set())
        self.names.append(tuple(sorted(names)))
        suffix = self.style == "window"
        entries = [
            f"{p}_{t}: {_WEB_VALUES[t]}" if suffix else f"{p}: {_WEB_VALUES[t]}" for p, t in events[0].properties
        ]
        listed = ", ".join(entry.format(rng.choice(NOUNS)) for entry in entries)
        properties = f"{{ {listed} }}" if listed else ""
        if rng.random() < 0.3 and listed:
            properties = "{\n  " + listed.replace(", ", ",\n  ") + ",\n}"
        if self.style == "v2":
            return f"{MARK}FullStory('trackEvent', {{ name: {name}, properties: {properties or '{}'} }});\n"
        if self.style == "window":
            return f"{MARK}window.FS.event({name}, {properties or '{}'});\n"
        return f"{MARK}{self.callee}({name}{', ' if properties else ''}{properties});\n"

    def block(self, jsx: bool, typed: bool) -> str:
        """A declaration with one or two calls in it."""
        from .code_web import indent

        rng, words = self.plan.rng, self.words
        rows, total = ("rows: string[]", "total: number") if typed else ("rows", "total")
        hook = "  const { track } = useTracking();\n" if self.style == "hook" else ""
        call = self.call()
        name = words.unique(words.action())
        forms: list[Callable[[], str]] = [
            lambda: f"export const {camel(name)}¤ = async ({rows}, {total}) => {{\n{hook}  try {{\n    await {camel(words.action())}(rows);\n{indent(call, 4)}  }} catch (error) {{\n    report(error);\n  }}\n}};\n",
            lambda: f"export function {camel(name)}¤({rows}, {total}) {{\n{hook}  const {words.noun()}1 = rows.filter(Boolean);\n{indent(call)}  return total * {rng.randint(2, 9)};\n}}\n",
            lambda: f"export function use{pascal(name)}¤({rows}, {total}) {{\n{hook}  useEffect(() => {{\n    if (!rows.length) return;\n{indent(call, 4)}  }}, [rows]);\n}}\n",
        ]  # fmt: skip
        if self.style != "hook":
            forms.append(
                lambda: (
                    f"export class {pascal(name)}Store¤ {{\n  {words.verb()}{words.noun().capitalize()}({rows}, {total}) {{\n{indent(call, 4)}    return this;\n  }}\n}}\n"
                )
            )
        if jsx:
            props = "{ rows, total }" + (": { rows: string[]; total: number }" if typed else "")
            forms += [
                lambda: f"export function {pascal(name)}Button¤({props}) {{\n{hook}  const onClick = () => {{\n    setBusy(true);\n{indent(call, 4)}  }};\n  return (\n    <button className=\"btn\" onClick={{onClick}}>\n      {words.title()}\n    </button>\n  );\n}}\n",
                lambda: f"export function {pascal(name)}Link¤({props}) {{\n{hook}  return (\n    <a\n      href=\"/{words.noun()}\"\n      onClick={{() => {{\n{indent(call, 8)}      }}}}\n    >\n      {words.title()}\n    </a>\n  );\n}}\n",
            ] * 2  # fmt: skip
        return rng.choice(forms)()


# ------------------------------------------------------------------------------------------------------------ Python

PYTHON_STYLES = {
    "direct": (3, "from acme_sdk.tracking import track_server_event\n", "track_server_event"),
    "library": (2, "from libs.telemetry import EventName, record_event\n", "record_event"),
    "service": (
        5,
        "from libs.telemetry.names import EventName\nfrom services.{service}.analytics import record\n",
        "record",
    ),
    "module": (
        2,
        "from libs.telemetry.names import EventName\nfrom services.{service} import analytics\n",
        "analytics.record",
    ),
}


def python_base(services: Sequence[str]) -> dict[str, str]:
    """The telemetry library, and each service's own wrapper around it."""
    library = "server/libs/telemetry"
    files = {
        "server/libs/__init__.py": "",
        "server/services/__init__.py": "",
        f"{library}/client.py": "import logging\n\nfrom acme_sdk.tracking import track_server_event\n\nlogger = logging.getLogger(__name__)\n\n\n"
        "def emit(name, user_id, properties=None):\n    try:\n        track_server_event(name, user_id, properties or {})\n"
        '    except Exception:\n        logger.exception("not sent")\n',
        f"{library}/events.py": "from .client import emit\n\n\ndef record_event(name, user, **properties):\n"
        '    """Send an event for a user, unless they opted out."""\n    if user.opted_out:\n        return\n'
        '    emit(name, f"user_{user.id}", properties)\n',
        f"{library}/__init__.py": "from .events import record_event\nfrom .names import EventName\n\n"
        '__all__ = ["EventName", "record_event"]\n',
    }
    for service in services:
        files[f"server/services/{service}/__init__.py"] = ""
        files[f"server/services/{service}/analytics.py"] = (
            "from libs.telemetry import record_event\n\n\ndef record(name, user, **properties):\n"
            "    record_event(name, user, **properties)\n"
        )
    return files


class PythonSites:
    """Writes definitions with calls for one file. ``names``: what each call sends, in the order of the marks."""

    def __init__(self, plan: Plan, words: Words, style: str, service: str) -> None:
        self.plan, self.words, self.style, self.service = plan, words, style, service
        self.names: list[tuple[str, ...]] = []

    def header(self) -> str:
        return PYTHON_STYLES[self.style][1].format(service=self.service)

    def call(self) -> str:
        rng = self.plan.rng
        event = self.plan.event("server")
        self.names.append((event.name,))
        callee = PYTHON_STYLES[self.style][2]
        values = [(p, t, _PYTHON_VALUES[t].format(rng.choice(NOUNS))) for p, t in event.properties]
        if self.style == "direct":
            entries = ", ".join(f'"{p}_{t}": {value}' for p, t, value in values)
            return f'{MARK}track_server_event("{event.name}", f"user_{{user.id}}", {{{entries}}})\n'
        name = f'"{event.name}"'
        if rng.random() < 0.5:
            self.plan.python_constants.append(event.name)
            name = f"EventName.{constant_key(event.name)}"
        arguments = [name, "user", *(f"{p}_{t}={value}" for p, t, value in values)]
        if len(arguments) > 3:
            return f"{MARK}{callee}(\n" + "".join(f"    {one},\n" for one in arguments) + ")\n"
        return f"{MARK}{callee}({', '.join(arguments)})\n"

    def block(self) -> str:
        """A definition with a call in it."""
        from .code_web import indent

        rng, words = self.plan.rng, self.words
        name = snake(words.unique(words.action()))
        call = self.call()
        forms: list[Callable[[], str]] = [
            lambda: f"def {name}_¤(user, rows, total):\n    {words.noun()} = {snake(words.action())}(rows)\n{indent(call, 4)}    return {words.noun()}s\n\n\n",
            lambda: f"def {name}_¤(user, rows, total=0.0):\n    for {words.noun()} in rows:\n        total += float({words.noun()}_total(rows))\n    if total > {rng.randint(2, 99)}:\n{indent(call, 8)}\n\n",
            lambda: f"class {pascal(name.split('_'))}_¤:\n    def {words.verb()}_{words.noun()}(self, user, rows, total):\n        self.{words.noun()} = rows\n{indent(call, 8)}\n\n",
            lambda: f'@task(queue="{words.noun()}")\ndef {name}_¤(user, rows, total):\n    try:\n        {snake(words.action())}(rows)\n    except ValueError:\n        return\n{indent(call, 4)}\n\n',
        ]  # fmt: skip
        return rng.choice(forms)()
