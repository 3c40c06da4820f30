"""The rule `invalid-dataset`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf
from gym_lsp.compose.flaw import Flaw, FlawKind
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.diagnostic import Applicability, FileEdit, Fix, Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.gym.fields import accepts, show
from gym_lsp.gym.layout import DATASETS, JSONL_FPATH, PREPARE_SCRIPT, PROMPT_CONFIG
from gym_lsp.rules.analysis.dashes import dashless
from gym_lsp.rules.analysis.datasets import not_interpolated
from gym_lsp.rules.analysis.flaws import INVALID_DATASET, flaw_severity, rule_for
from gym_lsp.rules.analysis.suggestions import suggest, suggestion_fixes, suggestion_hint
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, rule
from gym_lsp.syntax import Scalar
from gym_lsp.text import Edit

_PATHS = frozenset({JSONL_FPATH, PREPARE_SCRIPT, PROMPT_CONFIG})


@rule(INVALID_DATASET, on=AlmostServer, kind=FlawKind.WRONG_VALUE, severity=Severity.ERROR, predicts=AlmostServerError)
def invalid_dataset(context: RunContext, problem: AlmostServer) -> Iterator[Finding]:
    """A value in `datasets` that its field does not accept.

    ## Why

    `datasets` is a list of mappings, and most of their fields are text. Text that looks like a number needs quotes, and
    `num_repeats` is a whole number of at least 1. Fields that are not text cannot be an interpolation, because NeMo Gym
    checks a server before it resolves interpolations. One wrong value makes the whole server invalid, and NeMo Gym ends
    the run.

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
              source:
                type: gitlab
                dataset_name: counting
                version: 1.0
    #                    ^^^ error[invalid-dataset]
                artifact_fpath: train.jsonl
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
                type: gitlab
                dataset_name: counting
                version: "1.0"
                artifact_fpath: train.jsonl
    ```
    """
    if rule_for(problem) == INVALID_DATASET:
        flaw = problem.flaw
        yield _finding(flaw, flaw_severity(problem))


def _finding(flaw: Flaw, severity: Severity) -> Finding:
    if flaw.rest != (DATASETS,):
        if _needs_quotes(flaw):
            return at_value(flaw.at, _message(flaw), severity=severity, fixes=tuple(_fixes(flaw)))
        found = None if flaw.expected is None else suggest(flaw.at, flaw.expected)
        message = f"{_message(flaw)}{suggestion_hint(found)}"
        return at_value(flaw.at, message, severity=severity, fixes=suggestion_fixes(flaw.at, found))
    message = f"`{DATASETS}` must be a list of datasets"
    element = dashless(flaw.at)
    if element is None:
        return at_value(flaw.at, message, severity=severity)
    key, fix = element
    return at_key(flaw.at, f"{message}; is a dash missing before `{key}`?", severity=severity, fixes=(fix,))


def _message(flaw: Flaw) -> str:
    if isinstance(flaw.path[-1], int):
        return "a dataset must be a mapping with `name`, `type` and `jsonl_fpath`"
    expected = "" if flaw.expected is None else show(flaw.expected)
    if not isinstance(flaw.at, Leaf):
        return f"`{flaw.field}` must be {expected}"
    if flaw.at.is_interpolation:
        return not_interpolated(flaw.field)
    if _needs_quotes(flaw):
        return f"`{flaw.field}` must be text; put it in quotes"
    return f"`{flaw.field}` must be {expected}"


def _needs_quotes(flaw: Flaw) -> bool:
    """Return whether the value would be valid as text, with quotes."""
    node, is_null = flaw.at.node, isinstance(flaw.at, Leaf) and flaw.at.value is None
    return (
        isinstance(node, Scalar)
        and node.style is None
        and not is_null
        and flaw.expected is not None
        and accepts(flaw.expected, node.text)
    )


def _fixes(flaw: Flaw) -> Iterator[Fix]:
    if isinstance(flaw.at.node, Scalar):
        edit = Edit(flaw.at.node.span, f'"{flaw.at.node.text}"')
        # A number as the name of a file is probably a mistake, and not text without quotes.
        applicability = Applicability.UNSAFE if flaw.field in _PATHS else Applicability.SAFE
        yield Fix("Put it in quotes", (FileEdit(flaw.at.origin.path, edit),), applicability)
