"""The files that Python source is read from, and what of them was looked up.

Programs are read through thousands of paths, which change rarely and together, so one answer of the memo stands for all
of them. It holds until something changes that was looked up.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from gym_lsp.files import DirectoryEntry, Files, Kind, Remembered, entry_of

SUFFIXES = (".py", ".toml", ".txt", "")
"""The suffixes of what decides which program a server is and what its class says; directories mostly have none."""

MOST_MORE = 10_000
"""Paths that are looked up in addition to the usual ones, such as those of each name that is typed in an editor."""


class Programs(Remembered):
    """The files of a snapshot, for those who read Python source; they note what is looked up.

    As long as none of that changes, they serve the later snapshots, too, and `follow` their files. `earlier` says
    whether another process, whose answers were taken over, may have looked up a path or something in it.
    """

    def __init__(self, disk: Files, earlier: Callable[[PurePath], bool] | None = None) -> None:
        super().__init__(disk)
        self._earlier = earlier
        self._seen: set[PurePath] = set()
        """What was looked up, and the folders above."""
        self._real: dict[PurePath, PurePath] = {}
        self._usual = 0
        """The number of paths that were looked up before the first change."""

    def follow(self, disk: Files) -> None:
        """Read from other files from now on."""
        self._base = disk
        self._usual = self._usual or len(self._seen)

    def follows(self, disk: Files) -> bool:
        """Return whether some files are those that are read from."""
        return self._base is disk

    @property
    def has_grown(self) -> bool:
        """Whether much was looked up since the first change; a new object then forgets names that were only typed."""
        return len(self._seen) > self._usual + MOST_MORE

    def depend_on(self, path: PurePath) -> bool:
        """Return whether an answer may be different because a path has another text, was created, or was deleted."""
        if path.suffix in SUFFIXES:
            is_earlier = self._earlier is not None and self._earlier(path)
            if is_earlier or path in self._seen or path.parent in self.listings:
                return True
        return any(map(self._was_absent, path.parents))

    def _was_absent(self, folder: PurePath) -> bool:
        """Whether it was seen that a folder does not exist; what was created in it has created it, too."""
        listing = self.listings.get(folder.parent)
        if listing is None:
            return self.kinds.get(folder, Kind.DIRECTORY) is None
        return bool(folder.name) and entry_of(folder, listing) is None

    def read(self, path: PurePath) -> str:
        self._note(path)
        self.resolve(path)
        return super().read(path)

    def kind(self, path: PurePath) -> Kind | None:
        self._note(path)
        return super().kind(path)

    def entries(self, path: PurePath) -> tuple[DirectoryEntry, ...]:
        self._note(path)
        return super().entries(path)

    def resolve(self, path: PurePath) -> PurePath:
        self._note(path)
        real = super().resolve(path)
        self._add(real)
        return real

    def _note(self, path: PurePath) -> None:
        """Note a path, and where it really is if its folder is reached through a link."""
        # It must be noted before it is read: a change in between then finds it.
        if path in self._seen:
            return
        folder = path.parent
        real = self._real.get(folder)
        if real is None:
            real = self._real[folder] = super().resolve(folder)
        if real != folder:
            self._add(real / path.name)
        self._add(path)

    def _add(self, path: PurePath) -> None:
        while path not in self._seen:
            self._seen.add(path)
            path = path.parent
