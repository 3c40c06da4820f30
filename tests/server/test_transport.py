"""Messages are read ahead in their order, and a request that was cancelled while it waited is never started."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_lsp.server.app import create_server
from gym_lsp.server.messages import frames
from gym_lsp.server.protocol import GymProtocol
from gym_lsp.server.transport import Inbox

Message = dict[str, Any]
CANCELLED = -32800


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5), st.sampled_from([b"", b"Content-Type: x\r\n"]))
def test_framed_messages_are_read_back(bodies: list[bytes], header: bytes) -> None:
    stream = b"".join(b"Content-Length: %d\r\n%s\r\n%s" % (len(body), header, body) for body in bodies)
    assert list(frames(io.BytesIO(stream))) == bodies


class Recorder:
    """Records what a protocol receives and sends, with an event loop that runs on demand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.received: list[Message] = []
        self.sent: list[Message] = []
        self.turns: list[Callable[[], None]] = []
        protocol = create_server().protocol

        def receive(_: GymProtocol, data: Message) -> None:
            self.received.append(data)

        monkeypatch.setattr(GymProtocol, "receive", receive)
        protocol.set_writer(self, include_headers=False)
        self.inbox = Inbox(protocol, self.turns.append)

    def take(self, *messages: object) -> None:
        for message in messages:
            self.inbox.take(json.dumps(message).encode())

    def run(self) -> None:
        while self.turns:
            self.turns.pop(0)()

    def write(self, data: bytes) -> None:
        self.sent.append(json.loads(data))

    def close(self) -> None:
        """Do nothing, because there is no stream."""


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    return Recorder(monkeypatch)


def request(number: int | str) -> Message:
    return {"jsonrpc": "2.0", "id": number, "method": "textDocument/hover", "params": {}}


def cancel(number: int | str) -> Message:
    return {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": number}}


def test_a_request_that_is_cancelled_while_it_waits_is_never_started(recorder: Recorder) -> None:
    recorder.take(request(1), request(2), request("3"), cancel(2), cancel("3"))
    recorder.run()
    assert recorder.received == [request(1)]
    assert [(each["id"], each["error"]["code"]) for each in recorder.sent] == [(2, CANCELLED), ("3", CANCELLED)]


def test_a_started_request_is_cancelled_by_the_protocol(recorder: Recorder) -> None:
    recorder.take(request(1))
    recorder.run()
    recorder.take(cancel(1), cancel(7))
    recorder.run()
    assert recorder.received == [request(1), cancel(1), cancel(7)]
    assert recorder.sent == []


def test_requests_and_edits_keep_their_order(recorder: Recorder) -> None:
    edit: Message = {"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {}}
    recorder.take(edit, request(1), edit, request(2), cancel(2))
    recorder.run()
    assert recorder.received == [edit, request(1), edit]
