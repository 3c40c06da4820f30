"""Incremental changes produce the text of the client, for all line breaks and position encodings."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp

from gym_lsp.server.sync import Buffer, changed
from gym_lsp.text import Encoding

PIECES = ["a", "b: c", " ", "é", "語", "😀", "\n", "\r\n", "\r", "\f", "\x85", "\u2028", "\ufeff"]
texts = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
CODECS = {Encoding.UTF8: ("utf-8", 1), Encoding.UTF16: ("utf-16-le", 2), Encoding.UTF32: ("utf-32-le", 4)}


def naive_offset(text: str, line: int, column: int, encoding: Encoding) -> int:
    """Return the offset of a position by the letter of LSP: line by line, with columns counted in bytes."""
    parts = re.split("(\r\n|\n|\r)", text)
    lines = parts[::2]
    if line >= len(lines):
        return len(text)
    codec, size = CODECS[encoding]
    within = lines[line].encode(codec)[: column * size].decode(codec, "ignore")
    return len("".join(parts[: 2 * line])) + len(within)


positions = st.tuples(st.integers(0, 8), st.integers(0, 14))
changes = st.one_of(texts, st.tuples(positions, positions, texts))
Change = str | tuple[tuple[int, int], tuple[int, int], str]


@pytest.mark.parametrize("encoding", Encoding)
@given(start=texts, steps=st.lists(changes, min_size=1, max_size=5))
def test_any_changes_produce_the_text_of_the_client(encoding: Encoding, start: str, steps: list[Change]) -> None:
    expected = start
    events: list[lsp.TextDocumentContentChangeEvent] = []
    for step in steps:
        if isinstance(step, str):
            expected = step.removeprefix("\ufeff")
            events.append(lsp.TextDocumentContentChangeWholeDocument(step))
            continue
        (first, last), new = sorted(step[:2]), step[2]
        begin = naive_offset(expected, *first, encoding)
        end = max(begin, naive_offset(expected, *last, encoding))
        expected = expected[:begin] + new + expected[end:]
        events.append(
            lsp.TextDocumentContentChangePartial(lsp.Range(lsp.Position(*first), lsp.Position(*last)), text=new)
        )
    assert changed(Buffer("file:///a.yaml", 1, start), 2, events, encoding) == Buffer("file:///a.yaml", 2, expected)


def test_a_column_past_the_end_of_the_last_line_is_its_end() -> None:
    event = lsp.TextDocumentContentChangePartial(lsp.Range(lsp.Position(0, 0), lsp.Position(0, 999)), text="Z")
    assert changed(Buffer("u", 1, "abc"), 2, [event], Encoding.UTF16).text == "Z"
