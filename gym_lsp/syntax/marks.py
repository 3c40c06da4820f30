"""Places that libyaml does not mark, or does not mark where a person would point.

Its marks start at the properties of a node and extend over blank space to the next token. Anchors and tags have no
marks of their own, and the mark of an error can be at a place where nothing is visible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.text import Span

_PROPERTY = re.compile(r"[&!]\S*+(?:\s++(?:#[^\r\n]*+(?:\s++|\Z))*+|\Z)")
_TAG = re.compile(r"!(?:<[^>]*>|[^\s,\[\]{}]*)")
_PLAIN = r"""[^\s,\[\]{}"']"""
_COLON_IN_PLAIN = re.compile(rf"((?<={_PLAIN})|(?<={_PLAIN})(?<![:?-]) +):(?=[^\s,\[\]{{}}])")
_TABS = re.compile(r"\t[ \t]*")


_FOREIGN = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
"""The characters that YAML does not allow. Compiled on use, because that takes milliseconds."""


def content_start(text: str, start: int, end: int) -> int:
    """Return the start of the text of a node that has an anchor or a tag; the end of these if the node is empty."""
    position = start
    while (found := _PROPERTY.match(text, position, end)) is not None:
        position = found.end()
    return position if position < end else block_end(text, start, end)


def block_end(text: str, start: int, end: int) -> int:
    """Return the end of the text between two offsets, without trailing blank space."""
    return start + len(text[start:end].rstrip(" \t\r\n"))


def anchor_span(text: str, start: int, name: str) -> Span:
    """Return the span of `&name` in the properties that begin at `start`."""
    at = text.find(f"&{name}", start)
    return Span(at, at + 1 + len(name))


def tag_span(text: str, start: int) -> Span:
    """Return the span of the `!tag` in the properties that begin at `start`."""
    found = _TAG.search(text, start)
    return Span(start, start) if found is None else Span(*found.span())


def line_end(text: str, offset: int) -> int:
    """Return the end of the line of `offset`, before its line break."""
    end = text.find("\n", offset)
    end = len(text) if end == -1 else end
    # Most texts contain no CR, so it must not be searched for in all of the rest.
    before = text.find("\r", offset, end)
    return end if before == -1 else before


def token_at(text: str, offset: int) -> Span:
    """Return a visible span at the place of an error: the word there, or the last character before it."""
    if offset >= len(text) or text[offset] in "\r\n":
        start = min(offset, len(text))
        while start > 0 and text[start - 1].isspace():
            start -= 1
        return Span(max(start - 1, 0), start)
    end = offset + 1
    while end < len(text) and (text[end].isalnum() or text[end] in "_-."):
        end += 1
    return Span(offset, end)


def first_foreign(text: str) -> int:
    """Return the offset of the first character that YAML does not allow."""
    found = re.search(_FOREIGN, text)
    return 0 if found is None else found.start()


def mask_colons(text: str, mask: str) -> str:
    """Return the text with `mask` in place of each colon inside a plain scalar."""
    return _COLON_IN_PLAIN.sub(rf"\1{mask}", text)


def tabs(text: str) -> Iterator[Span]:
    """Yield the span of each tab and the blank space after it."""
    if "\t" in text:
        for found in _TABS.finditer(text):
            yield Span(*found.span())
