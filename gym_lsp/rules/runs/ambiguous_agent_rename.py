"""The rule `ambiguous-agent-rename`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import RenameAmbiguous
from gym_lsp.diagnostic import Applicability, Severity
from gym_lsp.gym.errors import AmbiguousAgentRenameError
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, listed, rule


@rule(
    "ambiguous-agent-rename",
    on=RenameAmbiguous,
    severity=Severity.ERROR,
    predicts=AmbiguousAgentRenameError,
)
def ambiguous_agent_rename(context: RunContext, problem: RenameAmbiguous) -> Iterator[Finding]:
    """An environment server that names an agent which several agents inherit.

    ## Why

    `_inherit_from` moves an agent to a new name. Since 0.7.0, an environment server that names the agent then uses the
    new name. If several agents inherit the same one, NeMo Gym cannot choose a new name and ends the run.

    ## Example

    ```yaml
    counting_agent:
      responses_api_agents:
        simple_agent: {entrypoint: app.py}
    patient_agent:
      _inherit_from: counting_agent
    hasty_agent:
      _inherit_from: counting_agent
    counting_environment:
      environment_servers:
        simple_environment:
          entrypoint: app.py
          agent_server: {type: responses_api_agents, name: counting_agent}
    #                                                      ^^^^^^^^^^^^^^ error[ambiguous-agent-rename]
    ```

    ## Use instead

    ```yaml
    counting_agent:
      responses_api_agents:
        simple_agent: {entrypoint: app.py}
    patient_agent:
      _inherit_from: counting_agent
    hasty_agent:
      _inherit_from: counting_agent
    counting_environment:
      environment_servers:
        simple_environment:
          entrypoint: app.py
          agent_server: {type: responses_api_agents, name: patient_agent}
    ```
    """
    message = f"`{problem.agent}` is ambiguous: {listed(problem.targets, 'and')} inherit it; name one of them"
    fixes = tuple(
        replace_value(problem.at, name, f"Change to `{name}`", Applicability.UNSAFE) for name in problem.targets
    )
    yield at_value(problem.at, message, fixes=fixes)
