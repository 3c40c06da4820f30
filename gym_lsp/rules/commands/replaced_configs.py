"""The rule `replaced-configs`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.commands.problem import ReplacedConfigs
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.commands.findings import in_command
from gym_lsp.rules.engine.context import Context
from gym_lsp.rules.engine.rule import Finding, rule


@rule("replaced-configs", on=ReplacedConfigs, severity=Severity.WARNING)
def replaced_configs(context: Context, problem: ReplacedConfigs) -> Iterator[Finding]:
    """Configs of a command that a later `config_paths` of the same command replaces.

    ## Why

    NeMo Gym joins the configs of `--config` and of each `+config_paths=[...]`. Any other override of `config_paths`,
    such as `++config_paths=[...]`, replaces them, so the run does not have them.

    ## Example

    ```yaml
    # --- README.md
    ~~~bash
    gym env start --config environments/counting/config.yaml ++config_paths=[environments/counting/model.yaml]
    #                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning[replaced-configs]
    ~~~
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    # --- environments/counting/model.yaml
    counting_model:
      responses_api_models:
        openai_model: {entrypoint: app.py}
    ```
    """
    more = f" (and {problem.number - 1} more)" if problem.number > 1 else ""
    yield in_command(problem, f"another `config_paths` of this command replaces this config{more}")
