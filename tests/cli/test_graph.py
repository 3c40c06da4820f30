"""`gym-lsp --graph`: the formats, and the arguments that it rejects."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from gym_lsp.reporters.graph import ERROR, STATUS_COLOURS
from tests.cli.conftest import TIDES, Gym, write


def test_mermaid_is_the_default(gym: Gym) -> None:
    ran = gym("--graph", "--config", TIDES)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f'---\ntitle: "{TIDES}"\n---\nflowchart LR\n')
    assert ran.out == gym("--graph", "--config", TIDES, "--format", "mermaid").out


def test_dot(gym: Gym) -> None:
    assert gym("--graph", "--config", TIDES, "--format", "dot").out.startswith(f'digraph "{TIDES}" {{\n')


def test_svg_into_a_file(gym: Gym, tree: Path) -> None:
    ran = gym("--graph", "--config", TIDES, "--format", "svg", "--output-file", "wiring.svg")
    assert (ran.code, ran.out) == (0, "")
    assert ElementTree.parse(tree / "wiring.svg").getroot().tag.endswith("svg")


def test_overrides_change_the_graph(gym: Gym) -> None:
    ran = gym("--graph", "--config", TIDES, "++tides_agent.responses_api_agents.simple_agent.resources_server.name=sea")
    assert '(["sea<br>resources server?"])' in ran.out


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg"])
def test_layers(gym: Gym, form: str) -> None:
    ran = {
        layers: gym("--graph", "--config", TIDES, "--format", form, *(f"--layer={layer}" for layer in layers)).out
        for layers in ((), ("servers",), ("files",), ("servers", "files"))
    }
    assert ran[()] == ran["servers",]
    in_files, in_both = (ran[layers].count("tides_agent") for layers in (("files",), ("servers", "files")))
    assert not in_files
    assert in_both
    assert "file" in ran["files",].lower()


def test_a_broken_config_is_drawn_as_far_as_possible(gym: Gym, tree: Path) -> None:
    write(tree, "broken.yaml", "a: {resources_servers: {mcqa: {entrypoint: app.py, domain: math}}}\nb: [\n")
    ran = gym("--graph", "--config", "broken.yaml")
    assert ran.code == 0
    assert "a<br>mcqa" in ran.out
    files = gym("--graph", "--config", "broken.yaml", "--layer", "files")
    assert '[/"broken.yaml"/]:::c0' in files.out
    assert f"classDef c0 stroke:{STATUS_COLOURS[ERROR]}" in files.out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--graph"], "`--graph` needs a config or a recipe"),
        (["--graph", "--config", "nowhere.yaml"], "--config nowhere.yaml: not found in any search root"),
        (["--graph", "--config", TIDES, "x"], "'x' is not an override"),
        (
            ["--graph", "--config", TIDES, "--format", "json"],
            "`--format json`; expected one of `mermaid`, `dot`, `svg`",
        ),
        (["--check", "--format", "svg"], "`--check` cannot print `--format svg`"),
    ],
)
def test_wrong_arguments(gym: Gym, arguments: list[str], expected: str) -> None:
    ran = gym(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert expected in ran.err
