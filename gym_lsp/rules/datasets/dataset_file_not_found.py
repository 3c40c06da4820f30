"""The rule `dataset-file-not-found`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import BENCHMARK, JSONL_FPATH, ORIGINS, PREPARE_SCRIPT, TYPE
from gym_lsp.rules.analysis.datasets import called, is_given, prepares_all, settled_path
from gym_lsp.rules.analysis.paths import suggested
from gym_lsp.rules.analysis.presence import is_missing
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule


@rule("dataset-file-not-found", on=Block, severity=Severity.WARNING)
def dataset_file_not_found(context: Context, block: Block) -> Iterator[Finding]:
    """A dataset whose file is not there and comes from nowhere.

    ## Why

    `jsonl_fpath` is looked for under the search roots: the working directory and the folder that NeMo Gym is installed
    in, never beside the config. The rows of an `example` belong into the repository, and preparing the data fails
    without them. A train or validation file that names no `source` has to be brought along by hand, which is only
    information. Benchmarks are made by their prepare script.

    ## Example

    ```yaml
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - name: counting_example
              type: example
              jsonl_fpath: environments/counting/exmaple.jsonl
    #                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[dataset-file-not-found]
    # --- environments/counting/example.jsonl
    {"responses_create_params": {"input": "Count the letters."}}
    ```

    ## Use instead

    ```yaml
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - name: counting_example
              type: example
              jsonl_fpath: environments/counting/example.jsonl
    # --- environments/counting/example.jsonl
    {"responses_create_params": {"input": "Count the letters."}}
    ```
    """
    for dataset in block.datasets:
        kind, path = dataset.leaf(TYPE), settled_path(dataset, JSONL_FPATH)
        if path is None or kind == BENCHMARK or kind not in context.profile.dataset_types:
            continue
        if any(is_given(dataset.get(name)) for name in ORIGINS):
            continue
        if prepares_all(context.profile) and is_given(dataset.get(PREPARE_SCRIPT)):
            continue
        if context.search.resolve(context.files, path[1]) is None:
            yield from _about(context, called(dataset), *path, is_example=kind == "example")


def _about(context: Context, dataset: str, value: Leaf, path: str, *, is_example: bool) -> Iterator[Finding]:
    near = suggested(path, value.origin.path, context.files, context.search, ".jsonl")
    if not near and not is_missing(context, path):
        return
    reason = "" if is_example else ", and no `source` says where to get it"
    way_out = f"; did you mean `{near[0]}`?" if near else ""
    yield at_value(
        value,
        f"the file of {dataset} is not there{reason}{way_out}",
        severity=None if is_example or near else Severity.INFORMATION,
        fixes=tuple(replace_value(value, each, f"Change to `{each}`") for each in near),
    )
