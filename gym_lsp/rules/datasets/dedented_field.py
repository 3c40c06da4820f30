"""A field of a dataset that is beside `datasets`, because it is indented too little."""

from __future__ import annotations

from gym_lsp.compose.config import Config, Table
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.diagnostic import FileEdit
from gym_lsp.rules.analysis.flaws import group_of
from gym_lsp.rules.engine.edits import column_of, indent_entries


def dedented(problem: AlmostServer) -> tuple[Config, tuple[FileEdit, ...]] | None:
    """Return the field that a dataset lacks if the server has it, and the edits that indent it into the dataset.

    None if the server does not have the field. There are no edits unless the field is right after the dataset.
    """
    flaw, dataset = problem.flaw, problem.flaw.at
    group = group_of(problem)
    server = None if group is None or len(flaw.path) < 2 else group.table(str(flaw.path[1]))
    field = None if server is None else server.get(flaw.field)
    if field is None or field.key is None or not isinstance(dataset, Table) or not dataset.entries:
        return None
    first, *_ = dataset.entries.values()
    between = field.origin.text[dataset.node.end : field.key.span.start]
    if field.origin is not dataset.origin or first.key is None or between.strip():
        return field, ()
    return field, indent_entries((field,), column_of(first.origin, first.key.span.start))
