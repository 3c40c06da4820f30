"""The rule `unresolvable-interpolation`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import Failing, InterpolationFailed
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import ConfigInterpolationError
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, rule


@rule(
    "unresolvable-interpolation",
    on=InterpolationFailed,
    severity=Severity.ERROR,
    predicts=ConfigInterpolationError,
    completable=True,
)
def unresolvable_interpolation(context: RunContext, problem: InterpolationFailed) -> Iterator[Finding]:
    """An interpolation that depends on itself, or whose value does not exist for another reason.

    ## Why

    Every `${...}` must have a value. Interpolations that refer to each other in a circle do not have one. A single
    value does not contain other values, and a resolver needs the right number of arguments.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          longest: ${.longest}
    #              ^^^^^^^^^^^ error[unresolvable-interpolation] circular interpolation
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          shortest: 3
          longest: ${.shortest}
    ```
    """
    severity = Severity.WARNING if problem.late else Severity.ERROR
    if problem.why is Failing.UNSET and not context.checks_run:
        severity = Severity.INFORMATION
    yield Finding(problem.at.origin, problem.span, _message(problem), severity=severity)


def _message(problem: InterpolationFailed) -> str:
    detail = problem.detail
    match problem.why:
        case Failing.CYCLE:
            return "circular interpolation: the value depends on itself"
        case Failing.THROUGH_VALUE:
            return f"`{detail}` is a single value and does not contain other values"
        case Failing.UNSET:
            return f"`{detail}` is still `???`"
        case Failing.ARGUMENTS:
            return f"wrong number of arguments for `{detail}`"
        case Failing.NOT_A_KEY:
            return f"`{detail}` is not the path of a key"
        case Failing.NOT_A_MAPPING:
            return f"`{detail}` is not a mapping, so its keys and values cannot be listed"
