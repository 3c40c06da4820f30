"""The rule `invalid-task-data`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import RelatedLocation, Severity
from gym_lsp.gym.fields import show
from gym_lsp.rows.problem import TaskDataMismatch
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.rows.findings import dotted, in_row
from gym_lsp.text import Span


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
        message = f"{place} is not a field {server}"
    elif problem.absent is not None:
        inside = f" in {place}" if problem.keys else ""
        message = f"missing `{problem.absent}`{inside}; expected {show(problem.expected)} {server}"
    else:
        message = f"{place} is {problem.found}; expected {show(problem.expected)} {server}"
    schema = RelatedLocation(problem.schema, Span(0, 0), "the schema")
    yield in_row(problem, message, related=(schema,))
