"""Document links: the paths in a config, as links to their files."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple

from gym_lsp.commands.parts import DOCUMENTS
from gym_lsp.ide.paths import paths_in
from gym_lsp.ide.recipes import defaults
from gym_lsp.text import Span
from gym_lsp.workspace.recognise import FileKind
from gym_lsp.workspace.workspace import Workspace


class DocumentLink(NamedTuple):
    """A span of text, and the file that its path refers to."""

    span: Span
    target: PurePath


def document_links(workspace: Workspace, path: PurePath) -> tuple[DocumentLink, ...]:
    """Return every path in a file that refers to an existing file inside the fence, in the order of the text.

    A click opens the target, so a path must not lead to any file of the machine.
    """
    if path.suffix in DOCUMENTS:
        from gym_lsp.ide.in_commands import links_in

        named = (DocumentLink(*each) for each in links_in(workspace, path) if not workspace.is_outside(each[1]))
        return tuple(sorted(dict.fromkeys(named)))
    if workspace.kind(path) in (FileKind.OTHER, FileKind.PROMPT):
        return ()
    found = (
        DocumentLink(each.span, each.file)
        for each in paths_in(workspace, path)
        if each.file is not None and not workspace.is_outside(each.file)
    )
    below = (DocumentLink(*each) for each in defaults(workspace, path) if not workspace.is_outside(each.target))
    return tuple(sorted(dict.fromkeys((*found, *below))))
