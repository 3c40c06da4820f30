"""The rule `config-path-renamed`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Provenance
from gym_lsp.compose.problem import IncludeAliased
from gym_lsp.diagnostic import Applicability, Fix, Severity, Tag
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule


@rule("config-path-renamed", on=IncludeAliased, severity=Severity.INFORMATION, holds_in_parts=True)
def config_path_renamed(context: Context, problem: IncludeAliased) -> Iterator[Finding]:
    """An entry of `config_paths` that names a file by its path in an earlier release.

    ## Why

    When configs move, NeMo Gym keeps following the old paths for a while and prints a deprecation notice. A file that
    exists at the old path still takes precedence.

    ## Example

    ```yaml
    # --- environments/counting/config.yaml
    config_paths:
      - environments/reasoning_gym_hermes/config.yaml
    #   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ information[config-path-renamed]
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    # --- environments/hermes_reasoning_gym/config.yaml
    puzzles:
      resources_servers:
        puzzles: {entrypoint: app.py, domain: math}
    ```

    ## Use instead

    ```yaml
    # --- environments/counting/config.yaml
    config_paths:
      - environments/hermes_reasoning_gym/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    # --- environments/hermes_reasoning_gym/config.yaml
    puzzles:
      resources_servers:
        puzzles: {entrypoint: app.py, domain: math}
    ```
    """
    fixes: tuple[Fix, ...] = ()
    if problem.at.origin.provenance is not Provenance.OVERRIDE:
        title = f"Change to `{problem.canonical}`"
        fixes = (replace_value(problem.at, problem.canonical, title, Applicability.SAFE),)
    message = f"this file has moved to `{problem.canonical}`; the old path is deprecated"
    yield at_value(problem.at, message, fixes=fixes, tags=frozenset({Tag.DEPRECATED}))
