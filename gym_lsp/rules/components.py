"""The folder that a server is started from."""

from __future__ import annotations

from typing import cast

from gym_lsp.files import Kind, absolute
from gym_lsp.gym.server_folder import ServerFolder, find_server_folder
from gym_lsp.rules.context import RuleContext
from gym_lsp.rules.instances import Spelled


def component_of(context: RuleContext, server: Spelled) -> ServerFolder | None:
    """Where NeMo Gym starts a server; None where there is no folder for it at all."""
    question = (component_of, server.server_type, server.implementation)
    if question not in context.kept:
        context.kept[question] = find_server_folder(
            context.files, context.search.roots, server.server_type, server.implementation
        )
    return cast("ServerFolder | None", context.kept[question])


def runs(context: RuleContext, component: ServerFolder, entrypoint: str) -> bool:
    """Whether Python would find something to run under a path relative to the folder."""
    question = (runs, component.path, entrypoint)
    if question not in context.kept:
        context.kept[question] = _runs(context, component, entrypoint)
    return bool(context.kept[question])


def _runs(context: RuleContext, component: ServerFolder, entrypoint: str) -> bool:
    path = absolute(entrypoint, component.path)
    kind = context.files.kind(path)
    if kind is Kind.DIRECTORY:
        kind = context.files.kind(path / "__main__.py")
    return kind is Kind.FILE


def implementations(context: RuleContext, server_type: str) -> tuple[str, ...]:
    """The folders that could be meant under a server type, each once, in the order of the roots."""
    found: dict[str, None] = {}
    for root in context.search.roots:
        for entry in context.files.entries(root / server_type):
            if entry.kind is Kind.DIRECTORY and not entry.name.startswith(("_", ".")):
                found[entry.name] = None
    return tuple(found)
