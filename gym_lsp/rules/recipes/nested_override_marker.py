"""The rule `nested-override-marker`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import tables
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.embedding import OVERRIDE_MARKER
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("nested-override-marker", on=Composition, severity=Severity.WARNING)
def nested_override_marker(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """An `_override_` below the blocks at the top of a recipe.

    ## Why

    `_override_: true` in a block at the top of a recipe drops what the recipes in `defaults` have there. NeMo RL looks
    for it only in these blocks. Deeper, it is an ordinary key: the block is merged, and nothing is dropped.

    ## Example

    ```yaml
    # --- recipes/small.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        _override_: true
    #   ^^^^^^^^^^ warning[nested-override-marker]
        config_paths: [environments/counting/config.yaml]
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```
    """
    for file in composition.recipe.files if composition.recipe is not None else ():
        for path, table in tables(file.config):
            marker = table.get(OVERRIDE_MARKER)
            if marker is not None and len(path) > 1:
                message = f"`{OVERRIDE_MARKER}` has no effect below the top of a recipe, so this block is merged"
                yield at_key(marker, message)
