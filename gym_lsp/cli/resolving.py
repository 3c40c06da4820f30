"""`gym-lsp --resolve`."""

from __future__ import annotations

from pathlib import PurePath
from shlex import quote

from msgspec.structs import replace

from gym_lsp.cli.failure import EXIT_CLEAN, EXIT_FINDINGS
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import Output
from gym_lsp.cli.streams import print_message
from gym_lsp.cli.workspaces import composed, workspace_of_run
from gym_lsp.compose.overrides import command_line
from gym_lsp.compose.problem import raised_by
from gym_lsp.compose.run import Composition
from gym_lsp.compose.secrets import masked_text
from gym_lsp.ide.resolved import ResolvedLine, origin, resolved_run
from gym_lsp.text import LineIndex
from gym_lsp.workspace.workspace import Workspace


def resolve(options: Options) -> int:
    """Print the configuration of a run; with `--provenance`, each value is followed by its file and line."""
    workspace, run = workspace_of_run(options)
    composition = composed(workspace, run)
    document = resolved_run(workspace, composition.run)
    lines = _Lines(workspace)

    def comment(line: ResolvedLine) -> str:
        return origin(workspace, line, lines.number)

    Output(options).write_text(document.text(comment if options.provenance else None))
    if composition.outside:
        composition = workspace.compose(replace(composition.run, sees_outside=True))
    return _exit_code(workspace, composition, options)


def _exit_code(workspace: Workspace, composition: Composition, options: Options) -> int:
    fatal = [problem for problem in composition.problems if raised_by(problem) is not None]
    if not fatal:
        return EXIT_CLEAN
    if not options.quiet:
        errors, them = ("1 error", "it") if len(fatal) == 1 else (f"{len(fatal)} errors", "them")
        arguments = _arguments(options, composition)
        shown = masked_text(arguments, workspace.secrets(composition.run))
        print_message(f"this run has {errors}; show {them} with `gym-lsp --check {shown}`")
    return EXIT_FINDINGS


def _arguments(options: Options, composition: Composition) -> str:
    """Return the arguments that name a run, as a shell reads them."""
    overrides = map(quote, composition.run.overrides)
    if options.recipe is not None:
        return " ".join(("--recipe", quote(options.recipe), *overrides))
    return command_line(map(quote, composition.run.roots), overrides)


class _Lines:
    """The line numbers of offsets, counted from 1."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lines: dict[PurePath, LineIndex] = {}

    def number(self, path: PurePath, offset: int) -> int:
        index = self._lines.get(path)
        if index is None:
            index = self._lines[path] = LineIndex(self._workspace.text(path) or "")
        return index.line_of(offset) + 1
