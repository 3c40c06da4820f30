"""The rule `server-ref-not-found`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import ServerRefNotFound
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import ServerRefNotFoundError
from gym_lsp.rules.context import RuleContext
from gym_lsp.rules.naming import Standing, fixes_of, hint, judge_name, severity_of
from gym_lsp.rules.rule import Finding, at_value, listed, rule


@rule(
    "server-ref-not-found",
    on=ServerRefNotFound,
    severity=Severity.ERROR,
    predicts=ServerRefNotFoundError,
    about_names=True,
)
def server_ref_not_found(context: RuleContext, problem: ServerRefNotFound) -> Iterator[Finding]:
    """A server ref that names no server of that type.

    ## Why

    `{type, name}` must name an instance that the merged configuration defines under that server type; otherwise NeMo
    Gym ends the run. In the view on a workspace, a name that another file defines is an open reference, which the
    command line or `config_paths` can satisfy, and only information.

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
    if problem.defined_as:
        message = f"`{problem.name}` is defined under {listed(problem.defined_as)}, not under `{problem.server_type}`"
        yield at_value(problem.at, message, severity=Severity.ERROR)
        return
    in_run = [server.name for server in context.composition.servers if server.server_type == problem.server_type]
    verdict = judge_name(context, problem.name, in_run, problem.server_type)
    severity = severity_of(context, verdict, nowhere=Severity.ERROR)
    if severity is None:
        return
    if verdict.standing is Standing.OTHER_KIND:
        found = listed(dict.fromkeys(each.server_type or "no server type" for each in verdict.definitions))
        message = f"`{problem.name}` is defined under {found}, not under `{problem.server_type}`"
    else:
        message = f"no `{problem.server_type}` instance `{problem.name}` in this run{hint(context, verdict)}"
    yield at_value(problem.at, message, severity=severity, fixes=fixes_of(context, problem.at, verdict))
