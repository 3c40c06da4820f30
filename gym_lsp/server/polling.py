"""Files watched by looking: for clients that do not tell what changes on disk, and for what no client tells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import PurePath

from gym_lsp.files import IGNORED_DIRECTORIES, Disk, Files, Kind
from gym_lsp.server.session import SETTINGS_FILES, Session
from gym_lsp.server.state import answered
from gym_lsp.workspace.recognise import GYM_FOLDERS
from gym_lsp.workspace.workspace import YAML

POLL = 2.0
"""Seconds between two looks at the least."""
RENEW = 3.0
"""Seconds between two looks at the Python environment and the NeMo Gym in it."""
_REST = 200
"""How much longer than a look the pause behind it is at the least, so that large trees take no more processor time."""
_PRESENCE = (".jsonl", "requirements.txt")
"""Ends of names of files of which only matters whether they are there."""


class Look:
    """What some trees held when they were last looked at.

    A directory is listed again only where its own version changed.
    """

    def __init__(self, files: Files, roots: Iterable[PurePath]) -> None:
        self.roots = tuple(roots)
        self._files = files
        self._directories: dict[PurePath, object] = {}
        self._inside: dict[PurePath, dict[PurePath, object]] = {}
        for root in self.roots:
            if root not in self._directories:
                self._list(root)

    def changes(self) -> tuple[set[PurePath], bool]:
        """The files that changed since the last look, and whether any of them came or went."""
        before = {path: version for known in self._inside.values() for path, version in known.items()}
        for directory, version in list(self._directories.items()):
            if directory not in self._directories:
                continue
            now = self._files.version(directory)
            if now is None and directory not in self.roots:
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
                if entry.name.endswith((*YAML, ".py", *_PRESENCE)) or entry.name in SETTINGS_FILES:
                    inside[path] = self._version(path)
            elif entry.name in IGNORED_DIRECTORIES or path in self._directories:
                continue
            elif not (entry.is_link and self._is_loop(path)):
                self._list(path)
        self._inside[directory] = inside

    def _is_loop(self, path: PurePath) -> bool:
        """Whether a directory is a link to one that holds it."""
        identity = self._files.identity(path)
        return any(self._files.identity(parent) == identity for parent in path.parents)

    def _version(self, path: PurePath) -> object:
        return None if path.name.endswith(_PRESENCE) else self._files.version(path)


def elsewhere(session: Session) -> tuple[PurePath, ...]:
    """The Gym folders of search roots that are no folders of the workspace."""
    roots = dict.fromkeys(root for view in session.views.values() for root in view.workspace.search.roots)
    return tuple(root / folder for root in roots if root not in session.views for folder in GYM_FOLDERS)


def watched(session: Session) -> tuple[PurePath, ...]:
    """All folders whose files matter."""
    return (*session.views, *elsewhere(session))


async def first_look(session: Session, roots: Callable[[Session], tuple[PurePath, ...]]) -> Look:
    """What the watched folders hold now. What is read from them later is not older than this."""
    return await asyncio.to_thread(Look, Disk(), roots(session))


async def poll(
    session: Session,
    look: Look,
    roots: Callable[[Session], tuple[PurePath, ...]],
    told: Callable[[], None],
    pause: float = POLL,
) -> None:
    """Look at the files of a session now and then, and say so when something changed.

    A look touches nothing but the disk and itself, so it is taken in a thread and keeps no message waiting.
    """
    loop = asyncio.get_running_loop()
    took = 0.0
    while True:
        await asyncio.sleep(max(pause, took * _REST))
        if look.roots != roots(session):
            look = await first_look(session, roots)
        started = loop.time()
        changed, came_or_went = await asyncio.to_thread(look.changes)
        took = loop.time() - started
        if changed:
            session.files_changed(changed, files_came_or_went=came_or_went)
            told()


async def poll_installation(session: Session, renewed: Callable[[], None], pause: float) -> None:
    """Look now and then whether the environment or the NeMo Gym in it is another one, and say so.

    No client watches what lies outside of its folders or what is not there yet. It is a few dozen paths, each asked for
    its state and none read.
    """
    while True:
        await asyncio.sleep(pause)
        if answered("the look at the environment", session.renew):
            renewed()
