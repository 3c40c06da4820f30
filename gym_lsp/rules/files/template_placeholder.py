"""The rule `template-placeholder`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import leaves
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule
from gym_lsp.rules.files.yaml_wording import PLACEHOLDER


@rule("template-placeholder", on=ConfigFile, severity=Severity.WARNING, entrywise=True)
def template_placeholder(context: Context, file: ConfigFile) -> Iterator[Finding]:
    """A value that is only a placeholder `{{ name }}` of a template language.

    ## Why

    NeMo Gym does not fill in templates such as those of Jinja or Helm when it reads a config, so the server gets the
    braces as text. An interpolation `${name}` refers to another key.

    ## Example

    ```yaml
    counting_limit: 5
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          limit: "{{ counting_limit }}"
    #            ^^^^^^^^^^^^^^^^^^^^^^ warning[template-placeholder]
    ```

    ## Use instead

    ```yaml
    counting_limit: 5
    counting:
      resources_servers:
        counting:
          entrypoint: app.py
          domain: math
          limit: "${counting_limit}"
    ```
    """
    if "{{" not in file.document.text:
        return
    for _, leaf in leaves(file.config):
        match = PLACEHOLDER.fullmatch(leaf.value) if isinstance(leaf.value, str) else None
        if match is not None:
            intended = f"${{{match['name']}}}"
            fixes = (replace_value(leaf, intended, f"Change to `{intended}`"),)
            yield at_value(leaf, f"NeMo Gym does not fill in `{leaf.value}`; did you mean `{intended}`?", fixes=fixes)
