"""The rule `invalid-restriction`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import RestrictionNotList
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import ConfigError
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_value, rule


@rule("invalid-restriction", on=RestrictionNotList, severity=Severity.ERROR, predicts=ConfigError)
def invalid_restriction(context: RunContext, problem: RestrictionNotList) -> Iterator[Finding]:
    """`allowed_agents` or `allowed_model_types` that is not a list of names.

    ## Why

    With these fields a resources server declares the agents and the model servers that it can score. NeMo Gym accepts a
    list of names or a single name, and ends the run for anything else.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          allowed_model_types: {vllm_model: true}
    #                          ^^^^^^^^^^^^^^^^^^ error[invalid-restriction]
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
          allowed_model_types: [vllm_model]
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
    ```
    """
    yield at_value(problem.at, f"`{problem.key}` must be a list of names")
