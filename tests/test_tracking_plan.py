"""``fslint events`` as Markdown and CSV: a tracking plan that people read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import write_project

from fslint.cli import main
from fslint.tracking_plan import Entry, PropertyRow, markdown, to_csv

Run = Callable[..., str]
PLAN = """\
version: 1
events:
  Cart Viewed:
    description: The cart | was *opened*.
    side: client
    owner: shop
    properties:
      total: {type: real, required: true, minimum: 0, description: With tax}
      plan: {type: str, enum: [free, pro], nullable: true, required: {server: true}}
      to: {type: object, properties: {city: {type: str}}}
  Paid: {side: server, aliases: [Payed]}
  Old: {side: client, status: deprecated}
  Later: {side: client, status: planned}
  Never: {side: both, reviewed: false}
user_properties:
  plan: {type: str}
"""
CODE = {
    "web/a b.js": "FS.event('Cart Viewed', { total_real: 5, extra_str: 'x' });\nFS.event('New', { n_int: 1 });\n"
    "FS.event(`Step ${o.n}`);\nFS.event(o.name);\nFS.identify('1', { plan_str: 'x' });\n",
    "api/a.py": "track_server_event('Payed', uid, {})\n",
}


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def events(files: dict[str, str], *arguments: str) -> str:
        write_project(tmp_path, files)
        assert main(["events", "--no-cache", *arguments]) == 0
        return capsys.readouterr().out

    return events


def sections(text: str) -> dict[str, str]:
    """The text of a document by its headings."""
    parts = re.split(r"^#+ (.*)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_plan_and_the_code_in_one_document(run: Run) -> None:
    found = sections(run({**CODE, "events.yaml": PLAN}, "--output-format", "markdown"))
    assert list(found) == [
        "Tracking plan", "shop", "Without owner", "Sent, but not in the plan", "In the plan, but not sent", "Planned",
        "Deprecated", "Names that are put together at run time", "Users: identify calls",
    ]  # fmt: skip
    assert (
        "3 events sent (2 from the browser, 1 from the server); 1 sent, but not in the plan; 1 in the plan"
        in found["Tracking plan"]
    )
    assert "1 call with a name that is not known" in found["Tracking plan"]
    assert (
        "| Cart Viewed | client | The cart \\| was \\*opened\\*. | **total** (real, required, from 0): With tax<br>"
        "**plan** (str, required on the server, one of free, pro; may be empty)<br>**to** (object)<br>**to.city** (str)<br>"
        "**extra** (str, not in the plan) | [web/a b.js:1](web/a%20b.js#L1) |" in found["shop"]
    )
    assert "| Paid | server |  | [api/a.py:1](api/a.py#L1) |" in found["Without owner"]
    assert "| New | client | **n** (int, required) |" in found["Sent, but not in the plan"]
    assert "| Never | both (not reviewed) |  | – |" in found["In the plan, but not sent"]
    assert "| Step {} | client |" in found["Names that are put together at run time"]
    assert "| client | **plan** (str) | [web/a b.js:5](web/a%20b.js#L5) |" in found["Users: identify calls"]


def test_without_a_plan_events_are_grouped_by_side(run: Run) -> None:
    found = sections(run(CODE, "--output-format", "markdown"))
    assert list(found)[:3] == ["Tracking plan", "From the browser", "From the server"]
    assert "**total** (real, required)<br>**extra** (str, required)" in found["From the browser"]


def test_apps_are_chapters_of_their_own(run: Run) -> None:
    config = "".join(f'[[apps]]\nname = "{app}"\npaths = ["{app}/**"]\n' for app in ("shop", "admin"))
    files = {"fslint.toml": config, "shop/a.js": "FS.event('A');\n", "admin/a.js": "FS.event('B');\n"}
    text = run(files, "--output-format", "markdown")
    assert text.index("## shop") < text.index("| A |") < text.index("## admin") < text.index("| B |")
    rows = list(csv.DictReader(io.StringIO(run(files, "--output-format", "csv"))))
    assert [(row["app"], row["name"]) for row in rows] == [("shop", "A"), ("admin", "B")]


def test_the_calls_of_a_linked_repository_are_in_the_plan(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other" / "api"
    write_project(other, {"a.py": "track_server_event('Paid', uid, {})\ntrack_server_event('New', uid, {})\n"})
    monkeypatch.chdir(other)
    assert main(["facts", "--no-cache", "-o", str(tmp_path / "api.json")]) == 0
    (other / "a.py").unlink()
    monkeypatch.chdir(tmp_path)
    files = {"fslint.toml": 'linked-facts = ["api.json"]\n', "events.yaml": PLAN, "web/a.js": "FS.event('New');\n"}
    found = sections(run(files, "--output-format", "markdown"))
    assert "| Paid | server |  | api:a.py:1 |" in found["From the server"]
    assert "| New | both |  | [web/a.js:1](web/a.js#L1), api:a.py:2 |" in found["Sent, but not in the plan"]


def test_links_can_lead_to_a_code_host(run: Run) -> None:
    text = run(CODE, "--output-format", "markdown", "--base-url", "https://host/o/r/blob/main/")
    assert "[web/a b.js:1](https://host/o/r/blob/main/web/a%20b.js#L1)" in text


def test_a_row_for_each_property(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run({**CODE, "events.yaml": PLAN}, "--output-format", "csv"))))
    told = {(row["name"], row["property"]): row for row in rows}
    assert told["Cart Viewed", "total"]["required"] == "yes" and told["Cart Viewed", "total"]["type"] == "real"
    assert told["Cart Viewed", "plan"]["required"] == "server" and told["Cart Viewed", "plan"]["values"].startswith(
        "one of free"
    )
    assert told["Cart Viewed", "extra"]["status"] == "property not registered"
    assert told["Paid", ""]["calls"] == "1" and told["Paid", ""]["places"] == "api/a.py:1"
    assert {row["name"]: row["status"] for row in rows if not row["property"] and row["kind"] == "event"} == {
        "Paid": "registered", "Old": "deprecated", "Later": "planned", "Never": "not sent"
    }  # fmt: skip


def test_one_event(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(CODE, "New", "--output-format", "csv").count("\n") == 2
    assert main(["events", "None", "--output-format", "markdown"]) == 2
    assert "no event 'None'" in capsys.readouterr().err


def test_what_is_unresolved_as_a_table(run: Run) -> None:
    rows = list(csv.reader(io.StringIO(run(CODE, "--unresolved", "--output-format", "csv"))))
    assert rows[0] == ["place", "function", "reason"] and rows[1][0] == "web/a b.js:4:1"


def test_nothing_is_sent(run: Run) -> None:
    assert run({}, "--output-format", "markdown") == "# Tracking plan\n\n0 events sent.\n"
    assert run({}, "--output-format", "csv").count("\n") == 1


texts = st.text(max_size=12) | st.sampled_from(
    ["=1+1", "@x", "-2", "+3", "\t=1", "a|b", "<b>", "[x](y)", "`", "\n", "\r", "＝1", "_a_", "# h"]
)
rows_of = st.builds(PropertyRow, texts, texts, st.sampled_from(["", "yes", "client"]), texts, texts, st.booleans())
found_entries = st.lists(
    st.builds(
        Entry, st.sampled_from(["event", "pattern", "identify"]), texts, st.just(""), st.sampled_from(["client", "both", ""]),
        st.sampled_from(["", "registered", "not sent"]), texts, texts, st.lists(rows_of, max_size=3).map(tuple), st.booleans(),
        st.lists(st.tuples(texts, st.integers(1, 9)), max_size=2).map(tuple),
    ),
    max_size=5,
)  # fmt: skip


@given(found_entries)
def test_no_text_breaks_out_of_its_cell(found: list[Entry]) -> None:
    width = 0
    for line in markdown(found).splitlines():
        cells = len(re.findall(r"(?<!\\)(?:\\\\)*\|", line))
        if not line.startswith("|"):
            width = 0
            assert not line or line.startswith(("#", "0", *"123456789"))
        else:
            width = width or cells
            assert cells == width
            assert not re.search(r"(?<!\\)(?:\\\\)*<(?!br>)", line)


@given(found_entries)
def test_no_cell_is_a_formula(found: list[Entry]) -> None:
    for row in csv.reader(io.StringIO(to_csv(found), newline="")):
        assert len(row) == 14
        for cell in row:
            assert cell.lstrip()[:1] not in ("=", "+", "-", "@", "＝") or cell == ""
