"""The rule `unknown-license`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf
from gym_lsp.compose.flaw import FlawKind
from gym_lsp.compose.problem import AlmostServer
from gym_lsp.diagnostic import Applicability, Severity
from gym_lsp.gym.errors import AlmostServerError
from gym_lsp.gym.layout import LICENSE
from gym_lsp.gym.manifests.licenses import dataset_license
from gym_lsp.rules.analysis.datasets import not_interpolated
from gym_lsp.rules.analysis.flaws import flaw_severity, rule_for
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule, shortened

NAME = "unknown-license"


@rule(
    NAME,
    on=AlmostServer,
    kind=FlawKind.WRONG_VALUE,
    severity=Severity.ERROR,
    predicts=AlmostServerError,
    holds_in_parts=True,
)
def unknown_license(context: RunContext, problem: AlmostServer) -> Iterator[Finding]:
    """A license with a name that NeMo Gym does not support.

    ## Why

    The `license` of a dataset must be exactly one of ten texts:

    - `Apache 2.0`
    - `MIT`
    - `Creative Commons Attribution 4.0 International`
    - `Creative Commons Attribution-ShareAlike 4.0 International`
    - `CC BY-SA 4.0`
    - `CC BY-NC 3.0`
    - `NVIDIA Internal Use Only, Do Not Distribute`
    - `NVIDIA Evaluation Dataset License Agreement`
    - `TBD`
    - `GNU General Public License v3.0`

    SPDX identifiers are valid in a `manifest.yaml`, but not here. With any other text the server is not valid, and NeMo
    Gym ends the run.

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
              license: Apache-2.0
    #                  ^^^^^^^^^^ error[unknown-license]
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
              license: Apache 2.0
    ```
    """
    if rule_for(problem) != NAME:
        return
    value, severity = problem.flaw.at, flaw_severity(problem)
    if not isinstance(value, Leaf):
        yield at_value(value, f"`{LICENSE}` must be the name of a license", severity=severity)
        return
    if value.is_interpolation:
        yield at_value(value, not_interpolated(LICENSE), severity=severity)
        return
    licenses, text = context.profile.licenses, str(value.value)
    certain = dataset_license(text, licenses)
    suggestions = (certain,) if certain is not None else nearest(text, licenses)
    applicability = Applicability.UNSAFE if certain is None else Applicability.SAFE
    fixes = tuple(replace_value(value, name, f"Change to `{name}`", applicability) for name in suggestions)
    way_out = f"write `{certain}`" if certain is not None else ""
    if not way_out:
        way_out = f"did you mean `{suggestions[0]}`?" if suggestions else "use `TBD` if it is not decided yet"
    yield at_value(value, f"unknown license `{shortened(text)}`; {way_out}", severity=severity, fixes=fixes)
