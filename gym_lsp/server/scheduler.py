"""When files are indexed and checked: the edited file at once, the others after a short silence, garbage in a pause.

Everything runs between messages on one event loop, file by file, except for the work on large documents, for which the
session has a thread. A request never waits for more than the check of one small file, and a diagnostic never refers to
a text that has been replaced.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import PurePath

from gym_lsp.server.failures import log_failure
from gym_lsp.server.indexing import Phase, index_changed, index_files, index_large_documents, index_names
from gym_lsp.server.keeping import Keeping
from gym_lsp.server.memory import MemoryCare
from gym_lsp.server.progress import Progress
from gym_lsp.server.publishing import Publisher
from gym_lsp.server.session import Session
from gym_lsp.workspace.change import Change

SILENCE = 0.15
"""Seconds without a change before the other files are checked again."""
PAUSE = 2.0
"""Seconds without a change, after all files were checked, before garbage is collected."""


class Scheduler:
    """Indexes the files of a session and keeps the client up to date.

    `publisher` is None if the client pulls diagnostics. `refresh` requests that the client asks again for what depends
    on other files. `progress` returns a progress bar, or None if the client does not show any. `keeping` restores the
    answers of an earlier server.
    """

    def __init__(
        self,
        session: Session,
        publisher: Publisher | None,
        refresh: Callable[[], None],
        progress: Callable[[], Progress | None] = lambda: None,
        keeping: Keeping | None = None,
    ) -> None:
        self._session = session
        self._publisher = publisher
        self._refresh = refresh
        self._progress = progress
        self._keeping = keeping
        self._memory = MemoryCare(session)
        self._task: asyncio.Task[None] | None = None
        self._rest: asyncio.Task[None] | None = None
        self.phase = Phase.INDEXING
        self.names_known = asyncio.Event()
        """Set when a question about a single file can be answered without reading all the others first."""
        self.first_answers_given = asyncio.Event()
        """Set when all that can be published before all files are read was published for the first time."""
        self.changed = asyncio.Event()
        """Set at the next change, and then replaced by a new event."""
        self.listeners: list[Callable[[], None]] = []
        """Called when the phase changes, and when all files have been checked after a change."""

    def reindex(self) -> None:
        """Index from the start: at the beginning, or because a folder, its settings or its NeMo Gym has changed."""
        self.names_known.clear()
        self._enter(Phase.INDEXING)
        self._start(0)

    def file_changed(self, path: PurePath) -> None:
        """Publish a document that was opened or edited, and schedule a check of the others.

        A large document, or one that is part of many runs, is checked with the others, after the silence.
        """
        if self._publisher is not None and self.names_known.is_set() and self._session.is_quick(path):
            self._publisher.publish(path)
        self.recheck()

    def recheck(self) -> None:
        """Schedule a check of all files after a short silence, because something has changed."""
        # Before the first index there is nothing to check again.
        if self._task is not None:
            # No answer waits for a silence before the names are known.
            self._start(SILENCE if self.names_known.is_set() else 0)

    @property
    def is_idle(self) -> bool:
        """Whether all files are checked and nothing is left to publish."""
        return self._task is not None and self._task.done()

    def stop(self) -> None:
        """Cancel all scheduled work."""
        if self._task is not None:
            self._task.cancel()
        if self._rest is not None:
            self._rest.cancel()

    def _start(self, delay: float) -> None:
        self.changed.set()
        self.changed = asyncio.Event()
        self.stop()
        self._task = asyncio.get_running_loop().create_task(self._check_all(delay))

    async def _check_all(self, delay: float) -> None:
        await asyncio.sleep(delay)
        try:
            self._memory.release_replaced()
            await self._index()
            if self.phase is not Phase.READY:
                self._enter(Phase.CHECKING)
            if self._publisher is not None:
                await self._publisher.publish_all()
            self._session.unchecked = Change()
            self._refresh()
            for folder in self._session.folders.values():
                folder.workspace.forget_source()
            self._memory.freeze_indexed()
        except Exception as error:  # noqa: BLE001 - no one awaits this task
            log_failure("indexing", error)
            # What waits for these would wait until something changes.
            self.names_known.set()
            self.first_answers_given.set()
            self._memory.start_collecting()
            self._enter(Phase.FAILED)
            return
        self._rest = asyncio.get_running_loop().create_task(self._use_pause())
        self._enter(Phase.READY)

    async def _use_pause(self) -> None:
        await asyncio.sleep(PAUSE)
        self._memory.collect()
        try:
            if self._keeping is not None:
                await self._keeping.keep()
        except Exception as error:  # noqa: BLE001 - no one awaits this task
            log_failure("keeping answers", error)

    async def _index(self) -> None:
        """Index all files, the first time with a progress bar, and publish as early as possible."""
        progress = self._progress() if self.phase is Phase.INDEXING else None
        try:
            await index_large_documents(self._session)
            if self._publisher is not None and self.phase is Phase.READY:
                await self._publisher.publish_reached(self._session.unchecked)
            elif self._publisher is not None and not self.names_known.is_set():
                await self._publisher.publish_early(tuple(self._session.open_paths()))
            if self.phase is Phase.READY and await index_changed(self._session, self._session.unchecked):
                return
            is_restored = self._keeping is not None and await self._keeping.restore()
            await index_names(self._session)
            self.names_known.set()
            self._memory.start_collecting()
            if self._publisher is not None:
                await self._publisher.publish_each(tuple(self._session.open_paths()))
                if is_restored:
                    await self._publisher.publish_all()
            self.first_answers_given.set()
            await index_files(self._session, progress.report if progress is not None else lambda _: None)
        finally:
            if progress is not None:
                progress.end()

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        for listener in self.listeners:
            listener()
