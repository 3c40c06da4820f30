"""The rule `missing-value`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import MissingValue
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import ConfigMissingValuesError
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_value, rule, shortened
from gym_lsp.syntax import spell


@rule("missing-value", on=MissingValue, severity=Severity.ERROR, predicts=ConfigMissingValuesError, completable=True)
def missing_value(context: RunContext, problem: MissingValue) -> Iterator[Finding]:
    """A value that is still `???` after all files are merged.

    ## Why

    `???` marks a required value, which another config, env.yaml or the command line has to set. When checking a run, a
    value that is still not set is an error. When checking a workspace, it is information, because another file may set
    it.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          dictionary: ???
    #                 ^^^ information[missing-value]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          dictionary: words.txt
    ```
    """
    severity = Severity.ERROR if context.checks_run else Severity.INFORMATION
    name = shortened(spell(problem.path), 80)
    yield at_value(problem.at, f"required value `{name}` is not set in this run", severity=severity)
