"""The rule `malformed-config-paths`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Array, Config, Leaf
from gym_lsp.compose.problem import RootsMalformed
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import MalformedConfigPathsError
from gym_lsp.gym.layout import CONFIG_PATHS
from gym_lsp.rules.engine.context import Context, EnvironmentFile
from gym_lsp.rules.engine.rule import Finding, at_value, rule


@rule(
    "malformed-config-paths",
    on=(RootsMalformed, EnvironmentFile),
    severity=Severity.ERROR,
    predicts=MalformedConfigPathsError,
    holds_in_parts=True,
)
def malformed_config_paths(context: Context, subject: RootsMalformed | EnvironmentFile) -> Iterator[Finding]:
    """`config_paths` in env.yaml or on the command line that is not a list of paths.

    ## Why

    The run starts with this list, and it is the only one that NeMo Gym checks before following it. It must be a list,
    and each element must be a path as text.

    ## Example

    ```yaml
    # --- env.yaml
    policy_model_name: small-model
    config_paths: environments/counting/config.yaml
    #             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error[malformed-config-paths]
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```

    ## Use instead

    ```yaml
    # --- env.yaml
    policy_model_name: small-model
    config_paths:
      - environments/counting/config.yaml
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```
    """
    if isinstance(subject, RootsMalformed):
        yield at_value(subject.at, _message(subject.at))
        return
    listed = subject.file.config.get(CONFIG_PATHS)
    if listed is None or _is_open(listed):
        return
    for at in listed.items if isinstance(listed, Array) else (listed,):
        if at is listed or not (isinstance(at, Leaf) and (isinstance(at.value, str) or _is_open(at))):
            yield at_value(at, _message(at))


def _is_open(config: Config) -> bool:
    """Whether a value is not known yet: null, `???` or an interpolation."""
    return isinstance(config, Leaf) and (config.value is None or config.is_missing or config.is_interpolation)


def _message(at: Config) -> str:
    if at.key is not None:
        return "`config_paths` is not a list of paths; put each path on its own line after a dash"
    return "this entry of `config_paths` is not text; put the path in quotes if it looks like another type"
