"""Characters that look like others, or like nothing at all, as they come along with copied text."""

from __future__ import annotations

import re

from msgspec import Struct

from gym_lsp.text import Span

_WITHOUT_WIDTH = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_BLANKS = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_BLANK = f"[{_BLANKS}{_WITHOUT_WIDTH}]"
_COLON = "\uff1a"
_LOOKALIKE = re.compile(rf"(?:^|(?<=:)){_BLANK}+|(?<=\w){_COLON}[ \t]*")

_LETTERS = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425"
        "\u03bf\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
        "aeopcyxijsABEKMHOPCTXoABEZHIKMNOPTYX",
        strict=True,
    )
)
"""Cyrillic and Greek letters that nobody can tell from Latin ones."""
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
_FULL_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
_MEANT = {
    **_LETTERS,
    **_DASHES,
    **_FULL_WIDTH,
    **dict.fromkeys(_BLANKS, " "),
    **dict.fromkeys(_WITHOUT_WIDTH, ""),
}
_AS_IT_LOOKS = str.maketrans(_MEANT)
_OPENING, _CLOSING = "\u201c\u201d\u201e\u2018\u2019\u201a\u00ab", "\u201c\u201d\u2018\u2019\u00bb"
_QUOTED = re.compile(rf"[{_OPENING}]([^{_OPENING}{_CLOSING}]*)[{_CLOSING}]")
_LOOKS_LIKE_ASCII = re.compile(r"[!-~ ]*[a-zA-Z0-9_]{2}[!-~ ]*")


class Lookalike(Struct, frozen=True):
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


class Disguise(Struct, frozen=True):
    """The first character of a text that is not what it looks like, and the text as it looks."""

    character: str
    looks_like: str
    meant: str


def disguise(text: str) -> Disguise | None:
    """What a text has in it that a person does not see, where all of it looks like ASCII.

    So words of other languages, which have such characters by right, are left alone.
    """
    meant = text.translate(_AS_IT_LOOKS).strip(" ")
    odd = next((each for each in text if each in _MEANT), None)
    if odd is None or not _LOOKS_LIKE_ASCII.fullmatch(meant):
        return None
    return Disguise(odd, _look(odd), meant)


def frayed(text: str) -> Disguise | None:
    """The character that nobody sees with which a text begins or ends, whatever else is in it."""
    meant = text.strip(_BLANKS + _WITHOUT_WIDTH)
    if meant == text or not meant:
        return None
    odd = text[0] if text[0] != meant[0] else text[-1]
    return Disguise(odd, _look(odd), meant)


def in_typographic_quotes(text: str) -> str | None:
    """What stands between quotes that quote for people and not for YAML; None where there are none around it."""
    found = _QUOTED.fullmatch(text)
    return None if found is None else found[1]


def _look(character: str) -> str:
    meant = _MEANT[character]
    if not meant.strip():
        return "looks like a blank" if meant else "cannot be seen"
    return f"looks like `{meant}`"
