"""A progress bar for work that nobody asked for, shown once it takes long enough to be wondered about."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

if TYPE_CHECKING:
    from concurrent.futures import Future

    from gym_lsp.server.app import GymLanguageServer

PATIENCE = 0.5
"""Seconds of work before anything is shown."""
_STEP = 5
"""Percent between two reports."""


class Progress:
    """One bar. It begins when the client has agreed to show it, and ends with the work, if it has begun."""

    def __init__(self, server: GymLanguageServer, title: str) -> None:
        self._server = server
        self._title = title
        self._started = time.monotonic()
        self._token = str(uuid.uuid4())
        self._asked: Future[Any] | None = None
        self._percentage = -1

    def report(self, share: float) -> None:
        """Say how much is done, from 0 to 1."""
        if time.monotonic() - self._started < PATIENCE:
            return
        percentage = int(share * 100)
        if self._asked is None:
            params = lsp.WorkDoneProgressCreateParams(self._token)
            self._asked = self._server.protocol.send_request(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE, params)
        elif self._percentage < 0 and self._is_granted():
            self._percentage = percentage
            begin = lsp.WorkDoneProgressBegin(self._title, cancellable=False, percentage=percentage)
            self._server.work_done_progress.begin(self._token, begin)
        elif 0 <= self._percentage <= percentage - _STEP:
            self._percentage = percentage
            self._server.work_done_progress.report(self._token, lsp.WorkDoneProgressReport(percentage=percentage))

    def end(self) -> None:
        """The work is done, or was given up."""
        if self._percentage >= 0:
            self._server.work_done_progress.end(self._token, lsp.WorkDoneProgressEnd())
            self._percentage = -1

    def _is_granted(self) -> bool:
        asked = self._asked
        return asked is not None and asked.done() and not asked.cancelled() and asked.exception() is None
