"""What front ends share: suppression comments and the detection of keys (RULES.md, FS6)."""

from __future__ import annotations

import base64
import binascii
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import sub
from sys import intern
from typing import TYPE_CHECKING, cast

import msgspec

from ..facts import FileFacts, KeyUse, Secret, Suppression
from ..hashes import blake2b
from ..text import line_end, line_of

if TYPE_CHECKING:
    from tree_sitter import Node

_MINIFIED_LINE = 5000


def utf8(text: str) -> str:
    """What stands in UTF-8 in a text whose every character is a byte (decoded as Latin-1)."""
    return text if text.isascii() else text.encode("latin-1").decode("utf-8", "replace")


class Words(dict[str, str]):
    """The words of a file by how they stand in its bytes, decoded as Latin-1: each is decoded and kept once."""

    def __missing__(self, raw: str) -> str:
        word = self[raw] = intern(raw if raw.isascii() else utf8(raw))
        return word


EXTRA = frozenset({"comment", "html_comment", "line_continuation"})


def passing(node: Node) -> Iterator[Node]:
    """The children, one by one. A node keeps its children, and so all below them, as long as it lives; these live only
    until the next one, so that a large file's tree is not all in memory as Python's objects."""
    cursor = node.walk()
    more = cursor.goto_first_child()
    while more:
        child = cursor.node
        if child is not None:
            yield child
            del child
        more = cursor.goto_next_sibling()


def kids(node: Node) -> list[Node]:
    """The named children, comments excepted."""
    children = node.named_children
    for child in children:
        if child.type in EXTRA:
            return [child for child in children if child.type not in EXTRA]
    return children


def generated_marker(data: bytes, lines: Sequence[int]) -> str:
    """``generated`` (says ``@generated`` at its top), ``minified`` (has a line over 5,000 characters) or ""."""
    head = data[: lines[min(len(lines) - 1, 40)] if len(lines) > 40 else 4000]
    if re.search(rb"(?m)^[ \t]*(?:#|//|/\*|\*|<!--|\"\"\"|''').*@generated\b", head) or re.match(
        rb"\s*@generated\b", head
    ):
        return "generated"
    ends = (*lines[1:], len(data))
    if max(map(sub, ends, lines)) > _MINIFIED_LINE:
        for start, end in zip(lines, ends, strict=True):
            if end - start > _MINIFIED_LINE:
                if len(data[start:end].decode("utf-8", "replace").strip()) > _MINIFIED_LINE:
                    return "minified"
    return ""


# -------------------------------------------------------------------------------------------------------- comments

_MARKS = re.compile(rb"f(?:slint|ull_?story|s_?api|s_?key)|na1\.|eu1\.|bmexl|zxuxl")
"""What suppressions, keys, and the names that keys are bound to have in them, in lower case."""


def marks(data: bytes, stretches: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Where, in what may be comments, something stands that makes one of interest. Offsets, as the stretches are."""
    for start, end in stretches:
        for match in _MARKS.finditer(data[start:end].lower()):
            yield start + match.start()


# ---------------------------------------------------------------------------------------------------- suppressions

_SUPPRESSION = r"""(?ix)
    (?: ^ [\s/*\#{<!\-]* | (?:\#|//|/\*|<!--) \s* )      # the comment's start, or a second comment in it
    fslint \s* : \s* ignore (?P<file>-file)? (?![\w-])
    (?: \s* \[ (?P<codes>[^\]\n]*) \] )?
    (?P<reason>[^\n]*)
    """
_COMMENT_TAIL = r"\s*(?:\*+/\s*\}?|--!?>)\s*$"


def parse_suppression(comment: str) -> tuple[str, tuple[str, ...], str] | None:
    """(scope ``line`` or ``file``, codes as written, reason) of a comment, with or without its markers, or None.

    A malformed one (no brackets, none closed, nothing in them) has no codes: it suppresses nothing.
    """
    if "fslint" not in comment and "fslint" not in comment.lower():
        return None
    match = re.search(_SUPPRESSION, re.sub(_COMMENT_TAIL, "", comment))
    if match is None:
        return None
    codes = tuple(code for code in re.split(r"[,\s]+", match["codes"] or "") if code)
    reason = re.split(r"(?:^|\s)(?:#|//)", match["reason"], maxsplit=1)[0] if codes else ""
    return ("file" if match["file"] else "line", codes, scrub(reason.strip(" \t\r-–—:")))


def suppressions(
    comments: Iterable[tuple[int, int]],
    data: bytes,
    lines: Sequence[int],
    following: Callable[[int, int], int | None],
) -> tuple[Suppression, ...]:
    """The suppressions among a file's comments (their places).

    ``following(start, end)``: for the comment at that place, which stands on a line of its own: where the statement,
    or the item within brackets, that follows ends (a compound statement: its header); None: nothing follows.
    """
    found = []
    for start, end in comments:
        if b"fslint" not in data[start:end].lower():
            continue
        parsed = parse_suppression(data[start:end].decode("utf-8", "replace"))
        if parsed is None:
            continue
        scope, codes, reason = parsed
        own_start = lines[line_of(lines, start)]
        covers_end = line_end(data, lines, end)
        before, after = data[own_start:start].strip(b" \t\f{"), data[end:covers_end].strip(b" \t\f\r},;")
        if not before and not after:
            covers_end = max(covers_end, following(start, end) or 0)
        found.append(Suppression(start, end, codes, reason, scope, own_start, covers_end))
    return tuple(found)


class Headers:
    """Places of statements (of compound ones: their headers), to be asked for the one that follows an offset."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = sorted(spans)

    def after(self, offset: int) -> int | None:
        """The end of the first statement that starts at or after ``offset``; None if there is none."""
        index = bisect_left(self._spans, (offset, 0))
        if index == len(self._spans):
            return None
        start = self._spans[index][0]
        end = self._spans[index][1]
        while index < len(self._spans) and self._spans[index][0] == start:
            end = max(end, self._spans[index][1])
            index += 1
        return end


# ------------------------------------------------------------------------------------------------------------ keys

# Patterns that most files need nothing of are compiled when they are first used.
_SALT = b"fslint key 1"
_SHAPE = r"(?<![A-Za-z0-9_-])(?:na1|eu1)\.[A-Za-z0-9+/_-]{60,}={0,2}"
_ENCODED_SHAPE = r"(?<![A-Za-z0-9_-])(?:bmExL|ZXUxL)[A-Za-z0-9+/_-]{75,}={0,2}"
_FS_API_KEY = r"(?<![A-Za-z0-9_-])fs_api_key_[A-Za-z0-9_-]*[A-Za-z0-9]"
_SCHEME = r"([A-Za-z][A-Za-z0-9_-]*) +(?=\S+$)"
_BASE64 = r"[A-Za-z0-9+/_-]{4,}={0,2}$"

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_NAMED = re.compile(r"fullstory|full_story|(?:^|_)fs_?api(?:_|$|key)|(?:^|_)fs_?key")
_NAMED_END = re.compile(r"(?:key|token|secret)$")
_PROPERTY = re.compile(r"(?:apikey|token|secret|authorization|secretkey|serverkey)$")
_PROPERTY_NAMES = frozenset({"auth", "authheader", "credential", "credentials"})
_MIN_NAMED = 16
_MIN_PROPERTY = 8

_PLACEHOLDER_FORM = r"(?s)<.*>|\[.*\]|\{.*\}|\$.*|%.*%|%\(?\w*\)?s|__.*__|[xX*.…\-_#?0]*"
_PLACEHOLDER_TEXT = """
    your my the a an of in by with from to this here api key keys token secret secrets value name id org server
    fullstory full story fs auth authorization basic bearer changeme change me dummy placeholder example examples
    test tests testing todo tbd fixme replace insert enter put set fake sample mock demo none null undefined redacted
    hidden removed env environment config settings production prod staging dev development local live
"""
_PLACEHOLDER_WORDS = frozenset(_PLACEHOLDER_TEXT.split())
_X_WORD = r"(?i)x+|\*+|\.+|…+"
_REFERENCE = (
    r"[A-Za-z][A-Za-z0-9+.-]*://|(?:arn|vault|secret|secrets|ssm|op|gcp|aws|azure|file|env|urn|data|projects):|www\."
)
_PATH = (
    r"(?:\.{0,2}|~|[A-Za-z]:)[/\\]"
    r"|(?:[A-Za-z_.-]+[/\\])+[A-Za-z_.-]*$"
    r"|[^\s]*\.(?:json|txt|key|pem|ya?ml|env|ini|toml)$"
)
_CAPITALS = r"(?=.*_)[A-Z0-9_]+$"
_ORG_ID = r"o-[A-Za-z0-9]+(?:-(?:na|eu)\d)?$"
_PATTERN = r"\(\?|\[[^\]]*-[^\]]*\]|\\"
"""A regular expression: ``FS_API_KEY = re.compile(r'fs_[A-Z]{20,}')``."""
_HOLE = r"\$\{|\{\{|\$\(|<%|%\(\w+\)s|\.\.\.|…"


def words_of(name: str) -> list[str]:
    """The words of a name in any case style, in lower case: ``fullStoryAPIKey`` → full, story, api, key."""
    return [word.lower() for word in _WORD.findall(name)]


def is_placeholder(text: str) -> bool:
    """Whether a literal as a whole stands for a key that is still to be filled in."""
    text = text.strip().strip("'\"`")
    if re.fullmatch(_PLACEHOLDER_FORM, text):
        return True
    parts = [part for part in re.split(r"[\s\-_.:/]+", text) if part]
    return all(
        re.fullmatch(_X_WORD, part)
        or part.lower() in _PLACEHOLDER_WORDS
        or (part.isalpha() and all(w in _PLACEHOLDER_WORDS or re.fullmatch(_X_WORD, w) for w in words_of(part)))
        for part in parts
    )


def secret_for(text: str, start: int, end: int, name: str) -> Secret | None:
    """The secret that stands for a literal, or None where the literal is no key and stays what it is.

    ``text``: the literal's value; ``start``/``end``: its place; ``name``: what it is bound to (variable, parameter,
    object key, keyword, attribute, environment variable), "" for nothing.
    """
    if len(text) < _MIN_PROPERTY:
        return None
    if _may_hold_key(text):
        for _, _, match_text, kind in _shapes(text):
            prefix, key = _split(text)
            if key.rstrip(":") != match_text:
                prefix, key = "", match_text
            return _secret(key, start, end, kind, prefix)
    is_named, is_property = _names(name) if name else (False, False)
    if not is_named and not is_property and text.lstrip()[:6].lower() != "basic ":
        return None
    prefix, key = _split(text)
    if prefix.lower() == "basic " and not is_named and _looks_random(key) and _key_like(key, _MIN_PROPERTY):
        return _secret(key, start, end, "property", prefix)
    if is_named and _key_like(key, _MIN_NAMED):
        return _secret(key, start, end, "named", prefix)
    if is_property and _key_like(key, _MIN_PROPERTY) and _looks_random(key):
        return _secret(key, start, end, "property", prefix)
    return None


_COMMENTED = r"""([A-Za-z_][\w.\-]*)["']?\s*[:=]\s*(["'`])((?:(?!\2)\S){16,})\2"""


def comment_secrets(text: str, offset: int) -> list[KeyUse]:
    """The keys in a comment: key shapes, and quoted literals bound to a FullStory key's name (code commented out).

    ``offset``: where ``text`` starts in the file, in bytes.
    """
    found: dict[int, tuple[int, str, str]] = {}
    for at, stop, key, kind in _shapes(text):
        found[at] = (stop, key, kind)
    if "=" in text or ":" in text:
        for match in re.finditer(_COMMENTED, text):
            covered = any(match.start(3) <= at < match.end(3) for at in found)
            secret = None if covered else secret_for(match[3], 0, 0, match[1].rpartition(".")[2])
            if secret is not None and secret.kind == "named" and _looks_random(match[3]):
                found[match.start(3)] = (match.end(3), match[3], "named")
    uses = []
    for at, (stop, key, kind) in sorted(found.items()):
        start = offset + len(text[:at].encode("utf-8", "surrogatepass"))
        end = start + len(text[at:stop].encode("utf-8", "surrogatepass"))
        uses.append(KeyUse(start, end, _secret(key, start, end, kind, "")))
    return uses


def scrub(text: str) -> str:
    """Text that is kept for people (a suppression's reason, a specifier), with every key shape in it masked."""
    if not _may_hold_key(text):
        return text
    for at, stop, key, _ in sorted(_shapes(text), reverse=True):
        text = f"{text[:at]}{_mask(key)}{text[stop:]}"
    return text


def scrub_facts(facts: FileFacts) -> FileFacts:
    """Facts with the key shapes masked that stand where no value is: object keys, specifiers, patterns, labels."""

    def clean(item: object) -> object:
        if isinstance(item, str):
            return scrub(item)
        if isinstance(item, tuple):
            parts = [clean(part) for part in item]
            return item if all(a is b for a, b in zip(parts, item, strict=True)) else tuple(parts)
        if isinstance(item, msgspec.Struct):
            changed = {}
            for field in item.__struct_fields__:
                old = getattr(item, field)
                new = clean(old)
                if new is not old:
                    changed[field] = new
            return msgspec.structs.replace(item, **changed) if changed else item
        return item

    try:
        return cast(FileFacts, clean(facts))
    except RecursionError:  # so deep that no cache takes it
        return facts


def _may_hold_key(text: str) -> bool:
    """Whether ``_shapes`` may find something."""
    return "na1." in text or "eu1." in text or "bmExL" in text or "ZXUxL" in text or "fs_api_key_" in text


def _shapes(text: str) -> list[tuple[int, int, str, str]]:
    """(start, end, key, kind) of every key shape in a text."""
    found: list[tuple[int, int, str, str]] = []
    for hints, pattern, kind, test in _SHAPES:
        if any(hint in text for hint in hints):
            found += ((m.start(), m.end(), m[0], kind) for m in re.finditer(pattern, text) if test(m[0]))
    return found


def _has_key_alphabet(key: str) -> bool:
    payload = key[4:]
    return any(c.islower() for c in payload) and any(c.isupper() for c in payload) and any(c.isdigit() for c in payload)


def _encodes_key(key: str) -> bool:
    decoded = _decoded(key)
    return decoded is not None and re.match(_SHAPE, decoded) is not None


_SHAPES: tuple[tuple[tuple[str, ...], str, str, Callable[[str], bool]], ...] = (
    (("na1.", "eu1."), _SHAPE, "shape", _has_key_alphabet),
    (("bmExL", "ZXUxL"), _ENCODED_SHAPE, "shape", _encodes_key),
    (("fs_api_key_",), _FS_API_KEY, "fs_api_key", lambda key: not is_placeholder(key)),
)


def _split(text: str) -> tuple[str, str]:
    """A header's scheme with its blanks ("" without one), and what follows."""
    text = text.strip()
    match = re.match(_SCHEME, text)
    return (match[0], text[match.end() :]) if match else ("", text)


@lru_cache(4096)
def names_key(name: str) -> bool:
    """Whether a name is that of a key of FullStory's."""
    joined = "_".join(words_of(name))
    return _NAMED.search(joined) is not None and _NAMED_END.search(joined) is not None


@lru_cache(4096)
def _names(name: str) -> tuple[bool, bool]:
    """Whether a name is that of a key of FullStory's, and of a key of anything."""
    return names_key(name), _is_property(name)


def _is_property(name: str) -> bool:
    joined = "".join(words_of(name))
    return joined in _PROPERTY_NAMES or _PROPERTY.search(joined) is not None


def _key_like(key: str, least: int) -> bool:
    """Long enough, one word, and none of what stands where keys stand: placeholders, variables' names, URLs, paths."""
    return (
        len(key) >= least
        and not any(c.isspace() for c in key)
        and not is_placeholder(key)
        and not re.match(_CAPITALS, key)
        and not re.match(_REFERENCE, key)
        and not re.match(_PATH, key)
        and not re.match(_ORG_ID, key)
        and not re.search(_HOLE, key)
        and not re.search(_PATTERN, key)
    )


def _looks_random(key: str) -> bool:
    """Has a digit and is no dotted or snake-cased phrase, or changes between cases as no identifier does."""
    key = key.rstrip(":=")
    if any(c.isdigit() for c in key):
        return True
    words = words_of(key)
    return len(key) >= _MIN_NAMED and len(words) * 3 > len(key)


def _decoded(key: str) -> str | None:
    """What a text is base64 of, if it is base64 of text."""
    if not re.match(_BASE64, key):
        return None
    plain = key.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None


def _mask(key: str) -> str:
    return f"{key[: min(8, len(key) // 4)]}…({len(key)})"


def _secret(key: str, start: int, end: int, kind: str, prefix: str) -> Secret:
    bare = key.rstrip(":")
    digest = blake2b(bare.encode("utf-8", "surrogatepass"), digest_size=8, key=_SALT).hexdigest()
    decoded = _decoded(key)
    is_pair = decoded is not None and decoded.endswith(":") and len(decoded) > 1 and decoded.isprintable()
    return Secret(start, end, _mask(bare), len(bare), kind, digest, prefix, key.endswith(":"), is_pair)
