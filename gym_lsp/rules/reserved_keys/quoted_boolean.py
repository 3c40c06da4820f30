"""The rule `quoted-boolean`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Applicability, Severity
from gym_lsp.gym.release.reserved_keys import NOT_RESERVED, TESTED_FOR_TRUTH
from gym_lsp.rules.analysis.reserved import configuration
from gym_lsp.rules.engine.context import Context, EnvironmentFile
from gym_lsp.rules.engine.edits import unquote_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule

_NO = frozenset({"false", "no", "off", "n", "f", "0", "none", "null"})


@rule("quoted-boolean", on=(ConfigFile, EnvironmentFile), severity=Severity.WARNING, holds_in_parts=True)
def quoted_boolean(context: Context, subject: ConfigFile | EnvironmentFile) -> Iterator[Finding]:
    """A boolean setting of NeMo Gym whose value is text such as `"false"`, which turns it on.

    ## Why

    NeMo Gym only tests whether settings such as `dry_run` are true. In Python, every text that is not empty is true:
    `"false"` as well as `"no"`.

    ## Example

    ```yaml
    dry_run: "false"
    #        ^^^^^^^ warning[quoted-boolean]
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```

    ## Use instead

    ```yaml
    dry_run: false
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```
    """
    flags = TESTED_FOR_TRUTH & (context.profile.reserved_keys | NOT_RESERVED)
    for key, value in configuration(subject).entries.items():
        if key not in flags or not isinstance(value, Leaf) or not isinstance(value.value, str):
            continue
        if value.value.strip().lower() in _NO:
            fix = unquote_value(value, "false", "Write `false`", Applicability.SAFE)
            message = f"`{key}` is on, because any non-empty text counts as true; write `false` without quotes"
            yield at_value(value, message, fixes=(fix,))
