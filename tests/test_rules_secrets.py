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


def test_public_variables_through_decouple() -> None:
    python = """
    from decouple import config
    ORG = config("VITE_FULLSTORY_ORG_ID")
    KEY = config("FULLSTORY_API_KEY")
    WRONG = config("VITE_FULLSTORY_API_KEY")
    """
    assert lines({"app/settings.py": dedent(python)}, "FS602") == [("app/settings.py", 4)]


def test_a_public_variable_that_only_an_environment_file_names() -> None:
    files = {
        ".env": "VITE_FULLSTORY_ORG_ID=o-1\nVITE_FULLSTORY_API_KEY=abc\nVITE_FULLSTORY_KEY=o-19QX7M-na1\n",
        "app/x.py": "FULLSTORY = 1\n",
    }
    assert lines(files, "FS602") == [(".env", 2)]


# --------------------------------------------------------------------------------------- the same in JavaScript


POST = f"fetch('{EVENTS}', {{ method: 'POST', headers, body }});"


def test_keys_in_javascript() -> None:
    source = f"""
    import {{ init }} from '@fullstory/server-api-client';
    const relay = '{KEY}';
    const apiKey = process.env.FULLSTORY_API_KEY ?? '8f14e45fceea167a5a36dedd4bea2543';
    const client = init({{ apiKey: 'quite-a-secret-4711' }});
    FS.event('Signed Up', {{ api_key: '8f14e45fceea167a5a36' }});
    algolia.init({{ apiKey: '8f14e45fceea167a5a36' }});
    init({{ apiKey: 'YOUR_API_KEY' }});
    """
    assert lines({"web/x.ts": source}, "FS601") == [("web/x.ts", n) for n in (2, 3, 4, 5)]


def test_a_key_as_property_is_no_property() -> None:
    source = "FS.event('Signed Up', { apiKey: 'fs_api_key_123' });\n"
    assert findings({"web/x.js": source}, ["FS301", "FS601", "FS604"]) == [("FS601", "web/x.js", 1)]


def test_variables_that_are_public_by_their_use() -> None:
    source = """
    import { init } from '@fullstory/browser';
    import { init as server } from '@fullstory/server-api-client';
    init({ orgId: import.meta.env.VITE_FULLSTORY_KEY });
    const c = server({ apiKey: import.meta.env.VITE_ANALYTICS_PASS });
    const again = import.meta.env.VITE_FULLSTORY_KEY;
    """
    assert lines({"lib/x.ts": source}, "FS602") == [("lib/x.ts", 4)]


def test_an_org_id_through_a_helper() -> None:
    helper = "import { init } from '@fullstory/browser';\nexport const start = (key) => init({ orgId: key });\n"
    main = "import { start } from './helper';\nstart(process.env.REACT_APP_FULLSTORY_TOKEN);\n"
    assert lines({"web/helper.ts": helper, "web/main.ts": main}, "FS602") == []


def test_server_variables_in_client_code() -> None:
    client = "'use client';\nexport const key = process.env.FULLSTORY_API_KEY;\n"
    server = "import express from 'express';\nexport const key = process.env.FULLSTORY_API_KEY;\n"
    page = """
    export async function getServerSideProps() {
      return { props: { ok: Boolean(process.env.FULLSTORY_API_KEY) } };
    }
    export default () => <p>Hello</p>;
    """
    assert lines({"web/a.ts": server, "web/pages/b.tsx": page}, "FS602") == []
    assert lines({"web/a.ts": server, "web/c.ts": client}, "FS602") == [("web/c.ts", 2)]


@pytest.mark.parametrize(
    ("path", "source", "line"),
    [
        (
            "vite.config.ts",
            "export default { define: {\n __KEY__: JSON.stringify(process.env.FULLSTORY_API_KEY) } };\n",
            2,
        ),
        (
            "webpack.config.js",
            "const webpack = require('webpack');\nmodule.exports = { plugins: [new webpack.DefinePlugin({\n"
            "'process.env.FULLSTORY_API_KEY': JSON.stringify(process.env.FULLSTORY_API_KEY) })] };\n",
            3,
        ),
        ("next.config.js", "module.exports = { env: {\n FULLSTORY_API_KEY: process.env.FULLSTORY_API_KEY } };\n", 2),
        (
            "next.config.mjs",
            "export default { publicRuntimeConfig: {\n fullstoryApiKey: process.env.FULLSTORY_API_KEY } };\n",
            2,
        ),
        (
            "nuxt.config.ts",
            "export default defineNuxtConfig({ runtimeConfig: { public: {\n"
            " fullstoryApiKey: process.env.FULLSTORY_API_KEY } } });\n",
            2,
        ),
    ],
)
def test_bundlers_that_publish_a_variable(path: str, source: str, line: int) -> None:
    assert lines({path: source}, "FS602") == [(path, line)]
    assert (
        lines({path: source.replace("FULLSTORY_API_KEY", "FULLSTORY_ORG_ID").replace("ApiKey", "Org")}, "FS602") == []
    )


def test_private_runtime_config_is_fine() -> None:
    source = """
    export default defineNuxtConfig({
      runtimeConfig: {
        fullstoryApiKey: process.env.FULLSTORY_API_KEY,
        public: { fullstoryOrg: process.env.FULLSTORY_ORG },
      },
    });
    """
    assert lines({"nuxt.config.ts": source}, "FS602") == []


# ------------------------------------------------------------------------------------------------------------- FS603


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("lib/x.ts", f"export function send(headers, body) {{ {POST} }}\n"),
        ("lib/x.ts", f"import 'server-only';\nexport function send(headers, body) {{ {POST} }}\n"),
        ("web/x.ts", f"'use client';\nfetch('{EVENTS}');\n"),
        ("web/x.ts", f"'use client';\nfetch('{EVENTS}', {{ method: 'GET' }});\n"),
        ("web/x.ts", "'use client';\nimport type { FSUsersApi } from '@fullstory/server-api-client';\n"),
        ("web/x.ts", "'use client';\nimport { type FSUsersApi } from '@fullstory/server-api-client';\n"),
        (
            "web/x.ts",
            f"export function send(headers, body) {{\n  if (typeof window === 'undefined') {{ {POST} }}\n"
            "  else { window.FS('trackEvent', { name: 'A' }); }\n}\n",
        ),
        (
            "app/page.tsx",
            f"export default () => {{ async function a(headers, body) {{ 'use server'; {POST} }}\n"
            " return <p action={a} />; };\n",
        ),
    ],
)
def test_the_server_api_where_it_belongs(path: str, source: str) -> None:
    assert lines({path: source}, "FS603") == []


def test_the_server_api_in_client_code() -> None:
    source = f"""
    'use client';
    import {{ init }} from '@fullstory/server-api-client';
    const client = init({{ apiKey: key }});
    client.events.create({{ body: {{ name: 'A' }} }});
    export function send(headers, body) {{
      {POST}
      navigator.sendBeacon('{EVENTS}', body);
    }}
    """
    assert lines({"web/x.ts": source}, "FS603") == [("web/x.ts", n) for n in (2, 6, 7)]


def test_required_and_dynamic_imports_count() -> None:
    source = """
    window.ready = async () => {
      const a = require('@fullstory/server-api-client');
      const b = await import('@fullstory/server-api-client');
    };
    """
    assert lines({"web/x.js": source}, "FS603") == [("web/x.js", 2), ("web/x.js", 3)]


def test_client_code_that_calls_a_function_of_unknown_side() -> None:
    library = f"export function send(headers, body) {{ {POST} }}\nexport const later = (b) => send({{}}, b);\n"
    client = "'use client';\nimport { later } from '../lib/send';\nlater({ name: 'A' });\n"
    server = "import express from 'express';\nimport { later } from '../lib/send';\nlater({ name: 'A' });\n"
    assert lines({"lib/send.ts": library, "api/x.ts": server}, "FS603") == []
    assert lines({"lib/send.ts": library, "web/x.ts": client}, "FS603") == [("web/x.ts", 3)]
    marked = "import 'server-only';\n" + library
    assert lines({"lib/send.ts": marked, "web/x.ts": client}, "FS603") == []


def test_the_caller_that_gives_the_address() -> None:
    helper = "export const post = (url, data) => fetch(url, { method: 'POST', body: JSON.stringify(data) });\n"
    client = f"'use client';\nimport {{ post }} from '../lib/http';\npost('/api/x', {{}});\npost('{EVENTS}', {{}});\n"
    assert lines({"lib/http.ts": helper, "web/x.ts": client}, "FS603") == [("web/x.ts", 4)]


def test_everything_else_about_such_a_request_is_silent() -> None:
    source = f"'use client';\nfetch('{EVENTS}', {{ method: 'POST', body: JSON.stringify({{}}) }});\n"
    assert {code for code, _, _ in findings({"web/x.ts": source}, ["FS5", "FS603", "FS803", "FS605"])} == {"FS603"}


def test_a_pattern_of_keys_is_no_key() -> None:
    source = r"""
    import re
    FS_API_KEY = re.compile(r"(?<![A-Za-z0-9_-])fs_api[A-Za-z0-9_-]*[A-Za-z0-9]{20}")
    FULLSTORY_KEY = "[A-Za-z0-9]{16,}"
    """
    assert lines({"app/keys.py": source}, "FS601") == []


def test_a_caller_gives_the_scheme_or_the_colon() -> None:
    helper = f"""
    import os, requests
    KEY = os.environ["FULLSTORY_API_KEY"]
    def send(body, scheme="Basic", key=KEY):
        requests.post("{EVENTS}", json=body, headers={{"Authorization": f"{{scheme}} {{key}}"}}, timeout=3)
    """
    source = """
    from app.http import KEY, send
    send({})
    send({}, "Bearer")
    send({}, scheme="Token")
    send({}, "Basic", f"{KEY}:")
    """
    assert lines({"app/http.py": helper, "app/track.py": source}, "FS605") == [("app/track.py", n) for n in (3, 4, 5)]
    wrong = {
        "app/http.py": helper.replace('"Basic"', '"Bearer"'),
        "app/track.py": "from app.http import send\nsend({})\n",
    }
    assert lines(wrong, "FS605") == [("app/http.py", 4)]


# --------------------------------------------------------------------------------------------- FS605, JavaScript


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("headers: { Authorization: `Basic ${key}` }", False),
        ("headers: { authorization: 'Basic ' + btoa(key + ':') }", False),
        ("headers: { Authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }", False),
        ("auth: { username: key, password: '' }", False),
        ("headers: { Authorization: await vault.read('x') }", False),
        ("headers: { Authorization: `Basic ${Buffer.from(key).toString('base64')}` }", True),
        ("headers: { Authorization: 'Basic ' + btoa(key) }", True),
        ("headers: { Authorization: `Bearer ${key}` }", True),
        ("headers: { Authorization: key }", True),
        ("headers: { Authorization: `Basic ${key}:` }", True),
        ("auth: { username: '', password: key }", True),
        ("params: { key }", True),
    ],
)
def test_authorizations_in_javascript(options: str, expected: bool) -> None:
    source = f"""
    import axios from 'axios';
    const key = process.env.FULLSTORY_API_KEY;
    export async function send(body, vault) {{
      await axios.post('{EVENTS}', body, {{ {options} }});
    }}
    """
    assert lines({"server/x.ts": source}, "FS605") == ([("server/x.ts", 4)] if expected else [])


def test_sveltekits_environment_modules() -> None:
    source = """
    import { PUBLIC_FULLSTORY_API_KEY } from '$env/static/public';
    import { PUBLIC_FULLSTORY_ORG_ID } from '$env/static/public';
    import { env } from '$env/dynamic/public';
    export const all = [PUBLIC_FULLSTORY_API_KEY, PUBLIC_FULLSTORY_ORG_ID];
    export const more = env.PUBLIC_FULLSTORY_SERVER_KEY;
    """
    assert lines({"src/x.ts": source}, "FS602") == [("src/x.ts", 1), ("src/x.ts", 5)]


def test_a_key_that_a_constant_brings_into_a_text_stands_at_its_literal() -> None:
    files = {
        "jobs/consts.py": "RELAY = 'cmVsYXktdG8tZnVsbHN0b3J5LTk4'\n",
        "jobs/send.py": """
            import requests
            from jobs.consts import RELAY

            def send(event):
                headers = {"Authorization": f"Basic {RELAY}"}
                requests.post("https://api.fullstory.com/v2/events", json=event, headers=headers, timeout=3)
        """,
    }
    assert lines(files, "FS601") == [("jobs/consts.py", 1)]


def test_angulars_injected_client() -> None:
    service = """
        import { HttpClient } from '@angular/common/http';
        import { Injectable, inject } from '@angular/core';

        @Injectable({ providedIn: 'root' })
        export class Reports {
          private readonly http = inject(HttpClient);

          send(uid: string) {
            window.FS?.event('Report Asked', {});
            return this.http.post('https://api.fullstory.com/v2/events', { name: 'Report Sent', user: { uid } });
          }
        }
    """
    assert lines({"web/reports.service.ts": service}, "FS603") == [("web/reports.service.ts", 10)]


def test_a_key_that_is_the_default_of_a_parameter() -> None:
    send = """
        import requests

        def send(event, relay="am9icy1kZWZhdWx0LWtleS0y"):
            headers = {"Authorization": "Basic " + relay}
            requests.post("https://api.fullstory.com/v2/events", json=event, headers=headers, timeout=3)

        def look(event, relay="YOUR_API_KEY"):
            headers = {"Authorization": "Basic " + relay}
            requests.post("https://api.fullstory.com/v2/events", json=event, headers=headers, timeout=3)
    """
    assert lines({"api/send.py": send}, "FS601") == [("api/send.py", 3)]
