"""The rule `invalid-yaml`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.problem import Malformed
from gym_lsp.diagnostic import FileEdit, Fix, RelatedLocation, Severity
from gym_lsp.gym.errors import ConfigError
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.syntax import SyntaxProblemKind

_KINDS = tuple(kind for kind in SyntaxProblemKind if kind is not SyntaxProblemKind.DUPLICATE_KEY)


@rule("invalid-yaml", on=Malformed, kind=_KINDS, severity=Severity.ERROR, predicts=ConfigError)
def invalid_yaml(context: Context, problem: Malformed) -> Iterator[Finding]:
    """A text that YAML, or OmegaConf's way of loading it, cannot read.

    ## Why

    NeMo Gym loads nothing of a file in which it stumbles once, and with it nothing of the run. The usual slips are a
    value that holds `: ` or begins with a special character and is not in quotes, a line that is indented unlike its
    neighbours or with a tab, a colon without a blank behind it, and a quote or bracket that is never closed. Aliases
    to nothing, tags such as `!env`, a second document and keys that are lists are YAML, but NeMo Gym refuses them.

    Everything behind the place that YAML stumbles over is read again without that line, so the rest of the file is
    checked all the same.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          description: Counting: the letters of a word
    #                          ^ error[invalid-yaml] second
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          description: "Counting: the letters of a word"
    ```
    """
    origin = problem.at.origin
    if problem.problem.kind is SyntaxProblemKind.NULL_KEY and problem.problem.span.of(origin.text).startswith("*"):
        # An alias to nothing, which is told as such.
        return
    # Most trees have no use for it, and its patterns take a while to compile.
    from gym_lsp.rules.files.yaml_wording import in_words

    told = in_words(problem.problem, origin.text)
    related = () if told.other is None else (RelatedLocation(origin.path, *told.other),)
    fixes: tuple[Fix, ...] = ()
    if told.repair is not None:
        fixes = (Fix(told.repair.title, (FileEdit(origin.path, told.repair.edit),)),)
    yield Finding(origin, told.span, told.message, related=related, fixes=fixes)
