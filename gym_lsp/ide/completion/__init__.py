"""Completion: everything at the cursor that has a known set of answers.

`context` tells where the cursor is, `shape` what belongs there; each other module is one source of candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePath

from gym_lsp.files import Unreadable
from gym_lsp.gym.fields import ListType, UnionType
from gym_lsp.ide.completion.candidate import Candidate, CandidateKind, Rank
from gym_lsp.ide.completion.comments import comments
from gym_lsp.ide.completion.context import Context, Role, context_at
from gym_lsp.ide.completion.directives import directives
from gym_lsp.ide.completion.expected_manifest import mirrored
from gym_lsp.ide.completion.given import given
from gym_lsp.ide.completion.interpolations import interpolations
from gym_lsp.ide.completion.keys import keys
from gym_lsp.ide.completion.names import names
from gym_lsp.ide.completion.paths import paths
from gym_lsp.ide.completion.question import Question
from gym_lsp.ide.completion.skeletons import skeletons
from gym_lsp.ide.completion.values import values
from gym_lsp.workspace.recognise import FileKind, is_among_configs
from gym_lsp.workspace.workspace import Workspace

SOURCES: tuple[Callable[[Question], Iterator[Candidate]], ...] = (
    comments,
    skeletons,
    keys,
    given,
    interpolations,
    mirrored,
    names,
    directives,
    values,
    paths,
)

TRIGGERS = (" ", ":", ".", "/", "$", "{", "[", ",", "-", "*", '"', "'", "#")
"""The characters behind which there may be something to offer although no word has begun."""


def complete(workspace: Workspace, path: PurePath, offset: int) -> tuple[Candidate, ...]:
    """What could be put at an offset of a file, the most likely first; nothing where a person has to know it."""
    kind = kind_for_completion(workspace, path)
    if kind is FileKind.OTHER:
        return ()
    file = workspace.load(path)
    context = context_at(file.document, offset)
    if context is None:
        return ()
    question = Question(workspace, path, file, kind, context)
    if context.role is Role.KEY and _opens_list(question):
        as_item = context_at(file.document, offset, as_item=True)
        if as_item is not None:
            question = Question(workspace, path, file, kind, as_item)
    found = (candidate for source in SOURCES for candidate in source(question))
    return tuple(sorted(found, key=lambda candidate: (candidate.rank, candidate.order, candidate.label)))


def _opens_list(question: Question) -> bool:
    """Whether the first line below a key that takes a list is being written."""
    type = question.shape.type
    options = type.options if isinstance(type, UnionType) else (type,)
    takes_list = any(isinstance(option, ListType) for option in options)
    return takes_list and not question.context.neighbours and bool(question.context.path)


def kind_for_completion(workspace: Workspace, path: PurePath) -> FileKind:
    """What a file is, or is going to be: one that lies among configs and says nothing yet counts as one."""
    try:
        workspace.load(path)
    except Unreadable:
        return FileKind.OTHER
    kind = workspace.kind(path)
    return FileKind.CONFIG if kind is FileKind.OTHER and is_among_configs(path.as_posix()) else kind


__all__ = ["SOURCES", "TRIGGERS", "Candidate", "CandidateKind", "Context", "Rank", "complete", "kind_for_completion"]
