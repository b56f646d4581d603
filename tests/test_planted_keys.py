"""No key that stands in a project reaches an output, the cache, a baseline or facts: only its mask does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from projects import git_init, write_project

SHAPE = "na1." + "Ab3dE5fG7hJ9kL1m" * 5
PLAIN = "q7Wz3Kp9Xv2Lm8Nt4Rb6"
FILES = {
    "web/a.ts": f"""
        // {SHAPE}
        import {{ x }} from './{SHAPE}';
        const key = process.env.FULLSTORY_API_KEY || '{PLAIN}';
        const head = {{ Authorization: `Basic ${{btoa('{PLAIN}:')}}` }};
        const keys = {{ '{SHAPE}': 1 }};
        FS.event('{SHAPE}', {{ '{SHAPE}': '{SHAPE}' }});
        FS('{SHAPE}', {{ '{SHAPE}': 1 }});
        FS('trackEvent', {{ name: 'A', '{SHAPE}': 1 }});
        export const rx = /{SHAPE}/;
        // fslint: ignore[FS999] {SHAPE}
        export const y = 1;
        """,
    "web/b.vue": f"<template><b title='{SHAPE}' @click=\"FS.event('{SHAPE}')\">{SHAPE}</b></template>\n",
    "api/a.py": f"""import requests
# {SHAPE}
KEYS = {{"{SHAPE}": 1}}
requests.post("https://api.fullstory.com/v2/events", json={{"name": "{SHAPE}"}}, auth=("{PLAIN}", ""))
track_server_event("{SHAPE}", "{SHAPE}", {{"a": "{SHAPE}"}})
""",
    "events.yaml": f"""version: 1
events:
  {SHAPE}: {{side: client, description: '{SHAPE}', properties: {{'{SHAPE}': {{type: str}}}}}}
  Other: {{side: '{SHAPE}'}}
""",
    ".env": f"FULLSTORY_API_KEY={PLAIN}\nOTHER={SHAPE}\n",
}
COMMANDS = [
    "check --select ALL --verbose",
    "check --select ALL --output-format json",
    "check --select ALL --output-format sarif",
    "check --select ALL --write-baseline --baseline base.json",
    "check --select ALL --fix --unsafe-fixes --diff",
    "events --output-format csv",
    "events --unresolved --output-format json",
    "facts -o facts.json",
    f"events {SHAPE}x",
    f"check --select {SHAPE}",
    "why web/a.ts:7",
]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each command writes, and every file that the commands made."""
    folder = tmp_path_factory.mktemp("planted")
    write_project(folder, FILES)
    git_init(folder)
    found = {}
    for command in COMMANDS:
        done = subprocess.run(
            [sys.executable, "-m", "fslint", *command.split()], cwd=folder, capture_output=True, text=True, timeout=120
        )
        assert "internal error" not in done.stderr, done.stderr
        found[command] = done.stdout + done.stderr
    made = [p for p in folder.rglob("*") if p.is_file() and ".git" not in p.parts]
    for path in made:
        if str(path.relative_to(folder)) not in FILES:
            found[path.name] = path.read_bytes().decode("latin-1")
    return found


@pytest.mark.parametrize("key", [SHAPE, PLAIN])
def test_no_key_gets_out(outputs: dict[str, str], key: str) -> None:
    assert {"base.json", "facts.json", "facts.sqlite"} <= outputs.keys()
    pieces = {key[start : start + 12] for start in range(8, len(key) - 11)}
    for name, text in outputs.items():
        assert not any(piece in text for piece in pieces), name


def test_the_masks_do(outputs: dict[str, str]) -> None:
    assert "FS601" in outputs["check --select ALL --verbose"]
    assert "na1." in outputs["check --select ALL --output-format json"]


def test_facts_are_clean_before_any_mask(tmp_path: Path) -> None:
    from fslint.frontends import extract, language_of

    for path, text in FILES.items():
        facts = repr(extract(text.encode(), language_of(path) or ""))
        assert SHAPE[20:40] not in facts, path
        assert PLAIN[4:] not in facts, path
