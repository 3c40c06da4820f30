"""Messages over the standard streams, read ahead by a thread of their own.

A message that arrives during other work waits for that work alone, and a request that is cancelled while it waits is
never started. pygls would wait for the event loop at each line of a header, and would notice a cancellation only after
the request has been answered.
"""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from lsprotocol import types as lsp

from gym_lsp.server.protocol import GymProtocol

_LENGTH = b"content-length:"


def frames(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the bodies of the messages of a stream until it ends."""
    length = 0
    while line := stream.readline():
        if line.lower().startswith(_LENGTH):
            value = line[len(_LENGTH) :].strip()
            length = int(value) if value.isdigit() else 0
        elif not line.strip() and length:
            body = stream.read(length)
            if len(body) < length:
                return
            yield body
            length = 0


class Inbox:
    """The messages that were received and are not handled yet, in their order."""

    def __init__(self, protocol: GymProtocol, call_soon: Callable[[Callable[[], None]], object]) -> None:
        self._protocol = protocol
        self._call_soon = call_soon
        self._waiting: deque[dict[str, Any]] = deque()

    def take(self, body: bytes) -> None:
        """Take in the body of a message, which may cancel one that waits."""
        try:
            message: object = json.loads(body)
        except ValueError as error:
            self._protocol.reject_text(str(error))
            return
        if not isinstance(message, dict):
            self._protocol.reject_text("a message must be a JSON object")
            return
        data = cast("dict[str, Any]", message)
        if data.get("method") == lsp.CANCEL_REQUEST and self._cancel(data.get("params")):
            return
        self._waiting.append(data)
        self._call_soon(self._handle_next)

    def _cancel(self, params: object) -> bool:
        """Reject a cancelled request if it is still waiting, and return whether it was."""
        wanted = cast("dict[str, Any]", params).get("id") if isinstance(params, dict) else None
        for data in self._waiting:
            if wanted is not None and data.get("id") == wanted and "method" in data:
                self._waiting.remove(data)
                self._protocol.reject_cancelled(wanted)
                return True
        return False

    def _handle_next(self) -> None:
        # The turn of a cancelled request comes although the request is gone.
        if self._waiting:
            self._protocol.receive(self._waiting.popleft())


async def serve_stream(protocol: GymProtocol, stream: BinaryIO) -> None:
    """Handle the messages of a stream until it ends."""
    loop = asyncio.get_running_loop()
    inbox = Inbox(protocol, loop.call_soon)
    ended = asyncio.Event()

    def read() -> None:
        for body in frames(stream):
            loop.call_soon_threadsafe(inbox.take, body)
        loop.call_soon_threadsafe(ended.set)

    # The thread may wait for input forever, so the process must not wait for the thread.
    threading.Thread(target=read, daemon=True).start()
    await ended.wait()


def unshared(stream: BinaryIO) -> BinaryIO:
    """Return another reader of the same input, whose lock Python does not wait for at exit."""
    return io.BufferedReader(cast("io.BufferedReader", stream).raw)
