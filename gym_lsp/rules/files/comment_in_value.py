"""The rule `comment-in-value`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.config import leaves
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import FileEdit, Fix, Severity
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule
from gym_lsp.syntax import Scalar
from gym_lsp.syntax.marks import line_end
from gym_lsp.text import Edit, Span

_NUMBER = re.compile(r"[ \t]+#\d.*")


@rule("comment-in-value", on=ConfigFile, severity=Severity.WARNING, entrywise=True, holds_in_parts=True)
def comment_in_value(context: Context, file: ConfigFile) -> Iterator[Finding]:
    """A text without quotes that ` #` cuts short.

    ## Why

    In YAML, a `#` after a space begins a comment. A description such as `Tasks of #5 and #6` ends before the first `#`,
    without an error. This is reported if a number follows the `#`, as in the number of an issue.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          description: Counts what #12 asks for
    #                             ^^^^^^^^^^^^^ warning[comment-in-value]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          description: "Counts what #12 asks for"
    ```
    """
    text = file.document.text
    if " #" not in text:
        return
    for _, leaf in leaves(file.config):
        node = leaf.node
        if not isinstance(node, Scalar) or node.style is not None or not isinstance(leaf.value, str):
            continue
        end = line_end(text, node.span.end)
        if " " in leaf.value and _NUMBER.fullmatch(text, node.span.end, end):
            rest = text[node.span.end : end].rstrip()
            span = Span(node.span.end, node.span.end + len(rest))
            fixes: tuple[Fix, ...] = ()
            if '"' not in (whole := f"{node.span.of(text)}{rest}") and "\\" not in whole and "\n" not in whole:
                edit = FileEdit(file.path, Edit(Span(node.span.start, span.end), f'"{whole}"'))
                fixes = (Fix("Put the whole text in quotes", (edit,)),)
            message = "the text ends here, because ` #` begins a comment; put the whole text in quotes"
            yield Finding(file.origin, span, message, fixes=fixes)
