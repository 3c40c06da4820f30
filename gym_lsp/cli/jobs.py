"""The checks that one call of `gym-lsp --check` carries out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import PurePath
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from gym_lsp.check import Checked, Checker, Spread
from gym_lsp.check_rows import check_run_with_rows, check_with_rows
from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.options import Options
from gym_lsp.cli.output import progress
from gym_lsp.cli.places import working_directory
from gym_lsp.cli.processes import spread
from gym_lsp.cli.workspaces import open_workspace, workspace_of_run
from gym_lsp.compose.overrides import OverrideError
from gym_lsp.files import Files, Kind, Overlay, Remembered, Unreadable, absolute, decode
from gym_lsp.rules.engine.context import Scope
from gym_lsp.workspace.locality import neighbours_together
from gym_lsp.workspace.root import Root, root_of
from gym_lsp.workspace.workspace import YAML, Workspace

Around: TypeAlias = Callable[[Checker, Spread], Spread]
"""Adds to the way in which the files of a check are asked about."""


class Job(Struct, frozen=True):
    """A workspace, and the check of it that the command line asks for.

    `check_configs` is the same check without rows, which fixes do not change. `asked` are the files and folders that
    the command line names, and `paths` the files that they lead to; both are empty for a run. `named` holds the files
    that are named one by one. `documents` are the shell scripts and Markdown that are checked, too. `is_of_stdin` means
    that the text of the only named file comes from stdin.
    """

    workspace: Workspace
    check: Callable[[Checker], Checked]
    check_configs: Callable[[Checker], Checked]
    asked: tuple[PurePath, ...] = ()
    paths: tuple[PurePath, ...] = ()
    named: frozenset[PurePath] = frozenset()
    is_of_stdin: bool = False
    documents: tuple[PurePath, ...] = ()

    def checked(self) -> Checked:
        return self.check(Checker(self.workspace))


def as_it_is(checker: Checker, spread: Spread) -> Spread:
    """Return the spreading of a check unchanged."""
    return spread


def jobs(options: Options, files: Files, around: Around = as_it_is) -> list[Job]:
    """Return one job for a run, or for paths one job for each workspace root. Raises UsageError.

    `files` are those on the disk. `around` may add to the spreading of each check.
    """
    return [_run_job(options, files)] if options.names_run else list(_path_jobs(options, files, around))


def _run_job(options: Options, files: Files) -> Job:
    workspace, run = workspace_of_run(options, files)

    def check(checker: Checker, *, with_rows: bool) -> Checked:
        try:
            return check_run_with_rows(checker, run) if with_rows else checker.check_run(run)
        except OverrideError as error:
            raise UsageError(str(error)) from None

    return Job(workspace, partial(check, with_rows=options.rows), partial(check, with_rows=False))


def _path_jobs(options: Options, disk: Files, around: Around) -> Iterator[Job]:
    here = working_directory()
    files, given = _given(options, disk)
    for workspace, paths in _by_workspace(options, files, given, here):
        documents = workspace.documents_below(paths) if options.docs else ()
        # A document that is named is not a config.
        chosen = tuple(path for path in workspace.below(paths) if path.suffix in YAML or path not in documents)
        named = frozenset(path for path in paths if path in set(chosen))
        check, check_configs = (
            _with_documents(_path_check(chosen, each, around), documents)
            for each in (options, replace(options, rows=False))
        )
        yield Job(workspace, check, check_configs, paths, chosen, named, options.paths == ("-",), documents)


def _by_workspace(
    options: Options, files: Files, given: Iterable[PurePath], here: PurePath
) -> list[tuple[Workspace, tuple[PurePath, ...]]]:
    """Return the workspaces of some paths, those of nested roots included, each with its paths. Raises UsageError."""
    known = Remembered(files)
    workspaces: dict[PurePath, Workspace] = {}
    paths_of: dict[PurePath, dict[PurePath, None]] = {}
    entered: set[PurePath] = set()

    def add(root: Root, path: PurePath) -> None:
        if root.path not in workspaces:
            workspaces[root.path] = open_workspace(options, root, files)
            paths_of[root.path] = {}
        paths_of[root.path][path] = None
        # Links can lead to the same folder again.
        if known.kind(path) is Kind.DIRECTORY and (real := known.resolve(path)) not in entered:
            entered.add(real)
            for nested in workspaces[root.path].nested_roots(path):
                if known.resolve(nested) not in entered:
                    add(Root(nested), nested)

    for path in given:
        add(root_of(known, path, here), path)
    return [(workspace, tuple(paths_of[root])) for root, workspace in workspaces.items()]


def _with_documents(
    check: Callable[[Checker], Checked], documents: tuple[PurePath, ...]
) -> Callable[[Checker], Checked]:
    """Return a check that also checks some documents."""
    if not documents:
        return check
    from gym_lsp.check_commands import with_commands

    return lambda checker: with_commands(checker, check(checker), documents)


def _path_check(paths: tuple[PurePath, ...], options: Options, around: Around) -> Callable[[Checker], Checked]:
    with_progress = partial(progress, options)

    def check(checker: Checker) -> Checked:
        check_paths = checker.check_standalone if options.standalone else checker.check_workspace
        if options.watch:
            # The next check reuses the results of this process. Results of other processes would be lost.
            return check_paths(paths)

        def ordered(paths: Sequence[PurePath]) -> Sequence[PurePath]:
            # Questions about one file soon need the names of all others, which are the same for all processes.
            checker.workspace.names.occurrences()
            return neighbours_together(checker.workspace, paths)

        spreading = around(checker, partial(spread, with_progress=with_progress, ordered=ordered))
        if options.rows:
            scope = Scope.RUN if options.standalone else Scope.WORKSPACE
            return check_with_rows(checker, check_paths, paths, spreading, scope)
        return check_paths(paths, spreading)

    return check


def _given(options: Options, disk: Files) -> tuple[Files, list[PurePath]]:
    """The paths of the command line, and the files to read them from."""
    given = options.paths or (".",)
    if given == ("-",):
        if not options.stdin_filename:
            raise UsageError("`-` reads a config from stdin; name it with `--stdin-filename FILE`")
        path = absolute(options.stdin_filename)
        if disk.kind(path) is Kind.DIRECTORY:
            raise UsageError(f"--stdin-filename {options.stdin_filename}: expected a file, found a folder")
        return Overlay(disk, {path: _stdin(path)}), [path]
    for path in given:
        if disk.kind(absolute(path)) is None:
            hint = "; overrides need `--config` or `--recipe`" if "=" in path else ""
            raise UsageError(f"{path}: file or folder not found{hint}")
    return disk, [absolute(path) for path in given]


def _stdin(path: PurePath) -> str:
    try:
        return decode(path, sys.stdin.buffer.read())
    except Unreadable as error:
        raise UsageError(f"cannot read stdin: {error.reason}") from None
