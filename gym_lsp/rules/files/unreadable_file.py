"""The rule `unreadable-file`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.files import Unreadable
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule


@rule("unreadable-file", on=Unreadable, severity=Severity.ERROR)
def unreadable_file(context: Context, problem: Unreadable) -> Iterator[Finding]:
    """A file that is to be checked and cannot be read.

    ## Why

    A file that does not exist, is not UTF-8, is too large, or is not readable by this user cannot be checked, and NeMo
    Gym cannot load it either. The message contains the reason.
    """
    yield from ()
