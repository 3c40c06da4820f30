"""The rule `invalid-suppression`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.rules.engine.suppression import InvalidSuppression, SuppressionError

_HINTS = {
    SuppressionError.UNKNOWN_DIRECTIVE: "expected one of `ignore[rule]`, `file-ignore[rule]`",
    SuppressionError.NO_COLON: "write `# gym-lsp: ignore[rule]`",
    SuppressionError.UNCLOSED: "close the bracket after the last rule",
    SuppressionError.NO_RULE: "name a rule, or remove the brackets to suppress all rules",
    SuppressionError.NOT_ALONE: "put it on its own line",
    SuppressionError.UNKNOWN_RULE: "list the rules with `gym-lsp --explain`",
}


@rule("invalid-suppression", on=InvalidSuppression, severity=Severity.WARNING, holds_in_parts=True)
def invalid_suppression(context: Context, invalid: InvalidSuppression) -> Iterator[Finding]:
    """A comment that was meant to suppress a rule and does not.

    ## Why

    A comment with a mistake does not suppress anything, and this goes unnoticed until the finding appears.

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
    message = f"{invalid.error.value} `{invalid.text}`; {_HINTS[invalid.error]}"
    yield Finding(invalid.file.origin, invalid.span, message)
