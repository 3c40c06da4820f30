"""The rule `misplaced-config-paths`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Table
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import CONFIG_PATHS
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("misplaced-config-paths", on=Block, severity=Severity.ERROR, holds_in_parts=True)
def misplaced_config_paths(_: Context, block: Block) -> Iterator[Finding]:
    """`config_paths` in a block instead of at the top level.

    ## Why

    NeMo Gym reads `config_paths` only at the top level of a file. In a block it is a field like any other, so no file
    is included, and the names that the files define are not found.

    ## Example

    ```yaml
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
          config_paths: [environments/counting/model.yaml]
    #     ^^^^^^^^^^^^ error[misplaced-config-paths]
          entrypoint: app.py
          domain: math
    # --- environments/counting/model.yaml
    counting_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    ```

    ## Use instead

    ```yaml
    # --- environments/counting/config.yaml
    config_paths: [environments/counting/model.yaml]
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
    # --- environments/counting/model.yaml
    counting_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    ```
    """
    inside = (value for value in block.table.entries.values() if isinstance(value, Table))
    for table in (block.table, *inside, *(server.config for server in block.servers)):
        value = table.get(CONFIG_PATHS)
        if value is not None and value.key is not None:
            yield at_key(value, f"`{CONFIG_PATHS}` includes files only at the top level; move it there")
