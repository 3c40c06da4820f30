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
from gym_lsp.rules.engine.context import Context, RunContext
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, listed, rule, shortened


@rule("unknown-domain", on=AlmostServer, kind=FlawKind.WRONG_VALUE, severity=Severity.ERROR, predicts=AlmostServerError)
def unknown_domain(context: RunContext, problem: AlmostServer) -> Iterator[Finding]:
    """A domain that NeMo Gym does not know.

    ## Why

    The domains are a fixed list, spelled in lower case. Any other value ends the run, on an agent or a model too,
    where the domain has no further use. An interpolation is another value: NeMo Gym checks the domain before it
    resolves `${...}`.

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
    if not isinstance(leaf, Leaf):
        yield at_key(leaf, f"`domain` must be one word: {_choice(context)}", severity=severity)
    elif leaf.is_interpolation:
        message = "`domain` must be written out: NeMo Gym checks it before it resolves `${...}`"
        yield at_value(leaf, message, severity=severity)
    else:
        folded = str(leaf.value).strip().lower()
        is_sure = folded in context.profile.domains
        meant = (folded,) if is_sure else nearest(folded, context.profile.domains)
        way_out = f"did you mean `{meant[0]}`?" if meant else _choice(context)
        safety = Applicability.SAFE if is_sure else Applicability.UNSAFE
        fixes = tuple(replace_value(leaf, domain, f"Change to `{domain}`", safety) for domain in meant)
        yield at_value(leaf, f"no domain `{shortened(str(leaf.value))}`; {way_out}", severity=severity, fixes=fixes)


def _choice(context: Context) -> str:
    """All domains: a dozen words, which stay the shortest answer to what may stand here."""
    return listed(context.profile.domains).replace("`", "")
