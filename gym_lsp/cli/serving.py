"""`gym-lsp` without a command: the language server."""

from __future__ import annotations

import sys

from gym_lsp.cli.failure import EXIT_USAGE
from gym_lsp.cli.streams import is_a_terminal, print_message
from gym_lsp.server import app


def serve(tcp: tuple[str, int] | None = None) -> int:
    """Serve an editor over stdio or TCP until it disconnects."""
    is_by_hand = tcp is None and is_a_terminal(sys.stdin)
    if is_by_hand:
        _explain("this is the language server; it expects an editor on standard input")
    if tcp is None and sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] - it is None if it was closed
        _explain("standard input is closed; this is the language server, which expects an editor there")
        return EXIT_USAGE
    served = app.serve(tcp)
    if not served.had_client and tcp is None and not is_by_hand:
        _explain("standard input ended without an editor; this is the language server, which expects one there")
    return served.code


def _explain(problem: str) -> None:
    print_message(problem)
    print_message("`gym-lsp --check` checks configs; `gym-lsp --help` lists all options")
