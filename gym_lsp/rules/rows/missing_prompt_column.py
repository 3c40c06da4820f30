"""The rule `missing-prompt-column`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rows.problem import MissingColumn
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule, shortened
from gym_lsp.rules.rows.findings import in_row


@rule("missing-prompt-column", on=MissingColumn, severity=Severity.ERROR)
def missing_prompt_column(context: Context, problem: MissingColumn) -> Iterator[Finding]:
    """A row without a column that the prompt of its dataset needs.

    ## Why

    NeMo Gym inserts the columns of each row into the template that `prompt_config` names, and ends with an error at the
    first row without one of them.

    ## Example

    ```yaml
    # --- benchmarks/counting/config.yaml
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          datasets:
            - name: counting
              type: benchmark
              jsonl_fpath: benchmarks/counting/data/rows.jsonl
              prepare_script: benchmarks/counting/prepare.py
              prompt_config: benchmarks/counting/prompt.yaml
    #                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[unknown-prompt-column]
    # --- benchmarks/counting/prepare.py
    def prepare(): ...
    # --- benchmarks/counting/prompt.yaml
    user: "How many letters has {word}?"
    # --- benchmarks/counting/data/rows.jsonl
    {"wrod": "ox", "letters": 2}
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[missing-prompt-column]
    ```

    ## Use instead

    ```yaml
    # --- benchmarks/counting/config.yaml
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          datasets:
            - name: counting
              type: benchmark
              jsonl_fpath: benchmarks/counting/data/rows.jsonl
              prepare_script: benchmarks/counting/prepare.py
              prompt_config: benchmarks/counting/prompt.yaml
    # --- benchmarks/counting/prepare.py
    def prepare(): ...
    # --- benchmarks/counting/prompt.yaml
    user: "How many letters has {word}?"
    # --- benchmarks/counting/data/rows.jsonl
    {"word": "ox", "letters": 2}
    ```
    """
    prompt = context.search.spell(problem.prompt)
    yield in_row(problem, f"missing column `{shortened(problem.column)}`, which `{prompt}` needs")
