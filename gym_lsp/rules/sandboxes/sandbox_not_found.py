"""The rule `sandbox-not-found`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import looks_like_sandbox
from gym_lsp.compose.config import Table
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.analysis.datasets import is_given
from gym_lsp.rules.analysis.naming import Standing, Verdict, fixes_of, hint, judge_name
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_value, rule
from gym_lsp.rules.sandboxes.sandboxes import name_in, references
from gym_lsp.workspace.names import SANDBOX


@rule("sandbox-not-found", on=Composition, severity=Severity.WARNING, about_names=True)
def sandbox_not_found(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A `sandbox_provider` whose sandbox block does not exist.

    ## Why

    A server refers to its sandbox by name, and the top-level block with that name specifies the provider. The parser
    does not check that the block exists, but the server fails when it creates its first sandbox. When checking a
    workspace, a name that another file defines is only information, because the command line or `config_paths` can add
    that file.

    ## Example

    ```yaml
    # --- environments/log_triage/config.yaml
    config_paths:
      - environments/log_triage/sandbox.yaml
    log_triage_agent:
      responses_api_agents:
        triage_agent:
          entrypoint: app.py
          sandbox_provider: sandbocks
    #                       ^^^^^^^^^ warning[sandbox-not-found]
    # --- environments/log_triage/sandbox.yaml
    sandbox:
      docker: {}
    ```

    ## Use instead

    ```yaml
    # --- environments/log_triage/config.yaml
    config_paths:
      - environments/log_triage/sandbox.yaml
    log_triage_agent:
      responses_api_agents:
        triage_agent:
          entrypoint: app.py
          sandbox_provider: sandbox
    # --- environments/log_triage/sandbox.yaml
    sandbox:
      docker: {}
    ```
    """
    known = composition.config.entries
    in_run = [
        str(other)
        for other, value in known.items()
        if isinstance(value, Table) and looks_like_sandbox(other, value, context.profile)
    ]
    verdicts: dict[str, Verdict] = {}
    for reference in references(context):
        name = name_in(reference)
        if name is None or is_given(known.get(name)):
            continue
        if name not in verdicts:
            verdicts[name] = judge_name(context, name, in_run, SANDBOX)
        verdict = verdicts[name]
        if verdict.standing is Standing.DECLARED:
            continue
        is_open = verdict.standing is Standing.ELSEWHERE and not context.checks_run
        message = f"sandbox block `{name}` not found in this run{hint(context, verdict)}"
        severity = Severity.INFORMATION if is_open else Severity.WARNING
        yield at_value(reference, message, severity=severity, fixes=fixes_of(context, reference, verdict))
