"""The lifecycle by the book, and no second copy of the documents.

pygls answers a request before `initialize` with an internal error, one after `shutdown` and one that makes no sense not
at all, and keeps its own text of every document; see `sync` for why that text is not used.
"""

from __future__ import annotations

import json
import time
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
    _answered = False
    """Whether `initialize` was answered."""

    @property
    def was_shut_down(self) -> bool:
        """Whether the client has asked to shut down."""
        return self._shutdown

    @property
    def is_open(self) -> bool:
        """Whether messages may be sent: after `initialize` was answered and before `shutdown` was."""
        return self._answered and not self._shutdown

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
        started = time.perf_counter()
        super().handle_message(message)
        if method == lsp.INITIALIZE:
            self._answered = True
        elif method is not None and self.trace is not lsp.TraceValue.Off:
            self._trace(message, time.perf_counter() - started)

    def _trace(self, message: Any, seconds: float) -> None:
        """Tell a client that wants to know how long a message took, and, to one that wants all, what was asked."""
        number = f" ({message.id})" if hasattr(message, "id") else ""
        params: object = getattr(message, "params", None)
        # Notifications hold whole documents.
        is_told = self.trace is lsp.TraceValue.Verbose and number and params is not None
        told = json.dumps(params, default=self._serialize_message) if is_told else None
        line = lsp.LogTraceParams(f"{message.method}{number}: {seconds * 1000:.1f} ms", verbose=told)
        self.notify(lsp.LOG_TRACE, line)

    @lsp_method(lsp.INITIALIZE)
    def lsp_initialize(self, params: lsp.InitializeParams) -> Generator[Any, Any, lsp.InitializeResult]:
        result = yield from super().lsp_initialize(params)
        workspace = params.capabilities.workspace
        features = cast("dict[str, Any]", self.fm.feature_options)  # pyright: ignore[reportUnknownMemberType]
        options = features.get(lsp.WORKSPACE_TEXT_DOCUMENT_CONTENT)
        if options is not None and workspace is not None and workspace.text_document_content is not None:
            # pygls knows the method and leaves the capability out.
            result.capabilities.workspace = result.capabilities.workspace or lsp.WorkspaceOptions()
            result.capabilities.workspace.text_document_content = options
        return result

    def _refuse(self, message_id: Any, code: int, reason: str) -> None:
        self._send_response(message_id, None, lsp.ResponseError(code=code, message=reason))  # pyright: ignore[reportArgumentType]

    def receive(self, data: dict[str, Any]) -> None:
        """Handle a message that came as this JSON. Whatever goes wrong is logged and stops nothing."""
        try:
            self.handle_message(self.structure_message(data))
        except Exception as error:  # noqa: BLE001 - the connection goes on
            self._server.report_server_error(error, JsonRpcException)

    def refuse_cancelled(self, message_id: Any) -> None:
        """Answer a request that was cancelled before it was begun."""
        self._refuse(message_id, lsp.LSPErrorCodes.RequestCancelled.value, "the request was cancelled")

    def refuse_text(self, reason: str) -> None:
        """Answer a message that is no JSON; nobody can tell which request it was."""
        self._send_data({"jsonrpc": "2.0", "id": None, "error": {"code": PARSE_ERROR, "message": reason}})

    @lsp_method(lsp.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: lsp.DidOpenTextDocumentParams) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._hand_on(lsp.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: lsp.DidChangeTextDocumentParams) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._hand_on(lsp.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: lsp.DidCloseTextDocumentParams) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._hand_on(lsp.TEXT_DOCUMENT_DID_CLOSE, params)

    def _hand_on(self, method: str, params: Any) -> None:
        """Give a notification to our handler alone.

        As a generator, which pygls would have it be, each keystroke would leave a future behind that nobody fetches.
        """
        features = cast("dict[str, Any]", self.fm.features)  # pyright: ignore[reportUnknownMemberType]
        handler = features.get(method)
        if handler is not None:
            handler(params)
