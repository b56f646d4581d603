"""The tables of a Python file's facts while they are being filled."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..facts import (
    Argument,
    Assign,
    Binding,
    Call,
    Class,
    Field,
    Function,
    Param,
    Region,
    Return,
    Type,
    Unknown,
    Value,
)


@dataclass(slots=True)
class CallRow:
    """A ``facts.Call`` whose use is told by whoever holds its result. ``use`` "": not told yet."""

    start: int
    end: int
    kind: str
    function: int
    region: int
    statement_start: int
    statement_end: int
    arguments_start: int
    callee: Value | None = None
    args: tuple[Argument, ...] = ()
    use: str = ""
    target: int = -1
    index: int = -1

    def freeze(self) -> Call:
        return Call(
            self.start,
            self.end,
            self.callee if self.callee is not None else Unknown(self.start, self.start),
            self.args,
            self.kind,
            self.function,
            self.region,
            self.use or "other",
            self.target,
            self.index,
            False,
            self.statement_start,
            self.statement_end,
            self.arguments_start,
        )


@dataclass(slots=True)
class BindingRow:
    """A ``facts.Binding``. ``region`` -1: where it is declared is not reached yet."""

    start: int
    end: int
    name: str
    kind: str
    function: int
    region: int = -1
    assigns: list[Assign] = field(default_factory=list)
    type: Type | None = None
    imported: int = -1

    def freeze(self, body: int) -> Binding:
        """``body``: the region of its function's body."""
        return Binding(
            self.start,
            self.end,
            self.name,
            self.kind,
            self.function,
            self.region if self.region >= 0 else body,
            tuple(self.assigns),
            self.type,
            self.imported,
        )


@dataclass(slots=True)
class RegionRow:
    """A ``facts.Region``."""

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
        return Region(
            self.start,
            self.end,
            self.parent,
            self.function,
            self.kind,
            self.group,
            self.test,
            self.source,
            self.how,
            self.is_async,
            self.exits,
            self.binding,
        )


@dataclass(slots=True)
class FunctionRow:
    """A ``facts.Function``."""

    start: int
    end: int
    name: str
    kind: str
    parent: int
    region: int
    params: list[Param] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    is_async: bool = False
    is_generator: bool = False
    cls: int = -1
    static: bool = False
    return_type: Type | None = None
    decorators: tuple[Value, ...] = ()
    name_start: int = 0
    name_end: int = 0
    used_as: str = ""

    def freeze(self) -> Function:
        return Function(
            self.start,
            self.end,
            self.name,
            self.kind,
            self.parent,
            self.region,
            tuple(self.params),
            tuple(self.returns),
            self.is_async,
            self.is_generator,
            self.cls,
            self.static,
            self.return_type,
            self.decorators,
            "",
            self.name_start,
            self.name_end,
            self.used_as,
        )


@dataclass(slots=True)
class ClassRow:
    """A ``facts.Class``."""

    start: int
    end: int
    name: str
    function: int
    bases: tuple[Value, ...] = ()
    fields: list[Field] = field(default_factory=list)
    decorators: tuple[Value, ...] = ()
    binding: int = -1

    def freeze(self) -> Class:
        return Class(
            self.start,
            self.end,
            self.name,
            "class",
            self.function,
            self.bases,
            (),
            tuple(self.fields),
            self.decorators,
            self.binding,
        )
