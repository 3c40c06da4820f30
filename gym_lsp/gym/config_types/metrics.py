"""The metrics of a run: the messages of `/aggregate_metrics`, and the settings of Weights & Biases."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

AGENT_REF_KEY = "agent_ref"
"""The key of a row for the ref of its agent."""

_HIDDEN = "****"


class WANDBConfig(BaseModel):
    """The Weights & Biases run that results are logged to."""

    wandb_project: str | None = None
    wandb_name: str | None = None
    wandb_api_key: str | None = None

    @property
    def is_available(self) -> bool:
        """Whether all settings for a login are set; an API key that is masked as a secret does not count."""
        is_complete = self.wandb_project and self.wandb_name and self.wandb_api_key
        return bool(is_complete) and self.wandb_api_key != _HIDDEN


class AggregateMetricsRequest(BaseModel):
    """The body of a request to `/aggregate_metrics`.

    Each response has at least the index of its task, an int, and `reward`, a float.
    """

    verify_responses: list[dict[str, Any]]


class AggregateMetrics(BaseModel):
    """The response of `/aggregate_metrics`. Its keys are flat, so that they can be logged without conversion."""

    group_level_metrics: list[dict[str, Any]] = Field(
        default_factory=list[dict[str, Any]], description="One mapping for each task, about all of its rollouts."
    )
    agent_metrics: dict[str, Any] = Field(
        default_factory=dict[str, Any],
        description="Metrics of all rollouts together, including those of the environment.",
    )
    key_metrics: dict[str, Any] = Field(
        default_factory=dict[str, Any], description="The headline metrics among `agent_metrics`."
    )
