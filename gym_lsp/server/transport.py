"""Messages over the standard streams, read ahead by a thread of their own.

A message that arrives during other work waits for that work alone, and a request that is cancelled while it waits is
never started. pygls would wait for the event loop at each line of a header, and would notice a cancellation only after
the request has been answered.
"""

from __future__ import annotations

import asyncio
import io
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, BinaryIO, cast

from lsprotocol import types as lsp

from gym_lsp.server.messages import PARSE_ERROR, BrokenStream, Rejected, frames, message_in
from gym_lsp.server.protocol import GymProtocol


class Inbox:
    """The messages that were received and are not handled yet, in their order."""

    def __init__(self, protocol: GymProtocol, call_soon: Callable[[Callable[[], None]], object]) -> None:
        self._protocol = protocol
        self._call_soon = call_soon
        self._waiting: deque[dict[str, Any]] = deque()

    def take(self, body: bytes) -> None:
        """Take in the body of a message, which may cancel one that waits."""
        try:
            data = message_in(body)
        except Rejected as error:
            self._protocol.reject(error)
            return
        if data.get("method") == lsp.CANCEL_REQUEST and self._cancel(data.get("params")):
            return
        self._waiting.append(data)
        self._call_soon(self._handle_next)

    def _cancel(self, params: object) -> bool:
        """Reject a cancelled request if it is still waiting. Return whether nothing is left to cancel."""
        wanted = cast("dict[str, Any]", params).get("id") if isinstance(params, dict) else None
        if not isinstance(wanted, int | str):
            return True
        for data in self._waiting:
            if data.get("id") == wanted and "method" in data:
                self._waiting.remove(data)
                self._protocol.reject_cancelled(wanted)
                return True
        return False

    def _handle_next(self) -> None:
        # The turn of a cancelled request comes although the request is gone.
        if self._waiting:
            self._protocol.receive(self._waiting.popleft())


async def serve_stream(protocol: GymProtocol, stream: BinaryIO) -> None:
    """Handle the messages of a stream until it ends. Raises BrokenStream, after the client was informed."""
    loop = asyncio.get_running_loop()
    inbox = Inbox(protocol, loop.call_soon)
    ended: asyncio.Future[BrokenStream | None] = loop.create_future()

    def read() -> None:
        broken: BrokenStream | None = None
        try:
            for body in frames(stream):
                loop.call_soon_threadsafe(inbox.take, body)
        except BrokenStream as error:
            broken = error
        except OSError as error:
            broken = BrokenStream(f"the input cannot be read: {error.strerror}")
        loop.call_soon_threadsafe(ended.set_result, broken)

    # The thread may wait for input forever, so the process must not wait for the thread.
    threading.Thread(target=read, daemon=True).start()
    broken = await ended
    if broken is not None:
        protocol.reject(Rejected(PARSE_ERROR, str(broken)))
        raise broken


def unshared(stream: BinaryIO) -> BinaryIO:
    """Return another reader of the same input, whose lock Python does not wait for at exit."""
    return io.BufferedReader(cast("io.BufferedReader", stream).raw)
