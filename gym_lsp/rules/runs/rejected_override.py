"""The rule `rejected-override`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import OverrideRejected
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.analysis.naming import nearest_fields
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
    key = ".".join(map(str, problem.key))
    way_out = f"write `++{str(problem.at.node.span.of(problem.at.origin.text)).lstrip('+')}`"
    similar = _similar(problem)
    if problem.sign == "+":
        yield at_value(problem.at, f"Hydra rejects `+`, because an override before has set `{key}`; {way_out}")
    elif problem.sign == "~":
        reason = "it has another value" if problem.missing == len(problem.key) else "it is not there"
        yield at_value(problem.at, f"Hydra cannot delete `{key}`, because {reason}{similar}")
    elif similar:
        yield at_value(problem.at, f"unknown key `{key}`{similar} To add a new key, {way_out}")
    else:
        yield at_value(problem.at, f"Hydra rejects a new key without plus signs; {way_out}")


def _similar(problem: OverrideRejected) -> str:
    """Return the end of a message with the key that may be intended; empty if there is none."""
    if problem.missing == len(problem.key):
        return ""
    before, step, after = (
        problem.key[: problem.missing],
        problem.key[problem.missing],
        problem.key[problem.missing + 1 :],
    )
    near = nearest_fields(str(step), map(str, problem.siblings))[:1]
    return "".join(f"; did you mean `{'.'.join(map(str, (*before, name, *after)))}`?" for name in near)
