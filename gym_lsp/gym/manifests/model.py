"""The keys of `manifest.yaml`, with their types and meanings, as NeMo Gym 0.7.0 has them.

What no type can say, such as that one key is needed because of another, is in `manifest`.
"""

from __future__ import annotations

from gym_lsp.gym.fields import (
    BoolType,
    EnumType,
    Field,
    FieldType,
    FloatType,
    IntType,
    ListType,
    Model,
    ModelType,
    NullType,
    StrType,
    UnionType,
)
from gym_lsp.gym.vocabulary import Domain


def _enum(name: str, *values: str) -> EnumType:
    return EnumType(name, tuple((value.replace("-", "_").upper(), value) for value in values), "str")


_TEXT = StrType(min_length=1)
_OPTIONAL_TEXT = UnionType((_TEXT, NullType()))
_COUNT = IntType(ge=1)
_DOMAIN = EnumType("Domain", tuple((domain.name, domain.value) for domain in Domain), "str")


def _model(name: str, *members: Field) -> Model:
    return Model(name, {member.name: member for member in members}, extra="forbid")


def _required(name: str, type: FieldType, description: str) -> Field:
    return Field(name, type, required=True, description=description)


def _optional(name: str, description: str, type: FieldType = _OPTIONAL_TEXT, default: str = "None") -> Field:
    return Field(name, type, required=False, default=default, description=description)


_REWARD = _model(
    "Reward",
    _required("range", ListType(FloatType(), 2, 2), "The least and the greatest reward, both included."),
    _required("higher_is_better", BoolType(), "Whether a greater reward is a better one."),
)
MANIFEST_DATASET = _model(
    "ManifestDataset",
    _required("name", _TEXT, "The name of the dataset, as in the config."),
    _required("type", _enum("DatasetKind", "train", "validation", "example", "benchmark"), "What its rows are for."),
    _required("jsonl_fpath", _TEXT, "The file of its rows."),
    _optional("prepare_script", "The script that makes the rows of a benchmark."),
    _optional("prompt_config", "The prompt template that its rows are put into."),
    _optional("num_repeats", "How often each row is tried.", _COUNT, "1"),
)
_ADOPTED_FROM = _model(
    "AdoptedFrom",
    _required("source", _TEXT, "The repository that it came from, as an address that git takes."),
    _required("ref", _TEXT, "The commit, tag or branch that it was taken from."),
    _required("reconciled", _TEXT, "The day on which the two were last compared."),
)

MANIFEST = _model(
    "EnvironmentManifest",
    _required("name", _TEXT, "The path of its folder below environments/ or benchmarks/."),
    _required("version", _TEXT, "The version of what is composed here, best a semantic version."),
    _optional("experimental", "Whether the catalog lists it as experimental.", BoolType(), "True"),
    _required("kind", _enum("EnvironmentKind", "environment", "benchmark"), "Which of the two folders it lies in."),
    _required(
        "integration_profile",
        _enum(
            "IntegrationProfile",
            "custom-gym-verifier",
            "custom-gym-agent-loop",
            "external-agent-loop",
            "external-rollout-driver",
        ),
        "Which part of a rollout is its own, and so which servers it must name.",
    ),
    _required("domain", _DOMAIN, "The ability that it exercises."),
    _required("description", _TEXT, "One sentence for the catalog."),
    _required("modality", _TEXT, "What goes in and out, such as text."),
    _optional("licensing", "An SPDX expression, or internal, proprietary or unknown.", _TEXT, '"unknown"'),
    _required("authors", ListType(_TEXT, 1), "Who made it, each once."),
    _required("reward", ModelType(_REWARD), "What its rewards mean."),
    _optional(
        "determinism",
        "Whether a rollout can be repeated.",
        _enum("Determinism", "seeded", "stochastic", "unknown"),
        '"unknown"',
    ),
    _optional("config_path", "Its config, relative to the manifest.", _TEXT, '"config.yaml"'),
    _optional("dataset_owner", "The instance that declares the datasets."),
    _required("resources_server", _OPTIONAL_TEXT, "The implementation of its resources server, or null."),
    _required("agent_server", _TEXT, "The implementation of its agent."),
    _required("datasets", ListType(ModelType(MANIFEST_DATASET), 1), "Its datasets, as in the config."),
    _optional("model_server", "The instance of its model server."),
    _optional("rollout_driver", "The function that drives its rollouts, as `package.module:function`."),
    _optional("grading_mode", "How its answers are graded."),
    _optional(
        "session_model",
        "What one session of the resources server spans.",
        UnionType((_enum("SessionModel", "episode", "step"), NullType())),
    ),
    _optional(
        "state",
        "Whether the resources server remembers anything.",
        UnionType((_enum("EnvironmentState", "none", "per_session"), NullType())),
    ),
    _optional("sandbox", "The sandbox that it needs."),
    _optional("canonical_split", "The split that a benchmark is reported on."),
    _optional(
        "prompt_source",
        "Where the prompts come from.",
        _enum("PromptSource", "template", "prepared", "agent"),
        '"template"',
    ),
    _optional("standard_prompt_config", "The prompt template that a benchmark is reported with."),
    _optional(
        "adopted_from", "The project that it was taken over from.", UnionType((ModelType(_ADOPTED_FROM), NullType()))
    ),
    _optional("lifecycle", "Whether it should still be used.", _enum("Lifecycle", "active", "deprecated"), '"active"'),
)
