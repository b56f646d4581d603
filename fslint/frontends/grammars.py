"""The grammars of tree-sitter, by their packages."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType

from tree_sitter import Language


def language_of(package: str, function: str = "language") -> Language:
    """The grammar that a package makes. Raises ``ImportError`` where it is missing."""
    return Language(getattr(_compiled(package), function)())


def _compiled(package: str) -> ModuleType:
    """The compiled part of a grammar's package, without what the rest imports to read queries that nobody asks for."""
    spec = find_spec(package)
    if package not in sys.modules and spec is not None:
        sys.modules[package] = module_from_spec(spec)
        try:
            return import_module(f"{package}._binding")
        except ImportError:
            pass
        finally:
            del sys.modules[package]
    return import_module(package)
