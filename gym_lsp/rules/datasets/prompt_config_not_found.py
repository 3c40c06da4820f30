"""The rule `prompt-config-not-found`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.diagnostic import Severity
from gym_lsp.rules.analysis.paths import suggested
from gym_lsp.rules.analysis.presence import is_directory, is_missing
from gym_lsp.rules.analysis.prompts import prompts_named
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule


@rule("prompt-config-not-found", on=Block, severity=Severity.ERROR)
def prompt_config_not_found(context: Context, block: Block) -> Iterator[Finding]:
    """A benchmark whose prompt template does not exist.

    ## Why

    NeMo Gym searches for `prompt_config` in the search roots, not next to the config. It opens the file only when it
    inserts the prepared rows into the template, and then fails because the file is missing.

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
              jsonl_fpath: benchmarks/counting/data/counting.jsonl
              prepare_script: benchmarks/counting/prepare.py
              prompt_config: prompt.yaml
    #                        ^^^^^^^^^^^ error[prompt-config-not-found]
    # --- benchmarks/counting/prepare.py
    def prepare(): ...
    # --- benchmarks/counting/prompt.yaml
    user: "{question}"
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
              jsonl_fpath: benchmarks/counting/data/counting.jsonl
              prepare_script: benchmarks/counting/prepare.py
              prompt_config: benchmarks/counting/prompt.yaml
    # --- benchmarks/counting/prepare.py
    def prepare(): ...
    # --- benchmarks/counting/prompt.yaml
    user: "{question}"
    ```
    """
    for _, value, path in prompts_named(block):
        if is_directory(context, path):
            yield at_value(value, f"`{path}` is a folder; expected a prompt file")
            continue
        if context.search.resolve(context.files, path) is not None:
            continue
        suggestions = suggested(path, value.origin.path, context.files, context.search, ".yaml")
        if not suggestions and not is_missing(context, path):
            continue
        # An absolute path may be that of another machine.
        severity = Severity.WARNING if PurePath(path).is_absolute() else None
        way_out = f"; did you mean `{suggestions[0]}`?" if suggestions else ""
        fixes = tuple(replace_value(value, each, f"Change to `{each}`") for each in suggestions)
        yield at_value(value, f"`{path}` not found in any search root{way_out}", severity=severity, fixes=fixes)
