"""Files that exist only in memory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import PurePath

from gym_lsp.files import DirectoryEntry, Kind, Missing, Overlay


class Memory(Overlay):
    """A tree of exactly the given texts."""

    def __init__(self, texts: Mapping[PurePath, str]) -> None:
        super().__init__(_EmptyDisk(), texts)


class _EmptyDisk:
    def read(self, path: PurePath) -> str:
        raise Missing(path, "the file does not exist")

    def head(self, path: PurePath, most: int) -> str:
        return self.read(path)

    def kind(self, path: PurePath) -> Kind | None:
        return None

    def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
        return ()

    def version(self, path: PurePath) -> object:
        return None

    def resolve(self, path: PurePath) -> PurePath:
        return PurePath(os.path.normpath(path))

    def identity(self, path: PurePath) -> object:
        return self.resolve(path)
