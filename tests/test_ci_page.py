"""``rules/ci.md``: what people copy from it is well-formed, and every command in it can be run."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from projects import git_init

from fslint import __version__, demo, rulebook
from fslint.cli import main

ROOT = Path(__file__).parents[1]
TEXT = rulebook.topics()["ci"]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
RECIPES = {
    text.split("\n", 1)[0].strip("# "): document
    for language, text in BLOCKS
    if language == "yaml" and isinstance(document := yaml.safe_load(text), dict)
}
_COMMAND = re.compile(
    r"(?<![\w./-])fslint (?:check|events|registry|explain)\b[^\n|&#`\"')]*(?:\"[^\"\n]*\"[^\n|&#`\"')]*)*"
)
COMMANDS = sorted({match[0].strip() for match in _COMMAND.finditer(TEXT)})


def test_the_page_has_a_recipe_for_each_place() -> None:
    assert set(RECIPES) == {
        ".pre-commit-config.yaml",
        ".github/workflows/fslint.yml",
        ".github/workflows/fslint-scanning.yml",
        ".gitlab-ci.yml",
        "azure-pipelines.yml",
    }
    assert any(language == "groovy" for language, _ in BLOCKS)
    assert len(COMMANDS) > 8


def test_the_blocks_can_be_read() -> None:
    for language, text in BLOCKS:
        if language == "yaml":
            assert isinstance(yaml.safe_load(text), dict)
        elif language == "json":
            json.loads(text)
        elif language == "groovy":
            assert text.count("{") == text.count("}") and text.count("'") % 2 == 0


SCHEMAS = {
    ".github/workflows/fslint.yml": "github-workflows",
    ".github/workflows/fslint-scanning.yml": "github-workflows",
    ".gitlab-ci.yml": "gitlab-ci",
    "azure-pipelines.yml": "azure-pipelines",
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_recipe_is_valid_by_its_hosts_schema(name: str, tmp_path: Path) -> None:
    file = tmp_path / "recipe.yml"
    file.write_text(next(text for _, text in BLOCKS if text.startswith(f"# {name}\n")))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{SCHEMAS[name]}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_hooks_are_valid_by_pre_commit(tmp_path: Path) -> None:
    recipes = [text for _, text in BLOCKS if text.startswith("# .pre-commit-config.yaml\n")]
    for number, text in enumerate(recipes):
        (tmp_path / f"{number}.yaml").write_text(text)
    for what, files in (
        ("validate-config", sorted(tmp_path.iterdir())),
        ("validate-manifest", [ROOT / ".pre-commit-hooks.yaml"]),
    ):
        command = [sys.executable, "-m", "pre_commit", what, *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert files and done.returncode == 0, done.stdout + done.stderr


def test_the_hooks_that_are_named_exist() -> None:
    known = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    used = {
        (hook["id"], repo["rev"])
        for language, text in BLOCKS
        if language == "yaml" and "repos" in (document := yaml.safe_load(text))
        for repo in document["repos"]
        for hook in repo["hooks"]
    }
    assert used and {name for name, _ in used} <= known
    assert {revision for _, revision in used} == {f"v{__version__}"}
    assert {name for name in known if f"| `{name}` |" in TEXT} == known


def test_what_one_step_writes_the_next_one_reads() -> None:
    scanning = RECIPES[".github/workflows/fslint-scanning.yml"]["jobs"]["fslint"]["steps"]
    assert f"sarif:{scanning[-1]['with']['sarif_file']}" in scanning[-2]["run"]
    gitlab = RECIPES[".gitlab-ci.yml"]["fslint"]
    assert f"gitlab:{gitlab['artifacts']['reports']['codequality']} " in gitlab["script"][-1]
    azure = RECIPES["azure-pipelines.yml"]["steps"]
    assert f"junit:{azure[1]['inputs']['testResultsFiles']} " in azure[0]["script"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo as a repository with a branch ``origin/main``."""
    folder = tmp_path_factory.mktemp("shop")
    demo.write(folder)
    git_init(folder)
    identity = ["-c", "user.name=t", "-c", "user.email=t@t.invalid", "-c", "commit.gpgsign=false"]
    for command in ([*identity, "commit", "-qm", "one"], ["update-ref", "refs/remotes/origin/main", "HEAD"]):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_runs(command: str, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if "--watch" in command:
        pytest.skip("does not end; test_watch.py runs it")
    monkeypatch.chdir(shop)
    if "--baseline" in command:
        assert main(["check", "--write-baseline", "--quiet"]) == 0
    if "--add-suppressions" in command:
        command += " --diff"
    words = shlex.split(command.replace("${{ github.base_ref }}", "main"))
    assert main(words[1:]) in (0, 1)
    for word in words:
        file = re.fullmatch(r"[a-z]+:([\w.-]+)", word)
        assert file is None or (shop / file[1]).stat().st_size


def test_no_line_is_too_long_and_explain_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    prose = [line for line, in_code in rulebook._outside_code(TEXT.splitlines()) if not in_code]
    assert max(map(len, (line for line in prose if not line.startswith("|")))) <= 125
    assert main(["explain", "ci"]) == 0
    assert "codequality: gl-code-quality-report.json" in capsys.readouterr().out
