"""Which request is answered by what. What only reads answers at once; what edits waits for the run that fits the text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from ..diagnostics import Diagnostic
from . import actions, completion, hover, navigation, symbols
from .diagnostics import convert
from .view import View

if TYPE_CHECKING:
    from .server import Server

REQUEST_FAILED = -32803
"""LSPErrorCodes.RequestFailed."""


def register(server: Server) -> None:
    """Give a server its features."""
    _reading(server)
    _listing(server)
    _renaming(server)
    _acting(server)


def _reading(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def show(params: types.HoverParams) -> types.Hover | None:
        view = server.view(params.text_document.uri)
        return hover.hover(view, params.position) if view is not None else None

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION,
        types.CompletionOptions(trigger_characters=["'", '"', "`", "(", "{", ",", " ", ":"]),
    )
    def complete(params: types.CompletionParams) -> types.CompletionList | None:
        view = server.view(params.text_document.uri)
        if view is None:
            return None
        return types.CompletionList(is_incomplete=False, items=completion.completion(view, params.position))

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def define(params: types.DefinitionParams) -> list[types.Location]:
        view = server.view(params.text_document.uri)
        return navigation.definition(view, params.position) if view is not None else []

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def refer(params: types.ReferenceParams) -> list[types.Location]:
        view = server.view(params.text_document.uri)
        if view is None:
            return []
        return navigation.references(view, params.position, params.context.include_declaration)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlight(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        view = server.view(params.text_document.uri)
        return navigation.highlights(view, params.position) if view is not None else []


def _listing(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def of_document(
        params: types.DocumentSymbolParams,
    ) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
        view = server.view(params.text_document.uri)
        found = symbols.document_symbols(view) if view is not None else []
        text = server.client_capabilities.text_document
        shown = text.document_symbol if text is not None else None
        if shown is not None and shown.hierarchical_document_symbol_support:
            return found
        uri = params.text_document.uri
        return [types.SymbolInformation(types.Location(uri, s.range), s.name, s.kind) for s in found]

    @server.feature(types.WORKSPACE_SYMBOL)
    def of_workspace(params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
        found = []
        for folder in server.folders:
            view = server.view_of(folder, str(folder.root))
            found += symbols.workspace_symbols(view, params.query) if view is not None else []
        return found

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    def lens(params: types.CodeLensParams) -> list[types.CodeLens]:
        view = server.view(params.text_document.uri)
        return symbols.lenses(view, server.options.show_references) if view is not None else []

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    def hint(params: types.InlayHintParams) -> list[types.InlayHint]:
        view = server.view(params.text_document.uri) if server.options.inlay_hints else None
        return symbols.hints(view, params.range) if view is not None else []


def _renaming(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepare(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        view = await server.settled_view(params.text_document.uri, whole=True)
        return navigation.prepare_rename(view, params.position) if view is not None else None

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        view = await server.settled_view(params.text_document.uri, whole=True)
        if view is None:
            return None
        try:
            return navigation.rename(view, params.position, params.new_name, takes_versions(server))
        except navigation.Refused as error:
            raise JsonRpcException(str(error), REQUEST_FAILED) from None


def _acting(server: Server) -> None:
    options = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, actions.FIX_ALL])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def act(params: types.CodeActionParams) -> list[types.CodeAction]:
        quick, every = actions.kinds(params.context.only)
        view = await server.settled_view(params.text_document.uri) if quick or every else None
        if view is None:
            return []
        made = actions.Actions(view, takes_versions(server))
        found: list[types.CodeAction] = []
        if every:
            action = made.fix_all()
            found += [action] if action is not None else []
        if quick:
            found += made.quick(_within(server, view, params.range))
        return found


def _within(server: Server, view: View, span: types.Range) -> Iterator[tuple[Diagnostic, types.Diagnostic]]:
    """The findings of a file that touch a range."""
    first, last = view.text.offset(span.start), view.text.offset(span.end)
    for diagnostic in view.snapshot.diagnostics.get(view.path, ()):
        if diagnostic.place.start <= last and diagnostic.place.end >= first:
            shown = convert(view.snapshot, diagnostic, view.locate, server.shown)
            if shown is not None:
                yield diagnostic, shown


def takes_versions(server: Server) -> bool:
    """Whether the client takes edits of documents with their versions."""
    workspace = server.client_capabilities.workspace
    edit = workspace.workspace_edit if workspace is not None else None
    return bool(edit is not None and edit.document_changes)
