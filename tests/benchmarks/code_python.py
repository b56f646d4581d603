"""Random Python: what views, jobs, models and services are made of, without tracking.

``¤`` stands for the word that makes the names of a file its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from .code_web import indent
from .vocabulary import Words, constant, pascal, snake

Env = Sequence[str]
_TYPES = ("str", "int", "float", "bool", "list[str]", "dict[str, int]", "str | None", "Decimal", "datetime")
_COLUMNS = (
    "CharField(max_length=80)",
    "IntegerField(default=0)",
    "BooleanField(default=False)",
    "DateTimeField(null=True)",
    "TextField(blank=True)",
)
_ERRORS = ("KeyError", "ValueError", "TimeoutError", "(TypeError, LookupError)", "OSError")


class Python:
    """Writes blocks: definitions of a module."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.rng = words.rng

    def expression(self, env: Env, depth: int = 0) -> str:
        rng, words = self.rng, self.words
        draw = rng.random() + depth * 0.16
        if draw < 0.16:
            return f"{snake(words.action())}({', '.join(self.expression(env, depth + 1) for _ in range(rng.randint(1, 3)))})"
        if draw < 0.24:
            return f"({self.expression(env, depth + 1)} if {self.condition(env)} else {self.literal()})"
        if draw < 0.32:
            entries = ", ".join(
                f'"{words.noun()}": {self.expression(env, depth + 1)}' for _ in range(rng.randint(1, 4))
            )
            return f"{{{entries}}}"
        if draw < 0.42:
            one = words.noun()
            return (
                f"[{self.expression([*env, one], depth + 2)} for {one} in {rng.choice(env)}.{words.noun()}s if {one}]"
            )
        if draw < 0.5:
            return f'f"{words.noun()}/{{{rng.choice(env)}.{snake(words.thing())}}}/{words.noun()}"'
        if draw < 0.58:
            return f'{rng.choice(env)}.get("{words.noun()}", {self.literal()})'
        if draw < 0.8:
            return f"{rng.choice(env)}.{snake(words.thing())}"
        return rng.choice((rng.choice(env), self.literal(), f"len({rng.choice(env)}.{words.noun()}s)"))

    def literal(self) -> str:
        rng, words = self.rng, self.words
        return rng.choice(
            (str(rng.randint(0, 400)), f'"{words.noun()}"', f'"{snake(words.thing())}"', "None", "True", "False",
             f'"{words.title()}"', f"{rng.random() * 90:.2f}", "[]", "()")
        )  # fmt: skip

    def condition(self, env: Env) -> str:
        rng, words = self.rng, self.words
        one = rng.choice(env)
        return rng.choice(
            (f"len({one}.{words.noun()}s) > {rng.randint(0, 20)}", f"not {one}", f'{one}.{words.noun()} == "{words.adjective()}"',
             f"{one}.{words.noun()} is not None and {one}.{words.noun()} < {rng.randint(1, 99)}", f"isinstance({one}, str)",
             f'"{words.noun()}" in {one}')
        )  # fmt: skip

    def body(self, env: Env, lines: int, awaits: bool = False) -> str:
        known = [*env]
        text = "".join(self.statement(known, awaits) for _ in range(lines))
        return text + f"return {self.expression(known)}\n"

    def statement(self, env: list[str], awaits: bool, depth: int = 0) -> str:
        rng, words = self.rng, self.words
        draw = rng.random()
        if draw < 0.4 or depth > 2:
            note = f"# {words.phrase()}\n" if rng.random() < 0.2 else ""
            name = snake(words.thing()) + str(len(env))
            text = f"{note}{name} = {'await ' if awaits and rng.random() < 0.4 else ''}{self.expression(env)}\n"
            env.append(name)
            return text
        if draw < 0.52:
            inner = "".join(self.statement([*env], awaits, depth + 1) for _ in range(rng.randint(1, 3)))
            other = f"else:\n{indent(self.statement([*env], awaits, depth + 1), 4)}" if rng.random() < 0.3 else ""
            return f"if {self.condition(env)}:\n{indent(inner, 4)}{other}"
        if draw < 0.63:
            one = words.noun()
            inner = "".join(self.statement([*env, one], awaits, depth + 1) for _ in range(rng.randint(1, 3)))
            return f"for {one} in {rng.choice(env)}.{words.noun()}s:\n{indent(inner, 4)}"
        if draw < 0.7:
            inner = indent(self.statement([*env], awaits, depth + 1), 4)
            return f'try:\n{inner}except {rng.choice(_ERRORS)} as error:\n    logger.warning("{words.phrase()}: %s", error)\n'
        if draw < 0.75:
            return f"with {snake(words.action())}({rng.choice(env)}) as {words.noun()}:\n{indent(self.statement([*env], awaits, depth + 1), 4)}"
        if draw < 0.8:
            return f'if {self.condition(env)}:\n    raise ValueError(f"{words.noun()} {{{rng.choice(env)}!r}}")\n'
        return f"{rng.choice(env)}.{snake(words.action())}({self.expression(env)})\n"

    def parameters(self) -> tuple[list[str], str]:
        names = list(dict.fromkeys(self.words.noun() for _ in range(self.rng.randint(1, 3))))
        hints = self.rng.random() < 0.7
        return names, ", ".join(f"{name}: {self.rng.choice(_TYPES)}" if hints else name for name in names)

    def docstring(self) -> str:
        draw, words = self.rng.random(), self.words
        if draw < 0.4:
            return ""
        if draw < 0.75:
            return f'"""{words.phrase().capitalize()}."""\n'
        return f'"""{words.phrase().capitalize()}.\n\nArgs:\n    {words.noun()}: {words.phrase()}\n    {words.noun()}: {words.phrase()}\n"""\n'

    def function(self) -> str:
        rng = self.rng
        names, listed = self.parameters()
        name = snake(self.words.unique(self.words.action()))
        awaits = rng.random() < 0.25
        mark = rng.choice(("", "", "", "@cached\n", f'@task(queue="{self.words.noun()}")\n'))
        inner = indent(self.docstring() + self.body(names, rng.randint(1, 8), awaits), 4)
        return f"{mark}{'async ' if awaits else ''}def {name}_¤({listed}):\n{inner}\n\n"

    def view(self) -> str:
        words = self.words
        name = snake(words.unique(words.action()))
        inner = indent(self.docstring() + self.body(["request", "session"], self.rng.randint(1, 5), True), 4)
        verb = self.rng.choice(("get", "post", "put", "delete"))
        return f'@router.{verb}("/{words.noun()}s/{{id}}/{words.noun()}")\nasync def {name}_¤(id: int, request: Request, session=Depends(get_session)):\n{inner}\n\n'

    def model(self) -> str:
        words, rng = self.words, self.rng
        fields = dict.fromkeys(snake(words.thing()) for _ in range(rng.randint(2, 8)))
        lines = "".join(f"    {field} = models.{rng.choice(_COLUMNS)}\n" for field in fields)
        methods = "".join(
            f"\n    def {snake(words.action())}(self):\n{indent(self.body(['self'], rng.randint(0, 3)), 8)}"
            for _ in range(rng.randint(0, 3))
        )
        name = pascal(words.unique(words.thing()))
        return f'class {name}_¤(models.Model):\n{lines}\n    class Meta:\n        ordering = ["{words.noun()}"]\n{methods}\n\n'

    def record(self) -> str:
        words, rng = self.words, self.rng
        fields = dict.fromkeys(snake(words.thing()) for _ in range(rng.randint(2, 8)))
        lines = "".join(f"    {field}: {rng.choice(_TYPES)}\n" for field in fields)
        return f"@dataclass(frozen=True)\nclass {pascal(words.unique(words.thing()))}_¤:\n{indent(self.docstring(), 4)}{lines}\n\n"

    def class_(self) -> str:
        words, rng = self.words, self.rng
        methods = "".join(
            f"\n    def {snake(words.action())}(self, {listed}):\n{indent(self.body([*names, 'self'], rng.randint(1, 5)), 8)}"
            for names, listed in (self.parameters() for _ in range(rng.randint(1, 5)))
        )
        name = pascal(words.unique(words.thing()))
        return f"class {name}Service_¤:\n    def __init__(self, {words.noun()}, *, limit=10):\n        self.limit = limit\n{methods}\n\n"

    def table(self) -> str:
        words, rng = self.words, self.rng
        rows = "".join(
            f'    "{snake(words.thing())}": ({self.literal()}, {self.literal()}),\n' for _ in range(rng.randint(3, 14))
        )
        return f"{constant(words.unique(words.thing()))}_¤ = {{\n{rows}}}\n\n"

    def oddity(self) -> str:
        """What looks like tracking or FullStory to a search, and is neither."""
        name = snake(self.words.unique(self.words.action()))
        return self.rng.choice(
            (
                f"DEFAULT_OFFSET_{name.upper()} = {self.rng.randint(1, 90)}\n\n\n",
                f"def {name}_¤(fs_path):\n    # The full story: {self.words.phrase()}.\n    return fs_path.read_text()\n\n\n",
                f"def {name}_¤(parcel):\n    return parcel.carrier.track(parcel.number)\n\n\n",
            )
        )

    def test(self) -> str:
        name = snake(self.words.unique(self.words.action()))
        inner = indent(self.statement(["client", "db"], False) + f"assert {self.condition(['client', 'db'])}\n", 4)
        return f"def test_{name}_¤(client, db):\n{inner}\n\n"
