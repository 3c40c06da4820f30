"""Messages over the standard streams, read ahead.

A thread of its own reads whole messages, so one that arrives while something else is worked on waits for that and for
nothing more; and a request that is cancelled while it waits is never begun. pygls would ask the event loop for each
line of a header, and sees a cancellation only when the request is answered.
"""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from lsprotocol import types as lsp

if TYPE_CHECKING:
    from gym_lsp.server.protocol import GymProtocol

_LENGTH = b"content-length:"


def frames(stream: BinaryIO) -> Iterator[bytes]:
    """The bodies of the messages of a stream, until it ends."""
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
    """The messages that have come and were not looked at yet, in their order."""

    def __init__(self, protocol: GymProtocol, later: Callable[[Callable[[], None]], object]) -> None:
        self._protocol = protocol
        self._later = later
        self._waiting: deque[dict[str, Any]] = deque()

    def take(self, body: bytes) -> None:
        """A message has come."""
        try:
            message: object = json.loads(body)
        except ValueError as error:
            self._protocol.refuse_text(str(error))
            return
        if not isinstance(message, dict):
            self._protocol.refuse_text("a message is an object")
            return
        data = cast("dict[str, Any]", message)
        if data.get("method") == lsp.CANCEL_REQUEST and self._withdraw(data.get("params")):
            return
        self._waiting.append(data)
        self._later(self._next)

    def _withdraw(self, params: object) -> bool:
        """Refuse a request that nobody waits for any more; whether it had not been begun."""
        wanted = cast("dict[str, Any]", params).get("id") if isinstance(params, dict) else None
        for data in self._waiting:
            if wanted is not None and data.get("id") == wanted and "method" in data:
                self._waiting.remove(data)
                self._protocol.refuse_cancelled(wanted)
                return True
        return False

    def _next(self) -> None:
        # A request that was withdrawn has left its turn behind.
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

    # The thread may wait for input for ever, and is not waited for.
    threading.Thread(target=read, daemon=True).start()
    await ended.wait()


def unshared(stream: BinaryIO) -> BinaryIO:
    """A reader of the same input that Python does not wait for when it ends."""
    return io.BufferedReader(cast("io.BufferedReader", stream).raw)
