"""Exit codes, and the error that ends a command with one of them."""

from __future__ import annotations

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_INTERNAL = 3
EXIT_INTERRUPTED = 130
"""What a shell makes of Ctrl+C."""


class UsageError(Exception):
    """The command cannot be carried out as it was given; the message names what, where, and the way out."""

    code = EXIT_USAGE
