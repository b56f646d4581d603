"""Control flow of one function: guards, catching, exclusion, dominance, loops, what becomes of results."""

from __future__ import annotations

import pytest

from fslint.facts import Value
from fslint.frontends import extract
from fslint.link.consumption import after_response, waited
from fslint.link.flow import call_name, exclusive, guarded, loops_around, protected, same_run, varies
from fslint.link.modules import Module


def module(source: str, language: str = "typescript") -> Module:
    return Module(f"a.{language}", extract(source.encode(), language))


def calls(mod: Module, name: str = "hit") -> list[int]:
    """The calls of a name, in source order."""
    rows = [row for row in range(len(mod.facts.calls)) if call_name(mod, row).rsplit(".", 1)[-1] == name]
    return sorted(rows, key=lambda row: mod.facts.calls[row].start)


def argument(mod: Module, row: int) -> Value:
    return mod.facts.calls[row].args[0].value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("function f(x) { hit(x); }", False),
        ("function f(x) { if (x) hit(x); }", True),
        ("function f(x) { if (!x) hit(x); }", False),
        ("function f(x) { if (!x) return; hit(x); }", True),
        ("function f(x) { if (x == null) { throw 1; } hit(x); }", True),
        ("function f(x, y) { if (!x || !y) return; hit(x); }", True),
        ("function f(x, y) { if (!x && !y) return; hit(x); }", False),
        ("function f(x) { x && hit(x); }", True),
        ("function f(x) { x || hit(x); }", False),
        ("function f(x) { return x ? hit(x) : 0; }", True),
        ("function f(x) { return x ? 0 : hit(x); }", False),
        ("function f(x) { if (typeof x === 'undefined') return; hit(x); }", True),
        ("function f(x) { if (typeof x !== 'function') return; hit(x); }", True),
        ("function f(x) { if (x?.id) hit(x); }", True),
        ("function f(x) { if (x !== undefined) hit(x); }", True),
        ("function f(x) { if (x !== 5) hit(x); }", False),
        ("function f(x) { while (x) { hit(x); } }", True),
        ("function f(x, y) { if (y) hit(x); }", False),
        ("function f(x) { if (x) { g(); } hit(x); }", False),
        ("function f(x) { if (x) { g(() => hit(x)); } }", False),
    ],
)
def test_guards(source: str, expected: bool) -> None:
    mod = module(source)
    (row,) = calls(mod)
    assert guarded(mod, mod.facts.calls[row].start, argument(mod, row)) is expected


def test_guards_around_callbacks_count_across_functions() -> None:
    mod = module("function f(x) { if (x) { g(() => hit(x)); } }")
    (row,) = calls(mod)
    assert guarded(mod, mod.facts.calls[row].start, argument(mod, row), across=True)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(x):\n  if x is None:\n    return\n  hit(x)\n", True),
        ("def f(x):\n  if x is not None:\n    hit(x)\n", True),
        ("def f(x):\n  if x is None:\n    hit(x)\n", False),
        ("def f(x):\n  if not x:\n    raise V\n  hit(x)\n", True),
        ("def f(x):\n  if x == 'a':\n    return\n  hit(x)\n", False),
        ("def f(x):\n  if isinstance(x, str):\n    hit(x)\n", True),
        ("def f(x, y):\n  if y:\n    pass\n  elif x:\n    hit(x)\n", True),
    ],
)
def test_guards_in_python(source: str, expected: bool) -> None:
    mod = module(source, "python")
    (row,) = calls(mod)
    assert guarded(mod, mod.facts.calls[row].start, argument(mod, row)) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f():\n  hit()\n", False),
        ("def f():\n  try:\n    hit()\n  except Exception:\n    pass\n", True),
        ("def f():\n  try:\n    hit()\n  except:\n    pass\n", True),
        ("def f():\n  try:\n    hit()\n  except KeyError:\n    pass\n", False),
        ("def f():\n  try:\n    hit()\n  except (KeyError, Exception):\n    pass\n", True),
        ("def f():\n  try:\n    hit()\n  except Exception:\n    raise\n", False),
        ("def f():\n  try:\n    hit()\n  finally:\n    g()\n", False),
        ("def f():\n  try:\n    g()\n  except Exception:\n    hit()\n", False),
        ("def f():\n  try:\n    g()\n  except Exception:\n    pass\n  else:\n    hit()\n", False),
        ("import contextlib\ndef f():\n  with contextlib.suppress(Exception):\n    hit()\n", True),
        ("import contextlib\ndef f():\n  with contextlib.suppress(KeyError):\n    hit()\n", False),
        ("def f():\n  try:\n    def g():\n      hit()\n  except Exception:\n    pass\n", False),
    ],
)
def test_protected(source: str, expected: bool) -> None:
    mod = module(source, "python")
    (row,) = calls(mod)
    assert protected(mod, mod.facts.calls[row].start, lenient=False) is expected


@pytest.mark.parametrize(
    ("source", "excludes", "same"),
    [
        ("function f() { hit(); hit(); }", False, True),
        ("function f(c) { if (c) hit(); else hit(); }", True, False),
        ("function f(c) { if (c) { hit(); return; } hit(); }", True, False),
        ("function f(c) { if (c) hit(); if (!c) hit(); }", False, False),
        ("function f(c) { if (c) hit(); hit(); }", False, True),
        ("function f(c) { switch (c) { case 1: hit(); break; case 2: hit(); } }", True, False),
        ("function f(c) { return c ? hit() : hit(); }", True, False),
        ("function f() { try { hit(); } catch { hit(); } }", True, False),
        ("function f(xs) { for (const x of xs) { hit(); } hit(); }", False, False),
        ("function f(xs) { for (const x of xs) { if (x) { hit(); continue; } hit(); } }", True, False),
        ("function f() { hit(); g(() => hit()); }", False, False),
    ],
)
def test_two_places(source: str, excludes: bool, same: bool) -> None:
    mod = module(source)
    first, second = (mod.facts.calls[row] for row in calls(mod))
    assert same_run(mod, first, second) is same
    if first.function == second.function:
        assert exclusive(mod, first.start, second.start) is excludes


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("for (const x of xs) { hit(x.a); }", True),
        ("for (const x of xs) { hit(1); }", False),
        ("for (const x of xs) { const y = x.a; hit(y); }", True),
        ("for (const x of xs) { const y = {a: 1}; hit(y); }", False),
        ("for (let i = 0; i < 3; i++) { hit(xs[i]); }", True),
        ("xs.map((x) => hit(x));", True),
        ("xs.forEach(() => hit(y));", False),
        ("while (xs.length) { hit(xs.pop()); }", True),
    ],
)
def test_dependence_on_iterations(source: str, expected: bool) -> None:
    mod = module(f"function f(xs: any[], y: any) {{ {source} }}")
    (row,) = calls(mod)
    call = mod.facts.calls[row]
    loops = loops_around(mod, call)
    assert len(loops) == 1
    assert varies(mod, loops[0], [argument.value for argument in call.args]) is expected


@pytest.mark.parametrize(
    ("source", "how", "caught"),
    [
        ("await hit();", "await", False),
        ("hit();", "float", False),
        ("void hit();", "float", False),
        ("hit().catch(g);", "float", True),
        ("await hit().catch(g);", "await", True),
        ("hit().then(g, h);", "float", True),
        ("hit().then(g);", "float", False),
        ("hit().catch((e) => { throw e; });", "float", False),
        ("return hit();", "return", False),
        ("const p = hit(); await p;", "await", False),
        ("const p = hit(); p.catch(g);", "float", True),
        ("const p = hit(); return p;", "return", False),
        ("const p = hit(); await Promise.all([p, g()]);", "await", False),
        ("await Promise.all([hit(), g()]);", "await", False),
        ("await Promise.allSettled([hit()]);", "await", True),
        ("const ps = []; ps.push(hit()); await Promise.all(ps);", "await", False),
        ("ctx.waitUntil(hit());", "background", False),
        ("g(hit());", "unknown", False),
    ],
)
def test_what_becomes_of_a_promise(source: str, how: str, caught: bool) -> None:
    mod = module(f"async function f(ctx, g, h) {{ {source} }}")
    (row,) = calls(mod)
    use = waited(mod, row)
    assert (use.how, use.caught) == (how, caught)


@pytest.mark.parametrize(
    ("source", "how"),
    [
        ("await hit()", "await"),
        ("asyncio.create_task(hit())", "background"),
        ("t = asyncio.create_task(hit())\n  await t", "await"),
        ("await asyncio.gather(hit(), g())", "await"),
        ("ts = [hit() for _ in xs]\n  await asyncio.gather(*ts)", "await"),
        ("async with asyncio.TaskGroup() as tg:\n    tg.create_task(hit())", "await"),
        ("asyncio.run(hit())", "blocks"),
    ],
)
def test_what_becomes_of_a_coroutine(source: str, how: str) -> None:
    mod = module(f"import asyncio\nasync def f(xs):\n  {source}\n", "python")
    (row,) = calls(mod)
    assert waited(mod, row).how == how


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("hit(); res.json({});", False),
        ("res.json({}); hit();", True),
        ("res.status(201).json({}); hit();", True),
        ("if (x) res.json({}); hit();", False),
        ("if (x) { res.json({}); } else { res.end(); } hit();", True),
        ("if (x) { res.json({}); } else { return; } hit();", True),
        ("try { res.json({}); } catch (e) { res.status(500).end(); } hit();", True),
        ("try { res.json({}); } catch (e) { log(e); } hit();", False),
        ("other.json({}); hit();", False),
    ],
)
def test_after_the_response(source: str, expected: bool) -> None:
    mod = module(f"function f(req, res, x, other) {{ {source} }}")
    (row,) = calls(mod)
    call = mod.facts.calls[row]
    assert after_response(mod, call.start, call.function) is expected
