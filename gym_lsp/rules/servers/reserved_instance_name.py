"""The rule `reserved-instance-name`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Table
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("reserved-instance-name", on=ConfigFile, severity=Severity.ERROR, holds_in_parts=True)
def reserved_instance_name(context: Context, file: ConfigFile) -> Iterator[Finding]:
    """A server under a name that is reserved for a setting of NeMo Gym.

    ## Why

    Some top-level keys are settings of NeMo Gym, such as `verbose` and `query`. NeMo Gym never reads one of them as an
    instance, so it silently ignores a server under such a name.

    ## Example

    ```yaml
    query:
    ^^^^^ error[reserved-instance-name]
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
    ```
    """
    for name in context.profile.reserved_keys & file.config.entries.keys():
        value = file.config.entries[name]
        if isinstance(value, Table) and not value.entries.keys().isdisjoint(context.profile.server_types):
            yield at_key(value, f"`{name}` is a NeMo Gym setting, so this server is ignored; use another name")
