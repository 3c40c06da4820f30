"""The rule `rejected-recipe-setting`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf, Table, at, to_plain
from gym_lsp.compose.recipe import Recipe
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.embedding import NEMO_RL
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, rule

_GENERATION = ("policy", "generation")
_SERVED_BY = {"megatron": "mcore_generation_config", "trtllm": "trtllm_cfg", "dynamo": "vllm_cfg"}
"""The block with the settings of each backend. For vllm, NeMo RL sets what NeMo Gym needs."""
_EXPOSED = "expose_http_server"
_SAMPLES = ("grpo", "max_val_samples")


@rule("rejected-recipe-setting", on=Composition, severity=Severity.ERROR)
def rejected_recipe_setting(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A setting of a recipe that NeMo RL rejects together with NeMo Gym.

    ## Why

    NeMo Gym sends the requests of its agents to the model over HTTP. So the backend that generates has to serve it:
    `expose_http_server: true`, with an asynchronous engine. NeMo RL ends with an AssertionError otherwise. And it uses
    the whole validation set, so `grpo.max_val_samples` has to be null.

    ## Example

    ```yaml
    # --- recipes/small.yaml
    policy:
      generation:
        backend: megatron
        mcore_generation_config: {expose_http_server: false}
    #                                                 ^^^^^ error[rejected-recipe-setting]
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml]
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```

    ## Use instead

    ```yaml
    # --- recipes/small.yaml
    policy:
      generation:
        backend: megatron
        mcore_generation_config: {expose_http_server: true}
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
    if recipe is None or recipe.embedding is not NEMO_RL:
        return
    yield from _generation(recipe)
    samples = at(recipe.config, _SAMPLES)
    if isinstance(samples, Leaf) and samples.value is not None and not samples.is_missing:
        yield at_value(samples, f"`{'.'.join(_SAMPLES)}` has to be null with NeMo Gym, which uses all rows")


def _generation(recipe: Recipe) -> Iterator[Finding]:
    generation = at(recipe.config, _GENERATION)
    backend = generation.get("backend") if isinstance(generation, Table) else None
    if not isinstance(generation, Table) or not isinstance(backend, Leaf):
        return
    name = _SERVED_BY.get(str(backend.value))
    if name is None:
        return
    block = generation.get(name)
    exposed = block.get(_EXPOSED) if isinstance(block, Table) else None
    message = f"NeMo Gym needs `{name}.{_EXPOSED}: true` with the backend `{backend.value}`"
    if exposed is None:
        yield at_key(block or backend, message)
    elif not to_plain(exposed):
        yield at_value(exposed, message)
    engine = block.get("async_engine") if isinstance(block, Table) else None
    if backend.value == "trtllm" and (engine is None or not to_plain(engine)):
        yield at_value(engine or backend, "the backend `trtllm` needs `trtllm_cfg.async_engine: true`")
    elif backend.value == "megatron" and engine is not None and to_plain(engine) is not None:
        yield at_key(engine, "the backend `megatron` has no setting `async_engine` any more")
