"""Which side a file and a place in it run on (RULES.md, "The side of a file")."""

from __future__ import annotations

import pytest
from ruletest import run

from fslint.link.sides import side_at

FETCH = "export const send = (b) => fetch('https://api.fullstory.com/v2/events', { method: 'POST', body: b });\n"


def sides(files: dict[str, str]) -> dict[str, str | None]:
    _, project = run(files, ["FS801"])
    return {path: module.side for path, module in project.all_modules.items()}


def place(source: str, marker: str, path: str = "src/x.ts") -> str | None:
    """The side of the first place where ``marker`` stands."""
    _, project = run({path: source}, ["FS801"])
    module = project.all_modules[path]
    return side_at(module, source.index(marker))[0]


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("lib/x.ts", FETCH, None),
        ("lib/x.ts", "if (typeof window === 'undefined') {}\n" + FETCH, None),
        ("lib/x.ts", "import type { Request } from 'express';\n" + FETCH, None),
        ("lib/x.ts", "window.FS('shutdown');\n", "client"),
        ("lib/x.ts", "FS('shutdown');\n", "client"),
        ("lib/x.ts", "import { FullStory } from '@fullstory/browser';\nexport const y = FullStory;\n", "client"),
        ("lib/x.tsx", "'use client';\n" + FETCH, "client"),
        ("lib/x.tsx", FETCH + "export const P = () => <p>FullStory</p>;\n", "client"),
        ("lib/x.client.ts", FETCH, "client"),
        ("src/X.vue", "<script>\n" + FETCH + "</script>\n<template><p /></template>\n", "client"),
        ("src/X.svelte", "<script>\n" + FETCH + "</script>\n<p />\n", "client"),
        ("public/x.html", "<p></p><script>FS('shutdown')</script>\n", "client"),
        ("app/x.py", "FULLSTORY = 1\n", "server"),
        ("lib/x.ts", "'use server';\n" + FETCH, "server"),
        ("lib/x.ts", "import 'server-only';\n" + FETCH, "server"),
        ("lib/x.ts", "import express from 'express';\n" + FETCH, "server"),
        ("lib/x.ts", "import { Injectable } from '@nestjs/common';\n" + FETCH, "server"),
        ("lib/x.ts", "import { readFileSync } from 'node:fs';\n" + FETCH, "server"),
        ("lib/x.js", "const http = require('http');\n" + FETCH, "server"),
        ("lib/x.server.ts", FETCH, "server"),
        ("src/lib/server/x.ts", FETCH, "server"),
        ("src/routes/+page.server.ts", FETCH, "server"),
        ("src/routes/api/+server.ts", FETCH, "server"),
        ("src/routes/+page.ts", FETCH, None),
        ("pages/api/x.ts", FETCH, "server"),
        ("src/middleware.ts", FETCH, "server"),
        ("web/app/api/x/route.ts", FETCH, "server"),
        ("server/api/x.ts", FETCH, "server"),
        ("web/src/events.ts", "import { Buffer } from 'buffer';\nwindow.x = Buffer;\n" + FETCH, "client"),
    ],
)
def test_one_file(path: str, source: str, expected: str | None) -> None:
    assert sides({path: source})[path] == expected


def test_nexts_app_folder() -> None:
    found = sides(
        {
            "app/page.tsx": "import { a } from './a';\nexport default () => <p>{a}FullStory</p>;\n",
            "app/a.ts": "export const a = 1;\n" + FETCH,
            "app/b.ts": "import './c';\nexport const b = 1;\n" + FETCH,
            "app/c.ts": FETCH,
            "app/actions.ts": "'use server';\n" + FETCH,
            "app/Button.tsx": "'use client';\nimport { b } from './b';\nimport { send } from './actions';\n"
            "export const B = () => <p onClick={() => FS('log', b)}>{send}</p>;\n",
        }
    )
    assert found == {
        "app/page.tsx": "server",
        "app/a.ts": "server",
        "app/b.ts": None,
        "app/c.ts": None,
        "app/actions.ts": "server",
        "app/Button.tsx": "client",
    }


def test_an_app_folder_of_something_else() -> None:
    assert sides({"src/app/x.service.ts": FETCH})["src/app/x.service.ts"] is None


def test_the_configuration_wins() -> None:
    files = {"lib/x.ts": "import 'server-only';\n" + FETCH, "fslint.toml": 'client = ["lib/**"]\n'}
    assert sides(files)["lib/x.ts"] == "client"


def test_server_functions_in_client_files() -> None:
    source = """
    export async function getServerSideProps() { return HERE_A('FullStory'); }
    export const loader = async () => { return HERE_B('FullStory'); };
    export default function Page() {
      async function save() { 'use server'; HERE_C(); }
      return <p onClick={() => HERE_D()} action={save} />;
    }
    """.replace("\n    ", "\n").lstrip()
    path = "pages/x.tsx"
    assert [place(source, f"HERE_{letter}", path) for letter in "ABCD"] == ["server", "server", "server", "client"]


def test_branches_on_the_environment() -> None:
    source = """
    const isServer = typeof window === 'undefined';
    export function track(name) {
      if (typeof window !== 'undefined') { HERE_A(name); } else { HERE_B(name); }
      if (isServer) { HERE_C(name); return; }
      HERE_D(name); window.FS('trackEvent', { name });
    }
    export const ssr = () => (import.meta.env.SSR ? HERE_E() : HERE_F());
    """.replace("\n    ", "\n").lstrip()
    expected = ["client", "server", "server", "client", "server", "client"]
    assert [place(source, f"HERE_{letter}") for letter in "ABCDEF"] == expected
