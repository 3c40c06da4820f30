"""The rule `missing-dataset-field`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Table
from gym_lsp.compose.flaw import Flaw, FlawKind
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.diagnostic import Fix, Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.rules.analysis.datasets import called, known_fields
from gym_lsp.rules.analysis.flaws import flaw_severity, intended_as, key_text, rule_for
from gym_lsp.rules.datasets.dedented_field import dedented
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import renames
from gym_lsp.rules.engine.rule import Finding, at_key, rule

NAME = "missing-dataset-field"


@rule(NAME, on=AlmostServer, kind=FlawKind.FIELD_ABSENT, severity=Severity.ERROR, predicts=AlmostServerError)
def missing_dataset_field(context: RunContext, problem: AlmostServer) -> Iterator[Finding]:
    """A dataset, or its source, without a required field.

    ## Why

    Every dataset needs `name`, `type` and `jsonl_fpath`, and a benchmark also `prepare_script`. The fields that a
    `source` needs depend on its type. NeMo Gym ignores unknown keys, so a misspelt field counts as missing. It then
    treats the whole server as invalid and ends the run.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - name: counting_example
              type: example
              jsonl_path: resources_servers/counting/data/example.jsonl
    #         ^^^^^^^^^^ error[missing-dataset-field]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - name: counting_example
              type: example
              jsonl_fpath: resources_servers/counting/data/example.jsonl
    ```
    """
    flaw = problem.flaw
    table, severity = flaw.at, flaw_severity(problem)
    if rule_for(problem) != NAME or not isinstance(table, Table):
        return
    message = f"missing `{flaw.field}` in {_whole(flaw, table)}"
    near = intended_as(table, flaw.field, known_fields(context.profile))
    if near is not None:
        message = f"{message}; NeMo Gym ignores `{key_text(near)}`"
        yield at_key(near, message, severity=severity, fixes=renames(near, (flaw.field,)))
    elif isinstance(flaw.path[-1], int) and (beside := dedented(problem)) is not None:
        field, edits = beside
        message = f"`{flaw.field}` of {called(table)} must be indented like its other fields"
        fixes = (Fix(f"Indent `{flaw.field}`", edits),) if edits else ()
        yield at_key(field, message, severity=severity, fixes=fixes)
    elif table.key is not None or not table.entries:
        yield at_key(table, message, severity=severity)
    else:
        yield at_key(next(iter(table.entries.values())), message, severity=severity)


def _whole(flaw: Flaw, table: Table) -> str:
    """Return the name of the mapping without the field: the dataset, or a mapping in it."""
    return called(table) if isinstance(flaw.path[-1], int) else f"`{flaw.path[-1]}`"
