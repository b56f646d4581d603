"""A registry as bytes, for the cache: what was read of the same texts need not be read again.

In: a registry without problems. Out: the same one. A text that looks like a key is not kept (nor is such a registry).
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from .hashes import blake2b
from .patterns import Pattern, PatternError, compile_pattern
from .registry import Registry
from .source import mask


def digest(texts: Mapping[str, bytes], program: bytes) -> bytes:
    """What a registry comes from: its files, in their order, and the program that read them."""
    found = blake2b(digest_size=20, key=program)
    for path, text in texts.items():
        name = path.encode("utf-8", "surrogateescape")
        found.update(b"%d %d " % (len(name), len(text)) + name + text)
    return found.digest()


def dump(registry: Registry) -> bytes | None:
    """As bytes; None for one that is not kept."""
    if registry.problems or not registry.complete:
        return None
    try:
        data = msgspec.msgpack.encode(registry, enc_hook=_plain)
    except (UnicodeError, OverflowError):
        return None
    text = data.decode("utf-8", "replace")
    return data if mask(text) == text else None


def load(data: bytes) -> Registry | None:
    """What ``dump`` wrote; None for anything else."""
    try:
        return msgspec.msgpack.decode(data, type=Registry, dec_hook=_pattern)
    except (msgspec.MsgspecError, PatternError, ValueError, TypeError, RecursionError):
        return None


def _plain(value: object) -> tuple[str, bool]:
    if isinstance(value, Pattern):
        return value.source, value.whole
    raise NotImplementedError(type(value))


def _pattern(kind: type, value: object) -> Pattern:
    if kind is Pattern and isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        return compile_pattern(value[0], whole=bool(value[1]))
    raise NotImplementedError(kind)
