"""The rule `unknown-server-type`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import is_implementation
from gym_lsp.compose.config import Config, Table
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import RESOURCES
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import rename_key
from gym_lsp.rules.engine.rule import Finding, at_key, listed, rule


@rule("unknown-server-type", on=Block, severity=Severity.ERROR, holds_in_parts=True)
def unknown_server_type(context: Context, block: Block) -> Iterator[Finding]:
    """A server under an unknown server type, such as a misspelt one.

    ## Why

    NeMo Gym reads a block as a server only if one of its keys is exactly a server type. It silently ignores every other
    block: the server does not exist, and every reference to it fails.

    ## Example

    ```yaml
    counting:
      resource_servers:
    # ^^^^^^^^^^^^^^^^ error[unknown-server-type]
        counting:
          entrypoint: app.py
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
    server_types = context.profile.server_types
    for key, value in block.table.entries.items():
        if key in server_types or not isinstance(key, str):
            continue
        # The length alone excludes most keys without a comparison.
        near = nearest(key, server_types, most=1) if len(key) >= _SHORTEST else ()
        if near:
            fix = rename_key(value, near[0], f"Rename to `{near[0]}`")
            message = f"unknown server type `{key}`, so this is not a server; did you mean `{near[0]}`?"
            yield at_key(value, message, fixes=() if fix is None else (fix,))
        elif _holds_implementation(value):
            message = f"unknown server type `{key}` in this NeMo Gym version; expected one of {listed(server_types)}"
            yield at_key(value, message, severity=Severity.WARNING)


_SHORTEST = len(RESOURCES) - 2


def _holds_implementation(config: Config) -> bool:
    return isinstance(config, Table) and any(is_implementation(value) for value in config.entries.values())
