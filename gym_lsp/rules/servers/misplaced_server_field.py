"""The rule `misplaced-server-field`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import is_implementation, is_ref
from gym_lsp.compose.config import Array, Config, Leaf, Table
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import DATASETS, ENTRYPOINT, JSONL_FPATH, TYPE
from gym_lsp.gym.release.profile import Profile
from gym_lsp.rules.analysis.server_fields import is_interpolated
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("misplaced-server-field", on=ConfigFile, severity=Severity.WARNING, holds_in_parts=True)
def misplaced_server_field(context: Context, file: ConfigFile) -> Iterator[Finding]:
    """A field of a server, or a whole server, at the top level of a file.

    ## Why

    NeMo Gym accepts any key at the top level, so it does not report `datasets`, `entrypoint` or a server ref that is
    indented too little, or a server type without the name of an instance above it. Nothing reads these values.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    datasets:
    ^^^^^^^^ warning[misplaced-server-field]
      - name: counting_example
        type: example
        jsonl_fpath: resources_servers/counting/data/example.jsonl
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - name: counting_example
              type: example
              jsonl_fpath: resources_servers/counting/data/example.jsonl
    ```
    """
    for key, value in file.config.entries.items():
        if not isinstance(key, str):
            continue
        if key in context.profile.server_types:
            if isinstance(value, Table) and any(map(is_implementation, value.entries.values())):
                yield at_key(value, f"missing the name of an instance above `{key}`, so this is not a server")
        elif _is_field(key, value, context.profile) and not is_interpolated(context, file.config, key):
            yield at_key(value, f"`{key}` has no effect at the top level; indent it below an implementation")


def _is_field(key: str, value: Config, profile: Profile) -> bool:
    """Return whether an entry can only be a field of a server: its name and its value are those of one."""
    match value:
        case Leaf():
            return key == ENTRYPOINT and isinstance(value.value, str) and value.value.endswith(".py")
        case Table():
            return is_ref(value) and value.leaf(TYPE) in profile.server_types
        case Array():
            items = [item for item in value.items if isinstance(item, Table)]
            return key == DATASETS and any(JSONL_FPATH in item.entries for item in items)
