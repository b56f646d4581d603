"""Input that wants to make a run crash or hang."""

from __future__ import annotations

from ruletest import findings


def test_texts_that_double_stay_unknown() -> None:
    lines = [
        "const s0 = 'x';",
        *(f"const s{n} = `${{s{n - 1}}}${{s{n - 1}}}`;" for n in range(1, 60)),
        "FS.event(s59, { a: 1 });",
    ]
    assert findings({"web/a.js": "\n".join(lines)}, ("FS301", "FS703")) == [("FS301", "web/a.js", 61)]
