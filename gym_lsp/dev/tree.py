"""The span tree of a file as text."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.syntax import Alias, Mapping, Node, Scalar, parse
from gym_lsp.text import LineIndex, Span

LONGEST = 60
"""The most characters of a scalar that are shown."""


def tree_lines(text: str) -> Iterator[str]:
    """Yield a line `line:column  start..end  node` for each node, then the anchors, comments and problems."""
    document = parse(text)
    show = _View(document.lines)
    if document.root is not None:
        yield from show.node(document.root, 0, "")
    for anchor in document.anchors:
        yield show.line(anchor.span, 0, f"anchor &{anchor.name}")
    for comment in document.comments:
        yield show.line(comment, 0, f"comment {_cut(comment.of(text))}")
    for span in document.given_up:
        yield show.line(span, 0, f"given up {_cut(span.of(text))}")
    for problem in document.problems:
        yield show.line(problem.span, 0, f"problem {problem.kind.value}: {problem.detail}")


class _View:
    def __init__(self, lines: LineIndex) -> None:
        self._lines = lines

    def line(self, span: Span, depth: int, what: str) -> str:
        position = self._lines.position(span.start)
        place = f"{position.line + 1}:{position.column + 1}"
        return f"{place:>8}  {f'{span.start}..{span.end}':<13} {'  ' * depth}{what}"

    def node(self, node: Node, depth: int, label: str) -> Iterator[str]:
        match node:
            case Scalar():
                style = f" in {node.style}" if node.style else ""
                yield self.line(node.span, depth, f"{label}{type(node.value).__name__} {_cut(node.text)}{style}")
            case Alias():
                yield self.line(node.span, depth, f"{label}alias *{node.name}")
            case Mapping():
                yield self.line(node.span, depth, f"{label}mapping{' in {}' if node.flow else ''}")
                for entry in node.entries:
                    yield from self.node(entry.key, depth + 1, "key ")
                    yield from self.node(entry.value, depth + 2, "")
            case _:
                yield self.line(node.span, depth, f"{label}list{' in []' if node.flow else ''}")
                for index, item in enumerate(node.items):
                    yield from self.node(item, depth + 1, f"[{index}] ")


def _cut(text: str) -> str:
    shown = repr(text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
