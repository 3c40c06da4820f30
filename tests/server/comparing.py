"""Compares a server that has processed changes with a fresh one that was started on their outcome."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from random import Random
from typing import Any, NamedTuple

from gym_lsp.server.to_lsp import uri_of
from gym_lsp.text import Encoding
from tests.server.inprocess import Message, Wire

REQUEST_FAILED = -32803
"""The error code of a request that cannot succeed, such as a rename at a place without a name."""
_LINE_BREAK = re.compile("\r\n|\r|\n")
AT_A_PLACE = (
    "textDocument/hover",
    "textDocument/definition",
    "textDocument/declaration",
    "textDocument/typeDefinition",
    "textDocument/implementation",
    "textDocument/prepareCallHierarchy",
    "textDocument/prepareTypeHierarchy",
    "textDocument/completion",
    "textDocument/references",
    "textDocument/documentHighlight",
    "textDocument/prepareRename",
    "textDocument/signatureHelp",
)
OF_A_FILE = (
    "textDocument/documentSymbol",
    "textDocument/documentLink",
    "textDocument/foldingRange",
    "textDocument/codeLens",
    "textDocument/semanticTokens/full",
)


def position(text: str, offset: int, encoding: Encoding) -> Message:
    """Return the position of an offset, computed in the simplest way."""
    before = _LINE_BREAK.split(text[:offset])
    return {"line": len(before) - 1, "character": _width(before[-1], encoding)}


def between_lines(text: str, offset: int) -> int:
    """Return the offset, or the one before it if it is inside a CRLF, which no position can express."""
    return offset - 1 if text[offset - 1 : offset + 1] == "\r\n" else offset


def replacement(text: str, start: int, end: int, new: str, encoding: Encoding) -> Message:
    """Return the change of a document that replaces a part of its text."""
    return {"range": {"start": position(text, start, encoding), "end": position(text, end, encoding)}, "text": new}


def _width(text: str, encoding: Encoding) -> int:
    match encoding:
        case Encoding.UTF8:
            return len(text.encode())
        case Encoding.UTF16:
            return len(text.encode("utf-16-le")) // 2
        case Encoding.UTF32:
            return len(text)


def questions(texts: Mapping[PurePath, str], random: Random, encoding: Encoding, count: int) -> list[tuple[str, Any]]:
    """Return requests about some of the files, at random positions."""
    asked: list[tuple[str, Any]] = [("workspace/symbol", {"query": ""})]
    for path in random.sample(sorted(texts), min(count, len(texts))):
        text = texts[path]
        document = {"uri": uri_of(path)}
        asked += [(method, {"textDocument": document}) for method in OF_A_FILE]
        whole = {"start": position(text, 0, encoding), "end": position(text, len(text), encoding)}
        asked.append(("textDocument/inlayHint", {"textDocument": document, "range": whole}))
        place = position(text, between_lines(text, random.randint(0, len(text))), encoding)
        for method in AT_A_PLACE:
            more = {"context": {"includeDeclaration": True}} if method.endswith("references") else {}
            asked.append((method, {"textDocument": document, "position": place} | more))
    return asked


class Observed(NamedTuple):
    """The diagnostics that a server has published, and its answers and errors, each with its request."""

    published: dict[str, list[Message]]
    answers: list[tuple[str, Any, Message]]


def observed(wire: Wire, asked: Iterable[tuple[str, Any]]) -> Observed:
    """Send the requests and assert that nothing fails."""
    answers: list[tuple[str, Any, Message]] = []
    for method, params in asked:
        reply = wire.reply(method, params)
        assert "error" not in reply or reply["error"]["code"] == REQUEST_FAILED, (method, params, reply)
        answers.append((method, params, {key: value for key, value in reply.items() if key != "id"}))
    assert wire.failures == []
    return Observed(dict(wire.published), answers)


def assert_same(lived: Wire, fresh: Wire, asked: list[tuple[str, Any]]) -> None:
    """Assert that both servers have published the same diagnostics and return the same answers."""
    one, other = observed(lived, asked), observed(fresh, asked)
    assert one.published == other.published
    for answer, expected in zip(one.answers, other.answers, strict=True):
        assert answer == expected
