"""The rule `unusable-task-data`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import RelatedLocation, Severity
from gym_lsp.rows.problem import UncomparedRows
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.rows.findings import in_row
from gym_lsp.text import Span


@rule("unusable-task-data", on=UncomparedRows, severity=Severity.WARNING)
def unusable_task_data(context: Context, problem: UncomparedRows) -> Iterator[Finding]:
    """A `task_data.py` that NeMo Gym cannot use, so that the rows of the server are not compared with it.

    ## Why

    Since 0.6.0, a server can describe its rows: with a class `TaskData` in the `task_data.py` of its folder. If Python
    rejects the module, or if the module has no `TaskData`, `gym dataset collate` shows a warning and compares no row.
    gym-lsp cannot compare them either.

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
    from pydantic import BaseModel
    class Task(BaseModel):
        letters: int
    # --- resources_servers/counting/data/rows.jsonl
    {"responses_create_params": {"input": "Count ox"}, "letters": "two"}
    ^ warning[unusable-task-data] does not define `TaskData`
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
    from pydantic import BaseModel
    class TaskData(BaseModel):
        letters: int
    # --- resources_servers/counting/data/rows.jsonl
    {"responses_create_params": {"input": "Count ox"}, "letters": 2}
    ```
    """
    unusable = problem.schema
    name = f"`{unusable.path.name}` of `{problem.server}`"
    if unusable.line is None:
        reason = f"{name} does not define `TaskData`"
    else:
        reason = f"{name} is not valid Python in line {unusable.line} ({unusable.reason})"
    schema = RelatedLocation(unusable.path, Span(unusable.start, unusable.start), "the schema")
    yield in_row(problem, f"the fields of these rows are not compared, because {reason}", related=(schema,))
