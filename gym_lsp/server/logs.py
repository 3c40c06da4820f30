"""What goes wrong, told to the client's log as well as to the standard error."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lsprotocol import types as lsp

if TYPE_CHECKING:
    from gym_lsp.server.app import GymLanguageServer

LOGGER = "gym_lsp"


class ClientLog(logging.Handler):
    """Sends what is worth a warning to the client. It lies in a log there, and never in somebody's way."""

    def __init__(self, server: GymLanguageServer) -> None:
        super().__init__(logging.WARNING)
        self._server = server

    def emit(self, record: logging.LogRecord) -> None:
        protocol = self._server.protocol
        if protocol.is_open:
            kind = lsp.MessageType.Error if record.levelno >= logging.ERROR else lsp.MessageType.Warning
            self._server.window_log_message(lsp.LogMessageParams(kind, self.format(record)))
