"""The rule `unpaired-quote`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.config import Leaf, scalars
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.analysis.reserved import configuration
from gym_lsp.rules.engine.context import Context, EnvironmentFile
from gym_lsp.rules.engine.edits import unquote_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule
from gym_lsp.syntax import Scalar

_WORD = re.compile(r"""[^\s"'\[(]{2,}[^\s"'\d]["']""")


@rule(
    "unpaired-quote", on=(ConfigFile, EnvironmentFile), severity=Severity.WARNING, entrywise=True, holds_in_parts=True
)
def unpaired_quote(context: Context, subject: ConfigFile | EnvironmentFile) -> Iterator[Finding]:
    """A word that ends with a quote but does not begin with one.

    ## Why

    A value is in quotes only if it begins with a quote. Otherwise the quote at its end is part of the value, and a
    path, a name or an address that ends with a quote is not found.

    ## Example

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          dictionary: words.txt"
    #                 ^^^^^^^^^^ warning[unpaired-quote]
    ```

    ## Use instead

    ```yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          dictionary: words.txt
    ```
    """
    root = configuration(subject)
    if '"' not in root.origin.text and "'" not in root.origin.text:
        return
    for leaf in scalars(root):
        if isinstance(leaf.node, Scalar) and leaf.node.style is None and _is_word(leaf):
            fix = unquote_value(leaf, str(leaf.value)[:-1], "Remove the quote")
            message = "this value ends with a quote but does not begin with one, so the quote is part of the value"
            yield at_value(leaf, message, fixes=(fix,))


def _is_word(leaf: Leaf) -> bool:
    return isinstance(leaf.value, str) and _WORD.fullmatch(leaf.value) is not None
