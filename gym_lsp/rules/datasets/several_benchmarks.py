"""The rule `several-benchmarks`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import BENCHMARK, TYPE
from gym_lsp.rules.analysis.datasets import is_used_on, prepares_all
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_value, related, rule


@rule("several-benchmarks", on=Block, severity=Severity.ERROR)
def several_benchmarks(context: Context, block: Block) -> Iterator[Finding]:
    """A server with more than one benchmark dataset.

    ## Why

    Up to 0.6.0, `gym eval prepare` rejects a server that declares two benchmarks. Since 0.7.0 it prepares all of them,
    but the list of benchmarks does not contain the config, because it does not describe a single benchmark; this is
    only information.

    ## Example

    ```yaml
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          datasets:
            - name: counting
              type: benchmark
              jsonl_fpath: benchmarks/counting/data/counting.jsonl
              prepare_script: benchmarks/counting/prepare.py
              prompt_config: null
            - name: counting_hard
              type: benchmark
    #               ^^^^^^^^^ information[several-benchmarks]
              jsonl_fpath: benchmarks/counting/data/hard.jsonl
              prepare_script: benchmarks/counting/prepare_hard.py
              prompt_config: null
    ```
    """
    for server in block.servers:
        benchmarks = [dataset for dataset in server.datasets if dataset.leaf(TYPE) == BENCHMARK]
        if len(benchmarks) < 2 or not is_used_on(server.server_type, context.profile):
            continue
        accepted = prepares_all(context.profile)
        outcome = "the list of benchmarks omits it" if accepted else "`gym eval prepare` accepts only one"
        first = benchmarks[0].entries[TYPE]
        for dataset in benchmarks[1:]:
            yield at_value(
                dataset.entries[TYPE],
                f"`{block.name}` has {len(benchmarks)} benchmarks, and {outcome}",
                severity=Severity.INFORMATION if accepted else None,
                related=(related(first, "the first benchmark"),),
            )
