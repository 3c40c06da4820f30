"""Markdown with links to places: a client's links need lines and addresses, which only the server knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import PurePath

from msgspec import Struct

_STRONG = re.compile(r"^\*\*(.+?)\*\*", re.MULTILINE)


class Link(Struct, frozen=True):
    """A link to an offset of a file; `text` is what it is shown as."""

    text: str
    path: PurePath
    offset: int


Markdown = tuple[str | Link, ...]
"""Pieces in their order, to be put together by `render`."""


def render(markdown: Markdown, link: Callable[[Link], str]) -> str:
    """The whole text; `link` spells a link."""
    return "".join(piece if isinstance(piece, str) else link(piece) for piece in markdown)


def plain(markdown: Markdown) -> str:
    """The text with what links are shown as in the place of the links."""
    return render(markdown, lambda link: link.text)


def unmarked(markdown: Markdown) -> str:
    """The text for a client that shows it as it is: without the stars around the name that a paragraph opens with."""
    return _STRONG.sub(r"\1", plain(markdown))


def code(text: str) -> str:
    """Text in backticks, whatever it holds; of several lines the first."""
    line = text.partition("\n")[0]
    shown = line if line == text else f"{line} …"
    fence = "`"
    while fence in shown:
        fence += "`"
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def paragraphs(parts: Iterable[Markdown | str]) -> Markdown:
    """Parts with blank lines between them, empty ones left out."""
    pieces: list[str | Link] = []
    for part in parts:
        if not part:
            continue
        if pieces:
            pieces.append("\n\n")
        pieces.extend((part,) if isinstance(part, str) else part)
    return tuple(pieces)


def bullets(items: Iterable[Markdown | str]) -> Markdown:
    """A list."""
    pieces: list[str | Link] = []
    for item in items:
        pieces.append("\n- " if pieces else "- ")
        pieces.extend((item,) if isinstance(item, str) else item)
    return tuple(pieces)
