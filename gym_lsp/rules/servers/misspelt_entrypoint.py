"""The rule `misspelt-entrypoint`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import ENTRYPOINT
from gym_lsp.rules.analysis.flaws import fields_like, key_text
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import rename_key
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("misspelt-entrypoint", on=Block, severity=Severity.ERROR, holds_in_parts=True)
def misspelt_entrypoint(context: Context, block: Block) -> Iterator[Finding]:
    """A misspelt `entrypoint`.

    ## Why

    Only `entrypoint` makes a block a server. If it is misspelt, the block still looks like a server to its author, but
    NeMo Gym silently ignores it.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypiont: app.py
    #     ^^^^^^^^^^ error[misspelt-entrypoint]
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
        given = server.config.get(ENTRYPOINT)
        # An entrypoint from another file may be the one to override, or it may belong to the stand-in model.
        if server.config.holds_directives or (given is not None and given.origin is server.config.origin):
            continue
        near = fields_like(server.config, ENTRYPOINT)
        if isinstance(near, Leaf):
            fix = rename_key(near, ENTRYPOINT, f"Rename to `{ENTRYPOINT}`")
            message = f"unknown field `{key_text(near)}`, so this is not a server; did you mean `{ENTRYPOINT}`?"
            yield at_key(near, message, fixes=() if fix is None else (fix,))
