"""A graph as an SVG picture: a row for each environment, with models and sandboxes at the side.

The picture needs no other program and no library. Editors show the same picture: the elements have classes and numbers
(`data-node`, `data-edge`), so that a client can add its own colors, links and a search.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from gym_lsp.gym.layout import AGENTS, ENVIRONMENTS, MODELS, RESOURCES
from gym_lsp.reporters.graph import (
    ERROR,
    FILE,
    OPEN,
    PLURALS,
    SANDBOX,
    STATUS_COLOURS,
    TITLES,
    USUAL_FIELDS,
    Box,
    Graph,
    Key,
    Layer,
    Line,
    Picture,
    legend,
    picture,
    short_title,
)
from gym_lsp.reporters.placing import MARGIN, Area, Item, Link, Point, Route, Rows, depths, lay_out

_COLUMNS = {ENVIRONMENTS: 0, AGENTS: 1, RESOURCES: 2}
_SIDE = 3
_TITLE, _NAME, _DETAIL, _CAPTION = 15.0, 13.0, 12.0, 11.0
"""The sizes of texts, in pixels as all lengths."""
_PADDING, _LINE, _SPACE, _RADIUS = 10.0, 16.0, 12.0, 6.0
_WIDEST = {Layer.SERVERS: 210.0, Layer.FILES: 380.0}
_LONGEST_FIELD, _LONGEST_TARGET = 150.0, 120.0
_LEGEND_WIDTH = 900.0
_SHARED = 3
"""A box at the side with more lines than this can be far from its rows, so its name is also at the lines."""
_HEADING = 26.0
_FIELDS = "Text at a line: the field, unless it is agent_server, resources_server or model_server"
_STYLE = """\
svg { background: #fff; color: #1f2328 } text { fill: currentColor; font-family: system-ui, sans-serif }
.box rect { fill: #f6f8fa; stroke-width: 1.5 } .line path { fill: none } .line.ok path { stroke: #768390 }
.detail, .caption, .heading { fill: #57606a }
.caption { paint-order: stroke; stroke: #fff; stroke-width: 3px }
@media (prefers-color-scheme: dark) {
  svg { background: #0d1117; color: #f0f6fc } .box rect { fill: #151b23 }
  .detail, .caption, .heading { fill: #9198a1 } .caption { stroke: #0d1117 }
}"""


def svg(graph: Graph, layers: Sequence[Layer] = (Layer.SERVERS,), *, with_head: bool = True) -> str:
    """Return the layers of a graph as an SVG document, one below the other.

    A client that shows the title and the legend itself needs a picture without a head.
    """
    pictures = [picture(graph, layer) for layer in layers]
    title = short_title(graph.title)
    top, width, parts = MARGIN, 2 * MARGIN, list[str]()
    if with_head:
        top, width = MARGIN + _HEADING, width + _width(title, _TITLE, bold=True)
        parts.append(_written(title, MARGIN, MARGIN + 6, "title", _TITLE, 'font-weight="600"'))
        keys = list(legend(pictures))
        if keys:
            top, used, drawn = _drawn_legend(keys, top - 8, shows_fields=Layer.SERVERS in layers)
            parts.extend(drawn)
            width = max(width, used)
    for shown in pictures:
        if shown.boxes:
            placed, drawn = _drawn(graph, shown, top)
            parts.extend(drawn)
            top, width = placed.height + 2 * MARGIN, max(width, placed.width)
    height = top - MARGIN
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title summary">',
        f'<title id="title">{_text(graph.title)}</title>',
        f'<desc id="summary">{_text(_summary(pictures))}</desc>',
        f"<style>{_STYLE}</style>",
        "<defs>",
        *(_tip(name, colour) for name, colour in (("ok", "#768390"), *STATUS_COLOURS.items())),
        "</defs>",
    ]
    return "".join(f"{part}\n" for part in (*head, *parts, "</svg>"))


def _summary(pictures: Sequence[Picture]) -> str:
    boxes = [box for shown in pictures for box in shown.boxes]
    counts = Counter(box.kind for box in boxes if not box.is_name)
    parts = [
        f"{counts[kind]} {title if counts[kind] == 1 else PLURALS[kind]}"
        for kind, title in TITLES.items()
        if counts[kind]
    ]
    for status, text in ((OPEN, "open"), (ERROR, "with an error")):
        found = sum(box.status == status for box in boxes)
        if found:
            parts.append(f"{found} {text}")
    return ", ".join(parts) or "Nothing to show."


# Layout


def _drawn(graph: Graph, shown: Picture, top: float) -> tuple[Rows, list[str]]:
    """Lay out one layer below `top`, and draw it."""
    columns = _columns(shown)
    texts = [_lines(box, _WIDEST[shown.layer]) for box in shown.boxes]
    items = [
        Item(column, _PADDING * 2 + max(width for _, _, width in lines), _SPACE + _LINE * len(lines))
        for column, lines in zip(columns, texts, strict=True)
    ]
    captions = _captions(shown, columns)
    links = [
        Link(line.source, line.target, _width(caption, _CAPTION) + 8 if caption else 0.0)
        for line, caption in zip(shown.lines, captions, strict=True)
    ]
    used = sorted(set(columns))
    names = _headings(shown, columns) if shown.layer is Layer.SERVERS else {}
    side = len(used) - 1 if shown.layer is Layer.SERVERS and _SIDE in used else None
    narrow = [Item(used.index(item.column), item.width, item.height) for item in items]
    placed = lay_out(narrow, links, side, top + (_HEADING if names else 0))
    parts = [
        _written(names[column], left, top + 14, "heading", _DETAIL)
        for left, column in zip(placed.columns, used, strict=True)
        if column in names
    ]
    # Lines with an error are drawn last, so that no other line covers them.
    ordered = sorted(range(len(shown.lines)), key=lambda number: shown.lines[number].status == ERROR)
    for number in ordered:
        line = shown.lines[number]
        parts.extend(_drawn_line(graph, line, captions[number], placed.routes[number]))
    for box, area, lines in zip(shown.boxes, placed.areas, texts, strict=True):
        parts.extend(_drawn_box(box, area, lines))
    return placed, parts


def _columns(shown: Picture) -> list[int]:
    if shown.layer is Layer.FILES:
        return depths(len(shown.boxes), ((line.source, line.target) for line in shown.lines))
    return [_COLUMNS.get(box.kind, _SIDE) for box in shown.boxes]


def _headings(shown: Picture, columns: Sequence[int]) -> dict[int, str]:
    """The headings of columns. At the side, they name what is there."""
    names = {column: PLURALS[kind] for kind, column in _COLUMNS.items()}
    aside = {box.kind for box, column in zip(shown.boxes, columns, strict=True) if column == _SIDE}
    kinds = [PLURALS[kind] for kind in (MODELS, SANDBOX) if kind in aside]
    names[_SIDE] = ", ".join(kinds)
    return {column: name[:1].upper() + name[1:] for column, name in names.items() if column in columns}


def _lines(box: Box, widest: float) -> list[tuple[str, bool, float]]:
    """Return the lines of text of a box: the text, whether it belongs to the name, and its width."""
    found = [(text, True, _width(text, _NAME, bold=True)) for text in _wrapped(box.name, widest, _NAME, bold=True)]
    for detail in box.details:
        found.extend((text, False, _width(text, _DETAIL)) for text in _wrapped(detail, widest, _DETAIL))
    return found


def _wrapped(text: str, widest: float, size: float, *, bold: bool = False) -> Iterator[str]:
    """Yield a text in lines of limited width, which end after a separator if there is one in the second half."""
    rest = text
    while True:
        end, width = 0, 0.0
        while end < len(rest) and (width := width + _width(rest[end], size, bold=bold)) <= widest:
            end += 1
        if end == len(rest) or not end:
            yield rest
            return
        good = next((place for place in range(end, end // 2, -1) if rest[place - 1] in "_-/ ·,"), end)
        yield rest[:good]
        rest = rest[good:]


def _width(text: str, size: float, *, bold: bool = False) -> float:
    """The approximate width of a text, so that it fits in common fonts. East Asian characters are twice as wide."""
    units = 0.0
    for each in text:
        if unicodedata.east_asian_width(each) in "WF":
            units += 1.05
        elif each in "ijlftr.,:;|!'()[] ":
            units += 0.42
        elif each in "mwMW@%" or not each.isascii():
            units += 1.0
        else:
            units += 0.7 if each.isupper() else 0.63
    return units * size * (1.1 if bold else 1.0)


def _captions(shown: Picture, columns: Sequence[int]) -> list[str]:
    """The texts at the lines. A field that says no more than the type of its target is not shown."""
    users = Counter(line.target for line in shown.lines)
    found: list[str] = []
    for line in shown.lines:
        text = "" if line.text in USUAL_FIELDS else _shortened(line.text, _LONGEST_FIELD)
        if shown.layer is Layer.SERVERS and columns[line.target] == _SIDE and users[line.target] > _SHARED:
            text = f"{text} → {_shortened(shown.boxes[line.target].name, _LONGEST_TARGET)}".strip()
        found.append(text)
    return found


def _shortened(text: str, width: float) -> str:
    while _width(text, _CAPTION) > width:
        text = f"{text[:-2]}…"
    return text


# Drawing


def _tip(name: str, colour: str) -> str:
    return (
        f'<marker id="tip-{name}" class="{name}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
        'markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{colour}"/></marker>'
    )


def _drawn_box(box: Box, area: Area, lines: Sequence[tuple[str, bool, float]]) -> Iterator[str]:
    dashes = ' stroke-dasharray="5 3"' if box.is_open else ""
    status = box.status if box.status in STATUS_COLOURS else "ok"
    rounding = {FILE: 1.0, SANDBOX: 2.0}.get(box.kind, _RADIUS)
    what = f"{TITLES.get(box.kind, box.kind)} {box.name}" + ("" if status == "ok" else f" ({status})")
    yield (
        f'<g class="box {status}" data-node={_attribute(box.id)}>'
        f"<title>{_text(what)}</title>"
        f'<rect x="{area.left:.1f}" y="{area.top:.1f}" width="{area.width:.1f}" height="{area.height:.1f}" '
        f'rx="{rounding:.0f}" stroke="{box.colour}"{dashes}/>'
    )
    x, y = area.left + _PADDING, area.middle - _LINE * len(lines) / 2 + 12
    names = [text for text, is_name, _ in lines if is_name]
    others = [text for text, is_name, _ in lines if not is_name]
    yield _block(names, x, y, f'class="name" font-size="{_NAME:.0f}" font-weight="600"')
    if others:
        yield _block(others, x, y + _LINE * len(names), f'class="detail" font-size="{_DETAIL:.0f}"')
    yield "</g>"


def _block(lines: Sequence[str], x: float, y: float, attributes: str) -> str:
    first, *rest = lines
    spans = "".join(f'<tspan x="{x:.1f}" dy="{_LINE:.0f}">{_text(line)}</tspan>' for line in rest)
    return f'<text x="{x:.1f}" y="{y:.1f}" {attributes}>{_text(first)}{spans}</text>'


def _drawn_line(graph: Graph, line: Line, caption: str, route: Route) -> Iterator[str]:
    edge = graph.edges[line.edge]
    status = line.status if line.status in STATUS_COLOURS else "ok"
    dashes = ' stroke-dasharray="5 3"' if status == OPEN else ""
    stroke = f' stroke="{STATUS_COLOURS[status]}"' if status in STATUS_COLOURS else ""
    what = f"{edge.kind} {line.text}".strip() + ("" if status == "ok" else f" ({status})")
    yield (
        f'<g class="line {status}" data-edge="{line.edge}"><title>{_text(what)}</title>'
        f'<path d="{_path(route.points)}" marker-end="url(#tip-{status})"{stroke}{dashes}/>'
    )
    if caption:
        yield _written(caption, route.label.x, route.label.y, "caption", _CAPTION)
    yield "</g>"


def _path(points: Sequence[Point]) -> str:
    """Horizontal and vertical parts with rounded corners."""
    first, *bends, last = points
    parts = [f"M{first.x:.1f} {first.y:.1f}"]
    before = first
    for bend, after in zip(bends, points[2:], strict=True):
        radius = min(_RADIUS, _distance(before, bend) / 2, _distance(bend, after) / 2)
        start, end = _towards(bend, before, radius), _towards(bend, after, radius)
        parts.append(f"L{start.x:.1f} {start.y:.1f}Q{bend.x:.1f} {bend.y:.1f} {end.x:.1f} {end.y:.1f}")
        before = bend
    parts.append(f"L{last.x:.1f} {last.y:.1f}")
    return "".join(parts)


def _distance(one: Point, other: Point) -> float:
    return abs(one.x - other.x) + abs(one.y - other.y)


def _towards(start: Point, end: Point, distance: float) -> Point:
    """The point at a distance from `start` on the horizontal or vertical way to `end`."""
    whole = _distance(start, end) or 1.0
    part = distance / whole
    return Point(start.x + (end.x - start.x) * part, start.y + (end.y - start.y) * part)


def _drawn_legend(keys: Sequence[Key], top: float, *, shows_fields: bool) -> tuple[float, float, list[str]]:
    """Draw the legend in as many lines as it needs, and return where it ends, its width, and its elements."""
    parts = ['<g class="legend">']
    x, y, widest = MARGIN, top, 0.0
    for key in keys:
        length = 24 + _width(key.text, _DETAIL)
        if x > MARGIN and x + length > _LEGEND_WIDTH:
            x, y = MARGIN, y + 20
        dashes = ' stroke-dasharray="4 2"' if key.dashed else ""
        parts.append(
            f'<path d="M{x:.1f} {y:.1f}h16v11h-16z" fill="none" stroke="{key.colour}" stroke-width="2"{dashes}/>'
            + _written(key.text, x + 24, y + 10, "detail", _DETAIL)
        )
        x += length
        widest = max(widest, x)
        x += 18
    if shows_fields:
        y += 22
        widest = max(widest, MARGIN + _width(_FIELDS, _DETAIL))
        parts.append(_written(_FIELDS, MARGIN, y + 10, "detail", _DETAIL))
    parts.append("</g>")
    return y + 34, widest + MARGIN, parts


def _written(text: str, x: float, y: float, name: str, size: float, more: str = "") -> str:
    attributes = f'x="{x:.1f}" y="{y:.1f}" class="{name}" font-size="{size:.0f}" {more}'.strip()
    return f"<text {attributes}>{_text(text)}</text>"


def _attribute(text: str) -> str:
    return quoteattr(_printable(text))


def _text(text: str) -> str:
    """Text for XML, without the characters that XML cannot represent."""
    return escape(_printable(text))


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)
