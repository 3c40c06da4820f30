"""The rule `misspelt-config-paths`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.layout import CONFIG_PATHS
from gym_lsp.rules.analysis.includes import misspelt_lists
from gym_lsp.rules.analysis.paths import is_file
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.edits import rename_key
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("misspelt-config-paths", on=ConfigFile, severity=Severity.ERROR, holds_in_parts=True)
def misspelt_config_paths(context: Context, file: ConfigFile) -> Iterator[Finding]:
    """A top-level list of YAML files under a key that is spelled almost like `config_paths`.

    ## Why

    Any top-level key is allowed, so NeMo Gym reads a misspelt `config_paths` as a value of your own and includes
    nothing. The missing files then look like other mistakes: servers that are not defined, keys that are not found. If
    one of the files does not exist either, the key may be intended, and this is only a warning.

    ## Example

    ```yaml
    # --- environments/counting/config.yaml
    config_path:
    ^^^^^^^^^^^ error[misspelt-config-paths]
      - environments/counting/model.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    # --- environments/counting/model.yaml
    counting_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    ```

    ## Use instead

    ```yaml
    # --- environments/counting/config.yaml
    config_paths:
      - environments/counting/model.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    # --- environments/counting/model.yaml
    counting_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    ```
    """
    for key, value in misspelt_lists(file):
        entries = (str(item.value) for item in value.items if isinstance(item, Leaf))
        is_certain = all(is_file(entry, context.files, context.search) for entry in entries)
        fix = rename_key(value, CONFIG_PATHS, f"Change to `{CONFIG_PATHS}`")
        yield at_key(
            value,
            f"`{key}` does not include any file; did you mean `{CONFIG_PATHS}`?",
            severity=Severity.ERROR if is_certain else Severity.WARNING,
            fixes=() if fix is None else (fix,),
        )
