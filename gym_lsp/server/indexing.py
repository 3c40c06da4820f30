"""Indexing ahead of questions, so that answers about all files are fast: in short slices between the messages.

Each result belongs to the snapshot of a workspace. After a change the next snapshot is indexed from the start, which is
fast for the parts that it shares with the one before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import PurePath

from gym_lsp.commands.parts import DOCUMENTS
from gym_lsp.gym.layout import ROWS
from gym_lsp.server.session import LARGE, FolderSnapshot, Session
from gym_lsp.workspace.change import Change
from gym_lsp.workspace.includers import includers
from gym_lsp.workspace.workspace import Workspace

SLICE = 0.01
"""Seconds of work between two chances for a message to be handled."""
_FEW = 20
"""Files that come or go at once, unlike those of a branch that is checked out."""


class Phase(Enum):
    """The phase of the server; the values are those of the notification `gymLsp/status`."""

    INDEXING = "indexing"
    CHECKING = "checking"
    """Every file is read and every question is answered fast, but not every file is checked."""
    READY = "ready"
    FAILED = "failed"


async def index_large_documents(session: Session) -> None:
    """Index what a question about other files needs to know of large documents, in their own thread."""
    if session.large_documents():
        await session.aside(_index_names_of_large)


def _index_names_of_large(session: Session) -> None:
    for path in session.large_documents():
        folder = session.folder_of(path)
        if folder is not None:
            folder.workspace.top_level_keys(path)
            includers(folder.workspace, path)


async def index_changed(session: Session, change: Change) -> bool:
    """Index again what a change of a few files has changed, if all files were indexed before.

    Return whether that is all: not if more have come or gone, or if nested roots have.
    """
    if len(change.created_or_deleted) > _FEW or session.find_nested():
        return False
    for path in change.paths:
        folder = session.folder_of(path)
        if folder is not None and path.suffix not in (ROWS, *DOCUMENTS) and not session.is_large(path):
            folder.workspace.top_level_keys(path)
            folder.workspace.index_file(path)
            await asyncio.sleep(0)
    return True


async def index_names(session: Session) -> None:
    """Index what a question about a single file needs to know of all others, and open the nested roots on the way."""
    is_complete = False
    while not is_complete:
        await _each_folder(session, lambda workspace: (0.0 for _ in workspace.index_names()), lambda _: None)
        is_complete = not session.find_nested()


async def index_files(session: Session, report: Callable[[float], None]) -> None:
    """Index what questions about all files need; `report` is called with the share that is done."""
    if any(True for _ in _large_files(session)):
        await session.aside(_index_large)
    await _each_folder(session, Workspace.index_files, report)


def _large_files(session: Session) -> Iterator[tuple[Workspace, PurePath]]:
    for folder in session.folders.values():
        workspace = folder.workspace
        for path in (*workspace.members, *workspace.library):
            if workspace.may_be_gym(path) and len(workspace.text(path) or "") > LARGE:
                yield workspace, path


def _index_large(session: Session) -> None:
    for workspace, path in _large_files(session):
        workspace.index_file(path)


async def _each_folder(
    session: Session, steps: Callable[[Workspace], Iterator[float]], report: Callable[[float], None]
) -> None:
    """Take the steps for the workspace of each folder, again from the start whenever that workspace is replaced."""
    for root in tuple(session.folders):
        while (folder := session.folders.get(root)) is not None:

            def is_current(folder: FolderSnapshot = folder) -> bool:
                return session.folders.get(folder.root) is folder

            if await _all_taken(steps(folder.workspace), is_current, report):
                break


async def _all_taken(steps: Iterator[float], is_current: Callable[[], bool], report: Callable[[float], None]) -> bool:
    """Take steps until they end, which returns True, or until their workspace is replaced, which returns False."""
    loop = asyncio.get_running_loop()
    end = loop.time() + SLICE
    for share in steps:
        if loop.time() >= end:
            report(share)
            await asyncio.sleep(0)
            end = loop.time() + SLICE
            if not is_current():
                return False
    return True
