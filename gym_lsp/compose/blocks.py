"""Questions about composed blocks: servers with their datasets, server refs, sandbox blocks, stand-ins.

<instance>:
  <server type>:
    <implementation>:
      entrypoint: app.py

The words and key paths of this layout are in `gym/layout.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from gym_lsp.compose.config import Array, Config, Leaf, Provenance, Table, history
from gym_lsp.gym.layout import (
    COPY_PREFIX,
    DATASETS,
    DEFAULT_METADATA,
    DIRECTIVE_KEYS,
    ENTRYPOINT,
    INHERIT_PREFIX,
    NAME,
    TYPE,
    USUAL_SANDBOX,
)
from gym_lsp.gym.release.profile import Profile
from gym_lsp.syntax import Atom

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
        return datasets_of(self.config)


def datasets_of(server: Table) -> tuple[Table, ...]:
    """Return the elements of `datasets` that are mappings, as they should be."""
    listed = server.get(DATASETS)
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


def is_stand_in(config: Config | None) -> bool:
    """Return whether a value comes from the stand-in for the policy model."""
    return config is not None and config.origin.provenance is Provenance.STAND_IN


def as_written(config: Config) -> Config | None:
    """Return a value without the stand-in that was merged over it; None where there is nothing but the stand-in."""
    return next((each for each in history(config) if each.origin.provenance is not Provenance.STAND_IN), None)


def is_implementation(config: Config) -> bool:
    """Return whether a value has the layout of an implementation: a mapping with an `entrypoint` that is text."""
    return isinstance(config, Table) and isinstance(config.leaf(ENTRYPOINT), str)


def is_ref(table: Table) -> bool:
    """Return whether a mapping has both fields of a server ref, whatever their values are."""
    return TYPE in table.entries and NAME in table.entries


def is_settled(leaf: Config | None) -> bool:
    """Return whether a value is a scalar that is final: neither `???` nor an interpolation."""
    return isinstance(leaf, Leaf) and not leaf.is_missing and not leaf.is_interpolation


def looks_like_sandbox(name: Atom, table: Table, profile: Profile) -> bool:
    """Return whether the content of a top-level block is that of a sandbox: a provider, and little else."""
    if profile.sandbox_providers.isdisjoint(table.entries):
        return False
    if name == USUAL_SANDBOX or DEFAULT_METADATA in table.entries:
        return True
    return all(key in profile.sandbox_providers for key in provider_keys(table))


def provider_keys(table: Table) -> tuple[str, ...]:
    """Return the keys of a sandbox block that name a provider; a valid block has one."""
    return tuple(str(key) for key in table.entries if key != DEFAULT_METADATA and key not in DIRECTIVE_KEYS)


def first_directive(config: Config) -> Config | None:
    """Return the first directive at or below a value, without a look into lists, where no directive is followed."""
    if isinstance(config, Array) or not config.holds_directives:
        return None
    if isinstance(config, Leaf):
        is_directive = isinstance(config.value, str) and config.value.startswith((INHERIT_PREFIX, COPY_PREFIX))
        return config if is_directive else None
    for key, value in config.entries.items():
        found = value if key in DIRECTIVE_KEYS else first_directive(value)
        if found is not None:
            return found
    return None
