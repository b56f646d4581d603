"""Seeded synthetic monorepos: React, Vue and plain JavaScript apps, shared packages and Python services.

The same ``Tree`` gives the same bytes everywhere. Sizes are log-normal (a median of 3.5 kB, a mean of 5.5 kB, as in real
code). Of the source files a share has tracking calls: direct ones, and through wrappers three deep, with names from
constants, behind barrels, path aliases and a workspace package. Around them stands code without tracking, drawn from a
grammar; a pool of such blocks is written once and their names are made each file's own, so that a large tree does not
take an hour.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .code_python import Python
from .code_web import Web, indent
from .tracking import (
    MARK,
    PYTHON_STYLES,
    WEB_STYLES,
    Plan,
    PythonSites,
    Site,
    WebSites,
    constant_key,
    cut,
    python_base,
    web_base,
)
from .vocabulary import Words, kebab, pascal, snake

_MEDIAN, _SIGMA, _LARGEST = 3500, 0.95, 150_000
_FOLDERS = ("components", "features", "pages", "hooks", "stores", "utils", "api")
_MODULES = ("jobs", "views", "models", "domain", "adapters", "reports")
_FRAMEWORKS = ("react", "vue", "react", "plain", "react")
_KINDS = {
    "react": ("tsx", "tsx", "tsx", "ts", "ts", "js"),
    "vue": ("vue", "vue", "ts", "js"),
    "plain": ("js", "js", "jsx", "ts"),
}
_IMPORTS = (
    "import clsx from 'clsx';", "import { z } from 'zod';", "import { format } from 'date-fns';", "import type { Item } from '@acme/ui-kit';",
    "import debounce from 'lodash/debounce';", "import { logger } from '@acme/logger';", "import { useTranslation } from 'react-i18next';",
)  # fmt: skip
_PYTHON_IMPORTS = (
    "import json", "from datetime import datetime, timedelta", "from decimal import Decimal", "from django.db import models",
    "from fastapi import APIRouter, Depends, Request", "from dataclasses import dataclass", "from functools import partial",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tree:
    """What to generate: the number of files, the share of the source files with tracking calls, the seed."""

    files: int
    share: float
    seed: int = 7

    @property
    def title(self) -> str:
        return f"{self.files:,} files, {self.share * 100:g} % with calls"


@dataclass(slots=True)
class _Repo:
    """What the writing of one tree hands around."""

    tree: Tree
    rng: random.Random
    words: Words
    plan: Plan
    pools: dict[str, list[str]]
    exports: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


def generate(root: Path, tree: Tree) -> list[Site]:
    """Write a tree below ``root`` (which need not exist); gives the event calls in it, sorted."""
    sites: list[Site] = []
    made: set[str] = set()
    for path, text, found in files(tree):
        folder, _, _ = path.rpartition("/")
        if folder not in made:
            made.add(folder)
            (root / folder).mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
        sites.extend(found)
    return sorted(sites)


def files(tree: Tree) -> Iterator[tuple[str, str, list[Site]]]:
    """Path, text and event calls of each file of a tree."""
    rng = random.Random(f"{tree.seed}/{tree.files}/{tree.share}")
    words = Words(rng)
    repo = _Repo(tree, rng, words, Plan(rng), _pools(words, max(30, min(1200, tree.files // 8))))
    web = tree.files * 61 // 100
    apps = [kebab(["app", *words.unique(words.thing())]) for _ in range(max(3, web // 1500))]
    services = [snake(words.unique(words.thing())) for _ in range(max(2, (tree.files - web) // 1000))]
    base = {
        "package.json": '{\n  "name": "acme",\n  "private": true,\n  "workspaces": ["web/apps/*", "web/packages/*"]\n}\n',
        "tsconfig.base.json": '{\n  "compilerOptions": { "strict": true, "jsx": "react-jsx", "moduleResolution": "bundler" }\n}\n',
        **web_base(apps),
        **python_base(services),
    }
    constants = 3  # the registry and the two modules of names are written last
    paths = _paths(repo, apps, services, set(base), tree.files - len(base) - constants)
    able = [path for path, kind in paths if kind in ("tsx", "ts", "js", "jsx", "vue", "py")]
    tracking = set(rng.sample(able, min(len(able), max(2, round(tree.files * tree.share)))))
    for path, text in base.items():
        yield path, text, []
    for path, kind in paths:
        yield _file(repo, path, kind, path in tracking)
    yield "web/packages/analytics/src/events.ts", _web_constants(repo.plan), []
    yield "server/libs/telemetry/names.py", _python_constants(repo.plan), []
    yield "events.yaml", repo.plan.registry(), []


def _web_constants(plan: Plan) -> str:
    rows = "".join(f"  {constant_key(name)}: '{name}',\n" for name in dict.fromkeys(plan.web_constants))
    return f"/** The names of events, so that nobody mistypes one. */\nexport const EVENTS = {{\n{rows}}} as const;\n"


def _python_constants(plan: Plan) -> str:
    rows = "".join(f'    {constant_key(name)} = "{name}"\n' for name in dict.fromkeys(plan.python_constants))
    return f'from enum import StrEnum\n\n\nclass EventName(StrEnum):\n    """The names of events."""\n\n{rows}    UNKNOWN = "Unknown"\n'


def _pools(words: Words, size: int) -> dict[str, list[str]]:
    """Blocks of each kind of file."""
    rng = words.rng
    typed, plain, python = Web(words, True), Web(words, False), Python(words)
    ts = [
        typed.function,
        typed.function,
        typed.interface,
        typed.class_,
        typed.reducer,
        typed.request,
        typed.table,
        typed.function,
    ]
    js = [plain.function, plain.function, plain.class_, plain.reducer, plain.request, plain.table]
    py = [python.function, python.function, python.class_, python.model, python.view, python.record, python.table]
    makers: dict[str, list[Callable[[], str]]] = {
        "tsx": [typed.component, typed.component, typed.component, typed.hook, typed.interface, typed.function],
        "ts": ts,
        "js": js,
        "jsx": [plain.component, plain.component, plain.function, plain.hook],
        "py": py,
        "test": [typed.test],
        "pytest": [python.test, python.test, python.table],
        "style": [typed.style],
        "markup": [typed.markup],
    }
    pools = {kind: [rng.choice(some)() for _ in range(size)] for kind, some in makers.items()}
    for kind, odd in (("tsx", typed.oddity), ("ts", typed.oddity), ("js", plain.oddity), ("py", python.oddity)):
        pools[kind] += [odd() for _ in range(max(1, size // 150))]
    return pools


# ------------------------------------------------------------------------------------------------------------- paths


def _paths(repo: _Repo, apps: list[str], services: list[str], taken: set[str], count: int) -> list[tuple[str, str]]:
    """``count`` paths with their kinds, folder by folder."""
    rng = repo.rng
    found: list[tuple[str, str]] = []
    number = 0
    while len(found) < count:
        number += 1
        if rng.random() < 0.63:
            at = rng.randrange(len(apps))
            folder = f"web/apps/{apps[at]}/src/{rng.choice(_FOLDERS)}/{kebab(repo.words.unique(repo.words.thing()))}"
            some = _web_folder(repo, folder, _KINDS[_FRAMEWORKS[at % len(_FRAMEWORKS)]])
        else:
            folder = f"server/services/{rng.choice(services)}/{rng.choice(_MODULES)}/{snake(repo.words.unique(repo.words.thing()))}"
            some = _python_folder(repo, folder)
        found += [one for one in some if one[0] not in taken]
    return found[:count]


def _web_folder(repo: _Repo, folder: str, kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    rng, words = repo.rng, repo.words
    found: dict[str, str] = {}
    for _ in range(rng.randint(4, 16)):
        kind = rng.choice(kinds)
        name = pascal(words.thing()) if kind in ("tsx", "jsx", "vue") else kebab(words.action())
        found[f"{folder}/{name}.{kind}"] = kind
        if rng.random() < 0.12:
            found[f"{folder}/{name}.test.{'tsx' if kind == 'tsx' else 'ts'}"] = "test"
    if rng.random() < 0.35:
        found[f"{folder}/index.ts"] = "index"
    if rng.random() < 0.3:
        found[f"{folder}/styles.css"] = "css"
    if rng.random() < 0.15:
        found[f"{folder}/{words.noun()}.json"] = "json"
    if rng.random() < 0.1:
        found[f"{folder}/README.md"] = "md"
    return list(found.items())


def _python_folder(repo: _Repo, folder: str) -> list[tuple[str, str]]:
    rng, words = repo.rng, repo.words
    found = {f"{folder}/__init__.py": "init"}
    for _ in range(rng.randint(4, 16)):
        name = snake(words.action())
        found[f"{folder}/{name}.py"] = "py"
        if rng.random() < 0.15:
            found[f"{folder}/tests/test_{name}.py"] = "pytest"
    return list(found.items())


# ------------------------------------------------------------------------------------------------------------- files


def _file(repo: _Repo, path: str, kind: str, tracks: bool) -> tuple[str, str, list[Site]]:
    rng = repo.rng
    size = min(_LARGEST, max(200, int(math.exp(rng.gauss(math.log(_MEDIAN), _SIGMA)))))
    folder = path.rpartition("/")[0]
    siblings = repo.exports.setdefault(folder, [])
    names: list[tuple[str, ...]] = []
    if kind == "init":
        text = "" if rng.random() < 0.7 else f'"""{repo.words.phrase().capitalize()}."""\n'
    elif kind == "index":
        text = "".join(f"export * from './{stem}';\n" for stem, _ in siblings)
    elif kind in ("css", "json", "md"):
        text = _other(repo, kind, size)
    elif kind in ("py", "pytest"):
        text, names = _python(repo, path, kind, size, tracks, siblings)
    else:
        text, names = _web(repo, path, kind, size, tracks, siblings)
    text, lines = cut(text)
    return path, text, [Site(path, line, some) for line, some in zip(lines, names, strict=True)]


def _other(repo: _Repo, kind: str, size: int) -> str:
    words = repo.words
    if kind == "css":
        return "".join(_some(repo, "style", size // 2))
    if kind == "md":
        return f"# {words.title()}\n\n" + "".join(f"{words.phrase().capitalize()}.\n" for _ in range(size // 200))
    rows = ",\n".join(
        f'  "{snake(words.unique(words.action()))}": "{words.title()}"' for _ in range(max(1, size // 80))
    )
    return f"{{\n{rows}\n}}\n"


def _some(repo: _Repo, pool: str, size: int) -> list[str]:
    """Blocks of a pool until they are ``size`` characters together, none twice."""
    blocks: dict[str, None] = {}
    length = 0
    for block in repo.rng.sample(repo.pools[pool], min(len(repo.pools[pool]), 3 + size // 150)):
        blocks[block] = None
        length += len(block)
        if length > size:
            break
    return list(blocks)


def _mixed(repo: _Repo, blocks: list[str], tracked: list[str]) -> list[str]:
    """Blocks with calls at random places among the others, in their own order."""
    places = sorted(repo.rng.randint(0, len(blocks)) for _ in tracked)
    for place, block in zip(reversed(places), reversed(tracked), strict=True):
        blocks.insert(place, block)
    return blocks


def _web(
    repo: _Repo, path: str, kind: str, size: int, tracks: bool, siblings: list[tuple[str, str]]
) -> tuple[str, list[tuple[str, ...]]]:
    rng, words = repo.rng, repo.words
    pool = {"vue": "ts"}.get(kind, kind)
    own = pascal(words.thing())
    imports = ["import { useEffect, useMemo, useState } from 'react';"] if kind in ("tsx", "jsx") else []
    imports += [
        i for i in rng.sample(_IMPORTS, rng.randint(0, 3)) if kind not in ("js", "jsx") or "import type" not in i
    ]
    imports += [
        f"import {{ {export} }} from './{stem}';"
        for stem, export in rng.sample(siblings, min(len(siblings), rng.randint(0, 2)))
    ]
    names: list[tuple[str, ...]] = []
    blocks = _some(repo, pool, int(size * 0.8 if kind == "vue" else size))
    if tracks:
        # A hook is called in components and other hooks; plain JavaScript has no bundler with path aliases.
        styles = [s for s in WEB_STYLES if s != "hook" or kind in ("tsx", "vue")]
        style = rng.choices(styles, [WEB_STYLES[s][0] for s in styles])[0]
        sites = WebSites(repo.plan, words, style)
        tracked = [sites.block(kind in ("tsx", "jsx"), kind not in ("js", "jsx")) for _ in range(rng.randint(1, 5))]
        imports += sites.header().splitlines()
        blocks = _mixed(repo, blocks, tracked)
        names = sites.names
    text = "\n".join(imports) + "\n\n" + "\n".join(blocks).replace("¤", own)
    first = text.partition("export function ")[2]
    stem = path.rpartition("/")[2].rpartition(".")[0]
    if first and kind != "test":
        siblings.append(
            (stem + (".vue" if kind == "vue" else ""), first[: first.index("(")])
        ) if kind != "vue" else None
    if kind == "vue":
        markup = "".join(_some(repo, "markup", int(size * 0.15)))
        style_ = "".join(_some(repo, "style", int(size * 0.05)))
        text = f'<template>\n  <main class="page">\n{indent(markup, 4)}  </main>\n</template>\n\n<script setup lang="ts">\n{text.replace("export ", "")}</script>\n\n<style scoped>\n{style_}</style>\n'
    return text, names


def _python(
    repo: _Repo, path: str, kind: str, size: int, tracks: bool, siblings: list[tuple[str, str]]
) -> tuple[str, list[tuple[str, ...]]]:
    rng, words = repo.rng, repo.words
    imports = ["import logging", *rng.sample(_PYTHON_IMPORTS, rng.randint(1, 4))]
    imports += [
        f"from .{stem} import {name}" for stem, name in rng.sample(siblings, min(len(siblings), rng.randint(0, 2)))
    ]
    names: list[tuple[str, ...]] = []
    blocks = _some(repo, kind, size)
    if tracks:
        styles = list(PYTHON_STYLES)
        style = rng.choices(styles, [PYTHON_STYLES[s][0] for s in styles])[0]
        sites = PythonSites(repo.plan, words, style, path.split("/")[2])
        blocks = _mixed(repo, blocks, [sites.block() for _ in range(rng.randint(1, 5))])
        imports += sites.header().splitlines()
        names = sites.names
    text = (
        "\n".join(imports)
        + "\n\nlogger = logging.getLogger(__name__)\n\n\n"
        + "".join(blocks).replace("¤", words.noun())
    )
    first = text.partition("\ndef ")[2]
    if first and kind == "py":
        siblings.append((path.rpartition("/")[2].removesuffix(".py"), first[: first.index("(")]))
    return text.rstrip("\n") + "\n", names


# ------------------------------------------------------------------------------------------------------ single files


def small_file(language: str) -> tuple[str, str, int]:
    """A file of some forty lines with two calls: name, text, number of calls. ``language``: ``ts`` or ``py``."""
    return _single(language, 40, 2)


def large_file(language: str, lines: int = 10_000, calls: int = 500) -> tuple[str, str, int]:
    """A file of ``lines`` lines with ``calls`` calls. ``language``: ``tsx`` or ``py``."""
    return _single(language, lines, calls)


def _single(language: str, lines: int, calls: int) -> tuple[str, str, int]:
    rng = random.Random(f"{language}/{lines}/{calls}")
    words = Words(rng)
    plan = Plan(rng)
    pools = _pools(words, max(4, lines // 12))
    if language == "py":
        python = PythonSites(plan, words, "direct", "")
        tracked = [python.block() for _ in range(calls)]
        head, gap, own = f"import logging\n{python.header()}\nlogger = logging.getLogger(__name__)\n\n\n", "", "one"
    else:
        web = WebSites(plan, words, "v2")
        tracked = [web.block(language == "tsx", True) for _ in range(calls)]
        head, gap, own = f"import {{ useEffect, useMemo, useState }} from 'react';\n{web.header()}\n", "\n", "One"
    left = lines - head.count("\n") - sum((block + gap).count("\n") for block in tracked)
    mixed = tracked[:]
    for block in pools[language]:
        if left <= 0:
            break
        mixed.append(block)
        left -= (block + gap).count("\n")
    rng.shuffle(mixed)
    return f"single.{language}", (head + gap.join(mixed)).replace("¤", own).replace(MARK, ""), calls
