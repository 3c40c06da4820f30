"""The protocol of pygls, with the lifecycle of the LSP specification and without a second copy of the documents.

pygls answers a request before `initialize` with an internal error, and does not answer an invalid request or one after
`shutdown`. It also keeps its own text of every document; `sync` explains why that text is not used.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from collections.abc import Awaitable, Callable, Generator
from functools import partial
from typing import Any, cast

from lsprotocol import types as lsp
from msgspec import Struct
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol, lsp_method

from gym_lsp.server.messages import INVALID_REQUEST, Rejected
from gym_lsp.server.parts import Parts

SERVER_NOT_INITIALIZED = -32002
INVALID_PARAMS = -32602
_ALLOWED_BEFORE = frozenset({lsp.INITIALIZE, lsp.EXIT})


class _Unreadable:
    """A message that does not have the shape that LSP defines for its method."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.method: str | None = data.get("method")
        self.is_request = self.method is not None and "id" in data
        self.id: Any = data.get("id")


class Encoded(Struct):
    """A long result that is JSON already, so that the event loop need not convert it."""

    text: str


class GymProtocol(LanguageServerProtocol):
    """LanguageServerProtocol with the answers that the specification requires."""

    answer_aside: Callable[[Callable[[], object], object], Awaitable[object] | None] | None = None
    """Begins to answer a request in another thread, or returns None if the answer is fast."""
    _initialized = False
    _answered = False
    """Whether `initialize` was answered."""

    @property
    def was_shut_down(self) -> bool:
        """Whether the client has sent a shutdown request."""
        return self._shutdown

    @property
    def had_client(self) -> bool:
        """Whether a client has sent `initialize`."""
        return self._initialized

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
                self._reject(message.id, SERVER_NOT_INITIALIZED, "the server is not initialized yet")
            return
        if self._shutdown and is_request:
            self._reject(message.id, INVALID_REQUEST, "the server is shutting down")
            return
        if isinstance(message, _Unreadable):
            if is_request:
                self._reject(message.id, INVALID_PARAMS, f"invalid parameters of `{method}`")
            return
        if method == lsp.INITIALIZE and self._initialized:
            self._reject(message.id, INVALID_REQUEST, "the server is already initialized")
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
        """Send how long a message took, and for a verbose trace also the parameters of a request."""
        number = f" ({message.id})" if hasattr(message, "id") else ""
        params: object = getattr(message, "params", None)
        # The parameters of notifications are left out, because they contain whole documents.
        is_verbose = self.trace is lsp.TraceValue.Verbose and number and params is not None
        verbose = json.dumps(params, default=self._serialize_message) if is_verbose else None
        line = lsp.LogTraceParams(f"{message.method}{number}: {seconds * 1000:.1f} ms", verbose=verbose)
        self.notify(lsp.LOG_TRACE, line)

    @lsp_method(lsp.INITIALIZE)
    def lsp_initialize(self, params: lsp.InitializeParams) -> Generator[Any, Any, lsp.InitializeResult]:
        result = yield from super().lsp_initialize(params)
        workspace = params.capabilities.workspace
        features = cast("dict[str, Any]", self.fm.feature_options)  # pyright: ignore[reportUnknownMemberType]
        options = features.get(lsp.WORKSPACE_TEXT_DOCUMENT_CONTENT)
        if options is not None and workspace is not None and workspace.text_document_content is not None:
            # pygls supports the method but leaves out the capability.
            result.capabilities.workspace = result.capabilities.workspace or lsp.WorkspaceOptions()
            result.capabilities.workspace.text_document_content = options
        return result

    def _handle_request(self, msg_id: Any, method_name: str, params: Any) -> None:
        features = cast("dict[str, Any]", self.fm.features)  # pyright: ignore[reportUnknownMemberType]
        handler = features.get(method_name)
        if handler is None or inspect.iscoroutinefunction(handler) or self.answer_aside is None:
            super()._handle_request(msg_id, method_name, params)
            return

        answering = self.answer_aside(lambda: self.encode(handler(params)), params)
        if answering is None:
            super()._handle_request(msg_id, method_name, params)
            return
        future: Any = asyncio.ensure_future(answering)
        self._request_futures[msg_id] = future
        future.add_done_callback(partial(self._send_handler_result, msg_id=msg_id))

    def encode(self, result: object) -> Encoded:
        """Return a result as JSON, in any thread. A list is not sent in parts then."""
        value = self._converter.unstructure(result.whole() if isinstance(result, Parts) else result)
        if not isinstance(value, list):
            return Encoded(json.dumps(value))
        # Other threads wait while the encoder works, so it gets one element at a time.
        return Encoded(f"[{', '.join(map(json.dumps, cast('list[object]', value)))}]")

    def _send_response(self, msg_id: Any, result: Any = None, error: Any = None) -> None:
        if isinstance(result, Parts):
            # Once all parts are sent, this method is called again, with the answer.
            future: Any = asyncio.ensure_future(self._send_parts(result))
            self._request_futures[msg_id] = future
            future.add_done_callback(partial(self._send_handler_result, msg_id=msg_id))
        elif isinstance(result, Encoded) and error is None and self.writer is not None:
            self._result_types.pop(msg_id, None)
            body = f'{{"jsonrpc": "{self.VERSION}", "id": {json.dumps(msg_id)}, "result": {result.text}}}'
            header = f"Content-Length: {len(body)}\r\n\r\n" if self._include_headers else ""
            self.writer.write((header + body).encode())
        else:
            super()._send_response(msg_id, result, error)

    async def _send_parts(self, parts: Parts) -> list[Any]:
        """Send a list in parts. Return the answer to the request, which is an empty list."""
        while part := parts.next_part():
            self.notify(lsp.PROGRESS, lsp.ProgressParams(parts.token, part))
            await asyncio.sleep(0)
        return []

    def _reject(self, message_id: Any, code: int, reason: str) -> None:
        self._send_response(message_id, None, lsp.ResponseError(code=code, message=reason))  # pyright: ignore[reportArgumentType]

    def receive(self, data: dict[str, Any]) -> None:
        """Handle a message given as JSON. An exception is logged and does not end the connection."""
        try:
            self.handle_message(self.structure_message(data))
        except Exception as error:  # noqa: BLE001 - the connection goes on
            self._server.report_server_error(error, JsonRpcException)

    def reject_cancelled(self, message_id: Any) -> None:
        """Answer a request that was cancelled before it was started."""
        self._reject(message_id, lsp.LSPErrorCodes.RequestCancelled.value, "the request was cancelled")

    def reject(self, rejected: Rejected) -> None:
        """Answer a message that is not JSON-RPC, or that cannot be found in a broken stream."""
        error = {"code": rejected.code, "message": rejected.reason}
        self._send_data({"jsonrpc": "2.0", "id": rejected.message_id, "error": error})

    @lsp_method(lsp.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: lsp.DidOpenTextDocumentParams) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._call_handler(lsp.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: lsp.DidChangeTextDocumentParams) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._call_handler(lsp.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: lsp.DidCloseTextDocumentParams) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._call_handler(lsp.TEXT_DOCUMENT_DID_CLOSE, params)

    def _call_handler(self, method: str, params: Any) -> None:
        """Call only our own handler of a notification.

        pygls would make this a generator, which leaves an unused future behind at each keystroke.
        """
        features = cast("dict[str, Any]", self.fm.features)  # pyright: ignore[reportUnknownMemberType]
        handler = features.get(method)
        if handler is not None:
            handler(params)
