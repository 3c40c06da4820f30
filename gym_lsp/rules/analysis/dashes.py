"""Dashes that got lost: an element of a list that reads as part of the one above it, or a list that is none."""

from __future__ import annotations

from msgspec import Struct

from gym_lsp.compose.config import Config
from gym_lsp.diagnostic import FileEdit, Fix
from gym_lsp.syntax import Document, Entry, Mapping, Sequence, walk
from gym_lsp.text import Edit, LineIndex, Span

_FEWEST_REPEATED = 2
"""Keys that an element has in common with the one above it. A single one is repeated rather than torn off."""


class LostDash(Struct, frozen=True):
    """The first key of an element without its dash, and the dash; None where there is no room for it."""

    key: Span
    edit: Edit | None


def lost_dash(document: Document, repeated: Span) -> LostDash | None:
    """What the key of an element begins with that melted into the one above it, so that a key of it is a repeated one.

    That it did is taken for granted where it has the key again that the upper one begins with, and one more.
    """
    for sequence in walk(document.root):
        if not isinstance(sequence, Sequence) or sequence.flow:
            continue
        for item in sequence.items:
            if isinstance(item, Mapping) and not item.flow and item.span.covers(repeated):
                upper, *others = _elements(item)
                for element in others:
                    if any(entry.key.span == repeated for entry in element) and _resembles(element, upper):
                        key = element[0].key.span
                        return LostDash(key, _dash(document.text, document.lines, key, sequence.start))
    return None


def _elements(melted: Mapping) -> list[list[Entry]]:
    """The entries of a mapping, cut in front of each key that stands in the same part already."""
    parts: list[list[Entry]] = [[]]
    for entry in melted.entries:
        if any(entry.name == other.name for other in parts[-1]):
            parts.append([])
        parts[-1].append(entry)
    return parts


def _resembles(element: list[Entry], upper: list[Entry]) -> bool:
    names = {entry.name for entry in element}
    return upper[0].name in names and sum(entry.name in names for entry in upper) >= _FEWEST_REPEATED


def dashless(value: Config) -> tuple[str, Fix] | None:
    """The first key of a block mapping that stands where a list is meant, and the dash that makes a list of it."""
    node = value.node
    if value.key is None or not isinstance(node, Mapping) or node.flow or not node.entries:
        return None
    lines, first = LineIndex(value.origin.text), node.entries[0].key.span
    edit = _dash(value.origin.text, lines, first, max(first.start - 2, 0))
    if edit is None or _column(lines, edit.span.start) < _column(lines, value.key.span.start):
        return None
    fix = Fix("Put a dash in front of it", (FileEdit(value.origin.path, edit),))
    return first.of(value.origin.text), fix


def _dash(text: str, lines: LineIndex, key: Span, like: int) -> Edit | None:
    """A dash in the line of a key, in the column of another offset; None where that leaves no blank behind it."""
    line = lines.line_span(lines.line_of(key.start))
    at = line.start + _column(lines, like)
    is_free = at < key.start - 1 and not text[line.start : key.start].strip(" ")
    return Edit(Span(at, at + 1), "-") if is_free else None


def _column(lines: LineIndex, offset: int) -> int:
    return offset - lines.line_span(lines.line_of(offset)).start
