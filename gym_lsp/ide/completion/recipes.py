"""Completion in a training recipe, outside of the run that it embeds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import PurePath

from gym_lsp.gym.embedding import RECIPE_DEFAULTS
from gym_lsp.gym.layout import AGENTS
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.request import Request, spelled
from gym_lsp.text import Edit

BY_AGENT = ("on_policy_distillation", "teacher_model_by_agent_name")
"""The map of a recipe whose keys are agents of its run."""
_MOST_FOLDERS_UP = 4


def recipe_values(request: Request) -> Iterator[Candidate]:
    """Yield the recipes that `defaults` can name, and the agents that a map of the recipe can name."""
    context = request.context
    if context.path[:1] == (RECIPE_DEFAULTS,) and context.role in (Role.VALUE, Role.ITEM):
        yield from _recipes(request)
    elif context.path == BY_AGENT and context.role is Role.KEY:
        yield from _agents(request)


def overridable(request: Request) -> Iterator[Candidate]:
    """Yield the instances of the run that the recipe does not change yet."""
    context = request.context
    if context.path or context.role is not Role.KEY:
        return
    for server in request.run.servers:
        if server.name not in context.neighbours:
            yield _key(request, server.name, f"{server.server_type}/{server.implementation}")


def _recipes(request: Request) -> Iterator[Candidate]:
    """Yield the YAML files near the recipe, by their paths from it."""
    here = request.path.parent
    near = [each for each in here.parents[:_MOST_FOLDERS_UP] if each.is_relative_to(request.workspace.root)]
    top = near[-1] if near else here
    for path in request.workspace.members:
        if path != request.path and path.is_relative_to(top):
            label = PurePath(os.path.relpath(path, here)).as_posix()
            order = label.count("/")
            yield request.value(label, label, CandidateKind.FILE, order=order)


def _agents(request: Request) -> Iterator[Candidate]:
    """Yield the agents of the run that the map does not have yet."""
    context = request.context
    for server in request.run.servers:
        if server.server_type == AGENTS and server.name not in context.neighbours:
            yield _key(request, server.name)


def _key(request: Request, name: str, detail: str = "") -> Candidate:
    context = request.context
    text = spelled(context, name)
    text = text if context.has_colon or context.quote else f"{text}: "
    return Candidate(name, CandidateKind.INSTANCE, Edit(context.span, text), detail=detail)
