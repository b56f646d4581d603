"""The rule book: every rule has a page in the right form, and every example on it gives what it says."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from projects import findings, git_init, write_project

from fslint import frontends, rulebook
from fslint.frontends import language_of
from fslint.rulebook import Example
from fslint.rules.catalogue import CATALOGUE

ROOT = Path(__file__).parents[1]
PAGES = rulebook.pages()
EXAMPLES = [(page.code, example) for page in PAGES.values() for example in page.examples]


def implemented() -> frozenset[str]:
    """The rules that exist; empty while the engine itself cannot be imported."""
    try:
        import fslint.engine  # noqa: F401
        from fslint.rules import all_rules
    except ImportError:
        return frozenset()
    return frozenset(all_rules()) | {"FS003"}  # the suppressions' own rule, part of the engine


def readable(example: Example) -> bool:
    """Whether the front ends that the example needs exist."""
    modules = {frontends._MODULES.get(language_of(file.path) or "json", "data") for file in example.files}
    return all(importlib.util.find_spec(f"fslint.frontends.{module}") for module in modules)


IMPLEMENTED = implemented()
ONE_LANGUAGE = {"FS505"}
"""Rules of a single language, whose examples cannot be in two."""


def test_every_rule_has_its_page_and_every_page_its_rule() -> None:
    assert sorted(PAGES) == sorted(CATALOGUE)
    assert {file.name for file in (ROOT / "rules").glob("FS*.md")} == {
        f"{meta.code}-{meta.name}.md" for meta in CATALOGUE.values()
    }


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_page_has_the_form_of_a_page(code: str) -> None:
    page, meta = PAGES[code], CATALOGUE[code]
    assert page.name == meta.name
    assert page.text.splitlines()[2] == rulebook.severity_line(meta)
    assert tuple(page.sections) == rulebook.SECTIONS
    assert all(page.sections.values()), "a section is empty"
    assert page.summary.endswith(".")
    for kind in ("bad", "good"):
        examples = [example for example in page.examples if example.kind == kind]
        assert len(examples) >= 2
        assert len({example.title for example in examples}) == len(examples)
        languages = {file.language for example in examples for file in example.files}
        assert len(languages) >= 2 or code in ONE_LANGUAGE, f"the {kind} examples are all in one language"
    for example in page.examples:
        codes = {found for found, _, _ in example.expect}
        assert codes <= set(CATALOGUE)
        assert (code in codes) == (example.kind == "bad"), f"{example.title}: {codes}"


def test_no_line_of_prose_is_too_long() -> None:
    for page in PAGES.values():
        long = [
            line for line, in_code in rulebook._outside_code(page.text.splitlines()) if not in_code and len(line) > 125
        ]
        assert not long, page.code


@pytest.mark.parametrize(("code", "example"), EXAMPLES, ids=[f"{c}-{e.kind}-{e.title}" for c, e in EXAMPLES])
def test_an_example_gives_what_it_says(code: str, example: Example, tmp_path: Path) -> None:
    """Bad: exactly the marked findings, of this rule and of every rule marked in it. Good: none of this rule."""
    focus = {code} | {found for found, _, _ in example.expect}
    if not focus <= IMPLEMENTED:
        pytest.skip(f"{', '.join(sorted(focus - IMPLEMENTED))} not implemented yet")
    if not readable(example):
        pytest.skip("a front end is missing")
    write_project(tmp_path, {file.path: file.text.encode(file.encoding) for file in example.files})
    if any(file.path.rpartition("/")[2].startswith(".env") for file in example.files):
        git_init(tmp_path)  # FS601 speaks of tracked files
    found = [finding for finding in findings(tmp_path, focus) if finding[0] in focus]
    assert found == sorted(example.expect)


def test_the_index_is_up_to_date() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "fslint.rulebook"], cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    ).stdout
    assert (ROOT / "rules" / "README.md").read_text("utf-8") == printed


@pytest.mark.parametrize("asked", ["FS201", "fs201", "duplicate-event", " Duplicate-Event "])
def test_a_page_is_found_by_code_or_name(asked: str) -> None:
    page = rulebook.find(asked)
    assert page is not None and page.code == "FS201"


@pytest.mark.parametrize(
    ("asked", "meant"), [("FS2O1", "FS201"), ("duplicat-events", "duplicate-event"), ("xyzzy", None)]
)
def test_what_is_no_rule_gets_the_nearest_one(asked: str, meant: str | None) -> None:
    assert rulebook.find(asked) is None
    assert rulebook.nearest(asked) == meant


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_page_is_rendered_for_a_terminal(code: str) -> None:
    import click

    text = click.unstyle(rulebook.render(PAGES[code].text, width=80))
    assert text.startswith(f"{code} {CATALOGUE[code].name}\n")
    assert "```" not in text and "## " not in text and "**" not in text
    for example in PAGES[code].examples:
        assert example.title in text.replace("`", "") or example.title in text
        for file in example.files:
            assert file.path in text
            assert all(f"    {line}" in text for line in file.text.splitlines() if line.strip())


@pytest.mark.parametrize(
    "text",
    [
        "FS201 without a hash",
        "# FS201 duplicate-event\n\n## Bad\n\n## Bad\n",
    ],
)
def test_what_is_no_page_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="FS201"):
        rulebook.parse(text)


def test_marks_of_every_kind_of_comment_are_read() -> None:
    text = """# FS201 duplicate-event

**Error**

One sentence.

## Bad

### all of them

```ts a.ts
one(); // FS201
two(); // FS301 FS302
three(); // FS301, FS302
four(); // about FS201, not a mark
```

```html b.html
<b></b> <!-- FS201 -->
```

```yaml c.yaml
a: 1  # FS102
```

```dotenv .env
A=1
```

expect: FS601 .env:1
"""
    (example,) = rulebook.parse(text).examples
    assert example.expect == (
        ("FS102", "c.yaml", 1),
        ("FS201", "a.ts", 1),
        ("FS201", "b.html", 1),
        ("FS301", "a.ts", 2),
        ("FS301", "a.ts", 3),
        ("FS302", "a.ts", 2),
        ("FS302", "a.ts", 3),
        ("FS601", ".env", 1),
    )
    assert [file.path for file in example.files] == ["a.ts", "b.html", "c.yaml", ".env"]


def test_the_harness_can_fail(tmp_path: Path) -> None:
    """An example whose marks are wrong must not pass."""
    if "FS703" not in IMPLEMENTED or not readable(PAGES["FS703"].examples[0]):
        pytest.skip("FS703 not implemented yet")
    (bad, *_) = PAGES["FS703"].examples
    write_project(tmp_path, {file.path: file.text for file in bad.files})
    assert [finding[0] for finding in findings(tmp_path) if finding[0] == "FS703"] == ["FS703"]
