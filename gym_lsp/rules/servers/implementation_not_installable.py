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
    """An implementation whose folder has neither, or both, of the files that NeMo Gym installs a server by.

    ## Why

    NeMo Gym makes an environment for each server, from the `pyproject.toml` or the `requirements.txt` of its folder.
    It refuses to choose between two, and a folder without either it does not take for a server. It finds out when it
    starts the server. An empty `requirements.txt` will do.

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
            yield at_key(server.config, f"`{folder}` has {listed(INSTALLED_BY, 'and')}; NeMo Gym wants one of them")
        elif context.sees_components:
            # Without NeMo Gym at hand, the folder with the server itself may be there.
            yield at_key(server.config, f"`{folder}` has no {listed(INSTALLED_BY)}, so it cannot be installed")
