"""Markdown as an editor renders it: by CommonMark, with the tables, the deleted text and the bare links of GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("gfm-like")
# A link is a link to any scheme, also to those that this parser would leave out, such as `file:` and `command:`.
_PARSER.validateLink = lambda url: True
# Otherwise `app.py` is a link to a host in Paraguay. GitHub, like VS Code, needs a scheme or `www.`.
cast(Any, _PARSER.linkify).set({"fuzzy_link": False}).add("//", None)
_SPACES = {"softbreak", "hardbreak"}


@dataclass
class Rendered:
    """The visible text, the targets of links, the pieces of code, and the kinds of all elements."""

    text: str = ""
    links: list[str] = field(default_factory=list[str])
    code: list[str] = field(default_factory=list[str])
    kinds: set[str] = field(default_factory=set[str])


def rendered(markdown: str) -> Rendered:
    found = Rendered()
    for token in _flat(_PARSER.parse(markdown)):
        kind = token.type.removesuffix("_open").removesuffix("_close")
        if kind in ("text", "code_inline", "fence"):
            found.text += token.content
        elif kind in _SPACES or (token.block and token.type.endswith("_close")):
            found.text += " "
        if kind in ("code_inline", "fence"):
            found.code.append(token.content)
        if token.type == "link_open":
            found.links.append(str(token.attrs["href"]))
        if kind not in ("inline", "text"):
            found.kinds.add(kind)
    found.text = words(found.text)
    return found


def words(text: str) -> str:
    """Return text with one space for each white space."""
    return " ".join(text.split())


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        # The children of an image are its description.
        yield from _flat(token.children or [])
