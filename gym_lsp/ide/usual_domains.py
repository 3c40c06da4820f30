"""The domains that the implementations of resources servers are usually used for."""

from __future__ import annotations

from gym_lsp.gym.layout import RESOURCES
from gym_lsp.ide.instances import all_instances
from gym_lsp.memo import query
from gym_lsp.workspace.workspace import Workspace


def usual_domain(workspace: Workspace, implementation: str) -> str | None:
    """Return the domain in configs of a resources server; the configs of the workspace precede those of NeMo Gym."""
    return _usual_domains(workspace).get(implementation)


@query
def _usual_domains(workspace: Workspace) -> dict[str, str]:
    found: dict[str, str] = {}
    for instance in all_instances(workspace):
        if instance.server_type == RESOURCES and instance.domain in workspace.profile.domains:
            found.setdefault(instance.implementation, instance.domain)
    return found
