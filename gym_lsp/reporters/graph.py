"""Graphs as text that other programs draw: Mermaid, and DOT for Graphviz.

The protocols `Vertex`, `Arrow` and `Graph` describe what can be drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from gym_lsp.gym.layout import AGENTS, ENVIRONMENTS, MODELS, RESOURCES

SECOND_LAYER = frozenset({"include", "inherit", "copy"})
"""Kinds of arrows that show where a block or a file comes from; they are dotted."""
OPEN, ERROR = "open", "error"
COLOURS = {
    ENVIRONMENTS: "#6f42c1",
    AGENTS: "#0969da",
    RESOURCES: "#1a7f37",
    MODELS: "#9a6700",
    "sandbox": "#57606a",
    "file": "#8c959f",
    "block": "#8c959f",
}
"""The border color of a node by its type, distinguishable on light and dark backgrounds."""
STATUS_COLOURS = {OPEN: "#bf8700", ERROR: "#cf222e"}
"""The border color of open and wrong nodes, whatever their type."""


class Vertex(Protocol):
    """A node. `type` decides its shape and color; `status` is "ok", "open" or "error"."""

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


def mermaid(graph: Graph) -> str:
    """Return the graph as a Mermaid flowchart."""
    names = _names(graph)
    lines = ["---", f"title: {_yaml(graph.title)}", "---", "flowchart LR"]
    lines.extend(f"  {names[node.id]}{_shaped(node)}:::{_class_of(node)}" for node in graph.nodes)
    for edge in graph.edges:
        arrow = "-.->" if edge.kind in SECOND_LAYER else "-->"
        text = caption(edge)
        label = f'|"{_entities(text)}"|' if text else ""
        lines.append(f"  {names[edge.source]} {arrow}{label} {names[edge.target]}")
    lines.extend(_mermaid_classes(graph))
    return "".join(f"{line}\n" for line in lines)


def dot(graph: Graph) -> str:
    """Return the graph in DOT, the language of Graphviz."""
    names = _names(graph)
    lines = [
        f"digraph {_quoted(graph.title)} {{",
        f"  graph [rankdir=LR, label={_quoted(graph.title)}, labelloc=t]",
        '  node [shape=box, style=rounded, fontname="sans-serif"]',
        '  edge [fontname="sans-serif", fontsize=10]',
    ]
    for node in graph.nodes:
        shape = {"sandbox": "component", "file": "note", OPEN: "box"}.get(node.type, "box")
        style = "dashed" if node.type == OPEN else "rounded" if shape == "box" else "solid"
        label = "\n".join(describe(node))
        lines.append(
            f"  {names[node.id]} [label={_quoted(label)}, shape={shape}, style={style}, color={_quoted(colour(node))}]"
        )
    for edge in graph.edges:
        style = "dotted" if edge.kind in SECOND_LAYER else "solid"
        mark = f", color={_quoted(STATUS_COLOURS[edge.status])}" if edge.status in STATUS_COLOURS else ""
        text = caption(edge)
        label = f"label={_quoted(text)}, " if text else ""
        lines.append(f"  {names[edge.source]} -> {names[edge.target]} [{label}style={style}{mark}]")
    lines.append("}")
    return "".join(f"{line}\n" for line in lines)


def describe(node: Vertex) -> tuple[str, ...]:
    """The lines of a node: its name, and its implementation."""
    if node.type == OPEN:
        return (node.label, f"{node.implementation}?")
    return (node.label, node.implementation) if node.implementation else (node.label,)


def caption(edge: Arrow) -> str:
    """The text of an arrow: its field, after "inherit" or "copy" if it shows where a block comes from."""
    how = edge.kind if edge.kind in ("inherit", "copy") else ""
    return f"{how} {edge.label}".strip()


def colour(node: Vertex) -> str:
    """The colour of a node's border."""
    return STATUS_COLOURS.get(node.status) or COLOURS.get(node.type, COLOURS["block"])


def _names(graph: Graph) -> Mapping[str, str]:
    """Names of nodes that are not keywords in Mermaid or DOT."""
    return {node.id: f"n{number}" for number, node in enumerate(graph.nodes)}


# Mermaid


def _shaped(node: Vertex) -> str:
    text = f'"{"<br>".join(map(_entities, describe(node)))}"'
    match node.type:
        case "sandbox":
            return f"[[{text}]]"
        case "file":
            return f"[/{text}/]"
        case "open":
            return f"([{text}])"
        case _:
            return f"[{text}]"


def _entities(text: str) -> str:
    """Text for the quotes of a label. Characters that Mermaid, HTML or Markdown could interpret are numeric entities.

    Mermaid rejects an empty label, so it becomes a space.
    """
    words = " ".join(text.split()) or " "
    return "".join(each if each.isalnum() or each in " _-./:+?=,()[]" else f"#{ord(each)};" for each in words)


def _yaml(text: str) -> str:
    """A YAML string in double quotes."""
    printable = (each if each.isprintable() else " " for each in text)
    escaped = (f"\\{each}" if each in '"\\' else each for each in printable)
    return f'"{"".join(escaped)}"'


def _class_of(node: Vertex) -> str:
    return node.status if node.status in STATUS_COLOURS else node.type


def _mermaid_classes(graph: Graph) -> Iterator[str]:
    for name in dict.fromkeys(map(_class_of, graph.nodes)):
        dashes = ",stroke-dasharray:4 3" if name == OPEN else ""
        shade = STATUS_COLOURS.get(name) or COLOURS.get(name, COLOURS["block"])
        yield f"  classDef {name} stroke:{shade},stroke-width:2px{dashes}"


# DOT


def _quoted(text: str) -> str:
    """A DOT string in double quotes, in which only quotes and backslashes are escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "\\n")
    return f'"{escaped}"'
