"""The files that `--resolve` and `--graph` are given without `--config`: what they obviously mean.

gym-lsp --resolve environments/math/config.yaml ++math.resources_servers.math.limit=3
"""

from __future__ import annotations

from pathlib import PurePath

from msgspec.structs import replace

from gym_lsp.cli.failure import UsageError
from gym_lsp.cli.options import Options
from gym_lsp.cli.places import working_directory
from gym_lsp.cli.workspaces import open_workspace
from gym_lsp.files import Disk, Kind, absolute
from gym_lsp.reporters.paths import relative_path
from gym_lsp.rules.analysis.paths import configs_below
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.root import root_of


def with_named_files(options: Options) -> Options:
    """Return the options of the same run, in which its configs are given by `--config`, and a recipe by `--recipe`.

    Raises UsageError if it is not clear what a path means.
    """
    files = tuple(path for path in options.paths if _is_file(path))
    if options.names_run:
        if files:
            raise UsageError(f"{files[0]}: expected an override `KEY=VALUE`; `--config {files[0]}` adds a root config")
        return options
    given = tuple(path for path in options.paths if _is_file(path) or not _is_override(path))
    if not given:
        flag = f"`--{options.command}`"
        raise UsageError(f"{flag} needs a config or a recipe, or a name such as `--environment NAME`")
    for path in given:
        if Disk().kind(absolute(path)) is Kind.DIRECTORY:
            raise UsageError(f"{path}: expected a config, found a folder{_hint(path)}")
    overrides = tuple(path for path in options.paths if path not in given)
    recipe = next((path for path in files if _is_recipe(path, options)), None)
    if recipe is None:
        return replace(options, config=given, paths=overrides)
    if len(given) > 1:
        raise UsageError(f"{recipe}: this is a recipe, whose run is complete; remove the other files")
    return replace(options, recipe=recipe, paths=overrides)


def _is_file(path: str) -> bool:
    return Disk().kind(absolute(path)) is Kind.FILE


def _is_override(argument: str) -> bool:
    return "=" in argument or argument.startswith(("~", "+"))


def _hint(folder: str) -> str:
    """The end of a message about a folder: a config in it, its own before others."""
    found = sorted(configs_below(absolute(folder), Disk()), key=lambda path: path.name != "config.yaml")
    return f"; did you mean `{relative_path(found[0], working_directory())}`?" if found else ""


def _is_recipe(path: str, options: Options) -> bool:
    file: PurePath = absolute(path)
    workspace = open_workspace(options, root_of(Disk(), file, working_directory()))
    return workspace.kind(file) is FileKind.RECIPE
