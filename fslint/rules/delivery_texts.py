"""Words that the delivery rules share."""

from __future__ import annotations

from ..link.project import TrackingCall
from ..link.values import texts


def name_of(call: TrackingCall) -> str:
    """The event's name, if it is one known text."""
    known = texts(call.name)
    return str(known[0].value) if len(known) == 1 else ""


def event_text(call: TrackingCall) -> str:
    """What a call sends, in words: ``'Order Placed'``, ``the user's properties``."""
    known = texts(call.name)
    if known:
        return " or ".join(f"'{text.value}'" for text in known[:2])
    if call.kind in ("identify", "user-properties"):
        return "the user's properties"
    return "the event"
