"""The rule `model-without-token-ids`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import ServerRefNotFound
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import AGENTS, CONFIG_PATHS, MODELS
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, rule

_POLICY_MODEL = "policy_model"
_TOKEN_IDS = "return_token_id_information"
_FOR_TRAINING = "responses_api_models/vllm_model/configs/vllm_model_for_training.yaml"


@rule("model-without-token-ids", on=Composition, severity=Severity.WARNING)
def model_without_token_ids(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A recipe whose policy model does not return the ids of its tokens.

    ## Why

    Training needs the ids and the log probabilities of the tokens that the model has generated. The configs of models
    whose names end with `_for_training` return them (`return_token_id_information: true`). With another config for the
    policy model the run starts, and fails when the first rollout is processed. The same happens if the agents of the
    run use another model than `policy_model`, which is the one that is trained.

    ## Example

    ```yaml
    # --- recipes/small.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [models/policy.yaml]
    #   ^^^^^^^^^^^^ warning[model-without-token-ids]
    # --- models/policy.yaml
    policy_model:
      responses_api_models:
        vllm_model: {entrypoint: app.py}
    ```

    ## Use instead

    ```yaml
    # --- recipes/small.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [models/policy.yaml]
    # --- models/policy.yaml
    policy_model:
      responses_api_models:
        vllm_model: {entrypoint: app.py, return_token_id_information: true}
    ```
    """
    recipe = composition.recipe
    listed = None if recipe is None else recipe.embedded.get(CONFIG_PATHS)
    if listed is None or composition.is_incomplete:
        return
    models = [server for server in composition.servers if server.name == _POLICY_MODEL and server.server_type == MODELS]
    entry = f"; add `{_FOR_TRAINING}`" if context.search.resolve(context.files, _FOR_TRAINING) is not None else ""
    has_agents = any(server.server_type == AGENTS for server in composition.servers)
    # An invalid block, or one that overrides a model which is not there, has a finding of its own, as has a ref to it.
    is_wanted = any(each.name == _POLICY_MODEL for each in composition.problems if isinstance(each, ServerRefNotFound))
    is_absent = composition.config.get(_POLICY_MODEL) is None and not is_wanted
    if not models and has_agents and is_absent:
        yield at_key(listed, f"the run has no `{_POLICY_MODEL}`{entry}")
    elif models and not any(server.config.leaf(_TOKEN_IDS) for server in models):
        message = f"`{_POLICY_MODEL}` does not set `{_TOKEN_IDS}`, which training needs{entry}"
        yield at_key(listed, message)
