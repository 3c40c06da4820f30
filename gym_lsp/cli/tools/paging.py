"""Long results in parts. What a model reads takes room that it needs for other things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from gym_lsp.mcp.offer import Data, ToolError
from gym_lsp.text import visible

T = TypeVar("T")

MOST_CHARACTERS = 16_000
"""Characters of a result, about 4,000 tokens."""
MOST_OF_A_LINE = 400
"""Characters of one line."""


class Page(Struct, Generic[T], frozen=True):
    """A part of some results, how many there are, and where it starts."""

    shown: tuple[T, ...]
    total: int
    offset: int

    @property
    def left(self) -> int:
        """The number of results after this part."""
        return self.total - self.offset - len(self.shown)

    @property
    def data(self) -> Data:
        """The numbers, for programs."""
        return {"total": self.total, "offset": self.offset, "left_out": self.total - len(self.shown)}

    def rest(self, noun: str, narrower: str) -> tuple[str, ...]:
        """Return a line about what is left and how to get it, if there is anything left."""
        if not self.left:
            return ()
        return (f"{self.left} more {noun}; continue with `offset` {self.offset + len(self.shown)}, or {narrower}",)


def page(items: Sequence[T], offset: int, limit: int, size: Callable[[T], int]) -> Page[T]:
    """Return the part of the results that was asked for, or as much of it as there is room for. Raises ToolError."""
    if offset and offset >= len(items):
        raise ToolError(f"`offset`: {offset} is after the last of {len(items)} results")
    shown: list[T] = []
    room = MOST_CHARACTERS
    for item in items[offset : offset + limit]:
        room -= size(item)
        if room < 0 and shown:
            break
        shown.append(item)
    return Page(tuple(shown), len(items), offset)


def cut(text: str, most: int = MOST_OF_A_LINE) -> str:
    """Return a line of text that is not longer than `most` characters, without control characters."""
    text = visible(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def joined(*lines: str) -> str:
    """Return lines as a text."""
    return "\n".join(lines)
