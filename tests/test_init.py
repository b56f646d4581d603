"""``fslint init``: a first configuration and a registry drafted from the code, which `check` agrees with."""

from __future__ import annotations

import json
import os
import re
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import findings, write_project

from fslint import registry, rulebook
from fslint.cli import main
from fslint.registry_text import key, scalar, writable
from fslint.settings import load as load_settings
from fslint.yamlnodes import parse

REGISTRY_CODES = {"FS002", "FS101", "FS102", "FS103", "FS104", "FS105"}
"""What must not be reported after ``init``."""


def init(folder: Path, *arguments: str) -> int:
    """Run ``fslint init`` for a folder."""
    return main(["init", "--no-cache", "--root", str(folder), *arguments])


def drafted(folder: Path, files: Mapping[str, str]) -> registry.Registry:
    """The registry that ``init`` writes for a project; it and the code must agree."""
    write_project(folder, files)
    assert init(folder) == 0
    plan = registry.load({"events.yaml": (folder / "events.yaml").read_bytes()})
    assert not plan.problems
    assert not {code for code, _, _ in findings(folder)} & REGISTRY_CODES
    return plan


def described(properties: Mapping[str, registry.Property]) -> dict[str, str]:
    """Properties as ``type``, with ``!`` where they are required."""
    return {name: p.type + "!" * bool(p.required) for name, p in properties.items()}


# ------------------------------------------------------------------------------------------------- what is drafted


def test_events_get_their_side_and_what_every_call_sends(tmp_path: Path) -> None:
    plan = drafted(
        tmp_path,
        {
            "web/cart.ts": "FS.event('Cart Viewed', { total_real: 9.5, note_str: 'x' });\n"
            "FS.event('Cart Viewed', { total_real: 7, ...(more && { note_str: 'y' }) });\n",
            "api/pay.py": "track_server_event('Payment Processed', user_id, {'amount_real': 5})\n",
        },
    )
    assert {name: event.side for name, event in plan.events.items()} == {
        "Cart Viewed": "client",
        "Payment Processed": "server",
    }
    assert described(plan.events["Cart Viewed"].properties) == {"total": "real!", "note": "str"}
    assert described(plan.events["Payment Processed"].properties) == {"amount": "real!"}
    assert plan.naming is not None and plan.naming.style == "title_case"
    text = (tmp_path / "events.yaml").read_text()
    assert "  # web/cart.ts:1, web/cart.ts:2\n  Cart Viewed:\n" in text


def test_sent_from_both_sides_stays_a_finding_until_it_is_reviewed(tmp_path: Path) -> None:
    plan = drafted(
        tmp_path,
        {
            "web/a.js": "FS.event('Purchase Completed', { amount_real: 5, coupon_str: 'x' });\n",
            "api/a.py": "track_server_event('Purchase Completed', uid, {'amount_real': 5})\n",
        },
    )
    event = plan.events["Purchase Completed"]
    assert (event.side, event.reviewed) == ("both", False)
    assert event.properties["coupon"].required == registry.Required(client=True)
    assert "FS201" in {code for code, _, _ in findings(tmp_path)}
    file = tmp_path / "events.yaml"
    file.write_text(file.read_text().replace("    reviewed: false\n", ""))
    assert "FS201" not in {code for code, _, _ in findings(tmp_path)}


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (
            {
                "web/a.js": "FS.event('Payment Completed');\n",
                "api/a.py": "track_server_event('Seat Added', uid, {})\n",
            },
            "FS506",
        ),
        (
            {"web/a.js": "FS.event('Cart Opened');\n", "api/a.py": "track_server_event('Button Clicked', uid, {})\n"},
            "FS512",
        ),
    ],
)
def test_a_drafted_side_silences_no_doubt_about_it(tmp_path: Path, files: dict[str, str], code: str) -> None:
    plan = drafted(tmp_path, files)
    assert sum(not event.reviewed for event in plan.events.values()) == 1
    assert code in {found for found, _, _ in findings(tmp_path)}


def test_what_the_code_does_not_tell_becomes_a_comment(tmp_path: Path) -> None:
    plan = drafted(
        tmp_path,
        {
            "web/a.js": "export const a = (p) => FS('trackEvent', { name: 'A', properties: { plan: p, n: 1 } });\n"
            "FS('trackEvent', { name: 'B', properties: { size: 'xl' } });\n"
            "FS('trackEvent', { name: 'B', properties: { size: true } });\n"
        },
    )
    assert described(plan.events["A"].properties) == {"n": "int!"}
    assert plan.events["A"].additional_properties and plan.events["B"].additional_properties
    assert "FS203" in {code for code, _, _ in findings(tmp_path)}
    text = (tmp_path / "events.yaml").read_text()
    assert "      # plan: {type: …}  # type not known: web/a.js:1\n" in text
    assert "      # size: {type: …}  # sent as bool and as str: web/a.js:2, web/a.js:3\n" in text
    decided = text.replace("      # plan: {type: …}", "      plan: {type: str}").replace(
        "      # size: {type: …}", "      size: {type: str}"
    )
    uncommented = registry.load({"events.yaml": decided.encode()})
    assert not uncommented.problems
    assert described(uncommented.events["A"].properties) == {"n": "int!", "plan": "str"}


def test_nested_objects_are_described(tmp_path: Path) -> None:
    plan = drafted(
        tmp_path,
        {
            "web/a.js": "FS('trackEvent', { name: 'A', properties: { to: { city: 'x', geo: { lat: 1.5 } } } });\n"
            "FS('trackEvent', { name: 'A', properties: { to: { city: 'y', zip: '1' } } });\n"
            "FS('trackEvent', { name: 'A' });\n"
        },
    )
    to = plan.events["A"].properties["to"]
    assert described({"to": to}) == {"to": "object"}
    assert described(to.properties) == {"city": "str!", "geo": "object", "zip": "str"}
    assert described(to.properties["geo"].properties) == {"lat": "real!"}


def test_what_is_not_known_within_an_object_is_commented_there(tmp_path: Path) -> None:
    code = (
        "FS('trackEvent', { name: 'A', properties: { to: { city: x.y, geo: { lat: x.y } }, n: { z: x.y, a: 1 } } });\n"
    )
    plan = drafted(tmp_path, {"web/a.js": code})
    assert plan.events["A"].additional_properties
    text = (tmp_path / "events.yaml").read_text()
    assert "          # city: {type: …}  # type not known: web/a.js:1\n" in text
    decided = registry.load({"e": text.replace("# city: {type: …}", "city: {type: str}").encode()})
    assert not decided.problems
    assert described(decided.events["A"].properties["to"].properties) == {"city": "str", "geo": "object!"}


@pytest.mark.parametrize(
    ("sent", "registered"),
    [
        ("FS.event('A', { amount_real: x }); FS.event('A', { amount_real: 5 })", {"amount": "real!"}),
        ("FS('trackEvent', {name: 'A', properties: {start_date: '2024-05-01'}})", {"start_date": "date!"}),
        ("FS.event('A', { start_date: x })", {"start": "date!"}),
        ("FS('trackEvent', {name: 'A', properties: {n: 1, n: 2.5}})", {"n": "real!"}),
        (
            "FS('trackEvent', {name: 'A', properties: {n: 1}}); FS('trackEvent', {name: 'A', properties: {n: 2.5}})",
            {"n": "real!"},
        ),
        ("FS('trackEvent', {name: 'A', properties: {n: x}, schema: {properties: {n: 'ints'}}})", {"n": "ints!"}),
        ("FS.event('A', { x_int: 1, x_int_str: 'y' })", {"x": "int!"}),
        ("FS.event('A', { a_str: null })", {"a": "str!"}),
        (
            "FS('trackEvent', {name: 'A', properties: {start: 's', start_date: new Date()}})",
            {"start": "str!", "start_date": "date!"},
        ),
        ("FS('trackEvent', {name: 'A', properties: {xs: [{a: 1}]}})", {}),
        ("FS('trackEvent', {name: 'A', properties: {NO: 1, 'on': 2, '12:30': 3, 'a: b #c': 4}})", None),
    ],
)
def test_types_are_those_that_the_rules_see(tmp_path: Path, sent: str, registered: dict[str, str] | None) -> None:
    plan = drafted(tmp_path, {"web/a.ts": f"{sent};\n"})
    found = described(plan.events["A"].properties)
    assert found == (registered if registered is not None else dict.fromkeys(("NO", "on", "12:30", "a: b #c"), "int!"))


def test_what_must_never_be_sent_is_not_registered(tmp_path: Path) -> None:
    plan = drafted(tmp_path, {"web/a.js": "FS.event('A', { card_number_str: x, card_number_valid_bool: true });\n"})
    assert described(plan.events["A"].properties) == {"card_number_valid": "bool!"}
    assert "# card_number: {type: …}  # must not be sent (FS604): web/a.js:1" in (tmp_path / "events.yaml").read_text()
    assert "FS604" in {code for code, _, _ in findings(tmp_path)}


def test_order_completed_may_hold_objects(tmp_path: Path) -> None:
    plan = drafted(tmp_path, {"web/a.js": "FS.event('Order Completed', { products: [{ sku: 'a' }] });\n"})
    assert described(plan.events["Order Completed"].properties) == {"products": "objects!"}


def test_user_and_page_properties(tmp_path: Path) -> None:
    plan = drafted(
        tmp_path,
        {
            "web/a.js": "FS.identify('user_1', { displayName: name, plan_str: 'pro', seats_int: 5 });\n"
            "FS.identify(`user_${id}`, { seats_int: 5 });\n"
            "FS('setProperties', { type: 'page', properties: { pageName: 'Cart', total: 5.5 } });\n"
        },
    )
    assert plan.user_properties is not None and plan.page_properties is not None
    assert described(plan.user_properties) == {"displayName": "str", "plan": "str", "seats": "int"}
    assert described(plan.page_properties) == {"pageName": "str", "total": "real"}
    assert plan.user_id is not None and plan.user_id.text == "user_{id}"


def test_a_section_with_a_property_of_unknown_type_is_a_comment_as_a_whole(tmp_path: Path) -> None:
    plan = drafted(tmp_path, {"web/a.js": "FS('setProperties', { type: 'user', properties: { plan: p, size: 1 } });\n"})
    assert plan.user_properties is None
    text = (tmp_path / "events.yaml").read_text()
    assert "# user_properties:" in text and "#   size: {type: int}\n#   plan: {type: …}" in text


@pytest.mark.parametrize(
    ("ids", "form"),
    [
        (["'user_1'", "`user_${a}`"], "user_{id}"),
        (["`user_${a}`", "hash(a)"], "user_{id}"),
        (["`user_${a}`", "a.id"], None),
        (["`user_${a}`", "'svc_nightly'"], None),
        (["`user_${a}`", "`u-${a}`"], None),
        (["a.id"], None),
        (["`${a}`"], None),
    ],
)
def test_the_form_of_user_ids_where_all_agree(tmp_path: Path, ids: list[str], form: str | None) -> None:
    plan = drafted(tmp_path, {"web/a.js": "".join(f"FS.identify({one});\n" for one in ids)})
    assert (plan.user_id.text if plan.user_id else None) == form


@pytest.mark.parametrize(
    ("names", "style"),
    [
        (["Cart Viewed", "Order Placed"], "title_case"),
        (["cart_viewed", "cart"], "snake_case"),
        (["cart-viewed", "order-placed"], "kebab_case"),
        (["cartViewed", "orderPlaced"], "camel_case"),
        (["Cart Viewed", "order_placed"], ""),
        (["cart", "order"], ""),
        (["Cart Viewed"], ""),
    ],
)
def test_the_naming_where_all_agree(tmp_path: Path, names: list[str], style: str) -> None:
    plan = drafted(tmp_path, {"web/a.js": "".join(f"FS.event('{name}');\n" for name in names)})
    assert (plan.naming.style if plan.naming else "") == style


def test_names_that_are_put_together_are_told_and_not_registered(tmp_path: Path) -> None:
    files = {"web/a.js": "FS.event(`Step ${o.n}`);\nFS.event(o.name);\nFS.event(ok ? 'Yes' : '');\n"}
    plan = drafted(tmp_path, files)
    assert list(plan.events) == ["Yes"]
    assert "#   Step {}  (web/a.js:1)\n" in (tmp_path / "events.yaml").read_text()


def test_a_wrapper_and_constants_are_seen_through(tmp_path: Path) -> None:
    plan = drafted(
        tmp_path,
        {
            "web/names.ts": "export const NAMES = { cart: 'Cart Viewed', pay: 'Paid' } as const;\n",
            "web/track.ts": "export const track = (name: string, p = {}) => FS.event(name, { ...p, app_str: 'web' });\n",
            "web/a.ts": "import { track } from './track';\nimport { NAMES } from './names';\n"
            "track(NAMES.cart, { n_int: 1 });\ntrack(NAMES.pay);\n",
        },
    )
    assert described(plan.events["Cart Viewed"].properties) == {"n": "int!", "app": "str!"}
    assert described(plan.events["Paid"].properties) == {"app": "str!"}


# --------------------------------------------------------------------------------------------- what is left alone


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path, {"web/a.js": "FS.event('A');\n", "events.yaml": "events: {}\n", "fslint.toml": "# mine\n"})
    assert init(tmp_path) == 2
    assert "exist already" in capsys.readouterr().err
    assert (tmp_path / "events.yaml").read_text() == "events: {}\n"
    assert (tmp_path / "fslint.toml").read_text() == "# mine\n"
    assert init(tmp_path, "--force") == 0
    assert "A:" in (tmp_path / "events.yaml").read_text()
    assert "registry = " in (tmp_path / "fslint.toml").read_text()


def test_what_is_missing_is_written_beside_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path, {"web/a.js": "FS.event('A');\nFS.event('B');\n", "tracking/events.yaml": "events: {}\n"})
    assert init(tmp_path) == 0
    assert 'registry = ["tracking/events.yaml"]' in (tmp_path / "fslint.toml").read_text()
    assert not (tmp_path / "events.yaml").exists()
    assert "kept tracking/events.yaml" in capsys.readouterr().err

    other = tmp_path / "other"
    write_project(other, {"web/a.js": "FS.event('A');\n", "pyproject.toml": "[tool.fslint]\nignore = ['FS507']\n"})
    assert init(other) == 0
    assert not (other / "fslint.toml").exists()
    assert "A:" in (other / "events.yaml").read_text()


def test_another_tools_events_file_is_no_registry(tmp_path: Path) -> None:
    write_project(tmp_path, {"web/a.js": "FS.event('A');\n", "events.yaml": "- type: push\n"})
    assert init(tmp_path) == 0
    assert (tmp_path / "events.yaml").read_text() == "- type: push\n"
    assert 'registry = ["fslint.events.yaml"]' in (tmp_path / "fslint.toml").read_text()
    assert not {code for code, _, _ in findings(tmp_path)} & REGISTRY_CODES


def test_an_empty_folder_gets_an_empty_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert init(tmp_path) == 0
    assert "events: {}" in (tmp_path / "events.yaml").read_text()
    assert not findings(tmp_path)
    assert "no event" in capsys.readouterr().out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path, {"web/a.js": "FS.event('A');\n"})
    tmp_path.chmod(0o555)
    try:
        assert init(tmp_path) == 2
    finally:
        tmp_path.chmod(0o755)
    assert "cannot write" in capsys.readouterr().err


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("events: {}\n")
    project = tmp_path / "project"
    write_project(project, {"web/a.js": "FS.event('A');\n"})
    (project / "events.yaml").symlink_to(outside)
    assert init(project, "--force") == 2
    assert outside.read_text() == "events: {}\n"


def test_new_files_have_the_mode_of_new_files(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    assert init(tmp_path) == 0
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "events.yaml", "fslint.toml")}
    assert len(modes) == 1


def test_the_configuration_names_the_project_s_own_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {"shop/a.js": "FS.event('A');\n", "back end/a.py": "track_server_event('B', uid, {})\n"}
    drafted(tmp_path, {**files, "mixed/a.js": "FS.event('C');\n", "mixed/b.py": "track_server_event('D', uid, {})\n"})
    config = (tmp_path / "fslint.toml").read_text()
    assert '# client = ["shop/**"]\n# server = ["back end/**"]\n' in config
    assert "linked-facts" not in capsys.readouterr().out
    other = tmp_path / "other"
    drafted(other, {"a.js": "FS.event('A');\n"})
    assert "No server calls are here" in capsys.readouterr().out


def test_every_example_of_the_configuration_can_be_uncommented(tmp_path: Path) -> None:
    drafted(tmp_path, {'we\'b "x"/a.js': "FS.event('A');\n", "api/a.py": "track_server_event('B', uid, {})\n"})
    (tmp_path / "server.json").write_bytes(b'{"fslint_facts": 1, "repository": "r", "calls": []}')
    file = tmp_path / "fslint.toml"
    lines = [re.sub(r"^# (?=[\w-]+ = |\[|\")", "", line) for line in file.read_text().splitlines()]
    file.write_text("\n".join(lines))
    loaded = load_settings(tmp_path)
    assert loaded.calls and loaded.apps and loaded.per_file_ignores and loaded.linked_facts
    assert loaded.client == ('we\'b "x"/**',)


def test_apps_with_orgs_of_their_own_are_suggested(tmp_path: Path) -> None:
    app = "import { init } from '@fullstory/browser';\nimport { FullStory } from '@fullstory/browser';\n"
    drafted(
        tmp_path,
        {
            f"apps/{name}/{file}": text
            for name in ("shop", "admin")
            for file, text in {
                "package.json": "{}",
                "src/a.ts": app + f"init({{ orgId: '{name}1' }});\nFullStory.event('Opened {name}');\n",
            }.items()
        },
    )
    config = (tmp_path / "fslint.toml").read_text()
    assert '# [[apps]]\n# name = "shop"\n# paths = ["apps/shop/**"]\n' in config
    uncommented = (
        config.replace("# [[apps]]", "[[apps]]").replace("# name = ", "name = ").replace("# paths = ", "paths = ")
    )
    (tmp_path / "fslint.toml").write_text(uncommented.replace("name = 0\n", ""))
    assert not {code for code, _, _ in findings(tmp_path)} & REGISTRY_CODES


# ------------------------------------------------------------------------------------------------ over many projects

EXAMPLES = [example for page in rulebook.pages().values() for example in page.examples]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(8))
def test_after_init_the_rule_book_s_examples_fit_their_plan(number: int, tmp_path: Path) -> None:
    for index, example in enumerate(EXAMPLES[number::8]):
        folder = tmp_path / str(index)
        files = {file.path: file.text.encode(file.encoding) for file in example.files}
        write_project(folder, {p: c for p, c in files.items() if not p.endswith(("events.yaml", "fslint.toml"))})
        if any("events" in path and path.endswith(".yaml") for path in files if path not in ("events.yaml",)):
            continue
        assert init(folder) == 0
        assert not {code for code, _, _ in findings(folder)} & REGISTRY_CODES, example.title


names = st.sampled_from(
    ["Cart Viewed", "cart_viewed", "Order Completed", "NO", "on", "12:30", "a: b", "#1", "日本", "it's", "- x", "x ", "1e3", "~", "{a}", "null", "=1", "A\tB", "<<"]
) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)  # fmt: skip
keys = st.sampled_from(
    ["amount", "amount_real", "amount_int", "on", "start", "start_date", "x_int_str", "x_int", "to", "email", "a b", "é", "displayName", "address_obj"]
)  # fmt: skip
leaves = st.sampled_from(
    ["1", "2.5", "'x'", "true", "null", "'2024-05-01'", "u.v", "[1, 2]", "['a']", "[]", "new Date()", "x", "[{a: 1}]"]
)


def objects(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    entries = st.lists(st.tuples(keys, inner, st.sampled_from(["", "?", "..."])), max_size=4)

    def write(items: list[tuple[str, str, str]]) -> str:
        shapes = {"": "{0}: {1}", "?": "...(c && {{ {0}: {1} }})", "...": "...rest, {0}: {1}"}
        return "{ " + ", ".join(shapes[how].format(json.dumps(name), value) for name, value, how in items) + " }"

    return entries.map(write)


values = st.recursive(leaves, objects, max_leaves=4)
calls = st.lists(
    st.tuples(st.sampled_from(["v1", "v2", "server", "python", "user", "page", "either"]), names, objects(values)),
    max_size=6,
)


def source(kind: str, name: str, body: str) -> tuple[str, str]:
    """The file that a call goes to, and the call."""
    quoted = json.dumps(name)
    return {
        "v1": ("web/a.js", f"FS.event({quoted}, {body});"),
        "v2": ("web/a.js", f"FS('trackEvent', {{ name: {quoted}, properties: {body} }});"),
        "server": ("api/a.js", f"trackServerEvent({quoted}, uid, {body});"),
        "python": ("api/a.py", f"track_server_event({quoted}, uid, {{'n': 1}})"),
        "user": ("web/a.js", f"FS('setProperties', {{ type: 'user', properties: {body} }});"),
        "page": ("web/a.js", f"FS('setProperties', {{ type: 'page', properties: {body} }});"),
        "either": ("web/b.js", f"FS.event(c ? {quoted} : 'Other', c ? {body} : {{}});"),
    }[kind]


@settings(max_examples=30, deadline=None)
@given(calls)
def test_after_init_the_code_fits_its_plan(found: list[tuple[str, str, str]]) -> None:
    files: dict[str, str] = {}
    for path, call in (source(*one) for one in found):
        files[path] = files.get(path, "") + call + "\n"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        write_project(root, files)
        assert init(root) == 0
        plan = registry.load({"events.yaml": (root / "events.yaml").read_bytes()})
        assert not plan.problems
        assert not {code for code, _, _ in findings(root)} & REGISTRY_CODES


@given(st.text(max_size=40))
def test_a_name_reads_back_as_it_was(name: str) -> None:
    if not writable(name):
        return
    lines = key(name)
    block = "\n".join([*lines[:-1], f"{lines[-1]} {{type: str, x: [{scalar(name)}]}}"]) + "\n"
    root = parse(block.encode())
    assert root is not None
    (written, body), *_ = root.entries
    assert written.value == name and body.entries[1][1].items[0].value == name
    assert yaml.safe_load(block) == {name: {"type": "str", "x": [name]}}


@pytest.mark.parametrize("length", [800, 1000, 5000])
def test_a_very_long_name_reads_back(length: int) -> None:
    test_a_name_reads_back_as_it_was.hypothesis.inner_test("é" * length)  # type: ignore[attr-defined]
