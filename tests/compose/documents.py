"""Small configs to compose, and helpers that compose them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from hypothesis import strategies as st

from gym_lsp.compose import merge
from gym_lsp.compose.config import Config, Leaf, Table
from gym_lsp.compose.interpolate import Interpolator
from gym_lsp.compose.merge import Merged
from gym_lsp.compose.problem import Problem
from gym_lsp.compose.source import config_file
from gym_lsp.syntax import KeyPath
from tests.compose.record_interpolations import KEYS

PATH = PurePath("/workspace/config.yaml")
Document = dict[str, Any]


def documents(leaves: Sequence[object], depth: int = 2) -> st.SearchStrategy[Document]:
    """Configs of few keys, so that they meet, with these scalars in them."""
    atoms = st.sampled_from(list(leaves))

    def values(depth: int) -> st.SearchStrategy[Any]:
        if depth == 0:
            return atoms
        below = values(depth - 1)
        mappings = st.dictionaries(st.sampled_from(KEYS), below, max_size=3)
        return atoms | atoms | mappings | mappings | st.lists(below, max_size=2)

    return st.dictionaries(st.sampled_from(KEYS), values(depth), min_size=1, max_size=3)


def config_of(document: Document) -> Table:
    """Return the configuration of a text."""
    return config_of_text(json.dumps(document))


def config_of_text(text: str, path: PurePath = PATH) -> Table:
    return config_file(path, text).config


def resolve(root: Table, leaf: Leaf, path: KeyPath) -> Config | Problem:
    return Interpolator(root, frozenset()).resolve(leaf, path)


def dereference(root: Table, leaf: Leaf, path: KeyPath) -> Config | None:
    return Interpolator(root, frozenset()).dereference(leaf, path)


def merge_all(configs: Sequence[Table]) -> Merged:
    """Return all configs merged, later ones over earlier ones, and every conflict."""
    return merge.merge_all(configs, dereference)
