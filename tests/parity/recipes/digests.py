"""Digests of what a recipe leads to, which both NeMo RL's side and ours can compute from plain values."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.compose.final import digest as digest_of_gym

SET_IF_ABSENT = frozenset({"default_host", "global_aiohttp_connector_limit", "global_aiohttp_connector_limit_per_host"})
"""Top-level keys that NeMo RL sets for Gym where a recipe does not."""

REPLACED = frozenset(
    {
        "policy_model_name", "policy_api_key", "policy_base_url", "port_range_low", "port_range_high",
        "ray_head_node_address", "head_server",
    }
)  # fmt: skip
"""Top-level keys that NeMo RL sets whatever a recipe has."""

REMOVED = frozenset(
    {
        "invalid_tool_call_patterns", "thinking_tags", "tokenizer_config", "pad_dynamic_image_shapes", "effort_levels",
        "is_trajectory_collection",
    }
)  # fmt: skip
"""Top-level keys that NeMo RL removes before Gym gets the mapping."""

FROM_ENVIRONMENT = "\N{WHITE SQUARE}"
"""The content of every environment variable that is set: gym-lsp does not read it, and has this in its place.

In a digest, each text with it counts as this text alone, because gym-lsp leaves open what a variable makes of a value.
"""


def embedded_digest(block: Any) -> str:
    """Return sixteen hexadecimal digits that identify a resolved `env.nemo_gym`, including the order of its keys.

    The keys that NeMo RL removes or replaces are left out.
    """
    kept = {name: _known(value) for name, value in block.items() if name not in REMOVED | REPLACED}
    return hashlib.sha256(repr(kept).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def composed_digest(config: Any) -> str:
    """Return the same for the configuration from which servers are started, without what the machine or NeMo RL sets.

    Interpolations are not resolved.
    """
    return digest_of_gym(
        {name: _known(value) for name, value in config.items() if name not in REPLACED | SET_IF_ABSENT}
    )


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        entries: dict[Any, Any] = value  # pyright: ignore[reportUnknownVariableType]
        return {key: _known(below) for key, below in entries.items()}
    if isinstance(value, list):
        items: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        return [_known(item) for item in items]
    return FROM_ENVIRONMENT if isinstance(value, str) and FROM_ENVIRONMENT in value else value
