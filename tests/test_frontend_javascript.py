"""JavaScript and TypeScript as facts: bytes in, tables out."""

from __future__ import annotations

import random
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fslint import facts as f
from fslint.frontends.javascript import extract

KEY = "na1." + "Ab3dEfGh1jKlMnOpQrStUvWxYz0123456789abcdefABCDEF0123456789ghijKLMN"


class Source:
    """A source with its facts, shown compactly."""

    def __init__(self, text: str, language: str = "tsx", handlers: tuple[tuple[int, int, str], ...] = ()) -> None:
        self.data = text.encode()
        self.facts = extract(self.data, language, handlers)

    def text(self, node: f.Node) -> str:
        return self.data[node.start : node.end].decode()

    def show(self, value: object) -> str:
        return _show(self, value)

    def binding(self, name: str, nth: int = 0) -> f.Binding:
        return [row for row in self.facts.bindings if row.name == name][nth]

    def value(self, name: str, nth: int = 0) -> str:
        """What a binding was assigned last, as text."""
        return self.show(self.binding(name, nth).assigns[-1].value)

    def type(self, name: str) -> str:
        return self.show(self.binding(name).type)

    def call(self, start: str) -> f.Call:
        """The first call whose text begins so."""
        return next(row for row in self.facts.calls if self.text(row).startswith(start))

    def use(self, start: str) -> tuple[str, str, int]:
        """(use, what it is used in, index) of a call."""
        call = self.call(start)
        if call.use == "assign":
            target = self.facts.bindings[call.target].name if call.target >= 0 else ""
        else:
            target = self.text(self.facts.calls[call.target]).split("(")[0] if call.target >= 0 else ""
        return call.use, target, call.index

    def regions(self, start: str) -> list[str]:
        """The kinds of the regions around a call, innermost first, up to its function's body."""
        found = []
        at = self.call(start).region
        while at >= 0:
            region = self.facts.regions[at]
            found.append(region.kind)
            if region.kind == "body":
                break
            at = region.parent
        return found

    def region(self, kind: str) -> f.Region:
        return next(row for row in self.facts.regions if row.kind == kind)

    def function(self, name: str) -> f.Function:
        return next(row for row in self.facts.functions if row.name == name)

    def cls(self, name: str) -> f.Class:
        return next(row for row in self.facts.classes if row.name == name)


def _show(src: Source, node: object) -> str:
    match node:
        case None:
            return "-"
        case f.Literal(value=value, kind=kind):
            return repr(value) if not kind else f"{kind}:{value}" if value is not None else kind
        case f.Secret(kind=kind):
            return f"secret:{kind}"
        case f.Template(parts=parts):
            return "tpl(" + ", ".join(_show(src, part) for part in parts) + ")"
        case f.OneOf(values=values, how=how):
            return how + "(" + ", ".join(_show(src, item) for item in values) + ")"
        case f.Object(entries=entries):
            return "{" + ", ".join(_show(src, entry) for entry in entries) + "}"
        case f.Entry(key=key, value=value, maybe=maybe):
            name = "..." if key is None else key.value if isinstance(key, f.Literal) else f"[{_show(src, key)}]"
            return f"{name}{'?' if maybe else ''}:{_show(src, value)}"
        case f.Array(items=items):
            return "[" + ", ".join(_show(src, item) for item in items) + "]"
        case f.Name(binding=binding):
            row = src.facts.bindings[binding]
            return row.name or f"<{src.text(row)}>"
        case f.Global(name=name):
            return f"@{name}"
        case f.Member(object=target, key=key, optional=optional):
            dot = "?." if optional else "."
            name = str(key.value) if isinstance(key, f.Literal) else f"[{_show(src, key)}]"
            return f"{_show(src, target)}{dot}{name}"
        case f.CallRef(call=call):
            return f"call:{_show(src, src.facts.calls[call].callee)}"
        case f.FunctionRef(function=function):
            return f"func:{src.facts.functions[function].name}"
        case f.ClassRef(cls=cls):
            return f"class:{src.facts.classes[cls].name}"
        case f.ModuleRef(specifier=specifier):
            return f"module:{specifier}"
        case f.This(function=function):
            return f"this:{src.facts.functions[function].name}"
        case f.Rest(value=value, exclude=exclude):
            return f"rest({_show(src, value)} - {' '.join(exclude)})"
        case f.Binary(op=op, left=left, right=right):
            return f"({_show(src, left)} {op} {_show(src, right)})"
        case f.Cast(value=value, type=kind):
            return f"{_show(src, value)} as {_show(src, kind)}"
        case f.Unary(op=op, value=value):
            return f"{op} {_show(src, value)}"
        case f.Await() | f.Element() | f.Spread():
            return f"{type(node).__name__.lower()}({_show(src, node.value)})"
        case f.Unknown():
            return "?"
        case f.NamedType(name=name, args=args):
            return _show(src, name) + ("<" + ", ".join(_show(src, a) for a in args) + ">" if args else "")
        case f.UnionType(items=items):
            return " | ".join(_show(src, item) for item in items)
        case f.LiteralType(value=value):
            return _show(src, value)
        case f.ArrayType(item=item):
            return f"{_show(src, item)}[]"
        case f.ObjectType(fields=fields):
            return "{" + ", ".join(f"{x.name}{'?' if x.optional else ''}: {_show(src, x.type)}" for x in fields) + "}"
        case f.FunctionType(params=params, result=result):
            return "(" + ", ".join(_show(src, p) for p in params) + ") => " + _show(src, result)
        case f.TypeofType(value=value):
            return f"typeof {_show(src, value)}"
        case f.IndexedType(object=target, key=key):
            return f"{_show(src, target)}[{_show(src, key)}]"
        case f.KeyofType(object=target):
            return f"keyof {_show(src, target)}"
    return type(node).__name__


def value(expression: str, language: str = "tsx") -> str:
    return Source(f"const it = {expression};", language).value("it")


# ------------------------------------------------------------------------------------------------------------ values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            r"'a\n\x41\u0042\u{1F600}\
b'",
            repr("a\nAB😀b"),
        ),
        (r"'\uD83D\uDE00'", repr("😀")),
        ("1_000", "1000"),
        ("0x1F", "31"),
        ("5.0", "5"),
        ("1.5", "1.5"),
        ("-3", "-3"),
        ("10n", "bigint:10"),
        ("99999999999999999999", "bigint:99999999999999999999"),
        ("1e999", "infinity"),
        ("undefined", "undefined"),
        ("NaN", "nan"),
        ("/a.b/g", "regex:a.b"),
        ("`plain`", "'plain'"),
        ("`user_${id}!`", "tpl('user_', @id, '!')"),
        ("`a${`b${c}`}`", "tpl('a', 'b', @c)"),
        ("'a' + 'b' + `c`", "'abc'"),
        ("'a' + x + 'b' + 'c'", "tpl('a', @x, 'bc')"),
        ("x + 1 + 'a'", "tpl((@x + 1), 'a')"),
        ("x + y", "(@x + @y)"),
        ("a ? 'x' : 'y'", "ternary('x', 'y')"),
        ("a || b || 'c'", "or(@a, @b, 'c')"),
        ("a ?? (b && c)", "nullish(@a, and(@b, @c))"),
        ("(0, x)", "@x"),
        ("y = 'z'", "'z'"),
        ("x as const", "@x"),
        ("x as any as Foo", "@x as @any as @Foo"),
        ("x!", "@x"),
        ("{} satisfies T", "{}"),
        ("Object.freeze({a: 1})", "{a:1}"),
        ("Object.assign({}, a, {b: 1})", "{...:@a, b:1}"),
        ("Object.assign(a, {b: 1})", "call:@Object.assign"),
        ("{a, 'b-c': 1, [k]: 2, ...r, 3: 4, m() {}}", "{a:@a, b-c:1, [@k]:2, ...:@r, 3:4, m:func:m}"),
        ("{...(c && {a: 1}), ...(d ? {b: 2} : {}), ...{e: 3}}", "{a?:1, b?:2, e:3}"),
        ("{...(c ? x : null)}", "{...?:@x}"),
        ("[1, , ...x]", "[1, undefined, spread(@x)]"),
        ("a?.b.c['d'][e]", "@a?.b.c.d.[@e]"),
        ("a.b!.c", "@a.b.c"),
        ("require('x').y", "module:x.y"),
        ("await import('x')", "await(module:x)"),
        ("import.meta.env.KEY", "@import.meta.env.KEY"),
        ("typeof x", "typeof @x"),
        ("void 0", "undefined"),
        ("x === 'a'", "(@x === 'a')"),
        ("new Foo(1)", "call:@Foo"),
        ("<Foo a='1' b={2} c />", "call:@Foo"),
        ("function () {}", "func:it"),
        ("class {}", "class:it"),
    ],
)
def test_values(expression: str, expected: str) -> None:
    assert value(expression) == expected


def test_jsx_is_a_call_with_one_object() -> None:
    src = Source("const it = <Track.Button name='A &amp; B' on={x} flag {...rest}>Buy <b/></Track.Button>")
    call = src.call("<Track")
    assert (call.kind, src.show(call.callee)) == ("jsx", "@Track.Button")
    shown = src.show(call.args[0].value)
    assert shown == "{name:'A & B', on:@x, flag:True, ...:@rest, children:['Buy', call:'b']}"
    assert src.facts.dom
    assert not Source("const it = <Foo/>").facts.dom


def test_tagged_template_and_type_assertion() -> None:
    src = Source("const a = <string>x; const b = gql`q${y}`;", "typescript")
    assert src.value("a") == "@x as @string"
    assert [call.kind for call in src.facts.calls] == ["tag"]


def test_long_sums_and_chains_do_not_nest() -> None:
    assert value(" + ".join(["'a'"] * 5000)) == repr("a" * 5000)
    src = Source("const it = " + " + ".join(["x"] * 5000))
    assert f.decode(f.encode(src.facts)) == src.facts
    src = Source("const it = z" + ".a()" * 3000)
    assert len(src.facts.calls) == 3000
    src = Source("if (a) x();" + " else if (b) y();" * 2000)
    assert [call.use for call in src.facts.calls][:2] == ["statement", "statement"]


@pytest.mark.parametrize(
    "nest", ["[", "(", "{a:", "f(", "() => ", "!", "<a>", "x ? y : ", "if (a) ", "{", "class { x = "]
)
def test_deep_nesting_is_survived(nest: str) -> None:
    src = Source(nest * 3000)
    assert f.decode(f.encode(src.facts)) == src.facts


# ------------------------------------------------------------------------------------------------------------ scopes


def test_hoisting_and_block_scopes() -> None:
    src = Source(
        """
        use(late, fn, FS);
        function fn() { return inner; if (x) { var inner = 1; } { let FS = 2; take(FS); } ask(FS); }
        const late = 1;
        { const late = 2; hide(late); }
        """
    )
    assert [src.show(a.value) for a in src.call("use").args] == ["late", "func:fn"[5:], "@FS"]
    assert src.show(src.function("fn").returns[0].value) == "inner"
    assert src.show(src.call("take").args[0].value) == "FS"
    assert src.show(src.call("ask").args[0].value) == "@FS"
    hidden = src.call("hide").args[0].value
    assert isinstance(hidden, f.Name)
    assert src.show(src.facts.bindings[hidden.binding].assigns[0].value) == "2"


def test_parameters_catch_variables_loops_and_function_names_shadow() -> None:
    src = Source(
        """
        const a = (FS) => p(FS);
        try {} catch (FS) { q(FS) }
        for (const FS of xs) r(FS);
        const b = function FS() { s(FS) };
        import * as X from 'x';
        t(FS, X);
        """
    )
    for name in "pqrs":
        assert src.show(src.call(f"{name}(").args[0].value) == "FS", name
    assert [src.show(a.value) for a in src.call("t(").args] == ["@FS", "X"]
    assert src.value("FS", 2) == "element(@xs)" or src.value("FS", 1) == "element(@xs)"


def test_ambient_and_type_only_names_are_no_values() -> None:
    src = Source(
        """
        declare const FS: any;
        declare global { interface Window { FS: any } var G: string }
        import type { T } from 't';
        type U = 'a'; interface V {}
        f(FS, G, T, U, V);
        let x: T; let y: U; let z: V;
        """
    )
    assert [src.show(a.value) for a in src.call("f(").args] == ["@FS", "@G", "@T", "@U", "@V"]
    assert (src.type("x"), src.type("y"), src.type("z")) == ("T", "U", "V")
    assert set(src.facts.globals) == {"f", "FS", "G", "T", "U", "V"}


def test_switch_has_one_scope_and_namespaces_are_objects() -> None:
    src = Source("switch (k) { case 1: let v = 1; break; default: f(v) } namespace N { export const q = 'a'; } g(N.q)")
    assert src.show(src.call("f(").args[0].value) == "v"
    assert src.value("N") == "{q:q}"
    assert not src.facts.exports


def test_this_belongs_to_the_nearest_function_that_is_no_arrow() -> None:
    src = Source(
        """
        class A { x = () => this.f(); static s = this.g(); constructor() { h(() => this) } m() { return this.n }}
        const o = { k() { return () => this; } };
        """
    )
    cls = src.facts.classes.index(src.cls("A"))
    callee = src.call("this.f").callee
    assert isinstance(callee, f.Member) and isinstance(callee.object, f.This)
    owner = src.facts.functions[callee.object.function]
    assert (owner.kind, owner.cls) == ("constructor", cls)
    assert src.show(src.call("this.g").callee) == "class:A.g"
    assert src.show(src.function("m").returns[0].value) == "this:m.n"
    assert src.function("x").cls == cls
    assert len([row for row in src.facts.functions if row.kind == "constructor"]) == 1


# --------------------------------------------------------------------------------------------- destructuring, writes


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        ("const {a} = o", "a", "@o.a"),
        ("const {a: {b}} = o", "b", "@o.a.b"),
        ("const {a = 1} = o", "a", "nullish(@o.a, 1)"),
        ("const {a: {b = 'x'} = {}} = o", "b", "nullish(nullish(@o.a, {}).b, 'x')"),
        ("const {a, ...r} = o", "r", "rest(@o - a)"),
        ("const {['k']: a} = o", "a", "@o.k"),
        ("const {[k]: a} = o", "a", "@o.[@k]"),
        ("const [, a] = o", "a", "@o.1"),
        ("const [p, ...a] = o", "a", "rest(@o - 0)"),
        ("let a; ({a} = o)", "a", "@o.a"),
        ("let a; [a] = o", "a", "@o.0"),
        ("for (const [k, a] of o) {}", "a", "element(@o).1"),
        ("for (const a in o) {}", "a", "?"),
        ("const {a} = require('x')", "a", "module:x.a"),
        ("let a = 1; a += 2", "a", "2"),
        ("let a = 1; a ??= 'b'", "a", "'b'"),
        ("const {a}: T = o", "a", "<{a}>.a"),
    ],
)
def test_destructuring(source: str, name: str, expected: str) -> None:
    assert Source(source).value(name) == expected


def test_destructured_parameters_have_a_binding_of_their_own() -> None:
    src = Source("function fn({a, b = 2}: P = {}, [c], d = 1, ...e) {}")
    params = src.function("fn").params
    assert [(p.name, p.kind, src.show(p.default)) for p in params] == [
        ("", "normal", "{}"),
        ("", "normal", "-"),
        ("d", "normal", "1"),
        ("e", "rest", "-"),
    ]
    assert src.value("b") == "nullish(<{a, b = 2}>.b, 2)"
    assert src.value("c") == "<[c]>.0"
    assert src.binding("b").assigns[0].op == "default"
    assert src.show(params[0].type) == "@P"


def test_typescript_parameters() -> None:
    src = Source("class A { constructor(private readonly fs: FSService, @Inject(X) public y?: string, this: A) {} }")
    params = src.function("constructor").params
    assert [(p.name, p.field, p.optional, src.show(p.type)) for p in params] == [
        ("fs", True, False, "@FSService"),
        ("y", True, True, "@string"),
    ]
    assert src.show(params[1].decorators[0]) == "call:@Inject"


def test_member_writes() -> None:
    src = Source("a.b = 1; a['c'] += x; ({k: a.d} = o); delete a.e; a.n++;")
    assert [(src.show(w.object), src.show(w.key), src.show(w.value), w.op) for w in src.facts.writes] == [
        ("@a", "'b'", "1", "="),
        ("@a", "'c'", "@x", "+="),
        ("@a", "'d'", "@o.k", "="),
        ("@a", "'e'", "undefined", "delete"),
        ("@a", "'n'", "++ @a.n", "++"),
    ]


# ------------------------------------------------------------------------------------------------------------- calls


@pytest.mark.parametrize(
    ("source", "use"),
    [
        ("f();", ("statement", "", -1)),
        ("c && f();", ("statement", "", -1)),
        ("c ? f() : g();", ("statement", "", -1)),
        ("f(), g();", ("statement", "", -1)),
        ("async () => { await (f() as T)! }", ("await", "", -1)),
        ("async () => { const x = await (c ? f() : g()) }", ("await", "", -1)),
        ("() => f()", ("return", "", -1)),
        ("function h() { return c || f() }", ("return", "", -1)),
        ("function h() { return [f()] }", ("return", "", -1)),
        ("void f();", ("void", "", -1)),
        ("function* h() { yield f() }", ("yield", "", -1)),
        ("const x = f();", ("assign", "x", -1)),
        ("let x; x = f();", ("assign", "x", -1)),
        ("const {y} = f();", ("assign", "", -1)),
        ("a.b = f();", ("write", "", -1)),
        ("g(1, f());", ("argument", "g", 1)),
        ("g([x, f()], 1);", ("argument", "g", 0)),
        ("g(...f());", ("argument", "g", 0)),
        ("f().catch(e => {});", ("member", "f", -1)),
        ("x = f().y;", ("member", "", -1)),
        ("f()();", ("callee", "f", -1)),
        ("if (f()) {}", ("test", "", -1)),
        ("if (!f() || g) {}", ("test", "", -1)),
        ("while (f() > 1) {}", ("test", "", -1)),
        ("x = f() && y;", ("test", "", -1)),
        ("x = {k: f()};", ("entry", "", -1)),
        ("x = f() + 1;", ("other", "", -1)),
        ("x = <A b={f()}/>;", ("entry", "", -1)),
    ],
)
def test_use_of_results(source: str, use: tuple[str, str, int]) -> None:
    assert Source(source).use("f()") == use


def test_kinds_of_calls_and_their_places() -> None:
    src = Source("const x = await fs?.event?.( 'A' ); new B; @D() class C { @E() m() {} }")
    call = src.call("fs?.event")
    assert (src.show(call.callee), call.optional) == ("@fs?.event", True)
    assert src.text(call) == "fs?.event?.( 'A' )"
    assert src.data[call.arguments_start : call.arguments_start + 1] == b"("
    assert src.data[call.statement_start : call.statement_end] == b"const x = await fs?.event?.( 'A' );"
    assert [c.kind for c in src.facts.calls] == ["call", "new", "decorator", "decorator"]
    assert [src.show(d) for d in src.function("m").decorators] == ["call:@E"]
    assert [src.show(d) for d in src.cls("C").decorators] == ["call:@D"]


def test_used_as() -> None:
    src = Source("const j = <a onScroll={() => p()} />; x.onclick = function () {}; const o = {run: () => {}, go() {}}")
    assert [row.used_as for row in src.facts.functions] == ["", "attr:onScroll", "prop:onclick", "key:run", "key:go"]


# ----------------------------------------------------------------------------------------------------------- regions


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("f()", ["body"]),
        ("if (a) f()", ["then", "body"]),
        ("if (a) {} else if (b) f()", ["then", "else", "body"]),
        ("for (const x of y) f()", ["loop", "body"]),
        ("for (;;) { if (a) f() }", ["then", "loop", "body"]),
        ("while (f()) {}", ["loop", "body"]),
        ("try { f() } finally {}", ["try", "body"]),
        ("try {} catch (e) { f() }", ["except", "body"]),
        ("try {} finally { f() }", ["finally", "body"]),
        ("switch (a) { case f(): }", ["body"]),
        ("switch (a) { case 1: f() }", ["case", "body"]),
        ("switch (a) { default: f() }", ["default", "body"]),
        ("a && f()", ["and", "body"]),
        ("a?.b || f()", ["or", "body"]),
        ("a ?? f()", ["nullish", "body"]),
        ("a ? f() : 0", ["ternary-then", "body"]),
        ("a ? 0 : f()", ["ternary-else", "body"]),
        ("f() && a", ["body"]),
        ("function g(x = f()) {}", ["body"]),
    ],
)
def test_regions(source: str, kinds: list[str]) -> None:
    assert Source(source).regions("f()") == kinds


def test_regions_of_one_statement_share_their_group() -> None:
    src = Source("x; if (a) { p() } else { q() } try { r() } catch (e) { s() }")
    groups = {name: src.facts.regions[src.call(name + "(").region].group for name in "pqrs"}
    assert groups["p"] == groups["q"] != groups["r"] == groups["s"]
    caught = src.facts.bindings[src.region("except").binding]
    assert (caught.name, caught.kind) == ("e", "catch")
    assert src.show(src.region("else").test) == "@a"


def test_regions_without_anything_in_them_are_left_out() -> None:
    assert len(Source("const x = a && b ? c : d || e").facts.regions) == 1


def test_tests_and_sources_of_regions() -> None:
    src = Source("a && b && f(); for await (const x of y) {} switch (z) { case 1: }")
    assert src.show(src.region("and").test) == "and(@a, @b)"
    loop = src.region("loop")
    assert (loop.how, loop.is_async, src.show(loop.source)) == ("for-of", True, "@y")
    case = src.region("case")
    assert (src.show(case.test), src.show(case.source)) == ("1", "@z")


@pytest.mark.parametrize(
    ("body", "exits"),
    [
        ("a()", ""),
        ("return", "return"),
        ("throw x", "throw"),
        ("if (a) return", ""),
        ("if (a) return; else return 1", "return"),
        ("if (a) return; else throw x", "return"),
        ("if (a) { return } else if (b) { return } else { return }", "return"),
        ("if (a) { return } else if (b) { return }", ""),
        ("try { return } catch { throw x }", "return"),
        ("try { return } catch {}", ""),
        ("try { a() } finally { return }", "return"),
        ("switch (a) { case 1: return; default: throw x }", "return"),
        ("switch (a) { case 1: return }", ""),
        ("switch (a) { case 1: break; default: return }", ""),
        ("for (;;) { return }", ""),
        ("{ return }", "return"),
        ("l: { break l }", ""),
    ],
)
def test_exits(body: str, exits: str) -> None:
    src = Source(f"function f() {{ {body} }}")
    assert src.facts.regions[src.function("f").region].exits == exits


def test_returns_yields_throws_awaits() -> None:
    src = Source("async function* f() { yield 1; await g(); throw e; return 2 } const h = () => 3")
    assert [(src.show(r.value), r.yields) for r in src.function("f").returns] == [("1", True), ("2", False)]
    assert [src.show(r.value) for r in src.function("h").returns] == ["3"]
    assert [src.text(a) for a in src.facts.awaits] == ["await g()"]
    assert [src.show(t.value) for t in src.facts.throws] == ["@e"]
    fn = src.function("f")
    assert fn.is_async and fn.is_generator


# -------------------------------------------------------------------------------------------------- types and classes


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("string | null", "@string | @null"),
        ("'a' | 'b' | 1", "'a' | 'b' | 1"),
        ("Parameters<typeof FullStory.event>", "@Parameters<typeof @FullStory.event>"),
        ("Array<string>", "@string[]"),
        ("readonly string[]", "@string[]"),
        ("(string | number)[]", "@string | @number[]"),
        ("models.Foo<A>", "@models.Foo<@A>"),
        ("{a: string; b?: number}", "{a: @string, b?: @number}"),
        ("(a: string, b?: number) => void", "(@string, @number) => @void"),
        ("typeof X[number]", "typeof @X[-]"),
        ("(typeof X)[keyof typeof X]", "typeof @X[-]"),
        ("A['b']", "@A['b']"),
        ("keyof typeof X", "keyof typeof @X"),
        ("import('x').Y", "module:x.Y"),
        ("import('x').Y<Z>", "module:x.Y<@Z>"),
        ("A extends B ? C : D", "UnknownType"),
    ],
)
def test_types(annotation: str, expected: str) -> None:
    src = Source(f"type it = {annotation}; let after: it;")
    assert src.type("it") == expected
    assert src.type("after") == "it"
    assert not src.facts.broken


def test_type_parameters_shadow_types() -> None:
    src = Source("type T = 'x'; function f<T extends string>(a: T): T { return a }")
    declared = src.function("f").return_type
    assert isinstance(declared, f.NamedType) and isinstance(declared.name, f.Name)
    assert src.show(src.facts.bindings[declared.name.binding].type) == "@string"


def test_classes_interfaces_and_enums() -> None:
    src = Source(
        """
        class A<T> extends B.C<T> implements I { static x = 1; #p = 'q'; y?: string; get z() { return 1 } async m() {} }
        interface I extends J { a: string; m(x: number): void }
        enum E { One, Two = 'two', Three = 1 + 2 }
        """
    )
    cls = src.cls("A")
    assert ([src.show(b) for b in cls.bases], [src.show(i) for i in cls.interfaces]) == (["@B.C"], ["I"])
    assert [(x.name, x.kind, x.static, x.optional, src.show(x.value)) for x in cls.fields] == [
        ("x", "field", True, False, "1"),
        ("#p", "field", False, False, "'q'"),
        ("y", "field", False, True, "-"),
        ("z", "getter", False, False, "func:z"),
        ("m", "method", False, False, "func:m"),
    ]
    assert src.binding("A").kind == "class" and src.value("A") == "class:A"
    interface = src.cls("I")
    assert interface.kind == "interface" and src.binding("I").kind == "type"
    assert [src.show(x.type) for x in interface.fields] == ["@string", "(@number) => @void"]
    enum = src.cls("E")
    assert [(x.name, src.show(x.value)) for x in enum.fields] == [("One", "-"), ("Two", "'two'"), ("Three", "(1 + 2)")]


def test_fields_run_in_the_constructor() -> None:
    src = Source("class A { x = f(); constructor(a) { g(a) } static y = h() } class B { z = k() }")
    functions = src.facts.functions
    constructor = src.call("g(").function
    assert functions[constructor].kind == "constructor"
    assert src.call("f(").function == constructor
    assert src.call("h(").function == 0
    assert functions[src.call("k(").function].cls == 1


# ----------------------------------------------------------------------------------------------------------- modules


def test_imports() -> None:
    src = Source(
        """
        import x, { y as z, type w, default as q } from 'a';
        import * as n from 'b';
        import type { t } from 'c';
        import 'd';
        import r = require('e');
        const s = require('f'), u = () => import('g');
        export { h } from 'i'; export * from 'j';
        """,
        "typescript",
    )
    rows = [
        (i.specifier, i.name, src.facts.bindings[i.binding].name if i.binding >= 0 else "", i.how, i.type_only)
        for i in src.facts.imports
    ]
    assert rows == [
        ("a", "default", "x", "import", False),
        ("a", "y", "z", "import", False),
        ("a", "w", "w", "import", True),
        ("a", "default", "q", "import", False),
        ("b", "*", "n", "import", False),
        ("c", "t", "t", "import", True),
        ("d", "", "", "import", False),
        ("e", "*", "r", "require", False),
        ("f", "*", "", "require", False),
        ("g", "*", "", "dynamic", False),
        ("i", "h", "", "export", False),
        ("j", "*", "", "export", False),
    ]
    for index, row in enumerate(src.facts.imports):
        if row.binding >= 0:
            assert src.facts.bindings[row.binding].imported == index


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("export const a = 1, {b} = o", [("a", "a"), ("b", "b")]),
        ("export function f() {}", [("f", "f")]),
        ("export default function f() {}", [("default", "f")]),
        ("export default function () {}", [("default", "func:default")]),
        ("export default {a: 1}", [("default", "{a:1}")]),
        ("export default class C {}", [("default", "C")]),
        ("const a = 1; export { a as b, a as default }", [("b", "a"), ("default", "a")]),
        ("export { a as b } from 'x'", [("b", "x:a")]),
        ("export * from 'x'", [("*", "x:*")]),
        ("export * as ns from 'x'", [("ns", "x:*")]),
        ("export type * from './x'", [("*", "./x:*!")]),
        ("export type { T } from 'x'", [("T", "x:T!")]),
        ("export interface I {}", [("I", "I!")]),
        ("export type T = 'a'", [("T", "T!")]),
        ("export enum E { A }", [("E", "E")]),
        ("export declare const d: string", [("d", "d")]),
        ("const x = 1; export = x", [("=", "x")]),
        ("module.exports = {a: 1}", [("=", "{a:1}")]),
        ("module.exports.x = y; exports.z = 1", [("x", "@y"), ("z", "1")]),
        ("const exports = {}; exports.z = 1", []),
    ],
)
def test_exports(source: str, expected: list[tuple[str, str]]) -> None:
    src = Source(source)
    shown = []
    for row in src.facts.exports:
        what = src.show(row.value) if row.value is not None else f"{row.specifier}:{row.imported}"
        shown.append((row.name, what + ("!" if row.type_only else "")))
    assert shown == expected


def test_directives() -> None:
    src = Source(
        "#!/usr/bin/env node\n'use strict'; 'use client';\nasync function f() { 'use server'; g() }", "javascript"
    )
    assert src.facts.directives == ("use client",)
    assert src.function("f").directive == "use server"


# ------------------------------------------------------------------------------------------- comments, secrets, kinds


def test_suppressions() -> None:
    text = """
f(); // fslint: ignore[FS201] because
// fslint: ignore[FS301, FS302]
g({
  a: 1,
});
/* fslint: ignore[FS101] */
if (x) {
  h();
}
const j = (
  <div>
    {/* fslint: ignore[FS202] */}
    <A b={1}>
      <B/>
    </A>
  </div>
);
"""
    src = Source(text)
    rows = src.facts.suppressions
    assert [(r.codes, r.reason) for r in rows] == [
        (("FS201",), "because"),
        (("FS301", "FS302"), ""),
        (("FS101",), ""),
        (("FS202",), ""),
    ]
    covered = [text[r.covers_start : r.covers_end].strip() for r in rows]
    assert covered[0].startswith("f();") and "\n" not in covered[0]
    assert covered[1].endswith("});")
    assert covered[2].endswith("if (x) {")
    assert covered[3].endswith("<A b={1}>")
    assert Source("// fslint: ignore-file[FS701]\nf()").facts.suppressions[0].scope == "file"
    assert not Source("f('// fslint: ignore[FS201]')").facts.suppressions


def test_secrets_never_stay_text() -> None:
    src = Source(
        f"""
        const a = '{KEY}'; const b = `Basic {KEY}`; // {KEY}
        const FULLSTORY_API_KEY = 'abcdefgh12345678zz'; const c = {{apiKey: 'abcdefgh12345678', name: 'abcdefgh12345678'}};
        const d = 'na1.' + '{KEY[4:]}';
        x.fullstoryApiKey = wrap('abcdefgh12345678zz');
        const e = <P fullstoryKey="abcdefgh12345678zz" />;
        """
    )
    assert src.value("a") == "secret:shape"
    assert src.value("FULLSTORY_API_KEY") == "secret:named"
    assert src.value("c") == "{apiKey:secret:property, name:'abcdefgh12345678'}"
    assert [s.kind for s in src.facts.literals] == ["shape", "shape", "named", "property", "shape", "named", "named"]
    assert len(src.facts.comment_keys) == 1
    encoded = f.encode(src.facts)
    assert KEY[10:].encode() not in encoded
    assert b"abcdefgh12345678zz" not in encoded


SNIPPET = """
window['_fs_host'] = 'fullstory.com';
window['_fs_script'] = 'edge.fullstory.com/s/fs.js';
window['_fs_org'] = 'o-1';
window['_fs_namespace'] = 'FS';
(function(m,n,e,t,l,o,g,y){
    if (e in m) {if(m.console && m.console.log) { m.console.log('FullStory namespace conflict. Please set it.');} return;}
    g=m[e]=function(a,b,s){g.q?g.q.push([a,b,s]):g._api(a,b,s);};g.q=[];
    o=n.createElement(t);o.async=1;o.crossOrigin='anonymous';o.src='https://'+_fs_script;
    y=n.getElementsByTagName(t)[0];y.parentNode.insertBefore(o,y);
    g.identify=function(i,v,s){g(l,{uid:i},s);if(v)g(l,v,s)};g.event=function(i,v,s){g('event',{n:i,p:v},s)};
})(window,document,window['_fs_namespace'],'script','user');
"""


@pytest.mark.parametrize("text", [SNIPPET, SNIPPET.replace("\n", ""), SNIPPET.replace("(function", "!function", 1)])
def test_the_pasted_snippet_is_recognised(text: str) -> None:
    if "!function" in text:
        text = text.replace("})(window", "}(window")
    src = Source(text, "javascript")
    assert src.facts.generated == "snippet"
    assert not src.facts.calls
    start, end = src.facts.snippet_ranges[0]
    assert b"createElement" in src.data[start:end]
    mixed = Source(f"export function load() {{ {text} }}\nFS.event('A');", "javascript")
    assert mixed.facts.generated == "" and len(mixed.facts.snippet_ranges) == 1
    assert [mixed.text(call) for call in mixed.facts.calls] == ["FS.event('A')"]


def test_the_snippet_within_a_sequence() -> None:
    iife = SNIPPET[SNIPPET.index("(function") :].strip().rstrip(";")
    src = Source(f"window._fs_org = 'o-1', window._fs_namespace = 'FS', {iife}; f();", "javascript")
    assert [src.text(call) for call in src.facts.calls] == ["f()"]
    assert [src.show(row.key) for row in src.facts.writes] == ["'_fs_org'", "'_fs_namespace'"]


def test_an_ordinary_module_function_is_no_snippet() -> None:
    src = Source("(function(a,b,c,d,e){ f('_fs_namespace') })(1,2,3,4,5)", "javascript")
    assert not src.facts.snippet_ranges and src.call("f(")


def test_generated_and_minified() -> None:
    assert Source("// @generated\nf()").facts.generated == "generated"
    assert Source("f();" * 2000).facts.generated == "minified"
    assert Source("f();").facts.generated == ""


def test_handlers() -> None:
    text = "x();\n{ FS.event('A'); { y() } }"
    start = text.index("{")
    src = Source(text, "javascript", ((start, len(text), "onclick"),))
    handler = src.facts.functions[1]
    assert (handler.kind, handler.used_as, handler.parent) == ("handler", "attr:onclick", 0)
    assert src.call("FS.event").function == src.call("y(").function == 1
    assert src.call("x(").function == 0


# ------------------------------------------------------------------------------------------------------ broken sources


@pytest.mark.parametrize(
    ("source", "language"),
    [
        ("const a = <p>Terms & Conditions</p>; f?.();", "javascript"),
        ("export type * from './a';", "javascript"),
        ("export type * from './a'; f()", "typescript"),
        ("interface A<in out T> { a: T }", "typescript"),
        ("interface A<in T extends B, out U = C> { a: T }", "tsx"),
        ("// @flow\nfunction f(a: ?string, b: {| c: number |}): void {}", "javascript"),
        ("import type { A } from 'a'; const f = (x: number): string => x;", "javascript"),
        ("class A { #x = 1; static { f() } y = this.#x ?? 2 }", "javascript"),
        ("using a = b(); for (using c of d) {}", "typescript"),
        ("a ||= b; const c = 1_000n; d?.[e]?.f;", "javascript"),
    ],
)
def test_valid_code_is_no_syntax_error(source: str, language: str) -> None:
    assert Source(source, language).facts.syntax_error is None


def test_confirmed_syntax_errors() -> None:
    src = Source("FS.event('A');\nconst x = ;\nFS.event('B');", "javascript")
    assert src.facts.syntax_error is not None
    offset, message = src.facts.syntax_error
    assert src.data[:offset].count(b"\n") == 1
    assert "Unexpected token" in message and not message.startswith("Line")
    assert [src.show(c.args[0].value) for c in src.facts.calls] == ["'A'", "'B'"]
    assert src.facts.broken
    assert Source("function f() { FS.event('A');", "javascript").facts.syntax_error is not None


def test_typescript_has_broken_ranges_but_no_verdict() -> None:
    src = Source("const a: string = 'x';\nconst b = ;\nFS.event('B');", "typescript")
    assert src.facts.syntax_error is None
    assert src.facts.broken
    assert all(row.end <= src.data.index(b"FS.event") for row in src.facts.broken)
    assert src.call("FS.event")


@pytest.mark.parametrize("half", ["FS.event('X', {a: ", "const y = ", "if (", "x.", "foo(", "import { a } from"])
def test_a_half_typed_line_loses_little(half: str) -> None:
    src = Source(f"FS.event('A');\nfunction f() {{\n  FS.event('B');\n}}\n{half}\n", "javascript")
    assert {"'A'", "'B'"} <= {src.show(c.args[0].value) for c in src.facts.calls if c.args}


def test_a_call_with_broken_arguments_is_still_a_call() -> None:
    for text in ("FS.event('X', {a: \ng();", "function f() {\n  FS.event('X', {a: \n", "if (x) { FS.event('C', "):
        src = Source(text, "typescript")
        call = src.call("FS.event")
        assert [src.show(a.value) for a in call.args] == ["spread(?)"]
        assert any(row.start < call.end and call.start < max(row.end, row.start + 1) for row in src.facts.broken)


# -------------------------------------------------------------------------------------------------------- any content


def _nodes(value: object) -> Iterator[f.Node]:
    if isinstance(value, f.Node):
        yield value
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _nodes(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


def _check(data: bytes, language: str) -> None:
    facts = extract(data, language)
    for node in _nodes(facts):
        assert 0 <= node.start <= node.end <= len(data), node
    for call in facts.calls:
        assert 0 <= call.region < len(facts.regions)
        assert 0 <= call.function < len(facts.functions)
        assert call.target < max(len(facts.calls), len(facts.bindings))
    for index, region in enumerate(facts.regions):
        assert region.parent < index or index == 0
    for node in _nodes(facts):
        if isinstance(node, f.Name):
            assert node.binding < len(facts.bindings)
        elif isinstance(node, f.CallRef):
            assert node.call < len(facts.calls)
        elif isinstance(node, f.FunctionRef):
            assert node.function < len(facts.functions)
    assert f.decode(f.encode(facts)) == facts


REAL = b"""
import React, { useState } from 'react';
import * as FullStory from '@fullstory/browser';
export enum Names { A = 'a', B = 'b' }
interface Props<T> extends Base { onClick?: (e: Event) => void; items: T[] }
@Injectable()
export class Service<T extends object> extends Base<T> implements I {
  private readonly log = new Logger(Service.name); static count = 0; #x?: string;
  constructor(private readonly http: HttpService, @Inject(KEY) key = 'k') { super(); this.http = http; }
  async *run({ a, b: [c, ...d], ...rest }: Opts = {}, ...more: string[]): Promise<void> {
    for await (const { id } of this.list()) { if (!id) continue; else yield* this.go(id); }
    try { await Promise.all([this.a(), b?.c(`x_${id}`)]); } catch { throw new Error('no'); } finally { done(); }
    switch (a) { case Names.A: return; default: label: while (true) { break label; } }
  }
}
export const View = ({ items, onClick }: Props<string>) => (
  <div className="a" onScroll={() => FullStory.event('Scroll', { n_int: 1, ...(items && { a: items.length }) })}>
    {items.map((i) => <Item key={i} {...i} />)} text &amp; more {/* fslint: ignore[FS201] */}
  </div>
);
module.exports = { View, ...require('./x') };
const f = async function named(a = 1 + 2, { b } = {}) { return (a as number)! ?? b ? typeof a : void 0; };
declare global { interface Window { FS: any } }
export type T = Parameters<typeof FullStory.event>[0] | `a${string}`; export default View;
"""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=200) | st.text(alphabet="(){}[]<>=>,.;:?`'\"$\\/*+-!&|@# \nabcxif", max_size=120))
def test_any_text(text: str) -> None:
    data = text.encode("utf-8", "replace")
    for language in ("javascript", "typescript", "tsx"):
        _check(data, language)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.sampled_from(["javascript", "typescript", "tsx"]))
def test_mutated_source(seed: int, language: str) -> None:
    rng = random.Random(seed)
    data = bytearray(REAL)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data))
        match rng.randrange(4):
            case 0:
                del data[at : at + rng.randint(1, 60)]
            case 1:
                data[at:at] = bytes([rng.choice(b"(){}[]<>=,;'\"`/*\\?.:")])
            case 2:
                other = rng.randrange(len(data))
                data[at:at] = data[other : other + rng.randint(1, 80)]
            case _:
                data[at] = rng.randrange(256)
    _check(bytes(data), language)


def test_the_real_looking_source_is_read_whole() -> None:
    _check(REAL, "tsx")
    facts = extract(REAL, "tsx")
    assert not facts.broken
    assert {row.name for row in facts.exports} == {"Names", "Service", "View", "T", "default", "="}
