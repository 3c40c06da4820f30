"""Exit codes, and the error that ends a command with one of them."""

from __future__ import annotations

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_INTERNAL = 3
EXIT_INTERRUPTED = 130
"""The exit code that shells use for Ctrl+C."""


class UsageError(Exception):
    """The command cannot be carried out; the message says what is wrong and how to fix it."""

    code = EXIT_USAGE
