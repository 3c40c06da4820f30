"""Markdown with links to places in files, which only the server can render: they need lines and URIs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import PurePath

from msgspec import Struct

_STRONG = re.compile(r"^\*\*(.+?)\*\*", re.MULTILINE)


class Link(Struct, frozen=True):
    """A link with the text `text` to an offset of a file, or to the whole file if `offset` is None."""

    text: str
    path: PurePath
    offset: int | None = None


Markdown = tuple[str | Link, ...]
"""Pieces of text in order, for `render`."""


def render(markdown: Markdown, link: Callable[[Link], str]) -> str:
    """Return the text; `link` returns the text of a link."""
    return "".join(piece if isinstance(piece, str) else link(piece) for piece in markdown)


def plain(markdown: Markdown) -> str:
    """Return the text without the targets of links."""
    return render(markdown, lambda link: link.text)


def unmarked(markdown: Markdown, link: Callable[[Link], str]) -> str:
    """Return the text for a client without Markdown: no asterisks around the name that begins a paragraph."""
    return _STRONG.sub(r"\1", render(markdown, link))


def code(text: str) -> str:
    """Return text in backticks, even if it contains backticks; only its first line."""
    line = text.partition("\n")[0]
    shown = line if line == text else f"{line} …"
    fence = "`"
    while fence in shown:
        fence += "`"
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def paragraphs(parts: Iterable[Markdown | str]) -> Markdown:
    """Return the parts that are not empty, with blank lines between them."""
    pieces: list[str | Link] = []
    for part in parts:
        if not part:
            continue
        if pieces:
            pieces.append("\n\n")
        pieces.extend((part,) if isinstance(part, str) else part)
    return tuple(pieces)


def bullets(items: Iterable[Markdown | str]) -> Markdown:
    """Return a list with one item for each of `items`."""
    pieces: list[str | Link] = []
    for item in items:
        pieces.append("\n- " if pieces else "- ")
        pieces.extend((item,) if isinstance(item, str) else item)
    return tuple(pieces)
