"""Completion of keys in `env.yaml`: the policy model, and the undefined names that configs use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePath

from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank, literal
from gym_lsp.ide.completion.context import Role
from gym_lsp.ide.completion.keys import POLICY, field_candidate
from gym_lsp.ide.completion.request import Request
from gym_lsp.ide.markdown import bullets, code
from gym_lsp.ide.shape import ShapeKind, top_level
from gym_lsp.memo import query
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import UseKind
from gym_lsp.workspace.workspace import Workspace

_MOST_FILES = 3


def env_yaml_keys(request: Request) -> Iterator[Candidate]:
    """Yield the keys that the configs of the workspace need from `env.yaml`."""
    context = request.context
    if request.kind is not FileKind.ENVIRONMENT or request.shape.kind is not ShapeKind.ROOT:
        return
    if context.role is not Role.KEY or context.has_block:
        return
    fields = top_level(request.workspace.profile)
    for index, name in enumerate(POLICY):
        if name not in context.neighbours:
            yield field_candidate(request, fields[name], Rank.RUN, index)
    for name, paths in undefined_names(request.workspace).items():
        if name not in context.neighbours and name not in fields:
            yield _candidate(request, name, paths)


def _candidate(request: Request, name: str, paths: tuple[PurePath, ...]) -> Candidate:
    context = request.context
    is_key_alone = context.has_colon or bool(context.quote)
    lines = [code(request.workspace.spelled(path)) for path in paths[:_MOST_FILES]]
    if len(paths) > _MOST_FILES:
        lines.append(f"and {len(paths) - _MOST_FILES} more")
    return request.part(
        name,
        context.span,
        name if is_key_alone else f"{name}: ",
        CandidateKind.KEY,
        detail=f"used by {len(paths)} {'config' if len(paths) == 1 else 'configs'}",
        documentation=("Not defined in any file. Used by:", bullets((line,) for line in lines)),
        rank=Rank.WORKSPACE,
        snippet=None if is_key_alone else f"{literal(name)}: $0",
    )


@query
def undefined_names(workspace: Workspace) -> Mapping[str, tuple[PurePath, ...]]:
    """Return the top-level names in interpolations that no file defines, with the files that use them."""
    found: dict[str, list[PurePath]] = defaultdict(list)
    for path in (*workspace.members, *workspace.library):
        for name in _interpolated_in(workspace, path):
            found[name].append(path)
    return {name: tuple(paths) for name, paths in found.items() if not workspace.names.defined(name)}


@query
def _interpolated_in(workspace: Workspace, path: PurePath) -> tuple[str, ...]:
    """Return the top-level names that interpolations of one config consist of, each once."""
    if "${" not in (workspace.text(path) or "") or workspace.kind(path) is not FileKind.CONFIG:
        return ()
    uses = (use for use in workspace.uses(path) if use.kind is UseKind.INTERPOLATION and not use.base)
    return tuple(dict.fromkeys(use.steps[0][0] for use in uses if len(use.steps) == 1))
