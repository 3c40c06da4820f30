"""A progress bar for work that the user did not start. It appears only if the work takes long."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import Future
from typing import Any

from lsprotocol import types as lsp

from gym_lsp.server.protocol import GymProtocol

PATIENCE = 0.5
"""Seconds of work before the bar appears."""
_STEP = 5
"""Percentage points between two reports."""


class Progress:
    """One progress bar. It begins when the client has agreed to show it."""

    def __init__(self, protocol: GymProtocol, title: str) -> None:
        self._protocol = protocol
        self._title = title
        self._started = time.monotonic()
        self._token = str(uuid.uuid4())
        self._response: Future[Any] | None = None
        self._percentage = -1

    def report(self, share: float) -> None:
        """Report which share of the work is done, from 0 to 1."""
        if time.monotonic() - self._started < PATIENCE:
            return
        percentage = int(share * 100)
        if self._response is None:
            params = lsp.WorkDoneProgressCreateParams(self._token)
            self._response = self._protocol.send_request(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE, params)
        elif self._percentage < 0 and self._is_accepted():
            self._percentage = percentage
            begin = lsp.WorkDoneProgressBegin(self._title, cancellable=False, percentage=percentage)
            self._protocol.progress.begin(self._token, begin)
        elif 0 <= self._percentage <= percentage - _STEP:
            self._percentage = percentage
            self._protocol.progress.report(self._token, lsp.WorkDoneProgressReport(percentage=percentage))

    def end(self) -> None:
        """Remove the bar, whether the work has finished or was cancelled."""
        if self._percentage >= 0:
            self._protocol.progress.end(self._token, lsp.WorkDoneProgressEnd())
            self._percentage = -1

    def _is_accepted(self) -> bool:
        response = self._response
        return response is not None and response.done() and not response.cancelled() and response.exception() is None
