"""What is kept from one run to the next makes runs faster and never changes what they find."""

from __future__ import annotations

import gc
import os
import random
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from projects import git_init, write_project

from fslint import engine, index, parallel, runs, workspace
from fslint.diagnostics import Diagnostic, Edit, Fix, Place, Related
from fslint.facts import FileFacts, encode
from fslint.frontends import extract
from fslint.imports import scan
from fslint.settings import Overrides, load

FILES = {
    "web/track.ts": "import { FullStory } from '@fullstory/browser';\n"
    "export const track = (name: string, props = {}) => FullStory.event(name, props);\n",
    "web/index.ts": "export { track } from './track';\n",
    "web/names.ts": "export const BOUGHT = 'Order Placed';\n",
    "web/cart.ts": "import { track } from '.';\nimport { BOUGHT } from './names';\n"
    "export const buy = (n: number) => track(BOUGHT, { total: n });\n",
    "web/other.ts": "export const other = 1;\n",
    "api/views.py": "def done(user):\n    track_server_event('Order Placed', user.id, {'total_real': 1.5})\n",
    "events.yaml": "version: 1\nevents:\n  Order Placed:\n    side: both\n",
    "package.json": '{"dependencies": {"@fullstory/browser": "^2.0.0"}}\n',
}
Row = tuple[str, Place, str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose files count as settled although they were only just written."""
    monkeypatch.setattr(index, "_FRESH", 0)
    write_project(tmp_path, FILES)
    git_init(tmp_path)
    return tmp_path


def check(folder: Path, paths: Sequence[str] = (), **more: object) -> tuple[list[Row], bool]:
    """The findings, and whether they are an earlier run's."""
    overrides: Overrides = {"root": str(folder), "cache_dir": str(folder / ".fslint_cache"), **more}  # type: ignore[typeddict-item]
    result = engine.check(load(folder, overrides=overrides), paths)
    return [(d.code, d.place, d.message) for d in result.diagnostics], result.project is None


def plain(folder: Path, paths: Sequence[str] = (), **more: object) -> list[Row]:
    """The findings of a run that knows nothing of earlier ones."""
    return check(folder, paths, no_cache=True, **more)[0]


def test_an_unchanged_project_is_not_linked_again(project: Path) -> None:
    first, known = check(project)
    assert first and not known
    assert check(project) == (first, True)
    assert check(project, ["web/cart.ts"]) == (plain(project, ["web/cart.ts"]), True)
    (project / "web/other.ts").write_text("export const other = 2;\n")
    assert check(project) == (first, True)


def test_a_run_leaves_the_garbage_collector_as_it_was(project: Path) -> None:
    usual = gc.get_threshold()
    check(project)
    assert gc.get_threshold() == usual


CHANGES = {
    "a call": lambda p: (p / "web/cart.ts").write_text(FILES["web/cart.ts"].replace("total: n", "total_int: n")),
    "a constant": lambda p: (p / "web/names.ts").write_text("export const BOUGHT = 'Order Lost';\n"),
    "the registry": lambda p: (p / "events.yaml").write_text("version: 1\nevents: {}\n"),
    "a manifest": lambda p: (p / "package.json").write_text("{}"),
    "a new file": lambda p: (p / "web/late.ts").write_text("import { track } from './track';\ntrack('x', { a: 1 });\n"),
    "a file gone": lambda p: (p / "api/views.py").unlink(),
    "a renamed file": lambda p: (p / "web/cart.ts").rename(p / "web/basket.ts"),
    "a file that tracks now": lambda p: (p / "web/other.ts").write_text("import { track } from '.';\ntrack('Late Event');\n"),
    "a barrel gone": lambda p: (p / "web/index.ts").write_text(""),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_any_change_is_seen(project: Path, name: str) -> None:
    check(project)
    assert check(project)[1]
    CHANGES[name](project)
    changed, known = check(project)
    assert not known and changed == plain(project)
    assert check(project) == (changed, True)


@pytest.mark.parametrize("name", CHANGES)
def test_any_change_is_seen_among_more_than_are_looked_at(
    project: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(index, "_MANY", 0)
    check(project)
    CHANGES[name](project)
    changed, known = check(project)
    assert not known and changed == plain(project)
    assert check(project) == (changed, True)


def test_a_change_that_keeps_size_and_time_is_seen(project: Path) -> None:
    file = project / "web/cart.ts"
    check(project)
    before = file.stat()
    file.write_text(FILES["web/cart.ts"].replace("total:", "other:"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert check(project) == (plain(project), False)


def test_settings_have_results_of_their_own(project: Path) -> None:
    every, _ = check(project)
    few, known = check(project, select=["FS301"])
    assert not known and few == [row for row in every if row[0] == "FS301"] != every
    assert check(project, select=["FS301"]) == (few, True) and check(project) == (every, True)


def test_a_named_file_that_cannot_be_read_is_reported(project: Path) -> None:
    check(project)
    (project / "web/other.ts").write_bytes(b"\0\1\2")
    found, _ = check(project, ["web/other.ts"])
    assert [row[0] for row in found] == ["FS004"]
    assert "FS004" not in [row[0] for row in check(project)[0]]


@pytest.mark.parametrize("seed", range(4))
def test_random_changes(project: Path, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(8):
        present = sorted(
            p for p in project.rglob("*.[tpy]*") if ".git" not in p.parts and ".fslint_cache" not in p.parts
        )
        kind = rng.choice(["swap", "drop", "restore", "append", "none"])
        if kind == "swap" and len(present) > 1:
            one, two = rng.sample(present, 2)
            kept = one.read_bytes()
            one.write_bytes(two.read_bytes())
            two.write_bytes(kept)
        elif kind == "drop" and present:
            rng.choice(present).unlink()
        elif kind == "restore":
            write_project(project, {name: FILES[name] for name in rng.sample(sorted(FILES), 3)})
        elif kind == "append" and present:
            with rng.choice(present).open("a") as file:
                file.write(rng.choice(["\n", "\nFS.event('More', {n: 1})\n", "\nimport { track } from './track'\n"]))
        assert check(project)[0] == plain(project)


def test_contents_in_an_editor_count_with_the_index(project: Path) -> None:
    first, _ = check(project)
    late = b"import { track } from '.';\ntrack('Late Event', { a: 1 });\n"
    for overlay in ({"web/other.ts": late}, {"web/cart.ts": b""}, {"web/new.ts": late, "web/track.ts": b"export {}"}):
        assert check(project, overlay=overlay) == (plain(project, overlay=overlay), False)
    assert check(project) == (first, True)


def test_without_git_the_index_serves_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "_FRESH", 0)
    write_project(tmp_path, FILES)
    first, _ = check(tmp_path)
    assert check(tmp_path) == (first, True)
    (tmp_path / "web/other.ts").write_text("import { track } from '.';\ntrack('Late Event', { a: 1 });\n")
    assert check(tmp_path) == (plain(tmp_path), False)


def test_imports_elsewhere_let_a_result_stand(project: Path) -> None:
    first, _ = check(project)
    (project / "web/other.ts").write_text("import { BOUGHT } from './names';\nexport const other = BOUGHT;\n")
    assert check(project) == (first, True) == (plain(project), True)
    (project / "web/other.ts").write_text("import { track } from './index';\ntrack('Late Event', { a: 1 });\n")
    assert check(project) == (plain(project), False)
    (project / "web/other.ts").write_text("export const other = 1;\n")
    assert check(project) == (plain(project), False)


@pytest.mark.parametrize("table, column", [("notes", "note"), ("runs", "run")])
@pytest.mark.parametrize("junk", [b"", b"{}", b"[1]", b"fsi3" + b"\xff" * 40, b'{"needles": 3}'])
def test_junk_in_the_cache_is_no_harm(project: Path, table: str, column: str, junk: bytes) -> None:
    first, _ = check(project)
    with sqlite3.connect(project / ".fslint_cache/facts.sqlite") as connection:
        assert connection.execute(f"UPDATE {table} SET {column} = ?", (junk,)).rowcount
    assert check(project)[0] == first


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_cache_changes_nothing(project: Path, seed: int) -> None:
    """A bit here and there, in each kind of value and in the file itself."""
    rng = random.Random(seed)
    first, _ = check(project)
    database = project / ".fslint_cache/facts.sqlite"
    for table, column in (("facts", "facts"), ("notes", "note"), ("runs", "run"), ("", "")):
        if table:
            with sqlite3.connect(database) as connection:
                for row, value in connection.execute(
                    f"SELECT rowid, {column} FROM {table}" if table != "facts" else "SELECT key, facts FROM facts"
                ).fetchall():
                    damaged = bytearray(value)
                    damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
                    where = "key" if table == "facts" else "rowid"
                    connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where} = ?", (bytes(damaged), row))
        else:
            content = bytearray(database.read_bytes())
            for at in [*rng.sample(range(len(content)), 5), rng.randrange(3700, 4096)]:
                content[at] = 0x85
            database.write_bytes(content)
        (project / "web/other.ts").write_text(f"import './cart';\nexport const other = {seed};\n")
        assert check(project)[0] == first == check(project)[0], table


def test_what_cannot_be_read_of_the_imports_is_kept_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scans: list[int] = []
    monkeypatch.setattr(workspace, "scan", lambda paths, read: (scans.append(len(paths)), scan(paths, read))[1])
    check(project)
    for name in ("imports", "imports-changed"):
        with sqlite3.connect(project / ".fslint_cache/facts.sqlite") as connection:
            assert connection.execute("UPDATE notes SET note = ? WHERE name = ?", (b"[", name)).rowcount == 1
        (project / "web/other.ts").write_text(f"export const other = '{name}';\n")
        scans.clear()
        check(project)
        assert scans
        (project / "web/other.ts").write_text("export const other = 1;\n")
        scans.clear()
        check(project)
        assert not scans


def test_a_fresh_file_is_looked_at_again(tmp_path: Path) -> None:
    """Within the ticks of a coarse clock a file may change and look the same."""
    write_project(tmp_path, {"a.py": "x"})
    now = (tmp_path / "a.py").stat().st_mtime_ns
    seen = index.signatures(tmp_path, ["a.py"], now)
    assert index.Index(("a.py",), seen, frozenset(), frozenset()).changed(("a.py",), seen) == {"a.py"}
    later = index.signatures(tmp_path, ["a.py"], now + 10**10)
    assert index.Index(("a.py",), later, frozenset(), frozenset()).changed(("a.py",), later) == set()


@pytest.mark.parametrize("seed", range(5))
def test_changed_rows_are_found_among_many(seed: int) -> None:
    rng = random.Random(seed)
    size, unknown = 32, bytes(32)
    old = [rng.choice([rng.randbytes(size), rng.randbytes(1) + bytes(size - 1)]) for _ in range(rng.randint(1, 300))]
    new = [rng.choice([unknown, rng.randbytes(size)]) if rng.random() < 0.03 else row for row in old]
    paths = tuple(f"{n}.py" for n in range(len(old)))
    last = index.Index(paths, index.Signatures(b"".join(old)), frozenset(), frozenset())
    expected = {path for path, one, two in zip(paths, old, new, strict=True) if one != two or two == unknown}
    assert last.changed(paths, index.Signatures(b"".join(new))) == expected
    assert last.changed(paths[1:], index.Signatures(b"".join(new[1:]))) == expected - {paths[0]}


def test_what_looks_as_it_did_is_not_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    raw = engine.Workspace.raw
    monkeypatch.setattr(engine.Workspace, "raw", lambda self, path: (read.append(path), raw(self, path))[1])
    first, _ = check(project)
    read.clear()
    assert check(project) == (first, True) and read == []
    (project / "web/other.ts").write_text("export const other = 3;\n")
    (project / "web/names.ts").touch()
    assert check(project) == (first, True) and set(read) == {"web/names.ts", "web/other.ts"}
    read.clear()
    assert check(project) == (first, True) and read == []


WIDE = {
    **FILES,
    "web/late.ts": "// keys live elsewhere\nimport { track } from '.';\ntrack('Order Lost', { total: 1 }); // once\nexport const a = 'xé';\n",
    "web/service.ts": "export class Tracking {\n  constructor(private fs: any) {}\n  send(name: string) { this.fs.event(name); }\n}\n"
    "(window as any).shopTrack = (name: string) => FS.event(name, {});\n",
    "web/user.ts": "shopTrack('Signed Up');\nwindow.shopTrack('Signed Out');\n",
    "web/quiet.ts": "// fslint: ignore-file[FS101]\nFS.event('Secret', { a_str: 'b' }); // fslint: ignore[FS301] old\n",
    "web/disk.ts": "export const size = (path: string) => FS.stat(path); // of a global file system\n",
    "web/page.html": "<html><body><script>FS.event('Page', {n: 1});</script></body></html>\n",
    "web/broken.js": "FS.event('Half', {\n",
    "api/send.py": "import requests\n\n\ndef send(uid):\n    requests.post('https://api.fullstory.com/v2/events', json={'name': 'Order Placed', 'user': {'uid': uid}})\n",
    "api/tail.py": "from .send import send\n\nsend(1)\ntrack_server_event('Order Placed', 'u', {})",
}
EDITS = {
    "comment": lambda text, hash_: text + f"\n{hash_} {random.random()}\n".encode(),
    "blank lines": lambda text, hash_: text + b"\n\n",
    "no last line end": lambda text, hash_: text.rstrip(b"\n"),
    "seed": lambda text, hash_: text + f"\n{hash_} FullStory\n".encode(),
    "address": lambda text, hash_: text + f"\n{hash_} api.fullstory.com\n".encode(),
    "name": lambda text, hash_: text + f"\n{hash_} shopTrack\n".encode(),
    "import": lambda text, hash_: text + (b"\nfrom .views import done\n" if hash_ == "#" else b"\nimport { BOUGHT } from './names';\n"),
    "call": lambda text, hash_: text + b"\ntrack('Order Lost');\n",
    "suppression": lambda text, hash_: text.replace(b"\n", f" {hash_} fslint: ignore[FS301]\n".encode(), 1),
    "last suppression": lambda text, hash_: text.rstrip(b"\n") + f" {hash_} fslint: ignore[FS101, FS301, FS204]\n".encode(),
    "file suppression": lambda text, hash_: f"{hash_} fslint: ignore-file[FS101, FS201]\n".encode() + text,
    "function": lambda text, hash_: text.replace(b"FS.stat(", b"FS.event(") if b"FS.stat(" in text else text.replace(b"FS.event(", b"FS.stat("),
    "call by name": lambda text, hash_: text + b"\nshopTrack('Seen Twice', { a: 1 });\n",
    "string": lambda text, hash_: text.replace(b"Order", b"Trade"),
    "same length": lambda text, hash_: text.replace(b"elsewhere", b"somewhere").replace(b"once", b"here"),
    "line end for a blank": lambda text, hash_: text.replace(b"; ", b";\n").replace(b", ", b",\n", 1),
    "blank for a line end": lambda text, hash_: text.replace(b";\n", b"; ").replace(b"{\n", b"{ "),
    "old line ends": lambda text, hash_: text.replace(b"\n", b"\r"),
    "line ends": lambda text, hash_: text.replace(b"\n", b"\r\n"),
    "start": lambda text, hash_: b"\n" + text,
    "empty": lambda text, hash_: b"",
    "binary": lambda text, hash_: text + b"\0",
    "UTF-16": lambda text, hash_: text.decode("utf-8", "replace").encode("utf-16"),
    "BOM": lambda text, hash_: b"\xef\xbb\xbf" + text,
    "cut": lambda text, hash_: text[: len(text) // 2],
}  # fmt: skip


def whole(folder: Path, **more: object) -> tuple[object, bool]:
    """All that a run says, and whether it is an earlier one's."""
    overrides: Overrides = {"root": str(folder), "cache_dir": str(folder / ".fslint_cache"), **more}  # type: ignore[typeddict-item]
    result = engine.check(load(folder, overrides=overrides))
    rows = [
        (d.code, d.message, d.place, d.help, d.related, d.fix, d.subject, d.function, d.app) for d in result.everything
    ]
    secrets = {path: sorted(set(result.secrets(path))) for path in WIDE}
    return (rows, result.suppressed, result.summary, result.notes, secrets), result.project is None


@pytest.fixture
def wide(project: Path) -> Path:
    write_project(project, WIDE)
    return project


@pytest.mark.parametrize("name", EDITS)
def test_whatever_is_changed_in_a_file_the_result_is_that_of_a_new_run(wide: Path, name: str) -> None:
    whole(wide)
    for path, content in WIDE.items():
        text = EDITS[name](content.encode(), "#" if path.endswith((".py", ".yaml")) else "//")
        (wide / path).write_bytes(text)
        assert whole(wide)[0] == whole(wide, no_cache=True)[0], path
        (wide / path).write_bytes(content.encode())
        whole(wide)


def test_an_address_may_come_with_a_comment(project: Path) -> None:
    """Where the server API's address stands anywhere, what is set up for all requests is searched for."""
    code = (
        "import axios from 'axios';\n// FullStory\nexport const send = (uid: string) =>\n"
        "  axios.post('https://api.full' + 'story.com/v2/events', { name: 'Order Lost', user: { uid } });\n"
    )
    setup = "import axios from 'axios';\naxios.defaults.timeout = 1000;\n"
    write_project(project, {"web/send.ts": code, "web/setup.ts": setup})
    first, _ = whole(project)
    assert whole(project) == (first, True)
    (project / "web/send.ts").write_text(code + "// https://api.fullstory.com\n")
    second, known = whole(project)
    assert not known and second == whole(project, no_cache=True)[0] != first
    (project / "web/send.ts").write_text(code)
    assert whole(project)[0] == first


def test_an_import_that_no_text_shows_is_seen(project: Path) -> None:
    code = "import importlib\n\nhelper = importlib.import_module('api.{0}')\nhelper.{0}('Order Lost', 'u')\n"
    record = "def record(name, uid):\n    track_server_event(name, uid, {'total_real': 1.5})\n"
    write_project(project, {"api/__init__.py": "", "api/record.py": record, "api/odd.py": code.format("others")})
    first, _ = whole(project)
    assert whole(project) == (first, True)
    write_project(project, {"api/odd.py": code.format("record")})
    second, known = whole(project)
    assert not known and second == whole(project, no_cache=True)[0] != first


def test_facts_that_differ_in_nothing_but_their_end_are_alike() -> None:
    text = b"f(1);   g({ a: 'x' });\n"
    old = extract(text, "typescript")
    for same in (text, text + b"\n", text + b"// c\n// d", text[:-1]):
        assert runs.alike(old, extract(same, "typescript")) and runs.alike(extract(same, "typescript"), old)
    for other in (text.replace(b"  g", b" \ng"), text.replace(b"x", b"y"), b" " + text, text + b"h()", b""):
        assert not runs.alike(old, extract(other, "typescript"))


@pytest.mark.parametrize("seed", range(6))
def test_edits_upon_edits(wide: Path, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(8):
        for path in rng.sample(sorted(WIDE), rng.randint(1, 3)):
            edit = EDITS[rng.choice([*EDITS, "comment", "blank lines", "same length"])]
            file = wide / path
            file.write_bytes(edit(file.read_bytes(), "#" if path.endswith((".py", ".yaml")) else "//"))
        assert whole(wide)[0] == whole(wide, no_cache=True)[0]


@pytest.mark.parametrize(
    "path", ["web/cart.ts", "web/late.ts", "web/names.ts", "web/user.ts", "api/views.py", "web/page.html"]
)
@pytest.mark.parametrize("name", ["comment", "blank lines", "same length"])
def test_a_run_outlives_what_changes_no_facts(wide: Path, path: str, name: str) -> None:
    first, _ = whole(wide)
    for _ in range(2):
        (wide / path).write_bytes(EDITS[name]((wide / path).read_bytes(), "#" if path.endswith(".py") else "//"))
        assert whole(wide) == (first, True)
    assert whole(wide) == (first, True)


def test_index_and_run_come_back(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.py": "x", "b\udcff.js": "y"})
    paths = ("a.py", "b\udcff.js")
    seen = index.signatures(tmp_path, paths, 10**19)
    known = index.Index(paths, seen, frozenset({"n", "ä"}), frozenset({paths[1]}), "i", {paths[1]: "0f" * 16})
    assert index.load(known.dump()) == known
    place = Place("a.py", 1, 2)
    found = Diagnostic(
        "FS301", "m", place, "h", (Related(place, "r"),), Fix("safe", "f", (Edit(place, "c"),)), (), "s", "g", "app"
    )
    taken = runs.Taken({"b\udcff.js": "0a"}, frozenset({"b\udcff.js"}), True, {"n": ["b\udcff.js"]})
    run = runs.Run(
        frozenset({"n"}),
        "f",
        "h",
        "i",
        ("w",),
        "j",
        {"b\udcff.js": "d"},
        taken,
        [found],
        3,
        {"files": 2},
        ["note"],
        {"a.py": [(1, 2)]},
    )
    assert runs.load(runs.dump(run)) == run


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes are worth their while for any content."""
    monkeypatch.setattr(parallel, "ENOUGH", 1)
    monkeypatch.setattr(parallel, "WORTH", 1)


def extracted(contents: Sequence[parallel.Content], jobs: int) -> list[FileFacts]:
    """Facts of contents, asked for in two goes."""
    extractors = parallel.Extractors(jobs)
    try:
        middle = len(contents) // 2
        return extractors.facts(contents[:middle]) + extractors.facts([]) + extractors.facts(contents[middle:])
    finally:
        extractors.close()


@pytest.mark.usefixtures("eager")
def test_any_number_of_processes_gives_the_same() -> None:
    texts = [(f"FS.event('Event {n}', {{ n_int: {n} }});\n".encode() * (n % 7), "javascript") for n in range(40)]
    texts += [(b"x = " + b"(" * 3000 + b"1" + b")" * 3000, "python"), (b"x = " + b"-" * 4000 + b"a", "python")]
    one = extracted(texts, 1)
    for jobs in (2, 3, 50):
        assert [len(f.calls) for f in extracted(texts, jobs)] == [len(f.calls) for f in one]
        assert list(map(encode, extracted(texts[:40], jobs))) == list(map(encode, one[:40]))


@pytest.mark.usefixtures("eager")
def test_a_process_that_dies_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    parent = os.getpid()

    def dies(text: bytes, language: str) -> object:
        if os.getpid() != parent:
            os._exit(1)
        return extract(text, language)

    monkeypatch.setattr(parallel, "extract", dies)
    found = extracted([(b"f(1)", "python")] * 6, 2)
    assert [len(facts.calls) for facts in found] == [1] * 6
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.usefixtures("eager")
def test_a_share_larger_than_a_pipe_is_done_and_sent() -> None:
    texts = [(f"FS.event('Event {n}', {{ n_int: {n} }});\n".encode() * 2_000, "javascript") for n in range(6)]
    assert [len(facts.calls) for facts in extracted(texts, 3)] == [2_000] * 6


def test_a_warm_run_imports_no_parser_and_no_linker(project: Path) -> None:
    code = (
        "import sys\nfrom fslint.cli import main\nmain(['check'])\n"
        "heavy = 'tree_sitter libcst esprima yaml msgspec pathspec fslint.facts fslint.link fslint.registry'.split()\n"
        "print(sorted(set(heavy) & set(sys.modules)), file=sys.stderr)\n"
    )
    loaded = [
        subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True).stderr.splitlines()[
            -1
        ]
        for _ in range(2)
    ]
    assert "tree_sitter" in loaded[0] and loaded[1] == "[]"


@pytest.mark.usefixtures("eager")
def test_processes_are_used_on_a_terminal_and_not_beside_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line that says how long a run takes is a thread's; a server's threads may hold locks."""
    parent = os.getpid()
    done = threading.Event()
    monkeypatch.setattr(parallel, "extract", lambda text, language: extract(b"f()" * (os.getpid() != parent), language))
    for name, forks in (("fslint-progress", True), ("other", False)):
        done.clear()
        thread = threading.Thread(target=done.wait, name=name)
        thread.start()
        # Idle threads that other tests have left (a server's pool) are not what this is about.
        monkeypatch.setattr(threading, "enumerate", lambda thread=thread: [threading.main_thread(), thread])
        found = extracted([(b"x", "python")] * 4, 2)
        done.set()
        thread.join()
        assert any(facts.calls for facts in found) == (forks and sys.platform == "linux")
