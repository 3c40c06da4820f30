"""From a path in a config to the file that it leads to."""

from __future__ import annotations

from pathlib import PurePath

from gym_lsp.files import Kind, absolute
from gym_lsp.ide.target import Place
from gym_lsp.syntax import KeyPath
from gym_lsp.text import Span
from gym_lsp.workspace.uses import CONFIG_PATH_FIELD, ENTRYPOINT, Use, UseKind
from gym_lsp.workspace.workspace import Workspace

DEFAULT_ENTRYPOINT = "app.py"
_INSTALLED_BY = ("pyproject.toml", "requirements.txt")
_START = Span(0, 0)


def file_place(path: PurePath) -> Place:
    """A file as a place to go to: its start."""
    return Place(path, _START, _START)


def component_folder(workspace: Workspace, server_type: str, implementation: str) -> PurePath | None:
    """The folder that a server is started from. Mirrors `_resolve_server_dir`.

    The first root whose folder can be installed wins, else the first that has the folder; None where none has it.
    """
    folders = [root / server_type / implementation for root in workspace.search.roots]
    folders = [folder for folder in folders if workspace.files.kind(folder) is Kind.DIRECTORY]
    for folder in folders:
        if any(workspace.files.kind(folder / name) is not None for name in _INSTALLED_BY):
            return folder
    return folders[0] if folders else None


def entrypoint_file(
    workspace: Workspace, server_type: str, implementation: str, entrypoint: str = DEFAULT_ENTRYPOINT
) -> PurePath | None:
    """The Python file that a server is started by; None where it is not there."""
    folder = component_folder(workspace, server_type, implementation)
    return None if folder is None else _existing(workspace, absolute(entrypoint, folder))


def named_file(workspace: Workspace, path: PurePath, use: Use) -> PurePath | None:
    """The file that a use of a path in `path` leads to; None where there is none, and for uses of other things."""
    if use.kind is UseKind.INCLUDE:
        return _included(workspace, path, use)
    if use.kind is not UseKind.FILE:
        return None
    return named_by_field(workspace, path, use.at, use.name)


def named_by_field(workspace: Workspace, path: PurePath, at: KeyPath, text: str) -> PurePath | None:
    """The file that a field of a config leads to, given its key path and its text."""
    if at[3:] == (ENTRYPOINT,):
        return entrypoint_file(workspace, str(at[1]), str(at[2]), text)
    if at == (CONFIG_PATH_FIELD,):
        return _existing(workspace, absolute(text, path.parent))
    return searched(workspace, text)


def searched(workspace: Workspace, text: str) -> PurePath | None:
    """The file that a path leads to from the search roots."""
    found = workspace.search.resolve(workspace.files, text) if text else None
    return None if found is None else _existing(workspace, absolute(found, workspace.root))


def _included(workspace: Workspace, path: PurePath, use: Use) -> PurePath | None:
    entry = use.name
    if "${" in entry:
        entry = _interpolated(workspace, path, use) or ""
    canonical = workspace.profile.config_path_aliases.get(PurePath(entry).as_posix())
    return searched(workspace, entry) or (searched(workspace, canonical) if canonical else None)


def _interpolated(workspace: Workspace, path: PurePath, use: Use) -> str | None:
    """What an interpolated entry of `config_paths` was read as."""
    for node in workspace.own_run(path).includes.nodes:
        if node.item.origin.path == path and node.item.node.span.covers(use.span):
            return node.entry
    return None


def _existing(workspace: Workspace, path: PurePath) -> PurePath | None:
    return path if workspace.files.kind(path) is Kind.FILE else None
