"""The rule `row-not-object`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rows.problem import RowNotObject
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.rows.findings import in_row


@rule("row-not-object", on=RowNotObject, severity=Severity.ERROR)
def row_not_object(context: Context, problem: RowNotObject) -> Iterator[Finding]:
    """A row that is not a JSON object.

    ## Why

    A row has named columns, so it is a JSON object. NeMo Gym ends with an error at any other value.

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
    # --- resources_servers/counting/data/rows.jsonl
    ["Count ox", 2]
    ^^^^^^^^^^^^^^^ error[row-not-object]
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
    # --- resources_servers/counting/data/rows.jsonl
    {"responses_create_params": {"input": "Count ox"}, "letters": 2}
    ```
    """
    yield in_row(problem, f"this row is {problem.found}; expected an object")
