"""The rule `invalid-interpolation`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import value_span
from gym_lsp.compose.problem import GrammarBroken
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.context import RuleContext
from gym_lsp.rules.rule import Finding, rule
from gym_lsp.text import Span


@rule("invalid-interpolation", on=GrammarBroken, severity=Severity.ERROR)
def invalid_interpolation(context: RuleContext, problem: GrammarBroken) -> Iterator[Finding]:
    """A text with `${` that is no interpolation.

    ## Why

    OmegaConf reads every `${` as the beginning of an interpolation, and NeMo Gym ends with a bare Python error where
    that is not finished or holds something else than a key or a resolver. A backslash before it, `\\${`, makes it text.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          dictionary: ${counting words}
    #                            ^^^^^ error[invalid-interpolation]
    ```

    ## Use instead

    ```yaml
    counting_words: words.txt
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          dictionary: ${counting_words}
    ```
    """
    severity = Severity.WARNING if problem.late else Severity.ERROR
    written = problem.span.of(problem.at.origin.text)
    blanks = len(written) - len(written.lstrip())
    span = Span(problem.span.start + blanks, problem.span.end)
    if not written.strip():
        # Something is missing where nothing can be underlined.
        span = value_span(problem.at)
    message = f"OmegaConf cannot read this interpolation: {problem.detail}"
    yield Finding(problem.at.origin, span, message, severity=severity)
