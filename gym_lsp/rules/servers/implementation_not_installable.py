"""The rule `implementation-not-installable`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.gym.server_folder import INSTALLED_BY
from gym_lsp.rules.analysis.components import component_of
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_key, listed, rule


@rule("implementation-not-installable", on=Block, severity=Severity.ERROR)
def implementation_not_installable(context: Context, block: Block) -> Iterator[Finding]:
    """An implementation whose folder contains neither or both of `pyproject.toml` and `requirements.txt`.

    ## Why

    NeMo Gym creates an environment for each server from the `pyproject.toml` or the `requirements.txt` in its folder.
    It does not choose between the two, and it does not accept a folder without either of them as a server. It checks
    this only when it starts the server. An empty `requirements.txt` is enough.

    ## Example

    ```yaml
    # --- resources_servers/counting/requirements.txt
    nltk
    # --- resources_servers/counting/pyproject.toml
    [project]
    # --- resources_servers/counting/app.py
    print("counting")
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
    #   ^^^^^^^^ error[implementation-not-installable]
          entrypoint: app.py
          domain: math
    ```
    """
    for server in block.servers:
        component = component_of(context, server) if server.is_server else None
        if component is None or len(component.installed_by) == 1:
            continue
        folder = f"{server.server_type}/{server.implementation}"
        if component.installed_by:
            yield at_key(server.config, f"`{folder}` contains {listed(INSTALLED_BY, 'and')}; expected only one of them")
        elif context.sees_components:
            # If NeMo Gym is not found, the folder with the server itself may be in it.
            yield at_key(server.config, f"`{folder}` cannot be installed; expected {listed(INSTALLED_BY)} in it")
