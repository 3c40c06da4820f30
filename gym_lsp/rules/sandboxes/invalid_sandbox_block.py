"""The rule `invalid-sandbox-block`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import is_settled, provider_keys
from gym_lsp.compose.config import Config, Leaf, Table
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import DEFAULT_METADATA
from gym_lsp.rules.engine.context import Context, RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, listed, related, rule
from gym_lsp.rules.sandboxes.sandboxes import sandboxes


@rule("invalid-sandbox-block", on=Composition, severity=Severity.ERROR, holds_in_parts=True)
def invalid_sandbox_block(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A sandbox block that does not have exactly one provider.

    ## Why

    A sandbox block is a mapping with one provider and optional `default_metadata`, which is also a mapping. If two
    configs define a `sandbox` with different providers, they merge into a block with two providers. The parser accepts
    all of this, but the server fails when it creates its first sandbox.

    ## Example

    ```yaml
    sandbox:
      docker: {}
      apptainer: {}
    # ^^^^^^^^^ error[invalid-sandbox-block]
    log_triage_agent:
      responses_api_agents:
        triage_agent:
          entrypoint: app.py
          sandbox_provider: sandbox
    ```

    ## Use instead

    ```yaml
    sandbox:
      docker: {}
    log_triage_agent:
      responses_api_agents:
        triage_agent:
          entrypoint: app.py
          sandbox_provider: sandbox
    ```
    """
    for sandbox in sandboxes(context):
        if not isinstance(sandbox, Table):
            message = "invalid sandbox; expected the name of a top-level block or a mapping with one provider"
            yield at_value(sandbox, message)
            continue
        yield from _providers(context, sandbox)
        metadata = sandbox.get(DEFAULT_METADATA)
        if metadata is not None and not isinstance(metadata, Table) and not _is_ignored(metadata):
            yield at_value(metadata, f"`{DEFAULT_METADATA}` must be a mapping")


def _providers(context: Context, sandbox: Table) -> Iterator[Finding]:
    names = provider_keys(sandbox)
    if len(names) > 1:
        values = {str(key): value for key, value in sandbox.entries.items() if str(key) in names}
        unknown = [name for name in names if name not in context.profile.sandbox_providers]
        excess = unknown[-1] if 0 < len(unknown) < len(names) else names[-1]
        other = next(name for name in names if name != excess)
        message = f"this sandbox has the providers {listed(names, 'and')}; expected only one"
        yield at_key(values[excess], message, related=(related(values[other], "another provider"),))
    elif not names and context.checks_run:
        # In a workspace, it may be a fragment that another file completes with the provider.
        yield at_key(sandbox, "missing provider in this sandbox")


def _is_ignored(metadata: Config) -> bool:
    """Whether NeMo Gym ignores the metadata because it is falsy, or the value is known only in a run."""
    return isinstance(metadata, Leaf) and (not metadata.value or not is_settled(metadata))
