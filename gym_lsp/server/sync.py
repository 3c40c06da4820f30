"""Open documents: their text as the client has it, change by change.

pygls keeps documents too, but splits lines where LSP does not and clamps positions one short, so its store is not used.
"""

from __future__ import annotations

from collections.abc import Iterable

from lsprotocol import types as lsp
from msgspec import Struct

from gym_lsp.text import Edit, Encoding, LineIndex, Position, Span, apply_edits


class Buffer(Struct, frozen=True):
    """An open document: its URI as the client spells it, its version, its text without a BOM."""

    uri: str
    version: int
    text: str


def changed(
    buffer: Buffer, version: int, changes: Iterable[lsp.TextDocumentContentChangeEvent], encoding: Encoding
) -> Buffer:
    """The buffer after the changes of one notification, each of which speaks of the text that the one before left."""
    text = buffer.text
    for change in changes:
        if isinstance(change, lsp.TextDocumentContentChangePartial):
            index = LineIndex(text)
            start = index.offset(position_of(change.range.start), encoding)
            end = max(start, index.offset(position_of(change.range.end), encoding))
            text = apply_edits(text, [Edit(Span(start, end), change.text)])
        else:
            text = change.text.removeprefix("\ufeff")
    return Buffer(buffer.uri, version, text)


def position_of(position: lsp.Position) -> Position:
    return Position(position.line, position.character)
