"""What NeMo Gym does with its own top-level keys, where the parser takes them as they are.

Which keys there are is part of the profile of a release; what a key means has not changed since it came.
"""

from __future__ import annotations

ASKED_FOR_TRUTH = frozenset(
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
"""Keys whose value is only asked whether it is true, which every text is that is not empty."""

OVERWRITTEN = frozenset({"disallowed_ports", "head_server_deps", "python_version"})
"""Keys that the parser sets itself, whatever they are given."""

SECONDS = ("model_endpoint_readiness_timeout_seconds", "server_spinup_timeout_seconds", "uv_lock_timeout_seconds")
"""Keys that are made a number when servers are started; null means the default."""

LOWEST_PORT = "port_range_low"
HIGHEST_PORT = "port_range_high"
"""The range, both ends included, out of which free ports are drawn at random."""

NOT_RESERVED = frozenset(
    {"error_on_agent_without_environment_server", "error_on_almost_servers", "uvicorn_timeout_worker_healthcheck"}
)
"""Keys that NeMo Gym reads although it does not list them as reserved."""

OF_THE_MODEL = frozenset({"policy_api_key", "policy_base_url", "policy_model_name"})
"""Keys that are variables to NeMo Gym and that nearly all configs refer to; env.yaml or the command line gives them."""

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
"""What 0.7.0 takes below `token_id_capture`, for when there is no NeMo Gym to read it from."""
