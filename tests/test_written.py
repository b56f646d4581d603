"""No import that a front end sees is missing among those that the text shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from fslint.facts import FileFacts
from fslint.frontends import extract, language_of
from fslint.resolve.written import SEPARATOR, is_python, key_of, key_of_row, written_imports
from fslint.rulebook import pages

IMPORTS = {
    "a.ts": [
        "import x from './Address';", 'export * from "@/lib/Address"', "require(`../Address`)", "import('./Address.tsx')",
        "import x from 'Address'", "import'./Address?raw'", "import x from 'raw-loader!./Address'", "import{x}from'./Address/'",
        "import {\n  a,\n} from\n  './Address'", "import x = require('a/Address/index')", "it's; import x from './Address' // don't",
        "import(/* webpackChunkName: \"a b\" */ './Address')", "import( // it's\n './Address')", "export { a as b } from './Address'",
        "import type { A } from './Address'", "const why = \"cannot import '\"; const m = await import('./Address')",
        "const why = \"we require 'x\"; const { a } = require('./Address')", "/* moved from 'lib */ import { a } from './Address'", "const { a } = await import('./Address')", "import x from /* y */ './Address'",
        "require  ('./Address')", "import x from './a\\u0041'", "import json from './Address.json' with { type: 'json' }",
        "const x = require<Foo>('./Address')", "const { a } = (require)('./Address')", "const x = require?.('./Address')",
        "const x = require<typeof import('./Address')>('./Address')", "const x = require(\n  // one\n  /* two */ './Address',\n)",
    ],
    "a.py": [
        "from .Address import x", "import a.Address as b", "from a import (\n    b,\n    Address,\n)", "from a import b, \\\n    Address",
        "from a import (  # (b)\n    b,  # c)\n    Address)", "from a import \\\r\n    Address", "if x: import Address", "x = 1; from Address import y",
        "import importlib\nimportlib.import_module('a.Address')", "__import__('Address')", "from a import(Address)", "import Address",
        "from . import Address", "from .. import(Address as b, c)", "from .a.b import *", "import a, b.c as d, Address",
        "import a; from b import Address", "from a.datafrom import Address", "from .from_x import Address", "from from_x import Address",
        "# We import this late (not at the top,\n# because of cycles).\nfrom . import Address", '"""How to import (short"""\nfrom .sub import Address',
        "# reimport (\nfrom a import Address", "# notes: import foo \\\nfrom . import Address", "import os\rfrom . import Address\r",
        "# import (a\nfrom b import (\n    c,\n    Address,\n)", "from . a import b", "import a.Address.b", "def f():\n\tfrom ... import x\n", "from a . b import c",
    ],
    "a.vue": ["<script>import x from './Address'</script>", "<script setup lang='ts'>\nconst x = await import('./Address')\n</script>"],
    "a.svelte": ["<script>\nimport A from './Address.svelte'\n</script>\n<A on:click={() => import('./late')} />"],
    "a.html": ["<script type=module>import './Address.js'</script>", '<a onclick="import(&quot;./Address.js&quot;)">x</a>'],
}  # fmt: skip


def missing(path: str, content: bytes, facts: FileFacts) -> set[str]:
    """Imports that the front end sees and the text does not show."""
    written, whole = written_imports(path, content)
    if not whole:
        return set()
    python = is_python(path)
    seen = {f"{i.specifier}{SEPARATOR}{i.name.strip('*')}" if python else i.specifier for i in facts.imports}
    seen |= {e.specifier for e in facts.exports if e.specifier and not python}
    return {row for row in seen if row.encode("utf-8", "surrogateescape") not in written}


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, texts in IMPORTS.items() for text in texts])
def test_an_import_in_whatever_form_is_seen(path: str, text: str) -> None:
    language = language_of(path)
    assert language is not None
    facts = extract(text.encode(), language)
    assert facts.imports or "&quot;" in text
    assert not missing(path, text.encode(), facts)


def test_the_imports_of_all_examples_are_seen() -> None:
    seen = 0
    for page in pages().values():
        for example in page.examples:
            for file in example.files:
                language, content = language_of(file.path), file.text.encode("utf-8", "surrogateescape")
                if language is not None and language not in ("json", "yaml", "dotenv"):
                    facts = extract(content, language)
                    seen += len(facts.imports)
                    assert not missing(file.path, content, facts), (file.path, file.text)
    assert seen > 200


def test_own_sources_show_theirs() -> None:
    for file in Path(__file__).parent.parent.glob("fslint/cli/*.py"):
        content = file.read_bytes()
        assert not missing(file.name, content, extract(content, "python"))


def test_words_are_no_imports() -> None:
    text = b"label('Address book'); f(sendAddress, 'x'); const from = './Address'; t(`import me`)"
    assert written_imports("a.ts", text) == (set(), True)
    assert written_imports("a.py", b"x = 'Address'\nclient = Address()\nfrom_ = 'a'\n") == (set(), True)


def test_hostile_text_takes_no_long_time() -> None:
    text = b"from a import (" + b"# (\n" * 50_000 + b"import (" * 20_000
    assert written_imports("a.py", text) is not None
    for python in (b"# import (\n", b"import a \\\n", b"import ", b"from ", b"import (# ", b"import (a\r"):
        written_imports("a.py", python * 50_000)
    written_imports("a.ts", b"from//" * 50_000)
    written_imports("a.ts", b"import '" * 50_000 + b'import "' * 50_001)
    written_imports("a.ts", b"import " * 50_000 + b"/*" * 50_000 + b"import(/* " * 20_000 + b"'" * 200_001)


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ("./user.service", "a/user.service.ts"),
        ("../log.js?url", "log.ts"),
        ("raw-loader!./Log.vue", "Log.vue"),
        ("./log/", "a/log"),
        ("@x/log", "log.native.tsx"),
        ("..", "."),
        ("./", "."),
        (f"a.b{SEPARATOR}", "a/b.py"),
        (f"a.b{SEPARATOR}c", "a/b/c.py"),
        (f"..{SEPARATOR}", "."),
        (f".{SEPARATOR}c", "c.pyi"),
    ],
)
def test_an_import_and_what_it_means_have_one_key(row: str, path: str) -> None:
    assert key_of_row(row) == key_of(path)
