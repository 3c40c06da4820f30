"""The rule `misspelt-missing-marker`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.config import scalars
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Applicability, Severity
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule
from gym_lsp.syntax import MISSING

_NEARLY_MISSING = re.compile(r"(?<!\?)(?:\?\?|\?{4,6})(?!\?)")


@rule("misspelt-missing-marker", on=ConfigFile, severity=Severity.WARNING, entrywise=True, holds_in_parts=True)
def misspelt_missing_marker(context: Context, file: ConfigFile) -> Iterator[Finding]:
    """Two, or more than three, question marks instead of `???`.

    ## Why

    Exactly three question marks mark a required value that has to be set elsewhere. Any other number of them is plain
    text, so NeMo Gym does not report that the value is not set.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          dictionary: ????
    #                 ^^^^ warning[misspelt-missing-marker]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          dictionary: ???
    #                 ^^^ information[missing-value]
    ```
    """
    text = file.document.text
    if "??" not in text or not _NEARLY_MISSING.search(text):
        return
    for leaf in scalars(file.config):
        if isinstance(leaf.value, str) and _NEARLY_MISSING.fullmatch(leaf.value):
            fix = replace_value(leaf, MISSING, f"Change to `{MISSING}`", Applicability.SAFE)
            message = f"`{leaf.value}` is plain text; use `{MISSING}` to mark a required value"
            yield at_value(leaf, message, fixes=(fix,))
