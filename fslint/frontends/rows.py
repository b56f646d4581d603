"""The tables of a script's facts while they are being filled.

A row has the fields of its fact, in the same order, with lists for what is still growing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import astuple

from ..facts import Binding, Call, Class, Function, Region, Unknown

if TYPE_CHECKING:
    from ..facts import Argument, Assign, Field, Param, Return, Type, Value


class CallRow(Struct, gc=False):
    """A ``Call``. ``use`` "": what becomes of its result is told by whoever lowers it into something larger."""

    start: int
    end: int
    callee: Value | None
    args: tuple[Argument, ...]
    kind: str
    function: int
    region: int
    use: str
    target: int
    index: int
    optional: bool
    statement_start: int
    statement_end: int
    arguments_start: int

    def freeze(self) -> Call:
        if self.callee is None:
            self.callee = Unknown(self.start, self.start)
        if not self.use:
            self.use = "other"
        return Call(*astuple(self))


class BindingRow(Struct, gc=False):
    """A ``Binding``. ``region`` -1: where it is declared is not reached yet."""

    start: int
    end: int
    name: str
    kind: str
    function: int
    region: int
    assigns: list[Assign] = []
    type: Type | None = None
    imported: int = -1

    def freeze(self) -> Binding:
        assigns = tuple(self.assigns)
        return Binding(
            self.start, self.end, self.name, self.kind, self.function, self.region, assigns, self.type, self.imported
        )


class RegionRow(Struct, gc=False):
    """A ``Region``. How it is left is not known before its end."""

    start: int
    end: int
    parent: int
    function: int
    kind: str
    group: int
    test: Value | None = None
    source: Value | None = None
    how: str = ""
    is_async: bool = False
    exits: str = ""
    binding: int = -1

    def freeze(self) -> Region:
        return Region(*astuple(self))


class FunctionRow(Struct, gc=False):
    """A ``Function`` whose body is still being read."""

    start: int
    end: int
    name: str
    kind: str
    parent: int
    region: int
    params: list[Param]
    returns: list[Return]
    is_async: bool = False
    is_generator: bool = False
    cls: int = -1
    static: bool = False
    return_type: Type | None = None
    decorators: tuple[Value, ...] = ()
    directive: str = ""
    name_start: int = 0
    name_end: int = 0
    used_as: str = ""

    def freeze(self) -> Function:
        start, end, name, kind, parent, region, params, returns, *rest = astuple(self)
        return Function(start, end, name, kind, parent, region, tuple(params), tuple(returns), *rest)


class ClassRow(Struct, gc=False):
    """A ``Class`` whose members are still being read."""

    start: int
    end: int
    name: str
    kind: str
    function: int
    bases: tuple[Value, ...] = ()
    interfaces: tuple[Value, ...] = ()
    fields: list[Field] = []
    decorators: tuple[Value, ...] = ()
    binding: int = -1

    def freeze(self) -> Class:
        return Class(
            self.start, self.end, self.name, self.kind, self.function, self.bases, self.interfaces,
            tuple(self.fields), self.decorators, self.binding,
        )  # fmt: skip
