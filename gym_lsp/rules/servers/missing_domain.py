"""The rule `missing-domain`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Table
from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.diagnostic import Applicability, Fix, Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.gym.layout import DOMAIN, ENTRYPOINT
from gym_lsp.rules.analysis.flaws import fields_like, flaw_severity, key_text, rule_for
from gym_lsp.rules.engine.context import Context, RunContext
from gym_lsp.rules.engine.edits import insert_after, rename_key
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, rule


@rule(
    "missing-domain", on=AlmostServer, kind=FlawKind.DOMAIN_ABSENT, severity=Severity.ERROR, predicts=AlmostServerError
)
def missing_domain(context: RunContext, problem: AlmostServer) -> Iterator[Finding]:
    """A resources server without a domain.

    ## Why

    The domain specifies the ability that an environment exercises. NeMo Gym rejects a resources server without a
    domain, and the whole run with it. Agents and models do not need a domain.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
    #   ^^^^^^^^ error[missing-domain]
          entrypoint: app.py
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
    ```
    """
    table = problem.flaw.at
    if rule_for(problem) != missing_domain.name or not isinstance(table, Table):
        return
    severity = flaw_severity(problem)
    near, empty = fields_like(table, DOMAIN), table.get(DOMAIN)
    message = "missing `domain` for a resources server"
    if empty is not None:
        yield at_value(empty, "the `domain` of a resources server is empty", severity=severity)
    elif near is not None:
        fix = rename_key(near, DOMAIN, "Rename to `domain`")
        fixes = () if fix is None else (fix,)
        yield at_key(near, f"{message}; NeMo Gym ignores `{key_text(near)}`", severity=severity, fixes=fixes)
    else:
        message = f"{message}; add one, such as `{context.profile.domains[0]}` or `other`"
        yield at_key(table, message, severity=severity, fixes=tuple(_candidates(context, table)))


def _candidates(context: Context, table: Table) -> Iterator[Fix]:
    entrypoint = table.get(ENTRYPOINT)
    if entrypoint is None or entrypoint.origin is not table.origin:
        return
    for domain in context.profile.domains:
        edit = insert_after(table, entrypoint, DOMAIN, domain)
        if edit is not None:
            yield Fix(f"Add `domain: {domain}`", (edit,), Applicability.UNSAFE)
