"""The place of a value in a line of JSON. It is worked out only for rows that have a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from json import JSONDecoder
from typing import Any

from msgspec import Struct

from gym_lsp.text import Span

Step = str | int

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = JSONDecoder()


class Place(Struct, frozen=True):
    """The span of a value, and that of its key with its quotes; None for an element of a list."""

    value: Span
    key: Span | None = None


def place_of(text: str, start: int, path: Sequence[Step]) -> Place | None:
    """Return the place of the value at a key path in the JSON value that begins at an offset.

    None if the text is not valid JSON there or has no such value. Of a key that is repeated, the last one counts.
    """
    try:
        start = _after_space(text, start)
        found = Place(Span(start, _end(text, start)))
        for step in path:
            inside = [each for name, each in _children(text, found.value.start) if name == step]
            if not inside:
                return None
            found = inside[-1]
    except (ValueError, RecursionError, IndexError):
        return None
    return found


def key_at(text: str, start: int, offset: int) -> tuple[tuple[Step, ...], Span] | None:
    """Return the key path of the key at an offset in the JSON value that begins at `start`, and its span; or None."""
    path: list[Step] = []
    try:
        start = _after_space(text, start)
        while text[start] in "{[":
            for name, place in _children(text, start):
                if place.key is not None and place.key.contains(offset):
                    return (*path, name), place.key
                if place.value.contains(offset):
                    path.append(name)
                    start = place.value.start
                    break
            else:
                return None
    except (ValueError, RecursionError, IndexError):
        return None
    return None


def _children(text: str, start: int) -> Iterator[tuple[Step, Place]]:
    """Yield the entries of the object or the elements of the list that begins at an offset."""
    opening, index = text[start], _after_space(text, start + 1)
    if opening not in "{[" or text[index] in "}]":
        return
    position = 0
    while True:
        key: Span | None = None
        name: Step = position
        if opening == "{":
            name, end = _value(text, index)
            key = Span(index, end)
            index = _after_space(text, _after_space(text, end) + 1)
        end = _end(text, index)
        yield name, Place(Span(index, end), key)
        index = _after_space(text, end)
        if text[index] != ",":
            return
        index = _after_space(text, index + 1)
        position += 1


def _value(text: str, start: int) -> tuple[Any, int]:
    return _DECODER.raw_decode(text, start)


def _end(text: str, start: int) -> int:
    return _value(text, start)[1]


def _after_space(text: str, index: int) -> int:
    found = _SPACE.match(text, index)
    return index if found is None else found.end()
