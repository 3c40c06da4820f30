"""Small runs whose outcome shows the behaviour of a release, one for each behaviour in a profile.

`record_profile.py` runs them with the parser of each release, without gym-lsp.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

Outcome: TypeAlias = "Mapping[str, Any] | str"
"""The parsed configuration, or the name of the exception that the parser raises."""


@dataclass(frozen=True)
class Scenario:
    """A run: files of the working directory, the initial configuration, command line overrides.

    `shows` is a function from the outcome to whether the release has the behaviour `name`.
    """

    name: str
    config: str
    shows: Callable[[Outcome], bool]
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    overrides: str = "{}"
    environ: Mapping[str, str] = field(default_factory=dict[str, str])


RESOURCES = "math: {resources_servers: {math: {entrypoint: app.py, domain: math%s}}}"
MODEL = "policy_model: {responses_api_models: {%s: {entrypoint: app.py}}}"
AGENT = (
    "%s: {responses_api_agents: {%s: {entrypoint: app.py, resources_server: {type: resources_servers, name: %s}%s}}}"
)
UNBOUND = AGENT % ("hermes", "hermes_agent", "'???'", "")
BOUND = AGENT % ("math_simple_agent", "simple_agent", "math", "")
SERVER = (
    "front: {environment_servers: {legacy_agent: "
    "{entrypoint: app.py, agent_server: {type: responses_api_agents, name: math_simple_agent}}}}"
)


def _lines(*blocks: str) -> str:
    return "\n".join(blocks)


def _raises(*names: str) -> Callable[[Outcome], bool]:
    return lambda outcome: isinstance(outcome, str) and outcome in names


def _holds(*path: str, value: object = None) -> Callable[[Outcome], bool]:
    """Return a function that tests whether a key path exists and, if `value` is given, has that value."""

    def shows(outcome: Outcome) -> bool:
        node: Any = outcome
        for key in path:
            if not isinstance(node, dict) or key not in node:
                return False
            node = cast("dict[str, Any]", node)[key]
        return value is None or node == value

    return shows


_OLD_PATH = "environments/reasoning_gym_hermes/config.yaml"
_NEW_PATH = "environments/hermes_reasoning_gym/config.yaml"
_NEW_AGENT = AGENT % ("hermes_reasoning_gym_agent", "simple_agent", "math", "")
_AGENT_REF = ("front", "environment_servers", "legacy_agent", "agent_server", "name")

SCENARIOS = (
    Scenario(
        "includer_wins",
        "config_paths: [outer.yaml]",
        _holds("x", value="outer"),
        files={"outer.yaml": "config_paths: [inner.yaml]\nx: outer\n", "inner.yaml": "x: inner\n"},
    ),
    Scenario(
        "extra_roots",
        "config_paths: [a.yaml]",
        _holds("x", value="extra"),
        files={"a.yaml": "x: here\n", "elsewhere/a.yaml": "x: extra\n"},
        environ={"NEMO_GYM_EXTRA_ROOTS": "elsewhere"},
    ),
    Scenario(
        "path_aliases_followed",
        f"config_paths: [{_OLD_PATH}]",
        _holds("x", value="new"),
        files={_NEW_PATH: "x: new\n"},
    ),
    Scenario(
        "agent_aliases_applied",
        # 0.6.0 cannot add `agent_map` to what comes from the command line.
        _lines("agent_map: {}", "agent_name: reasoning_gym_hermes_agent", RESOURCES % "", _NEW_AGENT),
        _holds("agent_name", value="hermes_reasoning_gym_agent"),
    ),
    Scenario(
        "closes_configuration",
        _lines(RESOURCES % "", "twice: {_inherit_from: math, note: 1}"),
        _raises("ConfigKeyError"),
    ),
    Scenario(
        "composes_unbound_agents",
        _lines(RESOURCES % "", UNBOUND, BOUND),
        _holds("math_hermes_agent", "responses_api_agents", "hermes_agent"),
    ),
    # `v` inherits the unbound agent and binds it, so no agent is left to compose; the override was held back before.
    Scenario(
        "keeps_held_overrides",
        _lines(
            RESOURCES % "",
            AGENT % ("u", "simple", "'???'", ""),
            "v: {_inherit_from: u, responses_api_agents: {simple: {resources_server: {name: math}}}}",
        ),
        _holds("v_simple", "note", value=1),
        overrides="v_simple: {note: 1}",
    ),
    Scenario(
        "checks_agent_pairings",
        _lines(RESOURCES % ", allowed_agents: [simple_agent]", UNBOUND, BOUND),
        _raises("UnsupportedAgentPairingError"),
    ),
    Scenario(
        "checks_model_pairings",
        _lines(
            RESOURCES % ", allowed_model_types: [vllm_model]",
            MODEL % "openai_model",
            AGENT % ("a", "simple_agent", "math", ", model_server: {type: responses_api_models, name: policy_model}"),
        ),
        _raises("UnsupportedModelPairingError"),
    ),
    Scenario(
        "retargets_environment_servers",
        _lines(RESOURCES % "", UNBOUND, BOUND, SERVER),
        _holds(*_AGENT_REF, value="math_hermes_agent"),
    ),
    Scenario(
        "follows_agent_renames",
        _lines(RESOURCES % "", BOUND, "renamed: {_inherit_from: math_simple_agent}", SERVER),
        _holds(*_AGENT_REF, value="renamed"),
    ),
    Scenario(
        "fronts_agents",
        _lines(RESOURCES % "", BOUND),
        _holds("math_environment_server", "environment_servers"),
    ),
    Scenario("checks_artifact_roots", 'results_dir: ""', _raises("ConfigError")),
    Scenario("checks_openai_skew_flag", 'allow_openai_version_skew: "yes"', _raises("ConfigError")),
    Scenario("checks_telemetry", "telemetry: {enabled: perhaps}", _raises("ValidationError")),
    Scenario("checks_wandb", "wandb_project: [1]", _raises("ValidationError")),
    Scenario("head_server_filled_per_key", "head_server: {port: 1}", _holds("head_server", "host")),
)
