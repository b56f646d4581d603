"""What is found does not depend on how names travel, nor on which files were opened first."""

from __future__ import annotations

import test_link_constants
import test_link_more
import test_link_requests
import test_link_wrappers_javascript
import test_link_wrappers_python
from hypothesis import given, settings
from hypothesis import strategies as st
from linktest import calls, split

TABLES = (
    *test_link_more.JAVASCRIPT.values(),
    *map(test_link_more.project, test_link_more.PYTHON),
    *test_link_constants.JAVASCRIPT.values(),
    *test_link_constants.PYTHON.values(),
    *test_link_wrappers_javascript.JAVASCRIPT.values(),
    *map(test_link_wrappers_python.project, test_link_wrappers_python.PYTHON),
    *test_link_requests.JAVASCRIPT.values(),
    *test_link_requests.PYTHON.values(),
)


def test_the_search_finds_what_parsing_everything_finds() -> None:
    for text in TABLES:
        files, wanted = split(text)
        assert calls(files, everything=True) == wanted


NAMES = st.sampled_from(["track", "send", "event", "fire", "$t", "logEvent", "_x"])
FOLDERS = st.sampled_from(["src", "src/lib", "src/lib/deep", "packages/a/src"])


def _relative(start: str, end: str) -> str:
    """The specifier of the module ``end`` in the module ``start``."""
    from posixpath import dirname, relpath

    path = relpath(end, dirname(start))
    return path if path.startswith(".") else "./" + path


def _javascript(steps: list[tuple[str, str, str]]) -> dict[str, str]:
    """A wrapper and a constant that travel through modules, then one that uses both."""
    wrapper, constant = "send", "NAME"
    at = "src/origin"
    files = {at + ".ts": "export const send = (name: string) => FS.event(name);\nexport const NAME = 'Order Placed';\n"}
    for number, (how, folder, name) in enumerate(steps):
        here = f"{folder}/m{number}"
        source = _relative(here, at)
        if how == "star":
            text = f"export * from '{source}';\n"
        elif how == "renamed":
            text = f"export {{ {wrapper} as {name}, {constant} as C{number} }} from '{source}';\n"
            wrapper, constant = name, f"C{number}"
        elif how == "import":
            text = (
                f"import {{ {wrapper} as w, {constant} as c }} from '{source}';\n"
                f"export const {name} = w;\nexport const C{number} = c;\n"
            )
            wrapper, constant = name, f"C{number}"
        elif how == "level":
            text = (
                f"import * as m from '{source}';\n"
                f"export function {name}(title: string) {{ if (title) m.{wrapper}(title); }}\n"
                f"export const C{number} = m['{constant}'];\n"
            )
            wrapper, constant = name, f"C{number}"
        elif how == "object":
            text = (
                f"import {{ {wrapper} as w, {constant} as c }} from '{source}';\n"
                f"const all = {{ {name}: w, names: {{ c }} }};\n"
                f"export const {{ {name} }} = all;\nexport const C{number} = all.names.c;\n"
            )
            wrapper, constant = name, f"C{number}"
        else:  # default
            text = (
                f"import {{ {wrapper} as w, {constant} as c }} from '{source}';\n"
                f"class Tracker {{ run(title: string) {{ w(title); }} }}\nexport default new Tracker();\n"
                f"import tracker from './m{number}';\n"
                f"export const {name} = (title: string) => tracker.run(title);\nexport const C{number} = `${{c}}`;\n"
            )
            wrapper, constant = name, f"C{number}"
        files[here + ".ts"] = text
        at = here
    use = _relative("src/use", at)
    files["src/use.ts"] = f"import {{ {wrapper} as go, {constant} as title }} from '{use}';\n\ngo(title);\n"
    return files


STEPS = st.tuples(st.sampled_from(["star", "renamed", "import", "level", "object", "default"]), FOLDERS, NAMES)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=6))
def test_javascript_names_may_travel(steps: list[tuple[str, str, str]]) -> None:
    found = calls(_javascript(steps))
    assert ("event", "client", ("Order Placed",), "src/use.ts", 3) in found
    assert len(found) == 1


def _python(steps: list[tuple[str, str]]) -> dict[str, str]:
    files = {
        "app/__init__.py": "",
        "app/origin.py": "import requests\n\ndef send(name, uid):\n    requests.post('https://api.fullstory.com/v2/events',"
        " json={'name': name, 'user': {'uid': uid}})\n\nNAME = 'Order Placed'\n",
    }
    wrapper, constant, at = "send", "NAME", "origin"
    for number, (how, name) in enumerate(steps):
        name = name.replace("$", "d")
        new = f"C{number}"
        if how == "star":
            text, name, new = f"from .{at} import *\n", wrapper, constant
        elif how == "renamed":
            text = f"from app.{at} import {wrapper} as {name}, {constant} as {new}\n"
        elif how == "level":
            text = (
                f"import app.{at} as m\ndef {name}(title, uid): return m.{wrapper}(title, uid)\n{new} = m.{constant}\n"
            )
        elif how == "partial":
            text = (
                f"from functools import partial\nfrom . import {at} as m\n"
                f"{name} = partial(m.{wrapper})\nclass N:\n    A = m.{constant}\n{new} = N.A\n"
            )
        else:  # class
            text = (
                f"from .{at} import {wrapper} as w, {constant}\n"
                f"class T:\n    def run(self, title, uid): w(name=title, uid=uid)\n".replace(
                    "name=title", "title"
                ).replace("uid=uid", "uid")
                + f"{name} = T().run\n{new} = f'{{{constant}}}'\n"
            )
        files[f"app/m{number}.py"] = text
        wrapper, constant, at = name, new, f"m{number}"
    files["app/use.py"] = f"from app.{at} import {wrapper} as go, {constant}\n\ngo({constant}, 'u')\n"
    return files


PYTHON_STEPS = st.tuples(st.sampled_from(["star", "renamed", "level", "partial", "class"]), NAMES)


@settings(max_examples=60, deadline=None)
@given(st.lists(PYTHON_STEPS, max_size=6))
def test_python_names_may_travel(steps: list[tuple[str, str]]) -> None:
    # A name with an underscore is not what `*` imports.
    found = calls(_python([(how, name.replace("_x", "x")) for how, name in steps]))
    assert ("event", "server", ("Order Placed",), "app/use.py", 3) in found
    assert len(found) == 1
