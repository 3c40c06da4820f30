"""The text between the nodes of a document that YAML parsers discard: comments and tabs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from gym_lsp.syntax.marks import line_end, tabs
from gym_lsp.syntax.tree import Node, Scalar, walk
from gym_lsp.text import Span

_BEFORE_COMMENTS = " \t\r\n\ufeff'\"[]{},"


def find_comments(text: str, root: Node | None) -> tuple[Span, ...]:
    """Return the span of each comment, from its `#` to the end of its line.

    A `#` outside of a scalar starts a comment at the start of a line and right after white space, a quote or a bracket.
    """
    if "#" not in text:
        return ()
    scalars = (_content(text, node) for node in walk(root) if isinstance(node, Scalar))
    spans = iter([span for span in scalars if span.start < span.end])
    scalar = next(spans, None)
    found: list[Span] = []
    position = text.find("#")
    while position != -1:
        while scalar is not None and scalar.end <= position:
            scalar = next(spans, None)
        if scalar is not None and scalar.start <= position:
            position = text.find("#", scalar.end)
            continue
        if position > 0 and text[position - 1] not in _BEFORE_COMMENTS:
            position = text.find("#", position + 1)
            continue
        end = line_end(text, position)
        found.append(Span(position, end))
        position = text.find("#", end)
    return tuple(found)


def stray_tabs(text: str, root: Node | None) -> Iterator[Span]:
    """Yield the tabs outside of quoted scalars, block scalars and comments.

    libyaml treats them as spaces. The scanner of PyYAML, which OmegaConf uses up to 2.3, rejects them.
    """
    if "\t" not in text:
        return
    allowed = [*find_comments(text, root)]
    for node in walk(root):
        if isinstance(node, Scalar) and node.style is not None:
            span = _content(text, node)
            # Blank lines at the end of a block scalar are part of it.
            allowed.append(span if node.style in "'\"" else Span(span.start, _next_written(text, span.end)))
    allowed.sort()
    for tab in tabs(text):
        index = bisect_right(allowed, Span(tab.start, len(text))) - 1
        if index < 0 or allowed[index].end <= tab.start:
            yield tab


def _content(text: str, scalar: Scalar) -> Span:
    """Return the span of the text of a scalar. The first line of a block scalar can contain a comment, but not text."""
    return Span(line_end(text, scalar.start), scalar.end) if scalar.style in ("|", ">") else scalar.span


def _next_written(text: str, offset: int) -> int:
    while offset < len(text) and text[offset] in " \t\r\n":
        offset += 1
    return offset
