"""The paths of a config as links to the files that they lead to."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple

from gym_lsp.ide.paths import paths_in
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace


class Link(NamedTuple):
    """A stretch of text and the file that it leads to."""

    span: Span
    target: PurePath


def document_links(workspace: Workspace, path: PurePath) -> tuple[Link, ...]:
    """Every path of a file that leads somewhere, in the order of the text."""
    if workspace.kind(path) in (FileKind.OTHER, FileKind.PROMPT):
        return ()
    found = (Link(each.span, each.file) for each in paths_in(workspace, path) if each.file is not None)
    return tuple(sorted(dict.fromkeys(found)))
