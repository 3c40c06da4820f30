"""The rule `invalid-interpolation`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.config import Config, Provenance, value_span
from gym_lsp.compose.problem import GrammarBroken
from gym_lsp.diagnostic import FileEdit, Fix, Severity
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.syntax import Scalar
from gym_lsp.text import Edit, Span


@rule("invalid-interpolation", on=GrammarBroken, severity=Severity.ERROR, holds_in_parts=True)
def invalid_interpolation(context: RunContext, problem: GrammarBroken) -> Iterator[Finding]:
    """Text with `${` that is not a valid interpolation.

    ## Why

    OmegaConf reads every `${` as the beginning of an interpolation. If it is not closed, or contains something other
    than a key or a resolver, NeMo Gym ends with an unhandled Python exception. A backslash before it, `\\${`, makes it
    plain text.

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
    margin = len(written) - len(written.lstrip())
    span = Span(problem.span.start + margin, problem.span.end)
    if not written.strip():
        # What is missing has no text that could be underlined.
        span = value_span(problem.at)
    message = f"invalid interpolation: {problem.detail}"
    found = _suggested(problem.at)
    if found is None:
        yield Finding(problem.at.origin, span, message, severity=severity)
    else:
        fix = Fix(f"Change to `{found.text}`", (FileEdit(problem.at.origin.path, found),))
        message = f"{message}; did you mean `{found.text}`?"
        yield Finding(problem.at.origin, span, message, severity=severity, fixes=(fix,))


_MISTAKES = (
    (re.compile(r"\$\{\{\s*([\w.]+)\s*\}\}"), r"${\1}"),
    (re.compile(r"\$\{\s*([\w.]+)\(\s*(\w+)\s*\)\s*\}"), r"${\1:\2}"),
    (re.compile(r"\$\{([\w.]+(?::\w+)?)$"), r"${\1}"),
)
"""Interpolations in the syntax of other languages, with a call in Python syntax, and without the closing brace."""


def _suggested(value: Config) -> Edit | None:
    """Return the edit that corrects the only interpolation of a value, or `None` if its mistake is not known."""
    node, origin = value.node, value.origin
    if not isinstance(node, Scalar) or origin.provenance is not Provenance.WRITTEN or node.style in ("|", ">"):
        return None
    quotes = 1 if node.style else 0
    start, end = node.start + quotes, node.end - quotes
    written = origin.text[start:end]
    for pattern, template in _MISTAKES:
        found = pattern.search(written)
        if found is not None and written.count("${") == 1:
            return Edit(Span(start + found.start(), start + found.end()), found.expand(template))
    return None
