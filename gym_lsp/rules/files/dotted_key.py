"""The rule `dotted-key`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import spelled_servers
from gym_lsp.compose.config import Config, Table
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("dotted-key", on=ConfigFile, severity=Severity.WARNING, holds_in_parts=True)
def dotted_key(context: Context, file: ConfigFile) -> Iterator[Finding]:
    """A key with dots that is meant as a path into a block.

    ## Why

    On the command line, `++counting.resources_servers.counting.limit=5` sets a field of a server. In a file, a key with
    dots is one key: NeMo Gym adds a value under this name, which nothing reads, and the field keeps its value.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting.resources_servers.counting.limit: 5
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[dotted-key]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math, limit: 5}
    ```
    """
    for name, value in file.config.entries.items():
        if not isinstance(name, str):
            continue
        steps = name.split(".")
        if len(steps) > 1 and not _is_block(context, value):
            is_path = steps[1] in context.profile.server_types or _names_block(context, file, steps[0])
            if is_path and all(steps):
                yield _finding(value, name)
        for key, below in value.entries.items() if isinstance(value, Table) else ():
            if isinstance(key, str) and "." in key and key.partition(".")[0] in context.profile.server_types:
                yield _finding(below, key)


def _is_block(context: Context, value: Config) -> bool:
    """Return whether a value is an instance, whose name may contain dots as the names of models do."""
    return isinstance(value, Table) and any(spelled_servers(value, context.profile))


def _names_block(context: Context, file: ConfigFile, name: str) -> bool:
    return isinstance(file.config.get(name), Table) or any(each.server_type for each in context.names.defined(name))


def _finding(value: Config, key: str) -> Finding:
    return at_key(value, f"`{key}` is one key here, not a path; write one level per line")
