"""The rule `computed-key`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Fix, Severity, Tag
from gym_lsp.gym.release.reserved_keys import OVERWRITTEN
from gym_lsp.rules.analysis.reserved import configuration
from gym_lsp.rules.engine.context import Context, EnvironmentFile
from gym_lsp.rules.engine.edits import remove_entry
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("computed-key", on=(ConfigFile, EnvironmentFile), severity=Severity.INFORMATION, holds_in_parts=True)
def computed_key(context: Context, subject: ConfigFile | EnvironmentFile) -> Iterator[Finding]:
    """A top-level key that NeMo Gym sets itself.

    ## Why

    NeMo Gym computes `disallowed_ports`, `head_server_deps` and `python_version` in each run and overwrites the values
    in a config, so setting them has no effect.

    ## Example

    ```yaml
    python_version: "3.13"
    ^^^^^^^^^^^^^^ information[computed-key]
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```
    """
    for key, value in configuration(subject).entries.items():
        if key in OVERWRITTEN and key in context.profile.reserved_keys:
            edit = remove_entry(value)
            fixes = () if edit is None else (Fix(f"Remove `{key}`", (edit,)),)
            message = f"`{key}` has no effect; NeMo Gym computes it and overwrites this value"
            yield at_key(value, message, fixes=fixes, tags=frozenset({Tag.UNNECESSARY}))
