"""The rule `ambiguous-task-field`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rows.problem import AmbiguousField
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule, shortened
from gym_lsp.rules.rows.findings import in_row


@rule("ambiguous-task-field", on=AmbiguousField, severity=Severity.WARNING)
def ambiguous_task_field(context: Context, problem: AmbiguousField) -> Iterator[Finding]:
    """A field that a row has twice, with different values.

    ## Why

    The fields of a server are at the top level of a row, or in its `verifier_metadata` or `task_data`. If a field is in
    two of these places with different values, it depends on the server which one it reads. `gym dataset collate`
    reports that, and in the mode `example_validation` it ends with an error.

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
    {"responses_create_params": {"input": "ox"}, "letters": 2, "task_data": {"letters": 3}}
    #                                                                        ^^^^^^^^^ warning[ambiguous-task-field]
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
    {"responses_create_params": {"input": "ox"}, "letters": 2}
    ```
    """
    yield in_row(problem, f"`{shortened(problem.field)}` occurs twice in this row, with different values")
