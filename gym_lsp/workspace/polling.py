"""Polling for changes on the disk: for editors that do not watch files, and for `--watch`.

The version of a folder changes when a name in it is created, deleted or renamed, and that of a file when its content
changes. A large tree has tens of thousands of both, and each look at one takes some microseconds. So a poll can be one
of few places: those that are likely to change, and some of the others in turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import PurePath

from msgspec import Struct, field

from gym_lsp.files import IGNORED_DIRECTORIES, Disk, Kind
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.fence import Fence
from gym_lsp.workspace.settings import SETTINGS_FILES
from gym_lsp.workspace.workspace import YAML

_PRESENCE = (".jsonl", "requirements.txt")
"""Endings of names of files whose existence matters, but not their content."""
_POLLED = (*YAML, ".py")
_MOST_RECENT = 50
"""Folders that have changed last, and are polled each time."""
_AGAIN = object()
"""The version of a folder that is to be listed once more."""


class _Folder(Struct):
    """A folder as it was when it was last polled.

    `places` are the texts of its own path and of the paths of its files whose content matters, and `versions` are
    theirs. `present` are its files whose content does not matter, and `below` the folders that it contains.
    """

    path: PurePath
    places: list[str]
    versions: list[object] = field(default_factory=list[object])
    present: frozenset[str] = frozenset()
    below: frozenset[PurePath] = frozenset()

    @property
    def files(self) -> frozenset[str]:
        return self.present.union(self.places[1:])


class Poller:
    """The state of some trees when they were last polled.

    A folder is listed again only if its own version has changed. Of the folders in `flat`, only the files directly in
    them are polled. Links to folders are followed only inside the fence. If one of the `signals`, which are files, has
    changed, then many other files have probably changed, too.
    """

    def __init__(
        self,
        disk: Disk,
        roots: Iterable[PurePath],
        flat: Iterable[PurePath] = (),
        fence: Fence | None = None,
        signals: Iterable[PurePath] = (),
    ) -> None:
        self.roots = tuple(roots)
        self._fence = fence
        self._flat = frozenset(flat)
        self._disk = disk
        self._folders: dict[PurePath, _Folder] = {}
        self._recent: deque[PurePath] = deque(maxlen=_MOST_RECENT)
        self._turn: Iterator[PurePath] = iter(())
        self._edited: set[str] = set()
        self._moved: set[str] = set()
        self._signals = tuple(map(str, signals))
        self._signaled = disk.versions(self._signals)
        self.size = 0
        """The number of places at the beginning of this turn: folders, and files whose content matters."""
        self.is_all_due = False
        """Whether all folders should be polled soon, because a signal or some files have changed."""
        self._left = 0
        """The places by which the last poll has exceeded its limit, as a negative number."""
        self._add(reversed(self.roots))
        self._moved.clear()
        self._begin_turn()

    def changes(self) -> Change:
        """Return the changes in all folders since they were last polled."""
        self.is_all_due = False
        self._begin_turn()
        return self._poll(self._folders)

    def some_changes(self, most: int, likely: Iterable[PurePath] = ()) -> Change:
        """Return the changes in some folders since they were last polled.

        On average, `most` places are polled: up to half of them in folders that are `likely` to change or have changed
        lately, and the rest in the others. Each of the others has its turn before any of them has a second one.
        """
        if (signaled := self._disk.versions(self._signals)) != self._signaled:
            self._signaled, self.is_all_due = signaled, True
        chosen: dict[PurePath, None] = {}
        self._left = min(self._left, 0) + most
        for path in (*likely, *reversed(self._recent)):
            folder = self._folders.get(path)
            if folder is not None and path not in chosen and len(folder.places) <= self._left - most // 2:
                chosen[path] = None
                self._left -= len(folder.places)
        has_restarted = False
        while self._left > 0:
            path = next(self._turn, None)
            if path is not None:
                if path in self._folders and path not in chosen:
                    chosen[path] = None
                    self._left -= len(self._folders[path].places)
            elif has_restarted:
                break
            else:
                has_restarted = True
                self._begin_turn()
        return self._poll(chosen)

    def _begin_turn(self) -> None:
        self._turn = iter(tuple(self._folders))
        self.size = sum(len(folder.places) for folder in self._folders.values())

    def _poll(self, paths: Iterable[PurePath]) -> Change:
        pending = [self._folders[path] for path in paths]
        while pending:
            pending = [each for each in self._poll_folders(pending) if each.path in self._folders]
        change = Change(frozenset(map(PurePath, self._edited)), frozenset(map(PurePath, self._moved)))
        self._edited, self._moved = set(), set()
        self.is_all_due |= bool(change)
        return change

    def _poll_folders(self, folders: list[_Folder]) -> list[_Folder]:
        """Note the changes in some folders. Return those to poll now, because the folder around them has changed."""
        versions = self._disk.versions(list(chain.from_iterable(folder.places for folder in folders)))
        start = 0
        changed: list[tuple[_Folder, list[object]]] = []
        for folder in folders:
            now = versions[start : start + len(folder.places)]
            start += len(now)
            if now != folder.versions:
                changed.append((folder, now))
        nearby: list[_Folder] = []
        for folder, now in changed:
            if self._folders.get(folder.path) is not folder:
                continue
            if now[0] is None and folder.path not in self.roots:
                self._drop(folder.path)
            elif now[0] != folder.versions[0] or None in now[1:]:
                nearby.extend(self._list_again(folder, now[0]))
            else:
                self._edited.update(
                    place for place, old, new in zip(folder.places, folder.versions, now, strict=True) if old != new
                )
                folder.versions = now
                self._is_recent(folder.path)
        return nearby

    def _list_again(self, folder: _Folder, version: object) -> Iterator[_Folder]:
        """Note what has changed in a folder, and yield the folders that were in it before and still are."""
        files, below, is_second = folder.files, folder.below, folder.versions[0] is _AGAIN
        before = dict(zip(folder.places[1:], folder.versions[1:], strict=True))
        new = self._list(folder, version)
        now = zip(folder.places[1:], folder.versions[1:], strict=True)
        self._edited.update(place for place, version in now if before.get(place, version) != version)
        moved = files ^ folder.files
        self._moved |= moved
        for path in below - folder.below:
            self._drop(path)
        self._add(new)
        if moved or not is_second:
            # In some file systems, two changes within a second leave the same version.
            folder.versions[0] = _AGAIN
            self._is_recent(folder.path)
            yield from (self._folders[path] for path in below & folder.below)

    def _add(self, paths: Iterable[PurePath]) -> None:
        """Add folders and those in them, and note their files as new."""
        pending = list(paths)
        while pending:
            path = pending.pop()
            if path not in self._folders:
                folder = self._folders[path] = _Folder(path, [str(path)])
                # The version is read first, so that a change while the names are read is found by the next poll.
                pending.extend(self._list(folder, self._disk.version(path)))
                self._moved |= folder.files

    def _drop(self, path: PurePath) -> None:
        """Remove a folder and those in it, and note their files as deleted."""
        pending = [path]
        while pending:
            path = pending.pop()
            folder = None if path in self.roots else self._folders.pop(path, None)
            if folder is not None:
                self._moved |= folder.files
                pending.extend(folder.below)

    def _list(self, folder: _Folder, version: object) -> list[PurePath]:
        """List a folder that has a version. Return the new folders in it."""
        places, present = [str(folder.path)], list[str]()
        below: list[PurePath] = []
        for entry in self._disk.entries(folder.path):
            path = folder.path / entry.name
            if entry.kind is Kind.FILE:
                if entry.name.endswith(_PRESENCE):
                    present.append(str(path))
                elif entry.name.endswith(_POLLED) or entry.name in SETTINGS_FILES:
                    places.append(str(path))
            elif folder.path in self._flat or entry.name in IGNORED_DIRECTORIES:
                continue
            elif (path in folder.below or path not in self._folders) and (not entry.is_link or self._follows(path)):
                below.append(path)
        new = [path for path in below if path not in self._folders]
        folder.places, folder.versions = places, [version, *self._disk.versions(places[1:])]
        folder.present, folder.below = frozenset(present), frozenset(below)
        return new

    def _follows(self, path: PurePath) -> bool:
        """Return whether a link leads to a folder that is inside the fence and does not contain the link."""
        if self._fence is not None and not self._fence.holds(path, self._disk.resolve):
            return False
        identity = self._disk.identity(path)
        return all(self._disk.identity(parent) != identity for parent in path.parents)

    def _is_recent(self, path: PurePath) -> None:
        if path in self._recent:
            self._recent.remove(path)
        self._recent.append(path)
