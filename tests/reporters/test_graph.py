"""Graphs as text and as pictures. No name can break the syntax of the output."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gym_lsp.reporters.drawing import svg
from gym_lsp.reporters.graph import (
    COLOURS,
    ERROR,
    OPEN,
    STATUS_COLOURS,
    USUAL_FIELDS,
    Layer,
    legend,
    picture,
    short_title,
)
from gym_lsp.reporters.graph_text import dot, mermaid
from tests.counting import steps

SVG = "{http://www.w3.org/2000/svg}"
KINDS = ("ref", "relay", "sandbox", "include", "inherit", "copy")
TYPES = (
    "environment_servers",
    "responses_api_agents",
    "resources_servers",
    "responses_api_models",
    "sandbox",
    "file",
    "block",
    "open",
)
BOTH = tuple(Layer)


class Node(NamedTuple):
    id: str
    label: str
    type: str = "resources_servers"
    implementation: str = ""
    status: str = "ok"
    domain: str | None = None
    started: bool = True
    datasets: tuple[str, ...] = ()


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
    (Edge("1", "2", "ref", "resources_server", "error"), Edge("1", "2", "inherit", status="error")),
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
        '  n0["agent<br>simple<br>inherits math?"]:::c0',
        '  n1(["math<br>resources server?"]):::c1',
        '  n0 -->|"resources_server"| n1',
        '  subgraph legend["Legend"]',
        '    k0["agent"]:::c2',
        '    k1["error"]:::c0',
        "  end",
        "  classDef c0 stroke:#d1242f,stroke-width:2px",
        "  classDef c1 stroke:#d1242f,stroke-width:2px,stroke-dasharray:4 3",
        "  classDef c2 stroke:#0969da,stroke-width:2px",
    ]


def test_dot() -> None:
    assert dot(PAIR).splitlines()[4:] == [
        r'  n0 [label="agent\nsimple\ninherits math?", shape=box, style="rounded", color="#d1242f"]',
        r'  n1 [label="math\nresources server?", shape=box, style="rounded,dashed", color="#d1242f"]',
        '  n0 -> n1 [label="resources_server", color="#d1242f"]',
        "  { rank=same; n0 }",
        "  { rank=same; n1 }",
        "  subgraph cluster_legend {",
        '    label="Legend"; color="#768390"',
        '    k0 [label="agent", style="rounded", color="#0969da"]',
        '    k1 [label="error", style="rounded", color="#d1242f"]',
        "  }",
        "}",
    ]


_LABEL = r'"[^"`<>&\n]+(?:<br>[^"`<>&\n]+)*"'
_MERMAID_LINE = re.compile(
    rf" +[nfk]\d+(?:\[{_LABEL}\]|\[\[{_LABEL}\]\]|\[/{_LABEL}/\]|\(\[{_LABEL}\]\)):::\w+"
    rf"|  [nf]\d+ -->(?:\|{_LABEL}\|)? [nf]\d+"
    r'|  subgraph legend\["Legend"\]|  end'
    r"|  classDef \w+ [\w:#,-]+(?: \d+)?"
)


@given(graphs())
def test_mermaid_holds_any_name(graph: Graph) -> None:
    """One line for each node and edge, and no character in a label that could end it."""
    _, _, _, _, *lines = mermaid(graph, BOTH).split("\n")
    assert lines.pop() == ""
    for line in lines:
        assert _MERMAID_LINE.fullmatch(line), line
    shown = [picture(graph, layer) for layer in BOTH]
    drawn = [line for line in lines if line.startswith(("  n", "  f"))]
    assert len(drawn) == sum(len(each.boxes) + len(each.lines) for each in shown)


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
    bare, expected = (_DOT_STRING.sub('""', dot(each, BOTH)) for each in (graph, plain))
    assert bare == expected


@settings(deadline=None)
@given(graphs())
def test_svg_holds_any_name(graph: Graph) -> None:
    root = ElementTree.fromstring(svg(graph, BOTH))
    shown = [picture(graph, layer) for layer in BOTH]
    assert len(_of_class(root, "box")) == sum(len(each.boxes) for each in shown)
    assert len(_of_class(root, "line")) == sum(len(each.lines) for each in shown)


@settings(deadline=None)
@given(graphs())
def test_every_started_node_and_every_line_is_in_its_layer(graph: Graph) -> None:
    servers, files = (picture(graph, layer) for layer in BOTH)
    kept = {box.id for box in servers.boxes}
    assert kept >= {node.id for node in graph.nodes if node.started and node.type not in ("file", "open")}
    assert {box.id for box in files.boxes} >= {node.id for node in graph.nodes if node.type == "file"}
    drawn = sorted(line.edge for each in (servers, files) for line in each.lines)
    assert drawn == [number for number, edge in enumerate(graph.edges) if edge.kind not in ("inherit", "copy")]


@settings(deadline=None)
@given(graphs())
def test_svg_contains_all_names(graph: Graph) -> None:
    root = ElementTree.fromstring(svg(graph, BOTH))
    names = ["".join(each.itertext()) for each in root.iter(f"{SVG}text") if each.get("class") == "name"]
    expected = [box.name for layer in BOTH for box in picture(graph, layer).boxes]
    assert names == ["".join(each if each.isprintable() else " " for each in name) for name in expected]


@settings(deadline=None)
@given(graphs())
def test_boxes_do_not_overlap_and_lines_end_at_them(graph: Graph) -> None:
    root = ElementTree.fromstring(svg(graph, BOTH))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    boxes = _boxes(root)
    for index, (x, y, w, h) in enumerate(boxes):
        assert x >= 0 and x + w <= width and y >= 0 and y + h <= height
        for other_x, other_y, other_w, other_h in boxes[:index]:
            assert x + w <= other_x or other_x + other_w <= x or y + h <= other_y or other_y + other_h <= y
    for source, target, points in _lines(root, graph):
        for (left, top, w, h), (x, y), sides in (
            (boxes[source], points[0], (1,)),
            (boxes[target], points[-1], (0, 1)),
        ):
            assert min(abs(left + w * side - x) for side in sides) < 0.2
            assert top <= y <= top + h
        assert all(0 <= x <= width and 0 <= y <= height for x, y in points)


@settings(deadline=None)
@given(graphs())
def test_lines_are_straight_and_cross_no_box(graph: Graph) -> None:
    root = ElementTree.fromstring(svg(graph, BOTH))
    boxes = _boxes(root)
    for _, _, points in _lines(root, graph):
        for (x, y), (next_x, next_y) in itertools.pairwise(points):
            assert abs(x - next_x) < 0.2 or abs(y - next_y) < 0.2
            low_x, high_x = sorted((x, next_x))
            low_y, high_y = sorted((y, next_y))
            for left, top, w, h in boxes:
                outside = high_x <= left + 0.2 or low_x >= left + w - 0.2 or high_y <= top or low_y >= top + h
                assert outside, (left, top)


def _of_class(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [each for each in root.iter(f"{SVG}g") if name in each.get("class", "").split()]


def _boxes(root: ElementTree.Element) -> list[tuple[float, ...]]:
    rects = [group.find(f"{SVG}rect") for group in _of_class(root, "box")]
    return [
        tuple(float(rect.attrib[name]) for name in ("x", "y", "width", "height")) for rect in rects if rect is not None
    ]


def _lines(root: ElementTree.Element, graph: Graph) -> list[tuple[int, int, list[tuple[float, float]]]]:
    """Return for each line its boxes and its points; for a rounded corner, the corner."""
    groups = _of_class(root, "box")
    # The same node can be in both layers: in each layer, lines are before boxes.
    everything = [each for each in root.iter(f"{SVG}g") if {"box", "line"} & set(each.get("class", "").split())]
    found: list[tuple[int, int, list[tuple[float, float]]]] = []
    for line in _of_class(root, "line"):
        edge = graph.edges[int(line.attrib["data-edge"])]
        after = everything[everything.index(line) :]
        source, target = (
            next(groups.index(each) for each in after if each.get("data-node") == end)
            for end in (edge.source, edge.target)
        )
        path = line.find(f"{SVG}path")
        assert path is not None
        numbers = [
            (command, float(x), float(y))
            for command, x, y in re.findall(r"([MLQ ])(-?[\d.]+) (-?[\d.]+)", path.attrib["d"])
        ]
        found.append(
            (source, target, [(x, y) for command, x, y in numbers if command != "L" or (x, y) == numbers[-1][1:]])
        )
    return found


def _environments(count: int) -> Graph:
    """A run with `count` environments that share a model and a judge."""
    nodes = [Node("policy", "policy_model", "responses_api_models"), Node("judge", "judge", "responses_api_models")]
    edges: list[Edge] = []
    for number in range(count):
        env, agent, server = (f"{kind}_{number}" for kind in ("env", "agent", "server"))
        types = ("environment_servers", "responses_api_agents", "resources_servers")
        nodes.extend(
            Node(name, f"a_rather_long_name_of_{name}", each)
            for name, each in zip((env, agent, server), types, strict=True)
        )
        edges += [
            Edge(env, agent, "relay", "agent_server"),
            Edge(agent, server, "ref", "resources_server"),
            Edge(agent, "policy", "ref", "model_server"),
            Edge(server, "judge", "ref", "judge_model_server"),
        ]
    return Graph("big.yaml", tuple(nodes), tuple(edges))


def test_a_big_run_has_a_row_for_each_environment() -> None:
    graph = _environments(100)
    root = ElementTree.fromstring(svg(graph))
    assert float(root.attrib["width"]) < 1_400
    assert float(root.attrib["height"]) < 100 * 100
    at = dict(zip((group.attrib["data-node"] for group in _of_class(root, "box")), _boxes(root), strict=True))
    for number in range(100):
        middles = [
            top + height / 2 for _, top, _, height in (at[f"{kind}_{number}"] for kind in ("env", "agent", "server"))
        ]
        assert max(middles) - min(middles) < 0.2
        assert number == 0 or at[f"agent_{number}"][1] > at[f"agent_{number - 1}"][1]
    assert at["policy"][0] > at["server_0"][0]


def test_the_same_graph_is_the_same_picture() -> None:
    assert svg(_environments(20), BOTH) == svg(_environments(20), BOTH)


@pytest.mark.parametrize("draw", [svg, dot, mermaid])
def test_work_grows_with_the_number_of_components(draw: Callable[[Graph], str]) -> None:
    small, large = (steps(lambda count=count: draw(_environments(count))) for count in (100, 200))
    assert large < 2.2 * small


def test_a_long_chain_of_files_is_drawn() -> None:
    nodes = tuple(Node(str(number), f"{number}.yaml", "file") for number in range(2_000))
    edges = tuple(Edge(str(number), str(number + 1), "include") for number in range(1_999))
    assert svg(Graph("chain", nodes, edges), (Layer.FILES,)).count("data-node") == 2_000


def test_an_empty_graph_is_a_picture_with_a_title() -> None:
    root = ElementTree.fromstring(svg(Graph("nothing", ())))
    assert [each.text for each in root.iter(f"{SVG}text")] == ["nothing"]
    assert root.findtext(f"{SVG}desc") == "Nothing to show."


def test_the_picture_has_a_name_a_description_and_a_legend() -> None:
    root = ElementTree.fromstring(svg(PAIR))
    named = [root.find(f"*[@id='{each}']") for each in root.attrib["aria-labelledby"].split()]
    assert [each is not None and each.text for each in named] == ["a.yaml", "1 agent, 2 with an error"]
    assert [key.text for key in legend([picture(PAIR, Layer.SERVERS)])] == ["agent", "error"]
    assert len(_of_class(root, "legend")) == 1
    assert all(each.find(f"{SVG}title") is not None for each in (*_of_class(root, "box"), *_of_class(root, "line")))


def test_the_legend_explains_each_color_and_dash() -> None:
    types = [kind for kind in TYPES if kind != "open"]
    nodes = tuple(Node(kind, kind, kind) for kind in types)
    graph = Graph("", (*nodes, Node("x", "x", "sandbox", status=OPEN), Node("y", "y", "sandbox", status=ERROR)))
    shown = [picture(graph, layer) for layer in BOTH]
    boxes = {(box.colour, box.is_open) for each in shown for box in each.boxes}
    assert boxes <= {(key.colour, key.dashed) for key in legend(shown)}


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg"])
def test_open_names_are_dashed(form: str) -> None:
    graph = Graph("", (Node("m", "policy_model", "responses_api_models", "dummy_model", OPEN),))
    text = {"mermaid": mermaid, "dot": dot, "svg": svg}[form](graph)
    assert STATUS_COLOURS[OPEN] in text
    assert "dash" in text


def test_usual_fields_are_not_repeated_at_the_lines() -> None:
    root = ElementTree.fromstring(svg(_environments(2)))
    captions = {each.text for each in root.iter(f"{SVG}text") if each.get("class") == "caption"}
    assert captions == {"judge_model_server"}
    assert not captions & USUAL_FIELDS


def test_a_box_that_is_far_from_its_rows_is_named_at_the_lines() -> None:
    root = ElementTree.fromstring(svg(_environments(9)))
    captions = {each.text for each in root.iter(f"{SVG}text") if each.get("class") == "caption"}
    assert captions == {"judge_model_server → judge", "→ policy_model"}


def test_long_titles_are_shortened() -> None:
    assert short_title("a.yaml + b.yaml") == "a.yaml + b.yaml"
    assert (
        short_title(" + ".join(f"benchmarks/{number}/config.yaml" for number in range(14)))
        == "benchmarks/0/config.yaml + 13 more"
    )


@pytest.mark.parametrize("background", ["#ffffff", "#f6f8fa", "#0d1117", "#151b23"])
def test_colors_are_visible_on_light_and_dark_backgrounds(background: str) -> None:
    """WCAG 2 asks for a contrast of 3 for graphics."""
    for colour in (*COLOURS.values(), *STATUS_COLOURS.values()):
        low, high = sorted((_luminance(colour), _luminance(background)))
        assert (high + 0.05) / (low + 0.05) >= 3, colour


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
