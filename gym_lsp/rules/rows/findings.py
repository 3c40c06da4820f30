"""What the rules about rows share."""

from __future__ import annotations

import json
from collections.abc import Iterable

from gym_lsp.compose.config import Origin
from gym_lsp.diagnostic import FileEdit, Fix, RelatedLocation, Severity
from gym_lsp.gym.layout import AGENT, AGENTS, RESOURCES
from gym_lsp.gym.release.profile import Profile
from gym_lsp.rows.places import Step
from gym_lsp.rows.problem import RowProblem
from gym_lsp.rules.engine.rule import Finding, shortened
from gym_lsp.text import Edit

AGENT_TYPES = (AGENTS,)
SOURCE_TYPES = (AGENTS, RESOURCES)
"""The server types of the instances that `agent_ref` and `task_source` can name."""


def in_row(
    problem: RowProblem,
    message: str,
    *,
    severity: Severity | None = None,
    related: tuple[RelatedLocation, ...] = (),
    fixes: tuple[Fix, ...] = (),
) -> Finding:
    """Return a finding at the place of a problem, with the number of further rows that have it."""
    if problem.more:
        message += f" (and {problem.more} more {'row' if problem.more == 1 else 'rows'})"
    return Finding(Origin(problem.path, ""), problem.span, message, severity, related, fixes)


def needs_agent_ref(profile: Profile) -> bool:
    """Whether a row reaches its agent by `agent_ref` alone: up to 0.5.1.

    Since 0.6.0, `gym dataset collate` removes it, and the dataset decides, as a benchmark may then name its agent.
    """
    return AGENT not in profile.models["BenchmarkDatasetConfig"].fields


def dotted(keys: Iterable[Step]) -> str:
    """Return a key path as a message quotes it, such as `turns[0].text`."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{shortened(key)}"
    return text.removeprefix(".")


def renamed(problem: RowProblem, names: Iterable[str]) -> tuple[Fix, ...]:
    """Return a fix for each name that can replace the one in a row."""
    edits = ((name, Edit(problem.span, json.dumps(name))) for name in names)
    return tuple(Fix(f"Change to `{name}`", (FileEdit(problem.path, edit),)) for name, edit in edits)
