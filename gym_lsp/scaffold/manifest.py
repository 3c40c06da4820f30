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
    split = f"canonical_split: test\nstandard_prompt_config: {dataset.folder}/prompt.yaml\n" if is_benchmark else ""
    return f"""\
# What others need to know about the {kind}.
name: {name}
version: 0.1.0
kind: {kind}
integration_profile: custom-gym-verifier
domain: {domain}
description: Answer a question; the answer has to be the expected one.
modality: text
licensing: unknown
authors:
  - Your name
# The least and the greatest reward that the resources server gives.
reward:
  range: [0.0, 1.0]
  higher_is_better: true
determinism: unknown
{split}
# From here on, the manifest repeats config.yaml.
resources_server: {name}
agent_server: {agent}
model_server: {MODEL_NAME}
datasets:
{"".join(rows)}"""
