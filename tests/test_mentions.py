"""A file is left unread only where it surely imports nothing of what is wanted."""

from __future__ import annotations

import pytest

from fslint.resolve.mentions import may_import

SILENT = {
    "a.ts": [
        "const Address = 1;",
        "label('Address book')",
        "f(sendAddress, 'x')",
        "import x from './SendAddress';",
        "import x from '../re-Address';",
    ],
    "a.tsx": ['<Address title="Home" />', "{t('MyAddress')}", "// the Address, isn't it", 'className="AddressLine"'],
    "a.py": [
        "client = Address()",
        "x = 'Address'",
        "from .sync_Address import x",
        "import Addressbook",
        "# Address\nimport os",
    ],
    "a.vue": ["<p>Address</p>", "<Address :x=y />"],
}
IMPORTS = {
    "a.ts": [
        "import x from './Address';", 'export * from "@/lib/Address"', "require(`../Address`)", "import('./Address.tsx')",
        "import x from 'Address'", "import x from './Address?raw'", "import x from 'raw-loader!./Address'", "import x from './Address/'",
        "import {\n  a,\n} from\n  './Address'", "import x = require('a/Address/index')", "it's; import x from './Address' // don't",
        "import x from 'loader!Address#x'",
    ],
    "a.py": [
        "from .Address import x", "import a.Address as b", "from a import (\n    b,\n    Address,\n)", "from a import b, \\\n    Address",
        "from a import (  # (b)\n    b,  # c)\n    Address)", "from a import \\\r\n    Address", "if x: import Address", "x = 1; from Address import y",
        "importlib.import_module('a.Address')", "__import__('Address')", "from a import (\n    Address\nx = (1", "from a import(Address)",
        "import Address",
    ],
    "a.vue": ["<script src='./Address.ts'></script>", "<script src=./Address.js></script>", "import x from './Address'"],
    "a.html": ["<script src = Address.js>"],
}  # fmt: skip


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, texts in SILENT.items() for text in texts])
def test_a_word_is_no_import(path: str, text: str) -> None:
    assert not may_import(path, text.encode(), [b"Address"])


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, texts in IMPORTS.items() for text in texts])
def test_an_import_in_whatever_form_is_one(path: str, text: str) -> None:
    assert may_import(path, text.encode(), [b"Other", b"Address"])


def test_needles_that_hold_quotes_or_whole_statements() -> None:
    assert may_import("a.ts", b"import x from '..';", [b"'..'"])
    assert may_import("a.ts", b"import x from '../';", [b"'../'"])
    assert may_import("a.ts", b"export * from '../../';", [b"/../'"])
    assert may_import("a.ts", b"import { x } from '@acme/analytics/sub';", [b"@acme/analytics"])
    assert may_import("a.py", b"def f():\n    from .. import x", [b"from .. import"])
    assert not may_import("a.py", b"from . import x", [b"from .. import"])


def test_hostile_text_takes_no_long_time() -> None:
    text = b"from a import (" + b"# (\n" * 50_000 + b"import (" * 20_000
    assert not may_import("a.py", text, [b"Address"])
    assert not may_import("a.ts", b"'" * 200_000 + b"\n'x" * 50_000, [b"Address"])
