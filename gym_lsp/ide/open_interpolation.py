"""The interpolation at the cursor, which is usually incomplete: the text between its `${` and the cursor."""

from __future__ import annotations

import re

from msgspec import Struct

from gym_lsp.text import Span

_CALL = re.compile(r"\s*([\w.-]+)\s*:(.*)", re.DOTALL)
_BRACKETS = {"[": 1, "{": 1, "]": -1, "}": -1}


class OpenInterpolation(Struct, frozen=True):
    """The interpolation at the cursor. `start` is the offset after its `${`, `inside` the text up to the cursor."""

    start: int
    inside: str
    is_closed: bool


class OpenCall(Struct, frozen=True):
    """A resolver with the arguments up to the cursor; the cursor is in the last one."""

    name: str
    arguments: tuple[str, ...]


def open_interpolation_at(text: str, span: Span, offset: int) -> OpenInterpolation | None:
    """Return the innermost interpolation of a value that is open at the cursor, or None."""
    starts: list[int] = []
    place = span.start
    while place < offset:
        if text.startswith("${", place):
            if place + 2 > offset:
                break
            if place == span.start or text[place - 1] != "\\":
                starts.append(place + 2)
            place += 2
            continue
        if text[place] == "}" and starts:
            starts.pop()
        place += 1
    if not starts:
        return None
    start = starts[-1]
    rest = text[offset : span.end]
    closing, opening = rest.find("}"), rest.find("${")
    is_closed = closing != -1 and (opening == -1 or closing < opening)
    return OpenInterpolation(start, text[start:offset], is_closed)


def open_call(opened: OpenInterpolation) -> OpenCall | None:
    """Return the resolver of an interpolation, or None if it has no colon yet."""
    match = _CALL.fullmatch(opened.inside)
    return None if match is None else OpenCall(match[1], tuple(_split(match[2])))


def _split(text: str) -> list[str]:
    """Return the arguments between commas; commas in brackets and quotes do not separate."""
    pieces = [""]
    depth = 0
    quote = ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        else:
            depth += _BRACKETS.get(character, 0)
        if character == "," and not depth and not quote:
            pieces.append("")
        else:
            pieces[-1] += character
    return pieces
