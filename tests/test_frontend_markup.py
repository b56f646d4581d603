"""Facts of pages: scripts, handlers and template expressions, at their places in the host file."""

from __future__ import annotations

import re
import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fslint.facts import (
    Call,
    FileFacts,
    FunctionRef,
    Literal,
    Member,
    Name,
    Node,
    Object,
    OneOf,
    Template,
    Unknown,
    Value,
    decode,
    encode,
)
from fslint.frontends import extract
from fslint.frontends.markup_page import Page


def program(text: str, language: str = "html") -> str:
    """What the JavaScript front end gets to read, blanks squeezed."""
    page = Page(text.encode(), language)
    page.scan()
    assert len(page.out) == len(text.encode())
    return " ".join(bytes(page.out).decode().replace("\x1a", "¤").replace("\x1b", "·").split())


def facts_of(text: str, language: str = "html") -> FileFacts:
    facts = extract(text.encode(), language)
    assert facts.language == language
    assert facts.dom
    assert facts.size == len(text.encode())
    return facts


def place(node: Node, text: str) -> str:
    return text.encode()[node.start : node.end].decode()


def called(facts: FileFacts, text: str) -> list[str]:
    """Every call as it stands in the page."""
    return [place(call, text) for call in facts.calls]


def argument(facts: FileFacts, callee_end: str, index: int = 0) -> Value:
    return the_call(facts, callee_end).args[index].value


def the_call(facts: FileFacts, name: str) -> Call:
    found = [call for call in facts.calls if isinstance(call.callee, Member) and _key(call.callee) == name]
    assert len(found) == 1, (name, facts.calls)
    return found[0]


def _key(member: Member) -> object:
    return member.key.value if isinstance(member.key, Literal) else None


def handlers(facts: FileFacts, text: str) -> list[tuple[str, str]]:
    return [(f.used_as, place(f, text)) for f in facts.functions if f.kind == "handler"]


# --------------------------------------------------------------------------------------------------------- the program


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain text with FS.event('x')",
        "<p>FS.event('x')</p>",
        "<!-- <script>FS.event('x')</script> -->",
        '<script type="application/json">{"a": f()}</script>',
        '<script type="application/ld+json">{"a": f()}</script>',
        '<script type="text/template"><b onclick="f()"></script>',
        '<script type="importmap">{"imports": {}}</script>',
        '<script type="text/plain">f()</script>',
        "<style>a { content: '<b onclick=\"f()\">' }</style>",
        "<textarea><script>f()</script></textarea>",
        '<p title="a" data-x="f()" class="c">{{ f(x) }} {% f() %}</p>',
        '<a href="/javascript:f()">',
        "<p onclick>",
        "<p onclick=''>",
        '<p onclick="f(">',
        '<p onclick="f(\'">',
    ],
)
def test_no_code(text: str) -> None:
    assert program(text) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<script>f()</script>", "f() ;"),
        ("<SCRIPT TYPE='Text/JavaScript'>f()</SCRIPT >", "f() ;"),
        ('<script type="module">import a from "b"</script>', 'import a from "b" ;'),
        ("<script type=module async>f()</script>", "f() ;"),
        ('<script type="text/babel">f({a: {{b: 1}}})</script>', "f({a: {{b: 1}}}) ;"),
        ('<script type="text/plain" data-cookieconsent="statistics">f()</script>', "f() ;"),
        ("<script>f('<\\/script>')</script>", "f('<\\/script>') ;"),
        ("<script>f('</script>')</script>", "f(' ;"),
        ("<script>f() // no end</script><b onclick='g()'>", "f() // no end ; ;{g()}"),
        ("<script>f()", "f()"),
        ("<script><!--\nf()\n--></script>", "// f() // ;"),
        ("<script>//<![CDATA[\nf()\n//]]></script>", "// f() //]]> ;"),
        ("<script src='x.js'></script><script>f()</script>", "; f() ;"),
        ("<b onclick=\"f('x')\">", ";{f('x')}"),
        ("<b onclick='f(\"x\")' onScroll = 'g()'>", ';{f("x")} ; {g()}'),
        ("<b onclick=f()>", "{f()}"),
        ('<b onclick="f() // c">', ";{f() }"),
        ("<b onclick=\"f(')')\">", ";{f(')')}"),
        ('<b @click.once="f()" v-on:scroll="g()" x-on:click="h()" x-init="i()">', ";{f()} ;{g()} ;{h()} ;{i()}"),
        ('<b (click)="f($event)" (keyup.enter)="g()" ng-click="h()">', ";{f($event)} ;{g()} ;{h()}"),
        ('<a href="javascript:f()">', ";{javascript:f()}"),
        ("<b title='>' onclick='f()'>", ";{f()}"),
        ("<b\n  title=x>y\n<i onclick='f()'/>", ";{f()}"),
        ('<b onclick="f(&quot;A &amp; B&quot;)">', ';{f("·····A &···· B" )}'),
        ('<b onclick="f(&#39;A&#39;)">', ";{f('····A' )}"),
        ("<a href='x'y><b onclick='f()'>", ";{f()}"),
        ("<p <b onclick='f()'>", ";{f()}"),
        ("a < b <c onclick='f()'> d </c", ";{f()}"),
    ],
)
def test_code_of_html(text: str, expected: str) -> None:
    assert program(text) == expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("var a = {{ a.b }};", "var a = _ǂ_______;"),
        ("var a = {{{json a}}};", "var a = _ǂ_________;"),
        ("var a = <%= raw @a.to_json %>;", "var a = _ǂ__________________;"),
        ("var a = <?= $a ?>;", "var a = _ǂ______;"),
        ("f('{{ a }}')", "f('¤¤¤¤¤¤¤')"),
        ("f('{{ a|default:'b' }}', \"{% trans \"x\" %}\")", "f('¤¤¤¤¤¤¤¤¤¤¤¤¤¤¤¤¤¤', \"¤¤¤¤¤¤¤¤¤¤¤¤¤\")"),
        ("f(`a {{ b }}`)", "f(`a ¤¤¤¤¤¤¤`)"),
        ("f(a_{{ b }}_c)", "f(a__ǂ_____c)".replace("_____c", "_____c")),
        ("{{ form.media }}\nf()", "f()"),
        ("{{ snippet }} f()", "_ǂ_________ f()"),
        ("{% if a %} f(); {% else %} g(); {% endif %}", "f(); g();"),
        ("{{#if a}} f(); {{else}} g(); {{/if}}", "f(); g();"),
        ("<% if a %> f(); <% else %> g(); <% end %>", "f(); g();"),
        ("<% if (a) { %> f(); <% } else { %> g(); <% } %>", "f(); g();"),
        ("<?php if ($a): ?> f(); <?php else: ?> g(); <?php endif; ?>", "f(); g();"),
        ("{{- if .A -}} f(); {{- else -}} g(); {{- end }}", "f(); g();"),
        ("x = {% if a %}1{% else %}2{% endif %};", "x = 1|| 2 ;"),
        ("f({% if a %}'A'{% else %}'B'{% endif %})", "f( 'A'|| 'B' )"),
        ("[1, {% if a %}2,{% else %}3,{% endif %}]", "[1, 2, 3, ]"),
        ("x = {% include 'a.json' %};", "x = _ǂ_ ;"),
        ("f({% url 'x' %}, 1)", "f(_ǂ_ , 1)"),
        ("f(); {# no {{ a }} ' #} g();", "f(); g();"),
        ("f('a{# no #}b')", "f('a·······b')"),
        ("// it's {{ a }} <% b\n %>\nf()", "// it's f()"),
        ("x = /['\"]/; f('{{ a }}')", "x = /['\"]/; f('¤¤¤¤¤¤¤')"),
        ("/* ' {{ a }} */ f({{ b }})", "/* ' {{ a }} */ f(_ǂ_____)"),
        ("`${{a: 1}.a}`; if (a) {{b(); c()}}", "`${{a: 1}.a}`; if (a) {{b(); c()}}"),
        ("a = 'it\nf({{ b }})", "a = 'it f(_ǂ_____)"),
    ],
)
def test_template_tags_in_scripts(script: str, expected: str) -> None:
    found = program(f"<script>{script}</script>")
    assert _squeezed(found) == _squeezed(f"{expected} ;")


def _squeezed(text: str) -> str:
    return re.sub(r"([_¤·])\1+", r"\1", text)


def test_template_tags_in_tags_and_attributes() -> None:
    text = """<b {% if a > "b" %}class="{{ c("d") }}"{% endif %} onclick="f('{{ url("e") }}')" {{ attrs }}>"""
    assert program(text) == ";{f('" + "¤" * len('{{ url("e") }}') + "')}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<template><b @click="buy" /></template>', ";{buy}"),
        ('<b @click="() => buy(1)"/>', ";{() => buy(1)}"),
        ('<b @scroll.passive="f" v-on:click.once="g($event)"/>', ";{f} ;{g($event)}"),
        ('<b :a="f(x)" v-bind:b="g()" v-if="h()" v-model="k"/>', ";(f(x)); ;(g()); ;(h());"),
        ('<b :a="{b: f()}"/>', ";({b: f()});"),
        ('<b v-for="x in f()" v-slot="{ y = g() }" #z="{ w = h() }"/>', ""),
        ("<p>{{ f(x) }}{{ g(y) | cap }}{{ z }}</p>", ";( f(x) );;( g(y) | cap );"),
        ("<p>{{ a < b(c) }}</p>", ";( a < b(c) );"),
        ('<template lang="pug">b(@click="f()")</template><script>g()</script>', "g() ;"),
        ('<i18n>{"a": "<b @click=\'f()\'>"}</i18n><script>g()</script>', "g() ;"),
        ('<script lang="ts">f<T>(x as T)</script>', "f<T>(x as T) ;"),
        ('<script setup generic="T extends A<B>">f()</script>', "f() ;"),
    ],
)
def test_code_of_vue(text: str, expected: str) -> None:
    assert program(text, "vue") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<b on:click={buy}/>", ";{buy}"),
        ("<b on:click|once={() => buy({a: '}'})} onscroll={go}/>", ";{() => buy({a: '}'})} ;{go}"),
        ('<b on:click="{buy}"/>', "; {buy}"),
        ("<b on:click/>", ""),
        ("<p class='a {f(x)} b' style={g()} {...rest} {h}>{t(1)}{u(2)}</p>", ";f(x); ;g(); ;t(1);;u(2);"),
        ("{#each f(xs) as x (x.id)}{x}{/each}", "; f(xs) ;"),
        ("{#await f() then x}{/await}", "; f() ;"),
        ("{#if f()}{:else if g()}{/if}{@html h()}{@const c = k()}", "; f();; g(); ; h();; const c = k();"),
        ("{#snippet s(x)}{/snippet}", ""),
        ("{@html `<script>${f()}</script>`}", "; `<script>${f()}</script>`;"),
        ("<script context='module'>f()</script><script>g()</script>", "f() ; g() ;"),
    ],
)
def test_code_of_svelte(text: str, expected: str) -> None:
    assert program(text, "svelte") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\nconst a: A = f();\n---\n<p>{a}</p>", "const a: A = f();"),
        ("\n---\nf()\n---\n<p class={g()} onclick='h()'>{k()}</p>", "f() ;g(); ;{h()} ;k();"),
        ("<script>f()</script>", "{f() }"),
        ("---\nf()", "f()"),
        ("<p>{xs.map((x) => <li>{x}</li>)}</p>", ";xs.map((x) => <li>{x}</li>);"),
    ],
)
def test_code_of_astro(text: str, expected: str) -> None:
    assert program(text, "astro") == expected


# ----------------------------------------------------------------------------------------------------------- the facts


def test_places_are_those_of_the_page() -> None:
    text = """<!doctype html>
<p>Größe ✓ <b onclick="FS.event('Clicked', {})">Buy</b></p>\r
<script>
  window.FS.event('Sent', { n_int: 1 });
</script>
"""
    facts = facts_of(text)
    assert called(facts, text) == ["FS.event('Clicked', {})", "window.FS.event('Sent', { n_int: 1 })"]
    assert [place(call.args[0].value, text) for call in facts.calls] == ["'Clicked'", "'Sent'"]
    lines = text.encode().splitlines(keepends=True)
    assert facts.lines == tuple(sum(map(len, lines[:i])) for i in range(len(lines) + 1))


def test_handlers_are_functions() -> None:
    text = """<b onclick="if (ok) { go('a'); }" onscroll='FS.event("Scrolled")'></b>"""
    facts = facts_of(text)
    assert [use for use, _ in handlers(facts, text)] == ["attr:onclick", "attr:onscroll"]
    assert all(facts.functions[call.function].kind == "handler" for call in facts.calls)


def test_scripts_of_a_page_share_their_globals() -> None:
    text = """<script>function track(n) { FS.event(n); }</script><script>track('A');</script>
<b onclick="track('B')">"""
    facts = facts_of(text)
    callees = [call.callee for call in facts.calls]
    names = [facts.bindings[callee.binding].name for callee in callees if isinstance(callee, Name)]
    assert names == ["track", "track"]


def test_vue_setup_and_its_template() -> None:
    text = """<template>
  <b @click="buy" @scroll="track('Scrolled')">{{ label('x') }}</b>
</template>
<script setup lang="ts">
import { track } from '~/track';
const label = (x: string): string => x;
function buy(): void { FS.event('Bought', { n_int: 1 as number }); }
</script>
"""
    facts = facts_of(text, "vue")
    assert called(facts, text) == ["track('Scrolled')", "label('x')", "FS.event('Bought', { n_int: 1 as number })"]
    assert [i.specifier for i in facts.imports] == ["~/track"]
    assert isinstance(facts.calls[0].callee, Name)
    assert tuple(use for use, _ in handlers(facts, text)) == ("attr:onclick", "attr:onscroll")
    assert facts.broken == ()


@pytest.mark.parametrize(
    "component",
    [
        "export default { methods: { track(n) { FS.event(n); } } }",
        "export default defineComponent({ methods: { track: (n) => { FS.event(n); } } })",
        "export default { setup() { const track = (n) => { FS.event(n); }; return { track }; } }",
    ],
)
def test_vue_options_are_called_by_the_template(component: str) -> None:
    text = f"<template><b @click=\"track('X')\" /></template>\n<script>{component}</script>"
    facts = facts_of(text, "vue")
    call = next(call for call in facts.calls if place(call, text) == "track('X')")
    assert isinstance(call.callee, (FunctionRef, Name))
    assert place(call.callee, text) == "track"


def test_svelte_component() -> None:
    text = """<script lang="ts">
  export let total: number = 0;
  const buy = () => { FS.event('Bought', { total_real: total }); };
</script>
<b on:click={buy} on:scroll={() => FS.event('Scrolled')}>{#if can(total)}x{/if}</b>
"""
    facts = facts_of(text, "svelte")
    assert called(facts, text) == [
        "FS.event('Bought', { total_real: total })",
        "FS.event('Scrolled')",
        "can(total)",
    ]
    assert {use for use, _ in handlers(facts, text)} == {"attr:onclick", "attr:onscroll"}


def test_astro_scripts_are_handlers_and_the_frontmatter_is_the_module() -> None:
    text = """---
import { sent } from '../server';
await sent('Rendered');
---
<b onclick="FS.event('A')">x</b>
<script>
  import { track } from '../client';
  track('Loaded');
</script>
"""
    facts = facts_of(text, "astro")
    by_place = {place(call, text): facts.functions[call.function] for call in facts.calls}
    assert by_place["sent('Rendered')"].kind == "module"
    assert by_place["track('Loaded')"].used_as == "attr:script"
    assert by_place["FS.event('A')"].used_as == "attr:onclick"
    assert [i.specifier for i in facts.imports] == ["../server", "../client"]


def test_tags_in_strings_are_holes() -> None:
    text = """<script>FS.event('user {{ user.id }} paid', {plan_str: '{{ plan }}', n_int: {{ n }}, 'a{{ b }}': 1});</script>"""
    facts = facts_of(text)
    name = argument(facts, "event")
    assert isinstance(name, Template)
    assert [place(part, text) for part in name.parts] == ["'user ", "{{ user.id }}", " paid'"]
    assert [type(part) for part in name.parts] == [Literal, Unknown, Literal]
    assert [part.value for part in name.parts if isinstance(part, Literal)] == ["user ", " paid"]
    properties = argument(facts, "event", 1)
    assert isinstance(properties, Object)
    plan, count, computed = properties.entries
    assert isinstance(plan.value, Template)
    assert [place(part, text) for part in plan.value.parts] == ["{{ plan }}"]
    assert isinstance(count.value, Unknown)
    assert place(count.value, text).startswith("{{ n")
    assert isinstance(computed.key, Template)


def test_no_mark_is_left_in_the_facts() -> None:
    text = """<script>var {{ a }} = `x{{ b }}${c}`; f('{{ d }}' + "{{ e }}", {{ f }}.g, h['{{ i }}'], {{ j }}());</script>
<b onclick="f(&quot;A&quot;, '{{ k }}')">"""
    facts = facts_of(text)
    assert not _MARKS.search(msgspec.json.encode(facts))
    assert decode(encode(facts)) == facts


def test_both_sides_of_a_choice() -> None:
    text = "<script>FS.event({% if a %}'A'{% else %}'B'{% endif %});</script>"
    name = argument(facts_of(text), "event")
    assert isinstance(name, OneOf)
    assert [v.value for v in name.values if isinstance(v, Literal)] == ["A", "B"]


def test_entities_in_handlers() -> None:
    text = '<b onclick="FS.event(&quot;Buy &amp; go&quot;, {})">'
    name = argument(facts_of(text), "event")
    assert isinstance(name, Literal)
    assert name.value == "Buy & go"
    assert place(name, text) == "&quot;Buy &amp; go&quot;"


def test_broken_templates_are_no_broken_pages() -> None:
    assert facts_of('<b onclick="a b c (" x="{{ %% }}"><script>f()</script>').broken == ()
    assert facts_of("<template>{{ a b(c) d }}</template><script>f()</script>", "vue").broken == ()
    assert facts_of("<script>{% weird %} a b {{ c }} d</script>").broken == ()
    assert facts_of("<script>function ( {</script>").broken != ()


@pytest.mark.parametrize(
    ("comment", "language"),
    [
        ("<!-- fslint: ignore[FS201] why -->", "html"),
        ("{# fslint: ignore[FS201] why #}", "html"),
        ("<%# fslint: ignore[FS201] why %>", "html"),
        ("{{! fslint: ignore[FS201] why }}", "html"),
        ("<!-- fslint: ignore[FS201] why -->", "vue"),
        ("{/* fslint: ignore[FS201] why */}", "astro"),
    ],
)
def test_every_comment_of_a_page_may_suppress(comment: str, language: str) -> None:
    text = f"<p>\n  {comment}\n  <b\n onclick=\"FS.event('A')\">x</b>\n</p>"
    (found,) = facts_of(text, language).suppressions
    assert (found.codes, found.reason) == (("FS201",), "why")
    assert text[found.covers_start : found.covers_end].endswith("FS.event('A')\">")


def test_suppressions() -> None:
    text = """<!-- fslint: ignore[FS201] because -->
<b onclick="FS.event('A')">x</b>
<i onclick="FS.event('B')">x</i> <!-- fslint: ignore[FS202] -->
{# fslint: ignore[FS203] #}
<script>
  // fslint: ignore[FS204]
  FS.event('C');
</script>
<!-- fslint: ignore-file[FS205] -->
"""
    found = {s.codes[0]: s for s in facts_of(text).suppressions}
    covered = {code: text.encode()[s.covers_start : s.covers_end].decode() for code, s in found.items()}
    assert "FS.event('A')" in covered["FS201"]
    assert "FS.event('B')" not in covered["FS201"]
    assert found["FS201"].reason == "because"
    assert covered["FS202"].startswith("<i onclick")
    assert "FS.event('C')" in covered["FS203"]
    assert "FS.event('C')" in covered["FS204"]
    assert found["FS205"].scope == "file"
    assert place(found["FS201"], text) == "<!-- fslint: ignore[FS201] because -->"


KEY = "na1." + "Ab3" * 24


def test_keys_in_comments_scripts_and_attributes() -> None:
    text = f"""<!-- {KEY} --><p data-key="{KEY}">{KEY}</p><script>f('{KEY}'); // {KEY}
</script>"""
    facts = facts_of(text)
    assert [place(use, text) for use in facts.comment_keys] == [KEY, KEY]
    assert [place(secret, text).strip("'") for secret in facts.literals] == [KEY, KEY, KEY]
    assert KEY.encode() not in encode(facts)


def test_the_pasted_snippet_is_known() -> None:
    snippet = "window['_fs_host']='fullstory.com';(function(m,n,e,t,l,o,g,y){g=m[e]=function(a,b,s){g.q.push([a,b,s])};g.q=[];"
    snippet += "o=n.createElement(t);o.src='https://edge.fullstory.com/s/fs.js';})(window,document,window['_fs_namespace'],'script');"
    text = f"<head><script>\n{snippet}\n</script></head><script>FS.event('A')</script>"
    facts = facts_of(text)
    assert facts.snippet_ranges
    assert all(0 < start < end <= text.index("</script>") + 10 for start, end in facts.snippet_ranges)


def test_an_export_of_a_component_is_an_export() -> None:
    facts = facts_of("<script>export default { name: 'A' }\nexport const B = 'b';</script>", "vue")
    assert {export.name for export in facts.exports} == {"default", "B"}


# -------------------------------------------------------------------------------------------------------------- limits

_MARKS = re.compile(rb"u001[ab]")

_PIECES = (
    '<script> </script> <script type=module> <!-- --> <b onclick=" onclick=\' @click=" :x=" on:click={ " \' > < / '
    "{{ }} {% %} {# #} <% %> <?php ?> {{{ }}} {#if {/if} {:else { } ( ) [ ] = ; ` ${ // /* */ \\ f('x') &quot; &#39; "
    "--- {%if {%else%} {{else}} a \x1a \x1b \x00 é ǂ \U0001f600 <style> <template lang=pug> <![CDATA[ javascript: "
    "fslint: ignore[FS1] na1."
)
PIECES = st.sampled_from(_PIECES.split(" ")) | st.sampled_from([" ", "\n", "\r\n", "\t"])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from(["html", "vue", "svelte", "astro"]))
def test_never_raises(text: str, language: str) -> None:
    facts = extract(text.encode(), language)
    assert facts.size == len(text.encode())
    assert all(0 <= call.start <= call.end <= facts.size for call in facts.calls)
    assert not _MARKS.search(msgspec.json.encode(facts)) or _MARKS.search(msgspec.json.encode(text))


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["html", "vue", "svelte", "astro"]))
def test_never_raises_on_bytes(data: bytes, language: str) -> None:
    assert extract(data, language).size == len(data)


@pytest.mark.parametrize(
    "piece", ["<b ", "{{", "{%", "<%", "{#", "<!--", "<script>", "\"'", "{", "<a x='{{", "a='", "&quot;"]
)
@pytest.mark.parametrize("language", ["html", "svelte"])
def test_unclosed_things_take_no_time(piece: str, language: str) -> None:
    started = time.perf_counter()
    page = Page((piece * 20_000).encode(), language)
    page.scan()
    assert time.perf_counter() - started < 30  # 0.2 s on two idle cores, hours where it is quadratic


def test_a_large_page_takes_no_time() -> None:
    row = '<div class="a b" id="x"><a href="/y" data-x="1" style="c: d">t</a><p style="x">hello</p>{{ x }}</div>\n'
    data = (row * 10_000 + "<script>FS.event('A')</script>").encode()
    started = time.perf_counter()
    facts = extract(data, "html")
    assert len(facts.calls) == 1
    assert time.perf_counter() - started < 30  # 0.2 s on two idle cores
