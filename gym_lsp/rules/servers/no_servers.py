"""The rule `no-servers`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Provenance
from gym_lsp.compose.problem import raised_by
from gym_lsp.compose.recipe import Recipe
from gym_lsp.compose.run import Composition
from gym_lsp.compose.servers import Server
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import NoServerInstancesError
from gym_lsp.gym.layout import CONFIG_PATHS, ENTRYPOINT
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, at_key, rule
from gym_lsp.syntax import Mapping
from gym_lsp.text import Span


@rule("no-servers", on=Composition, severity=Severity.INFORMATION, predicts=NoServerInstancesError)
def no_servers(context: RunContext, composition: Composition) -> Iterator[Finding]:
    """A run that does not start any server.

    ## Why

    A sandbox, shared values or overrides alone are correct as a part of a run, but NeMo Gym cannot start them. The
    stand-in for the policy model does not count: NeMo Gym uses it only to validate a configuration, and a real start
    does not have it.

    ## Example

    ```yaml
    # run: environments/example/config.yaml
    sandbox:
    ^^^^^^^ information[no-servers]
      docker: {}
    ```
    """
    if not context.checks_run or any(map(_is_real, composition.servers)):
        return
    if composition.recipe is not None:
        yield from _in_recipe(composition, composition.recipe)
        return
    root = next((node.file for node in composition.includes.nodes if node.file is not None), None)
    if root is None or any(raised_by(problem) for problem in composition.problems):
        return
    tree = root.document.root
    span = tree.entries[0].key.span if isinstance(tree, Mapping) and tree.entries else Span(0, 0)
    yield Finding(root.config.origin, span, "this config starts no server; it is probably a fragment")


def _in_recipe(composition: Composition, recipe: Recipe) -> Iterator[Finding]:
    """Report a recipe that starts no server. It is never a part of another run, so that is an error."""
    if recipe.own is None or any(raised_by(problem) for problem in composition.problems):
        return
    place = recipe.own.get(CONFIG_PATHS) or recipe.own
    yield at_key(place, "the run of this recipe starts no server", severity=Severity.ERROR)


def _is_real(server: Server) -> bool:
    """Whether a server exists even without the stand-in model."""
    entrypoint = server.config.get(ENTRYPOINT)
    return entrypoint is not None and entrypoint.origin.provenance is not Provenance.STAND_IN
