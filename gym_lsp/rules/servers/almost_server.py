"""The rule `almost-server`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Array, Config, Leaf, key_span
from gym_lsp.compose.flaw import Flaw, FlawKind
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.gym.fields import DictType, show
from gym_lsp.rules.analysis.flaws import flaw_severity, rule_for, value_text
from gym_lsp.rules.analysis.suggestions import suggest, suggestion_fixes, suggestion_hint
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, rule, shortened


@rule("almost-server", on=AlmostServer, severity=Severity.ERROR, predicts=AlmostServerError)
def almost_server(context: RunContext, problem: AlmostServer) -> Iterator[Finding]:
    """A value that prevents a block with an `entrypoint` from being a server.

    ## Why

    A block with an `entrypoint` is meant to be a server. If a value does not match the type of a field that every
    server has, NeMo Gym calls the block an almost-server and ends the run. With `error_on_almost_servers: false`, it
    continues without the server.

    NeMo Gym checks these fields before it resolves `${...}`. Therefore, a field that is not text, such as `port` or
    `num_workers`, cannot be an interpolation. Write the value itself, or set it on the command line.

    ## Example

    ```yaml
    counting_port: 8123
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          port: ${counting_port}
    #           ^^^^^^^^^^^^^^^^ error[almost-server]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          port: 8123
    ```
    """
    if rule_for(problem) != almost_server.name:
        return
    flaw, severity = problem.flaw, flaw_severity(problem)
    if flaw.kind is FlawKind.FIELD_ABSENT:
        yield at_key(flaw.at, f"missing field `{flaw.field}`", severity=severity)
    elif isinstance(flaw.at, Leaf):
        found = None if flaw.expected is None else suggest(flaw.at, flaw.expected)
        message = f"{_wrong_value(flaw, flaw.at)}{suggestion_hint(found)}"
        yield at_value(flaw.at, message, severity=severity, fixes=suggestion_fixes(flaw.at, found))
    else:
        # A collection can be long. Its key is enough to identify it.
        yield Finding(flaw.at.origin, key_span(flaw.at), _wrong_value(flaw, flaw.at), severity)


def _wrong_value(flaw: Flaw, at: Config) -> str:
    if isinstance(at, Leaf) and at.is_interpolation:
        reason = "NeMo Gym checks it before it resolves `${...}`"
        return f"`{flaw.field}` cannot be an interpolation, because {reason}; write the value itself"
    if isinstance(at, Leaf):
        given = f"`{shortened(value_text(at)) or 'null'}`"
    else:
        given = "a list" if isinstance(at, Array) else "a mapping"
    if flaw.expected is None:
        return f"`{flaw.field}` cannot be {given}"
    is_group = isinstance(flaw.expected, DictType)
    expected = "a mapping with one implementation" if is_group else f"`{show(flaw.expected)}`"
    return f"`{flaw.field}` is {given}; expected {expected}"
