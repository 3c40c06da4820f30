"""`--recipe`: the files that it accepts, and the sources of what it embeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import TIDES, Gym, write

RECIPE = f"""\
grpo: {{num_prompts_per_step: 4}}
env:
  should_use_nemo_gym: true
  nemo_gym:
    config_paths:
    - {TIDES}
    limit: 3
"""


@pytest.mark.parametrize(
    ("given", "problem", "suggestion"),
    [
        ("training/grpo_smal.yaml", "file not found", "training/grpo_small.yaml"),
        ("training/grpo-small.yaml", "file not found", "training/grpo_small.yaml"),
        ("grpo_small.yaml", "file not found", "training/grpo_small.yaml"),
        ("elsewhere/sft_long.yml", "file not found", "training/sft_long.yaml"),
        ("sft_long", "file not found", "training/sft_long.yaml"),
        ("training", "expected a file, found a folder", "training/grpo_small.yaml"),
        ("nosuch.yaml", "file not found", None),
        ("tides.yaml", "file not found", None),
    ],
)
def test_an_unknown_recipe_has_a_suggestion(
    gym: Gym, tree: Path, given: str, problem: str, suggestion: str | None
) -> None:
    for name in ("grpo_small", "sft_long"):
        write(tree, f"training/{name}.yaml", RECIPE)
    ran = gym("--check", "--recipe", given)
    hint = f"; did you mean `{suggestion}`?" if suggestion else ""
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"gym-lsp: --recipe {given}: {problem}; `gym-lsp --list recipes` lists what there is{hint}\n"


def test_without_recipes_nothing_is_suggested(gym: Gym) -> None:
    assert gym("--check", "--recipe", "grpo.yaml").err == "gym-lsp: --recipe grpo.yaml: file not found\n"


def test_each_value_of_a_recipe_has_its_source(gym: Gym, tree: Path) -> None:
    write(tree, "training/grpo.yaml", RECIPE)
    ran = gym("--resolve", "--provenance", "--recipe", "training/grpo.yaml")
    sources = [
        line.split("  # ")[1] for line in ran.out.splitlines() if line.startswith(("config_paths", "  - ", "limit"))
    ]
    assert sources[:3] == ["training/grpo.yaml:5", "training/grpo.yaml:6", "training/grpo.yaml:7"]
    assert "NeMo RL (generated)" in ran.out
