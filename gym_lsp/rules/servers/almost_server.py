"""The rule `almost-server`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Config, Leaf, key_span
from gym_lsp.compose.flaw import Flaw, FlawKind
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.gym.fields import DictType, show
from gym_lsp.rules.analysis.flaws import flaw_severity, rule_for, value_text
from gym_lsp.rules.analysis.suggestions import meant, meant_fixes, meant_hint
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, rule, shortened


@rule("almost-server", on=AlmostServer, severity=Severity.ERROR, predicts=AlmostServerError)
def almost_server(context: RunContext, problem: AlmostServer) -> Iterator[Finding]:
    """A value that keeps a block from being the server that it is meant to be.

    ## Why

    A block with an `entrypoint` is meant to be a server. If one of the fields that every server has does not fit its
    type, NeMo Gym calls the block an almost-server and ends the run; with `error_on_almost_servers: false` it goes on
    without the server.

    NeMo Gym looks at these fields before it resolves `${...}`. So a field that is not text, such as `port` or
    `num_workers`, cannot be an interpolation at all: write the value out, or give it on the command line.

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
        yield at_key(flaw.at, f"`{flaw.field}` is missing here", severity=severity)
    elif isinstance(flaw.at, Leaf):
        found = None if flaw.expected is None else meant(flaw.at, flaw.expected)
        message = f"{_wrong_scalar(flaw, flaw.at)}{meant_hint(found)}"
        yield at_value(flaw.at, message, severity=severity, fixes=meant_fixes(flaw.at, found))
    else:
        # The text of a collection can be long; its key says as well which value is meant.
        at = Finding(flaw.at.origin, key_span(flaw.at), _wrong_collection(flaw, flaw.at), severity)
        yield at


def _wrong_scalar(flaw: Flaw, leaf: Leaf) -> str:
    if leaf.is_interpolation:
        return f"`{flaw.field}` must be written out: NeMo Gym checks it before it resolves `${{...}}`"
    return f"{_expectation(flaw)}, not `{shortened(value_text(leaf)) or 'null'}`"


def _wrong_collection(flaw: Flaw, at: Config) -> str:
    return f"{_expectation(flaw)}, not a {'list' if hasattr(at, 'items') else 'mapping'}"


def _expectation(flaw: Flaw) -> str:
    if flaw.expected is None:
        return f"`{flaw.field}` does not fit"
    if isinstance(flaw.expected, DictType):
        return f"`{flaw.field}` must be a mapping with one implementation"
    return f"`{flaw.field}` must be {show(flaw.expected)}"
