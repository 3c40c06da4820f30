"""The rule `row-of-other-agent`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.gym.task_data import AGENT_REF
from gym_lsp.rows.problem import RowAgent
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule, shortened
from gym_lsp.rules.rows.findings import AGENT_TYPES, SOURCE_TYPES, in_row, needs_agent_ref, renamed


@rule("row-of-other-agent", on=RowAgent, severity=Severity.WARNING)
def row_of_other_agent(context: Context, problem: RowAgent) -> Iterator[Finding]:
    """A row that names another agent than those of the configs that list its file.

    ## Why

    A run with one of these configs does not have the agent, so collecting rollouts from this file ends with an error,
    unless the run includes the config of the other agent too. Since 0.6.0, `gym dataset collate` removes `agent_ref`,
    so this is only information.

    ## Example

    ```yaml
    # --- resources_servers/counting/configs/counting.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
          datasets:
            - {name: counting, type: example, jsonl_fpath: resources_servers/counting/data/rows.jsonl}
    # --- resources_servers/counting/configs/other.yaml
    other:
      responses_api_agents:
        other_agent: {entrypoint: app.py}
    # --- resources_servers/counting/data/rows.jsonl
    {"responses_create_params": {"input": "Count ox"}, "agent_ref": {"name": "other"}}
    #                                                                        ^^^^^^^ information[row-of-other-agent]
    ```

    ## Use instead

    ```yaml
    # --- resources_servers/counting/configs/counting.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
          datasets:
            - {name: counting, type: example, jsonl_fpath: resources_servers/counting/data/rows.jsonl}
    # --- resources_servers/counting/configs/other.yaml
    other:
      responses_api_agents:
        other_agent: {entrypoint: app.py}
    # --- resources_servers/counting/data/rows.jsonl
    {"responses_create_params": {"input": "Count ox"}, "agent_ref": {"name": "counting_agent"}}
    ```
    """
    types = AGENT_TYPES if problem.key == AGENT_REF else SOURCE_TYPES
    defined = [each for each in context.names.defined(problem.name) if any(map(each.may_be, types))]
    if not defined or context.names.is_open(problem.name):
        return
    listed = ", ".join(f"`{each}`" for each in problem.listed[:3])
    where = context.search.spell(defined[0].path)
    severity = None if needs_agent_ref(context.profile) else Severity.INFORMATION
    message = f"`{shortened(problem.name, 80)}` is in no run that lists this file; `{where}` defines it"
    yield in_row(
        problem,
        f"{message}, and {listed} lists the file",
        severity=severity,
        fixes=renamed(problem, problem.listed[:1]),
    )
