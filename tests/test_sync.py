"""``fslint registry sync``: what is new in the code is added, what is gone is marked, and no other byte changes."""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import findings, write_project

from fslint import registry
from fslint.cli import main

CODE = {
    "web/a.js": "FS.event('Old One', { a_int: 1 });\nFS.event('New One', { n_int: 1 });\nFS.event('Old One', { a_int: 2, b_str: 'x' });\n"
}
"""Sends a registered event with a property that is new (``b``), and an event that is new."""


def sync(folder: Path, *arguments: str) -> int:
    return main(["registry", "sync", "--no-cache", "--root", str(folder), *arguments])


def synced(folder: Path, plan: str | bytes, code: Mapping[str, str] = CODE) -> bytes:
    """The plan after ``sync``. It must be a valid one, a second run must change nothing, and lines are only added."""
    write_project(folder, {**code, "events.yaml": plan})
    assert sync(folder) == 0
    file = folder / "events.yaml"
    after = file.read_bytes()
    before = plan.encode() if isinstance(plan, str) else plan
    if b"{" not in before:
        lines = [text.decode("utf-8-sig").splitlines() for text in (before, after)]
        assert not [line for line in difflib.ndiff(*lines) if line.startswith("-")]
    assert not registry.load({"events.yaml": after}).problems
    assert sync(folder) == 0 and sync(folder, "--check") == 0
    assert file.read_bytes() == after
    return after


def plan_of(text: bytes) -> dict[str, list[str]]:
    """The registered events with their properties."""
    return {name: list(event.properties) for name, event in registry.load({"e": text}).events.items()}


PLANS = {
    "plain": "version: 1\nevents:\n  Old One:\n    side: client\n    properties:\n      a: {type: int}\n",
    "comments": "# top\nversion: 1  # one\nevents:   # all\n\n  # first\n  Old One:   # the one\n    side:   client\n    properties:\n"
    "      a:   {type:   int}   # a\n      # about a\n  # end of events\n# end\n",
    "deep indents": "events:\n        Old One:\n            properties:\n                a:\n                    type: int\n            side: client\n",
    "one column": "events:\n Old One:\n  properties:\n   a:\n    type: int\n  side: client\n",
    "quotes": "events:\n  'Old One': \n    \"side\": 'client'\n    'properties':\n      \"a\": {'type': \"int\"}\n",
    "no properties": "events:\n  Old One:\n    side: client\n    properties:\n      a: {type: int}\n  Zoo:\n    side: client\n",
    "block text": "events:\n  Old One:\n    side: client\n    properties:\n      a:\n        type: int\n        description: |\n          two\n          lines\n    description: >+\n      folded\n\n\n",
    "no end": "events:\n  Old One:\n    side: client\n    properties:\n      a: {type: int}",
    "explicit key": "events:\n  ? Old One\n  : side: client\n    properties:\n      ? a\n      : type: int\n",
    "flow event": "events:\n  Old One: {side: client, properties: {a: {type: int}}}\n",
    "flow over lines": "events:\n  Old One: {\n    side: client,  # the side\n    properties: {\n      a: {type: int},  # a\n    },\n  }\n",
    "flow without properties": "events:\n  Old One: {side: client}\n",
    "flow with nothing in it": "events:\n  Old One: {side: client, properties: {}}\n",
    "flow events": "events: {Old One: {side: client, properties: {a: {type: int}}}}\n",
    "json": '{"version": 1, "events": {"Old One": {"side": "client", "properties": {"a": {"type": "int"}}}}}\n',
    "properties are null": "events:\n  Old One:\n    side: client\n    properties:\n    owner: me\n",
    "more after": "events:\n  Old One:\n    side: client\n    properties:\n      a: {type: int}\nnaming: title_case\nuser_properties:\n  x: {type: str}\n",
    "document marks": "%YAML 1.2\n---\nevents:\n  Old One:\n    side: client\n    properties:\n      a: {type: int}\n...\n",
    "tags": "!!map\nevents: !!map\n  Old One: !!map\n    side: !!str client\n    properties:\n      a: {type: int}\n",
    "list inside": "events:\n  Old One:\n    side: client\n    properties:\n      a: {type: int, enum: [1,\n        2]}\n    aliases:\n    - Older\n    - Oldest\n",
}


@pytest.mark.parametrize("name", PLANS)
def test_what_is_new_is_added_whatever_the_style(name: str, tmp_path: Path) -> None:
    after = synced(tmp_path, PLANS[name])
    found = plan_of(after)
    assert "b" in found["Old One"]
    assert found["New One"] == ["n"]
    assert not {code for code, _, _ in findings(tmp_path)} & {"FS101", "FS105"}


@pytest.mark.parametrize("name", PLANS)
def test_line_ends_and_byte_order_mark_stay(name: str, tmp_path: Path) -> None:
    plan = b"\xef\xbb\xbf" + PLANS[name].replace("\n", "\r\n").encode()
    after = synced(tmp_path, plan)
    assert after.startswith(b"\xef\xbb\xbf") and after.count(b"\xef\xbb\xbf") == 1
    assert after.count(b"\n") == after.count(b"\r\n")
    assert set(plan_of(after)) >= {"Old One", "New One"}


@pytest.mark.parametrize(
    "plan", ["version: 1\n", "version: 1\nevents:\n", "events: {}\n", "events:\n# nothing yet\n", "events: null  # none\n"]
)  # fmt: skip
def test_a_plan_without_events_gets_its_first(plan: str, tmp_path: Path) -> None:
    code = {"web/a.js": "FS.event('A');\nFS.event('B');\n"}
    if "null" in plan:  # nothing can follow the word
        write_project(tmp_path, {**code, "events.yaml": plan})
        assert sync(tmp_path) == 2
        assert (tmp_path / "events.yaml").read_text() == plan
        return
    assert list(plan_of(synced(tmp_path, plan, code))) == ["A", "B"]


def test_sorted_names_stay_sorted_and_empty_lines_stay_between(tmp_path: Path) -> None:
    plan = "events:\n  # b\n  B: {side: client}\n\n  # d\n  D: {side: client}\n"
    code = {"web/a.js": "".join(f"FS.event('{name}');\n" for name in "EDCBA")}
    after = synced(tmp_path, plan, code).decode()
    assert list(plan_of(after.encode())) == ["A", "B", "C", "D", "E"]
    assert "  # b\n  B: {side: client}\n" in after and "\n  # d\n  D: {side: client}\n" in after


def test_what_is_gone_is_marked_once_and_comes_back(tmp_path: Path) -> None:
    plan = "events:\n  A: {side: client}\n  # about b\n  B:\n    side: client\n  C:\n    side: client\n    status: planned\n"
    write_project(tmp_path, {"web/a.js": "FS.event('A');\n", "events.yaml": plan})
    file = tmp_path / "events.yaml"
    assert sync(tmp_path) == 0
    marked = file.read_text()
    assert marked.count("# gone: ") == 1
    assert "  # about b\n  # gone: nothing in the code sends it any more (fslint registry sync)\n  B:\n" in marked
    assert sync(tmp_path, "--check") == 0
    (tmp_path / "web/a.js").write_text("FS.event('A');\nFS.event('B');\n")
    assert sync(tmp_path) == 0
    assert file.read_text() == plan


def test_a_property_that_no_call_sends_any_more_is_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = (
        "events:\n  A:\n    side: client\n    properties:\n      a: {type: int}\n      # about b\n      b: {type: int}\n"
        "      c: {type: int, required: true}\n  B: {side: client, properties: {b: {type: int}}}\n"
    )
    code = "FS.event('A', { a_int: 1 });\nFS.event('B');\n"
    write_project(tmp_path, {"web/a.js": code, "events.yaml": plan})
    file = tmp_path / "events.yaml"
    assert sync(tmp_path) == 0
    marked = file.read_text()
    assert marked.count("# gone: ") == 1 and "      # about b\n      # gone: nothing" in marked
    assert "b of B" in capsys.readouterr().err
    assert sync(tmp_path, "--check") == 0
    (tmp_path / "web/a.js").write_text(code.replace("a_int: 1", "a_int: 1, b_int: 2"))
    assert sync(tmp_path) == 0
    assert file.read_text() == plan


@pytest.mark.parametrize(
    "more", ["FS.event('A', rest);", "FS.event('A', { ...rest });", "FS.event(name, {});", "FS.event(`Z ${n.x}`);"]
)
def test_a_property_that_may_be_sent_is_not_gone(more: str, tmp_path: Path) -> None:
    plan = "events:\n  A:\n    side: client\n    properties:\n      b: {type: int}\n"
    write_project(tmp_path, {"web/a.js": f"FS.event('A', {{}});\n{more}\n", "events.yaml": plan})
    assert sync(tmp_path, "--check") == 0


def test_what_run_time_may_send_is_not_gone(tmp_path: Path) -> None:
    plan = "events:\n  Step One: {side: client}\n  Step Two: {side: client}\n"
    write_project(tmp_path, {"web/a.js": "FS.event(`Step ${n.x}`);\n", "events.yaml": plan})
    assert sync(tmp_path, "--check") == 0


def test_what_is_registered_is_not_decided_anew(tmp_path: Path) -> None:
    plan = "events:\n  A:\n    side: server\n    properties:\n      n: {type: str, required: true}\n      amount_real: {type: real}\n"
    code = {"web/a.js": "FS.event('A', { n_int: 1, amount_real: 2.5 });\n"}
    assert synced(tmp_path, plan, code).decode() == plan
    assert {"FS103", "FS106"} <= {code for code, _, _ in findings(tmp_path)}


def test_another_spelling_is_left_to_a_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = "events:\n  Cart Viewed: {side: client}\n"
    code = {"web/a.js": "FS.event('Cart Viewed');\nFS.event('cart_viewed');\nFS.event('Cart Veiwed');\n"}
    after = synced(tmp_path, plan, code).decode()
    assert list(plan_of(after.encode())) == ["Cart Veiwed", "Cart Viewed"]
    assert "# close to 'Cart Viewed': a slip of the finger?\n  Cart Veiwed:\n" in after
    assert "'cart_viewed' looks like 'Cart Viewed'" in capsys.readouterr().err


def test_names_of_symbols_are_not_alike(tmp_path: Path) -> None:
    plan = "events:\n  🚀: {side: client}\n"
    code = {"web/a.js": "FS.event('🚀');\nFS.event('🎉');\nFS.event('<<');\n"}
    assert set(plan_of(synced(tmp_path, plan, code))) == {"🚀", "🎉", "<<"}


def test_a_type_that_the_code_does_not_tell_is_left_to_a_person(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = "events:\n  A:\n    side: client\n    properties:\n      to:\n        type: object\n        properties: {city: {type: str}}\n"
    code = {"web/a.js": "FS('trackEvent', {name: 'A', properties: {plan: x.y, to: {city: 'b', zip: 'c'}}});\n"}
    assert synced(tmp_path, plan, code).decode() == plan
    said = capsys.readouterr().err
    assert "plan of A: type not known: web/a.js:1" in said
    assert "to.zip of A" in said


def test_user_and_page_properties_are_added_where_the_plan_lists_them(tmp_path: Path) -> None:
    plan = "events: {}\nuser_properties:\n  plan: {type: str}\n"
    code = {
        "web/a.js": "FS.identify('1', { plan_str: 'a', seats_int: 2, displayName: n });\n"
        "FS('setProperties', { type: 'page', properties: { total: 1 } });\n"
    }
    found = registry.load({"e": synced(tmp_path, plan, code)})
    assert found.user_properties is not None and list(found.user_properties) == ["plan", "seats"]
    assert found.page_properties is None


def test_what_an_anchor_shares_is_left_to_a_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = (
        "events:\n  A:\n    side: client\n    properties: &shared\n      a: {type: int}\n  B:\n    side: client\n"
        "    properties: *shared\n  C: &c\n    side: client\n  D: *c\n"
    )
    code = {"web/a.js": "".join(f"FS.event('{name}', {{ b_int: 1 }});\n" for name in "ABCDE")}
    assert plan_of(synced(tmp_path, plan, code)) == {"A": ["a"], "B": ["a"], "C": [], "D": [], "E": ["b"]}
    assert capsys.readouterr().err.count("anchor") >= 4


def test_a_split_plan_gets_new_events_where_their_neighbours_are(tmp_path: Path) -> None:
    files = {
        "fslint.toml": 'registry = ["plan/*.yaml"]\n',
        "plan/pay.yaml": "events:\n  Paid: {side: client}\n",
        "plan/shop.yaml": "events:\n  Cart: {side: client}\n  Item: {side: client}\n",
        "src/pay/a.js": "FS.event('Paid');\n",
        "src/pay/b.js": "FS.event('Refunded');\n",
        "src/shop/a.js": "FS.event('Cart');\nFS.event('Item');\n",
        "src/shop/deep/b.js": "FS.event('Coupon');\n",
        "else/c.js": "FS.event('Other');\n",
    }
    write_project(tmp_path, files)
    assert sync(tmp_path) == 0
    assert list(plan_of((tmp_path / "plan/pay.yaml").read_bytes())) == ["Paid", "Refunded"]
    assert list(plan_of((tmp_path / "plan/shop.yaml").read_bytes())) == ["Cart", "Coupon", "Item", "Other"]


def test_each_app_has_its_plan(tmp_path: Path) -> None:
    files = {
        "fslint.toml": "".join(
            f'[[apps]]\nname = "{app}"\npaths = ["{app}/**"]\nregistry = ["{app}/plan.yaml"]\n' for app in "ab"
        ),
        "a/plan.yaml": "events: {}\n",
        "b/plan.yaml": "events:\n  Both: {side: client}\n",
        "a/x.js": "FS.event('Both');\nFS.event('Only A');\n",
        "b/x.js": "FS.event('Both');\n",
    }
    write_project(tmp_path, files)
    assert sync(tmp_path) == 0
    assert list(plan_of((tmp_path / "a/plan.yaml").read_bytes())) == ["Both", "Only A"]
    assert (tmp_path / "b/plan.yaml").read_text() == files["b/plan.yaml"]


def test_check_and_diff_write_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path, {**CODE, "events.yaml": PLANS["plain"]})
    assert sync(tmp_path, "--check") == 1
    assert "+ New One (client)" in capsys.readouterr().out
    assert sync(tmp_path, "--diff") == 1
    assert "\n+  New One:\n" in capsys.readouterr().out
    assert (tmp_path / "events.yaml").read_text() == PLANS["plain"]


@pytest.mark.parametrize("plan", [b"events: [", b"\xff\xfe\x00", b"- a\n", b"", b"events: [a]\n", b"\0"])
def test_a_broken_plan_is_not_touched(plan: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path, {**CODE, "events.yaml": plan})
    assert sync(tmp_path) == 2
    assert (tmp_path / "events.yaml").read_bytes() == plan
    said = capsys.readouterr().err
    assert said and "internal error" not in said


def test_without_a_plan_there_is_nothing_to_sync(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path, CODE)
    assert sync(tmp_path) == 2
    assert "fslint init" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_plan_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path, {**CODE, "events.yaml": PLANS["plain"]})
    tmp_path.chmod(0o555)
    try:
        assert sync(tmp_path) == 2
    finally:
        tmp_path.chmod(0o755)
    assert "cannot write" in capsys.readouterr().err


names = st.sampled_from(["A", "B c", "b", "NO", "12:30", "a: b", "é", "Zz", "{x}", "# y", "'q'"])
bodies = st.sampled_from(
    [
        "{{side: client}}",
        "{{side: client, properties: {{a: {{type: int}}}}}}  # end",
        "\n{0}  side: client",
        "\n{0}  side: client\n{0}  properties:\n{0}    a: {{type: int}}\n{0}    # a",
        "  # c\n{0}  properties:\n{0}   a:\n{0}     type: int\n\n{0}  side: client  # d",
        "\n{0}  side: client\n{0}  description: |\n{0}    x\n\n{0}    y\n",
        "\n{0}  side: client\n{0}  properties: {{}}",
        "\n{0}  side: client\n{0}  aliases:\n{0}  - {{0}}",
    ]
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(names, bodies, st.sampled_from(["", "# c", "\n# c\n"])), unique_by=lambda one: one[0], max_size=4
    ),
    st.lists(st.tuples(names, st.sampled_from(["", "{ a_int: 1 }", "{ b_str: 'x' }"])), max_size=5),
    st.sampled_from(["  ", "    "]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_whatever_is_registered_stays(
    registered: list[tuple[str, str, str]], sent: list[tuple[str, str]], indent: str, newline: str, ended: bool
) -> None:
    import json

    lines = ["events:"] if registered else ["version: 1"]
    for number, (name, body, before) in enumerate(registered):
        lines += [f"{indent}{line}" if line else "" for line in before.split("\n")] if before else []
        lines.append(
            f"{indent}{json.dumps(name, ensure_ascii=False)}: {body.format(indent).replace('{0}', f'x{number}')}"
        )
    text = ("\n".join(lines) + "\n" * ended).replace("\n", newline).encode()
    old = registry.load({"events.yaml": text})
    code = "".join(f"FS.event({json.dumps(name)}{', ' if given else ''}{given});\n" for name, given in sent)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        write_project(root, {"web/a.js": code, "events.yaml": text})
        assert sync(root) == 0
        after = (root / "events.yaml").read_bytes()
        new = registry.load({"events.yaml": after})
        assert not new.problems and not old.problems
        assert set(new.events) >= set(old.events)
        assert sync(root, "--check") == 0
        found = {code for code, _, _ in findings(root)}
        assert "FS105" not in found
        assert "FS101" not in found or any(n.casefold() in ("b", "b c") for n, _ in sent)
