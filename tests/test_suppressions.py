"""Suppression comments: what they silence, and what is said of those that silence nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from projects import write_project

from fslint import engine
from fslint.diagnostics import Diagnostic
from fslint.fixes import fix_all
from fslint.settings import Overrides, Settings, load
from fslint.source import Sources

UNTYPED = "FS.event('Opened', { size: 3 });"


def project(folder: Path, files: Mapping[str, str], overrides: Overrides | None = None) -> Settings:
    write_project(folder, files)
    return load(folder, overrides={"no_cache": True, **(overrides or {})})


def found(settings: Settings) -> list[tuple[str, int]]:
    sources = Sources(settings.root)
    return [(d.code, sources.span(d.place).start.line) for d in engine.check(settings).diagnostics]


def test_on_the_line_itself(tmp_path: Path) -> None:
    assert found(project(tmp_path, {"a.js": f"{UNTYPED} // fslint: ignore[FS301] known"})) == []


def test_on_a_line_of_its_own_before_the_statement(tmp_path: Path) -> None:
    text = "// fslint: ignore[FS301]\nFS.event('Opened', {\n  size: 3,\n});\nFS.event('Closed', { size: 3 });\n"
    assert found(project(tmp_path, {"a.js": text})) == [("FS301", 5)]


def test_by_name(tmp_path: Path) -> None:
    assert found(project(tmp_path, {"a.js": f"{UNTYPED} // fslint: ignore[untyped-property]"})) == []


def test_suppressed_findings_are_counted(tmp_path: Path) -> None:
    result = engine.check(project(tmp_path, {"a.js": f"{UNTYPED} // fslint: ignore[FS301]"}))
    assert (result.suppressed, result.summary["suppressed"]) == (1, 1)


def test_at_a_related_place(tmp_path: Path) -> None:
    files = {
        "web/a.js": "FS.event('Order Placed', {});\n",
        "api/a.py": "track_server_event('Order Placed', 'u_1', {})  # fslint: ignore[FS201] the browser's is on its way out\n",
    }
    settings = project(tmp_path, files, {"select": ["FS2", "FS003"]})
    assert found(settings) == []


@pytest.mark.parametrize(("line", "expected"), [(1, []), (20, []), (21, [("FS301", 30)])])
def test_a_whole_file_only_at_its_top(tmp_path: Path, line: int, expected: list[tuple[str, int]]) -> None:
    lines = [""] * 40
    lines[29] = UNTYPED
    lines[line - 1] = "// fslint: ignore-file[FS301] old"
    assert found(project(tmp_path, {"a.js": "\n".join(lines)}, {"select": ["FS301"]})) == expected


def test_a_suppression_without_a_rule_suppresses_nothing(tmp_path: Path) -> None:
    assert found(project(tmp_path, {"a.js": f"{UNTYPED} // fslint: ignore"})) == [("FS301", 1), ("FS003", 1)]


def test_another_rules_suppression_is_unused(tmp_path: Path) -> None:
    assert found(project(tmp_path, {"a.js": f"{UNTYPED} // fslint: ignore[FS302]"})) == [("FS301", 1), ("FS003", 1)]


def test_silent_where_the_rule_did_not_run(tmp_path: Path) -> None:
    files = {"a.js": "FS.event('Opened', {}); // fslint: ignore[FS301]"}
    assert found(project(tmp_path, files)) == [("FS003", 1)]
    assert found(project(tmp_path, files, {"ignore": ["FS301"]})) == []
    assert found(project(tmp_path, files, {"ignore": ["FS003"]})) == []
    assert found(project(tmp_path, {**files, "fslint.toml": "per-file-ignores = {'a.js' = ['FS301']}"})) == []
    assert found(project(tmp_path / "x", {"tests/a.js": files["a.js"]})) == []


def test_an_unknown_rule_is_named(tmp_path: Path) -> None:
    result = engine.check(project(tmp_path, {"a.js": "FS.event('Opened', {}); // fslint: ignore[FS31]"}))
    (finding,) = result.diagnostics
    assert finding.code == "FS003" and "FS31" in finding.message


def test_suppressing_a_silenced_rule_counts_as_used(tmp_path: Path) -> None:
    # FS604 silences FS301 on one property
    files = {"a.js": "FS.event('Opened', { password: x }); // fslint: ignore[FS301, FS604]"}
    assert found(project(tmp_path, files, {"select": ["FS301", "FS604", "FS003"]})) == []


def test_a_suppressed_winner_still_silences(tmp_path: Path) -> None:
    files = {"a.js": "FS.event('Opened', { password: x }); // fslint: ignore[FS604]"}
    assert found(project(tmp_path, files, {"select": ["FS301", "FS604", "FS003"]})) == []


def test_a_reason_can_be_demanded(tmp_path: Path) -> None:
    files = {"fslint.toml": "require-reason = true", "a.js": f"{UNTYPED} // fslint: ignore[FS301]"}
    assert found(project(tmp_path, files)) == [("FS003", 1)]
    assert found(project(tmp_path, {**files, "a.js": f"{UNTYPED} // fslint: ignore[FS301] because"})) == []


def mended(folder: Path, text: str, name: str = "a.js") -> str:
    settings = project(folder, {name: text}, {"select": ["FS003", "FS301", "FS302"]})

    def again(contents: Mapping[str, bytes]) -> list[Diagnostic]:
        return engine.check(load(folder, overrides={"no_cache": True, "overlay": contents})).diagnostics

    fixed = fix_all(folder, engine.check(settings).diagnostics, again)
    return fixed.contents.get(name, text.encode()).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FS.event('A', {}); // fslint: ignore[FS301] x\nb();\n", "FS.event('A', {});\nb();\n"),
        ("  // fslint: ignore[FS301]\nFS.event('A', {});\n", "FS.event('A', {});\n"),
        ("FS.event('A', {});\r\n// fslint: ignore[FS301]\r\nb();\r\n", "FS.event('A', {});\r\nb();\r\n"),
        ("FS.event('A', {}); // fslint: ignore[FS301]", "FS.event('A', {});"),
        ("FS.event(/* fslint: ignore[FS301] */ 'A', {});\n", "FS.event( 'A', {});\n"),
        (f"{UNTYPED} // fslint: ignore[FS301, FS302] x\n", f"{UNTYPED} // fslint: ignore[FS301] x\n"),
        (f"{UNTYPED} // fslint: ignore[FS999,FS301]\n", f"{UNTYPED} // fslint: ignore[FS301]\n"),
        ("FS.event('A', {}); // eslint-disable-line fslint: ignore[FS301]\n", None),
        ("FS.event('A', {}); // fslint: ignore[FS301] // prettier-ignore\n", None),
    ],
)
def test_the_fix_takes_out_what_is_unused(tmp_path: Path, before: str, after: str | None) -> None:
    assert mended(tmp_path, before) == (before if after is None else after)


def test_the_fix_in_python(tmp_path: Path) -> None:
    before = "track_server_event('A', 'u_1', {})  # fslint: ignore[FS301]\nx = 1\n"
    assert mended(tmp_path, before, "a.py") == "track_server_event('A', 'u_1', {})\nx = 1\n"
