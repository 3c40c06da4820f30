"""Findings in a run that includes files from outside of the workspace, without their content.

Such a run is composed twice: once without the content of these files, and once with it. A finding of both is shown as
it is, because it does not depend on the content. Of any other, only the rule and a place in the workspace are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.compose.config import value_span
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Diagnostic
from gym_lsp.rules.engine.engine import Engine
from gym_lsp.text import Span
from gym_lsp.workspace.workspace import Workspace

_NAME = "outside-workspace"


def without_content(
    judged: Iterable[Diagnostic],
    shown: Collection[Diagnostic],
    everywhere: Composition,
    workspace: Workspace,
    engine: Engine,
) -> Iterator[Diagnostic]:
    """Yield the findings of a run as they may be shown.

    `judged` are the findings with the content of all files, `shown` those without the content of outside files, and
    `everywhere` is the composition that has `judged`.
    """
    summaries = {rule.name: rule.summary.rstrip(".") for rule in engine.rules}
    known = frozenset(shown)
    yield from (each for each in shown if each.rule == _NAME)
    for each in judged:
        if each in known:
            yield each
            continue
        path, span = each.path, each.span
        summary = summaries[each.rule]
        message = f"{summary}; the details depend on a file outside of the workspace, so they are not shown"
        if workspace.is_outside(path):
            path, span, entry = _place_naming(path, everywhere, workspace)
            message = f"in `{entry}`, which is outside of the workspace: {summary[:1].lower()}{summary[1:]}"
        yield replace(each, path=path, span=span, message=message, related=(), fixes=(), tags=frozenset())


def _place_naming(path: PurePath, run: Composition, workspace: Workspace) -> tuple[PurePath, Span, str]:
    """Return the place in the workspace, or on the command line, that leads to an outside file, and what it names."""
    index = next((index for index, node in enumerate(run.includes.nodes) if node.path == path), None)
    for node in () if index is None else run.includes.chain(index):
        if node.path is not None and workspace.is_outside(node.path):
            return node.item.origin.path, value_span(node.item), node.entry
    # NeMo Gym reads env.yaml automatically.
    return path, Span(0, 0), path.name
