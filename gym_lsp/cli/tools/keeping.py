"""Workspaces that are kept between two calls, because a coding agent asks several questions about the same files.

Before each question, everything that was read of the disk is compared with what is there now, so an answer is the same
as that of a workspace that is opened for it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import TypeAlias

from gym_lsp.cache.observed import Difference, Observations, Observed, differing
from gym_lsp.files import Disk, Files, Kind, entry_of
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.workspace import Workspace

Open: TypeAlias = Callable[[Files], Workspace]
_MOST = 2
"""Workspaces that are kept at a time. Nearly all questions are about one."""


class Keeper:
    """The workspaces that were opened last, by their roots."""

    def __init__(self) -> None:
        self._kept: dict[PurePath, _Kept] = {}

    def workspace(self, root: PurePath, open_: Open) -> Workspace:
        """Return the workspace of a root as it is now. Raises what `open_` raises."""
        kept = self._kept.pop(root, None)
        if kept is None or not kept.catch_up():
            kept = _Kept(open_)
        self._kept[root] = kept
        for oldest in list(self._kept)[:-_MOST]:
            del self._kept[oldest]
        return kept.workspace


class _Kept:
    """A workspace, and what was seen of the disk for its answers."""

    def __init__(self, open_: Open) -> None:
        self._files = Observed(Disk())
        self.workspace: Workspace = open_(self._files)
        # The release is part of what every answer depends on.
        _ = self.workspace.profile
        self._seen: Observations = self._files.take()
        self._opening: frozenset[str] = self._seen.paths()

    def catch_up(self) -> bool:
        """Take over what has changed. Return False if the workspace has to be opened again."""
        self._seen.update(self._files.take())
        difference = differing(self._seen, Disk())
        if not difference:
            return True
        if any(map(difference.reaches, self._opening)):
            return False
        self.workspace = self.workspace.changed(self._files, _change(self._seen, difference))
        self._seen = self._seen.without(difference)
        return True


def _change(seen: Observations, difference: Difference) -> Change:
    created_or_deleted = frozenset(map(PurePath, difference.moved)).union(
        path for path in map(PurePath, difference.paths) if Disk().kind(path) is not _kind(seen, path)
    )
    return Change(frozenset(map(PurePath, difference.paths)) - created_or_deleted, created_or_deleted)


def _kind(seen: Observations, path: PurePath) -> Kind | None:
    """Return what a path was, as far as that was seen."""
    entry = entry_of(path, seen.listings.get(str(path.parent), ()))
    return seen.kinds.get(str(path), None if entry is None else entry.kind)
