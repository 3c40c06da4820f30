"""The layout of a server instance, as the rules about blocks read it.

<instance>:
  <server type>:
    <implementation>:
      entrypoint: app.py
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from gym_lsp.compose.config import Array, Config, Leaf, Provenance, Table, history
from gym_lsp.gym.release.profile import Profile

ENTRYPOINT = "entrypoint"
DATASETS = "datasets"
_MADE = (Provenance.STAND_IN, Provenance.GENERATED)


class Spelled(Struct, frozen=True):
    """One implementation under one server type, as written in a block. It need not be a valid server."""

    server_type: str
    implementation: str
    config: Table

    @property
    def is_server(self) -> bool:
        """Whether NeMo Gym treats it as a server."""
        return isinstance(self.config.leaf(ENTRYPOINT), str)

    @property
    def datasets(self) -> tuple[Table, ...]:
        """Its datasets that are mappings, as they should be."""
        listed = self.config.get(DATASETS)
        return tuple(item for item in listed.items if isinstance(item, Table)) if isinstance(listed, Array) else ()


def spelled_servers(block: Table, profile: Profile) -> Iterator[Spelled]:
    """Yield every implementation that the files of a run define in a block, under any server type."""
    for server_type, group in block.entries.items():
        if isinstance(group, Table) and server_type in profile.server_types:
            for implementation, config in group.entries.items():
                if (
                    isinstance(config, Table)
                    and isinstance(implementation, str)
                    and config.origin.provenance not in _MADE
                ):
                    yield Spelled(str(server_type), implementation, config)


def groups(block: Table, profile: Profile) -> tuple[Config, ...]:
    """Return the values under the server types of a block, in the order of the block."""
    return tuple(value for key, value in block.entries.items() if key in profile.server_types)


def as_written(config: Config) -> Config | None:
    """A value as the files have it, where the stand-in model was merged over it; None where no file has it."""
    return next((each for each in history(config) if each.origin.provenance is not Provenance.STAND_IN), None)


def is_implementation(config: Config) -> bool:
    """Return whether a value has the layout of an implementation: a mapping with an `entrypoint` that is text."""
    return isinstance(config, Table) and isinstance(config.leaf(ENTRYPOINT), str)


def is_settled(leaf: Config | None) -> bool:
    """Return whether a value is a scalar that is final: neither `???` nor an interpolation."""
    return isinstance(leaf, Leaf) and not leaf.is_missing and not leaf.is_interpolation
