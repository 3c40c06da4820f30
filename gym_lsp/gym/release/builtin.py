"""What NeMo Gym 0.7.0 accepts, for use when no NeMo Gym is installed.

A test compares all of it with the profile that is read from that release. The words of `vocabulary` are not repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gym_lsp.gym.fields import (
    BoolType,
    EnumType,
    Extra,
    Field,
    FieldType,
    FloatType,
    IntType,
    ListType,
    LiteralType,
    Model,
    ModelType,
    NullType,
    PathType,
    StrType,
    union,
)
from gym_lsp.gym.vocabulary import LICENSES, Domain

RELEASE = "0.7.0"
OLDEST_RELEASE = "0.4.0"
"""The oldest release whose parser gym-lsp is compared with."""

RESERVED_KEYS = frozenset(
    {
        "_copy", "_inherit_from", "allow_openai_version_skew", "allow_unsupported_pairing", "cache_dir",
        "component_name", "config_paths", "default_host", "disallowed_ports", "dry_run", "entrypoint",
        "environment_routing_mode", "environment_server_name", "environment_server_routes", "head_server",
        "head_server_deps", "hf_token", "json", "model_call_capture_dir", "model_endpoint_readiness_timeout_seconds",
        "nemo_gym_log_dir", "observability_enabled", "pip_install_verbose", "port_range_high", "port_range_low",
        "python_version", "query", "ray_head_node_address", "results_dir", "server_spinup_timeout_seconds",
        "skip_venv_if_present", "skip_verification", "skip_verification_reward", "telemetry", "token_id_capture",
        "use_absolute_ip", "uv_cache_dir", "uv_lock_timeout_seconds", "uv_pip_set_python", "uv_venv_dir", "verbose",
    }
)  # fmt: skip

KEY_DEFAULTS: Mapping[str, str | int | float | bool | None] = MappingProxyType(
    {
        "use_absolute_ip": False,
        "port_range_low": 10_001,
        "port_range_high": 20_000,
        "allow_openai_version_skew": False,
        "skip_venv_if_present": False,
        "dry_run": False,
        "server_spinup_timeout_seconds": 600,
        "model_endpoint_readiness_timeout_seconds": 600,
    }
)

ENVIRONMENT_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "reasoning_gym_claude_code": "claude_code_reasoning_gym",
        "reasoning_gym_hermes": "hermes_reasoning_gym",
        "reasoning_gym_orchestrator": "langgraph_orchestrator_reasoning_gym",
        "reasoning_gym_parallel_thinking": "langgraph_parallel_thinking_reasoning_gym",
        "reasoning_gym_reflection": "langgraph_reflection_reasoning_gym",
        "reasoning_gym_rewoo": "langgraph_rewoo_reasoning_gym",
    }
)

AGENT_ALIASES: Mapping[str, str] = MappingProxyType(
    {f"{old}_agent": f"{new}_agent" for old, new in ENVIRONMENT_ALIASES.items()}
)

_STIRRUP = "responses_api_agents/stirrup_agent/configs"
_TAU2 = "responses_api_agents/tau2/configs"
_VERIFIERS = "responses_api_agents/verifiers_agent/configs"

CONFIG_PATH_ALIASES: Mapping[str, str] = MappingProxyType(
    {f"environments/{old}/config.yaml": f"environments/{new}/config.yaml" for old, new in ENVIRONMENT_ALIASES.items()}
    | {
        f"{_STIRRUP}/stirrup_gdpval.yaml": f"{_STIRRUP}/stirrup_agent.yaml",
        f"{_TAU2}/tau2_agent.yaml": f"{_TAU2}/tau2.yaml",
        f"{_VERIFIERS}/acereason-math.yaml": f"{_VERIFIERS}/verifiers_agent.yaml",
    }
)

CARRIED_OVER_KEYS = ("resources_server", "model_server", "datasets")

LICENSED_DATASET_TYPES = ("train", "validation")

SANDBOX_PROVIDERS = frozenset(
    {"apptainer", "daytona", "docker", "e2b", "ecs_fargate", "enroot", "local", "opensandbox", "openshell"}
)

CONFIG_ERRORS = frozenset(
    {
        "AgentCompositionError", "AgentWithoutEnvironmentServerError", "AlmostServerError",
        "AmbiguousAgentRenameError", "AmbiguousEnvironmentServerError", "ConfigInterpolationError",
        "ConfigMissingValuesError", "ConfigPathNotFoundError", "InheritPathNotFoundError",
        "MalformedConfigPathsError", "NoServerInstancesError", "ServerRefNotFoundError",
        "UnsupportedAgentOverrideError", "UnsupportedAgentPairingError", "UnsupportedModelPairingError",
    }
)  # fmt: skip


def _model(name: str, *fields: Field, extra: Extra = "ignore") -> Model:
    return Model(name, MappingProxyType({field.name: field for field in fields}), extra)


def _needed(name: str, type: FieldType, description: str) -> Field:
    return Field(name, type, required=True, description=description)


def _default(name: str, type: FieldType, default: str, description: str) -> Field:
    return Field(name, type, required=False, default=default, description=description)


def _optional(name: str, type: FieldType, description: str) -> Field:
    return _default(name, union([type, NullType()]), "None", description)


def _tag(value: str, description: str) -> Field:
    return _needed("type", LiteralType((value,)), description)


_GITLAB = (
    _needed("dataset_name", StrType(), "The name of the dataset in the model registry."),
    _needed("version", StrType(), "The version to download. It is a string, so use quotes."),
    _needed("artifact_fpath", StrType(), "The path of the file in that version."),
)
_HUGGING_FACE = (
    _needed("repo_id", StrType(), "The dataset repository, as `owner/name`."),
    _optional("artifact_fpath", StrType(), "The path of a file in the repository; without it the split is loaded."),
)

GITLAB_SOURCE = _model("GitlabDatasetSource", _tag("gitlab", "A GitLab model registry."), *_GITLAB)
HUGGING_FACE_SOURCE = _model("HuggingFaceDatasetSource", _tag("huggingface", "The Hugging Face Hub."), *_HUGGING_FACE)
GITLAB_IDENTIFIER = _model("JsonlDatasetGitlabIdentifer", *_GITLAB)
HUGGING_FACE_IDENTIFIER = _model("JsonlDatasetHuggingFaceIdentifer", *_HUGGING_FACE)

_NAME = _needed("name", StrType(), "The name of the dataset in results and uploads.")
_REPEATS = _default("num_repeats", IntType(ge=1), "1", "The number of rollouts for each row.")
_TASKSET = _optional("taskset", StrType(min_length=1), "The taskset that selects the environment server of its rows.")
_DEPENDENCIES = _default(
    "prepare_dependencies",
    ListType(StrType()),
    "[]",
    "Packages that `uv pip install` installs before the prepare script runs.",
)

DATASET = _model(
    "DatasetConfig",
    _NAME,
    _needed("type", LiteralType(("train", "validation", "example")), "The purpose of the rows."),
    _needed("jsonl_fpath", StrType(), "The JSONL file with the rows."),
    _optional("prepare_script", PathType(), "A Python file whose `prepare()` creates the rows."),
    _DEPENDENCIES,
    _TASKSET,
    _REPEATS,
    _optional(
        "source", union([ModelType(GITLAB_SOURCE), ModelType(HUGGING_FACE_SOURCE)]), "Where to download it from."
    ),
    _optional("gitlab_identifier", ModelType(GITLAB_IDENTIFIER), "The older form of `source` for GitLab."),
    _optional(
        "huggingface_identifier",
        ModelType(HUGGING_FACE_IDENTIFIER),
        "The older form of `source` for the Hugging Face Hub.",
    ),
    _optional(
        "license",
        LiteralType(tuple(LICENSES)),
        "The license of the rows. Datasets of type `train` and `validation` need one.",
    ),
)

BENCHMARK_DATASET = _model(
    "BenchmarkDatasetConfig",
    _NAME,
    _tag("benchmark", "Rows to evaluate a model on."),
    _needed("jsonl_fpath", PathType(), "The JSONL file with the rows. `prepare()` returns this path."),
    _needed("prepare_script", PathType(), "A Python file whose `prepare()` creates the rows."),
    _TASKSET,
    _optional("prompt_config", PathType(), "The prompt template for the rows."),
    _REPEATS,
    _DEPENDENCIES,
    _optional("agent", StrType(), "The agent instance that runs the benchmark, if several could."),
)

SERVER = _model(
    "BaseRunServerTypeConfig",
    _optional("host", StrType(), "The host that the server listens on; the default is `default_host`."),
    _optional("port", IntType(), "The port that the server listens on; the default is a free port."),
    _optional("num_workers", IntType(), "The number of worker processes."),
    _needed("entrypoint", StrType(), "The Python file that starts the server, in the folder of the implementation."),
    _optional(
        "domain",
        EnumType("Domain", tuple((domain.name, domain.value) for domain in Domain), "str"),
        "The ability that the server trains or tests. Resources servers need it.",
    ),
    _optional(
        "datasets",
        ListType(union([ModelType(DATASET), ModelType(BENCHMARK_DATASET)])),
        "The datasets of the server.",
    ),
    extra="allow",
)

_MEMORY = _model(
    "MemoryProfilingConfig",
    _default("enabled", BoolType(), "False", "Whether to sample memory use."),
    _default("interval_seconds", FloatType(gt=0), "1.0", "The time between two samples, in seconds."),
)

TELEMETRY = _model(
    "TelemetryConfig",
    _default("enabled", BoolType(), "False", "Whether to record telemetry."),
    _default("service_name", StrType(), '"nemo-gym"', "The service name of the run."),
    _default("service_name_per_server", BoolType(), "True", "Whether each server appends its name to `service_name`."),
    _default("span_groups", StrType(), '"default"', "A preset, or names of groups separated by commas."),
    _default("traces_enabled", BoolType(), "True", "Whether to export spans."),
    _default("metrics_enabled", BoolType(), "True", "Whether to export metrics."),
    _default("memory_profiling", ModelType(_MEMORY), "MemoryProfilingConfig()", "How to sample memory use."),
    _default("logs_enabled", BoolType(), "False", "Whether to export log records."),
    _default("exporter", StrType(), '"otlp"', "The exporter, `otlp` or `console`."),
    _optional("otlp_endpoint", StrType(), "The address of the collector."),
    _optional("otlp_protocol", StrType(), "The protocol, `grpc` or `http/protobuf`."),
    _optional("otlp_headers", StrType(), "Headers for the collector. Keep secrets in environment variables."),
    _default("instrument_aiohttp", BoolType(), "True", "Whether to record outgoing requests as spans."),
    _optional("run_id", StrType(), "An identifier that all processes of a run share."),
    extra="allow",
)

MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.name: model
        for model in (
            SERVER,
            DATASET,
            BENCHMARK_DATASET,
            GITLAB_SOURCE,
            HUGGING_FACE_SOURCE,
            GITLAB_IDENTIFIER,
            HUGGING_FACE_IDENTIFIER,
            TELEMETRY,
        )
    }
)
