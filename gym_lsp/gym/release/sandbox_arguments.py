"""The arguments of the sandbox providers of NeMo Gym 0.7.0, for use when no NeMo Gym is installed.

They also save time: only a key that is not listed here makes it necessary to read the source of a provider. A test
compares them with the arguments that are read from that release.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Arguments = Mapping[str, frozenset[str] | None]
"""The keys below a provider: each argument, with its own keys if it is a mapping and None otherwise."""


def _section(keys: str) -> frozenset[str]:
    return frozenset(keys.split())


ARGUMENTS: Mapping[str, Arguments] = MappingProxyType(
    {
        "apptainer": {
            "exec": _section(
                "default_timeout_s timeout_grace_s fakeroot_for_root default_binds extra_exec_args concurrency"
            ),
            "create": _section("mount_point start_timeout_s extra_start_args apply_resource_limits"),
            "probe": _section("command expected_stdout timeout_s deadline_s stable_count stable_delay_s"),
            "bin_path": None,
        },
        "daytona": {
            "connection": _section(
                "api_key jwt_token organization_id api_url server_url target connection_pool_maxsize otel_enabled"
            ),
            "create": _section(
                "timeout_s retries retry_delay_s retry_max_delay_s language os_user public auto_stop_interval "
                "auto_archive_interval auto_delete_interval ephemeral network_block_all network_allow_list"
            ),
            "probe": _section("command expected_stdout timeout_s deadline_s"),
            "operations": _section(
                "retries retry_delay_s retry_max_delay_s command_retries command_timeout_margin_s file_timeout_s "
                "close_timeout_s"
            ),
            "batch": _section("concurrency"),
        },
        "docker": {
            "exec": _section("default_timeout_s extra_exec_args concurrency exec_shell"),
            "create": _section(
                "keepalive_shell keepalive_cmd start_timeout_s use_init network read_only cap_drop security_opt "
                "pids_limit extra_run_args apply_resource_limits publish_host"
            ),
            "probe": _section("command expected_stdout timeout_s deadline_s stable_count stable_delay_s"),
        },
        "e2b": {
            "connection": _section(
                "api_key api_url sandbox_url domain debug validate_api_key headers api_headers proxy request_timeout_s"
            ),
            "create": _section("template template_map timeout_s allow_internet_access secure strict_resources"),
            "exec": _section("default_timeout_s user request_timeout_s background reconnect_attempts"),
            "operations": _section("retries retry_delay_s retry_max_delay_s"),
        },
        "enroot": {
            "exec": _section("default_timeout_s default_mounts extra_exec_args concurrency exec_shell"),
            "create": _section(
                "mount_point base_dir data_path cache_path runtime_path sqsh_cache_dir rw remap_root "
                "bypass_entrypoint init_command import_timeout_s create_timeout_s start_timeout_s start_poll_s "
                "extra_import_args extra_create_args extra_start_args"
            ),
            "probe": _section("command expected_stdout timeout_s deadline_s stable_count stable_delay_s"),
        },
        "local": {
            "workspace_root": None,
            "shell": None,
            "default_timeout_s": None,
            "concurrency": None,
        },
        "opensandbox": {
            "connection": _section(
                "domain api_key protocol request_timeout_s use_server_proxy disable_connection_pooling "
                "keepalive_expiry_s max_keepalive_connections max_connections connect_retries transport_backend "
                "tls_verify"
            ),
            "create": _section(
                "request_timeout_s timeout_s retries retry_delay_s retry_max_delay_s image_pull_policy "
                "skip_health_check connect_attempt_timeout_s connect_poll_s renew_interval_s"
            ),
            "probe": _section("command expected_stdout timeout_s deadline_s stable_count stable_delay_s user"),
            "operations": _section(
                "retries retry_delay_s retry_max_delay_s command_retries close_timeout_s pause_resume_timeout_s "
                "background_exec background_poll_initial_s background_poll_interval_s status_poll_timeout_s"
            ),
            "attribution": _section("enabled team user workload run key_prefix"),
            "networking": _section("enabled loopback_forwarding python_executable setup_command"),
            "shared_storage": _section("host_path metadata"),
            "runtime_requirements": _section("capability_probes capability_metadata shm_size_metadata_key"),
        },
        "openshell": {
            "connection": _section(
                "endpoint workspace bearer_token tls_ca_path tls_cert_path tls_key_path request_timeout_s"
            ),
            "create": _section("ready_timeout_s poll_interval_s retries retry_delay_s retry_max_delay_s"),
            "exec": _section("default_timeout_s concurrency exec_shell upload_chunk_bytes"),
            "probe": _section("command expected_stdout timeout_s deadline_s stable_count stable_delay_s"),
            "operations": _section("close_wait_deleted close_timeout_s poll_interval_s"),
        },
    }
)
"""The arguments by the name of the provider, without `ecs_fargate`, which accepts any argument."""

SPEC = _section("image ttl_s ready_timeout_s workdir env files metadata resources entrypoint provider_options ports")
"""The fields of `SandboxSpec`, which a program makes of the `sandbox_spec` of its server."""
RESOURCES = _section("cpu memory_mib disk_gib gpu gpu_type")
"""The fields of `SandboxResources`, the `resources` of a spec. The class rejects any other key."""
