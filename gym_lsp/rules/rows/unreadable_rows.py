"""The rule `unreadable-rows`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rows.problem import UnreadableRows, UnreadRows
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.rows.findings import in_row


@rule("unreadable-rows", on=(UnreadableRows, UnreadRows), severity=Severity.ERROR)
def unreadable_rows(context: Context, problem: UnreadableRows | UnreadRows) -> Iterator[Finding]:
    """A file of rows that cannot be read.

    ## Why

    A file that is not UTF-8, or that this user must not read, cannot be checked, and NeMo Gym cannot load it either.
    The message contains the reason. Of a file with more than 64 MiB, the first rows are checked, which is information.
    An editor checks the first 1,000 rows of an open file, or as many as its settings specify, and at most 16 MiB.
    """
    if isinstance(problem, UnreadRows):
        message = "the first row of this file is very large, so no row is checked"
        if problem.row:
            message = f"this file is long, so only its first {problem.row:,} rows are checked"
        yield in_row(problem, message, severity=Severity.INFORMATION)
        return
    yield in_row(problem, f"the rows cannot be read: {problem.reason}")
