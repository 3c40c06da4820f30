"""The rule `server-type-not-first`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import as_written, groups
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import DIRECTIVE_KEYS
from gym_lsp.rules.analysis.flaws import key_text
from gym_lsp.rules.directives.misspelt_directive import misspelling_of
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_key, key_related, rule


@rule("server-type-not-first", on=Block, severity=Severity.WARNING)
def server_type_not_first(context: Context, block: Block) -> Iterator[Finding]:
    """A key before the server type of an instance.

    ## Why

    NeMo Gym validates an instance by its server type, but uses the first key to start it and to find its address. If
    another key is before the server type, the server passes every check and is never started.

    ## Example

    ```yaml
    counting:
      note: counts the letters of a word
    # ^^^^ warning[server-type-not-first]
      resources_servers:
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
      note: counts the letters of a word
    ```
    """
    first = next(iter(block.table.entries), None)
    if first in context.profile.server_types or first in DIRECTIVE_KEYS or misspelling_of(str(first)) is not None:
        # The rules about directives report a directive that was not applied.
        return
    found = groups(block.table, context.profile)
    # The stand-in model is added after everything in the files, and a real start does not have it.
    group = as_written(found[0]) if found else None
    if group is not None:
        at = block.table.entries[first]
        message = f"`{first}` is before `{key_text(group)}`, so this server is validated but never started"
        yield at_key(at, message, related=(key_related(group, "the server type"),))
