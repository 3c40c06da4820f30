"""Rules about the `KEY=VALUE` arguments of a run."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gym_lsp.check import Checker
from gym_lsp.compose.run import Run
from tests.fixture import parse_fixture
from tests.rules.test_agents import PATIENT, TASK, unbound

CONFIGS = """\
# --- environments/example/config.yaml
counting:
  resources_servers:
    counting: {entrypoint: app.py, domain: math}
"""
ADD = "Hydra rejects `+`, because an override before has set `x`; write `++x=2`"
NEW = "Hydra rejects a new key without plus signs; write `++x=1`"

SIGNS: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "two plus signs": (("++x=1", "++x=2"), []),
    "one plus sign": (("+x=1",), []),
    "none": (("x=1",), [NEW]),
    "none, for a key of a config": (("counting.note=1",), [NEW.replace("x=1", "counting.note=1")]),
    "none, for a key that is there": (("+x=1", "x=2"), []),
    "none, for a key in a mapping that is there": (("+x={y: 1}", "x.y=2"), []),
    "one, for a key that is there": (("+x=1", "+x=2"), [ADD]),
    "one, for a key that is null": (("+x=null", "+x=2"), []),
    "one, for a mapping that is there": (("+x={y: 1}", "+x={z: 2}"), []),
    "one, for a part of what is there": (("+x.y=1", "+x.z=2"), []),
    "none, for a setting of Hydra": (("hydra.run.dir=x",), []),
}


def findings_of(text: str, run: Run) -> dict[str, str]:
    """Return the messages about the overrides of a run, each with its severity and its rule."""
    found = Checker(parse_fixture(text).workspace()).check_run(run).diagnostics
    return {each.message: f"{each.severity.label}[{each.rule}]" for each in found if "override" in each.rule}


@pytest.mark.parametrize(("overrides", "expected"), SIGNS.values(), ids=SIGNS.keys())
def test_signs(overrides: tuple[str, ...], expected: list[str]) -> None:
    found = findings_of(CONFIGS, Run(("environments/example/config.yaml",), overrides))
    assert found == dict.fromkeys(expected, "error[rejected-override]")


COMPOSED = "counting_patient_agent.responses_api_agents.patient_agent"
OF_COMPOSED: dict[str, tuple[str, dict[str, str]]] = {
    "a field": (f"++{COMPOSED}.entrypoint=b.py", {}),
    "a field that the agent does not have": (
        f"++{COMPOSED}.limit=1",
        {
            "the composed agent `counting_patient_agent` does not set `limit`, so it cannot be overridden": (
                "error[unapplied-override]"
            )
        },
    ),
    "a key beside the implementation": (
        "++counting_patient_agent.note=1",
        {
            "NeMo Gym ignores this override of the composed agent; "
            f"it applies only keys below `{COMPOSED}`": "warning[unapplied-override]"
        },
    ),
    "another implementation": (
        "++counting_patient_agent.responses_api_agents.other_agent.limit=1",
        {
            "NeMo Gym ignores this override of the composed agent; "
            f"it applies only keys below `{COMPOSED}`": "warning[unapplied-override]"
        },
    ),
}


@pytest.mark.parametrize(("override", "expected"), OF_COMPOSED.values(), ids=OF_COMPOSED.keys())
def test_overrides_of_a_composed_agent(override: str, expected: dict[str, str]) -> None:
    run = Run(("environments/counting/config.yaml", PATIENT), (override,))
    assert findings_of(TASK + unbound("patient_agent"), run) == expected


RECIPE = """\
# --- recipes/small.yaml
grpo: {num_prompts_per_step: 16, max_num_steps: 10}
env:
  should_use_nemo_gym: true
  nemo_gym:
    config_paths: [environments/example/config.yaml]
"""
UNKNOWN = "unknown key `{wrong}`; did you mean `{right}`? To add a new key, write `++{wrong}=1`"
LONGER = "grpo.num_prompts_per_step"
OF_RECIPES: dict[str, tuple[str, list[str]]] = {
    "a key that is there": (f"{LONGER}=1", []),
    "a misspelt key": (
        "grpo.num_prompt_per_step=1",
        [UNKNOWN.format(wrong="grpo.num_prompt_per_step", right=LONGER)],
    ),
    "a misspelt key above": (
        "gpro.max_num_steps=1",
        [UNKNOWN.format(wrong="gpro.max_num_steps", right="grpo.max_num_steps")],
    ),
    "a key like no other": ("grpo.seed=1", [NEW.replace("x=1", "grpo.seed=1")]),
    "a deletion": (f"~{LONGER}", []),
    "a deletion of a misspelt key": (
        "~grpo.num_prompt_per_step",
        [f"Hydra cannot delete `grpo.num_prompt_per_step`, because it is not there; did you mean `{LONGER}`?"],
    ),
    "a deletion of a key like no other": (
        "~grpo.seed",
        ["Hydra cannot delete `grpo.seed`, because it is not there"],
    ),
    "a deletion of another value": (
        f"~{LONGER}=1",
        [f"Hydra cannot delete `{LONGER}`, because it has another value"],
    ),
}


@pytest.mark.parametrize(("override", "expected"), OF_RECIPES.values(), ids=OF_RECIPES.keys())
def test_overrides_of_a_recipe(override: str, expected: list[str]) -> None:
    workspace = parse_fixture(CONFIGS + RECIPE).workspace()
    recipe = workspace.root / "recipes/small.yaml"
    found = findings_of(CONFIGS + RECIPE, replace(Run.embedded(recipe), overrides=(override,)))
    assert found == dict.fromkeys(expected, "error[rejected-override]")
