"""The run that a command or a resolved document is about: from what the client gave to a workspace and its run."""

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
from gym_lsp.server.session import Session, View
from gym_lsp.server.to_lsp import path_of
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace

_RUNNABLE = (FileKind.CONFIG, FileKind.MANIFEST)


class Refused(Exception):
    """A question that cannot be answered; the message is a sentence for the user."""


class RunArguments(Struct, frozen=True):
    """What a client gives to say which run it means: a file, or configs and overrides.

    Files are URIs, or paths as one writes them in `config_paths`.
    """

    uri: str | None = None
    configs: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    search_dirs: tuple[PurePath, ...] = ()
    gym_root: PurePath | None = None


class AskedRun(Struct, frozen=True):
    """A run, composed, in the workspace that it is looked at in."""

    workspace: Workspace
    checker: Checker
    composition: Composition
    arguments: RunArguments

    @property
    def title(self) -> str:
        """The configs of the run as one names them."""
        return " + ".join(self.composition.run.roots)


def run_arguments(given: Mapping[str, object]) -> RunArguments:
    """What a client gave. Raises Refused where it is not what it should be."""
    uri, gym_root = given.get("uri"), given.get("gymRoot")
    if uri is not None and not isinstance(uri, str):
        raise Refused("`uri` must be the URI of a config")
    if gym_root is not None and not isinstance(gym_root, str):
        raise Refused("`gymRoot` must be a path")
    configs = _texts(given, "configs")
    if not uri and not configs:
        raise Refused("say which run is meant: `uri` names a config, `configs` several")
    return RunArguments(
        uri or None,
        configs,
        _texts(given, "overrides"),
        tuple(PurePath(each) for each in _texts(given, "searchDirs")),
        _path(gym_root) if gym_root else None,
    )


def asked_run(session: Session, arguments: RunArguments) -> AskedRun:
    """The run that is meant, as things are now. Raises Refused."""
    view = _view(session, arguments)
    workspace, checker = _workspace(session, view, arguments)
    try:
        if arguments.configs:
            configs = tuple(_spelled(workspace, config) for config in arguments.configs)
            composition = workspace.compose(Run(configs, arguments.overrides))
        else:
            composition = _own(workspace, arguments)
    except OverrideError as error:
        raise Refused(str(error)) from None
    for root in composition.includes.absent_roots:
        places = ", ".join(map(str, workspace.search.roots))
        raise Refused(f"there is no config `{root.entry}` in {places}")
    return AskedRun(workspace, checker, composition, arguments)


def _own(workspace: Workspace, arguments: RunArguments) -> Composition:
    path = _file(arguments.uri or "")
    if workspace.text(path) is None:
        raise Refused(f"{path} cannot be read")
    if workspace.kind(path) not in _RUNNABLE:
        raise Refused(f"{path.name} is no config of NeMo Gym, so there is no run of it")
    composition = own_run(workspace, path)
    if not arguments.overrides:
        return composition
    return workspace.compose(Run(composition.run.roots, arguments.overrides))


def _view(session: Session, arguments: RunArguments) -> View:
    """The folder in which a run is looked at: that of its first file, else the first that has such a config."""
    first = arguments.uri or arguments.configs[0]
    path = _path(first)
    if path.is_absolute():
        view = session.view_of(path)
    else:
        views = session.views.values()
        found = (view for view in views if view.workspace.search.resolve(view.workspace.files, first) is not None)
        view = next(found, next(iter(views), None))
    if view is None:
        raise Refused("no folder is open")
    return view


def _workspace(session: Session, view: View, arguments: RunArguments) -> tuple[Workspace, Checker]:
    """The workspace of a folder, or what it would be with other search folders or another NeMo Gym."""
    if arguments.gym_root is None and not arguments.search_dirs:
        return view.workspace, view.checker
    given = FolderSettings(arguments.gym_root, None, arguments.search_dirs)
    for folder in arguments.search_dirs:
        if view.workspace.files.kind(absolute(folder, view.root)) is not Kind.DIRECTORY:
            raise Refused(f"there is no folder {folder}")
    if given not in view.others:
        made = session.workspace_under(view, given)
        view.others[given] = made, Checker(made)
    workspace, checker = view.others[given]
    if arguments.gym_root is not None and workspace.install is None:
        raise Refused(f"{arguments.gym_root} holds no NeMo Gym")
    return workspace, checker


def _spelled(workspace: Workspace, config: str) -> str:
    """A config as `config_paths` would name it."""
    path = _path(config)
    if not path.is_absolute() or workspace.text(path) is None:
        return config
    return workspace.own_run(path).run.roots[0]


def _file(uri: str) -> PurePath:
    path = _path(uri)
    if not path.is_absolute():
        raise Refused(f"`{uri}` is no file on disk")
    return path


def _path(given: str) -> PurePath:
    """The path that a URI or a path means."""
    return path_of(given) or PurePath(given)


def _texts(given: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = given.get(name)
    if value is None:
        return ()
    items = cast("list[object]", value) if isinstance(value, list) else [None]
    if not all(isinstance(item, str) and item for item in items):
        raise Refused(f"`{name}` must be a list of texts")
    return tuple(map(str, items))
