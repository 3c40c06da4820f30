"""The files that Python source is read from, and what of them was asked about.

There are thousands of questions about programs, and they change rarely and together, so one answer of the memo stands
for all of them. It holds until something changes that was asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from gym_lsp.files import DirectoryEntry, Files, Kind, Remembered, entry_of

SUFFIXES = (".py", ".toml", ".txt", "")
"""The suffixes of what decides which program a server is and what its class says; directories mostly have none."""


def nothing(path: PurePath) -> bool:
    """Return that no path was asked about by another process."""
    return False


class Programs(Remembered):
    """The files of a snapshot, for those who read Python source; they note what they were asked about.

    As long as none of that changes, they serve the later snapshots, too, and `follow` their files. `asked_before` says
    whether another process, whose answers were taken over, has asked about a path or about something in it.
    """

    def __init__(self, disk: Files, asked_before: Callable[[PurePath], bool] = nothing) -> None:
        super().__init__(disk)
        self._asked_before = asked_before
        self._asked: set[PurePath] = set()
        """What was asked about, and the folders above."""
        self._real: dict[PurePath, PurePath] = {}

    def follow(self, disk: Files) -> None:
        """Read from other files from now on."""
        self._base = disk

    def follows(self, disk: Files) -> bool:
        """Return whether these files read from others."""
        return self._base is disk

    def depend_on(self, path: PurePath) -> bool:
        """Return whether an answer may be different because a path has another text, was created, or was deleted."""
        is_program = path.suffix in SUFFIXES
        if is_program and (path in self._asked or path.parent in self.listings or self._asked_before(path)):
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
        if path in self._asked:
            return
        folder = path.parent
        real = self._real.get(folder)
        if real is None:
            real = self._real[folder] = super().resolve(folder)
        if real != folder:
            self._add(real / path.name)
        self._add(path)

    def _add(self, path: PurePath) -> None:
        while path not in self._asked:
            self._asked.add(path)
            path = path.parent
