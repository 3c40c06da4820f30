"""The wiring of a run."""

from __future__ import annotations

from textwrap import dedent

import pytest

from gym_lsp.compose.run import Run
from gym_lsp.ide.wiring import Wiring, wiring
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import DEFAULT_FILE, parse_fixture


def drawn(text: str, *roots: str) -> tuple[Wiring, Workspace]:
    workspace = parse_fixture(dedent(text).strip() + "\n").workspace()
    return wiring(workspace, workspace.compose(Run(roots or (DEFAULT_FILE,)))), workspace


def nodes(graph: Wiring) -> dict[str, tuple[str, str, str]]:
    """Return (type, implementation, status) of each node that is not a file, by its label."""
    found = (node for node in graph.nodes if node.type != "file")
    return {node.label: (node.type, node.implementation, node.status.value) for node in found}


def edges(graph: Wiring) -> list[str]:
    """Return `source --kind label--> target (status)` for each edge; the status only if it is not ok."""
    labels = {node.id: node.label for node in graph.nodes}
    lines: list[str] = []
    for edge in graph.edges:
        said = " ".join(each for each in (edge.kind.value, edge.label) if each)
        status = "" if edge.status == "ok" else f" ({edge.status.value})"
        lines.append(f"{labels[edge.source]} --{said}--> {labels[edge.target]}{status}")
    return lines


SERVERS = """
# --- judge.yaml
judge: {responses_api_models: {openai_model: {entrypoint: app.py}}}
# --- environments/example/config.yaml
config_paths: [judge.yaml]
math:
  resources_servers:
    mcqa: {entrypoint: app.py, domain: math, judge_model_server: {type: responses_api_models, name: judge}}
agent:
  responses_api_agents:
    simple:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: math}
      model_server: {type: responses_api_models, name: policy_model}
      helpers: [{type: resources_servers, name: math}]
"""


def test_servers_and_refs() -> None:
    graph, _ = drawn(SERVERS)
    assert nodes(graph) == {
        "judge": ("responses_api_models", "openai_model", "ok"),
        "math": ("resources_servers", "mcqa", "ok"),
        "agent": ("responses_api_agents", "simple", "ok"),
        "policy_model": ("responses_api_models", "dummy_model", "open"),
        "agent_environment_server": ("environment_servers", "legacy_agent", "ok"),
    }
    assert edges(graph) == [
        "math --ref judge_model_server--> judge",
        "agent --ref resources_server--> math",
        "agent --ref model_server--> policy_model",
        "agent --ref helpers[0]--> math",
        "agent_environment_server --relay agent_server--> agent",
        "environments/example/config.yaml --include--> judge.yaml",
    ]
    assert [node.domain for node in graph.nodes if node.label == "math"] == ["math"]


def test_places_lead_to_the_source() -> None:
    graph, workspace = drawn(SERVERS)
    spelled = {
        node.label: node.place.selection.of(workspace.text(node.place.path) or "")
        for node in graph.nodes
        if node.place is not None and node.type != "file"
    }
    # A relay is in no file, so its place is the agent that it is generated for.
    assert spelled == {"judge": "judge", "math": "math", "agent": "agent", "agent_environment_server": "agent"}
    refs = [edge.place for edge in graph.edges if edge.kind == "ref"]
    assert [place and place.span.of(workspace.text(place.path) or "") for place in refs] == [
        "name: judge",
        "name: math",
        "name: policy_model",
        "name: math",
    ]


@pytest.mark.parametrize(
    ("elsewhere", "name", "status"),
    [
        ("math: {resources_servers: {mcqa: {entrypoint: app.py, domain: math}}}", "math", "open"),
        ("math: {responses_api_models: {vllm_model: {entrypoint: app.py}}}", "math", "error"),
        ("other: 1", "math", "error"),
    ],
)
def test_a_name_that_the_run_does_not_define(elsewhere: str, name: str, status: str) -> None:
    graph, _ = drawn(f"""
        # --- elsewhere.yaml
        {elsewhere}
        # --- environments/example/config.yaml
        agent:
          responses_api_agents:
            simple: {{entrypoint: app.py, resources_server: {{type: resources_servers, name: {name}}}}}
        """)
    assert nodes(graph)[name] == ("open", "resources_servers", status)
    assert f"agent --ref resources_server--> {name} ({status})" in edges(graph)


def test_a_name_that_has_yet_to_be_given() -> None:
    graph, _ = drawn("""
        agent:
          responses_api_agents:
            simple: {entrypoint: app.py, resources_server: {type: resources_servers, name: '???'}}
        """)
    assert nodes(graph)["???"] == ("open", "resources_servers", "open")
    assert nodes(graph)["agent"][2] == "open"


def test_a_ref_of_the_wrong_type() -> None:
    graph, _ = drawn("""
        math: {responses_api_models: {vllm_model: {entrypoint: app.py}}}
        agent:
          responses_api_agents:
            simple: {entrypoint: app.py, resources_server: {type: resources_servers, name: math}}
        """)
    assert "agent --ref resources_server--> math (error)" in edges(graph)


def test_a_block_with_a_mistake() -> None:
    graph, _ = drawn("math: {resources_servers: {mcqa: {entrypoint: app.py, domain: maths}}}")
    assert nodes(graph)["math"] == ("resources_servers", "mcqa", "error")


def test_sandboxes() -> None:
    graph, _ = drawn("""
        # --- sandboxes.yaml
        spare: {docker: {}}
        # --- environments/example/config.yaml
        own: {docker: {}}
        a: {responses_api_agents: {shell: {entrypoint: app.py, sandbox_provider: own}}}
        b: {responses_api_agents: {shell: {entrypoint: app.py, nested: {sandbox_provider: "${own}"}}}}
        c: {responses_api_agents: {shell: {entrypoint: app.py, sandbox_provider: {e2b: {}}}}}
        d: {responses_api_agents: {shell: {entrypoint: app.py, sandbox_provider: spare}}}
        e: {responses_api_agents: {shell: {entrypoint: app.py, sandbox_provider: nobody}}}
        f: {responses_api_agents: {shell: {entrypoint: app.py, sandbox_provider: null}}}
        """)
    shown = nodes(graph)
    assert (shown["own"], shown["e2b"]) == (("sandbox", "docker", "ok"), ("sandbox", "e2b", "ok"))
    assert [line for line in edges(graph) if "--sandbox" in line] == [
        "a --sandbox sandbox_provider--> own",
        "b --sandbox nested.sandbox_provider--> own",
        "c --sandbox sandbox_provider--> e2b",
        "d --sandbox sandbox_provider--> spare (open)",
        "e --sandbox sandbox_provider--> nobody (error)",
    ]


def test_blocks_that_others_are_made_from() -> None:
    graph, _ = drawn("""
        # --- base.yaml
        base: {resources_servers: {mcqa: {entrypoint: app.py, domain: math}}}
        limits: {most: 5}
        # --- environments/example/config.yaml
        config_paths: [base.yaml]
        heir: {_inherit_from: base}
        plain: {resources_servers: {mcqa: {entrypoint: app.py, domain: math}}}
        twin: ${copy:plain}
        again: {resources_servers: {mcqa: {entrypoint: app.py, domain: math, limits: {_copy: limits}}}}
        """)
    started = {node.label: node.started for node in graph.nodes if node.type != "file"}
    assert [name for name, runs in started.items() if not runs] == ["base", "limits"]
    assert nodes(graph)["limits"] == ("block", "", "ok")
    assert [line for line in edges(graph) if "include" not in line] == [
        "heir --inherit--> base",
        "twin --copy--> plain",
        "again --copy resources_servers.mcqa.limits--> limits",
    ]


def test_a_base_that_is_not_there() -> None:
    graph, _ = drawn("""
        # --- base.yaml
        base: {resources_servers: {mcqa: {entrypoint: app.py, domain: math}}}
        # --- environments/example/config.yaml
        heir: {_inherit_from: base, resources_servers: {mcqa: {limit: 1}}}
        lost: {_inherit_from: nobody, resources_servers: {mcqa: {limit: 1}}}
        """)
    assert "lost --inherit--> nobody (error)" in edges(graph)
    assert any(line.startswith("heir --inherit--> base") for line in edges(graph))


def test_files() -> None:
    graph, _ = drawn("""
        # --- env.yaml
        policy_api_key: key
        # --- shared.yaml
        shared: 1
        # --- broken.yaml
        a: [1
        # --- other.yaml
        config_paths: [shared.yaml]
        # --- environments/example/config.yaml
        config_paths: [shared.yaml, other.yaml, broken.yaml, missing.yaml]
        """)
    status = {node.label: node.status.value for node in graph.nodes if node.type == "file"}
    assert status == {
        DEFAULT_FILE: "ok",
        "shared.yaml": "ok",
        "other.yaml": "ok",
        "broken.yaml": "error",
        "missing.yaml": "error",
        "env.yaml": "ok",
    }
    assert edges(graph) == [
        f"{DEFAULT_FILE} --include--> shared.yaml",
        f"{DEFAULT_FILE} --include--> other.yaml",
        f"{DEFAULT_FILE} --include--> broken.yaml",
        f"{DEFAULT_FILE} --include--> missing.yaml (error)",
        "other.yaml --include--> shared.yaml",
    ]


def test_the_title_names_the_run() -> None:
    graph, _ = drawn(SERVERS, "judge.yaml", DEFAULT_FILE)
    assert graph.title == f"judge.yaml + {DEFAULT_FILE}"
