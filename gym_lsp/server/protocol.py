"""The lifecycle by the book, and no second copy of the documents.

pygls answers a request before `initialize` with an internal error, one after `shutdown` and one that makes no sense not
at all, and keeps its own text of every document; see `sync` for why that text is not used.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, cast

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol, lsp_method

SERVER_NOT_INITIALIZED = -32002
INVALID_REQUEST = -32600
INVALID_PARAMS = -32602
PARSE_ERROR = -32700
_ALLOWED_BEFORE = frozenset({lsp.INITIALIZE, lsp.EXIT})


class _Unreadable:
    """Stands for a message whose shape is not what LSP says it is."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.method: str | None = data.get("method")
        self.is_request = self.method is not None and "id" in data
        self.id: Any = data.get("id")


class GymProtocol(LanguageServerProtocol):
    """LanguageServerProtocol with the answers that the specification asks for."""

    _initialized = False

    @property
    def was_shut_down(self) -> bool:
        """Whether the client has asked to shut down."""
        return self._shutdown

    def structure_message(self, data: dict[str, Any]) -> Any:
        try:
            return super().structure_message(data)
        except JsonRpcException:
            return _Unreadable(data)

    def handle_message(self, message: Any) -> None:
        method = getattr(message, "method", None)
        is_request = method is not None and hasattr(message, "id")
        if isinstance(message, _Unreadable):
            is_request = message.is_request
        if method is not None and not self._initialized and method not in _ALLOWED_BEFORE:
            if is_request:
                self._refuse(message.id, SERVER_NOT_INITIALIZED, "the server is not initialized yet")
            return
        if self._shutdown and is_request:
            self._refuse(message.id, INVALID_REQUEST, "the server is shutting down")
            return
        if isinstance(message, _Unreadable):
            if is_request:
                self._refuse(message.id, INVALID_PARAMS, f"these are no parameters of {method}")
            return
        if method == lsp.INITIALIZE and self._initialized:
            self._refuse(message.id, INVALID_REQUEST, "the server is initialized already")
            return
        if method == lsp.INITIALIZE:
            self._initialized = True
        super().handle_message(message)

    def _refuse(self, message_id: Any, code: int, reason: str) -> None:
        self._send_response(message_id, None, lsp.ResponseError(code=code, message=reason))  # pyright: ignore[reportArgumentType]

    def refuse_text(self, reason: str) -> None:
        """Answer a message that is no JSON; nobody can tell which request it was."""
        self._send_data({"jsonrpc": "2.0", "id": None, "error": {"code": PARSE_ERROR, "message": reason}})

    @lsp_method(lsp.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: lsp.DidOpenTextDocumentParams) -> Generator[Any, Any, None]:
        yield from self._only_ours(lsp.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: lsp.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        yield from self._only_ours(lsp.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: lsp.DidCloseTextDocumentParams) -> Generator[Any, Any, None]:
        yield from self._only_ours(lsp.TEXT_DOCUMENT_DID_CLOSE, params)

    def _only_ours(self, method: str, params: Any) -> Generator[Any, Any, None]:
        features = cast("dict[str, Any]", self.fm.features)  # pyright: ignore[reportUnknownMemberType]
        handler = features.get(method)
        if handler is not None:
            yield handler, (params,), None
