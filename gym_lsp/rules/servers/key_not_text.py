"""The rule `key-not-text`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Config, Leaf
from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.diagnostic import Applicability, Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.gym.layout import NAME
from gym_lsp.rules.analysis.flaws import flaw_severity, key_text, rule_for, value_text
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import quote_key
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, rule
from gym_lsp.syntax import Scalar


@rule(
    "key-not-text",
    on=AlmostServer,
    kind=(FlawKind.NAME_NOT_TEXT, FlawKind.KEY_NOT_TEXT),
    severity=Severity.ERROR,
    predicts=AlmostServerError,
    holds_in_parts=True,
)
def key_not_text(context: RunContext, problem: AlmostServer) -> Iterator[Finding]:
    """The name of an instance, or a key inside a server, that YAML does not read as text.

    ## Why

    In YAML 1.1, `on`, `off`, `yes` and `no` are booleans, digits form a number, and an empty key is null. This is true
    for keys as well as for values. NeMo Gym requires text for the name of an instance and for every key of a server,
    and otherwise ends the run.

    ## Example

    ```yaml
    404:
    ^^^ error[key-not-text]
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
    ```

    ## Use instead

    ```yaml
    "404":
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
    ```
    """
    flaw, severity = problem.flaw, flaw_severity(problem)
    if rule_for(problem) != key_not_text.name:
        return
    if flaw.path == (NAME,):
        given = f"`{value_text(flaw.at)}`" if isinstance(flaw.at, Leaf) else "a collection"
        message = f"`{NAME}` is {given}; it renames the instance, so it must be text"
        yield at_value(flaw.at, message, severity=severity)
        return
    fix = quote_key(flaw.at, f'Write `"{key_text(flaw.at)}"`', Applicability.SAFE)
    message = f"`{key_text(flaw.at)}` is {_meaning(flaw.at)} in YAML, but {_role(flaw.path)} must be text"
    yield at_key(flaw.at, message, severity=severity, fixes=() if fix is None else (fix,))


def _role(path: tuple[str | int, ...]) -> str:
    return "a key of a server" if len(path) > 1 else "the name of an instance"


def _meaning(config: Config) -> str:
    match config.key:
        case Scalar(value=bool(value)):
            return "true" if value else "false"
        case Scalar(value=int() | float()):
            return "a number"
        case _:
            return "null"
