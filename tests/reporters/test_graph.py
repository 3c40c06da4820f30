"""Graphs as text and as pictures. No name can break the syntax of the output."""

from __future__ import annotations

import re
import sys
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gym_lsp.reporters import drawing
from gym_lsp.reporters.drawing import LayoutMissing, svg
from gym_lsp.reporters.graph import dot, mermaid

SVG = "{http://www.w3.org/2000/svg}"
KINDS = ("ref", "relay", "sandbox", "include", "inherit", "copy")
TYPES = ("resources_servers", "responses_api_agents", "sandbox", "file", "block", "open")


class Node(NamedTuple):
    id: str
    label: str
    type: str = "resources_servers"
    implementation: str = ""
    status: str = "ok"


class Edge(NamedTuple):
    source: str
    target: str
    kind: str = "ref"
    label: str = ""
    status: str = "ok"


class Graph(NamedTuple):
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()


PAIR = Graph(
    "a.yaml",
    (Node("1", "agent", "responses_api_agents", "simple"), Node("2", "math", "open", "resources_servers", "error")),
    (Edge("1", "2", "ref", "resources_server", "error"), Edge("1", "2", "inherit")),
)

_names = st.text(max_size=12)
_nodes = st.lists(
    st.tuples(_names, st.sampled_from(TYPES), _names, st.sampled_from(("ok", "open", "error"))), min_size=1, max_size=7
)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    nodes = tuple(Node(str(number), *fields) for number, fields in enumerate(draw(_nodes)))
    ends = st.sampled_from([node.id for node in nodes])
    edges = st.builds(Edge, ends, ends, st.sampled_from(KINDS), _names, st.sampled_from(("ok", "open", "error")))
    return Graph(draw(_names), nodes, tuple(draw(st.lists(edges, max_size=12))))


def test_mermaid() -> None:
    assert mermaid(PAIR).splitlines() == [
        "---",
        'title: "a.yaml"',
        "---",
        "flowchart LR",
        '  n0["agent<br>simple"]:::responses_api_agents',
        '  n1(["math<br>resources_servers?"]):::error',
        '  n0 -->|"resources_server"| n1',
        '  n0 -.->|"inherit"| n1',
        "  classDef responses_api_agents stroke:#0969da,stroke-width:2px",
        "  classDef error stroke:#cf222e,stroke-width:2px",
    ]


def test_dot() -> None:
    assert dot(PAIR).splitlines()[4:] == [
        r'  n0 [label="agent\nsimple", shape=box, style=rounded, color="#0969da"]',
        r'  n1 [label="math\nresources_servers?", shape=box, style=dashed, color="#cf222e"]',
        '  n0 -> n1 [label="resources_server", style=solid, color="#cf222e"]',
        '  n0 -> n1 [label="inherit", style=dotted]',
        "}",
    ]


_LABEL = r'"[^"`<>&\n]+(?:<br>[^"`<>&\n]+)?"'
_MERMAID_LINE = re.compile(
    rf"  n\d+(?:\[{_LABEL}\]|\[\[{_LABEL}\]\]|\[/{_LABEL}/\]|\(\[{_LABEL}\]\)):::\w+"
    rf"|  n\d+ (?:-->|-\.->)(?:\|{_LABEL}\|)? n\d+"
    r"|  classDef \w+ [\w:#,-]+(?: \d+)?"
)


@given(graphs())
def test_mermaid_holds_any_name(graph: Graph) -> None:
    """One line for each node and edge, and no character in a label that could end it."""
    _, _, _, _, *lines = mermaid(graph).split("\n")
    assert lines.pop() == ""
    for line in lines:
        assert _MERMAID_LINE.fullmatch(line), line
    assert len([line for line in lines if "classDef" not in line]) == len(graph.nodes) + len(graph.edges)


@given(_names.filter(lambda name: name.strip() and name == " ".join(name.split())))
def test_mermaid_labels_read_back(name: str) -> None:
    line = mermaid(Graph("", (Node("1", name),))).split("\n")[4]
    label = line[len('  n0["') : line.rindex('"]')]
    assert re.sub(r"#(\d+);", lambda match: chr(int(match[1])), label) == name


_DOT_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@given(graphs())
def test_dot_holds_any_name(graph: Graph) -> None:
    """Without its strings, the output does not depend on the names."""
    plain = graph._replace(
        nodes=tuple(
            node._replace(label="x", implementation="y" if node.implementation else "") for node in graph.nodes
        ),
        edges=tuple(edge._replace(label="z" if edge.label.strip() else "") for edge in graph.edges),
    )
    bare, expected = (_DOT_STRING.sub('""', dot(each)) for each in (graph, plain))
    assert bare == expected


@settings(deadline=None)
@given(graphs())
def test_svg_holds_any_name(graph: Graph) -> None:
    root = ElementTree.fromstring(svg(graph))
    assert len(list(root.iter(f"{SVG}rect"))) == len(graph.nodes)
    assert len(root.findall(f"{SVG}path")) == len(graph.edges)


@settings(deadline=None)
@given(graphs())
def test_boxes_do_not_overlap_and_lines_end_at_them(graph: Graph) -> None:
    root = ElementTree.fromstring(svg(graph))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    boxes = [
        tuple(float(rect.attrib[name]) for name in ("x", "y", "width", "height")) for rect in root.iter(f"{SVG}rect")
    ]
    for index, (x, y, w, h) in enumerate(boxes):
        assert x >= 0 and x + w <= width and y >= 0 and y + h <= height
        for other_x, other_y, other_w, other_h in boxes[:index]:
            assert x + w <= other_x or other_x + other_w <= x or y + h <= other_y or other_y + other_h <= y
    numbers = {node.id: index for index, node in enumerate(graph.nodes)}
    for edge, path in zip(graph.edges, root.findall(f"{SVG}path"), strict=True):
        places = [float(number) for number in re.findall(r"-?[\d.]+", path.attrib["d"])]
        for at, (x, y) in ((edge.source, places[:2]), (edge.target, places[-2:])):
            left, top, w, h = boxes[numbers[at]]
            assert left - 0.2 <= x <= left + w + 0.2
            assert top - 0.2 <= y <= top + h + 0.2


def test_an_empty_graph_is_a_picture_with_a_title() -> None:
    root = ElementTree.fromstring(svg(Graph("nothing", ())))
    assert [each.text for each in root.iter(f"{SVG}text")] == ["nothing"]


@pytest.mark.parametrize(
    ("package", "command"), [(None, "`pip install igraph`"), ("gym-lsp", '`pip install "gym-lsp[graph]"`')]
)
def test_without_igraph_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, package: str | None, command: str
) -> None:
    monkeypatch.setitem(sys.modules, "igraph", None)
    monkeypatch.setattr(drawing, "PACKAGE", package)
    with pytest.raises(LayoutMissing, match=re.escape(command)):
        svg(PAIR)
