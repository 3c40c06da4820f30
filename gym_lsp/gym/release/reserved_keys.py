"""How NeMo Gym uses those reserved top-level keys that the parser does not validate.

The profile of a release has its reserved keys. How NeMo Gym uses a key is the same in every release that has it.
"""

from __future__ import annotations

TESTED_FOR_TRUTH = frozenset(
    {
        "allow_unsupported_pairing",
        "dry_run",
        "error_on_agent_without_environment_server",
        "error_on_almost_servers",
        "json",
        "observability_enabled",
        "pip_install_verbose",
        "skip_venv_if_present",
        "use_absolute_ip",
        "uv_pip_set_python",
        "verbose",
    }
)
"""Keys whose value NeMo Gym only tests for truth, so that every non-empty string counts as true."""

OVERWRITTEN = frozenset({"disallowed_ports", "head_server_deps", "python_version"})
"""Keys that the parser sets itself, whatever value a config has."""

SECONDS = ("model_endpoint_readiness_timeout_seconds", "server_spinup_timeout_seconds", "uv_lock_timeout_seconds")
"""Keys that NeMo Gym converts to a number when it starts servers; null means the default."""

LOWEST_PORT = "port_range_low"
HIGHEST_PORT = "port_range_high"
"""The inclusive range that NeMo Gym picks random free ports from."""

NOT_RESERVED = frozenset(
    {"error_on_agent_without_environment_server", "error_on_almost_servers", "uvicorn_timeout_worker_healthcheck"}
)
"""Keys that NeMo Gym reads but does not list as reserved."""

POLICY_MODEL_KEYS = frozenset({"policy_api_key", "policy_base_url", "policy_model_name"})
"""Keys of the policy model. Nearly all configs refer to them; `env.yaml` or the command line sets them."""

TOKEN_ID_CAPTURE = "token_id_capture"
TOKEN_ID_CAPTURE_MODULE = "nemo_gym.token_id_capture.config"
TOKEN_ID_CAPTURE_CLASS = "TokenIdCaptureSettings"
TOKEN_ID_CAPTURE_KEYS = frozenset(
    {
        "all_agents",
        "allow_unresolved_continuations",
        "control_auth_token_env",
        "delta_records",
        "dir",
        "enabled",
        "external_staging",
        "external_staging_backend",
        "lineage_store",
        "lineage_store_kwargs",
        "mask_fraction_min_samples",
        "max_mask_fraction",
        "rebuild_response",
        "sink",
        "sink_kwargs",
    }
)
"""The keys below `token_id_capture` in 0.7.0, for use when no NeMo Gym is installed."""
