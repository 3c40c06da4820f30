"""The rule `duplicate-row`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rows.problem import DuplicateRow
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.rows.findings import in_row


@rule("duplicate-row", on=DuplicateRow, severity=Severity.INFORMATION)
def duplicate_row(context: Context, problem: DuplicateRow) -> Iterator[Finding]:
    """A row that an earlier line of the same file already contains.

    ## Why

    A repeated row has twice the weight in training and in metrics. Often a file was written twice, or joined with a
    part of itself. To repeat rows on purpose, use `num_repeats` of the dataset.

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
    {"responses_create_params": {"input": "Count ox"}, "letters": 2}
    {"responses_create_params": {"input": "Count ox"}, "letters": 2}
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ information[duplicate-row] line 1
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
    yield in_row(problem, f"same row as in line {problem.first + 1}")
