"""Which files a project has."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from projects import git_init, write_project

from fslint.discovery import Selection, discover, is_test
from fslint.settings import Overrides, load


def found(folder: Path, overrides: Overrides | None = None) -> list[str]:
    return list(discover(load(folder, overrides=overrides)).paths)


@pytest.mark.parametrize(
    "path",
    [
        "test/a.js",
        "a/tests/b/c.py",
        "__mocks__/fs.ts",
        "e2e/login.ts",
        "src/stories/a.tsx",
        "testdata/a.py",
        "cypress/a.ts",
        "a.test.ts",
        "a.b.spec.tsx",
        "Button.stories.jsx",
        "api.mock.js",
        "a.cy.ts",
        "test_views.py",
        "views_test.py",
        "x/conftest.py",
    ],
)
def test_tests_are_known_by_their_path(path: str) -> None:
    assert is_test(path)


@pytest.mark.parametrize(
    "path",
    [
        "latest/a.js",
        "src/testing.ts",
        "contest.py",
        "test.js",
        "src/spec.ts",
        "testimonials/a.tsx",
        "a_test.js",
        "test_a.ts",
    ],
)
def test_what_only_sounds_like_a_test(path: str) -> None:
    assert not is_test(path)


FILES = {
    "web/a.ts": "",
    "web/b.css": "",
    "api/views.py": "",
    "events.yaml": "",
    ".env": "",
    "page.html": "",
    "UPPER.JS": "",
    "node_modules/x/index.js": "",
    "gone.js": "",
    ".gitignore": "gone.js\n/out/\n",
    "out/a.js": "",
    "sub/.gitignore": "*.gen.ts\n!keep.gen.ts\n",
    "sub/a.gen.ts": "",
    "sub/keep.gen.ts": "",
}
EXPECTED = [".env", "UPPER.JS", "api/views.py", "events.yaml", "page.html", "sub/keep.gen.ts", "web/a.ts"]


def test_ignored_files_and_those_of_others_are_left_out_with_and_without_git(tmp_path: Path) -> None:
    write_project(tmp_path, FILES)
    assert found(tmp_path) == EXPECTED
    git_init(tmp_path)
    assert found(tmp_path) == EXPECTED


def test_untracked_files_count_and_only_tracked_env_files_are_tracked(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "", ".env": ""})
    git_init(tmp_path)
    write_project(tmp_path, {"b.js": "", "web/.env.local": ""})
    files = discover(load(tmp_path))
    assert files.paths == (".env", "a.js", "b.js", "web/.env.local")
    assert files.tracked_env == {".env"}


def test_a_tracked_file_counts_although_it_is_ignored(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "", "b.js": ""})
    git_init(tmp_path)
    write_project(tmp_path, {".gitignore": "a.js\n"})
    files = discover(load(tmp_path))
    assert files.paths == ("a.js", "b.js") and files.beyond_grep == {"a.js"}


def test_include_and_exclude(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        {
            "fslint.toml": 'include = ["web", "api"]\nexclude = ["*.gen.ts"]',
            "web/a.ts": "",
            "web/a.gen.ts": "",
            "x/b.ts": "",
        },
    )
    assert found(tmp_path) == ["web/a.ts"]


def test_the_root_may_be_a_folder_of_the_repository(tmp_path: Path) -> None:
    write_project(tmp_path, {"a/x.js": "", "b/fslint.toml": "", "b/y.js": ""})
    git_init(tmp_path)
    assert found(tmp_path / "b") == ["y.js"]


def test_links_inside_are_read_once_and_links_out_are_not_followed(tmp_path: Path) -> None:
    write_project(tmp_path, {"out/x.js": "", "p/a.js": "", "p/lib/b.js": ""})
    project = tmp_path / "p"
    (project / "same.js").symlink_to("a.js")
    (project / "other.js").symlink_to("../out/x.js")
    (project / "folder").symlink_to("lib")
    (project / "away").symlink_to("../out")
    (project / "loop").symlink_to("loop")
    for _ in range(2):
        files = discover(load(project))
        assert files.paths == ("a.js", "lib/b.js")
        assert files.links == {"folder": "lib"}
        git_init(project)


def test_odd_names(tmp_path: Path) -> None:
    names = ["a b.js", "quo'te\".js", "new\nline.js", "ünï.js", "-dash.js", os.fsdecode(b"bad\xff.js")]
    write_project(tmp_path, dict.fromkeys(names, ""))
    assert found(tmp_path) == sorted(names)
    git_init(tmp_path)
    assert found(tmp_path) == sorted(names)


def test_files_of_submodules_belong_to_the_project(tmp_path: Path) -> None:
    write_project(tmp_path, {"lib/x.js": "", "p/a.js": ""})
    git_init(tmp_path / "lib")
    identity = ["-c", "user.name=t", "-c", "user.email=t@t.invalid"]
    subprocess.run(["git", *identity, "commit", "-qm", "x"], cwd=tmp_path / "lib", check=True)
    git_init(tmp_path / "p")
    add = ["git", "-c", "protocol.file.allow=always", "submodule", "add", "-q", "../lib", "vendor/lib"]
    subprocess.run(add, cwd=tmp_path / "p", check=True, capture_output=True)
    files = discover(load(tmp_path / "p"))
    assert files.paths == ("a.js", "vendor/lib/x.js") and files.repositories == ("", "vendor/lib")


def test_nothing_of_the_repository_is_run(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "", "hook": f"#!/bin/sh\ntouch {tmp_path}/ran\n"})
    (tmp_path / "hook").chmod(0o755)
    git_init(tmp_path)
    for key in ("core.fsmonitor", "diff.x.textconv", "core.pager", "diff.external"):
        subprocess.run(["git", "config", key, str(tmp_path / "hook")], cwd=tmp_path, check=True)
    assert "a.js" in found(tmp_path)
    assert not (tmp_path / "ran").exists()


def test_a_hooks_environment_does_not_lead_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path, {"p/a.js": "", "q/b.js": ""})
    git_init(tmp_path / "p")
    git_init(tmp_path / "q")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "q/.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "q"))
    assert found(tmp_path / "p") == ["a.js"]


def test_paths_choose_what_is_reported(tmp_path: Path) -> None:
    write_project(tmp_path, {"fslint.toml": "", "events.yaml": "", "web/a.js": "", "web2/b.js": ""})
    settings = load(tmp_path)
    assert Selection(settings, []).holds("x.js")
    web = Selection(settings, ["web/"])
    assert web.holds("web/a.js") and not web.holds("web2/b.js")
    assert Selection(settings, ["."]).everything and Selection(settings, ["events.yaml"]).everything
    assert Selection(load(tmp_path / "web"), ["a.js"]).holds("web/a.js")
    assert Selection(load(tmp_path / "web"), [".."]).everything
    with pytest.raises(FileNotFoundError):
        Selection(settings, ["nowhere.js"])


def test_a_bundle_beside_its_sources_is_left_out(tmp_path: Path) -> None:
    for name in (
        "one/package.json",
        "one/src/a.js",
        "one/dist/a.js",
        "two/dist/b.js",
        "three/package.json",
        "three/dist/c.js",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    git_init(tmp_path)
    found = discover(load(tmp_path)).paths
    assert "one/dist/a.js" not in found
    assert {"two/dist/b.js", "three/dist/c.js", "one/src/a.js"} <= set(found)
