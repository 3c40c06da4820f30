"""Fields that are indented too little, so that they belong to the server and not to the block above them."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import datasets_of
from gym_lsp.compose.config import Config, Leaf, Table
from gym_lsp.gym.layout import NAME, TYPE
from gym_lsp.gym.release.profile import Profile
from gym_lsp.rules.analysis.datasets import known_fields


def ref_above(server: Table, profile: Profile) -> Leaf | None:
    """Return the empty field above the `type` and the `name` of a server ref that are beside it; None without these."""
    given, name = server.get(TYPE), server.get(NAME)
    if not isinstance(given, Leaf) or name is None or given.value not in profile.server_types:
        return None
    first = min(given, name, key=lambda each: each.node.start)
    above = max(_above(server, first), key=lambda each: each.node.start, default=None)
    return above if isinstance(above, Leaf) and above.value is None else None


def _above(server: Table, value: Config) -> Iterator[Config]:
    for each in server.entries.values():
        if each.origin is value.origin and each.key is not None and each.node.start < value.node.start:
            yield each


def is_dedented(server: Table, key: str, profile: Profile) -> bool:
    """Return whether a key of a server belongs to a ref above it, or to a dataset that lacks it."""
    if key in (TYPE, NAME) and ref_above(server, profile) is not None:
        return True
    return any(key not in dataset.entries for dataset in datasets_of(server)) and key in known_fields(profile)
