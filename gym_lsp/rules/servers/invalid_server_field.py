"""The rule `invalid-server-field`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Array, Leaf, Table
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.fields import DictType, ListType, show_value
from gym_lsp.rules.analysis.server_fields import declared, expected_type
from gym_lsp.rules.analysis.suggestions import suggest, suggestion_fixes, suggestion_hint
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_value, rule, shortened
from gym_lsp.rules.servers.server_field_mismatches import FieldMismatch, is_null, server_field_mismatches


@rule("invalid-server-field", on=(Block, Composition), severity=Severity.ERROR, holds_in_parts=True)
def invalid_server_field(context: Context, subject: Block | Composition) -> Iterator[Finding]:
    """A value that the field of a server does not accept.

    ## Why

    NeMo Gym passes a block to its server unchanged, and the server fails when it starts: its class expects another
    type, another range, or one of a few values. gym-lsp reads the class and accepts every value that pydantic accepts,
    such as the text `"4"` for a number. For an interpolation, gym-lsp checks its value in the run. A `null` in a
    training recipe is information, because launch scripts often replace it.

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
    for mismatch in server_field_mismatches(context, subject):
        # `missing-server-field` reports a value that is null in a run, because it is still required.
        if mismatch.absent is None and (isinstance(subject, Block) or not is_null(mismatch.value)):
            yield _finding(context, mismatch)


def _finding(context: Context, mismatch: FieldMismatch) -> Finding:
    field, value, written = mismatch.field, mismatch.value, mismatch.written
    given = shortened(show_value(value.value)) if isinstance(value, Leaf) else _collection(mismatch)
    if value is not written and isinstance(written, Leaf):
        given = f"{given}, the value of `{shortened(str(written.value))}`"
    found = suggest(value, mismatch.expected) if value is written else None
    message = f"{mismatch.whose} is {given}; expected {expected_type(mismatch.expected)}{suggestion_hint(found)}"
    place = declared(context, field, f"`{field.name}` of `{mismatch.model.name}` is declared here")
    if is_null(written) and written.origin.is_recipe:
        message = f"{mismatch.whose} is not set yet; the program that starts the training has to set it"
        return at_value(written, message, severity=Severity.INFORMATION, related=place)
    return at_value(written, message, related=place, fixes=suggestion_fixes(written, found))


def _collection(mismatch: FieldMismatch) -> str:
    """Return the kind of a list or mapping for a message, with its length if only the length can be wrong."""
    if isinstance(mismatch.value, Array):
        length = f" of length {len(mismatch.value.items)}" if isinstance(mismatch.expected, ListType) else ""
        return f"a list{length}"
    size = len(mismatch.value.entries) if isinstance(mismatch.value, Table) else 0
    return f"a mapping of length {size}" if isinstance(mismatch.expected, DictType) else "a mapping"
