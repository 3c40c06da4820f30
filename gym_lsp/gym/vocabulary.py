"""The fixed words of the config language, each with its meaning: domains, server types, dataset types, licenses.

Completion and hover show the meanings. The models of `config_types` use these words, but this module does without
pydantic, which is slow to import.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from gym_lsp.gym.layout import AGENTS, BENCHMARK, ENVIRONMENTS, MODELS, RESOURCES


# Not a StrEnum: `str()` of a member is `Domain.MATH`, as in NeMo Gym.
class Domain(str, Enum):
    """The ability that a resources server trains or tests. Every resources server has exactly one.

    The narrowest value that fits is the right one: a math task that is solved with tools is `math`, not `agent`.
    `domain_descriptions` explains the values.
    """

    MATH = "math"
    CODING = "coding"
    AGENT = "agent"
    KNOWLEDGE = "knowledge"
    INSTRUCTION_FOLLOWING = "instruction_following"
    LONG_CONTEXT = "long_context"
    SAFETY = "safety"
    GAMES = "games"
    TRANSLATION = "translation"
    E2E = "e2e"
    RLHF = "rlhf"
    OTHER = "other"

    @property
    def description(self) -> str:
        """The meaning of the domain in one sentence."""
        return _DOMAINS[self.value]


_DOMAINS: Mapping[str, str] = MappingProxyType(
    {
        "math": "Problems with a mathematical answer, from school arithmetic to competition proofs (GSM8K, AIME).",
        "coding": "Writing, fixing or running programs, verified by tests (LiveCodeBench, SWE-bench).",
        "agent": "Tasks of several steps, with tools or in a simulated world, if no narrower domain fits (tau2).",
        "knowledge": "Questions about facts or about a subject that the model answers from memory (MMLU, GPQA).",
        "instruction_following": "Answers that must follow a given format and given constraints (IFEval).",
        "long_context": "Tasks whose answer depends on distant parts of a very long input (RULER).",
        "safety": "Refusing harmful requests and resisting jailbreaks and prompt injection.",
        "games": "Games that are played move by move, such as blackjack or Tetris.",
        "translation": "Translation from one human language to another (WMT).",
        "e2e": "End-to-end workflows that need several abilities.",
        "rlhf": "Answers that a reward model or a language model judges by preference.",
        "other": "Tasks that no other domain describes.",
    }
)


def domain_descriptions() -> Mapping[str, str]:
    """Return the meaning of each domain by its value, in the order of NeMo Gym."""
    return _DOMAINS


SERVER_TYPES: Mapping[str, str] = MappingProxyType(
    {
        MODELS: "A model server. It answers requests of the Responses API with a language model.",
        RESOURCES: "A resources server. It provides the tools and the state of a task and verifies answers.",
        AGENTS: "An agent server. It runs the loop between the model and the resources server.",
        ENVIRONMENTS: "An environment server. It provides tasks and sends each to an agent (since 0.7.0).",
    }
)
"""The meaning of each server type, in the order in which NeMo Gym tries them."""

DATASET_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "train": "Rows to train a model on. They need a license.",
        "validation": "Rows to validate a model on during training. They need a license.",
        "example": "A few rows that are part of the repository and show the format of the data.",
        BENCHMARK: "Rows to evaluate a model on. A prepare script creates them.",
    }
)
"""The purpose of each dataset type."""

LICENSES: Mapping[str, str | None] = MappingProxyType(
    {
        "Apache 2.0": "Apache-2.0",
        "MIT": "MIT",
        "Creative Commons Attribution 4.0 International": "CC-BY-4.0",
        "Creative Commons Attribution-ShareAlike 4.0 International": "CC-BY-SA-4.0",
        "CC BY-SA 4.0": "CC-BY-SA-4.0",
        "CC BY-NC 3.0": "CC-BY-NC-3.0",
        "NVIDIA Internal Use Only, Do Not Distribute": None,
        "NVIDIA Evaluation Dataset License Agreement": None,
        "TBD": None,
        "GNU General Public License v3.0": "GPL-3.0-only",
    }
)
"""The licenses that a dataset may have, in the spelling of NeMo Gym, each with its SPDX identifier or None.

Datasets accept only these spellings and manifests accept only SPDX expressions. Mixing them up is a common mistake.
"""
