"""The rule `no-servers`."""

from __future__ import annotations

from collections.abc import Iterator

from gym_lsp.compose.config import Provenance
from gym_lsp.compose.problem import raised_by
from gym_lsp.compose.run import Composition
from gym_lsp.compose.servers import Server
from gym_lsp.diagnostic import Severity
from gym_lsp.gym.errors import NoServerInstancesError
from gym_lsp.gym.layout import ENTRYPOINT
from gym_lsp.rules.engine.context import RunContext
from gym_lsp.rules.engine.rule import Finding, rule
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
    root = next((node.file for node in composition.includes.nodes if node.file is not None), None)
    if root is None or any(raised_by(problem) for problem in composition.problems):
        return
    tree = root.document.root
    span = tree.entries[0].key.span if isinstance(tree, Mapping) and tree.entries else Span(0, 0)
    yield Finding(root.config.origin, span, "this config starts no server; it is probably a fragment")


def _is_real(server: Server) -> bool:
    """Whether a server exists even without the stand-in model."""
    entrypoint = server.config.get(ENTRYPOINT)
    return entrypoint is not None and entrypoint.origin.provenance is not Provenance.STAND_IN
