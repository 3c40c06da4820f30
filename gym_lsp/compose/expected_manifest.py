"""The values that a `manifest.yaml` has to repeat from the run of its config, or why that run cannot have a manifest.

Mirrors `_resolve_manifest_composition` of NeMo Gym 0.7.0, except for tasksets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import PurePosixPath

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.compose.blocks import datasets_of
from gym_lsp.compose.config import Config, Leaf, Table
from gym_lsp.compose.interpolate import FROM_ENVIRONMENT, Interpolator
from gym_lsp.compose.problem import raised_by
from gym_lsp.compose.run import Composition
from gym_lsp.compose.servers import Server
from gym_lsp.gym.lax import to_int
from gym_lsp.gym.layout import (
    AGENT,
    AGENT_SERVER,
    AGENTS,
    BENCHMARK,
    DATASETS,
    JSONL_FPATH,
    MODEL_SERVER,
    NAME,
    PREPARE_SCRIPT,
    PROMPT_CONFIG,
    RESOURCES,
    RESOURCES_SERVER,
    SERVER_DEPTH,
    TYPE,
)
from gym_lsp.gym.release.profile import Profile
from gym_lsp.syntax import KeyPath

DATASET_FIELDS = (NAME, TYPE, JSONL_FPATH, PREPARE_SCRIPT, PROMPT_CONFIG, "num_repeats")
"""The fields of a dataset that a manifest repeats. It does not have others."""
_TASKSET = "taskset"


class ExpectedValue(Struct, frozen=True):
    """A text from the run, None if the run does not set it, and the value that it comes from."""

    text: str | None
    at: Config | None


class ExpectedDataset(Struct, frozen=True):
    """A dataset as the run declares it: the repeated fields that it sets."""

    fields: Mapping[str, str | int]
    at: Table


class ExpectedManifest(Struct, frozen=True):
    """The values of the run. `texts` are by the keys of the manifest, without those that depend on the environment."""

    texts: Mapping[str, ExpectedValue]
    datasets: tuple[ExpectedDataset, ...]
    owner: Server


class Why(Enum):
    """Reasons why a run cannot have a manifest."""

    NO_DATASETS = "no-datasets"
    SEVERAL_OWNERS = "several-owners"
    NOT_AN_OWNER = "not-an-owner"
    AGENTS_DIFFER = "agents-differ"
    WRONG_AGENT = "wrong-agent"
    NO_AGENT = "no-agent"
    SEVERAL_AGENTS = "several-agents"


class Undescribable(Struct, frozen=True):
    """A run that cannot have a manifest: the reason, the names that it is about, and their place in the config."""

    why: Why
    names: tuple[str, ...]
    at: Config | None


def expected_manifest(
    composition: Composition, dataset_owner: str | None, variables: frozenset[str], profile: Profile
) -> ExpectedManifest | Undescribable | None:
    """Return the expected content of a manifest with that `dataset_owner`; None if the run itself has errors."""
    if any(raised_by(problem) is not None for problem in composition.problems):
        return None
    return _Derivation(composition, variables, profile).manifest(dataset_owner)


class _Stop(Exception):
    def __init__(self, outcome: Undescribable | None) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class _Derivation:
    """The derivation of the expected manifest from one run."""

    def __init__(self, composition: Composition, variables: frozenset[str], profile: Profile) -> None:
        self.root = composition.config
        self.servers = composition.servers
        self.by_name = {server.name: server for server in composition.servers}
        self.interpolator = Interpolator(composition.config, variables)
        self.profile = profile

    def manifest(self, dataset_owner: str | None) -> ExpectedManifest | Undescribable | None:
        try:
            owner = self._owner(dataset_owner)
            agent = self._agent_of(owner)
        except _Stop as stop:
            return stop.outcome
        resources = owner if owner.server_type == RESOURCES else self._resources_of(agent)
        model = self._ref_name(agent, MODEL_SERVER)
        texts: dict[str, ExpectedValue | None] = {
            RESOURCES_SERVER: ExpectedValue(None, None) if resources is None else _implementation(resources),
            AGENT_SERVER: _implementation(agent),
            MODEL_SERVER: replace(model, text=model.text or None) if model is not None else None,
            "rollout_driver": self._value(self.root.get("rollout_collection_driver"), ("rollout_collection_driver",)),
            "grading_mode": ExpectedValue(None, None) if resources is None else self._field(resources, "grading_mode"),
        }
        known = {key: text for key, text in texts.items() if text is not None}
        return ExpectedManifest(known, tuple(self._dataset(each) for each in datasets_of(owner.config)), owner)

    # The owner of the datasets, and the agent that runs them

    def _owner(self, dataset_owner: str | None) -> Server:
        """Return the server with the datasets. Resources servers take precedence over agents."""
        known = (server for server in self.servers if server.server_type in (RESOURCES, AGENTS))
        owners = [server for server in known if datasets_of(server.config)]
        if dataset_owner is not None:
            owner = self.by_name.get(dataset_owner)
            if owner is None or owner not in owners:
                raise _Stop(Undescribable(Why.NOT_AN_OWNER, tuple(each.name for each in owners), None))
            return owner
        owners = [server for server in owners if server.server_type == RESOURCES] or owners
        if not owners:
            raise _Stop(Undescribable(Why.NO_DATASETS, (), None))
        if len(owners) > 1:
            names = tuple(each.name for each in owners)
            raise _Stop(Undescribable(Why.SEVERAL_OWNERS, names, owners[1].config.get(DATASETS)))
        return owners[0]

    def _agent_of(self, owner: Server) -> Server:
        """Return the agent that runs the datasets of a server. Mirrors `resolve_dataset_agent`."""
        datasets = datasets_of(owner.config)
        if any(_TASKSET in dataset.entries for dataset in datasets):
            raise _Stop(None)
        pins: dict[str, Config] = {}
        for dataset in datasets:
            pin = self._value(dataset.get(AGENT), owner.path)
            if pin is not None and pin.text is not None and pin.at is not None:
                pins.setdefault(pin.text, pin.at)
        if len(pins) > 1:
            raise _Stop(Undescribable(Why.AGENTS_DIFFER, (owner.name, *pins), list(pins.values())[1]))
        users = (owner.name,) if owner.server_type == AGENTS else tuple(self._agents_using(owner.name))
        for pin, at in pins.items():
            if pin not in users:
                raise _Stop(Undescribable(Why.WRONG_AGENT, (owner.name, pin), at))
        chosen = tuple(pins) or users
        if len(chosen) != 1:
            why = Why.SEVERAL_AGENTS if chosen else Why.NO_AGENT
            raise _Stop(Undescribable(why, (owner.name, *chosen), owner.instance))
        agent = self.by_name.get(chosen[0])
        if agent is None or agent.server_type != AGENTS:
            raise _Stop(None)
        return agent

    def _agents_using(self, resources_server: str) -> Iterator[str]:
        for name, instance in self.root.entries.items():
            server: Config | None = instance
            if not isinstance(server, Table) or AGENTS not in server.entries:
                continue
            # From the instance down to its first server.
            for _ in range(SERVER_DEPTH - 1):
                server = next(iter(server.entries.values()), None) if isinstance(server, Table) else None
            ref = self._table(server.get(RESOURCES_SERVER), (str(name),)) if isinstance(server, Table) else None
            named = None if ref is None else self._value(ref.get(NAME), (str(name),))
            if named is not None and named.text == resources_server:
                yield str(name)

    def _resources_of(self, agent: Server) -> Server | None:
        named = self._ref_name(agent, RESOURCES_SERVER)
        return None if named is None or named.text is None else self.by_name.get(named.text)

    # Values

    def _ref_name(self, server: Server, field: str) -> ExpectedValue | None:
        ref = self._table(server.config.get(field), (*server.path, field))
        return ExpectedValue(None, None) if ref is None else self._value(ref.get(NAME), (*server.path, field, NAME))

    def _field(self, server: Server, field: str) -> ExpectedValue | None:
        return self._value(server.config.get(field), (*server.path, field))

    def _table(self, value: Config | None, path: KeyPath) -> Table | None:
        if isinstance(value, Leaf) and value.is_interpolation:
            value = self.interpolator.dereference(value, path)
        return value if isinstance(value, Table) else None

    def _value(self, value: Config | None, path: KeyPath) -> ExpectedValue | None:
        """Return the text of a value; None if it is unknown or depends on the environment."""
        found = value
        if isinstance(value, Leaf) and value.is_interpolation:
            found = self.interpolator.dereference(value, path)
            if found is None:
                return None
        if found is None or (isinstance(found, Leaf) and found.value is None):
            return ExpectedValue(None, value)
        if not isinstance(found, Leaf) or FROM_ENVIRONMENT in str(found.value):
            return None
        return ExpectedValue(str(found.value), value)

    def _dataset(self, dataset: Table) -> ExpectedDataset:
        """Return a dataset as its model dumps it. Interpolations stay, because they are not resolved there."""
        is_benchmark = dataset.leaf(TYPE) == BENCHMARK
        model = self.profile.models["BenchmarkDatasetConfig" if is_benchmark else "DatasetConfig"]
        fields: dict[str, str | int] = {}
        for field in DATASET_FIELDS:
            value = dataset.leaf(field) if field in model.fields else None
            if value is None:
                continue
            if field == "num_repeats":
                fields[field] = to_int(value) or 1
            elif field == PREPARE_SCRIPT or (is_benchmark and field in (JSONL_FPATH, PROMPT_CONFIG)):
                fields[field] = str(PurePosixPath(str(value))).strip()
            else:
                fields[field] = str(value).strip()
        return ExpectedDataset(fields, dataset)


def _implementation(server: Server) -> ExpectedValue:
    return ExpectedValue(server.implementation, server.config)
