"""The workspaces of a command, opened with their settings."""

from __future__ import annotations

import os
from pathlib import PurePath

from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.options import Options
from gym_lsp.cli.places import working_directory
from gym_lsp.cli.reading_settings import settings_of
from gym_lsp.compose.overrides import OverrideError
from gym_lsp.compose.run import Composition, Run
from gym_lsp.files import Disk, Files, Kind, absolute
from gym_lsp.gym.roots import environment_of, find_install_root
from gym_lsp.memo import Memo
from gym_lsp.reporters.paths import relative_path
from gym_lsp.rules.analysis.paths import is_file, like_path, respelled
from gym_lsp.workspace.root import Root, root_of
from gym_lsp.workspace.workspace import Workspace


def workspace_of_run(options: Options, files: Files | None = None) -> tuple[Workspace, Run]:
    """Open the workspace of the run that the command line names. Raises UsageError."""
    here = working_directory()
    if options.recipe is None:
        return open_workspace(options, here, files), Run(options.config, options.paths)
    files = files or Disk()
    path = absolute(options.recipe)
    if files.kind(path) is not Kind.FILE:
        from gym_lsp.cli.recipes import no_such_recipe

        raise no_such_recipe(options.recipe, files, open_workspace(options, root_of(files, here, here), files))
    workspace = open_workspace(options, root_of(files, path, here), files)
    run = Run.embedded(path, options.paths)
    recipe = workspace.recipe(path)
    # What is wrong with a recipe that cannot be read as a whole is among the findings.
    if not recipe.has_run and not recipe.problems:
        wanted = ".".join(map(str, recipe.embedding.path))
        raise UsageError(f"--recipe {options.recipe}: no run in it; expected `config_paths` in `{wanted}`")
    return workspace, run


def composed(workspace: Workspace, run: Run) -> Composition:
    """Compose the run of the command line. Raises UsageError if a root config is missing."""
    try:
        composition = workspace.compose(run)
    except OverrideError as error:
        raise UsageError(str(error)) from None
    for root in composition.includes.absent_roots if run.recipe is None else ():
        raise no_such_config(root.entry, workspace)
    return composition


def no_such_config(entry: str, workspace: Workspace) -> UsageError:
    """Return the error for a root config that is in no search root: it suggests a config, or an environment."""
    files, search = workspace.files, workspace.search
    near = respelled(entry, files, search) or next(iter(like_path(entry, files, search)), None)
    hint = f"; did you mean `{near}`?" if near else ""
    if not near and is_file(f"environments/{entry}/config.yaml", files, search):
        hint = f"; for the environment of this name, use `--environment {entry}`"
    return UsageError(f"--config {entry}: not found in any search root{hint}")


def open_workspace(options: Options, root: PurePath | Root, files: Files | None = None) -> Workspace:
    """Open the workspace at `root`. Options override its settings. Raises UsageError."""
    files = files or Disk()
    is_deep = not isinstance(root, Root) or root.is_deep
    root = root.path if isinstance(root, Root) else root
    settings = settings_of(options, files, root)
    explicit = options.gym_root
    if explicit is not None and files.kind(absolute(explicit)) is not Kind.DIRECTORY:
        raise UsageError(f"--gym-root {explicit}: folder not found")
    gym_root = absolute(explicit) if explicit is not None else settings.gym_root
    install = find_install_root(files, explicit=gym_root, workspace=root, environ=os.environ)
    if gym_root is not None and install is None:
        source = f"--gym-root {explicit}" if explicit is not None else f"{_shown(settings.path)}: `gym-root`"
        raise UsageError(f"{source}: {gym_root} does not contain NeMo Gym; expected nemo_gym/global_config.py in it")
    search_dirs = _search_dirs(options.search_dir, files)
    named = tuple(map(absolute, options.config or ((options.recipe,) if options.recipe else options.paths)))
    environment = environment_of(os.environ)
    memo = Memo(is_last=not (options.watch or options.fix or options.diff or options.cache or options.add_ignores))
    return Workspace(files, root, settings, install, search_dirs, environment, memo=memo, named=named, is_deep=is_deep)


def _search_dirs(given: tuple[str, ...], files: Files) -> tuple[PurePath, ...]:
    for folder in given:
        if files.kind(absolute(folder)) is not Kind.DIRECTORY:
            raise UsageError(f"--search-dir {folder}: folder not found")
    return tuple(absolute(folder) for folder in given)


def _shown(path: PurePath | None) -> str:
    return "" if path is None else relative_path(path, working_directory())
