"""The rule `override-without-server`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Table
from gym_lsp.compose.recipe import Recipe
from gym_lsp.compose.run import Composition
from gym_lsp.diagnostic import Severity
from gym_lsp.rules.analysis.naming import fixes_of, hint, judge_name
from gym_lsp.rules.engine.context import Block, RunContext
from gym_lsp.rules.engine.edits import renames
from gym_lsp.rules.engine.rule import Finding, at_key, rule


@rule("override-without-server", on=Composition, severity=Severity.WARNING)
def override_without_server(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A block of a recipe that overrides a server which the run does not have.

    ## Why

    The embedded blocks of a recipe are merged over those of the files in `config_paths`. A block for a server that none
    of them defines has no `entrypoint`, so NeMo Gym silently ignores it, with all its values.

    ## Example

    ```yaml
    # --- recipes/small.yaml
    env:
      should_use_nemo_gym: true
      nemo_gym:
        config_paths: [environments/counting/config.yaml]
        counter:
    #   ^^^^^^^ warning[override-without-server]
          resources_servers:
            counting: {domain: knowledge}
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
        counting:
          resources_servers:
            counting: {domain: knowledge}
    # --- environments/counting/config.yaml
    counting:
      resources_servers:
        counting: {entrypoint: app.py, domain: math}
    ```
    """
    recipe = composition.recipe
    if recipe is None or composition.is_incomplete:
        return
    for name, block, server_type in _blocks_without_server(context, composition, recipe):
        alike = {server.name for server in composition.servers if server.server_type == server_type}
        verdict = judge_name(context, name, alike, server_type)
        message = f"the run has no server `{name}`, so this block has no effect{hint(context, verdict)}"
        # A recipe that is based on another one may leave servers out.
        is_inherited = block.origin.path != recipe.path
        severity = Severity.INFORMATION if is_inherited else Severity.WARNING
        fixes = (*renames(block, verdict.suggestions), *fixes_of(context, block, verdict))
        yield at_key(block, message, severity=severity, fixes=fixes)


def _blocks_without_server(
    context: RunContext, composition: Composition, recipe: Recipe
) -> Iterator[tuple[str, Table, str]]:
    """Yield the embedded blocks that override a server which the run does not have, with the type of the server."""
    valid = {server.name for server in composition.servers}
    for name, block in recipe.embedded.entries.items():
        if not isinstance(block, Table) or block.holds_directives or name in valid:
            continue
        found = Block.of(str(name), block, context.profile).servers
        is_in_a_file = any(name in file.config.entries for file in composition.files)
        if found and not is_in_a_file and not any(each.is_server for each in found):
            yield str(name), block, found[0].server_type
