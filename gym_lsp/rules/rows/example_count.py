"""The rule `example-count`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rows.judging import EXAMPLES
from gym_lsp.rows.problem import ExampleCount
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.rows.findings import in_row


@rule("example-count", on=ExampleCount, severity=Severity.WARNING)
def example_count(context: Context, problem: ExampleCount) -> Iterator[Finding]:
    """An example file of a resources server without five rows.

    ## Why

    `gym env test` with `should_validate_data`, and `gym env test_all`, expect exactly five lines in
    `data/example.jsonl` of the folder of a resources server. Other files with examples may have any number of rows.

    ## Example

    ```yaml
    # --- resources_servers/counting/configs/counting.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - {name: counting, type: example, jsonl_fpath: resources_servers/counting/data/example.jsonl}
    # --- resources_servers/counting/data/example.jsonl
    {"responses_create_params": {"input": "Count ox"}, "letters": 2}
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[example-count] 1 line
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
            - {name: counting, type: example, jsonl_fpath: resources_servers/counting/data/example.jsonl}
    # --- resources_servers/counting/data/example.jsonl
    {"responses_create_params": {"input": "Count ox"}, "letters": 2}
    {"responses_create_params": {"input": "How many letters has cat?"}, "letters": 3}
    {"responses_create_params": {"input": "How many letters has bird?"}, "letters": 4}
    {"responses_create_params": {"input": "How many letters has horse?"}, "letters": 5}
    {"responses_create_params": {"input": "How many letters has rabbit?"}, "letters": 6}
    ```
    """
    lines = "1 line" if problem.count == 1 else f"{problem.count} lines"
    yield in_row(problem, f"this example file has {lines}; the tests of a resources server expect {EXAMPLES}")
