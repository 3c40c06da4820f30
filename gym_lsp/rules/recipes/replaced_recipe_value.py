"""The rule `replaced-recipe-value`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf, Provenance, to_plain
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("replaced-recipe-value", on=Composition, severity=Severity.WARNING)
def replaced_recipe_value(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A value in a recipe that the training framework replaces.

    ## Why

    NeMo RL sets some keys of the embedded run whatever the recipe contains, such as the address and the name of the
    policy model, which it serves itself, and the range of ports. A value that differs is lost without a message.

    ## Example

    ```yaml
    # --- recipes/small.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        port_range_low: 6000
    #   ^^^^^^^^^^^^^^ warning[replaced-recipe-value]
        config_paths: [environments/counting/config.yaml]
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```
    """
    recipe = composition.recipe
    if recipe is None:
        return
    for key, value in recipe.embedded.entries.items():
        own = value.overridden
        if value.origin.provenance is not Provenance.GENERATED or own is None or not own.origin.is_recipe:
            continue
        if to_plain(own) != to_plain(value):
            # Such a number has been chosen. An address is often there for programs that only read the recipe.
            is_chosen = isinstance(value, Leaf) and isinstance(value.value, int)
            severity = Severity.WARNING if is_chosen else Severity.INFORMATION
            message = f"{recipe.embedding.name} sets `{key}` itself, so this value has no effect"
            yield at_key(own, message, severity=severity)
