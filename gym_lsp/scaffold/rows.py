"""Rows to try a new environment with. NeMo Gym expects exactly five in the example file of a resources server."""

from __future__ import annotations

import json

from gym_lsp.gym.layout import AGENTS

QUESTIONS = {
    "What is 6 times 7?": "42",
    "What is the capital of Norway?": "Oslo",
    "How many days does a leap year have?": "366",
    "What is the chemical symbol of gold?": "Au",
    "What is the next letter of the alphabet after C?": "D",
}
_INSTRUCTION = "Reply with the answer alone."


def example_rows(agent: str) -> str:
    """Return five rows as JSON Lines. Each names its agent, as NeMo RL and releases up to 0.5.1 expect it."""
    rows = (
        {
            "responses_create_params": {"input": [{"role": "user", "content": f"{question} {_INSTRUCTION}"}]},
            "expected_answer": answer,
            "agent_ref": {"type": AGENTS, "name": agent},
        }
        for question, answer in QUESTIONS.items()
    )
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def prompt() -> str:
    """Return the prompt of a benchmark, which makes a question of each row."""
    return f"""\
# Each {{field}} is a field of a row. Write {{{{ and }}}} for braces in the text.
user: |-
  {{question}} {_INSTRUCTION}
"""
