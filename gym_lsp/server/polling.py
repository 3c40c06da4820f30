"""Watching files by polling: for clients that do not report changes on disk, and for files that no client watches."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from pathlib import PurePath

from gym_lsp.files import Disk
from gym_lsp.server.failures import attempt
from gym_lsp.server.session import Session
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.fence import Fence, around_all
from gym_lsp.workspace.git import index_file
from gym_lsp.workspace.place import GYM_FOLDERS
from gym_lsp.workspace.polling import Poller

POLL_FILES = 1.0
"""Seconds between two polls of files."""
POLL_INSTALLATION = 3.0
"""Seconds between two polls of the Python environment and its NeMo Gym."""
ROUND = 4.0
"""Seconds in which each file has its turn, if the share of a processor is enough for it."""
SHARE = 0.0043
"""The share of a processor that polls take when nothing changes. They are slower in a tree that is too large for it."""
_FIRST_GUESS = 5e-6
"""Seconds of a processor for one place, before any was polled."""
_LEAST = 1e-6
"""The least number of seconds to assume for one place, because the clock of a processor can be coarse."""
_TREND = 0.2
"""The weight of the last poll in the average of all."""


class Pace:
    """How many places a poll may visit, from the time that the earlier polls took."""

    def __init__(self, pause: float = POLL_FILES) -> None:
        self.pause = pause
        self._seconds = _FIRST_GUESS

    def most(self, size: int) -> int:
        """Return the number of places for the next poll of a tree with so many of them."""
        return max(1, min(math.ceil(size * self.pause / ROUND), int(self.pause * SHARE / max(_LEAST, self._seconds))))

    def took(self, seconds: float, places: int) -> None:
        """Note the time on a processor that a poll took in which nothing had changed."""
        self._seconds += _TREND * (seconds / places - self._seconds)


def outside_roots(session: Session) -> tuple[PurePath, ...]:
    """Return the folders outside the client's folders whose files are relevant.

    These are the Gym folders of search roots, and the root of a folder that is a part of a checkout.
    """
    roots = dict.fromkeys(root for folder in session.folders.values() for root in folder.workspace.search.roots)
    found: list[PurePath] = []
    for root in roots:
        folder = session.folders.get(root)
        if folder is None:
            found.extend(root / name for name in GYM_FOLDERS)
        elif folder.workspace.is_deep and not session.contains(root):
            found.append(root)
    return tuple(found)


def all_roots(session: Session) -> tuple[PurePath, ...]:
    """Return all folders whose files are relevant."""
    return (*session.client_folders, *outside_roots(session))


def likely_folders(session: Session) -> Iterator[PurePath]:
    """Yield the folders in which a change matters most: those of open documents and of the files that they include."""
    for path in session.open_paths():
        yield path.parent
        folder = session.folder_of(path)
        run = None if folder is None or session.is_large(path) else folder.workspace.known_run(path)
        yield from (file.path.parent for file in (run.files if run is not None else ()))


async def new_poller(session: Session, roots: Callable[[Session], tuple[PurePath, ...]]) -> Poller:
    """Return a poller that has seen the current content of the folders. What is read later is not older."""
    fence = around_all(folder.workspace.fence for folder in session.folders.values())
    return await asyncio.to_thread(_poller, roots(session), fence)


def _poller(roots: tuple[PurePath, ...], fence: Fence | None) -> Poller:
    signals = dict.fromkeys(index_file(Disk(), root) for root in roots)
    return Poller(Disk(), roots, (), fence, [each for each in signals if each is not None])


async def poll_files(
    session: Session,
    poller: Poller,
    roots: Callable[[Session], tuple[PurePath, ...]],
    changed: Callable[[], None],
    pause: float = POLL_FILES,
) -> None:
    """Poll the files of a session, and call `changed` after each change.

    A poll uses nothing but the disk and the poller, so it runs in a thread, where it delays no message. A poll visits
    few places. Changes often come together, so the whole tree is polled after one, but not more than once a round.
    """
    loop = asyncio.get_running_loop()
    pace = Pace(pause)
    polled_all = -math.inf
    while True:
        await asyncio.sleep(pause)
        if poller.roots != roots(session):
            poller = await new_poller(session, roots)
        change = await asyncio.to_thread(_poll, poller, pace, tuple(likely_folders(session)))
        if poller.is_all_due and loop.time() >= polled_all + ROUND:
            change |= await asyncio.to_thread(poller.changes)
            polled_all = loop.time()
        if change:
            session.files_changed(change)
            changed()


def _poll(poller: Poller, pace: Pace, likely: tuple[PurePath, ...]) -> Change:
    started = time.thread_time()
    most = pace.most(poller.size)
    change = poller.some_changes(most, likely)
    if not change:
        pace.took(time.thread_time() - started, most)
    return change


async def poll_installation(session: Session, changed: Callable[[], None], pause: float) -> None:
    """Poll the Python environment and its NeMo Gym, and call `changed` when folders were opened again.

    No client watches paths outside its folders or paths that do not exist yet. A poll takes the state of a few dozen
    paths and reads none of them.
    """
    while True:
        await asyncio.sleep(pause)
        if attempt("polling the environment", session.reopen_outdated):
            changed()
