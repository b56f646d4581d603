"""A file as it stands in the editor, beside what the last run knew of it.

Features look things up in the snapshot, whose offsets are those of the text that was analysed, and answer with places in
the text that is shown. Where an edit lies between, offsets move along; what was replaced is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lsprotocol import types

from ..diagnostics import Place
from .positions import Shift, Text
from .snapshot import Mention, Snapshot


@dataclass(frozen=True, slots=True)
class View:
    """``path``: relative to the root; ``text``: as shown. ``locate``: a path as a URI; ``current``: a path's shown text,
    None where no editor has it open; ``version``: of an open document."""

    snapshot: Snapshot
    path: str
    text: Text
    locate: Callable[[str], str]
    current: Callable[[str], Text | None]
    version: Callable[[str], int | None]

    def shown(self, path: str) -> Text:
        """A file's text as it is shown, or as it was analysed where it is not open."""
        text = self.current(path)
        return self.snapshot.texts[path] if text is None else text

    def analysed(self, offset: int) -> int | None:
        """An offset of the shown text in the analysed one."""
        return Shift(self.snapshot.texts[self.path].data, self.text.data).back(offset)

    def mention(self, position: types.Position) -> Mention | None:
        """What is named at a position."""
        offset = self.analysed(self.text.offset(position))
        return None if offset is None else self.snapshot.mention_at(self.path, offset)

    def range(self, place: Place) -> types.Range | None:
        """A place of the snapshot as a range of the shown text, None if it was edited since."""
        shown, old = self.shown(place.path), self.snapshot.texts[place.path]
        if shown is old:
            return old.range(place.start, place.end)
        shift = Shift(old.data, shown.data)
        start, end = shift.forward(place.start), shift.forward(place.end)
        return None if start is None or end is None else shown.range(start, end)

    def location(self, place: Place) -> types.Location | None:
        """A place of the snapshot as a location."""
        if place.path in self.snapshot.linked:
            return None
        span = self.range(place)
        return None if span is None else types.Location(self.locate(place.path), span)

    def locations(self, places: list[Place]) -> list[types.Location]:
        """Places as locations, each once, in order."""
        found = (self.location(place) for place in sorted(set(places)))
        return [location for location in found if location is not None]
