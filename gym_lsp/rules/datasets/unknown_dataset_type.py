"""The rule `unknown-dataset-type`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf
from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.gym.layout import BENCHMARK, TYPE
from gym_lsp.rules.analysis.datasets import not_interpolated
from gym_lsp.rules.analysis.flaws import flaw_severity, rule_for
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, listed, rule, shortened

NAME = "unknown-dataset-type"
_ALIASES = {"training": "train", "val": "validation", "valid": "validation", "dev": "validation", "bench": BENCHMARK}


@rule(
    NAME,
    on=AlmostServer,
    kind=FlawKind.WRONG_VALUE,
    severity=Severity.ERROR,
    predicts=AlmostServerError,
    holds_in_parts=True,
)
def unknown_dataset_type(context: RunContext, problem: AlmostServer) -> Iterator[Finding]:
    """A dataset of an unknown type.

    ## Why

    The `type` determines the purpose of the rows: `train` and `validation` are for training, `example` is shown in the
    repository, and `benchmark` is for evaluation. With any other text, for example one with a capital letter, NeMo Gym
    ends the run.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          datasets:
            - name: counting_train
              type: training
    #               ^^^^^^^^ error[unknown-dataset-type]
              jsonl_fpath: resources_servers/counting/data/train.jsonl
              license: MIT
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
    ```
    """
    if rule_for(problem) != NAME:
        return
    value, severity = problem.flaw.at, flaw_severity(problem)
    types = context.profile.dataset_types
    if not isinstance(value, Leaf):
        yield at_value(value, f"`type` must be one of {listed(types)}", severity=severity)
        return
    if value.is_interpolation:
        yield at_value(value, not_interpolated(TYPE), severity=severity)
        return
    text = str(value.value)
    suggestion = _ALIASES.get(text.lower(), text.lower())
    suggestions = (suggestion,) if suggestion in types else nearest(text, types)
    fixes = tuple(replace_value(value, name, f"Change to `{name}`") for name in suggestions)
    message = f"unknown dataset type `{shortened(text)}`; expected one of {listed(types)}"
    yield at_value(value, message, severity=severity, fixes=fixes)
