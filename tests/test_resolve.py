"""Where imports lead: both languages, over projects that are dictionaries."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fslint.resolve import Resolver
from fslint.resolve.javascript import parse_jsonc, plain_aliases
from fslint.resolve.written import SEPARATOR, key_of_row


def resolver(files: Mapping[str, object]) -> Resolver:
    """A project from {path: content}; content that is no text is written as JSON."""
    contents = {path: (text if isinstance(text, str) else json.dumps(text)).encode() for path, text in files.items()}
    return Resolver("/nowhere", contents, contents.get)


def names(*paths: str) -> dict[str, object]:
    return dict.fromkeys(paths, "")


# ----------------------------------------------------------------------------------------------- JavaScript, relative


@pytest.mark.parametrize(
    ("files", "specifier", "expected"),
    [
        (["src/track.ts"], "./track", "src/track.ts"),
        (["src/track.tsx"], "./track", "src/track.tsx"),
        (["src/track.js"], "./track", "src/track.js"),
        (["src/track.mjs"], "./track", "src/track.mjs"),
        (["src/track.cts"], "./track", "src/track.cts"),
        (["src/track.d.ts"], "./track", "src/track.d.ts"),
        (["src/track.d.ts"], "./track.d", "src/track.d.ts"),
        (["src/track.d.ts", "src/track.js"], "./track", "src/track.js"),
        (["src/track.ts", "src/track.js"], "./track", "src/track.ts"),
        (["src/track.ts"], "./track.js", "src/track.ts"),
        (["src/track.tsx"], "./track.js", "src/track.tsx"),
        (["src/track.tsx"], "./track.jsx", "src/track.tsx"),
        (["src/track.mts"], "./track.mjs", "src/track.mts"),
        (["src/track.ts", "src/track.js"], "./track.js", "src/track.ts"),
        (["src/track.js", "src/track.d.ts"], "./track.js", "src/track.js"),
        (["src/Cart.vue"], "./Cart.vue", "src/Cart.vue"),
        (["src/Cart.vue"], "./Cart", "src/Cart.vue"),
        (["src/Cart.svelte"], "./Cart.svelte", "src/Cart.svelte"),
        (["src/events.json"], "./events.json", "src/events.json"),
        (["src/events.json"], "./events", "src/events.json"),
        (["src/events.yaml"], "./events.yaml", "src/events.yaml"),
        (["src/track/index.ts"], "./track", "src/track/index.ts"),
        (["src/track/index.jsx"], "./track/", "src/track/index.jsx"),
        (["src/track.ts", "src/track/index.ts"], "./track", "src/track.ts"),
        (["src/track.ts", "src/track/index.ts"], "./track/", "src/track/index.ts"),
        (["src/index.ts"], ".", "src/index.ts"),
        (["src/index.ts", "src.ts"], "./", "src/index.ts"),
        (["index.js"], "..", "index.js"),
        (["lib/a.service.ts"], "../lib/a.service", "lib/a.service.ts"),
        (["src/logo.ts"], "./logo?raw", "src/logo.ts"),
        (["src/track.ts"], "expose-loader?x!./track", "src/track.ts"),
        (["src/track.ts"], "./other", None),
        (["track.ts"], "../../track", None),
        (["src/track.ts"], "track", None),
        (["src/track.ts"], "", None),
    ],
)
def test_relative(files: list[str], specifier: str, expected: str | None) -> None:
    found = resolver(names(*files, "src/app.ts")).resolve("src/app.ts", specifier)
    assert found == ((expected,) if expected else ())


def test_a_script_prefers_the_file_it_names() -> None:
    assert resolver(names("a.ts", "a.js")).resolve("b.js", "./a.js") == ("a.js",)


def test_platform_twins_come_after_the_plain_module() -> None:
    files = names(
        "src/fs.ts", "src/fs.native.ts", "src/fs.web.js", "src/app.ts", "src/only.ios.ts", "src/only.android.ts"
    )
    subject = resolver(files)
    assert subject.resolve("src/app.ts", "./fs") == ("src/fs.ts", "src/fs.native.ts", "src/fs.web.js")
    assert subject.resolve("src/app.ts", "./only") == ("src/only.android.ts", "src/only.ios.ts")
    assert subject.resolve("src/app.ts", "./fs.native") == ("src/fs.native.ts",)


def test_a_folder_with_a_manifest_of_its_own() -> None:
    files = {"lib/package.json": {"main": "./track.js"}, "lib/track.js": "", "lib/index.js": "", "app.js": ""}
    assert resolver(files).resolve("app.js", "./lib") == ("lib/track.js",)


# ------------------------------------------------------------------------------------------- JavaScript, tsconfig.json


TSCONFIG = """{
  // a comment, "quoted"
  "extends": "./tsconfig.base.json", /* and, this */
  "compilerOptions": {
    "baseUrl": "./src",
    "paths": { "~/*": ["*"], "@ui": ["ui/main.ts",], "@ui/*/deep": ["ui/*"], },
  },
}"""


def test_base_url_paths_comments_and_trailing_commas() -> None:
    files = names("src/a.ts", "src/ui/main.ts", "src/ui/b.ts", "src/util/http/index.ts", "src/pages/x.ts")
    subject = resolver({**files, "tsconfig.json": TSCONFIG, "tsconfig.base.json": {}})
    for specifier, expected in {
        "~/a": "src/a.ts",
        "~/util/http": "src/util/http/index.ts",
        "@ui": "src/ui/main.ts",
        "@ui/b/deep": "src/ui/b.ts",
        "util/http": "src/util/http/index.ts",
        "a": "src/a.ts",
    }.items():
        assert subject.resolve("src/pages/x.ts", specifier) == (expected,), specifier
    assert subject.resolve("src/pages/x.ts", "~/nothing") == ()
    assert subject.resolve("src/pages/x.ts", "react") == ()


def test_the_longest_pattern_comes_first() -> None:
    paths = {"@/*": ["./src/*"], "@/lib/*": ["./library/*"]}
    files = names("src/lib/a.ts", "library/a.ts", "src/x.ts")
    subject = resolver({**files, "tsconfig.json": {"compilerOptions": {"paths": paths}}})
    assert subject.resolve("src/x.ts", "@/lib/a") == ("library/a.ts",)


def test_extends_chains_arrays_and_cycles() -> None:
    files = {
        **names("web/src/a.ts", "web/src/x.ts", "web/own/b.ts"),
        "base/one.json": {"extends": "../web/tsconfig.json", "compilerOptions": {"paths": {"one/*": ["../web/src/*"]}}},
        "base/two.json": {"compilerOptions": {"baseUrl": "../web", "paths": {"two/*": ["src/*"]}}},
        "web/tsconfig.json": {"extends": ["../base/one", "../base/two.json"]},
    }
    subject = resolver(files)
    assert subject.resolve("web/src/x.ts", "two/a") == ("web/src/a.ts",)
    assert subject.resolve("web/src/x.ts", "one/a") == ()  # the later configuration's paths replace the earlier's
    assert subject.resolve("web/src/x.ts", "own/b") == ("web/own/b.ts",)


def test_a_configuration_package_of_the_workspace_is_extended() -> None:
    files = {
        **names("apps/web/lib/a.ts", "apps/web/x.ts"),
        "packages/tsconfig/package.json": {"name": "@acme/tsconfig"},
        "packages/tsconfig/next.json": {"compilerOptions": {"paths": {"@/*": ["${configDir}/lib/*"]}}},
        "apps/web/tsconfig.json": {"extends": "@acme/tsconfig/next.json"},
    }
    assert resolver(files).resolve("apps/web/x.ts", "@/a") == ("apps/web/lib/a.ts",)


def test_solution_style_references_and_sibling_configurations() -> None:
    files = {
        **names("src/a.ts", "src/x.ts", "lib/b.ts"),
        "tsconfig.json": {"files": [], "references": [{"path": "./tsconfig.app.json"}, {"path": "./conf/node.json"}]},
        "tsconfig.app.json": {"compilerOptions": {"paths": {"@/*": ["./src/*"]}}},
        "conf/node.json": {"compilerOptions": {"paths": {"lib:*": ["../lib/*"]}}},
    }
    assert resolver(files).resolve("src/x.ts", "@/a") == ("src/a.ts",)
    assert resolver(files).resolve("src/x.ts", "lib:b") == ("lib/b.ts",)


def test_the_nearest_configuration_wins_and_the_root_one_still_counts() -> None:
    def config(folder: str) -> object:
        return {"compilerOptions": {"paths": {"@/*": [f"./{folder}/*"], "@acme/log": ["./libs/log/src/index.ts"]}}}

    files = {
        **names("src/a.ts", "apps/web/app/a.ts", "apps/web/app/x.ts", "libs/log/src/index.ts"),
        "tsconfig.base.json": config("src"),
        "apps/web/tsconfig.json": {"compilerOptions": {"paths": {"@/*": ["./app/*"]}}},
    }
    subject = resolver(files)
    assert subject.resolve("apps/web/app/x.ts", "@/a") == ("apps/web/app/a.ts",)
    assert subject.resolve("apps/web/app/x.ts", "@acme/log") == ("libs/log/src/index.ts",)


@pytest.mark.parametrize("text", ["", "[]", "{", "\ufeff{}", '{"a": "unclosed', "/*", "null", "[" * 100_000])
def test_what_is_no_configuration_is_none(text: str) -> None:
    assert parse_jsonc(text.encode()) == {}


def test_comments_are_not_looked_for_in_strings() -> None:
    text = b'{"paths": {"@/*": ["./a/*"], /* "x": 1, */ "u": "http://x", "e": "\\"//,]"},}'
    assert parse_jsonc(text) == {"paths": {"@/*": ["./a/*"], "u": "http://x", "e": '"//,]'}}


# ------------------------------------------------------------------------------------------- JavaScript, package.json


def test_workspace_packages_by_name_and_sub_path() -> None:
    files = {
        "package.json": {"workspaces": ["packages/*"]},
        "packages/log/package.json": {"name": "@acme/log", "main": "dist/index.js", "types": "./dist/index.d.ts"},
        "packages/ui/package.json": {
            "name": "ui",
            "exports": {".": {"import": "./dist/esm/main.mjs"}, "./x/*": "./src/x/*.ts"},
        },
        "packages/raw/package.json": {"name": "raw"},
        **names("packages/log/src/index.ts", "packages/log/src/client.ts", "packages/log/src/deep/index.ts"),
        **names("packages/ui/src/main.ts", "packages/ui/src/x/y.ts", "packages/raw/index.js", "apps/a.ts"),
    }
    subject = resolver(files)
    for specifier, expected in {
        "@acme/log": "packages/log/src/index.ts",
        "@acme/log/client": "packages/log/src/client.ts",
        "@acme/log/src/client": "packages/log/src/client.ts",
        "@acme/log/deep": "packages/log/src/deep/index.ts",
        "@acme/log/dist/client.js": "packages/log/src/client.ts",
        "ui": "packages/ui/src/main.ts",
        "ui/x/y": "packages/ui/src/x/y.ts",
        "raw": "packages/raw/index.js",
    }.items():
        assert subject.resolve("apps/a.ts", specifier) == (expected,), specifier
    assert subject.resolve("apps/a.ts", "@acme/other") == ()


def test_exports_conditions_prefer_what_exists() -> None:
    exports = {".": {"types": "./dist/a.d.ts", "node": {"require": ["./nope.cjs"]}, "default": "./lib/a.js"}}
    files = {"p/package.json": {"name": "p", "exports": exports}, **names("p/lib/a.js", "b.ts")}
    assert resolver(files).resolve("b.ts", "p") == ("p/lib/a.js",)
    files = {"p/package.json": {"name": "p", "exports": "./lib/a.js"}, **names("p/lib/a.js", "b.ts")}
    assert resolver(files).resolve("b.ts", "p") == ("p/lib/a.js",)


def test_subpath_imports() -> None:
    imports = {"#track": "./src/track.js", "#lib/*": {"default": "./src/lib/*.js"}, "#dep": "p", "#loop": "#loop"}
    files = {
        "package.json": {"imports": imports},
        "p/package.json": {"name": "p", "main": "m.js"},
        **names("src/track.ts", "src/lib/a.ts", "src/x.ts", "p/m.js"),
    }
    subject = resolver(files)
    assert subject.resolve("src/x.ts", "#track") == ("src/track.ts",)
    assert subject.resolve("src/x.ts", "#lib/a") == ("src/lib/a.ts",)
    assert subject.resolve("src/x.ts", "#dep") == ("p/m.js",)
    assert subject.resolve("src/x.ts", "#loop") == ()
    assert subject.resolve("src/x.ts", "#none") == ()


def test_of_two_packages_of_one_name_the_nearest_and_no_fixture() -> None:
    files = {
        "fixtures/axios/package.json": {"name": "axios"},
        "a/lib/package.json": {"name": "lib"},
        "b/lib/package.json": {"name": "lib"},
        **names("fixtures/axios/index.js", "a/lib/index.js", "b/lib/index.js", "b/web/x.ts"),
    }
    assert resolver(files).resolve("b/web/x.ts", "lib") == ("b/lib/index.js",)
    assert resolver(files).resolve("b/web/x.ts", "axios") == ()


# ------------------------------------------------------------------------------------------------ JavaScript, bundlers


VITE = """
import { fileURLToPath, URL } from 'node:url';
export default defineConfig({
  plugins: [vue()],
  resolve: { alias: {
    '@': fileURLToPath(new URL('./src', import.meta.url)),
    'assets': '/src/assets',
    shared: path.resolve(__dirname, '../shared', 'lib'),
    dynamic: somewhere,
  } },
});
"""


@pytest.mark.parametrize(
    ("config", "text", "specifier", "expected"),
    [
        ("web/vite.config.ts", VITE, "@/a", "web/src/a.ts"),
        ("web/vite.config.ts", VITE, "assets/b", "web/src/assets/b.ts"),
        ("web/vite.config.ts", VITE, "shared/c", "shared/lib/c.ts"),
        (
            "web/vite.config.mts",
            "alias: [{ find: '#s', replacement: resolve(__dirname, 'src') }]",
            "#s/a",
            "web/src/a.ts",
        ),
        ("web/webpack.config.js", "resolve: {alias: {app$: path.join(__dirname, 'src/a')}}", "app", "web/src/a.ts"),
        ("web/config/webpack.base.js", "alias: { S: path.resolve(__dirname, '../src') }", "S/a", "web/src/a.ts"),
        ("web/build/webpack.base.conf.js", "alias: { 'S': resolve('src') }", "S/a", "web/src/a.ts"),
        ("web/vue.config.js", "config.resolve.alias.set('S', resolve('src'))", "S/a", "web/src/a.ts"),
        ("web/babel.config.js", '[["module-resolver", {alias: {"S": "./src"}}]]', "S/a", "web/src/a.ts"),
        ("web/.babelrc", '{"plugins": [["module-resolver", {"alias": {"S": "./src"}}]]}', "S/a", "web/src/a.ts"),
        ("web/svelte.config.js", "kit: { alias: { '$s/*': 'src/*', $t: 'src' } }", "$t/a", "web/src/a.ts"),
        ("web/nuxt.config.ts", "alias: { 'S': `${__dirname}/src` }", "S/a", "web/src/a.ts"),
        ("web/vite.config.ts", "alias: { S: someFunction() }", "S/a", None),
    ],
)
def test_plain_aliases_of_bundlers(config: str, text: str, specifier: str, expected: str | None) -> None:
    files = names("web/src/a.ts", "web/src/assets/b.ts", "shared/lib/c.ts", "web/src/x.ts")
    subject = resolver({**files, config: text, "web/package.json": {}})
    assert subject.resolve("web/src/x.ts", specifier) == ((expected,) if expected else ())


def test_aliases_hold_for_their_own_package_only() -> None:
    files = {"web/vite.config.ts": "alias: {S: './src'}", "web/package.json": {}, "api/package.json": {}}
    subject = resolver({**files, **names("web/src/a.ts", "api/x.ts")})
    assert subject.resolve("api/x.ts", "S/a") == ()


@given(st.text(alphabet="alias:{}[]()'\"`, find/@.\n$", max_size=400))
def test_any_text_has_aliases_or_none(text: str) -> None:
    assert isinstance(plain_aliases("alias: {" + text), list)


@pytest.mark.parametrize(
    ("path", "specifier", "expected"),
    [
        ("web/src/pages/x.ts", "@/track", "web/src/track.ts"),
        ("web/src/pages/x.ts", "~/track", "web/src/track.ts"),
        ("web/src/pages/x.ts", "@/lib/log", "web/src/lib/log.ts"),
        ("web/src/pages/x.ts", "$lib/log", "web/src/lib/log.ts"),
        ("web/src/pages/x.ts", "~~/top", "web/top.ts"),
        ("web/src/pages/x.ts", "#shared/names", "web/shared/names.ts"),
        ("web/src/pages/x.ts", "@/top", "web/top.ts"),
        ("web/src/pages/x.ts", "@/both", ()),
        ("web/src/pages/x.ts", "@scope/track", ()),
        ("web/src/pages/x.ts", "/src/track.ts", "web/src/track.ts"),
        ("web/src/pages/x.ts", "lib/log", "web/src/lib/log.ts"),
        ("web/src/pages/x.ts", "known/log", ()),
        ("web/src/pages/x.ts", "track", ()),
    ],
)
def test_conventions_without_a_configuration(path: str, specifier: str, expected: str | tuple[()]) -> None:
    files = names("web/src/track.ts", "web/src/lib/log.ts", "web/top.ts", "web/both.ts", "web/src/both.ts", path)
    files |= names("web/src/known/log.ts", "web/shared/names.ts")
    manifest = {"dependencies": {"known": "1"}}
    found = resolver({**files, "web/package.json": manifest}).resolve(path, specifier)
    assert found == ((expected,) if expected else ())


def test_conventions_without_a_manifest() -> None:
    subject = resolver(names("web/src/lib/a.ts", "web/src/pages/x.ts"))
    assert subject.resolve("web/src/pages/x.ts", "@/lib/a") == ("web/src/lib/a.ts",)
    twice = resolver(names("web/src/lib/a.ts", "web/src/pages/lib/a.ts", "web/src/pages/x.ts"))
    assert twice.resolve("web/src/pages/x.ts", "@/lib/a") == ()


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [
        ("axios", "axios"),
        ("@fullstory/browser", "@fullstory/browser"),
        ("@fullstory/browser/dist/x.js", "@fullstory/browser"),
        ("next/navigation", "next"),
        ("node:fs", "fs"),
        ("npm:@fullstory/browser@2", "@fullstory/browser"),
        ("https://esm.sh/@fullstory/browser@2.0.1", "@fullstory/browser"),
        ("https://cdn.jsdelivr.net/npm/axios@1/+esm", "axios"),
        ("fs-alias", "@fullstory/browser"),
        ("@/x", ""),
        ("~/x", ""),
        ("./x", ""),
        ("/x", ""),
        ("#x", ""),
        ("$lib/x", ""),
        ("", ""),
    ],
)
def test_external_javascript(specifier: str, expected: str) -> None:
    manifest = {"dependencies": {"fs-alias": "npm:@fullstory/browser@^2.0.0"}}
    subject = resolver({"package.json": manifest, "a.ts": ""})
    assert subject.external("a.ts", specifier) == expected


# ------------------------------------------------------------------------------------------------------------- Python


@pytest.mark.parametrize(
    ("files", "path", "specifier", "name", "expected"),
    [
        (["backend/analytics/fullstory.py"], "backend/projects/views.py", "analytics.fullstory", "", 0),
        (["backend/analytics/__init__.py"], "backend/projects/views.py", "analytics", "track", 0),
        (["src/acme/track.py"], "src/acme/views.py", "acme.track", "", 0),
        (["src/acme/track.py"], "tests/x.py", "acme.track", "", 0),
        (["acme/track.py"], "acme/views.py", ".track", "track", 0),
        (["acme/track.py"], "acme/views/a.py", "..track", "track", 0),
        (["acme/track.py"], "acme/views.py", ".", "track", 0),
        (["acme/__init__.py"], "acme/views.py", ".", "track", 0),
        (["acme/track/__init__.py"], "acme/__init__.py", ".track", "x", 0),
        (["acme/ns/track.py"], "acme/__init__.py", ".ns", "track", 0),
        (["ns/track.py"], "views.py", "ns", "track", 0),
        (["a/telemetry.py"], "a/views.py", "telemetry", "", 0),
        (["a/telemetry.pyi"], "a/views.py", "telemetry", "", 0),
        (["a/telemetry.py", "a/telemetry.pyi"], "a/views.py", "telemetry", "", 0),
        (["services/b/log/x.py", "services/a/log/x.py"], "services/b/app/v.py", "log.x", "", 0),
        (["libs/py/log/x.py"], "services/b/app/v.py", "log.x", "", 0),
        (["libs/x/log/x.py", "libs/y/log/x.py"], "services/b/app/v.py", "log.x", "", None),
        (["a/logging.py"], "a/views.py", "logging", "", None),
        (["a/platform/track.py"], "a/views.py", "platform.track", "", 0),
        (["elsewhere/requests.py"], "a/views.py", "requests", "", None),
        (["pkg/fullstory.py", "pkg/__init__.py"], "pkg/views.py", "fullstory", "", None),
        (["acme/track.py"], "acme/views.py", "...track", "", None),
        (["acme/track.py"], "acme/views.py", "acme.other", "", None),
        (["acme/track.py"], "acme/views.py", "", "", None),
    ],
)
def test_python(files: list[str], path: str, specifier: str, name: str, expected: int | None) -> None:
    found = resolver(names(*files, path)).resolve(path, specifier, name)
    assert found == (() if expected is None else (files[expected],))


def test_a_module_is_not_its_own_package() -> None:
    assert resolver(names("api/fullstory.py")).resolve("api/fullstory.py", "fullstory") == ()


def test_a_package_with_a_manifest_is_found_from_its_neighbours() -> None:
    files = names("libs/log/pyproject.toml", "libs/log/src/acme_log/__init__.py", "services/a/v.py", "scripts/tool.py")
    subject = resolver(files)
    assert subject.resolve("services/a/v.py", "acme_log") == ("libs/log/src/acme_log/__init__.py",)
    assert subject.resolve("services/a/v.py", "tool") == ()


def test_submodule_or_name_of_the_package() -> None:
    files: dict[str, object] = {
        "p/__init__.py": "from .log import track\n",
        **names("p/log.py", "p/quiet.py", "v.py", "q/__init__.py", "q/sub/__init__.py"),
    }
    subject = resolver(files)
    assert subject.resolve("v.py", "p", "track") == ("p/__init__.py",)
    assert subject.resolve("v.py", "p", "log") == ("p/__init__.py",)
    assert subject.submodule("v.py", "p", "log") == "p/log.py"
    assert subject.resolve("v.py", "p", "quiet") == ("p/quiet.py",)
    assert subject.submodule("v.py", "p", "track") is None
    assert subject.submodule("v.py", "q", "sub") == "q/sub/__init__.py"
    assert subject.submodule("p/log.py", ".", "quiet") == "p/quiet.py"
    assert subject.submodule("a.ts", "p", "quiet") is None
    star: dict[str, object] = {"p/__init__.py": "from .x import *\n", "p/x.py": "", "p/y.py": "", "v.py": ""}
    assert resolver(star).resolve("v.py", "p", "y") == ("p/__init__.py",)


@pytest.mark.parametrize(
    ("specifier", "expected"), [("requests", "requests"), ("google.cloud.pubsub", "google"), (".x", ""), ("..", "")]
)
def test_external_python(specifier: str, expected: str) -> None:
    assert resolver(names("a.py")).external("a.py", specifier) == expected


# ------------------------------------------------------------------------------------------------------------ needles

NX = {"compilerOptions": {"paths": {"@acme/trk": ["libs/log/src/index.ts"], "@acme/*": ["libs/*/src"]}}}
IMPORTERS: list[tuple[dict[str, object], str, str, str]] = [
    (names("src/track.ts"), "src/a.ts", "./track", "src/track.ts"),
    (names("src/track.ts"), "src/a.ts", "./track.js", "src/track.ts"),
    (names("src/track.native.ts"), "src/a.ts", "./track", "src/track.native.ts"),
    (names("src/track.d.ts"), "src/a.ts", "./track", "src/track.d.ts"),
    (names("src/log/index.ts"), "src/a.ts", "./log", "src/log/index.ts"),
    (names("src/log/index.ts"), "src/a.ts", "./log/", "src/log/index.ts"),
    (names("src/log/index.ts"), "src/a.ts", "./log/index", "src/log/index.ts"),
    (names("src/log/index.ts"), "src/log/a.ts", ".", "src/log/index.ts"),
    (names("src/log/index.ts"), "src/log/a.ts", "./", "src/log/index.ts"),
    (names("src/log/index.ts"), "src/log/a.ts", "./index.js", "src/log/index.ts"),
    (names("src/log/index.ts"), "src/log/x/y/a.ts", "../..", "src/log/index.ts"),
    (names("src/log/index.ts"), "src/log/x/y/a.ts", "../../", "src/log/index.ts"),
    (names("src/log/index.ts"), "src/log/x/y/a.ts", "../../index", "src/log/index.ts"),
    (names("src/index.ts"), "app/a.ts", "../src", "src/index.ts"),
    (names("lib/index.js"), "a.js", "./lib", "lib/index.js"),
    ({**names("libs/log/src/index.ts"), "tsconfig.base.json": NX}, "a.ts", "@acme/trk", "libs/log/src/index.ts"),
    ({**names("libs/log/src/index.ts"), "tsconfig.base.json": NX}, "a.ts", "@acme/log", "libs/log/src/index.ts"),
    (
        {**names("p/src/index.ts"), "p/package.json": {"name": "@acme/metrics", "main": "dist/index.js"}},
        "a.ts",
        "@acme/metrics",
        "p/src/index.ts",
    ),
    (
        {**names("p/src/web.ts"), "p/package.json": {"name": "m", "exports": {"./client": "./dist/web.js"}}},
        "a.ts",
        "m/client",
        "p/src/web.ts",
    ),
    ({**names("src/web.ts"), "package.json": {"imports": {"#t": "./src/web.ts"}}}, "src/a.ts", "#t", "src/web.ts"),
    (
        {**names("src/log/index.ts"), "vite.config.ts": "alias: {'@m': '/src/log'}", "package.json": {}},
        "src/a.ts",
        "@m",
        "src/log/index.ts",
    ),
    ({**names("m/track.js"), "m/package.json": {"main": "track"}}, "a.js", "./m", "m/track.js"),
    (names("src/lib/index.ts"), "src/routes/a.ts", "$lib", "src/lib/index.ts"),
    (names("a/log.py"), "a/b.py", ".log", "a/log.py"),
    (names("a/log/__init__.py"), "a/b.py", "a.log", "a/log/__init__.py"),
]


@pytest.mark.parametrize(("files", "path", "specifier", "target"), IMPORTERS)
def test_every_import_is_found_by_a_key(files: dict[str, object], path: str, specifier: str, target: str) -> None:
    subject = resolver({**files, path: ""})
    assert target in subject.resolve(path, specifier)
    row = f"{specifier}{SEPARATOR}" if path.endswith(".py") else specifier
    assert key_of_row(row) in subject.importers_keys(target)


def test_python_packages_are_imported_by_dots() -> None:
    keys = resolver(names("a/log/__init__.py")).importers_keys("a/log/__init__.py")
    assert keys == {"log", "."} and {key_of_row(f".{SEPARATOR}"), key_of_row(f"..{SEPARATOR}")} == {"."}


# ------------------------------------------------------------------------------------------------------------- limits


def test_nothing_outside_the_root_is_read(tmp_path: Path) -> None:
    outside = tmp_path / "tsconfig.json"
    outside.write_text('{"compilerOptions": {"paths": {"@x/*": ["./src/*"]}}}')
    root = tmp_path / "repo"
    (root / "src").mkdir(parents=True)
    (root / "src/a.ts").write_text("")
    (root / "tsconfig.json").symlink_to(outside)
    assert Resolver(str(root), ["src/a.ts", "tsconfig.json"]).resolve("src/a.ts", "@x/a") == ()
    (root / "tsconfig.json").unlink()
    (root / "tsconfig.json").write_text('{"extends": "../tsconfig.json"}')
    assert Resolver(str(root), ["src/a.ts", "tsconfig.json"]).resolve("src/a.ts", "@x/a") == ()
    (root / "tsconfig.json").write_text(outside.read_text())
    assert Resolver(str(root), ["src/a.ts", "tsconfig.json"]).resolve("src/a.ts", "@x/a") == ("src/a.ts",)


JSON = st.recursive(
    st.none() | st.integers() | st.text(alphabet="./*#@ab", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet="./*#@ab", max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("name", "exports", "imports", "main", "dependencies", "extends", "references"), JSON)
        | {"compilerOptions": st.fixed_dictionaries({}, optional={"baseUrl": JSON, "paths": JSON})},
    ),
    st.text(alphabet="./*#@ab~$!?", max_size=12),
)
def test_no_configuration_raises(content: object, specifier: str) -> None:
    subject = resolver(
        {"package.json": content, "tsconfig.json": content, "a/package.json": content, "a/b.ts": "", "a.py": ""}
    )
    for path in ("a/b.ts", "a.py"):
        subject.resolve(path, specifier, "b")
        subject.submodule(path, specifier, "b")
        subject.external(path, specifier)
        subject.importers_keys(path)


def test_twenty_thousand_specifiers_take_no_time() -> None:
    files = [f"packages/p{i % 50}/src/m{i}/{kind}" for i in range(7000) for kind in ("index.ts", "log.ts", "view.py")]
    subject = resolver({**names(*files), "tsconfig.json": {"compilerOptions": {"paths": {"@/*": ["./packages/*"]}}}})
    started = time.perf_counter()
    for i in range(5000):
        path = f"packages/p{i % 50}/src/m{i}/index.ts"
        assert subject.resolve(path, "./log")
        assert subject.resolve(path, f"../m{(i + 50)}/")
        assert subject.resolve(path, "react") == ()
        assert subject.resolve(path, f"@/p1/src/m{i // 50 * 50 + 1}/log")
    assert time.perf_counter() - started < 30  # 0.1 s alone on two cores; others may be busy
