"""FS0, the run itself: files that cannot be read or parsed, and the registry. (FS003 is ``suppressions``' own.)"""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Diagnostic, Place
from ..link.modules import Module
from ..link.project import Project
from . import rule


@rule("FS001")
def syntax_error(project: Project) -> Iterator[Diagnostic]:
    """A broken file with tracking calls: as a second parser confirms, in TypeScript where an error meets a call."""
    for path, module in project.modules.items():
        error = module.facts.syntax_error
        if error is not None:
            if path not in project.broken:
                continue
            offset, message = error
            yield _broken(Place(path, offset, offset), message)
        elif module.facts.broken and module.facts.language in ("typescript", "tsx", "vue", "svelte", "astro"):
            spot = _broken_call(project, module)
            if spot is not None:
                yield _broken(spot, "the code around this tracking call is not valid TypeScript")


def _broken(place: Place, message: str) -> Diagnostic:
    return Diagnostic(
        "FS001",
        f"this file cannot be parsed, so its tracking calls may be missed: {message.rstrip('.')}",
        place,
        help="mend the syntax; calls in the part of the file that can be read are checked all the same",
        subject=message,
    )


def _broken_call(project: Project, module: Module) -> Place | None:
    """The first error range that overlaps a tracking call of the file, or ends it (what is missing has no width)."""
    frames = (frame for call in project.calls for frame in call.frames)
    spans = sorted({(frame.fact.start, frame.fact.end) for frame in frames if frame.module is module})
    for broken in module.facts.broken:
        missing = broken.start == broken.end
        for start, end in spans:
            ends = missing and broken.start == end
            if ends or (broken.start < end and start < max(broken.end, broken.start + 1)):
                return module.place(broken)
    return None


@rule("FS002")
def invalid_registry(project: Project) -> Iterator[Diagnostic]:
    """What the registry's own reader finds wrong in it."""
    seen: set[int] = set()
    for registry in project.registries.values():
        if registry is not None and id(registry) not in seen:
            seen.add(id(registry))
            yield from registry.problems


@rule("FS004")
def unreadable_file(project: Project) -> Iterator[Diagnostic]:
    """Files that hold a token or were named, and cannot be read."""
    for path, reason in sorted(project.unreadable.items()):
        yield Diagnostic(
            "FS004",
            f"this file was skipped: {reason}",
            Place(path, 0, 0),
            help="save it as UTF-8, or exclude it in the configuration if it holds no tracking",
            subject=path,
        )
