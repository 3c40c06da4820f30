"""The checks that one call of `gym-lsp --check` carries out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePath

from msgspec import Struct

from gym_lsp.check import Checked, Checker
from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import progress
from gym_lsp.cli.processes import spread
from gym_lsp.cli.workspaces import open_workspace, root_of, working_directory
from gym_lsp.compose.overrides import OverrideError
from gym_lsp.compose.run import Run
from gym_lsp.files import Disk, Files, Kind, Overlay, Unreadable, absolute, decode
from gym_lsp.workspace.locality import neighbours_together
from gym_lsp.workspace.workspace import Workspace


class Job(Struct, frozen=True):
    """A workspace, and the check of it that the command line asks for.

    `asked` are the files and folders that the command line names, and `paths` the files that they lead to; both are
    empty for a run. `named` holds the files that are named one by one. `is_of_stdin` means that the text of the only
    named file comes from stdin.
    """

    workspace: Workspace
    check: Callable[[Checker], Checked]
    asked: tuple[PurePath, ...] = ()
    paths: tuple[PurePath, ...] = ()
    named: frozenset[PurePath] = frozenset()
    is_of_stdin: bool = False

    def checked(self) -> Checked:
        return self.check(Checker(self.workspace))


def jobs(options: Options) -> list[Job]:
    """Return one job for a run, or for paths one job for each workspace root. Raises UsageError."""
    return [_run_job(options)] if options.config else list(_path_jobs(options))


def _run_job(options: Options) -> Job:
    run = Run(options.config, options.paths)

    def check(checker: Checker) -> Checked:
        try:
            return checker.check_run(run)
        except OverrideError as error:
            raise UsageError(str(error)) from None

    return Job(open_workspace(options, working_directory()), check)


def _path_jobs(options: Options) -> Iterator[Job]:
    here = working_directory()
    files, given = _given(options)
    roots: dict[PurePath, list[PurePath]] = {}
    for path in given:
        roots.setdefault(root_of(files, path, here), []).append(path)
    for root, paths in roots.items():
        workspace = open_workspace(options, root, files)
        chosen = workspace.below(tuple(paths))
        named = frozenset(path for path in paths if path in set(chosen))
        yield Job(workspace, _path_check(chosen, options), tuple(paths), chosen, named, options.paths == ("-",))


def _path_check(paths: tuple[PurePath, ...], options: Options) -> Callable[[Checker], Checked]:
    with_progress = partial(progress, options)

    def check(checker: Checker) -> Checked:
        check_paths = checker.check_standalone if options.standalone else checker.check_workspace
        if options.watch:
            # The next check reuses the results of this process. Results of other processes would be lost.
            return check_paths(paths)
        ordered = partial(neighbours_together, checker.workspace)
        return check_paths(paths, partial(spread, with_progress=with_progress, ordered=ordered))

    return check


def _given(options: Options) -> tuple[Files, list[PurePath]]:
    """The paths of the command line, and the files to read them from."""
    given = options.paths or (".",)
    disk = Disk()
    if given == ("-",):
        if not options.stdin_filename:
            raise UsageError("`-` reads a config from stdin; name it with `--stdin-filename FILE`")
        path = absolute(options.stdin_filename)
        if disk.kind(path) is Kind.DIRECTORY:
            raise UsageError(f"--stdin-filename {options.stdin_filename}: expected a file, found a folder")
        return Overlay(disk, {path: _stdin(path)}), [path]
    for path in given:
        if disk.kind(absolute(path)) is None:
            hint = "; overrides need `--config`" if "=" in path else ""
            raise UsageError(f"{path}: file or folder not found{hint}")
    return disk, [absolute(path) for path in given]


def _stdin(path: PurePath) -> str:
    try:
        return decode(path, sys.stdin.buffer.read())
    except Unreadable as error:
        raise UsageError(f"cannot read stdin: {error.reason}") from None
