"""`gym-lsp` without a command: the language server."""

from __future__ import annotations

import sys

from gym_lsp.cli.streams import is_a_terminal, print_message
from gym_lsp.server import app


def serve(tcp: tuple[str, int] | None = None) -> int:
    """Serve an editor over stdio or TCP until it disconnects."""
    if tcp is None and is_a_terminal(sys.stdin):
        print_message("this is the language server; it expects an editor on standard input")
        print_message("`gym-lsp --check` checks configs; `gym-lsp --help` lists all options")
    return app.serve(tcp)
