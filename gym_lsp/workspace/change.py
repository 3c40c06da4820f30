"""What differs between two moments of a tree of files, as a watcher, a poll or an editor reports it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from msgspec import Struct


class Change(Struct, frozen=True):
    """The paths that may differ.

    `edited` are files whose content may differ. `created_or_deleted` are files and directories that were not there
    before, or are no longer there; the directories that hold them have to be listed again.
    """

    edited: frozenset[PurePath] = frozenset()
    created_or_deleted: frozenset[PurePath] = frozenset()

    @classmethod
    def edit(cls, paths: Iterable[PurePath]) -> Change:
        """Return the change in which only the content of some files differs."""
        return cls(edited=frozenset(paths))

    @property
    def paths(self) -> frozenset[PurePath]:
        return self.edited | self.created_or_deleted

    def __bool__(self) -> bool:
        return bool(self.edited or self.created_or_deleted)

    def __or__(self, other: Change) -> Change:
        return Change(self.edited | other.edited, self.created_or_deleted | other.created_or_deleted)
