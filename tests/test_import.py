"""``fslint registry import``: other tools' tracking plans, in the forms that their documentation gives."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fslint import importing, registry
from fslint.cli import main
from fslint.importing import ImportingError
from fslint.registry_text import render


def imported(text: str | bytes, form: str | None = None, side: str | None = None) -> tuple[registry.Registry, str]:
    """The registry of a plan, which is valid, and what could not be taken as one text."""
    data = text.encode() if isinstance(text, str) else text
    _, plan = importing.read(data, form, side)
    found = registry.load({"events.yaml": render(plan.plan(["made of x"])).encode()})
    assert not found.problems
    return found, "\n".join(plan.left)


def described(properties: dict[str, registry.Property] | None) -> dict[str, str]:
    """Properties as their type, with ``!`` where they are required and ``?`` where they may be null."""
    return {name: p.type + "!" * bool(p.required) + "?" * p.nullable for name, p in (properties or {}).items()}


MESSAGE = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "labels": {},
    "properties": {
        "context": {},
        "traits": {},
        "properties": {
            "type": "object",
            "properties": {
                "order_id": {"type": ["string"], "description": "The order"},
                "total": {"type": ["number", "null"], "minimum": 0, "maximum": 9},
                "count": {"type": "integer"},
                "gift": {"type": "boolean"},
                "paid_at": {"type": "string", "format": "date-time"},
                "plan": {"type": "string", "enum": ["free", "NO", "12:30"], "pattern": "^[a-z]+$"},
                "skus": {"type": "array", "items": {"type": "string"}},
                "lines": {"type": "array", "items": {"type": "object", "properties": {}}},
                "mixed": {"type": ["string", "number"]},
                "any": {},
                "address": {
                    "type": "object",
                    "properties": {"city": {"type": "string"}, "zip": {}},
                    "required": ["city"],
                },
            },
            "required": ["order_id", "total"],
        },
    },
}
TRAITS = {"type": "object", "properties": {"traits": {"type": "object", "properties": {"plan": {"type": "string"}}}}}
EXPECTED = {
    "order_id": "str!", "total": "real!?", "count": "int", "gift": "bool", "paid_at": "date", "plan": "str",
    "skus": "strs", "address": "object",
}  # fmt: skip

CONFIG_API = {
    "name": "workspaces/w/tracking-plans/rs_1",
    "display_name": "Shop",
    "rules": {
        "events": [
            {"name": "Order Paid", "version": 1, "description": "old", "rules": {}},
            {"name": "Order Paid", "version": 2, "description": "It was\npaid", "rules": MESSAGE},
        ],
        "identify": TRAITS,
        "group": TRAITS,
        "identify_traits": [],
        "group_traits": [],
    },
}
PUBLIC_API = {
    "data": {
        "trackingPlan": {"id": "tp_1", "name": "Shop", "type": "LIVE"},
    }
}
RULES = {
    "rules": [
        {"type": "TRACK", "key": "Order Paid", "version": 1, "jsonSchema": {**MESSAGE, "description": "It was\npaid"}},
        {"type": "IDENTIFY", "key": None, "version": 1, "jsonSchema": json.dumps(TRAITS)},
        {"type": "COMMON", "key": None, "version": 1, "jsonSchema": MESSAGE},
    ],
    "pagination": {"totalEntries": 3},
}


@pytest.mark.parametrize("plan", [CONFIG_API, {"tracking_plans": [CONFIG_API]}, RULES, {"data": RULES}])
def test_segment(plan: object) -> None:
    found, left = imported(json.dumps(plan))
    event = found.events["Order Paid"]
    assert described(event.properties) == EXPECTED
    assert event.description == "It was\npaid"
    assert (event.side, event.reviewed, event.additional_properties) == ("both", False, True)
    assert event.properties["plan"].enum == ("free", "NO", "12:30")
    assert (event.properties["total"].minimum, event.properties["total"].maximum) == (0, 9)
    assert described(event.properties["address"].properties) == {"city": "str!"}
    assert described(found.user_properties) == {"plan": "str"}
    for line in (
        "lines of Order Paid: FullStory takes no arrays of objects",
        "mixed of Order Paid",
        "any of Order Paid",
        "address.zip of",
    ):
        assert line in left


def test_rudderstack() -> None:
    rules = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {
            "properties": {
                "type": "object",
                "additionalProperties": True,
                "properties": {"sku": {"$ref": "#/$defs/sku"}, "loop": {"$ref": "#/$defs/loop"}},
                "required": ["sku"],
            }
        },
        "$defs": {"sku": {"type": "string"}, "loop": {"$ref": "#/$defs/loop"}},
    }
    event = {"id": "ev_1", "name": "Viewed", "description": "d", "eventType": "track", "identitySection": "properties"}
    plan = {
        "id": "tp_1",
        "name": "Plan",
        "version": 3,
        "events": [
            {**event, "rules": rules},
            {"name": "", "eventType": "identify", "identitySection": "traits", "rules": TRAITS},
            {"name": "", "eventType": "page", "identitySection": "properties", "rules": {}},
        ],
    }
    form, _ = importing.read(json.dumps(plan).encode())
    found, left = imported(json.dumps(plan))
    assert form == "rudderstack"
    assert described(found.events["Viewed"].properties) == {"sku": "str!"}
    assert found.events["Viewed"].additional_properties
    assert described(found.user_properties) == {"plan": "str"}
    assert "page calls" in left and "loop of Viewed" in left


def test_avo() -> None:
    def event(name: str, sources: list[str], properties: dict[str, object], **more: object) -> dict[str, object]:
        schema = {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
        return {
            "id": "x",
            "name": name,
            "description": "d",
            "sources": [{"id": s, "name": s, "destinations": []} for s in sources],
            "rules": {
                "type": "object",
                "required": ["properties"],
                "properties": {"properties": schema},
                "nameMapping": [],
            },
            **more,
        }

    plan = {
        "name": "Exported Tracking Plan: main",
        "events": [
            event(
                "page_viewed",
                ["Website"],
                {"title": {"id": "1", "type": "string"}, "kind": {"type": "string", "const": "a"}},
            ),
            event("paid", ["Node.js Backend"], {"amount": {"type": "number"}}),
            event("paid", ["Node.js Backend"], {"coupon": {"type": "string"}}, eventType="variant"),
            event(
                "opened",
                ["iOS", "Python server"],
                {},
                stakeholderDomains=[{"id": "1", "name": "Growth", "isOwner": True}],
            ),
        ],
        "metrics": {"m": {}},
        "sources": {},
    }
    form, _ = importing.read(json.dumps(plan).encode())
    found, left = imported(json.dumps(plan))
    assert form == "avo"
    assert {name: e.side for name, e in found.events.items()} == {
        "page_viewed": "client",
        "paid": "server",
        "opened": "both",
    }
    assert described(found.events["paid"].properties) == {"amount": "real", "coupon": "str"}
    assert found.events["page_viewed"].properties["kind"].enum == ("a",)
    assert not found.events["page_viewed"].additional_properties
    assert found.events["opened"].owner == "Growth"
    assert "metrics" in left and "paid is listed several times" in left


AMPLITUDE = """\ufeffAction,Object Type,Object Name,Event Display Name,Object Owner,Object Description,Event Category,Tags,\
Event Source,Property Type,Property Group Names,Event Property Name,Property Description,Property Value Type,\
Property Required,Property Is Array,Enum Values,Const Value,Property Regex,Number Is Integer,Number Property Value Min
,Event,Order Paid,Paid,ana,"Paid, at last",Shop,,Web,,Prices,,,,,,,,,,
,,,,,,,,,Event Property,,plan,The plan,enum,True,False,"free, pro",,,,
,,,,,,,,,Event Property,,"a, b",,number,False,True,,,,True,
,,,,,,,,,Event Property,,count,,number,False,,,,,True,1
,,,,,,,,,Event Property,,thing,,any,,,,,,,
,,,,,,,,,Event Property,,code,,string,,,,,^[a-z]+$,,
,Property Group,Prices,,,,,,,,,,,,,,,,,,
,,,,,,,,,Event Property,,price,,number,True,,,,,,
Ignore,Event,Dropped,,,,,,,,,,,,,,,,,,
,,,,,,,,,Event Property,,lost,,string,,,,,,,
,Event,Sent,,,,,,Node,,,,,,,,,,,,
,Event,Sent,,,,,,Node,Event Property,,x,,boolean,TRUE,,,,,,
"""


@pytest.mark.parametrize("change", [lambda t: t, lambda t: t.replace("\n", "\r\n"), lambda t: t.encode("utf-16")])
def test_amplitude(change: object) -> None:
    assert callable(change)
    found, left = imported(change(AMPLITUDE))
    paid = found.events["Order Paid"]
    assert described(paid.properties) == {
        "plan": "str!", "a, b": "ints", "count": "int", "code": "str", "price": "real!"
    }  # fmt: skip
    assert (paid.side, paid.owner, paid.description) == ("client", "ana", "Paid, at last")
    assert paid.properties["plan"].enum == ("free", "pro") and paid.properties["count"].minimum == 1
    assert paid.properties["code"].pattern is not None
    assert described(found.events["Sent"].properties) == {"x": "bool!"} and found.events["Sent"].side == "server"
    assert "Dropped" not in found.events and "Dropped" in left and "thing of Order Paid" in left


def test_amplitude_user_properties() -> None:
    text = (
        "Action,Property Type,Property Name,Property Description,Property Value Type,Property Is Array\n"
        ",User Property,plan,,string,False\n,User Property,ages,,number,True\nIgnore,User Property,old,,string,\n"
    )
    found, left = imported(text, "amplitude")
    assert found.user_properties is None and "old of user properties" in left
    found, _ = imported(text.replace("Ignore", ""), "amplitude")
    assert described(found.user_properties) == {"plan": "str", "ages": "reals", "old": "str"}


def test_analyze_tracking() -> None:
    text = """\
# yaml-language-server: $schema=https://raw.githubusercontent.com/fliskdata/analyze-tracking/main/schema.json
version: 1
source: {repository: r, commit: c, timestamp: t}
events:
  purchase_completed:
    description: Bought
    implementations:
      - {path: web/Cart.tsx, line: 12, function: pay, destination: segment}
    properties:
      total: {type: number, required: true}
      ok: {type: boolean}
      who: {type: 'string | undefined'}
      size: {type: '"s" | "m"'}
      tags: {type: 'string[]'}
      list: {type: array, items: {type: number}}
      to: {type: object, properties: {city: {type: string}, x: {type: any}}}
      what: {type: any}
      odd: {type: Foo.Bar}
  NO:
    implementations: [{path: api/a.py, line: 1, function: f, destination: custom}]
    properties: {}
"""
    found, left = imported(text)
    event = found.events["purchase_completed"]
    assert (event.side, found.events["NO"].side) == ("client", "server")
    assert described(event.properties) == {
        "total": "real!", "ok": "bool", "who": "str", "size": "str", "tags": "strs", "list": "reals", "to": "object"
    }  # fmt: skip
    assert event.properties["size"].enum == ("s", "m")
    assert event.additional_properties and not found.events["NO"].additional_properties
    assert "odd of purchase_completed: there is no type Foo.Bar" in left and "to.x of" in left


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "{", '{"events": []}', '{"events": 5}', "a,b\n1,2\n", "events: 5\n", "events: [\n", "\0", b"\xff\xfe\xff", '{"rules": {}}', '{"rules": [5]}', "[" * 100_000, "Object Type,Object Name\n", "x" * 100],
)  # fmt: skip
def test_what_is_no_plan_is_said(text: str | bytes) -> None:
    data = text.encode() if isinstance(text, str) else text
    for form in (None, *importing.READERS):
        with pytest.raises(ImportingError):
            importing.read(data, form)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(["a", "a_str", "NO", "12:30", "", " ", "a: b", "<<", "x_date", "x"]) | st.text(max_size=6)
rules = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(
            ["string", "number", "integer", "boolean", "object", "array", ["string", "null"], "any", 5]
        ),
        "enum": st.lists(json_values, max_size=3),
        "items": st.just({"type": "string"}) | json_values,
        "properties": st.dictionaries(names, st.just({"type": "string"}) | json_values, max_size=3) | json_values,
        "required": st.lists(names, max_size=2) | json_values,
        "pattern": st.sampled_from(["^a", "(", "(?=x)", "a{1000,}"]) | json_values,
        "minimum": json_values,
        "description": json_values,
        "const": json_values,
        "additionalProperties": json_values,
        "$ref": st.sampled_from(["#", "#/properties", "x"]),
    },
)
schemas = st.dictionaries(names, rules | json_values, max_size=4).map(
    lambda properties: {"properties": {"properties": {"properties": properties}, "traits": {"properties": properties}}}
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(names, schemas | json_values), max_size=4), st.sampled_from(["segment", "rudderstack", "avo"])
)
def test_whatever_a_plan_holds_the_registry_is_valid(events: list[tuple[str, object]], form: str) -> None:
    listed = [{"name": name, "description": name, "rules": schema, "eventType": "track"} for name, schema in events]
    plan: object = (
        {"rules": {"events": listed, "identify": events[0][1] if events else {}}}
        if form == "segment"
        else {"events": listed}
    )
    with contextlib.suppress(ImportingError):
        imported(json.dumps(plan), form)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            names, st.dictionaries(names, st.sampled_from(["string", "any", "a | b", "'x' | 'y'", "object[]", "[]"]))
        )
    )
)
def test_whatever_analyze_tracking_found_the_registry_is_valid(events: list[tuple[str, dict[str, str]]]) -> None:
    listed = {n: {"implementations": [], "properties": {k: {"type": v} for k, v in p.items()}} for n, p in events}
    with contextlib.suppress(ImportingError):
        imported(json.dumps({"version": 1, "events": listed}), "analyze-tracking")


# ---------------------------------------------------------------------------------------------------- command line


def test_the_registry_goes_to_a_file_that_does_not_exist(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("plan.json").write_text(json.dumps(CONFIG_API))
    assert main(["registry", "import", "plan.json", "--side", "server", "-o", "events.yaml"]) == 0
    said = capsys.readouterr()
    assert not said.out and "not taken: any of Order Paid" in said.err and "1 event of Segment Protocols" in said.err
    assert main(["registry", "check", "events.yaml"]) == 0
    assert "side: server" in Path("events.yaml").read_text()
    assert main(["registry", "import", "plan.json", "-o", "events.yaml"]) == 2
    assert "exists already" in capsys.readouterr().err
    assert main(["registry", "import", "plan.json", "-o", "events.yaml", "--force"]) == 0
    assert main(["registry", "import", "none.json"]) == 2
    capsys.readouterr()
    assert main(["registry", "import", "plan.json"]) == 0
    assert capsys.readouterr().out == Path("events.yaml").read_text()
