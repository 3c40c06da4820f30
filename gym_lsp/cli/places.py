"""Where a command runs."""

from __future__ import annotations

from pathlib import Path, PurePath

from gym_lsp.cli.failure import UsageError


def working_directory() -> PurePath:
    """Return the working directory. Raises UsageError if it has been deleted."""
    try:
        return PurePath(Path.cwd())
    except FileNotFoundError:
        raise UsageError("the working directory no longer exists") from None
