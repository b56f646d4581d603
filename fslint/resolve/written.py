"""The imports of a file by its text, before it is parsed: most files that hold a module's name import another one.

More may be named than is imported (a comment's), but nothing that the front ends take for an import is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Written = tuple[str, str]
"""A specifier, and the imported name: "" for the module itself, ``*`` for all of it."""

_SPACE = rb"(?:[\s(]|/\*(?:[^*]|\*(?!/)){0,2000}+\*/|//[^\n]{0,2000}+\n)*+"
"""No comment between ``import`` and its specifier is longer; one that never ends is not followed to the file's end."""
_JAVASCRIPT = re.compile(rb"\b(?:from|import|require)\b" + _SPACE + rb"(?:'([^'\n]*+)'|\"([^\"\n]*+)\"|`([^`\n]*+)`)")
_STATEMENT = re.compile(rb"(?<!\w)(?:from|import)\b(?:[^\n\\(]|\\\r?\n?|\((?:[^)#]|#[^\n]*+)*+\)?)*+")
"""A statement of Python, over all its lines; what is broken goes on to the end of the file."""
_FROM = re.compile(r"from\b([\s.\w]*?)\bimport\b(.*)", re.DOTALL)
_DOT = re.compile(r"\s*\.\s*")
_CONTINUED = re.compile(rb"\\\r?\n?")
_DOTTED = re.compile(r"\w[\w.]*")
_NAME = re.compile(r"\w+")
_BY_FUNCTION = (b"__import__", b"import_module")
_ENTITIES = (b"&quot;", b"&apos;", b"&#", b"&grave;")


def is_python(path: str) -> bool:
    """Whether a file is imported, and imports, as Python does."""
    return path.lower().endswith((".py", ".pyi"))


def written_imports(path: str, content: bytes) -> set[Written] | None:
    """What a file imports; None where the text does not tell (imports by functions, or with escapes)."""
    if is_python(path):
        return None if any(word in content for word in _BY_FUNCTION) else set(_python(content))
    found = [one or two or three for one, two, three in _JAVASCRIPT.findall(content)]
    if any(b"\\" in specifier or b"&" in specifier for specifier in found):
        return None
    if any(entity in content for entity in _ENTITIES) and not path.lower().endswith((".js", ".ts", ".jsx", ".tsx")):
        return None
    return {(specifier.decode("utf-8", "surrogateescape"), "") for specifier in found}


def _python(content: bytes) -> Iterator[Written]:
    for statement in _STATEMENT.findall(content):
        text = _CONTINUED.sub(b" ", statement).decode("utf-8", "surrogateescape")
        found = _FROM.match(text)
        if found is None:
            for module in _DOTTED.findall(_DOT.sub(".", text[len("import") :])):
                yield module, ""
                yield module, "*"
        else:
            module = "".join(found[1].split())
            yield module, ""
            yield module, "*"
            yield from ((module, name) for name in _NAME.findall(found[2]))
