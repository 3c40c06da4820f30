"""The rule `ref-of-wrong-type`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from gym_lsp.compose.config import Table
from gym_lsp.compose.run import Composition
from gym_lsp.compose.servers import Server
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import TYPE
from gym_lsp.rules.engine.context import Context, RunContext
from gym_lsp.rules.engine.rule import Finding, at_value, listed, rule
from gym_lsp.rules.names.field_refs import RefFields
from gym_lsp.rules.names.refs import server_types, written_ref
from gym_lsp.syntax import Atom


@rule("ref-of-wrong-type", on=Composition, severity=Severity.ERROR, holds_in_parts=True)
def ref_of_wrong_type(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A server ref to a server whose type the field cannot use.

    ## Why

    The server exists, so NeMo Gym does not report an error. But a field such as `model_server` can refer only to a
    model server, and the server that reads the field fails when it starts.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          judge_model_server: {type: resources_servers, name: spelling}
    #                                ^^^^^^^^^^^^^^^^^ error[ref-of-wrong-type]
    spelling:
      resources_servers:
        spelling: {entrypoint: app.py, domain: math}
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          judge_model_server: {type: responses_api_models, name: policy_model}
    spelling:
      resources_servers:
        spelling: {entrypoint: app.py, domain: math}
    ```
    """
    for server in composition.servers:
        for field, ref, (server_type, name), expected in _mistyped(context, server):
            # `server-ref-not-found` reports a ref to a server that does not exist.
            if server_type in server_types(composition)[name]:
                message = f"`{field}` must refer to a server under {listed(expected)}, not under `{server_type}`"
                yield at_value(ref.entries[TYPE], message)


class _Mistyped(NamedTuple):
    """A ref to a server of a type that its field does not accept, whether or not such a server exists."""

    field: Atom
    ref: Table
    target: tuple[str, str]
    expected: tuple[str, ...]


def _mistyped(context: Context, server: Server) -> tuple[_Mistyped, ...]:
    found: list[_Mistyped] = []
    fields = RefFields(context, server)
    for field, value in server.config.entries.items():
        target = written_ref(value, context.profile) if isinstance(value, Table) else None
        if target is not None and isinstance(value, Table):
            expected = fields.types(field)
            if expected and target[0] not in expected:
                found.append(_Mistyped(field, value, target, expected))
    return tuple(found)
