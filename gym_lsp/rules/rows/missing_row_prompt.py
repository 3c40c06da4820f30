"""The rule `missing-row-prompt`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rows.problem import MissingPrompt
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.rows.findings import in_row


@rule("missing-row-prompt", on=MissingPrompt, severity=Severity.ERROR)
def missing_row_prompt(context: Context, problem: MissingPrompt) -> Iterator[Finding]:
    """A row without a prompt for the model.

    ## Why

    Each row contains what is sent to the model: `responses_create_params`, an object with `input`, which is a text or a
    list of messages. NeMo Gym rejects rows without it. A benchmark can have a prompt for all its rows instead,
    `prompt_config`, and then its rows need only the columns of that prompt.

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
    {"question": "Count ox", "letters": 2}
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[missing-row-prompt]
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
    if problem.found is None:
        yield in_row(problem, f"missing `{problem.key}`")
        return
    expected = "a string or a list of messages" if problem.key.endswith(".input") else "an object"
    yield in_row(problem, f"`{problem.key}` is {problem.found}; expected {expected}")
