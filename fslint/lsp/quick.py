"""A run that looks only at what an edit can have changed: the edited file and what imports it.

In: the last run, and the facts of the files that have changed since. Out: a project in which these files are linked anew
and all else is as it was, and its findings. What no import carries (a side that spreads from a page, an injected service,
the search for files of no interest so far) is as the last whole run had it, so a whole run follows as soon as there is
time; what it finds counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace

from ..diagnostics import Diagnostic
from ..discovery import is_test
from ..engine import run_rules
from ..facts import FileFacts
from ..link.linker import Linker
from ..link.modules import Module
from ..link.project import CallEdge, Frame, Project
from ..link.sides import file_side
from ..registry import Registry
from ..settings import Settings

MAX_AFFECTED = 25
"""Files that may have to be linked anew; for more, a whole run is hardly slower."""
MAX_LINKED = 150
COMPARING = frozenset(
    {"FS002", "FS004", "FS102", "FS201", "FS202", "FS203", "FS204", "FS401", "FS405", "FS506", "FS512", "FS702"}
)
"""Rules whose findings may come or go with any call of the project; the others look at a call, or around it."""
ABOUT_THE_REGISTRY = frozenset({"FS1", "FS2", "FS4", "FS7", "FS0"})
"""Families of rules that the registry has a say in, beside FS506 and FS512."""


Read = Callable[[str], "FileFacts | None"]


@dataclass(slots=True)
class Base:
    """A run to start from. ``found``: what its rules said, before one is put before another. ``affected``: the files
    that were linked anew, None for a whole run. ``read``: the facts of a file that no run has opened yet."""

    project: Project
    settings: Settings
    found: list[Diagnostic]
    read: Read
    imports: dict[str, set[str]] = field(default_factory=dict)
    importers: dict[str, set[str]] = field(default_factory=dict)
    opened: dict[str, Module | None] = field(default_factory=dict)
    affected: set[str] | None = None


def base_of(project: Project, settings: Settings, found: list[Diagnostic], read: Read) -> Base:
    """What a whole run leaves for quick ones."""
    base = Base(project, settings, found, read)
    for path, module in project.all_modules.items():
        base.imports[path] = _imports(project, path, module.facts)
        for other in base.imports[path]:
            base.importers.setdefault(other, set()).add(path)
    return base


def _copied(project: Project) -> Project:
    """A project with the same content, and nothing of what has been derived of it."""
    new = copy(project)
    for name in [name for name in vars(new) if name.startswith("_")]:
        delattr(new, name)
    new.reset_sites()
    return new


def _imports(project: Project, path: str, facts: FileFacts) -> set[str]:
    resolver = project.evaluator.resolver
    names = [(i.specifier, i.name) for i in facts.imports]
    names += [(e.specifier, e.imported) for e in facts.exports if e.specifier]
    return {other for specifier, name in names for other in resolver.resolve(path, specifier, name)}


def with_registries(base: Base, registries: Mapping[str, Registry | None], facts: Mapping[str, FileFacts]) -> Base:
    """The same project with another plan. ``facts``: of the plan's files."""
    project = _copied(base.project)
    project.registries = dict(registries)
    project.all_modules = dict(base.project.all_modules)
    for path, registry_facts in facts.items():
        project.all_modules[path] = Module(path, registry_facts)
    affected = {
        code for code in base.settings.enabled if code[:3] in ABOUT_THE_REGISTRY or code in ("FS506", "FS512", "FS606")
    } | {code for code in base.settings.enabled if code.startswith("FS3")}
    kept = [d for d in base.found if d.code not in affected]
    found = run_rules(project, replace(base.settings, enabled=frozenset(affected)))
    return replace(base, project=project, found=kept + found, affected=set())


def relinked(base: Base, facts: Mapping[str, FileFacts]) -> Base | None:
    """A project in which some files have other facts; None if too much hangs on them."""
    affected = _closure(facts, base.importers, MAX_AFFECTED)
    if affected is None:
        return None
    imports = {**base.imports, **{path: _imports(base.project, path, found) for path, found in facts.items()}}
    linked = _closure(affected, imports, MAX_LINKED)
    if linked is None:
        return None
    part = _link(base, facts, affected, linked)
    project = _merged(base.project, part, affected)
    found = _found(base, project, affected, linked)
    importers = {path: set(others) for path, others in base.importers.items()}
    for path in facts:
        for other in base.imports.get(path, ()):
            importers.get(other, set()).discard(path)
        for other in imports[path]:
            importers.setdefault(other, set()).add(path)
    return replace(
        base, project=project, found=found, imports=imports, importers=importers, affected=affected | _sites_of(part)
    )


def _sites_of(part: Project) -> set[str]:
    return {call.site.module.path for call in part.calls}


def _closure(start: Iterable[str], edges: Mapping[str, Collection[str]], most: int) -> set[str] | None:
    """What can be reached, None if that is more than ``most``."""
    seen = set(start)
    queue = list(seen)
    while queue:
        for other in edges.get(queue.pop(), ()):
            if other not in seen:
                seen.add(other)
                queue.append(other)
        if len(seen) > most:
            return None
    return seen


def _link(base: Base, facts: Mapping[str, FileFacts], affected: set[str], linked: set[str]) -> Project:
    """The affected files and what they import, linked on their own."""
    old = base.project
    fresh: dict[str, Module] = {}
    for path in affected:
        known = old.all_modules.get(path)
        found = facts.get(path, known.facts if known is not None else None)
        if found is not None:
            test = base.settings.exclude_tests and is_test(path)
            fresh[path] = Module(path, found, known.test if known is not None else test)

    # The evaluator keeps this function: it must not hold the last project, which holds the one before.
    modules = {**{path: module for path, module in old.all_modules.items() if path not in affected}, **fresh}
    read, opened, exclude_tests = base.read, base.opened, base.settings.exclude_tests

    def load(path: str) -> Module | None:
        if path in modules:
            return modules[path]
        if path not in opened:
            found = read(path)
            opened[path] = Module(path, found, exclude_tests and is_test(path)) if found is not None else None
        return opened[path]

    before = {path: (m.side, m.side_reason, m.apps) for path, m in old.all_modules.items()}
    linker = Linker(load, old.evaluator.resolver, base.settings)
    taken = (load(path) for path in sorted(linked) if path in old.modules or path in facts)
    try:
        linker.add(module for module in taken if module is not None)
        part = linker.project()
    finally:
        for path, (side, reason, apps) in before.items():
            module = old.all_modules[path]
            module.side, module.side_reason, module.apps = side, reason, apps
    for path, module in fresh.items():
        _place(module, old.all_modules.get(path), base.settings)
    for call in part.calls:
        call.apps = call.outer.module.apps
    return part


def _place(module: Module, known: Module | None, settings: Settings) -> None:
    """Give a module its side and apps: what other files have to do with these is as it was."""
    pinned = settings.pinned_side(module.path)
    module.side, module.side_reason = file_side(module, pinned, None, False)
    if known is not None:
        module.apps = known.apps
        if (known.side, known.side_reason) != file_side(known, pinned, None, False):
            module.side, module.side_reason = known.side, known.side_reason


def _merged(old: Project, part: Project, affected: set[str]) -> Project:
    """A project with the affected files as they are in ``part``."""
    project = _copied(old)
    project.evaluator = part.evaluator
    speaking = {f.module.path for call in part.calls for f in call.frames}
    speaking |= {f.module.path for request in part.requests for f in (request.frame, *request.frames)}
    fresh = {
        path: module
        for path, module in part.all_modules.items()
        if path in affected and (path in old.all_modules or path in speaking or _says_something(module))
    }
    project.all_modules = dict(sorted({**old.all_modules, **fresh}.items()))
    project.modules = dict(sorted({**old.modules, **{p: m for p, m in fresh.items() if p in part.modules}}.items()))

    def touches(frames: Iterable[Frame]) -> bool:
        return any(frame.module.path in affected for frame in frames)

    project.calls = [call for call in old.calls if not touches(call.frames)]
    project.calls += [call for call in part.calls if touches(call.frames)]
    project.calls.sort(key=lambda c: (c.site.place, c.sink.place, tuple(frame.place for frame in c.frames)))
    project.requests = [r for r in old.requests if not touches((r.frame, *r.frames))]
    project.requests += [r for r in part.requests if touches((r.frame, *r.frames))]
    project.requests.sort(key=lambda r: r.frame.place)
    project.unresolved = [u for u in old.unresolved if u[0].module.path not in affected]
    project.unresolved += [u for u in part.unresolved if u[0].module.path in affected]
    project.edges_in = _edges(old.edges_in, part.edges_in, affected)
    project.edges_out = _edges(old.edges_out, part.edges_out, affected)
    return project


def _says_something(module: Module) -> bool:
    """Whether a file without calls matters: it holds keys or suppressions."""
    facts = module.facts
    return bool(facts.literals or facts.comment_keys or facts.suppressions)


_Edges = dict[tuple[str, int], list[CallEdge]]


def _edges(old: _Edges, part: _Edges, affected: set[str]) -> _Edges:
    merged: _Edges = {}
    for source, wanted in ((old, False), (part, True)):
        for key, edges in source.items():
            kept = [e for e in edges if (e.frame.module.path in affected or e.callee[0] in affected) is wanted]
            if kept:
                merged.setdefault(key, []).extend(kept)
    return merged


def _found(
    base: Base,
    project: Project,
    affected: set[str],
    linked: set[str],
) -> list[Diagnostic]:
    """Findings: those of other files as they were, those that compare calls and those of the affected files anew."""
    enabled = base.settings.enabled
    found = run_rules(project, replace(base.settings, enabled=enabled & COMPARING))
    narrow = _copied(project)
    narrow.calls = [call for call in project.calls if any(f.module.path in affected for f in call.frames)]
    narrow.requests = [r for r in project.requests if any(f.module.path in affected for f in (r.frame, *r.frames))]
    narrow.modules = {path: module for path, module in project.modules.items() if path in linked}
    around = frozenset(code for code in enabled - COMPARING if code.startswith("FS5"))
    found += run_rules(narrow, replace(base.settings, enabled=around))
    narrow.modules = {path: module for path, module in project.modules.items() if path in affected}
    narrow.all_modules = {path: module for path, module in project.all_modules.items() if path in affected}
    found += run_rules(narrow, replace(base.settings, enabled=enabled - COMPARING - around))
    for diagnostic in base.found:
        places = {diagnostic.place.path, *(related.place.path for related in diagnostic.related)}
        if diagnostic.code not in COMPARING and places.isdisjoint(affected):
            found.append(diagnostic)
    unique = {(d.code, d.place, d.message): d for d in reversed(found)}
    return list(unique.values())
