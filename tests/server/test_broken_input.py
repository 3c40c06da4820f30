"""Input that is not LSP: an error answer and the next message, or a clean exit with a reason. Never silence."""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

import pytest

from gym_lsp.server.messages import BrokenStream, frames
from tests.server.client import Client, running
from tests.server.editor import PULL, Editor

PARSE_ERROR, INVALID_REQUEST, INVALID_PARAMS = -32700, -32600, -32602
SECRET = "sk-this-is-in-a-document"
NESTED = 100_000
ENDLESS = b"x" * 1_000_000


def framed(body: bytes | str) -> bytes:
    data = body.encode() if isinstance(body, str) else body
    return b"Content-Length: %d\r\n\r\n%b" % (len(data), data)


def request(params: str, number: str = "7") -> bytes:
    return framed(f'{{"jsonrpc": "2.0", "id": {number}, "method": "textDocument/hover", "params": {params}}}')


class Case(NamedTuple):
    """What is sent, the answer that it gets (its id and its code), and a part of its reason."""

    sent: bytes
    answer: tuple[int | str | None, int]
    reason: str


GOES_ON = {
    "an empty message": Case(framed(""), (None, PARSE_ERROR), "not JSON"),
    "a message that is cut": Case(framed(f'{{"jsonrpc": "2.0", "params": "{SECRET}'), (None, PARSE_ERROR), "not JSON"),
    "a value after the message": Case(framed(f'{{}} "{SECRET}"'), (None, PARSE_ERROR), "not JSON"),
    "bytes that are not UTF-8": Case(framed(b'{"a": "\xff"}'), (None, PARSE_ERROR), "not UTF-8"),
    "a surrogate in UTF-8": Case(framed(b'{"a": "\xed\xa0\x80"}'), (None, PARSE_ERROR), "not UTF-8"),
    "UTF-16": Case(framed('{"jsonrpc": "2.0"}'.encode("utf-16")), (None, PARSE_ERROR), "not UTF-8"),
    "deep arrays": Case(request("[" * NESTED + "]" * NESTED), (None, PARSE_ERROR), "nested too deeply"),
    "deep objects": Case(request('{"a":' * NESTED + "1" + "}" * NESTED), (None, PARSE_ERROR), "nested too deeply"),
    "only brackets": Case(framed("[" * NESTED), (None, PARSE_ERROR), "nested too deeply"),
    "arrays that JSON reads": Case(request("[" * 300 + "]" * 300), (7, INVALID_REQUEST), "nested too deeply"),
    "NaN": Case(request('{"a": NaN}'), (None, PARSE_ERROR), "number"),
    "infinity": Case(request('{"a": -Infinity}'), (None, PARSE_ERROR), "number"),
    "a float that is too large": Case(request('{"a": 1e999}'), (None, PARSE_ERROR), "number"),
    "an integer of 10,000 digits": Case(request(f'{{"a": {"9" * 10_000}}}'), (None, PARSE_ERROR), "number"),
    "a number": Case(framed("1"), (None, INVALID_REQUEST), "JSON object"),
    "null": Case(framed("null"), (None, INVALID_REQUEST), "JSON object"),
    "an empty batch": Case(framed("[]"), (None, INVALID_REQUEST), "JSON object"),
    "a batch": Case(
        framed('[{"jsonrpc": "2.0", "id": 7, "method": "shutdown"}]'), (None, INVALID_REQUEST), "JSON object"
    ),
    "no version": Case(framed('{"id": 7, "method": "shutdown"}'), (7, INVALID_REQUEST), "`jsonrpc`"),
    "another version": Case(
        framed('{"jsonrpc": "1.0", "id": "a", "method": "shutdown"}'), ("a", INVALID_REQUEST), "`jsonrpc`"
    ),
    "an empty object": Case(framed("{}"), (None, INVALID_REQUEST), "`jsonrpc`"),
    "only a version": Case(framed('{"jsonrpc": "2.0"}'), (None, INVALID_REQUEST), "`method`"),
    "a method that is a list": Case(
        framed('{"jsonrpc": "2.0", "id": 7, "method": []}'), (7, INVALID_REQUEST), "`method`"
    ),
    "an id that is a list": Case(request("{}", "[1]"), (None, INVALID_REQUEST), "`id`"),
    "an id that is true": Case(request("{}", "true"), (None, INVALID_REQUEST), "`id`"),
    "an id that is null": Case(request("{}", "null"), (None, INVALID_REQUEST), "`id`"),
    "parameters in a list": Case(request("[1, 2]"), (7, INVALID_PARAMS), "parameters"),
    "a line that is not an integer": Case(
        request('{"textDocument": {"uri": "file:///a.yaml"}, "position": {"line": [], "character": 0}}'),
        (7, INVALID_PARAMS),
        "parameters",
    ),
    "a header in small letters with LF": Case(b"content-length:  2\n\n{}", (None, INVALID_REQUEST), "`jsonrpc`"),
    "more fields": Case(
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\nX-Other: 1\r\n\r\n{}",
        (None, INVALID_REQUEST),
        "`jsonrpc`",
    ),
    "the same length twice": Case(
        b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", (None, INVALID_REQUEST), "`jsonrpc`"
    ),
    "empty lines before a header": Case(b"\r\n\r\nContent-Length: 2\r\n\r\n{}", (None, INVALID_REQUEST), "`jsonrpc`"),
}
ENDS = {
    "a length that is a word": (b"Content-Length: abc\r\n\r\n{}", "is not a number"),
    "a negative length": (b"Content-Length: -2\r\n\r\n{}", "is not a number"),
    "a length with a sign": (b"Content-Length: +2\r\n\r\n{}", "is not a number"),
    "a length with a comma": (b"Content-Length: 2,2\r\n\r\n{}", "is not a number"),
    "an empty length": (b"Content-Length:\r\n\r\n{}", "is not a number"),
    "a length of 10,000 digits": (b"Content-Length: %b\r\n\r\n{}" % (b"9" * 5_000), "is not a number"),
    "a length of a terabyte": (b"Content-Length: 1000000000000\r\n\r\n{}", "more than the limit"),
    "two lengths": (b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "two values"),
    "no length": (b"Content-Type: text/plain\r\n\r\n{}", "has no Content-Length"),
    "a line that is not a field": (b"Traceback (most recent call last):\r\n\r\n", "has no Content-Length"),
    "a body that is longer than its length": (
        b'Content-Length: 2\r\n\r\n{}, "text": "%b"}\r\n\r\n' % SECRET.encode(),
        "has no Content-Length",
    ),
    "a body that is shorter than its length": (
        b"Content-Length: 20\r\n\r\n{}" + framed(f'{{"a": "{SECRET}"}}') + b"\r\n\r\n",
        "has no Content-Length",
    ),
    "a line without end": (b"Content-Length: " + ENDLESS, "longer than"),
    "lines without end": (b"A: b\r\n" * 100_000, "longer than"),
    "bytes without end": (ENDLESS, "longer than"),
}
CUT = {
    "in a header": (b"Content-Le", "inside a header"),
    "after a header": (b"Content-Length: 20\r\n", "inside a header"),
    "in a body": (b"Content-Length: 20\r\n\r\n{", "inside a message"),
}


def start(client: Client) -> None:
    Editor(client).start(PULL)


def test_a_message_that_is_not_valid_is_answered_and_the_next_one_is_read(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        start(client)
        for name, case in GOES_ON.items():
            since = len(client.messages)
            client.send_bytes(case.sent)
            reply = client.wait_for(lambda message: "error" in message, start=since)
            assert (reply["id"], reply["error"]["code"]) == case.answer, name
            assert case.reason in reply["error"]["message"], (name, reply)
            assert SECRET not in str(reply), name
        assert client.request("shutdown") is None
        client.notify("exit", None)
        assert client.leave() == 0
        assert client.errors == b""


@pytest.mark.parametrize(("sent", "reason"), ENDS.values(), ids=ENDS.keys())
def test_a_stream_whose_next_message_is_unknown_ends_the_server(sent: bytes, reason: str, tmp_path: Path) -> None:
    with running(tmp_path) as client:
        start(client)
        client.send_bytes(sent)
        assert_ended(client, reason)


@pytest.mark.parametrize(("sent", "reason"), CUT.values(), ids=CUT.keys())
def test_an_input_that_ends_in_a_message_ends_the_server(sent: bytes, reason: str, tmp_path: Path) -> None:
    with running(tmp_path) as client:
        start(client)
        assert client.request("shutdown") is None
        client.send_bytes(sent)
        client.close_input()
        assert_ended(client, reason)


def assert_ended(client: Client, reason: str) -> None:
    """Assert that the server ended by itself, with a failure, and gave the reason and nothing else."""
    assert client.leave() == 1
    ((code, message),) = [
        (each["error"]["code"], each["error"]["message"])
        for each in client.messages
        if "error" in each and reason in each["error"]["message"]
    ]
    assert code == PARSE_ERROR
    assert reason in message
    logged = client.errors.decode()
    assert logged.startswith("gym_lsp: the connection ends") and reason in logged
    assert logged.count("\n") == 1 and SECRET not in logged


def test_strange_values_in_valid_messages_do_no_harm(tmp_path: Path) -> None:
    with running(tmp_path) as client:
        start(client)
        client.send_bytes(framed('{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": [1]}}'))
        for uri in (tmp_path.as_uri() + "/a.yaml", "file:///\ud800.yaml", "file://[::1", "file:", "file:///a%00b", ""):
            document = {"uri": uri}
            opened = document | {"languageId": "yaml", "version": int("9" * 9), "text": f"{SECRET}: \ud800\nb: ["}
            client.notify("textDocument/didOpen", {"textDocument": opened})
            for method in ("diagnostic", "codeLens", "documentSymbol", "semanticTokens/full"):
                client.request(f"textDocument/{method}", {"textDocument": document})
            client.notify("textDocument/didClose", {"textDocument": document})
        assert client.request("shutdown") is None
        client.notify("exit", None)
        assert client.leave() == 0
        assert client.errors == b""


@pytest.mark.parametrize("length", [10**12, 64 * 1024 * 1024 + 1])
def test_a_message_above_the_limit_is_not_waited_for(length: int) -> None:
    stream = io.BytesIO(b"Content-Length: %d\r\n\r\n" % length)
    with pytest.raises(BrokenStream, match="limit"):
        next(frames(stream))


def test_a_header_without_end_is_read_up_to_a_limit() -> None:
    stream = io.BytesIO(ENDLESS)
    with pytest.raises(BrokenStream, match="header"):
        next(frames(stream))
    assert stream.tell() == 8 * 1024
