"""A server in this process and a client that talks to it: every message goes through JSON, none through a pipe.

For tests that send thousands of messages, or that look at what is inside. The event loop runs only while the client
waits, so nothing happens between two messages but what the client asks for.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from pathlib import PurePath
from types import TracebackType
from typing import Any, Self

from pygls.protocol import default_converter

from gym_lsp.server.app import create_server
from gym_lsp.server.to_lsp import uri_of

Message = dict[str, Any]
LIMIT = 60.0
"""Seconds to wait for what must come."""


class Wire:
    """One server and all that it has said. `failures` is what it logged as an error."""

    def __init__(self) -> None:
        self.server = create_server()
        self.messages: list[Message] = []
        self.published: dict[str, list[Message]] = {}
        """The diagnostics of each URI that were published last, those without any left out."""
        self.asked: list[str] = []
        """The methods of the requests that the server has sent."""
        self.results: dict[str, Any] = {}
        """What the server's requests are answered with; whatever is not here is granted."""
        self.failures: list[str] = []
        self._answers: dict[int, Message] = {}
        self._ids = iter(range(1, 10_000_000))
        self._loop = asyncio.new_event_loop()
        self._apply_suppressions = _Heard(self.failures)
        self.server.protocol.set_writer(_Writer(self._take), include_headers=False)

    def __enter__(self) -> Self:
        # As `serve` does: pygls tells of refusals as if they were failures.
        logging.getLogger("pygls").setLevel(logging.CRITICAL)
        logging.getLogger("gym_lsp").addHandler(self._apply_suppressions)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        logging.getLogger("gym_lsp").removeHandler(self._apply_suppressions)
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
        """The result. Raises AssertionError where the answer is an error, or does not come."""
        reply = self.reply(method, params)
        assert "error" not in reply, f"{method} {params}: {reply['error']}"
        return reply.get("result")

    def reply(self, method: str, params: object = None) -> Message:
        """The whole answer, error or not."""
        number = next(self._ids)
        self._loop.run_until_complete(self._deliver({"id": number, "method": method, "params": params}))
        self.run_until(lambda: number in self._answers)
        return self._answers.pop(number)

    async def _deliver(self, message: Message) -> None:
        protocol = self.server.protocol
        body = json.dumps({"jsonrpc": "2.0"} | message)
        protocol.handle_message(json.loads(body, object_hook=protocol.structure_message))

    def run_until(self, is_so: Callable[[], bool]) -> None:
        """Let the server work until something is so. Raises TimeoutError."""

        async def wait() -> None:
            while not is_so():
                await asyncio.sleep(0)

        if not is_so():
            self._loop.run_until_complete(asyncio.wait_for(wait(), LIMIT))

    def settle(self) -> None:
        """Let the server tell all that it has to tell."""

        def is_idle() -> bool:
            publisher = self.server.state.publisher
            return publisher is not None and publisher.is_idle

        self.run_until(is_idle)

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
        """A value of LSP as it looks on the wire."""
        return json.loads(json.dumps(default_converter().unstructure(value)))

    # Common messages

    def start(self, capabilities: Message, *folders: PurePath, **more: object) -> Message:
        """Initialize with these folders; what the server says that it can do."""
        named = [{"uri": uri_of(each), "name": each.name} for each in folders]
        params = {"processId": None, "capabilities": capabilities, "workspaceFolders": named}
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

    def tell_of(self, *changes: tuple[PurePath, int]) -> None:
        """Say what a watcher saw: 1 for created, 2 for changed, 3 for deleted."""
        params = {"changes": [{"uri": uri_of(path), "type": kind} for path, kind in changes]}
        self.notify("workspace/didChangeWatchedFiles", params)


class _Writer:
    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take

    def write(self, data: bytes) -> None:
        self._take(data)

    def close(self) -> None:
        """There is nothing to close."""


class _Heard(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self, failures: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._failures = failures

    def emit(self, record: logging.LogRecord) -> None:
        self._failures.append(self.format(record))
