"""The rule book: the pages of ``rules/``, found, parsed and rendered.

A page is Markdown: ``# FS201 duplicate-event``, a severity line, a sentence, then the sections SECTIONS in this order.
Under ``## Bad`` and ``## Good`` each ``###`` heading is an example: a project of fenced blocks whose info string names
language and file (```` ```ts web/cart.ts ````; ``encoding=latin-1`` may follow). A trailing comment of codes
(``// FS201``) marks an expected finding on its line; where a file takes no comment, a line ``expect: FS601 .env:3``
after the block does. The tests run every example; ``fslint explain`` prints a page.

In: Markdown. Out: ``Page`` objects and text for a terminal. ``python -m fslint.rulebook > rules/README.md`` writes the
index.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import click

from .rules.catalogue import CATALOGUE, Meta

SECTIONS = (
    "What it does",
    "Why it matters",
    "Bad",
    "Good",
    "How to fix",
    "Options",
    "When to switch it off",
    "Facts",
)
FAMILIES = {
    "FS0": "The run itself",
    "FS1": "The registry (tracking plan)",
    "FS2": "The same thing told twice",
    "FS3": "Properties",
    "FS4": "Identity",
    "FS5": "Delivery",
    "FS6": "Secrets and privacy",
    "FS7": "Event names",
    "FS8": "The API used wrongly",
}

_URL = "https://github.com/fslint/fslint/blob/main/rules"
_FENCE = re.compile(r"(?P<fence>`{3,})(?P<language>\w+)(?: (?P<path>\S+))?(?: encoding=(?P<encoding>\S+))?$")
_MARK = re.compile(r"(?://|#|/\*|<!--)\s*(?P<codes>FS\d{3}(?:[ ,]+FS\d{3})*)\s*(?:\*/\}?|-->)?$")
_EXPECT = re.compile(r"expect: (?P<code>FS\d{3}) `?(?P<path>[^`\s]+):(?P<line>\d+)`?$")


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """One file of an example. ``encoding``: in which its text is written."""

    path: str
    language: str
    text: str
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Example:
    """A small project. ``expect``: the findings marked in it, as (code, path, line), sorted."""

    kind: str
    title: str
    files: tuple[ExampleFile, ...]
    expect: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page. ``sections``: their Markdown by title; ``text``: the whole page."""

    code: str
    name: str
    text: str
    summary: str
    sections: dict[str, str]

    @property
    def examples(self) -> tuple[Example, ...]:
        """The examples of ``Bad`` and ``Good``, in order."""
        return tuple(example for kind in ("bad", "good") for example in _examples(self, kind))


def parse(text: str) -> Page:
    """The page of a Markdown text; raises ValueError where it is not in the form of a page."""
    title, *rest = text.splitlines()
    heading = re.fullmatch(r"# (FS\d{3}) ([a-z0-9-]+)", title)
    if heading is None:
        raise ValueError(f"not the title of a rule page: {title!r}")
    sections: dict[str, list[str]] = {"": []}
    current = ""
    for line, in_code in _outside_code(rest):
        if not in_code and line.startswith("## "):
            current = line[3:].strip()
            if current in sections:
                raise ValueError(f"{heading[1]}: the section {current!r} stands there twice")
            sections[current] = []
        else:
            sections[current].append(line)
    bodies = {name: "\n".join(lines).strip() for name, lines in sections.items()}
    introduction = bodies.pop("").split("\n\n")
    return Page(heading[1], heading[2], text, " ".join(introduction[-1].split()), bodies)


@cache
def pages() -> dict[str, Page]:
    """All pages by code, from the wheel or, in a source tree, from ``rules/``."""
    found = [parse(path.read_text("utf-8")) for path in sorted(_folder().glob("FS*.md"))]
    return {page.code: page for page in found}


@cache
def topics() -> dict[str, str]:
    """The texts of the pages that are about no rule, by the name of their file: ``ci``."""
    return {path.stem: path.read_text("utf-8") for path in sorted(_folder().glob("[a-z]*.md"))}


def find(rule: str) -> Page | None:
    """The page of a rule by code or name, whatever the case."""
    wanted = rule.strip().casefold()
    return next((page for page in pages().values() if wanted in (page.code.casefold(), page.name)), None)


def nearest(rule: str) -> str | None:
    """The code or name that was probably meant."""
    known = [*topics(), *(word for page in pages().values() for word in (page.code.casefold(), page.name))]
    close = get_close_matches(rule.strip().casefold(), known, n=1, cutoff=0.5)
    return close[0].upper() if close and close[0].startswith("fs") else close[0] if close else None


def url(meta: Meta) -> str:
    """Where a rule's page can be read."""
    return f"{_URL}/{meta.code}-{meta.name}.md"


def severity_line(meta: Meta) -> str:
    """The line under a page's title."""
    return f"**{meta.severity.capitalize()}** · {'on' if meta.default else 'off'} by default"


def index() -> str:
    """``rules/README.md``: every rule by family, with its severity and one line."""
    lines = ["# The rules of fslint", ""]
    lines += ["Generated by `python -m fslint.rulebook > rules/README.md`. Every example of every page is a test.", ""]
    lines += ["An error or a warning fails the run, an info never does. A code and a name never change once released."]
    lines += ["", "[ci.md](ci.md): recipes for pre-commit, GitHub, GitLab, Jenkins, Azure and the terminal."]
    for prefix, title in FAMILIES.items():
        lines += ["", f"## {prefix}: {title}", "", "| rule | name | severity | fires on |", "|---|---|---|---|"]
        for code, meta in CATALOGUE.items():
            if code.startswith(prefix):
                severity = meta.severity if meta.default else f"{meta.severity}, off by default"
                lines.append(f"| [{code}]({code}-{meta.name}.md) | {meta.name} | {severity} | {meta.summary} |")
    return "\n".join(lines) + "\n"


def render(text: str, width: int = 88) -> str:
    """A page's Markdown for a terminal, styled; ``click.unstyle`` takes the styles off."""
    lines: list[str] = []
    paragraph: list[str] = []

    def flush() -> None:
        if paragraph:
            lines.extend(_wrap(" ".join(paragraph), width))
            paragraph.clear()

    for line, in_code in _outside_code(text.splitlines()):
        fence = _FENCE.match(line)
        if in_code and fence is None and not line.startswith("```"):
            lines.append("    " + _code(line))
        elif fence or line.startswith("```"):
            flush()
            if fence and fence["path"]:
                lines.append("  " + click.style(fence["path"], fg="blue", underline=True))
        elif line.startswith("#"):
            flush()
            lines.append(_heading(line))
        elif not line.strip():
            flush()
            lines.append("")
        elif line.startswith(("- ", "| ", "|-")):
            flush()
            paragraph.append(line)
        else:
            paragraph.append(line.strip())
    flush()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _folder() -> Path:
    package = Path(__file__).parent
    return next((f for f in (package / "_rules", package.parent / "rules") if f.is_dir()), package / "_rules")


def _outside_code(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it belongs to a fenced block (the fences do)."""
    fence = ""
    for line in lines:
        opening = re.match(r"`{3,}", line)
        if not fence and opening:
            fence = opening[0]
            yield line, True
        elif fence and line.rstrip() == fence:
            fence = ""
            yield line, True
        else:
            yield line, bool(fence)


def _examples(page: Page, kind: str) -> Iterator[Example]:
    for part in re.split(r"^### ", page.sections.get(kind.capitalize(), ""), flags=re.MULTILINE)[1:]:
        title, *lines = part.splitlines()
        files: list[ExampleFile] = []
        expect: list[tuple[str, str, int]] = []
        current: list[str] | None = None
        opened: re.Match[str] | None = None
        for line in lines:
            if current is None or opened is None:
                opened = _FENCE.match(line)
                current = [] if opened else None
                said = _EXPECT.match(line)
                if said:
                    expect.append((said["code"], said["path"], int(said["line"])))
            elif line.rstrip() == opened["fence"]:
                if not opened["path"]:
                    raise ValueError(f"{page.code}: a block of {title!r} names no file")
                text = "\n".join(current) + "\n"
                files.append(ExampleFile(opened["path"], opened["language"], text, opened["encoding"] or "utf-8"))
                expect += _marks(opened["path"], current)
                current = opened = None
            else:
                current.append(line)
        yield Example(kind, title.strip(), tuple(files), tuple(sorted(expect)))


def _marks(path: str, lines: list[str]) -> Iterator[tuple[str, str, int]]:
    for number, line in enumerate(lines, 1):
        mark = _MARK.search(line.rstrip())
        for code in re.findall(r"FS\d{3}", mark["codes"]) if mark else ():
            yield code, path, number


def _heading(line: str) -> str:
    hashes, _, words = line.partition(" ")
    return click.style(words, bold=True, underline=len(hashes) == 1, fg="cyan" if len(hashes) == 2 else None)


def _code(line: str) -> str:
    mark = _MARK.search(line.rstrip())
    if mark is None:
        return line
    return line[: mark.start()] + click.style(line[mark.start() :], fg="red", bold=True)


def _wrap(text: str, width: int) -> list[str]:
    """Wrap a paragraph, a list item or a table row, and style its `code` and **stress**."""
    if text.startswith("|"):
        return [_inline(text)]
    indent = "  " if text.startswith("- ") else ""
    # Blanks inside code must not break: they become no-break spaces until the text is wrapped.
    text = re.sub(r"`[^`]*`", lambda code: code[0].replace(" ", "\0"), text)
    wrapped = textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [_inline(line.replace("\0", " ")) for line in wrapped]


def _inline(line: str) -> str:
    line = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", line)
    line = re.sub(r"\*\*(.+?)\*\*", lambda m: click.style(m[1], bold=True), line)
    return re.sub(r"`([^`]+)`", lambda m: click.style(m[1], fg="yellow") if _coloured() else f"`{m[1]}`", line)


def _coloured() -> bool:
    """Whether styles will be seen: without them the backquotes stay."""
    context = click.get_current_context(silent=True)
    if context is not None and context.color is not None:
        return context.color
    return sys.stdout.isatty()


if __name__ == "__main__":
    sys.stdout.write(index())
