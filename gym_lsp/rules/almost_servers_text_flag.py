"""The rule `almost-servers-text-flag`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Applicability, Severity
from gym_lsp.rules.context import RuleContext
from gym_lsp.rules.edits import unquote_value
from gym_lsp.rules.rule import Finding, at_value, rule

KEY = "error_on_almost_servers"
_MEANT_FALSE = frozenset({"false", "no", "off", "0", "n", "f"})


@rule("almost-servers-text-flag", on=ConfigFile, severity=Severity.WARNING)
def almost_servers_text_flag(context: RuleContext, file: ConfigFile) -> Iterator[Finding]:
    """`error_on_almost_servers` switched off by a text, which leaves it on.

    ## Why

    NeMo Gym only asks whether the value counts as true, and every text does that is not empty: `"false"` too.

    ## Example

    ```yaml
    error_on_almost_servers: "false"
    #                        ^^^^^^^ warning[almost-servers-text-flag]
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
    ```

    ## Use instead

    ```yaml
    error_on_almost_servers: false
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
    ```
    """
    flag = file.config.get(KEY)
    if isinstance(flag, Leaf) and isinstance(flag.value, str) and flag.value.strip().lower() in _MEANT_FALSE:
        message = f"text counts as true, so `{KEY}` stays on; write `false`"
        yield at_value(flag, message, fixes=(unquote_value(flag, "false", "Write `false`", Applicability.SAFE),))
