"""What the rules about commands share."""

from __future__ import annotations

from collections.abc import Iterable

from gym_lsp.commands.problem import CommandProblem
from gym_lsp.compose.config import Origin
from gym_lsp.diagnostic import FileEdit, Fix, Severity
from gym_lsp.rules.engine.rule import Finding
from gym_lsp.text import Edit


def in_command(
    problem: CommandProblem, message: str, fixes: tuple[Fix, ...] = (), severity: Severity | None = None
) -> Finding:
    """Return a finding at the place of a problem."""
    return Finding(Origin(problem.path, ""), problem.span, message, severity, fixes=fixes)


def changed(problem: CommandProblem, names: Iterable[str]) -> tuple[Fix, ...]:
    """Return a fix for each text that can replace the one at the place of a problem."""
    edits = ((name, Edit(problem.span, name)) for name in names)
    return tuple(Fix(f"Change to `{name}`", (FileEdit(problem.path, edit),)) for name, edit in edits)
