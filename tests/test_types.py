"""The property type of values and of declarations, as the front ends and the evaluator give them."""

from __future__ import annotations

import pytest
from ruletest import run

from fslint.link.project import Project
from fslint.link.types import is_number, is_optional, type_of
from fslint.link.values import Obj, Val


def value_of(files: dict[str, str], name: str = "x") -> tuple[Val, Project]:
    """The value of one property of the last tracking call of a project."""
    _, project = run(files, ["FS301"])
    properties = project.calls[-1].properties
    assert isinstance(properties, Obj), properties
    entry = properties.get(name)
    assert entry is not None
    return entry.value, project


def kind(files: dict[str, str]) -> str | None:
    value, project = value_of(files)
    return type_of(value, project.evaluator)


def ts(expression: str, before: str = "", params: str = "v") -> dict[str, str]:
    return {"a.ts": f"{before}\nexport function f({params}) {{\n  FS.event('X', {{ x: {expression} }});\n}}\n"}


def py(expression: str, before: str = "", params: str = "v") -> dict[str, str]:
    body = f"def f({params}):\n    track_server_event('X', 'u1', {{'x': {expression}}})\n"
    return {"a.py": f"from telemetry import track_server_event\n{before}\n\n\n{body}"}


JAVASCRIPT = [
    ("v", None),
    ("v.name", None),
    ("v.load()", None),
    ("v + 1", None),
    ("c ? 1 : 'a'", None),
    ("Decimal(v)", None),
    ("JSON.parse(v)", None),
    ("'a'", "str"),
    ("'2024-01-15'", "isodate"),
    ("'2024-01-15T12:34:56.789Z'", "isodate"),
    ("'2024-13-45'", "str"),
    ("`a${v}`", "str"),
    ("String(v)", "str"),
    ("v + ''", "str"),
    ("v.toFixed(2)", "str"),
    ("total.toFixed(2)", "str"),
    ("JSON.stringify(v)", "str"),
    ("typeof v", "str"),
    ("process.env.PLAN", "str"),
    ("v.toISOString()", "isodate"),
    ("new Date().toISOString()", "isodate"),
    ("5", "int"),
    ("5.0", "int"),
    ("-3", "int"),
    ("1.5", "real"),
    ("v.length", "int"),
    ("v.items.length", "int"),
    ("v.length + 1", "int"),
    ("items.length", "int"),
    ("Date.now()", "int"),
    ("Date.now() - 5", "int"),
    ("Math.round(v)", "int"),
    ("parseInt(v, 10)", "int"),
    ("a / b", "num"),
    ("v - 1", "num"),
    ("Number(v)", "num"),
    ("+v", "num"),
    ("Math.max(v, 3)", "num"),
    ("true", "bool"),
    ("!!v", "bool"),
    ("Boolean(v)", "bool"),
    ("v > 3", "bool"),
    ("v.includes('a')", "bool"),
    ("import.meta.env.DEV", "bool"),
    ("new Date()", "date"),
    ("null", "null"),
    ("undefined", "null"),
    ("v ? 'a' : 'b'", "str"),
    ("v ? 'a' : null", "str"),
    ("v ? 1 : 2.5", "num"),
    ("v ?? 3", None),
    ("['a', 'b']", "strs"),
    ("[1, 2]", "ints"),
    ("[1, 2.5]", "nums"),
    ("[v]", "array"),
    ("[]", "array"),
    ("[new Date()]", "dates"),
    ("[{ a: 1 }]", "objects"),
    ("'a,b'.split(',')", "strs"),
    ("Object.keys(v)", "strs"),
    ("v.map(g)", "array"),
    ("{ a: 1 }", "object"),
    ("() => 1", "function"),
]

PYTHON = [
    ("v", None),
    ("v.name", None),
    ("v['a']", None),
    ("v.load()", None),
    ("v + w", None),
    ("v % w", None),
    ("v * 2", None),
    ("Decimal('1')", None),
    ("'a'", "str"),
    ("f'a{v}'", "str"),
    ("str(v)", "str"),
    ("v.lower()", "str"),
    ("json.dumps(v)", "str"),
    ("os.environ['PLAN']", "str"),
    ("os.environ.get('N', 5)", None),
    ("v.isoformat()", "isodate"),
    ("datetime.now(timezone.utc).isoformat()", "isodate"),
    ("datetime.now(timezone.utc)", "date"),
    ("5", "int"),
    ("5.0", "real"),
    ("len(v)", "int"),
    ("len(v.rows) + 1", "int"),
    ("int(v)", "int"),
    ("float(v)", "real"),
    ("len(v) / 2", "real"),
    ("v.days * 0.2", "real"),
    ("max(0, v.days - 21) * 0.2", "real"),
    ("v.days - 21", "num"),
    ("round(v)", "int"),
    ("round(v, 2)", "num"),
    ("sum(v)", "num"),
    ("time.time()", "real"),
    ("bool(v)", "bool"),
    ("not v", "bool"),
    ("v is None", "bool"),
    ("'a' in v", "bool"),
    ("isinstance(v, str)", "bool"),
    ("None", "null"),
    ("'a' if v else None", "str"),
    ("1 if v else 'a'", None),
    ("['a']", "strs"),
    ("[x.id for x in v]", "array"),
    ("[str(x) for x in v]", "strs"),
    ("[len(x) for x in v]", "ints"),
    ("{'a': 1}", "object"),
    ("lambda: 1", "function"),
]

PYTHON_IMPORTS = (
    "import json, os, time\nfrom datetime import date, datetime, timezone\nfrom decimal import Decimal\n"
    "from typing import Any, Callable, Literal, NewType, Optional, Union\nfrom dataclasses import dataclass\n"
    "from enum import Enum, IntEnum, StrEnum\nfrom uuid import UUID\n"
)


@pytest.mark.parametrize(("expression", "expected"), JAVASCRIPT, ids=[e for e, _ in JAVASCRIPT])
def test_expressions_of_javascript(expression: str, expected: str | None) -> None:
    assert kind(ts(expression)) == expected


@pytest.mark.parametrize(("expression", "expected"), PYTHON, ids=[e for e, _ in PYTHON])
def test_expressions_of_python(expression: str, expected: str | None) -> None:
    assert kind(py(expression, PYTHON_IMPORTS)) == expected


TYPESCRIPT_DECLARATIONS = [
    ("v", "v: any", "", None),
    ("v", "v: unknown", "", None),
    ("v", "v: Foo", "", None),
    ("v", "v: string | number", "", None),
    ("v", "v: string", "", "str"),
    ("v", "v: number", "", "num"),
    ("v", "v: number | null", "", "num"),
    ("v", "v?: boolean", "", "bool"),
    ("v", "v: Date", "", "date"),
    ("v", "v: string[]", "", "strs"),
    ("v", "v: readonly number[]", "", "nums"),
    ("v", "v: 'a' | 'b'", "", "str"),
    ("v", "v: Record<string, string>", "", "object"),
    ("v", "v: () => void", "", "function"),
    ("v", "v: Plan", "type Plan = 'free' | 'pro';", "str"),
    ("v", "v: Kind", "enum Kind { A = 'a', B = 'b' }", "str"),
    ("v", "v: Kind", "enum Kind { A, B }", "int"),
    ("v", "v: Kind", "enum Kind { A = 'a', B = 2 }", None),
    ("v.total", "v: Cart", "interface Cart { total: number; name?: string }", "num"),
    ("v.name", "v: Cart", "interface Cart { total: number; name?: string }", "str"),
    ("v.other", "v: Cart", "interface Cart { total: number }", None),
    ("v.cart.total", "v: Shop", "interface Cart { total: number }\ninterface Shop { cart: Cart }", "num"),
    ("v?.cart?.total", "v: Shop", "interface Cart { total: number }\ninterface Shop { cart?: Cart }", "num"),
    ("v.total", "v: Big", "interface Cart { total: number }\ninterface Big extends Cart { a: string }", "num"),
    ("v.total", "v: Cart", "type Cart = { total: number };", "num"),
    ("v.total", "v: Cart", "class Cart { total: number; pay() {} }", "num"),
    ("v", "v: Cart", "interface Cart { total: number }", "object"),
    ("v", "v: Cart[]", "interface Cart { total: number }", "objects"),
    ("v[0].total", "v: Cart[]", "interface Cart { total: number }", "num"),
    ("total", "{ total }: { total: number }", "", "num"),
    ("total", "{ total }: Cart", "interface Cart { total: number }", "num"),
    ("total", "{ total = 3 }: Cart", "interface Cart { total: number }", "num"),
    ("price()", "v: any", "function price(): number { return g(); }", "num"),
    ("v.price()", "v: Cart", "interface Cart { price(): number }", "num"),
    ("g() as string", "v", "", "str"),
    ("v", "v = 'free'", "", "str"),
    ("v.key", "v: Keyed", "interface Keyed { key: keyof typeof T }\nconst T = { a: 1, b: 2 };", "str"),
]


@pytest.mark.parametrize(("expression", "params", "before", "expected"), TYPESCRIPT_DECLARATIONS)
def test_declarations_of_typescript(expression: str, params: str, before: str, expected: str | None) -> None:
    assert kind(ts(expression, before, params)) == expected


PYTHON_DECLARATIONS = [
    ("v", "v: Any", "", None),
    ("v", "v: Decimal", "", None),
    ("v", "v: UUID", "", None),
    ("v", "v: Union[int, str]", "", None),
    ("v", "v: str", "", "str"),
    ("v", "v: int", "", "int"),
    ("v", "v: float", "", "real"),
    ("v", "v: Optional[int]", "", "int"),
    ("v", "v: bool | None", "", "bool"),
    ("v", "v: date", "", "date"),
    ("v", "v: datetime", "", "date"),
    ("v", "v: list[str]", "", "strs"),
    ("v", "v: dict", "", "object"),
    ("v", "v: Literal['a', 'b']", "", "str"),
    ("v", "v: UserId", "UserId = NewType('UserId', int)", "int"),
    ("v", "v: Kind", "class Kind(StrEnum):\n    A = 'a'", "str"),
    ("v", "v: Kind", "class Kind(str, Enum):\n    A = 'a'", "str"),
    ("v", "v: Kind", "class Kind(Enum):\n    A = 'a'", None),
    ("v.value", "v: Kind", "class Kind(Enum):\n    A = 'a'\n    B = 'b'", "str"),
    ("v.days", "v: Loan", "@dataclass\nclass Loan:\n    days: int\n    name: str", "int"),
    ("v.loan.name", "v: Shelf", "@dataclass\nclass Loan:\n    name: str\n\n\nclass Shelf:\n    loan: Loan", "str"),
    (
        "v.days",
        "v: Loan",
        "from django.db import models\nclass Loan(models.Model):\n    days = models.IntegerField()",
        "int",
    ),
    (
        "v.pk",
        "v: Loan",
        "from django.db import models\nclass Loan(models.Model):\n    days = models.IntegerField()",
        None,
    ),
    (
        "v.days",
        "v: Loan",
        "from sqlalchemy import Column, Integer\nfrom .db import Base\nclass Loan(Base):\n    days = Column(Integer)",
        "int",
    ),
    ("v.days", "v: Loan", "class Loan(Base):\n    days: Mapped[int] = mapped_column()", "int"),
    ("fee(v)", "v", "def fee(loan) -> float:\n    return loan.fee()", "real"),
    ("v.due.year", "v: Loan", "@dataclass\nclass Loan:\n    due: date", "int"),
]


@pytest.mark.parametrize(("expression", "params", "before", "expected"), PYTHON_DECLARATIONS)
def test_declarations_of_python(expression: str, params: str, before: str, expected: str | None) -> None:
    assert kind(py(expression, PYTHON_IMPORTS + before, params)) == expected


def test_declared_types_are_found_in_other_files() -> None:
    files = ts("order.total", "import type { Order } from './types';", "order: Order")
    assert kind(files | {"types.ts": "export interface Order { total: number }\n"}) == "num"
    files = py("loan.days", "from models import Loan", "loan: Loan")
    assert kind(files | {"models.py": "class Loan:\n    days: int\n"}) == "int"


@pytest.mark.parametrize(
    ("expression", "params", "expected"),
    [
        ("v", "v: string", False),
        ("v", "v", False),
        ("v", "v?: string", True),
        ("v", "v: string | undefined", True),
        ("v", "v: string | null", True),
        ("v.id", "v: { id?: string }", True),
        ("v.id", "v: { id: string }", False),
    ],
)
def test_optional_values(expression: str, params: str, expected: bool) -> None:
    value, project = value_of(ts(expression, "", params))
    assert is_optional(value, project.evaluator) is expected


def test_optional_values_of_python() -> None:
    for params, expected in (("v: str", False), ("v: Optional[str]", True), ("v: str | None", True)):
        value, project = value_of(py("v", PYTHON_IMPORTS, params))
        assert is_optional(value, project.evaluator) is expected


def test_numbers() -> None:
    for params, expected in (
        ("v: number", True),
        ("v: number | null", True),
        ("v: number | string", False),
        ("v", False),
    ):
        value, project = value_of(ts("v", "", params))
        assert is_number(value, project.evaluator) is expected


def test_deep_and_circular_declarations_end() -> None:
    assert kind(ts("v", "type A = B;\ntype B = A;", "v: A")) is None
    assert kind(ts("v.a.a.a.a", "interface A { a: A }", "v: A")) == "object"
    assert kind(ts(" + ".join(["v.n"] * 3000))) in (None, "num")
