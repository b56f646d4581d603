"""Linked facts: rules that compare calls work over two repositories."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from fslint import engine
from fslint.linked import LinkedError, read
from fslint.settings import SettingsError, load

SERVER = {
    "api/orders.py": (
        "from telemetry import track_server_event\n\n\n"
        "def paid(order):\n"
        '    track_server_event("Order Paid", f"user_{order.owner}", {"total": 3})\n\n\n'
        "def seen(order):\n"
        '    track_server_event("Terms Seen", f"user_{order.owner}", {"total": 3})\n'
    ),
}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture
def server_facts(tmp_path: Path) -> bytes:
    return engine.facts(load(write(tmp_path / "backend", SERVER)), "backend")


def found(folder: Path) -> list[tuple[str, str, int, list[str]]]:
    result = engine.check(load(folder))
    return [
        (
            d.code,
            d.place.path,
            result.project.all_modules[d.place.path].line(d.place.start),
            [r.place.path for r in d.related],
        )
        for d in result.diagnostics
    ]


def front(tmp_path: Path, facts: bytes, source: str, registry: str = "") -> Path:
    folder = write(tmp_path / "front", {"web/a.ts": source, "fslint.toml": 'linked-facts = ["server.json"]\n'})
    (folder / "server.json").write_bytes(facts)
    if registry:
        (folder / "events.yaml").write_text(registry)
    return folder


def test_facts_hold_no_source_and_no_ids(server_facts: bytes) -> None:
    data = json.loads(server_facts)
    assert data["fslint_facts"] == 1 and data["repository"] == "backend"
    first = data["calls"][0]
    assert (first["path"], first["line"], first["names"]) == ("api/orders.py", 5, ["Order Paid"])
    assert first["user_id"] == {"form": "prefix", "prefix": "user_"}
    assert b"owner" not in server_facts


def test_a_duplicate_over_two_repositories_stands_here(tmp_path: Path, server_facts: bytes) -> None:
    folder = front(tmp_path, server_facts, "FS.identify('user_1');\nFS.event('Order Paid', { total_int: 3 });\n")
    assert ("FS201", "web/a.ts", 2, ["backend:api/orders.py"]) in found(folder)


def test_a_duplicate_whose_wrong_side_is_there_stands_at_the_call_here(tmp_path: Path, server_facts: bytes) -> None:
    registry = "version: 1\nevents:\n  Terms Seen: {side: client, properties: {total: {type: int}}}\n  Order Paid: {side: server}\n"
    folder = front(
        tmp_path, server_facts, "FS.identify('user_1');\nFS.event('Terms Seen', { total_int: 3 });\n", registry
    )
    assert [f[:3] for f in found(folder) if f[0] == "FS201"] == [("FS201", "web/a.ts", 2)]


def test_user_ids_of_two_repositories_are_compared(tmp_path: Path, server_facts: bytes) -> None:
    folder = front(tmp_path, server_facts, "FS.identify('12345');\n")
    assert [f[:3] for f in found(folder) if f[0] == "FS401"] == [("FS401", "web/a.ts", 1)]


def test_an_event_that_the_other_repository_sends_is_used(tmp_path: Path, server_facts: bytes) -> None:
    registry = "version: 1\nevents:\n  Order Paid: {side: server}\n  Order Lost: {side: server}\n  Terms Seen: {side: server}\n"
    folder = front(tmp_path, server_facts, "FS.identify('user_1');\n", registry)
    assert [f[0] for f in found(folder)] == ["FS102"]


def test_lines_of_the_other_repository_are_told(tmp_path: Path, server_facts: bytes) -> None:
    folder = front(tmp_path, server_facts, "FS.identify('user_1');\nFS.event('Order Paid', { total_int: 3 });\n")
    command = [sys.executable, "-m", "fslint", "check", "--output-format", "json", "--no-cache"]
    output = subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout
    duplicate = next(d for d in json.loads(output)["diagnostics"] if d["code"] == "FS201")
    assert [(r["path"], r["line"]) for r in duplicate["related"]] == [("backend:api/orders.py", 5)]
    assert json.loads(output)["summary"]["calls"] == 2


def test_a_stale_file_is_named(tmp_path: Path, server_facts: bytes) -> None:
    data = json.loads(server_facts)
    data["time"] = "2020-01-01T00:00:00+00:00"
    folder = front(tmp_path, json.dumps(data).encode(), "FS.identify('user_1');\n")
    assert any("backend" in note and "days old" in note for note in engine.check(load(folder)).notes)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d[: len(d) // 2],
        lambda d: b"[]",
        lambda d: b"\xff\xfe",
        lambda d: d.replace(b'"line": 5', b'"line": -5'),
        lambda d: d.replace(b'"line": 5', b'"line": 99999999999'),
        lambda d: d.replace(b'"names": [', b'"names": [1, '),
        lambda d: d.replace(b'"fslint_facts": 1', b'"fslint_facts": 99'),
        lambda d: b"[" * 100_000,
    ],
)
def test_a_truncated_or_hostile_file_gets_a_clear_error(tmp_path: Path, server_facts: bytes, change) -> None:  # type: ignore[no-untyped-def]
    broken = change(server_facts)
    with pytest.raises(LinkedError):
        read(broken, "server.json")
    folder = front(tmp_path, broken, "FS.identify('user_1');\n")
    with pytest.raises(SettingsError, match="linked-facts"):
        engine.check(load(folder))
