"""The comments of a document, which YAML parsers throw away."""

from __future__ import annotations

from gym_lsp.syntax.tree import Node, Scalar, walk
from gym_lsp.text import Span


def find_comments(text: str, root: Node | None) -> tuple[Span, ...]:
    """The span of each comment, from its `#` to the end of its line.

    A `#` opens a comment at the start of a line or behind white space, unless it stands inside a scalar.
    """
    if "#" not in text:
        return ()
    scalars = iter([node.span for node in walk(root) if isinstance(node, Scalar) and node.end > node.start])
    scalar = next(scalars, None)
    found: list[Span] = []
    position = text.find("#")
    while position != -1:
        while scalar is not None and scalar.end <= position:
            scalar = next(scalars, None)
        if scalar is not None and scalar.start <= position:
            position = text.find("#", scalar.end)
            continue
        if position > 0 and text[position - 1] not in " \t\r\n\ufeff":
            position = text.find("#", position + 1)
            continue
        end = _line_end(text, position)
        found.append(Span(position, end))
        position = text.find("#", end)
    return tuple(found)


def _line_end(text: str, position: int) -> int:
    ends = [end for end in (text.find("\n", position), text.find("\r", position)) if end != -1]
    return min(ends, default=len(text))
