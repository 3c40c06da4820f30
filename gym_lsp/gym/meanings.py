"""What the keys of a config mean, in our own words: top level, servers, server refs, prompts and sandboxes.

Completion, hover and the JSON Schema show these texts. The models of a release hold the fields of datasets and of every
server, with their descriptions; this module covers the keys that no model of NeMo Gym describes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from gym_lsp.gym.fields import (
    AnyType,
    BoolType,
    DictType,
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
    RefType,
    StrType,
    union,
)
from gym_lsp.gym.layout import (
    AGENT_MAP,
    AGENT_NAME,
    AGENT_SERVER,
    AGENTS,
    CONFIG_PATHS,
    COPY,
    DEFAULT_METADATA,
    DELETE_KEY,
    ENTRYPOINT,
    ENVIRONMENTS,
    HEAD_SERVER,
    HOST,
    INHERIT_FROM,
    MODEL_SERVER,
    MODELS,
    NAME,
    PORT,
    RESOURCES,
    RESOURCES_SERVER,
    SANDBOX_PROVIDER,
    TYPE,
)

_TEXT = StrType()
_TEXTS = ListType(_TEXT)
_NAMES = DictType(_TEXT, _TEXT)
_FLAG = BoolType()
_NUMBER = FloatType()


def _field(name: str, type: FieldType, description: str, default: str | None = None) -> Field:
    return Field(name, type, required=False, default=default, description=description)


def _by_name(fields: Iterable[Field]) -> Mapping[str, Field]:
    return MappingProxyType({field.name: field for field in fields})


_HEAD_SERVER = Model(
    "HeadServer",
    _by_name(
        (
            _field(HOST, _TEXT, "The host name or address that the head server listens on."),
            _field(PORT, IntType(), "The port that the head server listens on."),
        )
    ),
)
_SKILLS = Model("Skills", _by_name((_field("path", PathType(), "A folder that has one subfolder for each skill."),)))

TOP_LEVEL: Mapping[str, Field] = _by_name(
    (
        _field(
            CONFIG_PATHS,
            ListType(PathType()),
            "Other configs to merge with this one. Paths are relative to the search roots, not to this file.",
        ),
        _field("default_host", _TEXT, "The host for servers that do not set their own `host`."),
        _field(HEAD_SERVER, ModelType(_HEAD_SERVER), "The address of the head server, which lists all other servers."),
        _field("port_range_low", IntType(), "The lowest port for servers without a `port`.", "10001"),
        _field("port_range_high", IntType(), "The highest port for servers without a `port`.", "20000"),
        _field("use_absolute_ip", _FLAG, "Whether servers are reached at the IP address of this machine.", "False"),
        _field("disallowed_ports", ListType(IntType()), "Set by NeMo Gym; a value in a config is overwritten."),
        _field("head_server_deps", _TEXTS, "Set by NeMo Gym; a value in a config is overwritten."),
        _field("python_version", _TEXT, "Set by NeMo Gym; a value in a config is overwritten."),
        _field("ray_head_node_address", _TEXT, "The Ray cluster to join; without it NeMo Gym starts a new one."),
        _field("dry_run", _FLAG, "Whether NeMo Gym sets everything up without starting the servers.", "False"),
        _field(
            "skip_venv_if_present",
            _FLAG,
            "Whether the virtual environment of a server is reused if it exists.",
            "False",
        ),
        _field("uv_venv_dir", PathType(), "The folder for the virtual environments of servers."),
        _field("uv_cache_dir", PathType(), "The cache folder of uv."),
        _field("uv_lock_timeout_seconds", IntType(ge=0), "How long uv waits for another uv process, in seconds."),
        _field("uv_pip_set_python", _FLAG, "Whether `uv pip install` gets an explicit `--python`."),
        _field("pip_install_verbose", _FLAG, "Whether installing the packages of a server prints details."),
        _field("server_spinup_timeout_seconds", _NUMBER, "How long servers may take to start, in seconds.", "600"),
        _field(
            "model_endpoint_readiness_timeout_seconds",
            _NUMBER,
            "How long a model endpoint may take to answer, in seconds.",
            "600",
        ),
        _field("allow_openai_version_skew", _FLAG, "Whether servers may use another version of `openai`.", "False"),
        _field("allow_unsupported_pairing", _FLAG, "Whether an agent may run although `allowed_agents` omits it."),
        _field("error_on_almost_servers", _FLAG, "Whether a block that is almost a server is an error.", "True"),
        _field(
            "error_on_agent_without_environment_server",
            _FLAG,
            "Whether an agent without an environment server is an error. If not, NeMo Gym generates one.",
            "False",
        ),
        _field("environment_server_name", _TEXT, "The environment server for all rows."),
        _field("environment_server_routes", _NAMES, "The environment server for the rows of each taskset."),
        _field(
            "environment_routing_mode",
            LiteralType(("agent", "legacy", "taskset")),
            "What selects the environment server of a row: its agent, one server for all rows, or its taskset.",
        ),
        _field(AGENT_NAME, _TEXT, "The agent for rows that do not name one."),
        _field(AGENT_MAP, _NAMES, "For agents that rows name, the agent to use instead."),
        _field("results_dir", PathType(), "The folder for results."),
        _field("cache_dir", PathType(), "The folder for downloads and prepared data."),
        _field("nemo_gym_log_dir", PathType(), "The folder for the logs of servers."),
        _field("observability_enabled", _FLAG, "Whether each rollout records times and sizes."),
        _field("telemetry", AnyType(), "The data that goes to an OpenTelemetry collector."),
        _field("model_call_capture_dir", PathType(), "The folder for recorded model calls."),
        _field("token_id_capture", AnyType(), "How to record the token ids of model calls."),
        _field("skip_verification", _FLAG, "Whether to skip verification and give every answer the same reward."),
        _field("skip_verification_reward", _NUMBER, "The reward of every answer if verification is skipped."),
        _field("skills", ModelType(_SKILLS), "The skills that agents may use."),
        _field("hf_token", _TEXT, "The access token for the Hugging Face Hub. Prefer an environment variable."),
        _field("verbose", _FLAG, "Whether a command prints more details."),
        _field("json", _FLAG, "Whether a command prints JSON."),
        _field("query", _TEXT, "The text that `gym search` looks for."),
        _field("component_name", _TEXT, "The component to list."),
        _field(ENTRYPOINT, _TEXT, "Reserved. An `entrypoint` belongs in a server."),
        _field("policy_base_url", _TEXT, "The base URL of the policy model; `--model-url` sets it."),
        _field("policy_api_key", _TEXT, "The API key of the policy model; `--model-api-key` sets it."),
        _field("policy_model_name", _TEXT, "The name of the policy model; `--model` sets it."),
    )
)
"""Top-level keys that NeMo Gym reads, and keys that `gym` sets from its options."""

DIRECTIVES: Mapping[str, Field] = _by_name(
    (
        _field(
            INHERIT_FROM,
            _TEXT,
            "Moves another block of the run here. The keys of this block override those of the moved block.",
        ),
        _field(
            COPY,
            _TEXT,
            "Copies another block of the run here. The keys of this block override those of the copied block.",
        ),
        _field(DELETE_KEY, _TEXT, "Keys to remove from this block and from what it inherits, separated by commas."),
    )
)

_RESOURCES = RefType((RESOURCES,))
_MODEL = RefType((MODELS,))
_AGENT = RefType((AGENTS,))
DESCRIPTION = (
    _field("description", _TEXT, "A one-sentence description for listings."),
    _field("value", _TEXT, "What training on this server improves, for listings."),
    _field("verified", _FLAG, "Whether a training run on this server has raised the reward."),
    _field("verified_url", _TEXT, "A link to the evidence for `verified`."),
)
"""Fields that describe a server. Listings read them; the server does not."""

SANDBOX_PROVIDER_FIELD = _field(
    SANDBOX_PROVIDER,
    union([_TEXT, DictType(_TEXT, AnyType()), NullType()]),
    "The name of the top-level block that configures the sandbox, or such a block itself.",
)

SERVER_FIELDS: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {
        RESOURCES: _by_name(
            (
                *DESCRIPTION,
                _field("allowed_agents", _TEXTS, "The agent implementations that may use this resources server."),
                _field("allowed_model_types", _TEXTS, "The model implementations that its agents may use."),
            )
        ),
        AGENTS: _by_name(
            (
                _field(RESOURCES_SERVER, _RESOURCES, "The resources server that the agent uses."),
                _field(MODEL_SERVER, _MODEL, "The model server that the agent calls."),
                SANDBOX_PROVIDER_FIELD,
                DESCRIPTION[0],
            )
        ),
        ENVIRONMENTS: _by_name(
            (
                _field(AGENT_SERVER, _AGENT, "The agent that works on the tasks."),
                DESCRIPTION[0],
            )
        ),
        MODELS: _by_name((DESCRIPTION[0],)),
    }
)
"""Fields that servers of a type usually have in addition to those of every server."""

SUPPLIED = frozenset({HOST, NAME, PORT})
"""Fields that NeMo Gym sets before a server reads its block."""

REF_FIELDS: Mapping[str, RefType] = MappingProxyType(
    {AGENT_SERVER: _AGENT, MODEL_SERVER: _MODEL, RESOURCES_SERVER: _RESOURCES}
)
"""The endings of fields that hold a server ref, such as `judge_model_server`, each with the type of the ref."""

SERVER_REF: Mapping[str, Field] = _by_name(
    (
        _field(TYPE, _TEXT, "The server type of the instance."),
        _field(NAME, _TEXT, "The top-level key of the instance."),
    )
)

PROMPT: Mapping[str, Field] = _by_name(
    (
        Field("user", _TEXT, required=True, description="The user message; `{field}` stands for a field of the row."),
        _field("system", _TEXT, "The system message."),
    )
)
"""The keys of a prompt template file."""

_INPUT = _field(
    "input",
    union((_TEXT, ListType(AnyType("message")))),
    "The prompt: a text, or a list of messages. A dataset with a `prompt_config` writes it itself.",
)
_FIELDS_OF_SERVER = DictType(_TEXT, AnyType())
ROW: Mapping[str, Field] = _by_name(
    (
        _field(
            "responses_create_params",
            ModelType(Model("Request", _by_name((_INPUT,)))),
            "The request that the agent sends to the model. `input` is the prompt.",
        ),
        _field(
            "agent_ref",
            RefType((AGENTS,)),
            "The agent that this row is sent to. Since 0.6.0, `gym dataset collate` removes it.",
        ),
        _field(
            "task_source",
            _TEXT,
            "The instance whose dataset lists this row. `gym dataset collate` writes it, since 0.6.0.",
        ),
        _field("verifier_metadata", _FIELDS_OF_SERVER, "Fields of the server, in the older form of rows."),
        _field("task_data", _FIELDS_OF_SERVER, "Fields of the server, in the newer form of rows."),
    )
)
"""The keys of a row that have the same meaning for every server."""

DEFAULT_METADATA_FIELD = _field(
    DEFAULT_METADATA, DictType(_TEXT, AnyType()), "Metadata for every sandbox that this block configures."
)

SANDBOX_PROVIDERS: Mapping[str, str] = MappingProxyType(
    {
        "apptainer": "Unprivileged Apptainer containers on this machine.",
        "daytona": "Sandboxes hosted by Daytona.",
        "docker": "Docker containers on this machine.",
        "e2b": "Sandboxes hosted by E2B.",
        "ecs_fargate": "Containers that run as AWS Fargate tasks.",
        "enroot": "Enroot containers on this machine or its cluster.",
        "local": "No isolation: commands run directly on this machine.",
        "opensandbox": "Sandboxes of an OpenSandbox service.",
        "openshell": "Sandboxes of an OpenShell gateway.",
    }
)
"""A description of each sandbox provider of NeMo Gym."""

LICENSES: Mapping[str, str] = MappingProxyType(
    {
        "Apache 2.0": "Permissive, with a patent grant. Changed files must carry a notice.",
        "MIT": "Permissive. Copies must keep the license notice.",
        "Creative Commons Attribution 4.0 International": "Any use with attribution.",
        "Creative Commons Attribution-ShareAlike 4.0 International": (
            "Any use with attribution; adaptations must have the same license."
        ),
        "CC BY-SA 4.0": "The same license as Creative Commons Attribution-ShareAlike 4.0 International.",
        "CC BY-NC 3.0": "Non-commercial use with attribution.",
        "NVIDIA Internal Use Only, Do Not Distribute": "Use inside NVIDIA only.",
        "NVIDIA Evaluation Dataset License Agreement": "Evaluation under the agreement of NVIDIA.",
        "TBD": "Not decided yet.",
        "GNU General Public License v3.0": "Copyleft: derived works must have the same license.",
    }
)
"""What each dataset license allows, in one or two sentences."""
