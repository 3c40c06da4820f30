"""A server in the process of the tests, with a client: every message goes through JSON, none through a pipe.

It is for tests that send thousands of messages or inspect the server. The event loop runs only while the client waits,
so the server does nothing between two messages unless the client waits for it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from pathlib import PurePath
from types import TracebackType
from typing import Any, Self, cast

from pygls.protocol import default_converter

from gym_lsp.server.app import create_server
from gym_lsp.server.to_lsp import uri_of
from tests.patience import PATIENCE

Message = dict[str, Any]
LIMIT = PATIENCE
"""Seconds to wait for an expected message."""


class Wire:
    """One server and all messages that it has sent. `failures` are the errors that it has logged."""

    def __init__(self) -> None:
        self.server = create_server()
        self.messages: list[Message] = []
        self.published: dict[str, list[Message]] = {}
        """The diagnostics that were published last for each URI, without empty lists."""
        self.asked: list[str] = []
        """The methods of the requests that the server has sent."""
        self.results: dict[str, Any] = {}
        """The results of the server's requests by method; null for any other method."""
        self.failures: list[str] = []
        self._answers: dict[int, Message] = {}
        self._ids = iter(range(1, 10_000_000))
        self._loop = asyncio.new_event_loop()
        self._error_log = _ErrorLog(self.failures)
        self.server.protocol.set_writer(_Writer(self._take), include_headers=False)

    def __enter__(self) -> Self:
        # `serve` does the same, because pygls logs rejected requests as errors.
        logging.getLogger("pygls").setLevel(logging.CRITICAL)
        logging.getLogger("gym_lsp").addHandler(self._error_log)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        logging.getLogger("gym_lsp").removeHandler(self._error_log)
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        self.server.shutdown()

    # Sending

    def notify(self, method: str, params: object) -> None:
        self._loop.run_until_complete(self._deliver({"method": method, "params": params}))

    def request(self, method: str, params: object = None) -> Any:
        """Return the result. Raises AssertionError if the response is an error."""
        reply = self.reply(method, params)
        assert "error" not in reply, f"{method} {params}: {reply['error']}"
        return reply.get("result")

    def reply(self, method: str, params: object = None) -> Message:
        """Return the whole response, which may be an error."""
        return self.answer(self.ask(method, params))

    def ask(self, method: str, params: object = None) -> int:
        """Send a request and return its number for `answer`."""
        number = next(self._ids)
        self._loop.run_until_complete(self._deliver({"id": number, "method": method, "params": params}))
        return number

    def answer(self, number: int) -> Message:
        """Return the whole response to a request."""
        self.run_until(lambda: number in self._answers)
        return self._answers.pop(number)

    async def _deliver(self, message: Message) -> None:
        protocol = self.server.protocol
        body = json.dumps({"jsonrpc": "2.0"} | message)
        protocol.handle_message(json.loads(body, object_hook=protocol.structure_message))

    def run_until(self, holds: Callable[[], bool]) -> None:
        """Let the server work until a condition holds. Raises TimeoutError."""

        async def wait() -> None:
            while not holds():
                await asyncio.sleep(0)

        if not holds():
            self._loop.run_until_complete(asyncio.wait_for(wait(), LIMIT))

    def wait_until_idle(self) -> None:
        """Let the server work until all files are checked and published."""

        def is_idle() -> bool:
            scheduler = self.server.state.scheduler
            return scheduler is not None and scheduler.is_idle

        self.run_until(is_idle)

    def run_for(self, seconds: float) -> None:
        self._loop.run_until_complete(asyncio.sleep(seconds))

    # Receiving

    def _take(self, body: bytes) -> None:
        message: Message = json.loads(body)
        method = message.get("method")
        if method is None:
            self._answers[message["id"]] = message
            return
        self.messages.append(message)
        if "id" in message:
            self.asked.append(method)
            result = self.results.get(method)
            self._loop.create_task(self._deliver({"id": message["id"], "result": result}))
        elif method == "textDocument/publishDiagnostics":
            uri, found = message["params"]["uri"], message["params"]["diagnostics"]
            if found:
                self.published[uri] = found
            else:
                self.published.pop(uri, None)

    def unstructured(self, value: object) -> Any:
        """Return an LSP value as JSON."""
        return json.loads(json.dumps(default_converter().unstructure(value)))

    # Common messages

    def start(self, capabilities: Message, *folders: PurePath, **more: object) -> Message:
        """Initialize with these folders and return the capabilities of the server.

        By default, the client gets the information about all files, so that every finding can be a sign of a change.
        """
        options = {"information": "all"} | dict(cast("Message", more.pop("initializationOptions", {})))
        named = [{"uri": uri_of(each), "name": each.name} for each in folders]
        params = {
            "processId": None,
            "capabilities": capabilities,
            "workspaceFolders": named,
            "initializationOptions": options,
        }
        found = self.request("initialize", params | more)["capabilities"]
        self.notify("initialized", {})
        return found

    def open(self, path: PurePath, text: str, version: int = 1) -> None:
        document = {"uri": uri_of(path), "languageId": "yaml", "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, path: PurePath, version: int, *changes: Message) -> None:
        document = {"uri": uri_of(path), "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    def close(self, path: PurePath) -> None:
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri_of(path)}})

    def report_changes(self, *changes: tuple[PurePath, int]) -> None:
        """Report watched changes: 1 for created, 2 for changed, 3 for deleted."""
        params = {"changes": [{"uri": uri_of(path), "type": kind} for path, kind in changes]}
        self.notify("workspace/didChangeWatchedFiles", params)


class _Writer:
    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take

    def write(self, data: bytes) -> None:
        self._take(data)

    def close(self) -> None:
        """Do nothing, because there is no stream."""


class _ErrorLog(logging.Handler):
    """Records what is logged as an error."""

    def __init__(self, failures: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._failures = failures

    def emit(self, record: logging.LogRecord) -> None:
        self._failures.append(self.format(record))
