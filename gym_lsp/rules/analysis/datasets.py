"""What the rules about the datasets of a server share."""

from __future__ import annotations

from gym_lsp.compose.blocks import is_settled
from gym_lsp.compose.config import Config, Leaf, Table
from gym_lsp.gym.fields import Model, ModelType, UnionType
from gym_lsp.gym.layout import AGENT, AGENTS, BENCHMARK, NAME, PREPARE_SCRIPT, RESOURCES, TYPE
from gym_lsp.gym.release.profile import Profile


def model_of(dataset: Table, profile: Profile) -> Model | None:
    """Return the model that validates a dataset; None if the release does not support its type."""
    kind = dataset.leaf(TYPE)
    if kind == BENCHMARK:
        return profile.models["BenchmarkDatasetConfig"]
    return profile.models["DatasetConfig"] if kind in profile.dataset_types else None


def known_fields(profile: Profile) -> frozenset[str]:
    """Return the fields of every kind of dataset, and of the mappings in it."""
    found: set[str] = set()
    pending = [profile.models["DatasetConfig"], profile.models["BenchmarkDatasetConfig"]]
    while pending:
        for field in pending.pop().fields.values():
            found.add(field.name)
            options = field.type.options if isinstance(field.type, UnionType) else (field.type,)
            pending.extend(option.model for option in options if isinstance(option, ModelType))
    return frozenset(found)


def other_model(dataset: Table, profile: Profile) -> Model:
    """Return the model that would validate a dataset of the other kind."""
    name = "DatasetConfig" if dataset.leaf(TYPE) == BENCHMARK else "BenchmarkDatasetConfig"
    return profile.models[name]


def prepares_all(profile: Profile) -> bool:
    """Whether every dataset may have a prepare script, and a server several of them: since 0.7.0."""
    return PREPARE_SCRIPT in profile.models["DatasetConfig"].fields


def is_used_on(server_type: str, profile: Profile) -> bool:
    """Whether NeMo Gym reads the datasets of servers of a type.

    It always reads those of agents, and since 0.6.0 those of resources servers: a benchmark may name its agent since.
    """
    if server_type == RESOURCES:
        return AGENT in profile.models["BenchmarkDatasetConfig"].fields
    return server_type == AGENTS


def settled_path(dataset: Table, field: str) -> tuple[Leaf, str] | None:
    """Return the path in a field; None if its value is `???`, an interpolation or something else."""
    value = dataset.get(field)
    if not isinstance(value, Leaf) or not is_settled(value) or not isinstance(value.value, str):
        return None
    return (value, value.value) if value.value else None


def is_given(config: Config | None) -> bool:
    """Whether a field exists and is not null."""
    return config is not None and not (isinstance(config, Leaf) and config.value is None)


def called(dataset: Table) -> str:
    """Return how a message refers to a dataset: by its name, if it has one."""
    name = dataset.leaf(NAME)
    return f"dataset `{name}`" if isinstance(name, str) and name else "this dataset"


def not_interpolated(field: str) -> str:
    """Return the message about an interpolation in a field that is not text in the models of NeMo Gym."""
    return f"`{field}` cannot be an interpolation; NeMo Gym checks it before resolving interpolations"
