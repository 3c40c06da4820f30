"""Editor features in training recipes: the embedded run is edited like any config, at its places in the recipe."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from gym_lsp.ide.completion import complete
from gym_lsp.ide.definition import definition
from gym_lsp.ide.hover import hover
from gym_lsp.ide.lenses import LensKind, count, lenses
from gym_lsp.ide.links import document_links
from gym_lsp.ide.references import references
from gym_lsp.ide.rename import Refusal, rename
from gym_lsp.ide.symbols import document_symbols
from gym_lsp.ide.tokens import tokens
from gym_lsp.ide.wiring import wiring
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import ROOT, parse_fixture
from tests.ide.cursor import read, written

GYM = """\
# --- environments/counting/config.yaml
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
counting_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: counting}
# --- recipes/base.yaml
grpo: {steps: 3}
env:
  nemo_gym:
    counting_agent:
      responses_api_agents:
        simple_agent: {max_steps: 5}
# --- recipes/train.yaml
"""
RECIPE = """\
defaults: base.yaml
env:
  should_use_nemo_gym: true
  nemo_gym:
    config_paths:
      - environments/counting/config.yaml
    counting_agent:
      responses_api_agents:
        simple_agent:
          max_steps: ${mul:${grpo.steps},2}
    other_agent:
      _inherit_from: counting_agent
"""
TRAIN = ROOT / "recipes/train.yaml"


def at(wanted: str, text: str = RECIPE) -> tuple[Workspace, PurePath, int]:
    """Return a workspace with the cursor in the middle of a text of the recipe."""
    assert wanted in text
    middle = text.index(wanted) + len(wanted) // 2
    _, workspace, path, offset = read(f"{GYM}{text[:middle]}$0{text[middle:]}")
    return workspace, path, offset


def labels(typed: str, line: str) -> list[str]:
    """Return the completions at the end of what is typed in place of a line of the recipe."""
    assert line in RECIPE
    _, workspace, path, offset = read(GYM + RECIPE.replace(line, f"{typed}$0"))
    return [candidate.label for candidate in complete(workspace, path, offset)]


COMPLETIONS = {
    "a config": ("      - environments/counting/", "      - environments/counting/config.yaml", "config.yaml"),
    "an instance": ("    coun", "    counting_agent:", "counting"),
    "a server type": ("      respo", "      responses_api_agents:", "responses_api_agents"),
    "a field": ("          num", "          max_steps: ${mul:${grpo.steps},2}", "num_workers"),
    "a directive": ("      _inh", "      _inherit_from: counting_agent", "_inherit_from"),
    "the target of a directive": ("      _inherit_from: cou", "      _inherit_from: counting_agent", "counting_agent"),
    "a reserved key": ("    dry", "    other_agent:\n      _inherit_from: counting_agent", "dry_run"),
    "a recipe": ("defaults: ", "defaults: base.yaml", "base.yaml"),
    "an agent with a teacher": (
        "on_policy_distillation:\n  teacher_model_by_agent_name:\n    cou",
        "defaults: base.yaml",
        "other_agent",
    ),
}


@pytest.mark.parametrize(("typed", "line", "expected"), COMPLETIONS.values(), ids=COMPLETIONS.keys())
def test_completion(typed: str, line: str, expected: str) -> None:
    assert expected in labels(typed, line)


@pytest.mark.parametrize("typed", ["grpo:\n  ", "nothing: ", "env:\n  sho"])
def test_the_rest_of_a_recipe_belongs_to_its_framework(typed: str) -> None:
    assert labels(typed, "defaults: base.yaml") == []


HOVERS = {
    "counting_agent:\n      resp": ["counting_agent", "responses_api_agents/simple_agent"],
    "max_steps": ["Value: `6`", "in effect: here", "overridden: recipes/base.yaml `5`"],
    "grpo.steps": ["Value: `3`", "recipes/base.yaml"],
    "environments/counting/config": ["environments/counting/config.yaml", "counting"],
}


@pytest.mark.parametrize(("wanted", "expected"), HOVERS.items())
def test_hover(wanted: str, expected: list[str]) -> None:
    found = hover(*at(wanted))
    assert found is not None
    for part in expected:
        assert part in written(found.content)


DEFINITIONS = {
    "_inherit_from: counting_agent": ["recipes/train.yaml", "recipes/base.yaml", "environments/counting/config.yaml"],
    "steps},2": ["recipes/base.yaml"],
    "environments/counting/config": ["environments/counting/config.yaml"],
    "max_steps": ["recipes/base.yaml"],
}


@pytest.mark.parametrize(("wanted", "expected"), DEFINITIONS.items())
def test_definition(wanted: str, expected: list[str]) -> None:
    workspace, path, offset = at(wanted)
    if wanted.startswith("_inherit"):
        offset += len(wanted) // 3
    found = definition(workspace, path, offset)
    assert found is not None
    assert [str(place.path.relative_to(ROOT)) for place in found[1]] == expected


def test_references_and_rename_of_an_instance_reach_recipes() -> None:
    config = ROOT / "environments/counting/config.yaml"
    workspace = parse_fixture(GYM + RECIPE).workspace()
    offset = (workspace.text(config) or "").index("counting_agent") + 1
    found = {str(each.path.relative_to(ROOT)) for each in references(workspace, config, offset)}
    assert found == {"environments/counting/config.yaml", "recipes/base.yaml", "recipes/train.yaml"}
    edits = rename(workspace, config, offset, "counter")
    assert not isinstance(edits, Refusal)
    assert sorted(str(edit.path.relative_to(ROOT)) for edit in edits) == [
        "environments/counting/config.yaml",
        "recipes/base.yaml",
        "recipes/train.yaml",
        "recipes/train.yaml",
    ]


def test_outline_links_lenses_and_tokens() -> None:
    workspace = parse_fixture(GYM + RECIPE).workspace()
    assert [symbol.name for symbol in document_symbols(workspace, TRAIN)] == [
        "config_paths",
        "counting_agent",
        "other_agent",
    ]
    linked = [str(link.target.relative_to(ROOT)) for link in document_links(workspace, TRAIN)]
    assert linked == ["recipes/base.yaml", "environments/counting/config.yaml"]
    assert len(lenses(workspace, TRAIN)) > 1
    assert tokens(workspace, TRAIN)


def test_a_config_shows_the_recipes_that_use_it() -> None:
    workspace = parse_fixture(f"{GYM}{RECIPE}# --- recipes/small.yaml\ndefaults: train.yaml\n").workspace()
    config = ROOT / "environments/counting/config.yaml"
    (lens,) = (each for each in lenses(workspace, config) if each.kind is LensKind.RECIPES)
    counted = count(workspace, config, lens)
    assert counted.title == "used by 1 recipe"
    (place,) = counted.places
    assert place.span.of(workspace.text(place.path) or "") == "environments/counting/config.yaml"


def test_the_wiring_is_that_of_the_run() -> None:
    workspace = parse_fixture(GYM + RECIPE).workspace()
    drawn = wiring(workspace, workspace.own_run(TRAIN))
    assert drawn.title == "recipes/train.yaml"
    assert {node.label for node in drawn.nodes} >= {"counting", "other_agent"}
