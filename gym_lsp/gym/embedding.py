"""How a training framework embeds a NeMo Gym run in its own configs, which are called recipes.

NeMo RL reads a recipe with its own loader, changes a few keys of the embedded mapping, and gives it to NeMo Gym's
parser in the place of a command line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from gym_lsp.syntax import KeyPath

Resolver = Callable[[object, object], object]


class Embedding(Struct, frozen=True):
    """Where a framework's recipes contain a run, and what happens to it before NeMo Gym's parser sees it.

    `files` are globs of its recipes; if there are none, a recipe is recognised by its content.
    `path` leads to the embedded mapping. `removed` are its keys that are for the framework alone, `defaulted` those
    that it sets if they are absent, and `replaced` those that it sets whatever the recipe contains, each with the YAML
    of its value. A `?` there is what is known only when the run starts. `switch` leads to the value that has to be true
    for the run to be used; it is empty if there is none. `data` lead to the paths of the rows, which are given to the
    agents that they name.
    """

    name: str
    path: KeyPath
    removed: frozenset[str] = frozenset()
    replaced: tuple[tuple[str, str], ...] = ()
    defaulted: frozenset[str] = frozenset()
    env_yaml: str = "env.yaml"
    switch: KeyPath = ()
    data: tuple[KeyPath, ...] = ()
    files: tuple[str, ...] = ()


RECIPE_DEFAULTS = "defaults"
"""The key with the recipes that a recipe is merged over."""
OVERRIDE_MARKER = "_override_"
"""In a block at the top of a recipe, it drops what the recipes below have there."""


def _add(one: Any, other: Any) -> object:
    return one + other


def _multiply(one: Any, other: Any) -> object:
    return one * other


def _divide(one: Any, other: Any) -> object:
    return one / other


def _largest(one: Any, other: Any) -> object:
    return max(one, other)


RESOLVERS: Mapping[str, Resolver] = MappingProxyType({"add": _add, "mul": _multiply, "div": _divide, "max": _largest})
"""The resolvers that NeMo RL registers for its recipes. Mirrors `register_omegaconf_resolvers`."""

NEMO_RL = Embedding(
    "NeMo RL",
    ("env", "nemo_gym"),
    frozenset(
        {
            "invalid_tool_call_patterns",
            "thinking_tags",
            "tokenizer_config",
            "pad_dynamic_image_shapes",
            "effort_levels",
            "is_trajectory_collection",
        }
    ),
    (
        ("policy_model_name", "?"),
        ("policy_api_key", "dummy_key"),
        ("policy_base_url", '["?"]'),
        ("port_range_low", "5000"),
        ("port_range_high", "5999"),
        ("ray_head_node_address", "?"),
        ("head_server", "{host: 0.0.0.0, port: 5000}"),
    ),
    frozenset(
        {
            "default_host",
            "global_aiohttp_connector_limit",
            "global_aiohttp_connector_limit_per_host",
            "uv_cache_dir",
            "uv_venv_dir",
        }
    ),
    "nemo_gym_env.yaml",
    ("env", "should_use_nemo_gym"),
    (("data", "train", "data_path"), ("data", "validation", "data_path")),
)
