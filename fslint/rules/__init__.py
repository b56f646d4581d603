"""The rules: pure functions from the linked project to diagnostics.

One module a family (``fs1_registry`` …); a rule is one function decorated with ``@rule("FS201")``, a generator of
``Diagnostic``. Its name, severity and one-line summary are a row of ``catalogue.CATALOGUE``; its text is its page in
``rules/``. No parsing, no I/O, no language here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from ..diagnostics import Diagnostic

if TYPE_CHECKING:
    from ..link.project import Project

Rule = Callable[["Project"], Iterable[Diagnostic]]

_RULES: dict[str, Rule] = {}


@cache
def _load() -> None:
    for module in iter_modules(__path__):
        if module.name.startswith("fs"):
            import_module(f"{__name__}.{module.name}")


def rule(code: str) -> Callable[[Rule], Rule]:
    """Register the decorated function as the rule ``code``."""

    def register(function: Rule) -> Rule:
        assert code not in _RULES, f"{code} is registered twice"
        _RULES[code] = function
        return function

    return register


def all_rules() -> dict[str, Rule]:
    """Every rule by code. Imports the rule modules on first use."""
    _load()
    return dict(sorted(_RULES.items()))
