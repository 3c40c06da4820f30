"""The rule `missing-license`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Table
from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.diagnostic import Fix, Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.gym.layout import LICENSE, TYPE
from gym_lsp.rules.analysis.datasets import called, known_fields
from gym_lsp.rules.analysis.flaws import flaw_severity, intended_as, key_text
from gym_lsp.rules.datasets.dedented_field import dedented
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import append_field, renames
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule(
    "missing-license",
    on=AlmostServer,
    kind=FlawKind.LICENSE_ABSENT,
    severity=Severity.ERROR,
    predicts=AlmostServerError,
)
def missing_license(context: RunContext, problem: AlmostServer) -> Iterator[Finding]:
    """A train or validation dataset without a license.

    ## Why

    NeMo Gym rejects a server whose training data has no license, and ends the run. It reports this only after it has
    merged all files, and calls the server an almost-server. `example` and `benchmark` datasets do not need a license.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - name: counting_train
              type: train
    #         ^^^^ error[missing-license]
              jsonl_fpath: resources_servers/counting/data/train.jsonl
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - name: counting_train
              type: train
              jsonl_fpath: resources_servers/counting/data/train.jsonl
              license: Apache 2.0
    ```
    """
    table = problem.flaw.at
    assert isinstance(table, Table)
    message = f"missing `license` in {called(table)}, which is for training"
    severity = flaw_severity(problem)
    near, empty, kind = intended_as(table, LICENSE, known_fields(context.profile)), table.get(LICENSE), table.get(TYPE)
    if empty is not None:
        yield at_key(empty, f"empty `license` in {called(table)}, which is for training", severity=severity)
    elif near is not None:
        message = f"{message}; NeMo Gym ignores `{key_text(near)}`"
        yield at_key(near, message, severity=severity, fixes=renames(near, (LICENSE,)))
    elif (beside := dedented(problem)) is not None:
        field, edits = beside
        message = f"`{LICENSE}` of {called(table)} must be indented like its other fields"
        fixes = (Fix(f"Indent `{LICENSE}`", edits),) if edits else ()
        yield at_key(field, message, severity=severity, fixes=fixes)
    elif kind is not None:
        undecided = append_field(table, LICENSE, "TBD")
        fixes = () if undecided is None else (Fix(f"Add `{LICENSE}: TBD`", (undecided,)),)
        yield at_key(kind, message, severity=severity, fixes=fixes)
