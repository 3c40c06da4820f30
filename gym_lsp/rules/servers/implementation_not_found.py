"""The rule `implementation-not-found`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rules.analysis.components import component_of
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import rename_key
from gym_lsp.rules.engine.rule import Finding, at_key, rule
from gym_lsp.workspace.implementations import implementation_folders


@rule("implementation-not-found", on=Block, severity=Severity.ERROR)
def implementation_not_found(context: Context, block: Block) -> Iterator[Finding]:
    """An implementation whose folder does not exist in any search root.

    ## Why

    The implementation `simple_agent` under `responses_api_agents` is the folder `responses_api_agents/simple_agent`.
    NeMo Gym looks for it only when it starts the server, long after it has accepted the configuration. If gym-lsp does
    not find NeMo Gym, the folders of NeMo Gym are unknown. Then it reports only implementations that are misspelt names
    of existing folders.

    ## Example

    ```yaml
    # --- resources_servers/counting/requirements.txt
    nltk
    # --- resources_servers/counting/app.py
    print("counting")
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        couting:
    #   ^^^^^^^ error[implementation-not-found]
          entrypoint: app.py
          domain: math
    ```

    ## Use instead

    ```yaml
    # --- resources_servers/counting/requirements.txt
    nltk
    # --- resources_servers/counting/app.py
    print("counting")
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
    ```
    """
    for server in block.servers:
        if not server.is_server or component_of(context, server) is not None:
            continue
        near = nearest(server.implementation, implementation_folders(context.workspace, server.server_type))
        if not near and not context.sees_components:
            continue
        renames = (rename_key(server.config, name, f"Rename to `{name}`") for name in near)
        way_out = f"; did you mean `{near[0]}`?" if near else ""
        message = f"folder `{server.server_type}/{server.implementation}` not found in any search root{way_out}"
        yield at_key(server.config, message, fixes=tuple(fix for fix in renames if fix is not None))
