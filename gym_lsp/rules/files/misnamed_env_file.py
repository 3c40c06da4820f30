"""The rule `misnamed-env-file`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.diagnostic import Severity
from gym_lsp.files import Kind
from gym_lsp.gym.layout import ENV_YAML
from gym_lsp.rules.engine.context import Context, EnvironmentFile
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("misnamed-env-file", on=EnvironmentFile, severity=Severity.WARNING)
def misnamed_env_file(context: Context, subject: EnvironmentFile) -> Iterator[Finding]:
    """An `env.yml` with settings for NeMo Gym.

    ## Why

    NeMo Gym reads `env.yaml`, and no file of any other name. Without an error, the settings of an `env.yml` have no
    effect.

    ## Example

    ```yaml
    # --- env.yml
    policy_api_key: EMPTY
    ^^^^^^^^^^^^^^ warning[misnamed-env-file]
    ```

    ## Use instead

    ```yaml
    # --- env.yaml
    policy_api_key: EMPTY
    ```
    """
    file = subject.file
    if file.path.name == ENV_YAML:
        return
    first = next(iter(file.config.entries.values()), None)
    if first is None or first.key is None:
        return
    is_there = context.files.kind(file.path.with_name(ENV_YAML)) is Kind.FILE
    way_out = f"; it reads the `{ENV_YAML}` beside it" if is_there else f"; rename it to `{ENV_YAML}`"
    yield at_key(first, f"NeMo Gym does not read `{file.path.name}`{way_out}")
