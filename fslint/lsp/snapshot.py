"""What one run found, as the features see it: plain data that no later run changes.

The linked project itself stays with the thread that made it; here are the findings, the registry and an index of where
events, properties and user IDs are named.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types

from ..calls import Arg
from ..diagnostics import Diagnostic, Place
from ..frontends import language_of
from ..registry import Registry
from ..registry_text import EventEntry
from ..settings import Settings
from ..text import Undecodable, to_utf8
from .positions import Shift, Text


@dataclass(frozen=True, slots=True)
class Sent:
    """A property that a call sends. ``key``: where its name stands; ``type``: as the registry would call it, or ""."""

    name: str
    key: Place
    type: str


@dataclass(frozen=True, slots=True)
class Use:
    """A call site. ``names``: what it sends; ``argument``: the expression that gives the name, where it is known.

    ``callee``: the function as it is written (``track``, ``FullStory.event``); ``v1``: property names have suffixes.
    ``name_at``, ``properties_at``: in which argument, as in ``calls.Arg``; ``("**",)``: as keywords; (): not known.
    """

    place: Place
    kind: str
    side: str
    api: str
    app: str
    names: tuple[str, ...]
    argument: Place | None
    function: str
    callee: str
    v1: bool
    properties: tuple[Sent, ...] = ()
    open: bool = False
    name_at: Arg = ()
    properties_at: Arg = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that names something. ``what``: ``event`` ``property`` ``user-id``; ``name``: the event's, property's, ID's.

    ``role``: ``literal`` (the text itself), ``argument`` (an expression that stands for it) or ``registry``.
    ``event``: of a property, the event that it belongs to ("" for properties of users and pages); ``app``: of the call.
    """

    start: int
    end: int
    what: str
    name: str
    role: str
    event: str = ""
    app: str = ""


class Texts:
    """The texts of the files as a run saw them: the editor's where it had others than the disk."""

    def __init__(self, root: Path, overlay: Mapping[str, bytes], encoding: str, known: dict[str, tuple[object, Text]]):
        """``known``: texts of earlier runs, with what tells whether a file is still the same. Shared and added to."""
        self._root, self._overlay, self._encoding, self._known = root, overlay, encoding, known

    def __getitem__(self, path: str) -> Text:
        overlay = self._overlay.get(path)
        stamp: object = overlay
        if overlay is None:
            try:
                stat = (self._root / path).stat()
                stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            except (OSError, ValueError):
                return Text(b"", self._encoding)
        found = self._known.get(path)
        if found is None or found[0] != stamp:
            found = self._known[path] = (stamp, Text(self._read(path, overlay), self._encoding))
        return found[1]

    def _read(self, path: str, overlay: bytes | None) -> bytes:
        try:
            data = (self._root / path).read_bytes() if overlay is None else overlay
            return to_utf8(data, language_of(path) or "")
        except (OSError, ValueError, Undecodable):
            return b""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One run's results. ``generation``: of the changes that it has seen; ``versions``: of the open documents.

    ``mentions``: by path. ``held``: what the editor has of files of which an older text was analysed (``steady``),
    ``broken``: what is wrong in those of the registry, at places of what the editor has.
    ``linked``: stand-ins for files of other repositories. ``whole``: the whole project was looked at
    (``quick``). ``drafts``: how events that are not registered would be.
    """

    settings: Settings
    generation: int
    texts: Texts
    diagnostics: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    registries: Mapping[str, Registry | None] = field(default_factory=dict)
    uses: tuple[Use, ...] = ()
    mentions: Mapping[str, tuple[Mention, ...]] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, Text] = field(default_factory=dict)
    broken: Mapping[str, tuple[Diagnostic, ...]] = field(default_factory=dict)
    linked: frozenset[str] = frozenset()
    whole: bool = True
    drafts: Mapping[str, EventEntry] = field(default_factory=dict)

    def registry(self, app: str = "") -> Registry | None:
        """The registry of an app."""
        return self.registries.get(app, self.registries.get(""))

    def range(self, place: Place) -> types.Range | None:
        """A place as a range of the text that the client has, None if that was edited since."""
        text, held = self.texts[place.path], self.held.get(place.path)
        if held is None:
            return text.range(place.start, place.end)
        shift = Shift(text.data, held.data)
        start, end = shift.forward(place.start), shift.forward(place.end)
        return None if start is None or end is None else held.range(start, end)

    def app_of(self, diagnostic: Diagnostic) -> str:
        """The app that a finding about an event belongs to."""
        return next((use.app for use in self.uses if diagnostic.subject in use.names), "")

    def registry_paths(self) -> set[str]:
        """The files of all registries."""
        settings = self.settings
        return {*settings.registry, *(path for app in settings.apps for path in app.registry)}

    def mention_at(self, path: str, offset: int) -> Mention | None:
        """The innermost mention that holds an offset (its end included)."""
        found = self.mentions.get(path, ())
        best = None
        for mention in found[: bisect_right(found, offset, key=lambda m: m.start)]:
            if offset <= mention.end and (best is None or mention.end - mention.start <= best.end - best.start):
                best = mention
        return best

    def uses_of(self, event: str) -> list[Use]:
        """The calls that send an event, whatever registered spelling they use."""
        return [use for use in self.uses if any(self.canonical(name, use.app) == event for name in use.names)]

    def canonical(self, name: str, app: str = "") -> str:
        """The name that an alias stands for."""
        registry = self.registry(app)
        return registry.canonical(name) if registry is not None else name


def by_path(found: Iterable[Diagnostic], key: Callable[[Diagnostic], str]) -> dict[str, tuple[Diagnostic, ...]]:
    """Findings by file, in order."""
    grouped: dict[str, list[Diagnostic]] = {}
    for diagnostic in found:
        grouped.setdefault(key(diagnostic), []).append(diagnostic)
    return {path: tuple(group) for path, group in grouped.items()}
