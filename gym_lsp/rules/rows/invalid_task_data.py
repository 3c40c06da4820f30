"""The rule `invalid-task-data`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.gym.fields import show
from gym_lsp.rows.problem import TaskDataMismatch
from gym_lsp.rules.analysis.naming import nearest_fields
from gym_lsp.rules.analysis.server_fields import declared_at
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule, shortened
from gym_lsp.rules.rows.findings import dotted, in_row


@rule("invalid-task-data", on=TaskDataMismatch, severity=Severity.ERROR)
def invalid_task_data(context: Context, problem: TaskDataMismatch) -> Iterator[Finding]:
    """A row that does not match the schema of its server.

    ## Why

    Since 0.6.0, a server can describe its rows: with a class `TaskData` in the `task_data.py` of its folder. `gym
    dataset collate` validates each row with it. In the mode `example_validation` a mistake is an error, and otherwise a
    warning; the server then fails when it gets the row.

    gym-lsp reads the class from source. It does not run validators, and it accepts every value of a type that it cannot
    read.

    ## Example

    ```yaml
    # --- resources_servers/counting/configs/counting.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - {name: counting, type: example, jsonl_fpath: resources_servers/counting/data/rows.jsonl}
    # --- resources_servers/counting/task_data.py
    from pydantic import BaseModel, ConfigDict
    class TaskData(BaseModel):
        model_config = ConfigDict(extra="allow")
        letters: int
    # --- resources_servers/counting/data/rows.jsonl
    {"responses_create_params": {"input": "Count ox"}, "letters": "two"}
    #                                                             ^^^^^ error[invalid-task-data] expected int
    ```

    ## Use instead

    ```yaml
    # --- resources_servers/counting/configs/counting.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - {name: counting, type: example, jsonl_fpath: resources_servers/counting/data/rows.jsonl}
    # --- resources_servers/counting/task_data.py
    from pydantic import BaseModel, ConfigDict
    class TaskData(BaseModel):
        model_config = ConfigDict(extra="allow")
        letters: int
    # --- resources_servers/counting/data/rows.jsonl
    {"responses_create_params": {"input": "Count ox"}, "letters": 2}
    ```
    """
    place = f"`{dotted(problem.keys)}`" if problem.keys else "this row"
    server = f"in the rows of `{problem.server}`"
    if problem.unknown:
        near = nearest_fields(str(problem.keys[-1]), problem.alike)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        message = f"{place} is not a field {server}{hint}"
    elif problem.absent is not None:
        inside = f" in {place}" if problem.keys else ""
        near = tuple(key for key in problem.alike if nearest_fields(key, (problem.absent,)))
        hint = f"; did you mean `{problem.absent}` instead of `{shortened(near[0])}`?" if near else ""
        message = f"missing `{problem.absent}`{inside}; expected {show(problem.expected)} {server}{hint}"
    else:
        message = f"{place} is {problem.found}; expected {show(problem.expected)} {server}"
    yield in_row(problem, message, related=declared_at(context, *problem.schema, "the schema"))
