"""FS002, FS003, FS108 and FS7 on small projects: what the run, the registry and the names themselves get wrong."""

from __future__ import annotations

import pytest
from ruletest import findings

IMPORT = "from telemetry import track_server_event\n"


def lines(files: dict[str, str], *codes: str) -> list[tuple[str, str, int]]:
    return findings(files, codes)


FINITE = {
    "an entry of a constant object": "const L = { a: 'A', b: 'B' };\nexport const f = (k) => FS.event(`Go ${L[k]}`, {});\n",
    "a boolean": "export const f = (on) => FS.event(`Turned ${on ? 'On' : 'Off'}`, {});\nf(window.x);\n",
    "an entry of a constant array": "const S = ['One', 'Two'];\nexport const f = (i) => FS.event('Step ' + S[i], {});\n",
    "a plain name": "export const f = (e) => FS.event(e.name, {});\n",
    "a loop over constants": "['a', 'b'].forEach((x) => FS.event(`Go ${x}`, {}));\n",
    "callers that give literals": "function t(n) { FS.event(`Cart ${n}`, {}); }\nt('Seen');\nt('Left');\n",
    "hook state": "import { useState } from 'react';\nexport function C() {\n  const [n] = useState('a');\n"
    "  return <b onClick={() => FS.event(`Tab ${n}`, {})} />;\n}\n",
}


@pytest.mark.parametrize("case", FINITE)
def test_names_over_finite_sets(case: str) -> None:
    assert lines({"web/a.jsx": FINITE[case]}, "FS701") == []


def test_names_over_finite_sets_in_python() -> None:
    files = {
        "api/a.py": IMPORT
        + "from enum import Enum\n"
        + "L = {'a': 'A', 'b': 'B'}\n"
        + "class Kind(Enum):\n    A = 'Aa'\n    B = 'Bb'\n"
        + "def f(order, k, kind: Kind):\n"
        + "    track_server_event(f\"Go {L.get(k, 'Other')}\", order.id, {})\n"
        + '    track_server_event(f"Go {kind.value}", order.id, {})\n'
        + '    track_server_event(f"Go {order.state}", order.id, {})\n'
        + '    track_server_event("Go {}".format(order.title()), order.id, {})\n'
    }
    assert lines(files, "FS701") == [("FS701", "api/a.py", 10), ("FS701", "api/a.py", 11)]


def test_a_template_that_a_caller_gives_to_a_wrappers_template() -> None:
    files = {
        "web/t.ts": "export function visit(page: string) { window.FS.event('Visited ' + page, {}); }\n",
        "web/u.ts": "import { visit } from './t';\nexport function use(n: number) {\n  visit('Home');\n"
        "  visit(`Step ${n}`);\n}\n",
    }
    assert lines(files, "FS701") == [("FS701", "web/u.ts", 4)]


TITLES = [
    ("Sign Up for a Plan", True),
    ("iOS App Opened", True),
    ("eBay Order Placed", True),
    ("macOS Build Done", True),
    ("API Key Created", True),
    ("Cart: Item Added", True),
    ("Sign-In / Sign-Up", True),
    ("3 Items Added", True),
    ("the Cart Viewed", False),
    ("Cart viewed", False),
    ("Cart  Viewed", False),
    ("cart_viewed", False),
]


@pytest.mark.parametrize(("name", "good"), TITLES)
def test_title_case(name: str, good: bool) -> None:
    registry = f"version: 1\nnaming: title_case\nevents:\n  '{name}': {{side: client}}\n"
    assert lines({"events.yaml": registry}, "FS702") == ([] if good else [("FS702", "events.yaml", 4)])


def test_deprecated_events_are_told_at_their_calls() -> None:
    files = {
        "events.yaml": "version: 1\nevents:\n  Old: {side: client, status: deprecated, replaced_by: New}\n  New: {side: client}\n",
        "web/a.js": "FS.event('New', {});\nFS.event('Old', {});\n",
    }
    assert lines(files, "FS108") == [("FS108", "web/a.js", 2)]


def test_each_fault_of_the_registry_has_its_line() -> None:
    registry = (
        "version: 1\nevents:\n  A: {side: client}\n  A: {side: client}\n  C:\n    status: active\n"
        "  D: {side: client, status: deprecated, replaced_by: Nope}\n"
    )
    assert lines({"events.yaml": registry, "web/a.js": "FS.event('A', {});\n"}, "FS002") == [
        ("FS002", "events.yaml", line) for line in (4, 5, 7)
    ]


def test_suppressions_that_suppress_nothing() -> None:
    files = {
        "web/a.js": "FS.event('', {}); // fslint: ignore[FS703]\n"
        "FS.event('Cart', {}); // fslint: ignore[FS703]\n"
        "FS.event('Card', {}); // fslint: ignore[FS404]\n"
    }
    assert lines(files, "FS003", "FS703") == [("FS003", "web/a.js", 2)]
