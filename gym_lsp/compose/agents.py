"""Agents that replace other agents, and their environment servers.

Since 0.6.0 an agent whose `resources_server.name` is `???` is composed onto the other agents of a run. Since 0.7.0
environment servers follow agents that are renamed by that or by a top-level `_inherit_from`, and agents without an
environment server get a generated relay.
Mirrors `compose_unbound_agent`, `apply_legacy_agent_aliases`, `_retarget_environment_servers` and
`_front_agents_without_environment_server`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from gym_lsp.compose.config import Array, Config, Leaf, Marks, Origin, Provenance, Table, table
from gym_lsp.compose.directives import Transfer
from gym_lsp.compose.problem import (
    AgentMapAbsent,
    AgentNotComposed,
    AgentUnfronted,
    Composing,
    Problem,
    RenameAmbiguous,
)
from gym_lsp.gym.layout import (
    AGENT_MAP,
    AGENT_NAME,
    AGENT_SERVER,
    AGENTS,
    ENTRYPOINT,
    ENVIRONMENTS,
    FAN_OUT,
    NAME,
    RESOURCES_SERVER,
    TYPE,
    is_top_level,
)
from gym_lsp.gym.release.profile import Profile
from gym_lsp.syntax import MISSING, Atom, KeyPath, Scalar

STRICT_FRONTING = "error_on_agent_without_environment_server"
RELAY_SUFFIX = "_environment_server"


class Agent(Struct, frozen=True):
    """A top-level agent instance with exactly one implementation. Mirrors `_agent_instances`."""

    name: str
    implementation: str
    server: Table
    instance: Table

    @property
    def resources(self) -> Table | None:
        """Its `resources_server` block; None for an agent that contains its environment."""
        return self.server.table(RESOURCES_SERVER)

    @property
    def is_unbound(self) -> bool:
        reference = self.resources
        return reference is not None and reference.leaf(NAME) == MISSING


def agents_of(root: Table, profile: Profile) -> list[Agent]:
    """Return all agent instances of a configuration, in its order."""
    found: list[Agent] = []
    for name, instance in root.entries.items():
        if not isinstance(instance, Table):
            continue
        group = instance.table(AGENTS)
        if group is None or len(group.entries) != 1 or name in profile.reserved_keys:
            continue
        (implementation, server), *_ = group.entries.items()
        if isinstance(server, Table):
            found.append(Agent(str(name), str(implementation), server, instance))
    return found


PairingCheck = Callable[[Table, Agent, list[Agent]], Iterable[Problem]]
"""(root, unbound agent, the agents that it replaces) -> the reasons why it cannot replace them."""


class Recomposed(Struct, frozen=True):
    """A configuration after agents were composed. `renames` maps the old instance names to the new ones.

    If `is_idle` is true, there was no unbound agent, and nothing was checked.
    """

    config: Table
    renames: Mapping[str, str]
    problems: tuple[Problem, ...]
    is_idle: bool = False


def compose_unbound_agent(root: Table, profile: Profile, pairing: PairingCheck) -> Recomposed:
    """Rehost every agent with a resources server on the unbound agent of the run, then drop the unbound one."""
    agents = agents_of(root, profile)
    unbound = [agent for agent in agents if agent.is_unbound]
    if not unbound:
        return Recomposed(root, {}, (), is_idle=True)
    source = unbound[0]
    at = name_value(source)
    if len(unbound) > 1:
        names = tuple(sorted(agent.name for agent in unbound))
        return Recomposed(root, {}, (AgentNotComposed(at, Composing.SEVERAL_UNBOUND, names),))
    targets = [agent for agent in agents if agent.name != source.name and agent.resources is not None]
    if not targets:
        return Recomposed(root, {}, (AgentNotComposed(at, Composing.NOTHING_TO_REHOST, (source.name,)),))
    problems = list(pairing(root, source, targets)) if profile.checks_agent_pairings else []
    renames = {target.name: composed_name(target, source.implementation) for target in targets}
    taken = set(root.entries) - set(renames) - {source.name}
    new_names = list(renames.values())
    clashes = [old for old, new in renames.items() if new in taken or new_names.count(new) > 1]
    if clashes:
        pairs = tuple(sorted(f"{old} -> {renames[old]}" for old in clashes))
        first = next(target for target in targets if target.name == clashes[0])
        problems.append(AgentNotComposed(first.instance, Composing.NAME_TAKEN, pairs))
        return Recomposed(root, {}, tuple(problems))
    entries = dict(root.entries)
    entries.pop(source.name, None)
    for target in targets:
        entries.pop(target.name, None)
        entries[renames[target.name]] = _rehosted(target, source, profile.carried_over_keys)
    composed = table(entries, root.origin, root.key, root.node, root.overridden)
    if profile.retargets_environment_servers:
        composed = retarget(composed, renames)
    problems.extend(_outdated_routes(composed, renames))
    return Recomposed(_with_routes(composed, renames), renames, tuple(problems))


def name_value(agent: Agent) -> Config:
    """Return the value that makes an agent unbound: the `???` of the name of its resources server."""
    reference = agent.resources
    found = None if reference is None else reference.get(NAME)
    return agent.instance if found is None else found


def composed_name(agent: Agent, implementation: str) -> str:
    """Return the name of an agent with another implementation. Mirrors `_composed_instance_name`."""
    stem = _stem(agent.name, agent.implementation)
    return f"{stem}_{implementation}" if stem else implementation


def _stem(name: str, implementation: str) -> str:
    stem = name.removesuffix(f"_{implementation}").removesuffix(implementation).rstrip("_")
    return name.removesuffix("_agent").rstrip("_") if stem == name else stem


def _rehosted(target: Agent, source: Agent, carried_over: Iterable[str]) -> Table:
    """Return the instance of the target with the server of the source, bound to the resources of the target."""
    server = dict(source.server.entries)
    for key in carried_over:
        if key in target.server.entries:
            server[key] = target.server.entries[key]
    own = source.server
    composed = table(server, own.origin, own.key, own.node, target.server)
    group = target.instance.entries[AGENTS]
    instance = dict(target.instance.entries)
    instance[AGENTS] = table({source.implementation: composed}, group.origin, group.key, group.node, group)
    whole = target.instance
    return table(instance, whole.origin, whole.key, whole.node, whole)


# Routing keys that name agents


def _outdated_routes(root: Table, renames: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each route to an agent that composition renamed. Mirrors `_raise_on_outdated_routing`."""
    destinations: list[Config] = []
    selected = root.get(AGENT_NAME)
    if selected is not None:
        destinations.append(selected)
    declared = root.table(AGENT_MAP)
    if declared is not None:
        destinations.extend(declared.entries.values())
    fanned = root.table(FAN_OUT)
    if fanned is not None:
        for listed in fanned.entries.values():
            destinations.extend(listed.items if isinstance(listed, Array) else ())
    for destination in destinations:
        if isinstance(destination, Leaf) and destination.value in renames:
            name = str(destination.value)
            yield AgentNotComposed(destination, Composing.ROUTE_OUTDATED, (f"{name} -> {renames[name]}",))


def _with_routes(root: Table, renames: Mapping[str, str]) -> Table:
    """Return the configuration with routes from old to new names. Declared routes override these."""
    declared = root.table(AGENT_MAP)
    routes: dict[Atom, Config] = {old: _route(root, new) for old, new in renames.items()}
    return _with(root, agent_map=_agent_map(root, routes | (declared.entries if declared is not None else {})))


class Aliased(Struct, frozen=True):
    """A configuration in which old agent names lead to the instances that replaced them."""

    config: Table
    problems: tuple[Problem, ...] = ()


def apply_agent_aliases(root: Table, profile: Profile) -> Aliased:
    """Route legacy agent names to the instances that replaced them. Mirrors `apply_legacy_agent_aliases`."""
    declared = root.table(AGENT_MAP)
    routes = dict(declared.entries) if declared is not None else {}
    active: dict[str, str] = {}
    for legacy, canonical in profile.agent_aliases.items():
        routed = routes.get(canonical)
        destination = str(routed.value) if isinstance(routed, Leaf) else canonical
        if legacy not in root.entries and destination in root.entries:
            active[legacy] = destination
    if not active:
        return Aliased(root)
    problems: list[Problem] = []
    if profile.closes_configuration and AGENT_MAP not in root.entries:
        problems.extend(AgentMapAbsent(root.entries[name], name) for name in dict.fromkeys(active.values()))
    routes = {name: _renamed(destination, active) for name, destination in routes.items()}
    for legacy, destination in active.items():
        routes.setdefault(legacy, _route(root, destination))
    changed: dict[str, Config] = {AGENT_MAP: _agent_map(root, routes)}
    selected, fanned = root.get(AGENT_NAME), root.table(FAN_OUT)
    if selected is not None:
        changed[AGENT_NAME] = _renamed(selected, active)
    if fanned is not None:
        lists = {name: _renamed(destinations, active) for name, destinations in fanned.entries.items()}
        changed[FAN_OUT] = table(lists, fanned.origin, fanned.key, fanned.node, fanned.overridden)
    return Aliased(_with(root, **changed), tuple(problems))


def _agent_map(root: Table, routes: dict[Atom, Config]) -> Table:
    declared = root.table(AGENT_MAP)
    if declared is None:
        return table(routes, _generated(root.origin), None, root.node)
    return table(routes, declared.origin, declared.key, declared.node, declared)


def _route(root: Table, agent: str) -> Leaf:
    return Leaf(agent, _generated(root.origin), None, Scalar(0, 0, agent, agent, None), None, 0)


def _renamed(destination: Config, renames: Mapping[str, str]) -> Config:
    """Return a name, or a list of names, with new names at the places of the old ones."""
    if isinstance(destination, Array):
        items = tuple(_renamed(item, renames) for item in destination.items)
        at = destination
        return Array(items, at.origin, at.key, at.node, at.overridden, at.marks)
    new = renames.get(str(destination.value)) if isinstance(destination, Leaf) else None
    if new is None:
        return destination
    return Leaf(new, _generated(destination.origin), destination.key, destination.node, destination, 0)


def _generated(origin: Origin) -> Origin:
    return Origin(origin.path, origin.text, Provenance.GENERATED)


def _with(root: Table, **changed: Config) -> Table:
    return table({**root.entries, **changed}, root.origin, root.key, root.node, root.overridden)


# Environment servers


def environment_servers(root: Table) -> Iterator[tuple[Atom, Atom, Table]]:
    """Yield (instance name, implementation, server) for each environment server."""
    for name, instance in root.entries.items():
        group = instance.table(ENVIRONMENTS) if isinstance(instance, Table) else None
        for implementation, server in group.entries.items() if group is not None else ():
            if isinstance(server, Table):
                yield name, implementation, server


def agent_refs(server: Table) -> Iterator[tuple[Atom, Table]]:
    """Yield (field, ref) for each agent that an environment server names. Mirrors `environment_server_agent_refs`."""
    for field, reference in server.entries.items():
        if not isinstance(reference, Table):
            continue
        server_type = reference.leaf(TYPE)
        if server_type == AGENTS or (field == AGENT_SERVER and server_type in (None, MISSING)):
            yield field, reference


def retarget(root: Table, renames: Mapping[str, str]) -> Table:
    """Return the configuration with the new names of agents in its environment servers."""
    entries = dict(root.entries)
    for name, implementation, server in environment_servers(root):
        changed: dict[Atom, Config] = {}
        for field, reference in agent_refs(server):
            named = reference.get(NAME)
            new = None if named is None else _renamed(named, renames)
            if new is None or new is named:
                continue
            renamed: dict[Atom, Config] = {**reference.entries, NAME: new}
            changed[field] = table(renamed, reference.origin, reference.key, reference.node, reference.overridden)
        if changed:
            instance = entries[name]
            assert isinstance(instance, Table)
            entries[name] = _replaced(instance, ENVIRONMENTS, implementation, changed)
    return table(entries, root.origin, root.key, root.node, root.overridden)


def _replaced(instance: Table, group_name: str, implementation: Atom, changed: dict[Atom, Config]) -> Table:
    group = instance.entries[group_name]
    assert isinstance(group, Table)
    server = group.entries[implementation]
    assert isinstance(server, Table)
    server = table({**server.entries, **changed}, server.origin, server.key, server.node, server.overridden)
    group = table({**group.entries, implementation: server}, group.origin, group.key, group.node, group.overridden)
    entries: dict[Atom, Config] = {**instance.entries, group_name: group}
    return table(entries, instance.origin, instance.key, instance.node, instance.overridden)


def follow_inherited_agents(
    before: Table, after: Table, transfers: tuple[Transfer, ...], profile: Profile
) -> Recomposed:
    """Rename agents in environment servers after a top-level `_inherit_from` moved them.

    Mirrors the part of `_recursively_swap_keys` after the swap. `before` and `after` are the configuration before and
    after the swap.
    """
    if not transfers:
        return Recomposed(after, {}, ())
    original = {agent.name for agent in agents_of(before, profile)}
    final = {agent.name for agent in agents_of(after, profile)}
    destinations: dict[str, list[str]] = defaultdict(list)
    for transfer in transfers:
        between_instances = is_top_level(transfer.target) and is_top_level(transfer.source)
        if transfer.moved and between_instances and transfer.source[0] in original:
            destinations[str(transfer.source[0])].append(str(transfer.target[0]))
    gone = {source: targets for source, targets in destinations.items() if source not in after.entries}
    successors = {source: [name for name in targets if name in final] for source, targets in gone.items()}
    renames = {source: targets[0] for source, targets in successors.items() if len(targets) == 1}
    ambiguous = {source: tuple(targets) for source, targets in successors.items() if len(targets) > 1}
    problems = tuple(_ambiguous_renames(after, ambiguous))
    return Recomposed(retarget(after, renames) if renames else after, renames, problems)


def _ambiguous_renames(root: Table, ambiguous: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    for instance, implementation, server in environment_servers(root) if ambiguous else ():
        for field, reference in agent_refs(server):
            named = reference.get(NAME)
            if isinstance(named, Leaf) and named.value in ambiguous:
                path: KeyPath = (str(instance), ENVIRONMENTS, str(implementation), str(field), NAME)
                agent = str(named.value)
                yield RenameAmbiguous(named, agent, ambiguous[agent], path)


def front_agents(root: Table, profile: Profile) -> Recomposed:
    """Add a generated relay for every agent that no environment server names."""
    fronted: set[Atom] = set()
    for _, _, server in environment_servers(root):
        fronted.update(reference.leaf(NAME) for _, reference in agent_refs(server))
    unfronted = sorted(
        (
            agent
            for agent in agents_of(root, profile)
            if not agent.is_unbound and agent.name not in fronted and agent.server.leaf(ENTRYPOINT) is not None
        ),
        key=lambda agent: agent.name,
    )
    if not unfronted:
        return Recomposed(root, {}, ())
    if root.leaf(STRICT_FRONTING):
        return Recomposed(root, {}, tuple(AgentUnfronted(agent.instance, agent.name) for agent in unfronted))
    entries = dict(root.entries)
    origins: dict[Origin, Origin] = {}
    for agent in unfronted:
        name = f"{_stem(agent.name, agent.implementation) or agent.implementation}{RELAY_SUFFIX}"
        if name in entries:
            name = f"{agent.name}{RELAY_SUFFIX}"
        while name in entries:
            name = f"{name}{RELAY_SUFFIX}"
        origin = agent.instance.origin
        if origin not in origins:
            origins[origin] = _generated(origin)
        entries[name] = _relay(agent, origins[origin])
    return Recomposed(table(entries, root.origin, root.key, root.node, root.overridden), {}, ())


def _relay(agent: Agent, origin: Origin) -> Table:
    """Return the environment server that relays to one agent, with the place of that agent."""
    node, key = agent.instance.node, agent.instance.key

    def leaf(value: str) -> Leaf:
        return Leaf(value, origin, key, node, None, int(Marks.NONE))

    def mapping(entries: dict[Atom, Config]) -> Table:
        return Table(entries, origin, key, node, None, int(Marks.NONE))

    ref = mapping({TYPE: leaf(AGENTS), NAME: leaf(agent.name)})
    server = mapping({ENTRYPOINT: leaf("app.py"), AGENT_SERVER: ref})
    return mapping({ENVIRONMENTS: mapping({"legacy_agent": server})})
