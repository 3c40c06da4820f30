"""Components: every kind, with its place and the command that starts it."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from gym_lsp.gym.roots import InstallRoot
from gym_lsp.ide.components import Component, ComponentKind, components, is_installed, start_command
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import GYM, ROOT, parse_fixture
from tests.memory import Memory

TREE = """
# --- environments/tides/config.yaml
tides: {resources_servers: {mcqa: {entrypoint: app.py, domain: knowledge, description: When the sea comes}}}
# --- benchmarks/quiz/hard.yaml
quiz_agent:
  responses_api_agents:
    simple: {entrypoint: app.py, datasets: [{name: quiz, type: benchmark, jsonl_fpath: quiz.jsonl}]}
# --- responses_api_agents/vote_agent/configs/vote_agent.yaml
vote_agent:
  responses_api_agents:
    vote_agent: {entrypoint: app.py, description: Asks thrice, resources_server: {type: resources_servers, name: '???'}}
# --- responses_api_agents/vote_agent/configs/wide.yaml
wide: {responses_api_agents: {vote_agent: {entrypoint: app.py}}}
# --- responses_api_agents/bare_agent/app.py
pass
# --- sandboxes.yaml
config_paths: []
fast: {docker: {create: {image: alpine}}}
# --- /gym/responses_api_models/vllm_model/configs/big.yaml
policy_model: {responses_api_models: {vllm_model: {entrypoint: app.py}}}
# --- /gym/resources_servers/mcqa/configs/mcqa.yaml
mcqa: {resources_servers: {mcqa: {entrypoint: app.py, domain: math}}}
# --- /gym/environments/tides/config.yaml
shadowed: {resources_servers: {mcqa: {entrypoint: app.py, domain: math}}}
"""


def found(workspace: Workspace) -> dict[tuple[str, str], Component]:
    return {(each.kind.value, each.selector): each for each in components(workspace)}


def test_every_kind_is_found_once() -> None:
    workspace = parse_fixture(TREE.strip()).workspace()
    assert [(each.kind.value, each.name, each.variant, each.config) for each in components(workspace)] == [
        ("environment", "tides", None, "environments/tides/config.yaml"),
        ("benchmark", "quiz/hard", None, "benchmarks/quiz/hard.yaml"),
        ("agent", "bare_agent", None, None),
        ("agent", "vote_agent", None, "responses_api_agents/vote_agent/configs/vote_agent.yaml"),
        ("agent", "vote_agent", "wide", "responses_api_agents/vote_agent/configs/wide.yaml"),
        ("model", "vllm_model", "big", "responses_api_models/vllm_model/configs/big.yaml"),
        ("resources_server", "mcqa", None, "resources_servers/mcqa/configs/mcqa.yaml"),
        ("sandbox", "fast", "docker", "sandboxes.yaml"),
    ]


def test_only_the_requested_kinds() -> None:
    workspace = parse_fixture(TREE.strip()).workspace()
    assert {each.kind for each in components(workspace, (ComponentKind.SANDBOX,))} == {ComponentKind.SANDBOX}


def test_what_they_say_of_themselves() -> None:
    listed = found(parse_fixture(TREE.strip()).workspace())
    tides, vote = listed["environment", "tides"], listed["agent", "vote_agent/wide"]
    assert (tides.domain, tides.description, tides.place.path) == (
        "knowledge",
        "When the sea comes",
        ROOT / "environments/tides/config.yaml",
    )
    assert vote.description == "Asks thrice"
    assert listed["agent", "bare_agent"].place.path == ROOT / "responses_api_agents/bare_agent/app.py"


@pytest.mark.parametrize(
    ("key", "command"),
    [
        (("environment", "tides"), "gym env start --environment tides"),
        (("benchmark", "quiz/hard"), "gym eval run --benchmark quiz/hard"),
        (("resources_server", "mcqa"), "gym env start --resources-server mcqa"),
        (("agent", "vote_agent"), None),
        (("model", "vllm_model/big"), None),
        (("sandbox", "fast/docker"), None),
    ],
)
def test_the_command_that_starts_it(key: tuple[str, str], command: str | None) -> None:
    assert found(parse_fixture(TREE.strip()).workspace())[key].command_line == command


@pytest.mark.parametrize(
    ("root", "install", "path", "installed"),
    [
        ("/repo", "/gym", "/gym/environments/a/config.yaml", True),
        ("/repo", "/gym", "/repo/environments/a/config.yaml", False),
        ("/gym", "/gym", "/gym/environments/a/config.yaml", False),
        ("/repo", "/repo/.venv/site-packages", "/repo/.venv/site-packages/environments/a/config.yaml", True),
        ("/gym/mine", "/gym", "/gym/mine/environments/a/config.yaml", False),
        ("/gym/mine", "/gym", "/gym/environments/a/config.yaml", True),
        ("/repo", None, "/elsewhere/a.yaml", False),
    ],
)
def test_whose_it_is(root: str, install: str | None, path: str, installed: bool) -> None:
    at = None if install is None else InstallRoot(PurePath(install), "--gym-root", None)
    workspace = Workspace(Memory({}), PurePath(root), Settings(), at)
    assert is_installed(workspace, PurePath(path)) is installed


def test_a_command_line_can_be_pasted() -> None:
    line = start_command(("a b.yaml", "c.yaml"), ("name=it's",), ("/more",))
    assert line == """gym env start --config 'a b.yaml' --config c.yaml --search-dir /more 'name=it'"'"'s'"""


def test_the_install_root_is_named() -> None:
    assert found(parse_fixture(TREE.strip()).workspace())["model", "vllm_model/big"].place.path.is_relative_to(GYM)
