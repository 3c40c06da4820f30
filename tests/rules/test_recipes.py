"""Findings in training recipes: each at the line of the recipe that is wrong, and none in a correct one."""

from __future__ import annotations

import pytest

from gym_lsp.check import Checker
from gym_lsp.rules import RULE_NAMES
from gym_lsp.workspace.settings import load_settings
from gym_lsp.workspace.workspace import Workspace
from tests.fixture import ROOT, assert_findings, compare, parse_fixture
from tests.memory import Memory

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
      model_server: {type: responses_api_models, name: policy_model}
# --- resources_servers/counting/requirements.txt
# --- resources_servers/counting/app.py
from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer


class CountingConfig(BaseResourcesServerConfig):
    timeout_seconds: int = 60
    dictionary: str = "words"


class CountingServer(SimpleResourcesServer):
    config: CountingConfig


CountingServer.run_webserver()
# --- models/policy.yaml
policy_model:
  responses_api_models:
    vllm_model:
      entrypoint: app.py
      base_url: ${policy_base_url}
      api_key: ${policy_api_key}
      model: ${policy_model_name}
      return_token_id_information: true
"""
"""An environment with a model for training."""
RECIPE = """\
# --- recipes/train.yaml
grpo: {num_prompts_per_step: 8, max_val_samples: null}
env:
  should_use_nemo_gym: true
  nemo_gym:
    config_paths: [environments/counting/config.yaml, models/policy.yaml]
"""

CORRECT = {
    "a recipe": RECIPE,
    "based on another": f"{RECIPE}# --- recipes/small.yaml\ndefaults: train.yaml\n",
    "based on two": f"{RECIPE}# --- recipes/cluster.yaml\ncluster: {{num_nodes: 1}}\n"
    "# --- recipes/small.yaml\ndefaults: [train.yaml, cluster.yaml]\n",
    "an override of a server": f"{RECIPE}    counting:\n"
    "      resources_servers:\n        counting: {domain: agent}\n",
    "a value of the recipe": f"{RECIPE}    counting:\n      resources_servers:\n"
    "        counting: {timeout_seconds: '${mul:${grpo.num_prompts_per_step}, 2}'}\n",
    "a relative interpolation": f"{RECIPE}    port_range_low: 5000\n    uv_venv_dir: '${{.port_range_low}}'\n",
    "the framework's own keys": f"{RECIPE}    thinking_tags: [x]\n    effort_levels: {{low: 1}}\n",
    "an agent with a teacher": f"{RECIPE}on_policy_distillation:\n"
    "  default_teacher_alias: default\n  teacher_model_by_agent_name: {counting_agent: /a, default: /b}\n",
    "a block of its own": f"{RECIPE}    other:\n      resources_servers:\n"
    "        counting: {entrypoint: app.py, domain: math}\n",
    "an inherited block": f"{RECIPE}    other_agent: {{_inherit_from: counting_agent}}\n",
    "a backend that NeMo RL sets up": f"{RECIPE}policy: {{generation: {{backend: vllm, vllm_cfg: {{}}}}}}\n",
    "the marker at the top": f"{RECIPE}# --- recipes/small.yaml\ndefaults: train.yaml\n"
    "grpo: {_override_: true, num_prompts_per_step: 4}\n",
    "no run at all": "# --- recipes/train.yaml\ndefaults: other.yaml\ngrpo: {x: ${y}}\n",
    "a run that is not NeMo Gym's": "# --- recipes/train.yaml\nenv: {nemo_gym: {x: ${y}}}\n",
}

WRONG = {
    "a misspelt config path": """\
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/countin/config.yaml, models/policy.yaml]
    #                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[config-path-not-found] did you mean
    """,
    "a path into NeMo Gym, which was not found": """\
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [resources_servers/math/configs/math.yaml, models/policy.yaml]
    #                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ information[config-path-not-found] itself was not found
    """,
    "a recipe that is not there": """\
    # --- recipes/small.yaml
    defaults: trian.yaml
    #         ^^^^^^^^^^ error[recipe-not-found] did you mean `train.yaml`
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
    # --- recipes/train.yaml
    grpo: {x: 1}
    """,
    "a cycle of two": """\
    # --- recipes/small.yaml
    defaults: large.yaml
    #         ^^^^^^^^^^ error[recipe-cycle] small.yaml -> large.yaml -> small.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
    # --- recipes/large.yaml
    defaults: [small.yaml]
    #          ^^^^^^^^^^ error[recipe-cycle] large.yaml -> small.yaml -> large.yaml
    """,
    "a field with a wrong type": """\
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
        counting:
          resources_servers:
            counting: {timeout_seconds: many}
    #                                   ^^^^ error[invalid-server-field]
    """,
    "a misspelt setting of NeMo Gym, and one of NeMo RL": """\
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
        skip_venv_if_presnt: true
    #   ^^^^^^^^^^^^^^^^^^^ information[misspelt-reserved-key] did you mean `skip_venv_if_present`
        is_trajectory_colection: false
    #   ^^^^^^^^^^^^^^^^^^^^^^^ information[misspelt-reserved-key] did you mean `is_trajectory_collection`
    """,
    "a value that the launcher sets": """\
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
        counting:
          resources_servers:
            counting: {dictionary: null}
    #                              ^^^^ information[invalid-server-field] not set yet
    """,
    "a domain": """\
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
        counting:
          resources_servers:
            counting: {domain: mathh}
    #                          ^^^^^ error[unknown-domain] did you mean `math`
    """,
    "a ref": """\
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
        counting_agent:
          responses_api_agents:
            simple_agent:
              model_server: {name: polcy_model}
    #                              ^^^^^^^^^^^ error[server-ref-not-found] did you mean `policy_model`
    """,
    "a key that the recipe does not have": """\
    # --- recipes/train.yaml
    grpo: {steps: 1}
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
        uv_venv_dir: ${grpo.stepz}
    #                  ^^^^^^^^^^ error[interpolation-not-found] not found in `grpo`; did you mean `steps`
    """,
    "a resolver": """\
    # --- recipes/train.yaml
    grpo: {steps: "${mull:1,2}"}
    #                ^^^^ error[unknown-resolver] did you mean `mul`
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
    """,
    "arguments of a resolver": """\
    # --- recipes/train.yaml
    grpo: {steps: "${div:1,0}"}
    #              ^^^^^^^^^^ error[unresolvable-interpolation]
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
    """,
    "a resolver of NeMo Gym": """\
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
        other: ${inherit_from:counting}
    #            ^^^^^^^^^^^^ error[unknown-resolver]
    """,
    "a variable": """\
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
        uv_venv_dir: ${oc.env:CACHE}
    #                         ^^^^^ information[unset-variable]
    """,
    "a list over a mapping": """\
    # --- recipes/train.yaml
    defaults: base.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
    grpo: []
    ^^^^ error[merge-conflict]
    # --- recipes/base.yaml
    grpo: {steps: 1}
    """,
    "a directive": """\
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
        other_agent: {_inherit_from: counting_agnt}
    #                                ^^^^^^^^^^^^^ error[inherit-target-not-found]
    """,
    "a server that is left out": """\
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [models/policy.yaml]
        counting:
    #   ^^^^^^^^ warning[override-without-server] `environments/counting/config.yaml` defines it
          resources_servers:
            counting: {domain: agent}
    """,
    "agents without a teacher": """\
    # --- recipes/train.yaml
    on_policy_distillation:
      teacher_model_by_agent_name: {other_agent: /x}
    # ^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[unknown-agent-in-map] `counting_agent`
    #                               ^^^^^^^^^^^ error[unknown-agent-in-map] no agent `other_agent`
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
    """,
    "validation samples": """\
    # --- recipes/train.yaml
    grpo: {max_val_samples: 100}
    #                       ^^^ error[rejected-recipe-setting]
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
    """,
    "a model for inference": """\
    # --- models/plain.yaml
    policy_model:
      responses_api_models:
        vllm_model: {entrypoint: app.py}
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/plain.yaml]
    #   ^^^^^^^^^^^^ warning[model-without-token-ids]
    """,
    "a mistake in the recipe below is reported there": """\
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
        counting:
          resources_servers:
            counting: {domain: mathh}
    #                          ^^^^^ error[unknown-domain]
    # --- recipes/small.yaml
    defaults: train.yaml
    """,
    "a mistake that only the upper recipe makes": """\
    # --- recipes/common.yaml
    env:
      nemo_gym:
        counting:
          resources_servers:
            counting: {domain: mathh}
    # --- recipes/small.yaml
    defaults: [common.yaml]
    #          ^^^^^^^^^^^ error[unknown-domain] in `recipes/common.yaml`
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
    """,
    "broken YAML": """\
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
        counting: {a
    #              ^ error[invalid-yaml]
    """,
    "a duplicate key": """\
    # --- recipes/train.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml, models/policy.yaml]
        dry_run: true
        dry_run: false
    #   ^^^^^^^ error[duplicate-key]
    """,
}


@pytest.mark.parametrize("recipe", CORRECT.values(), ids=CORRECT.keys())
def test_a_correct_recipe_has_no_finding(recipe: str) -> None:
    assert_findings(GYM + recipe)


@pytest.mark.parametrize("recipe", WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_reported_where_it_is(recipe: str) -> None:
    lines = (line.removeprefix("    ") for line in recipe.splitlines())
    assert_findings(GYM + "\n".join(lines))


def test_the_settings_describe_other_programs() -> None:
    text = """\
# --- gym-lsp.toml
[embeddings.trainer]
files = ["jobs/*.yaml"]
path = "rollout.gym"
removed = ["workers"]
replaced = ["policy_base_url", "policy_api_key", "policy_model_name"]
# --- jobs/first.yaml
rollout:
  gym:
    config_paths: [environments/counting/config.yaml, models/policy.yaml]
    workers: 2
    policy_base_url: http://localhost
#   ^^^^^^^^^^^^^^^ information[replaced-recipe-value] trainer sets
    counting:
      resources_servers:
        counting: {domain: mathh}
#                          ^^^^^ error[unknown-domain]
"""
    fixture = parse_fixture(GYM + text)
    loaded = load_settings(Memory(fixture.files), ROOT, known_rules=RULE_NAMES)
    assert not loaded.errors
    workspace = Workspace(Memory(fixture.files), ROOT, loaded.settings)
    found = Checker(workspace).check_workspace(workspace.below((ROOT,)))
    assert not (difference := compare(fixture, list(found.diagnostics))), difference
