"""The interpolation that is being typed: what stands between its `${` and the cursor."""

from __future__ import annotations

import re

from msgspec import Struct

from gym_lsp.text import Span

_CALL = re.compile(r"\s*([\w.-]+)\s*:(.*)", re.DOTALL)
_BRACKETS = {"[": 1, "{": 1, "]": -1, "}": -1}


class Opened(Struct, frozen=True):
    """The interpolation that the cursor is in: `start` is the offset behind its `${`, `inside` the text up to here."""

    start: int
    inside: str
    is_closed: bool


class OpenCall(Struct, frozen=True):
    """A resolver whose arguments are being typed; the last of these is the one at the cursor."""

    name: str
    arguments: tuple[str, ...]


def opened_at(text: str, span: Span, offset: int) -> Opened | None:
    """The innermost interpolation of a value that is open at the cursor."""
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
    return Opened(start, text[start:offset], is_closed)


def call_in(opened: Opened) -> OpenCall | None:
    """The resolver of an interpolation; None as long as no colon shows that it is one."""
    match = _CALL.fullmatch(opened.inside)
    return None if match is None else OpenCall(match[1], tuple(_split(match[2])))


def _split(text: str) -> list[str]:
    """The arguments between the commas, those inside brackets and quotes left alone."""
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
