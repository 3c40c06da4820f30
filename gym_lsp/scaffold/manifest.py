"""The text of a new `manifest.yaml`, which describes an environment since NeMo Gym 0.6.0."""

from __future__ import annotations

from gym_lsp.gym.layout import BENCHMARK
from gym_lsp.scaffold.configs import MODEL_NAME, Dataset


def manifest(name: str, kind: str, domain: str, agent: str, dataset: Dataset) -> str:
    """Return a manifest that agrees with a new config."""
    is_benchmark = kind == BENCHMARK
    rows = [f"  - name: {dataset.name}\n", f"    type: {dataset.type}\n", f"    jsonl_fpath: {dataset.path}\n"]
    if is_benchmark:
        rows.append(f"    prepare_script: {dataset.folder}/prepare.py\n")
        rows.append(f"    prompt_config: {dataset.folder}/prompt.yaml\n")
        rows.append("    num_repeats: 1\n")
    about = "# The part of the data that results refer to, and the prompt that they use.\n"
    split = (
        f"{about}canonical_split: test\nstandard_prompt_config: {dataset.folder}/prompt.yaml\n" if is_benchmark else ""
    )
    return f"""\
# What others need to know about the {kind}. The folder determines `name` and `kind`.
name: {name}
kind: {kind}
# Any text; three numbers are usual.
version: 0.1.0
# Which part has its own code: the grading (custom-gym-verifier), the agent (custom-gym-agent-loop), an agent outside
# of NeMo Gym (external-agent-loop), or the whole rollout (external-rollout-driver).
integration_profile: custom-gym-verifier
# As in config.yaml.
domain: {domain}
# A sentence for those who look for an environment.
description: Answer a question; the answer has to be the expected one.
# The kind of questions and answers: any text, such as text, audio or multimodal.
modality: text
# An SPDX identifier such as Apache-2.0, or one of internal, proprietary, unknown.
licensing: unknown
# At least one, each once.
authors:
  - Your name
# The least and the greatest reward that the resources server gives.
reward:
  range: [0.0, 1.0]
  higher_is_better: true
# Whether a rollout can be repeated with the same result: one of seeded, stochastic, unknown.
determinism: unknown
{split}
# From here on, the manifest repeats config.yaml.
resources_server: {name}
agent_server: {agent}
model_server: {MODEL_NAME}
datasets:
{"".join(rows)}"""
