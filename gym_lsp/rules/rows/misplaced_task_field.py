"""The rule `misplaced-task-field`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rows.problem import MisplacedField
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.rows.findings import in_row


@rule("misplaced-task-field", on=MisplacedField, severity=Severity.WARNING)
def misplaced_task_field(context: Context, problem: MisplacedField) -> Iterator[Finding]:
    """A field at the top level of a row that the server reads only from `verifier_metadata`.

    ## Why

    The schema of a server marks fields that the server reads from `verifier_metadata` alone. A row with such a field at
    its top level has a valid schema, but the server does not get the value. `gym dataset collate` reports that, and in
    the mode `example_validation` it ends with an error.

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
    from pydantic import BaseModel, ConfigDict, Field
    class TaskData(BaseModel):
        model_config = ConfigDict(extra="allow")
        letters: int = Field(json_schema_extra={"legacy_location": "verifier_metadata"})
    # --- resources_servers/counting/data/rows.jsonl
    {"responses_create_params": {"input": "Count ox"}, "letters": 2}
    #                                                  ^^^^^^^^^ warning[misplaced-task-field]
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
    from pydantic import BaseModel, ConfigDict, Field
    class TaskData(BaseModel):
        model_config = ConfigDict(extra="allow")
        letters: int = Field(json_schema_extra={"legacy_location": "verifier_metadata"})
    # --- resources_servers/counting/data/rows.jsonl
    {"responses_create_params": {"input": "Count ox"}, "verifier_metadata": {"letters": 2}}
    ```
    """
    yield in_row(problem, f"`{problem.server}` reads `{problem.field}` only from `verifier_metadata`")
