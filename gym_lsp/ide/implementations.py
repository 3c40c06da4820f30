"""Implementations: the folders in the search roots that contain a server, and the domains that they are used for."""

from __future__ import annotations

from pathlib import PurePath

from gym_lsp.files import IGNORED_DIRECTORIES, Kind
from gym_lsp.gym.layout import RESOURCES
from gym_lsp.ide.instances import all_instances
from gym_lsp.memo import query
from gym_lsp.workspace.workspace import Workspace


@query
def implementation_folders(workspace: Workspace, server_type: str) -> dict[str, PurePath]:
    """Return the folders of a server type by name; if several roots have one, the first."""
    found: dict[str, PurePath] = {}
    for root in workspace.search.roots:
        for entry in workspace.files.entries(root / server_type):
            is_hidden = entry.name.startswith((".", "_")) or entry.name in IGNORED_DIRECTORIES
            if entry.kind is Kind.DIRECTORY and not is_hidden:
                found.setdefault(entry.name, root / server_type / entry.name)
    return found


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
