"""The rule `shell-variable`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.config import Leaf, scalars
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import ENV_YAML
from gym_lsp.rules.analysis.reserved import configuration
from gym_lsp.rules.engine.context import Context, EnvironmentFile
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule

_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*)|\(([A-Za-z_]\w*)\))")


@rule("shell-variable", on=(ConfigFile, EnvironmentFile), severity=Severity.WARNING, entrywise=True)
def shell_variable(context: Context, subject: ConfigFile | EnvironmentFile) -> Iterator[Finding]:
    """A value in the syntax of a shell variable, which is plain text to NeMo Gym.

    ## Why

    Only `${name}` refers to another key, and only `${oc.env:NAME}` to an environment variable. NeMo Gym does not
    replace `$NAME` and `$(NAME)`: a server gets the dollar sign and the name as its address or its key. A value that
    contains more than the variable may be a command for a shell, and is not reported.

    ## Example

    ```yaml
    counting_model:
      responses_api_models:
        openai_model:
          entrypoint: app.py
          openai_api_key: $OPENAI_API_KEY
    #                     ^^^^^^^^^^^^^^^ warning[shell-variable]
    ```

    ## Use instead

    ```yaml
    counting_model:
      responses_api_models:
        openai_model:
          entrypoint: app.py
          openai_api_key: ${oc.env:OPENAI_API_KEY,null}
    ```
    """
    root = configuration(subject)
    if "$" not in root.origin.text:
        return
    for leaf in scalars(root):
        found = _VARIABLE.fullmatch(leaf.value) if isinstance(leaf.value, str) else None
        if found is not None:
            yield _finding(leaf, found[1] or found[2])


def _finding(leaf: Leaf, name: str) -> Finding:
    # In env.yaml the text may be a password instead of a variable, so the message does not repeat it.
    is_secret = leaf.origin.path.name == ENV_YAML
    suggestion = f"${{oc.env:{name}}}" if name.isupper() else f"${{{name}}}"
    way_out = "`${name}` or `${oc.env:NAME}`" if is_secret else f"`{suggestion}`"
    message = f"this is plain text, not a reference; to refer to another value, write {way_out}"
    return at_value(leaf, message, fixes=(replace_value(leaf, suggestion, f"Change to `{suggestion}`"),))
