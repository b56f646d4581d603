"""FS601, FS602, FS603, FS605: keys, and the server API where it does not belong. Silent cases first."""

from __future__ import annotations

from textwrap import dedent

import pytest
from ruletest import findings, run

KEY = "na1.5lvADJNkyyzQDPP1Q4/f3l7CVOmvyNTDkKHanxGF9bY3ZdMLLriR1ILDazdEdfYvTYFssAar3YGCQqmcW+tdnH=="
EVENTS = "https://api.fullstory.com/v2/events"


def lines(files: dict[str, str], code: str) -> list[tuple[str, int]]:
    return [(path, line) for _, path, line in findings(files, [code])]


# ------------------------------------------------------------------------------------------------------------- FS601


def test_what_is_no_key() -> None:
    python = """
    import os
    FULLSTORY_ORG = "o-19QX7M-na1"
    FULLSTORY_API_KEY = os.environ["FULLSTORY_API_KEY"]
    FULLSTORY_KEY_NAME = os.getenv("FULLSTORY_API_KEY", "YOUR_API_KEY")
    fullstory_api_key = "<YOUR_API_KEY>"
    fullstory_secret = "FULLSTORY_API_KEY_SECRET"
    fullstory_token = "https://vault.example.com/fullstory/token"
    stripe_api_key = "sk_live_51H8xZ2eZvKYlo2CabcdefGH"
    """
    env = """
    FULLSTORY_API_KEY=
    FULLSTORY_ORG_ID=o-19QX7M-na1
    """
    assert lines({"app/settings.py": python, ".env.example": env}, "FS601") == []


def test_keys_by_shape_by_name_and_in_comments() -> None:
    python = f"""
    # curl -H "Authorization: Basic {KEY}"
    RELAY = "{KEY}"
    FULLSTORY_TOKEN = "8f14e45fceea167a5a36dedd4bea2543"
    """
    assert lines({"app/settings.py": python, "tests/test_x.py": f'K = "{KEY}"\n'}, "FS601") == [
        ("app/settings.py", 1),
        ("app/settings.py", 2),
        ("app/settings.py", 3),
        ("tests/test_x.py", 1),
    ]


def test_a_literal_default_of_a_look_up() -> None:
    python = """
    import os
    key = os.getenv("FULLSTORY_API_KEY", "8f14e45fceea167a5a36dedd4bea2543")
    other = os.environ.get("FULLSTORY_API_KEY") or "8f14e45fceea167a5a36dedd4bea2543"
    mine = os.environ.get("FULLSTORY_API_KEY", "")
    """
    assert lines({"app/settings.py": python}, "FS601") == [("app/settings.py", 2), ("app/settings.py", 3)]


def test_a_key_that_only_its_use_tells() -> None:
    python = f"""
    import requests
    SHARED = "8f14e45fceea167a5a36dedd4bea2543"
    OTHER = "8f14e45fceea167a5a36dedd4bea2544"

    def send(payload):
        requests.post("{EVENTS}", json=payload, headers={{"Authorization": f"Basic {{SHARED}}"}}, timeout=3)
        requests.post("https://api.example.com", json=payload, headers={{"Authorization": OTHER}}, timeout=3)
    """
    assert [line for _, line in lines({"app/track.py": python}, "FS601")] in ([2], [6])


def test_a_key_in_a_tracked_environment_file() -> None:
    files = {".env.production": f"PORT=8080\nFULLSTORY_API_KEY={KEY}\n", "app/x.py": "FULLSTORY = 1\n"}
    assert lines(files, "FS601") == [(".env.production", 2)]


def test_no_key_is_ever_shown() -> None:
    diagnostics, _ = run({"app/settings.py": f'RELAY = "{KEY}"\n'}, ["FS601"])
    assert len(diagnostics) == 1
    assert KEY[4:30] not in repr(diagnostics)


# ------------------------------------------------------------------------------------------------------------- FS605


def authorization(expression: str, head: str = "", call: str = "", config: str = "") -> list[int]:
    """Lines of findings in a module that sends with this authorization; line 10 is the request."""
    source = f"""
    import base64, os
    from base64 import b64encode
    import requests
    from requests.auth import HTTPBasicAuth
    KEY = os.environ["FULLSTORY_API_KEY"]
    ORG = os.environ["FULLSTORY_ORG_ID"]
    {head or "pass"}

    def send(payload, token, secrets):
        requests.post("{EVENTS}", json=payload, {call or f'headers={{"Authorization": {expression}}}'}, timeout=3)
    """
    files = {"app/track.py": source}
    if config:
        files["fslint.toml"] = config
    return [line for _, line in lines(files, "FS605")]


@pytest.mark.parametrize(
    "expression",
    [
        'f"Basic {KEY}"',
        '"Basic " + KEY',
        '"basic " + KEY',
        '"Basic %s" % KEY',
        '"Basic {}".format(KEY)',
        '"Basic " + base64.b64encode(f"{KEY}:".encode()).decode()',
        '"Basic " + b64encode((KEY + ":").encode("ascii")).decode("ascii")',
        'f"Basic {b64encode(bytes(KEY + chr(58), "utf-8")).decode()}"',
        'f"Basic {token}"',
        "token",
        'secrets.get("fullstory/authorization")',
        'os.environ["FULLSTORY_AUTH_HEADER"]',
        'f"Basic {os.environ["FULLSTORY_BASIC_CREDENTIALS"]}"',
        'f"Basic {b64encode(token).decode()}"',
    ],
)
def test_accepted_or_unknown_authorizations(expression: str) -> None:
    assert authorization(expression) == []


@pytest.mark.parametrize(
    "expression",
    [
        "KEY",
        'f"Bearer {KEY}"',
        '"Token " + KEY',
        'f"Basic {KEY}:"',
        'f"Basic {b64encode(KEY.encode()).decode()}"',
        '"Basic " + base64.b64encode(bytes(KEY, "utf-8")).decode("utf-8")',
        'b64encode(f"{KEY}:".encode()).decode()',
        'f"Basic {ORG}"',
        'f"Basic {b64encode(f":{KEY}".encode()).decode()}"',
    ],
)
def test_wrong_authorizations(expression: str) -> None:
    assert authorization(expression) == [10]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('auth=(KEY, "")', []),
        ('auth=HTTPBasicAuth(KEY, "")', []),
        ("auth=token", []),
        ('auth=("", KEY)', [10]),
        ('auth=HTTPBasicAuth("", KEY)', [10]),
        ('params={"api_key": KEY}', [10]),
    ],
)
def test_the_librarys_own_authentication(call: str, expected: list[int]) -> None:
    assert authorization("", call=call) == expected


def test_a_key_in_the_query() -> None:
    source = f"""
    import os, requests
    KEY = os.environ["FULLSTORY_API_KEY"]
    requests.post(f"{EVENTS}?api_key={{KEY}}", json={{}}, timeout=3)
    requests.post(f"{EVENTS}?dry=1", json={{}}, timeout=3)
    """
    assert lines({"app/track.py": source}, "FS605") == [("app/track.py", 3)]


FORMS = f"""
import os, requests
from base64 import b64encode
KEY = os.environ["FULLSTORY_API_KEY"]
A = {{"Authorization": f"Basic {{KEY}}"}}
B = {{"Authorization": "Basic " + b64encode(f"{{KEY}}:".encode()).decode()}}

def send(payload):
    requests.post("{EVENTS}", json=payload, headers=A, timeout=3)
    requests.post("{EVENTS}", json=payload, headers=A, timeout=3)
    requests.post("{EVENTS}", json=payload, headers=B, timeout=3)
"""


def test_two_accepted_forms_in_one_app() -> None:
    # A tie by origin, however many requests use each.
    assert lines({"app/track.py": FORMS}, "FS605") == [("app/track.py", 5)]


def test_the_rarer_form_is_reported() -> None:
    more = f"""
    import requests, os
    from base64 import b64encode
    HEADERS = {{"Authorization": "Basic " + b64encode(f"{{os.environ['FULLSTORY_API_KEY']}}:".encode()).decode()}}
    requests.post("{EVENTS}", json={{}}, headers=HEADERS, timeout=3)
    """
    assert lines({"app/track.py": FORMS, "app/more.py": more}, "FS605") == [("app/track.py", 4)]


def test_the_setting_pins_a_form() -> None:
    pinned = {"app/track.py": FORMS, "fslint.toml": 'authorization = "base64"\n'}
    assert lines(pinned, "FS605") == [("app/track.py", 4)]
    assert authorization('f"Basic {KEY}"', config='authorization = "base64"\n') == [10]
    assert authorization('f"Basic {KEY}"', config='authorization = "verbatim"\n') == []


def test_a_helpers_caller_gives_the_wrong_value() -> None:
    helper = """
    import base64

    def basic(raw: str) -> str:
        return "Basic " + base64.b64encode(raw.encode()).decode()
    """
    source = f"""
    import os, requests
    from app.http import basic
    KEY = os.environ["FULLSTORY_API_KEY"]
    requests.post("{EVENTS}", json={{}}, headers={{"Authorization": basic(KEY)}}, timeout=3)
    requests.post("{EVENTS}", json={{}}, headers={{"Authorization": basic(KEY + ":")}}, timeout=3)
    """
    assert lines({"app/http.py": helper, "app/track.py": source}, "FS605") == [("app/track.py", 4)]


# ----------------------------------------------------------------------------------------------------- FS602, Python


def test_public_variables_in_python() -> None:
    python = """
    import os
    ORG = os.environ.get("VITE_FULLSTORY_ORG_ID")
    KEY = os.environ["FULLSTORY_API_KEY"]
    WRONG = os.environ["VITE_FULLSTORY_API_KEY"]
    AGAIN = os.environ["VITE_FULLSTORY_API_KEY"]
    """
    assert lines({"app/settings.py": dedent(python)}, "FS602") == [("app/settings.py", 4)]


def test_a_public_variable_that_only_an_environment_file_names() -> None:
    files = {
        ".env": "VITE_FULLSTORY_ORG_ID=o-1\nVITE_FULLSTORY_API_KEY=abc\nVITE_FULLSTORY_KEY=o-19QX7M-na1\n",
        "app/x.py": "FULLSTORY = 1\n",
    }
    assert lines(files, "FS602") == [(".env", 2)]
