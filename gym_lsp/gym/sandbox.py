"""From what a server says about its sandbox to the provider that it means and the metadata that comes with it.

A server names a top-level block, or holds such a block itself:

    sandbox_provider: sandbox            sandbox_provider:
                                           docker: {create: {...}}

    sandbox:
      docker: {create: {...}}            the provider: exactly one key, whose value configures it
      default_metadata: {team: tools}    reserved: defaults for the metadata of each sandbox
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from omegaconf import DictConfig, OmegaConf

from gym_lsp.gym.layout import DEFAULT_METADATA

SANDBOX_BLOCK_DEFAULT_METADATA_KEY = DEFAULT_METADATA
SANDBOX_BLOCK_RESERVED_KEYS = frozenset({SANDBOX_BLOCK_DEFAULT_METADATA_KEY})
"""The keys of a sandbox block that name no provider."""


def resolve_provider_config(
    sandbox_provider: str | Mapping[str, Any],
    named_configs: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The provider that a server means, as `{name: configuration}` with exactly one entry.

    `sandbox_provider` is the name of a block of `named_configs`, which is the merged configuration, or a block.
    Interpolations are resolved where the block is a DictConfig.

    Raises TypeError where it is neither, and ValueError where no block has that name, where the block is not a
    mapping, and where it names no provider or several.
    """
    block, source = _resolve_block(sandbox_provider, named_configs)
    providers = _provider_keys(block)
    if len(providers) != 1:
        named = ", ".join(map(repr, providers)) or "none"
        raise ValueError(f"{source} must name exactly one sandbox provider as a key, but it names {named}")
    return {providers[0]: block[providers[0]]}


def resolve_provider_metadata(
    sandbox_provider: str | Mapping[str, Any],
    named_configs: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The `default_metadata` of the block that a server means; empty where the block has none.

    The arguments and errors are those of `resolve_provider_config`, but the number of providers does not matter;
    ValueError is raised also where the metadata is not a mapping.
    """
    block, source = _resolve_block(sandbox_provider, named_configs)
    metadata: object = block.get(SANDBOX_BLOCK_DEFAULT_METADATA_KEY) or {}
    if not isinstance(metadata, Mapping):
        raise ValueError(f"{SANDBOX_BLOCK_DEFAULT_METADATA_KEY} of {source} must be a mapping, but it is {metadata!r}")
    return dict(cast("Mapping[str, Any]", metadata))


def _resolve_block(
    sandbox_provider: str | Mapping[str, Any], named_configs: Mapping[str, Any] | None
) -> tuple[Mapping[str, Any], str]:
    """The block that is meant, and words for it that a message can begin with."""
    match cast("object", sandbox_provider):
        case str(name):
            source = f"the sandbox block {name!r}"
            block = _to_plain_dict(_named_block(name, named_configs))
        case Mapping():
            source = "the inline sandbox_provider"
            block = _to_plain_dict(sandbox_provider)
        case other:
            raise TypeError(f"sandbox_provider must be a name or a mapping, but it is of type {type(other).__name__}")
    if not isinstance(block, Mapping):
        raise ValueError(f"{source} must be a mapping, but it is {block!r}")
    return cast("Mapping[str, Any]", block), source


def _named_block(name: str, named_configs: Mapping[str, Any] | None) -> Any:
    if not name:
        raise ValueError("sandbox_provider is an empty string, but it must name a sandbox block")
    block = None if named_configs is None else named_configs.get(name)
    if block is None:
        candidates = ", ".join(map(repr, _candidate_sandbox_names(named_configs))) or "none"
        raise ValueError(
            f"the configuration has no sandbox block {name!r}: add the config of a sandbox provider that defines it "
            f"to config_paths (it has these: {candidates})"
        )
    return block


def _to_plain_dict(value: Any) -> Any:
    """A mapping as a dict, resolved all the way down if it is a DictConfig; anything else as it is."""
    if isinstance(value, DictConfig):
        return OmegaConf.to_container(value, resolve=True)
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else value


def _provider_keys(block: Mapping[str, Any]) -> list[str]:
    """The keys of a block that name a provider, in the order in which they are written."""
    return [name for name in block if name not in SANDBOX_BLOCK_RESERVED_KEYS]


def _candidate_sandbox_names(named_configs: Mapping[str, Any] | None) -> list[str]:
    """The top-level keys whose value could be a sandbox block, sorted, for a message to offer."""
    plain = {str(name): _to_plain_dict(value) for name, value in (named_configs or {}).items()}
    return sorted(
        name
        for name, block in plain.items()
        if isinstance(block, Mapping) and len(_provider_keys(cast("Mapping[str, Any]", block))) == 1
    )
