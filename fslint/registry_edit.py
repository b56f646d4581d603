"""Changing a registry's text: new entries, marks, and nothing else.

In: a file's bytes and what to add. Out: the bytes with that added; every other byte stays, comments, order, quotes and line
ends too. A YAML writer would keep the comments but set indents, quotes and long lines its own way, and a plan that is
reformatted by its first ``sync`` shows a change in every line. Where text cannot be added safely (into what an anchor
or alias shares) ``CannotEdit`` says so. Knows nothing of code.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from .registry_text import EventEntry, PropertyEntry, event_flow, event_lines, property_flow, property_lines, scalar
from .yamlnodes import Node, YamlError, parse

BOM = b"\xef\xbb\xbf"
GONE = "gone: nothing in the code sends it any more (fslint registry sync)"
_MARK = re.compile(rb"[ \t]*# gone: .*\(fslint registry sync\)[ \t]*\r?\n")
_SHARED = re.compile(rb"[&*]")
_TAG = re.compile(rb"!\S*\s+")
_DECORATION = re.compile(rb"[&!]\S*\s+")
"""An anchor or a tag before a node."""


class CannotEdit(Exception):
    """The text cannot be changed safely here; the message says why."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes from ``start`` to ``end`` by ``text``. ``depth``: of two at one place the deeper comes first."""

    start: int
    end: int
    text: bytes
    depth: int = -1


class Text:
    """A registry file while it is changed. Raises ``CannotEdit`` for one that is no registry.

    Changes are collected by the methods and applied by ``result``; each looks at the file as it was.
    """

    def __init__(self, data: bytes) -> None:
        self.bom = BOM if data.startswith(BOM) else b""
        self.data = data.removeprefix(BOM)
        self.newline = b"\r\n" if b"\r\n" in self.data else b"\n"
        try:
            root = parse(self.data)
        except YamlError as error:
            raise CannotEdit(error.message) from None
        if root is None or root.kind != "mapping":
            raise CannotEdit("it is no mapping of `events`")
        self.root = root
        _, events = _entry(root, "events")
        if events is not None and events.kind != "mapping" and not _is_null(events):
            raise CannotEdit("`events` is no mapping")
        self.first: list[EventEntry] = []
        names = [_sort_key(key.text) for key, _ in events.entries] if events is not None else []
        self.names = names if names == sorted(names) else []
        """The keys of the events in their order, none where they are not sorted."""
        self.edits: list[Edit] = []
        self.begun: dict[int, list[PropertyEntry]] = {}

    def result(self) -> bytes:
        """The file with everything changed that was asked for."""
        self._begin_mappings()
        if self.first:
            lines = [line for event in self.first for line in event_lines(event, 2)]
            self._after_all(self.root, ["events:", *lines])
            self.first = []
        pieces, at = [self.bom], 0
        for edit in sorted(self.edits, key=lambda edit: (edit.start, -edit.depth)):
            pieces += [self.data[at : edit.start], edit.text]
            at = edit.end
        return b"".join([*pieces, self.data[at:]])

    # --------------------------------------------------------------------------------------------------- what to do

    def add_event(self, event: EventEntry) -> None:
        """An event: in its place where the names are sorted, else after the last one."""
        key, value = _entry(self.root, "events")
        if key is None or value is None:
            self.first.append(event)
        elif _is_null(value):
            indent = self._column(key) + 2
            self._insert_lines(self._line_end(max(key.end, value.end)), event_lines(event, indent))
        else:
            self._editable(value, "`events`")
            if self._is_flow(value):
                self._insert_flow(value, f"{scalar(event.name)}: {event_flow(event)}")
                return
            names = self.names
            before = len(value.entries)
            if names:
                before = bisect(names, _sort_key(event.name))
            lines = event_lines(event, self._column(value.entries[0][0]))
            if before == 0:
                self._insert_lines(self._head(value.entries[0][0]), lines)
            else:
                gap = [""] if len(value.entries) > 1 and self._spaced(value) else []
                self._insert_lines(self._tail(value, before - 1), [*gap, *lines])

    def add_property(self, owner: str, entry: PropertyEntry, *, event: bool = True) -> None:
        """A property of an event, or (``event`` false) of a section at the top."""
        if not event:
            key, value = _entry(self.root, owner)
            if key is None or value is None:
                raise CannotEdit(f"there is no `{owner}`")
            self._add_to(key, value, entry, owner)
            return
        _, events = _entry(self.root, "events")
        key, body = _entry(events, owner) if events is not None else (None, None)
        if key is None or body is None or body.kind != "mapping":
            raise CannotEdit(f"`{owner}` has no body")
        self._editable(body, f"`{owner}`")
        inner_key, inner = _entry(body, "properties")
        if inner_key is None or inner is None:
            self.begun.setdefault(body.start, []).append(entry)
            return
        self._add_to(inner_key, inner, entry, owner)

    def mark_gone(self, name: str, prop: str = "") -> bool:
        """Write above an event, or a property of it, that nothing sends it; False where it says so already."""
        key = self._block_key(name, prop)
        if self._mark(key) is not None:
            return False
        start = self._line_start(key.start)
        pad = b" " * self._column(key)
        self.edits.append(Edit(start, start, pad + f"# {GONE}".encode() + self.newline))
        return True

    def unmark(self, name: str, prop: str = "") -> bool:
        """Take that away again; False where nothing is written."""
        found = self._mark(self._block_key(name, prop))
        if found is None:
            return False
        self.edits.append(Edit(found[0], found[1], b""))
        return True

    def is_marked(self, name: str, prop: str = "") -> bool:
        """Whether an event, or a property of it, is marked as gone."""
        try:
            return self._mark(self._block_key(name, prop)) is not None
        except CannotEdit:
            return False

    # ------------------------------------------------------------------------------------------------------ how

    def _add_to(self, key: Node, value: Node, entry: PropertyEntry, owner: str) -> None:
        if _is_null(value):
            indent = self._column(key) + 2
            self._insert_lines(self._line_end(max(key.end, value.end)), property_lines(entry, indent))
            return
        self._editable(value, f"the properties of `{owner}`")
        if self._is_flow(value):
            self._insert_flow(value, f"{scalar(entry.name)}: {property_flow(entry)}")
        else:
            lines = property_lines(entry, self._column(value.entries[0][0]))
            self._insert_lines(self._tail(value, len(value.entries) - 1), lines)

    def _begin_mappings(self) -> None:
        """Write `properties` into the events that had none."""
        _, events = _entry(self.root, "events")
        for start, entries in self.begun.items():
            body = next(value for _, value in events.entries if value.start == start) if events else None
            if body is None:
                continue
            if self._is_flow(body):
                inner = ", ".join(f"{scalar(entry.name)}: {property_flow(entry)}" for entry in entries)
                self._insert_flow(body, f"properties: {{{inner}}}")
            else:
                indent = self._column(body.entries[0][0])
                lines = [f"{' ' * indent}properties:"]
                for entry in entries:
                    lines += property_lines(entry, indent + 2)
                self._insert_lines(self._tail(body, len(body.entries) - 1), lines)
        self.begun = {}

    def _insert_lines(self, at: int, lines: Sequence[str]) -> None:
        depth = min(len(line) - len(line.lstrip()) for line in lines if line)
        if at > 0 and self.data[at - 1 : at] != b"\n":  # the file's last line, which nothing ends
            text = b"".join(self.newline + line.encode() for line in lines)
        else:
            text = b"".join(line.encode() + self.newline for line in lines)
        self.edits.append(Edit(at, at, text, depth))

    def _insert_flow(self, node: Node, text: str) -> None:
        """Another entry of a flow mapping."""
        last = max((_end(self.data, value, key.end) for key, value in node.entries), default=None)
        first = last is None and not any(edit.start == node.end - 1 for edit in self.edits)
        at = node.end - 1 if last is None else last
        self.edits.append(Edit(at, at, (text if first else f", {text}").encode()))

    def _after_all(self, node: Node, lines: Sequence[str]) -> None:
        """After the last entry of the file's own mapping."""
        self._editable(node, "the file")
        if self._is_flow(node):
            raise CannotEdit("it is one flow mapping without `events`")
        self._insert_lines(self._tail(node, len(node.entries) - 1), lines)

    def _editable(self, node: Node, what: str) -> None:
        if node.kind != "mapping":
            raise CannotEdit(f"{what} is no mapping")
        at = node.start
        while match := _TAG.match(self.data, at):
            at = match.end()
        if _SHARED.match(self.data, at):
            raise CannotEdit(f"{what} is shared by an anchor")

    def _is_flow(self, node: Node) -> bool:
        return _is_flow(self.data, node)

    def _block_key(self, name: str, prop: str = "") -> Node:
        """The key of an event, or of a property of it, that stands on lines of its own."""
        path = ("events", name, "properties", prop) if prop else ("events", name)
        key: Node | None = None
        node: Node | None = self.root
        for part in path:
            if node is None or self._is_flow(node) or _SHARED.match(self.data, node.start):
                raise CannotEdit(f"`{part}` does not stand on a line of its own")
            key, node = _entry(node, part)
        if key is None:
            raise CannotEdit(f"there is no `{path[-1]}`")
        return key

    def _mark(self, key: Node) -> tuple[int, int] | None:
        """The span of the mark among the comments above a key."""
        end = self._line_start(key.start)
        while end > 0:
            start = self._line_start(end - 1)
            line = self.data[start:end]
            if _MARK.fullmatch(line):
                return start, end
            if not line.lstrip().startswith(b"#"):
                return None
            end = start
        return None

    def _head(self, key: Node) -> int:
        """Where an entry begins with the comments that stand directly above it."""
        start = self._line_start(key.start)
        while start > 0:
            before = self._line_start(start - 1)
            line = self.data[before:start]
            if not line.lstrip().startswith(b"#") or len(line) - len(line.lstrip()) != self._column(key):
                break
            start = before
        return start

    def _tail(self, node: Node, number: int) -> int:
        """Where the next entry of a block mapping can begin: after the comments that belong to this one."""
        key, value = node.entries[number]
        at = self._after(_end(self.data, value, key.end))
        column = self._column(node.entries[0][0])
        limit = self._head(node.entries[number + 1][0]) if number + 1 < len(node.entries) else len(self.data)
        found = at
        while at < limit:
            end = self._line_end(at)
            line = self.data[at:end]
            text = line.lstrip(b" \t")
            if text.startswith(b"#") and len(line) - len(text) > column:
                found = end
            elif text.strip():
                break
            at = end
        return found

    def _spaced(self, node: Node) -> bool:
        """Whether empty lines stand between the entries of a mapping."""
        (key, value), (after, _) = node.entries[-2], node.entries[-1]
        between = self.data[_end(self.data, value, key.end) : after.start]
        return re.search(rb"\n[ \t]*\r?\n", between) is not None

    def _line_start(self, at: int) -> int:
        return self.data.rfind(b"\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        """The begin of the line after the one that ``at`` is in."""
        found = self.data.find(b"\n", at)
        return len(self.data) if found < 0 else found + 1

    def _after(self, at: int) -> int:
        """The begin of the next line behind a token; a block of text ends with its line already."""
        return at if self.data[at - 1 : at] == b"\n" else self._line_end(at)

    def _column(self, key: Node) -> int:
        """How far an entry of a block mapping is indented."""
        before = self.data[self._line_start(key.start) : key.start]
        if before.strip() == b"?":
            return before.index(b"?")
        if before.strip():
            raise CannotEdit(f"`{key.text}` does not begin its line")
        return len(before)


def _entry(node: Node | None, name: str) -> tuple[Node | None, Node | None]:
    if node is not None and node.kind == "mapping":
        for key, value in node.entries:
            if key.kind == "scalar" and key.text == name:
                return key, value
    return None, None


def _is_null(node: Node) -> bool:
    return node.kind == "scalar" and node.value is None


def _is_flow(data: bytes, node: Node) -> bool:
    at = node.start
    while match := _DECORATION.match(data, at):
        at = match.end()
    return data[at : at + 1] in (b"{", b"[")


def _end(data: bytes, node: Node, least: int = 0) -> int:
    """Where a node's last token ends: a block collection ends with its last entry, not where the next one begins."""
    if node.kind == "scalar" or data[node.start : node.start + 1] == b"*" or _is_flow(data, node):
        return max(node.end, least)
    if node.kind == "mapping":
        return max((_end(data, value, key.end) for key, value in node.entries), default=max(node.end, least))
    return max((_end(data, item) for item in node.items), default=max(node.end, least))


def _sort_key(name: str) -> tuple[str, str]:
    return (name.casefold(), name)
