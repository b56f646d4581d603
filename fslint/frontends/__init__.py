"""Front ends: bytes in, facts out. One module a language; each is imported when the first such file is at hand."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..facts import FileFacts

_MODULES = {
    "javascript": "javascript",
    "typescript": "javascript",
    "tsx": "javascript",
    "python": "python",
    "vue": "markup",
    "svelte": "markup",
    "astro": "markup",
    "html": "markup",
    "json": "data",
    "yaml": "data",
    "dotenv": "dotenv",
}

SUFFIXES = {
    ".js": "javascript",
    ".jsx": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
    ".py": "python",
    ".pyi": "python",
    ".vue": "vue",
    ".svelte": "svelte",
    ".astro": "astro",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jinja": "html",
    ".jinja2": "html",
    ".j2": "html",
    ".erb": "html",
    ".hbs": "html",
    ".handlebars": "html",
    ".ejs": "html",
    ".njk": "html",
    ".mustache": "html",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
}
"""Language by the end of a file's name; ``.env*`` files are ``dotenv``."""


def language_of(path: str) -> str | None:
    """The language of a file by its name, or None for files that fslint does not read."""
    found = SUFFIXES.get(path[path.rfind(".") :])
    if found is not None and ".env" not in path:
        return found
    name = path.rsplit("/", 1)[-1]
    if name == ".env" or name.startswith(".env."):
        return "dotenv"
    dot = name.rfind(".")
    return SUFFIXES.get(name[dot:].lower()) if dot >= 0 else None


def extract(data: bytes, language: str) -> FileFacts:
    """Facts of a file's content. ``data``: UTF-8 without BOM (``text.to_utf8``). Never raises on any content."""
    module = import_module(f"{__name__}.{_MODULES[language]}")
    with _no_collection():
        facts: FileFacts = module.extract(data, language)
    if any(hint in data for hint in _KEY_HINTS):
        from .syntax import scrub_facts

        facts = scrub_facts(facts)
    return facts


@contextmanager
def _no_collection() -> Iterator[None]:
    """No looking for cycles: facts and nodes of the tree have none, and are so many that it took a tenth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


_KEY_HINTS = (b"na1.", b"eu1.", b"bmExL", b"ZXUxL", b"fs_api_key_")
"""What every key shape begins with."""
