"""The language server's code actions: each is applied, and the result read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from lsptest import CONFIG, Editor, capabilities, codes, project
from projects import findings
from pytest_lsp import LanguageClient

pytestmark = pytest.mark.asyncio(loop_scope="module")

REGISTRY = """version: 1
events:
  Cart Viewed:
    side: client
    properties:
      total: {type: real}
  # the last one
  Cart Closed: {side: client}

user_properties: {}
"""
ANALYTICS = """import { FullStory } from '@fullstory/browser';
export function track(name: string, properties: Record<string, unknown> = {}): void {
  FullStory.event(name, properties);
}
"""


@pytest_lsp.fixture(config=CONFIG, scope="module")
async def client(lsp_client: LanguageClient):
    await lsp_client.initialize_session(types.InitializeParams(capabilities=capabilities()))
    yield
    await lsp_client.shutdown_session()


async def shop(client: LanguageClient, root: Path, path: str, text: str, *expected: str, **files: str) -> Editor:
    """A project with one file open, once it shows the expected rules."""
    more = {"fslint.toml": "", "events.yaml": REGISTRY, "web/analytics.ts": ANALYTICS, path: text, **files}
    editor = await project(client, root, more)
    editor.open(path)
    await editor.codes(path, *expected)
    return editor


async def offered(
    editor: Editor, path: str, text: str, only: Sequence[types.CodeActionKind | str] | None = None
) -> dict[str, types.CodeAction]:
    """The actions at a text, by title."""
    context = types.CodeActionContext(diagnostics=[], only=only)
    params = types.CodeActionParams(editor.document(path), editor.range(path, text), context)
    found = await editor.client.text_document_code_action_async(params)
    return {action.title: action for action in found or () if isinstance(action, types.CodeAction)}


def take(editor: Editor, action: types.CodeAction) -> dict[str, str]:
    """What the files an action changes are then, written to disk as well."""
    after = editor.applied(action.edit)
    for path, text in after.items():
        (editor.root / path).write_bytes(text.encode())
    return after


async def test_a_fix(client: LanguageClient, tmp_path: Path) -> None:
    text = "import { track } from './analytics';\r\ntrack('Cart Viewed', { /* 😀 */ total: 1.5 });\r\n"
    editor = await shop(client, tmp_path, "web/cart.ts", text, "FS301")
    actions = await offered(editor, "web/cart.ts", "total")
    fix = actions["Rename to 'total_real'"]
    assert fix.kind == types.CodeActionKind.QuickFix
    assert not fix.is_preferred
    assert codes(fix.diagnostics or ()) == ["FS301"]
    assert take(editor, fix) == {"web/cart.ts": text.replace("total", "total_real")}
    assert await offered(editor, "web/cart.ts", "import") == {}


async def test_all_safe_fixes_at_once(client: LanguageClient, tmp_path: Path) -> None:
    text = (
        "import { track } from './analytics';\n"
        "// fslint: ignore[FS201]\n"
        "track('Cart Viewed', { total: 1.5 });\n"
        "track('Cart Closed'); // fslint: ignore[FS301] old\n"
    )
    editor = await shop(client, tmp_path, "web/cart.ts", text, "FS003", "FS301", "FS003")
    for only in ("source.fixAll.fslint", "source.fixAll", "source"):
        actions = await offered(editor, "web/cart.ts", "import", [only])
        ((title, action),) = actions.items()
        assert action.kind == "source.fixAll.fslint"
    assert take(editor, actions[title]) == {
        "web/cart.ts": "import { track } from './analytics';\n"
        "track('Cart Viewed', { total: 1.5 });\n"
        "track('Cart Closed');\n"
    }
    assert "source.fixAll.fslint" not in [a.kind for a in (await offered(editor, "web/cart.ts", "total")).values()]
    assert await offered(editor, "web/cart.ts", "total", [types.CodeActionKind.Refactor]) == {}


@pytest.mark.parametrize(
    ("path", "text", "at", "code"),
    [
        ("web/cart.ts", "import { track } from './analytics';\ntrack('Cart Viewed', { total: 1 });\n", "total", "FS301"),
        ("web/cart.tsx", "import { track } from './analytics';\nexport const A = () => <p>{track('Cart Viewed', { total: 1 })}</p>;\n", "total", "FS301"),
        ("api/main.py", "from vendor import track_server_event\n\n\ndef f():\n    try:\n        track_server_event('Cart Veiwed', 'user_1')\n    except Exception:\n        pass\n", "'Cart Veiwed'", "FS101"),
    ],
)  # fmt: skip
async def test_suppressing_here(
    client: LanguageClient, tmp_path: Path, path: str, text: str, at: str, code: str
) -> None:
    editor = await project(
        client, tmp_path, {"fslint.toml": "", "events.yaml": REGISTRY, "web/analytics.ts": ANALYTICS, path: text}
    )
    editor.open(path)
    await editor.shown(path, lambda found: code in codes(found))
    actions = await offered(editor, path, at)
    after = take(editor, actions[f"Suppress {code} here"])
    assert f"fslint: ignore[{code}]" in after[path]
    assert code not in [found for found, where, _ in findings(tmp_path) if where == path]
    assert "FS003" not in [found for found, _, _ in findings(tmp_path)]


@pytest.mark.parametrize(
    ("registry", "wanted"),
    [
        (REGISTRY, REGISTRY.replace(
            "  Cart Closed: {side: client}\n",
            "  Cart Closed: {side: client}\n  Plan Chosen:\n    side: client\n    properties:\n"
            "      plan: {type: str, required: true}\n",
        )),
        ("version: 1\nevents: {}\n", "version: 1\nevents: {Plan Chosen: {side: client, properties: {plan: {type: str, required: true}}}}\n"),
        ("version: 1\nevents: {A: {side: client}}", "version: 1\nevents: {A: {side: client}, Plan Chosen: {side: client, properties: {plan: {type: str, required: true}}}}"),
        ("version: 1\nevents:\n    A:\n        side: client\n        description: |\n            two\n            lines\n", "version: 1\nevents:\n    A:\n        side: client\n        description: |\n            two\n            lines\n    Plan Chosen:\n      side: client\n      properties:\n        plan: {type: str, required: true}\n"),
        ("version: 1\n", "version: 1\nevents:\n  Plan Chosen:\n    side: client\n    properties:\n      plan: {type: str, required: true}\n"),
    ],
)  # fmt: skip
async def test_registering_an_event(client: LanguageClient, tmp_path: Path, registry: str, wanted: str) -> None:
    text = "import { track } from './analytics';\ntrack('Plan Chosen', { plan_str: 'pro' });\n"
    files = {"fslint.toml": "", "events.yaml": registry, "web/analytics.ts": ANALYTICS, "web/plan.ts": text}
    editor = await project(client, tmp_path, files)
    editor.open("web/plan.ts")
    await editor.shown("web/plan.ts", lambda found: "FS101" in codes(found))
    actions = await offered(editor, "web/plan.ts", "Plan Chosen")
    after = take(editor, actions["Register 'Plan Chosen' in events.yaml"])
    assert after == {"events.yaml": wanted}
    assert not {"FS101", "FS002"} & {code for code, _, _ in findings(tmp_path)}


async def test_renaming_to_a_registered_event(client: LanguageClient, tmp_path: Path) -> None:
    text = "import { track } from './analytics';\ntrack('Cart Viewd');\n"
    editor = await shop(client, tmp_path, "web/cart.ts", text, "FS101")
    actions = await offered(editor, "web/cart.ts", "Cart Viewd")
    assert [title for title in actions if title.startswith("Rename")] == [
        "Rename to 'Cart Viewed'",
        "Rename to 'Cart Closed'",
    ]
    assert take(editor, actions["Rename to 'Cart Closed'"]) == {
        "web/cart.ts": text.replace("Cart Viewd", "Cart Closed")
    }


async def test_actions_fit_the_text_as_it_is_now(client: LanguageClient, tmp_path: Path) -> None:
    text = "import { track } from './analytics';\ntrack('Cart Viewed', { total: 1.5 });\n"
    editor = await shop(client, tmp_path, "web/cart.ts", text, "FS301")
    editor.replace("web/cart.ts", "import", "// one more line\nimport")
    after = take(editor, (await offered(editor, "web/cart.ts", "total"))["Rename to 'total_real'"])
    assert after == {"web/cart.ts": "// one more line\n" + text.replace("total", "total_real")}
