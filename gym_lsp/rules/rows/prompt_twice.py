"""The rule `prompt-twice`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rows.problem import PromptTwice
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.rows.findings import in_row


@rule("prompt-twice", on=PromptTwice, severity=Severity.ERROR)
def prompt_twice(context: Context, problem: PromptTwice) -> Iterator[Finding]:
    """A row with its own prompt in a dataset that has a prompt for all rows.

    ## Why

    `prompt_config` makes the prompt of each row. If a row already has `responses_create_params.input`, NeMo Gym rejects
    it, because one of the two would be lost.

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
    # --- benchmarks/counting/prepare.py
    def prepare(): ...
    # --- benchmarks/counting/prompt.yaml
    user: "How many letters has {word}?"
    # --- benchmarks/counting/data/rows.jsonl
    {"word": "ox", "responses_create_params": {"input": "Count ox"}}
    #                                          ^^^^^^^ error[prompt-twice]
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
    {"word": "ox"}
    ```
    """
    prompt = context.search.spell(problem.prompt)
    yield in_row(problem, f"this row has its own prompt, but its dataset has `{prompt}`; remove one of them")
