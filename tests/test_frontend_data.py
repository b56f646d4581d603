"""The front ends of JSON, YAML and .env files."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fslint import facts as f
from fslint.frontends import data as data_module
from fslint.frontends import extract

KEY = "na1." + "Zm9vYmFy0123456789abcdefXYZ+/" * 3 + "=="


def read(source: str, language: str) -> f.FileFacts:
    facts = extract(source.encode(), language)
    assert f.decode(f.encode(facts)) == facts
    return facts


def plain(value: Any) -> Any:
    """A value as Python has it; later entries win, spreads are put in."""
    match value:
        case f.Literal(kind="nan"):
            return float("nan")
        case f.Literal(kind="bigint"):
            return int(str(value.value))
        case f.Literal():
            return value.value
        case f.Secret():
            return f"<{value.kind}>"
        case f.Array():
            return [plain(item) for item in value.items]
        case f.Object():
            result: dict[Any, Any] = {}
            for entry in value.entries:
                result.update(plain(entry.value) if entry.key is None else {plain(entry.key): plain(entry.value)})
            return result
        case f.Unknown():
            return "<unknown>"
    raise AssertionError(value)


def content(source: str, language: str) -> Any:
    [export] = read(source, language).exports
    assert export.name == "="
    return plain(export.value)


# ------------------------------------------------------------------------------------------------------------ JSON

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON, st.booleans(), st.sampled_from([None, 2]))
def test_json_is_read_as_json_reads_it(value: Any, ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert content(text, "json") == json.loads(text)


def test_json_with_comments_and_trailing_commas() -> None:
    assert content('// a\n{"a": [1, 2,], /* b */ "c": {"d": 1e2,},} // e\n', "json") == {"a": [1, 2], "c": {"d": 100}}


@pytest.mark.parametrize(
    "source",
    ["", "{", '{"a" 1}', "[1 2]", '{"a":1,,}', "[,]", "{1:2}", '{"a":}', '{"a"}', "[]]", "{} {}", "nope", "[1}", ":"],
)
def test_what_is_no_json_is_unknown(source: str) -> None:
    assert content(source, "json") == "<unknown>"


def test_places_in_json() -> None:
    source = '{"é": {"name": "Order Placed"}}'
    value = read(source, "json").exports[0].value
    assert isinstance(value, f.Object) and isinstance(value.entries[0].value, f.Object)
    entry = value.entries[0].value.entries[0]
    data = source.encode()
    assert entry.key is not None
    assert data[entry.key.start : entry.key.end] == b'"name"'
    assert data[entry.value.start : entry.value.end] == b'"Order Placed"'


def test_keys_in_json() -> None:
    source = json.dumps({"a": KEY, "apiKey": "abcd1234", "FULLSTORY_API_KEY": "abcd1234efgh5678", KEY: 1})
    facts = read(source, "json")
    assert plain(facts.exports[0].value) == {
        "a": "<shape>",
        "apiKey": "<property>",
        "FULLSTORY_API_KEY": "<named>",
        "<shape>": 1,
    }
    assert [secret.kind for secret in facts.literals] == ["shape", "named", "shape"]
    assert KEY[4:40].encode() not in f.encode(facts)


@pytest.mark.parametrize("language", ["json", "yaml"])
def test_a_key_in_a_file_that_is_not_understood_is_found(language: str) -> None:
    facts = read(f'a: "{KEY}"\n---\nb: [\n', language)
    assert [secret.kind for secret in facts.literals] == ["shape"]


def test_large_and_deep_files_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert content("[" * 100 + "]" * 100, "json") == "<unknown>"
    assert content("[" * 100 + "]" * 100, "yaml") == "<unknown>"
    monkeypatch.setattr(data_module, "MAX_SIZE", 10)
    assert content('["0123456789"]', "json") == "<unknown>"
    assert content("['0123456789']", "yaml") == "<unknown>"


# ------------------------------------------------------------------------------------------------------------ YAML


@given(JSON)
@settings(deadline=None)
def test_yaml_reads_json(value: Any) -> None:
    text = json.dumps(value)
    expected = json.loads(text)
    if content(text, "yaml") != "<unknown>" and "<<" not in text:
        assert content(text, "yaml") == expected


def test_yaml_scalars_are_those_of_1_2() -> None:
    assert content("a: NO\nb: on\nc: 12:30\nd: ~\ne: true\nf: 0o17\n1: x\n", "yaml") == {
        "a": "NO",
        "b": "on",
        "c": "12:30",
        "d": None,
        "e": True,
        "f": 15,
        "1": "x",
    }


def test_yaml_aliases_and_merges() -> None:
    source = "base: &b {x: 1, y: 2}\nc: *b\nd: {<<: *b, x: 3}\ne: {<<: [{x: 5}, *b]}\n"
    read_back = content(source, "yaml")
    assert read_back["c"] == {"x": 1, "y": 2}
    assert read_back["d"] == {"x": 3, "y": 2}
    assert read_back["e"] == {"x": 5, "y": 2}


def test_an_alias_bomb_is_unknown() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert content("\n".join(lines), "yaml") == "<unknown>"


def test_keys_in_yaml() -> None:
    facts = read(
        f"fullstory_api_key: abcd1234efgh5678\nenv:\n- FULLSTORY_API_KEY=abcd1234efgh5678\nx: {KEY} # {KEY}\n", "yaml"
    )
    assert [secret.kind for secret in facts.literals] == ["named", "named", "shape"]
    assert len(facts.comment_keys) == 1
    assert KEY[4:40].encode() not in f.encode(facts)


# ---------------------------------------------------------------------------------------------------- suppressions


def covered(source: str, language: str) -> list[str]:
    facts = read(source, language)
    data = source.encode()
    return [data[s.covers_start : s.covers_end].decode() for s in facts.suppressions]


def test_suppressions_in_yaml() -> None:
    ignore = "# fslint: ignore[FS102]"
    assert covered(f"events:\n  {ignore}\n  Purchase:\n    side: client\n", "yaml") == [f"  {ignore}\n  Purchase"]
    assert covered(f"events:\n  Purchase: {ignore}\n    side: client\n", "yaml") == [f"  Purchase: {ignore}"]
    assert covered(f"a: '{ignore}'\nb: |\n  {ignore}\n", "yaml") == []


def test_suppressions_in_json() -> None:
    ignore = "// fslint: ignore[FS1]"
    assert covered(f'{{\n {ignore}\n "a": 1,\n "b": 2 {ignore}\n}}', "json") == [
        f' {ignore}\n "a": 1',
        f' "b": 2 {ignore}',
    ]


# ---------------------------------------------------------------------------------------------------------- dotenv


def env(source: str) -> dict[str, Any]:
    return {b.name: plain(b.assigns[0].value) for b in read(source, "dotenv").bindings}


def test_env_files() -> None:
    source = (
        'A=1\nexport B = two words  # c\nC="x # y\\n" # c\nD=\'a"b\'\nE=\nF=a#b\nG="two\nlines"\n  H: yaml\n'
        '# I=comment\nbad line\r\nJ=crlf\r\nK="open\nL=last'
    )
    assert env(source) == {
        "A": "1",
        "B": "two words",
        "C": "x # y\n",
        "D": 'a"b',
        "E": "",
        "F": "a#b",
        "G": "two\nlines",
        "H": "yaml",
        "J": "crlf",
        "K": '"open',
        "L": "last",
    }


def test_places_in_env_files() -> None:
    source = "# é\nVITE_FULLSTORY_API_KEY='abcd1234efgh5678'\n".encode()
    [binding] = extract(source, "dotenv").bindings
    [assign] = binding.assigns
    assert source[binding.start : binding.end] == b"VITE_FULLSTORY_API_KEY"
    assert source[assign.value.start : assign.value.end] == b"'abcd1234efgh5678'"
    assert binding.kind == "const" and isinstance(assign.value, f.Secret)


def test_keys_in_env_files() -> None:
    facts = read(
        f"FULLSTORY_API_KEY={KEY}\nVITE_FS_API_KEY=abcd1234efgh5678\nFULLSTORY_ORG=o-ABC12-na1\n"
        f"# {KEY}\n#FULLSTORY_TOKEN=abcd1234efgh5678\nX_API_KEY=your-api-key\n",
        "dotenv",
    )
    assert [secret.kind for secret in facts.literals] == ["shape", "named"]
    assert [use.secret.kind for use in facts.comment_keys] == ["shape", "named"]
    assert KEY[4:40].encode() not in f.encode(facts)


def test_suppressions_in_env_files() -> None:
    ignore = "# fslint: ignore[FS601]"
    assert covered(f"A=1 {ignore}\n{ignore} why\nB=2\n", "dotenv") == [f"A=1 {ignore}", f"{ignore} why\nB=2"]


# -------------------------------------------------------------------------------------------------------- anything


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["json", "yaml", "dotenv"]),
    st.text(alphabet=st.sampled_from("ab1 \n\t:,-[]{}\"'#&*|>=!?\\/é<") | st.characters(codec="utf-8"), max_size=80),
)
def test_any_text_gives_facts(language: str, text: str) -> None:
    facts = read(text, language)
    assert facts.size == len(text.encode())
    for binding in facts.bindings:
        assert 0 <= binding.start <= binding.end <= binding.assigns[0].start <= binding.assigns[0].end <= facts.size


@given(st.text(alphabet="ab: \n-[]{},'\"#", max_size=40))
@settings(deadline=None)
def test_what_yaml_cannot_read_is_unknown(text: str) -> None:
    try:
        yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        assert content(text, "yaml") == "<unknown>"
