"""The datasets of a server, as the rules about them read them."""

from __future__ import annotations

from gym_lsp.compose.blocks import is_settled
from gym_lsp.compose.config import Config, Leaf, Table
from gym_lsp.gym.fields import Model, ModelType, UnionType
from gym_lsp.gym.layout import AGENT, AGENTS, BENCHMARK, NAME, PREPARE_SCRIPT, RESOURCES, TYPE
from gym_lsp.gym.release.profile import Profile


def model_of(dataset: Table, profile: Profile) -> Model | None:
    """The model that a dataset is checked by; None where its type is none that the release knows."""
    kind = dataset.leaf(TYPE)
    if kind == BENCHMARK:
        return profile.models["BenchmarkDatasetConfig"]
    return profile.models["DatasetConfig"] if kind in profile.dataset_types else None


def known_fields(profile: Profile) -> frozenset[str]:
    """The fields of every sort of dataset, and of what lies in one."""
    found: set[str] = set()
    pending = [profile.models["DatasetConfig"], profile.models["BenchmarkDatasetConfig"]]
    while pending:
        for field in pending.pop().fields.values():
            found.add(field.name)
            options = field.type.options if isinstance(field.type, UnionType) else (field.type,)
            pending.extend(option.model for option in options if isinstance(option, ModelType))
    return frozenset(found)


def other_model(dataset: Table, profile: Profile) -> Model:
    """The model that a dataset of the other sort would be checked by."""
    name = "DatasetConfig" if dataset.leaf(TYPE) == BENCHMARK else "BenchmarkDatasetConfig"
    return profile.models[name]


def prepares_all(profile: Profile) -> bool:
    """Whether every dataset may name a prepare script, and a server several of them: since 0.7.0."""
    return PREPARE_SCRIPT in profile.models["DatasetConfig"].fields


def is_used_on(server_type: str, profile: Profile) -> bool:
    """Whether NeMo Gym looks for datasets on servers of a type.

    It always does on agents, and since 0.6.0 on resources servers: a benchmark may name its agent since then.
    """
    if server_type == RESOURCES:
        return AGENT in profile.models["BenchmarkDatasetConfig"].fields
    return server_type == AGENTS


def settled_path(dataset: Table, field: str) -> tuple[Leaf, str] | None:
    """The path that a field holds, where it holds one and not `???`, an interpolation or something else."""
    value = dataset.get(field)
    if not isinstance(value, Leaf) or not is_settled(value) or not isinstance(value.value, str):
        return None
    return (value, value.value) if value.value else None


def is_given(config: Config | None) -> bool:
    """Whether a field is there and not null."""
    return config is not None and not (isinstance(config, Leaf) and config.value is None)


def called(dataset: Table) -> str:
    """A dataset by its name, as a message speaks of it."""
    name = dataset.leaf(NAME)
    return f"dataset `{name}`" if isinstance(name, str) and name else "this dataset"


def not_interpolated(field: str) -> str:
    """What to say of an interpolation in a field that is no text to NeMo Gym's models."""
    return f"`{field}` cannot be an interpolation: NeMo Gym checks it before it resolves anything"
