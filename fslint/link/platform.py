"""What the files beside the code say of where it runs: a Next.js app that a long-lived server serves."""

from __future__ import annotations

import posixpath
import re
from weakref import WeakKeyDictionary

from .project import Project

_CONFIG = re.compile(r"next\.config\.[cm]?[jt]s$")
_DOCKERFILE = re.compile(r"(?:^|/)(?:Dockerfile(?:\.[\w.-]+)?|[\w.-]+\.Dockerfile)$")
_STANDALONE = re.compile(r"output\s*:\s*['\"]standalone['\"]")
_STARTS_NEXT = re.compile(
    r"\bnext[\"', ]+start\b|(?:npm|pnpm|yarn|bun)[\"', ]+(?:run[\"', ]+)?start\b|server\.js|standalone"
)
_CUSTOM_SERVER = re.compile(r"(?:^|/)(?:server|custom-server)(?:/index)?\.[cm]?[jt]s$")
_MAX = 200_000

_KNOWN: WeakKeyDictionary[Project, dict[str, bool]] = WeakKeyDictionary()


def long_lived_next(project: Project, path: str) -> bool:
    """Whether the Next.js app that a file belongs to shows a server of its own: ``output: 'standalone'``, a custom server,
    a Dockerfile that starts Next."""
    root = _app_root(project, path)
    known = _KNOWN.setdefault(project, {})
    if root not in known:
        known[root] = _shows_server(project, root)
    return known[root]


def _app_root(project: Project, path: str) -> str:
    """The nearest folder above a file with a Next configuration or a package.json; the root otherwise."""
    files = set(project.files)
    folder = posixpath.dirname(path)
    while folder:
        if f"{folder}/package.json" in files or any(
            f"{folder}/next.config.{e}" in files for e in ("js", "mjs", "ts", "cjs")
        ):
            return folder
        folder = posixpath.dirname(folder)
    return ""


def _shows_server(project: Project, root: str) -> bool:
    for path in project.files:
        folder = posixpath.dirname(path)
        if _DOCKERFILE.search(path):
            if (folder in (root, "") or root.startswith(folder + "/")) and _STARTS_NEXT.search(_read(project, path)):
                return True
        elif folder == root and _CONFIG.search(path):
            if _STANDALONE.search(_read(project, path)):
                return True
        elif _CUSTOM_SERVER.search(path) and folder in (root, posixpath.join(root, "server")):
            text = _read(project, path)
            if re.search(r"from\s+['\"]next['\"]|require\(\s*['\"]next['\"]\s*\)", text):
                return True
    return False


def _read(project: Project, path: str) -> str:
    return (project.read(path) or b"")[:_MAX].decode("utf-8", "replace")
