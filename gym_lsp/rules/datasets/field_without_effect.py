"""The rule `field-without-effect`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Table
from gym_lsp.diagnostic import Fix, Severity, Tag
from gym_lsp.gym.layout import BENCHMARK, LICENSE, ORIGINS, TYPE
from gym_lsp.gym.release.profile import Profile
from gym_lsp.rules.analysis.datasets import model_of, other_model
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import remove_entry
from gym_lsp.rules.engine.rule import Finding, at_key, rule

_UNNECESSARY = frozenset({Tag.UNNECESSARY})
_NOTES = frozenset({LICENSE, *ORIGINS})
"""Fields that NeMo Gym does not read on a benchmark, but that may inform the reader."""


@rule("field-without-effect", on=Block, severity=Severity.WARNING)
def field_without_effect(context: Context, block: Block) -> Iterator[Finding]:
    """A dataset field that has no effect on a dataset of this type.

    ## Why

    Benchmarks and other datasets have different fields, and NeMo Gym ignores a field of the other kind. For example, it
    applies a `prompt_config` only to benchmarks, and uses the rows of any other dataset unchanged. A license or a
    source on a benchmark is harmless, so it is only information; the rows of a benchmark come from its prepare script.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - name: counting_example
              type: example
              jsonl_fpath: resources_servers/counting/data/example.jsonl
              prompt_config: resources_servers/counting/prompts/default.yaml
    #         ^^^^^^^^^^^^^ warning[field-without-effect]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - name: counting_example
              type: example
              jsonl_fpath: resources_servers/counting/data/example.jsonl
    ```
    """
    for dataset in block.datasets:
        yield from _without_effect(dataset, context.profile)


def _without_effect(dataset: Table, profile: Profile) -> Iterator[Finding]:
    model = model_of(dataset, profile)
    if model is None or dataset.entries.keys() <= model.fields.keys():
        return
    elsewhere, is_benchmark = other_model(dataset, profile).fields, dataset.leaf(TYPE) == BENCHMARK
    for key, value in dataset.entries.items():
        if key in model.fields or key not in elsewhere:
            continue
        edit = remove_entry(value)
        yield at_key(
            value,
            f"`{key}` has no effect on a dataset of type `{dataset.leaf(TYPE)}`",
            severity=Severity.INFORMATION if is_benchmark and key in _NOTES else None,
            fixes=() if edit is None else (Fix(f"Remove `{key}`", (edit,)),),
            tags=_UNNECESSARY,
        )
