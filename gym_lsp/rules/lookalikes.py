"""Characters that look like a blank or a colon and are none to YAML, as they come along with copied text."""

from __future__ import annotations

import re
from typing import NamedTuple

from gym_lsp.text import Span

_WITHOUT_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
_BLANK = f"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000{_WITHOUT_WIDTH}]"
_COLON = "\uff1a"
_LOOKALIKE = re.compile(rf"(?:^|(?<=:)){_BLANK}+|(?<=\w){_COLON}[ \t]*")


class Lookalike(NamedTuple):
    """Where such characters stand in a line, what they look like, and what should stand there."""

    span: Span
    looks_like: str
    meant: str


def find_lookalike(line: str) -> Lookalike | None:
    """The first look-alike that a line without its indentation begins with, or has where a key ends."""
    found = _LOOKALIKE.search(line)
    if found is None:
        return None
    if found[0].startswith(_COLON):
        return Lookalike(Span(*found.span()), "a colon", ": ")
    meant = "".join("" if character in _WITHOUT_WIDTH else " " for character in found[0])
    if found.start() and not meant:
        meant = " "
    return Lookalike(Span(*found.span()), "a blank", meant)
