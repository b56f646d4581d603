"""FS805, FS806: batch jobs of the Node SDK that nobody starts, namespace imports of the browser SDK 2."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from ..diagnostics import Diagnostic
from ..facts import (
    Argument,
    Assign,
    Call,
    CallRef,
    Entry,
    Export,
    FileFacts,
    FunctionRef,
    Literal,
    Member,
    ModuleRef,
    Name,
    Node,
    Region,
    Return,
    TypeofType,
    Unary,
    Value,
)
from ..link.flow import plain
from ..link.modules import Module
from ..link.project import Project
from . import rule
from .tables_api import BROWSER_SDK, SDK_2_EXPORTS

# ------------------------------------------------------------------------------------------------------------- FS805

_STARTS = frozenset(["execute", "restart"])
"""Methods that send a batch job (@fullstory/server-api-client, BatchUploadRequest)."""
_CHAINS = frozenset(["on", "once", "add", "addListener", "off", "removeListener"])
"""Methods that give the job itself back."""
_READS = _CHAINS | frozenset(
    ["getId", "getJobId", "getImports", "getImportErrors", "getFailedImports", "requests", "metadata", "options"]
)
"""Members that do not send anything."""


@rule("FS805")
def unexecuted_batch(project: Project) -> Iterator[Diagnostic]:
    """``batchCreate(…)`` whose job nobody can ever start."""
    for request in project.requests:
        frame = request.frame
        callee = frame.fact.callee
        if request.client != "sdk" or not isinstance(callee, Member) or _key(callee) != "batchCreate":
            continue
        if _is_lost(frame.module, frame.call):
            yield Diagnostic(
                "FS805",
                "the batch job is created but never executed: nothing is sent",
                frame.place,
                help="call `.execute()` on the job: `client.events.batchCreate({ body }).execute()`",
                origins=(("call", frame.key),),
                subject=request.endpoint,
                function=project.function_name(frame),
            )


def _key(member: Member) -> str:
    return str(member.key.value) if isinstance(member.key, Literal) else ""


def _is_lost(module: Module, number: int, depth: int = 0) -> bool:
    """Whether nothing can start the job that a call of this file results in."""
    call = module.facts.calls[number]
    if depth > 20:
        return False
    if call.use in ("statement", "void"):
        return True
    if call.use == "member" and call.target >= 0:
        following = module.facts.calls[call.target]
        key = _key(following.callee) if isinstance(following.callee, Member) else ""
        return key in _CHAINS and _is_lost(module, call.target, depth + 1)
    if call.use == "member":
        return False
    if call.use in ("assign", "await"):
        bindings = _bound_to(module, number)
        if call.use == "await" and not bindings:
            return True
        return bool(bindings) and all(_never_started(module, binding, depth) for binding in bindings)
    return False


def _bound_to(module: Module, number: int) -> list[int]:
    """The bindings that hold the result of a call."""
    found = []
    for index, binding in enumerate(module.facts.bindings):
        for assign in binding.assigns:
            value: object = assign.value
            while value is not None and not isinstance(value, CallRef) and hasattr(value, "value"):
                value = value.value
            if isinstance(value, CallRef) and value.call == number:
                found.append(index)
    return found


def _never_started(module: Module, binding: int, depth: int) -> bool:
    """Every use of the binding only reads the job or adds to it."""
    if any(export.value is not None and _is_name(export.value, binding) for export in module.facts.exports):
        return False
    calls = {id(call.callee): number for number, call in enumerate(module.facts.calls)}
    for node, parent in uses(module.facts, binding):
        if isinstance(parent, (Region, Unary)):  # only tested
            continue
        if not isinstance(parent, Member) or parent.object is not node or _key(parent) not in _READS:
            return False
        number = calls.get(id(parent))
        if number is not None and _key(parent) in _CHAINS:
            call = module.facts.calls[number]
            if call.use not in ("statement", "void") and not _is_lost(module, number, depth + 1):
                return False
    return True


def _is_name(value: Value, binding: int) -> bool:
    return isinstance(value, Name) and value.binding == binding


def uses(facts: FileFacts, binding: int) -> Iterator[tuple[Name, object]]:
    """Every use of a binding as a value (not in types), with the node around it."""
    stack: list[tuple[object, object]] = [
        (table, None)
        for table in (
            facts.functions, facts.classes, facts.regions, facts.bindings, facts.calls, facts.exports, facts.writes,
            facts.throws,
        )
    ]  # fmt: skip
    while stack:
        item, parent = stack.pop()
        if isinstance(item, tuple):
            stack.extend((part, parent) for part in item)
        elif isinstance(item, Name):
            if item.binding == binding:
                yield item, parent
        elif isinstance(item, msgspec.Struct) and not isinstance(item, TypeofType):
            stack.extend((getattr(item, name), item) for name in item.__struct_fields__)


# ------------------------------------------------------------------------------------------------------------- FS806


@rule("FS806")
def namespace_import(project: Project) -> Iterator[Diagnostic]:
    """``import * as FullStory`` of the browser SDK where only version 2, which exports three names, can be installed."""
    for module in project.modules.values():
        for node, used, name in _namespaces(module):
            version = project.package_version(module.path, BROWSER_SDK)
            if version is None or admits_below_2(version) is not False:
                break
            what = f"'{used}' of the namespace is undefined" if used else "the namespace is no client"
            yield Diagnostic(
                "FS806",
                f"{BROWSER_SDK} {version} exports only FullStory, init and isInitialized: {what}",
                module.place(node),
                help=f"write `import {{ FullStory }} from '{BROWSER_SDK}'`"
                + (f" and use `FullStory` instead of `{name}`" if name not in ("FullStory", "") else ""),
                origins=(("import", module.path),),
                subject=BROWSER_SDK,
            )
            break


def _namespaces(module: Module) -> Iterator[tuple[Node, str, str]]:
    """Imports of the whole SDK that use what version 2 does not export: where, the first such member, the name."""
    imported = [row for row in module.facts.imports if row.specifier == BROWSER_SDK and not row.type_only]
    for row in imported:
        if row.name == "*" and row.how == "import" and row.binding >= 0:
            used = _wrong_use(module, row.binding)
            if used is not None:
                yield row, used, module.facts.bindings[row.binding].name
    required = {row.start for row in imported if row.how in ("require", "dynamic")}
    if not required:
        return
    for index, binding in enumerate(module.facts.bindings):
        for assign in binding.assigns:
            value = plain(assign.value)
            if isinstance(value, ModuleRef) and value.start in required:
                used = _wrong_use(module, index)
                if used is not None:
                    yield value, used, binding.name
            elif (key := _taken(value, required)) is not None:
                yield key[0], key[1], ""
    for call in module.facts.calls:
        if (key := _taken(call.callee, required)) is None:
            continue
        if key[1] != "then":
            yield key[0], key[1], ""
        elif (taken := _param_of_callback(module, call)) >= 0 and (used := _wrong_use(module, taken)) is not None:
            yield key[0], used, module.facts.bindings[taken].name


def _param_of_callback(module: Module, call: Call) -> int:
    """The binding that gets the module in ``import('…').then((sdk) => …)``; -1 where there is none."""
    callback = plain(call.args[0].value) if call.args else None
    params = module.facts.functions[callback.function].params if isinstance(callback, FunctionRef) else ()
    return params[0].binding if params else -1


def _taken(value: Value, required: set[int]) -> tuple[ModuleRef, str] | None:
    """``require('…').event``, ``(await import('…')).event`` and what destructuring takes: the module and a member that
    SDK 2 does not export."""
    if isinstance(value, Member):
        whole, name = plain(value.object), _key(value)
        if (
            isinstance(whole, ModuleRef)
            and whole.start in required
            and name
            and name not in (*SDK_2_EXPORTS, "default")
        ):
            return whole, name
    return None


def _wrong_use(module: Module, binding: int) -> str | None:
    """The first member used that SDK 2 does not export, "" where the namespace itself is handed on, None: fine."""
    wrong: list[tuple[int, str]] = []
    for node, parent in uses(module.facts, binding):
        if isinstance(parent, Member) and parent.object is node:
            key = _key(parent)
            if key and key not in SDK_2_EXPORTS and key != "default":
                wrong.append((node.start, key))
        elif isinstance(parent, (Argument, Entry, Export, Assign, Return)):
            wrong.append((node.start, ""))
    return min(wrong)[1] if wrong else None


_VERSION = re.compile(
    r"(?P<op>\^|~>?|>=|<=|>|<|=)?\s*v?(?P<major>\d+|[xX*])(?:\.(?P<minor>\d+|[xX*]))?(?:\.[\dxX*]+)?\S*$"
)
_HYPHEN = re.compile(r"v?(\d+)\S*\s+-\s+v?(\d+)\S*$")


def admits_below_2(text: str) -> bool | None:
    """Whether a range of npm's (``^2.0.0``, ``1 || 2``, ``>=1.7 <3``) admits a version below 2; None: not known."""
    text = text.strip()
    if text.startswith("npm:") and "@" in text[5:]:
        text = text.rpartition("@")[2]
    if not text or not re.match(r"[\d^~<>=v]", text):
        return None
    verdicts = [_alternative(part.strip()) for part in text.split("||")]
    if None in verdicts:
        return None
    return any(verdicts)


def _alternative(text: str) -> bool | None:
    hyphen = _HYPHEN.match(text)
    if hyphen:
        return int(hyphen[1]) < 2
    lowest = 0
    for comparator in re.findall(r"(?:[\^~<>=]+\s*)?[^\s]+", text):
        match = _VERSION.match(comparator)
        if match is None or not match["major"].isdigit():
            return None
        major = int(match["major"])
        if match["op"] in ("<", "<="):
            continue
        lowest = max(lowest, major + (match["op"] == ">" and match["minor"] is None))
    return lowest < 2
