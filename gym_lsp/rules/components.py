"""The folder that a server is started from."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple, cast

from gym_lsp.files import Kind, absolute
from gym_lsp.rules.context import RuleContext
from gym_lsp.rules.instances import Spelled

INSTALLED_BY = ("pyproject.toml", "requirements.txt")
"""What NeMo Gym installs a server by: one of the two, and not both."""


class Component(NamedTuple):
    """The folder of an implementation, and which of `INSTALLED_BY` it has."""

    folder: PurePath
    installed_by: tuple[str, ...]


def component_of(context: RuleContext, server: Spelled) -> Component | None:
    """Where NeMo Gym starts a server: the first root whose folder can be installed. Mirrors `_resolve_server_dir`.

    If no root has such a folder, the first folder of that name; None where there is none at all.
    """
    question = (component_of, server.server_type, server.implementation)
    if question not in context.kept:
        context.kept[question] = _component(context, server)
    return cast("Component | None", context.kept[question])


def _component(context: RuleContext, server: Spelled) -> Component | None:
    first: Component | None = None
    for root in context.search.roots:
        folder = root / server.server_type / server.implementation
        found = tuple(name for name in INSTALLED_BY if context.files.kind(folder / name) is not None)
        if found:
            return Component(folder, found)
        if first is None and context.files.kind(folder) is Kind.DIRECTORY:
            first = Component(folder, ())
    return first


def runs(context: RuleContext, component: Component, entrypoint: str) -> bool:
    """Whether Python would find something to run under a path relative to the folder."""
    question = (runs, component.folder, entrypoint)
    if question not in context.kept:
        context.kept[question] = _runs(context, component, entrypoint)
    return bool(context.kept[question])


def _runs(context: RuleContext, component: Component, entrypoint: str) -> bool:
    path = absolute(entrypoint, component.folder)
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
