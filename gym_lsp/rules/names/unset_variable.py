"""The rule `unset-variable`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import VariableUnset
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import ConfigInterpolationError
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, rule


@rule(
    "unset-variable",
    on=VariableUnset,
    severity=Severity.ERROR,
    predicts=ConfigInterpolationError,
    completable=True,
)
def unset_variable(context: RunContext, problem: VariableUnset) -> Iterator[Finding]:
    """An environment variable that is not set and has no default.

    ## Why

    `${oc.env:NAME}` without a default ends the run if NAME is not set. When checking a run, this is an error. When
    checking a workspace, and for a value that only a server reads later, it is information, because the variable may be
    set on the machine where the run starts. gym-lsp checks only whether a variable is set, and never reads its value.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          dictionary: ${oc.env:COUNTING_DICTIONARY}
    #                          ^^^^^^^^^^^^^^^^^^^ information[unset-variable]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          dictionary: ${oc.env:COUNTING_DICTIONARY,words.txt}
    ```
    """
    if context.names.is_open(problem.variable):
        return
    certain = context.checks_run and not problem.late
    severity = Severity.ERROR if certain else Severity.INFORMATION
    message = f"environment variable `{problem.variable}` is not set and has no default"
    yield Finding(problem.at.origin, problem.span, message, severity=severity)
