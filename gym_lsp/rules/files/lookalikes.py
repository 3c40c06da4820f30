"""Characters from copied text that look like other characters, or are invisible."""

from __future__ import annotations

import re

from msgspec import Struct

from gym_lsp.text import Span

_ZERO_WIDTH = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_SPACE = f"[{_SPACES}{_ZERO_WIDTH}]"
_COLON = "\uff1a"
_LOOKALIKE = re.compile(rf"(?:^|(?<=:)){_SPACE}+|(?<=\w){_COLON}[ \t]*")

_LETTERS = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425"
        "\u03bf\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
        "aeopcyxijsABEKMHOPCTXoABEZHIKMNOPTYX",
        strict=True,
    )
)
"""Cyrillic and Greek letters that look exactly like Latin ones."""
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
_FULL_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
_INTENDED = {
    **_LETTERS,
    **_DASHES,
    **_FULL_WIDTH,
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_ZERO_WIDTH, ""),
}
_AS_IT_LOOKS = str.maketrans(_INTENDED)
_OPENING, _CLOSING = "\u201c\u201d\u201e\u2018\u2019\u201a\u00ab", "\u201c\u201d\u2018\u2019\u00bb"
_QUOTED = re.compile(rf"[{_OPENING}]([^{_OPENING}{_CLOSING}]*)[{_CLOSING}]")
_LOOKS_LIKE_ASCII = re.compile(r"[!-~ ]*[a-zA-Z0-9_]{2}[!-~ ]*")


class Lookalike(Struct, frozen=True):
    """The place of such characters in a line, what they look like, and the intended text."""

    span: Span
    looks_like: str
    intended: str


def find_lookalike(line: str) -> Lookalike | None:
    """Return the first lookalike at the start of a line (without its indentation) or at the end of a key."""
    found = _LOOKALIKE.search(line)
    if found is None:
        return None
    if found[0].startswith(_COLON):
        return Lookalike(Span(*found.span()), "a colon", ": ")
    intended = "".join("" if character in _ZERO_WIDTH else " " for character in found[0])
    if found.start() and not intended:
        intended = " "
    return Lookalike(Span(*found.span()), "a space", intended)


class Disguise(Struct, frozen=True):
    """The first character of a text that is not what it looks like, and the text as it looks."""

    character: str
    looks_like: str
    intended: str


def disguise(text: str) -> Disguise | None:
    """Return the first character that is not what it looks like, in a text that looks like ASCII.

    Text in other languages contains such characters for good reasons, and is left alone.
    """
    intended = text.translate(_AS_IT_LOOKS).strip(" ")
    odd = next((each for each in text if each in _INTENDED), None)
    if odd is None or not _LOOKS_LIKE_ASCII.fullmatch(intended):
        return None
    return Disguise(odd, _appearance(odd), intended)


def invisible_edge(text: str) -> Disguise | None:
    """Return the invisible character that a text in any language begins or ends with."""
    intended = text.strip(_SPACES + _ZERO_WIDTH)
    if intended == text or not intended:
        return None
    odd = text[0] if text[0] != intended[0] else text[-1]
    return Disguise(odd, _appearance(odd), intended)


def in_typographic_quotes(text: str) -> str | None:
    """Return the text between typographic quotes; None if the text is not in such quotes."""
    found = _QUOTED.fullmatch(text)
    return None if found is None else found[1]


def _appearance(character: str) -> str:
    intended = _INTENDED[character]
    if not intended.strip():
        return "looks like a space" if intended else "is invisible"
    return f"looks like `{intended}`"
