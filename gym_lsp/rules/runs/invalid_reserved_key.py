"""The rule `invalid-reserved-key`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import ReservedKeyInvalid, TelemetryInvalid
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import ConfigError
from gym_lsp.gym.fields import show
from gym_lsp.rules.analysis.reserved import later_faults
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, rule
from gym_lsp.syntax import spell


@rule(
    "invalid-reserved-key",
    on=(ReservedKeyInvalid, TelemetryInvalid, Composition),
    severity=Severity.ERROR,
    predicts=ConfigError,
    holds_in_parts=True,
)
def invalid_reserved_key(
    context: RunContext, problem: ReservedKeyInvalid | TelemetryInvalid | Composition
) -> Iterator[Finding]:
    """A reserved top-level key with an invalid value.

    ## Why

    Some top-level keys are settings of NeMo Gym, and not the names of servers. NeMo Gym checks a few of them as soon as
    the configuration is merged: `results_dir` and `cache_dir` are paths, `allow_openai_version_skew` is true or false,
    `head_server` is a mapping, and `telemetry` has its own fields. Others fail only when servers are started: the keys
    that end in `_seconds` must be numbers, and `port_range_low` and `port_range_high` must be whole numbers in this
    order. Up to 0.6.0, a `head_server` needs both `host` and `port`.

    ## Example

    ```yaml
    results_dir: 2025
    #            ^^^^ error[invalid-reserved-key]
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```

    ## Use instead

    ```yaml
    results_dir: results/2025
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```
    """
    if isinstance(problem, Composition):
        yield from later_faults(problem.config, context.profile)
        return
    if isinstance(problem, ReservedKeyInvalid):
        yield at_value(problem.at, f"`{problem.key}` must be {problem.expected}")
        return
    flaw = problem.flaw
    if flaw.kind is FlawKind.FIELD_ABSENT:
        yield at_key(flaw.at, f"missing `{flaw.field}` in `{spell(flaw.path)}`")
    else:
        name = f"`{spell(flaw.path)}`"
        message = f"invalid value for {name}" if flaw.expected is None else f"{name} must be {show(flaw.expected)}"
        yield at_value(flaw.at, message)
