"""The Python front end: sources in, facts looked at."""

from __future__ import annotations

import ast
import random
import sysconfig
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fslint import facts as f
from fslint.frontends.python import extract
from fslint.text import Undecodable, to_utf8

KEY = "na1." + "Zm9vYmFy0123456789abcdefXYZ+/" * 3 + "=="


def read(source: str) -> f.FileFacts:
    facts = extract(source.encode())
    assert f.decode(f.encode(facts)) == facts
    return facts


def show(facts: f.FileFacts, value: Any) -> str:
    """A value as short text: what is compared in these tests."""
    match value:
        case None:
            return "-"
        case f.Literal():
            return f"{value.kind}:{value.value}" if value.kind else repr(value.value)
        case f.Secret():
            return f"secret({value.kind})"
        case f.Name():
            return facts.bindings[value.binding].name
        case f.Global():
            return f"@{value.name}"
        case f.Member():
            owner, key = show(facts, value.object), show(facts, value.key)
            return f"{owner}[{key}]" if value.subscript else f"{owner}.{key[1:-1]}"
        case f.CallRef():
            call = facts.calls[value.call]
            shown = ", ".join((f"{a.name}=" if a.name else "") + show(facts, a.value) for a in call.args)
            return f"{show(facts, call.callee)}({shown})"
        case f.FunctionRef():
            return f"function {facts.functions[value.function].name}"
        case f.ClassRef():
            return f"class {facts.classes[value.cls].name}"
        case f.ModuleRef():
            return f"module {value.specifier}"
        case f.Template():
            return f"{value.how}<" + "|".join(show(facts, part) for part in value.parts) + ">"
        case f.OneOf():
            test = f" if {show(facts, value.test)}" if value.test is not None else ""
            return f"{value.how}({', '.join(show(facts, v) for v in value.values)}{test})"
        case f.Object():
            return "{" + ", ".join(show_entry(facts, entry) for entry in value.entries) + "}"
        case f.Array():
            return f"{value.kind}[{', '.join(show(facts, item) for item in value.items)}]"
        case f.Spread():
            return f"*{show(facts, value.value)}"
        case f.Await() | f.Element() | f.Rest():
            return f"{type(value).__name__.lower()} {show(facts, value.value)}"
        case f.Unary():
            return f"{value.op} {show(facts, value.value)}"
        case f.Binary():
            return f"({show(facts, value.left)} {value.op} {show(facts, value.right)})"
        case f.Cast():
            return f"cast({show(facts, value.value)}: {show(facts, value.type)})"
        case f.Comprehension():
            key = f"{show(facts, value.key)}: " if value.key is not None else ""
            return f"{value.kind}<{key}{show(facts, value.element)}>"
        case f.NamedType():
            args = "[" + ", ".join(show(facts, arg) for arg in value.args) + "]" if value.args else ""
            values = "".join(f" ~{show(facts, v)}" for v in value.values)
            return show(facts, value.name) + args + values
        case f.UnionType():
            return " | ".join(show(facts, item) for item in value.items)
        case f.LiteralType():
            return show(facts, value.value)
        case f.ArrayType():
            return f"{show(facts, value.item)}[]"
        case f.FunctionType():
            return f"({', '.join(show(facts, p) for p in value.params)}) -> {show(facts, value.result)}"
        case f.UnknownType():
            return "?"
        case f.Unknown():
            return f"?{value.reason}"
    raise AssertionError(value)


def show_entry(facts: f.FileFacts, entry: f.Entry) -> str:
    maybe = "?" if entry.maybe else ""
    if entry.key is None:
        return f"{maybe}**{show(facts, entry.value)}"
    return f"{maybe}{show(facts, entry.key)}: {show(facts, entry.value)}"


def value_of(expression: str) -> str:
    facts = read(f"target = ({expression})\n")
    return show(facts, binding(facts, "target").assigns[0].value)


def binding(facts: f.FileFacts, name: str, function: str | None = None) -> f.Binding:
    [found] = [
        b
        for b in facts.bindings
        if b.name == name and (function is None or facts.functions[b.function].name == function)
    ]
    return found


def call(facts: f.FileFacts, name: str) -> f.Call:
    [found] = [c for c in facts.calls if show(facts, c.callee) in (name, f"@{name}")]
    return found


def index_of(facts: f.FileFacts, name: str) -> int:
    return facts.calls.index(call(facts, name))


# ---------------------------------------------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1_000", "1000"),
        ("0xff", "255"),
        ("1.5e3", "1500.0"),
        ("9223372036854775808", "bigint:9223372036854775808"),
        ("3j", "?integer"),
        ("1e999", "infinity:inf"),
        ("True", "True"),
        ("None", "None"),
        ("...", "ellipsis:None"),
        ("-5", "- 5"),
        (r"'a\x41\n\u00e9\N{BULLET}\101'", repr("aA\né•A")),
        (r"'\ud83d'", repr("\ufffd")),
        (r"r'\n'", repr(r"\n")),
        (r"b'\xe9\u0041'", "bytes:é\\u0041"),
        ("'a' \"b\"\n 'c'", "'abc'"),
        ("'a' + 'b' + ('c' 'd')", "'abcd'"),
        ("'''a\r\nb'''", r"'a\nb'"),
        ("f'user_{u}'", "fstring<'user_'|@u>"),
        ("f'{{}}'", "'{}'"),
        ("f'a' 'b'", "'ab'"),
        ("f'a{x}b' 'c' f'{y}'", "fstring<'a'|@x|'bc'|@y>"),
        ("f'{x!r}{y:>{w}}'", "fstring<cast(@x: @str)|cast(@y: @str)>"),
        ("f'{x=}'", "fstring<'x='|cast(@x: @str)>"),
        ("f'{f\"{x}\"}'", "fstring<fstring<@x>>"),
        ("'user_' + uid", "concat<'user_'|@uid>"),
        ("a + b + '_x' + c + 'y' + 'z'", "concat<@a|@b|'_x'|@c|'yz'>"),
        ("f'{a}b' + 'c'", "concat<@a|'bc'>"),
        ("a + b - c", "((@a + @b) - @c)"),
        ("a * 2 + 'x'", "concat<(@a * 2)|'x'>"),
        ("'user_%s' % uid", "percent<'user_'|@uid>"),
        ("'%s-%d%%' % (a, b)", "percent<@a|'-'|@b|'%'>"),
        ("'%05d' % a", "percent<cast(@a: @str)>"),
        ("'%(a)s/%(b)s' % {'a': 1, 'b': u}", "percent<1|'/'|@u>"),
        ("'%(a)s' % row", "percent<@row['a']>"),
        ("'%s %s' % pair", "percent<@pair[0]|' '|@pair[1]>"),
        ("'%*d' % a", "('%*d' % @a)"),
        ("x % y", "(@x % @y)"),
        ("'user_{}'.format(u)", "format<'user_'|@u>"),
        ("'{1}{0}'.format(a, b)", "format<@b|@a>"),
        ("'{a.b[c]}_{n!r}'.format(a=x, n=1)", "format<@x.b['c']|'_'|cast(1: @str)>"),
        ("'{a}'.format(**kw)", "format<@kw['a']>"),
        ("'{}'.format(*a)", "'{}'.format(*@a)"),
        ("'_'.join(['user', str(i)])", "join<'user'|'_'|@str(@i)>"),
        ("'_'.join(parts)", "'_'.join(@parts)"),
        ("a if c else b", "ternary(@a, @b if @c)"),
        ("a or b or 'x'", "or(@a, @b, 'x')"),
        ("a and b or c", "or(and(@a, @b), @c)"),
        ("not a", "not @a"),
        ("a < b", "(@a < @b)"),
        ("a < b <= c", "and((@a < @b), (@b <= @c))"),
        ("a not in b", "(@a not in @b)"),
        ("a is not None", "(@a is not None)"),
        ("[1, *a]", "list[1, *@a]"),
        ("(1, 2)", "tuple[1, 2]"),
        ("{1, 2}", "set[1, 2]"),
        ("{'a': 1, **b, c: 2}", "{'a': 1, **@b, @c: 2}"),
        ("{**({'a': 1} if c else {})}", "{?'a': 1}"),
        ("{**(c and {'a': 1})}", "{?'a': 1}"),
        ("{**(extra or {})}", "{**@extra}"),
        ("{'k': 1, **{'a': 2}}", "{'k': 1, 'a': 2}"),
        ("dict(a=1, **b)", "{'a': 1, **@b}"),
        ("dict(b, a=1)", "{**@b, 'a': 1}"),
        ("dict([('a', 1)])", "{'a': 1}"),
        ("base | {'plan': 1}", "{**@base, 'plan': 1}"),
        ("{'a': 1} | b | {'c': 2}", "{'a': 1, **@b, 'c': 2}"),
        ("a | b", "(@a | @b)"),
        ("a.b['c'][0].d", "@a.b['c'][0].d"),
        ("a[1:2]", "?slice"),
        ("a[1, b]", "@a[tuple[1, @b]]"),
        ("f()(1)", "@f()(1)"),
        ("f(1, *a, k=2, **b)", "@f(1, *@a, k=2, **=@b)"),
        ("lambda a: a", "function "),
        ("[i.x for i in xs if i]", "list<i.x>"),
        ("{k: v for k, v in xs}", "dict<k: v>"),
        ("(y := 5)", "5"),
        ("await f()", "await @f()"),
    ],
)
def test_values(source: str, expected: str) -> None:
    assert value_of(source) == expected


def test_folded_text_says_so() -> None:
    facts = read("a = 'x' 'y'\nb = 'xy'\nc = 'x' + 'y'\n")
    assert [b.assigns[0].value.concat for b in facts.bindings] == [True, False, True]  # type: ignore[union-attr]


def test_places_include_quotes_and_count_bytes() -> None:
    source = "x = 'é', 'abc'\n"
    facts = read(source)
    value = binding(facts, "x").assigns[0].value
    assert isinstance(value, f.Array)
    assert source.encode()[value.items[1].start : value.items[1].end] == b"'abc'"


def test_special_calls_are_what_they_make_and_stay_calls() -> None:
    facts = read(
        "import importlib, typing, types\nfrom typing import cast\n"
        "a = cast('Foo', x)\nb = typing.cast(int, y)\nc = importlib.import_module('m.n')\n"
        "d = types.MappingProxyType({'k': 1})\n"
    )
    shown = [show(facts, binding(facts, name).assigns[0].value) for name in "abcd"]
    assert shown == ["cast(@x: @Foo)", "cast(@y: @int)", "module m.n", "{'k': 1}"]
    assert len(facts.calls) == 4
    assert [i.specifier for i in facts.imports if i.how == "dynamic"] == ["m.n"]


def test_a_cast_of_ones_own_is_a_call() -> None:
    facts = read("def cast(a, b): ...\nx = cast(int, y)\n")
    assert show(facts, binding(facts, "x").assigns[0].value) == "cast(@int, @y)"


# ---------------------------------------------------------------------------------------------------------- scopes


def test_a_name_assigned_anywhere_in_a_function_is_local() -> None:
    facts = read("x = 1\ndef f():\n    use(x)\n    if c:\n        x = 2\ndef g():\n    use2(x)\n")
    local = call(facts, "use").args[0].value
    outer = call(facts, "use2").args[0].value
    assert isinstance(local, f.Name) and facts.bindings[local.binding].function == 1
    assert isinstance(outer, f.Name) and facts.bindings[outer.binding].function == 0


def test_class_scope_is_not_seen_from_methods() -> None:
    facts = read("class A:\n    x = 1\n    y = x\n    def m(self):\n        use(x)\n")
    assert show(facts, facts.classes[0].fields[1].value) == "class A.x"
    assert show(facts, call(facts, "use").args[0].value) == "@x"


def test_class_body_reads_the_outer_name_until_it_has_its_own() -> None:
    facts = read("x = 1\nclass A:\n    x = x\n")
    assert show(facts, facts.classes[0].fields[0].value) == "x"


def test_comprehension_variables_do_not_leak() -> None:
    facts = read("ys = [use(i) for i in xs]\nuse2(i)\n")
    assert show(facts, call(facts, "use2").args[0].value) == "@i"
    assert show(facts, call(facts, "use").args[0].value) == "i"
    region = facts.regions[call(facts, "use").region]
    assert (region.kind, show(facts, region.source)) == ("comprehension", "@xs")
    assert show(facts, binding(facts, "i").assigns[0].value) == "element @xs"


def test_the_first_iterable_is_read_outside() -> None:
    facts = read("def f(x):\n    return [x for x in x]\n")
    region = next(r for r in facts.regions if r.kind == "comprehension")
    assert isinstance(region.source, f.Name)
    assert facts.bindings[region.source.binding].kind == "param"


def test_walrus_in_a_comprehension_binds_outside() -> None:
    facts = read("def f(xs):\n    ys = [y for x in xs if (y := g(x))]\n    return y\n")
    y = binding(facts, "y")
    assert (facts.functions[y.function].name, [a.op for a in y.assigns]) == ("f", ["walrus"])
    assert call(facts, "g").use == "assign"


def test_global_and_nonlocal() -> None:
    facts = read(
        "client = None\ndef f():\n    global client, fresh, foreign\n    client = 1\n    fresh = 2\n    use(foreign)\n"
        "    n = 1\n    def g():\n        nonlocal n\n        n = 2\n"
    )
    assert [a.function for a in binding(facts, "client").assigns] == [0, 1]
    assert binding(facts, "fresh").function == 0
    assert "foreign" in facts.globals
    assert [facts.functions[a.function].name for a in binding(facts, "n").assigns] == ["f", "g"]


def test_a_default_is_read_outside_but_runs_in_its_function() -> None:
    facts = read("x = 1\ndef f(x=mk(x)):\n    pass\n")
    made = call(facts, "mk")
    assert made.function == 1
    assert isinstance(made.args[0].value, f.Name)
    assert facts.bindings[made.args[0].value.binding].function == 0


def test_except_variable_del_and_builtins() -> None:
    facts = read("try:\n    f()\nexcept E as e:\n    g(e)\nx = 1\ndel x\nprint(len)\n")
    assert binding(facts, "e").kind == "catch"
    assert [a.op for a in binding(facts, "x").assigns] == ["=", "del"]
    assert set(facts.globals) == {"E", "f", "g", "len", "print"}


def test_type_parameters_are_no_globals() -> None:
    facts = read("def f[T](x: T) -> list[T]: ...\nclass C[U, *V]:\n    y: U\ntype A[W] = dict[str, W]\n")
    assert set(facts.globals) == {"dict", "list", "str"}
    assert show(facts, binding(facts, "A").type) == "@dict[@str, ?type_parameter]"


# ------------------------------------------------------------------------------------------------------ assignments


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a, b = f()", {"a": "@f()[0]", "b": "@f()[1]"}),
        ("a, b = 1, 'x'", {"a": "1", "b": "'x'"}),
        ("a, *b, c = xs", {"a": "@xs[0]", "b": "rest @xs", "c": "@xs[-1]"}),
        ("(a, [b, c]) = xs", {"a": "@xs[0]", "b": "@xs[1][0]", "c": "@xs[1][1]"}),
        ("a = b = f()", {"a": "@f()", "b": "@f()"}),
        ("for a, b in xs: pass", {"a": "element @xs[0]", "b": "element @xs[1]"}),
        ("with f() as a, g() as (b, c): pass", {"a": "@f()", "b": "@g()[0]", "c": "@g()[1]"}),
        ("match v:\n  case {'k': a, **b}: pass", {"a": "@v['k']", "b": "rest @v"}),
        ("match v:\n  case Foo(x=a) as b: pass", {"a": "@v.x", "b": "@v"}),
        ("match v:\n  case [a, 1]: pass", {"a": "@v[0]"}),
    ],
)
def test_every_name_gets_its_own_value(source: str, expected: dict[str, str]) -> None:
    facts = read(source + "\n")
    assert {name: show(facts, binding(facts, name).assigns[0].value) for name in expected} == expected


def test_augmented_and_annotated() -> None:
    facts = read("x: int\nx = 1\nx += 2\n")
    x = binding(facts, "x")
    assert show(facts, x.type) == "@int"
    assert [(a.op, show(facts, a.value)) for a in x.assigns] == [("=", "1"), ("+=", "2")]


def test_writes() -> None:
    facts = read("def f(self):\n    self.x = g()\n    d['k'] += 1\n    del d.y\n    self.h = lambda: 0\n")
    assert [(show(facts, w.object), show(facts, w.key), w.op) for w in facts.writes] == [
        ("self", "'x'", "="),
        ("@d", "'k'", "+="),
        ("@d", "'y'", "del"),
        ("self", "'h'", "="),
    ]
    assert call(facts, "g").use == "write"
    assert facts.functions[-1].used_as == "prop:h"


# --------------------------------------------------------------------------------------------------------- imports


def test_imports() -> None:
    facts = read(
        "import a.b.c\nimport d as e\nimport f.g as h\nfrom . import i\nfrom ..j.k import l as m, n\n"
        "from o import *\nif TYPE_CHECKING:\n    from p import q\ndef fn():\n    from r import s\n    return s\n"
        "from __future__ import annotations\n"
    )
    rows = [
        (i.specifier, i.name, facts.bindings[i.binding].name if i.binding >= 0 else "", i.how, i.type_only)
        for i in facts.imports
    ]
    assert rows == [
        ("a", "*", "a", "import", False),
        ("a.b.c", "", "", "import", False),
        ("d", "*", "e", "import", False),
        ("f.g", "*", "h", "import", False),
        (".", "i", "i", "import", False),
        ("..j.k", "l", "m", "import", False),
        ("..j.k", "n", "n", "import", False),
        ("o", "*", "", "star", False),
        ("p", "q", "q", "import", True),
        ("r", "s", "s", "import", False),
        ("__future__", "annotations", "annotations", "import", False),
    ]
    assert all(facts.bindings[i.binding].imported == n for n, i in enumerate(facts.imports) if i.binding >= 0)
    assert binding(facts, "s").function == 1


def test_an_import_with_a_fallback_keeps_both() -> None:
    facts = read("try:\n    import fast as js\nexcept ImportError:\n    js = None\n")
    js = binding(facts, "js")
    assert (js.kind, js.imported, show(facts, js.assigns[0].value)) == ("import", 0, "None")


def test_an_import_in_a_class_is_a_field() -> None:
    facts = read("class A:\n    from m import n\n    import o.p as q\n")
    assert [show(facts, field.value) for field in facts.classes[0].fields] == ["module m.n", "module o.p"]
    assert facts.bindings[0].name == "A" and len(facts.bindings) == 1


# ---------------------------------------------------------------------------------------------- functions, classes


def test_parameters() -> None:
    facts = read("def f(a, /, b: int = 1, *args: str, c, d=2, **kw): ...\n")
    assert [(p.name, p.kind, show(facts, p.default), show(facts, p.type)) for p in facts.functions[1].params] == [
        ("a", "posonly", "-", "-"),
        ("b", "normal", "1", "@int"),
        ("args", "rest", "-", "@str"),
        ("c", "kwonly", "-", "-"),
        ("d", "kwonly", "2", "-"),
        ("kw", "kwrest", "-", "-"),
    ]
    assert [p.kind for p in read("def f(a, *, b): ...\n").functions[1].params] == ["normal", "kwonly"]


def test_methods() -> None:
    facts = read(
        "class A(B, Generic[T], metaclass=M):\n    def __init__(self): ...\n    @property\n    def p(self): ...\n"
        "    @p.setter\n    def p(self, v): ...\n    @staticmethod\n    def s(): ...\n    @classmethod\n"
        "    async def c(cls): yield 1\n    @app.post('/x', tags=[1])\n    def r(self): ...\n"
    )
    assert [(fn.name, fn.kind, fn.static, fn.cls, fn.is_async, fn.is_generator) for fn in facts.functions[1:]] == [
        ("__init__", "constructor", False, 0, False, False),
        ("p", "getter", False, 0, False, False),
        ("p", "setter", False, 0, False, False),
        ("s", "method", True, 0, False, False),
        ("c", "method", True, 0, True, True),
        ("r", "method", False, 0, False, False),
    ]
    cls = facts.classes[0]
    assert [show(facts, base) for base in cls.bases] == ["@B", "@Generic[@T]"]
    assert facts.bindings[cls.binding].name == "A"
    assert [field.kind for field in cls.fields] == ["constructor", "getter", "setter", "method", "method", "method"]
    assert call(facts, "@app.post").kind == "decorator"
    assert show(facts, facts.functions[-1].decorators[0]) == "@app.post('/x', tags=list[1])"


def test_fields() -> None:
    facts = read("class A:\n    x: int = 1\n    y: 'str | None'\n    z = f()\n    class B: ...\n")
    assert [
        (field.name, field.kind, show(facts, field.value), show(facts, field.type) if field.type else "")
        for field in facts.classes[0].fields
    ] == [
        ("x", "field", "1", "@int"),
        ("y", "field", "-", "@str | @None"),
        ("z", "field", "@f()", ""),
        ("B", "field", "class B", ""),
    ]
    assert call(facts, "f").use == "write"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("int", "@int"),
        ("None", "@None"),
        ("'Foo'", "@Foo"),
        ("Optional[int]", "@int | @None"),
        ("Union[int, 'str', None]", "@int | @str | @None"),
        ("int | None | str", "@int | @None | @str"),
        ("list[int]", "@int[]"),
        ("typing.List['Foo']", "@Foo[]"),
        ("Sequence[dict[str, int]]", "@dict[@str, @int][]"),
        ("tuple[int, ...]", "@int[]"),
        ("tuple[int, str]", "@tuple[@int, @str]"),
        ("Literal['a', 1, None]", "'a' | 1 | @None"),
        ("Annotated[Client, Depends(get)]", "@Client ~@Depends(@get)"),
        ("Callable[[int, 'A'], str]", "(@int, @A) -> @str"),
        ("ClassVar[int]", "@int"),
        ("models.User", "@models.User"),
        ("'list[models.User] | None'", "@models.User[] | @None"),
        ("'not a type ('", "?"),
    ],
)
def test_types(source: str, expected: str) -> None:
    facts = read(f"x: {source} = 1\n")
    assert show(facts, binding(facts, "x").type) == expected


def test_a_forward_reference_has_places_in_the_file() -> None:
    source = "é = 1\nx: 'list[Foo]' = 1\n"
    type_ = binding(read(source), "x").type
    assert isinstance(type_, f.ArrayType)
    assert source.encode()[type_.item.start : type_.item.end] == b"Foo"


def test_generics_of_typing_are_known_through_their_import() -> None:
    facts = read("from typing import Optional as Opt\nclass Sequence: ...\nx: Opt[int] = 1\ny: Sequence[int] = 1\n")
    assert show(facts, binding(facts, "x").type) == "@int | @None"
    assert show(facts, binding(facts, "y").type) == "Sequence[@int]"


# ------------------------------------------------------------------------------------------------------------ uses


@pytest.mark.parametrize(
    ("source", "use"),
    [
        ("f()", "statement"),
        ("(f())", "statement"),
        ("a or f()", "statement"),
        ("f() if a else b", "statement"),
        ("x = f()", "assign"),
        ("x = a or f()", "assign"),
        ("x = f() if a else None", "assign"),
        ("x += f()", "assign"),
        ("x, y = f()", "assign"),
        ("if (x := f()): pass", "assign"),
        ("o.x = f()", "write"),
        ("o['x'] = f()", "write"),
        ("async def g():\n  await f()", "await"),
        ("async def g():\n  x = await f()", "await"),
        ("async def g():\n  return await (a or f())", "await"),
        ("def g():\n  return f()", "return"),
        ("g = lambda: f()", "return"),
        ("def g():\n  yield f()", "yield"),
        ("def g():\n  yield from f()", "yield"),
        ("if f(): pass", "test"),
        ("if not f(): pass", "test"),
        ("while f(): pass", "test"),
        ("assert f()", "test"),
        ("x = 1 if f() else 2", "test"),
        ("with f() as x: pass", "with"),
        ("with f(): pass", "with"),
        ("x = {'k': f()}", "entry"),
        ("x = [f()]", "other"),
        ("x = f'{f()}'", "other"),
        ("x = f() + 1", "other"),
        ("for x in f(): pass", "other"),
        ("x = f().y", "member"),
        ("f()[0]", "member"),
        ("def g(a=f()): pass", "other"),
        ("@f()\ndef g(): pass", "other"),
    ],
)
def test_what_becomes_of_a_result(source: str, use: str) -> None:
    assert call(read(source + "\n"), "f").use == use


def test_targets() -> None:
    facts = read("x = f()\ng(1, k=h())\ni().j()\nl()()\nm([n()], *[o() for p in q])\n")
    assert facts.bindings[call(facts, "f").target].name == "x"
    h = call(facts, "h")
    assert (h.use, h.target, h.index) == ("argument", index_of(facts, "g"), 1)
    i = call(facts, "i")
    assert (i.use, i.target) == ("member", index_of(facts, "@i().j"))
    inner = call(facts, "l")
    assert (inner.use, inner.target) == ("callee", index_of(facts, "@l()"))
    assert [(c.use, c.target, c.index) for c in (call(facts, "n"), call(facts, "o"))] == [
        ("argument", index_of(facts, "m"), 0),
        ("argument", index_of(facts, "m"), 1),
    ]


def test_the_place_of_a_call_and_of_its_statement() -> None:
    source = "async def g():\n    x = await f(\n        1)\n"
    facts = read(source)
    made = call(facts, "f")
    assert source[made.start : made.end] == "f(\n        1)"
    assert source[made.statement_start : made.statement_end] == "x = await f(\n        1)"
    assert source[made.arguments_start] == "("
    [waited] = facts.awaits
    assert source[waited.start : waited.end].startswith("await f(") and waited.value.start == made.start


def test_a_chain_of_calls_is_as_long_as_it_likes() -> None:
    facts = read("x = a" + ".b(1)" * 3000 + "\n")
    assert len(facts.calls) == 3000
    assert facts.calls[0].use == "member" and facts.calls[-1].use == "assign"


# --------------------------------------------------------------------------------------------------------- regions


def region_path(facts: f.FileFacts, name: str) -> list[str]:
    region, path = call(facts, name).region, []
    while region >= 0:
        path.append(facts.regions[region].kind)
        region = facts.regions[region].parent
    return path[::-1]


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("if a:\n  f()", ["body", "then"]),
        ("if a: pass\nelse:\n  f()", ["body", "else"]),
        ("if a: pass\nelif b:\n  f()", ["body", "else", "then"]),
        ("if a: pass\nelif b: pass\nelse:\n  f()", ["body", "else", "else"]),
        ("for x in y:\n  f()", ["body", "loop"]),
        ("for x in f(): pass", ["body"]),
        ("while f(): pass", ["body", "loop"]),
        ("for x in y: pass\nelse:\n  f()", ["body", "loop-else"]),
        ("try:\n  f()\nfinally: pass", ["body", "try"]),
        ("try: pass\nexcept E:\n  f()", ["body", "except"]),
        ("try: pass\nexcept: pass\nelse:\n  f()", ["body", "try-else"]),
        ("try: pass\nfinally:\n  f()", ["body", "finally"]),
        ("with a, b:\n  f()", ["body", "with", "with"]),
        ("match a:\n  case 1:\n    f()", ["body", "case"]),
        ("match a:\n  case 1 if b:\n    f()", ["body", "case", "then"]),
        ("match a:\n  case _:\n    f()", ["body", "default"]),
        ("a and f()", ["body", "and"]),
        ("a or f()", ["body", "or"]),
        ("f() if a else b", ["body", "ternary-then"]),
        ("b if a else f()", ["body", "ternary-else"]),
        ("[f() for x in y for z in x if z]", ["body", "comprehension", "comprehension", "then"]),
        ("def g():\n  f()", ["body", "body"]),
        ("lambda: f()", ["body", "body"]),
        ("class A:\n  x = f()", ["body"]),
        ("assert a, f()", ["body", "then"]),
    ],
)
def test_where_code_runs(source: str, path: list[str]) -> None:
    assert region_path(read(source + "\n"), "f") == path


def test_regions_of_one_statement_share_a_group() -> None:
    facts = read("x\nif a: f()\nelif b: g()\nelse: h()\n")
    regions = facts.regions
    then, other, inner, last = regions[1:]
    assert [r.kind for r in (then, other, inner, last)] == ["then", "else", "then", "else"]
    assert then.group == other.group == 2
    assert inner.group == last.group != 2
    assert show(facts, other.test) == "@a" and show(facts, last.test) == "@b"


@pytest.mark.parametrize(
    ("body", "exits"),
    [
        ("return 1", "return"),
        ("raise E", "throw"),
        ("f()", ""),
        ("if a: return\nelse: raise E", "return"),
        ("if a: return", ""),
        ("if a: return\nelif b: return\nelse: return", "return"),
        ("if a: return\nelif b: pass\nelse: return", ""),
        ("try:\n  return 1\nexcept E:\n  raise", "return"),
        ("try:\n  return 1\nexcept E:\n  pass", ""),
        ("try: pass\nfinally:\n  return", "return"),
        ("with a:\n  return", "return"),
        ("with suppress(E):\n  raise E", ""),
        ("for x in y:\n  return", ""),
        ("match a:\n  case 1: return\n  case _: return", "return"),
        ("match a:\n  case 1: return", ""),
        ("assert False", ""),
    ],
)
def test_how_code_leaves(body: str, exits: str) -> None:
    indented = "\n".join("  " + line for line in body.split("\n"))
    facts = read(f"def f():\n{indented}\n")
    assert facts.regions[facts.functions[1].region].exits == exits


def test_loops_leave_by_break_and_continue() -> None:
    facts = read("for x in y:\n  if a: continue\n  break\n")
    assert [(r.kind, r.exits) for r in facts.regions[1:]] == [("loop", "break"), ("then", "continue")]


def test_handlers_say_what_they_catch() -> None:
    facts = read("try: f()\nexcept (A, b.C) as e: pass\nexcept* D: pass\nexcept: pass\n")
    excepts = [r for r in facts.regions if r.kind == "except"]
    assert [show(facts, r.test) for r in excepts] == ["tuple[@A, @b.C]", "@D", "-"]
    assert facts.bindings[excepts[0].binding].name == "e"


def test_cases_say_what_they_compare() -> None:
    facts = read(
        "match v:\n  case 'a' | 'b': f()\n  case -1: f()\n  case E.X: f()\n  case str(): f()\n  case other: f()\n"
    )
    cases = [r for r in facts.regions if r.kind in ("case", "default")]
    assert [show(facts, r.test) for r in cases] == ["match('a', 'b')", "- 1", "@E.X", "?class_pattern", "-"]
    assert {show(facts, r.source) for r in cases} == {"@v"}
    assert cases[-1].kind == "default" and len({r.group for r in cases}) == 1


def test_asynchronous_ones() -> None:
    facts = read("async def f():\n  async with a as b:\n    async for c in d:\n      [e async for e in g]\n")
    assert [(r.kind, r.is_async) for r in facts.regions[2:]] == [
        ("with", True),
        ("loop", True),
        ("comprehension", True),
    ]


def test_throws_and_returns() -> None:
    facts = read("def f():\n  try: return g()\n  except E: raise\n  raise X(1) from e\n")
    assert [show(facts, t.value) for t in facts.throws] == ["-", "@X(1)"]
    assert [show(facts, r.value) for r in facts.functions[1].returns] == ["@g()"]


# ------------------------------------------------------------------------------------------------------------ keys


@pytest.mark.parametrize(
    "source",
    [
        "x = '{}'",
        "'''docs {} docs'''",
        "x = b'{}'",
        "f('Basic ' + '{}')",
        "x = 'na1.' '{rest}'",
        "x = f'{}' f'{{y}}'",
        "x = f'Basic {}:{{y}}'",
        "x = {{'{}': 1}}",
        "x['{}'] = 1",
        "x = '{}'.encode()",
        "x = '{} %s' % y",
        "x = '{}' * 2",
        "x = '{}' == y",
        "x: Literal['{}'] = y",
        "def f(a='{}'): ...",
        "match x:\n  case '{}': pass",
        "class A:\n  k = '{}'",
        "x = y['{}']",
        "x = '_'.join(['{}', y])",
        "x = '{{}}'.format('{}')",
        "foo(1, '{}'\n\nx = 1",
        "f(a b '{}')",
    ],
)
def test_keys_survive_nowhere(source: str) -> None:
    facts = extract(source.format(KEY, rest=KEY[4:]).encode())
    assert KEY[4:40].encode() not in f.encode(facts)
    assert [secret.kind for secret in facts.literals] == ["shape"]


@pytest.mark.parametrize(
    "source",
    [
        "FULLSTORY_API_KEY = {}",
        "FULLSTORY_API_KEY: str = {}",
        "self.fullstory_api_key = {}",
        "cfg['fullstory_api_key'] = {}",
        "f(fullstory_api_key={})",
        "x = {{'FULLSTORY_API_KEY': {}}}",
        "def f(fs_api_key={}): ...",
        "FULLSTORY_KEY = SecretStr({})",
        "FULLSTORY_KEY = env or {}",
        "FULLSTORY_KEY = {} if a else b",
        "org, FULLSTORY_KEY = 'o-1-na1', {}",
        "x = os.getenv('FULLSTORY_API_KEY', {})",
        "x = config('FULLSTORY_API_KEY', default={})",
        "class S:\n  fullstory_api_key: str = {}",
    ],
)
def test_literals_bound_to_a_key_s_name(source: str) -> None:
    facts = read(source.format("'abcd1234efgh5678'") + "\n")
    assert [secret.kind for secret in facts.literals] == ["named"]


@pytest.mark.parametrize(
    "source",
    [
        "FULLSTORY_KEY = f(1, 'abcd1234efgh5678')",
        "FULLSTORY_KEY = os.environ['FULLSTORY_API_KEY_NAME']",
        "FULLSTORY_KEY == 'abcd1234efgh5678'",
        "x = 'abcd1234efgh5678'",
    ],
)
def test_other_literals_stay(source: str) -> None:
    assert read(source + "\n").literals == ()


def test_properties_are_secrets_but_not_listed() -> None:
    facts = read("init(api_key='abcd1234')\n")
    assert show(facts, call(facts, "init").args[0].value) == "secret(property)"
    assert facts.literals == ()


def test_keys_in_comments() -> None:
    source = f"x = 1  # {KEY}\n"
    [use] = read(source).comment_keys
    assert source[use.start : use.end] == KEY


# ---------------------------------------------------------------------------------------- suppressions, broken code


def covered(source: str) -> list[str]:
    facts = read(source)
    return [source[s.covers_start : s.covers_end] for s in facts.suppressions]


def test_what_suppressions_cover() -> None:
    ignore = "# fslint: ignore[FS1]"
    assert covered(f"a = f(\n  1,  {ignore}\n)\n") == [f"  1,  {ignore}"]
    assert covered(f"{ignore}\na = f(\n  1)\nb\n") == [f"{ignore}\na = f(\n  1)"]
    assert covered(f"{ignore}\nif a:\n  b\n") == [f"{ignore}\nif a:"]
    assert covered(f"{ignore}\n@d\ndef f(\n  a):\n  b\n") == [f"{ignore}\n@d\ndef f(\n  a):"]
    assert covered(f"def f():\n    {ignore}\n    g()\n    h()\n") == [f"    {ignore}\n    g()"]
    assert covered(f"f(\n  {ignore}\n  a(\n   1),\n  b)\n") == [f"  {ignore}\n  a(\n   1)"]
    assert covered(f"if a:\n  b\n{ignore}\nelif c:\n  d\n") == [f"{ignore}\nelif c:"]
    assert covered(f"a\n{ignore}\n") == [ignore]
    assert covered(f"{ignore}\n# more\na\n") == [f"{ignore}\n# more\na"]


def test_a_file_s_suppression() -> None:
    [found] = read("# fslint: ignore-file[FS701] legacy\nx = 1\n").suppressions
    assert (found.scope, found.codes, found.reason) == ("file", ("FS701",), "legacy")


BROKEN = """from telemetry import track


class Service:
    def first(self, uid):
        track("A", uid)
        if uid:
            {}
        track("B", uid)

    def second(self, uid):
        track("C", uid)


def third(uid):
    track("D", uid)
"""


@pytest.mark.parametrize(
    "line",
    ["foo(", "x = [1, 2", '"abc', "foo.", "if x", "def", "class", "return )", "else:", "x = = 1", "@", 'f"{a', "$x"],
)
def test_a_half_typed_line_costs_no_more_than_itself(line: str) -> None:
    facts = extract(BROKEN.format(line).encode())
    calls = [
        (c.args[0].value.value, facts.functions[c.function].name, type(c.callee).__name__)
        for c in facts.calls
        if c.args and isinstance(c.args[0].value, f.Literal)
    ]
    assert calls == [("A", "first", "Name"), ("B", "first", "Name"), ("C", "second", "Name"), ("D", "third", "Name")]
    assert facts.broken and facts.syntax_error is not None
    assert facts.lines[7] <= facts.syntax_error[0] < facts.lines[8]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def f(\n    return 1\n", 2),
        ("x = (1,\n", 1),
        ("a = 1\n  b = 2\n", 2),
        ("if x:\na\n", 2),
        ("try:\n  a\nb\n", 3),
        ("def f():\n    a\n  b\n", 3),
        ('print "x"\n', 1),
        ("type X = int\nx = = 1\n", 2),
    ],
)
def test_syntax_errors_are_confirmed(source: str, line: int) -> None:
    facts = read(source)
    assert facts.syntax_error is not None
    offset, message = facts.syntax_error
    assert source.encode()[:offset].count(b"\n") + 1 == line
    assert message and not message.startswith("parser error")


@pytest.mark.parametrize(
    "source",
    [
        "class C[T = int]: pass\n",
        "type X[T] = list[T]\n",
        "try: pass\nexcept* E: pass\n",
        "match x:\n    case {'a': [1, *_]} if y: pass\n",
        "with (a as b, c): pass\n",
        "async def f(): return [x async for x in y]\n",
        "def f(a, /, *, b): ...\n",
        "print(*a, sep='')\nif x: a; b\nelse: c\n",
        "type(x).y = 1\n",
        "x = f'{a!r:>{w}}'\n",
    ],
)
def test_valid_code_is_not_broken(source: str) -> None:
    assert read(source).syntax_error is None


def test_type_called_and_written_to() -> None:
    facts = read("type(a).b = c()\n")
    assert [show(facts, w.object) for w in facts.writes] == ["@type(@a)"]
    assert call(facts, "c").use == "write"


# ------------------------------------------------------------------------------------------------------ whole files

STDLIB = Path(sysconfig.get_path("stdlib"))
SAMPLE = random.Random(7).sample(sorted(p for p in STDLIB.glob("*.py") if p.stat().st_size < 120_000), 60)


def calls_of(tree: ast.Module, source: str) -> tuple[Counter[tuple[int, str]], set[int]]:
    """(line, callee's source) of every call, and the lines of f-strings, within which 3.11's places are wrong."""
    lines = source.splitlines(keepends=True)
    found: Counter[tuple[int, str]] = Counter()
    inexact: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inexact.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            func = node.func
            first, last = func.lineno - 1, (func.end_lineno or func.lineno) - 1
            rows = [line.encode() for line in lines[first : last + 1]]
            rows[-1] = rows[-1][: func.end_col_offset]
            rows[0] = rows[0][func.col_offset :]
            found[(func.lineno, b"".join(rows).decode())] += 1
    return Counter({key: n for key, n in found.items() if key[0] not in inexact}), inexact


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_calls_and_imports_are_those_that_ast_finds(path: Path) -> None:
    try:
        data = to_utf8(path.read_bytes(), "python").replace(b"\r\n", b"\n")
    except Undecodable:
        pytest.skip("not decodable")
    facts, source = extract(data), data.decode()
    tree = ast.parse(source)
    wanted, inexact = calls_of(tree, source)
    found: Counter[tuple[int, str]] = Counter()
    for made in facts.calls:
        line = data[: made.start].count(b"\n") + 1
        if line not in inexact:
            assert made.callee is not None
            text = data[made.start : made.arguments_start].decode().rstrip(" \\\n")
            found[(line, text)] += 1
    strip = str.maketrans("", "", "() \n\\")
    assert Counter((line, text.translate(strip)) for (line, text), n in found.items() for _ in range(n)) == Counter(
        (line, text.translate(strip)) for (line, text), n in wanted.items() for _ in range(n)
    )
    imports: Counter[tuple[str, str]] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports.update((alias.name, "*") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            imports.update(("." * node.level + (node.module or ""), alias.name) for alias in node.names)
    read_imports: Counter[tuple[str, str]] = Counter()
    for index, row in enumerate(facts.imports):
        following = facts.imports[index + 1] if index + 1 < len(facts.imports) else None
        if row.how == "dynamic" or (following is not None and following.name == "" and following.start == row.start):
            continue
        read_imports[(row.specifier, row.name or "*")] += 1
    assert read_imports == imports
    assert facts.syntax_error is None and not facts.broken


def check_places(facts: f.FileFacts) -> None:
    """Every node lies in the file, every reference leads to a row."""
    stack: list[Any] = [getattr(facts, name) for name in facts.__struct_fields__]
    while stack:
        item = stack.pop()
        if isinstance(item, (tuple, list)):
            stack.extend(item)
        elif isinstance(item, msgspec.Struct):
            stack.extend(getattr(item, name) for name in item.__struct_fields__)
            assert 0 <= item.start <= item.end <= facts.size  # type: ignore[attr-defined]
            match item:
                case f.Name():
                    assert 0 <= item.binding < len(facts.bindings)
                case f.CallRef():
                    assert 0 <= item.call < len(facts.calls)
                case f.FunctionRef():
                    assert 0 <= item.function < len(facts.functions)
                case f.Call():
                    assert 0 <= item.region < len(facts.regions) and 0 <= item.function < len(facts.functions)
    for number, region in enumerate(facts.regions):
        assert region.parent < number


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_gives_facts(text: str) -> None:
    facts = extract(text.encode())
    assert f.decode(f.encode(facts)) == facts
    check_places(facts)


SOURCES = [path.read_bytes()[:3000] for path in SAMPLE[:10]] + [BROKEN.encode(), f'K = "{KEY}"  # {KEY}\n'.encode()]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SOURCES),
    st.lists(
        st.tuples(
            st.integers(0, 3000),
            st.integers(0, 40),
            st.sampled_from(
                [
                    "",
                    "(",
                    ")",
                    "[",
                    "}",
                    ":",
                    "\n",
                    "    ",
                    '"',
                    "'''",
                    'f"{',
                    "def ",
                    "lambda",
                    "=",
                    ":=",
                    "async ",
                    "\\",
                    "é",
                ]
            ),
        ),
        max_size=4,
    ),
)
def test_mutated_sources_give_facts(source: bytes, edits: list[tuple[int, int, str]]) -> None:
    for at, length, text in edits:
        source = source[:at] + text.encode() + source[at + length :]
    facts = extract(source.decode("utf-8", "ignore").encode())
    assert f.decode(f.encode(facts)) == facts
    check_places(facts)


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(" * 3000 + "1" + ")" * 3000,
        "x = " + "[" * 3000 + "]" * 3000,
        "x = " + "(" * 3000,
        "x = " + " + ".join(["a"] * 5000),
        "x = " + " + ".join(["'a'", "b"] * 3000),
        "x = " + " or ".join(["a()"] * 2000),
        "x = " + "not " * 3000 + "a",
        "x = " + "-" * 3000 + "1",
        "x = a" + ".b" * 5000,
        "x = a" + "[0]" * 5000,
        "x = " + "lambda: " * 1000 + "0",
        "x = " + "a if b else " * 1000 + "c",
        "".join(" " * i + "if a:\n" for i in range(300)) + " " * 300 + "f()\n",
        "if a: pass\n" + "elif b: pass\n" * 2000,
        "x = " + "await " * 2000 + "y",
        "x: " + "list[" * 2000 + "int" + "]" * 2000 + " = 1",
        "x: " + " | ".join(["A"] * 3000) + " = 1",
        "x = " + "f(" * 2000 + ")" * 2000,
        "match x:\n case " + "[" * 1000 + "]" * 1000 + ": pass",
        "x = " + "{'a': " * 1000 + "1" + "}" * 1000,
        "= " * 3000,
        "x = " * 3000 + "1",
    ],
    ids=lambda source: source[:24],
)
def test_nesting_is_no_danger(source: str) -> None:
    facts = extract(source.encode())
    assert f.decode(f.encode(facts)) == facts


def test_ten_thousand_operands_keep_their_calls() -> None:
    facts = extract(("x = " + " + ".join(["f(1)"] * 10_000)).encode())
    assert len(facts.calls) == 10_000
