"""Starting the server: registers the features and serves one client."""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import NamedTuple

from pygls.io_ import StdoutWriter

from gym_lsp.server.features import (
    code_actions,
    commands,
    completion,
    content,
    definition,
    documents,
    folding,
    hierarchy,
    hover,
    inlay,
    lenses,
    lifecycle,
    links,
    pull_diagnostics,
    references,
    rename,
    selection,
    settings,
    signature,
    status,
    symbols,
    tokens,
    watching,
)
from gym_lsp.server.language_server import GymLanguageServer
from gym_lsp.server.logs import LOGGER, ClientLog, MaskingFormatter
from gym_lsp.server.memory import configure_collector
from gym_lsp.server.messages import BrokenStream
from gym_lsp.server.transport import serve_stream, unshared

FEATURES = (
    lifecycle.register,
    settings.register,
    watching.register,
    documents.register,
    pull_diagnostics.register,
    code_actions.register,
    definition.register,
    references.register,
    rename.register,
    symbols.register,
    links.register,
    folding.register,
    selection.register,
    hierarchy.register,
    hover.register,
    completion.register,
    tokens.register,
    inlay.register,
    signature.register,
    lenses.register,
    content.register,
    commands.register,
    status.register,
)


def create_server() -> GymLanguageServer:
    """Return a server with all features that is not listening yet."""
    server = GymLanguageServer()
    server.protocol.answer_aside = server.state.answer_aside
    for register in FEATURES:
        register(server, server.state)
    return server


class Served(NamedTuple):
    """The exit code of the server, and whether a client has initialized it."""

    code: int
    had_client: bool


def serve(tcp: tuple[str, int] | None = None) -> Served:
    """Serve one client over stdio, or over TCP for debugging."""
    stderr = logging.StreamHandler(sys.stderr)
    stderr.setFormatter(MaskingFormatter("%(name)s: %(message)s"))
    logging.basicConfig(handlers=[stderr], level=logging.WARNING)
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    # A switch every half millisecond keeps answers fast while the reader thread waits.
    sys.setswitchinterval(0.0005)
    configure_collector()
    server = create_server()
    logging.getLogger(LOGGER).addHandler(ClientLog(server.protocol))
    is_broken = False
    if tcp is None:
        is_broken = _serve_standard_streams(server)
    else:
        server.start_tcp(*tcp)
    # LSP requires exit code 1 if the client exits without a shutdown request. pygls does not expose the code.
    code = 0 if server.protocol.was_shut_down and not is_broken else 1
    return Served(code, server.protocol.had_client)


def _serve_standard_streams(server: GymLanguageServer) -> bool:
    """Serve a client until it disconnects. Return whether its input was broken."""
    server.protocol.set_writer(StdoutWriter(sys.stdout.buffer))
    try:
        asyncio.run(serve_stream(server.protocol, unshared(sys.stdin.buffer)))
    except BrokenStream as error:
        logging.getLogger(LOGGER).error("the connection ends, because no further message can be read: %s", error)
        return True
    except (BrokenPipeError, KeyboardInterrupt, SystemExit):
        # The client has disconnected.
        pass
    finally:
        server.shutdown()
    return False
