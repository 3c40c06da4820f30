"""What is exchanged about the results of a run, and where they are logged."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

AGENT_REF_KEY = "agent_ref"
"""The key under which a row of a dataset carries the ref of the agent that works on it."""

_HIDDEN = "****"


class WANDBConfig(BaseModel):
    """The Weights & Biases run that results are logged to."""

    wandb_project: str | None = None
    wandb_name: str | None = None
    wandb_api_key: str | None = None

    @property
    def is_available(self) -> bool:
        """Whether there is enough to log in; a key that was masked as a secret does not count."""
        is_complete = self.wandb_project and self.wandb_name and self.wandb_api_key
        return bool(is_complete) and self.wandb_api_key != _HIDDEN


class AggregateMetricsRequest(BaseModel):
    """The body of a request to `/aggregate_metrics`.

    Each response holds at least the index of its task, an int, and `reward`, a float.
    """

    verify_responses: list[dict[str, Any]]


class AggregateMetrics(BaseModel):
    """The answer of `/aggregate_metrics`; the keys are flat, so that they can be logged as they are."""

    group_level_metrics: list[dict[str, Any]] = Field(
        default_factory=list[dict[str, Any]], description="One mapping for each task, about all of its rollouts."
    )
    agent_metrics: dict[str, Any] = Field(
        default_factory=dict[str, Any], description="About all rollouts together, the environment's own included."
    )
    key_metrics: dict[str, Any] = Field(
        default_factory=dict[str, Any], description="Those of `agent_metrics` that a benchmark is known by."
    )
