"""Adding an event to a registry file, in the form that the file has.

In: the file's text and the entry. Out: where to put which text; None where the result would not be a sound registry.
"""

from __future__ import annotations

from ..registry import load
from ..registry_text import EventEntry, event_flow, event_lines, scalar
from ..yamlnodes import Node, YamlError, parse


def insertion(path: str, data: bytes, entry: EventEntry) -> tuple[int, int, str] | None:
    """The bytes to replace (start, end) and what by, so that the registry has the event as well."""
    try:
        root = parse(data)
    except YamlError:
        return None
    found = _insertion(root, data, entry)
    if found is None:
        return None
    start, end, content = found
    before, after = load({path: data}), load({path: data[:start] + content.encode() + data[end:]})
    sound = after.complete and entry.name in after.events and len(after.problems) <= len(before.problems)
    return found if sound and before.events.keys() < after.events.keys() else None


def _insertion(root: Node | None, data: bytes, entry: EventEntry) -> tuple[int, int, str] | None:
    if root is None or root.kind != "mapping":
        return (len(data), len(data), f"{_fresh_line(data)}events:\n{_block(entry, 2)}") if root is None else None
    key, events = next(((k, v) for k, v in root.entries if k.text == "events"), (None, None))
    if key is None or events is None:
        return len(data), len(data), f"{_fresh_line(data)}events:\n{_block(entry, 2)}"
    if events.kind == "mapping" and data[events.start : events.start + 1] == b"{":
        if not events.entries:
            return events.start, events.end, f"\n{_block(entry, 2).rstrip()}"
        return events.end - 1, events.end - 1, f", {scalar(entry.name)}: {event_flow(entry)}"
    if events.kind == "mapping" and events.entries:
        first = events.entries[0][0].start
        indent = first - (data.rfind(b"\n", 0, first) + 1)
        at = _line_end(data, _last(events))
        return at, at, ("" if data[at - 1 : at] == b"\n" else "\n") + _block(entry, indent)
    if events.kind == "scalar" and events.value is None:
        at = _line_end(data, key.end)
        return at, at, ("" if data[at - 1 : at] == b"\n" else "\n") + _block(entry, 2)
    return None


def _block(entry: EventEntry, indent: int) -> str:
    return "".join(f"{line}\n" for line in event_lines(entry, indent))


def _last(node: Node) -> int:
    """Where the last thing that is written of a node ends."""
    ends = [node.start if node.items or node.entries else node.end]
    ends += [_last(item) for item in node.items]
    ends += [_last(part) for key, value in node.entries for part in (key, value)]
    return max(ends)


def _line_end(data: bytes, offset: int) -> int:
    """The start of the line after an offset's; the offset itself at a line's start, since block scalars end there."""
    if offset and data[offset - 1 : offset] == b"\n":
        return offset
    found = data.find(b"\n", offset)
    return len(data) if found < 0 else found + 1


def _fresh_line(data: bytes) -> str:
    return "" if not data or data.endswith(b"\n") else "\n"
