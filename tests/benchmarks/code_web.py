"""Random TypeScript, TSX, JavaScript and Vue: what features, stores, services and pages are made of, without tracking.

``¤`` stands for the word that makes the names of a file its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from .vocabulary import Words, camel, constant, kebab, pascal, snake

Env = Sequence[str]
_TYPES = (
    "string",
    "number",
    "boolean",
    "Date",
    "string[]",
    "Record<string, unknown>",
    "string | null",
    "ReadonlyArray<number>",
)
_TAGS = ("div", "section", "span", "li", "article", "header", "p", "td")
_COMPONENTS = ("Button", "Card", "Stack", "Text", "Badge", "Tooltip", "Modal", "Field", "Icon")
_CLASSES = (
    "flex",
    "gap-2",
    "p-4",
    "mt-2",
    "text-sm",
    "rounded-lg",
    "border",
    "bg-white",
    "items-center",
    "w-full",
    "grid",
)
_METHODS = ("trim()", "toLowerCase()", "slice(0, 12)", "toString()", "padStart(4, '0')", "split(',')")


def indent(text: str, by: int = 2) -> str:
    """Every line of a text, further in."""
    return "".join(" " * by + line if line.strip() else line for line in text.splitlines(keepends=True))


class Web:
    """Writes blocks: declarations of a module. ``typed``: TypeScript."""

    def __init__(self, words: Words, typed: bool) -> None:
        self.words = words
        self.rng = words.rng
        self.typed = typed

    # ------------------------------------------------------------------------------------------------ expressions

    def expression(self, env: Env, depth: int = 0) -> str:
        rng, words = self.rng, self.words
        draw = rng.random() + depth * 0.16
        if draw < 0.14:
            return f"{camel(words.action())}({', '.join(self.expression(env, depth + 1) for _ in range(rng.randint(1, 3)))})"
        if draw < 0.22:
            return f"({self.condition(env)} ? {self.expression(env, depth + 1)} : {self.expression(env, depth + 1)})"
        if draw < 0.32:
            return self.object(env, depth + 1)
        if draw < 0.4:
            one = words.noun()
            value = self.expression([*env, one], depth + 2)
            return f"{rng.choice(env)}.{words.noun()}s.map(({one}) => {f'({value})' if value[0] == '{' else value})"
        if draw < 0.48:
            return f"`{words.noun()}/${{{rng.choice(env)}.{camel(words.thing())}}}/{words.noun()}`"
        if draw < 0.54:
            return f"{rng.choice(env)}?.{words.noun()}?.{camel(words.thing())} ?? {self.literal()}"
        if draw < 0.6:
            return f"[{', '.join(self.literal() for _ in range(rng.randint(1, 5)))}]"
        if draw < 0.8:
            return f"{rng.choice(env)}.{camel(words.thing())}"
        return rng.choice((rng.choice(env), self.literal(), f"{rng.choice(env)}.{words.noun()}.{rng.choice(_METHODS)}"))

    def literal(self) -> str:
        rng, words = self.rng, self.words
        return rng.choice(
            (str(rng.randint(0, 400)), f"'{words.noun()}'", f"'{kebab(words.thing())}'", "null", "true", "false",
             f"'{words.title()}'", f"{rng.random() * 90:.2f}", "[]", "undefined")
        )  # fmt: skip

    def object(self, env: Env, depth: int = 0) -> str:
        rng, words = self.rng, self.words
        names = dict.fromkeys(camel(words.thing()) for _ in range(rng.randint(1, 4)))
        entries = [f"{name}: {self.expression(env, depth + 1)}" for name in names]
        if rng.random() < 0.2:
            entries.insert(0, f"...{rng.choice(env)}")
        return "{ " + ", ".join(entries) + " }"

    def condition(self, env: Env) -> str:
        rng, words = self.rng, self.words
        one = rng.choice(env)
        return rng.choice(
            (f"{one}.{words.noun()}s.length > {rng.randint(0, 20)}", f"!{one}", f"{one}.{words.noun()} === '{words.adjective()}'",
             f"{one}.{words.noun()} != null && {one}.{words.noun()}.{words.noun()} < {rng.randint(1, 99)}",
             f"{camel(['is', *words.thing()])}({one})", f"typeof {one}.{words.noun()} === 'string'")
        )  # fmt: skip

    def typed_as(self, type_: str) -> str:
        return f": {type_}" if self.typed else ""

    # ------------------------------------------------------------------------------------------------- statements

    def body(self, env: Env, lines: int, awaits: bool = False) -> str:
        """Statements, and a return."""
        known = [*env]
        text = "".join(self.statement(known, awaits) for _ in range(lines))
        return text + f"return {self.expression(known)};\n"

    def statement(self, env: list[str], awaits: bool, depth: int = 0) -> str:
        rng, words = self.rng, self.words
        draw = rng.random()
        if draw < 0.08:
            return f"// {words.phrase()}\n"
        if draw < 0.38 or depth > 2:
            name = camel(words.thing()) + str(len(env))
            value = self.expression(env)
            text = f"const {name} = {'await ' if awaits and rng.random() < 0.4 else ''}{value};\n"
            env.append(name)
            return text
        if draw < 0.5:
            inner = "".join(self.statement([*env], awaits, depth + 1) for _ in range(rng.randint(1, 3)))
            other = f" else {{\n{indent(self.statement([*env], awaits, depth + 1))}}}" if rng.random() < 0.3 else ""
            return f"if ({self.condition(env)}) {{\n{indent(inner)}}}{other}\n"
        if draw < 0.6:
            one = words.noun()
            inner = "".join(self.statement([*env, one], awaits, depth + 1) for _ in range(rng.randint(1, 3)))
            return f"for (const {one} of {rng.choice(env)}.{words.noun()}s) {{\n{indent(inner)}}}\n"
        if draw < 0.66:
            inner = indent(self.statement([*env], awaits, depth + 1))
            return f"try {{\n{inner}}} catch (error) {{\n  logger.warn('{words.phrase()}', {{ error }});\n}}\n"
        if draw < 0.72:
            cases = "".join(
                f"  case '{words.noun()}':\n    {camel(words.action())}({self.expression(env, 1)});\n    break;\n"
                for _ in range(rng.randint(2, 4))
            )
            return f"switch ({rng.choice(env)}.{words.noun()}) {{\n{cases}  default:\n    break;\n}}\n"
        if draw < 0.78:
            return f"if ({self.condition(env)}) return {self.expression(env)};\n"
        return f"{rng.choice(env)}.{camel(words.action())}({self.expression(env)});\n"

    # ----------------------------------------------------------------------------------------------------- blocks

    def parameters(self) -> tuple[list[str], str]:
        names = list(dict.fromkeys(self.words.noun() for _ in range(self.rng.randint(1, 3))))
        return names, ", ".join(name + self.typed_as(self.rng.choice(_TYPES)) for name in names)

    def name(self, words: list[str]) -> list[str]:
        return self.words.unique(words)

    def function(self) -> str:
        rng = self.rng
        names, listed = self.parameters()
        name = camel(self.name(self.words.action())) + "¤"
        awaits = rng.random() < 0.35
        inner = indent(self.body(names, rng.randint(1, 7), awaits))
        mark = "async " if awaits else ""
        if rng.random() < 0.4:
            return f"{self.comment()}export const {name} = {mark}({listed}) => {{\n{inner}}};\n"
        return f"{self.comment()}export {mark}function {name}({listed}) {{\n{inner}}}\n"

    def comment(self) -> str:
        draw = self.rng.random()
        if draw < 0.3:
            return f"/** {self.words.phrase().capitalize()}. */\n"
        if draw < 0.4:
            return f"/**\n * {self.words.phrase()}\n * @param {self.words.noun()} {self.words.phrase()}\n */\n"
        return ""

    def interface(self) -> str:
        rng, words = self.rng, self.words
        fields = dict.fromkeys(camel(words.thing()) for _ in range(rng.randint(2, 9)))
        if not self.typed:
            return self.table()
        lines = "".join(
            f"  {rng.choice(('', 'readonly '))}{f}{rng.choice(('', '', '?'))}: {rng.choice(_TYPES)};\n" for f in fields
        )
        return f"export interface {pascal(self.name(words.thing()))}¤ {{\n{lines}}}\n"

    def table(self) -> str:
        """Rows of data: columns, routes, options."""
        rng, words = self.rng, self.words
        keys = list(dict.fromkeys(words.noun() for _ in range(rng.randint(2, 4))))
        rows = "".join(
            "  { " + ", ".join(f"{key}: {self.literal()}" for key in keys) + " },\n" for _ in range(rng.randint(3, 14))
        )
        return f"export const {constant(self.name(words.thing()))}_¤ = [\n{rows}]{' as const' if self.typed else ''};\n"

    def class_(self) -> str:
        rng, words = self.rng, self.words
        fields = list(dict.fromkeys(words.noun() for _ in range(rng.randint(1, 3))))
        lines = [
            "  " + ("private " if self.typed else "") + f"{f}{self.typed_as('Map<string, unknown>')} = new Map();\n"
            for f in fields
        ]
        for _ in range(rng.randint(2, 5)):
            names, listed = self.parameters()
            awaits = rng.random() < 0.4
            inner = indent(self.body([*names, "this"], rng.randint(1, 4), awaits), 4)
            lines.append(f"\n  {'async ' if awaits else ''}{camel(words.action())}({listed}) {{\n{inner}  }}\n")
        return f"{self.comment()}export class {pascal(self.name(words.thing()))}Service¤ {{\n{''.join(lines)}}}\n"

    def reducer(self) -> str:
        rng, words = self.rng, self.words
        cases = "".join(
            f"    case '{words.noun()}/{words.verb()}':\n      return {{ ...state, {words.noun()}: {self.expression(['state', 'action'], 1)} }};\n"
            for _ in range(rng.randint(2, 6))
        )
        name = camel(self.name([*words.thing(), "reducer"])) + "¤"
        head = f"export function {name}(state{self.typed_as('State')}, action{self.typed_as('Action')}) {{\n"
        return f"{head}  switch (action.type) {{\n{cases}    default:\n      return state;\n  }}\n}}\n"

    def request(self) -> str:
        words = self.words
        name = camel(self.name(["fetch", *words.thing()])) + "¤"
        result = ": Promise<unknown>" if self.typed else ""
        return (
            f"export async function {name}(id{self.typed_as('string')}, signal{self.typed_as('AbortSignal')}){result} {{\n"
            f"  const response = await fetch(`/api/{words.noun()}s/${{id}}/{words.noun()}`, {{ signal }});\n"
            f"  if (!response.ok) throw new Error(`{words.noun()} ${{id}}: ${{response.status}}`);\n"
            f"  const {words.noun()} = await response.json();\n"
            f"{indent(self.body(['response', 'id'], self.rng.randint(1, 3)))}}}\n"
        )

    def hook(self) -> str:
        words = self.words
        one, two = words.noun(), words.noun() + "s"
        name = "use" + pascal(self.name(words.thing())) + "¤"
        generic = f"<{self.rng.choice(_TYPES)}>" if self.typed else ""
        return (
            f"export function {name}({one}{self.typed_as('string')}) {{\n"
            f"  const [{two}, set{two.capitalize()}] = useState{generic}({self.literal()});\n"
            f"  useEffect(() => {{\n{indent(self.statement([one, two], False), 4)}"
            f"    return () => set{two.capitalize()}({self.literal()});\n  }}, [{one}]);\n"
            f"  return useMemo(() => ({self.object([one, two])}), [{one}, {two}]);\n}}\n"
        )

    def component(self) -> str:
        words, rng = self.words, self.rng
        names = list(dict.fromkeys(words.noun() for _ in range(rng.randint(1, 4))))
        name = pascal(self.name(words.thing())) + rng.choice(("Panel", "Row", "Card", "List", "Form", "Header")) + "¤"
        props = f": {{ {'; '.join(f'{n}: {rng.choice(_TYPES)}' for n in names)} }}" if self.typed else ""
        known = [*names]
        inner = "".join(self.statement(known, False) for _ in range(rng.randint(0, 4)))
        return (
            f"{self.comment()}export function {name}({{ {', '.join(names)} }}{props}) {{\n{indent(inner)}"
            f"  return (\n{indent(self.element(known), 4)}  );\n}}\n"
        )

    def element(self, env: Env, depth: int = 0) -> str:
        """A tree of JSX."""
        rng, words = self.rng, self.words
        draw = rng.random()
        if depth > 3 or (depth and draw < 0.35):
            return rng.choice(
                (f"{{{rng.choice(env)}.{words.noun()}}}\n", f"{words.title()}\n",
                 f'<{rng.choice(_COMPONENTS)} {words.noun()}={{{self.expression(env, 2)}}} label="{words.title()}" />\n',
                 f"<span className=\"{self.classes()}\">{{t('{words.noun()}.{words.noun()}')}}</span>\n")
            )  # fmt: skip
        if depth and draw < 0.5:
            one = words.noun()
            return (
                f"{{{rng.choice(env)}.{words.noun()}s.map(({one}) => (\n"
                f"  <li key={{{one}.id}}>\n{indent(self.element([*env, one], depth + 1), 4)}  </li>\n))}}\n"
            )
        if depth and draw < 0.6:
            return f"{{{self.condition(env)} && (\n  <>\n{indent(self.element(env, depth + 1), 4)}  </>\n)}}\n"
        tag = rng.choice(_TAGS)
        click = f" onClick={{() => {camel(words.action())}({rng.choice(env)})}}" if rng.random() < 0.2 else ""
        inner = "".join(self.element(env, depth + 1) for _ in range(rng.randint(1, 3)))
        return f'<{tag} className="{self.classes()}"{click}>\n{indent(inner)}</{tag}>\n'

    def classes(self) -> str:
        return " ".join(dict.fromkeys(self.rng.choice(_CLASSES) for _ in range(self.rng.randint(1, 5))))

    def oddity(self) -> str:
        """What looks like tracking or FullStory to a search, and is neither."""
        name = camel(self.name(self.words.action())) + "¤"
        return self.rng.choice(
            (
                f"const PAGE_OFFSET_¤ = {self.rng.randint(1, 90)};\nexport const {name} = (page{self.typed_as('number')}) => page * PAGE_OFFSET_¤;\n",
                f"export function {name}(audio{self.typed_as('HTMLMediaElement')}) {{\n  const track = audio.textTracks[0];\n  track.mode = 'showing';\n  return track;\n}}\n",
                f"export function {name}(bus{self.typed_as('EventTarget')}) {{\n  bus.dispatchEvent(new CustomEvent('{self.words.noun()}'));\n}}\n",
                f"// The full story is in the wiki: {self.words.phrase()}.\nexport const {name} = (refs_) => refs_.length;\n",
            )
        )

    def test(self) -> str:
        words = self.words
        cases = "".join(
            f"  it('{words.phrase()}', async () => {{\n{indent(self.statement(['page', 'screen'], True), 4)}"
            f"    expect({self.expression(['page', 'screen'], 1)}).toEqual({self.literal()});\n  }});\n\n"
            for _ in range(self.rng.randint(1, 4))
        )
        return f"describe('{snake(self.name(words.action()))} ¤', () => {{\n{cases}}});\n"

    def style(self) -> str:
        words = self.words
        return f".{kebab(self.name(words.thing()))} {{\n  margin: {self.rng.randint(0, 32)}px;\n  color: var(--{kebab(words.thing())});\n  display: flex;\n}}\n\n"

    def markup(self) -> str:
        """What stands in a Vue template."""
        rng, words = self.rng, self.words
        return rng.choice(
            (f'<li v-for="{words.noun()} in {words.noun()}s" :key="id">{{{{ {words.noun()}.{words.noun()} }}}}</li>\n',
             f'<p v-if="{words.noun()}.{words.noun()}" class="{self.classes()}">{words.title()}</p>\n',
             f'<base-{words.noun()} :{words.noun()}="{words.noun()}" @click="{camel(words.action())}({words.noun()})" />\n',
             f'<div class="{self.classes()}">\n  <h2>{words.title()}</h2>\n  <slot name="{words.noun()}" />\n</div>\n')
        )  # fmt: skip
