"""The tools that fslint is measured beside: how each is called to find the same direct calls, and what it found.

A tool that is not installed is left out, by name. None of them follows names or wrappers; they get the calls by name.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from fslint.search import SEEDS

from .measure import Command, run

WEB_CALLS = ("FullStory('trackEvent', $$$)", "window.FS.event($$$)")
"""The direct calls of the generated web code, as ast-grep writes them."""
PYTHON_CALLS = ("track_server_event($$$)",)
_FLOOR = """import subprocess
tokens = {tokens!r}
found = 0
for path in subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=True).stdout.split(b"\\0"):
    if path:
        with open(path, "rb") as file:
            data = file.read()
        found += any(token in data for token in tokens)
print(found)
"""


@dataclass(frozen=True, slots=True)
class Tool:
    """A peer. ``arguments``: how it is called in a tree; ``found``: how many calls (or files) its output tells of;
    ``most``: the largest tree that it is run on, in files."""

    name: str
    arguments: tuple[str, ...]
    found: Callable[[bytes], int]
    what: str
    most: int = 1_000_000
    environment: tuple[tuple[str, str], ...] = ()


def search_path() -> str:
    """Where tools are looked for: ``PATH``, then beside this Python."""
    return os.pathsep.join((os.environ.get("PATH", ""), sysconfig.get_path("scripts")))


def which(tool: str) -> str | None:
    return shutil.which(tool, path=search_path())


def fslint(*arguments: str) -> tuple[str, ...]:
    """The fslint that belongs to this Python, as a user calls it."""
    script = Path(sysconfig.get_path("scripts")) / "fslint"
    return (str(script), *arguments) if script.exists() else (sys.executable, "-m", "fslint", *arguments)


def _lines(output: bytes) -> int:
    return len(output.splitlines())


def _semgrep_results(output: bytes) -> int:
    return len(json.loads(output)["results"])


def tree_tools(configuration: Path) -> tuple[list[Tool], list[str]]:
    """The tools that read a whole tree, and the names of those that are not installed.

    ``configuration``: a folder outside the trees for their rules.
    """
    tokens = [argument for token in SEEDS for argument in ("-e", token)]
    ast_grep, semgrep = configuration / "ast-grep.yml", configuration / "semgrep.yml"
    ast_grep.write_text(ast_grep_rules())
    semgrep.write_text(semgrep_rules())
    schema = configuration / "tracking-schema.yaml"
    floor = _FLOOR.format(tokens=tuple(token.encode() for token in SEEDS))
    wanted = [
        Tool("ripgrep", ("rg", "-lF", *tokens), _lines, "files"),
        Tool("git grep", ("git", "grep", "-lF", *tokens), _lines, "files"),
        Tool("Python: list, read, search", (sys.executable, "-c", floor), int, "files"),
        Tool("ast-grep", ("ast-grep", "scan", "-r", str(ast_grep), "--json=stream"), _lines, "calls", 20_000),
        Tool("semgrep", semgrep_arguments(semgrep, "."), _semgrep_results, "calls", 20_000),
        Tool("analyze-tracking", ("analyze-tracking", ".", "-c", "trackUi", "-o", str(schema)),
             lambda _: _schema_calls(schema), "calls", 1000, (("OPENAI_API_KEY", "unused: it only wants one to start"),)),
    ]  # fmt: skip
    tools, missing = [], []
    for tool in wanted:
        program = which(tool.arguments[0])
        if program is None:
            missing.append(tool.name)
        else:
            tools.append(replace(tool, arguments=(program, *tool.arguments[1:])))
    return tools, missing


def semgrep_arguments(rules: Path, target: str) -> tuple[str, ...]:
    return (
        "semgrep",
        "scan",
        "--metrics=off",
        "--disable-version-check",
        "--quiet",
        "--json",
        "--config",
        str(rules),
        target,
    )


def _schema_calls(schema: Path) -> int:
    """The call sites in what analyze-tracking wrote."""
    return schema.read_text().count("- path:") if schema.exists() else 0


def ast_grep_rules() -> str:
    """Rules that find the direct calls, for each language."""
    rules = []
    for language, patterns in (
        ("TypeScript", WEB_CALLS),
        ("Tsx", WEB_CALLS),
        ("JavaScript", WEB_CALLS),
        ("Python", PYTHON_CALLS),
    ):
        listed = "".join(f"    - pattern: {json.dumps(pattern)}\n" for pattern in patterns)
        rules.append(
            f"id: tracking-{language.lower()}\nlanguage: {language}\nmessage: a tracking call\nrule:\n  any:\n{listed}"
        )
    return "---\n".join(rules)


def semgrep_rules() -> str:
    """The same for semgrep."""
    rules = []
    for name, languages, patterns in (
        ("web", "[javascript, typescript]", WEB_CALLS),
        ("python", "[python]", PYTHON_CALLS),
    ):
        listed = "".join(f"      - pattern: {json.dumps(pattern.replace('$$$', '...'))}\n" for pattern in patterns)
        rules.append(
            f"  - id: tracking-{name}\n    languages: {languages}\n    severity: INFO\n    message: a tracking call\n    pattern-either:\n{listed}"
        )
    return "rules:\n" + "".join(rules)


# ------------------------------------------------------------------------------------------------------ single files

_ESLINT = """import {{ createRequire }} from 'node:module';
const require = createRequire({base});
export default [{{
  files: ['**/*.ts'],
  languageOptions: {{ parser: require('@typescript-eslint/parser') }},
  rules: {{ 'no-restricted-syntax': ['error', "CallExpression[callee.name='FullStory']", "CallExpression[callee.property.name='event']"] }},
}}];
"""


def file_tools(configuration: Path, folder: Path, language: str) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """The commands that check one file, by tool, and the names of those that are not installed.

    ``folder``: the file's own; ``language``: ``ts`` or ``py``.
    """
    name = f"single.{language}"
    wanted: dict[str, tuple[str, ...]] = {
        "semgrep": semgrep_arguments(configuration / "semgrep.yml", name),
        "ast-grep": ("ast-grep", "scan", "-r", str(configuration / "ast-grep.yml"), "--json=stream", name),
    }
    if language == "ts":
        wanted = {"ESLint": ("eslint", name), **wanted}
    else:
        wanted = {"fixit": ("fixit", "lint", name), "ruff": ("ruff", "check", "--no-cache", name), **wanted}
    found: dict[str, tuple[str, ...]] = {}
    missing: list[str] = []
    for tool, arguments in wanted.items():
        program = which(arguments[0])
        if program is None or (tool == "ESLint" and not _eslint_configuration(Path(program), folder)):
            missing.append(f"{tool} with a TypeScript parser" if program else tool)
        else:
            found[tool] = (program, *arguments[1:])
    return found, missing


def _eslint_configuration(program: Path, folder: Path) -> bool:
    """Write ESLint's configuration; False where the TypeScript parser is not installed beside it."""
    modules = next((parent for parent in program.resolve().parents if parent.name == "node_modules"), None)
    if modules is None or not (modules / "@typescript-eslint/parser").exists():
        return False
    (folder / "eslint.config.mjs").write_text(_ESLINT.format(base=json.dumps(str(modules / "x.js"))))
    return True


# ---------------------------------------------------------------------------------------------------------- versions


def versions() -> dict[str, str]:
    """The versions of the tools that are installed."""
    found = {}
    for tool, option in {
        "git": "--version", "rg": "--version", "ast-grep": "--version", "semgrep": "--version", "eslint": "--version",
        "node": "--version", "fixit": "--version", "ruff": "--version",
    }.items():  # fmt: skip
        program = which(tool)
        if program is not None:
            output = run(Command((program, option), Path.cwd())).output.decode("utf-8", "replace")
            match = re.search(r"\d+(?:\.\d+)+", output)
            found[tool] = match[0] if match else "?"
    analyze = which("analyze-tracking")
    if analyze is not None:
        package = next(
            (p / "package.json" for p in Path(analyze).resolve().parents if (p / "package.json").exists()), None
        )
        found["analyze-tracking"] = json.loads(package.read_text())["version"] if package else "?"
    return found
