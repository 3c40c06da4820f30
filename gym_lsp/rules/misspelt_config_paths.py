"""The rule `misspelt-config-paths`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Array, Config, Leaf
from gym_lsp.compose.include import CONFIG_PATHS
from gym_lsp.compose.source import ConfigFile
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.context import RuleContext
from gym_lsp.rules.edits import rename_key
from gym_lsp.rules.paths import SUFFIXES
from gym_lsp.rules.rule import Finding, at_key, rule
from gym_lsp.workspace.names import distance

_FARTHEST = 2


@rule("misspelt-config-paths", on=ConfigFile, severity=Severity.WARNING)
def misspelt_config_paths(context: RuleContext, file: ConfigFile) -> Iterator[Finding]:
    """A top-level list of YAML files under a key that is nearly `config_paths`.

    ## Why

    Any top-level key is allowed, so NeMo Gym takes a slip of `config_paths` for a value of your own and includes
    nothing. What is missing then looks like other mistakes: servers that are not defined, keys that are not found.

    ## Example

    ```yaml
    # --- environments/counting/config.yaml
    config_path:
    ^^^^^^^^^^^ warning[misspelt-config-paths]
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
    for key, value in file.config.entries.items():
        if not isinstance(value, Array) or not isinstance(key, str) or key == CONFIG_PATHS:
            continue
        if _is_like(key) and value.items and all(map(_is_yaml_path, value.items)):
            fix = rename_key(value, CONFIG_PATHS, f"Change to `{CONFIG_PATHS}`")
            message = f"`{key}` includes nothing; did you mean `{CONFIG_PATHS}`?"
            yield at_key(value, message, fixes=() if fix is None else (fix,))


def _is_like(key: str) -> bool:
    plain = key.lower().replace("-", "_")
    joined = CONFIG_PATHS.replace("_", "")
    return distance(plain, CONFIG_PATHS, _FARTHEST) <= _FARTHEST or plain.replace("_", "") == joined


def _is_yaml_path(item: Config) -> bool:
    return isinstance(item, Leaf) and isinstance(item.value, str) and item.value.endswith(SUFFIXES)
