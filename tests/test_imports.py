"""The index of imports says what a fresh look at every file would say."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import git_init, write_project

from fslint import engine
from fslint.aside import Aside
from fslint.imports import Imports, Scanned, load, rows_of, scan
from fslint.resolve.written import key_of_row
from fslint.settings import load as load_settings

LINES = (
    "import { a } from './a';",
    "import b from '../b';",
    "export * from '.';",
    "from . import c",
    "from a.b import c, d",
    "import importlib; importlib.import_module('x')",
    "import x from './\\u0061';",
    "",
)
PATHS = ("a.ts", "b/index.js", "c.vue", "d/e.py", "f\udcff.py", "g.tsx")
CONTENTS = st.dictionaries(st.sampled_from(PATHS), st.lists(st.sampled_from(LINES), max_size=4), max_size=6)


def texts(contents: dict[str, list[str]]) -> dict[str, bytes]:
    return {path: "\n".join(lines).encode() for path, lines in sorted(contents.items())}


def told(imports: Imports) -> tuple[set[tuple[str, str, str]], set[str], str]:
    """All that an index says."""
    keys = {key_of_row(row) for path in PATHS for line in LINES for row in rows_of(path, line.encode())[0]}
    writers = {(key, row, path) for key in keys for row, paths in imports.writers(key) for path in paths}
    return writers, set(imports.unclear()), imports.digest


def fresh(files: dict[str, bytes]) -> Imports:
    paths = sorted(files)
    return Imports(Scanned([scan(paths[part::2], files.__getitem__) for part in range(2)]))


@given(st.lists(CONTENTS, min_size=2, max_size=4))
def test_what_has_changed_is_told_as_if_all_were_looked_at(states: list[dict[str, list[str]]]) -> None:
    before = texts(states[0])
    imports = fresh(before)
    for state in states[1:]:
        after = texts(state)
        changed = [path for path in after if after[path] != before.get(path)]
        updated = imports.updated(changed, set(before) - set(after), after.__getitem__)
        assert updated is not None and told(updated) == told(fresh(after))
        kept = load(updated.scanned.dump(), updated.dump_changed(), updated.digest)
        assert kept is not None and told(kept) == told(updated)
        imports, before = updated, after


def test_what_is_not_of_one_piece_is_not_taken() -> None:
    imports = fresh({"a.ts": b"import './b'"})
    whole = imports.scanned.dump()
    assert load(whole, b"{}", imports.digest) is not None
    for scanned, changed, digest in (
        (whole, b"{}", "0" * 32), (whole[:-1], b"{}", imports.digest), (b"", b"{}", imports.digest), (None, None, ""),
        (whole, b"[", imports.digest), (whole, b"[]", imports.digest), (whole, b'{"a.ts": 1}', imports.digest),
        (whole, b'{"a.ts": [["x"], true]}', imports.digest),
    ):  # fmt: skip
        assert load(scanned, changed, digest) is None


def test_too_many_changes_are_a_pass_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fslint.imports.MAX_CHANGED", 1)
    files = {"a.ts": b"", "b.ts": b"", "c.ts": b"import './a'"}
    imports = fresh(files)
    assert imports.updated(["c.ts"], (), {"c.ts": b""}.__getitem__) is not None
    assert imports.updated(["a.ts", "b.ts"], (), lambda path: b"import './c'") is None


def test_imports_are_looked_for_anew_where_too_many_have_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fslint.imports.MAX_CHANGED", 2)
    monkeypatch.setattr("fslint.index._FRESH", 0)
    files = {
        "track.ts": "import { FullStory } from '@fullstory/browser';\nexport const track = (n) => FullStory.event(n, {});\n"
    }
    files |= {"use.ts": "import { track } from './track';\ntrack('Used');\n"}
    files |= {f"f{n}.ts": f"import './g{n}';\n" for n in range(8)}
    write_project(tmp_path, files)
    for turn in range(3):
        found = engine.check(load_settings(tmp_path, overrides={"cache_dir": str(tmp_path / ".fslint_cache")}))
        assert found.summary["calls"] == 1 and found.summary["unresolved"] == 0
        write_project(tmp_path, {f"f{n}.ts": f"import './{turn}h{n}';\n" for n in range(turn, turn + 4)})


# ------------------------------------------------------------------------------------------------------------- aside


def test_work_goes_on_in_another_process() -> None:
    parent = os.getpid()
    aside = Aside(lambda: str(os.getpid()).encode() * 100_000)
    assert (aside.result() != str(parent).encode() * 100_000) == sys.platform.startswith("linux")
    assert Aside(lambda: str(os.getpid()).encode(), parallel=False).result() == str(parent).encode()


def test_a_process_that_dies_or_fails_is_made_up_for() -> None:
    parent = os.getpid()

    def dies() -> bytes:
        if os.getpid() != parent:
            os._exit(1)
        return b"x"

    def fails() -> bytes:
        if os.getpid() != parent:
            raise ValueError
        return b"y"

    assert (Aside(dies).result(), Aside(fails).result()) == (b"x", b"y")


def test_nothing_is_left_of_work_that_nobody_wants() -> None:
    aside = Aside(lambda: b"x" * 10_000_000)
    aside.close()
    aside.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


# ------------------------------------------------------------------------------------------------------------ in runs


def project(names: int, rng: random.Random) -> dict[str, str]:
    """A chain of wrappers over barrels, aliases and packages, and files that import one of them or none."""
    files = {
        "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}',
        "src/lib/track.ts": "import { FullStory } from '@fullstory/browser';\nexport const track = (n) => FullStory.event(n, {});\n",
        "src/lib/index.ts": "export * from './track';\n",
        "src/lib/deep/index.ts": "import { track } from '..';\nexport const go = (n) => track(n);\n",
        "srv/__init__.py": "",
        "srv/log/__init__.py": "from .core import send\n",
        "srv/log/core.py": "def send(n):\n    track_server_event(n, '1', {})\n",
    }
    uses = (
        "import { track } from '@/lib';\ntrack('E{n}');\n",
        "import {{ go }} from '../lib/deep';\ngo('E{n}');\n".replace("{{", "{").replace("}}", "}"),
        "export const nothing = 1;\n",
        "const {track} = require('../lib/index.js');\ntrack('E{n}');\n",
    )
    for n in range(names):
        files[f"src/pages/p{n}.ts"] = rng.choice(uses).replace("{n}", str(n))
        files[f"srv/v{n}.py"] = rng.choice(
            (f"from srv.log import send\nsend('P{n}')\n", f"from . import log\nlog.send('P{n}')\n", "x = 1\n")
        )
    return files


@pytest.mark.parametrize("seed", range(3))
def test_a_run_finds_what_a_run_over_all_files_finds(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fslint.workspace.ENOUGH", 5)
    files = project(30, random.Random(seed))
    write_project(tmp_path, files)
    git_init(tmp_path)
    settings = load_settings(tmp_path, overrides={"no_cache": True})
    found = engine.events(settings)
    assert found == engine.events(settings, everything=True)
    names = {name for call in found["calls"] for name in call["names"]}
    assert names == {
        name for text in files.values() for prefix in "EP" for n in range(30) if f"'{(name := f'{prefix}{n}')}'" in text
    }
