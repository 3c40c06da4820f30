"""The rule `unknown-sandbox-provider`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import provider_keys
from gym_lsp.compose.config import Leaf, Table
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import DEFAULT_METADATA, USUAL_SANDBOX
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import renames
from gym_lsp.rules.engine.rule import Finding, at_key, rule
from gym_lsp.rules.sandboxes.sandboxes import sandboxes


@rule("unknown-sandbox-provider", on=Composition, severity=Severity.WARNING, holds_in_parts=True)
def unknown_sandbox_provider(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A sandbox whose provider is not built into NeMo Gym.

    ## Why

    NeMo Gym looks up the name of a provider when it creates the first sandbox. A package or a program can also register
    a provider, so a name that is not similar to a built-in provider is only information.

    ## Example

    ```yaml
    sandbox:
      default_metadata: {team: logs}
      dokcer: {}
    # ^^^^^^ warning[unknown-sandbox-provider]
    log_triage_agent:
      responses_api_agents:
        triage_agent:
          entrypoint: app.py
          sandbox_provider: sandbox
    ```

    ## Use instead

    ```yaml
    sandbox:
      default_metadata: {team: logs}
      docker: {}
    log_triage_agent:
      responses_api_agents:
        triage_agent:
          entrypoint: app.py
          sandbox_provider: sandbox
    ```
    """
    known = context.profile.sandbox_providers
    found = dict.fromkeys((*sandboxes(context), *_shaped_like_one(composition)))
    for sandbox in found:
        names = provider_keys(sandbox) if isinstance(sandbox, Table) else ()
        # `invalid-sandbox-block` reports several providers.
        if len(names) != 1 or names[0] in known or not isinstance(sandbox, Table):
            continue
        value = sandbox.get(names[0])
        if value is None or (isinstance(value, Leaf) and value.value is not None):
            continue
        near = nearest(names[0], known)
        way_out = f"did you mean `{near[0]}`?" if near else "a package must register it"
        severity = None if near else Severity.INFORMATION
        message = f"unknown sandbox provider `{names[0]}`; {way_out}"
        yield at_key(value, message, severity=severity, fixes=renames(value, near))


def _shaped_like_one(composition: Composition) -> Iterator[Table]:
    """Yield the top-level blocks with the usual name or with metadata that only sandboxes have, used or not."""
    for name, value in composition.config.entries.items():
        if isinstance(value, Table) and (name == USUAL_SANDBOX or DEFAULT_METADATA in value.entries):
            yield value
