"""The rule `run-not-used`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf, at
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, rule


@rule("run-not-used", on=Composition, severity=Severity.WARNING)
def run_not_used(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A recipe with a NeMo Gym run that is not switched on.

    ## Why

    NeMo RL uses the embedded run only if `env.should_use_nemo_gym` is true. The program for training with NeMo Gym ends
    with an AssertionError without it.

    ## Example

    ```yaml
    # --- recipes/small.yaml
    env:
      nemo_gym:
    # ^^^^^^^^ warning[run-not-used]
        config_paths: [environments/counting/config.yaml]
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```

    ## Use instead

    ```yaml
    # --- recipes/small.yaml
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
    recipe = composition.recipe
    if recipe is None or recipe.own is None or not recipe.embedding.switch:
        return
    path = recipe.embedding.switch
    switch = at(recipe.config, path)
    message = f"`{'.'.join(map(str, path))}` is not true, so {recipe.embedding.name} does not use this run"
    if switch is None:
        yield at_key(recipe.own, message)
    elif isinstance(switch, Leaf) and not switch.value:
        yield at_value(switch, message)
