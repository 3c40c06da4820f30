"""Overrides for agents that do not exist yet, because composing creates them.

They are held back from the merge, and merged over the new agents. Mirrors `_hold_back_composed_agent_overrides`,
`_apply_held_agent_override` and `_raise_on_unapplied_agent_overrides`.
"""

from __future__ import annotations

from typing import NamedTuple

from gym_lsp.compose.agents import Recomposed, agents_of, composed_name
from gym_lsp.compose.config import Config, Table, table
from gym_lsp.compose.merge import Dereference, merge
from gym_lsp.compose.problem import Conflict, OverrideDropped, OverrideNotInAgent, OverrideUnapplied, Problem
from gym_lsp.gym.layout import AGENTS
from gym_lsp.gym.release.profile import Profile
from gym_lsp.syntax import Atom


class Split(NamedTuple):
    """The overrides that are merged with everything else, and those that are held back."""

    applied: Table
    held: Table


class Applied(NamedTuple):
    """The configuration with the overrides that were held back."""

    config: Table
    problems: tuple[Problem, ...]


def hold_back(overrides: Table, config: Table, profile: Profile) -> Split:
    """Split the overrides by the names that composing would create in `config`, which is everything but the overrides.

    Mirrors `_composed_instance_names`.
    """
    agents = agents_of(config, profile)
    unbound = [agent for agent in agents if agent.is_unbound]
    names: set[str] = set()
    if len(unbound) == 1:
        source = unbound[0]
        names = {composed_name(agent, source.implementation) for agent in agents if agent.name != source.name}

    def part(is_held: bool) -> Table:
        entries: dict[Atom, Config] = {
            key: value for key, value in overrides.entries.items() if (key in names) is is_held
        }
        return table(entries, overrides.origin, None, overrides.node)

    return Split(part(is_held=False), part(is_held=True))


def apply_held(held: Table, recomposed: Recomposed, profile: Profile, dereference: Dereference) -> Applied:
    """Merge the overrides that were held back over the agents that composing has created.

    Of each, only the part below the agent's implementation is merged, and only over fields that the agent has.
    If a directive has bound the only unbound agent, nothing was composed. Then the parser does not compare names, and
    whether these overrides are applied depends on the release.
    """
    if recomposed.is_idle:
        if not profile.merges_leftover_overrides:
            return Applied(recomposed.config, ())
        merged = merge(recomposed.config, held, dereference)
        conflicts = (Conflict(each.upper, each.path, each.lower) for each in merged.conflicts)
        return Applied(merged.config, tuple(conflicts))
    if not recomposed.renames:
        return Applied(recomposed.config, ())
    entries = dict(recomposed.config.entries)
    problems: list[Problem] = []
    made = set(recomposed.renames.values())
    for name, override in held.entries.items():
        if name in made:
            entries[name] = _overridden(str(name), entries[name], override, dereference, problems)
        else:
            problems.append(OverrideUnapplied(override, str(name)))
    root = recomposed.config
    return Applied(table(entries, root.origin, root.key, root.node, root.overridden), tuple(problems))


def _overridden(
    name: str, instance: Config, override: Config, dereference: Dereference, problems: list[Problem]
) -> Config:
    """Return a composed instance with the part of an override that concerns its only implementation."""
    group = instance.table(AGENTS) if isinstance(instance, Table) else None
    assert isinstance(instance, Table), "composing makes mappings"
    assert group is not None, "and each of them is an agent"
    ((implementation, server),) = group.entries.items()
    below = override.table(AGENTS) if isinstance(override, Table) else None
    part = None if below is None else below.table(str(implementation))
    beside = _beside(override, below, implementation, part)
    problems.extend(OverrideDropped(value, name, str(implementation)) for value in beside)
    if part is None or not isinstance(server, Table):
        return instance
    merged = merge(server, part, dereference, closed=True)
    at = (name, AGENTS, str(implementation))
    problems.extend(Conflict(each.upper, (*at, *each.path), each.lower) for each in merged.conflicts)
    problems.extend(OverrideNotInAgent(each.value, name, ".".join(map(str, each.path))) for each in merged.rejected)
    agents = table({implementation: merged.config}, group.origin, group.key, group.node, group.overridden)
    entries: dict[Atom, Config] = {**instance.entries, AGENTS: agents}
    return table(entries, instance.origin, instance.key, instance.node, instance.overridden)


def _beside(override: Config, below: Table | None, implementation: Atom, part: Table | None) -> list[Config]:
    """Return the values of an override that are not part of the agent's implementation."""
    if below is None or not isinstance(override, Table):
        return [override]
    beside = [value for key, value in override.entries.items() if key != AGENTS]
    return beside + [value for key, value in below.entries.items() if key != implementation or part is None]
