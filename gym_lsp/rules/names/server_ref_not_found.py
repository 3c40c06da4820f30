"""The rule `server-ref-not-found`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from gym_lsp.compose.config import Table
from gym_lsp.compose.problem import ServerRefNotFound
from gym_lsp.diagnostic import RelatedLocation, Severity
from gym_lsp.gym.errors import ServerRefNotFoundError
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, key_related, rule
from gym_lsp.rules.names.refs import about_unknown, nearest_field


@rule(
    "server-ref-not-found",
    on=ServerRefNotFound,
    severity=Severity.ERROR,
    predicts=ServerRefNotFoundError,
    about_names=True,
)
def server_ref_not_found(context: RunContext, problem: ServerRefNotFound) -> Iterator[Finding]:
    """A server ref to a server that does not exist under that type.

    ## Why

    `{type, name}` must name an instance that the merged configuration defines under that server type; otherwise NeMo
    Gym ends the run. When checking a workspace, a name that another file defines is an open reference, which the
    command line or `config_paths` can satisfy, so it is only information.

    `_inherit_from` removes the block that it inherits, so every ref to that block fails. Refer to the inheriting block,
    or use `_copy`.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: couting}
    #                                                       ^^^^^^^ error[server-ref-not-found]
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
    target = (problem.server_type, problem.name)
    overriding = tuple(_overriding(context, problem))
    for finding in about_unknown(context, problem.ref, problem.field, target, problem.defined_as):
        yield replace(finding, related=(*finding.related, *overriding))


def _overriding(context: RunContext, problem: ServerRefNotFound) -> Iterator[RelatedLocation]:
    """Yield each ref that was perhaps meant to override this one, but under a misspelt field or server type."""
    server = next((each for each in context.composition.servers if each.name == problem.instance), None)
    if server is None:
        return
    types = context.profile.server_types
    for key, value in server.instance.entries.items():
        if isinstance(value, Table) and key not in types and nearest(str(key), types, most=1):
            yield key_related(value, f"this does not override `{server.server_type}`")
    for field, value in server.config.entries.items():
        if nearest_field(server.config, field, value) == problem.field:
            yield key_related(value, f"this does not override `{problem.field}`")
