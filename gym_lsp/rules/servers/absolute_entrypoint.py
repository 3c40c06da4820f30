"""The rule `absolute-entrypoint`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import ENTRYPOINT
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule


@rule("absolute-entrypoint", on=Block, severity=Severity.ERROR, holds_in_parts=True)
def absolute_entrypoint(context: Context, block: Block) -> Iterator[Finding]:
    """An entrypoint that is an absolute path.

    ## Why

    An entrypoint is relative to the folder of its implementation. If it is absolute, NeMo Gym stops when it starts the
    servers, with an assertion error that has no message.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: /opt/counting/app.py
    #                 ^^^^^^^^^^^^^^^^^^^^ error[absolute-entrypoint]
          domain: math
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
    ```
    """
    for server in block.servers:
        leaf = server.config.get(ENTRYPOINT)
        if isinstance(leaf, Leaf) and isinstance(leaf.value, str) and leaf.value.startswith("/"):
            folder = f"{server.server_type}/{server.implementation}"
            name = leaf.value.rstrip("/").rpartition("/")[2]
            fixes = (replace_value(leaf, name, f"Change to `{name}`"),) if name else ()
            yield at_value(leaf, f"absolute entrypoint; expected a path relative to `{folder}`", fixes=fixes)
