"""The data model of one file: all that the rest of the program knows of it.

Facts are a pure function of a file's bytes and its language, of nothing else: not of its path, not of settings, not of
which functions track. They hold no parse tree, no path and no source text beyond literals. They are language-neutral:
whoever reads them (link, rules) never asks whether a file was Python or TypeScript unless a fact here says so.

Conventions
* ``start`` and ``end`` are byte offsets into the file (0-based, end exclusive). They become lines and columns only when
  something is reported.
* Tables: a file has tables of functions, classes, regions, bindings and calls. A reference to a row is its index; -1 is
  "none". Row 0 of ``functions`` is the module itself, row 0 of ``regions`` the module's body.
* Values are expressions, lowered: what an argument, a right-hand side, a returned or a default expression is. An
  expression that the front end cannot lower is ``Unknown``; it is never left out.
* Names are resolved lexically by the front end: ``Name`` is a binding of this file, ``Global`` is a name that nothing in
  this file declares (``declare const FS`` and ``global FS`` declare nothing).
* Parentheses, ``as T``, ``satisfies T``, ``<T>x``, ``x!``, ``Object.freeze(x)`` and ``as const`` vanish (``Cast`` keeps a
  type that is written down); a sequence ``(a, b)`` is its last value; an assignment expression is its right-hand side.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

FACTS_VERSION = 1
"""Part of the cache's key: raise it when a front end or this model changes what it says of the same bytes."""


class Node(msgspec.Struct, frozen=True, array_like=True, gc=False, tag_field="tag", tag=True):
    """Anything with a place: byte offsets, end exclusive."""

    start: int
    end: int


# ---------------------------------------------------------------------------------------------------------- values


class Literal(Node, frozen=True, tag="lit"):
    """A constant. ``start``/``end`` include the quotes.

    ``kind``: "" for what ``value`` says by itself (str, int, float, bool, None = null/None), else one of
    ``undefined`` ``nan`` ``regex`` (value: the source) ``bytes`` (value: text, latin-1) ``bigint`` (value: digits)
    ``infinity`` ``ellipsis``. An int beyond 64 bits is ``bigint``. JavaScript's ``5.0`` is the int 5, Python's a float.
    ``concat``: the literal stands for adjacent or added literals that the front end folded ("a" "b", 'a' + 'b').
    """

    value: str | int | float | bool | None
    kind: str = ""
    concat: bool = False


class Secret(Node, frozen=True, tag="secret"):
    """A literal that looks like a key, or is bound to a key-like name (RULES.md, FS6). The key itself is not kept.

    ``mask``: what may be shown (``na1.5lv…(90)``); ``length``: code points; ``kind``: ``shape`` (na1./eu1. + base64),
    ``fs_api_key`` (``fs_api_key_…``), ``named`` (bound to a FullStory key-like name), ``property`` (under ``apiKey``,
    ``api_key``, ``secret``, ``token``, ``authorization`` …: a key only if it reaches FullStory); ``digest``: salted
    hash, to compare; ``prefix``: "Basic " or "Bearer " where the literal began so; ``colon``: the text after the prefix
    ends in ":"; ``base64``: the text after the prefix is base64 of something that ends in ":".
    """

    mask: str
    length: int
    kind: str
    digest: str
    prefix: str = ""
    colon: bool = False
    base64: bool = False


class Template(Node, frozen=True, tag="tpl"):
    """Text with holes, in order; text parts are ``Literal`` strings, everything else is a hole.

    ``how``: ``template`` (`` `${x}` ``) ``fstring`` ``concat`` (``+`` where one side is known to be text) ``percent``
    ``format`` ``join``. A format spec or conversion (``{x:>3}``, ``%05d``, ``!r``) makes its hole a ``Cast`` to str.
    """

    parts: tuple[Value, ...]
    how: str


class OneOf(Node, frozen=True, tag="one"):
    """A choice. ``how``: ``ternary`` ``or`` (``||``, ``or``) ``nullish`` (``??``) ``and`` (``&&``, ``and``) ``match``.

    ``values`` in source order; ``test``: the condition of a ternary.
    """

    values: tuple[Value, ...]
    how: str
    test: Value | None = None


class Entry(Node, frozen=True, tag="entry"):
    """One entry of an object or dict display.

    ``key`` is None for a spread (``...x``, ``**x``); a plain key is a string ``Literal`` whose place is the key's.
    ``maybe``: inside a conditional spread (``...(c && {a})``, ``...(c ? {a} : {})``), which the front end unfolds.
    ``shorthand``: ``{a}``. Methods and getters are entries whose value is a ``FunctionRef``.
    """

    key: Value | None
    value: Value
    maybe: bool = False
    shorthand: bool = False


class Object(Node, frozen=True, tag="obj"):
    """An object literal, a dict display, ``dict(…)``, ``a | {…}``, ``Object.assign({}, …)`` (later entries win)."""

    entries: tuple[Entry, ...]


class Array(Node, frozen=True, tag="arr"):
    """``kind``: ``list`` (JavaScript arrays too) ``tuple`` ``set``. Spread items are ``Spread``."""

    items: tuple[Value, ...]
    kind: str = "list"


class Spread(Node, frozen=True, tag="spread"):
    """``...x`` / ``*x`` as an item or an argument."""

    value: Value


class Name(Node, frozen=True, tag="name"):
    """A use of a binding of this file (index into ``FileFacts.bindings``)."""

    binding: int


class Global(Node, frozen=True, tag="global"):
    """A use of a name that this file does not declare."""

    name: str


class Member(Node, frozen=True, tag="member"):
    """``object.key``, ``object[key]``, ``object?.key``; Python attributes and subscripts alike.

    ``key``: a ``Literal`` with the key's own place, or any value where it is computed. ``subscript``: written with
    brackets. ``optional``: ``?.``. ``#private`` keeps its ``#``.
    """

    object: Value
    key: Value
    subscript: bool = False
    optional: bool = False


class CallRef(Node, frozen=True, tag="call"):
    """The result of a call of this file (index into ``FileFacts.calls``); JSX elements and ``new`` too."""

    call: int


class FunctionRef(Node, frozen=True, tag="func"):
    """A function of this file (index into ``FileFacts.functions``): declaration, arrow, lambda, method."""

    function: int


class ClassRef(Node, frozen=True, tag="cls"):
    """A class, enum or interface of this file (index into ``FileFacts.classes``)."""

    cls: int


class ModuleRef(Node, frozen=True, tag="module"):
    """A whole module as a value: ``require('x')``, ``import('x')``, ``importlib.import_module('x')``."""

    specifier: str


class This(Node, frozen=True, tag="this"):
    """JavaScript's ``this`` (of ``function``: arrows already looked through). Python's self is a ``Name``."""

    function: int


class Await(Node, frozen=True, tag="await"):
    """``await value``."""

    value: Value


class Element(Node, frozen=True, tag="elem"):
    """An element of an iterable: what a loop or comprehension variable is bound to."""

    value: Value


class Rest(Node, frozen=True, tag="rest"):
    """What a destructuring leaves: ``{a, ...rest}``. ``exclude``: the keys that were taken."""

    value: Value
    exclude: tuple[str, ...]


class Comprehension(Node, frozen=True, tag="comp"):
    """A Python comprehension or generator expression. ``kind``: list set dict generator. ``key``: of a dict."""

    element: Value
    kind: str
    key: Value | None
    region: int


class Unary(Node, frozen=True, tag="unary"):
    """``-`` ``+`` ``~`` ``!`` ``not`` ``typeof`` ``void`` ``delete`` ``++`` ``--``."""

    op: str
    value: Value


class Binary(Node, frozen=True, tag="binary"):
    """Arithmetic and comparison: ``+ - * / // % ** | & ^ << >> == != === !== < > <= >= in instanceof is`` and
    ``not in``, ``is not``."""

    op: str
    left: Value
    right: Value


class Cast(Node, frozen=True, tag="cast"):
    """A value whose type is written down beside it: ``x as T``, ``typing.cast(T, x)``."""

    value: Value
    type: Type


class Unknown(Node, frozen=True, tag="?"):
    """Anything else. ``reason``: what it was (grammar's node name), for people."""

    reason: str = ""


Value: TypeAlias = (
    Literal
    | Secret
    | Template
    | OneOf
    | Object
    | Array
    | Spread
    | Name
    | Global
    | Member
    | CallRef
    | FunctionRef
    | ClassRef
    | ModuleRef
    | This
    | Await
    | Element
    | Rest
    | Comprehension
    | Unary
    | Binary
    | Cast
    | Unknown
)


# ----------------------------------------------------------------------------------------------------------- types


class NamedType(Node, frozen=True, tag="t:name"):
    """``name``: the head as a value (``Name``/``Global``/``Member``): string, number, int, Foo, models.Foo, Promise.

    Predefined types of TypeScript and Python are ``Global`` (``string``, ``number``, ``int``, ``str``, ``None`` …).
    ``args``: type arguments. ``values``: ``Annotated[T, v…]``'s metadata.
    """

    name: Value
    args: tuple[Type, ...] = ()
    values: tuple[Value, ...] = ()


class UnionType(Node, frozen=True, tag="t:or"):
    """``A | B``, ``Optional[A]`` (A | None), ``Union[A, B]``, ``Literal['a', 'b']`` (of ``LiteralType``)."""

    items: tuple[Type, ...]


class LiteralType(Node, frozen=True, tag="t:lit"):
    """A literal as a type; null, undefined and None are ``NamedType`` of ``Global``."""

    value: Value


class ObjectType(Node, frozen=True, tag="t:obj"):
    """``{a: T; b?: U}``, TypedDict's inline form."""

    fields: tuple[Field, ...]


class ArrayType(Node, frozen=True, tag="t:arr"):
    """``T[]``, ``readonly T[]``, ``list[T]``, ``List[T]``, ``Array<T>``, ``Sequence[T]`` …"""

    item: Type


class FunctionType(Node, frozen=True, tag="t:func"):
    """``(a: A) => R``, ``Callable[[A], R]``."""

    params: tuple[Type, ...]
    result: Type


class TypeofType(Node, frozen=True, tag="t:typeof"):
    """``typeof x``; ``keyof T`` is ``key=True``."""

    value: Value


class IndexedType(Node, frozen=True, tag="t:index"):
    """``T[K]``; K is None for ``T[keyof T]`` and ``T[number]`` (any member)."""

    object: Type
    key: Type | None


class KeyofType(Node, frozen=True, tag="t:keyof"):
    """``keyof T``."""

    object: Type


class UnknownType(Node, frozen=True, tag="t:?"):
    """Anything else (conditional, mapped, template literal types …)."""


Type: TypeAlias = (
    NamedType
    | UnionType
    | LiteralType
    | ObjectType
    | ArrayType
    | FunctionType
    | TypeofType
    | IndexedType
    | KeyofType
    | UnknownType
)


# ---------------------------------------------------------------------------------------------------------- tables


class Region(Node, frozen=True, tag="region"):
    """A stretch of code that runs, or does not run, as a whole.

    ``kind``: ``body`` (of a function or module) · ``then`` ``else`` · ``case`` ``default`` (switch and match) · ``loop``
    (for, while, do) · ``loop-else`` · ``comprehension`` · ``try`` ``except`` ``try-else`` ``finally`` · ``with`` ·
    ``and`` ``or`` ``nullish`` (the right operand; ``test`` is the left one) · ``ternary-then`` ``ternary-else``.
    ``parent``: the enclosing region (of a function's body: the region in which the function is written).
    ``group``: start offset of the statement or expression; regions of one statement share it (then/else, all cases,
    try with its excepts …).
    ``test``: condition of then/else/while/case/and/or/nullish/ternary (for ``case`` the compared value; ``else``
    repeats the ``if``'s test; an ``elif`` is a ``then`` nested in an ``else``); for ``except`` the class or tuple of
    classes caught (None: all).
    ``source``: iterable of a for loop or comprehension, context manager value of ``with``, value switched on.
    ``how``: loops: ``for`` ``for-of`` ``for-in`` ``while`` ``do``; ``async`` is set for ``for await``/``async for``/
    ``async with``.
    ``exits``: its straight-line code always leaves by ``return`` ``throw`` ``break`` ``continue`` ("" if it can run to
    its end); an ``if`` whose branches both leave makes its region leave.
    ``binding``: the variable of an except clause or of ``with … as x`` (-1: none).
    """

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


class Assign(Node, frozen=True, tag="assign"):
    """One assignment to a binding.

    ``op``: ``=`` ``+=`` (any augmented form by its operator) ``for`` ``with`` ``del`` ``default`` (a destructuring or
    parameter default was folded into a ``nullish`` OneOf) ``walrus``.
    Destructuring gives each name its own value: ``const {a: {b}} = x`` binds b to ``Member(Member(x, 'a'), 'b')``;
    ``const [p, q] = x`` and ``p, q = x`` use int literals as keys.
    """

    value: Value
    function: int
    region: int
    op: str = "="


class Import(Node, frozen=True, tag="import"):
    """One imported name, or a module imported for its effects (``name`` "").

    ``specifier``: as written (``./a``, ``@scope/x``; Python: dotted module with its leading dots, ``..pkg.mod``).
    ``name``: exported name, ``default``, ``*`` (namespace: ``import * as x``, Python ``import a.b as c``), or for
    Python's ``import a.b`` (binds a): ``*`` with the specifier ``a``; its full module stands in a second Import with
    name "". ``binding``: -1 where it binds nothing. ``how``: ``import`` ``require`` ``dynamic`` ``export`` (re-export)
    ``star`` (``from x import *``). ``type_only``: ``import type``, ``if TYPE_CHECKING``.
    """

    specifier: str
    name: str
    binding: int
    how: str = "import"
    type_only: bool = False


class Export(Node, frozen=True, tag="export"):
    """One exported name of a JavaScript module or a data file. (Every top-level name of a Python module is exported.)

    ``name``: ``default``, ``=`` (``module.exports =``, ``export =``, a JSON file's content), ``*`` (``export * from``),
    else the name. ``value``: what it is, None for a re-export of ``specifier``'s ``imported`` (``*``: the namespace).
    """

    name: str
    value: Value | None
    specifier: str = ""
    imported: str = ""
    type_only: bool = False


class Binding(Node, frozen=True, tag="bind"):
    """A declared name; the place is the name's first declaration.

    ``kind``: ``const`` ``let`` ``var`` (Python variables too) ``param`` ``import`` ``function`` ``class`` ``enum``
    ``type`` (alias or interface without value) ``catch`` ``namespace``. ``function``: whose scope it is in (0: module).
    ``region``: where declared. ``assigns``: all of them, in order; a function or class declaration has one.
    ``type``: declared type; for a type alias, what it stands for. ``imported``: index into ``imports``, or -1.
    """

    name: str
    kind: str
    function: int
    region: int
    assigns: tuple[Assign, ...] = ()
    type: Type | None = None
    imported: int = -1


class Param(Node, frozen=True, tag="param"):
    """A parameter. A destructured one has the name "" and a binding of its own; its parts are bindings whose assigned
    value is a ``Member`` of ``Name(binding)`` (with their defaults as ``nullish`` OneOf).

    ``kind``: ``normal`` ``rest`` (``...x``, ``*x``) ``kwrest`` (``**x``) ``kwonly`` ``posonly``.
    ``field``: a TypeScript parameter property (``private x: T``). ``optional``: ``x?``.
    """

    name: str
    binding: int
    default: Value | None = None
    type: Type | None = None
    kind: str = "normal"
    decorators: tuple[Value, ...] = ()
    field: bool = False
    optional: bool = False


class Return(Node, frozen=True, tag="return"):
    """``return value`` (an arrow's expression body too), or ``yield`` with ``yields``; value None: nothing."""

    value: Value | None
    region: int
    yields: bool = False


class Function(Node, frozen=True, tag="function"):
    """A function; row 0 is the module.

    ``kind``: ``module`` ``function`` ``arrow`` ``method`` ``getter`` ``setter`` ``constructor`` ``lambda``
    ``handler`` (an event-handler attribute of markup). ``parent``: enclosing function. ``region``: its body.
    ``cls``: class it is a member of (-1). ``static``: static or class method (``decorators`` tell which).
    ``directive``: ``use server`` / ``use client`` at its top. ``name_start``/``name_end``: its name's place, else
    its own start. ``used_as``: where a function expression stands: ``""`` or ``attr:onScroll`` (JSX or markup
    attribute), ``key:name`` (value of an object entry), ``prop:name`` (assigned to a member ``x.name =``).
    """

    name: str
    kind: str
    parent: int
    region: int
    params: tuple[Param, ...] = ()
    returns: tuple[Return, ...] = ()
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


class Field(Node, frozen=True, tag="field"):
    """A member of a class, interface, enum or object type.

    ``kind``: ``field`` ``method`` ``getter`` ``setter`` ``constructor`` ``member`` (of an enum; value None: automatic)
    ``index`` (index signature). ``value``: initial value, a ``FunctionRef`` for methods. Private ones keep ``#``.
    """

    name: str
    kind: str
    value: Value | None = None
    type: Type | None = None
    static: bool = False
    optional: bool = False
    decorators: tuple[Value, ...] = ()


class Class(Node, frozen=True, tag="class"):
    """``kind``: ``class`` ``interface`` ``enum`` (TypeScript's; Python's enums are classes whose bases say so)."""

    name: str
    kind: str
    function: int
    bases: tuple[Value, ...] = ()
    interfaces: tuple[Value, ...] = ()
    fields: tuple[Field, ...] = ()
    decorators: tuple[Value, ...] = ()
    binding: int = -1


class Argument(Node, frozen=True, tag="arg"):
    """``name``: keyword (Python), ``**`` for a double-star argument, "" for a positional one (``*x``: ``Spread``)."""

    value: Value
    name: str = ""


class Call(Node, frozen=True, tag="call!"):
    """Every call, not only those that track. The place is the whole call expression, without its ``await``.

    ``kind``: ``call`` ``new`` ``jsx`` (an element; callee is the component, or a ``Literal`` tag name for a DOM
    element; its one argument an ``Object`` of the attributes, children under ``children``) ``tag`` (tagged template)
    ``decorator`` (a decorator that is called).
    ``optional``: ``f?.()``. ``function`` and ``region``: where it runs (a default value runs in its function's body).
    ``use``: what happens to the result:
      ``statement`` · ``await`` · ``return`` (an arrow's expression body too) · ``void`` · ``yield`` · ``assign``
      (``target``: the binding) · ``write`` (to a member) · ``argument`` (``target``: the call, ``index``: which;
      also as an item of an array or comprehension that is the argument) · ``member`` (an attribute of it is called:
      ``target`` is that call, as in ``f().catch(…)``; else ``target`` -1) · ``callee`` (it is itself called:
      ``target``) · ``test`` · ``with`` (context manager) · ``entry`` (in an object) · ``other``.
      A ternary's, ``||``'s or ``??``'s branch has the use of the whole; with ``await`` outermost it is ``await``.
    ``statement_start``/``statement_end``: the enclosing statement. ``arguments_start``: offset of ``(``.
    """

    callee: Value
    args: tuple[Argument, ...]
    kind: str
    function: int
    region: int
    use: str = "other"
    target: int = -1
    index: int = -1
    optional: bool = False
    statement_start: int = 0
    statement_end: int = 0
    arguments_start: int = 0


class Write(Node, frozen=True, tag="write"):
    """An assignment to a member: ``object.key = value`` (``op`` ``=``), ``+=`` …, ``del`` / ``delete``."""

    object: Value
    key: Value
    value: Value
    function: int
    region: int
    op: str = "="


class AwaitFact(Node, frozen=True, tag="await!"):
    """An ``await`` as such. The place is the whole expression; the operand starts at ``value.start``."""

    value: Value
    function: int
    region: int


class Throw(Node, frozen=True, tag="throw"):
    """``throw x`` / ``raise x`` (value None: re-raise)."""

    value: Value | None
    function: int
    region: int


class KeyUse(Node, frozen=True, tag="key"):
    """A key-shaped text that stands in a comment (literals are ``Secret`` values, wherever they are)."""

    secret: Secret


class Suppression(Node, frozen=True, tag="ignore"):
    """A ``fslint: ignore[…]`` comment. The place is the comment (the whole comment token, its markers included).

    ``codes``: as written (empty: none given, which suppresses nothing). ``scope``: ``line`` or ``file``. ``covers``:
    bytes whose findings it silences: from the start of the line it is on to that line's end, or, for a comment on a
    line of its own, to the end of the statement that follows (of a compound statement: its header).
    """

    codes: tuple[str, ...]
    reason: str
    scope: str
    covers_start: int
    covers_end: int


class Broken(Node, frozen=True, tag="broken"):
    """A stretch that the grammar could not read."""


class FileFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One file. ``language``: ``javascript`` ``typescript`` ``tsx`` ``python`` ``vue`` ``svelte`` ``astro`` ``html``
    ``json`` ``yaml`` ``dotenv``.

    ``lines``: byte offset of each line's first byte. ``directives``: ``use client``/``use server`` at the file's top.
    ``globals``: names that this file uses and does not declare. ``dom``: it has JSX elements of the DOM or is markup.
    ``broken``: error ranges of the grammar. ``syntax_error``: (offset, message), confirmed by a second parser.
    ``literals``: all key-shaped or FullStory-named secrets of the file, wherever they stand, comments excepted.
    ``generated``: "", ``generated`` (``@generated``), ``minified`` or ``snippet`` (FullStory's pasted loader is in it:
    """

    language: str
    size: int
    lines: tuple[int, ...]
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    regions: tuple[Region, ...] = ()
    bindings: tuple[Binding, ...] = ()
    calls: tuple[Call, ...] = ()
    imports: tuple[Import, ...] = ()
    exports: tuple[Export, ...] = ()
    writes: tuple[Write, ...] = ()
    awaits: tuple[AwaitFact, ...] = ()
    throws: tuple[Throw, ...] = ()
    literals: tuple[Secret, ...] = ()
    comment_keys: tuple[KeyUse, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    directives: tuple[str, ...] = ()
    globals: tuple[str, ...] = ()
    dom: bool = False
    broken: tuple[Broken, ...] = ()
    syntax_error: tuple[int, str] | None = None
    generated: str = ""
    snippet_ranges: tuple[tuple[int, int], ...] = ()


def encode(facts: FileFacts) -> bytes:
    """Facts as MessagePack, for the cache."""
    return msgspec.msgpack.encode(facts)


def decode(data: bytes) -> FileFacts:
    """The inverse of ``encode``. Raises ``msgspec.DecodeError`` or ``msgspec.ValidationError`` on anything else."""
    return msgspec.msgpack.decode(data, type=FileFacts)
