"""Places in text: spans, lines, and edits, in code points. Also text that can be shown.

All layers of gym-lsp use offsets into a text, half open and counted in code points. Lines and columns are for people
and protocols. They are computed here and used only at the edge.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from msgspec import Struct

_BREAK = re.compile(r"[\r\n]")
_SHORT = 4096
"""Code points that are not worth halving."""


class Span(Struct, frozen=True, order=True, gc=False):
    """A half-open range of code points: `start` is inside, `end` is not."""

    start: int
    end: int

    @property
    def is_empty(self) -> bool:
        return self.start == self.end

    def contains(self, offset: int) -> bool:
        """Return whether a cursor at `offset` touches the span. Both ends count, as in an editor."""
        return self.start <= offset <= self.end

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def moved(self, by: int) -> Span:
        return Span(self.start + by, self.end + by)

    def of(self, text: str) -> str:
        return text[self.start : self.end]


class Position(NamedTuple):
    """A line and a column, both counted from 0. The unit of the column is that of an `Encoding`."""

    line: int
    column: int


class Encoding(Enum):
    """The unit of a column, by its name in LSP."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"

    def width(self, text: str) -> int:
        """Return the length of `text` in units."""
        if self is Encoding.UTF32 or text.isascii():
            return len(text)
        if self is Encoding.UTF8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)

    def prefix(self, text: str, units: int) -> int:
        """Return how many code points of `text` fit into its first `units` units. A split character does not count."""
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

    Only LF, CR and CRLF end a line. Form feeds, NEL and U+2028 are ordinary characters, as in LSP.
    """

    __slots__ = ("_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = _line_starts(text)

    def __len__(self) -> int:
        return len(self._starts)

    def line_of(self, offset: int) -> int:
        """Return the line of `offset`, counted from 0. An offset past the end is on the last line."""
        return bisect_right(self._starts, offset) - 1

    def line_span(self, line: int) -> Span:
        """Return the span of a line without its line break."""
        start = self._starts[line]
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return Span(start, end)

    def position(self, offset: int, encoding: Encoding = Encoding.UTF32) -> Position:
        """Return the position of `offset`, clamped to the text. Inside a CRLF it is the end of the line."""
        line = self.line_of(max(0, offset))
        span = self.line_span(line)
        return Position(line, encoding.width(self.text[span.start : max(span.start, min(offset, span.end))]))

    def offset(self, position: Position, encoding: Encoding = Encoding.UTF32) -> int:
        """Return the offset of `position`. A line or column past the end means the end, as LSP requires."""
        if position.line < 0:
            return 0
        if position.line >= len(self._starts):
            return len(self.text)
        span = self.line_span(position.line)
        return span.start + encoding.prefix(span.of(self.text), position.column)


@lru_cache(maxsize=8)
def lines_of(text: str) -> LineIndex:
    """Return the lines of a text, for those who may ask for the same text once for each finding."""
    return LineIndex(text)


def offset_of(text: str, position: Position, encoding: Encoding = Encoding.UTF32) -> int:
    """Return the offset of one position like `LineIndex.offset`, without an index of all lines.

    Breaks are counted in half of what is left of the text, again and again, so an edit of a large text is cheap.
    """
    if position.line < 0:
        return 0
    start, end, line = 0, len(text), position.line
    while end - start > _SHORT:
        middle = (start + end) // 2
        if text[middle - 1 : middle + 1] == "\r\n":
            middle += 1
        count = _count_breaks(text, start, middle)
        if count < line:
            start, line = middle, line - count
        else:
            end = middle
    starts = _line_starts(text[start:end])
    if line >= len(starts):
        return len(text)
    start += starts[line]
    found = _BREAK.search(text, start)
    return start + encoding.prefix(text[start : found.start() if found else len(text)], position.column)


def _count_breaks(text: str, start: int, end: int) -> int:
    found = text.count("\n", start, end)
    if text.find("\r", start, end) >= 0:
        # To look for one character takes a small part of the time of counting it, and most texts have none.
        found += text.count("\r", start, end) - text.count("\r\n", start, end)
    return found


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
    """Two edits touch the same characters, so the result would depend on their order."""


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` after all edits. The spans of all edits refer to the original `text`.

    Insertions at the same offset keep their order, and come before a replacement that starts there.
    Raises OverlappingEdits if two spans share a character.
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


# Characters that are not what they look like

_TAB = "    "
_REPLACEMENT = "\ufffd"
_UNSAFE = re.compile(
    # Control characters, characters that some terminals treat as line breaks, surrogates, and the marks that reverse
    # the direction of text, which can make an excerpt look like different text.
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def visible(text: str) -> str:
    """Return any text as one line that is safe to print: control characters as pictures, tabs as spaces."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(lambda match: _picture(match[0]), text.replace("\t", _TAB).replace("\n", " "))


def _picture(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else _REPLACEMENT
