"""The rule `unset-variable`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.problem import VariableUnset
from gym_lsp.diagnostic import FileEdit, Fix, Severity
from gym_lsp.gym.errors import ConfigInterpolationError
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.text import Edit

_WITH_COLON = re.compile(r"(?P<name>[A-Za-z_]\w*):-?(?P<default>.*)")
"""A name with a default as in a shell; no variable that a shell sets has a colon in its name."""


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
    checking a workspace or a training recipe, and for a value that only a server reads later, it is information,
    because the variable may be set on the machine where the run starts. gym-lsp checks only whether a variable is set,
    and never reads its value.

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
    with_colon = _WITH_COLON.fullmatch(problem.variable)
    if with_colon is not None:
        yield _colon(problem, with_colon["name"], with_colon["default"])
        return
    certain = context.checks_run and context.composition.recipe is None and not problem.late
    severity = Severity.ERROR if certain else Severity.INFORMATION
    message = f"environment variable `{problem.variable}` is not set and has no default"
    yield Finding(problem.at.origin, problem.span, message, severity=severity)


def _colon(problem: VariableUnset, name: str, default: str) -> Finding:
    """Report a default after a colon, which is read as part of the name. The default may be a secret."""
    origin = problem.at.origin
    edit = FileEdit(origin.path, Edit(problem.span, f"{name},{default}"))
    fixes = (Fix("Use a comma", (edit,)),) if problem.span.of(origin.text) == problem.variable else ()
    message = f"`oc.env` expects a comma, not a colon, before the default of `{name}`"
    severity = Severity.WARNING if problem.late else Severity.ERROR
    return Finding(origin, problem.span, message, severity=severity, fixes=fixes)
