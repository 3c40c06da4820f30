"""The rule `invalid-suppression`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import BadSuppression, Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.engine.suppression import SuppressionError

_WAY_OUT = {
    SuppressionError.UNKNOWN_DIRECTIVE: "write `ignore[rule]` or `file-ignore[rule]`",
    SuppressionError.NO_COLON: "write `# gym-lsp: ignore[rule]`",
    SuppressionError.UNCLOSED: "close the bracket behind the last rule",
    SuppressionError.NO_RULE: "name a rule, or leave the brackets out to silence all of them",
    SuppressionError.NOT_ALONE: "give it a line of its own",
    SuppressionError.UNKNOWN_RULE: "`gym-lsp --explain` lists the rules",
}


@rule("invalid-suppression", on=BadSuppression, severity=Severity.WARNING)
def invalid_suppression(context: Context, bad: BadSuppression) -> Iterator[Finding]:
    """A comment that was meant to silence a rule and does not.

    ## Why

    A comment with a slip in it silences nothing, and nobody notices until the finding that it was written for.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math  # gym-lsp: ignore[missing-licence]
    #                                     ^^^^^^^^^^^^^^^ warning[invalid-suppression]
    ```
    """
    invalid = bad.invalid
    message = f"{invalid.error.value} in `{invalid.text}`: {_WAY_OUT[invalid.error]}"
    yield Finding(bad.file.origin, invalid.span, message)
