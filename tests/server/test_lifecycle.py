"""From the first message to the last: which requests are rejected, how the server exits, and what it writes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.client import Client, Message, RpcError, running
from tests.server.editor import PULL, Editor

NOT_INITIALIZED, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, CANCELLED = -32002, -32600, -32601, -32602, -32800


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with running(tmp_path) as client:
        yield client


@pytest.fixture
def started(client: Client) -> Client:
    Editor(client).start(PULL)
    return client


def code(client: Client, method: str, params: object = None) -> int:
    with pytest.raises(RpcError) as caught:
        client.request(method, params)
    return caught.value.code


def test_a_request_before_initialize_is_rejected(client: Client) -> None:
    client.notify("textDocument/didOpen", {"textDocument": None})
    assert code(client, "textDocument/hover", {}) == NOT_INITIALIZED
    assert code(client, "shutdown") == NOT_INITIALIZED
    Editor(client).start(PULL)


def test_a_second_initialize_is_rejected(started: Client) -> None:
    assert code(started, "initialize", {"processId": None, "rootUri": None, "capabilities": {}}) == INVALID_REQUEST


def test_an_invalid_initialize_can_be_repeated(client: Client) -> None:
    assert code(client, "initialize", {"capabilities": 3}) == INVALID_PARAMS
    Editor(client).start(PULL)


def test_a_request_after_shutdown_is_rejected(started: Client) -> None:
    assert started.request("shutdown") is None
    assert code(started, "textDocument/diagnostic", {"textDocument": {"uri": "file:///a.yaml"}}) == INVALID_REQUEST
    assert code(started, "textDocument/hover", {"position": 3}) == INVALID_REQUEST
    started.notify("exit", None)
    assert started.leave() == 0


def test_an_exit_without_shutdown_is_a_failure(started: Client) -> None:
    started.notify("exit", None)
    assert started.leave() == 1


def test_an_exit_before_initialize_is_a_failure(client: Client) -> None:
    client.notify("exit", None)
    assert client.leave() == 1


def test_a_closed_input_ends_the_server(started: Client) -> None:
    assert started.process.stdin is not None
    started.process.stdin.close()
    assert started.leave() == 1


def test_a_request_of_the_wrong_shape_is_answered(started: Client) -> None:
    assert code(started, "textDocument/diagnostic", {"textDocument": 3}) == INVALID_PARAMS
    assert code(started, "textDocument/diagnostic") == INVALID_PARAMS
    # A notification has no response, and the messages after it are still handled.
    started.notify("textDocument/didOpen", {"textDocument": {"uri": 7}})
    assert started.request("shutdown") is None


def test_an_unknown_request_is_rejected_and_an_unknown_notification_ignored(started: Client) -> None:
    assert code(started, "gym/unknown", {}) == METHOD_NOT_FOUND
    started.notify("gym/unknown", {})
    started.notify("$/unknown", {})
    assert started.request("shutdown") is None


def test_a_held_request_can_be_cancelled(started: Client) -> None:
    asked: Message = {"previousResultIds": [], "identifier": "gym-lsp"}
    assert started.request("workspace/diagnostic", asked) == {"items": []}
    held = started.ask("workspace/diagnostic", asked)
    started.request("textDocument/diagnostic", {"textDocument": {"uri": "file:///elsewhere.yaml"}})
    started.notify("$/cancelRequest", {"id": held})
    with pytest.raises(RpcError) as caught:
        started.answer(held)
    assert caught.value.code == CANCELLED
    started.notify("$/cancelRequest", {"id": held})
    assert started.request("shutdown") is None


def test_a_shutdown_ends_what_is_held(started: Client) -> None:
    asked: Message = {"previousResultIds": [], "identifier": "gym-lsp"}
    started.request("workspace/diagnostic", asked)
    held = started.ask("workspace/diagnostic", asked)
    assert started.request("shutdown") is None
    with pytest.raises(RpcError) as caught:
        started.answer(held)
    assert caught.value.code == CANCELLED
    started.notify("exit", None)
    assert started.leave() == 0


def test_the_server_exits_when_the_editor_has_died(client: Client) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as parent:
        Editor(client).start_as({"processId": parent.pid, "rootUri": None, "capabilities": {}})
        assert client.process.poll() is None
        parent.kill()
    assert client.leave() == 1


def test_nothing_but_lsp_is_written_to_the_output(tmp_path: Path) -> None:
    with running(tmp_path, {"PYTHONUNBUFFERED": "1"}) as client:
        editor = Editor(client)
        editor.write("environments/a/config.yaml", "a: {resources_servers: {a: {entrypoint: app.py, domain: maths}}}\n")
        editor.start(PULL)
        editor.open("environments/a/config.yaml")
        editor.pulled("environments/a/config.yaml")
        client.request("shutdown")
        client.notify("exit", None)
        assert client.leave() == 0
        assert (client.garbage, client.errors) == (b"", b"")
