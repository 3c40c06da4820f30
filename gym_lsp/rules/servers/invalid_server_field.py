"""The rule `invalid-server-field`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Array, Leaf, Table
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.fields import DictType, ListType, show_value
from gym_lsp.rules.analysis.server_fields import declared, wanted
from gym_lsp.rules.analysis.suggestions import meant, meant_fixes, meant_hint
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_value, rule, shortened
from gym_lsp.rules.servers.server_field_mismatches import FieldMismatch, is_null, server_field_mismatches


@rule("invalid-server-field", on=(Block, Composition), severity=Severity.ERROR)
def invalid_server_field(context: Context, subject: Block | Composition) -> Iterator[Finding]:
    """A value that the field of a server does not take.

    ## Why

    NeMo Gym hands a block to its server as it is, and the server fails when it starts: its class wants another type,
    another range, or one of a few values. gym-lsp reads the class and takes what pydantic would take, such as the text
    `"4"` for a number. An interpolation is judged by what it stands for in the run.

    ## Example

    ```yaml
    # --- resources_servers/counting/requirements.txt
    # --- resources_servers/counting/app.py
    from nemo_gym.base_resources_server import BaseResourcesServerConfig, SimpleResourcesServer


    class CountingConfig(BaseResourcesServerConfig):
        timeout_seconds: int = 60


    class CountingServer(SimpleResourcesServer):
        config: CountingConfig


    CountingServer.run_webserver()
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          timeout_seconds: 2 minutes
    #                      ^^^^^^^^^ error[invalid-server-field]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          timeout_seconds: 120
    ```
    """
    for misfit in server_field_mismatches(context, subject):
        # What is null so far in a run is still to be given: see `missing-server-field`.
        if misfit.absent is None and (isinstance(subject, Block) or not is_null(misfit.value)):
            yield _finding(context, misfit)


def _finding(context: Context, misfit: FieldMismatch) -> Finding:
    field = misfit.field
    given = shortened(show_value(misfit.value.value)) if isinstance(misfit.value, Leaf) else _size(misfit)
    if misfit.value is not misfit.written and isinstance(misfit.written, Leaf):
        given = f"`{shortened(str(misfit.written.value))}`, which is {given}"
    found = meant(misfit.value, misfit.expected) if misfit.value is misfit.written else None
    message = f"{misfit.whose} takes {wanted(misfit.expected)}, not {given}{meant_hint(found)}"
    place = declared(context, field, f"`{field.name}` of `{misfit.model.name}` is declared here")
    return at_value(misfit.written, message, related=place, fixes=meant_fixes(misfit.written, found))


def _size(misfit: FieldMismatch) -> str:
    """A collection as a message speaks of it: by its length, where that is all that is wrong."""
    if isinstance(misfit.value, Array):
        return f"a list of {len(misfit.value.items)}" if isinstance(misfit.expected, ListType) else "a list"
    size = len(misfit.value.entries) if isinstance(misfit.value, Table) else 0
    return f"a mapping of {size}" if isinstance(misfit.expected, DictType) else "a mapping"
