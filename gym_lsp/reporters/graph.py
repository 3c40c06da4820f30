"""What a picture of a run shows, for all formats and for editors: its boxes, its lines, their colors and the legend.

The protocols `Vertex`, `Arrow` and `Graph` describe what can be drawn. A picture shows one layer: the servers, or the
files. A block that another block inherits or copies is a text in the box of that block, because a line to it would
cross the whole picture.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from gym_lsp.gym.layout import AGENTS, ENVIRONMENTS, MODELS, RESOURCES

OPEN, ERROR, SANDBOX, FILE = "open", "error", "sandbox", "file"
COLOURS = {
    ENVIRONMENTS: "#8250df",
    AGENTS: "#0969da",
    RESOURCES: "#1a7f37",
    MODELS: "#b35900",
    SANDBOX: "#0e8074",
    FILE: "#768390",
    "block": "#768390",
    OPEN: "#768390",
}
"""The border color of a box by its type, visible on light and dark backgrounds."""
STATUS_COLOURS = {OPEN: "#a67200", ERROR: "#d1242f"}
"""The border color of open and wrong boxes, whatever their type."""
TITLES = {
    ENVIRONMENTS: "environment server",
    AGENTS: "agent",
    RESOURCES: "resources server",
    MODELS: "model",
    SANDBOX: "sandbox",
    FILE: "file",
    "block": "block",
}
"""Types in the order of the legend and of the columns, with their names."""
PLURALS = {kind: f"{title}es" if title.endswith("x") else f"{title}s" for kind, title in TITLES.items()}
USUAL_FIELDS = frozenset({"agent_server", "resources_server", "model_server"})
"""Fields that the type of their target already shows; a picture with coordinates omits them."""
_COMES_FROM = {"inherit": "inherits", "copy": "copies"}


class Layer(StrEnum):
    """The parts of a run that a picture shows."""

    SERVERS = "servers"
    FILES = "files"


class Vertex(Protocol):
    """A node. `type` decides its color and its column; `status` is "ok", "open" or "error"."""

    @property
    def id(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def implementation(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def domain(self) -> str | None: ...
    @property
    def started(self) -> bool: ...
    @property
    def datasets(self) -> Sequence[str]: ...


class Arrow(Protocol):
    """An edge from the node `source` to the node `target`."""

    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def status(self) -> str: ...


class Graph(Protocol):
    """Nodes with unique ids, and edges between them."""

    @property
    def title(self) -> str: ...
    @property
    def nodes(self) -> Sequence[Vertex]: ...
    @property
    def edges(self) -> Sequence[Arrow]: ...


class Box(Struct, frozen=True):
    """The box of a node. `kind` is its type, and for an open name the type that it must have."""

    id: str
    name: str
    details: tuple[str, ...]
    kind: str
    is_name: bool
    """Whether it is only a name that the run uses and does not define."""
    status: str

    @property
    def is_open(self) -> bool:
        """Whether its border is dashed."""
        return self.is_name or self.status == OPEN

    @property
    def colour(self) -> str:
        """The color of its border."""
        return STATUS_COLOURS.get(self.status) or COLOURS.get(OPEN if self.is_name else self.kind, COLOURS["block"])


class Line(Struct, frozen=True):
    """A line between two boxes, given by their indexes. `edge` is the index of its edge in the graph."""

    source: int
    target: int
    edge: int
    text: str
    status: str


class Key(Struct, frozen=True):
    """An entry of a legend. `dashed` entries have a dashed border."""

    text: str
    colour: str
    dashed: bool = False


class Picture(Struct, frozen=True):
    """The boxes and lines of one layer."""

    layer: Layer
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def picture(graph: Graph, layer: Layer) -> Picture:
    """Return what a picture of a layer shows, in the order of the graph."""
    include = layer is Layer.FILES
    edges = [
        (index, edge)
        for index, edge in enumerate(graph.edges)
        if edge.kind not in _COMES_FROM and (edge.kind == "include") == include
    ]
    ends = {end for _, edge in edges for end in (edge.source, edge.target)}
    shown = [node for node in graph.nodes if node.id in ends or _stands_alone(node, layer)]
    numbers = {node.id: number for number, node in enumerate(shown)}
    sources = _sources(graph)
    boxes = tuple(_box(node, sources.get(node.id, ())) for node in shown)
    lines = (
        Line(numbers[edge.source], numbers[edge.target], index, edge.label.strip(), edge.status)
        for index, edge in edges
    )
    return Picture(layer, boxes, tuple(lines))


def short_title(title: str) -> str:
    """Return the title of a run, with the number of configs instead of a long list."""
    first, *rest = title.split(" + ")
    return title if len(title) <= 90 or not rest else f"{first} + {len(rest)} more"


def legend(pictures: Sequence[Picture]) -> Iterator[Key]:
    """Yield the entries of the legend for what occurs in the pictures."""
    boxes = [box for each in pictures for box in each.boxes]
    kinds = {box.kind for box in boxes if not box.is_name}
    yield from (Key(title, COLOURS[kind]) for kind, title in TITLES.items() if kind in kinds)
    if any(box.is_open and box.status != ERROR for box in boxes):
        yield Key("open: needs a definition from outside the run", STATUS_COLOURS[OPEN], dashed=True)
    statuses = {each.status for shown in pictures for each in (*shown.boxes, *shown.lines)}
    if ERROR in statuses:
        yield Key("error", STATUS_COLOURS[ERROR])


def _stands_alone(node: Vertex, layer: Layer) -> bool:
    """Whether a layer shows a node that has no lines in it."""
    return node.type == FILE if layer is Layer.FILES else node.started and node.type not in (FILE, OPEN)


def _sources(graph: Graph) -> dict[str, list[tuple[str, str]]]:
    """Return for each node the texts about the blocks that it inherits or copies, each with its status."""
    labels = {node.id: node.label for node in graph.nodes}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for edge in graph.edges:
        if edge.kind in _COMES_FROM:
            mark = "?" if edge.status in STATUS_COLOURS else ""
            found[edge.source].append((f"{_COMES_FROM[edge.kind]} {labels[edge.target]}{mark}", edge.status))
    return found


def _box(node: Vertex, sources: Sequence[tuple[str, str]]) -> Box:
    is_name = node.type == OPEN
    kind = node.implementation if is_name else node.type
    what = f"{TITLES.get(kind, kind)}?" if is_name else " · ".join(filter(None, (node.implementation, node.domain)))
    details = [what, f"datasets: {', '.join(node.datasets)}" if node.datasets else "", *(text for text, _ in sources)]
    statuses = {node.status, *(status for _, status in sources)}
    status = ERROR if ERROR in statuses else OPEN if OPEN in statuses else node.status
    return Box(node.id, node.label, tuple(dict.fromkeys(filter(None, details))), kind, is_name, status)
