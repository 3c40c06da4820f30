"""Completion of everything that has a known set of values.

`context` finds the place of the cursor, and `shape` the expected contents there. Most other modules are a source of
candidates each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePath

from gym_lsp.commands.parts import DOCUMENTS
from gym_lsp.files import Unreadable
from gym_lsp.gym.fields import ListType, UnionType
from gym_lsp.gym.layout import ROWS
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Proposal, Rank
from gym_lsp.ide.completion.commands import in_commands
from gym_lsp.ide.completion.comments import comments
from gym_lsp.ide.completion.context import CompletionContext, Role, below, context_at
from gym_lsp.ide.completion.directives import directives
from gym_lsp.ide.completion.env_yaml import env_yaml_keys
from gym_lsp.ide.completion.expected_manifest import expected_values
from gym_lsp.ide.completion.interpolations import interpolations
from gym_lsp.ide.completion.keys import keys
from gym_lsp.ide.completion.names import names
from gym_lsp.ide.completion.paths import paths
from gym_lsp.ide.completion.recipes import overridable, recipe_values
from gym_lsp.ide.completion.request import Request
from gym_lsp.ide.completion.rows import in_row
from gym_lsp.ide.completion.skeletons import skeletons
from gym_lsp.ide.completion.values import values
from gym_lsp.ide.fuzzy import fuzzy_score
from gym_lsp.workspace.listings import whole_text
from gym_lsp.workspace.recognise import FileKind, kind_by_place
from gym_lsp.workspace.workspace import Workspace

SOURCES: tuple[Callable[[Request], Iterator[Candidate | Proposal]], ...] = (
    comments,
    skeletons,
    keys,
    env_yaml_keys,
    interpolations,
    expected_values,
    names,
    directives,
    values,
    paths,
)

MOST = 200
"""Candidates that are sent at once. No one reads more of them, and a large tree has thousands."""


def complete(workspace: Workspace, path: PurePath, offset: int) -> tuple[Candidate, ...]:
    """Return the candidates at an offset of a file, the most likely first."""
    return tuple(each.built() for each in sorted(_proposals(workspace, path, offset), key=_likelihood))


def most_likely(
    workspace: Workspace, path: PurePath, offset: int, most: int = MOST
) -> tuple[tuple[Candidate, ...], bool]:
    """Return candidates at an offset of a file, the most likely first, and whether these are all.

    Of more than `most` candidates, these are the first of those that fit what is typed. The client has to ask again
    after the next character. The others are not even built.
    """
    found = tuple(_proposals(workspace, path, offset))
    are_all = len(found) <= most
    if not are_all:
        text = whole_text(workspace, path) if path.suffix == ROWS else workspace.text(path) or ""
        found = (each for each in found if _fits(each, text, offset))
    return tuple(each.built() for each in sorted(found, key=_likelihood)[:most]), are_all


def _proposals(workspace: Workspace, path: PurePath, offset: int) -> Iterator[Candidate | Proposal]:
    """Yield what can be at an offset of a file, in no particular order."""
    if path.suffix == ROWS:
        yield from in_row(workspace, path, offset)
        return
    if path.suffix in DOCUMENTS:
        yield from in_commands(workspace, path, offset)
        return
    kind = kind_for_completion(workspace, path)
    if kind is FileKind.OTHER:
        return
    file = workspace.load(path)
    context = context_at(file.document, offset)
    if context is None:
        return
    if kind is FileKind.RECIPE:
        inside = below(context, workspace.embedding_of(path).path)
        if inside is None:
            yield from recipe_values(Request(workspace, path, file, kind, context))
            return
        context = inside
    is_embedded = kind is FileKind.RECIPE
    if is_embedded:
        file, kind = workspace.gym_part(path), FileKind.CONFIG
    request = Request(workspace, path, file, kind, context)
    if context.role is Role.KEY and _opens_list(request):
        as_item = context_at(workspace.load(path).document, offset, as_item=True)
        if as_item is not None and is_embedded:
            as_item = below(as_item, workspace.embedding_of(path).path)
        if as_item is not None:
            request = Request(workspace, path, file, kind, as_item)
    if is_embedded:
        yield from overridable(request)
    for source in SOURCES:
        # The interpolations of a recipe name values of the whole recipe.
        if not is_embedded or source is not interpolations:
            yield from source(request)


def _likelihood(each: Candidate | Proposal) -> tuple[int, int, str]:
    return each.rank, each.order, each.label


def _fits(each: Candidate | Proposal, text: str, offset: int) -> bool:
    typed = text[each.start : offset]
    return not typed or fuzzy_score(typed, each.filter_text or each.label) is not None


def _opens_list(request: Request) -> bool:
    """Whether the cursor is on the first line below a key whose value is a list."""
    type = request.shape.type
    options = type.options if isinstance(type, UnionType) else (type,)
    takes_list = any(isinstance(option, ListType) for option in options)
    return takes_list and not request.context.neighbours and bool(request.context.path)


def kind_for_completion(workspace: Workspace, path: PurePath) -> FileKind:
    """Return the kind of a file; if its content is not recognised yet, the kind that belongs at its place."""
    try:
        workspace.load(path)
    except Unreadable:
        return FileKind.OTHER
    kind = workspace.kind(path)
    return kind_by_place(workspace.spelled(path)) if kind is FileKind.OTHER else kind


__all__ = [
    "SOURCES",
    "Candidate",
    "CandidateKind",
    "CompletionContext",
    "Proposal",
    "Rank",
    "complete",
    "kind_for_completion",
    "most_likely",
]
