"""The command that is being typed at a place in a document, up to that place."""

from __future__ import annotations

from pathlib import PurePath

from msgspec import Struct

from gym_lsp.commands.parts import shell_parts
from gym_lsp.commands.shell import Word, simple_commands

_TYPED = "\ue001"
"""A character at the place, so that a word is there even if none has begun."""
_MOST_LINES = 100
"""Continued lines before the place that are read."""
_LONGEST_MARGIN = 100
"""Characters of the end of a line in which a backslash is looked for."""


class TypedWord(Struct, frozen=True):
    """The word at a place, up to it, with the words of the same command before it.

    The offsets of the words before are relative to `start`, and those of the typed word are in the document.
    """

    before: tuple[Word, ...]
    text: str
    offsets: tuple[int, ...]
    start: int
    end: int

    def start_of(self, index: int) -> int:
        """Return the offset of a character of the text; after the last one, that of the place."""
        return self.offsets[index] if index < len(self.offsets) else self.end


def typed_word(path: PurePath, text: str, offset: int) -> TypedWord | None:
    """Return the word that is being typed at an offset of a document; None outside of shell text, and in a comment."""
    part = next((part for part in shell_parts(path.suffix, text) if part.start <= offset <= part.end), None)
    if part is None:
        return None
    start = _command_start(text, part.start, offset)
    for quote in ("", '"', "'"):
        # The word may be in quotes that are not closed yet.
        whole = f"{text[start:offset]}{_TYPED}{quote}"
        commands = tuple(simple_commands(whole, 0, len(whole)))
        words = commands[-1].words if commands else ()
        if words and words[-1].text.endswith(_TYPED) and words[-1].span.end == len(whole):
            word = words[-1]
            offsets = tuple(start + each for each in word.offsets[:-1])
            return TypedWord(words[:-1], word.text[:-1], offsets, start, offset)
    return None


def _command_start(text: str, start: int, offset: int) -> int:
    """Return the start of the line at an offset, or of the first line that continues in it."""
    at = text.rfind("\n", start, offset) + 1
    for _ in range(_MOST_LINES):
        above = text[max(start, at - _LONGEST_MARGIN) : at - 1]
        if at <= start or not above.rstrip(" \t\r").endswith("\\"):
            break
        at = text.rfind("\n", start, at - 1) + 1
    return max(at, start)
