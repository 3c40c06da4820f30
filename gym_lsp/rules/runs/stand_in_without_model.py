"""The rule `stand-in-without-model`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Table
from gym_lsp.compose.problem import StandInAlone
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("stand-in-without-model", on=StandInAlone, severity=Severity.ERROR)
def stand_in_without_model(context: RunContext, problem: StandInAlone) -> Iterator[Finding]:
    """A model instance with other keys, but without a valid model server.

    ## Why

    To check a config without a model, NeMo Gym adds a stand-in called `dummy_model` to `policy_model`, and merges it
    into the real model next to it. If the instance has other keys but no real model, or if the model is not a mapping,
    NeMo Gym ends with an unhandled Python exception.

    ## Example

    ```yaml
    policy_model:
    ^^^^^^^^^^^^ error[stand-in-without-model]
      description: the model that is trained
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```

    ## Use instead

    ```yaml
    policy_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```
    """
    if isinstance(problem.at, Table):
        message = f"`{problem.instance}` has no model server of its own, so it cannot have other keys"
    else:
        message = f"the model server of `{problem.instance}` must be a mapping"
    yield at_key(problem.at, message)
