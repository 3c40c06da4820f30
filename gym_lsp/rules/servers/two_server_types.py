"""The rule `two-server-types`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import as_written, groups
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.analysis.flaws import key_text
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_key, key_related, rule


@rule("two-server-types", on=Block, severity=Severity.ERROR, holds_in_parts=True)
def two_server_types(context: Context, block: Block) -> Iterator[Finding]:
    """Two server types in one instance.

    ## Why

    An instance is one server. NeMo Gym accepts such a block if one of its server types is valid, and starts only the
    first one; the second one has no effect. Often, the other server type comes from another file that uses the same
    instance name.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
      responses_api_models:
    # ^^^^^^^^^^^^^^^^^^^^ error[two-server-types]
        vllm_model:
          entrypoint: app.py
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
    counting_model:
      responses_api_models:
        vllm_model:
          entrypoint: app.py
    ```
    """
    found = groups(block.table, context.profile)
    if len(found) < 2:
        return
    # If one of the two comes only from the stand-in model, the finding is about the other one.
    *others, last = sorted(found, key=lambda group: as_written(group) is not None)
    at, other = as_written(last), as_written(others[0])
    if at is not None:
        message = f"`{block.name}` already has the server type `{key_text(others[0])}`; expected only one"
        yield at_key(at, message, related=() if other is None else (key_related(other, "the other server type"),))
