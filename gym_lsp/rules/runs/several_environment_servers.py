"""The rule `several-environment-servers`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.agents import agent_refs, environment_servers
from gym_lsp.compose.blocks import is_settled
from gym_lsp.compose.config import Config, Leaf, Provenance
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import AGENTS, NAME
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, key_related, related, rule


@rule("several-environment-servers", on=Composition, severity=Severity.WARNING)
def several_environment_servers(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """Two environment servers that name the same agent, or one that names the agent of another config.

    ## Why

    Since 0.7.0, an environment server is what a rollout talks to, and it passes the task on to its agent. If a second
    one names the same agent, it was usually copied and its agent was not changed: the agent that it should name has no
    environment server, and NeMo Gym generates one for it. It is only information if an environment server names the
    agent of another config although an agent of its own config has none.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
    counting_environment:
      environment_servers:
        legacy_agent:
          entrypoint: app.py
          agent_server: {type: responses_api_agents, name: counting_agent}
    spelling_environment:
      environment_servers:
        legacy_agent:
          entrypoint: app.py
          agent_server: {type: responses_api_agents, name: counting_agent}
    #                                                      ^^^^^^^^^^^^^^ warning[several-environment-servers]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
    counting_environment:
      environment_servers:
        legacy_agent:
          entrypoint: app.py
          agent_server: {type: responses_api_agents, name: counting_agent}
    ```
    """
    first: dict[str, tuple[str, Config]] = {}
    unnamed = _unnamed(composition)
    for instance, _, server in environment_servers(composition.config):
        for _, reference in agent_refs(server):
            name = reference.get(NAME)
            if not isinstance(name, Leaf) or not is_settled(name) or name.origin.provenance is not Provenance.WRITTEN:
                continue
            agent = str(name.value)
            if agent in first and first[agent][0] != str(instance):
                near = f"; `{unnamed[0]}` has none" if len(unnamed) == 1 else ""
                message = f"`{first[agent][0]}` is an environment server of `{agent}` already{near}"
                yield at_value(name, message, related=(related(first[agent][1], "named here first"),))
            else:
                yield from _foreign(composition, name, agent, unnamed)
            first.setdefault(agent, (str(instance), name))


def _foreign(composition: Composition, name: Leaf, agent: str, unnamed: list[str]) -> Iterator[Finding]:
    """Report the agent of another config if an agent of the same config has no environment server."""
    config = composition.config
    block = config.get(agent)
    own = [each for each in unnamed if config.entries[each].origin.path == name.origin.path]
    if own and block is not None and block.origin.path != name.origin.path:
        message = f"`{agent}` is the agent of another config; `{own[0]}` of this one has no environment server"
        fixes = (replace_value(name, own[0], f"Change to `{own[0]}`"),)
        place = (key_related(block, "the agent"),)
        yield at_value(name, message, severity=Severity.INFORMATION, related=place, fixes=fixes)


def _unnamed(composition: Composition) -> list[str]:
    """Return the agents for which NeMo Gym generates an environment server."""
    generated = {
        str(reference.leaf(NAME))
        for _, _, server in environment_servers(composition.config)
        if server.origin.provenance is Provenance.GENERATED
        for _, reference in agent_refs(server)
    }
    return [server.name for server in composition.servers if server.server_type == AGENTS and server.name in generated]
