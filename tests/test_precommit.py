"""The hooks under the real pre-commit, from a git repository."""

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

from fslint.frontends import SUFFIXES

ROOT = Path(__file__).parents[1]
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}

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
    assert re.search(HOOKS["fslint"]["files"], path)


@pytest.mark.parametrize(
    "path", ["README.md", "a.css", "a.go", "poetry.lock", "environment", "a.env.txt", "x.toml", "a.pyc"]
)
def test_the_hook_leaves_the_rest(path: str) -> None:
    assert not re.search(HOOKS["fslint"]["files"], path)


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        *(
            (name, True)
            for name in ("events.yaml", "fslint.events.yaml", "tracking/events.yaml", "shop/tracking/a.yml")
        ),
        *((name, True) for name in ("fslint.toml", "web/.fslint.toml")),
        *((name, False) for name in ("my_events.yaml", "events.yaml.bak", "docker-compose.yml", "web/a.ts")),
    ],
)
def test_the_hook_for_the_registry_takes_registries(path: str, taken: bool) -> None:
    assert bool(re.search(HOOKS["fslint-registry"]["files"], path)) is taken


def test_every_language_is_taken() -> None:
    for suffix in SUFFIXES:
        assert re.search(HOOKS["fslint"]["files"], f"web/a{suffix}")


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
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the hooks' environment, which takes seconds to make."""
    pytest.importorskip("pre_commit")
    return tmp_path_factory.mktemp("pre-commit-home")


PAGE = """export const pay = () => window.FS?.event('Pay Clicked', {});
export const signedIn = (user: { id: string }) => window.FS?.identify(user.id);
"""
BACK_END = """from telemetry import track_server_event


def paid(order):
    try:
        track_server_event("Order Paid", order.uid, {"total_real": order.total})
    except Exception as error:
        print(error)
"""
REGISTRY = """version: 1
events:
  Order Paid: {side: server, properties: {total: {type: real}}}
  Pay Clicked: {side: client}
"""


class Consumer:
    """A project that uses the hooks (a React page, a FastAPI back end, a registry), all of it committed."""

    def __init__(self, folder: Path, home: Path, repository: tuple[Path, str], below: str = "") -> None:
        self.folder, self.home, self.below = folder, home, f"{below}/" if below else ""
        source, revision = repository
        more = f", args: [--root, {below}], files: ^{below}/" if below else ""
        hooks = "".join(
            f"  - {{id: {name}, verbose: true{more if name != 'fslint-all' else more.rpartition(',')[0]}}}\n"
            for name in HOOKS
        )
        self.write(
            {
                ".pre-commit-config.yaml": f"repos:\n- repo: {source}\n  rev: {revision}\n  hooks:\n{hooks}",
                f"{self.below}events.yaml": REGISTRY,
                f"{self.below}web/Pay.tsx": PAGE,
                f"{self.below}api/pay.py": BACK_END,
                "README.md": "A shop.\n",
            }
        )
        git(folder, "init", "-q")
        self.stage()
        git(folder, "commit", "-q", "-m", "now")

    def write(self, files: dict[str, str]) -> None:
        write_project(self.folder, files)

    def stage(self) -> None:
        git(self.folder, "add", "-A")

    def run(self, hook: str, *arguments: str) -> tuple[bool, str]:
        """Run a hook on what is staged: whether it passed, and what it said."""
        command = [sys.executable, "-m", "pre_commit", "run", hook, "--color", "never", *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            capture_output=True,
            text=True,
            env=clean_environment() | {"PRE_COMMIT_HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
        )
        said = done.stdout + done.stderr
        if "CalledProcessError" in said and CANNOT_INSTALL.search(said):
            pytest.skip(f"pip cannot install here: {CANNOT_INSTALL.search(said)[0]}")  # type: ignore[index]
        if "CalledProcessError" in said and "transport 'file' not allowed" in said:
            pytest.skip("git cannot clone locally")
        assert done.returncode in (0, 1), said
        return done.returncode == 0, said


@pytest.fixture
def consumer(tmp_path: Path, home: Path, hook_repository: tuple[Path, str]) -> Consumer:
    return Consumer(tmp_path, home, hook_repository)


DUPLICATE = "export const paid = () => window.FS?.event('Order Paid', { total_real: 9.5 });\n"
SECOND = BACK_END.replace("Order Paid", "Pay Clicked").replace('{"total_real": order.total}', "{}")


def test_a_clean_project_passes_every_hook(consumer: Consumer) -> None:
    for hook in HOOKS:
        passed, said = consumer.run(hook, "--all-files")
        assert passed and "Passed" in said, said


def test_what_is_staged_counts_and_nothing_else(consumer: Consumer) -> None:
    consumer.write({"web/Pay.tsx": PAGE + DUPLICATE})
    assert "Skipped" in consumer.run("fslint")[1]
    consumer.stage()
    consumer.write({"web/Pay.tsx": PAGE})  # mended since, but that is not staged
    passed, said = consumer.run("fslint")
    assert not passed and "FS201" in said and "web/Pay.tsx:3" in said
    assert (consumer.folder / "web/Pay.tsx").read_text() == PAGE
    consumer.stage()
    consumer.write({"web/Pay.tsx": PAGE + DUPLICATE, "README.md": "The other way round.\n"})
    git(consumer.folder, "add", "README.md")
    passed, said = consumer.run("fslint-all")
    assert passed, said


def test_a_duplicate_added_on_the_server_only_is_shown_there(consumer: Consumer) -> None:
    consumer.write({"api/click.py": SECOND})
    consumer.stage()
    passed, said = consumer.run("fslint")
    assert not passed and "FS201" in said and "api/click.py:6" in said and "web/Pay.tsx" in said


def test_other_files_of_the_project_are_not_reported(consumer: Consumer) -> None:
    consumer.write({"web/Old.tsx": "export const old = () => window.FS?.event('Pay Clicked', { size: 3 });\n"})
    consumer.stage()
    git(consumer.folder, "commit", "-q", "-m", "old sins")
    consumer.write({"api/pay.py": BACK_END + "# more\n"})
    consumer.stage()
    assert consumer.run("fslint")[0]
    passed, said = consumer.run("fslint-all")
    assert not passed and "web/Old.tsx" in said


def test_deleted_and_renamed_files(consumer: Consumer) -> None:
    git(consumer.folder, "mv", "web/Pay.tsx", "web/Paying now.tsx")
    passed, said = consumer.run("fslint")
    assert passed and "Passed" in said, said
    git(consumer.folder, "rm", "-q", "-f", "api/pay.py")
    passed, said = consumer.run("fslint")
    assert passed, said  # a deleted file is none that pre-commit hands over
    consumer.write({"api/other.py": SECOND.replace("Pay Clicked", "Order Payd")})
    consumer.stage()
    passed, said = consumer.run("fslint-all")
    assert not passed and "FS102" in said and "'Order Paid'" in said  # nothing sends it any more


def test_a_change_of_the_registry_alone_reports_everything(consumer: Consumer) -> None:
    consumer.write({"events.yaml": REGISTRY.replace("Order Paid: {side: server", "Order Paid: {side: client")})
    consumer.stage()
    passed, said = consumer.run("fslint")
    assert not passed and "FS103" in said and "api/pay.py:6" in said
    assert consumer.run("fslint-registry")[0]
    consumer.write({"events.yaml": REGISTRY.replace("side: server", "side: browser")})
    consumer.stage()
    passed, said = consumer.run("fslint-registry")
    assert not passed and "FS002" in said and "events.yaml:3" in said


def test_files_that_fslint_does_not_read_are_no_run(consumer: Consumer) -> None:
    consumer.write({"README.md": "New.\n"})
    consumer.stage()
    for hook in ("fslint", "fslint-registry"):
        passed, said = consumer.run(hook)
        assert passed and "no files to check" in said


def test_in_a_sub_folder_of_a_monorepo(tmp_path: Path, home: Path, hook_repository: tuple[Path, str]) -> None:
    consumer = Consumer(tmp_path, home, hook_repository, below="shop")
    consumer.write({"blog/web.js": "FS.event('Read', { size: 3 });\n", "shop/fslint.toml": "ignore = ['FS3']\n"})
    consumer.stage()
    for hook in HOOKS:
        passed, said = consumer.run(hook)
        assert passed, said
    consumer.write({"shop/web/Pay.tsx": PAGE + DUPLICATE})
    consumer.stage()
    passed, said = consumer.run("fslint")
    assert not passed and "shop/web/Pay.tsx:3" in said and "blog" not in said
    passed, said = consumer.run("fslint-all")
    assert not passed and "shop/web/Pay.tsx:3" in said and "blog" not in said
