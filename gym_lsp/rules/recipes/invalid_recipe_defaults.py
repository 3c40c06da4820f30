"""The rule `invalid-recipe-defaults`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Table
from gym_lsp.compose.problem import RecipeDefaultsInvalid
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_value, rule


@rule("invalid-recipe-defaults", on=RecipeDefaultsInvalid, severity=Severity.ERROR)
def invalid_recipe_defaults(context: RunContext, problem: RecipeDefaultsInvalid) -> Iterator[Finding]:
    """A `defaults` of a recipe that is not a path or a list of paths.

    ## Why

    NeMo RL reads `defaults` as the path of a recipe, or as a list of such paths. It is not the defaults list of Hydra:
    `_self_`, `override` and `group: option` have no meaning there.

    ## Example

    ```yaml
    # --- recipes/small.yaml
    defaults:
      - cluster: small
    #   ^^^^^^^^^^^^^^ error[invalid-recipe-defaults]
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
    hint = "; this is not the defaults list of Hydra" if isinstance(problem.at, Table) else ""
    yield at_value(problem.at, f"expected the path of a recipe{hint}")
