"""The run to which a command or a resolved document refers: from the client's arguments to a composition."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import cast

from msgspec import Struct

from gym_lsp.check import Checker
from gym_lsp.compose.overrides import OverrideError
from gym_lsp.compose.run import Composition, Run
from gym_lsp.files import Kind, absolute
from gym_lsp.ide.lookup import own_run
from gym_lsp.server.preferences import FolderSettings
from gym_lsp.server.session import FolderSnapshot, Session
from gym_lsp.server.to_lsp import path_of
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace

_RUNNABLE = (FileKind.CONFIG, FileKind.MANIFEST, FileKind.RECIPE)


class RequestError(Exception):
    """A command that cannot be carried out; the message is a sentence for the user."""


class RunArguments(Struct, frozen=True):
    """The arguments that identify a run: a file, or configs and overrides.

    Files are URIs, or paths as in `config_paths`.
    """

    uri: str | None = None
    configs: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    search_dirs: tuple[PurePath, ...] = ()
    gym_root: PurePath | None = None


class RequestedRun(Struct, frozen=True):
    """A composed run and the workspace in which it was composed."""

    workspace: Workspace
    checker: Checker
    composition: Composition
    arguments: RunArguments

    @property
    def title(self) -> str:
        """The configs of the run as in `config_paths`, or its recipe."""
        return self.workspace.title_of(self.composition.run)


def run_arguments(given: Mapping[str, object]) -> RunArguments:
    """Return the arguments that a client sent. Raises RequestError if one has a wrong type."""
    uri, gym_root = given.get("uri"), given.get("gymRoot")
    if uri is not None and not isinstance(uri, str):
        raise RequestError("`uri` must be the URI of a config")
    if gym_root is not None and not isinstance(gym_root, str):
        raise RequestError("`gymRoot` must be a path")
    configs = _texts(given, "configs")
    if not uri and not configs:
        raise RequestError("missing run; set `uri` to one config, or `configs` to a list of configs")
    return RunArguments(
        uri or None,
        configs,
        _texts(given, "overrides"),
        tuple(PurePath(each) for each in _texts(given, "searchDirs")),
        _path(gym_root) if gym_root else None,
    )


def requested_run(session: Session, arguments: RunArguments) -> RequestedRun:
    """Return the run that the arguments identify, for the current texts. Raises RequestError."""
    folder = _folder(session, arguments)
    workspace, checker = _workspace(session, folder, arguments)
    try:
        if arguments.configs:
            configs = tuple(_spelled(workspace, config) for config in arguments.configs)
            composition = workspace.compose(Run(configs, arguments.overrides))
        else:
            composition = _own(workspace, arguments)
    except OverrideError as error:
        raise RequestError(str(error)) from None
    for root in composition.includes.absent_roots if composition.run.recipe is None else ():
        places = ", ".join(map(str, workspace.search.roots))
        raise RequestError(f"config `{root.entry}` not found in {places}")
    return RequestedRun(workspace, checker, composition, arguments)


def _own(workspace: Workspace, arguments: RunArguments) -> Composition:
    path = _file(arguments.uri or "")
    if workspace.text(path) is None:
        raise RequestError(f"cannot read `{path}`")
    if workspace.kind(path) not in _RUNNABLE:
        raise RequestError(f"`{path.name}` is not a NeMo Gym config")
    composition = own_run(workspace, path)
    if not arguments.overrides:
        return composition
    if composition.run.recipe is not None:
        return workspace.compose(Run.embedded(composition.run.recipe, arguments.overrides))
    return workspace.compose(Run(composition.run.roots, arguments.overrides))


def _folder(session: Session, arguments: RunArguments) -> FolderSnapshot:
    """Return the folder for a run: the one of its first file, or else the first in which that config is found."""
    first = arguments.uri or arguments.configs[0]
    path = _path(first)
    if path.is_absolute():
        folder = session.folder_of(path)
    else:
        folders = session.folders.values()
        found = (each for each in folders if each.workspace.search.resolve(each.workspace.files, first) is not None)
        folder = next(found, next(iter(folders), None))
    if folder is None:
        raise RequestError("no folder is open")
    return folder


def _workspace(session: Session, folder: FolderSnapshot, arguments: RunArguments) -> tuple[Workspace, Checker]:
    """Return the workspace of a folder, or one with other search folders or another NeMo Gym."""
    if arguments.gym_root is None and not arguments.search_dirs:
        return folder.workspace, folder.checker
    settings = FolderSettings(arguments.gym_root, None, arguments.search_dirs)
    for path in arguments.search_dirs:
        if folder.workspace.files.kind(absolute(path, folder.root)) is not Kind.DIRECTORY:
            raise RequestError(f"folder `{path}` not found")
    if settings not in folder.under_other_settings:
        other = session.workspace_under(folder, settings)
        folder.under_other_settings[settings] = other, Checker(other)
    workspace, checker = folder.under_other_settings[settings]
    if arguments.gym_root is not None and workspace.install is None:
        raise RequestError(f"no NeMo Gym found in `{arguments.gym_root}`")
    return workspace, checker


def _spelled(workspace: Workspace, config: str) -> str:
    """Return a config as in `config_paths`."""
    path = _path(config)
    if not path.is_absolute() or workspace.text(path) is None:
        return config
    return workspace.title_of(workspace.own_run(path).run)


def _file(uri: str) -> PurePath:
    path = _path(uri)
    if not path.is_absolute():
        raise RequestError(f"`{uri}` is not a file on disk")
    return path


def _path(given: str) -> PurePath:
    """Return the path of a URI, or of a path."""
    return path_of(given) or PurePath(given)


def _texts(given: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = given.get(name)
    if value is None:
        return ()
    items = cast("list[object]", value) if isinstance(value, list) else [None]
    if not all(isinstance(item, str) and item for item in items):
        raise RequestError(f"`{name}` must be a list of strings")
    return tuple(map(str, items))
