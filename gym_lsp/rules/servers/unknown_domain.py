"""The rule `unknown-domain`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf
from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.diagnostic import Applicability, Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.rules.analysis.flaws import flaw_severity, rule_for
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, listed, rule, shortened


@rule(
    "unknown-domain",
    on=AlmostServer,
    kind=FlawKind.WRONG_VALUE,
    severity=Severity.ERROR,
    predicts=AlmostServerError,
    holds_in_parts=True,
)
def unknown_domain(context: RunContext, problem: AlmostServer) -> Iterator[Finding]:
    """A domain that NeMo Gym does not support.

    ## Why

    The domains are a fixed list, in lower case. Any other value ends the run, even on an agent or a model, where the
    domain has no other use. An interpolation is invalid too, because NeMo Gym checks the domain before it resolves
    `${...}`.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: Math
    #             ^^^^ error[unknown-domain]
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
    if rule_for(problem) != unknown_domain.name:
        return
    leaf, severity = problem.flaw.at, flaw_severity(problem)
    expected = f"expected one of {listed(context.profile.domains)}"
    if not isinstance(leaf, Leaf):
        yield at_key(leaf, f"`domain` must be text; {expected}", severity=severity)
    elif leaf.is_interpolation:
        reason = "NeMo Gym checks it before it resolves `${...}`"
        message = f"`domain` cannot be an interpolation, because {reason}; write the value itself"
        yield at_value(leaf, message, severity=severity)
    else:
        folded = str(leaf.value).strip().lower()
        is_sure = folded in context.profile.domains
        suggestions = (folded,) if is_sure else nearest(folded, context.profile.domains)
        way_out = f"did you mean `{suggestions[0]}`?" if suggestions else expected
        safety = Applicability.SAFE if is_sure else Applicability.UNSAFE
        fixes = tuple(replace_value(leaf, domain, f"Change to `{domain}`", safety) for domain in suggestions)
        message = f"unknown domain `{shortened(str(leaf.value))}`; {way_out}"
        yield at_value(leaf, message, severity=severity, fixes=fixes)
