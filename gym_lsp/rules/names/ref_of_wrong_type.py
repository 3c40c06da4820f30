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


@rule("ref-of-wrong-type", on=Composition, severity=Severity.ERROR)
def ref_of_wrong_type(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A server ref to a server of a type that the field cannot use.

    ## Why

    The server is there, so NeMo Gym is content. But a field such as `model_server` takes nothing but a model server,
    and the server that reads the field fails when it starts.

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
        for field, ref, (server_type, name), wanted in _mistyped(context, server):
            # A ref to nothing is reported as that.
            if server_type in server_types(composition)[name]:
                message = f"`{field}` takes a server under {listed(wanted)}, and this is one under `{server_type}`"
                yield at_value(ref.entries[TYPE], message)


class _Mistyped(NamedTuple):
    """A ref to a server of a type that its field does not take, whether or not there is such a server."""

    field: Atom
    ref: Table
    target: tuple[str, str]
    wanted: tuple[str, ...]


def _mistyped(context: Context, server: Server) -> tuple[_Mistyped, ...]:
    found: list[_Mistyped] = []
    for field, value in server.config.entries.items():
        target = written_ref(value, context.profile) if isinstance(value, Table) else None
        if target is not None and isinstance(value, Table):
            wanted = RefFields(context, server).types(field)
            if wanted and target[0] not in wanted:
                found.append(_Mistyped(field, value, target, wanted))
    return tuple(found)
