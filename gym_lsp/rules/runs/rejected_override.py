"""The rule `rejected-override`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import OverrideRejected
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_value, rule


@rule("rejected-override", on=OverrideRejected, severity=Severity.ERROR)
def rejected_override(_: RunContext, problem: OverrideRejected) -> Iterator[Finding]:
    """A `KEY=VALUE` on the command line that Hydra rejects because of its sign.

    ## Why

    Hydra reads the overrides before NeMo Gym reads the configs, so to Hydra each key is new. `KEY=VALUE` changes a
    key that an override before it has added; otherwise it ends the run. `+KEY=VALUE` adds a key, and ends the run if an
    override before it has set the key. `++KEY=VALUE` always works.
    """
    way_out = f"write `++{str(problem.at.node.span.of(problem.at.origin.text)).lstrip('+')}`"
    if problem.is_addition:
        yield at_value(problem.at, f"Hydra rejects `+`, because an override before has set `{problem.key}`; {way_out}")
    else:
        yield at_value(problem.at, f"Hydra rejects a new key without plus signs; {way_out}")
