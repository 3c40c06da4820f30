"""The rule `agent-without-environment-server`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import AgentUnfronted
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import AgentWithoutEnvironmentServerError
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule(
    "agent-without-environment-server",
    on=AgentUnfronted,
    severity=Severity.ERROR,
    predicts=AgentWithoutEnvironmentServerError,
    about_names=True,
)
def agent_without_environment_server(context: RunContext, problem: AgentUnfronted) -> Iterator[Finding]:
    """An agent without an environment server, although the config requires one.

    ## Why

    Since 0.7.0 rollouts reach an agent through an environment server. For an agent without one, NeMo Gym generates a
    relay; with `error_on_agent_without_environment_server: true` it ends the run instead.

    ## Example

    ```yaml
    error_on_agent_without_environment_server: true
    counting_agent:
    ^^^^^^^^^^^^^^ error[agent-without-environment-server]
      responses_api_agents:
        simple_agent: {entrypoint: app.py}
    ```

    ## Use instead

    ```yaml
    error_on_agent_without_environment_server: true
    counting_agent:
      responses_api_agents:
        simple_agent: {entrypoint: app.py}
    counting_environment:
      environment_servers:
        simple_environment:
          entrypoint: app.py
          agent_server: {type: responses_api_agents, name: counting_agent}
    ```
    """
    message = f"no environment server names the agent `{problem.agent}`, but this run requires one"
    yield at_key(problem.at, message)
