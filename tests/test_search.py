"""The search gives the same files with Git and without."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from projects import git_init, write_project

from fslint.discovery import Files, discover
from fslint.search import SEEDS, Search, scan, search
from fslint.settings import load


def both(folder: Path, *needles: str) -> set[str]:
    """What is found, which is the same in both ways."""
    files = discover(load(folder))
    assert files.repositories is not None
    with_git = search(folder, needles, files)
    assert with_git == search(folder, needles, replace(files, repositories=None))
    return with_git


def seeds(folder: Path, files: Files, names: tuple[str, ...] = ()) -> set[str]:
    """The files that could track by themselves."""
    searched = Search(folder, {}, lambda path: (folder / path).read_bytes())
    searched.settle(files, None, None)
    return searched.seeds(names)


def test_odd_names_and_contents(tmp_path: Path) -> None:
    bad = os.fsdecode(b"bad\xff.js")
    write_project(
        tmp_path,
        {
            "a b.js": "x needle x",
            "quo'te\".js": "needle",
            "new\nline.js": "needle",
            "-n.js": "needle",
            ":(top)odd.js": "needle",
            "star*.js": "needle",
            bad: "needle",
            "crlf.py": "a\r\nneedle\r\n",
            "binary.js": b"\0\1needle\0",
            "latin.py": b"\xe4needle",
            "UPPER.TS": "needle",
            "none.js": "need le\nNEEDLE",
            "empty.js": "",
            "other.css": "needle",
            ".env.local": "needle",
        },
    )
    git_init(tmp_path)
    expected = {"a b.js", "quo'te\".js", "new\nline.js", "-n.js", ":(top)odd.js", "star*.js", bad}
    assert both(tmp_path, "needle") == expected | {"crlf.py", "binary.js", "latin.py", "UPPER.TS", ".env.local"}


def test_untracked_ignored_and_tracked_though_ignored(tmp_path: Path) -> None:
    write_project(tmp_path, {"tracked.js": "needle", "forced.js": "needle", "sub/.gitignore": "*.gen.js"})
    git_init(tmp_path)
    write_project(
        tmp_path,
        {
            ".gitignore": "ignored.js\nforced.js\n",
            "ignored.js": "needle",
            "new.js": "needle",
            "sub/a.gen.js": "needle",
            "node_modules/m/i.js": "needle",
        },
    )
    assert both(tmp_path, "needle") == {"tracked.js", "forced.js", "new.js"}


def test_the_working_tree_counts_not_the_index(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "needle", "b.js": "", "c.js": "needle"})
    git_init(tmp_path)
    write_project(tmp_path, {"a.js": "", "b.js": "needle"})
    (tmp_path / "c.js").unlink()
    assert both(tmp_path, "needle") == {"b.js"}


def test_attributes_and_configuration_change_nothing(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "needle", "sub/b.js": "needle", ".gitattributes": "*.js binary -diff diff=x\n"})
    git_init(tmp_path)
    for key, value in (
        ("grep.fullName", "true"),
        ("grep.patternType", "perl"),
        ("color.ui", "always"),
        ("color.grep", "always"),
        ("grep.lineNumber", "true"),
        ("grep.column", "true"),
        ("submodule.recurse", "true"),
        ("diff.x.textconv", "false"),
        ("core.quotePath", "true"),
    ):
        subprocess.run(["git", "config", key, value], cwd=tmp_path, check=True)
    assert both(tmp_path, "needle") == {"a.js", "sub/b.js"}
    assert search(tmp_path / "sub", ["needle"], discover(load(tmp_path, overrides={"root": "sub"}))) == {"b.js"}


def test_needles_are_taken_literally_and_any_will_do(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "a.b(c)", "b.js": "aXb(c)", "c.js": "grüße", "d.js": "-e"})
    git_init(tmp_path)
    assert both(tmp_path, "a.b(", "grüße", "-e") == {"a.js", "c.js", "d.js"}
    assert both(tmp_path) == set()
    assert both(tmp_path, "nothing") == set()


def test_links_and_submodules(tmp_path: Path) -> None:
    write_project(tmp_path, {"lib/x.js": "needle", "p/a.js": "", "p/real.txt": "needle"})
    git_init(tmp_path / "lib")
    identity = ["-c", "user.name=t", "-c", "user.email=t@t.invalid"]
    subprocess.run(["git", *identity, "commit", "-qm", "x"], cwd=tmp_path / "lib", check=True)
    project = tmp_path / "p"
    (project / "link.js").symlink_to("real.txt")
    git_init(project)
    add = ["git", "-c", "protocol.file.allow=always", "submodule", "add", "-q", "../lib", "vendor/lib"]
    subprocess.run(add, cwd=project, check=True, capture_output=True)
    assert both(project, "needle") == {"link.js", "vendor/lib/x.js"}


def test_contents_in_an_editor_take_the_place_of_files(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "needle", "b.js": ""})
    git_init(tmp_path)
    overlay = {"a.js": b"", "b.js": b"needle", "new.js": b"needle"}
    files = discover(load(tmp_path, overrides={"overlay": overlay}))
    assert search(tmp_path, ["needle"], files, overlay) == {"b.js", "new.js"}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=60) | st.sampled_from([b"FS.event", b"\r\nfullstory", b"na1."]), max_size=6))
def test_any_content(tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]) -> None:
    folder = tmp_path_factory.mktemp("any")
    write_project(folder, {f"{number}.js": content for number, content in enumerate(contents)})
    git_init(folder)
    both(folder, *SEEDS)


def test_two_processes_find_the_same(tmp_path: Path) -> None:
    paths = [f"{number}.js" for number in range(40)]
    write_project(tmp_path, {path: "needle" if number % 3 else "" for number, path in enumerate(paths)})
    assert scan(tmp_path, [b"needle"], paths, processes=2) == scan(tmp_path, [b"needle"], paths, processes=1)


# ---------------------------------------------------------------------------------------------------------- seeds

TRACKS = [
    "FS.event('X')",
    "FS('trackEvent', {})",
    "FS?.event('X')",
    "window.FS;",
    "window['FS']",
    'window["FS"].event',
    "import { FS } from './x'",
    "track(FS, 1)",
    "(FS as any).event",
    "FS!.event('X')",
    "import { FullStory } from '@fullstory/browser'",
    "const fullStory = useFullStory()",
    "from full_story import x",
    "FULLSTORY_API_KEY",
    "FULL_STORY_KEY",
    "https://api.fullstory.com/v2/events",
    "window['_fs_namespace'] = 'FSX'",
    "trackServerEvent('X')",
    "track_server_event_async(x)",
    "TrackServerEvent(x)",
    "process.env.NEXT_PUBLIC_FS_API_KEY",
    "fs_api_key_abc",
    "fsApiKey = x",
    f"'na1.{'aB3' * 30}'",
    "# fslint: ignore[FS201]",
]
DOES_NOT = [
    "VFS.open('x')",
    "MEMFS(1)",
    "OFFSETS",
    "const FSM = 1",
    "myFS.event",
    "fs.readFile",
    "import fs from 'fs'",
    "root_fs_type",
    "history.push()",
    "trackServerError()",
    "na1.example.com",
    "fslinting",
]


@pytest.mark.parametrize("git", [True, False])
def test_seeds(tmp_path: Path, git: bool) -> None:
    write_project(tmp_path, {f"{n}.js": f"x\n{text}\n" for n, text in enumerate([*TRACKS, *DOES_NOT])})
    if git:
        git_init(tmp_path)
    files: Files = discover(load(tmp_path))
    found = {int(path.removesuffix(".js")) for path in seeds(tmp_path, files)}
    missed = [TRACKS[n] for n in range(len(TRACKS)) if n not in found]
    assert not missed
    assert not [DOES_NOT[n - len(TRACKS)] for n in found if n >= len(TRACKS)]


def test_configured_functions_are_seeds(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "analytics.send('X')", "b.js": ""})
    assert seeds(tmp_path, discover(load(tmp_path)), ("send",)) == {"a.js"}
