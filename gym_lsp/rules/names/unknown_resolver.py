"""The rule `unknown-resolver`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.interpolate import RESOLVERS
from gym_lsp.compose.problem import ResolverUnknown
from gym_lsp.diagnostic import FileEdit, Fix, Severity
from gym_lsp.gym.errors import ConfigInterpolationError
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.text import Edit, Span

_ENVIRONMENT = "oc.env"
_LIKE_ENVIRONMENT = frozenset({"env", "environ", "os.env", "os.environ", "getenv"})
_SHELL_DEFAULTS = (":-", ":=", ":?")


@rule(
    "unknown-resolver",
    on=ResolverUnknown,
    severity=Severity.ERROR,
    predicts=ConfigInterpolationError,
    holds_in_parts=True,
)
def unknown_resolver(context: RunContext, problem: ResolverUnknown) -> Iterator[Finding]:
    """An interpolation `${name:...}` with a resolver that does not exist in NeMo Gym.

    ## Why

    NeMo Gym supports OmegaConf's own resolvers, such as `oc.env` and `oc.select`, and its own `inherit_from` and
    `copy`. It does not support those of Hydra. The shell syntax `${NAME:-default}` is read as a resolver called NAME;
    write `${oc.env:NAME,default}` instead.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          dictionary: ${COUNTING_DICTIONARY:-words.txt}
    #                   ^^^^^^^^^^^^^^^^^^^ error[unknown-resolver]
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
    severity = Severity.WARNING if problem.late else Severity.ERROR
    origin, span, name = problem.at.origin, problem.span, problem.name
    is_exact = span.of(origin.text) == name
    if is_exact and origin.text[span.end : span.end + 2] in _SHELL_DEFAULTS:
        message = f"`${{NAME:-default}}` is shell syntax; write `${{oc.env:{name},...}}`"
        edit = Edit(Span(span.start, span.end + 2), f"{_ENVIRONMENT}:{name},")
        fixes = (Fix(f"Change to `{_ENVIRONMENT}`", (FileEdit(origin.path, edit),)),)
        yield Finding(origin, span, message, severity=severity, fixes=fixes)
        return
    near = (_ENVIRONMENT,) if name.lower() in _LIKE_ENVIRONMENT else nearest(name, problem.known or RESOLVERS)
    message = f"unknown resolver `{name}`"
    if near:
        message += f"; did you mean `{near[0]}`?"
    fixes = tuple(
        Fix(f"Change to `{other}`", (FileEdit(origin.path, Edit(span, other)),)) for other in near if is_exact
    )
    yield Finding(origin, span, message, severity=severity, fixes=fixes)
