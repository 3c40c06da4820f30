"""The rule `self-ref`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Table
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import NAME
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_value, rule
from gym_lsp.rules.names.refs import type_of_field, written_ref


@rule("self-ref", on=Block, severity=Severity.WARNING)
def self_ref(context: Context, block: Block) -> Iterator[Finding]:
    """A server that refers to itself.

    ## Why

    The name is defined, so NeMo Gym does not report an error. But a server that calls itself waits for itself, or calls
    itself again and again.

    ## Example

    ```yaml
    judge_model:
      responses_api_models:
        routing_model:
          entrypoint: app.py
          model_server: {type: responses_api_models, name: judge_model}
    #                                                      ^^^^^^^^^^^ warning[self-ref]
    ```

    ## Use instead

    ```yaml
    judge_model:
      responses_api_models:
        routing_model:
          entrypoint: app.py
          model_server: {type: responses_api_models, name: policy_model}
    ```
    """
    for server in block.servers:
        itself = (server.server_type, block.name)
        for field, value in server.config.entries.items():
            if not isinstance(value, Table) or type_of_field(field) not in (None, server.server_type):
                continue
            if written_ref(value, context.profile) == itself:
                yield at_value(value.entries[NAME], f"`{block.name}` refers to itself")
