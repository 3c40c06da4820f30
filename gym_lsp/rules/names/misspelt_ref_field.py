"""The rule `misspelt-ref-field`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.blocks import Spelled
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import ENTRYPOINT
from gym_lsp.rules.analysis.components import component_of
from gym_lsp.rules.analysis.server_fields import model_of
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import rename_key
from gym_lsp.rules.engine.rule import Finding, at_key, rule
from gym_lsp.rules.names.refs import nearest_field


@rule("misspelt-ref-field", on=Block, severity=Severity.ERROR, holds_in_parts=True)
def misspelt_ref_field(context: Context, block: Block) -> Iterator[Finding]:
    """A server ref under a misspelling of a well-known field.

    ## Why

    NeMo Gym checks the ref itself under any field name, so it does not report an error. But the server reads only the
    correctly spelled field, and does not find it. A field that the server's own program mentions is not reported. If
    the class of the server can be read, [unknown-server-field](unknown-server-field.md) reports the field instead.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resource_server: {type: resources_servers, name: counting}
    #     ^^^^^^^^^^^^^^^ error[misspelt-ref-field]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
    ```
    """
    server = block.server
    if server is None or model_of(context, server) is not None:
        # `unknown-server-field` compares with the fields of the class, which is more reliable.
        return
    for field, value in server.config.entries.items():
        near = nearest_field(server.config, field, value)
        if near is not None and not _mentions(context, server, str(field)):
            fix = rename_key(value, near, f"Rename to `{near}`")
            message = f"unknown server ref field `{field}`; did you mean `{near}`?"
            yield at_key(value, message, fixes=() if fix is None else (fix,))


def _mentions(context: Context, server: Spelled, field: str) -> bool:
    """Return whether the server's program mentions the field, which is then one of its own."""
    component = component_of(context, server)
    if component is None:
        return False
    program = context.program(component.path / str(server.config.leaf(ENTRYPOINT)))
    return re.search(rf"\b{re.escape(field)}\b", program) is not None
