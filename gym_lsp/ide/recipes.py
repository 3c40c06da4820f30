"""The parts of a training recipe that are not in the embedded run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import NamedTuple

from gym_lsp.files import Kind, Unreadable, absolute
from gym_lsp.gym.embedding import RECIPE_DEFAULTS
from gym_lsp.syntax import Mapping, Scalar, Sequence
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.uses import inner_span
from gym_lsp.workspace.workspace import Workspace


class Default(NamedTuple):
    """An entry of `defaults`: its place without quotes, and the recipe that it leads to."""

    span: Span
    target: PurePath


def defaults(workspace: Workspace, path: PurePath) -> Iterator[Default]:
    """Yield the entries of a recipe's `defaults` that lead to a file."""
    if workspace.kind(path) is not FileKind.RECIPE:
        return
    root = workspace.load(path).document.root
    listed = root.get(RECIPE_DEFAULTS) if isinstance(root, Mapping) else None
    for entry in listed.items if isinstance(listed, Sequence) else (listed,):
        if isinstance(entry, Scalar) and isinstance(entry.value, str):
            target = absolute(entry.value, path.parent)
            if workspace.files.kind(target) is Kind.FILE:
                yield Default(inner_span(entry), target)


def default_at(workspace: Workspace, path: PurePath, offset: int) -> Default | None:
    """Return the entry of `defaults` at an offset of a file."""
    try:
        return next((each for each in defaults(workspace, path) if each.span.contains(offset)), None)
    except Unreadable:
        return None
