"""A graph as an SVG picture, laid out in layers from left to right.

igraph computes the layout with Sugiyama's method. It is maintained, has wheels without other dependencies, and takes
milliseconds. Graphviz would need another process, which gym-lsp never starts. igraph is an optional dependency, because
only pictures need it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any
from xml.sax.saxutils import escape

from msgspec import Struct

from gym_lsp.project import PACKAGE
from gym_lsp.reporters.graph import ERROR, OPEN, SECOND_LAYER, STATUS_COLOURS, Arrow, Graph, Vertex, caption, describe
from gym_lsp.reporters.graph import colour as colour_of

_LINE, _CHARACTER, _PADDING = 17.0, 7.3, 12.0
_ROW_GAP, _MARGIN, _HEAD = 22.0, 24.0, 34.0
"""All lengths are pixels; the text is 12 pixels high."""
_ROW = 2 * _LINE + _PADDING + _ROW_GAP
_STYLE = """\
svg { font: 12px system-ui, sans-serif; background: #fff; color: #1f2328 }
text { fill: currentColor } .what, .caption { fill: #59636e; font-size: 11px }
rect { fill: #f6f8fa; stroke-width: 1.5 } path { fill: none; stroke: #818b98 }
.caption { paint-order: stroke; stroke: #fff; stroke-width: 3px }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117; color: #f0f6fc } .what, .caption { fill: #9198a1 } rect { fill: #151b23 }
  .caption { stroke: #0d1117 }
}"""

_TIP = """\
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
<path d="M0 0 8 4 0 8z" style="fill:context-stroke;stroke:none"/></marker></defs>"""


class LayoutMissing(Exception):
    """The layout library is not installed; the message says how to install it."""


class _Point(Struct, frozen=True):
    x: float
    y: float


class _Box(Struct, frozen=True):
    """The box of a node, in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.top + self.height / 2

    @property
    def right(self) -> float:
        return self.left + self.width


class _Layout(Struct, frozen=True):
    """Positions on a grid: of each node, and of the bends of each line between two nodes."""

    nodes: tuple[_Point, ...]
    bends: dict[tuple[int, int], tuple[_Point, ...]]


def svg(graph: Graph) -> str:
    """Return the graph as an SVG document. Raises LayoutMissing if igraph is not installed."""
    numbers = {node.id: number for number, node in enumerate(graph.nodes)}
    lines = [(numbers[edge.source], numbers[edge.target]) for edge in graph.edges]
    layout = _lay_out(len(graph.nodes), lines)
    columns = _columns(graph, layout)
    boxes = [_box(node, place, columns) for node, place in zip(graph.nodes, layout.nodes, strict=True)]
    width = max((box.right for box in boxes), default=0.0) + _MARGIN
    width = max(width, 2 * _MARGIN + _width(graph.title))
    height = max((box.top + box.height for box in boxes), default=_HEAD) + _MARGIN
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        f"<title>{_text(graph.title)}</title>",
        f"<style>{_STYLE}</style>",
        _TIP,
        f'<text x="{_MARGIN:.0f}" y="{_MARGIN:.0f}" font-weight="600">{_text(graph.title)}</text>',
    ]
    seen: dict[tuple[int, int], int] = {}
    for edge, line in zip(graph.edges, lines, strict=True):
        beside = seen[line] = seen.get(line, -1) + 1
        parts.extend(_drawn_edge(edge, _route(line, layout, columns, boxes), 14.0 * beside))
    for node, box in zip(graph.nodes, boxes, strict=True):
        parts.extend(_drawn_node(node, box))
    parts.append("</svg>")
    return "".join(f"{part}\n" for part in parts)


# Layout


def _lay_out(count: int, lines: Sequence[tuple[int, int]]) -> _Layout:
    igraph = _igraph()
    # All lines between two nodes, in both directions, share one route.
    pairs = dict.fromkeys((min(line), max(line)) for line in lines if line[0] != line[1])
    directed = [pair if pair in lines else (pair[1], pair[0]) for pair in pairs]
    whole = igraph.Graph(n=count, edges=directed, directed=True)
    places: dict[int, _Point] = {}
    bends: dict[tuple[int, int], tuple[_Point, ...]] = {}
    below = 0.0
    # Each component is laid out by itself: with several components, igraph 1.0 mixes up the bends of lines.
    for part in whole.connected_components(mode="weak"):
        inside = {node: index for index, node in enumerate(part)}
        own = [line for line in directed if line[0] in inside]
        edges = [(inside[start], inside[end]) for start, end in own]
        found = igraph.Graph(n=len(part), edges=edges, directed=True).layout_sugiyama(hgap=1, vgap=1)
        spots = _apart(found.coords)
        rows = [x for x, _ in (*spots, *(bend for way in found.edge_routing for bend in way))]
        above = below - min(rows)
        places.update((node, _Point(round(y), above + x)) for node, (x, y) in zip(part, spots, strict=True))
        for (start, end), points in zip(own, found.edge_routing, strict=True):
            way = tuple(_Point(round(y), above + x) for x, y in points)
            bends[start, end] = way
            bends[end, start] = way[::-1]
        below = above + max(rows) + 1
    return _Layout(tuple(places[node] for node in range(count)), bends)


def _apart(spots: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return places with at least one row between any two in the same layer, which igraph does not always leave."""
    placed = list(spots)
    last: dict[int, float] = {}
    for index in sorted(range(len(placed)), key=lambda index: placed[index][0]):
        row, layer = placed[index]
        row = max(row, last.get(round(layer), row - 1) + 1)
        placed[index] = (row, layer)
        last[round(layer)] = row
    return placed


def _igraph() -> Any:
    try:
        return import_module("igraph")
    except ImportError:
        command = "pip install igraph" if PACKAGE is None else f'pip install "{PACKAGE}[graph]"'
        raise LayoutMissing(f"`--format svg` needs igraph, which is not installed; run `{command}`") from None


def _columns(graph: Graph, layout: _Layout) -> list[tuple[float, float]]:
    """The left edge and the width of each column, with gaps for the texts of arrows. The widest node sets the width."""
    gap = max((_width(caption(edge)) for edge in graph.edges), default=0.0) + 4 * _PADDING
    count = 1 + max((int(place.x) for place in layout.nodes), default=-1)
    widths = [0.0] * count
    for node, place in zip(graph.nodes, layout.nodes, strict=True):
        widths[int(place.x)] = max(widths[int(place.x)], _size(node)[0])
    columns: list[tuple[float, float]] = []
    left = _MARGIN
    for width in widths:
        columns.append((left, width))
        left += width + gap
    return columns


def _size(node: Vertex) -> tuple[float, float]:
    lines = describe(node)
    return max(map(_width, lines)) + 2 * _PADDING, len(lines) * _LINE + _PADDING


def _width(text: str) -> float:
    """The approximate width of a text; East Asian characters are twice as wide."""
    return _CHARACTER * sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _box(node: Vertex, place: _Point, columns: Sequence[tuple[float, float]]) -> _Box:
    width, height = _size(node)
    left, _ = columns[int(place.x)]
    return _Box(left, _row(place.y) - height / 2, width, height)


def _row(place: float) -> float:
    return _HEAD + _MARGIN + _ROW * (place + 0.5) - _ROW_GAP / 2


def _route(
    line: tuple[int, int], layout: _Layout, columns: Sequence[tuple[float, float]], boxes: Sequence[_Box]
) -> list[_Point]:
    """The points of a line: out of one box, around the boxes between, and into the other box."""
    start, end = boxes[line[0]], boxes[line[1]]
    if line[0] == line[1]:
        top = start.top - _ROW_GAP / 2
        return [
            _Point(start.right, start.middle),
            _Point(start.right + _ROW_GAP, top),
            _Point(start.left + start.width / 2, start.top),
        ]
    forward = layout.nodes[line[0]].x <= layout.nodes[line[1]].x
    first = _Point(start.right if forward else start.left, start.middle)
    last = _Point(end.left if forward else end.right, end.middle)
    points = [first]
    for bend in layout.bends.get(line, ()):
        left, width = columns[int(bend.x)]
        sides = (left, left + width) if forward else (left + width, left)
        points.extend(_Point(side, _row(bend.y)) for side in sides)
    return [*points, last]


# Drawing


def _drawn_node(node: Vertex, box: _Box) -> Iterator[str]:
    dashes = ' stroke-dasharray="5 3"' if node.type == OPEN or node.status == OPEN else ""
    rounding = {"file": 0, "sandbox": 2, OPEN: box.height / 2}.get(node.type, 6)
    what = " ".join(
        each for each in (node.type, node.label, node.status if node.status in (OPEN, ERROR) else "") if each
    )
    yield (
        f'<g><title>{_text(what)}</title><rect x="{box.left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" '
        f'height="{box.height:.1f}" rx="{rounding:.0f}" stroke="{colour_of(node)}"{dashes}/>'
    )
    for number, line in enumerate(describe(node)):
        y = box.top + _PADDING / 2 + _LINE * (number + 0.75)
        style = ' class="what"' if number else ""
        yield f'<text x="{box.left + _PADDING:.1f}" y="{y:.1f}"{style}>{_text(line)}</text>'
    yield "</g>"


def _drawn_edge(edge: Arrow, points: Sequence[_Point], beside: float) -> Iterator[str]:
    dashes = ' stroke-dasharray="2 3"' if edge.kind in SECOND_LAYER else ""
    colour = f' style="stroke:{STATUS_COLOURS[edge.status]}"' if edge.status in STATUS_COLOURS else ""
    yield f'<path d="{_curve(points)}" marker-end="url(#tip)"{dashes}{colour}/>'
    label = caption(edge)
    if label:
        # Near the end, where lines that start together are apart.
        before, last = points[-2], points[-1]
        x = last.x - (last.x - before.x) * 0.4
        y = last.y - (last.y - before.y) * 0.35 - 4 - beside
        yield f'<text class="caption" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{_text(label)}</text>'


def _curve(points: Sequence[_Point]) -> str:
    """A smooth line that is horizontal at each point."""
    first, *rest = points
    path = [f"M{first.x:.1f} {first.y:.1f}"]
    for point in rest:
        middle = (first.x + point.x) / 2
        path.append(f"C{middle:.1f} {first.y:.1f} {middle:.1f} {point.y:.1f} {point.x:.1f} {point.y:.1f}")
        first = point
    return "".join(path)


def _text(text: str) -> str:
    """Text for XML, without the characters that XML cannot represent."""
    printable = (each if each.isprintable() else " " for each in text)
    return escape("".join(printable))
