"""FS801–FS810: the API used wrongly. Silent cases first."""

from __future__ import annotations

import pytest
from ruletest import findings

URL = 'URL = "https://api.fullstory.com/v2/events"\nHEADERS = {"Authorization": "Basic " + KEY}\n'
HEAD = f"import json, os\nimport requests\nfrom datetime import date, datetime, timezone\nKEY = os.environ['FULLSTORY_API_KEY']\n{URL}"


def lines(files: dict[str, str], code: str) -> list[int]:
    return [line for _, _, line in findings(files, [code])]


def python(body: str, code: str) -> list[int]:
    """Lines (counted within ``body``) of the findings in a Python module that sends events."""
    from textwrap import dedent

    source = HEAD + dedent(body).lstrip("\n")
    start = HEAD.count("\n")
    return [line - start for line in lines({"app/tracking.py": source}, code)]


# ------------------------------------------------------------------------------------------------- FS803 and its kin


@pytest.mark.parametrize(
    "payload",
    [
        '{"name": "A", "user": {"uid": uid}, "timestamp": at}',
        '{"name": "A", "user": {"id": uid}, "timestamp": at}',
        '{"name": "A", "user": user, "timestamp": at}',
        '{"name": "A", "session": {"id": uid}, "timestamp": at}',
        '{"name": "A", "user": {"uid": uid}, "session": {"use_most_recent": True}, "timestamp": at}',
        '{"name": "A", "user": {"uid": uid}, "session": {"use_most_recent": False}, "timestamp": at}',
        '{**user, "timestamp": at}',
        "user",
        'build("A", uid)',
    ],
)
def test_complete_or_unknown_payloads_are_silent(payload: str) -> None:
    body = f"""
    def send(uid, user, at):
        requests.post(URL, json={payload}, headers=HEADERS, timeout=3)
    """
    for code in ("FS803", "FS808", "FS809", "FS810"):
        assert python(body, code) == []


def test_fields_that_are_set_afterwards_count() -> None:
    body = """
    def send(uid, at, anonymous):
        p = {"properties": {}}
        p["name"] = "A"
        p.update({"user": {"uid": uid}})
        p["timestamp"] = at
        requests.post(URL, json=p, headers=HEADERS, timeout=3)

    def branch(uid, at, anonymous):
        p = {"name": "A", "timestamp": at}
        if not anonymous:
            p["user"] = {"uid": uid}
        requests.post(URL, json=p, headers=HEADERS, timeout=3)
    """
    assert python(body, "FS803") == []
    assert python(body, "FS808") == []


def test_one_finding_per_missing_field() -> None:
    body = """
    def send(at):
        requests.post(URL, json={"properties": {}, "timestamp": at}, headers=HEADERS, timeout=3)
    """
    assert python(body, "FS803") == [2, 2]


def test_what_a_wrapper_lacks_is_reported_once_in_the_wrapper() -> None:
    body = """
    def send(name, at):
        payload = {"name": name, "timestamp": at}
        requests.post(URL, json=payload, headers=HEADERS, timeout=3)

    send("A", "2024-01-15T09:00:00Z")
    send("B", "2024-01-15T09:00:00Z")
    """
    assert python(body, "FS803") == [2]


def test_what_a_caller_gives_is_reported_at_the_caller() -> None:
    body = """
    def send(payload):
        requests.post(URL, json=payload, headers=HEADERS, timeout=3)

    def a(uid, at):
        send({"name": "A", "user": {"uid": uid}, "timestamp": at})
        send({"name": "A", "timestamp": at})
        send({"name": "A", "user": {"uid": uid}})
    """
    assert python(body, "FS803") == [6]
    assert python(body, "FS808") == [7]


def test_merged_fields_that_only_some_callers_give() -> None:
    body = """
    def send(name, at, **extra):
        requests.post(URL, json={"name": name, "timestamp": at, **extra}, headers=HEADERS, timeout=3)

    def a(uid, at):
        send("A", at, user={"uid": uid})
        send("B", at)
    """
    assert python(body, "FS803") == [6]


def test_the_guides_form() -> None:
    body = """
    def one(uid, at):
        requests.post(URL, json={"events": [{"name": "A", "userId": uid, "timestamp": at}]}, headers=HEADERS, timeout=3)

    def two(uid, at):
        requests.post(
            URL,
            json={
                "events": [
                    {"name": "A", "userId": uid, "timestamp": at},
                    {"name": "B", "timestamp": at},
                ],
            },
            headers=HEADERS,
            timeout=3,
        )
    """
    assert python(body, "FS803") == [10]
    assert python(body, "FS809") == [2]


def test_batches_are_checked_entry_by_entry() -> None:
    body = """
    def batch(uid, at, rows):
        requests.post(URL + "/batch", json={"requests": [
            {"name": "A", "user": {"uid": uid}, "timestamp": at},
            {"name": "B", "timestamp": at},
            {"name": "C", "user": {"uid": uid}},
        ]}, headers=HEADERS, timeout=3)
        requests.post(URL + "/batch", json={"requests": [{"name": "D"} | row for row in rows]}, headers=HEADERS)
        requests.post(URL + "/batch", json={"requests": rows}, headers=HEADERS, timeout=3)
    """
    assert python(body, "FS803") == [4]
    assert python(body, "FS808") == [5]


def test_v1_custom_events_need_their_name_only() -> None:
    body = """
    def send(uid, props):
        url = f"https://api.fullstory.com/users/v1/individual/{uid}/customevent"
        requests.post(url, json={"event": {"event_name": "A", "event_data": props}}, headers=HEADERS, timeout=3)
        requests.post(url, json={"event": {"event_data": props}}, headers=HEADERS, timeout=3)
    """
    assert python(body, "FS803") == [4]
    assert python(body, "FS808") == []


def test_conflicting_identification() -> None:
    body = """
    def send(uid, sid, at, known):
        post({"name": "A", "user": {"uid": uid}, "session": {"id": sid}, "timestamp": at})
        post({"name": "A", "user": {"uid": uid, "id": sid}, "timestamp": at})
        post({"name": "A", "session": {"use_most_recent": True}, "timestamp": at})
        post({"name": "A", "session": {"id": sid}, "userId": uid, "timestamp": at})
        post({"name": "A", "user": {"uid": uid} if known else None, "session": {"id": sid}, "timestamp": at})

    def post(payload):
        requests.post(URL, json=payload, headers=HEADERS, timeout=3)
    """
    assert python(body, "FS810") == [2, 3, 4]
    assert python(body, "FS803") == []


def test_top_level_keys_that_nobody_documents() -> None:
    body = """
    def send(uid, at):
        requests.post(
            URL,
            json={
                "name": "A",
                "user": {"uid": uid},
                "timestamp": at,
                "user_id": uid,
            },
            headers=HEADERS,
            timeout=3,
        )
    """
    assert python(body, "FS809") == [8]


# ------------------------------------------------------------------------------------------------------------- FS804


def at(expression: str) -> bool:
    """Whether a timestamp is reported."""
    body = f"""
    import arrow, time, pendulum
    from django.utils import timezone as django_timezone

    def send(uid, when, day: date):
        post({{"name": "A", "user": {{"uid": uid}}, "timestamp": {expression}, "properties": {{"t": time.time()}}}})

    def post(payload):
        requests.post(URL, json=payload, headers=HEADERS, timeout=3)
    """
    return bool(python(body, "FS804"))


@pytest.mark.parametrize(
    "expression",
    [
        "when",
        "when.isoformat()",
        "datetime.now(timezone.utc).isoformat()",
        "datetime.now(tz=timezone.utc).isoformat()",
        "datetime.utcnow().isoformat() + 'Z'",
        "f'{datetime.utcnow().isoformat()}Z'",
        "datetime.utcnow().replace(tzinfo=timezone.utc).isoformat()",
        "datetime.now().astimezone().isoformat()",
        "datetime.fromtimestamp(when, timezone.utc).isoformat()",
        "datetime.utcnow().strftime('%Y-%m-%dT%H:%M:%SZ')",
        "datetime.now(timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.%f%z')",
        "time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())",
        "arrow.utcnow().isoformat()",
        "pendulum.now().to_iso8601_string()",
        "django_timezone.now().isoformat()",
        "'2024-01-15T09:00:00+01:00'",
        "'2024-01-15T09:00:00.000Z'",
        "when or datetime.now().isoformat()",
    ],
)
def test_timestamps_that_may_be_right(expression: str) -> None:
    assert not at(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "time.time()",
        "int(time.time())",
        "int(time.time() * 1000)",
        "str(time.time())",
        "str(datetime.now())",
        "str(datetime.utcnow())",
        "f'{datetime.utcnow()}'",
        "datetime.now().isoformat()",
        "datetime.utcnow().isoformat()",
        "datetime.utcnow().replace(microsecond=0).isoformat()",
        "datetime.fromtimestamp(when).isoformat()",
        "datetime.now().timestamp()",
        "datetime.utcnow().strftime('%Y-%m-%d %H:%M:%S')",
        "when.strftime('%d/%m/%Y')",
        "time.strftime('%Y-%m-%dT%H:%M:%S')",
        "date.today().isoformat()",
        "'2024-01-15'",
        "'15/01/2024 09:00'",
        "'2024-01-15T09:00:00'",
        "1705309200",
        "time.time() if when else datetime.now().isoformat()",
    ],
)
def test_timestamps_that_are_wrong(expression: str) -> None:
    assert at(expression)


def test_a_constant_timestamp_is_reported_at_its_literal() -> None:
    body = """
    LAUNCH = "15/01/2024"


    def send(uid):
        requests.post(URL, json={"name": "A", "user": {"uid": uid}, "timestamp": LAUNCH}, headers=HEADERS, timeout=3)
    """
    assert python(body, "FS804") == [1]


# ------------------------------------------------------------------------------------------------------------- FS807


def test_bodies_that_arrive_as_json() -> None:
    body = """
    def send(payload, name):
        requests.post(URL, json=payload, headers=HEADERS, timeout=3)
        requests.post(URL, data=json.dumps(payload), headers=HEADERS, timeout=3)
        requests.post(URL, data=json.dumps(payload).encode("utf-8"), headers=HEADERS, timeout=3)
        requests.post(URL, data='{"name": "A"}', headers=HEADERS, timeout=3)
        requests.post(URL, data=payload, headers=HEADERS, timeout=3)
        requests.post(URL, data=f'{{"name": {json.dumps(name)}}}', headers=HEADERS, timeout=3)
        requests.post("https://example.com/v2/events", data={"name": "A"}, timeout=3)
    """
    assert python(body, "FS807") == []


def test_bodies_that_do_not() -> None:
    body = """
    from urllib.parse import urlencode

    def send(uid, name):
        requests.post(URL, data={"name": "A"}, headers=HEADERS, timeout=3)
        requests.post(URL, json=json.dumps({"name": "A"}), headers=HEADERS, timeout=3)
        requests.post(URL, data=urlencode({"name": "A"}), headers=HEADERS, timeout=3)
        requests.post(URL, data=f'{{"name": "{name}"}}'.encode(), headers=HEADERS, timeout=3)
        requests.post(URL, data='{"name": "%s"}' % name, headers=HEADERS, timeout=3)

    def annotated(payload: dict):
        requests.post(URL, data=payload, headers=HEADERS, timeout=3)
    """
    assert python(body, "FS807") == [4, 5, 6, 7, 8, 11]


def test_a_wrapper_that_encodes_wrongly_is_reported_once() -> None:
    body = """
    def send(payload):
        requests.post(URL, data=payload, headers=HEADERS, timeout=3)

    def a(uid):
        send({"name": "A"})
        send({"name": "B"})
    """
    assert python(body, "FS807") == [2]


# ------------------------------------------------------------------------------------------------------------- FS806


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("^2.0.0", False),
        ("2.1.1", False),
        ("~1.7.1", True),
        (">=1.7", True),
        (">=2", False),
        (">1", False),
        ("1 || 2", True),
        ("^2 || ^3", False),
        ("2.x", False),
        (">=1.7 <3", True),
        ("1 - 2", True),
        ("npm:@fullstory/browser@^2.0.0", False),
        ("*", None),
        ("latest", None),
        ("workspace:*", None),
        ("catalog:", None),
        ("", None),
    ],
)
def test_version_ranges(text: str, expected: bool | None) -> None:
    from fslint.rules.fs8_sdk import admits_below_2

    assert admits_below_2(text) is expected


# ------------------------------------------------------------------------------------------------------ JavaScript


def script(body: str, code: str, path: str = "web/src/x.ts", more: dict[str, str] | None = None) -> list[int]:
    from textwrap import dedent

    return [
        n
        for p, n in ((p, n) for _, p, n in findings({path: dedent(body).lstrip(), **(more or {})}, [code]))
        if p == path
    ]


@pytest.mark.parametrize(
    "call",
    [
        "FS('trackEvent', { name: 'A' })",
        "FS('trackEventAsync', { name: 'A' })",
        "FS('setPage', {})",
        "FS(operation, {})",
        "FS(on ? 'restart' : 'shutdown')",
        "FS(`${prefix}Event`, {})",
        "FS.shutdown()",
        "FS.unheardOf()",
        "mine('identify', {})",
        "tracker.trackEvent('A')",
    ],
)
def test_operations_that_may_be_right(call: str) -> None:
    assert script(f"export function f(operation, on, prefix, mine, tracker) {{ {call}; }}", "FS801") == []


@pytest.mark.parametrize(
    "call",
    [
        "FS('identify', { uid })",
        "FS('track', { name: 'A' })",
        "FS('trackevent', { name: 'A' })",
        "FS('eventAsync', { name: 'A' })",
        "FS('makeCoffee')",
        "FS(on ? 'pause' : 'restart')",
        "window.FS?.('setUserVars', {})",
        "FS.trackEvent('A', {})",
        "FS.setIdentityAsync({ uid })",
    ],
)
def test_operations_that_do_not_exist(call: str) -> None:
    assert script(f"export function f(uid, on) {{ {call}; }}", "FS801") == [1]


def test_an_operation_in_a_constants_module_is_reported_there() -> None:
    files = {
        "web/ops.ts": "export const OPS = {\n  id: 'setIdentity',\n  vars: 'setUserVars',\n};\n",
        "web/x.ts": "import { OPS } from './ops';\nFS(OPS.id, { uid: u });\nFS(OPS.vars, {});\nFS(OPS.vars, {});\n",
    }
    assert findings(files, ["FS801"]) == [("FS801", "web/ops.ts", 3)]


def test_renames_and_their_help() -> None:
    from ruletest import run

    source = "FS('trackevent', { name: 'A' });\nFS('setUserVars', {});\nFS.trackEvent({ name: 'A' });\n"
    diagnostics, _ = run({"web/x.js": source}, ["FS801"])
    fixes = [d.fix for d in diagnostics]
    assert "setProperties" in diagnostics[1].help and "type: 'user'" in diagnostics[1].help
    assert fixes[0] is not None and fixes[0].applicability == "unsafe" and fixes[1] is None and fixes[2] is not None
    for fix in (fixes[0], fixes[2]):
        edit = fix.edits[0]
        source = source[: edit.place.start] + edit.content + source[edit.place.end :] if fix is fixes[2] else source
    assert "FS('trackEvent', { name: 'A' });" in source


@pytest.mark.parametrize(
    "call",
    [
        "FS('trackEvent', { name: 'A' })",
        "FS('trackEvent', { name: 'A', properties: {}, schema: {} })",
        "FS('trackEvent', { ...event })",
        "FS('trackEvent', event)",
        "FS('trackEvent', make(event))",
        "FS('trackEvent', ...event)",
        "FS('setProperties', { type: 'document', properties: {} })",
        "FS('setProperties', { type: event.type, properties: {} })",
        "FS('setIdentity', { anonymous: true })",
        "FS('setIdentity', { consent: false })",
        "FS('setIdentity', { ...(event && { uid: event }) })",
        "FS('observe', { type: 'start', callback: event })",
        "FS('observe', { type: 'internal/user', callback: event })",
        "FS.event('A', {})",
        "FS.event(event, {})",
        "FS.identify('1', {})",
        "new PerformanceObserver(event).observe({ type: 'paint' })",
    ],
)
def test_arguments_that_are_fine(call: str) -> None:
    assert script(f"export function f(event, make) {{ {call}; }}", "FS802") == []


@pytest.mark.parametrize(
    "call",
    [
        "FS('trackEvent', { properties: {} })",
        "FS('trackEvent', { eventName: 'A' })",
        "FS('trackEvent', { name: 'A', amount: 1 })",
        "FS('trackEvent', 'A')",
        "FS('trackEvent', 'A', { amount: 1 })",
        "FS('trackEvent')",
        "FS('trackEventAsync', {})",
        "FS('setProperties', { properties: {} })",
        "FS('setProperties', { type: 'account', properties: {} })",
        "FS('setProperties', { type: on ? 'page' : 'team', properties: {} })",
        "FS('setProperties', { type: 'user', plan: 'pro' })",
        "FS('setIdentity', { uid: u, email: 'x' })",
        "FS('setIdentity', { properties: {} })",
        "FS('observe', { type: 'session', callback: f })",
        "FS('observe', { callback: f })",
        "FS('observe', { type: 'start' })",
        "FS.event({}, 'A')",
        "FS.identify({ plan: 'pro' }, `u_${u}`)",
    ],
)
def test_arguments_that_are_not(call: str) -> None:
    assert script(f"export function f(on, u) {{ {call}; }}", "FS802") == [1]


def test_arguments_through_wrappers() -> None:
    body = """
    const send = (event) => FS('trackEvent', event);
    const mine = (name) => FS('trackEvent', { event: name });
    send({ name: 'A' });
    send({ event: 'A' });
    mine('A');
    mine('B');
    """
    assert script(body, "FS802") == [2, 4]


def test_one_finding_per_call() -> None:
    body = """
    FS('setProperties', {
      plan: 'pro',
      team: 'a',
      properties: {},
    });
    """
    assert script(body, "FS802") == [1]
    assert script("FS('identify', 'A', { b: 1 });\n", "FS802") == []


def test_payloads_of_the_sdk() -> None:
    body = """
    import { init } from '@fullstory/server-api-client';
    const client = init({ apiKey: process.env.FULLSTORY_API_KEY });
    client.events.create({ body: { name: 'A', user: { uid }, timestamp: new Date().toISOString() } });
    client.events.create({ body: { name: 'A', user: { uid } } });
    client.events.create({ body: { user: { uid }, timestamp: at } });
    client.events.create({ body });
    """
    assert script(body, "FS808") == [4]
    assert script(body, "FS803") == [5]


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("new Date().toISOString()", False),
        ("new Date()", False),
        ("new Date(at).toISOString()", False),
        ("at", False),
        ("at.toString()", False),
        ("dayjs().format()", False),
        ("moment().toISOString()", False),
        ("at ?? Date.now()", False),
        ("Date.now()", True),
        ("String(Date.now())", True),
        ("Math.floor(Date.now() / 1000)", True),
        ("Date.now() / 1000", True),
        ("new Date().getTime()", True),
        ("new Date().toString()", True),
        ("new Date().toLocaleString('de-DE')", True),
        ("new Date(at).toUTCString()", True),
        ("`${new Date()}`", True),
        ("+new Date()", True),
        ("new Date().toISOString().slice(0, 10)", False),
        ("'2024-01-15'", True),
    ],
)
def test_timestamps_in_javascript(expression: str, wrong: bool) -> None:
    body = f"""
    import axios from 'axios';
    export const send = (uid, at) =>
      axios.post('https://api.fullstory.com/v2/events', {{ name: 'A', user: {{ uid }}, timestamp: {expression} }});
    """
    assert script(body, "FS804") == ([3] if wrong else [])


def test_bodies_in_javascript() -> None:
    body = """
    import axios from 'axios';
    const url = 'https://api.fullstory.com/v2/events';
    export function fine(body, name) {
      fetch(url, { method: 'POST', body: JSON.stringify({ name: 'A' }) });
      fetch(url, { method: 'POST', body });
      axios.post(url, { name: 'A' });
      axios.post(url, JSON.stringify({ name: 'A' }));
      $.ajax({ url, type: 'POST', data: JSON.stringify({ name: 'A' }) });
      fetch(url, { method: 'POST', body: `{"name": ${JSON.stringify(name)}}` });
    }
    export function wrong(body, name) {
      fetch(url, { method: 'POST', body: { name: 'A' } });
      fetch(url, { method: 'POST', body: new URLSearchParams({ name: 'A' }) });
      axios.post(url, new URLSearchParams({ name: 'A' }).toString());
      $.ajax({ url, type: 'POST', data: { name: 'A' } });
      fetch(url, { method: 'POST', body: `{"name": "${name}"}` });
    }
    """
    assert script(body, "FS807") == [12, 13, 14, 15, 16]


BATCH = """
import { init } from '@fullstory/server-api-client';
const client = init({ apiKey: process.env.FULLSTORY_API_KEY });
const create = (b) => client.users.batchCreate({ body: b });
export function f(body, start, self) {
  %s
}
"""


@pytest.mark.parametrize(
    "code",
    [
        "client.users.batchCreate({ body }).execute();",
        "client.users.batchCreate({ body }).on('done', f).execute();",
        "const job = client.users.batchCreate({ body }); job.add(1); job.execute();",
        "const job = client.users.batchCreate({ body }); setTimeout(() => job.execute(), 10);",
        "const job = client.users.batchCreate({ body }); job.on('done', f).execute();",
        "const job = client.users.batchCreate({ body }); return job;",
        "const job = client.users.batchCreate({ body }); start(job);",
        "const job = client.users.batchCreate({ body }).on('done', f); job.restart();",
        "self.job = client.users.batchCreate({ body });",
        "start(client.users.batchCreate({ body }));",
        "return { job: client.users.batchCreate({ body }) };",
        "const other = prisma.users.batchCreate({ body });",
    ],
)
def test_batches_that_may_be_executed(code: str) -> None:
    assert script(BATCH % code, "FS805") == []


@pytest.mark.parametrize(
    "code",
    [
        "client.users.batchCreate({ body });",
        "client.users.batchCreate({ body }).on('done', f);",
        "const job = client.users.batchCreate({ body });",
        "const job = client.users.batchCreate({ body }); job.add(1); job.on('done', f);",
        "const job = client.users.batchCreate({ body }).on('done', f); job.add(1);",
    ],
)
def test_batches_that_nobody_executes(code: str) -> None:
    assert script(BATCH % code, "FS805") == [5]


def package(version: str) -> dict[str, str]:
    return {"web/package.json": f'{{"dependencies": {{"@fullstory/browser": "{version}"}}}}\n'}


@pytest.mark.parametrize(
    ("source", "version", "expected"),
    [
        ("import * as FullStory from '@fullstory/browser';\nFullStory.event('A', {});\n", "^1.7.1", []),
        ("import * as FullStory from '@fullstory/browser';\nFullStory.event('A', {});\n", "workspace:*", []),
        ("import * as FullStory from '@fullstory/browser';\nFullStory.init({ orgId });\n", "^2.0.0", []),
        ("import * as FS from '@fullstory/browser';\nFS.FullStory.event('A', {});\n", "^2.0.0", []),
        ("import { FullStory } from '@fullstory/browser';\nFullStory.event('A', {});\n", "^2.0.0", []),
        ("import * as FullStory from '@fullstory/browser';\nFullStory.event('A', {});\n", "^2.0.0", [1]),
        ("import * as FullStory from '@fullstory/browser';\nsentry(FullStory);\nFullStory.event('A');\n", "2.0.8", [1]),
        ("const FullStory = require('@fullstory/browser');\nFullStory.identify('1');\n", "^2.0.0", [1]),
        ("const { event } = require('@fullstory/browser');\nevent('A', {});\n", "^2.0.0", [1]),
        ("const { FullStory } = require('@fullstory/browser');\nFullStory.event('A', {});\n", "^2.0.0", []),
        ("const { FullStory } = await import('@fullstory/browser');\nFullStory.event('A', {});\n", "^2.0.0", []),
        ("import('@fullstory/browser').then(({ FullStory }) => FullStory.event('A'));\n", "^2.0.0", []),
        ("import('@fullstory/browser').then((sdk) => sdk.init({ orgId }));\n", "^2.0.0", []),
        ("const sdk = await import('@fullstory/browser');\nsdk.default.event('A', {});\n", "^2.0.0", []),
        ("const FS = await import('@fullstory/browser');\nFS.event('A', {});\n", "^1.7.1", []),
        ("const FS = await import('@fullstory/browser');\nFS.event('A', {});\n", "^2.0.0", [1]),
        ("const { event } = await import('@fullstory/browser');\nevent('A', {});\n", "^2.0.0", [1]),
        ("(await import('@fullstory/browser')).identify('1');\n", "^2.0.0", [1]),
        ("\nimport('@fullstory/browser').then((sdk) => sdk.event('A', {}));\n", "^2.0.0", [1]),
        ("import('@fullstory/browser').then(({ event }) => event('A', {}));\n", "^2.0.0", [1]),
    ],
)
def test_namespace_imports(source: str, version: str, expected: list[int]) -> None:
    assert script(source, "FS806", more=package(version)) == expected


def test_namespace_imports_without_a_package_file() -> None:
    assert script("import * as F from '@fullstory/browser';\nF.event('A', {});\n", "FS806") == []


def test_a_wrong_operation_through_a_wrapper_silences_no_other_caller() -> None:
    body = (
        "const call = (op, data) => FS(op, data);\n"
        "call('anonymize', {});\n"
        "call('trackEvent', { properties: { n: 1 } });\n"
        "call('trackEvent', { name: 'Fine Done', properties: {} });\n"
    )
    assert [(c, n) for c, _, n in findings({"web/a.js": body}, ("FS801", "FS802"))] == [("FS801", 2), ("FS802", 3)]
