"""The part of a final configuration that comes from composition, not from the machine or a default: see `composed`."""

from __future__ import annotations

import hashlib
from typing import Any

COMPUTED = frozenset(
    {
        "allow_openai_version_skew", "cache_dir", "disallowed_ports", "dry_run", "head_server", "head_server_deps",
        "model_endpoint_readiness_timeout_seconds", "port_range_high", "port_range_low", "python_version",
        "results_dir", "server_spinup_timeout_seconds", "skip_venv_if_present", "use_absolute_ip", "uv_cache_dir",
        "uv_lock_timeout_seconds", "uv_venv_dir",
    }
)  # fmt: skip
"""Top-level keys that `parse` fills or overwrites once everything is composed."""

STOOD_IN = frozenset({"policy_base_url", "policy_api_key", "policy_model_name"})
"""Top-level keys that NeMo Gym's stand-in model empties. Ours steps aside where a file has a value."""

POPULATED = frozenset({"host", "port", "skip_verification", "skip_verification_reward"})
"""Fields of a server that it fills then."""

GROUPS = frozenset({"responses_api_models", "resources_servers", "responses_api_agents", "environment_servers"})


def composed(config: Any) -> dict[Any, Any]:
    """A final configuration, as plain values, without what was computed.

    The order of keys stays, but for the list of all files that the parser puts wherever the key happens to be.
    """
    kept = {name: _without_populated(value) for name, value in config.items() if name not in COMPUTED | STOOD_IN}
    if "config_paths" in kept:
        kept["config_paths"] = kept.pop("config_paths")
    return kept


def _without_populated(instance: Any) -> Any:
    if not isinstance(instance, dict):
        return instance
    block: dict[Any, Any] = instance  # pyright: ignore[reportUnknownVariableType]
    return {name: _servers(value) if name in GROUPS else value for name, value in block.items()}


def _servers(group: Any) -> Any:
    if not isinstance(group, dict):
        return group
    servers: dict[Any, Any] = group  # pyright: ignore[reportUnknownVariableType]
    return {name: _fields(server) for name, server in servers.items()}


def _fields(server: Any) -> Any:
    if not isinstance(server, dict):
        return server
    fields: dict[Any, Any] = server  # pyright: ignore[reportUnknownVariableType]
    return {key: value for key, value in fields.items() if key not in POPULATED}


def digest(config: Any) -> str:
    """Return sixteen hexadecimal digits that identify a composition, including the order of its keys."""
    return hashlib.sha256(repr(composed(config)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
