"""The log of the server, which goes to the client as well as to the standard error."""

from __future__ import annotations

import logging

from lsprotocol import types as lsp

from gym_lsp.compose.secrets import masked_text
from gym_lsp.server.protocol import GymProtocol

LOGGER = "gym_lsp"


class MaskingFormatter(logging.Formatter):
    """Formats records without what looks like a secret: an exception can contain a value of a config."""

    def format(self, record: logging.LogRecord) -> str:
        return masked_text(super().format(record))


class ClientLog(logging.Handler):
    """Sends warnings and errors to the client as log messages, which do not interrupt the user."""

    def __init__(self, protocol: GymProtocol) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(MaskingFormatter())
        self._protocol = protocol

    def emit(self, record: logging.LogRecord) -> None:
        if self._protocol.is_open:
            kind = lsp.MessageType.Error if record.levelno >= logging.ERROR else lsp.MessageType.Warning
            self._protocol.notify(lsp.WINDOW_LOG_MESSAGE, lsp.LogMessageParams(kind, self.format(record)))
