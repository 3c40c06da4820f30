"""Files watched by looking: for clients that do not tell what changes on disk, and for what no client tells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import PurePath

from gym_lsp.files import Disk
from gym_lsp.server.session import Session
from gym_lsp.server.state import answered
from gym_lsp.workspace.polling import Poller
from gym_lsp.workspace.recognise import GYM_FOLDERS

POLL = 2.0
"""Seconds between two looks at the least."""
RENEW = 3.0
"""Seconds between two looks at the Python environment and the NeMo Gym in it."""
_REST = 200
"""How much longer than a look the pause behind it is at the least, so that large trees take no more processor time."""


def elsewhere(session: Session) -> tuple[PurePath, ...]:
    """The Gym folders of search roots that are no folders of the workspace."""
    roots = dict.fromkeys(root for view in session.views.values() for root in view.workspace.search.roots)
    return tuple(root / folder for root in roots if root not in session.views for folder in GYM_FOLDERS)


def watched(session: Session) -> tuple[PurePath, ...]:
    """All folders whose files matter."""
    return (*session.views, *elsewhere(session))


async def first_look(session: Session, roots: Callable[[Session], tuple[PurePath, ...]]) -> Poller:
    """What the watched folders hold now. What is read from them later is not older than this."""
    return await asyncio.to_thread(Poller, Disk(), roots(session))


async def poll(
    session: Session,
    look: Poller,
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
        change = await asyncio.to_thread(look.changes)
        took = loop.time() - started
        if change:
            session.files_changed(change)
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
