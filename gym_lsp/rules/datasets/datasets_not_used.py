"""The rule `datasets-not-used`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import DATASETS, RESOURCES
from gym_lsp.rules.analysis.datasets import is_used_on
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("datasets-not-used", on=Block, severity=Severity.WARNING)
def datasets_not_used(context: Context, block: Block) -> Iterator[Finding]:
    """Datasets on a server of a type whose datasets NeMo Gym does not use.

    ## Why

    Datasets belong to agents, and since 0.6.0 also to resources servers. NeMo Gym accepts them on any other server as
    part of its configuration, but then ignores them. Since 0.6.0, it rejects those on a model server when data is
    prepared.

    ## Example

    ```yaml
    counting_model:
      responses_api_models:
        openai_model:
          entrypoint: app.py
          datasets:
    #     ^^^^^^^^ warning[datasets-not-used]
            - name: counting_example
              type: example
              jsonl_fpath: resources_servers/counting/data/example.jsonl
    ```

    ## Use instead

    ```yaml
    counting_model:
      responses_api_models:
        openai_model:
          entrypoint: app.py
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          datasets:
            - name: counting_example
              type: example
              jsonl_fpath: resources_servers/counting/data/example.jsonl
    ```
    """
    for server in block.servers:
        if server.datasets and not is_used_on(server.server_type, context.profile):
            where = "an agent or a resources server" if is_used_on(RESOURCES, context.profile) else "an agent"
            message = f"NeMo Gym does not use datasets of `{server.server_type}`; declare them on {where}"
            yield at_key(server.config.entries[DATASETS], message)
