"""The agents and models that a resources server accepts.

Mirrors `_raise_on_unsupported_pairing`, `raise_on_unsupported_model_pairings`, `allowed_agents_for` and
`allowed_model_types_for`: a server without a declaration accepts everything.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.compose.agents import Agent, agents_of
from gym_lsp.compose.config import Array, Config, Leaf, Table
from gym_lsp.compose.merge import Dereference
from gym_lsp.compose.problem import PairingUnsupported, Problem, RestrictionNotList
from gym_lsp.gym.layout import AGENTS, DUMMY_MODEL, MODEL_SERVER, MODELS, NAME, RESOURCES, RESOURCES_SERVER, TYPE
from gym_lsp.gym.release.profile import Profile
from gym_lsp.syntax import Atom, KeyPath

ALLOWED_AGENTS = "allowed_agents"
ALLOWED_MODEL_TYPES = "allowed_model_types"
ALLOW_UNSUPPORTED_PAIRING = "allow_unsupported_pairing"


class _Ref(Struct, frozen=True):
    """A server ref of an agent. A field that is not written is None."""

    type: Atom = None
    name: Atom = None


def check_agent_pairing(
    root: Table, source: Agent, targets: list[Agent], dereference: Dereference
) -> Iterator[Problem]:
    """Yield the reasons why `targets` cannot be rehosted on the unbound agent `source`."""
    run = _Followed(root, dereference)
    if run.leaf(root, (), ALLOW_UNSUPPORTED_PAIRING):
        return
    for target in targets:
        server = run.ref(target, RESOURCES_SERVER).name
        declared = run.declared(server, ALLOWED_AGENTS)
        yield from _checked(declared, ALLOWED_AGENTS, source.implementation, server, is_model=False)


def check_model_pairing(root: Table, profile: Profile, dereference: Dereference) -> Iterator[Problem]:
    """Yield a problem for each agent whose resources server does not accept the type of its model."""
    run = _Followed(root, dereference)
    if run.leaf(root, (), ALLOW_UNSUPPORTED_PAIRING):
        return
    for agent in agents_of(root, profile):
        resources = run.ref(agent, RESOURCES_SERVER)
        if resources.type != RESOURCES:
            continue
        declared = run.declared(resources.name, ALLOWED_MODEL_TYPES)
        if declared is None:
            continue
        if isinstance(declared, Table) or (isinstance(declared, Leaf) and not isinstance(declared.value, str)):
            yield RestrictionNotList(declared, ALLOWED_MODEL_TYPES)
            continue
        model = run.ref(agent, MODEL_SERVER)
        chosen = run.only_implementation(model.name, MODELS) if model.type == MODELS else None
        if chosen is not None and chosen[0] != DUMMY_MODEL:
            yield from _checked(declared, ALLOWED_MODEL_TYPES, chosen[0], resources.name, is_model=True)


def _checked(declared: Config | None, key: str, chosen: str, server: Atom, *, is_model: bool) -> Iterator[Problem]:
    if declared is None:
        return
    if isinstance(declared, Leaf) and isinstance(declared.value, str):
        allowed: tuple[str, ...] = (declared.value,)
    elif isinstance(declared, Array):
        allowed = tuple(str(item.value) for item in declared.items if isinstance(item, Leaf))
    else:
        yield RestrictionNotList(declared, key)
        return
    if chosen not in allowed:
        yield PairingUnsupported(declared, chosen, str(server), allowed, is_model)


class _Followed:
    """A configuration whose interpolations are all followed, as when it is read with OmegaConf."""

    def __init__(self, root: Table, dereference: Dereference) -> None:
        self._root = root
        self._dereference = dereference

    def get(self, table: Table, path: KeyPath, key: Atom) -> Config | None:
        """Return the value under a key of the table at a path; None if it is absent or cannot be resolved."""
        value = table.get(key)
        return None if value is None else self._followed(value, (*path, str(key)))

    def _followed(self, value: Config, path: KeyPath) -> Config | None:
        if isinstance(value, Leaf) and value.is_interpolation:
            return self._dereference(self._root, value, path)
        return value

    def leaf(self, table: Table, path: KeyPath, key: Atom) -> Atom:
        """Return the scalar under a key; None if there is none."""
        value = self.get(table, path, key)
        return value.value if isinstance(value, Leaf) else None

    def ref(self, agent: Agent, field: str) -> _Ref:
        """Return a server ref of an agent."""
        path: KeyPath = (agent.name, AGENTS, agent.implementation)
        ref = self.get(agent.server, path, field)
        if not isinstance(ref, Table):
            return _Ref()
        below = (*path, field)
        return _Ref(self.leaf(ref, below, TYPE), self.leaf(ref, below, NAME))

    def declared(self, server: Atom, key: str) -> Config | None:
        """Return the declaration of a resources server under a key; None if it is absent or empty."""
        found = self.only_implementation(server, RESOURCES)
        if found is None:
            return None
        implementation, config = found
        path: KeyPath = (str(server), RESOURCES, implementation)
        declared = self.get(config, path, key)
        if isinstance(declared, Leaf):
            return declared if declared.value else None
        if isinstance(declared, Array):
            items = [self._followed(item, (*path, key, index)) for index, item in enumerate(declared.items)]
            return replace(declared, items=tuple(item for item in items if item is not None)) if items else None
        return declared if declared is not None and declared.entries else None

    def only_implementation(self, instance: Atom, server_type: str) -> tuple[str, Table] | None:
        """Return the implementation of an instance and its fields; None unless it has exactly one of that type."""
        block = self._root.table(instance) if instance else None
        group = None if block is None else block.table(server_type)
        if group is None or len(group.entries) != 1:
            return None
        ((implementation, server),) = group.entries.items()
        return (str(implementation), server) if isinstance(server, Table) else None
