"""The rule `placeholder-row`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rows.problem import PlaceholderRow
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.rows.findings import in_row


@rule("placeholder-row", on=PlaceholderRow, severity=Severity.WARNING)
def placeholder_row(context: Context, problem: PlaceholderRow) -> Iterator[Finding]:
    """A row with a placeholder in place of its content.

    ## Why

    Tools that shorten a file write lines such as `<PLACEHOLDER ROW>` in place of those that they leave out. NeMo Gym
    ends with an error at such a line. Write real rows, or remove the line.

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
    <PLACEHOLDER ROW>
    ^^^^^^^^^^^^^^^^^ warning[placeholder-row]
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
    yield in_row(problem, f"`{problem.text}` is a placeholder; expected a row")
