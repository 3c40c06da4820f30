"""The rule `unapplied-override`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import OverrideDropped, OverrideNotInAgent, OverrideUnapplied
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import UnsupportedAgentOverrideError
from gym_lsp.gym.layout import AGENTS
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_value, rule


@rule(
    "unapplied-override",
    on=(OverrideUnapplied, OverrideNotInAgent, OverrideDropped),
    severity=Severity.ERROR,
    predicts=UnsupportedAgentOverrideError,
)
def unapplied_override(
    context: RunContext, problem: OverrideUnapplied | OverrideNotInAgent | OverrideDropped
) -> Iterator[Finding]:
    """A `KEY=VALUE` on the command line that cannot be applied to an agent that composing creates.

    ## Why

    When an unbound agent replaces others, NeMo Gym applies overrides for the new agents only after it has created them.
    An override that does not match any of them would be lost, so NeMo Gym ends the run. `gym-lsp --resolve` shows the
    names in the composed run. An override can change the fields that the new agent's config has; a field that it does
    not have ends the run with a bare `ConfigKeyError`. Everything beside the fields is ignored, without an error.
    """
    if isinstance(problem, OverrideDropped):
        path = f"{problem.agent}.{AGENTS}.{problem.implementation}"
        message = f"NeMo Gym ignores this override of the composed agent; it applies only keys below `{path}`"
        yield at_value(problem.at, message, severity=Severity.WARNING)
        return
    if isinstance(problem, OverrideNotInAgent):
        message = f"the composed agent `{problem.agent}` does not set `{problem.key}`, so it cannot be overridden"
        yield at_value(problem.at, message)
        return
    made = sorted(context.composition.renames.values())
    near = nearest(problem.name, made) or tuple(made)
    end = f"; did you mean `{near[0]}`?" if near else ""
    yield at_value(problem.at, f"composing does not create an agent `{problem.name}`{end}")
