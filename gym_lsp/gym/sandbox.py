"""Resolution of `sandbox_provider` to a provider and its metadata. Mirrors `nemo_gym/sandbox/config.py`.

A server names a top-level block or contains such a block:

    sandbox_provider: sandbox            sandbox_provider:
                                           docker: {create: {...}}

    sandbox:
      docker: {create: {...}}            the provider: exactly one key, with its configuration
      default_metadata: {team: tools}    reserved: default metadata of each sandbox
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from omegaconf import DictConfig, OmegaConf

from gym_lsp.gym.layout import DEFAULT_METADATA

SANDBOX_BLOCK_DEFAULT_METADATA_KEY = DEFAULT_METADATA
SANDBOX_BLOCK_RESERVED_KEYS = frozenset({SANDBOX_BLOCK_DEFAULT_METADATA_KEY})
"""The keys of a sandbox block that are not providers."""


def resolve_provider_config(
    sandbox_provider: str | Mapping[str, Any],
    named_configs: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the provider of a server as `{name: configuration}`, with exactly one entry.

    `sandbox_provider` is a block, or the name of a block in `named_configs`, the merged configuration. Interpolations
    are resolved if the block is a DictConfig. Mirrors `resolve_provider_config`.

    Raises TypeError if `sandbox_provider` is neither, and ValueError if no block has that name, if the block is not a
    mapping, or if it does not have exactly one provider.
    """
    block, source = _resolve_block(sandbox_provider, named_configs)
    providers = _provider_keys(block)
    if len(providers) != 1:
        named = ", ".join(map(repr, providers)) or "none"
        raise ValueError(f"{source} must have exactly one sandbox provider as a key; found {named}")
    return {providers[0]: block[providers[0]]}


def resolve_provider_metadata(
    sandbox_provider: str | Mapping[str, Any],
    named_configs: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the `default_metadata` of the sandbox block of a server; empty if the block has none.

    Arguments and errors are those of `resolve_provider_config`, except that the number of providers does not matter
    and that ValueError is also raised if the metadata is not a mapping. Mirrors `resolve_provider_metadata`.
    """
    block, source = _resolve_block(sandbox_provider, named_configs)
    metadata: object = block.get(SANDBOX_BLOCK_DEFAULT_METADATA_KEY) or {}
    if not isinstance(metadata, Mapping):
        raise ValueError(f"{SANDBOX_BLOCK_DEFAULT_METADATA_KEY} of {source} must be a mapping, not {metadata!r}")
    return dict(cast("Mapping[str, Any]", metadata))


def _resolve_block(
    sandbox_provider: str | Mapping[str, Any], named_configs: Mapping[str, Any] | None
) -> tuple[Mapping[str, Any], str]:
    """Return the sandbox block, and a noun phrase for it that starts a message."""
    match cast("object", sandbox_provider):
        case str(name):
            source = f"the sandbox block {name!r}"
            block = _to_plain_dict(_named_block(name, named_configs))
        case Mapping():
            source = "the inline sandbox_provider"
            block = _to_plain_dict(sandbox_provider)
        case other:
            raise TypeError(f"sandbox_provider must be a name or a mapping, not {type(other).__name__}")
    if not isinstance(block, Mapping):
        raise ValueError(f"{source} must be a mapping, not {block!r}")
    return cast("Mapping[str, Any]", block), source


def _named_block(name: str, named_configs: Mapping[str, Any] | None) -> Any:
    if not name:
        raise ValueError("sandbox_provider must name a sandbox block, not be an empty string")
    block = None if named_configs is None else named_configs.get(name)
    if block is None:
        candidates = ", ".join(map(repr, _candidate_sandbox_names(named_configs))) or "none"
        raise ValueError(
            f"the configuration has no sandbox block {name!r} (it has: {candidates}); "
            "add the config that defines it to config_paths"
        )
    return block


def _to_plain_dict(value: Any) -> Any:
    """Return a mapping as a dict, completely resolved if it is a DictConfig; any other value unchanged."""
    if isinstance(value, DictConfig):
        return OmegaConf.to_container(value, resolve=True)
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else value


def _provider_keys(block: Mapping[str, Any]) -> list[str]:
    """Return the keys of a block that are providers, in their order in the block."""
    return [name for name in block if name not in SANDBOX_BLOCK_RESERVED_KEYS]


def _candidate_sandbox_names(named_configs: Mapping[str, Any] | None) -> list[str]:
    """Return the top-level keys whose value could be a sandbox block, sorted."""
    plain = {str(name): _to_plain_dict(value) for name, value in (named_configs or {}).items()}
    return sorted(
        name
        for name, block in plain.items()
        if isinstance(block, Mapping) and len(_provider_keys(cast("Mapping[str, Any]", block))) == 1
    )
