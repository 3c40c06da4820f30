"""The rule `unmatched-restriction`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Array, Config, Leaf
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import AGENTS, MODELS, NAME, RESOURCES, RESOURCES_SERVER
from gym_lsp.rules.analysis.components import server_folder
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import Context, RunContext
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, related, rule
from gym_lsp.workspace.implementations import implementation_folders

_RESTRICTIONS = {"allowed_agents": AGENTS, "allowed_model_types": MODELS}


@rule("unmatched-restriction", on=Composition, severity=Severity.WARNING)
def unmatched_restriction(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """`allowed_agents` or `allowed_model_types` with a name that nothing has, or without the agent of the same run.

    ## Why

    These fields list implementations: the names of folders in `responses_api_agents` and `responses_api_models`, not of
    instances. A name that no implementation has allows nothing. A list without the agent that the config itself binds
    to the server excludes the agent that it was written for.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          allowed_agents: [patient_agent]
    #                     ^^^^^^^^^^^^^^^ warning[unmatched-restriction] `simple_agent`
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          allowed_agents: [simple_agent]
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
    ```
    """
    known = {
        "allowed_agents": context.profile.checks_agent_pairings,
        "allowed_model_types": context.profile.checks_model_pairings,
    }
    for server in composition.servers:
        if server.server_type != RESOURCES:
            continue
        for key, server_type in _RESTRICTIONS.items():
            value = server.config.get(key)
            names = [] if value is None or not known[key] else [*_names(value)]
            for name in names:
                yield from _unknown(context, name, server_type)
            if value is not None and names and server_type == AGENTS:
                yield from _excluded(composition, value, {str(name.value) for name in names}, server.name)


def _names(value: Config) -> Iterator[Leaf]:
    for item in value.items if isinstance(value, Array) else (value,):
        if isinstance(item, Leaf) and isinstance(item.value, str) and not item.is_interpolation and not item.is_missing:
            yield item


def _unknown(context: Context, name: Leaf, server_type: str) -> Iterator[Finding]:
    is_there = server_folder(context.workspace, server_type, str(name.value)) is not None
    if is_there or not context.sees_components:
        return
    near = nearest(str(name.value), implementation_folders(context.workspace, server_type))
    way_out = f"; did you mean `{near[0]}`?" if near else ""
    fixes = tuple(replace_value(name, each, f"Change to `{each}`") for each in near)
    yield at_value(name, f"no implementation `{name.value}` in `{server_type}`{way_out}", fixes=fixes)


def _excluded(composition: Composition, value: Config, allowed: set[str], name: str) -> Iterator[Finding]:
    """Yield the agents of the same file that are bound to the server and that it does not allow."""
    for agent in composition.servers:
        reference = agent.config.table(RESOURCES_SERVER)
        is_own = agent.server_type == AGENTS and agent.config.origin is value.origin
        if reference is not None and is_own and reference.leaf(NAME) == name and agent.implementation not in allowed:
            message = f"the agent `{agent.name}` of this config is a `{agent.implementation}`, which this list excludes"
            yield at_value(value, message, related=(related(reference, "bound here"),))
