"""The rule `invalid-row`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rows.problem import InvalidRow
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.rows.findings import in_row


@rule("invalid-row", on=InvalidRow, severity=Severity.ERROR)
def invalid_row(context: Context, problem: InvalidRow) -> Iterator[Finding]:
    """A line of a dataset that is not valid JSON.

    ## Why

    Each line of a JSONL file is one JSON value. NeMo Gym reads the lines one by one and ends with an error at the first
    one that it cannot read, also at an empty line. The message is that of Python's `json`.

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
    {"responses_create_params": {"input": "Count ox"}, "letters": two}
    #                                                             ^ error[invalid-row]
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
    if problem.reason is None:
        yield in_row(problem, "empty line; NeMo Gym expects a JSON object in each line", severity=Severity.WARNING)
        return
    yield in_row(problem, f"invalid JSON: {problem.reason}")
