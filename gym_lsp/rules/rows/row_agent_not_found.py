"""The rule `row-agent-not-found`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.gym.task_data import AGENT_REF
from gym_lsp.rows.problem import RowAgent
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule, shortened
from gym_lsp.rules.rows.findings import AGENT_TYPES, SOURCE_TYPES, in_row, needs_agent_ref, renamed


@rule("row-agent-not-found", on=RowAgent, severity=Severity.ERROR)
def row_agent_not_found(context: Context, problem: RowAgent) -> Iterator[Finding]:
    """A row that names an agent which no config defines.

    ## Why

    `agent_ref` is the agent that NeMo Gym sends a row to. If the run does not have it, collecting rollouts from this
    file ends with an error. Up to 0.5.1, every row needs an `agent_ref`. Since 0.6.0, `gym dataset collate` removes it
    and writes `task_source`, the instance that lists the file. A wrong name is then a warning if there is a similar
    one, and only information if not.

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
    # --- resources_servers/counting/data/rows.jsonl
    {"responses_create_params": {"input": "ox"}, "agent_ref": {"name": "couting_agent"}}
    #                                                                  ^^^^^^^^^^^^^^^ warning[row-agent-not-found]
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
    # --- resources_servers/counting/data/rows.jsonl
    {"responses_create_params": {"input": "Count ox"}, "agent_ref": {"name": "counting_agent"}}
    ```
    """
    types = AGENT_TYPES if problem.key == AGENT_REF else SOURCE_TYPES
    names = context.names
    if names.is_open(problem.name) or problem.name in context.profile.agent_aliases:
        return
    if any(each.may_be(type) for each in names.defined(problem.name) for type in types):
        return
    near = nearest(problem.name, problem.listed) or names.spelled_like(problem.name, types[0])[:1]
    kind = "agent" if problem.key == AGENT_REF else "server"
    way_out = f"; did you mean `{near[0]}`?" if near else ""
    severity = Severity.WARNING if near else Severity.INFORMATION
    severity = None if needs_agent_ref(context.profile) else severity
    message = f"no config defines the {kind} `{shortened(problem.name, 80)}`{way_out}"
    yield in_row(problem, message, severity=severity, fixes=renamed(problem, near))
