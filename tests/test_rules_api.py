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
