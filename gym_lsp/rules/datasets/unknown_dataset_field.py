"""The rule `unknown-dataset-field`."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from gym_lsp.compose.config import Table
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.fields import FieldType, Model, ModelType, UnionType, accepts
from gym_lsp.gym.layout import DIRECTIVE_KEYS, LICENSE, ORIGINS, TYPE
from gym_lsp.rules.analysis.datasets import model_of, other_model
from gym_lsp.rules.analysis.naming import nearest_fields
from gym_lsp.rules.engine.context import Block, Context
from gym_lsp.rules.engine.edits import renames
from gym_lsp.rules.engine.rule import Finding, at_key, rule

"""The fields that are mappings with known keys."""


@rule("unknown-dataset-field", on=Block, severity=Severity.WARNING, holds_in_parts=True)
def unknown_dataset_field(context: Context, block: Block) -> Iterator[Finding]:
    """An unknown key in a dataset.

    ## Why

    NeMo Gym silently ignores unknown keys of a dataset, so a key with a misspelt name has no effect.

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
              num_repeat: 4
    #         ^^^^^^^^^^ warning[unknown-dataset-field]
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
              num_repeats: 4
    ```
    """
    for dataset in block.datasets:
        model = model_of(dataset, context.profile)
        if model is None:
            continue
        if not dataset.entries.keys() <= model.fields.keys():
            elsewhere = other_model(dataset, context.profile).fields
            needed = (LICENSE,) if dataset.leaf(TYPE) in context.profile.licensed_dataset_types else ()
            yield from _unknown(dataset, model, elsewhere.keys(), needed)
        for name in ORIGINS:
            origin, field = dataset.get(name), model.fields.get(name)
            inner = _model_of(field.type, origin) if isinstance(origin, Table) and field is not None else None
            if inner is not None and isinstance(origin, Table):
                yield from _unknown(origin, inner)


def _model_of(type: FieldType, value: Table) -> Model | None:
    """Return the model by which a mapping is checked, or `None` if its `type` does not select one."""
    options = [option for option in _options(type) if isinstance(option, ModelType)]
    if len(options) == 1:
        return options[0].model
    given = value.leaf(TYPE)
    chosen = (each.model for each in options if TYPE in each.model.fields)
    return next((model for model in chosen if accepts(model.fields[TYPE].type, given)), None)


def _options(type: FieldType) -> tuple[FieldType, ...]:
    return type.options if isinstance(type, UnionType) else (type,)


def _unknown(
    table: Table, model: Model, elsewhere: Collection[str] = (), needed: Collection[str] = ()
) -> Iterator[Finding]:
    """Yield a finding for each key that is not in a model, except those in `elsewhere`, which another rule reports."""
    for key, value in table.entries.items():
        if key in model.fields or key in elsewhere or key in DIRECTIVE_KEYS or not isinstance(key, str):
            continue
        near = [name for name in nearest_fields(key, model.fields) if name not in table.entries]
        if any(model.fields[name].required or name in needed for name in near):
            # The rule about the missing field reports this key.
            continue
        way_out = f"did you mean `{near[0]}`?" if near else "NeMo Gym ignores it"
        yield at_key(value, f"unknown dataset field `{key}`; {way_out}", fixes=renames(value, near))
