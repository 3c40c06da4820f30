"""The rule `recipe-not-found`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.compose.problem import RecipeNotFound
from gym_lsp.diagnostic import Severity
from gym_lsp.files import Kind
from gym_lsp.rules.analysis.naming import nearest
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.edits import replace_value
from gym_lsp.rules.engine.rule import Finding, at_value, rule
from gym_lsp.syntax import Scalar
from gym_lsp.workspace.place import YAML


@rule("recipe-not-found", on=RecipeNotFound, severity=Severity.ERROR)
def recipe_not_found(context: RunContext, problem: RecipeNotFound) -> Iterator[Finding]:
    """An entry of `defaults` that leads to no recipe.

    ## Why

    NeMo RL merges a recipe over those that its `defaults` name. The paths are relative to the file that contains them,
    not to the working directory. A missing one ends the program with a FileNotFoundError.

    ## Example

    ```yaml
    # --- recipes/base.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml]
    # --- recipes/small.yaml
    defaults: recipes/base.yaml
    #         ^^^^^^^^^^^^^^^^^ error[recipe-not-found]
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml]
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```

    ## Use instead

    ```yaml
    # --- recipes/base.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml]
    # --- recipes/small.yaml
    defaults: base.yaml
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
    near = _near(context, problem)
    hint = f"; did you mean `{near[0]}`?" if near else "; paths are relative to this file"
    node = problem.at.node
    is_written = isinstance(node, Scalar) and node.text == problem.entry
    fixes = tuple(replace_value(problem.at, entry, f"Change to `{entry}`") for entry in near) if is_written else ()
    yield at_value(problem.at, f"no recipe `{problem.entry}`{hint}", fixes=fixes)


def _near(context: RunContext, problem: RecipeNotFound) -> tuple[str, ...]:
    """Return entries that lead to a file: one with the same name beside the recipe, or one with a similar name."""
    here = problem.at.origin.path
    wanted = PurePath(problem.entry)
    if context.files.kind(here.parent / wanted.name) is Kind.FILE and here.name != wanted.name:
        return (wanted.name,)
    listed = context.files.entries(problem.path.parent)
    names = [entry.name for entry in listed if entry.name.endswith(YAML) and entry.name != here.name]
    return tuple((wanted.parent / name).as_posix() for name in nearest(wanted.name, names))
