"""`gym-lsp --resolve`."""

from __future__ import annotations

from pathlib import PurePath

from gym_lsp.cli.arguments import Options
from gym_lsp.cli.failure import EXIT_CLEAN, EXIT_FINDINGS, UsageError
from gym_lsp.cli.output import Output
from gym_lsp.cli.places import open_workspace, working_directory
from gym_lsp.cli.streams import say
from gym_lsp.compose.overrides import OverrideError
from gym_lsp.compose.problem import Problem, raised_by
from gym_lsp.compose.run import Composition, Run
from gym_lsp.ide.resolved import ResolvedLine, origin, resolved_run
from gym_lsp.text import LineIndex
from gym_lsp.workspace.workspace import Workspace


def resolve(options: Options) -> int:
    """Print the configuration of a run; with `--provenance`, each value with its file and line behind it."""
    workspace = open_workspace(options, working_directory())
    arguments = options.arguments
    run = Run(tuple(arguments.config), tuple(arguments.paths))
    try:
        document = resolved_run(workspace, run)
    except OverrideError as error:
        raise UsageError(str(error)) from None
    lines = _Lines(workspace)

    def comment(line: ResolvedLine) -> str:
        return origin(workspace, line, lines.number)

    Output(options).write_text(document.text(comment if arguments.provenance else None))
    return _end(workspace.compose(run))


def _end(composition: Composition) -> int:
    fatal = [problem for problem in composition.problems if raised_by(problem) is not None]
    if not fatal:
        return EXIT_CLEAN
    names = " ".join(f"--config {root}" for root in composition.run.roots)
    say(f"this run has {_count(fatal)}; `gym-lsp --check {names}` shows them")
    return EXIT_FINDINGS


def _count(problems: list[Problem]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"


class _Lines:
    """The line numbers of offsets, from 1."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lines: dict[PurePath, LineIndex] = {}

    def number(self, path: PurePath, offset: int) -> int:
        index = self._lines.get(path)
        if index is None:
            index = self._lines[path] = LineIndex(self._workspace.text(path) or "")
        return index.line_of(offset) + 1
