"""Reading a long text in stretches, so that an edit costs as much as the stretch that it is in.

A stretch is a part of a text with one or more of its top-level entries, and can be read alone. It begins on a line with
a top-level key, or at the start of the text. A line at the margin ends every block, every plain scalar and every block
scalar above it. So if each stretch is a mapping at the margin, without a syntax error, then their entries in a row are
the entries of the text. What can have an effect beyond that, such as an anchor or a directive, is looked for, and the
text is then read as a whole.

All divisions at such lines result in the same tree. So a reading may divide a text where an earlier one did, and reads
only the stretches that differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice, takewhile

from msgspec import Struct

from gym_lsp.syntax.reader import has_distinct_names, read_once
from gym_lsp.syntax.tree import Entry, Mapping, Value, moved

SHORTEST = 4096
"""Code points. A shorter stretch is extended to the next top-level key: to read so little takes no time."""
_TOP_LEVEL_KEY = re.compile(r"^\w[\w.-]*:(?=[ \n])", re.MULTILINE)
"""A plain key at the margin. In a quoted scalar or in a flow collection, such a line is none, but then the text above
it cannot be read alone."""
_UNUSUAL = re.compile(r"^(?:%|---|\.\.\.)|[\t\r\ufeff]", re.MULTILINE)
"""Directives and the marks of documents have an effect on other parts of a text. The characters are rare, and places
among them depend on more than the tree."""


class Stretch(Struct, frozen=True, eq=False):
    """A part of a text, and its tree, whose offsets count from the start of the stretch."""

    text: str
    root: Mapping

    @property
    def name(self) -> str:
        """Its first key, which no other stretch of the same text has."""
        return str(self.root.entries[0].name)


def divide(text: str, known: Sequence[Stretch]) -> tuple[Stretch, ...] | None:
    """Return the stretches of a text; None if it has to be read as a whole.

    `known` are those of an earlier text, which are used again at both ends of this one.
    """
    start, end = 0, len(text)
    head = list(known)
    for index, stretch in enumerate(known):
        if not text.startswith(stretch.text, start):
            del head[index:]
            break
        start += len(stretch.text)
    while head and start < end and not _TOP_LEVEL_KEY.match(text, start):
        start -= len(head.pop().text)
    tail: list[Stretch] = []
    for stretch in reversed(known[len(head) :]):
        before = end - len(stretch.text)
        if before < start or not text.startswith(stretch.text, before):
            break
        tail.insert(0, stretch)
        end = before
    # What is above the first key is part of its stretch.
    while tail and end > 0 and not (_TOP_LEVEL_KEY.match(text, end) and (start or _TOP_LEVEL_KEY.search(text, 0, end))):
        end += len(tail.pop(0).text)
    middle: list[Stretch] = []
    for part in _parts(text, start, end):
        stretch = _read(part)
        if stretch is None:
            return None
        middle.append(stretch)
    stretches = (*head, *middle, *tail)
    is_sound = bool(stretches) and has_distinct_names([entry for each in stretches for entry in each.root.entries])
    return stretches if is_sound else None


def starts(stretches: Sequence[Stretch]) -> Iterator[int]:
    """Yield the offset of each stretch in the text that is divided into them."""
    return accumulate((len(stretch.text) for stretch in stretches[:-1]), initial=0)


def joined(stretches: Sequence[Stretch], before: Sequence[Stretch], root: Value | None) -> Mapping:
    """Return the tree of the text that is divided into some stretches.

    `root` is the tree of an earlier text, which was divided into those of `before`. What is still in its place is used
    again.
    """
    kept = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], zip(stretches, before, strict=False)))
    entries: list[Entry] = []
    if isinstance(root, Mapping):
        entries.extend(root.entries[: sum(len(stretch.root.entries) for stretch in before[:kept])])
    for start, stretch in islice(zip(starts(stretches), stretches, strict=True), kept, None):
        entries.extend(moved(entry, start) for entry in stretch.root.entries)
    end = entries[-1].span.end
    return Mapping(stretches[0].root.start, end, tuple(entries), False)


def _parts(text: str, start: int, end: int) -> Iterator[str]:
    """Yield a part of a text in pieces that begin with a top-level key, apart from the first one."""
    keys = _TOP_LEVEL_KEY.finditer(text, start, end)
    next(keys, None)
    for key in keys:
        if key.start() - start >= SHORTEST:
            yield text[start : key.start()]
            start = key.start()
    if start < end:
        yield text[start:end]


def _read(text: str) -> Stretch | None:
    """Read a part of a text alone; None if it may have another meaning in the whole text, or has a problem."""
    if _UNUSUAL.search(text):
        return None
    reading = read_once(text)
    root = reading.root
    if not isinstance(root, Mapping) or root.flow or reading.problems or reading.anchors:
        return None
    is_at_margin = root.start == 0 or text[root.start - 1] == "\n"
    return Stretch(text, root) if is_at_margin else None
