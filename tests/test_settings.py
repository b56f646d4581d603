"""The configuration: where it is found, what it says, and where an error in it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import write_project

from fslint.globs import Globs
from fslint.rules.catalogue import CATALOGUE
from fslint.settings import Overrides, Settings, SettingsError, load, resolve_selector
from fslint.toml_positions import positions


def refused(folder: Path, text: str, name: str = "fslint.toml") -> SettingsError:
    write_project(folder, {name: text})
    with pytest.raises(SettingsError) as caught:
        load(folder)
    return caught.value


def loaded(folder: Path, text: str, overrides: Overrides | None = None) -> Settings:
    write_project(folder, {"fslint.toml": text})
    return load(folder, overrides=overrides)


# ------------------------------------------------------------------------------------------------------- the root


def test_without_configuration_the_root_is_the_git_top(tmp_path: Path) -> None:
    write_project(tmp_path, {".git/HEAD": "", "a/b/x.js": ""})
    assert load(tmp_path / "a/b").root == tmp_path


def test_without_configuration_and_git_the_root_is_the_working_directory(tmp_path: Path) -> None:
    write_project(tmp_path, {"a/b/x.js": ""})
    assert load(tmp_path / "a/b").root == tmp_path / "a/b"


def test_a_pyproject_without_the_table_does_not_count(tmp_path: Path) -> None:
    write_project(tmp_path, {"fslint.toml": "", "a/pyproject.toml": "[tool.ruff]\n# fslint\n"})
    assert load(tmp_path / "a").config == tmp_path / "fslint.toml"


def test_the_nearest_configuration_counts(tmp_path: Path) -> None:
    write_project(tmp_path, {"fslint.toml": "", "a/pyproject.toml": "[tool.fslint]\nignore = ['FS201']\n", "a/b/x": ""})
    settings = load(tmp_path / "a/b")
    assert settings.root == tmp_path / "a"
    assert "FS201" not in settings.enabled


def test_configuration_beyond_the_git_top_does_not_count(tmp_path: Path) -> None:
    write_project(tmp_path, {"fslint.toml": "", "a/.git/HEAD": "", "a/b/x": ""})
    settings = load(tmp_path / "a/b")
    assert (settings.root, settings.config) == (tmp_path / "a", None)


def test_config_names_the_file_and_isolated_takes_none(tmp_path: Path) -> None:
    write_project(tmp_path, {"fslint.toml": "ignore = ['FS201']", "sub/my.toml": "ignore = ['FS202']"})
    settings = load(tmp_path, config=Path("sub/my.toml"))
    assert (settings.root, "FS201" in settings.enabled, "FS202" in settings.enabled) == (tmp_path / "sub", True, False)
    assert "FS201" in load(tmp_path, isolated=True).enabled


def test_root_is_taken_as_given(tmp_path: Path) -> None:
    write_project(tmp_path, {"fslint.toml": "ignore = ['FS201']", "sub/x.js": ""})
    settings = load(tmp_path, overrides={"root": "sub"})
    assert (settings.root, settings.config) == (tmp_path / "sub", None)


# --------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('registry = []\nexclud = ["a"]\n', 2, 'unknown key "exclud"; did you mean "exclude"?'),
        ('# one\nselect = [\n  "FS201",\n  "FS2O1",\n]\n', 4, 'unknown rule "FS2O1"; did you mean "FS201"?'),
        ('ignore = ["duplicate-evnt"]', 1, 'did you mean "duplicate-event"?'),
        ("exclude-tests = 1\n", 1, "exclude-tests must be true or false, not a number"),
        ('\n\n"exclude" = 3\n', 3, "exclude must be a list of strings, not a number"),
        ('include = ["a", 3]\n', 1, "include must be a string, not a number"),
        ('server-api = "v3"\n', 1, 'server-api must be "v1" or "v2", not "v3"'),
        ('[severity]\nFS202 = "fatal"\n', 2, 'must be "error", "warning" or "info", not "fatal"'),
        ('[severity]\nFS202 = "error"\nFS2X = "error"\n', 3, 'unknown rule "FS2X"'),
        ('severity = {FS202 = "error",\n', 1, "is not valid TOML"),
        ('[per-file-ignores]\n"a/*.js" = ["FS201"]\n"b/*.js" = ["FSX"]\n', 3, 'unknown rule "FSX"'),
        ('[[apps]]\nname = "a"\npaths = ["a"]\n\n[[apps]]\nname = "b"\n', 5, '[[apps]] lacks "paths"'),
        ('[[apps]]\nname = "a"\npaths = ["a"]\n[[apps]]\npaths = "b"\nname = "a"\n', 6, 'there are two apps "a"'),
        ('[[calls]]\nfunction = "a.b"\nnam = 0\n', 3, 'unknown key "nam" in calls; did you mean "name"?'),
        ('[[calls]]\nfunction = "a b"\n', 2, "must be a dotted name"),
        ('[[calls]]\nfunction = "a"\nname = true\n', 3, "must be a position"),
        ("[calls]\nfunction = 'a'\n", 1, "must be a list of tables: [[calls]]"),
        ('max-file-size = "big"\n', 1, "must be a number of bytes"),
        ("exclude = []\nmax-file-size = -1\n", 2, "must be a number of bytes"),
        ('exclude = []\nregistry = ["plan.yaml"]\n', 2, 'there is no file "plan.yaml"'),
        ('registry = ["/etc/passwd"]\n', 1, '"/etc/passwd" must be below the project\'s root'),
        ('registry = [\n "plan/../../*.yaml"]\n', 2, "must be below the project's root"),
        ('registry = [\n "plans/*.yaml",\n]\n', 2, 'no file matches "plans/*.yaml"'),
        ('linked-facts = ["x.json"]\n', 1, 'there is no file "x.json"'),
        ("[tool.fslint]\nignore = []\n", 1, "the keys stand at the top level"),
        ('a = """\nselect = 3\n"""\nselekt = []\n', 1, 'unknown key "a"'),
        ("select = 2020-01-01\n", 1, "not a date or time"),
    ],
)
def test_an_error_is_shown_where_it_is(tmp_path: Path, text: str, line: int, message: str) -> None:
    error = refused(tmp_path, text)
    assert (error.path, error.line) == ("fslint.toml", line)
    assert message in error.message
    assert str(error) == f"fslint.toml:{line}: {error.message}"


def test_an_error_in_pyproject_is_shown_where_it_is(tmp_path: Path) -> None:
    error = refused(tmp_path, "[project]\nname = 'x'\n\n[tool.fslint]\r\nfail-onn = 'error'\r\n", "pyproject.toml")
    assert (error.path, error.line) == ("pyproject.toml", 5)


def test_a_broken_pyproject_of_somebody_else_is_not_ours(tmp_path: Path) -> None:
    write_project(tmp_path, {"pyproject.toml": "[tool.ruff\n"})
    assert load(tmp_path).config is None


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a = '\xe4'\n", b"\x00"])
def test_a_file_that_is_no_text_is_an_error(tmp_path: Path, content: bytes) -> None:
    write_project(tmp_path, {"fslint.toml": content})
    with pytest.raises(SettingsError):
        load(tmp_path)


def test_missing_files_of_options_are_errors(tmp_path: Path) -> None:
    for call in (
        lambda: load(tmp_path, config=Path("none.toml")),
        lambda: load(tmp_path, overrides={"registry": ["none.yaml"]}),
        lambda: load(tmp_path, overrides={"root": "none"}),
        lambda: load(tmp_path, overrides={"select": ["FS999"]}),
    ):
        with pytest.raises(SettingsError):
            call()


# --------------------------------------------------------------------------------------------------------- values


def test_all_values(tmp_path: Path) -> None:
    write_project(tmp_path, {"plan/a.yaml": "", "plan/b.yaml": "", "other.yaml": "", "facts.json": ""})
    settings = loaded(
        tmp_path,
        """
        registry = "plan/*.yaml"
        include = ["web", "api/**/*.py"]
        exclude = ["legacy"]
        exclude-tests = false
        client = ["packages/sdk/**"]
        server = ["*.worker.ts"]
        authorization = "base64"
        server-api = "v2"
        linked-facts = ["facts.json"]
        require-reason = true
        fail-on = "error"
        max-file-size = "2 MB"
        severity = {FS2 = "error", FS202 = "info"}
        [per-file-ignores]
        "scripts/**" = ["FS5", "exposed-api-key"]
        [[apps]]
        name = "shop"
        paths = ["shop/**"]
        registry = ["other.yaml"]
        server-api = "v1"
        [[calls]]
        function = "analytics.track"
        side = "server"
        name = 0
        user-id = "uid"
        """,
    )
    assert settings.registry == ("plan/a.yaml", "plan/b.yaml")
    assert settings.max_file_size == 2_000_000
    assert settings.severity("FS202") == "info" and settings.severity("FS203") == "error"
    assert settings.ignored_in("scripts/a/b.py") >= {"FS501", "FS601"} and not settings.ignored_in("web/a.ts")
    assert settings.pinned_side("packages/sdk/a.ts") == "client" and settings.pinned_side("a/x.worker.ts") == "server"
    assert settings.app_of("shop/a/b.ts") == "shop" and settings.app_of("x.ts") is None
    assert settings.apps[0].registry == ("other.yaml",)
    assert (settings.calls[0].name, settings.calls[0].user_id, settings.calls[0].properties) == (0, "uid", None)
    assert settings.is_configuration("other.yaml") and settings.is_configuration("fslint.toml")
    assert not settings.is_configuration("web/a.ts")


@pytest.mark.parametrize("name", ["events.yaml", "fslint.events.yaml", "tracking/events.yaml"])
def test_the_registry_is_found_where_it_is_expected(tmp_path: Path, name: str) -> None:
    write_project(tmp_path, {name: ""})
    assert load(tmp_path).registry == (name,)


@pytest.mark.parametrize("config", ["", 'registry = "events.yaml"', 'registry = ["*.yaml"]'])
def test_a_registry_is_not_read_through_a_link_out_of_the_project(tmp_path: Path, config: str) -> None:
    write_project(tmp_path, {"secret": "password", "in/fslint.toml": config, "in/plan/real.yaml": ""})
    (tmp_path / "in/events.yaml").symlink_to(tmp_path / "secret")
    with pytest.raises(SettingsError, match="is a link that leads out of the project"):
        load(tmp_path / "in")
    (tmp_path / "in/events.yaml").unlink()
    (tmp_path / "in/events.yaml").symlink_to("plan/real.yaml")
    assert load(tmp_path / "in").registry == ("events.yaml",)


def test_the_registry_option_is_relative_to_the_working_directory(tmp_path: Path) -> None:
    write_project(tmp_path, {"fslint.toml": "", "sub/my.yaml": ""})
    assert load(tmp_path / "sub", overrides={"registry": ["my.yaml"]}).registry == ("sub/my.yaml",)


# ------------------------------------------------------------------------------------------------ choice of rules

_DEFAULT = {code for code, meta in CATALOGUE.items() if meta.default}


def test_what_is_off_by_default_has_to_be_selected(tmp_path: Path) -> None:
    assert load(tmp_path).enabled == _DEFAULT and "FS508" not in _DEFAULT
    assert load(tmp_path, overrides={"extend_select": ["FS508"]}).enabled == _DEFAULT | {"FS508"}
    assert load(tmp_path, overrides={"select": ["ALL"]}).enabled == set(CATALOGUE)


@pytest.mark.parametrize(
    ("text", "overrides", "inside", "outside"),
    [
        ('select = ["FS2"]', {}, {"FS201", "FS204"}, {"FS101"}),
        ('select = ["FS2"]\nignore = ["FS201"]', {}, {"FS202"}, {"FS201"}),
        ('select = ["FS201"]\nignore = ["FS2"]', {}, {"FS201"}, {"FS202"}),
        ('ignore = ["FS2"]\nextend-select = ["duplicate-event"]', {}, {"FS201", "FS101"}, {"FS202"}),
        ('ignore = ["FS201"]', {"extend_select": ["FS201"]}, {"FS201"}, set()),
        ('ignore = ["FS201"]', {"select": ["FS2"]}, {"FS201"}, {"FS101"}),
        ('select = ["FS1"]', {"ignore": ["FS101"]}, {"FS102"}, {"FS101", "FS201"}),
        ('select = ["all"]\nignore = ["fs508"]', {}, {"FS101"}, {"FS508"}),
    ],
)
def test_the_more_specific_selector_wins(
    tmp_path: Path, text: str, overrides: Overrides, inside: set[str], outside: set[str]
) -> None:
    enabled = loaded(tmp_path, text, overrides).enabled
    assert inside <= enabled and not outside & enabled


@pytest.mark.parametrize("selector", ["", "FS", "F", "FS9", "FS2011", "duplicate", "nothing"])
def test_selectors_that_name_nothing(selector: str) -> None:
    if selector == "FS":
        assert resolve_selector(selector) == set(CATALOGUE)
        return
    with pytest.raises(ValueError, match="unknown rule"):
        resolve_selector(selector)


# ---------------------------------------------------------------------------------------------------------- parts


@pytest.mark.parametrize(
    ("glob", "matches", "misses"),
    [
        ("*.gen.ts", ["a.gen.ts", "a/b.gen.ts"], ["a.ts", "gen.ts"]),
        ("vendor", ["vendor/a.js", "a/vendor/b/c.js"], ["vendors/a.js"]),
        ("web/*.ts", ["web/a.ts"], ["web/a/b.ts", "x/web/a.ts"]),
        ("web/**/*.ts", ["web/a.ts", "web/a/b.ts"], ["web/a.js"]),
        ("/web", ["web/a.ts"], ["a/b.ts"]),
        ("web/", ["web/a.ts", "x/web/a.ts"], []),
        ("a?[bc].{ts,js}", ["axb.ts", "axc.js"], ["ab.ts", "axd.ts"]),
        ("[!a]*.ts", ["b.ts"], ["a.ts"]),
        ("a/**", ["a/b", "a/b/c"], ["b/a/c", "a"]),
        ("a+(b).ts", ["a+(b).ts"], ["aab.ts"]),
    ],
)
def test_globs(glob: str, matches: list[str], misses: list[str]) -> None:
    compiled = Globs([glob])
    assert all(compiled.match(path) for path in matches)
    assert not any(compiled.match(path) for path in misses)


def test_a_later_glob_takes_back() -> None:
    globs = Globs(["web", "!web/keep.ts"])
    assert globs.match("web/a.ts") and not globs.match("web/keep.ts")


@given(st.lists(st.text(alphabet="ab*?[]{}!,/.^-\\\n", max_size=12), max_size=3), st.text(max_size=10))
def test_no_glob_raises(globs: list[str], path: str) -> None:
    Globs(globs).match(path)


@given(st.text(alphabet="[]{}\"'=#.,\n ab1\\", max_size=40))
def test_positions_never_raise_or_hang(text: str) -> None:
    positions(text)


def test_positions_of_nested_things() -> None:
    found = positions(
        "# c\na.b = 1\n[t.\"x.y\"]\nk = [\n 1, # ]\n {z = \"}\",\n w = 2},\n]\n[[l]]\nm = '''\nq = 1\n'''\n[[l]]\n[l.s]\nm = 2\n"
    )
    assert found[("a", "b")] == 2 and found[("t", "x.y", "k")] == 4
    assert found[("t", "x.y", "k", 0)] == 5 and found[("t", "x.y", "k", 1, "w")] == 7
    assert found[("l", 0, "m")] == 10 and found[("l", 1)] == 13 and found[("l", 1, "s", "m")] == 15
    assert ("q",) not in found and ("l", 0, "q") not in found


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_configuration_that_may_not_be_read(tmp_path: Path) -> None:
    write_project(tmp_path, {"fslint.toml": ""})
    (tmp_path / "fslint.toml").chmod(0)
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path)
