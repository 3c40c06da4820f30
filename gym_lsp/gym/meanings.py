"""What the keys of a config mean, in our own words: those of the top level, of instances, servers and sandboxes.

Plain data for completion and hover. The models of a release say which fields its datasets and servers have; what is
here explains them, and stands in for what no model describes.
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
            _field(HOST, _TEXT, "Where the head server listens."),
            _field(PORT, IntType(), "The port that it listens on."),
        )
    ),
)
_SKILLS = Model("Skills", _by_name((_field("path", PathType(), "The folder with one subfolder for each skill."),)))

TOP_LEVEL: Mapping[str, Field] = _by_name(
    (
        _field(
            CONFIG_PATHS,
            ListType(PathType()),
            "Other configs that are merged into this one, relative to the search roots and never to this file.",
        ),
        _field("default_host", _TEXT, "Where servers listen that name no `host` of their own."),
        _field(HEAD_SERVER, ModelType(_HEAD_SERVER), "Where the server listens that knows all the others."),
        _field("port_range_low", IntType(), "The first port that a server may be given.", "10001"),
        _field("port_range_high", IntType(), "The port at which the range for servers ends.", "20000"),
        _field("use_absolute_ip", _FLAG, "Whether servers are reached by the machine's address.", "False"),
        _field("disallowed_ports", ListType(IntType()), "Worked out by NeMo Gym; what a config says is overwritten."),
        _field("head_server_deps", _TEXTS, "Worked out by NeMo Gym; what a config says is overwritten."),
        _field("python_version", _TEXT, "Worked out by NeMo Gym; what a config says is overwritten."),
        _field("ray_head_node_address", _TEXT, "The Ray cluster to join; a new one is started without it."),
        _field("dry_run", _FLAG, "Whether everything is set up and nothing is served.", "False"),
        _field("skip_venv_if_present", _FLAG, "Whether a server's environment is kept once it exists.", "False"),
        _field("uv_venv_dir", PathType(), "The folder in which the environments of servers are made."),
        _field("uv_cache_dir", PathType(), "The folder that uv keeps downloaded packages in."),
        _field("uv_lock_timeout_seconds", IntType(ge=0), "How long uv waits for another uv, in seconds."),
        _field("uv_pip_set_python", _FLAG, "Whether uv is told which Python to install for."),
        _field("pip_install_verbose", _FLAG, "Whether installing a server's packages shows what it does."),
        _field("server_spinup_timeout_seconds", _NUMBER, "How long servers may take to start, in seconds.", "600"),
        _field(
            "model_endpoint_readiness_timeout_seconds",
            _NUMBER,
            "How long a model endpoint may take to answer, in seconds.",
            "600",
        ),
        _field("allow_openai_version_skew", _FLAG, "Whether servers may have another `openai` package.", "False"),
        _field("allow_unsupported_pairing", _FLAG, "Whether an agent may run where `allowed_agents` leaves it out."),
        _field("error_on_almost_servers", _FLAG, "Whether a block that is nearly a server ends the run.", "True"),
        _field(
            "error_on_agent_without_environment_server",
            _FLAG,
            "Whether an agent without an environment server ends the run, instead of getting a generated one.",
            "False",
        ),
        _field("environment_server_name", _TEXT, "The environment server that every row goes to."),
        _field("environment_server_routes", _NAMES, "The environment server that the rows of each taskset go to."),
        _field(
            "environment_routing_mode",
            LiteralType(("agent", "legacy", "taskset")),
            "By what a row finds its environment server: its agent, one server for all, or its taskset.",
        ),
        _field(AGENT_NAME, _TEXT, "The agent that rows without one of their own are sent to."),
        _field(AGENT_MAP, _NAMES, "The agent to use instead of each agent that rows name."),
        _field("results_dir", PathType(), "The folder that results are written to."),
        _field("cache_dir", PathType(), "The folder that downloads and prepared data are kept in."),
        _field("nemo_gym_log_dir", PathType(), "The folder that servers write their logs to."),
        _field("observability_enabled", _FLAG, "Whether times and sizes are recorded with each rollout."),
        _field("telemetry", AnyType(), "What is sent to an OpenTelemetry collector."),
        _field("model_call_capture_dir", PathType(), "The folder that the calls to models are recorded in."),
        _field("token_id_capture", AnyType(), "How the token ids of model calls are recorded."),
        _field("skip_verification", _FLAG, "Whether answers go unverified and all get the same reward."),
        _field("skip_verification_reward", _NUMBER, "The reward of every answer when verification is skipped."),
        _field("skills", ModelType(_SKILLS), "The skills that agents may use."),
        _field("hf_token", _TEXT, "The token for the Hugging Face hub; better left to an environment variable."),
        _field("verbose", _FLAG, "Whether a command says more."),
        _field("json", _FLAG, "Whether a command prints JSON."),
        _field("query", _TEXT, "What `gym search` looks for."),
        _field("component_name", _TEXT, "The one component that a listing is about."),
        _field(ENTRYPOINT, _TEXT, "Reserved; belongs to the servers below."),
        _field("policy_base_url", _TEXT, "The address of the model under test; `--model-url` gives it."),
        _field("policy_api_key", _TEXT, "The key of the model under test; `--model-api-key` gives it."),
        _field("policy_model_name", _TEXT, "The name of the model under test; `--model` gives it."),
    )
)
"""Top-level keys that NeMo Gym itself reads, and those that `gym` sets from its options."""

COMPUTED = frozenset({"disallowed_ports", "head_server_deps", "python_version"})
"""Top-level keys that NeMo Gym overwrites, whatever a config says."""

DIRECTIVES: Mapping[str, Field] = _by_name(
    (
        _field(
            INHERIT_FROM,
            _TEXT,
            "Put another block of the run here, below what is written here, and take it away from where it was.",
        ),
        _field(COPY, _TEXT, "Put another block of the run here, below what is written here; it stays there too."),
        _field(
            DELETE_KEY,
            _TEXT,
            "Keys, with commas between them, that are left out of what this block has or inherits.",
        ),
    )
)

_RESOURCES = RefType((RESOURCES,))
_MODEL = RefType((MODELS,))
_AGENT = RefType((AGENTS,))
DESCRIPTION = (
    _field("description", _TEXT, "One sentence for listings."),
    _field("value", _TEXT, "What training on it is good for, for listings."),
    _field("verified", _FLAG, "Whether somebody has trained on it and seen the reward rise."),
    _field("verified_url", _TEXT, "Where the evidence for `verified` is."),
)
"""What a server is said to be, which listings read and no server does."""

SANDBOX_PROVIDER_FIELD = _field(
    SANDBOX_PROVIDER,
    union([_TEXT, DictType(_TEXT, AnyType()), NullType()]),
    "The top-level block that says which sandbox to use, by its name.",
)

SERVER_FIELDS: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {
        RESOURCES: _by_name(
            (
                *DESCRIPTION,
                _field("allowed_agents", _TEXTS, "The agent implementations that may be composed onto it."),
                _field("allowed_model_types", _TEXTS, "The model implementations that its agents may use."),
            )
        ),
        AGENTS: _by_name(
            (
                _field(RESOURCES_SERVER, _RESOURCES, "The resources server that the agent works for."),
                _field(MODEL_SERVER, _MODEL, "The model that the agent asks."),
                SANDBOX_PROVIDER_FIELD,
                DESCRIPTION[0],
            )
        ),
        ENVIRONMENTS: _by_name(
            (
                _field(AGENT_SERVER, _AGENT, "The agent that the tasks are sent to."),
                DESCRIPTION[0],
            )
        ),
        MODELS: _by_name((DESCRIPTION[0],)),
    }
)
"""Fields that servers of a type usually have besides those of every server."""

SUPPLIED = frozenset({HOST, NAME, PORT})
"""Fields that NeMo Gym sets itself before a server sees its block."""

REF_FIELDS: Mapping[str, RefType] = MappingProxyType(
    {AGENT_SERVER: _AGENT, MODEL_SERVER: _MODEL, RESOURCES_SERVER: _RESOURCES}
)
"""How the fields end that hold a server ref, such as `judge_model_server`, and what each of them names."""

SERVER_REF: Mapping[str, Field] = _by_name(
    (
        _field(TYPE, _TEXT, "The server type of the instance."),
        _field(NAME, _TEXT, "The instance, by its top-level key."),
    )
)

PROMPT: Mapping[str, Field] = _by_name(
    (
        Field("user", _TEXT, required=True, description="The message of the user, with `{field}` for fields of a row."),
        _field("system", _TEXT, "The message that stands before it."),
    )
)
"""The keys of a prompt template file."""

DEFAULT_METADATA_FIELD = _field(
    DEFAULT_METADATA, DictType(_TEXT, AnyType()), "What every sandbox of this block is labelled with."
)

SANDBOX_PROVIDERS: Mapping[str, str] = MappingProxyType(
    {
        "apptainer": "Containers on this machine, run by Apptainer without privileges.",
        "daytona": "Sandboxes that Daytona hosts.",
        "docker": "Containers on this machine, run by Docker.",
        "e2b": "Sandboxes that E2B hosts.",
        "ecs_fargate": "Containers that AWS runs as Fargate tasks.",
        "enroot": "Containers on this machine or its cluster, run by Enroot.",
        "local": "No isolation: commands run on this machine itself.",
        "opensandbox": "Sandboxes of an OpenSandbox service.",
        "openshell": "Sandboxes of an OpenShell gateway.",
    }
)
"""What each of NeMo Gym's sandbox providers is."""

LICENSES: Mapping[str, str] = MappingProxyType(
    {
        "Apache 2.0": "Permissive, with a patent grant; changed files must say so.",
        "MIT": "Permissive; the notice must be kept.",
        "Creative Commons Attribution 4.0 International": "Any use, as long as the author is named.",
        "Creative Commons Attribution-ShareAlike 4.0 International": (
            "Any use, as long as the author is named and what is made of it has the same license."
        ),
        "CC BY-SA 4.0": "The same license as Creative Commons Attribution-ShareAlike 4.0 International.",
        "CC BY-NC 3.0": "Any use that is not commercial, as long as the author is named.",
        "NVIDIA Internal Use Only, Do Not Distribute": "For use inside NVIDIA alone.",
        "NVIDIA Evaluation Dataset License Agreement": "For evaluation, under NVIDIA's agreement.",
        "TBD": "Not decided yet.",
        "GNU General Public License v3.0": "Copyleft: what is made of it must be free in the same way.",
    }
)
"""What each dataset license allows, in one sentence."""
