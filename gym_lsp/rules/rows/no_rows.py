"""The rule `no-rows`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rows.problem import NoRows
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.rows.findings import in_row


@rule("no-rows", on=NoRows, severity=Severity.WARNING)
def no_rows(context: Context, problem: NoRows) -> Iterator[Finding]:
    """A dataset without any row.

    ## Why

    NeMo Gym accepts an empty file, and then there is nothing to train or to test with. Mostly, the program that writes
    the rows has failed.
    """
    yield in_row(problem, "this dataset has no rows")
