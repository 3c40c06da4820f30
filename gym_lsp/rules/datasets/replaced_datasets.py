"""The rule `replaced-datasets`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.blocks import spelled_servers
from gym_lsp.compose.config import Array, Provenance, Table
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import DATASETS, NAME
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, key_related, listed, rule
from gym_lsp.syntax import Atom


@rule("replaced-datasets", on=Composition, severity=Severity.INFORMATION)
def replaced_datasets(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A list of datasets that replaces a longer list of the same server in another file.

    ## Why

    NeMo Gym merges mappings, but a list replaces the list below it as a whole. A config that adds a dataset to a server
    of another file therefore removes the datasets that the other file lists. This is not reported for a server that is
    inherited: a benchmark is expected to replace the datasets of its base.

    ## Example

    ```yaml
    # run: environments/counting/config.yaml + environments/counting/more.yaml
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - {name: easy, type: example, jsonl_fpath: resources_servers/counting/data/easy.jsonl}
            - {name: hard, type: example, jsonl_fpath: resources_servers/counting/data/hard.jsonl}
    # --- environments/counting/more.yaml
    counting:
      resources_servers:
        counting:
          datasets:
    #     ^^^^^^^^ information[replaced-datasets] `easy` and `hard`
            - {name: long, type: example, jsonl_fpath: resources_servers/counting/data/long.jsonl}
    ```

    ## Use instead

    ```yaml
    # run: environments/counting/config.yaml + environments/counting/more.yaml
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - {name: easy, type: example, jsonl_fpath: resources_servers/counting/data/easy.jsonl}
            - {name: hard, type: example, jsonl_fpath: resources_servers/counting/data/hard.jsonl}
    # --- environments/counting/more.yaml
    counting:
      resources_servers:
        counting:
          datasets:
            - {name: easy, type: example, jsonl_fpath: resources_servers/counting/data/easy.jsonl}
            - {name: hard, type: example, jsonl_fpath: resources_servers/counting/data/hard.jsonl}
            - {name: long, type: example, jsonl_fpath: resources_servers/counting/data/long.jsonl}
    ```
    """
    for block in composition.merged.entries.values():
        for server in spelled_servers(block, context.profile) if isinstance(block, Table) else ():
            upper = server.config.get(DATASETS)
            lower = None if upper is None else upper.overridden
            if not isinstance(upper, Array) or not isinstance(lower, Array):
                continue
            # An empty list removes all datasets on purpose.
            if not 0 < len(upper.items) < len(lower.items):
                continue
            if upper.origin.provenance is not Provenance.WRITTEN or upper.origin.path == lower.origin.path:
                continue
            kept = set(_names(upper))
            lost = [str(name) for name in _names(lower) if name not in kept]
            if lost:
                message = f"this list replaces a longer one, which has {listed(lost, 'and')}; lists are not merged"
                yield at_key(upper, message, related=(key_related(lower, "the list that is replaced"),))


def _names(datasets: Array) -> list[Atom]:
    return [item.leaf(NAME) for item in datasets.items if isinstance(item, Table)]
