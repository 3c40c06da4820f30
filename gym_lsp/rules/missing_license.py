"""The rule `missing-license`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Table
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.compose.servers import FlawKind
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.rules.context import RuleContext
from gym_lsp.rules.flaws import fields_like, flaw_of, flaw_severity, key_text
from gym_lsp.rules.rule import Finding, at_key, rule


@rule("missing-license", on=FlawKind.LICENSE_ABSENT, severity=Severity.ERROR, predicts=AlmostServerError)
def missing_license(context: RuleContext, problem: AlmostServer) -> Iterator[Finding]:
    """A train or validation dataset without a license.

    ## Why

    NeMo Gym refuses a server whose training data has no license, and with it the whole run. It says so only after it
    has merged everything, and calls the server an almost-server. `example` and `benchmark` datasets need none.

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
    table = flaw_of(problem).at
    assert isinstance(table, Table)
    message = f"dataset `{table.leaf('name')}` is for training, so it needs a `license`"
    severity = flaw_severity(problem)
    near, kind = fields_like(table, "license"), table.get("type")
    if near is not None:
        yield at_key(near, f"{message}; `{key_text(near)}` is not read", severity=severity)
    elif kind is not None:
        yield at_key(kind, message, severity=severity)
