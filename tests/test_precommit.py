"""The hook under the real pre-commit, from a git repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from projects import write_project

ROOT = Path(__file__).parents[1]
HOOK = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))[0]

CANNOT_INSTALL = re.compile(
    r"Could not find a version|No matching distribution|NewConnectionError|Temporary failure in name resolution|"
    r"ReadTimeoutError|ProxyError|ConnectionError|SSLError"
)


@pytest.mark.parametrize(
    "path",
    [
        *("web/a.js", "a.jsx", "a.mjs", "a.cjs", "a.ts", "web/src/A.tsx", "a.mts", "a.cts", "api/main.py", "a.pyi"),
        *(
            "A.vue",
            "A.svelte",
            "A.astro",
            "index.html",
            ".env",
            "web/.env.local",
            "events.yaml",
            "tracking/events.yaml",
        ),
        *("fslint.events.yaml", "plan/web.yml", "fslint.toml", ".fslint.toml", "pyproject.toml", "shared/events.json"),
    ],
)
def test_the_hook_takes_what_fslint_reads(path: str) -> None:
    assert re.search(HOOK["files"], path)


@pytest.mark.parametrize(
    "path", ["README.md", "a.css", "a.go", "poetry.lock", "environment", "a.env.txt", "x.toml", "a.pyc"]
)
def test_the_hook_leaves_the_rest(path: str) -> None:
    assert not re.search(HOOK["files"], path)


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, env=clean_environment())
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def clean_environment() -> dict[str, str]:
    """Without what git and pre-commit would take from a run inside a hook, with a person to commit as."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    return kept | {
        "GIT_AUTHOR_NAME": "t",
        "GIT_AUTHOR_EMAIL": "t@example.invalid",
        "GIT_COMMITTER_NAME": "t",
        "GIT_COMMITTER_EMAIL": "t@example.invalid",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }


@pytest.fixture(scope="module")
def hook_repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A git repository with the project as it is now, and its commit."""
    folder = tmp_path_factory.mktemp("fslint-repository")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("the project is not in a git repository")
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file() and not name.startswith("tests/"):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "now")
    return folder, git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def consumer(tmp_path_factory: pytest.TempPathFactory, hook_repository: tuple[Path, str]) -> Path:
    """A project that uses the hook: a React page, a FastAPI back end, a registry."""
    repository, revision = hook_repository
    folder = tmp_path_factory.mktemp("consumer")
    write_project(
        folder,
        {
            ".pre-commit-config.yaml": f"repos:\n- repo: {repository}\n  rev: {revision}\n  hooks: [{{id: fslint}}]\n",
            "events.yaml": "version: 1\nevents:\n  Order Paid: {side: server, properties: {total: {type: real}}}\n"
            "  Pay Clicked: {side: client}\n",
            "web/Pay.tsx": "export const pay = () => window.FS?.event('Pay Clicked', {});\n"
            "export const signedIn = (user: { id: string }) => window.FS?.identify(user.id);\n",
            "api/pay.py": "from telemetry import track_server_event\n\n\n"
            "def paid(order):\n    try:\n"
            '        track_server_event("Order Paid", order.uid, {"total_real": order.total})\n'
            "    except Exception as error:\n        print(error)\n",
            "README.md": "A shop.\n",
        },
    )
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    return folder


def pre_commit(consumer: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", "run", "--color", "never", "--verbose", *arguments]
    environment = clean_environment() | {"PRE_COMMIT_HOME": str(home)}
    done = subprocess.run(
        command, cwd=consumer, capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL
    )
    said = done.stdout + done.stderr
    if "CalledProcessError" in said and CANNOT_INSTALL.search(said):
        pytest.skip(f"pip cannot install here: {CANNOT_INSTALL.search(said)[0]}")  # type: ignore[index]
    if "CalledProcessError" in said and "transport 'file' not allowed" in said:
        pytest.skip("git cannot clone locally")
    return done


def test_the_hook_under_pre_commit(consumer: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One test, because the environment takes seconds to make: clean, then a duplicate, then what it touches."""
    pytest.importorskip("pre_commit")
    home = tmp_path_factory.mktemp("pre-commit-home")

    clean = pre_commit(consumer, home, "--all-files")
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert "Passed" in clean.stdout

    page = consumer / "web" / "Pay.tsx"
    page.write_text(
        page.read_text() + "export const paid = () => window.FS?.event('Order Paid', { total_real: 9.5 });\n"
    )
    git(consumer, "add", "-A")

    duplicate = pre_commit(consumer, home, "--all-files")
    assert duplicate.returncode == 1, duplicate.stdout + duplicate.stderr
    assert "FS201" in duplicate.stdout and "Pay.tsx" in duplicate.stdout

    related = pre_commit(consumer, home, "--files", "api/pay.py")
    assert related.returncode == 1, "the finding touches api/pay.py as a related place"
    assert "FS201" in related.stdout and "api/pay.py" in related.stdout

    other = pre_commit(consumer, home, "--files", "README.md")
    assert other.returncode == 0 and "no files to check" in other.stdout

    plan = consumer / "events.yaml"
    plan.write_text(plan.read_text().replace("side: server", "side: browser"))
    registry = pre_commit(consumer, home, "--files", "events.yaml")
    assert registry.returncode == 1
    assert "FS002" in registry.stdout and "events.yaml" in registry.stdout
