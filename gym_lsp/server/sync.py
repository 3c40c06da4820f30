"""The text of open documents, updated with the changes that the client sends.

pygls also keeps documents, but it splits lines where LSP does not, and clamps positions to one less than the end.
"""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types as lsp
from msgspec import Struct

from gym_lsp.text import Edit, Encoding, Position, Span, apply_edits, offset_of


class Buffer(Struct, frozen=True):
    """An open document: the URI as the client spells it, the version, and the text without a BOM."""

    uri: str
    version: int
    text: str


def changed(
    buffer: Buffer, version: int, changes: Iterable[lsp.TextDocumentContentChangeEvent], encoding: Encoding
) -> Buffer:
    """Return the buffer after the changes of one notification. Each range refers to the text after the last change."""
    text = buffer.text
    for change in changes:
        if isinstance(change, lsp.TextDocumentContentChangePartial):
            first, last = position_of(change.range.start), position_of(change.range.end)
            start = offset_of(text, first, encoding)
            end = start if first == last else max(start, offset_of(text, last, encoding))
            text = apply_edits(text, [Edit(Span(start, end), change.text)])
        else:
            text = change.text.removeprefix("\ufeff")
    return Buffer(buffer.uri, version, text)


def position_of(position: lsp.Position) -> Position:
    return Position(position.line, position.character)
