"""Missing dashes: a list element that YAML reads as part of the element above it, or a list that is not one."""

from __future__ import annotations

from msgspec import Struct

from gym_lsp.compose.config import Config
from gym_lsp.diagnostic import FileEdit, Fix
from gym_lsp.syntax import Atom, Document, Entry, Mapping, Sequence, walk
from gym_lsp.text import Edit, LineIndex, Span, lines_of

_FEWEST_REPEATED = 2
"""Keys that an element shares with the one above it. A single shared key is more likely a duplicate."""


class LostDash(Struct, frozen=True):
    """The first key of an element without its dash, and the edit that inserts the dash; None without room for it."""

    key: Span
    edit: Edit | None


def lost_dash(document: Document, repeated: Span) -> LostDash | None:
    """Return the first key of an element that became part of the element above it, where `repeated` is one of its keys.

    A dash is assumed to be missing if the element repeats the first key of the upper element and one more key.
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


def _elements(merged: Mapping) -> list[list[Entry]]:
    """Return the entries of a mapping, split before each key that is already in the same part."""
    parts: list[list[Entry]] = [[]]
    names: set[Atom] = set()
    for entry in merged.entries:
        if entry.name in names:
            parts.append([])
            names.clear()
        parts[-1].append(entry)
        names.add(entry.name)
    return parts


def _resembles(element: list[Entry], upper: list[Entry]) -> bool:
    names = {entry.name for entry in element}
    return upper[0].name in names and sum(entry.name in names for entry in upper) >= _FEWEST_REPEATED


def dashless(value: Config) -> tuple[str, Fix] | None:
    """Return the first key of a block mapping that should be a list, and the fix that inserts its dash."""
    node = value.node
    if value.key is None or not isinstance(node, Mapping) or node.flow or not node.entries:
        return None
    lines, first = lines_of(value.origin.text), node.entries[0].key.span
    edit = _dash(value.origin.text, lines, first, max(first.start - 2, 0))
    if edit is None or _column(lines, edit.span.start) < _column(lines, value.key.span.start):
        return None
    fix = Fix("Insert a dash before it", (FileEdit(value.origin.path, edit),))
    return first.of(value.origin.text), fix


def _dash(text: str, lines: LineIndex, key: Span, like: int) -> Edit | None:
    """Return the edit that inserts a dash on the line of a key, in the column of `like`; None without room for it."""
    line = lines.line_span(lines.line_of(key.start))
    at = line.start + _column(lines, like)
    is_free = at < key.start - 1 and not text[line.start : key.start].strip(" ")
    return Edit(Span(at, at + 1), "-") if is_free else None


def _column(lines: LineIndex, offset: int) -> int:
    return offset - lines.line_span(lines.line_of(offset)).start
