"""Misspelt `config_paths`, and what is missing because of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.compose.config import Array, Config, Leaf, key_span
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import RelatedLocation
from gym_lsp.gym.layout import CONFIG_PATHS
from gym_lsp.rules.analysis.paths import SUFFIXES
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.workspace.names import distance

_FARTHEST = 2
_JOINED = CONFIG_PATHS.replace("_", "")


def misspelt_lists(file: ConfigFile) -> Iterator[tuple[str, Array]]:
    """Yield the top-level lists of YAML files under a misspelt `config_paths`, each with its key."""
    for key, value in file.config.entries.items():
        if not isinstance(value, Array) or not isinstance(key, str) or key == CONFIG_PATHS:
            continue
        if _is_like(key) and value.items and all(map(_is_yaml_path, value.items)):
            yield key, value


def not_included(context: RunContext, path: PurePath) -> tuple[RelatedLocation, ...]:
    """Return the misspelt lists of a file, which may include what its run lacks."""

    def answer() -> tuple[RelatedLocation, ...]:
        file = next((file for file in context.composition.files if file.path == path), None)
        lists = () if file is None else misspelt_lists(file)
        return tuple(
            RelatedLocation(path, key_span(value), f"`{key}` does not include any file") for key, value in lists
        )

    return context.once((not_included, path), answer)


def _is_like(key: str) -> bool:
    plain = key.lower().replace("-", "_")
    return distance(plain, CONFIG_PATHS, _FARTHEST) <= _FARTHEST or plain.replace("_", "") == _JOINED


def _is_yaml_path(item: Config) -> bool:
    return isinstance(item, Leaf) and isinstance(item.value, str) and item.value.endswith(SUFFIXES)
