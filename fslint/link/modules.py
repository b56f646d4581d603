"""A file as link sees it: its facts and what follows from its path and from other files, and environments."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache, cached_property, partial
from inspect import get_annotations
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ..diagnostics import Place
from ..facts import (
    Array,
    Binding,
    Call,
    Entry,
    FileFacts,
    Function,
    FunctionRef,
    Literal,
    Name,
    Node,
    Object,
    Region,
    Type,
    Write,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .values import Val

_new = tuple.__new__
"""Places are made by the hundred thousand: not through the named tuple's own constructor, which is a function."""


class Env:
    """What the parameters of one function are in one call (at ``place``). ``parent``: of the function that it is
    written in. ``later``: enters the parameters that are not yet in ``values``, one after the other."""

    __slots__ = ("changed", "function", "later", "memo", "module", "parent", "place", "this", "values")

    def __init__(
        self, module: Module, function: int, values: dict[int, Val], this: Val | None = None, parent: Env | None = None
    ) -> None:
        self.module = module
        self.function = function
        self.values = values
        self.this = this
        self.parent = parent
        self.memo: dict[int, Val] = {}
        self.changed: dict[tuple[int, object], tuple[Val, Val]] = {}
        self.place: Place | None = None
        self.later: Iterator[None] | None = None

    def gives(self, binding: int) -> bool:
        """Whether a binding is a parameter of the call itself, not of a function around it."""
        if self.later is not None and self.module.param_of.get(binding, (-1, 0))[0] == self.function:
            return True
        return binding in self.values


class Module:
    """One file of the project.

    ``side``: ``client`` ``server`` or None, of the file as a whole (``sides.side_at`` for a place in it), with
    ``side_reason``. ``test``: left out (RULES.md). ``linked``: it stands for a file of another repository.
    """

    def __init__(self, path: str, facts: FileFacts, test: bool = False) -> None:
        self.path = path
        self.facts = facts
        self.test = test
        self.linked = False
        self.generated = facts.generated in ("generated", "minified")
        self.side: str | None = None
        self.side_reason = ""
        self.apps: tuple[str, ...] = ()
        self.memo: dict[int, Val] = {}
        self.changed: dict[tuple[int, object], tuple[Val, Val]] = {}
        self.imported: dict[int, Val] = {}
        self._spots: dict[int, Place] = {}
        self.literals: dict[int, tuple[Binding, Object | None]] = {}
        self.singles: dict[int, tuple[int, Any]] = {}
        self.free: dict[int, Val] = {}
        self.aliases: dict[int, tuple[Module, Type] | None] = {}
        self._plain_entries: dict[int, dict[object, Entry] | None] = {}
        self.python = facts.language == "python"

    def __repr__(self) -> str:
        return f"Module({self.path})"

    def place(self, node: Node) -> Place:
        """The place of a node of this file."""
        return _new(Place, (self.path, node.start, node.end))

    def spot(self, node: Node, env: Env | None) -> Place:
        """The place of a node that is being evaluated: made once where that is done in one environment after another."""
        if env is None:
            return _new(Place, (self.path, node.start, node.end))
        key = id(node)
        place = self._spots.get(key)
        if place is None:
            place = self._spots[key] = _new(Place, (self.path, node.start, node.end))
        return place

    def line(self, offset: int) -> int:
        """1-based line of a byte offset."""
        return bisect_right(self.facts.lines, offset)

    @cached_property
    def param_of(self) -> dict[int, tuple[int, int]]:
        """Binding → (function, index of the parameter)."""
        return {
            param.binding: (number, index)
            for number, function in enumerate(self.facts.functions)
            for index, param in enumerate(function.params)
            if param.binding >= 0
        }

    @cached_property
    def top_level(self) -> dict[str, int]:
        """Module-level names → binding (not the variables of comprehensions)."""
        found: dict[str, int] = {}
        for index, binding in enumerate(self.facts.bindings):
            if binding.function == 0 and binding.name and self.facts.regions[binding.region].kind != "comprehension":
                found.setdefault(binding.name, index)
        return found

    @cached_property
    def starred(self) -> list[str]:
        """The specifiers of ``from x import *``."""
        return [imported.specifier for imported in self.facts.imports if imported.how == "star"]

    @cached_property
    def _region_starts(self) -> tuple[list[int], list[int]]:
        order = sorted(
            range(len(self.facts.regions)), key=lambda i: (self.facts.regions[i].start, -self.facts.regions[i].end, i)
        )
        return [self.facts.regions[i].start for i in order], order

    def region_at(self, offset: int) -> int:
        """The innermost region that holds a byte offset (0 if none does)."""
        starts, order = self._region_starts
        position = bisect_right(starts, offset) - 1
        while position >= 0:
            number = order[position]
            while number >= 0:
                region = self.facts.regions[number]
                if region.start <= offset < region.end:
                    return number
                number = region.parent
            position -= 1
        return 0

    def ancestors(self, region: int) -> list[int]:
        """A region and those around it, innermost first, across function borders."""
        result = []
        while region >= 0:
            result.append(region)
            region = self.facts.regions[region].parent
        return result

    def region(self, number: int) -> Region:
        return self.facts.regions[number]

    def call(self, number: int) -> Call:
        return self.facts.calls[number]

    def function(self, number: int) -> Function:
        return self.facts.functions[number]

    def enclosing(self, function: int) -> list[int]:
        """A function and those that it is written in, innermost first, the module (0) last."""
        result = []
        while function >= 0:
            result.append(function)
            if function == 0:
                break
            function = self.facts.functions[function].parent
        return result

    @cached_property
    def callbacks(self) -> dict[int, tuple[int, int]]:
        """Function expression → (call, index of the argument) where it stands as an argument of a call."""
        found: dict[int, tuple[int, int]] = {}
        for number, call in enumerate(self.facts.calls):
            for index, argument in enumerate(call.args):
                if isinstance(argument.value, FunctionRef):
                    found.setdefault(argument.value.function, (number, index))
        return found

    @cached_property
    def rendered(self) -> dict[int, int]:
        """Function expression → the JSX element whose child it is."""
        found: dict[int, int] = {}
        for number, call in enumerate(self.facts.calls):
            if call.kind == "jsx" and call.args and isinstance(call.args[0].value, Object):
                for entry in call.args[0].value.entries:
                    children = entry.value.items if isinstance(entry.value, Array) else (entry.value,)
                    for child in children:
                        if (
                            isinstance(child, FunctionRef)
                            and isinstance(entry.key, Literal)
                            and entry.key.value == "children"
                        ):
                            found[child.function] = number
        return found

    @cached_property
    def calls_in(self) -> dict[int, list[int]]:
        """Function → the calls that run in it (not in functions within it), in source order."""
        found: dict[int, list[int]] = {}
        for number, call in enumerate(self.facts.calls):
            found.setdefault(call.function, []).append(number)
        for numbers in found.values():
            numbers.sort(key=lambda n: self.facts.calls[n].start)
        return found

    @cached_property
    def calls_of(self) -> dict[int, list[int]]:
        """Binding → the calls of it by its name."""
        found: dict[int, list[int]] = {}
        for number, call in enumerate(self.facts.calls):
            if isinstance(call.callee, Name) and call.callee.binding >= 0:
                found.setdefault(call.callee.binding, []).append(number)
        return found

    def plain_entries(self, node: Object) -> dict[object, Entry] | None:
        """The entries of an object literal by their keys, where it holds nothing else; those that occur once."""
        if id(node) not in self._plain_entries:
            self._plain_entries[id(node)] = _plain_entries(node)
        return self._plain_entries[id(node)]

    @cached_property
    def methods(self) -> dict[int, list[int]]:
        """Class → the functions that are its members."""
        found: dict[int, list[int]] = {}
        for number, function in enumerate(self.facts.functions):
            if function.cls >= 0:
                found.setdefault(function.cls, []).append(number)
        return found

    @cached_property
    def constructors(self) -> dict[int, int]:
        """Class → its constructor."""
        found: dict[int, int] = {}
        for number, function in enumerate(self.facts.functions):
            if function.cls >= 0 and (function.kind == "constructor" or function.name == "__init__"):
                found.setdefault(function.cls, number)
        return found

    @cached_property
    def writes_of(self) -> dict[object, list[Write]]:
        """Key → the writes of it to a member of a name (``X.key = …``)."""
        found: dict[object, list[Write]] = {}
        for write in self.facts.writes:
            if isinstance(write.key, Literal) and isinstance(write.object, Name):
                found.setdefault(write.key.value, []).append(write)
        return found

    @cached_property
    def functions_in(self) -> dict[int, list[int]]:
        """Function → the functions written directly in it."""
        found: dict[int, list[int]] = {}
        for number, function in enumerate(self.facts.functions):
            if number:
                found.setdefault(function.parent, []).append(number)
        return found

    @cached_property
    def nodes(self) -> list[Node]:
        """Every value node of the file."""
        return list(nodes(self.facts))

    @cached_property
    def object_of(self) -> dict[int, Object]:
        """Method of an object literal → that object (``this`` in it)."""
        found: dict[int, Object] = {}
        for node in self.nodes:
            if isinstance(node, Object):
                for entry in node.entries:
                    if isinstance(entry.value, FunctionRef):
                        found[entry.value.function] = node
        return found


def _plain_entries(node: Object) -> dict[object, Entry] | None:
    found: dict[object, Entry] = {}
    unsure: set[object] = set()
    for entry in node.entries:
        if not isinstance(entry.key, Literal):
            return None
        key = entry.key.value
        if entry.maybe or key in found:
            unsure.add(key)
        found[key] = entry
    return {key: entry for key, entry in found.items() if key not in unsure}


def nodes(facts: FileFacts) -> Iterator[Node]:
    """Every value node of a file. Slow for large files: ``Module.nodes`` keeps them."""
    stack: list[Any] = [
        facts.functions, facts.classes, facts.regions, facts.bindings, facts.calls, facts.exports, facts.writes,
        facts.awaits, facts.throws,
    ]  # fmt: skip
    pop, extend = stack.pop, stack.extend
    while stack:
        item = pop()
        kind = type(item)
        if kind is tuple:
            extend(item)
        elif item is not None:
            yield item
            parts = _parts(kind)  # type: ignore[arg-type]
            if parts is not None:
                extend(parts(item))


@cache
def _parts(kind: type) -> Callable[[Any], tuple[object, ...]] | None:
    """What takes the fields of a node that may hold nodes; None where none does."""
    hints = {name: hint for base in kind.__mro__ for name, hint in get_annotations(base).items()}
    fields: tuple[str, ...] = kind.__struct_fields__  # type: ignore[attr-defined]
    names = [name for name in fields if hints.get(name) not in _PLAIN]
    if len(names) < 2:
        return partial(_single, attrgetter(*names)) if names else None
    return attrgetter(*names)


def _single(take: Callable[[Any], object], item: object) -> tuple[object, ...]:
    return (take(item),)


_PLAIN = frozenset({"int", "str", "bool", "tuple[str, ...]", "str | int | float | bool | None"})
"""Annotations of fields that hold no nodes."""
