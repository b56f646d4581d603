"""``check --add-suppressions``: afterwards a check is silent, and nothing but comments has changed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from projects import git_init, write_project

from fslint import add_suppressions, demo, engine, rulebook
from fslint.add_suppressions import add
from fslint.cli import main
from fslint.diagnostics import Diagnostic
from fslint.facts import FileFacts
from fslint.frontends import extract
from fslint.rulebook import Example
from fslint.settings import load

COMMENT = re.compile(r"fslint: ignore\[[A-Z0-9, ]+\]")
EXAMPLES = [
    (page.code, example)
    for page in rulebook.pages().values()
    for example in page.examples
    if example.kind == "bad" and page.code != "FS003"
]


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file() and ".git/" not in file.as_posix())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def left(folder: Path) -> list[Diagnostic]:
    return engine.check(load(folder, overrides={"no_cache": True})).diagnostics


def run(folder: Path, *arguments: str) -> int:
    return main(["check", "--no-cache", "--root", str(folder), "--add-suppressions", *arguments, str(folder)])


def without_comments(text: str) -> str:
    """A text without comments of fslint, and without the lines that held nothing else."""
    lines = (re.sub(r"\s*(?://|#|<!--|\{/\*) fslint: ignore.*$", "", line) for line in text.splitlines())
    return "\n".join(line for line in lines if line.strip())


@pytest.mark.parametrize(("code", "example"), EXAMPLES, ids=[f"{code}-{e.title}" for code, e in EXAMPLES])
def test_every_bad_example_is_silent_afterwards(code: str, example: Example, tmp_path: Path) -> None:
    files = {file.path: file.text.encode(file.encoding) for file in example.files}
    write_project(tmp_path, files)
    git_init(tmp_path)
    found = engine.check(load(tmp_path, overrides={"no_cache": True, "extend_select": [code]})).diagnostics
    added = add([d for d in found if d.code != "FS003"], lambda path: files.get(path))
    for path, data in added.contents.items():
        encoding = next(file.encoding for file in example.files if file.path == path)
        assert COMMENT.search(data.decode(encoding))
        assert without_comments(data.decode(encoding)) == without_comments(files[path].decode(encoding))
    write_project(tmp_path, added.contents)
    after = engine.check(load(tmp_path, overrides={"no_cache": True, "extend_select": [code]})).diagnostics
    assert {(d.code, d.place.path) for d in after if d.code != "FS003"} == {
        (d.code, d.place.path) for d in added.impossible
    }
    assert all(d.place.path.endswith(".json") or d.code in ("FS001", "FS002", "FS004") for d in added.impossible)


def test_the_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo.write(tmp_path)
    before = contents(tmp_path)
    assert run(tmp_path, "--diff") == 0 and contents(tmp_path) == before
    shown = capsys.readouterr()
    assert "+    // fslint: ignore[FS201]\n" in shown.out and "would silence 24 findings in 10 files" in shown.err
    assert run(tmp_path) == 0 and left(tmp_path) == []
    after = contents(tmp_path)
    assert {path for path in before if before[path] != after[path]} == {
        path for path in before if b"fslint: ignore" in after[path]
    }
    assert run(tmp_path) == 0 and contents(tmp_path) == after
    assert "silenced 0 findings in 0 files" in capsys.readouterr().err


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_demo_with_the_line_ends_of_windows(tmp_path: Path, mark: str) -> None:
    demo.write(tmp_path)
    for file in tmp_path.rglob("*"):
        if file.suffix in (".py", ".ts", ".tsx", ".yaml"):
            file.write_bytes(f"{mark}{file.read_text()}".replace("\n", "\r\n").encode())
    before = contents(tmp_path)
    assert run(tmp_path) == 0 and left(tmp_path) == []
    changed = [(before[path], data) for path, data in contents(tmp_path).items() if data != before[path]]
    assert len(changed) == 10
    for old, new in changed:
        assert new.count(b"\n") == new.count(b"\r\n") > old.count(b"\n")
        assert new.startswith(mark.encode()) and new.count(b"\xef\xbb\xbf") == bool(mark)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a.js", "FS.event('A', { b: 1 });\n", "// fslint: ignore[FS301]\nFS.event('A', { b: 1 });\n"),
        ("no_end.js", "FS.event('A', { b: 1 });", "// fslint: ignore[FS301]\nFS.event('A', { b: 1 });"),
        (
            "merged.js",
            "x();  // fslint: ignore[FS101] why\nif (x) {\n\tFS.event('A', { b: 1, c_int: 'x' });\n}\n",
            "x();  // fslint: ignore[FS101] why\nif (x) {\n\t// fslint: ignore[FS301, FS302]\n\tFS.event('A', { b: 1, c_int: 'x' });\n}\n",
        ),
        (
            "extended.js",
            "// fslint: ignore[FS302] known\nFS.event('A', { b: 1, c_int: 'x' });\n",
            "// fslint: ignore[FS302, FS301] known\nFS.event('A', { b: 1, c_int: 'x' });\n",
        ),
        (
            "directive.ts",
            "// eslint-disable-next-line no-x\n// @ts-ignore\nFS.event('A', { b: 1 });\n",
            "// fslint: ignore[FS301]\n// eslint-disable-next-line no-x\n// @ts-ignore\nFS.event('A', { b: 1 });\n",
        ),
        (
            "template.js",
            "FS.event('A', { x_str: `\n  ${f({\n  })}`, y_str: `\n${1}`, b: 1 });\n",
            "FS.event('A', { x_str: `\n  ${f({\n  })}`, y_str: `\n${1}`, b: 1 }); // fslint: ignore[FS301]\n",
        ),
        (
            "child.jsx",
            "export const A = () => (\n  <p>\n    text {FS.event('A', { b: 1 })}\n  </p>\n);\n",
            "export const A = () => (\n  <p>\n    {/* fslint: ignore[FS301] */}\n    text {FS.event('A', { b: 1 })}\n  </p>\n);\n",
        ),
        (
            "attribute.tsx",
            "export const A = () => (\n  <a\n    onClick={() => FS.event('A', { b: 1 })}\n  />\n);\n",
            "export const A = () => (\n  <a\n    // fslint: ignore[FS301]\n    onClick={() => FS.event('A', { b: 1 })}\n  />\n);\n",
        ),
        (
            "template.vue",
            '<template>\n  <p>\n    <a\n      href="x"\n      @click="FS.event(\'A\', { b: 1 })"\n    >x</a>\n  </p>\n</template>\n',
            '<template>\n  <p>\n    <!-- fslint: ignore[FS301] -->\n    <a\n      href="x"\n      @click="FS.event(\'A\', { b: 1 })"\n    >x</a>\n  </p>\n</template>\n',
        ),
        (
            "script.vue",
            "<script>\nexport default {\n  mounted() {\n    FS.event('A', { b: 1 });\n  },\n};\n</script>\n",
            "<script>\nexport default {\n  mounted() {\n    // fslint: ignore[FS301]\n    FS.event('A', { b: 1 });\n  },\n};\n</script>\n",
        ),
        (
            "page.html",
            "<p>a</p>\n<script>FS.event('A', { b: 1 });</script>\n",
            "<p>a</p>\n<!-- fslint: ignore[FS301] -->\n<script>FS.event('A', { b: 1 });</script>\n",
        ),
        (
            "a.svelte",
            "<button on:click={() => FS.event('A', { b: 1 })}>x</button>\n",
            "<!-- fslint: ignore[FS301] -->\n<button on:click={() => FS.event('A', { b: 1 })}>x</button>\n",
        ),
        (
            "quoted.py",
            "track_server_event('A', 'u_1', {'doc': '''\n''', 'b': None})  # noqa\n",
            "track_server_event('A', 'u_1', {'doc': '''\n''', 'b': None})  # noqa  # fslint: ignore[FS303]\n",
        ),
        (
            "continued.py",
            "x = 1 + \\\n    track_server_event('A', 'u_1', {'b': None})\n",
            "x = 1 + \\\n    track_server_event('A', 'u_1', {'b': None})  # fslint: ignore[FS303]\n",
        ),
        (
            "cookie.py",
            "# -*- coding: latin-1 -*-\ntrack_server_event('A\xe9', 'u_1', {'b': None})\n",
            "# -*- coding: latin-1 -*-\n# fslint: ignore[FS303]\ntrack_server_event('A\xe9', 'u_1', {'b': None})\n",
        ),
    ],
)
def test_forms(tmp_path: Path, name: str, before: str, after: str) -> None:
    encoding = "latin-1" if name == "cookie.py" else "utf-8"
    write_project(tmp_path, {name: before.encode(encoding), "fslint.toml": "select = ['FS301', 'FS302', 'FS303']"})
    assert run(tmp_path) == 0
    assert (tmp_path / name).read_bytes().decode(encoding) == after
    assert left(tmp_path) == []


def test_one_comment_serves_a_whole_statement(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "f(FS.event('A', { a: 1 }), {\n  b: FS.event('B', { b: 1 }),\n});\n"})
    assert run(tmp_path, "--select", "FS301") == 0
    assert (tmp_path / "a.js").read_text().count("fslint: ignore[FS301]") == 1


def test_a_file_with_many_findings_is_not_read_anew_for_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = "".join(f"FS.event('E{number}', {{ size: 3 }});\n" for number in range(300))
    child = "export const A = () => (\n  <p>\n    text {FS.event('A', { b: 1 })}\n  </p>\n);\n"
    write_project(tmp_path, {"a.jsx": calls + child + calls, "fslint.toml": "select = ['FS301']"})
    read: list[int] = []

    def counted(data: bytes, language: str) -> FileFacts:
        read.append(len(data))
        return extract(data, language)

    monkeypatch.setattr(add_suppressions, "extract", counted)
    assert run(tmp_path) == 0 and left(tmp_path) == []
    assert len(read) < 60
    assert (tmp_path / "a.jsx").read_text().count("\n    {/* fslint: ignore[FS301] */}\n") == 1


def test_line_ends_and_marks_stay(tmp_path: Path) -> None:
    text = "\ufeffx();\r\nFS.event('A', { b: 1 });\r\n"
    write_project(tmp_path, {"a.js": text, "u16.js": "FS.event('A', {});", "fslint.toml": "select = ['FS301']"})
    assert run(tmp_path) == 0
    after = (tmp_path / "a.js").read_bytes()
    assert after.decode() == "\ufeffx();\r\n// fslint: ignore[FS301]\r\nFS.event('A', { b: 1 });\r\n"


def test_where_no_comment_can_stand_another_place_takes_it_or_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = "import names from './names.json';\nFS.event(names.opened, {});\n"
    write_project(
        tmp_path,
        {"names.json": '{\n  "opened": ""\n}\n', "a.js": call, "fslint.toml": "select = ['FS703', 'FS004']"},
    )
    write_project(tmp_path, {"latin.js": "FS.event('Menü', {})".encode("latin-1")})
    assert [(d.code, d.place.path) for d in left(tmp_path)] == [("FS004", "latin.js"), ("FS703", "names.json")]
    assert run(tmp_path) == 1
    assert "latin.js:1: no comment can silence FS004 here" in capsys.readouterr().err
    assert (tmp_path / "names.json").read_text() == '{\n  "opened": ""\n}\n'
    assert [(d.code, d.place.path) for d in left(tmp_path)] == [("FS004", "latin.js")]


def test_a_reason_is_written_and_satisfies_those_who_demand_one(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "FS.event('A', { b: 1 });\n", "fslint.toml": "require-reason = true"})
    assert run(tmp_path) == 2
    assert run(tmp_path, "--reason", "before */ fslint") == 2
    assert run(tmp_path, "--reason", "before fslint") == 0
    assert (tmp_path / "a.js").read_text().startswith("// fslint: ignore[FS301] before fslint\n")
    assert left(tmp_path) == []


def test_only_what_is_reported_gets_a_comment(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "FS.event('A', { b: 1 });\n", "b.js": "FS.event('A', { b: 1 });\n"})
    command = ["check", "--no-cache", "--root", str(tmp_path), "--add-suppressions", str(tmp_path / "a.js")]
    assert main(command) == 0
    assert "ignore" in (tmp_path / "a.js").read_text() and "ignore" not in (tmp_path / "b.js").read_text()


def test_an_unused_suppression_is_not_silenced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path, {"a.js": "FS.event('A', {}); // fslint: ignore[FS301]\n"})
    assert run(tmp_path) == 1
    assert "FS003 is left 1 time: --fix mends suppressions that are unused" in capsys.readouterr().err


def test_python_files_still_run_as_before(tmp_path: Path) -> None:
    demo.write(tmp_path)
    run(tmp_path)
    for file in (tmp_path / "api").glob("*.py"):
        done = subprocess.run([sys.executable, "-m", "py_compile", file], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
