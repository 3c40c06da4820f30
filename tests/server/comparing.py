"""Two servers asked the same questions: one that lived through changes, and one that was started on their outcome."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from random import Random
from typing import Any, NamedTuple

from gym_lsp.server.to_lsp import uri_of
from gym_lsp.text import Encoding
from tests.server.inprocess import Message, Wire

REFUSED = -32803
"""The code of an answer that says why not, such as that nothing can be renamed here."""
_LINE_BREAK = re.compile("\r\n|\r|\n")
AT_A_PLACE = (
    "textDocument/hover",
    "textDocument/definition",
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
    "textDocument/semanticTokens/full",
)


def position(text: str, offset: int, encoding: Encoding) -> Message:
    """The position of an offset, worked out in the simplest way."""
    before = _LINE_BREAK.split(text[:offset])
    return {"line": len(before) - 1, "character": _width(before[-1], encoding)}


def between_lines(text: str, offset: int) -> int:
    """The offset, or the one before it where it lies inside of a CRLF, which no position can name."""
    return offset - 1 if text[offset - 1 : offset + 1] == "\r\n" else offset


def replacement(text: str, start: int, end: int, new: str, encoding: Encoding) -> Message:
    """The change of a document that replaces a stretch of its text."""
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
    """Requests about some of the files, at random places of their texts."""
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


class Told(NamedTuple):
    """What a server has published, and its answers, errors included, each with its question."""

    published: dict[str, list[Message]]
    answers: list[tuple[str, Any, Message]]


def told(wire: Wire, asked: Iterable[tuple[str, Any]]) -> Told:
    """Ask, and see that nothing fails."""
    answers: list[tuple[str, Any, Message]] = []
    for method, params in asked:
        reply = wire.reply(method, params)
        assert "error" not in reply or reply["error"]["code"] == REFUSED, (method, params, reply)
        answers.append((method, params, {key: value for key, value in reply.items() if key != "id"}))
    assert wire.failures == []
    return Told(dict(wire.published), answers)


def assert_same(lived: Wire, fresh: Wire, asked: list[tuple[str, Any]]) -> None:
    """Both say the same about all files, and answer the same."""
    one, other = told(lived, asked), told(fresh, asked)
    assert one.published == other.published
    for answer, wanted in zip(one.answers, other.answers, strict=True):
        assert answer == wanted
