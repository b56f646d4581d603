"""Fixes are applied whole, in the file's own encoding and line ends, and never break a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from projects import write_project

from fslint.diagnostics import Diagnostic, Edit, Fix, Place
from fslint.fixes import choose, diff, edited, fix_all, write


def finding(path: str, start: int, end: int, content: str, how: str = "safe", code: str = "FS301") -> Diagnostic:
    place = Place(path, start, end)
    return Diagnostic(code, "m", place, fix=Fix(how, "do", (Edit(place, content),)))


def nothing(contents: Mapping[str, bytes]) -> Sequence[Diagnostic]:
    return []


def test_several_fixes_at_once(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "a b c", "b.js": "x"})
    found = [finding("a.js", 0, 1, "AA"), finding("a.js", 4, 5, ""), finding("b.js", 1, 1, "y")]
    fixed = fix_all(tmp_path, found, nothing)
    assert fixed.contents == {"a.js": b"AA b ", "b.js": b"xy"} and fixed.total == 3
    assert (tmp_path / "a.js").read_text() == "a b c"  # nothing is written yet


def test_unsafe_fixes_only_when_asked(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "a"})
    found = [finding("a.js", 0, 1, "b", "unsafe")]
    assert fix_all(tmp_path, found, nothing).total == 0
    assert fix_all(tmp_path, found, nothing, unsafe=True).contents == {"a.js": b"b"}


def test_overlapping_fixes_in_turn(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "abcd"})
    found = [finding("a.js", 0, 3, "X"), finding("a.js", 2, 4, "Y")]
    assert [fix.edits[0].content for fix, _ in choose(found, False)] == ["X"]
    rounds: list[bytes] = []

    def again(contents: Mapping[str, bytes]) -> list[Diagnostic]:
        rounds.append(contents["a.js"])
        return [finding("a.js", 1, 2, "Y")] if len(rounds) == 1 else []

    fixed = fix_all(tmp_path, found, again)
    assert rounds == [b"Xd", b"XY"] and fixed.counts == {"FS301": 2}


def test_one_fix_that_two_findings_ask_for_is_applied_once(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "a"})
    found = [finding("a.js", 1, 1, "_str"), finding("a.js", 1, 1, "_str", code="FS302")]
    fixed = fix_all(tmp_path, found, nothing)
    assert fixed.contents == {"a.js": b"a_str"} and fixed.counts == {"FS301": 1, "FS302": 1}


def test_fixes_that_never_end_are_stopped(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "a"})
    fixed = fix_all(tmp_path, [finding("a.js", 0, 0, "b")], lambda contents: [finding("a.js", 0, 0, "b")])
    assert fixed.contents["a.js"] == b"b" * 10 + b"a"


def test_a_fix_that_breaks_a_file_is_left_out(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "f(1); g(2);", "b.py": "ff(1)\n"})
    found = [
        finding("a.js", 2, 3, "3"),
        finding("a.js", 8, 9, "((("),
        finding("b.py", 0, 0, "("),
        finding("b.py", 3, 4, "4"),
    ]
    fixed = fix_all(tmp_path, found, nothing)
    assert fixed.contents == {"a.js": b"f(3); g(2);", "b.py": b"ff(4)\n"}


def test_a_fix_of_two_files_is_whole_or_not_at_all(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "a", "b.js": "b"})
    edits = (Edit(Place("a.js", 0, 1), "x"), Edit(Place("b.js", 0, 1), "((("))
    found = [Diagnostic("FS301", "m", Place("a.js", 0, 1), fix=Fix("safe", "do", edits))]
    assert fix_all(tmp_path, found, nothing).contents == {}


@pytest.mark.parametrize(
    ("before", "language", "after"),
    [
        ("ä = 1\n".encode(), "python", "ä = 12\n".encode()),
        (b"\xef\xbb\xbfa = 1\n", "python", b"\xef\xbb\xbfa = 12\n"),
        ("# coding: latin-1\ns = 'ä'; a = 1\n".encode("latin-1"), "python", None),
        ("\ufeffa = 1;\n".encode("utf-16-le"), "javascript", "\ufeffa = 12;\n".encode("utf-16-le")),
    ],
)
def test_the_encoding_stays(before: bytes, language: str, after: bytes | None) -> None:
    from fslint.text import to_utf8

    at = to_utf8(before, language).index(b"= 1") + 3
    expected = after if after is not None else before.replace(b"= 1", b"= 12")
    assert edited(before, [Edit(Place("x", at, at), "2")], language) == expected


def test_line_ends_stay() -> None:
    assert edited(b"a\r\nb\r\n", [Edit(Place("x", 1, 1), "\nc\n")], "javascript") == b"a\r\nc\r\n\r\nb\r\n"
    assert edited(b"a\nb\r\n", [Edit(Place("x", 1, 1), "\nc")], "javascript") == b"a\nc\nb\r\n"


def test_what_cannot_be_encoded_is_not_written() -> None:
    text = "# coding: latin-1\na = 1\n".encode("latin-1")
    assert edited(text, [Edit(Place("x", 0, 0), "# €\n")], "python") is None
    assert edited(b"a", [Edit(Place("x", 5, 9), "")], "python") is None


def test_writing_keeps_the_mode_and_links(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.sh.py": "old", "sub/x": ""})
    (tmp_path / "a.sh.py").chmod(0o754)
    (tmp_path / "link.py").symlink_to("a.sh.py")
    write(tmp_path, {"link.py": b"new"})
    assert (tmp_path / "a.sh.py").read_text() == "new"
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "a.sh.py").stat().st_mode & 0o777 == 0o754
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.sh.py", "link.py", "sub"]


def test_a_failing_write_leaves_the_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path, {"a.py": "old"})

    def fail(*_: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="full"):
        write(tmp_path, {"a.py": b"new"})
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("a.py", "old")]


def test_the_diff_masks_keys(tmp_path: Path) -> None:
    key = "na1." + "aB3" * 30
    write_project(tmp_path, {"a.js": f"const k = '{key}';\nconst a = 1;\nno end"})
    text = diff(tmp_path, {"a.js": f"const k = '{key}';\nconst a = 2;\nno end".encode()}, lambda path: f"x/{path}")
    assert key not in text and "na1.****" in text
    assert text.startswith("--- x/a.js\n+++ x/a.js\n@@ -1,3 +1,3 @@\n")
    assert "\n-const a = 1;\n+const a = 2;\n no end\n\\ No newline at end of file\n" in text


def test_only_a_line_feed_ends_a_line_of_the_diff(tmp_path: Path) -> None:
    write_project(tmp_path, {"a.js": "a\x0cb\u2028c\n"})
    text = diff(tmp_path, {"a.js": "a\x0cb\u2028d\n".encode()})
    assert text.endswith("@@ -1 +1 @@\n-a\x0cb\u2028c\n+a\x0cb\u2028d\n")


def test_the_diff_masks_what_only_the_front_end_knows_to_be_a_key(tmp_path: Path) -> None:
    key = "Zq8" * 12
    write_project(tmp_path, {"a.ts": f"const FULLSTORY_TOKEN: string = '{key}'; f(1);\n"})
    text = diff(tmp_path, {"a.ts": f"const FULLSTORY_TOKEN: string = '{key}'; f(2);\n".encode()})
    assert key not in text and text.count("'Zq8Z" + "*" * 32 + "'; f(") == 2


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ('track("Old", {"a": 1})\r\n', "Old", "New ü"),
        ('track("ü", {\r\n    "a": 1,  # why\r\n})\r\n', '"a"', '"a_int"'),
        ("track(u, ('a'), a = 1)\n", "a =", "a_int ="),
        ("f(f'{x} old')\n", " old", " new"),
        ("f(1)  # fslint: ignore[FS201]\n", "  # fslint: ignore[FS201]", ""),
        ("if x:\n    # fslint: ignore[FS201]\n    f(1)\n", "    # fslint: ignore[FS201]\n", ""),
        ("f(1)  # fslint: ignore[FS201, FS202]\n", "FS201, FS202", "FS202"),
        ("async def f():\n    return await g(1)\n", "await ", ""),
        ("x = (g\n  (1))\n", "(1)", "(2)"),
    ],
)
def test_libcst_makes_what_the_edits_say(tmp_path: Path, text: str, old: str, new: str) -> None:
    write_project(tmp_path, {"a.py": text.encode()})
    start = text.encode().index(old.encode())
    fixed = fix_all(tmp_path, [finding("a.py", start, start + len(old.encode()), new)], nothing)
    assert fixed.contents == {"a.py": text.replace(old, new, 1).encode()} and not fixed.refused


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("import a\nf(1)\n", "import a", "import b"),  # no node for it
        ("print 'a'\nf(1)\n", "1", "2"),  # not for libcst
        ("f(1)\n", "1", "1 # c"),  # another comment is no part of a number
    ],
)
def test_what_libcst_cannot_do_is_refused(tmp_path: Path, text: str, old: str, new: str) -> None:
    write_project(tmp_path, {"a.py": text, "b.py": "f(1)\n"})
    found = [
        finding("a.py", text.index(old), text.index(old) + len(old), new),
        finding("b.py", 2, 3, "2"),
    ]
    fixed = fix_all(tmp_path, found, nothing)
    assert fixed.contents == {"b.py": b"f(2)\n"} and fixed.refused == {"a.py"}
