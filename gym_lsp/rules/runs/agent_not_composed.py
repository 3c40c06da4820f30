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
    """An unbound agent that cannot take the place of the other agents of the run.

    ## Why

    An agent whose `resources_server.name` is `???` is unbound: since 0.6.0 it replaces the agents of the run, which
    lend it their environments and get new names. That takes exactly one unbound agent, at least one agent to replace,
    new names that are free, and no routing by the old names. In the view on a workspace an unbound agent that stands
    alone is only information, because that is how agents are shipped: it wants an environment's config beside it.

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
            message = f"`{names[0]}` is unbound, and this run has no agent that it could take the place of"
            severity = Severity.ERROR if context.asked_about_run else Severity.INFORMATION
            yield at_value(problem.at, message, severity=severity)
        case Composing.SEVERAL_UNBOUND:
            message = f"a run takes one unbound agent, and {listed(names, 'and')} all are; bind the others"
            severity = Severity.ERROR if context.asked_about_run else Severity.WARNING
            yield at_value(problem.at, message, severity=severity)
        case Composing.NAME_TAKEN:
            message = f"composing would give an agent a name that is taken: {listed(names)}"
            yield at_key(problem.at, message)
        case Composing.ROUTE_OUTDATED:
            yield at_value(problem.at, f"composing renames this agent: {listed(names)}; use the new name")
