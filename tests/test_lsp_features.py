"""What the language server answers: hover, completion, definition, references, rename, symbols, lenses, hints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types
from lsptest import CONFIG, Editor, capabilities, edited, position, project
from pytest_lsp import LanguageClient

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHOP = {
    "fslint.toml": "",
    "events.yaml": """version: 1
user_id: {type: string, format: "user_{id}"}
events:
  Cart Viewed:
    description: The cart was opened.
    side: client
    owner: web
    properties:
      total: {type: real, required: true}
      items: {type: int}
      currency: {type: str, enum: [EUR, USD]}
      source: {type: str}
  Purchase Completed:
    side: server
    properties:
      amount: {type: real, required: true}
  Old Event:
    side: client
    status: deprecated
    replaced_by: Cart Viewed
""",
    "web/analytics.ts": """import { FullStory } from '@fullstory/browser';
export const CART = 'Cart Viewed';
export function track(name: string, properties: Record<string, unknown> = {}): void {
  FullStory.event(name, properties);
}
""",
    "web/cart.ts": """import { CART, track } from './analytics';
export const open = (total: number) => track('Cart Viewed', { total_real: total, currency_str: 'EUR' });
export const again = (total: number) => track(CART, { total_real: total });
""",
    "web/user.ts": """import { FullStory } from '@fullstory/browser';
export const login = (id: string) => FullStory.identify(`user_${id}`);
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
    params = types.InitializeParams(
        capabilities=capabilities(), initialization_options={"showReferencesCommand": "editor.show"}
    )
    await lsp_client.initialize_session(params)
    yield
    await lsp_client.shutdown_session()


async def shop(client: LanguageClient, root: Path, *open_files: str, **files: str) -> Editor:
    """The shop in the editor, checked once."""
    editor = await project(client, root, {**SHOP, **files})
    for path in open_files:
        editor.open(path)
    for path in open_files:
        await editor.shown(path, lambda found: True)
    return editor


def names(locations: Sequence[types.Location], editor: Editor) -> list[tuple[str, str]]:
    """Locations as file name and text."""
    found = []
    for location in locations:
        path = location.uri.removeprefix(editor.root.as_uri() + "/")
        found.append((path, editor.text_at(path, location.range)))
    return found


async def hovered(editor: Editor, path: str, text: str) -> str:
    found = await editor.client.text_document_hover_async(types.HoverParams(**editor.at(path, text)))
    assert found is not None, text
    assert isinstance(found.contents, types.MarkupContent)
    return found.contents.value


async def test_hover_tells_the_registration_and_the_other_calls(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path, "web/cart.ts", "api/main.py", "web/user.ts", "events.yaml")
    said = await hovered(editor, "web/cart.ts", "'Cart Viewed'")
    for part in (
        "**Cart Viewed**",
        "The cart was opened.",
        "side: client",
        "owner: web",
        "events.yaml:4",
        "`total`: real, required",
    ):
        assert part in said
    assert "web/cart.ts:3" in said and "web/cart.ts:2" not in said
    assert "**Cart Viewed**" in await hovered(editor, "web/cart.ts", "CART, { total")
    assert "one of `EUR`, `USD`" in await hovered(editor, "web/cart.ts", "currency_str")
    assert "`user_{}`, 2 places" in await hovered(editor, "api/main.py", 'f"user_')
    assert "Registered form: `user_{id}`" in await hovered(editor, "web/user.ts", "`user_")
    assert "Sent by 2 client calls" in await hovered(editor, "events.yaml", "Cart Viewed:")
    nothing = await client.text_document_hover_async(types.HoverParams(**editor.at("web/cart.ts", "export")))
    assert nothing is None


async def test_hover_moves_along_with_edits(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path, "web/cart.ts")
    editor.replace("web/cart.ts", "import {", "// 😀\nimport {")
    found = await client.text_document_hover_async(types.HoverParams(**editor.at("web/cart.ts", "'Cart Viewed'")))
    assert found is not None and found.range is not None
    assert editor.text_at("web/cart.ts", found.range) == "'Cart Viewed'"


async def completed(editor: Editor, path: str, old: str, typed: str) -> dict[str, types.CompletionItem]:
    """What is offered after replacing ``old`` by ``typed`` up to its ``|``."""
    before, _, after = typed.partition("|")
    start = editor.texts[path].index(old)
    editor.replace(path, old, before + after)
    place = position(editor.texts[path], start + len(before))
    found = await editor.client.text_document_completion_async(types.CompletionParams(editor.document(path), place))
    assert isinstance(found, types.CompletionList)
    return {item.label: item for item in found.items}


async def chosen(editor: Editor, path: str, item: types.CompletionItem) -> str:
    assert isinstance(item.text_edit, types.TextEdit)
    return edited(editor.texts[path], [item.text_edit])


@pytest.mark.parametrize(
    ("path", "old", "typed", "label", "text"),
    [
        ("web/cart.ts", "'Cart Viewed', {", "'Pur|', {", "Purchase Completed", "track('Purchase Completed', {"),
        ("web/cart.ts", "'Cart Viewed', {", "|, {", "Cart Viewed", "track('Cart Viewed', {"),
        ("web/cart.ts", "'Cart Viewed', { total_real: total, currency_str: 'EUR' }", "'Cart V|", "Cart Viewed", "track('Cart Viewed"),
        ("web/cart.ts", "currency_str: 'EUR'", "it|", "items_int", "total_real: total, items_int: "),
        ("web/cart.ts", "CART, { total_real: total }", "CART, { | }", "total_real", "track(CART, { total_real: "),
        ("web/cart.ts", "'EUR'", "'|'", "USD", "currency_str: 'USD'"),
        ("web/cart.ts", "'EUR'", "|", "USD", "currency_str: 'USD'"),
        ("web/user.ts", "FullStory.identify(`user_${id}`)", "FullStory.event('Cart Viewed', { cur| })", "currency_str", "{ currency_str:"),
        ("web/user.ts", "FullStory.identify(`user_${id}`)", "FullStory('trackEvent', { name: '|' })", "Cart Viewed", "name: 'Cart Viewed'"),
        ("web/user.ts", "FullStory.identify(`user_${id}`)", "FullStory('trackEvent', { name: 'Cart Viewed', properties: { | } })", "currency", "{ currency: "),
        ("api/main.py", '"Purchase Completed"', '"|"', "Purchase Completed", '"Purchase Completed", f"'),
        ("api/main.py", '{"amount": order.total}', '{"|"}', "amount", '{"amount"}'),
        ("api/main.py", '{"amount": order.total}', "{|}", "amount", '{"amount": }'),
        ("events.yaml", "    side: server", "    side: |", "both", "side: both"),
        ("events.yaml", "    side: server", "    side: server\n    |", "critical", "    critical: "),
        ("events.yaml", "amount: {type: real", "amount: {type: re|", "real", "{type: real,"),
        ("events.yaml", "amount: {type: real, required: true}", "amount: {type: real, |}", "minimum", "real, minimum: }"),
        ("events.yaml", "replaced_by: Cart Viewed", "replaced_by: |", "Purchase Completed", "replaced_by: Purchase Completed"),
        ("events.yaml", "version: 1", "version: 1\nnaming: |", "title_case", "naming: title_case"),
    ],
)  # fmt: skip
async def test_completion(
    client: LanguageClient, tmp_path: Path, path: str, old: str, typed: str, label: str, text: str
) -> None:
    editor = await shop(client, tmp_path, path)
    offered = await completed(editor, path, old, typed)
    assert label in offered
    assert text in await chosen(editor, path, offered[label])


async def test_completion_is_silent_elsewhere(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path, "web/cart.ts")
    assert await completed(editor, "web/cart.ts", "export const again", "console.log('|');\nexport const again") == {}
    assert "total_real" not in await completed(editor, "web/cart.ts", "currency_str: 'EUR'", "|")


async def test_definition_leads_to_the_registry(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path, "web/cart.ts", "api/main.py")

    async def defined(path: str, text: str) -> list[tuple[str, str]]:
        found = await client.text_document_definition_async(types.DefinitionParams(**editor.at(path, text)))
        assert isinstance(found, Sequence)
        return names(found, editor)  # type: ignore[arg-type]

    assert await defined("web/cart.ts", "'Cart Viewed'") == [("events.yaml", "Cart Viewed")]
    assert await defined("web/cart.ts", "CART, { total") == [("events.yaml", "Cart Viewed")]
    assert await defined("web/cart.ts", "currency_str") == [("events.yaml", "currency")]
    assert await defined("api/main.py", '"amount"') == [("events.yaml", "amount")]
    assert await defined("web/cart.ts", "export") == []


async def test_references_are_the_calls_of_both_languages(client: LanguageClient, tmp_path: Path) -> None:
    both = SHOP["api/main.py"].replace("Purchase Completed", "Cart Viewed")
    editor = await shop(client, tmp_path, "events.yaml", **{"api/main.py": both})
    context = types.ReferenceContext(include_declaration=True)
    params = types.ReferenceParams(context=context, **editor.at("events.yaml", "Cart Viewed:"))
    found = await client.text_document_references_async(params)
    assert names(found or [], editor) == [
        ("api/main.py", '"Cart Viewed"'),
        ("events.yaml", "Cart Viewed"),
        ("web/cart.ts", "'Cart Viewed'"),
        ("web/cart.ts", "CART"),
    ]
    params = types.ReferenceParams(context=context, **editor.at("events.yaml", "currency:"))
    found = await client.text_document_references_async(params)
    assert names(found or [], editor) == [("events.yaml", "currency"), ("web/cart.ts", "currency_str")]


async def renamed(editor: Editor, path: str, text: str, new: str) -> dict[str, str]:
    params = types.RenameParams(new_name=new, **editor.at(path, text, 2))
    return editor.applied(await editor.client.text_document_rename_async(params))


async def test_rename_goes_through_code_and_registry(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path, "web/cart.ts")
    ready = await client.text_document_prepare_rename_async(
        types.PrepareRenameParams(**editor.at("web/cart.ts", "'Cart Viewed'", 2))
    )
    assert isinstance(ready, types.PrepareRenamePlaceholder)
    assert (ready.placeholder, editor.text_at("web/cart.ts", ready.range)) == ("Cart Viewed", "Cart Viewed")
    after = await renamed(editor, "web/cart.ts", "'Cart Viewed'", "Basket: opened")
    assert after == {
        "events.yaml": SHOP["events.yaml"].replace("Cart Viewed", '"Basket: opened"'),
        "web/analytics.ts": SHOP["web/analytics.ts"].replace("Cart Viewed", "Basket: opened"),
        "web/cart.ts": SHOP["web/cart.ts"].replace("Cart Viewed", "Basket: opened"),
    }


async def test_rename_from_the_registry_with_line_ends_of_windows(client: LanguageClient, tmp_path: Path) -> None:
    crlf = {"events.yaml": SHOP["events.yaml"].replace("\n", "\r\n")}
    editor = await shop(client, tmp_path, "events.yaml", **crlf)
    after = await renamed(editor, "events.yaml", "Purchase Completed", "It's Paid")
    assert after == {
        "events.yaml": crlf["events.yaml"].replace("Purchase Completed", "It's Paid"),
        "api/main.py": SHOP["api/main.py"].replace("Purchase Completed", "It's Paid"),
    }


@pytest.mark.parametrize(
    ("text", "new", "why"),
    [
        ("'Cart Viewed'", "Purchase Completed", "registered already"),
        ("'Cart Viewed'", "  ", "1 to 250 characters"),
        ("CART, { total", "Basket", "no event's name"),
        ("total_real", "sum", "no event's name"),
    ],
)
async def test_rename_refuses_with_a_reason(
    client: LanguageClient, tmp_path: Path, text: str, new: str, why: str
) -> None:
    editor = await shop(client, tmp_path, "web/cart.ts")
    with pytest.raises(Exception, match=why):
        await renamed(editor, "web/cart.ts", text, new)


async def test_rename_refuses_what_is_not_one_text(client: LanguageClient, tmp_path: Path) -> None:
    more = {"web/odd.ts": "import { track } from './analytics';\ntrack('Cart ' + 'Viewed', { total_real: 1 });\n"}
    editor = await shop(client, tmp_path, "web/cart.ts", **more)
    with pytest.raises(Exception, match=r"web/odd\.ts:2"):
        await renamed(editor, "web/cart.ts", "'Cart Viewed'", "Basket Opened")


async def test_symbols_of_files_and_of_the_workspace(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path, "web/cart.ts", "events.yaml")

    async def listed(path: str) -> list[Any]:
        params = types.DocumentSymbolParams(editor.document(path))
        return list(await client.text_document_document_symbol_async(params) or ())

    assert [(s.name, editor.text_at("web/cart.ts", s.selection_range)) for s in await listed("web/cart.ts")] == [
        ("Cart Viewed", "'Cart Viewed'"),
        ("Cart Viewed", "CART"),
    ]
    first = (await listed("events.yaml"))[0]
    assert (first.name, [child.name for child in first.children]) == (
        "Cart Viewed",
        ["total", "items", "currency", "source"],
    )
    found = await client.workspace_symbol_async(types.WorkspaceSymbolParams("purch"))
    here = [s for s in found or () if s.location.uri.startswith(editor.root.as_uri())]
    assert [(s.name, s.container_name) for s in here] == [
        ("Purchase Completed", "registry"),
        ("Purchase Completed", "server"),
    ]


async def test_code_lenses_count_the_calls(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path, "events.yaml")
    found = await client.text_document_code_lens_async(types.CodeLensParams(editor.document("events.yaml")))
    shown = [(editor.text_at("events.yaml", lens.range), lens.command) for lens in found or ()]
    assert [(name, command.title) for name, command in shown if command] == [
        ("Cart Viewed", "2 client calls"),
        ("Purchase Completed", "1 server call"),
        ("Old Event", "not sent"),
    ]
    assert shown[0][1] is not None and shown[0][1].command == "editor.show"
    assert len(shown[0][1].arguments or ()) == 3


async def test_inlay_hints_are_off_until_asked_for(client: LanguageClient, tmp_path: Path) -> None:
    editor = await shop(client, tmp_path, "web/cart.ts")
    whole = types.Range(types.Position(0, 0), types.Position(9, 0))
    params = types.InlayHintParams(editor.document("web/cart.ts"), whole)
    assert not await client.text_document_inlay_hint_async(params)
    settings = types.DidChangeConfigurationParams({"fslint": {"inlayHints": True}})
    client.workspace_did_change_configuration(settings)
    found = await client.text_document_inlay_hint_async(params)
    assert [hint.label for hint in found or ()] == ["= Cart Viewed"]
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams({"fslint": {"inlayHints": False}}))
    assert not await client.text_document_inlay_hint_async(params)
