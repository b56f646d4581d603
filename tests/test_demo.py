"""The demo shop: each mistake in it is found where it was made, and nothing else is."""

from __future__ import annotations

from pathlib import Path

from projects import findings

from fslint import demo
from fslint.rules import all_rules

MISTAKES = [
    ("FS101", "web/src/Cart.tsx", 14),
    ("FS102", "events.yaml", 43),
    ("FS104", "api/main.py", 13),
    ("FS107", "api/main.py", 27),
    ("FS201", "web/src/Checkout.tsx", 13),
    ("FS202", "web/src/Cart.tsx", 13),
    ("FS301", "web/src/Cart.tsx", 10),
    ("FS302", "web/src/Cart.tsx", 13),
    ("FS401", "api/main.py", 27),
    ("FS406", "web/src/session.ts", 14),
    ("FS501", "api/main.py", 13),
    ("FS502", "api/renewals.py", 10),
    ("FS502", "api/webhooks.py", 10),
    ("FS503", "api/webhooks.py", 10),
    ("FS504", "api/renewals.py", 10),
    ("FS507", "api/tracking.py", 20),
    ("FS507", "api/webhooks.py", 10),
    ("FS511", "api/webhooks.py", 10),
    ("FS601", "web/src/admin/replay.ts", 1),
    ("FS603", "web/src/admin/replay.ts", 5),
    ("FS604", "web/src/Checkout.tsx", 11),
    ("FS701", "web/src/Product.tsx", 7),
    ("FS702", "events.yaml", 19),
    ("FS803", "api/webhooks.py", 9),
]


def test_every_mistake_of_the_shop_is_found_and_nothing_else(tmp_path: Path) -> None:
    demo.write(tmp_path)
    there = all_rules()
    assert findings(tmp_path) == sorted(mistake for mistake in MISTAKES if mistake[0] in there)
