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
    """A value that is still `???` after everything was merged.

    ## Why

    `???` marks what somebody else has to give: another config, env.yaml or the command line. Asked about a run, what
    is left of it is an error. In the view on a workspace it is information, since a later file may set it.

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
    severity = Severity.ERROR if context.asked_about_run else Severity.INFORMATION
    name = shortened(spell(problem.path), 80)
    yield at_value(problem.at, f"`{name}` must be set elsewhere, and nothing in this run does", severity=severity)
