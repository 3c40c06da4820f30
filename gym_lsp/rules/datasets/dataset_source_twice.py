"""The rule `dataset-source-twice`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.diagnostic import Fix, Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.rules.analysis.flaws import flaw_severity
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import remove_entry
from gym_lsp.rules.engine.rule import Finding, at_key, related, rule


@rule(
    "dataset-source-twice",
    on=AlmostServer,
    kind=FlawKind.SOURCE_TWICE,
    severity=Severity.ERROR,
    predicts=AlmostServerError,
    holds_in_parts=True,
)
def dataset_source_twice(context: RunContext, problem: AlmostServer) -> Iterator[Finding]:
    """A dataset with two sources for its rows.

    ## Why

    `source` replaces `gitlab_identifier` and `huggingface_identifier`. If a dataset has both, NeMo Gym cannot choose
    one. It treats the server as invalid and ends the run.

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
              jsonl_fpath: resources_servers/counting/data/train.jsonl
              license: MIT
              source: {type: huggingface, repo_id: people/counting}
              huggingface_identifier: {repo_id: people/counting}
    #         ^^^^^^^^^^^^^^^^^^^^^^ error[dataset-source-twice]
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
              license: MIT
              source: {type: huggingface, repo_id: people/counting}
    ```
    """
    flaw = problem.flaw
    assert flaw.related is not None
    first, second = sorted((flaw.related, flaw.at), key=lambda config: config.node.start)
    edit = remove_entry(flaw.at)
    yield at_key(
        second,
        "`source` and the deprecated identifiers cannot be used together in one dataset",
        severity=flaw_severity(problem),
        related=(related(first, "the source is already set here"),),
        fixes=() if edit is None else (Fix(f"Remove `{flaw.field}`", (edit,)),),
    )
