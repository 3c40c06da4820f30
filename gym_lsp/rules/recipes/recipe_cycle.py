"""The rule `recipe-cycle`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import RecipeCycle
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_value, rule

_MOST_SHOWN = 6


@rule("recipe-cycle", on=RecipeCycle, severity=Severity.ERROR)
def recipe_cycle(context: RunContext, problem: RecipeCycle) -> Iterator[Finding]:
    """An entry of `defaults` that leads back to the recipe itself.

    ## Why

    NeMo RL reads the recipes that `defaults` name without noting which it has read. A cycle ends the program with a
    RecursionError that names none of the files.

    ## Example

    ```yaml
    # --- recipes/small.yaml
    defaults: small.yaml
    #         ^^^^^^^^^^ error[recipe-cycle]
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml]
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```
    """
    first = problem.trail.index(problem.trail[-1])
    names = [path.name for path in problem.trail[first:]]
    if len(names) == 1:
        message = f"`defaults` leads through {len(problem.trail)} recipes, which is too many for NeMo RL"
    else:
        steps = names if len(names) <= _MOST_SHOWN else [*names[: _MOST_SHOWN - 1], "…", names[-1]]
        message = f"`defaults` lead in a circle: {' -> '.join(steps)}"
    yield at_value(problem.at, message)
