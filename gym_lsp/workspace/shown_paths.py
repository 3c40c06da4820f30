"""Which of the configs that a document shows have to be there: documents explain with servers that do not exist."""

from __future__ import annotations

from pathlib import PurePath

from gym_lsp.workspace.place import GYM_FOLDERS
from gym_lsp.workspace.workspace import Workspace


def must_exist(workspace: Workspace, entry: str, *, has_moved: bool = False) -> bool:
    """Return whether a config has to be there for what a document shows to work.

    The name of a file without a folder is mostly a placeholder. A path outside of the workspace, or one from a folder
    that the document has entered, `has_moved`, may lead to any file. Without NeMo Gym, its own files are absent.
    """
    path = PurePath(entry)
    if path.is_absolute() or len(path.parts) < 2 or ".." in path.parts or "://" in entry:
        return False
    if path.parts[0] not in GYM_FOLDERS:
        return not has_moved and workspace.search.resolve(workspace.files, path.parts[0]) is not None
    return workspace.install is not None or has_folder(workspace, entry)


def has_folder(workspace: Workspace, entry: str) -> bool:
    """Return whether the folder of a server is there, which is the first two parts of a path."""
    folder = PurePath(*PurePath(entry).parts[:2]).as_posix()
    return workspace.search.resolve(workspace.files, folder) is not None
