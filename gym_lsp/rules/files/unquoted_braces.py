"""The rule `unquoted-braces`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import FileEdit, Fix, Severity
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule, shortened
from gym_lsp.syntax import Entry, Mapping, Scalar, walk
from gym_lsp.text import Edit

_NAMES_IN_BRACES = re.compile(r"\{(?<![$\w{]\{)[ \t]*[A-Za-z_][\w.]*[ \t]*(?:,[ \t]*[A-Za-z_][\w.]*[ \t]*)*\}")


@rule("unquoted-braces", on=ConfigFile, severity=Severity.WARNING, entrywise=True, holds_in_parts=True)
def unquoted_braces(context: Context, file: ConfigFile) -> Iterator[Finding]:
    """A placeholder in braces that YAML reads as a mapping.

    ## Why

    Without quotes, `{question}` is a mapping whose only key is `question` and whose value is null. A template in that
    place does not contain the braces, and a server that expects text rejects the mapping when it starts.

    ## Example

    ```yaml
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          prompt: {question}
    #             ^^^^^^^^^^ warning[unquoted-braces]
    ```

    ## Use instead

    ```yaml
    counting_agent:
      responses_api_agents:
        simple_agent:
          entrypoint: app.py
          prompt: "{question}"
    ```
    """
    text = file.document.text
    if not _NAMES_IN_BRACES.search(text):
        return
    for node in walk(file.document.root):
        if not isinstance(node, Mapping) or not node.flow or not node.entries:
            continue
        if all(_is_name_alone(entry, text) for entry in node.entries):
            written = node.span.of(text)
            fix = Fix("Put the braces in quotes", (FileEdit(file.path, Edit(node.span, f'"{written}"')),))
            message = f"YAML reads `{shortened(written)}` as a mapping; put it in quotes if it is text"
            yield Finding(file.origin, node.span, message, fixes=(fix,))


def _is_name_alone(entry: Entry, text: str) -> bool:
    """Whether an entry is a bare word without a colon."""
    key, value = entry.key, entry.value
    if not isinstance(key, Scalar) or not isinstance(value, Scalar) or key.style is not None:
        return False
    return value.span.is_empty and ":" not in text[key.end : value.start]
