"""The rule `undeclared-agent-map`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import AgentMapAbsent
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("undeclared-agent-map", on=AgentMapAbsent, severity=Severity.ERROR, completable=True)
def undeclared_agent_map(context: RunContext, problem: AgentMapAbsent) -> Iterator[Finding]:
    """An agent that has an old name too, in a run of NeMo Gym 0.6.0 without an `agent_map`.

    ## Why

    NeMo Gym 0.6.0 adds a route from the old name of an agent to `agent_map`. By then, the configuration does not accept
    new keys, so without an `agent_map` the command ends with a bare `ConfigKeyError`. Declare an empty one. NeMo Gym
    0.7.0 adds it.

    ## Example

    ```yaml
    # release: 0.6.0
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    hermes_reasoning_gym_agent:
    ^^^^^^^^^^^^^^^^^^^^^^^^^^ error[undeclared-agent-map] declare `agent_map: {}`
      responses_api_agents:
        hermes_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
    ```

    ## Use instead

    ```yaml
    # release: 0.6.0
    agent_map: {}
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    hermes_reasoning_gym_agent:
      responses_api_agents:
        hermes_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
    ```
    """
    release = context.profile.called
    message = (
        f"{release} adds the old name of `{problem.agent}` to `agent_map`, and fails because there is none; "
        "declare `agent_map: {}`"
    )
    yield at_key(problem.at, message)
