"""The registry: what is read of it, what is wrong in it and at which line, and that its JSON Schema says the same."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fslint.patterns import Pattern, PatternError, compile_format, compile_pattern
from fslint.registry import Registry, load, match_property, schema
from fslint.registry_kept import digest, dump
from fslint.registry_kept import load as load_kept
from fslint.rulebook import pages
from fslint.yamlnodes import resolve

FULL = """\
version: 1
naming: title_case
user_id: {type: string, format: "user_{id}"}
common_properties:
  app_version: {type: str}
events:
  Payment Processed:
    description: Stripe confirmed the charge.
    side: server
    reviewed: false
    status: active
    aliases: [Payment Done]
    critical: true
    owner: payments
    properties:
      amount: {type: real, required: true, minimum: 0}
      currency: {type: str, required: true, enum: [EUR, USD]}
      country: {type: str, enum: [NO, SE, on, 12:30]}
      address: {type: object, properties: {city: {type: str}}}
      discount: {type: real, nullable: true, required: {server: true}}
    additional_properties: false
  Payment Sent:
    side: client
    status: deprecated
    replaced_by: Payment Done
user_properties:
  plan: {type: str, enum: [free, pro]}
page_properties: {}
"""

VALID = {
    "the example of the design": FULL,
    "an event in one line": "events:\n  Cart Viewed: {side: client}\n",
    "a naming pattern": "naming: {pattern: '[A-Z].*'}\nevents: {}\n",
    "a user ID pattern": "user_id: {type: string, pattern: '^[0-9]{6,10}$'}\n",
    "objects in Order Completed": "events:\n  Order Completed:\n    side: server\n    properties:\n"
    "      items: {type: objects, properties: {sku: {type: str}}}\n",
    "empty sections": "version: 1\nevents:\nuser_properties:\n",
    "a noun that ends like a suffix": "events:\n  Booked:\n    side: client\n    properties:\n"
    "      start: {type: str}\n      start_date: {type: date}\n      sign_up_date: {type: date}\n",
    "an anchor that is used again": "events:\n  A: {side: client, properties: &p {n: {type: int}}}\n"
    "  B: {side: server, properties: *p}\n",
    "names that YAML 1.1 would not keep": "events:\n  NO: {side: client}\n  12:30: {side: client}\n  1: {side: client}\n",
    "a null in a nullable enum": "events: {A: {side: both, properties: {x: {type: str, nullable: true, enum: [a, null]}}}}",
}

# what is wrong, text (one event unless it begins with another key), lines of the findings, a piece of the message
INVALID: list[tuple[str, str, list[int], str]] = [
    ("unknown side", "events:\n  A:\n    side: browser\n", [3], "browser"),
    ("no side", "events:\n  A:\n    owner: web\n", [2], "no side"),
    ("no body", "events:\n  A:\n", [2], "no side"),
    ("unknown type", "events:\n  A:\n    side: client\n    properties:\n      n: {type: float}\n", [5], "float"),
    ("no type", "events:\n  A:\n    side: client\n    properties:\n      n: {required: true}\n", [5], "no type"),
    ("type alone", "events:\n  A:\n    side: client\n    properties:\n      n: int\n", [5], "mapping"),
    ("event twice", "events:\n  A: {side: client}\n  B: {side: client}\n  A: {side: server}\n", [4], "twice"),
    ("key twice", "events:\n  A:\n    side: client\n    owner: a\n    owner: b\n", [5], "twice"),
    (
        "property twice",
        "events:\n  A:\n    side: client\n    properties:\n      n: {type: int}\n      n: {type: str}\n",
        [6],
        "twice",
    ),
    (
        "property with and without suffix",
        "events:\n  A:\n    side: client\n    properties:\n      amount_real: {type: real}\n      amount: {type: real}\n",
        [6],
        "one property",
    ),
    ("alias twice", "events:\n  A: {side: client, aliases: [X]}\n  B: {side: client, aliases: [X]}\n", [3], "twice"),
    (
        "alias of a later event's name",
        "events:\n  A: {side: client, aliases: [B]}\n  B: {side: client}\n",
        [3],
        "also an alias of `A`",
    ),
    (
        "alias of an earlier event's name",
        "events:\n  A: {side: client}\n  B: {side: client, aliases: [A]}\n",
        [3],
        "name of an",
    ),
    ("alias of itself", "events:\n  A: {side: client, aliases: [A]}\n", [2], "name of an event"),
    ("aliases no list", "events:\n  A:\n    side: client\n    aliases: B\n", [4], "list"),
    ("unknown key", "events:\n  A:\n    side: client\n    onwer: web\n", [4], "onwer"),
    ("unknown top key", "version: 1\nevent:\n  A: {side: client}\n", [2], "unknown key `event`"),
    ("unknown version", "version: 2\nevents: {}\n", [1], "version"),
    ("unknown status", "events:\n  A:\n    side: client\n    status: draft\n", [4], "draft"),
    ("unknown naming", "naming: Title Case\nevents: {}\n", [1], "Title Case"),
    ("yes is no boolean", "events:\n  A:\n    side: client\n    critical: yes\n", [4], "true or false"),
    ("successor unknown", "events:\n  A:\n    side: client\n    replaced_by: Z\n", [4], "not registered"),
    ("successor itself", "events:\n  A:\n    side: client\n    replaced_by: A\n", [4], "itself"),
    ("minimum of a text", "events: {A: {side: both, properties: {n: {type: str,\n  minimum: 1}}}}\n", [2], "apply"),
    ("minimum is text", "events: {A: {side: both, properties: {n: {type: int,\n  minimum: low}}}}\n", [2], "number"),
    (
        "minimum over maximum",
        "events: {A: {side: both, properties: {n: {type: int,\n minimum: 9, maximum: 1}}}}",
        [2],
        "above",
    ),
    (
        "enum of another type",
        "events: {A: {side: both, properties: {n: {type: str, enum: [a,\n  1]}}}}\n",
        [2],
        "no str",
    ),
    ("enum no list", "events: {A: {side: both, properties: {n: {type: str,\n  enum: a}}}}\n", [2], "list"),
    ("pattern broken", "events: {A: {side: both, properties: {n: {type: str,\n  pattern: '('}}}}\n", [2], "pattern"),
    (
        "pattern refused",
        "events: {A: {side: both, properties: {n: {type: str,\n  pattern: '(a)\\1'}}}}\n",
        [2],
        "back-ref",
    ),
    (
        "objects elsewhere",
        "events:\n  A:\n    side: client\n    properties:\n      l: {type: objects}\n",
        [5],
        "Order Completed",
    ),
    ("format without hole", "user_id:\n  format: user\n", [2], "same for every user"),
    ("format and pattern", "user_id:\n  format: 'u_{id}'\n  pattern: u.*\n", [3], "both"),
    ("user ID type", "user_id:\n  type: int\n  format: '{id}'\n", [2], "string"),
    (
        "required for an unknown side",
        "events: {A: {side: both, properties: {n: {type: int, required: {\n web: true}}}}}",
        [2],
        "web",
    ),
    ("events no mapping", "events:\n  - A\n", [2], "mapping"),
    ("root no mapping", "- A\n", [1], "mapping"),
    ("empty", "# nothing yet\n", [1], "empty"),
    ("key no text", "events:\n  ? [a]\n  : {side: client}\n", [2], "text"),
    ("merge key", "events:\n  A: &a {side: client}\n  B:\n    <<: *a\n    side: client\n", [4], "merge"),
    ("not YAML", "events:\n  A: {side: client\n  B: x\n", [3], "not YAML"),
    ("a quote that never ends", "events:\n  A:\n    side: 'client\n\n", [3], "not YAML"),
    ("a tab", "events:\n\tA: {side: client}\n", [2], "not YAML"),
    ("a tag", "events:\n  A: !!python/object:os.system {side: client}\n", [2], "tag"),
    ("two documents", "events: {}\n---\nevents: {}\n", [2], "document"),
    ("control character", "events:\n  A\x01: {}\n", [2], "not allowed"),
    ("unknown anchor", "events:\n  A: *nobody\n", [2], "anchor"),
    ("anchor within itself", "events: &e\n  A: *e\n", [2], "inside its own"),
]


def lines(registry: Registry, text: str) -> list[int]:
    data = text.encode()
    return [data.count(b"\n", 0, problem.place.start) + 1 for problem in registry.problems]


@pytest.mark.parametrize("text", VALID.values(), ids=VALID)
def test_a_valid_registry_has_no_problems_and_fits_the_schema(text: str) -> None:
    assert [problem.message for problem in load({"events.yaml": text.encode()}).problems] == []
    jsonschema.validate(_as_json(text), json.loads(schema()))


@pytest.mark.parametrize(("text", "where", "message"), [row[1:] for row in INVALID], ids=[row[0] for row in INVALID])
def test_each_mistake_is_one_finding_at_its_own_line(text: str, where: list[int], message: str) -> None:
    registry = load({"events.yaml": text.encode()})
    assert lines(registry, text) == where
    assert message in registry.problems[0].message
    assert {problem.code for problem in registry.problems} == {"FS002"}


SCHEMA_KNOWS = [
    "unknown side",
    "no side",
    "no body",
    "unknown type",
    "no type",
    "type alone",
    "aliases no list",
    "unknown key",
    "unknown top key",
    "unknown version",
    "unknown status",
    "unknown naming",
    "yes is no boolean",
    "minimum of a text",
    "minimum is text",
    "enum no list",
    "format without hole",
    "format and pattern",
    "user ID type",
    "required for an unknown side",
    "events no mapping",
    "root no mapping",
]


@pytest.mark.parametrize("name", SCHEMA_KNOWS)
def test_the_schema_refuses_what_load_refuses(name: str) -> None:
    text = next(row[1] for row in INVALID if row[0] == name)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(_as_json(text), json.loads(schema()))


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema()))


def test_everything_of_an_event_is_read() -> None:
    registry = load({"events.yaml": FULL.encode()})
    event = registry.events["Payment Processed"]
    assert (event.side, event.reviewed, event.status, event.critical, event.owner) == (
        "server",
        False,
        "active",
        True,
        "payments",
    )
    assert event.allows("server") and not event.allows("client")
    amount, discount = event.properties["amount"], event.properties["discount"]
    assert (amount.type, amount.minimum, amount.required.on("client")) == ("real", 0, True)
    assert (discount.required.on("client"), discount.required.on("server"), discount.nullable) == (False, True, True)
    assert event.properties["country"].enum == ("NO", "SE", "on", "12:30")
    assert event.properties["address"].properties["city"].type == "str"
    assert registry.resolve("Payment Done") is event
    assert registry.events["Payment Sent"].replaced_by == "Payment Done"
    assert next(iter(registry.expected(event))) == "app_version"
    assert registry.user_properties is not None and registry.page_properties == {}


def test_places_are_byte_spans_also_after_characters_of_several_bytes() -> None:
    data = '\ufeffevents:\n  "Größe 🙂 gewählt": {side: client}\n  Später: {side: nowhere}\n'.encode()
    registry = load({"events.yaml": data})
    body = data.removeprefix(b"\xef\xbb\xbf")
    place = registry.events["Später"].place
    assert body[place.start : place.end].decode() == "Später"
    wrong = registry.problems[0].place
    assert body[wrong.start : wrong.end] == b"nowhere"


def test_the_rest_of_a_registry_is_used_where_a_part_is_wrong() -> None:
    registry = load({"events.yaml": b"events:\n  A: {side: nowhere}\n  B: {side: client, owner: [x]}\n"})
    assert list(registry.events) == ["A", "B"]
    assert registry.complete
    assert registry.events["A"].allows("client") and registry.events["A"].allows("server")


def test_a_file_that_is_no_yaml_makes_the_registry_incomplete() -> None:
    registry = load({"a.yaml": b"events: {A: {side: client}}\n", "b.yaml": b"events: {B: [\n"})
    assert list(registry.events) == ["A"]
    assert not registry.complete
    assert [problem.place.path for problem in registry.problems] == ["b.yaml"]


def test_a_plan_may_be_split_over_files() -> None:
    first = b"version: 1\nevents:\n  A: {side: client, replaced_by: B}\ncommon_properties: {v: {type: str}}\n"
    second = b"version: 1\nevents:\n  B: {side: server}\n  A: {side: server}\ncommon_properties: {v: {type: str}}\n"
    registry = load({"web.yaml": first, "api.yaml": second})
    assert list(registry.events) == ["A", "B"]
    assert registry.events["A"].side == "client"
    assert [(p.place.path, second[: p.place.start].count(b"\n") + 1) for p in registry.problems] == [
        ("api.yaml", 4),
        ("api.yaml", 5),
    ]
    assert registry.problems[0].related[0].place.path == "web.yaml"


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("payment_processed", "Payment Processed"),
        ("Payment Procesed", "Payment Processed"),
        ("payment done", "Payment Processed"),
        ("Newsletter Opened", None),
    ],
)
def test_the_nearest_name(sent: str, meant: str | None) -> None:
    assert load({"events.yaml": FULL.encode()}).nearest(sent) == meant


def test_a_property_is_found_exactly_first_then_without_its_suffix() -> None:
    text = b"events: {A: {side: client, properties: {start: {type: str}, start_date: {type: date}, n: {type: int}}}}"
    properties = load({"e.yaml": text}).events["A"].properties
    assert match_property(properties, "start_date") is properties["start_date"]
    assert match_property(properties, "start_str") is properties["start"]
    assert match_property(properties, "n_real") is properties["n"]
    assert match_property(properties, "n_number") is None


@pytest.mark.parametrize("word", ["NO", "on", "off", "yes", "y", "12:30", "0777x", "1_000", "2024-01-15", "="])
def test_yaml_1_1_surprises_are_strings(word: str) -> None:
    assert resolve(word) == word


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("FALSE", False),
        ("", None),
        ("~", None),
        ("0o17", 15),
        ("0xF", 15),
        ("-1", -1),
        ("010", 10),
        ("1e3", 1000.0),
    ],
)
def test_core_schema_scalars(word: str, value: object) -> None:
    assert resolve(word) == value and type(resolve(word)) is type(value)


def test_an_alias_bomb_is_refused_with_its_line_and_in_no_time() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
    text = "\n".join(rows) + "\n"
    started = time.monotonic()
    registry = load({"events.yaml": text.encode()})
    assert time.monotonic() - started < 30  # a moment, or for ever
    assert not registry.complete
    assert "too much" in registry.problems[0].message
    assert lines(registry, text) == [6]


@pytest.mark.parametrize("deep", ["[" * 5000, "a: " + "{a: " * 500, "- " * 3000, "? " * 3000])
def test_deep_nesting_is_refused_not_a_crash(deep: str) -> None:
    assert not load({"events.yaml": deep.encode()}).complete


@given(st.binary(max_size=200))
def test_no_content_raises(data: bytes) -> None:
    load({"events.yaml": data})
    load({"events.yaml": b"events:\n  A:\n    side: " + data})


@given(st.text(alphabet="[]{}:,-&*!|>'\"#%@`? \nabc1~<", max_size=80))
def test_no_yaml_like_text_raises_and_places_stay_in_the_file(text: str) -> None:
    for problem in load({"events.yaml": text.encode()}).problems:
        assert 0 <= problem.place.start <= problem.place.end <= len(text.encode()) + 1


@pytest.mark.parametrize(
    ("pattern", "fits", "fails"),
    [
        ("^[0-9]{6,10}$", "1234567", "seller-20077"),
        ("[A-Z]{3}", "EUR", "EURO"),  # without anchors: the whole text
        ("^/", "/home", "home"),  # with one: searched for
        (r"\.com$", "shop.com", "shop.company"),
        ("(?i)abc|d+", "ABC", "abcd"),
        (r"\bfoo\b$", "a foo", "afoo"),
        ("(?<year>[0-9]{4})-[^-]+", "2024-x", "2024--"),
        ("a{2,}b?", "aaab", "ab"),
        ("", "", "x"),
    ],
)
def test_patterns(pattern: str, fits: str, fails: str) -> None:
    assert compile_pattern(pattern).matches(fits)
    assert not compile_pattern(pattern).matches(fails)


@given(
    st.text(alphabet="ab1_", max_size=8),
    st.sampled_from([r"[ab]+_?\d*", r"(a|b1)*_", r"a?b?1?_?", r"^a.*_$", r"\w{2,4}", r"b(?:1|_)+?", r"^\D|1$", r"a\b"]),
)
def test_patterns_agree_with_re(text: str, pattern: str) -> None:
    search = "^" in pattern or "$" in pattern
    expected = re.search(pattern, text) if search else re.fullmatch(pattern, text)
    assert compile_pattern(pattern).matches(text) == bool(expected)


@pytest.mark.parametrize(
    ("parts", "possible"),
    [
        (["user_", None], True),
        ([None], True),
        ([None, "_7"], True),
        (["u", None], True),
        (["u-", None], False),
        (["user_"], False),
        (["12345"], False),
    ],
)
def test_a_format_against_texts_of_which_parts_are_known(parts: list[str | None], possible: bool) -> None:
    assert compile_format("user_{id}").could_match(parts) is possible


def test_a_pattern_against_texts_of_which_parts_are_known() -> None:
    pattern = compile_pattern("^[0-9]{6,10}$")
    assert pattern.could_match(["12", None, "34"])
    assert not pattern.could_match([None, "-x"])
    assert not pattern.could_match(["12345678901", None])


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a|a?)*b", "a*a*a*a*a*a*b", "(.*a){12}$"])
def test_no_pattern_is_slow(pattern: str) -> None:
    started = time.monotonic()
    assert compile_pattern(pattern, whole=True).matches("a" * 999 + "!") is False
    assert time.monotonic() - started < 30  # a moment, or for ever


@pytest.mark.parametrize(
    "pattern", ["(((){1000}){1000}){1000}", "a{5000}", "(a)\\1", "a(?=b)", "[", "x" * 2000, "(" * 1000 + ")"]
)
def test_what_is_no_pattern_or_too_large_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


class _Core(yaml.SafeLoader):
    """A second reading of YAML 1.2's scalars, by PyYAML's own composer, with string keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[str, object]:
        return {str(key.value): self.construct_object(value, deep=True) for key, value in node.value}


_Core.add_constructor("tag:yaml.org,2002:map", lambda loader, node: loader.construct_mapping(node))
_Core.yaml_implicit_resolvers = {}
for _first, _tag, _pattern in (
    ("tf", "bool", "^(?:true|false)$"),
    ("n", "null", "^null$"),
    ("~", "null", "^~$"),
    ("-0123456789", "int", "^-?[0-9]+$"),
):
    _Core.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))
_Core.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^$"), [""])


def _as_json(text: str) -> object:
    return yaml.load(text, Loader=_Core)


# --------------------------------------------------------------------------------------------------------- the cache


def registries() -> Iterator[bytes]:
    """The registries of all examples of the rule pages, and the full one."""
    yield FULL.encode()
    for page in pages().values():
        for example in page.examples:
            yield from (file.text.encode() for file in example.files if file.path == "events.yaml")


def told(registry: Registry) -> str:
    """All that a registry says, its patterns by what they were made of."""
    return re.sub(r"<fslint\.patterns\.Pattern object at \w+>", lambda _: "pattern", repr(registry))


def test_a_kept_registry_is_the_one_that_was_read() -> None:
    kept = 0
    for text in registries():
        registry = load({"events.yaml": text})
        data = dump(registry)
        if registry.problems or not registry.complete:
            assert data is None
        elif data is not None:
            again = load_kept(data)
            assert again is not None and told(again) == told(registry)
            assert [(p.source, p.whole) for p in patterns(again)] == [(p.source, p.whole) for p in patterns(registry)]
            kept += 1
    assert kept > 30


def patterns(registry: Registry) -> list[Pattern]:
    found = [registry.user_id.pattern] if registry.user_id is not None else []
    found += [registry.naming.pattern] if registry.naming is not None and registry.naming.pattern is not None else []
    tables = [registry.common_properties, *(event.properties for event in registry.events.values())]
    return found + [p.pattern for table in tables for p in table.values() if p.pattern is not None]


def test_no_key_and_nothing_else_is_kept() -> None:
    key = "na1." + "Ab3dE5fG7hJ9kL1m" * 5
    assert (
        dump(load({"events.yaml": f"version: 1\nevents:\n  A: {{side: client, description: '{key}'}}\n".encode()}))
        is None
    )
    assert dump(load({"events.yaml": b"version: 1\nevents:\n  A: {side: nowhere}\n"})) is None
    whole = dump(load({"events.yaml": b"version: 1\nevents:\n  A: {side: client}\n"}))
    assert whole is not None and load_kept(whole) is not None
    for junk in (b"", b"\xc1", whole[:-1], b"[1]", b"\x81\xa5paths\x01"):
        assert load_kept(junk) is None


def test_other_texts_and_programs_are_told_apart() -> None:
    digests = {
        digest(texts, program)
        for texts in ({"a": b"bc"}, {"ab": b"c"}, {"a": b"b", "c": b""}, {"c": b"", "a": b"b"})
        for program in (b"1", b"2")
    }
    assert len(digests) == 8
