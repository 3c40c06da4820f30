"""Call hierarchy and type hierarchy, in both directions."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

import pytest

from gym_lsp.ide.hierarchy import (
    Relation,
    call_items,
    incoming_calls,
    outgoing_calls,
    subtypes,
    supertypes,
    type_items,
)
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import parse_fixture

CALLS = """
# --- judges.yaml
judge: {responses_api_models: {openai_model: {entrypoint: app.py}}}
# --- environments/example/config.yaml
config_paths: [judges.yaml]
loop: {environment_servers: {turn: {entrypoint: app.py, agent_server: {type: responses_api_agents, name: agent}}}}
agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: math}
      nested: {deeper: {type: resources_servers, name: tools}, again: {type: resources_servers, name: math}}
math:
  resources_servers:
    math: {entrypoint: app.py, judge_model_server: {type: responses_api_models, name: judge}}
tools: {resources_servers: {tools: {entrypoint: app.py}}}
hard:
  _inherit_from: tools
  resources_servers: {tools: {judge_model_server: {type: responses_api_models, name: judge}}}
"""
TYPES = """
# --- base.yaml
base:
  resources_servers:
    math: {entrypoint: app.py}
# --- environments/example/config.yaml
config_paths: [base.yaml]
new: {_inherit_from: base}
copied: ${copy:base}
other:
  resources_servers:
    math: {_copy: base.resources_servers.math, limit: 5}
"""


def at(text: str, needle: str) -> tuple[Workspace, PurePath, int]:
    """Return the workspace of a fixture, and the place of a text in one of its files."""
    fixture = parse_fixture(text)
    ((path, content),) = ((path, content) for path, content in fixture.files.items() if needle in content)
    return fixture.workspace(), path, content.index(needle)


def described(workspace: Workspace, relations: Iterable[Relation], of: PurePath | None = None) -> list[str]:
    """Return `name (server type): text of each span` for each relation; the spans are in `of` or in the item's file."""
    lines: list[str] = []
    for relation in relations:
        item = relation.item
        text = workspace.text(of or item.path) or ""
        lines.append(f"{item.name} ({item.detail}): {', '.join(span.of(text) for span in relation.spans)}")
    return lines


@pytest.mark.parametrize(
    ("needle", "expected"),
    [
        ("loop:", ["agent (responses_api_agents): agent"]),
        ("agent:\n", ["math (resources_servers): math, math", "tools (resources_servers): tools"]),
        ("math:\n", ["judge (responses_api_models): judge"]),
        ("hard:", ["judge (responses_api_models): judge"]),
        ("judge: {responses", []),
    ],
)
def test_outgoing_calls(needle: str, expected: list[str]) -> None:
    workspace, path, offset = at(CALLS, needle)
    (item,) = call_items(workspace, path, offset)
    assert sorted(described(workspace, outgoing_calls(workspace, item), path)) == sorted(expected)


@pytest.mark.parametrize(
    ("needle", "expected"),
    [
        ("loop:", []),
        ("agent:\n", ["loop (environment_servers): agent"]),
        ("math:\n", ["agent (responses_api_agents): math, math"]),
        ("judge: {responses", ["math (resources_servers): judge", "hard (resources_servers): judge"]),
    ],
)
def test_incoming_calls(needle: str, expected: list[str]) -> None:
    workspace, path, offset = at(CALLS, needle)
    (item,) = call_items(workspace, path, offset)
    assert described(workspace, incoming_calls(workspace, item)) == expected


def test_an_inherited_ref_is_called_from_the_inheriting_block() -> None:
    workspace, path, offset = at(
        """
math: {resources_servers: {m: {entrypoint: app.py, x: {type: responses_api_models, name: judge}}}}
judge: {responses_api_models: {openai_model: {entrypoint: app.py}}}
# --- environments/new/config.yaml
config_paths: [environments/example/config.yaml]
hard: {_inherit_from: math}
""",
        "hard:",
    )
    (item,) = call_items(workspace, path, offset)
    assert described(workspace, outgoing_calls(workspace, item), path) == ["judge (responses_api_models): hard"]


def test_the_item_of_a_ref_is_what_it_names_and_elsewhere_the_instance_around() -> None:
    workspace, path, offset = at(CALLS, "math}\n")
    assert [item.name for item in call_items(workspace, path, offset)] == ["math"]
    workspace, path, offset = at(CALLS, "entrypoint: app.py\n")
    assert [item.name for item in call_items(workspace, path, offset)] == ["agent"]
    workspace, path, offset = at(CALLS, "config_paths")
    assert call_items(workspace, path, offset) == ()


@pytest.mark.parametrize(
    ("needle", "above", "below"),
    [
        ("base:\n", [], ["new (resources_servers): base", "copied (resources_servers): base"]),
        ("new:", ["base (resources_servers): base"], []),
        ("copied:", ["base (resources_servers): base"], []),
        ("math: {_copy", ["math (resources_servers): base.resources_servers.math"], []),
        ("limit", ["math (resources_servers): base.resources_servers.math"], []),
        ("math: {entry", [], ["math (resources_servers): base.resources_servers.math"]),
    ],
)
def test_types(needle: str, above: list[str], below: list[str]) -> None:
    workspace, path, offset = at(TYPES, needle)
    (item,) = type_items(workspace, path, offset)
    assert described(workspace, supertypes(workspace, item), path) == above
    assert described(workspace, subtypes(workspace, item)) == below


def test_the_item_of_a_directive_is_what_it_names() -> None:
    workspace, path, offset = at(TYPES, "base}\n")
    (item,) = type_items(workspace, path, offset)
    assert (item.path.name, item.name) == ("base.yaml", "base")


def test_a_setting_is_no_type() -> None:
    workspace, path, offset = at(TYPES, "config_paths")
    assert type_items(workspace, path, offset) == ()
