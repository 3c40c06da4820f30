"""Files watched by looking: for clients that do not tell when something changes on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import PurePath

from gym_lsp.files import IGNORED_DIRECTORIES, Disk, Files, Kind
from gym_lsp.server.session import SETTINGS_FILES, Session
from gym_lsp.server.state import answered
from gym_lsp.workspace.workspace import YAML

POLL = 2.0
"""Seconds between two looks."""
_PRESENCE = (".jsonl", ".py")
"""Ends of names of files of which only matters whether they are there."""


class Look:
    """What a tree held when it was last looked at. A directory is listed again only where its own version changed."""

    def __init__(self, files: Files, roots: Iterable[PurePath]) -> None:
        self.roots = tuple(roots)
        self._files = files
        self._directories: dict[PurePath, object] = {}
        self._inside: dict[PurePath, dict[PurePath, object]] = {}
        for root in self.roots:
            self._list(root)

    def changes(self) -> tuple[set[PurePath], bool]:
        """The files that changed since the last look, and whether any of them came or went."""
        before = {path: version for known in self._inside.values() for path, version in known.items()}
        for directory, version in list(self._directories.items()):
            if directory not in self._directories:
                continue
            now = self._files.version(directory)
            if now is None:
                del self._directories[directory], self._inside[directory]
            elif now != version:
                self._list(directory)
            else:
                known = self._inside[directory]
                known.update({path: self._version(path) for path in known})
        after = {path: version for known in self._inside.values() for path, version in known.items()}
        came_or_went = before.keys() ^ after.keys()
        changed = {path for path in before.keys() & after.keys() if before[path] != after[path]}
        return changed | came_or_went, bool(came_or_went)

    def _list(self, directory: PurePath) -> None:
        """List a directory, and those in it that were not known."""
        # The version is taken first: what changes while the names are read is seen at the next look.
        self._directories[directory] = self._files.version(directory)
        inside: dict[PurePath, object] = {}
        for entry in self._files.entries(directory):
            path = directory / entry.name
            if entry.kind is Kind.FILE:
                if entry.name.endswith((*YAML, *_PRESENCE)) or entry.name in SETTINGS_FILES:
                    inside[path] = self._version(path)
            elif entry.name not in IGNORED_DIRECTORIES and path not in self._directories and not self._is_loop(path):
                self._list(path)
        self._inside[directory] = inside

    def _is_loop(self, path: PurePath) -> bool:
        """Whether a directory is a link to one that holds it."""
        identity = self._files.identity(path)
        return any(self._files.identity(parent) == identity for parent in path.parents)

    def _version(self, path: PurePath) -> object:
        return None if path.name.endswith(_PRESENCE) else self._files.version(path)


async def poll(session: Session, told: Callable[[], None], pause: float = POLL) -> None:
    """Look at the folders of a session now and then, and say so when something changed."""
    look = Look(Disk(), session.views)
    while True:
        await asyncio.sleep(pause)
        if look.roots != tuple(session.views):
            look = Look(Disk(), session.views)
        changed, came_or_went = answered("polling", look.changes) or (set[PurePath](), False)
        if changed:
            session.files_changed(changed, files_came_or_went=came_or_went)
            told()
