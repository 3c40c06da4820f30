"""The keys of `manifest.yaml` with their types and meanings, as in NeMo Gym 0.7.0.

`gym_lsp.gym.manifest` has the rules that types cannot express, such as that one key requires another.
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
    _required("range", ListType(FloatType(), 2, 2), "The lowest and the highest reward, both inclusive."),
    _required("higher_is_better", BoolType(), "Whether a higher reward is better."),
)
MANIFEST_DATASET = _model(
    "ManifestDataset",
    _required("name", _TEXT, "The name of the dataset, as in the config."),
    _required("type", _enum("DatasetKind", "train", "validation", "example", "benchmark"), "The purpose of its rows."),
    _required("jsonl_fpath", _TEXT, "The JSONL file with its rows."),
    _optional("prepare_script", "The script that creates the rows of a benchmark."),
    _optional("prompt_config", "The prompt template for its rows."),
    _optional("num_repeats", "The number of rollouts for each row.", _COUNT, "1"),
)
_ADOPTED_FROM = _model(
    "AdoptedFrom",
    _required("source", _TEXT, "The URL of the repository, as for `git clone`."),
    _required("ref", _TEXT, "The commit, tag or branch that was adopted."),
    _required("reconciled", _TEXT, "The date of the last comparison with that repository."),
)

MANIFEST = _model(
    "EnvironmentManifest",
    _required("name", _TEXT, "The path of the folder below `environments/` or `benchmarks/`."),
    _required("version", _TEXT, "The version, preferably a semantic version."),
    _optional("experimental", "Whether the catalog lists it as experimental.", BoolType(), "True"),
    _required("kind", _enum("EnvironmentKind", "environment", "benchmark"), "The kind, which must match the folder."),
    _required(
        "integration_profile",
        _enum(
            "IntegrationProfile",
            "custom-gym-verifier",
            "custom-gym-agent-loop",
            "external-agent-loop",
            "external-rollout-driver",
        ),
        "Which part of a rollout it implements itself. This decides which servers the manifest must name.",
    ),
    _required("domain", _DOMAIN, "The ability that it trains or tests."),
    _required("description", _TEXT, "A one-sentence description for the catalog."),
    _required("modality", _TEXT, "The kind of input and output, such as `text`."),
    _optional("licensing", "An SPDX expression, `internal`, `proprietary` or `unknown`.", _TEXT, '"unknown"'),
    _required("authors", ListType(_TEXT, 1), "The authors, each listed once."),
    _required("reward", ModelType(_REWARD), "The range and direction of its rewards."),
    _optional(
        "determinism",
        "Whether rollouts are reproducible.",
        _enum("Determinism", "seeded", "stochastic", "unknown"),
        '"unknown"',
    ),
    _optional("config_path", "The path of the config, relative to the manifest.", _TEXT, '"config.yaml"'),
    _optional("dataset_owner", "The instance that declares the datasets."),
    _required("resources_server", _OPTIONAL_TEXT, "The implementation of its resources server, or null."),
    _required("agent_server", _TEXT, "The implementation of its agent."),
    _required("datasets", ListType(ModelType(MANIFEST_DATASET), 1), "The datasets, as in the config."),
    _optional("model_server", "The instance of its model server."),
    _optional("rollout_driver", "The function that drives the rollouts, as `package.module:function`."),
    _optional("grading_mode", "How answers are graded."),
    _optional(
        "session_model",
        "Whether a session of the resources server is an episode or a step.",
        UnionType((_enum("SessionModel", "episode", "step"), NullType())),
    ),
    _optional(
        "state",
        "Whether the resources server keeps state during a session.",
        UnionType((_enum("EnvironmentState", "none", "per_session"), NullType())),
    ),
    _optional("sandbox", "The sandbox that it needs."),
    _optional("canonical_split", "The split that results of a benchmark refer to."),
    _optional(
        "prompt_source",
        "Where the prompts come from.",
        _enum("PromptSource", "template", "prepared", "agent"),
        '"template"',
    ),
    _optional("standard_prompt_config", "The prompt template that results of a benchmark refer to."),
    _optional(
        "adopted_from", "The project that it was adopted from.", UnionType((ModelType(_ADOPTED_FROM), NullType()))
    ),
    _optional(
        "lifecycle",
        "Whether it is still recommended or deprecated.",
        _enum("Lifecycle", "active", "deprecated"),
        '"active"',
    ),
)
