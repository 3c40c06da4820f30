"""The rule `nested-ref-not-found`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gym_lsp.compose.blocks import is_ref
from gym_lsp.compose.config import Config, Leaf, Table
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import DATASETS
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.names.refs import about_unknown, server_types, written_ref

_WITHOUT_REFS = frozenset({DATASETS, "responses_create_params"})


@rule("nested-ref-not-found", on=Composition, severity=Severity.ERROR, about_names=True)
def nested_ref_not_found(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A server ref inside a mapping or a list, to a server that does not exist under that type.

    ## Why

    NeMo Gym checks only the refs that are fields of a server. It does not check refs inside a mapping or a list, such
    as a mapping of verifiers or a list of tools. The server fails when it first uses one.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          verifiers:
            words: {type: resources_servers, name: couting}
    #                                              ^^^^^^^ error[nested-ref-not-found]
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
          verifiers:
            words: {type: resources_servers, name: counting}
    ```
    """
    types_of: Mapping[str, list[str]] = {}
    for server in composition.servers:
        for ref in _nested_refs(server.config):
            target = written_ref(ref, context.profile)
            if target is None:
                continue
            types_of = types_of or server_types(composition)
            if target[0] not in types_of[target[1]]:
                yield from about_unknown(context, ref, None, target, tuple(types_of[target[1]]))


def _nested_refs(config: Table) -> Iterator[Table]:
    """Yield each ref inside the fields of a server, without the fields that are refs themselves."""
    pending: list[Config] = []
    for field, value in config.entries.items():
        if not isinstance(value, Leaf) and field not in _WITHOUT_REFS:
            pending.extend(_below(value))
    while pending:
        current = pending.pop()
        if isinstance(current, Table) and is_ref(current):
            yield current
        pending.extend(_below(current))


def _below(config: Config) -> Iterator[Config]:
    if isinstance(config, Leaf):
        return
    values = config.entries.values() if isinstance(config, Table) else config.items
    yield from (value for value in values if not isinstance(value, Leaf))
