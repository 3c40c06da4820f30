"""The rule `number-out-of-range`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import is_settled
from gym_lsp.compose.config import Leaf
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.lax import to_int
from gym_lsp.gym.layout import PORT
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_value, rule

HIGHEST_PORT = 65535


@rule("number-out-of-range", on=Block, severity=Severity.WARNING, holds_in_parts=True)
def number_out_of_range(context: Context, block: Block) -> Iterator[Finding]:
    """A port or a number of workers that is out of range.

    ## Why

    NeMo Gym requires integers but does not check their range. A port above 65535 or below 0 fails when the server binds
    it; 0 means any free port. A negative number of workers counts as one worker.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          port: 81230
    #           ^^^^^ warning[number-out-of-range]
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
    for server in block.servers:
        port, workers = server.config.get(PORT), server.config.get("num_workers")
        if isinstance(port, Leaf) and not 0 <= _number(port) <= HIGHEST_PORT:
            yield at_value(port, f"port out of range; expected a number between 1 and {HIGHEST_PORT}")
        if isinstance(workers, Leaf) and _number(workers) < 0:
            yield at_value(workers, "negative number of workers; expected at least 1")


def _number(leaf: Leaf) -> int:
    """Return the integer that pydantic converts a value to, or 0, which is always valid, if it cannot convert it."""
    if not is_settled(leaf) or leaf.value is None or isinstance(leaf.value, bool):
        return 0
    return to_int(leaf.value) or 0
