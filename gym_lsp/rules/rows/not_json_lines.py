"""The rule `not-json-lines`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rows.problem import NotJsonLines
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.rows.findings import in_row


@rule("not-json-lines", on=NotJsonLines, severity=Severity.ERROR)
def not_json_lines(context: Context, problem: NotJsonLines) -> Iterator[Finding]:
    """A dataset that is one JSON value instead of one value in each line.

    ## Why

    NeMo Gym reads a dataset line by line. A list of rows, or an object over several lines, is valid JSON, but its first
    line is not. Write each row in one line, without commas between them: `jq -c '.[]' rows.json > rows.jsonl`.

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
    [
    ^ error[not-json-lines]
      {"responses_create_params": {"input": "Count ox"}, "letters": 2}
    ]
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
    shape = "a list of rows" if problem.is_list else "one object over several lines"
    yield in_row(problem, f"this file contains {shape}; expected one JSON object in each line")
