"""`gym-lsp --resolve`."""

from __future__ import annotations

import sys
from pathlib import PurePath

from gym_lsp.cli.arguments import Options
from gym_lsp.cli.failure import EXIT_CLEAN, EXIT_FINDINGS, UsageError
from gym_lsp.cli.output import Output
from gym_lsp.cli.places import open_workspace, working_directory
from gym_lsp.compose.config import Config, How, value_span
from gym_lsp.compose.overrides import OverrideError
from gym_lsp.compose.problem import Problem, raised_by
from gym_lsp.compose.resolved import Line, resolved_lines
from gym_lsp.compose.run import Composition, Run
from gym_lsp.text import LineIndex
from gym_lsp.workspace.workspace import Workspace

COLUMN = 56
"""Where the comments that tell the origin begin, if the values leave room for it."""


def resolve(options: Options) -> int:
    """Print the configuration of a run; with `--provenance`, each value with its file and line behind it."""
    workspace = open_workspace(options, working_directory())
    arguments = options.arguments
    try:
        composition = workspace.compose(Run(tuple(arguments.config), tuple(arguments.paths)))
    except OverrideError as error:
        raise UsageError(str(error)) from None
    origins = _Origins(workspace) if arguments.provenance else None
    lines = resolved_lines(composition.config, frozenset(workspace.environment))
    Output(options).write_text("".join(_shown(line, origins) for line in lines))
    return _end(composition)


def _end(composition: Composition) -> int:
    fatal = [problem for problem in composition.problems if raised_by(problem) is not None]
    if not fatal:
        return EXIT_CLEAN
    names = " ".join(f"--config {root}" for root in composition.run.roots)
    print(f"gym-lsp: this run has {_count(fatal)}; `gym-lsp --check {names}` shows them", file=sys.stderr)
    return EXIT_FINDINGS


def _count(problems: list[Problem]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"


def _shown(line: Line, origins: _Origins | None) -> str:
    if origins is None or line.value is None:
        return f"{line.text}\n"
    return f"{line.text:<{COLUMN}}  # {origins.place(line.value)}\n"


class _Origins:
    """Where values are written, as `file:line`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lines: dict[PurePath, LineIndex] = {}

    def place(self, value: Config) -> str:
        origin = value.origin
        if origin.how in (How.STAND_IN, How.OVERRIDE):
            return origin.path.as_posix().strip("<>")
        lines = self._lines.setdefault(origin.path, LineIndex(origin.text))
        number = lines.line_of(value_span(value).start) + 1
        generated = " (generated)" if origin.how is How.GENERATED else ""
        return f"{self._workspace.spelled(origin.path)}:{number}{generated}"
