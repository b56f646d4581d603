"""Code actions: what can be done about the findings at a place.

Computed for a snapshot that fits the text; a fix that ``fslint check --fix`` would refuse is not offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from lsprotocol import types

from ..add_suppressions import add
from ..diagnostics import Diagnostic, Edit, Fix, Place
from ..fixes import fix_all
from ..frontends import language_of
from ..registry import load
from ..registry_edit import CannotEdit, Text
from ..registry_text import EventEntry
from ..source import mask
from ..text import Undecodable, to_utf8
from .documents import as_bytes
from .edits import Change, workspace_edit
from .positions import Shift
from .view import View

FIX_ALL = "source.fixAll.fslint"
MAX_NAMES = 3
_NOT_SUPPRESSED = frozenset({"FS003"})


def kinds(only: Sequence[str] | None) -> tuple[bool, bool]:
    """Whether quick fixes and whether ``FIX_ALL`` are asked for; the latter only by name."""
    asked = only or ()
    quick = not asked or any(kind == "quickfix" or kind == "" for kind in asked)
    every = any(kind == FIX_ALL or FIX_ALL.startswith(f"{kind}.") for kind in asked if kind)
    return quick, every


class Actions:
    """The code actions of one file."""

    def __init__(self, view: View, documents: bool) -> None:
        """``documents``: the client takes edits with versions."""
        self.view, self.documents = view, documents

    def fix_all(self) -> types.CodeAction | None:
        """All safe fixes that touch this file alone; None if there is nothing to mend."""
        mine = [
            diagnostic
            for diagnostic in self.view.snapshot.diagnostics.get(self.view.path, ())
            if diagnostic.fix is not None and all(e.place.path == self.view.path for e in diagnostic.fix.edits)
        ]
        edit = self._fixed(mine, unsafe=False)
        if edit is None:
            return None
        return types.CodeAction("Fix all that fslint can mend safely", kind=FIX_ALL, edit=edit)

    def quick(self, found: Iterable[tuple[Diagnostic, types.Diagnostic]]) -> Iterator[types.CodeAction]:
        """What can be done about findings, each given with its form in the client's terms."""
        pairs = list(found)
        for diagnostic, shown in pairs:
            yield from self._fix(diagnostic, shown)
        for diagnostic, shown in pairs:
            if diagnostic.code == "FS101":
                yield from self._register(diagnostic, shown)
                yield from self._rename(diagnostic, shown)
        for diagnostic, shown in pairs:
            yield from self._suppress(diagnostic, shown)

    def _action(
        self, title: str, edit: types.WorkspaceEdit | None, shown: types.Diagnostic, preferred: bool = False
    ) -> Iterator[types.CodeAction]:
        if edit is not None:
            yield types.CodeAction(
                mask(title), types.CodeActionKind.QuickFix, [shown], is_preferred=preferred or None, edit=edit
            )

    def _fix(self, diagnostic: Diagnostic, shown: types.Diagnostic) -> Iterator[types.CodeAction]:
        fix = diagnostic.fix
        if fix is not None:
            safe = fix.applicability == "safe"
            title = fix.message[:1].upper() + fix.message[1:]
            yield from self._action(title, self._fixed([diagnostic], unsafe=True), shown, preferred=safe)

    def _suppress(self, diagnostic: Diagnostic, shown: types.Diagnostic) -> Iterator[types.CodeAction]:
        if diagnostic.code not in _NOT_SUPPRESSED:
            added = add([diagnostic], self._bytes)
            if added.count:
                yield from self._action(f"Suppress {diagnostic.code} here", self._changed(added.contents), shown)

    def _register(self, diagnostic: Diagnostic, shown: types.Diagnostic) -> Iterator[types.CodeAction]:
        registry = self.view.snapshot.registry(self.view.snapshot.app_of(diagnostic))
        entry = self.view.snapshot.drafts.get(diagnostic.subject)
        if registry is None or entry is None or not registry.paths:
            return
        path = registry.paths[-1]
        data = self._bytes(path)
        changed = _registered(path, data, entry) if data is not None else None
        if changed is not None:
            title = f"Register '{diagnostic.subject}' in {path}"
            yield from self._action(title, self._changed({path: changed}), shown)

    def _rename(self, diagnostic: Diagnostic, shown: types.Diagnostic) -> Iterator[types.CodeAction]:
        registry = self.view.snapshot.registry(self.view.snapshot.app_of(diagnostic))
        place = diagnostic.place
        data = self.view.snapshot.texts[place.path].data[place.start : place.end]
        inner = data[1:-1].decode("utf-8", "replace")
        if registry is None or inner != diagnostic.subject or data[:1] not in (b"'", b'"', b"`"):
            return
        by_case = {name.casefold(): name for name in registry.events}
        near = get_close_matches(diagnostic.subject.casefold(), by_case, MAX_NAMES, 0.5)
        fixed = {edit.content for edit in diagnostic.fix.edits} if diagnostic.fix is not None else set()
        for name in (by_case[folded] for folded in near):
            if name not in fixed and not set(name) & set("'\"`\\$<>&"):
                edits = (Edit(Place(place.path, place.start + 1, place.end - 1), name),)
                changed = Diagnostic("FS101", "", place, fix=Fix("unsafe", "", edits))
                yield from self._action(f"Rename to '{name}'", self._fixed([changed], unsafe=True), shown)

    # ------------------------------------------------------------------------------------------------------- edits

    def _bytes(self, path: str) -> bytes | None:
        """A file as saving it would leave it; None if it is not what was analysed, so that no offset fits."""
        language = language_of(path)
        text = self.view.shown(path)
        if language is None or text.data != self.view.snapshot.texts[path].data:
            return None
        document = self.view.current(path)
        return as_bytes(text.data, language) if document is not None else self._on_disk(path)

    def _on_disk(self, path: str) -> bytes | None:
        try:
            return (self.view.snapshot.settings.root / path).read_bytes()
        except OSError:
            return None

    def _fixed(self, found: Sequence[Diagnostic], unsafe: bool) -> types.WorkspaceEdit | None:
        """What applying fixes changes, None if that is nothing or would break a file."""
        files = {edit.place.path for d in found if d.fix is not None for edit in d.fix.edits}
        overlay = {path: data for path in files if (data := self._bytes(path)) is not None}
        if len(overlay) < len(files):
            return None
        root = self.view.snapshot.settings.root
        fixed = fix_all(root, found, lambda contents: [], unsafe, overlay)
        return self._changed(fixed.contents) if fixed.contents else None

    def _changed(self, contents: dict[str, bytes]) -> types.WorkspaceEdit | None:
        """New contents of files as the smallest edit of each."""
        changes = []
        for path, content in contents.items():
            try:
                new = to_utf8(content, language_of(path) or "")
            except Undecodable:
                return None
            shift = Shift(self.view.snapshot.texts[path].data, new)
            if not shift.same:
                place = Place(path, shift.start, shift.old_end)
                changes.append(Change(place, new[shift.start : shift.new_end].decode("utf-8", "replace")))
        return workspace_edit(self.view, changes, self.documents) if changes else None


def _registered(path: str, data: bytes, entry: EventEntry) -> bytes | None:
    """A registry file with one more event; None where that cannot be written, or would not be sound."""
    try:
        text = Text(data)
        text.add_event(entry)
        changed = text.result()
    except CannotEdit:
        return None
    before, after = load({path: data}), load({path: changed})
    sound = after.complete and len(after.problems) <= len(before.problems)
    return changed if sound and after.events.keys() == before.events.keys() | {entry.name} else None
