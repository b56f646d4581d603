"""Any fixes on generated sources: files stay sound, a second time changes nothing, and what was fixed is gone."""

from __future__ import annotations

import ast
import json
import re
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import write_project

from fslint.cli import group
from fslint.frontends import extract, language_of

FIXABLE = ("FS003", "FS101", "FS108", "FS301", "FS302", "FS501", "FS509", "FS801")
REGISTRY = """version: 1
events:
  Cart Viewed: {side: client}
  Old Cart: {side: client, status: deprecated, replaced_by: Cart Viewed}
  Order Paid: {side: server}
  Old Order: {side: server, status: deprecated, replaced_by: Order Paid}
"""
TELEMETRY = "export async function trackServerEvent(name, uid, props) { await fetch('https://q.example/e', {}); }\n"

BROWSER = {
    "FS003": "FS.event('Cart Viewed', { n_int: 1 }); // fslint: ignore[FS201, FS999] ü",
    "FS101": "FS.event('Cart Veiwed', { n_int: 1 });",
    "FS108": 'FS.event("Old Cart", { n_int: 1 });',
    "FS301": "FS.event('Cart Viewed', { total: 9.5, 'label': 'ü', nested: { open: true } });",
    "FS302": "FS.event('Cart Viewed', { label_string: 'x', 'n_number': 3 });",
    "FS509": "await FS.event('Cart Viewed', { n_int: 1 });",
    "FS801": "FS('track', { name: 'Cart Viewed', properties: {} }); FS.setIdentity({ uid: '7' });",
    "mixed": "await FS.event('Old Cart', { total: 9.5 }); // fslint: ignore[FS999]",
}
SERVER = {
    "FS101": "await trackServerEvent('Order Piad', req.user.id, { total_real: 9.5 });",
    "FS108": "await trackServerEvent('Old Order', req.user.id, { total_real: 9.5 });",
    "FS501": "await trackServerEvent('Order Paid', req.user.id, { total_real: 9.5 });",
}
PYTHON = {
    "FS003": 'track_server_event("Order Paid", user.id, {"n_int": 1})  # fslint: ignore[FS201, FS999] ü',
    "FS101": "track_server_event('Order Piad', user.id, {'n_int': 1})",
    "FS108": 'track_server_event("Old Order", user.id, {"n_int": 1})',
    "alone": "# fslint: ignore[FS999]",
    "split": 'track_server_event(\n        "Old Order",  # ü\n        user.id,\n        {"total_int": 9.5},\n    )',
}


TYPED = {
    **BROWSER,
    "cast": "(window as any).FS.event('Cart Veiwed', { total: 9.5 as number });",
    "generic": "const seen = new Map<string, () => void>(); FS?.event('Old Cart', { n_int: seen.size });",
    "satisfies": "await FS.event('Cart Viewed', { label_string: 'x' } satisfies Props);",
}
MARKUP = {
    "FS101": "FS.event('Cart Veiwed', { n_int: 1 })",
    "FS108": "FS.event('Old Cart', { n_int: 1 })",
    "FS301": "FS.event('Cart Viewed', { total: 9.5, label: 'ü' })",
    "FS302": "FS.event('Cart Viewed', { label_string: 'x' })",
    "FS801": "FS('track', { name: 'Cart Viewed', properties: {} })",
}


def typed(body: list[str]) -> str:
    lines = "".join(f"  {line}\n" for line in body)
    return (
        f"type Props = Record<string, unknown>;\nexport async function view<T>(x: T): Promise<void> {{\n{lines}}}\n"
        "abstract class A { constructor(private readonly n?: number) {} }\n"
    )


def component(body: list[str]) -> str:
    """TSX with the calls in a function and in handlers."""
    buttons = "".join(f"      <button onClick={{() => {line}}}>Terms ü</button>\n" for line in body)
    return f"export const View = () => (\n    <div>\n{buttons}    </div>\n);\n"


def vue(body: list[str]) -> str:
    handlers = "".join(f'  <button @click="{line}">ü</button>\n' for line in body)
    script = "".join(f"  {line};\n" for line in body)
    return (
        f'<template>\n{handlers}</template>\n<script setup lang="ts">\nconst go = async (n: number) => {{\n'
        f"{script}}};\n</script>\n<style>a {{ color: red }}</style>\n"
    )


def page(body: list[str]) -> str:
    handlers = "".join(f'<p onclick="{line}">ü &amp; é\n' for line in body)
    script = "".join(f"  {line};\n" for line in body)
    return f"<!doctype html>\n<body>\n{handlers}<script>\nfunction go() {{\n{script}}}\n</script>\n"


def browser(body: list[str]) -> str:
    return "export async function view() {\n" + "".join(f"  {line}\n" for line in body) + "}\n"


def server(body: list[str]) -> str:
    return (
        "import express from 'express';\nimport { trackServerEvent } from './telemetry.js';\n"
        "const app = express();\napp.post('/a', async (req, res) => {\n"
        + "".join(f"  {line}\n" for line in body)
        + "  res.json({});\n});\n"
    )


def python(body: list[str]) -> str:
    lines = "".join(f"    {line}\n" for line in body)
    return f"from telemetry import track_server_event\n\n\ndef paid(user):\n{lines}    return 'ü'\n"


def some(table: dict[str, str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(list(table.values())), min_size=1, max_size=5)


def fslint(root: Path, *options: str) -> str:
    # The root is given, or the tests would check, and fix, the project that they are run in.
    arguments = ["check", "--root", str(root), str(root), "--no-cache", *options]
    result = CliRunner().invoke(group, arguments, catch_exceptions=False, standalone_mode=False)
    assert result.return_value in (0, 1, None), result.output
    return result.stdout


def fixable(root: Path) -> set[str]:
    """The codes of the findings that have a fix."""
    found = json.loads(fslint(root, "--output-format", "json", "--select", "ALL"))["diagnostics"]
    return {finding["code"] for finding in found if finding.get("fix")}


def parses(path: str, data: bytes) -> bool:
    text = data.removeprefix(b"\xef\xbb\xbf")
    if path.endswith(".py"):
        ast.parse(text)
    return not extract(text, language_of(path) or "").broken


def project(root: Path, files: dict[str, str], bom: bytes, newline: str) -> dict[str, bytes]:
    written = {path: bom + text.replace("\n", newline).encode() for path, text in files.items()}
    write_project(root, {"events.yaml": REGISTRY, "srv/telemetry.js": TELEMETRY, **written})
    for path in written:
        (root / path).chmod(0o754)
    return written


FIX = ("--fix", "--unsafe-fixes", "--select", "ALL")


@settings(max_examples=80)
@given(
    some(BROWSER), some(SERVER), some(PYTHON), st.sampled_from([b"", b"\xef\xbb\xbf"]), st.sampled_from(["\n", "\r\n"])
)
def test_fixes_keep_files_sound(
    in_browser: list[str], on_server: list[str], in_python: list[str], bom: bytes, newline: str
) -> None:
    files = {"web/a.js": browser(in_browser), "srv/a.js": server(on_server), "api/a.py": python(in_python)}
    check_fixes(files, bom, newline)


@settings(max_examples=40)
@given(some(TYPED), some(MARKUP), st.sampled_from([b"", b"\xef\xbb\xbf"]), st.sampled_from(["\n", "\r\n"]))
def test_fixes_keep_typescript_and_markup_sound(
    in_script: list[str], in_markup: list[str], bom: bytes, newline: str
) -> None:
    files = {
        "web/a.ts": typed(in_script),
        "web/b.tsx": component(in_markup),
        "web/c.vue": vue(in_markup),
        "web/d.html": page(in_markup),
    }
    check_fixes(files, bom, newline)


def check_fixes(files: dict[str, str], bom: bytes, newline: str) -> None:
    """Apply every fix, twice, and look at the files."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        before = project(root, files, bom, newline)
        assert all(parses(path, data) for path, data in before.items())
        fslint(root, *FIX)
        once = {path: (root / path).read_bytes() for path in before}
        assert once != before or not fixable(root)
        for path, data in once.items():
            assert parses(path, data), data
            assert data.startswith(b"\xef\xbb\xbf") == bool(bom)
            assert len(re.findall(rb"(?<!\r)\n", data)) == (0 if newline == "\r\n" else data.count(b"\n"))
            assert (root / path).stat().st_mode & 0o777 == 0o754
        assert fixable(root) == set()
        fslint(root, *FIX)
        assert {path: (root / path).read_bytes() for path in before} == once


@pytest.mark.parametrize(
    ("code", "path", "text"),
    [
        *((code, "web/a.js", browser([line])) for code, line in BROWSER.items() if code in FIXABLE),
        *((code, "web/a.ts", typed([line])) for code, line in TYPED.items() if code in FIXABLE),
        *((code, "web/b.tsx", component([line])) for code, line in MARKUP.items()),
        *((code, "web/c.vue", vue([line])) for code, line in MARKUP.items()),
        *((code, "web/d.html", page([line])) for code, line in MARKUP.items()),
        *((code, "srv/a.js", server([line])) for code, line in SERVER.items()),
        *((code, "api/a.py", python([line])) for code, line in PYTHON.items() if code in FIXABLE),
    ],
)
def test_the_samples_have_the_fix_that_they_are_for(tmp_path: Path, code: str, path: str, text: str) -> None:
    project(tmp_path, {path: text}, b"", "\n")
    assert code in fixable(tmp_path)
    fslint(tmp_path, *FIX)
    assert fixable(tmp_path) == set()
    assert (tmp_path / path).read_text() != text
