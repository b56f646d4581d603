"""The command line, as a person or a pipeline meets it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from projects import git_init, write_project

from fslint import engine
from fslint.cli import main

UNTYPED = "FS.event('Opened', { size: 3 });\n"
CLEAN = "FS.event('Opened', { size_int: 3 });\n"
UNREAD = "FS.event('Opened', { size: 3, plan: 'x' });\n"
KEY = "na1." + "aB3" * 30


class Shell:
    """Runs fslint in a folder: (exit code, standard output, standard error)."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capture = folder, capture

    def files(self, files: Mapping[str, str | bytes]) -> None:
        write_project(self.folder, files)

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self.capture.readouterr()
        code = main(arguments)
        said = self.capture.readouterr()
        return code, said.out, said.err

    def codes(self, *arguments: str) -> list[str]:
        """The codes that ``check`` finds."""
        code, out, err = self("check", "--no-cache", "--output-format", "json", *arguments)
        assert code in (0, 1), err
        return [found["code"] for found in json.loads(out)["diagnostics"]]


@pytest.fixture
def fslint(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "FSLINT_OUTPUT_FORMAT"):
        monkeypatch.delenv(name, raising=False)
    return Shell(tmp_path, capsys)


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@t.invalid", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def process(folder: Path, *arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [sys.executable, "-m", "fslint", *arguments], cwd=folder, capture_output=True, text=True, check=False, **more
    )


# ------------------------------------------------------------------------------------------------------ exit codes


def test_a_clean_project(fslint: Shell) -> None:
    fslint.files({"a.js": CLEAN})
    code, out, err = fslint("check")
    assert (code, out, err) == (0, "No findings in 1 file (1 tracking call).\n", "")


def test_findings(fslint: Shell) -> None:
    fslint.files({"a.js": UNTYPED})
    code, out, err = fslint("check", "--no-cache")
    assert code == 1 and err == ""
    assert out.startswith("a.js:1:22: error[FS301] untyped-property: ")


def test_an_empty_project(fslint: Shell) -> None:
    assert fslint("check")[0] == 0


def test_exit_zero_and_fail_on(fslint: Shell) -> None:
    fslint.files({"a.js": "FS.event('Opened', {}); // fslint: ignore[FS301]\n", "b.js": ""})
    assert fslint("check")[0] == 1
    assert fslint("check", "--exit-zero")[0] == 0
    assert fslint("check", "--fail-on", "error")[0] == 0
    fslint.files({"fslint.toml": "fail-on = 'error'"})
    assert fslint("check")[0] == 0
    assert fslint("check", "--fail-on", "warning")[0] == 1


def test_infos_never_fail(fslint: Shell) -> None:
    fslint.files({"a.js": UNTYPED, "fslint.toml": "severity = {FS301 = 'info'}"})
    code, out, _ = fslint("check")
    assert code == 0 and "info[FS301]" in out and "Found 1 info " in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "nowhere.js"], "There is no file or folder nowhere.js"),
        (["check", "a.js", os.devnull], f"{os.devnull}: lies outside the project's root (.)"),
        (["check", "--selekt", "FS1"], "--select"),
        (["check", "--select", "FS999"], '--select: unknown rule "FS999"'),
        (["check", "--config", "none.toml"], "there is no file none.toml"),
        (["check", "--registry", "none.yaml"], "there is no file none.yaml"),
        (["check", "--root", "none"], "none is not a folder"),
        (["check", "--output-format", "jsn"], "Did you mean 'json'?"),
        (["check", "--output-format", "text", "--output-format", "json"], "each but one needs a file"),
        (["check", "--baseline", "none.json"], "there is no file none.json"),
        (["check", "--since", "main"], "Git does not know the revision main"),
        (["check", "--since", "main", "--staged"], "cannot go together"),
        (["chek"], "Did you mean 'check'?"),
        (["why", "a.js"], "is not FILE:LINE"),
        (["why", "a.js:0"], "is not FILE:LINE"),
        (["why", f"{os.devnull}:1"], "There is no file"),
        (["why", f"{__file__}:1"], "lies outside the project's root"),
        (["why", "none.js:3"], "There is no file none.js"),
        (["explain", "FS2O1"], "Did you mean 'FS201'?"),
        (["registry", "check"], "There is no registry here"),
        (["registry", "check", "none.yaml"], "There is no file none.yaml"),
        (["events", "Opnd"], "did you mean 'Opened'?"),
    ],
)
def test_a_run_that_cannot_be_done(fslint: Shell, arguments: list[str], said: str) -> None:
    fslint.files({"a.js": UNTYPED})
    code, out, err = fslint(*arguments)
    assert (code, out) == (2, "") and said in err


def test_a_wrong_configuration(fslint: Shell) -> None:
    fslint.files({"a.js": UNTYPED, "fslint.toml": "\nexclud = ['a']\n"})
    code, out, err = fslint("check")
    assert (code, out) == (2, "")
    assert err == 'fslint: fslint.toml:2: unknown key "exclud"; did you mean "exclude"?\n'
    assert fslint("check", "--isolated")[0] == 1


def test_watching_needs_its_package(fslint: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    code, out, err = fslint("check", "--watch")
    assert (code, out) == (2, "") and "pip install 'fslint[watch]'" in err
    assert fslint("check", "--watch", "--fix")[0] == 2


def test_a_missing_registry(fslint: Shell) -> None:
    fslint.files({"pyproject.toml": "[tool.fslint]\nregistry = ['plan.yaml']\n"})
    code, _, err = fslint("check")
    assert code == 2 and err.startswith('fslint: pyproject.toml:2: registry: there is no file "plan.yaml"')


def test_a_crash_is_said_to_be_one(fslint: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(engine, "check", crash)
    code, out, err = fslint("check")
    assert (
        (code, out) == (2, "") and "ZeroDivisionError: oh" in err and "This is a bug" in err and "Traceback" not in err
    )
    assert "Traceback" in fslint("check", "--verbose")[2]


# ------------------------------------------------------------------------------------------------------- bad input


def test_broken_yaml_is_a_finding_with_its_line(fslint: Shell) -> None:
    fslint.files({"events.yaml": "version: 1\nevents:\n  A: {side: client\n"})
    code, out, _ = fslint("check")
    assert code == 1 and "events.yaml:" in out and "error[FS002]" in out


def test_files_that_cannot_be_read_are_named_and_the_run_goes_on(fslint: Shell) -> None:
    fslint.files(
        {
            "latin.js": "FS.event('Menü', {})".encode("latin-1"),
            "binary.js": b"\0\1FS.event\0",
            "big.js": "FS.event('A', {});" + " " * 3000,
            "fslint.toml": "max-file-size = 2000",
            "good.js": UNTYPED,
        }
    )
    code, out, _ = fslint("check", "--output-format", "concise")
    assert code == 1
    for name in ("latin.js", "binary.js", "big.js"):
        assert f"{name}:1:1: warning[FS004]" in out
    assert "good.js:1:22: error[FS301]" in out


def test_a_named_file_is_read_whatever_its_encoding_or_said_to_be_unreadable(fslint: Shell) -> None:
    fslint.files({"u16.js": UNTYPED.encode("utf-16"), "bare.js": UNTYPED.encode("utf-16-le")})
    assert fslint.codes("u16.js") == ["FS301"] and fslint.codes("bare.js") == ["FS004"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in this file system")
def test_a_pipe_is_not_waited_for(fslint: Shell) -> None:
    fslint.files({"a.js": CLEAN, "p.js": CLEAN})
    git_init(fslint.folder)
    for name in ("p.js", "q.js"):  # tracked and not
        (fslint.folder / name).unlink(missing_ok=True)
        os.mkfifo(fslint.folder / name)
        assert fslint.codes() == [] and fslint.codes(name) == ["FS004"]


def test_a_registry_that_cannot_be_read_is_a_finding(fslint: Shell) -> None:
    fslint.files({"events.yaml": b"\0\1\xff", "a.js": CLEAN})
    code, out, _ = fslint("check", "--output-format", "concise", "-q")
    assert (code, out) == (
        1,
        "events.yaml:1:1: error[FS002] invalid-registry: the registry cannot be read: binary file\n",
    )
    fslint.files({"events.yaml": "version: 1\nevents: {}\n" + "#" * 3000, "fslint.toml": "max-file-size = 2000"})
    assert fslint.codes() == ["FS002"]


def test_a_huge_file_is_not_read(fslint: Shell, tmp_path: Path) -> None:
    with (tmp_path / "huge.js").open("wb") as file:
        file.write(b"FS.event('A', {});\n")
        file.truncate(50_000_000)
    assert fslint.codes() == ["FS004"]


def test_a_broken_file_is_never_a_silent_zero(fslint: Shell) -> None:
    fslint.files({"a.py": "track_server_event('A', 'u_1', {)\n"})
    assert fslint("check")[0] == 1
    assert "FS001" in fslint.codes()


def test_odd_names_get_through_every_format(fslint: Shell) -> None:
    fslint.files({os.fsdecode(b"b\xff'd\n.js"): UNTYPED})
    for name in ("text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit"):
        code, out, err = fslint("check", "--output-format", name)
        assert (code, err) == (1, "") and out


# ------------------------------------------------------------------------------------------------------ what is shown


def test_paths_choose_what_is_reported(fslint: Shell) -> None:
    fslint.files({"web/a.js": UNTYPED, "web/b.js": UNTYPED, "api/c.js": UNTYPED})
    assert len(fslint.codes()) == 3
    assert len(fslint.codes("web")) == 2
    assert len(fslint.codes("web/a.js", "api")) == 2
    assert len(fslint.codes(str(fslint.folder / "web/a.js"))) == 1


def test_paths_through_links(fslint: Shell) -> None:
    fslint.files({"web/a.js": UNTYPED, "web/b.js": UNTYPED})
    (fslint.folder / "site").symlink_to("web")
    (fslint.folder / "out.js").symlink_to(__file__)
    assert len(fslint.codes("site")) == 2 and len(fslint.codes("site/a.js")) == 1
    code, out, err = fslint("check", "out.js")
    assert (code, out) == (2, "") and err == "fslint: out.js: is a link that leads out of the project\n"
    assert len(fslint.codes()) == 2


def test_named_files_that_are_left_out_are_said_to_be(fslint: Shell) -> None:
    fslint.files({"a.js": CLEAN, "old/b.js": UNTYPED, "dist.js": UNTYPED, ".gitignore": "dist.js\n", "c.css": ""})
    fslint.files({"fslint.toml": "exclude = ['old']\n"})
    git_init(fslint.folder)
    code, _, err = fslint("check", "a.js", "old/b.js", "dist.js", "c.css", "fslint.toml")
    assert code == 0 and err.endswith("excluded or ignored by Git: old/b.js, dist.js\n")
    assert fslint("check", "a.js", "old")[2] == ""
    assert fslint("check", "--quiet", "dist.js")[2] == ""


def test_a_finding_is_reported_at_the_related_place_that_was_asked_for(fslint: Shell) -> None:
    fslint.files(
        {"web/a.js": "FS.event('Order Placed', {});\n", "api/a.py": "track_server_event('Order Placed', 'u_1', {})\n"}
    )
    code, out, _ = fslint("check", "--select", "FS201", "--output-format", "concise", "-q", "api")
    assert code == 1 and out.startswith("api/a.py:1:")


def test_paths_are_shown_from_the_working_directory(fslint: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    fslint.files({"fslint.toml": "", "web/a.js": UNTYPED, "api/b.js": UNTYPED})
    monkeypatch.chdir(fslint.folder / "web")
    out = fslint("check", "--output-format", "concise", "-q")[1]
    assert [line.split(":")[0] for line in out.splitlines()] == ["../api/b.js", "a.js"]


def test_rules_are_chosen(fslint: Shell) -> None:
    fslint.files({"a.js": "FS.event('', { size: 3 });\n"})
    assert set(fslint.codes()) == {"FS301", "FS703"}
    assert fslint.codes("--select", "FS3") == ["FS301"]
    assert fslint.codes("--ignore", "untyped-property,FS1") == ["FS703"]
    assert fslint.codes("--select", "FS7", "--extend-select", "FS301", "--ignore", "FS703") == ["FS301"]


def test_output_formats_and_files(fslint: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    fslint.files({"a.js": UNTYPED})
    code, out, _ = fslint("check", "--output-format", "sarif:out.sarif", "--output-format", "concise")
    assert code == 1 and out.startswith("a.js:1:22")
    assert json.loads((fslint.folder / "out.sarif").read_text())["version"] == "2.1.0"
    assert fslint("check", "--output-file", "out.txt")[1] == ""
    assert "error[FS301]" in (fslint.folder / "out.txt").read_text()
    monkeypatch.setenv("FSLINT_OUTPUT_FORMAT", "jsonl")
    assert json.loads(fslint("check")[1])["code"] == "FS301"
    fslint("check", "--output-file", "new/folder/out.jsonl")
    assert json.loads((fslint.folder / "new/folder/out.jsonl").read_text())["code"] == "FS301"
    code, _, err = fslint("check", "--output-file", "a.js/x")
    assert code == 2 and "cannot write a.js/x" in err


def test_formats_for_hosts_give_paths_from_the_top_of_the_repository(
    fslint: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    fslint.files({"shop/fslint.toml": "", "shop/web/a.js": UNTYPED})
    git_init(fslint.folder)
    monkeypatch.chdir(fslint.folder / "shop" / "web")
    formats = ("text", "github", "gitlab:gl.json", "sarif:out.sarif", "json:out.json")
    out = fslint(
        "check", *(f"--output-format={name}" if ":" in name else f"--output-format={name}:{name}" for name in formats)
    )[1]
    assert out == ""
    gitlab, sarif, plain = (json.loads(Path(name).read_text()) for name in ("gl.json", "out.sarif", "out.json"))
    assert Path("text").read_text().startswith("a.js:1:22:") and plain["diagnostics"][0]["path"] == "a.js"
    assert Path("github").read_text().startswith("::error file=shop/web/a.js,")
    assert gitlab[0]["location"]["path"] == "shop/web/a.js"
    location = sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "shop/web/a.js", "uriBaseId": "%SRCROOT%"}


def test_a_report_goes_to_a_device_as_it_is(fslint: Shell) -> None:
    fslint.files({"a.js": UNTYPED})
    assert fslint("check", "--output-file", os.devnull)[:2] == (1, "")
    assert not Path(os.devnull).is_file()


def test_statistics_and_quiet(fslint: Shell) -> None:
    fslint.files({"a.js": UNTYPED * 3})
    out = fslint("check", "--statistics")[1]
    assert "     3  FS301  [*] untyped-property\n" in out
    assert "Found" not in fslint("check", "-q")[1]
    _, out, err = fslint("check", "--statistics", "--output-format", "json")
    assert json.loads(out) and err == "     3  FS301  [*] untyped-property\n"


def test_the_width_of_the_terminal(fslint: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    fslint.files(
        {"a.js": "x(); " * 10 + "FS.event('A long name of an event that goes on and on', { size: 3 }); " + "y();" * 20}
    )
    for columns in (50, 80, 200):
        monkeypatch.setenv("COLUMNS", str(columns))
        source, marks = fslint("check", "--select", "FS301")[1].splitlines()[2:4]
        assert len(source) <= columns and source[marks.index("^") :].startswith("size")
    fslint("check", "--output-file", "out.txt")
    assert (fslint.folder / "out.txt").read_text().splitlines()[2].endswith("…")  # a file has no width of a terminal


def test_color(fslint: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    fslint.files({"a.js": UNTYPED})
    assert "\x1b[" not in fslint("check")[1]
    assert "\x1b[" in fslint("check", "--color", "always")[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in fslint("check")[1]
    assert "\x1b[" not in fslint("check", "--output-format", "json")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in fslint("check")[1]


def test_keys_are_nowhere_to_be_seen(fslint: Shell) -> None:
    named = "Zq8" * 12
    text = f"const k = '{KEY}'; FS.event('A', {{ size: k }});\nconst FULLSTORY_API_KEY = '{named}';\n// {KEY}\n"
    fslint.files({"c.ts": f"const FULLSTORY_TOKEN: string = '{named}'; FS.event('C', {{ size: 1 }});\n"})
    fslint.files({"a.js": text, "b.py": f"fullstory_token = '{named}'  # fslint: ignore[FS301] {KEY}\n"})
    for name in ("text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit"):
        out = fslint("check", "--output-format", name)[1]
        assert "FS601" in out and KEY[8:] not in out and named not in out
    for command in (["events"], ["why", "a.js:1"], ["check", "--fix", "--unsafe-fixes", "--diff"]):
        out = "".join(map(str, fslint(*command)))
        assert KEY[8:] not in out and named not in out
    for file in (fslint.folder / ".fslint_cache").iterdir():
        assert KEY.encode()[8:] not in file.read_bytes() and named.encode() not in file.read_bytes()


def test_show_settings_and_files(fslint: Shell) -> None:
    fslint.files(
        {"fslint.toml": "ignore = ['FS2']\nexclude = ['b.js']", "a.js": KEY, "b.js": "", "c.css": "", ".env": ""}
    )
    shown = json.loads(fslint("check", "--show-settings")[1])
    assert "FS201" not in shown["enabled"] and shown["root"] == str(fslint.folder)
    assert fslint("check", "--show-files")[1] == "a.js\n"


# -------------------------------------------------------------------------------------------------------------- fixes


def test_fixing(fslint: Shell) -> None:
    fslint.files({"a.js": UNREAD})
    code, out, err = fslint("check", "--fix")
    assert code == 1 and (fslint.folder / "a.js").read_text() == UNREAD  # nothing is safe here
    code, out, err = fslint("check", "--diff", "--unsafe-fixes")
    assert (
        code == 1
        and "-FS.event('Opened', { size: 3, plan: 'x' });\n+FS.event('Opened', { size_int: 3, plan_str: 'x' });\n"
        in out
    )
    assert (fslint.folder / "a.js").read_text() == UNREAD
    code, out, err = fslint("check", "--fix", "--unsafe-fixes")
    assert code == 0 and "fixed 2 (2 FS301)" in err and out.startswith("No findings")
    assert (fslint.folder / "a.js").read_text() == "FS.event('Opened', { size_int: 3, plan_str: 'x' });\n"
    assert fslint("check", "--diff", "--unsafe-fixes")[:2] == (0, "")


def test_only_what_is_reported_is_fixed(fslint: Shell) -> None:
    fslint.files({"a.js": UNTYPED, "b.js": UNTYPED})
    fslint("check", "--fix", "--unsafe-fixes", "b.js")
    assert (fslint.folder / "a.js").read_text() == UNTYPED and (fslint.folder / "b.js").read_text() == CLEAN


def test_standard_input(fslint: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    fslint.files({"web/a.js": CLEAN, "web/b.js": UNTYPED})

    def given(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    given(UNTYPED)
    code, out, _ = fslint("check", "--stdin-filename", "web/a.js", "--output-format", "concise", "-q")
    assert code == 1 and [line.split(":")[0] for line in out.splitlines()] == ["web/a.js"]
    given(UNTYPED)
    assert fslint("check", "--stdin-filename", "web/new.js")[0] == 1
    given(UNTYPED)
    code, out, _ = fslint("check", "--stdin-filename", "web/a.js", "--fix", "--unsafe-fixes")
    assert (code, out) == (0, CLEAN)
    assert (fslint.folder / "web/a.js").read_text() == CLEAN


# ------------------------------------------------------------------------------------------------- only what is new


def test_baseline(fslint: Shell) -> None:
    fslint.files({"a.js": UNTYPED})
    code, _, err = fslint("check", "--write-baseline")
    assert code == 0 and "accepted 1 finding in fslint-baseline.json" in err
    assert fslint.codes("--baseline", "fslint-baseline.json") == []
    assert fslint("check", "--baseline", "fslint-baseline.json")[1].endswith("\nThe baseline accepts 1 finding.\n")
    fslint.files({"a.js": "\n\n" + UNTYPED})
    assert fslint.codes("--baseline", "fslint-baseline.json") == []
    fslint.files({"a.js": UNTYPED + "FS.event('Closed', { size: 3 });\n"})
    code, out, _ = fslint("check", "--baseline", "fslint-baseline.json", "--output-format", "concise")
    assert code == 1 and out.splitlines()[0].startswith("a.js:2:") and "Found 1 error " in out
    fslint.files({"a.js": CLEAN})
    code, _, err = fslint("check", "--baseline", "fslint-baseline.json")
    assert code == 0 and "1 that no longer occur" in err and "a.js: FS301 size" in err
    assert fslint("check", "--baseline", "fslint-baseline.json", "--select", "FS2")[2] == ""  # FS301 did not run
    fslint("check", "--write-baseline", "--select", "FS2")
    assert "FS301" in (fslint.folder / "fslint-baseline.json").read_text()
    assert "accepted 0 findings (0 new, 1 dropped) in fslint-baseline.json" in fslint("check", "--write-baseline")[2]
    assert '"findings": []' in (fslint.folder / "fslint-baseline.json").read_text()
    fslint.files({"fslint-baseline.json": "{}"})
    assert fslint("check", "--baseline", "fslint-baseline.json")[0] == 2
    assert fslint("check", "--write-baseline")[0] == 0
    assert fslint("check", "--baseline", "fslint-baseline.json")[0] == 0


def test_many_entries_that_no_longer_occur_are_named_on_request(fslint: Shell) -> None:
    names = [f"p{number:02}" for number in range(14)]
    fslint.files({"a.js": "".join(f"FS.event('E', {{ {name}: 3 }});\n" for name in names)})
    fslint("check", "--write-baseline", "--baseline", "accepted.json")
    fslint.files({"a.js": ""})
    err = fslint("check", "--baseline", "accepted.json")[2]
    assert "holds 14 that no longer occur" in err and "FS301 p09" in err and "p10" not in err and "4 more" in err
    assert "FS301 p13" in fslint("check", "--baseline", "accepted.json", "--verbose")[2]
    assert "FS301" not in fslint("check", "--baseline", "accepted.json", "--quiet")[2]


def test_a_baseline_with_paths(fslint: Shell) -> None:
    fslint.files({"a.js": UNTYPED, "b.js": UNTYPED})
    fslint("check", "--write-baseline")
    fslint.files({"b.js": UNTYPED * 2})
    assert fslint.codes("--baseline", "fslint-baseline.json", "a.js") == []
    assert fslint.codes("--baseline", "fslint-baseline.json", "b.js") == ["FS301"]


def test_since(fslint: Shell) -> None:
    fslint.files({"a.js": UNTYPED + "\n" * 5 + "x();\n", "moved.js": UNTYPED * 9, "fslint.toml": ""})
    git_init(fslint.folder)
    git("commit", "-qm", "one")
    git("tag", "base")
    assert fslint.codes("--since", "base") == []
    fslint.files({"a.js": UNTYPED + "\n" * 5 + UNTYPED, "sub/new file.js": UNTYPED})
    git("mv", "moved.js", "renamed.js")
    out = fslint("check", "--since", "base", "--output-format", "concise", "-q")[1]
    assert [line.split(" ")[0] for line in out.replace("new file", "new_file").splitlines()] == [
        "a.js:7:22:",
        "sub/new_file.js:1:22:",
    ]
    git("commit", "-qam", "two")
    assert len(fslint.codes("--since", "base")) == 2 and len(fslint.codes("--since", "HEAD")) == 1
    fslint.files({"fslint.toml": "# changed"})
    assert len(fslint.codes("--since", "HEAD")) == 12


def test_a_registry_that_is_gone_or_renamed_counts_whole(fslint: Shell) -> None:
    fslint.files({"a.js": UNTYPED, "events.yaml": "version: 1\nevents:\n  Opened: {side: client}\n"})
    fslint.files({"fslint.toml": "ignore = ['FS102']\n", "plan.yaml": "version: 1\nevents: {}\n"})
    git_init(fslint.folder)
    git("commit", "-qm", "one")
    assert fslint.codes("--since", "HEAD") == []
    git("rm", "-q", "events.yaml")
    assert fslint.codes("--since", "HEAD") == ["FS301"] == fslint.codes("--staged")
    git("reset", "-q", "--hard")
    git("mv", "events.yaml", "tracking.yaml")
    assert fslint.codes("--since", "HEAD") == ["FS301"] == fslint.codes("--staged")
    git("reset", "-q", "--hard")
    git("rm", "-q", "fslint.toml")
    assert fslint.codes("--since", "HEAD") == ["FS301"]
    git("reset", "-q", "--hard")
    git("rm", "-q", "plan.yaml")
    assert fslint.codes("--since", "HEAD") == []


def test_the_configuration_of_git_does_not_change_what_has_changed(fslint: Shell) -> None:
    lines = "\n".join(UNTYPED.strip() for _ in range(9))
    fslint.files({"a.js": f"one\n{lines}\nthree\n", "b.js": UNTYPED})
    git_init(fslint.folder)
    git("commit", "-qm", "one")
    for key, value in (
        ("diff.interHunkContext", "99"),
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.external", "false"),
        ("diff.renames", "false"),
        ("color.diff", "always"),
        ("core.quotePath", "true"),
    ):
        git("config", key, value)
    fslint.files({"a.js": f"ONE\n{lines}\nTHREE\n", "b.js": UNTYPED + UNTYPED})
    out = fslint("check", "--since", "HEAD", "--output-format", "concise", "-q")[1]
    assert [line.split(" ")[0] for line in out.splitlines()] == ["b.js:2:22:"]


def test_since_the_merge_base(fslint: Shell) -> None:
    """What others have done on main since the branch began is not this branch's."""
    fslint.files({"a.js": CLEAN, "b.js": CLEAN})
    git_init(fslint.folder)
    git("commit", "-qm", "one")
    git("branch", "-M", "trunk")
    git("checkout", "-qb", "feature")
    fslint.files({"a.js": CLEAN + UNTYPED})
    git("commit", "-qam", "feature")
    git("checkout", "-q", "trunk")
    fslint.files({"b.js": UNTYPED})
    git("commit", "-qam", "theirs")
    git("checkout", "-q", "feature")
    out = fslint("check", "--since", "trunk", "--output-format", "concise", "-q")[1]
    assert [line.split(":")[0] for line in out.splitlines()] == ["a.js"]
    fslint.files({"b.js": CLEAN + UNTYPED})
    git("add", "b.js")  # staged and not committed
    assert len(fslint.codes("--since", "trunk")) == 2


def test_since_in_a_folder_of_the_repository(fslint: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    fslint.files({"shop/fslint.toml": "", "shop/web/a.js": CLEAN, "blog/fslint.toml": ""})
    git_init(fslint.folder)
    git("commit", "-qm", "one")
    fslint.files({"shop/web/a.js": CLEAN + UNTYPED, "shop/web/ä b.js": UNTYPED, "blog/fslint.toml": "# changed"})
    monkeypatch.chdir(fslint.folder / "shop" / "web")
    out = fslint("check", "--since", "HEAD", "--output-format", "concise", "-q")[1]
    assert [line.partition(":")[0] for line in out.splitlines()] == ["a.js", "ä b.js"]


def test_since_reports_a_change_at_a_related_place(fslint: Shell) -> None:
    fslint.files({"web/a.js": "FS.event('Order Placed', {});\n", "api/a.py": "\n"})
    git_init(fslint.folder)
    git("commit", "-qm", "one")
    fslint.files({"api/a.py": "track_server_event('Order Placed', 'u_1', {})\n"})
    assert fslint.codes("--select", "FS201", "--since", "HEAD") == ["FS201"]


def test_staged(fslint: Shell) -> None:
    fslint.files({"a.js": CLEAN, "b.js": CLEAN, "c.js": CLEAN})
    git_init(fslint.folder)
    git("commit", "-qm", "one")
    fslint.files({"a.js": UNTYPED, "b.js": UNTYPED})
    git("add", "a.js")
    fslint.files({"a.js": CLEAN})  # as it was again, but what is staged is not
    out = fslint("check", "--staged", "--output-format", "concise", "-q")[1]
    assert [line.split(":")[0] for line in out.splitlines()] == ["a.js"]


def test_a_file_whose_lines_look_like_a_diff(fslint: Shell) -> None:
    fslint.files({'q"uo\te.js': "--i;\n++i;\n"})
    git_init(fslint.folder)
    git("commit", "-qm", "one")
    fslint.files({'q"uo\te.js': "++ b/x\n-- y\n" + UNTYPED})
    from fslint.changes import since

    assert since(fslint.folder, "HEAD").lines == {'q"uo\te.js': [(1, 3)]}


# ------------------------------------------------------------------------------------------------------ other commands


def test_events(fslint: Shell) -> None:
    fslint.files({"a.js": CLEAN, "b.py": "track_server_event('=Paid', 'u_1', {'a': 1})\n"})
    out = fslint("events")[1]
    assert "Opened  client\n    size_int: int\n    a.js:1:1\n" in out and out.endswith("2 events in 2 calls\n")
    document = json.loads(fslint("events", "--output-format", "json")[1])
    assert [call["name"] for call in document["calls"]] == ["Opened", "=Paid"] and document["unresolved"] == 0
    assert "event,'=Paid,server,1," in fslint("events", "--output-format", "csv")[1]
    assert "| Opened | client |" in fslint("events", "--output-format", "markdown")[1]
    assert fslint("events", "Opened")[1].startswith("a.js:1:1: event, client, v1\n")


def test_what_is_unresolved_is_listed(fslint: Shell) -> None:
    fslint.files({"a.js": "import { name } from 'somewhere';\nFS.event(name, {});\n"})
    assert "fslint events --unresolved" in fslint("events")[1]
    assert fslint("events", "--unresolved")[1].startswith("a.js:2:1: ")
    document = json.loads(fslint("events", "--unresolved", "--output-format", "json")[1])
    assert document["unresolved"] == len(document["unresolved_calls"]) == 1


def test_why(fslint: Shell) -> None:
    fslint.files({"sub/a.js": "\n" + CLEAN})
    code, out, _ = fslint("why", "sub/a.js:2")
    assert code == 0 and "client" in out and "'Opened'" in out
    code, out, _ = fslint("why", "sub/a.js:1")
    assert code == 0 and out.startswith("no tracking call stands on line 1")


@pytest.mark.skipif(os.name == "nt", reason="such a name is a drive there")
def test_why_takes_a_drive_and_what_stands_behind_the_line(fslint: Shell) -> None:
    fslint.files({"C:\\web\\a.js": CLEAN})
    for place in ("C:\\web\\a.js:1", "C:\\web\\a.js:1:22", "C:\\web\\a.js:1:22: error[FS301]"):
        code, out, _ = fslint("why", place)
        assert code == 0 and "'Opened'" in out


def test_rules_and_explain(fslint: Shell) -> None:
    out = fslint("rules")[1]
    assert "FS201  duplicate-event" in out and "(off by default)" in out
    rules = json.loads(fslint("rules", "--output-format", "json")[1])
    assert {"code", "name", "severity", "summary", "default"} == set(rules[0])
    code, out, _ = fslint("explain", "fs201", "untyped-property")
    assert (
        code == 0
        and out.startswith("FS201 duplicate-event")
        and "\nFS301 untyped-property" in out
        and "\x1b" not in out
    )
    assert "\x1b[" in fslint("explain", "FS201", "--color", "always")[1]


def test_facts(fslint: Shell) -> None:
    fslint.files({"a.js": CLEAN})
    assert fslint("facts", "-o", "out/facts.json") == (0, "", "")
    assert json.loads((fslint.folder / "out/facts.json").read_text())["calls"][0]["names"] == ["Opened"]
    assert fslint("facts", "-o", "a.js/x")[0] == 2


def test_registry(fslint: Shell) -> None:
    assert json.loads(fslint("registry", "schema")[1])["type"] == "object"
    fslint.files({"events.yaml": "version: 1\nevents:\n  A: {side: client}\n"})
    assert fslint("registry", "check") == (0, "1 event in 1 file, 0 problems.\n", "")
    fslint.files({"events.yaml": "version: 1\nevents:\n  A: {side: clint}\n"})
    code, out, _ = fslint("registry", "check", "events.yaml", "--output-format", "concise")
    assert code == 1 and out.startswith("events.yaml:3:")


def test_demo(fslint: Shell) -> None:
    code, out, err = fslint("demo", "shop")
    assert code == 0 and "FS201" in out and "shop/web/" in out and "the shop is in shop" in err
    code, _, err = fslint("demo", "shop")
    assert code == 2 and "exists already" in err


@pytest.mark.parametrize(
    ("words", "completions"),
    [
        ("fslint ch", ["check"]),
        ("fslint check --output-fo", ["--output-format"]),
        ("fslint check --output-format s", ["sarif"]),
        ("fslint check --select FS30", [f"FS30{number}" for number in range(1, 10)]),
        ("fslint check --ignore FS101,dupl", ["FS101,duplicate-event"]),
        ("fslint explain expo", ["exposed-api-key"]),
        ("fslint check --fail-on ", ["error", "warning"]),
    ],
)
def test_the_shell_completes(
    fslint: Shell, monkeypatch: pytest.MonkeyPatch, words: str, completions: list[str]
) -> None:
    monkeypatch.setenv("_FSLINT_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
    monkeypatch.setattr(sys, "argv", ["fslint"])
    code, out, err = fslint()
    assert (code, err) == (0, "")
    assert [line.partition(",")[2] for line in out.splitlines()] == completions


# --------------------------------------------------------------------------------------------------------- as a process


def test_the_version_imports_little() -> None:
    code = (
        "import sys; sys.argv = ['fslint', '--version']\n"
        "from fslint.cli import main\n"
        "main()\n"
        "heavy = {'tree_sitter', 'libcst', 'esprima', 'msgspec', 'yaml', 'pathspec', 'pygls', 'fslint.engine'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"fslint {_version()}\n"), done.stderr


def _version() -> str:
    import fslint

    return fslint.__version__


def test_a_cached_check_imports_no_parser(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": UNTYPED, "b.py": "track_server_event('A', 'u_1', {})\n"})
    code = (
        "import sys\n"
        "from fslint.cli import main\n"
        "main(['check', '-q'])\n"
        "print(sorted({'tree_sitter', 'libcst', 'esprima'} & set(sys.modules)), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code]
    first, second = (
        subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False) for _ in range(2)
    )
    assert "tree_sitter" in first.stderr and second.stderr == "[]\n" and first.stdout == second.stdout


def test_as_a_module(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": UNTYPED})
    done = process(tmp_path, "check")
    assert done.returncode == 1 and "FS301" in done.stdout and done.stderr == ""


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": UNTYPED * 2000})
    command = f"{sys.executable} -m fslint check | head -n 1"
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.count("\n") == 1 and done.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="a shell's words")
def test_streams_that_are_closed_or_full(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": UNTYPED})

    def run(redirection: str) -> tuple[int, str, str]:
        command = f"{sys.executable} -m fslint check {redirection}"
        done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    assert run(">&-") == (1, "", "")
    code, out, err = run("2>&-")
    assert (code, err) == (1, "") and "FS301" in out
    if Path("/dev/full").exists():
        assert run(">/dev/full") == (2, "", "fslint: cannot write the output: No space left on device\n")


def test_a_terminal_that_knows_only_ascii(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "FS.event('Ünï', { größe: 3 });\n"})
    done = process(tmp_path, "check", env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert done.returncode == 1 and "gr\\xf6" in done.stdout and done.stderr == ""


@pytest.mark.parametrize(
    "command", [[], ["check"], ["events"], ["why"], ["explain"], ["rules"], ["registry"], ["demo"]]
)
def test_help(fslint: Shell, command: list[str]) -> None:
    code, out, err = fslint(*command, "--help")
    assert (code, err) == (0, "") and "Usage: fslint" in out
