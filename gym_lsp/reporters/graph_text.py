"""Graphs as text that other programs draw: Mermaid, and DOT for Graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gym_lsp.gym.layout import AGENTS, ENVIRONMENTS, MODELS, RESOURCES
from gym_lsp.reporters.graph import (
    FILE,
    SANDBOX,
    STATUS_COLOURS,
    Box,
    Graph,
    Layer,
    Line,
    Picture,
    legend,
    picture,
    short_title,
)

_RANKS = (
    ("same", (ENVIRONMENTS,)),
    ("same", (AGENTS,)),
    ("same", (RESOURCES,)),
    ("sink", (MODELS, SANDBOX)),
)
"""The columns of a picture by Graphviz."""


def mermaid(graph: Graph, layers: Sequence[Layer] = (Layer.SERVERS,)) -> str:
    """Return the graph as a Mermaid flowchart."""
    pictures = [picture(graph, layer) for layer in layers]
    lines = ["---", f"title: {_yaml(short_title(graph.title))}", "---", "flowchart LR"]
    classes: dict[str, str] = {}
    for prefix, shown in zip("nf", pictures, strict=False):
        for number, box in enumerate(shown.boxes):
            style = f"stroke:{box.colour},stroke-width:2px" + (",stroke-dasharray:4 3" if box.is_open else "")
            name = classes.setdefault(style, f"c{len(classes)}")
            lines.append(f"  {prefix}{number}{_shaped(box)}:::{name}")
        for line in shown.lines:
            label = f'|"{_entities(line.text)}"|' if line.text else ""
            lines.append(f"  {prefix}{line.source} -->{label} {prefix}{line.target}")
    keys = list(legend(pictures))
    if keys:
        lines.append('  subgraph legend["Legend"]')
        for number, key in enumerate(keys):
            style = f"stroke:{key.colour},stroke-width:2px" + (",stroke-dasharray:4 3" if key.dashed else "")
            name = classes.setdefault(style, f"c{len(classes)}")
            lines.append(f'    k{number}["{_entities(key.text)}"]:::{name}')
        lines.append("  end")
    lines.extend(f"  classDef {name} {style}" for style, name in classes.items())
    return "".join(f"{line}\n" for line in lines)


def dot(graph: Graph, layers: Sequence[Layer] = (Layer.SERVERS,)) -> str:
    """Return the graph in DOT, the language of Graphviz."""
    pictures = [picture(graph, layer) for layer in layers]
    title = _quoted(short_title(graph.title))
    lines = [
        f"digraph {title} {{",
        f"  graph [rankdir=LR, label={title}, labelloc=t, nodesep=0.15, ranksep=0.8]",
        '  node [shape=box, style=rounded, fontname="sans-serif", fontsize=12]',
        '  edge [fontname="sans-serif", fontsize=10]',
    ]
    for prefix, shown in zip("nf", pictures, strict=False):
        lines.extend(f"  {prefix}{number} {_dot_box(box)}" for number, box in enumerate(shown.boxes))
        lines.extend(
            f"  {prefix}{line.source} -> {prefix}{line.target}{_dot_line(shown, line)}" for line in shown.lines
        )
        for rank, kinds in _RANKS:
            group = [f"{prefix}{number}" for number, box in enumerate(shown.boxes) if box.kind in kinds]
            if group:
                lines.append(f"  {{ rank={rank}; {'; '.join(group)} }}")
    lines.extend(_dot_legend(pictures))
    lines.append("}")
    return "".join(f"{line}\n" for line in lines)


# Mermaid


def _shaped(box: Box) -> str:
    text = f'"{"<br>".join(map(_entities, (box.name, *box.details)))}"'
    if box.is_name:
        return f"([{text}])"
    match box.kind:
        case "sandbox":
            return f"[[{text}]]"
        case "file":
            return f"[/{text}/]"
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


# DOT


def _dot_box(box: Box) -> str:
    shape = "box" if box.is_name else {SANDBOX: "component", FILE: "note"}.get(box.kind, "box")
    styles = [*(["rounded"] if shape == "box" else []), *(["dashed"] if box.is_open else [])]
    style = _quoted(",".join(styles or ["solid"]))
    label = _quoted("\n".join((box.name, *box.details)))
    return f"[label={label}, shape={shape}, style={style}, color={_quoted(box.colour)}]"


def _dot_line(shown: Picture, line: Line) -> str:
    attributes = [f"label={_quoted(line.text)}"] if line.text else []
    if line.status in STATUS_COLOURS:
        attributes.append(f"color={_quoted(STATUS_COLOURS[line.status])}")
    # A line between two boxes of the last column must not move one of them into a column of its own.
    if shown.boxes[line.source].kind in (MODELS, SANDBOX):
        attributes.append("constraint=false")
    return f" [{', '.join(attributes)}]" if attributes else ""


def _dot_legend(pictures: Sequence[Picture]) -> Iterator[str]:
    keys = list(legend(pictures))
    if keys:
        yield "  subgraph cluster_legend {"
        yield '    label="Legend"; color="#768390"'
        for number, key in enumerate(keys):
            style = "rounded,dashed" if key.dashed else "rounded"
            yield f'    k{number} [label={_quoted(key.text)}, style="{style}", color="{key.colour}"]'
        yield "  }"


def _quoted(text: str) -> str:
    """A DOT string in double quotes, in which only quotes and backslashes are escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "\\n")
    return f'"{escaped}"'
