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


@rule("invalid-yaml", on=Malformed, kind=_KINDS, severity=Severity.ERROR, predicts=ConfigError, holds_in_parts=True)
def invalid_yaml(context: Context, problem: Malformed) -> Iterator[Finding]:
    """Text that YAML, or OmegaConf's loader, cannot read.

    ## Why

    One such error keeps NeMo Gym from loading the file, and with it the whole run. Common mistakes are a value that
    contains `: ` or begins with a special character and is not in quotes, a line that is indented with a tab or
    differently from the lines around it, a colon without a space after it, and a quote or bracket that is never closed.
    Undefined aliases, tags such as `!env`, a second document, and keys that are lists are YAML, but NeMo Gym rejects
    them.

    What follows the error is read again without that line, so the rest of the file is checked as well.

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
        # An undefined alias, which has a problem of its own.
        return
    # Most workspaces do not need this module, and its patterns take a while to compile.
    from gym_lsp.rules.files.yaml_wording import explain

    explanation = explain(problem.problem, origin.text)
    related = () if explanation.other is None else (RelatedLocation(origin.path, *explanation.other),)
    fixes: tuple[Fix, ...] = ()
    if explanation.repair is not None:
        fixes = (Fix(explanation.repair.title, (FileEdit(origin.path, explanation.repair.edit),)),)
    yield Finding(origin, explanation.span, explanation.message, related=related, fixes=fixes)
