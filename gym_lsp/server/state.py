"""What the handlers of one connection share: the session, the scheduler, and what the client supports."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from contextvars import ContextVar
from pathlib import PurePath
from typing import Any, NamedTuple, TypeVar

from lsprotocol import types as lsp

from gym_lsp.commands.parts import DOCUMENTS
from gym_lsp.files import Kind
from gym_lsp.gym.layout import ROWS
from gym_lsp.server.capabilities import Capabilities
from gym_lsp.server.counting import Counting
from gym_lsp.server.preferences import Preferences, preferences
from gym_lsp.server.scheduler import Scheduler
from gym_lsp.server.session import Session
from gym_lsp.server.sync import position_of
from gym_lsp.server.to_lsp import path_of
from gym_lsp.text import Encoding, Span
from gym_lsp.workspace.unindexed import NotIndexed, unindexed
from gym_lsp.workspace.workspace import Workspace

_T = TypeVar("_T")


class _Aside(NamedTuple):
    """What work in the thread for large documents has: its session, and the loop of the connection."""

    session: Session
    loop: asyncio.AbstractEventLoop


_ASIDE: ContextVar[_Aside | None] = ContextVar("work of this thread", default=None)


class State:
    """The state of one connection, completed by `initialize`."""

    def __init__(self) -> None:
        self._session = Session(Encoding.UTF16, {})
        self.scheduler: Scheduler | None = None
        self.listeners: list[Callable[[], None]] = []
        """The listeners of the scheduler, which features add before it exists."""
        self.counting = Counting()
        self.client = Capabilities(lsp.ClientCapabilities())
        self.initial: dict[str, Any] = {}
        """The client's initialization options."""
        self.options: dict[str, Any] = {}
        """The initialization options, overridden by later settings."""
        self.watched: tuple[PurePath, ...] | None = None
        """The folders outside the workspace that the client watches. None if it does not watch anything yet."""
        self.has_reported_workspace = False
        """Whether a request for workspace diagnostics has been answered."""
        self.tasks: list[asyncio.Task[object]] = []
        """References to the running tasks, because the event loop holds only weak ones."""

    @property
    def session(self) -> Session:
        """The session. In the thread for large documents, it is the one that the work began with."""
        aside = _ASIDE.get()
        return self._session if aside is None else aside.session

    @session.setter
    def session(self, session: Session) -> None:
        self._session = session

    async def aside(self, work: Callable[[], _T]) -> _T:
        """Return the result of work in the thread for large documents."""
        loop = asyncio.get_running_loop()

        def run(now: Session) -> _T:
            token = _ASIDE.set(_Aside(now, loop))
            try:
                return work()
            finally:
                _ASIDE.reset(token)

        return await self._session.aside(run)

    def answer_aside(self, answer: Callable[[], _T], params: object) -> Awaitable[_T] | None:
        """Begin to answer a request about a large document in another thread. None for any other request."""
        uri: object = getattr(getattr(params, "text_document", None), "uri", None)
        path = path_of(uri) if isinstance(uri, str) else None
        return None if path is None or not self.session.is_large(path) else self.aside(answer)

    def notify(self, send: Callable[[], None]) -> None:
        """Send a notification to the client. Only the thread of the connection may write to it."""
        aside = _ASIDE.get()
        if aside is None:
            send()
        else:
            aside.loop.call_soon_threadsafe(send)

    @property
    def preferences(self) -> Preferences:
        """The options that concern the editor as a whole and not a folder."""
        return preferences(self.options)

    def schedule_recheck(self) -> None:
        """Check all files again after a short silence, because something has changed."""
        if self.scheduler is not None:
            self.scheduler.recheck()

    def start(self, work: Coroutine[Any, Any, object]) -> None:
        """Start a task that ends with the connection."""
        self.tasks.append(asyncio.get_running_loop().create_task(work))

    @property
    def is_unindexed(self) -> bool:
        """Whether an answer that depends on all files has to list and read them first."""
        return self.scheduler is not None and not self.scheduler.names_known.is_set()

    def early(self, workspace: Workspace, answer: Callable[[Workspace], _T | None]) -> _T | None:
        """Return an answer. Before all files are indexed, it leaves them out, unless nothing is left then."""
        if self.is_unindexed:
            with suppress(NotIndexed):
                found = answer(unindexed(workspace))
                if found is not None:
                    return found
        return answer(workspace)

    # What a request refers to

    def at(
        self, uri: str, position: lsp.Position, *, in_rows: bool = False, in_commands: bool = False
    ) -> tuple[Workspace, PurePath, int] | None:
        """Return the current workspace, path and offset of a position, or None for a document of no workspace.

        None also for rows, and for documents with commands, unless the feature supports them.
        """
        found = self.document(uri, in_rows=in_rows, in_commands=in_commands)
        if found is None:
            return None
        workspace, path = found
        offset = self.session.converter().lines(path).offset(position_of(position), self.session.encoding)
        return workspace, path, offset

    def document(
        self, uri: str, *, in_rows: bool = False, in_commands: bool = False
    ) -> tuple[Workspace, PurePath] | None:
        """Return the current workspace and path of a document, or None for a document of no workspace.

        None also for rows, and for documents with commands, unless the feature supports them.
        """
        path = path_of(uri)
        if path is not None and path.suffix == ROWS and not in_rows:
            return None
        if path is not None and path.suffix in DOCUMENTS and not (in_commands and self.session.has_commands(path)):
            return None
        folder = None if path is None else self.session.folder_of(path)
        if path is None or folder is None:
            return None
        workspace = folder.workspace
        # Rows can be longer than what is read of other files.
        is_there = workspace.files.kind(path) is Kind.FILE if path.suffix == ROWS else workspace.text(path) is not None
        return (workspace, path) if is_there else None

    def span(self, path: PurePath, range_: lsp.Range) -> Span:
        """Return the offsets of a range."""
        index, encoding = self.session.converter().lines(path), self.session.encoding
        start, end = position_of(range_.start), position_of(range_.end)
        return Span(index.offset(start, encoding), index.offset(end, encoding))
