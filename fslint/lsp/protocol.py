"""The protocol as pygls speaks it, made robust: every request is answered, and the process ends when it should.

pygls leaves requests after ``shutdown`` and malformed ones without an answer, exits with 0 whatever happened, and then
waits for a standard input that may never close.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidRequest, JsonRpcServerNotInitialized
from pygls.protocol import LanguageServerProtocol, lsp_method

if TYPE_CHECKING:
    from .server import Server


class _Malformed:
    """A request whose parameters cannot be read."""

    jsonrpc = "2.0"

    def __init__(self, id: str | int, error: JsonRpcException) -> None:
        self.id, self.error = id, error


class Protocol(LanguageServerProtocol):
    """The server's end of the connection."""

    _server: Server
    _initialized = False

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message of its JSON; one that cannot be read is kept for its answer."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                return _Malformed(data["id"], error)
            raise

    def handle_message(self, message: Any) -> None:
        """Hand a message to its handler, or answer at once."""
        if isinstance(message, _Malformed):
            self._send_response(message.id, error=message.error.to_response_error())
            return
        method = getattr(message, "method", None)
        if method is not None and hasattr(message, "id"):
            refused: JsonRpcException | None = None
            if self._shutdown:
                refused = JsonRpcInvalidRequest("the server is shutting down")
            elif method == types.INITIALIZE:
                refused = JsonRpcInvalidRequest("initialize was sent twice") if self._initialized else None
                self._initialized = True
            elif not self._initialized:
                refused = JsonRpcServerNotInitialized("initialize must come first")
            if refused is not None:
                self._send_response(message.id, error=refused.to_response_error())
                return
        elif method is not None and not self._initialized and method != types.EXIT:
            return
        super().handle_message(message)

    def _send_data(self, data: Any) -> None:
        try:
            super()._send_data(data)
        except (BrokenPipeError, ConnectionError):
            leave(1)

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: object) -> NoReturn:
        """End the process: 0 after a ``shutdown``, else 1."""
        leave(0 if self._shutdown else 1)

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """The documents are kept by the server, not by pygls."""
        self._server.did_open(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """See ``did_open``."""
        self._server.did_change(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """See ``did_open``."""
        self._server.did_close(params)


def leave(code: int) -> NoReturn:
    """End the process now: threads that read or analyse must not keep it."""
    try:
        sys.stderr.flush()
    finally:
        os._exit(code)
