"""The rule `duplicate-dataset-name`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Config
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import NAME
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_value, related, rule


@rule("duplicate-dataset-name", on=Block, severity=Severity.WARNING)
def duplicate_dataset_name(context: Context, block: Block) -> Iterator[Finding]:
    """Two datasets of one server with the same name.

    ## Why

    NeMo Gym does not compare the names, but it uses them in everything that it prints and uploads about a dataset, so
    two datasets of the same name cannot be distinguished. Usually one was copied from the other and not renamed.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - name: counting
              type: train
              jsonl_fpath: resources_servers/counting/data/train.jsonl
              license: MIT
            - name: counting
    #               ^^^^^^^^ warning[duplicate-dataset-name]
              type: example
              jsonl_fpath: resources_servers/counting/data/example.jsonl
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - name: counting_train
              type: train
              jsonl_fpath: resources_servers/counting/data/train.jsonl
              license: MIT
            - name: counting_example
              type: example
              jsonl_fpath: resources_servers/counting/data/example.jsonl
    ```
    """
    for server in block.servers:
        seen: dict[str, Config] = {}
        for dataset in server.datasets:
            name = dataset.leaf(NAME)
            if not isinstance(name, str):
                continue
            first = seen.setdefault(name, dataset.entries[NAME])
            if first is not dataset.entries[NAME]:
                message = f"duplicate dataset name `{name}` in `{block.name}`"
                yield at_value(dataset.entries[NAME], message, related=(related(first, "the first of this name"),))
