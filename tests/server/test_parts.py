"""Long lists are sent in parts if the client has sent a token for them, and as one answer if not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

import pytest

from gym_lsp.server import failures, parts, session
from gym_lsp.server.features import symbols
from gym_lsp.server.to_lsp import uri_of
from tests.server.editor import PUSH, editing
from tests.server.inprocess import Message, Wire

SERVER = "resources_servers/borrowed/configs/borrowed.yaml"
BORROWED = "borrowed: {resources_servers: {borrowed: {entrypoint: app.py, domain: math}}}\n"
USER = f"""\
config_paths: [{SERVER}]
user_#:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {{type: resources_servers, name: borrowed}}
"""
USERS = 25
LAST = f"environments/user_{USERS + 9}/config.yaml"
FILES = {SERVER: BORROWED} | {
    f"environments/user_{n + 10}/config.yaml": USER.replace("#", str(n)) for n in range(USERS)
}
CANCELLED = -32800
TOKENS = ("parts", 7)
METHODS = ("textDocument/references", "workspace/symbol")


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    monkeypatch.setattr(parts, "MOST", 10)
    monkeypatch.setattr(parts, "SLICE", 1_000)
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with Wire() as wire:
        wire.start(PUSH, PurePath(tmp_path))
        wire.open(PurePath(tmp_path / SERVER), BORROWED)
        yield wire


def params(method: str, uri: str, token: object = None) -> Message:
    """Return what is asked: all uses of the one server, or all symbols."""
    at = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 2}}
    asked: Message = {"query": ""} if method == "workspace/symbol" else at | {"context": {"includeDeclaration": True}}
    return asked if token is None else asked | {"partialResultToken": token}


def sent(messages: list[Message], token: object) -> list[Any]:
    """Return the parts that were sent for a token."""
    found = [each["params"] for each in messages if each.get("method") == "$/progress"]
    assert {type(each["token"]) for each in found} <= {type(token)}
    return [each["value"] for each in found if each["token"] == token]


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("method", METHODS)
def test_all_parts_together_are_the_list(wire: Wire, tmp_path: Path, method: str, token: object) -> None:
    uri = uri_of(PurePath(tmp_path / SERVER))
    whole = wire.request(method, params(method, uri))
    assert len(whole) > USERS
    assert sent(wire.messages, token) == []
    assert wire.request(method, params(method, uri, token)) == []
    found = sent(wire.messages, token)
    assert [len(part) for part in found] == [10] * (len(whole) // 10) + [len(whole) % 10] * (len(whole) % 10 > 0)
    assert [each for part in found for each in part] == whole


@pytest.mark.parametrize("method", METHODS)
def test_a_part_ends_after_some_time(wire: Wire, tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "SLICE", 0)
    assert wire.request(method, params(method, uri_of(PurePath(tmp_path / SERVER)), "slow")) == []
    assert {len(part) for part in sent(wire.messages, "slow")} == {1}


@pytest.mark.parametrize("method", METHODS)
def test_a_request_is_cancelled_between_two_parts(
    wire: Wire, tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MOST", 1)
    number = wire.ask(method, params(method, uri_of(PurePath(tmp_path / SERVER)), "many"))
    wire.run_until(lambda: bool(sent(wire.messages, "many")))
    wire.notify("$/cancelRequest", {"id": number})
    assert wire.answer(number)["error"]["code"] == CANCELLED
    count = len(sent(wire.messages, "many"))
    assert count < 10
    wire.run_for(0.05)
    assert len(sent(wire.messages, "many")) == count, "no part is sent after the answer"


@pytest.mark.parametrize("method", METHODS)
def test_parts_belong_to_the_moment_of_the_request(wire: Wire, tmp_path: Path, method: str) -> None:
    uri, last = uri_of(PurePath(tmp_path / SERVER)), PurePath(tmp_path / LAST)
    wire.open(last, FILES[LAST])
    whole = wire.request(method, params(method, uri))
    number = wire.ask(method, params(method, uri, "many"))
    wire.change(last, 2, {"text": "# one line more\n" + FILES[LAST].replace("user_", "renamed_")})
    assert wire.answer(number)["result"] == []
    assert [each for part in sent(wire.messages, "many") for each in part] == whole


def test_what_is_not_found_has_no_parts(wire: Wire) -> None:
    assert wire.request("workspace/symbol", {"query": "nothing", "partialResultToken": "none"}) == []
    assert sent(wire.messages, "none") == []


def test_symbols_are_limited_only_in_a_single_answer(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symbols, "MOST", 4)
    first = wire.request("workspace/symbol", {"query": "user"})
    assert len(first) == 4
    assert wire.request("workspace/symbol", {"query": "user", "partialResultToken": "all"}) == []
    found = [each for part in sent(wire.messages, "all") for each in part]
    assert found[:4] == first
    assert len(found) == 2 * USERS, "each file is an environment and defines an instance"


def test_a_failure_ends_the_list(wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = symbols.workspace_symbols

    def failing(*arguments: Any) -> Iterator[Any]:
        for number, each in enumerate(make(*arguments)):
            if number == 15:
                raise ZeroDivisionError("a symbol failed")
            yield each

    monkeypatch.setattr(symbols, "workspace_symbols", failing)
    monkeypatch.setattr(failures, "_logged", set[str]())
    assert wire.request("workspace/symbol", {"query": "", "partialResultToken": "some"}) == []
    assert [len(part) for part in sent(wire.messages, "some")] == [10, 5]
    [failure] = wire.failures
    assert failure.startswith("workspace symbols failed: ZeroDivisionError: a symbol failed")


def test_the_answer_about_a_large_document_is_a_single_one(
    wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "LARGE", 10)
    method, uri = "textDocument/references", uri_of(PurePath(tmp_path / SERVER))
    assert len(wire.request(method, params(method, uri, "large"))) == USERS + 1
    assert sent(wire.messages, "large") == []


def test_a_process_sends_parts(tmp_path: Path) -> None:
    line = "      ref_#: {type: resources_servers, name: borrowed}\n"
    many = USER.replace("#", "x") + "".join(line.replace("#", str(n)) for n in range(1_000))
    with editing(tmp_path, {SERVER: BORROWED, LAST: many}) as editor:
        editor.start(PUSH)
        editor.open(SERVER)
        method, uri = "textDocument/references", editor.uri(SERVER)
        whole = editor.client.request(method, params(method, uri))
        assert len(whole) > 1_000
        assert editor.client.request(method, params(method, uri, "all")) == []
        found = sent(editor.client.messages, "all")
        assert len(found) > 5
        assert [each for part in found for each in part] == whole
