"""The rule `unrouted-row`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.gym.task_data import AGENT_REF
from gym_lsp.rows.problem import UnroutedRow
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule, shortened
from gym_lsp.rules.rows.findings import in_row, renamed


@rule("unrouted-row", on=UnroutedRow, severity=Severity.ERROR)
def unrouted_row(context: Context, problem: UnroutedRow) -> Iterator[Finding]:
    """A row of a training recipe that no agent of its run can get.

    ## Why

    Training gives each row of `data.train.data_path` and `data.validation.data_path` to the agent that its `agent_ref`
    names. A row without one, or with the name of an agent that the embedded run does not have, ends the training with a
    KeyError when it is reached.

    ## Example

    ```yaml
    # --- recipes/small.yaml
    data: {train: {data_path: recipes/rows.jsonl}}
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml]
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
    policy_model:
      responses_api_models:
        vllm_model: {entrypoint: app.py, return_token_id_information: true}
    # --- recipes/rows.jsonl
    {"responses_create_params": {"input": "Count ox"}, "agent_ref": {"name": "counting"}}
    #                                                                        ^^^^^^^^^^ error[unrouted-row]
    ```

    ## Use instead

    ```yaml
    # --- recipes/small.yaml
    data: {train: {data_path: recipes/rows.jsonl}}
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml]
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
    policy_model:
      responses_api_models:
        vllm_model: {entrypoint: app.py, return_token_id_information: true}
    # --- recipes/rows.jsonl
    {"responses_create_params": {"input": "Count ox"}, "agent_ref": {"name": "counting_agent"}}
    ```
    """
    if problem.name is None:
        yield in_row(problem, f"missing `{AGENT_REF}.name`, the agent that gets this row")
        return
    if context.names.is_open(problem.name):
        return
    near = nearest(problem.name, problem.agents) or problem.agents[:2] * (len(problem.agents) == 1)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    message = f"the run of the recipe has no agent `{shortened(problem.name, 80)}`{hint}"
    yield in_row(problem, message, fixes=renamed(problem, near))
