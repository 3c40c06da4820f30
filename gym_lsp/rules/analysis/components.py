"""The folder that a server is started from."""

from __future__ import annotations

from gym_lsp.compose.blocks import Spelled
from gym_lsp.files import Kind, absolute
from gym_lsp.gym.server_folder import ServerFolder, find_server_folder
from gym_lsp.memo import query
from gym_lsp.rules.engine.context import Context
from gym_lsp.workspace.workspace import Workspace


def component_of(context: Context, server: Spelled) -> ServerFolder | None:
    """Return the folder in which NeMo Gym starts a server; None if there is none."""
    return server_folder(context.workspace, server.server_type, server.implementation)


@query
def server_folder(workspace: Workspace, server_type: str, implementation: str) -> ServerFolder | None:
    """Return the folder in which NeMo Gym starts a server; None if it is in no search root."""
    return find_server_folder(workspace.files, workspace.search.roots, server_type, implementation)


def runs(context: Context, component: ServerFolder, entrypoint: str) -> bool:
    """Whether Python can run a path relative to the folder."""
    path = absolute(entrypoint, component.path)
    kind = context.files.kind(path)
    if kind is Kind.DIRECTORY:
        kind = context.files.kind(path / "__main__.py")
    return kind is Kind.FILE
