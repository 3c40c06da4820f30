"""The server: features registered, transport started, parent watched."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from json import JSONDecodeError

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.io_ import StdoutWriter
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from gym_lsp import __version__
from gym_lsp.server.handlers import register
from gym_lsp.server.logs import LOGGER, ClientLog
from gym_lsp.server.protocol import GymProtocol
from gym_lsp.server.state import State
from gym_lsp.server.transport import serve_stream, unshared

WATCH_PARENT = 3.0
"""Seconds between two looks at whether the editor is still there."""


class GymLanguageServer(LanguageServer):
    """The language server. A failing handler answers null and is logged; it never puts a message in somebody's way."""

    state: State
    protocol: GymProtocol  # pyright: ignore[reportIncompatibleVariableOverride]

    def report_server_error(self, error: Exception, source: object) -> None:
        log = logging.getLogger(LOGGER)
        if isinstance(error, JsonRpcException):
            # The client asked for something that is not there, or sent something else; its answer says so.
            log.info("%s: %s", type(error).__name__, error)
        elif isinstance(error, JSONDecodeError):
            self.protocol.refuse_text(str(error))
        else:
            log.error("%s: %s", type(error).__name__, error, exc_info=error)


def create_server() -> GymLanguageServer:
    """A server with all features, not yet listening."""
    server = GymLanguageServer(
        "gym-lsp",
        __version__,
        text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental,
        protocol_cls=GymProtocol,
        converter_factory=default_converter,
    )
    server.state = State()
    register(server, server.state)
    return server


def serve(tcp: tuple[str, int] | None = None) -> int:
    """Serve one client over stdio, or over TCP for debugging. Gives the exit code."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    # A switch every half millisecond keeps answers quick while the reader thread waits.
    sys.setswitchinterval(0.0005)
    # What is read stays, and looking for garbage among all of it would stop an answer for a tenth of a second. What an
    # edit replaces is garbage soon.
    gc.set_threshold(10_000, 3, 1_000)
    server = create_server()
    logging.getLogger(LOGGER).addHandler(ClientLog(server))
    if tcp is None:
        _serve_standard_streams(server)
    else:
        server.start_tcp(*tcp)
    # The specification wants 1 where the client left without having said so, and pygls keeps the code to itself.
    return 0 if server.protocol.was_shut_down else 1


def _serve_standard_streams(server: GymLanguageServer) -> None:
    server.protocol.set_writer(StdoutWriter(sys.stdout.buffer))
    try:
        asyncio.run(serve_stream(server.protocol, unshared(sys.stdin.buffer)))
    except (BrokenPipeError, KeyboardInterrupt, SystemExit):
        # The client has left, in one way or another.
        pass
    finally:
        server.shutdown()


async def watch_parent(process_id: int | None) -> None:
    """Leave when the editor is gone without having said so."""
    while process_id is not None:
        await asyncio.sleep(WATCH_PARENT)
        if not _is_alive(process_id):
            logging.getLogger(LOGGER).warning("the editor (process %d) is gone", process_id)
            os._exit(1)


def _is_alive(process_id: int) -> bool:
    if sys.platform == "win32":
        # There, this question would be an order to end, and the closed input tells that the editor is gone.
        return True
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
