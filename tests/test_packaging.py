"""The wheel: what is in it, and that what it ships works away from the source tree."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from fslint import __version__, demo
from fslint.rules.catalogue import CATALOGUE

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the source tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (file,) = folder.glob("*.whl")
    return file


def run(wheel: Path, *arguments: str) -> str:
    """Run Python on the wheel's content alone, in an empty folder, and return what it prints."""
    unpacked = wheel.parent / "unpacked"
    if not unpacked.exists():
        zipfile.ZipFile(wheel).extractall(unpacked)
    empty = wheel.parent / "empty"
    empty.mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(unpacked), "PYTHONSAFEPATH": "1", "NO_COLOR": "1"}
    done = subprocess.run([sys.executable, *arguments], cwd=empty, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_pages_schema_demo_and_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for meta in CATALOGUE.values():
        assert f"fslint/_rules/{meta.code}-{meta.name}.md" in names
    for path in ("py.typed", "registry.schema.json", "demo/shop/events.yaml", "demo/shop/web/src/Cart.tsx"):
        assert f"fslint/{path}" in names
    assert not [name for name in names if "__pycache__" in name or name.startswith(("tests/", "rules/"))]
    assert {f"fslint/demo/shop/{path}" for path in demo.files()} <= names


def test_the_wheel_says_what_it_needs(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    text = archive.read(metadata).decode()
    assert f"\nVersion: {__version__}\n" in text
    assert "\nRequires-Python: >=3.11\n" in text
    assert "\nLicense-Expression: MIT\n" in text
    needs = set(re.findall(r"^Requires-Dist: ([\w-]+)[^;\n]*$", text, re.MULTILINE))
    assert {name.lower() for name in needs} == {
        "click",
        "esprima",
        "libcst",
        "msgspec",
        "pathspec",
        "pyyaml",
        "tree-sitter",
        "tree-sitter-javascript",
        "tree-sitter-python",
        "tree-sitter-typescript",
    }
    entry_points = archive.read(metadata.replace("METADATA", "entry_points.txt")).decode()
    assert "fslint = fslint.__main__:program" in entry_points


def test_pages_and_schema_are_read_from_the_wheel(wheel: Path) -> None:
    program = (
        "import fslint, json; from fslint import rulebook, registry, demo;"
        "assert 'unpacked' in fslint.__file__, fslint.__file__;"
        "assert 'unpacked' in str(rulebook._folder());"
        "print(len(rulebook.pages()), json.loads(registry.schema())['title'], len(demo.files()))"
    )
    assert run(wheel, "-c", program).split() == [
        str(len(CATALOGUE)),
        "fslint",
        "event",
        "registry",
        str(len(demo.files())),
    ]


def test_every_dependency_is_installed_in_a_version_that_is_allowed() -> None:
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for text in project["dependencies"]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(version(requirement.name)), text


def test_the_demo_is_written_once_and_never_over_other_files(tmp_path: Path) -> None:
    written = demo.write(tmp_path / "shop")
    assert {path.relative_to(tmp_path / "shop").as_posix() for path in written} == set(demo.files())
    with pytest.raises(FileExistsError):
        demo.write(tmp_path / "shop")


def test_the_readme_and_ci_run_the_same_tests() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "python -m pytest -q" in readme and "python -m pytest -q" in ci
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_changelog_knows_this_version_or_what_comes_next() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "## [Unreleased]" in changelog or f"## [{__version__}]" in changelog
