"""The class of the server. It imports no feature, so that every feature can import it."""

from __future__ import annotations

import logging
from json import JSONDecodeError

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from gym_lsp import __version__
from gym_lsp.project import NAME
from gym_lsp.server.converter import new_converter
from gym_lsp.server.logs import LOGGER
from gym_lsp.server.messages import PARSE_ERROR, Rejected
from gym_lsp.server.protocol import GymProtocol
from gym_lsp.server.state import State


class GymLanguageServer(LanguageServer):
    """The language server. Errors go to the log and never become a message in the editor."""

    protocol: GymProtocol  # pyright: ignore[reportIncompatibleVariableOverride]

    def __init__(self) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            NAME,
            __version__,
            text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental,
            protocol_cls=GymProtocol,
            converter_factory=new_converter,
        )
        self.state = State()

    def report_server_error(self, error: Exception, source: object) -> None:
        log = logging.getLogger(LOGGER)
        if isinstance(error, JsonRpcException):
            # The client made an invalid request; the response reports it.
            log.info("%s: %s", type(error).__name__, error)
        elif isinstance(error, JSONDecodeError):
            self.protocol.reject(Rejected(PARSE_ERROR, str(error)))
        else:
            log.error("%s: %s", type(error).__name__, error, exc_info=error)
