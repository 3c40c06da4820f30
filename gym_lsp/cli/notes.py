"""What a person needs to know to understand the result of a check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.check import Checked
from gym_lsp.cli.options import Options
from gym_lsp.cli.places import working_directory
from gym_lsp.diagnostic import Severity
from gym_lsp.files import Kind, absolute, is_below
from gym_lsp.gym.layout import JSONL_FPATH, ROWS
from gym_lsp.project import NAME
from gym_lsp.reporters.paths import relative_path
from gym_lsp.workspace.workspace import Workspace

_MOST_NAMED = 3
"""Files or folders in one note."""
_NOT_FOUND = "config-path-not-found"


def notes_of(outcomes: list[tuple[Workspace, Checked]], options: Options) -> Iterator[str]:
    """What a person needs to know to understand the result."""
    named = [*_named_but_not_checked(outcomes, options)]
    if not named and not any(checked.files for _, checked in outcomes) and not options.names_run:
        below = ", ".join(path for path in options.paths if path != ".") or "this folder"
        yield (
            f"nothing to check in {below}: it does not contain a NeMo Gym config, manifest, prompt or env.yaml, "
            f"or {'`--exclude` or ' if options.exclude else ''}the settings exclude all of them"
        )
    yield from named
    yield from _links_outside(outcomes, options)
    for workspace, checked in outcomes:
        yield from _without_gym(workspace, checked)
        yield from _missing_paths(workspace)
        caveat = workspace.profile.caveat
        if caveat is not None:
            yield caveat


def _named_but_not_checked(outcomes: list[tuple[Workspace, Checked]], options: Options) -> Iterator[str]:
    """Files that the command line names, but that do not belong to NeMo Gym."""
    named = {absolute(path): path for path in options.paths} if not options.names_run else {}
    others = [named[path] for _, checked in outcomes for path in checked.not_checked if path in named]
    if rows := [path for path in others if absolute(path).suffix == ROWS]:
        from shlex import join  # costs a millisecond that only this should pay

        others = [path for path in others if path not in rows]
        why = (
            f"no config names {'it' if len(rows) == 1 else 'them'} in `{JSONL_FPATH}`"
            if options.rows
            else f"check rows with `{join((NAME, '--check', '--rows', *rows[:_MOST_NAMED]))}`"
        )
        yield f"not checked: {_few(rows)}; {why}"
    if others:
        contents = "a server, a sandbox, a directive or `config_paths`"
        yield f"not checked: {_few(others)}; a NeMo Gym config contains {contents}"


def _links_outside(outcomes: list[tuple[Workspace, Checked]], options: Options) -> Iterator[str]:
    """Folders that were not entered, because they are links to the outside."""
    below = [absolute(path) for path in options.paths or (".",)] if not options.names_run else []
    links = [
        relative_path(link, working_directory())
        for workspace, _ in outcomes
        for folder in _entered(workspace, below)
        for link in workspace.links_outside(folder)
    ]
    if links:
        are = "links to folders" if len(links) > 1 else "a link to a folder"
        yield f"not checked: {_few(links)}, {are} outside of the workspace; name the real folder with `--search-dir`"


def _entered(workspace: Workspace, asked: list[PurePath]) -> Iterator[PurePath]:
    """The folders of a root that were entered to find the files below some paths."""
    if any(is_below(workspace.root, path) for path in asked):
        yield workspace.root
    else:
        folders = (path for path in asked if is_below(path, workspace.root))
        yield from (path for path in folders if workspace.files.kind(path) is Kind.DIRECTORY)


def _few(names: list[str]) -> str:
    """The first of some names, and the number of the others."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _without_gym(workspace: Workspace, checked: Checked) -> Iterator[str]:
    """Config paths that may lead into NeMo Gym, which was not found."""
    unknown = [
        each for each in checked.diagnostics if each.rule == _NOT_FOUND and each.severity is Severity.INFORMATION
    ]
    if workspace.install is None and unknown:
        paths = "1 config path" if len(unknown) == 1 else f"{len(unknown)} config paths"
        yield f"NeMo Gym was not found, so {paths} into it cannot be checked; name its folder with `--gym-root`"


def _missing_paths(workspace: Workspace) -> Iterator[str]:
    """Settings that name missing folders or files. This is not an error, because not everyone has all of them."""
    settings = workspace.settings
    where = relative_path(settings.path, working_directory()) if settings.path is not None else ""
    for folder in settings.search_dirs:
        if workspace.files.kind(folder) is not Kind.DIRECTORY:
            yield f"{where}: `search-dirs`: folder {relative_path(folder, working_directory())} not found"
    for name, roots in settings.runs.items():
        for root in roots:
            if workspace.search.resolve(workspace.files, root) is None:
                yield f"{where}: `runs.{name}`: {root} not found in any search root"
