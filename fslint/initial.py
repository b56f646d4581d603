"""What ``fslint init`` writes: a commented configuration, and a registry drafted from the code. Text only, no files."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from .drafting import Draft
from .registry_text import Plan, comment_text, comments, listed, render
from .yamlnodes import YamlError, parse

REGISTRY = "events.yaml"
OTHER_REGISTRY = "fslint.events.yaml"
"""Where the plan goes if ``events.yaml`` is something else."""
CONFIG = "fslint.toml"


def is_registry(data: bytes) -> bool:
    """Whether a YAML file is meant as a tracking plan of fslint, however wrong. Other tools have an events.yaml too."""
    try:
        root = parse(data)
    except YamlError:
        return b"events:" in data
    keys = {key.text for key, _ in root.entries} if root is not None and root.kind == "mapping" else set()
    return "events" in keys or root is None


# ------------------------------------------------------------------------------------------------------------ registry


def registry_text(draft: Draft) -> str:
    """The registry's text."""
    return render(
        Plan(
            draft.events,
            draft.naming,
            draft.user_id,
            draft.user_properties,
            draft.page_properties,
            comments=tuple(_head(draft)),
            remarks={"naming": "as every name is written now", "user_id": "as every user ID begins now"},
        )
    )


def _head(draft: Draft) -> list[str]:
    lines = [
        "The tracking plan: every event that the product sends, who sends it, and with which properties.",
        "Drafted by `fslint init` from the code. Read it, correct what is not meant, and commit it: from then on",
        "`fslint check` holds the code against it. `fslint registry sync` adds what is new in the code.",
    ]
    if any(not event.reviewed for event in draft.events):
        lines += [
            "",
            "`reviewed: false`: sent from both sides, which counts everything twice, or from the side that seems wrong",
            "(FS201, FS506, FS512). Choose the side, or, if the side is meant, delete the line.",
        ]
    if draft.left_out:
        lines += [
            "",
            "`{type: …}`: fill the type in (str, int, real, bool, date, strs … or object), and uncomment the line.",
        ]
    if draft.dynamic:
        lines += ["", "Not listed, since these names are put together at run time:"]
        lines += [f"  {name}  ({listed(places, 3)})" for name, places in draft.dynamic]
    if draft.unwritable:
        lines += ["", f"Not listed, since YAML cannot hold these names: {listed(draft.unwritable)}"]
    return lines


# ------------------------------------------------------------------------------------------------------- configuration

_CONFIG = """\
# The configuration of fslint. What is commented out is the default or an example.
# `fslint check --show-settings` prints what holds; `fslint explain FS201` tells what a rule is about.

# The tracking plan: a file, or several (globs too) that make one plan.
registry = {registry}

# What to look at, relative to this file. What Git ignores is left out anyway.
# include = ["web/**", "api/**"]
# exclude = ["legacy/**"]
# exclude-tests = true

# Which side a file is on, where its content does not tell.{sides}
# client = {client}
# server = {server}

# Rules, by code, prefix or name. FS508 is off by default; infos never fail a run.
# extend-select = ["FS508"]
# ignore = ["FS507"]
# fail-on = "warning"
# require-reason = true    # every `fslint: ignore[…]` must say why

# FullStory: how the key is sent ("verbatim" or "base64"), and the server API's version ("v1" or "v2").
# authorization = "verbatim"
# server-api = "v2"

# The other half of the product, if it lives in another repository: `fslint facts -o server.json` there, then
# linked-facts = ["server.json"]

# [per-file-ignores]
# "scripts/**" = ["FS503"]

# [severity]
# FS202 = "error"

# A tracking function that fslint cannot see into: a position, or the name of an argument.
# [[calls]]
# function = "analytics.track"
# name = 0
# user-id = 1
# properties = 2
"""


def config_text(
    registry: Sequence[str], orgs: Sequence[str] = (), sides: Mapping[str, Collection[str]] | None = None
) -> str:
    """The text of ``fslint.toml``. ``orgs``: folders of the project that use FullStory orgs of their own; ``sides``: the
    folders that send from the client, and from the server."""
    found = {side: sorted(folders) for side, folders in (sides or {}).items()}
    text = _CONFIG.format(
        registry=json.dumps(list(registry), ensure_ascii=False),
        sides=" As the code is now:" if any(found.values()) else "",
        client=_globs(found.get("client") or ["web"]),
        server=_globs(found.get("server") or ["api"]),
    )
    own = [folder for folder in orgs if folder]
    names = _app_names(own if len(own) > 1 else ["apps/shop", "apps/admin"])
    known = " These use FullStory orgs of their own:" if len(own) > 1 else ""
    lines = ["", f"# Several products in one repository: calls are compared within each of them.{known}"]
    for name, folder in names.items():
        lines += comments(("[[apps]]", f"name = {_toml(name)}", f"paths = [{_toml(f'{folder}/**')}]"))
    return text + "".join(f"{line}\n" for line in lines)


def _globs(folders: Sequence[str]) -> str:
    return f"[{', '.join(_toml(f'{folder}/**') for folder in folders)}]"


def _toml(text: str) -> str:
    return json.dumps(comment_text(text), ensure_ascii=False)


def _app_names(folders: Sequence[str]) -> Mapping[str, str]:
    """A short name for each folder: its last part where that is enough."""
    last = [folder.rpartition("/")[2] for folder in folders]
    return {name if last.count(name) == 1 else folder: folder for name, folder in zip(last, folders, strict=True)}
