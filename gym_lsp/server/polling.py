"""Watching files by polling: for clients that do not report changes on disk, and for files that no client watches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import PurePath

from gym_lsp.files import Disk
from gym_lsp.server.failures import attempt
from gym_lsp.server.session import Session
from gym_lsp.workspace.fence import around_all
from gym_lsp.workspace.polling import Poller
from gym_lsp.workspace.recognise import GYM_FOLDERS

POLL_FILES = 2.0
"""The least number of seconds between two polls of the files."""
POLL_INSTALLATION = 3.0
"""Seconds between two polls of the Python environment and its NeMo Gym."""
_REST = 200
"""The least pause after a poll as a multiple of its duration, which limits the processor time for large trees."""


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


async def new_poller(session: Session, roots: Callable[[Session], tuple[PurePath, ...]]) -> Poller:
    """Return a poller that has seen the current content of the folders. What is read later is not older."""
    fence = around_all(folder.workspace.fence for folder in session.folders.values())
    return await asyncio.to_thread(Poller, Disk(), roots(session), (), fence)


async def poll_files(
    session: Session,
    poller: Poller,
    roots: Callable[[Session], tuple[PurePath, ...]],
    changed: Callable[[], None],
    pause: float = POLL_FILES,
) -> None:
    """Poll the files of a session, and call `changed` after each change.

    A poll uses nothing but the disk and the poller, so it runs in a thread, where it delays no message.
    """
    loop = asyncio.get_running_loop()
    took = 0.0
    while True:
        await asyncio.sleep(max(pause, took * _REST))
        if poller.roots != roots(session):
            poller = await new_poller(session, roots)
        started = loop.time()
        change = await asyncio.to_thread(poller.changes)
        took = loop.time() - started
        if change:
            session.files_changed(change)
            changed()


async def poll_installation(session: Session, changed: Callable[[], None], pause: float) -> None:
    """Poll the Python environment and its NeMo Gym, and call `changed` when folders were opened again.

    No client watches paths outside its folders or paths that do not exist yet. A poll takes the state of a few dozen
    paths and reads none of them.
    """
    while True:
        await asyncio.sleep(pause)
        if attempt("polling the environment", session.reopen_outdated):
            changed()
