"""Rules about agents, pairings and reserved keys, beyond the examples on their pages."""

from __future__ import annotations

import pytest

from gym_lsp.check import Checker
from gym_lsp.compose.run import Run
from gym_lsp.workspace.settings import Settings
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import ROOT, assert_findings, findings, parse_fixture
from tests.memory import Memory

TASK = """\
# --- environments/counting/config.yaml
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
counting_simple_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {type: resources_servers, name: counting}
"""


def unbound(name: str, marker: str = "") -> str:
    return f"""\
# --- responses_api_agents/{name}/configs/{name}.yaml
{name}:
  responses_api_agents:
    {name}:
      entrypoint: app.py
      resources_server:
        type: resources_servers
        name: ???
{marker}"""


PATIENT, HASTY = (f"responses_api_agents/{name}/configs/{name}.yaml" for name in ("patient_agent", "hasty_agent"))


def test_an_unbound_agent_alone() -> None:
    for header, severity in (("", "information"), (f"# run: {PATIENT}\n", "error")):
        marker = f"#             ^^^ {severity}[agent-not-composed] does not have an agent that it can replace\n"
        assert_findings(header + unbound("patient_agent", marker))


def test_an_unbound_agent_with_a_task() -> None:
    assert_findings(f"# run: environments/counting/config.yaml + {PATIENT}\n{TASK}{unbound('patient_agent')}")


def test_two_unbound_agents() -> None:
    marker = "#             ^^^ error[agent-not-composed] `hasty_agent` and `patient_agent`; bind all but one\n"
    text = f"{TASK}{unbound('patient_agent', marker)}{unbound('hasty_agent')}"
    assert_findings(f"# run: environments/counting/config.yaml + {PATIENT} + {HASTY}\n{text}")


def test_a_name_that_is_taken() -> None:
    marker = (
        "^" * len("counting_simple_agent") + " error[agent-not-composed] `counting_agent -> counting_patient_agent`"
    )
    task = TASK.replace("counting_simple_agent:\n", f"counting_simple_agent:\n{marker}\n")
    assert_findings(
        f"""\
# run: environments/counting/config.yaml + {PATIENT}
{task}counting_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {{type: resources_servers, name: counting}}
{unbound("patient_agent")}"""
    )


def test_routing_by_an_old_name() -> None:
    assert_findings(
        f"""\
# run: environments/counting/config.yaml + {PATIENT}
{TASK}agent_name: counting_simple_agent
#           ^^^^^^^^^^^^^^^^^^^^^ error[agent-not-composed] use the new name
{unbound("patient_agent")}"""
    )


def test_an_agent_that_the_resources_server_does_not_accept() -> None:
    assert_findings(
        f"""\
# run: environments/counting/config.yaml + {PATIENT}
# --- environments/counting/config.yaml
counting:
  resources_servers:
    counting: {{entrypoint: app.py, domain: math, allowed_agents: [simple_agent]}}
#                                                                ^^^^^^^^^^^^^^ error[unsupported-pairing] the agent
counting_simple_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {{type: resources_servers, name: counting}}
{unbound("patient_agent")}"""
    )


MODEL_PAIRING = """\
counting:
  resources_servers:
    counting: {{entrypoint: app.py, domain: math, allowed_model_types: {allowed}}}
counting_model:
  responses_api_models:
    openai_model: {{entrypoint: app.py}}
counting_agent:
  responses_api_agents:
    simple_agent:
      entrypoint: app.py
      resources_server: {{type: resources_servers, name: {server}}}
      model_server: {{type: responses_api_models, name: {model}}}
verifier: counting
chosen: counting_model
local: vllm_model
remote: openai_model
"""


@pytest.mark.parametrize(
    ("allowed", "server", "model", "is_rejected"),
    [
        ("[vllm_model]", "counting", "counting_model", True),
        ("[vllm_model]", '"${verifier}"', "counting_model", True),
        ("[vllm_model]", "counting", '"${chosen}"', True),
        ('["${local}"]', "counting", "counting_model", True),
        ('"${local}"', "counting", "counting_model", True),
        ('["${remote}"]', "counting", "counting_model", False),
        ('"${remote}"', '"${verifier}"', '"${chosen}"', False),
    ],
)
def test_a_model_that_the_resources_server_does_not_accept(
    allowed: str, server: str, model: str, *, is_rejected: bool
) -> None:
    found = findings(parse_fixture(MODEL_PAIRING.format(allowed=allowed, server=server, model=model)))
    assert ("unsupported-pairing" in {each.rule for each in found}) == is_rejected


def test_an_unsupported_pairing_that_is_allowed() -> None:
    text = TASK.replace("domain: math}", "domain: math, allowed_agents: [simple_agent]}")
    text = text.replace("counting:\n", "allow_unsupported_pairing: true\ncounting:\n", 1)
    assert_findings(f"# run: environments/counting/config.yaml + {PATIENT}\n{text}{unbound('patient_agent')}")


@pytest.mark.parametrize(("name", "suggested"), [("counting_simple_agent", None), ("counting_patient_agent", None)])
def test_overrides_of_existing_agents(name: str, suggested: str | None) -> None:
    assert _overridden(name) == suggested


def _overridden(name: str) -> str | None:
    """Return the message about an override of an agent that was not created, or `None`."""
    own = """\
# --- environments/own/config.yaml
maze_own_agent:
  responses_api_agents:
    own_agent: {entrypoint: app.py}
"""
    fixture = parse_fixture(TASK + own + unbound("patient_agent"))
    workspace = Workspace(Memory(fixture.files), ROOT, Settings())
    roots = ("environments/counting/config.yaml", "environments/own/config.yaml", PATIENT)
    run = Run(roots, (f"++{name}.responses_api_agents.patient_agent.entrypoint=app.py",))
    found = [each for each in Checker(workspace).check_run(run).diagnostics if each.rule == "unapplied-override"]
    return found[0].message if found else None


def test_an_override_of_an_agent_that_keeps_its_place() -> None:
    # An agent that owns its environment is not replaced, so no agent gets the new name.
    message = _overridden("maze_patient_agent")
    assert message is not None
    assert message.endswith("did you mean `counting_patient_agent`?")


RESERVED = {
    "results_dir: ''": "''",
    "cache_dir: [a]": "[a]",
    "allow_openai_version_skew: 'true'": "'true'",
    "head_server: localhost": "localhost",
    "telemetry: 5": "5",
    "telemetry: {enabled: perhaps}": "perhaps",
}


@pytest.mark.parametrize("line", RESERVED)
def test_invalid_reserved_key(line: str) -> None:
    value = RESERVED[line]
    carets = "^" * len(value)
    marker = "#" + " " * (line.index(value) - 1) + f"{carets} error[invalid-reserved-key]"
    assert_findings(
        f"{line}\n{marker}\ncounting:\n  resources_servers:\n    counting: {{entrypoint: app.py, domain: math}}\n"
    )


@pytest.mark.parametrize(
    "line",
    [
        "results_dir: ${policy_model_name}",
        "allow_openai_version_skew: true",
        "head_server: {port: 5, host: a}",
        "telemetry:",
    ],
)
def test_valid_reserved_key(line: str) -> None:
    assert_findings(f"{line}\ncounting:\n  resources_servers:\n    counting: {{entrypoint: app.py, domain: math}}\n")


def test_a_model_that_is_not_a_mapping() -> None:
    assert_findings(
        """\
policy_model:
  responses_api_models:
    openai_model: app.py
#   ^^^^^^^^^^^^ error[stand-in-without-model] must be a mapping
"""
    )
