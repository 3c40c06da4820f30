"""The rule `unknown-dataset-field`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import DIRECTIVE_KEYS, Table
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.fields import Model
from gym_lsp.gym.profile import Profile
from gym_lsp.rules.context import Block, RuleContext
from gym_lsp.rules.datasets import LICENSE, datasets_in, model_of, other_model
from gym_lsp.rules.edits import rename_key
from gym_lsp.rules.naming import nearest
from gym_lsp.rules.rule import Finding, at_key, rule


@rule("unknown-dataset-field", on=Block, severity=Severity.WARNING)
def unknown_dataset_field(context: RuleContext, block: Block) -> Iterator[Finding]:
    """A key in a dataset that NeMo Gym does not know.

    ## Why

    NeMo Gym passes over keys of a dataset that it does not know, without a word. What was meant by the key then does
    not happen.

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
    for dataset in datasets_in(block, context.profile):
        model = model_of(dataset, context.profile)
        if model is not None and not dataset.entries.keys() <= model.fields.keys():
            yield from _unknown(dataset, model, context.profile)


def _unknown(dataset: Table, model: Model, profile: Profile) -> Iterator[Finding]:
    elsewhere = other_model(dataset, profile).fields
    for key, value in dataset.entries.items():
        if key in model.fields or key in elsewhere or key in DIRECTIVE_KEYS or not isinstance(key, str):
            continue
        near = [name for name in nearest(key, model.fields) if name not in dataset.entries]
        if any(model.fields[name].required or _is_needed(name, dataset, profile) for name in near):
            # The rule about the field that is missing speaks of this key.
            continue
        fixes = tuple(fix for name in near if (fix := rename_key(value, name, f"Rename to `{name}`")) is not None)
        way_out = f"; did you mean `{near[0]}`?" if near else ", and passes over it"
        yield at_key(value, f"NeMo Gym knows no dataset field `{key}`{way_out}", fixes=fixes)


def _is_needed(name: str, dataset: Table, profile: Profile) -> bool:
    return name == LICENSE and dataset.leaf("type") in profile.licensed_dataset_types
