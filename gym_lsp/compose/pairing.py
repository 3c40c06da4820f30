"""Which agents and models a resources server accepts.

Mirrors `_raise_on_unsupported_pairing`, `raise_on_unsupported_model_pairings`, `allowed_agents_for` and
`allowed_model_types_for`: a server that declares nothing accepts everything.
"""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.agents import MODELS, RESOURCES, Agent, agents_of
from gym_lsp.compose.config import Array, Config, Leaf, Table
from gym_lsp.compose.problem import PairingUnsupported, Problem, RestrictionNotList
from gym_lsp.gym.profile import Profile
from gym_lsp.syntax import Atom

ALLOWED_AGENTS = "allowed_agents"
ALLOWED_MODEL_TYPES = "allowed_model_types"
ALLOW_UNSUPPORTED_PAIRING = "allow_unsupported_pairing"
DUMMY_MODEL = "dummy_model"


def check_agent_pairing(root: Table, source: Agent, targets: list[Agent]) -> Iterator[Problem]:
    """What forbids to rehost `targets` on the unbound agent `source`."""
    if root.leaf(ALLOW_UNSUPPORTED_PAIRING):
        return
    for target in targets:
        reference = target.resources
        server = None if reference is None else reference.leaf("name")
        declared = _declared(root, server, ALLOWED_AGENTS)
        yield from _checked(declared, ALLOWED_AGENTS, source.implementation, server, is_model=False)


def check_model_pairing(root: Table, profile: Profile) -> Iterator[Problem]:
    """Agents whose resources server does not accept the kind of model that they use."""
    if root.leaf(ALLOW_UNSUPPORTED_PAIRING):
        return
    for agent in agents_of(root, profile):
        resources = agent.resources
        if resources is None or resources.leaf("type") != RESOURCES:
            continue
        server = resources.leaf("name")
        declared = _declared(root, server, ALLOWED_MODEL_TYPES)
        if isinstance(declared, Table) or (isinstance(declared, Leaf) and not isinstance(declared.value, str)):
            yield RestrictionNotList(declared, ALLOWED_MODEL_TYPES)
            continue
        model = agent.server.table("model_server")
        if model is None or model.leaf("type") != MODELS:
            continue
        chosen = _only_implementation(root, model.leaf("name"), MODELS)
        if chosen is not None and chosen[0] != DUMMY_MODEL:
            yield from _checked(declared, ALLOWED_MODEL_TYPES, chosen[0], server, is_model=True)


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


def _declared(root: Table, server: Atom, key: str) -> Config | None:
    found = _only_implementation(root, server, RESOURCES)
    declared = None if found is None else found[1].get(key)
    if isinstance(declared, Leaf):
        return declared if declared.value else None
    if isinstance(declared, Array):
        return declared if declared.items else None
    return declared if declared is not None and declared.entries else None


def _only_implementation(root: Table, instance: Atom, server_type: str) -> tuple[str, Table] | None:
    block = root.table(instance) if instance else None
    group = None if block is None else block.table(server_type)
    if group is None or len(group.entries) != 1:
        return None
    ((implementation, server),) = group.entries.items()
    return (str(implementation), server) if isinstance(server, Table) else None
