"""The imports of a file by its text, before it is parsed: most files that hold a module's name import another one.

More may be named than is imported (a comment's), but nothing that the front ends take for an import is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

SEPARATOR = "\1"
"""Between a Python module and the name that is imported from it."""

_SPACE = rb"(?:[\s(]|/\*(?:[^*]|\*(?!/)){0,2000}+\*/|//[^\n]{0,2000}+\n)*+"
"""No comment between ``import`` and its specifier is longer; one that never ends is not followed to the file's end."""
_CALLED = rb"(?:[\s)?.!>]|<[^'\"`()\n>]{0,200}+>)*+"
"""What may stand between ``require`` and its call: ``(require)(…)``, ``require?.(…)``, ``require<Type>(…)``."""
_JAVASCRIPT = tuple(
    re.compile(word + _SPACE + rb"(?=(?:'([^'\n]*+)'|\"([^\"\n]*+)\"|`([^`\n]*+)`))")
    for word in (b"from", b"import", b"require" + _CALLED)
)
"""One for each word: what a pattern starts with is looked for ten times as fast as a choice."""
_STATEMENT = re.compile(rb"import\b([^\n\r\\(;]*+)")
"""Python's ``import`` and what follows it on its line, which may be a comment's."""
_CONTINUED = re.compile(rb"(?:\\\r?\n?[^\n\r\\(;]*+)++")
_LISTED = re.compile(rb"\((?:[\w\s,*\x80-\xff]|\\|#[^\n\r]*+)*+")
"""Names in parentheses; other characters end what is prose."""
_MODULE = re.compile(rb"(?:[^\n\\#;'\"()]|\\\r?\n)*")
_AROUND = re.compile(rb"(?<![\w.\x80-\xff])from(?=[\s.\\])")
_MOST = 1000
"""Bytes between ``from`` and ``import``."""
_DOT = re.compile(rb"[\s\\]*\.[\s\\]*")
_DOTTED = re.compile(rb"[^\s,;()#\\'\"=:]+")
_BETWEEN = SEPARATOR.encode()
_SIGNS = ".$#@~"
_BY_FUNCTION = (b"__import__", b"import_module")
_ENTITIES = (b"&quot;", b"&apos;", b"&#", b"&grave;")
_SCRIPTS = (".js", ".ts", ".jsx", ".tsx", ".mjs", ".cjs", ".mts", ".cts")


def is_python(path: str) -> bool:
    """Whether a file is imported, and imports, as Python does."""
    return path.lower().endswith((".py", ".pyi"))


def written_imports(path: str, content: bytes) -> tuple[set[bytes], bool]:
    """What a file imports, and whether its text tells all of it (not: imports by functions, or with escapes).

    JavaScript: specifiers. Python: the module (``.`` for the package), ``SEPARATOR``, and the imported name ("" for the
    module itself)."""
    if is_python(path):
        return set(_python(content)), not any(word in content for word in _BY_FUNCTION)
    found = {one or two or three for pattern in _JAVASCRIPT for one, two, three in pattern.findall(content)}
    plain = not any(b"\\" in specifier or b"&" in specifier for specifier in found)
    if plain and not path.lower().endswith(_SCRIPTS):
        plain = not any(entity in content for entity in _ENTITIES)
    return found, plain


def _python(content: bytes) -> Iterator[bytes]:
    last = followed = 0
    for statement in _STATEMENT.finditer(content):
        start, end = statement.span()
        names = statement[1]
        # What a comment or broken code seems to begin may hold statements: it is not skipped, only not followed again.
        if end >= followed:
            for more in (_CONTINUED, _LISTED):
                found = more.match(content, end)
                if found is not None:
                    names, end = names + b" " + found[0], found.end()
            followed = end
        at = _from_before(content, last, start)
        last = statement.start() + len(b"import")
        if at < 0 or _MODULE.fullmatch(content, at + 4, start) is None:
            for module in _DOTTED.findall(_DOT.sub(b".", names)):
                while module:
                    yield module + _BETWEEN
                    # `import a.b` imports `a` too.
                    module = module.rpartition(b".")[0]
        else:
            module = b"".join(content[at + 4 : start].replace(b"\\", b"").split()) + _BETWEEN
            yield module
            for name in _DOTTED.findall(names):
                yield module + name


def _from_before(content: bytes, low: int, end: int) -> int:
    """Where the ``from`` of an ``import`` at ``end`` stands, after ``low``; -1 without one."""
    at = end
    while (at := content.rfind(b"from", max(low, end - _MOST), at)) >= 0:
        if _AROUND.match(content, at) is not None:
            return at
    return -1


def key_of_row(row: str) -> str:
    """The word by which a row of ``written_imports`` is found: what ``key_of`` says of each file that it may mean.

    ``from a.b import c`` is two rows: the one that means ``a/b.py`` is found by ``b``, the other by ``c``."""
    module, python, name = row.partition(SEPARATOR)
    if python:
        return name or module.rpartition(".")[2] or "."
    return key_of(bare(row))


def bare(specifier: str) -> str:
    """A specifier without a bundler's loaders and queries (``raw-loader!./x``, ``./x?url``)."""
    return specifier.rpartition("!")[2].partition("?")[0].strip()


def key_of(path: str) -> str:
    """The last part of a path or specifier up to its first dot, without the sign of an alias (``$lib``, ``#shared``); ``.``
    where there are only dots."""
    return path.rstrip("/").rpartition("/")[2].lstrip(_SIGNS).partition(".")[0] or "."
