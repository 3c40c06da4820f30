"""The rule `unapplied-override`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import OverrideUnapplied
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import UnsupportedAgentOverrideError
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_value, rule


@rule(
    "unapplied-override",
    on=OverrideUnapplied,
    severity=Severity.ERROR,
    predicts=UnsupportedAgentOverrideError,
)
def unapplied_override(context: RunContext, problem: OverrideUnapplied) -> Iterator[Finding]:
    """A `KEY=VALUE` on the command line for an agent that composing does not create.

    ## Why

    When an unbound agent replaces others, NeMo Gym applies overrides for the new agents only after it has created them.
    An override that does not match any of them would be lost, so NeMo Gym ends the run. `gym-lsp --resolve` shows the
    names in the composed run.
    """
    made = sorted(context.composition.renames.values())
    near = nearest(problem.name, made) or tuple(made)
    end = f"; did you mean `{near[0]}`?" if near else ""
    yield at_value(problem.at, f"composing does not create an agent `{problem.name}`{end}")
