"""Text on a terminal: lines that are safe to print, how wide they are, and colors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from gym_lsp.diagnostic import Severity
from gym_lsp.text import visible

_BREAKS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def one_line(text: str) -> str:
    """Return the lines of a message joined by spaces, safe to print."""
    return " ".join(visible(part).strip() for part in _BREAKS.split(text)).strip()


def width_of(text: str) -> int:
    """Return the number of columns of visible text on a terminal."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    # Importing the tables takes longer than rendering a report in plain ASCII.
    from unicodedata import category, east_asian_width

    if "\u1160" <= character <= "\u11ff" or category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(character) in {"W", "F"} else 1


_COMMANDS = ("::", "##")
"""The beginnings of lines that runners of GitHub and Azure execute, also after white space."""


def wrap(text: str, width: int, *, first: int = 0, indent: str = "") -> list[str]:
    """Break a message into lines of at most `width` columns, between words and at its own line breaks.

    The first line starts at column `first`, the others start with `indent`. A word that does not fit stays whole, so
    that paths and keys can be copied. Only white space is lost. No further line begins like a command of a CI runner:
    a value of a config could otherwise give one.
    """
    lines: list[str] = []
    current, used, empty = "", first, True
    for number, paragraph in enumerate(_BREAKS.split(text)):
        words = visible(paragraph).split(" ")
        if number and not paragraph.lstrip().startswith(_COMMANDS):
            lines.append(current)
            current, used, empty = indent, len(indent), True
        for word in filter(None, words):
            columns = width_of(word)
            while empty and lines and word.startswith(_COMMANDS):
                current = lines.pop()
                used, empty = width, not current.strip()
            if not empty and used + 1 + columns > width and not word.startswith(_COMMANDS):
                lines.append(current)
                current, used, empty = indent, len(indent), True
            current += word if empty else f" {word}"
            used += columns + (0 if empty else 1)
            empty = False
    return [line.rstrip() for line in [*lines, current]]


class Ink(Enum):
    """The ANSI codes of the colors, all of them bold."""

    RED = "1;31"
    GREEN = "1;32"
    YELLOW = "1;33"
    BLUE = "1;34"
    CYAN = "1;36"
    BOLD = "1"


SEVERITY_INK: Mapping[Severity, Ink] = {
    Severity.ERROR: Ink.RED,
    Severity.WARNING: Ink.YELLOW,
    Severity.INFORMATION: Ink.CYAN,
    Severity.HINT: Ink.GREEN,
}


class Palette:
    """Paints text if color is wanted, and otherwise leaves it as it is."""

    def __init__(self, *, color: bool) -> None:
        self._color = color

    def paint(self, text: str, ink: Ink) -> str:
        return f"\x1b[{ink.value}m{text}\x1b[0m" if self._color and text.strip() else text
