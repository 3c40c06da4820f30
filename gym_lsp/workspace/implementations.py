"""The folders in the search roots that contain servers."""

from __future__ import annotations

from pathlib import PurePath

from gym_lsp.files import IGNORED_DIRECTORIES, Kind
from gym_lsp.memo import query
from gym_lsp.workspace.workspace import Workspace


@query
def implementation_folders(workspace: Workspace, server_type: str) -> dict[str, PurePath]:
    """Return the folders of a server type by name, in the order of the roots; if several roots have one, the first."""
    found: dict[str, PurePath] = {}
    for root in workspace.search.roots:
        for entry in workspace.files.entries(root / server_type):
            is_hidden = entry.name.startswith((".", "_")) or entry.name in IGNORED_DIRECTORIES
            if entry.kind is Kind.DIRECTORY and not is_hidden:
                found.setdefault(entry.name, root / server_type / entry.name)
    return found
