"""A workspace that does not list its files, for the first answers in an editor.

To list and read all files takes a tenth of a second, and much longer in a large tree. Most answers about a file depend
only on its own run, so they need not wait for that.
"""

from __future__ import annotations

from pathlib import PurePath

from gym_lsp.workspace.workspace import Workspace


class NotIndexed(Exception):
    """An answer depends on all files of the workspace."""


class _Unindexed(Workspace):
    @property
    def members(self) -> tuple[PurePath, ...]:
        raise NotIndexed

    @property
    def library(self) -> tuple[PurePath, ...]:
        raise NotIndexed

    def files_below(self, folder: PurePath) -> tuple[PurePath, ...]:
        raise NotIndexed


def unindexed(workspace: Workspace) -> Workspace:
    """Return the same workspace, but one that raises NotIndexed if an answer depends on all files.

    The two share their answers, so what one of them knows is known to the other.
    """
    return _Unindexed(
        workspace.disk,
        workspace.root,
        workspace.settings,
        workspace.install,
        workspace.search_dirs,
        workspace.environment,
        workspace.profile_of,
        workspace.memo,
        fence=workspace.fence,
        is_deep=workspace.is_deep,
    )
