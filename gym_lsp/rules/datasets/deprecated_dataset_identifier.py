"""The rule `deprecated-dataset-identifier`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Config, Table
from gym_lsp.diagnostic import Applicability, Fix, Severity, Tag
from gym_lsp.gym.layout import BENCHMARK, IDENTIFIERS, SOURCE, TYPE
from gym_lsp.rules.analysis.datasets import is_given
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import insert_field, rename_key
from gym_lsp.rules.engine.rule import Finding, at_key, rule

_DEPRECATED = frozenset({Tag.DEPRECATED})


@rule("deprecated-dataset-identifier", on=Block, severity=Severity.INFORMATION, holds_in_parts=True)
def deprecated_dataset_identifier(context: Context, block: Block) -> Iterator[Finding]:
    """A dataset that sets the source of its rows with a deprecated field.

    ## Why

    `source` with a `type` has replaced `gitlab_identifier` and `huggingface_identifier`; NeMo Gym warns each time it
    reads one of them. A dataset with both cannot be rewritten, because a `source` names only one store.

    ## Example

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
              huggingface_identifier:
    #         ^^^^^^^^^^^^^^^^^^^^^^ information[deprecated-dataset-identifier]
                repo_id: people/counting
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
              source:
                type: huggingface
                repo_id: people/counting
    ```
    """
    known = context.profile.models["DatasetConfig"].fields
    for dataset in block.datasets if SOURCE in known else ():
        given = {name: dataset.entries[name] for name in IDENTIFIERS if is_given(dataset.get(name))}
        if is_given(dataset.get(SOURCE)) or dataset.leaf(TYPE) not in context.profile.dataset_types:
            continue
        for name, value in given.items():
            if name in known and dataset.leaf(TYPE) != BENCHMARK:
                fix = _to_source(name, value) if len(given) == 1 else None
                message = f"`{name}` is deprecated; use `source`"
                yield at_key(value, message, fixes=() if fix is None else (fix,), tags=_DEPRECATED)


def _to_source(name: str, value: Config) -> Fix | None:
    """Return the fix that turns an identifier into a `source`, or `None` if it is merged from several places."""
    if not isinstance(value, Table) or value.overridden is not None or value.key is None or TYPE in value.entries:
        return None
    renamed = rename_key(value, SOURCE, "")
    tagged = insert_field(value, TYPE, IDENTIFIERS[name])
    between = value.origin.text[value.key.span.end : value.node.span.start]
    # Anything other than a colon is an anchor, or an alias of a mapping that is written elsewhere.
    if renamed is None or tagged is None or between.strip() != ":":
        return None
    return Fix(f"Change `{name}` to `source`", (*renamed.edits, tagged), Applicability.SAFE)
