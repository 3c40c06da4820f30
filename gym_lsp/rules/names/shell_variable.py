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


@rule("shell-variable", on=(ConfigFile, EnvironmentFile), severity=Severity.WARNING)
def shell_variable(context: Context, subject: ConfigFile | EnvironmentFile) -> Iterator[Finding]:
    """A value that is a variable to a shell, and a text with a dollar sign to NeMo Gym.

    ## Why

    Only `${name}` stands for another key, and only `${oc.env:NAME}` for a variable of the environment. `$NAME` and
    `$(NAME)` are taken as they are: a server gets the dollar sign and the name for its address or its key. A value that
    has more than the variable in it may be a command that a shell will see, and is left alone.

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
    # In env.yaml the text may be no variable but a password, and is not repeated.
    is_secret = leaf.origin.path.name == ENV_YAML
    meant = f"${{oc.env:{name}}}" if name.isupper() else f"${{{name}}}"
    way_out = "`${name}` or `${oc.env:NAME}`" if is_secret else f"`{meant}`"
    message = f"this is text and stands for nothing else; to refer to something, write {way_out}"
    return at_value(leaf, message, fixes=(replace_value(leaf, meant, f"Change to `{meant}`"),))
