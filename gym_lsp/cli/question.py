"""What `gym-lsp --check` is asked: each question with the workspace that it is put to."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.check import Checked, Checker
from gym_lsp.cli.arguments import Options
from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.output import progress
from gym_lsp.cli.places import open_workspace, root_of, working_directory
from gym_lsp.cli.processes import spread
from gym_lsp.compose.overrides import OverrideError
from gym_lsp.compose.run import Run
from gym_lsp.files import Disk, Files, Kind, Overlay, Unreadable, absolute, decode
from gym_lsp.workspace.locality import neighbours_together
from gym_lsp.workspace.workspace import Workspace


class Question(Struct, frozen=True):
    """A workspace, and what to ask its checker. `named` are the files that were named one by one."""

    workspace: Workspace
    ask: Callable[[Checker], Checked]
    named: frozenset[PurePath] = frozenset()
    is_of_stdin: bool = False

    def answer(self) -> Checked:
        return self.ask(Checker(self.workspace))


def questions(options: Options) -> list[Question]:
    """The questions that the arguments put: about a run, or about paths, one for each root. Raises UsageError."""
    return [_about_run(options)] if options.arguments.config else list(_about_paths(options))


def _about_run(options: Options) -> Question:
    arguments = options.arguments
    run = Run(tuple(arguments.config), tuple(arguments.paths))

    def ask(checker: Checker) -> Checked:
        try:
            return checker.check_run(run)
        except OverrideError as error:
            raise UsageError(str(error)) from None

    return Question(open_workspace(options, working_directory()), ask)


def _about_paths(options: Options) -> Iterator[Question]:
    here = working_directory()
    files, given = _given(options)
    roots: dict[PurePath, list[PurePath]] = {}
    for path in given:
        roots.setdefault(root_of(files, path, here), []).append(path)
    for root, paths in roots.items():
        workspace = open_workspace(options, root, files)
        chosen = workspace.below(tuple(paths))
        named = frozenset(path for path in paths if path in set(chosen))
        yield Question(workspace, _asking(chosen, options), named, options.arguments.paths == ["-"])


def _asking(paths: tuple[PurePath, ...], options: Options) -> Callable[[Checker], Checked]:
    shown = partial(progress, options)

    def ask(checker: Checker) -> Checked:
        check = checker.check_standalone if options.arguments.standalone else checker.check_workspace
        if options.arguments.watch:
            # What this process finds out serves it when it is asked again; what others found out would end with them.
            return check(paths)
        return check(paths, partial(spread, shown=shown, ordered=partial(neighbours_together, checker.workspace)))

    return ask


def _given(options: Options) -> tuple[Files, list[PurePath]]:
    """The paths that were asked about, and the files among which they are looked for."""
    arguments = options.arguments
    given: list[str] = arguments.paths or ["."]
    disk = Disk()
    if given == ["-"]:
        if not arguments.stdin_filename:
            raise UsageError("- reads a config from stdin; --stdin-filename FILE says what it is called")
        path = absolute(arguments.stdin_filename)
        if disk.kind(path) is Kind.DIRECTORY:
            raise UsageError(f"--stdin-filename {arguments.stdin_filename}: this is a folder")
        return Overlay(disk, {path: _stdin(path)}), [path]
    for path in given:
        if disk.kind(absolute(path)) is None:
            meant = "; overrides go with --config" if "=" in path else ""
            raise UsageError(f"{path}: there is no such file or folder{meant}")
    return disk, [absolute(path) for path in given]


def _stdin(path: PurePath) -> str:
    try:
        return decode(path, sys.stdin.buffer.read())
    except Unreadable as error:
        raise UsageError(f"cannot read stdin: {error.reason}") from None
