"""The rule `literal-secret`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gym_lsp.compose.config import Leaf, leaves
from gym_lsp.compose.secrets import literal_secrets
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Fix, Severity
from gym_lsp.rules.analysis.reserved import configuration
from gym_lsp.rules.engine.context import Context, EnvironmentFile
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule
from gym_lsp.syntax import KeyPath, Scalar
from gym_lsp.text import Span
from gym_lsp.workspace.git import would_commit

_NO_WORD = re.compile(r"\W+")


@rule("literal-secret", on=(ConfigFile, EnvironmentFile), severity=Severity.WARNING, entrywise=True)
def literal_secret(context: Context, subject: ConfigFile | EnvironmentFile) -> Iterator[Finding]:
    """A secret that is written in a file which Git would commit.

    ## Why

    Everyone who can read the repository can read the secret, also after it is removed, because the history keeps it.
    NeMo Gym accepts it, so nothing else reports it. Values count that look like a key or a token of a known service,
    passwords in addresses, and long random texts under a name such as `api_key`. Placeholders such as `dummy` do not.
    Files that a `.gitignore` names are not reported; `env.yaml` should be one of them.

    Replace a secret that was ever pushed: a new commit does not make it secret again.

    ## Example

    ```yaml
    # --- .git/HEAD
    ref: refs/heads/main
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          search_api_key: sk-k2J8vQ4xT7mZ
    #                     ^^^^^^^^^^^^^^^ warning[literal-secret]
    ```

    ## Use instead

    ```yaml
    # --- .git/HEAD
    ref: refs/heads/main
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          search_api_key: ${oc.env:SEARCH_API_KEY,null}
    ```
    """
    root = configuration(subject)
    if not context.workspace.secrets_of_file(root.origin.path).values:
        return
    found = [(path, leaf, spans) for path, leaf in leaves(root) if (spans := tuple(literal_secrets(path, leaf.value)))]
    if not found or not would_commit(context.files, root.origin.path):
        return
    for path, leaf, spans in found:
        name = _variable(path)
        message = f"this secret is in a file that Git would commit; set an environment variable and write `{name}`"
        yield at_value(leaf, message, fixes=_fixes(leaf, spans, name))


def _variable(path: KeyPath) -> str:
    """Return an interpolation that reads a secret from the environment variable with the name of its key."""
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    return f"${{oc.env:{_NO_WORD.sub('_', key).strip('_').upper() or 'SECRET'}}}"


def _fixes(leaf: Leaf, spans: tuple[Span, ...], variable: str) -> tuple[Fix, ...]:
    node = leaf.node
    text = str(leaf.value)
    if not isinstance(node, Scalar) or node.text != text or len(spans) != 1 or "\n" in text:
        return ()
    (span,) = spans
    return (replace_value(leaf, text[: span.start] + variable + text[span.end :], f"Change to `{variable}`"),)
