"""One voice: what every finding of the rule book's bad examples, and every problem of a registry, says and how."""

from __future__ import annotations

import re

import pytest
from ruletest import run
from test_registry import INVALID

from fslint import rulebook
from fslint.diagnostics import Diagnostic
from fslint.registry import load

PAGES = rulebook.pages()


def assert_in_voice(found: Diagnostic) -> None:
    """What is wrong, and what to write instead: each one line, lower case, without a full stop."""
    for text in (found.message, found.help, *(related.message for related in found.related)):
        assert text.strip() == text and text, f"{found.code} says nothing: {found.message}"
        assert "\n" not in text and "  " not in text
        assert not text.endswith((".", "!")), text
        assert not re.match(r"[A-Z][a-z]+ ", text), text


@pytest.mark.parametrize("code", PAGES)
def test_a_rule_speaks_as_the_others_do(code: str) -> None:
    for example in PAGES[code].examples:
        if example.kind == "bad" and all(file.encoding in ("utf-8", "ascii") for file in example.files):
            for found in run({file.path: file.text for file in example.files}, (code,))[0]:
                assert_in_voice(found)


@pytest.mark.parametrize("text", [row[1] for row in INVALID], ids=[row[0] for row in INVALID])
def test_the_registry_speaks_as_the_rules_do(text: str) -> None:
    for found in load({"events.yaml": text.encode()}).problems:
        assert_in_voice(found)
