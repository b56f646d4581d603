"""Evaluated values: what an expression is known to be, with the place it came from.

A front end's value (``facts.Value``) is an expression of one file; a ``Val`` is what link makes of it: names, imports,
members, calls and parameters looked through as far as they are known. What is not known is a ``Param`` (a parameter that
no caller here gives), a ``Member`` of something unknown, a ``CallV`` (the result of a call that is not evaluated), a
``Global``/``External`` (a name from outside the project) or an ``Unknown``.

Every Val has ``place``, its origin: the literal, template or expression that makes it, wherever that stands. ``at`` is
the expression as it stands in the call that gives it (None: it was not handed through a parameter; the argument's own
place then). ``decl`` is its declared type with the module that declares it, or None. ``key_at``: the keyword that it was given by.
``sure``: it is the left side of ``??``, ``||`` or ``or``, so it is not missing where it is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..diagnostics import Place
from ..facts import Secret, Type

if TYPE_CHECKING:
    from .modules import Env, Module


Given = tuple[tuple["Val", ...], tuple[tuple[str, "Val"], ...]]
"""Positional and keyword arguments, evaluated."""

_COPIERS: dict[type, Callable[[Any], Any]] = {}


def _copier(cls: type) -> Callable[[Any], Any]:
    """A function that copies objects of a class, written out field by field (a loop over them takes three times as long)."""
    slots = [slot for c in cls.__mro__ for slot in getattr(c, "__slots__", ())]
    lines = ["def copy(old):", " new = make(cls)", *(f" new.{slot} = old.{slot}" for slot in slots), " return new"]
    names: dict[str, Any] = {"make": object.__new__, "cls": cls}
    exec("\n".join(lines), names)
    copier: Callable[[Any], Any] = names["copy"]
    _COPIERS[cls] = copier
    return copier


class Val:
    """Base of all evaluated values. Treat as immutable; ``with_at`` and ``with_decl`` copy. (Subclasses set these fields
    themselves: values are made by the hundred thousand, and a call of the base's constructor is most of what one costs.)"""

    __slots__ = ("at", "decl", "key_at", "place", "sure")
    place: Place
    at: Place | None
    decl: tuple[Module, Type] | None
    key_at: Place | None
    sure: bool

    def __init__(self, place: Place) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None

    def _copy(self) -> Val:
        copier = _COPIERS.get(type(self)) or _copier(type(self))
        copy: Val = copier(self)
        return copy

    def at_place(self, place: Place) -> Val:
        """A copy that stands elsewhere."""
        new = self._copy()
        new.place = place
        return new

    def with_at(self, at: Place) -> Val:
        """A copy that was handed through a parameter as the expression at ``at``."""
        new: Val = (_COPIERS.get(type(self)) or _copier(type(self)))(self)
        new.at = at
        return new

    def with_decl(self, module: Module, declared: Type) -> Val:
        """A copy with a declared type."""
        new = self._copy()
        new.decl = (module, declared)
        return new

    def __repr__(self) -> str:
        slots = [
            s
            for c in type(self).__mro__
            for s in getattr(c, "__slots__", ())
            if s not in ("at", "decl", "place", "key_at", "sure")
        ]
        return f"{type(self).__name__}({', '.join(f'{s}={getattr(self, s)!r}' for s in slots if s not in ('env', 'module'))})"


class Lit(Val):
    """A known constant. ``kind`` as in ``facts.Literal``, or ``absent``: the undefined of an argument that is not given; ``enum``: the name of the enum's member that it is; ``core``: of a text joined from several, the place
    of its longest piece."""

    __slots__ = ("core", "enum", "kind", "value")

    def __init__(self, place: Place, value: str | int | float | bool | None, kind: str = "", enum: str = "") -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.core: Place | None = None
        self.value = value
        self.kind = kind
        self.enum = enum


class SecretV(Val):
    """A literal key; see ``facts.Secret``."""

    __slots__ = ("secret",)

    def __init__(self, place: Place, secret: Secret) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.secret = secret


class Tmpl(Val):
    """Text with holes: strings are known text, Vals are holes (never ``Lit``, never nested ``Tmpl``).

    ``how``: as in ``facts.Template``, or ``str`` for a bare conversion (``String(x)``, ``str(x)``, ``x + ''``).
    ``spans``: place of each part, parallel to ``parts``. ``given``: for each text of which a caller gave the (first)
    piece, the expression at that call.
    """

    __slots__ = ("given", "how", "parts", "spans")

    def __init__(
        self,
        place: Place,
        parts: tuple[str | Val, ...],
        how: str,
        spans: tuple[Place, ...],
        given: tuple[Place | None, ...] = (),
    ) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.parts = parts
        self.how = how
        self.spans = spans
        self.given = given or (None,) * len(parts)

    @property
    def prefix(self) -> str:
        """The known text before the first hole."""
        return self.parts[0] if self.parts and isinstance(self.parts[0], str) else ""

    @property
    def suffix(self) -> str:
        """The known text after the last hole."""
        return self.parts[-1] if self.parts and isinstance(self.parts[-1], str) else ""

    @property
    def holes(self) -> list[Val]:
        return [part for part in self.parts if isinstance(part, Val)]


class Choice(Val):
    """One of several. Flat: no option is itself a Choice. ``how``: ``ternary`` ``or`` ``nullish`` ``match`` ``assign``
    (several assignments) ``return`` (several returns) ``element`` (of a known collection) ``type`` (a union of literals).
    ``by``: the parameters that choose, where it is a look-up by them (``NAMES[key]``): a caller who gives them gives it.
    """

    __slots__ = ("by", "how", "options")

    def __init__(self, place: Place, options: tuple[Val, ...], how: str, by: tuple[Param, ...] = ()) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.options = options
        self.how = how
        self.by = by


class Ent:
    """An entry of an ``Obj``.

    ``name``: the key's text (a choice of keys gives several entries, each ``maybe``). ``key_place``: the key as it stands
    in the object. ``key_origin``: the literal that the key is (in a constants module for a computed key). ``at``: the
    value's expression as it stands in the object. ``maybe``: it may be absent.
    """

    __slots__ = ("at", "key_origin", "key_place", "maybe", "name", "value")

    def __init__(
        self, name: str, key_place: Place, key_origin: Place, value: Val, at: Place, maybe: bool = False
    ) -> None:
        self.name = name
        self.key_place = key_place
        self.key_origin = key_origin
        self.value = value
        self.at = at
        self.maybe = maybe

    def __repr__(self) -> str:
        return f"{self.name}{'?' if self.maybe else ''}: {self.value!r}"


class Obj(Val):
    """An object or dict. ``open``: it may have further keys (a spread or key that is unknown). Later entries win and
    ``entries`` holds only winners (a ``maybe`` entry does not remove the one before it).

    ``spreads``: the unknown values that were spread into it."""

    __slots__ = ("entries", "open", "spreads")

    def __init__(self, place: Place, entries: tuple[Ent, ...], open: bool, spreads: tuple[Val, ...] = ()) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.entries = entries
        self.open = open
        self.spreads = spreads

    def get(self, *names: str) -> Ent | None:
        """The last entry of one of these names."""
        found = None
        for entry in self.entries:
            if entry.name in names:
                found = entry
        return found

    def has(self, *names: str) -> bool | None:
        """True: surely there; False: surely not; None: unknown (maybe, or the object is open)."""
        entry = self.get(*names)
        if entry is not None:
            return None if entry.maybe else True
        return None if self.open else False


class Arr(Val):
    """A list, tuple or set. ``open``: more items than these, or an unknown number of them (a comprehension)."""

    __slots__ = ("items", "kind", "open")

    def __init__(self, place: Place, items: tuple[Val, ...], open: bool = False, kind: str = "list") -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.items = items
        self.open = open
        self.kind = kind


class Func(Val):
    """A function of the project, with the environment that it closes over.

    ``bound``: arguments already given (``partial``, ``bind``): positional Vals and keyword Vals. ``this``: its receiver.
    """

    __slots__ = ("bound", "bound_call", "env", "function", "keywords", "module", "this")

    def __init__(
        self, place: Place, module: Module, function: int, env: Env | None = None, this: Val | None = None
    ) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.module = module
        self.function = function
        self.env = env
        self.this = this
        self.bound: tuple[Val, ...] = ()
        self.keywords: tuple[tuple[str, Val], ...] = ()
        self.bound_call: Any = None


class Partial(Val):
    """``partial(f, …)`` / ``f.bind(x, …)`` of something that is no function of the project (an external tracker)."""

    __slots__ = ("args", "base", "call", "keywords")

    def __init__(
        self, place: Place, base: Val, args: tuple[Val, ...], keywords: tuple[tuple[str, Val], ...], call: Any
    ) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.base = base
        self.args = args
        self.keywords = keywords
        self.call = call


class Cls(Val):
    """A class, enum or interface of the project."""

    __slots__ = ("cls", "module")

    def __init__(self, place: Place, module: Module, cls: int) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.module = module
        self.cls = cls


class Inst(Val):
    """An instance of a project class. ``env``: its constructor's parameters where the ``new`` is known, else None.

    ``given``: fields set by the call itself (dataclasses). ``envs``: see ``evaluate._this_env``."""

    __slots__ = ("cls", "env", "envs", "given")

    def __init__(self, place: Place, cls: Cls, env: Env | None = None, given: tuple[tuple[str, Val], ...] = ()) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.cls = cls
        self.env = env
        self.envs: dict[tuple[str, int], Env] = {}
        self.given = given


class ModuleV(Val):
    """A project module as a namespace."""

    __slots__ = ("module",)

    def __init__(self, place: Place, module: Module) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.module = module


class External(Val):
    """Something imported from outside the project: ``package`` (``axios``, ``@fullstory/browser``, Python: the dotted
    module) and the names taken from it (``("FullStory", "event")``; none for a default or namespace import)."""

    __slots__ = ("package", "path")

    def __init__(self, place: Place, package: str, path: tuple[str, ...]) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.package = package
        self.path = path

    @property
    def dotted(self) -> str:
        return ".".join((self.package, *self.path))


class GlobalV(Val):
    """A global: ``("FS", "event")``. ``window.``, ``globalThis.``, ``self.`` are taken off."""

    __slots__ = ("path",)

    def __init__(self, place: Place, path: tuple[str, ...]) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.path = path

    @property
    def dotted(self) -> str:
        return ".".join(self.path)


class Param(Val):
    """A parameter that nothing here gives a value. ``index``: its position."""

    __slots__ = ("binding", "function", "index", "module", "name")

    def __init__(self, place: Place, module: Module, function: int, index: int, binding: int, name: str) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.module = module
        self.function = function
        self.index = index
        self.binding = binding
        self.name = name


class MemberV(Val):
    """``base.key`` of something not known. ``key``: None when it is computed and unknown. ``optional``: ``?.``."""

    __slots__ = ("base", "key", "optional", "subscript")

    def __init__(
        self, place: Place, base: Val, key: str | None, optional: bool = False, subscript: bool = False
    ) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.base = base
        self.key = key
        self.optional = optional
        self.subscript = subscript


class CallV(Val):
    """The result of a call that is not looked into. ``args``/``keywords``: evaluated when they are asked for;
    ``new``: constructed."""

    __slots__ = ("_given", "call", "callee", "module", "new")

    def __init__(
        self,
        place: Place,
        callee: Val,
        given: Given | Callable[[], Given],
        module: Module,
        call: int,
        new: bool,
    ) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.callee = callee
        self._given = given
        self.module = module
        self.call = call
        self.new = new

    def _arguments(self) -> Given:
        if callable(self._given):
            self._given = self._given()
        return self._given

    @property
    def args(self) -> tuple[Val, ...]:
        return self._arguments()[0]

    @property
    def keywords(self) -> tuple[tuple[str, Val], ...]:
        return self._arguments()[1]

    def keyword(self, name: str) -> Val | None:
        return next((value for key, value in self.keywords if key == name), None)

    @property
    def name(self) -> str:
        """Dotted name of what is called as far as it goes: ``Date.now``, ``hashlib.sha256``, ``.toFixed`` for a method."""
        return dotted(self.callee)


class EnvV(Val):
    """An environment look-up. ``default``: what stands in for it when it is not set (None: nothing)."""

    __slots__ = ("default", "name", "via")

    def __init__(self, place: Place, name: str, default: Val | None = None, via: str = "") -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.name = name
        self.default = default
        self.via = via


class Typed(Val):
    """An expression whose type is known but not its value: ``type`` as in ``link.types`` (``bool int num str …``).

    ``operands``: what it was made of, evaluated when they are asked for."""

    __slots__ = ("_operands", "op", "type")

    def __init__(
        self,
        place: Place,
        type: str,
        op: str = "",
        operands: tuple[Val, ...] | Callable[[], tuple[Val, ...]] = (),
    ) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.type = type
        self.op = op
        self._operands = operands

    @property
    def operands(self) -> tuple[Val, ...]:
        if callable(self._operands):
            self._operands = self._operands()
        return self._operands


class Elem(Val):
    """An element of an iterable that is not known."""

    __slots__ = ("base",)

    def __init__(self, place: Place, base: Val) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.base = base


class Unknown(Val):
    """Nothing is known; ``reason`` for people."""

    __slots__ = ("reason",)

    def __init__(self, place: Place, reason: str = "") -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.reason = reason


class Later(Val):
    """A parameter's value that is evaluated when it is asked for; stands only in ``Env.values``."""

    __slots__ = ("make",)

    def __init__(self, place: Place, make: Callable[[], Val]) -> None:
        self.place = place
        self.sure = False
        self.at = self.decl = self.key_at = None
        self.make = make


# -------------------------------------------------------------------------------------------------------- readings


def options(value: Val | None) -> tuple[Val, ...]:
    """The alternatives of a value: of a ``Choice`` its options, else the value itself; none for None."""
    if value is None:
        return ()
    return value.options if isinstance(value, Choice) else (value,)


def texts(value: Val | None) -> list[Lit]:
    """The alternatives that are known strings."""
    return [
        option
        for option in options(value)
        if isinstance(option, Lit) and isinstance(option.value, str) and not option.kind
    ]


def known(value: Val | None) -> bool:
    """Every alternative is a constant."""
    return value is not None and all(isinstance(option, (Lit, SecretV)) for option in options(value))


def dotted(value: Val) -> str:
    """A name for what a value is, for tables: ``FS.event``, ``requests.post``, ``.toFixed`` (a method of something
    unknown), ``""``. External modules give package and path: ``@fullstory/browser.FullStory``."""
    if isinstance(value, (GlobalV, External)):
        return value.dotted
    if isinstance(value, MemberV):
        return "." + (value.key or "")
    if isinstance(value, Func):
        return value.module.facts.functions[value.function].name
    if isinstance(value, Cls):
        return value.module.facts.classes[value.cls].name
    return ""


def _of_call(value: CallV) -> tuple[Val, ...]:
    return (value.callee, *value.args, *(keyword for _, keyword in value.keywords))


_CHILDREN: dict[type, Callable[[Any], Iterable[Val]]] = {
    Choice: lambda value: (*value.options, *value.by),
    Tmpl: lambda value: value.holes,
    Obj: lambda value: (*(entry.value for entry in value.entries), *value.spreads),
    Arr: lambda value: value.items,
    MemberV: lambda value: (value.base,),
    Elem: lambda value: (value.base,),
    CallV: _of_call,
    Typed: lambda value: value.operands,
    EnvV: lambda value: () if value.default is None else (value.default,),
    Partial: lambda value: (value.base, *value.args),
}


def children(value: Val) -> Iterable[Val]:
    """The values that a value is made of."""
    parts = _CHILDREN.get(type(value))
    return () if parts is None else parts(value)


def walk(value: Val | None, limit: int = 2000) -> Iterator[Val]:
    """A value and all that it is made of, outermost first; at most ``limit`` of them."""
    stack = [value] if value is not None else []
    while stack and limit:
        limit -= 1
        current = stack.pop()
        yield current
        parts = _CHILDREN.get(type(current))
        if parts is not None:
            stack.extend(parts(current))


def describe(value: Val | None) -> str:
    """A value in a few words, for messages; keys are masked."""
    if value is None:
        return "nothing"
    if isinstance(value, Lit):
        if value.kind in ("undefined", "nan", "infinity"):
            return {"undefined": "undefined", "nan": "NaN", "infinity": "Infinity"}[value.kind]
        if isinstance(value.value, str):
            text = value.value if len(value.value) <= 60 else value.value[:57] + "…"
            return f"'{text}'"
        return (
            {None: "null", True: "true", False: "false"}.get(value.value, str(value.value))
            if (value.value is None or isinstance(value.value, bool))
            else str(value.value)
        )
    if isinstance(value, SecretV):
        return value.secret.mask
    if isinstance(value, Tmpl):
        return (
            "`" + "".join(part if isinstance(part, str) else "{" + describe(part) + "}" for part in value.parts) + "`"
        )
    if isinstance(value, Choice):
        return " or ".join(describe(option) for option in value.options[:3]) + (" …" if len(value.options) > 3 else "")
    if isinstance(value, MemberV):
        if isinstance(value.base, Param) and not value.base.name:
            return value.key or "…"
        return f"{describe(value.base)}.{value.key or '…'}"
    if isinstance(value, Param):
        return value.name or "a parameter"
    if isinstance(value, GlobalV):
        return value.dotted
    if isinstance(value, External):
        return value.path[-1] if value.path else value.dotted
    if isinstance(value, EnvV):
        return value.name
    if isinstance(value, CallV):
        name = dotted(value.callee)
        if isinstance(value.callee, MemberV):
            return f"{describe(value.callee)}(…)"
        return f"{name.rsplit('.', 1)[-1] or '…'}(…)"
    if isinstance(value, Func):
        return value.module.facts.functions[value.function].name or "a function"
    if isinstance(value, Obj):
        return "an object"
    if isinstance(value, Arr):
        return "an array"
    if isinstance(value, Elem):
        return f"an element of {describe(value.base)}"
    return "…"
