"""The rule `agent-not-composed`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import AgentNotComposed, Composing
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import AgentCompositionError
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, listed, rule


@rule(
    "agent-not-composed",
    on=AgentNotComposed,
    severity=Severity.ERROR,
    predicts=AgentCompositionError,
    about_names=True,
)
def agent_not_composed(context: RunContext, problem: AgentNotComposed) -> Iterator[Finding]:
    """An unbound agent that cannot replace the other agents of the run.

    ## Why

    An agent whose `resources_server.name` is `???` is unbound. Since 0.6.0 it replaces the agents of the run: it takes
    over their environments, and they get new names. This needs exactly one unbound agent, at least one agent to
    replace, unused new names, and no routing by the old names. When checking a workspace, an unbound agent on its own
    is only information, because agents are shipped in this form: they are used together with the config of an
    environment.

    ## Example

    ```yaml
    patient_agent:
      responses_api_agents:
        patient_agent:
          entrypoint: app.py
          resources_server:
            type: resources_servers
            name: ???
    #             ^^^ information[agent-not-composed]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_simple_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
    patient_agent:
      responses_api_agents:
        patient_agent:
          entrypoint: app.py
          resources_server:
            type: resources_servers
            name: ???
    ```
    """
    names = problem.names
    match problem.why:
        case Composing.NOTHING_TO_REHOST:
            message = f"`{names[0]}` is unbound, and this run does not have an agent that it can replace"
            severity = Severity.ERROR if context.checks_run else Severity.INFORMATION
            yield at_value(problem.at, message, severity=severity)
        case Composing.SEVERAL_UNBOUND:
            message = f"several unbound agents in one run: {listed(names, 'and')}; bind all but one"
            severity = Severity.ERROR if context.checks_run else Severity.WARNING
            yield at_value(problem.at, message, severity=severity)
        case Composing.NAME_TAKEN:
            message = f"composing would give an agent a name that is already in use: {listed(names)}"
            yield at_key(problem.at, message)
        case Composing.ROUTE_OUTDATED:
            yield at_value(problem.at, f"composing renames this agent: {listed(names)}; use the new name")
