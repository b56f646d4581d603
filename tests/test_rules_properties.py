"""FS104–FS107, FS203, FS301–FS309, FS604, FS606: the property rules, silent cases first."""

from __future__ import annotations

from textwrap import dedent

import pytest
from ruletest import findings, run

IMPORT = "from telemetry import track_server_event\n"


def lines(files: dict[str, str], code: str) -> list[tuple[str, int]]:
    """(path, line) of each finding of one rule."""
    return [(path, line) for _, path, line in findings(files, [code])]


def js(properties: str, *, before: str = "let v;", name: str = "X") -> dict[str, str]:
    """One v1 event; its properties stand on line 3."""
    return {"a.js": f"{before}\nFS.event('{name}',\n{{ {properties} }});\n"}


def v2(properties: str, schema: str = "") -> dict[str, str]:
    """One v2 event; its properties stand on line 2, the schema on line 3."""
    rest = f",\nschema: {schema}" if schema else ""
    return {"a.ts": f"FS('trackEvent', {{ name: 'X',\nproperties: {{ {properties} }}{rest} }});\n"}


def py(properties: str, before: str = "") -> dict[str, str]:
    """One server event by name; its properties stand on line 4."""
    return {
        "a.py": f"{IMPORT}{before}\ndef f(user, row, **kw):\n    track_server_event('X', user.id, {{{properties}}})\n"
    }


def plan(properties: str, name: str = "X", more: str = "") -> dict[str, str]:
    """A registry of one event."""
    return {"events.yaml": f"version: 1\nevents:\n  {name}:\n    side: both\n    properties:\n{properties}\n{more}"}


# ----------------------------------------------------------------------------------------------------------------- FS301


@pytest.mark.parametrize(
    "properties",
    [
        "a_str: v, b_ints: [1], c_date: d",
        "tags: ['a', 'b']",
        "tags: v.map(String)",
        "tags: v ?? []",
        "cart_obj: v, cart_objs: w",
        "cart: { total_real: 1 }",
        "...v",
        "...pick(v)",
        "[v]: 1",
        "['a_str']: 1",
    ],
)
def test_typed_properties_are_fine(properties: str) -> None:
    assert lines(js(properties), "FS301") == []


def test_reserved_names_are_fine_at_root_only() -> None:
    files = {
        "a.js": """
        FS.identify('u_1', { displayName: 'A', email: 'a', uid: 'u_1', acctId: 'b', website: 'c' });
        FS.setUserVars({ displayName: 'A', uid: 'u_1' });
        FS.setVars('page', { pageName: 'Home' });
        FS.identify('u_1', { profile: { email: 'a' } });
        FS.event('X', { email: 'a' });
        FS.setVars('page', { displayName: 'Home' });
        """
    }
    assert lines(files, "FS301") == [("a.js", 4), ("a.js", 5), ("a.js", 6)]


def test_v2_and_mobile_need_no_suffix() -> None:
    assert lines(v2("a: 1, b: 'x'"), "FS301") == []
    mobile = {"a.js": "import FullStory from '@fullstory/react-native';\nFullStory.event('X', { a: 1 });\n"}
    assert lines(mobile, "FS301") == []


def test_untyped_leaves() -> None:
    files = js("cart: { total: 1,\n shipping: { days: v } }")
    assert lines(files, "FS301") == [("a.js", 3), ("a.js", 4)]


def test_visible_v1_server_bodies() -> None:
    files = {
        "a.py": """
        import requests

        def f(uid, row):
            requests.post(f"https://api.fullstory.com/users/v1/individual/{uid}/customevent", json={
                "event": {"event_name": "X", "event_data": {
                    "rows": row.count,
                    "rows_int": 3}}})
            requests.post(f"https://api.fullstory.com/users/v1/individual/{uid}/customvars", json={
                "displayName": "A",
                "plan": "pro"})
        """
    }
    assert lines(files, "FS301") == [("a.py", 6), ("a.py", 10)]


def test_what_a_wrapper_adds_is_reported_once() -> None:
    files = {
        "w.js": "export function send(name, props) {\n  FS.event(name, { ...props,\n    app: 'web' });\n}\n",
        "a.js": "import { send } from './w';\nsend('A', { a: 1 });\nsend('B', { b_int: 1 });\nsend('C');\n",
    }
    assert lines(files, "FS301") == [("a.js", 2), ("w.js", 3)]


def test_a_constant_key_is_reported_at_the_constant() -> None:
    files = {
        "k.ts": "export const K = {\n  A: 'size',\n  B: 'b_str',\n} as const;\n",
        "a.ts": "import { K } from './k';\nFS.event('X', { [K.A]: 1, [K.B]: 's' });\nFS.event('Y', { [K.A]: 2 });\n",
    }
    assert lines(files, "FS301") == [("k.ts", 2)]
    diagnostics, _ = run(files, ["FS301"])
    assert len(diagnostics[0].related) == 2


@pytest.mark.parametrize(
    ("properties", "fixed"),
    [
        ("size: 3", "{ size_int: 3 }"),
        ("size: 3.5", "{ size_real: 3.5 }"),
        ("'size': true", "{ 'size_bool': true }"),
        ("size", "{ size_str: size }"),
        ("size: v", None),
    ],
)
def test_the_fix_appends_the_suffix(properties: str, fixed: str | None) -> None:
    files = js(properties, before="const size = String(v);")
    diagnostics, _ = run(files, ["FS301"])
    fix = diagnostics[0].fix
    assert (fix is None) is (fixed is None)
    if fix is not None:
        text = files["a.js"].encode()
        edit = fix.edits[0]
        text = text[: edit.place.start] + edit.content.encode() + text[edit.place.end :]
        assert fix.applicability == "unsafe"
        assert fixed is not None and fixed in text.decode()


# ----------------------------------------------------------------------------------------------------------------- FS309


@pytest.mark.parametrize(
    "properties",
    ["'a': 'x'", "'a_str': row.a", "'a': len(row.a)", "'a': row.a or 'x'", "'a': [row.a]", "'a_obj': row.a", "**row"],
)
def test_server_properties_whose_type_is_told(properties: str) -> None:
    assert lines(py(properties), "FS309") == []


def test_a_parameter_that_is_left_out_needs_no_type() -> None:
    files = {"a.py": IMPORT + "def f(u, ref=None):\n    track_server_event('X', u.id, {'ref': ref})\n\nf(1)\n"}
    assert lines(files, "FS309") == []


def test_untyped_server_properties() -> None:
    files = py("'a': row.a,\n'b': {'c': row.c},\n'd': row.d or None,\n'e': None")
    assert lines(files, "FS309") == [("a.py", 4), ("a.py", 5), ("a.py", 6), ("a.py", 7)]
    assert lines(
        files | plan("      a: {type: str}\n      b: {type: object, properties: {c: {type: int}}}"), "FS309"
    ) == [
        ("a.py", 6),
        ("a.py", 7),
    ]


def test_a_visible_body_is_not_untyped() -> None:
    body = {
        "fs.py": """
        import requests

        def track_server_event(name, uid, props):
            requests.post("https://api.fullstory.com/v2/events", json={
                "name": name, "user": {"uid": uid}, "properties": props}, timeout=3)
        """,
        "a.py": "from fs import track_server_event\n\ndef f(u, row):\n    track_server_event('X', u.id, {'a': row.a})\n",
    }
    assert lines(body, "FS309") == []


# ----------------------------------------------------------------------------------------------------------------- FS302


@pytest.mark.parametrize(
    "properties",
    [
        "a_real: 3, b_date: new Date(), c_date: '2024-01-15', d_date: v.at, e_date: String(v)",
        "a_int: v, b_int: v ? 3 : 'x', c_str: String(3), d_strs: [], e_strs: v",
        "a_int: v ? 3 : v.x",
        "a_int: null",
        "order_number: 'A1', start_datetime: '2024-01-01', phone_number: '1'",
        "a_number: v, a_string: v, a_array: v",
        "a_float: 'x'",
    ],
)
def test_fitting_suffixes(properties: str) -> None:
    assert lines(js(properties), "FS302") == []


@pytest.mark.parametrize(
    "properties",
    [
        "amount_int: 149.99",
        "plan_str: 5",
        "items_strs: 'a'",
        "day_date: 'today'",
        "days_dates: ['today']",
        "at_date: Date.now()",
        "ok_bool: 'yes'",
        "ok_bool: 1",
        "a_int: ['a']",
        "a_str: { b_str: 'x' }",
        "a_str: new Date()",
        "a_int: v ? 'x' : true",
        "a_ints: ['x']",
        "price_number: 5",
        "name_string: 'x'",
        "rate_float: v",
        "on_boolean: v",
        "n_integer: v",
        "tags_array: ['a']",
        "at_datetime: new Date()",
        "cart_json: JSON.stringify(v)",
    ],
)
def test_wrong_suffixes(properties: str) -> None:
    assert lines(js(properties), "FS302") == [("a.js", 3)]


def test_near_misses_only_where_v1_is_visible() -> None:
    assert lines(py("'a_number': 5"), "FS302") == []
    assert lines(py("'a_int': '5'"), "FS302") == [("a.py", 4)]
    assert lines(v2("a_int: '5', b_number: 5"), "FS302") == []


def test_a_near_miss_names_the_right_suffix() -> None:
    diagnostics, _ = run(js("price_number: 5.5"), ["FS302"])
    assert "price_real" in diagnostics[0].help
    assert diagnostics[0].fix is not None and diagnostics[0].fix.edits[0].content == "price_number_real"


def test_a_v2_schema_that_contradicts_the_value() -> None:
    assert lines(v2("a: 5, b: 'x'", "{ properties: { a: 'int', b: 'str' } }"), "FS302") == []
    assert lines(v2("a: '5'", "{ properties: { a: 'int' } }"), "FS302") == [("a.ts", 2)]
    assert lines(v2("a: { b: 'x' }", "{ properties: { 'a.b': 'int' } }"), "FS302") == [("a.ts", 2)]


# ----------------------------------------------------------------------------------------------------------------- FS303


def test_values_that_may_be_missing_are_fine() -> None:
    assert lines(js("a_str: v ?? null, b_str: v ? 'x' : null, c_str: v"), "FS303") == []
    default = {"a.py": IMPORT + "def f(u, ref=None):\n    track_server_event('X', u.id, {'ref': ref})\n"}
    assert lines(default, "FS303") == []
    assert lines(py("'a': None") | plan("      a: {type: str, nullable: true}"), "FS303") == []


@pytest.mark.parametrize("value", ["null", "undefined", "NaN", "void 0", "Number.NaN", "v ? null : undefined"])
def test_empty_values(value: str) -> None:
    assert lines(js(f"a_str: {value}"), "FS303") == [("a.js", 3)]


def test_empty_values_of_python() -> None:
    assert lines(py("'a': None"), "FS303") == [("a.py", 4)]
    assert lines(py("'a': float('nan')"), "FS303") == [("a.py", 4)]


def test_an_empty_value_silences_the_rules_on_its_type() -> None:
    assert [code for code, _, _ in findings(js("size: null"), ["FS301", "FS303"])] == ["FS303"]


# ----------------------------------------------------------------------------------------------------------------- FS304


def test_valid_names() -> None:
    assert lines(js("a: 1, aB_9: 2, 'a-b': 3"), "FS304") == []


@pytest.mark.parametrize("name", ["'a b'", "'a.b'", "'$a'", "'1a'", "_a", "'ä'", "''", f"'{'a' * 513}'"])
def test_invalid_names(name: str) -> None:
    assert lines(js(f"{name}: 1"), "FS304") == [("a.js", 3)]


def test_a_hyphen_is_wrong_on_the_server() -> None:
    assert lines(py("'a-b': 1"), "FS304") == [("a.py", 4)]


def test_an_invalid_name_silences_the_missing_suffix() -> None:
    assert [code for code, _, _ in findings(js("'a b': 1"), ["FS301", "FS304"])] == ["FS304"]


# ----------------------------------------------------------------------------------------------------------------- FS305


@pytest.mark.parametrize(
    "properties",
    [
        "a_strs: ['x']",
        "a_str: JSON.stringify('x')",
        "a_str: JSON.stringify(v)",
        "a: { b: 1 }",
        "a: v.map((i) => i.id)",
        "a: f(v)",
    ],
)
def test_supported_values(properties: str) -> None:
    assert lines(js(properties), "FS305") == []


@pytest.mark.parametrize(
    "properties",
    [
        "items: [{ a: 1 }]",
        "items: v.map((i) => ({ a: i }))",
        "a: () => 1",
        "a: function () {}",
        "a_str: JSON.stringify({ b: 1 })",
        "a_str: JSON.stringify([1])",
        "a: document.getElementById('x')",
        "a: document.querySelector('.x')",
        "a: new FormData(v)",
        "a: event",
    ],
)
def test_unsupported_values(properties: str) -> None:
    assert lines(js(properties), "FS305") == [("a.js", 3)]


def test_order_completed_may_hold_objects() -> None:
    assert lines(js("products: [{ a: 1 }]", name="Order Completed"), "FS305") == []


def test_whole_events_nodes_and_bodies() -> None:
    files = {
        "A.tsx": """
        import React from 'react';
        export const A = ({ onPick }: { onPick: (e: Event) => void }) => <div>
          <button onClick={(e) => FS.event('A', { e_str: e })} />
          <button onClick={(e) => FS.event('A', { e_str: e.type })} />
          <Table onSelect={(row) => FS.event('B', { row: row })} />
          <input onChange={(e: React.ChangeEvent) => FS.event('C', { node: e.target })} />
        </div>;
        document.addEventListener('click', (e) => FS.event('D', { e_str: e }));
        export function submit(data: FormData) { FS.event('E', { data }); }
        export function pick(el: HTMLElement) { FS.event('F', { el }); }
        """,
        "s.js": "app.post('/x', (req, res) => { trackServerEvent('X', req.user.id, { b: req.body, c: req.body.c }); });\n",
    }
    assert lines(files, "FS305") == [("A.tsx", 3), ("A.tsx", 6), ("A.tsx", 8), ("A.tsx", 9), ("A.tsx", 10), ("s.js", 1)]


def test_listeners_by_name() -> None:
    files = {
        "a.jsx": """
        export const A = () => <form onSubmit={submit}><Grid onPick={pick} /></form>;
        function submit(e) { FS.event('S', { e_str: e, n_str: e.type }); }
        function pick(e) { FS.event('P', { e_str: e }); }
        """
    }
    assert lines(files, "FS305") == [("a.jsx", 2)]


def test_python_json_text_and_bodies() -> None:
    assert lines(py("'a': json.dumps({'b': 1})", "import json"), "FS305") == [("a.py", 4)]
    assert lines(py("'a': json.dumps(row)", "import json"), "FS305") == []
    assert lines(py("'a': [{'b': r.b} for r in row]"), "FS305") == [("a.py", 4)]


# ----------------------------------------------------------------------------------------------------------------- FS306


def test_suffixes_in_v2() -> None:
    assert lines(v2("birth_date: v, a: 1, due_dates: w, start_date: x"), "FS306") == []
    assert lines(v2("size_int: 3"), "FS306") == [("a.ts", 2)]
    assert lines(v2("size_int: 3,\nend_date: v,\nb: 1"), "FS306") == [("a.ts", 2), ("a.ts", 3)]
    assert lines(v2("cart: { size_int: 3 }"), "FS306") == [("a.ts", 2)]
    assert lines(v2("size_int: 3") | plan("      size_int: {type: int}"), "FS306") == []
    assert lines(v2("size_int: 3") | plan("      size: {type: int}"), "FS306") == [("a.ts", 2)]
    assert lines(js("size_int: 3"), "FS306") == []


# ----------------------------------------------------------------------------------------------------------------- FS307


def test_reserved_names_of_the_browser() -> None:
    files = {
        "a.js": """
        FS.identify('u_1', { displayName: 'A', email: 'b', name_str: 'c' });
        FS.identify('u_1', { email_str: 'b' });
        FS.identify('u_1', { team: { name: 'A' } });
        FS.event('X', { name: 'A', display_name: 'B' });
        FS.identify('u_1', { name: 'A' });
        FS.setUserVars({ display_name: 'A' });
        FS.setUserVars({ displayName_str: 'A' });
        FS.setUserVars({ email: 'b',
          email_str: 'b' });
        FS('setProperties', { type: 'user', properties: { name: 'A' } });
        FS('setProperties', { type: 'page', properties: { name: 'A' } });
        """
    }
    assert lines(files, "FS307") == [("a.js", 5), ("a.js", 6), ("a.js", 7), ("a.js", 9), ("a.js", 10)]


def test_reserved_names_of_the_users_api() -> None:
    files = {
        "a.js": """
        import { init } from '@fullstory/server-api-client';
        const fs = init({ apiKey: process.env.KEY });
        fs.users.create({ body: { uid: u.id, display_name: 'A', email: 'b', properties: { plan: 'x' } } });
        fs.users.create({ body: { uid: u.id, displayName: 'A' } });
        fs.users.create({ body: { uid: u.id, name: 'A' } });
        fs.users.create({ body: { uid: u.id, properties: { display_name: 'A' } } });
        fs.users.create({ body: { uid: u.id, properties: { displayName: 'A' } } });
        """
    }
    assert lines(files, "FS307") == [("a.js", 4), ("a.js", 5), ("a.js", 6), ("a.js", 7)]


def test_a_misplaced_name_is_no_missing_suffix() -> None:
    files = {"a.js": "FS.identify('u_1', { name: 'A' });\n"}
    assert [code for code, _, _ in findings(files, ["FS301", "FS307"])] == ["FS307"]


# ----------------------------------------------------------------------------------------------------------------- FS308


@pytest.mark.parametrize(
    ("properties", "schema"),
    [
        ("a: 1", "{ properties: { a: 'int' } }"),
        ("a: { b: 1 }", "{ properties: { 'a.b': 'int' } }"),
        ("a: { b: 1 }", "{ properties: { a: { b: 'int' } } }"),
        ("...v", "{ properties: { a: 'int' } }"),
        ("a: v", "{ properties: { 'a.b': 'int' } }"),
        ("a: 1", "{ properties: { a: v } }"),
        ("a: 1", "SCHEMA"),
        ("a: 1", "{ ...v }"),
    ],
)
def test_valid_schemas(properties: str, schema: str) -> None:
    assert lines(v2(properties, schema), "FS308") == []


@pytest.mark.parametrize(
    ("properties", "schema", "count"),
    [
        ("a: 1", "{ a: 'int' }", 1),
        ("a: 1, b: 2", "{ a: 'string', b: 'number' }", 1),
        ("a: 1", "{ properties: { a: 'integer' } }", 1),
        ("a: 1, b: 2", "{ properties: { a: 'number', b: 'string' } }", 2),
        ("a: 1", "{ properties: { b: 'int' } }", 1),
        ("a: { b: 1 }", "{ properties: { 'a.c': 'int' } }", 1),
    ],
)
def test_invalid_schemas(properties: str, schema: str, count: int) -> None:
    assert lines(v2(properties, schema), "FS308") == [("a.ts", 3)] * count


def test_a_shared_schema_is_fine_while_someone_sends_the_property() -> None:
    files = {
        "a.ts": """
        const S = { properties: { a: 'int', b: 'str' } };
        FS('trackEvent', { name: 'X', properties: { a: 1 }, schema: S });
        FS('trackEvent', { name: 'Y', properties: { b: 'x' }, schema: S });
        """
    }
    assert lines(files, "FS308") == []


# ----------------------------------------------------------------------------------------------------------- FS104–FS107

REQUIRED = plan(
    """\
      plan: {type: str, required: true}
      seats: {type: int, required: {server: true}}
      address: {type: object, properties: {city: {type: str, required: true}, zip: {type: str}}}"""
)


@pytest.mark.parametrize(
    "call",
    [
        "FS.event('X', { plan_str: v })",
        "FS.event('X', v)",
        "FS.event('X', { ...v })",
        "FS.event('X', { ...(c && { plan_str: 'a' }) })",
        "FS.event('X', c ? { plan_str: 'a' } : {})",
        "FS.event(v, {})",
        "FS.event('Y', {})",
        "FS.event('X', { plan_str: v, address: v })",
        "FS('trackEvent', { name: 'X', properties: { plan: v } })",
        "FS('trackEvent', { name: 'X', ...v })",
    ],
)
def test_nothing_required_is_missing(call: str) -> None:
    assert lines({"a.js": call + ";\n"} | REQUIRED, "FS104") == []


@pytest.mark.parametrize(
    ("call", "count"),
    [
        ("FS.event('X')", 1),
        ("FS.event('X', {})", 1),
        ("FS.event('X', { seats_int: 3 })", 1),
        ("FS.event('X', { plan_str: 'a', address: { zip_str: 'b' } })", 1),
        ("FS('trackEvent', { name: 'X', properties: {} })", 1),
        ("FS('trackEvent', { name: 'X' })", 1),
        ("trackServerEvent('X', u.id, {})", 2),
    ],
)
def test_missing_properties(call: str, count: int) -> None:
    assert lines({"a.js": call + ";\n"} | REQUIRED, "FS104") == [("a.js", 1)] * count


USERS = (
    "events.yaml",
    "version: 1\nevents: {X: {side: client}}\nuser_properties:\n  tier: {type: str, required: true}\n",
)


@pytest.mark.parametrize(
    "call", ["FS('setIdentity', { anonymous: true })", "FS('setIdentity', { consent: true })", "FS.identify(false)"]
)
def test_nobody_lacks_a_user_property(call: str) -> None:
    assert lines({"a.js": call + ";\n"} | dict([USERS]), "FS104") == []


@pytest.mark.parametrize(
    "call", ["FS.identify('u_1')", "FS.identify('u_1', { plan_str: 'a' })", "FS('setIdentity', { uid: 'u_1' })"]
)
def test_a_user_lacks_a_user_property(call: str) -> None:
    assert lines({"a.js": call + ";\n"} | dict([USERS]), "FS104") == [("a.js", 1)]


def test_a_missing_property_stands_at_the_call_that_names_the_event() -> None:
    files = {
        "w.js": "export const track = (name, props = {}) => FS.event(name, { ...props, app_str: 'x' });\n"
        "export const done = (cart) => track('X', { cart_str: cart });\n",
        "a.js": "import { track, done } from './w';\ntrack('X', { a_str: 'b' });\ntrack('X', { plan_str: 'b' });\ndone('c');\n",
    }
    assert lines(files | REQUIRED, "FS104") == [("a.js", 2), ("w.js", 2)]


def test_user_and_page_properties() -> None:
    registry = {
        "events.yaml": dedent(
            """
            version: 1
            events: {}
            user_properties:
              plan: {type: str, required: true, enum: [free, pro]}
            page_properties:
              section: {type: str}
            """
        )
    }
    files = {
        "a.js": """
        FS.identify('u_1', { displayName: 'A', email: 'b', plan_str: 'pro' });
        FS.identify('u_1', { seats_int: 3, plan_str: 'gold' });
        FS.setUserVars({ plan_str: 5 });
        FS.setVars('page', { pageName: 'Home', section_str: 's', other_str: 'o' });
        FS.identify('u_1');
        """
    }
    found = findings(files | registry, ["FS104", "FS105", "FS106", "FS107", "FS302"])
    assert found == [
        ("FS105", "a.js", 2),
        ("FS107", "a.js", 2),
        ("FS302", "a.js", 3),
        ("FS105", "a.js", 4),
        ("FS104", "a.js", 5),
    ]


def test_listed_properties_are_known() -> None:
    registry = plan(
        "      a: {type: str}\n      b: {type: object, properties: {c: {type: int}}}\n      d: {type: object}",
        more="common_properties:\n  app_version: {type: str}\n",
    )
    files = js("a_str: v, b: { c_int: 1 }, d: { e_str: 'x' }, app_version_str: 'x', ...v")
    assert lines(files | registry, "FS105") == []
    assert lines(js("z_str: v, b: { x_int: 1 }") | registry, "FS105") == [("a.js", 3), ("a.js", 3)]
    assert (
        lines(js("z_str: v") | registry | plan("      a: {type: str}\n    additional_properties: true"), "FS105") == []
    )


def test_an_alias_counts_as_its_event() -> None:
    registry = plan("      a: {type: str, required: true}\n    aliases: [Old X]")
    files = js("b_str: 'x'", name="Old X")
    assert findings(files | registry, ["FS104", "FS105"]) == [("FS104", "a.js", 2), ("FS105", "a.js", 3)]


TYPED = plan(
    "\n".join(
        f"      {name}: {{type: {kind}}}"
        for name, kind in (
            ("s", "str"),
            ("n", "int"),
            ("r", "real"),
            ("b", "bool"),
            ("d", "date"),
            ("o", "object"),
            ("l", "strs"),
        )
    )
)


@pytest.mark.parametrize(
    "properties",
    [
        "s: 'x', n: 1, r: 1, b: true, d: '2024-01-01', o: { x: 1 }, l: ['a']",
        "s: '2024-01-01', n: v, r: v.x, d: new Date(), l: []",
        "d: String(v)",
        "n: c ? 1 : 'x'",
        "n: Number(v)",
    ],
)
def test_types_that_fit_the_registry(properties: str) -> None:
    assert lines(v2(properties) | TYPED, "FS106") == []


@pytest.mark.parametrize(
    "properties",
    ["s: 5", "n: 1.5", "n: '1'", "b: 'yes'", "d: 'today'", "d: 5", "l: 'a'", "o: 'a'", "s: null", "r: true"],
)
def test_types_that_contradict_the_registry(properties: str) -> None:
    assert lines(v2(properties) | TYPED, "FS106") == [("a.ts", 2)]


def test_a_suffix_that_contradicts_the_registry() -> None:
    assert lines(js("r_int: v, s_str: v, d_date: v, n_int: v") | TYPED, "FS106") == []
    assert lines(js("r_str: v") | TYPED, "FS106") == [("a.js", 3)]
    assert lines(js("n_real: v") | TYPED, "FS106") == [("a.js", 3)]


VALUES = plan(
    """\
      theme: {type: str, enum: [light, dark]}
      size: {type: int, minimum: 1, maximum: 10}
      code: {type: str, pattern: "^[A-Z]{2}$"}
      tags: {type: strs, enum: [a, b]}"""
)


def test_allowed_values() -> None:
    assert lines(v2("theme: 'dark', size: 10, code: 'AB', tags: ['a', 'b']") | VALUES, "FS107") == []
    assert lines(v2("theme: c ? 'dark' : 'pink', size: v, code: `${v}`, tags: [v]") | VALUES, "FS107") == []


@pytest.mark.parametrize(
    "properties",
    ["theme: 'pink'", "theme: c ? 'red' : 'pink'", "size: 0", "size: 11", "code: 'abc'", "tags: ['a', 'z']"],
)
def test_values_that_are_not_allowed(properties: str) -> None:
    assert lines(v2(properties) | VALUES, "FS107") == [("a.ts", 2)]


# ----------------------------------------------------------------------------------------------------------------- FS203


def test_types_that_are_no_conflict() -> None:
    files = {
        "a.js": """
        FS.event('X', { a_int: 1, b_str: 'x', c: v });
        FS.event('X', { a_real: 1.5, b_date: v, c_str: 'y' });
        FS.event('Y', { a_str: 'x' });
        """
    }
    assert lines(files, "FS203") == []


def test_conflicting_types_are_reported_but_the_most_frequent() -> None:
    files = {
        "a.js": "FS.event('X', { a_str: 'x' });\nFS.event('X', { a_int: 1 });\nFS.event('X', { a_int: 2 });\n",
        "b.py": IMPORT + "track_server_event('X', 'u_1', {'a': True})\ntrack_server_event('X', 'u_1', {'a': 3})\n",
    }
    assert lines(files, "FS203") == [("a.js", 1), ("b.py", 2)]
    assert lines(files | plan("      a: {type: int}"), "FS203") == []


def test_two_properties_of_one_call_are_no_conflict() -> None:
    assert lines(js("total_str: v, total_real: w"), "FS203") == []


def test_at_a_tie_the_first_call_is_right() -> None:
    files = {"a.js": "FS.event('X', { a_str: 'x' });\nFS.event('X', { a_int: 1 });\n"}
    assert lines(files, "FS203") == [("a.js", 2)]


# --------------------------------------------------------------------------------------------------------- FS604, FS606

SILENT_SENSITIVE = (
    "has_password is_secret needs_pin password_count api_key_hash token_type card_number_masked pin_length "
    "secret_present passport_verified tax_id_valid password_strength password_changed password_reset token_status "
    "token_id ssn_last4 max_tokens total_tokens tokens_used input_tokens prompt_token_count password_bool pin_int "
    "secretary pint company tokenizer passwordless spinner key card number spanner opinion"
)

SENSITIVE = (
    "password passwd pwd pin secret token access_token refresh_token refreshToken api_key apiKey APIKey credential "
    "card_number cardNumber cardnumber pan cvv cvc ssn social_security iban account_number routing_number passport "
    "tax_id user_password new_password_str clientSecret resetToken userSSN tokens cvv_int ssn_int"
)


@pytest.mark.parametrize("name", SILENT_SENSITIVE.split())
def test_names_that_are_not_sensitive(name: str) -> None:
    assert lines(js(f"{name}: v"), "FS604") == []


@pytest.mark.parametrize("name", SENSITIVE.split())
def test_sensitive_names(name: str) -> None:
    assert lines(js(f"{name}: v"), "FS604") == [("a.js", 3)]


def test_sensitive_names_with_harmless_values() -> None:
    assert lines(js("password: !!v, pin: 4, token: v.length"), "FS604") == []
    assert lines(js("ssn: 123456789, cvv: 123"), "FS604") == [("a.js", 3), ("a.js", 3)]


def test_sensitive_objects_and_user_properties() -> None:
    assert lines(js("credentials: { password: v, user_str: 'x' }"), "FS604") == [("a.js", 3)]
    assert lines(js("cart: { card_number: v }"), "FS604") == [("a.js", 3)]
    assert lines({"a.js": "FS.identify('u_1', { ssn_str: v });\n"}, "FS604") == [("a.js", 1)]


def test_sensitive_log_texts() -> None:
    files = {
        "a.js": """
        export function f(user, password) {
          FS.log('warn', `login of ${user.id} failed`);
          FS.log('warn', 'the password is wrong');
          FS.log('warn', `token: ${user.tokenCount}`);
          FS.log('warn', `pass ${password}`);
          FS('log', { level: 'error', msg: 'token ' + user.accessToken });
        }
        """
    }
    assert lines(files, "FS604") == [("a.js", 5), ("a.js", 6)]


SILENT_PERSONAL = (
    "email_count has_email is_mobile email_domain phone_type email_verified email_hash wallet_address mac_address "
    "address_id street_count name display_name username emailed mobile_bool addresses_int email_template"
)

PERSONAL = (
    "email phone mobile dob date_of_birth birthday birth_date address street first_name firstName lastName full_name "
    "ip_address ipAddress userEmail shipping_address billingAddress home_address email_str phone_number"
)


@pytest.mark.parametrize("name", SILENT_PERSONAL.split())
def test_names_that_are_not_personal(name: str) -> None:
    assert lines(js(f"{name}: v"), "FS606") == []


@pytest.mark.parametrize("name", PERSONAL.split())
def test_personal_names(name: str) -> None:
    assert lines(js(f"{name}: v"), "FS606") == [("a.js", 3)]


def test_personal_data_is_fine_in_user_properties() -> None:
    files = {
        "a.js": """
        FS.identify('u_1', { email: 'a', phone_str: 'b' });
        FS('setProperties', { type: 'user', properties: { phone: 'b' } });
        FS.setVars('page', { pageName: 'x', email_str: v });
        """
    }
    assert lines(files, "FS606") == [("a.js", 3)]


def test_a_sensitive_name_is_one_finding() -> None:
    files = js("api_key: v")
    assert [code for code, _, _ in findings(files, ["FS301", "FS604", "FS606"])] == ["FS604"]


def test_the_example_suffix_is_one_that_the_name_suggests() -> None:
    source = "export function f(u) { FS.event('A', { isAdmin: u.a, seat_count: u.b, createdAt: u.c, plan: u.d, netPrice: u.e }); }\n"
    helps = [d.help.rsplit(" ", 1)[-1] for d in run({"web/a.ts": source}, ["FS301"])[0]]
    assert helps == ["`isAdmin_bool`", "`seat_count_int`", "`createdAt_date`", "`plan_str`", "`netPrice_real`"]


def test_what_a_declared_mapping_holds() -> None:
    files = {
        "a.ts": "export function f(m: Record<string, number>, k: string) {\n"
        "  FS.event('X', { a_str: m.x, b_int: m.y, c_str: m[k], d_str: m[k].toFixed(1) });\n}\n",
        "a.py": "from telemetry import track_server_event\n\n\ndef f(m: dict[str, int], u, k):\n"
        "    track_server_event('X', u.id, {'a': m['x'], 'b': m[k], 'c': m.x, 'd_str': m['y']})\n",
    }
    found = findings(files, ["FS302", "FS309"])
    assert sorted(found) == [("FS302", "a.py", 5), ("FS302", "a.ts", 2), ("FS302", "a.ts", 2), ("FS309", "a.py", 5)]
