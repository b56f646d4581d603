"""The front end of ``.env*`` files: every ``NAME=value`` is a constant."""

from __future__ import annotations

import re

from ..facts import Assign, Binding, FileFacts, Function, KeyUse, Literal, Region, Secret
from ..text import line_starts
from .syntax import Headers, comment_secrets, generated_marker, secret_for, suppressions

_LINE = re.compile(
    rb"""(?mx)
    ^ [ \t]* (?P<export> export [ \t]+ )? (?P<name> [A-Za-z_][\w.\-]* ) [ \t]* (?: = | :[ ] ) [ \t]*
    (?P<value>
        (?: " (?: [^"\\] | \\. )* " | ' [^']* ' | ` [^`]* ` ) (?= [ \t]* (?: \# [^\r\n]* )? $ )
      | [^\r\n]*
    )
    """,
    re.DOTALL,
)
_COMMENT = re.compile(rb"(?m)^[ \t]*(#[^\r\n]*)")
_TRAILING = re.compile(rb"(?:^|[ \t])(#[^\r\n]*)")
_ESCAPES = {r"\n": "\n", r"\r": "\r", r"\t": "\t", r"\"": '"', r"\\": "\\", r"\$": "$"}
_MAX_ENTRIES = 20_000


def extract(data: bytes, language: str = "dotenv") -> FileFacts:
    """The facts of a ``.env`` file. ``data``: UTF-8 without BOM. Never raises on any content."""
    lines = line_starts(data)
    bindings: list[Binding] = []
    secrets: list[Secret] = []
    comments: list[tuple[int, int]] = []
    at = 0
    while at < len(data) and len(bindings) < _MAX_ENTRIES:
        comment = _COMMENT.match(data, at)
        match = None if comment else _LINE.match(data, at)
        if comment:
            comments.append(comment.span(1))
        if match:
            start, end, text = _value(data, match, comments)
            name = match["name"].decode("utf-8", "replace")
            value = secret_for(text, start, end, name) or Literal(start, end, text)
            if isinstance(value, Secret) and value.kind != "property":
                secrets.append(value)
            assign = Assign(start, end, value, 0, 0)
            bindings.append(Binding(match.start("name"), match.end("name"), name, "const", 0, 0, (assign,)))
        found = comment or match
        at = _next_line(data, found.end() if found else at)
    headers = Headers((binding.start, binding.assigns[0].end) for binding in bindings)
    return FileFacts(
        language=language,
        size=len(data),
        lines=lines,
        functions=(Function(0, len(data), "", "module", -1, 0),),
        regions=(Region(0, len(data), -1, 0, "body", 0),),
        bindings=tuple(bindings),
        literals=tuple(secrets),
        comment_keys=_comment_keys(comments, data),
        suppressions=suppressions(comments, data, lines, lambda start, end: headers.after(end)),
        generated=generated_marker(data, lines),
    )


def _value(data: bytes, match: re.Match[bytes], comments: list[tuple[int, int]]) -> tuple[int, int, str]:
    """Place (quotes included) and text of a value; the comment behind it is added to ``comments``."""
    start, raw = match.start("value"), match["value"]
    quote = raw[:1]
    if quote in (b'"', b"'", b"`") and len(raw) >= 2 and raw.endswith(quote):
        text = raw[1:-1].decode("utf-8", "replace")
        if quote == b'"':
            text = re.sub(r"\\.", lambda found: _ESCAPES.get(found[0], found[0]), text)
        trailing = _TRAILING.match(data, match.end("value"))
        end = match.end("value")
    else:
        trailing = _TRAILING.search(raw)
        if trailing:
            raw = raw[: trailing.start()]
        raw = raw.rstrip()
        text, end = raw.decode("utf-8", "replace"), start + len(raw)
    if trailing:
        offset = 0 if trailing.string is data else start
        comments.append((trailing.start(1) + offset, trailing.end(1) + offset))
    return start, end, text


def _next_line(data: bytes, at: int) -> int:
    ends = [end for end in (data.find(b"\n", at), data.find(b"\r", at)) if end >= 0]
    return min(ends) + 1 if ends else len(data)


def _comment_keys(comments: list[tuple[int, int]], data: bytes) -> tuple[KeyUse, ...]:
    """Key shapes, and entries of FullStory keys that are commented out."""
    found: list[KeyUse] = []
    for start, end in comments:
        uses = comment_secrets(data[start:end].decode("utf-8", "replace"), start)
        entry = _LINE.match(data[start:end].lstrip(b"#"))
        if not uses and entry is not None:
            offset = end - len(data[start:end].lstrip(b"#"))
            at, stop, text = _value(entry.string, entry, [])
            secret = secret_for(text, at + offset, stop + offset, entry["name"].decode("utf-8", "replace"))
            if secret is not None and secret.kind == "named":
                uses = [KeyUse(secret.start, secret.end, secret)]
        found += uses
    return tuple(found)
