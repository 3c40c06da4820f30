"""The rule `run-missing`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Leaf, Table
from gym_lsp.compose.problem import EmbeddedRunAbsent
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import renames
from gym_lsp.rules.engine.rule import Finding, at_key, at_value, rule


@rule("run-missing", on=EmbeddedRunAbsent, severity=Severity.ERROR)
def run_missing(context: RunContext, problem: EmbeddedRunAbsent) -> Iterator[Finding]:
    """A recipe that switches NeMo Gym on and has no run for it.

    ## Why

    NeMo RL looks for the run in `env.nemo_gym`. Without a mapping there, the program ends with a KeyError or a
    TypeError, after the model has been loaded.

    ## Example

    ```yaml
    # --- recipes/small.yaml
    env:
      should_use_nemo_gym: true
      nemo_gim:
    # ^^^^^^^^ error[run-missing]
        config_paths: [environments/counting/config.yaml]
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```

    ## Use instead

    ```yaml
    # --- recipes/small.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml]
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```
    """
    path, around = ".".join(map(str, problem.path)), problem.at
    message = f"no run in `{path}`"
    wanted = str(problem.path[-1])
    if isinstance(around, Leaf):
        yield at_value(around, f"{message}; expected a mapping with `config_paths`")
        return
    entries = around.entries if isinstance(around, Table) else {}
    near = nearest(wanted, (key for key in entries if isinstance(key, str)))
    if near:
        misspelt = entries[near[0]]
        yield at_key(misspelt, f"{message}; did you mean `{wanted}`?", fixes=renames(misspelt, (wanted,)))
    else:
        yield at_key(around, f"{message}; expected a mapping with `config_paths`")
