"""The language server's diagnostics, and how it stands what editors do to it."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from lsptest import CONFIG, Editor, capabilities, codes, project
from pytest_lsp import LanguageClient

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = "na1." + "aB3" * 30
SHOP = {
    "fslint.toml": "",
    "events.yaml": """version: 1
events:
  Cart Viewed:
    side: client
    properties:
      total: {type: real, required: true}
  Purchase Completed:
    side: server
    properties:
      amount: {type: real}
""",
    "web/analytics.ts": """import { FullStory } from '@fullstory/browser';
export const PURCHASE = 'Purchase Completed';
export function track(name: string, properties: Record<string, unknown> = {}): void {
  FullStory.event(name, properties);
}
""",
    "web/cart.ts": """import { track } from './analytics';
export const open = (total: number) => track('Cart Viewed', { total_real: total });
""",
    "api/main.py": """from vendor import track_server_event


def pay(order):
    try:
        track_server_event("Purchase Completed", f"user_{order.user_id}", {"amount": order.total})
    except Exception:
        pass
""",
}


@pytest_lsp.fixture(config=CONFIG, scope="module")
async def client(lsp_client: LanguageClient):
    await lsp_client.initialize_session(types.InitializeParams(capabilities=capabilities()))
    yield
    await lsp_client.shutdown_session()


async def shop(client: LanguageClient, root: Path, **files: str) -> Editor:
    return await project(client, root, {**SHOP, **files})


async def test_findings_come_and_go_as_one_types(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path)
    editor.open("web/cart.ts")
    await editor.codes("web/cart.ts")
    editor.replace("web/cart.ts", "total_real", "total")
    (found,) = await editor.codes("web/cart.ts", "FS301")
    assert editor.text_at("web/cart.ts", found.range) == "total"
    assert found.source == "fslint"
    assert found.severity == types.DiagnosticSeverity.Error
    assert found.code_description is not None
    assert found.code_description.href.endswith("/FS301-untyped-property.md")
    editor.replace("web/cart.ts", "{ total:", "{ total_real:")
    assert await editor.codes("web/cart.ts") == []


async def test_a_change_on_one_side_shows_on_the_other(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path)
    editor.open("web/cart.ts")
    editor.open("api/main.py")
    await editor.codes("web/cart.ts")
    editor.replace("web/cart.ts", "'Cart Viewed', { total_real: total }", "'Refund Issued'")
    editor.replace("api/main.py", '"Purchase Completed"', '"Refund Issued"')
    found = await editor.shown("web/cart.ts", lambda found: "FS201" in codes(found))
    (duplicate,) = [d for d in found if d.code == "FS201"]
    related = [(r.location.uri, editor.text_at("api/main.py", r.location.range)) for r in duplicate.related_information]
    assert related[0][0] == editor.uri("api/main.py")
    assert related[0][1].startswith('track_server_event("Refund Issued"')
    editor.replace("api/main.py", '"Refund Issued"', '"Purchase Completed"')
    await editor.shown("web/cart.ts", lambda found: "FS201" not in codes(found))


async def test_the_registry_as_it_stands_in_the_editor_counts(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path)
    editor.open("web/cart.ts")
    editor.open("events.yaml")
    await editor.codes("web/cart.ts")
    editor.replace("events.yaml", "    side: client", "    side: client\n    status: deprecated")
    (found,) = await editor.codes("web/cart.ts", "FS108")
    assert list(found.tags) == [types.DiagnosticTag.Deprecated]
    editor.close("events.yaml")
    await editor.codes("web/cart.ts")


async def test_files_that_are_not_open_are_shown_too(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(
        client, tmp_path, **{"web/old.ts": "import { track } from './analytics';\ntrack('Cart Veiwed');\n"}
    )
    (found,) = await editor.codes("web/old.ts", "FS101")
    assert editor.text_at("web/old.ts", found.range) == "'Cart Veiwed'"
    editor.on_disk("web/old.ts", "import { track } from './analytics';\n", types.FileChangeType.Changed)
    await editor.codes("web/old.ts")
    editor.on_disk(
        "web/new.ts", "import { track } from './analytics';\ntrack('Cart Vewed');\n", types.FileChangeType.Created
    )
    await editor.codes("web/new.ts", "FS101")
    editor.on_disk("web/new.ts", None, types.FileChangeType.Deleted)
    await editor.codes("web/new.ts")


async def test_an_open_file_that_is_deleted_still_counts(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path)
    editor.open("web/cart.ts")
    await editor.codes("web/cart.ts")
    editor.on_disk("web/cart.ts", None, types.FileChangeType.Deleted)
    editor.replace("web/cart.ts", "{ total_real", "{ total")
    await editor.codes("web/cart.ts", "FS301")
    editor.close("web/cart.ts")
    await editor.codes("web/cart.ts")


async def test_a_new_file_counts_before_it_is_saved(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path)
    editor.open("web/more.ts", "import { track } from './analytics';\ntrack('Cart Veiwed');\n")
    await editor.codes("web/more.ts", "FS101")


async def test_places_count_utf_16_units_and_every_line_end(client: LanguageClient, tmp_path: Path) -> None:
    text = "// 😀 caf\u00e9\r\nimport { track } from './analytics';\r\nconst a = '😀\u2028', b = 1; track('Cart Veiwed');\r\n"
    editor = await shop(client, tmp_path, **{"web/odd.ts": text})
    editor.open("web/odd.ts")
    (found,) = await editor.codes("web/odd.ts", "FS101")
    assert editor.text_at("web/odd.ts", found.range) == "'Cart Veiwed'"
    editor.change("web/odd.ts", (editor.range("web/odd.ts", "Veiwed"), "Viewed"))
    editor.texts["web/odd.ts"] = text.replace("Veiwed", "Viewed")
    (found,) = await editor.codes("web/odd.ts", "FS104")
    assert editor.text_at("web/odd.ts", found.range).startswith("track('Cart Viewed'")


async def test_keys_are_masked(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path, **{"web/key.ts": f"export const fullstoryKey = '{KEY}';\n"})
    (found,) = await editor.codes("web/key.ts", "FS601")
    assert KEY not in repr(found)


async def test_a_wrong_configuration_is_said_and_shown(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path)
    editor.open("web/cart.ts")
    await editor.codes("web/cart.ts")
    editor.on_disk("fslint.toml", '\nselekt = ["FS1"]\n', types.FileChangeType.Changed)
    (found,) = await editor.codes("fslint.toml", "configuration")
    assert found.range.start.line == 1
    assert "select" in found.message
    assert any("selekt" in message.message for message in client.messages)
    editor.on_disk("fslint.toml", 'ignore = ["FS301"]\n', types.FileChangeType.Changed)
    await editor.codes("fslint.toml")
    editor.replace("web/cart.ts", "{ total_real", "{ total")
    assert codes(await editor.shown("web/cart.ts")) == []


async def test_half_typed_code_and_huge_pastes(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path)
    editor.open("web/cart.ts")
    for text in ("track('Cart V", "track(`${", "const {", "\x00\x01", "}" * 5000, "(" * 5000, "x = 1;\n" * 60_000):
        editor.change("web/cart.ts", text)
    editor.change("web/cart.ts", SHOP["web/cart.ts"].replace("{ total_real", "{ total"))
    await editor.codes("web/cart.ts", "FS301")


async def test_the_last_sound_text_stands_while_an_edit_is_half_done(client: LanguageClient, tmp_path: Path) -> None:
    wrong = SHOP["web/cart.ts"].replace("{ total_real", "{ total")
    editor = await shop(client, tmp_path, **{"web/cart.ts": wrong})
    for path in ("web/cart.ts", "web/analytics.ts", "events.yaml"):
        editor.open(path)
    await editor.codes("web/cart.ts", "FS301")
    # The wrapper is half typed: its callers still call it.
    editor.replace(
        "web/analytics.ts", "export function track(name: string,", "// 😀\nexport function track(name: string, ("
    )
    assert codes(await editor.shown("web/analytics.ts")) == []
    assert codes(await editor.shown("web/cart.ts", lambda found: True)) == ["FS301"]
    # A finding in a half-typed file moves with the text around it.
    editor.replace("web/cart.ts", "import", "const x = (\nimport")
    (found,) = await editor.shown("web/cart.ts")
    assert editor.text_at("web/cart.ts", found.range) == "total"
    # A registry that is no YAML shows that, and its events still are.
    editor.replace("events.yaml", "version: 1", "version: 1\nnaming: {")
    assert codes(await editor.shown("events.yaml")) == ["FS002"]
    assert codes(await editor.shown("web/cart.ts", lambda found: True)) == ["FS301"]
    # Saving makes it true.
    editor.save("web/analytics.ts")
    await editor.shown("web/cart.ts", lambda found: "FS301" not in codes(found))


async def test_folders_come_and_go(client: LanguageClient, tmp_path: Path) -> None:
    first = await shop(client, tmp_path / "a")
    second = await shop(
        client, tmp_path / "b", **{"web/cart.ts": SHOP["web/cart.ts"].replace("{ total_real", "{ total")}
    )
    await second.codes("web/cart.ts", "FS301")
    first.open("web/cart.ts")
    await first.codes("web/cart.ts")
    event = types.WorkspaceFoldersChangeEvent([], [types.WorkspaceFolder(second.root.as_uri(), "b")])
    client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    await second.codes("web/cart.ts")
