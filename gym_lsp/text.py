"""Places in text: spans, lines, and edits, in code points.

Every layer of gym-lsp speaks offsets into the text it was given, half open and counted in code points.
Lines and columns are for people and protocols; they are computed here, at the edge, and nowhere else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from enum import Enum
from itertools import accumulate
from typing import NamedTuple

from msgspec import Struct


class Span(Struct, frozen=True, order=True):
    """A half-open range of code points: `start` is inside, `end` is not."""

    start: int
    end: int

    @property
    def is_empty(self) -> bool:
        return self.start == self.end

    def contains(self, offset: int) -> bool:
        """Whether a cursor at `offset` touches the span; both ends count, as they do in an editor."""
        return self.start <= offset <= self.end

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def of(self, text: str) -> str:
        return text[self.start : self.end]


class Position(NamedTuple):
    """A zero-based line, and a zero-based column in the unit of the encoding it was made with."""

    line: int
    column: int


class Encoding(Enum):
    """The unit of a column, under the names that LSP gives them."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    def width(self, text: str) -> int:
        """How many units `text` takes."""
        if self is Encoding.UTF32 or text.isascii():
            return len(text)
        if self is Encoding.UTF8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)

    def prefix(self, text: str, units: int) -> int:
        """How many code points of `text` fit into its first `units` units; a split character is left out."""
        if self is Encoding.UTF32 or text.isascii():
            return max(0, min(units, len(text)))
        used = 0
        for index, character in enumerate(text):
            used += self.width(character)
            if used > units:
                return index
        return len(text)


class LineIndex:
    """The lines of one text.

    A line ends at LF, CR or CRLF and at nothing else: form feeds, NEL and U+2028 are ordinary characters,
    as they are for LSP clients.
    """

    __slots__ = ("_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = _line_starts(text)

    def __len__(self) -> int:
        return len(self._starts)

    def line_of(self, offset: int) -> int:
        """The zero-based line that `offset` lies on; offsets past the end lie on the last line."""
        return bisect_right(self._starts, offset) - 1

    def line_span(self, line: int) -> Span:
        """The span of a line without its line break."""
        start = self._starts[line]
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)

    def position(self, offset: int, encoding: Encoding = Encoding.UTF32) -> Position:
        """The position of `offset`, which is clamped to the text; inside a CRLF it is that of the line's end."""
        line = self.line_of(max(0, offset))
        span = self.line_span(line)
        return Position(line, encoding.width(self.text[span.start : max(span.start, min(offset, span.end))]))

    def offset(self, position: Position, encoding: Encoding = Encoding.UTF32) -> int:
        """The offset of `position`; a line or column past the end means the end, as LSP asks."""
        if position.line < 0:
            return 0
        if position.line >= len(self._starts):
            return len(self.text)
        span = self.line_span(position.line)
        return span.start + encoding.prefix(span.of(self.text), position.column)


def _line_starts(text: str) -> list[int]:
    starts = [0]
    if "\r" not in text:
        *lines, _ = text.split("\n")
        starts.extend(accumulate(len(line) + 1 for line in lines))
        return starts
    for index, character in enumerate(text):
        if character == "\n" or (character == "\r" and text[index + 1 : index + 2] != "\n"):
            starts.append(index + 1)
    return starts


class Edit(NamedTuple):
    """The replacement of one span by other text."""

    span: Span
    text: str


class OverlappingEdits(ValueError):
    """Two edits touch the same characters, so their order would decide the outcome."""


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Apply edits that all speak of the same `text`.

    Insertions at one place keep the order in which they come, and stand before what replaces the text behind them.
    Raises OverlappingEdits where two spans share a character.
    """
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        if edit.span.start < done:
            raise OverlappingEdits(f"two edits overlap at offset {edit.span.start}")
        pieces.append(text[done : edit.span.start])
        pieces.append(edit.text)
        done = edit.span.end
    pieces.append(text[done:])
    return "".join(pieces)
