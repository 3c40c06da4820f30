"""The rule `ref-of-wrong-type`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Table
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.context import RuleContext
from gym_lsp.rules.field_refs import RefFields
from gym_lsp.rules.refs import server_types, written_ref
from gym_lsp.rules.rule import Finding, at_value, listed, rule


@rule("ref-of-wrong-type", on=Composition, severity=Severity.ERROR)
def ref_of_wrong_type(context: RuleContext, composition: Composition) -> Iterator[Finding]:
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
        for field, value in server.config.entries.items():
            target = written_ref(value, context.profile)
            if target is None:
                continue
            wanted = RefFields(context, server).types(field)
            if not wanted or target[0] in wanted:
                continue
            # A ref to nothing is reported as that.
            if target[0] in server_types(composition)[target[1]]:
                message = f"`{field}` takes a server under {listed(wanted)}, and this is one under `{target[0]}`"
                assert isinstance(value, Table)
                yield at_value(value.entries["type"], message)
