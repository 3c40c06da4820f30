"""The fixed words of the config language and what each of them means.

Plain data without pydantic: the models of `config_types` are built on it, and completion and hover show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from gym_lsp.gym.layout import AGENTS, BENCHMARK, ENVIRONMENTS, MODELS, RESOURCES


# Not a StrEnum: str() of a member is `Domain.MATH`, as it is in NeMo Gym.
class Domain(str, Enum):
    """The ability that a resources server exercises; each one must name exactly one.

    The narrowest fitting value is the right one: a maths task that is solved with tools is `math` and not `agent`,
    and `other` is for what none of the rest describes. `domain_descriptions` says what each stands for.
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
        """What the domain stands for, in one sentence."""
        return _DOMAINS[self.value]


_DOMAINS: Mapping[str, str] = MappingProxyType(
    {
        "math": "Problems with a mathematical answer, from school arithmetic to competition proofs (GSM8K, AIME).",
        "coding": "Programs are written, mended or run, and tests decide (LiveCodeBench, SWE-bench).",
        "agent": "Work in several steps, with tools or in a simulated world, where no narrower domain fits (tau2).",
        "knowledge": "Questions about facts or about a subject, answered from what the model knows (MMLU, GPQA).",
        "instruction_following": "Whether the answer keeps to the form and the limits it was given (IFEval).",
        "long_context": "Answers that lie far apart in an input of great length (RULER).",
        "safety": "Harmful requests are declined, and jailbreaks and injected prompts do not work.",
        "games": "A game that is played move by move, such as blackjack or tetris.",
        "translation": "Text is carried from one human language into another (WMT).",
        "e2e": "A whole chain of tasks that draws on several abilities at once.",
        "rlhf": "Answers are judged by preference: by a reward model or by another language model.",
        "other": "None of the other domains describes it.",
    }
)


def domain_descriptions() -> Mapping[str, str]:
    """What each domain stands for, by its value, in the order in which NeMo Gym lists them."""
    return _DOMAINS


SERVER_TYPES: Mapping[str, str] = MappingProxyType(
    {
        MODELS: "A model server: it answers requests of the Responses API with a language model.",
        RESOURCES: "A resources server: it holds the tools and the state of a task and verifies the result.",
        AGENTS: "An agent server: it runs the loop between the model and the resources server.",
        ENVIRONMENTS: "An environment server: it hands out tasks and sends each to its agent (since 0.7.0).",
    }
)
"""What each server type is, in the order in which NeMo Gym tries them."""

DATASET_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "train": "Rows that a model is trained on; they need a license.",
        "validation": "Rows that training is watched with; they need a license.",
        "example": "A handful of rows that live in the repository and show what the others look like.",
        BENCHMARK: "Rows that a prepare script makes and that a model is measured with.",
    }
)
"""What each dataset type is for."""

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
"""The licenses that a dataset may have, spelled as NeMo Gym wants them, each with its SPDX identifier.

Datasets take these spellings alone, manifests take SPDX alone, and mixing them up is the commonest mistake.
"""
