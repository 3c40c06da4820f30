"""The rule `entrypoint-not-found`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import is_settled
from gym_lsp.compose.config import Leaf
from gym_lsp.diagnostic import Severity
from gym_lsp.files import Kind
from gym_lsp.gym.layout import ENTRYPOINT, USUAL_ENTRYPOINT
from gym_lsp.gym.server_folder import ServerFolder
from gym_lsp.rules.analysis.components import component_of, runs
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule


@rule("entrypoint-not-found", on=Block, severity=Severity.ERROR)
def entrypoint_not_found(context: Context, block: Block) -> Iterator[Finding]:
    """An entrypoint that is not in the folder of its implementation.

    ## Why

    The entrypoint is the Python file that starts the server, relative to the folder of its implementation. NeMo Gym
    does not check that the file exists before it runs it. Then it reports only that the server has ended.

    ## Example

    ```yaml
    # --- resources_servers/counting/requirements.txt
    nltk
    # --- resources_servers/counting/app.py
    print("counting")
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: ap.py
    #                 ^^^^^ error[entrypoint-not-found]
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
        leaf = server.config.get(ENTRYPOINT)
        if not isinstance(leaf, Leaf) or not is_settled(leaf) or not isinstance(leaf.value, str):
            continue
        component = None if leaf.value.startswith("/") else component_of(context, server)
        if component is None or not component.installed_by or runs(context, component, leaf.value):
            continue
        suggestions = _suggestions(context, component, leaf.value)
        way_out = f"; did you mean `{suggestions[0]}`?" if suggestions else ""
        message = f"entrypoint `{leaf.value}` not found in `{server.server_type}/{server.implementation}`{way_out}"
        fixes = tuple(replace_value(leaf, name, f"Change to `{name}`") for name in suggestions)
        yield at_value(leaf, message, fixes=fixes)


def _suggestions(context: Context, component: ServerFolder, entrypoint: str) -> tuple[str, ...]:
    """Return the files of the folder whose names are similar to the entrypoint, otherwise the usual entrypoint."""
    entries = context.files.entries(component.path)
    names = [entry.name for entry in entries if entry.kind is Kind.FILE and entry.name.endswith(".py")]
    return nearest(entrypoint, names) or tuple(name for name in names if name == USUAL_ENTRYPOINT)
