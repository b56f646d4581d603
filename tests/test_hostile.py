"""Input that wants to make a run crash or hang."""

from __future__ import annotations

import time

from ruletest import findings


def test_texts_that_double_stay_unknown() -> None:
    lines = [
        "const s0 = 'x';",
        *(f"const s{n} = `${{s{n - 1}}}${{s{n - 1}}}`;" for n in range(1, 60)),
        "FS.event(s59, { a: 1 });",
    ]
    assert findings({"web/a.js": "\n".join(lines)}, ("FS301", "FS703")) == [("FS301", "web/a.js", 61)]


def test_a_long_chain_of_calls_costs_what_its_length_does() -> None:
    start = time.process_time()
    source = f"FS.event('A', {{ a: 1 }});\nchain{'.b()' * 20_000};\n"
    assert findings({"web/a.js": source, "web/b.js": "FS.event('A', { a: 1 });\n"}, ("FS301",)) == [
        ("FS301", "web/b.js", 1)
    ]
    assert time.process_time() - start < 30  # 250 s where each call walked down all before it
