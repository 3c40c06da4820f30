"""The rule `mismatched-benchmark`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import BENCHMARK, BENCHMARKS_FOLDER, JSONL_FPATH, PREPARE_SCRIPT, TYPE
from gym_lsp.rules.analysis.datasets import called
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.rule import Finding, at_value, related, rule
from gym_lsp.syntax import Atom


@rule("mismatched-benchmark", on=Block, severity=Severity.WARNING)
def mismatched_benchmark(_: Context, block: Block) -> Iterator[Finding]:
    """A benchmark whose script and whose rows belong to different benchmarks.

    ## Why

    `gym eval prepare` runs `prepare_script`, which writes the rows of its own benchmark. If `jsonl_fpath` is in the
    folder of another benchmark, the script does not write that file, and the run uses other rows or none. Usually one
    of the two was copied and not changed.

    ## Example

    ```yaml
    counting:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          datasets:
            - name: counting
              type: benchmark
              jsonl_fpath: benchmarks/counting/data/rows.jsonl
              prepare_script: benchmarks/spelling/prepare.py
    #                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[mismatched-benchmark]
    # --- benchmarks/spelling/prepare.py
    def prepare(): ...
    ```

    ## Use instead

    ```yaml
    counting:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          datasets:
            - name: counting
              type: benchmark
              jsonl_fpath: benchmarks/counting/data/rows.jsonl
              prepare_script: benchmarks/counting/prepare.py
    # --- benchmarks/counting/prepare.py
    def prepare(): ...
    ```
    """
    for server in block.servers:
        for dataset in server.datasets:
            script, rows = dataset.get(PREPARE_SCRIPT), dataset.get(JSONL_FPATH)
            if dataset.leaf(TYPE) != BENCHMARK or script is None or rows is None:
                continue
            of_script, of_rows = _benchmark(dataset.leaf(PREPARE_SCRIPT)), _benchmark(dataset.leaf(JSONL_FPATH))
            if of_script is not None and of_rows is not None and of_script != of_rows:
                message = f"this script belongs to `{of_script}`, and the rows of {called(dataset)} to `{of_rows}`"
                yield at_value(script, message, related=(related(rows, "the rows"),))


def _benchmark(path: Atom) -> str | None:
    """Return the folder of a benchmark that a path leads into, below the folder of all benchmarks."""
    parts = PurePosixPath(path).parts if isinstance(path, str) else ()
    return parts[1] if len(parts) > 2 and parts[0] == BENCHMARKS_FOLDER and "${" not in parts[1] else None
