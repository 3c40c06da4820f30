"""The rule `unsupported-pairing`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import PairingUnsupported
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import UnsupportedAgentPairingError, UnsupportedModelPairingError
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_value, listed, rule


@rule(
    "unsupported-pairing",
    on=PairingUnsupported,
    severity=Severity.ERROR,
    predicts=(UnsupportedAgentPairingError, UnsupportedModelPairingError),
)
def unsupported_pairing(context: RunContext, problem: PairingUnsupported) -> Iterator[Finding]:
    """An agent or a model server that the resources server does not accept.

    ## Why

    A resources server can list the agents (`allowed_agents`, since 0.6.0) and the model servers
    (`allowed_model_types`, since 0.7.0) that it can score. NeMo Gym ends a run that pairs it with another one.
    `allow_unsupported_pairing: true` at the top level allows such a run.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          allowed_model_types: [vllm_model]
    #                          ^^^^^^^^^^^^ error[unsupported-pairing]
    counting_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
          model_server: {type: responses_api_models, name: counting_model}
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          allowed_model_types: [vllm_model, openai_model]
    counting_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          resources_server: {type: resources_servers, name: counting}
          model_server: {type: responses_api_models, name: counting_model}
    ```
    """
    kind = "model server" if problem.is_model else "agent"
    allowed = f"only {listed(problem.allowed)}" if problem.allowed else "nor any other"
    message = f"`{problem.server}` does not accept the {kind} `{problem.chosen}`, {allowed}"
    yield at_value(problem.at, message)
