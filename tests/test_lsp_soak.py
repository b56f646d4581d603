"""A long afternoon of editing: random edits, saves, renames and registry changes, with requests all the while.

At the end everything was answered, the server lives, and it shows what a fresh ``fslint check`` finds.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types
from lsptest import CONFIG, Editor, capabilities, offset, position
from pytest_lsp import LanguageClient

from fslint import demo

EDITS = int(os.environ.get("FSLINT_SOAK_EDITS", "2000"))
SEED = int(os.environ.get("FSLINT_SOAK_SEED", "1"))
AT_ONCE = 25
"""So many edits are made before their requests must be answered."""
SNIPPETS = (
    "'", '"', "`", "{", "}", "(", ")", ",", ":", "\n", "\r\n", "  ", "😀", "é", "\u2028", "\x0c", "#", "//", "/*", "*/",
    "${", "track('Cart Viewed', { total_real: 1 });\n", "track('New Thing');\n", "FS.event('Odd', { a: null });\n",
    "track_server_event(\"Purchase Completed\", f\"user_{x}\", {\"amount\": 1})\n", "// fslint: ignore[FS301]\n",
    "# fslint: ignore[FS201]\n", "import { track } from './analytics';\n", "from .tracking import track\n", "export ",
    "def f(x):\n    return x\n", "<p>", "</p>", "Cart Viewed", "coupon_applied",
)  # fmt: skip
REGISTRY_LINES = (
    "  Random Event {n}:\n    side: client\n", "  Random Event {n}: {{side: both}}\n", "    status: deprecated\n",
    "    properties:\n      size: {{type: int, required: true}}\n", "  bad\n", "naming: snake_case\n", "}}\n", "# note\n",
)  # fmt: skip


@pytest_lsp.fixture(config=CONFIG, scope="module")
async def client(lsp_client: LanguageClient):
    await lsp_client.initialize_session(types.InitializeParams(capabilities=capabilities()))
    yield
    await lsp_client.shutdown_session()


class Typist:
    """Makes one random change or request after the other."""

    def __init__(self, editor: Editor, files: list[str], seed: int) -> None:
        self.editor, self.random = editor, random.Random(seed)
        self.files = files
        self.original = {path: (editor.root / path).read_bytes().decode() for path in files}
        self.asked: list[tuple[str, asyncio.Future[Any]]] = []
        self.number = 0

    def step(self) -> None:
        """Do something."""
        actions = {
            self.type: 50,
            self.delete: 14,
            self.restore: 8,
            self.save: 8,
            self.registry: 8,
            self.reopen: 3,
            self.write: 4,
        }
        self.random.choices(list(actions), list(actions.values()))[0]()
        for _ in range(self.random.randrange(3)):
            self.ask()

    def path(self) -> str:
        path = self.random.choice(self.files)
        if path not in self.editor.versions:
            self.editor.open(path)
        return path

    def edit(self, path: str, start: int, end: int, new: str) -> None:
        text = self.editor.texts[path]
        span = types.Range(position(text, start), position(text, end))
        start, end = offset(text, span.start), offset(text, span.end)
        self.editor.change(path, (span, new))
        self.editor.texts[path] = text[:start] + new + text[end:]

    def place(self, path: str) -> int:
        """Somewhere in a file, not between the two characters of a line end."""
        text = self.editor.texts[path]
        at = self.random.randint(0, len(text))
        return at - 1 if text[at - 1 : at + 1] == "\r\n" else at

    def type(self) -> None:
        path = self.path()
        at = self.place(path)
        self.edit(path, at, at, self.random.choice(SNIPPETS))

    def delete(self) -> None:
        path = self.path()
        first, second = sorted((self.place(path), self.place(path)))
        self.edit(path, first, min(second, first + self.random.choice((1, 1, 3, 30))), "")

    def restore(self) -> None:
        path = self.path()
        self.editor.change(path, self.original[path])

    def save(self) -> None:
        self.editor.save(self.path())

    def registry(self) -> None:
        self.number += 1
        path = "events.yaml"
        if path not in self.editor.versions:
            self.editor.open(path)
        text = self.editor.texts[path]
        starts = [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]
        at = self.random.choice(starts)
        self.edit(path, at, at, self.random.choice(REGISTRY_LINES).format(n=self.number))

    def reopen(self) -> None:
        path = self.path()
        self.editor.close(path)
        del self.editor.versions[path], self.editor.texts[path]

    def write(self) -> None:
        """Another program changes a file."""
        path = self.random.choice(self.files)
        if path in self.editor.versions:
            return
        text = (self.editor.root / path).read_bytes().decode() + self.random.choice(("\n", "# x\n", "// y\n"))
        self.editor.on_disk(path, text, types.FileChangeType.Changed)

    def ask(self) -> None:
        path = self.path()
        at = position(self.editor.texts[path], self.place(path))
        document, span = self.editor.document(path), types.Range(at, at)
        context = types.CodeActionContext(diagnostics=[], only=self.random.choice((None, ["source.fixAll"])))
        whole = types.Range(types.Position(0, 0), types.Position(9999, 0))
        method, params = self.random.choice(
            (
                (types.TEXT_DOCUMENT_HOVER, types.HoverParams(document, at)),
                (types.TEXT_DOCUMENT_COMPLETION, types.CompletionParams(document, at)),
                (types.TEXT_DOCUMENT_DEFINITION, types.DefinitionParams(document, at)),
                (types.TEXT_DOCUMENT_REFERENCES, types.ReferenceParams(types.ReferenceContext(True), document, at)),
                (types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, types.DocumentHighlightParams(document, at)),
                (types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionParams(document, span, context)),
                (types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, types.DocumentSymbolParams(document)),
                (types.WORKSPACE_SYMBOL, types.WorkspaceSymbolParams(self.random.choice(("", "cart", "x")))),
                (types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensParams(document)),
                (types.TEXT_DOCUMENT_INLAY_HINT, types.InlayHintParams(document, whole)),
                (types.TEXT_DOCUMENT_PREPARE_RENAME, types.PrepareRenameParams(document, at)),
            )
        )
        future = self.editor.client.protocol.send_request(
            method, params, msg_id=f"soak-{len(self.asked)}-{self.number}"
        )
        self.asked.append((method, asyncio.wrap_future(future)))
        if self.random.random() < 0.1:
            self.editor.client.cancel_request(types.CancelParams(f"soak-{len(self.asked) - 1}-{self.number}"))

    async def rename(self) -> None:
        """Rename an event that a file names, as the editor would: the edit is applied to open and closed files."""
        path = self.path()
        names = [
            name for name in ("Cart Viewed", "Purchase Completed", "Plan Changed") if name in self.editor.texts[path]
        ]
        if not names:
            return
        name = self.random.choice(names)
        params = types.RenameParams(new_name=f"{name} {self.number}", **self.editor.at(path, name, 2))
        try:
            edit = await asyncio.wait_for(self.editor.client.text_document_rename_async(params), 60)
        except TimeoutError:
            raise
        except Exception:  # refused, with a reason
            return
        if edit is None:
            return
        for changed, text in self.editor.applied(edit).items():
            if changed in self.editor.versions:
                self.editor.change(changed, text)
            else:
                self.editor.on_disk(changed, text, types.FileChangeType.Changed)

    async def answers(self) -> None:
        """Wait for every answer; being cancelled is one."""
        if not self.asked:
            return
        _, pending = await asyncio.wait([future for _, future in self.asked], timeout=120)
        assert not pending, [method for method, future in self.asked if future in pending]
        for method, future in self.asked:
            error = future.exception()
            assert error is None or "cancel" in str(error).lower(), (method, error)
        self.asked.clear()


@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="module")
async def test_nothing_is_lost_in_a_long_session(client: LanguageClient, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    demo.write(root)
    event = types.WorkspaceFoldersChangeEvent([types.WorkspaceFolder(root.as_uri(), "shop")], [])
    client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    editor = Editor(client, root)
    files = sorted(
        p.relative_to(root).as_posix() for p in root.rglob("*") if p.suffix in (".py", ".ts", ".tsx", ".yaml")
    )
    typist = Typist(editor, files, SEED)
    for number in range(EDITS):
        typist.step()
        if number % AT_ONCE == 0:
            await typist.answers()
            await typist.rename()
    await typist.answers()
    # Let the end be a project with findings to compare: what cannot be read hides the rest.
    for path in list(editor.versions):
        if typist.random.random() < 0.7:
            editor.change(path, typist.original[path])
        editor.save(path)
    await settled(editor)
    command = [sys.executable, "-m", "fslint", "check", "--no-cache", "--output-format", "json"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    wanted = sorted(
        (found["path"], found["code"], found["line"], found["column"])
        for found in json.loads(done.stdout)["diagnostics"]
    )
    assert sorted(shown(editor)) == wanted
    assert len(wanted) > 5


async def settled(editor: Editor) -> None:
    """Wait for a run that has seen everything: code actions are computed by one."""
    path = next(iter(editor.versions))
    context = types.CodeActionContext(diagnostics=[])
    params = types.CodeActionParams(
        editor.document(path), types.Range(types.Position(0, 0), types.Position(0, 0)), context
    )
    await asyncio.wait_for(editor.client.text_document_code_action_async(params), 120)


def shown(editor: Editor) -> list[tuple[str, str, int, int]]:
    """What the editor shows: path, code, line and column in code points, 1-based."""
    found = []
    for uri, diagnostics in editor.client.diagnostics.items():
        path = uri.removeprefix(editor.root.as_uri() + "/")
        text = (editor.root / path).read_bytes().decode()
        for diagnostic in diagnostics:
            start = diagnostic.range.start
            line = offset(text, types.Position(start.line, 0))
            found.append((path, str(diagnostic.code), start.line + 1, offset(text, start) - line + 1))
    return found
