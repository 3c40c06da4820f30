"""Working ahead, so that answers about all files are quick: in small slices on the event loop, between the messages.

What is worked out belongs to snapshots of workspaces. After a change the next snapshot is gone through from the start,
which takes no time for what it shares with the one before.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from enum import Enum

from gym_lsp.server.session import Session
from gym_lsp.workspace.workspace import Workspace

SLICE = 0.01
"""Seconds for which no message is looked at."""


class Phase(Enum):
    """How far the server is; the values are those of the notification `gymLsp/status`."""

    INDEXING = "indexing"
    CHECKING = "checking"
    """Everything is read and every question answered quickly; not every file has been told about."""
    READY = "ready"
    FAILED = "failed"


async def index_names(session: Session) -> None:
    """Work out what a question about a single file needs to know of all others."""
    await _through(session, lambda workspace: (0.0 for _ in workspace.index_names()), lambda _: None)


async def index_files(session: Session, tell: Callable[[float], None]) -> None:
    """Work out what questions about all files need; `tell` hears the share that is done."""
    await _through(session, Workspace.index_files, tell)


def watch_memory() -> None:
    """Look for garbage from now on, because edits leave some behind.

    Until then there is nothing but what stays, and so much of it that a look at it would take long.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def release_memory() -> None:
    """Let go of what has been replaced since memory was settled, so that its place is free for what comes."""
    gc.unfreeze()
    gc.collect()


def settle_memory() -> None:
    """Take what was indexed out of the search for garbage."""
    gc.freeze()


async def _through(
    session: Session, steps: Callable[[Workspace], Iterator[float]], tell: Callable[[float], None]
) -> None:
    """Take the steps of the workspace of each folder, until they were taken without a change in between."""
    for root in tuple(session.views):
        while (view := session.views.get(root)) is not None:
            if await _unchanged(steps(view.workspace), lambda view=view: session.views.get(view.root) is view, tell):
                break


async def _unchanged(steps: Iterator[float], is_current: Callable[[], bool], tell: Callable[[float], None]) -> bool:
    """Take steps as long as they are about what is current; whether all were taken."""
    loop = asyncio.get_running_loop()
    end = loop.time() + SLICE
    for share in steps:
        if loop.time() >= end:
            tell(share)
            await asyncio.sleep(0)
            end = loop.time() + SLICE
            if not is_current():
                return False
    return True
